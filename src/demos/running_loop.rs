use super::prelude::*;

async fn speak(stage: Stage, times: i64, delay: Duration) {
    for time in 1..=times {
        stage.print(format!("speaker: {time}")); //@ speaks
        stage.sleep(delay).await; //@ pause
    }
}

/// Speaks as often as the speaker does, each time a little after.
async fn interrupt(stage: Stage, companion: i64, times: i64, delay: Duration, after: Duration) {
    stage.sleep(after).await; //@ after
    for time in 1..=times {
        stage.print(format!("companion {companion}: {time}")); //@ interrupts
        if time < times {
            stage.sleep(delay).await; //@ gap
        }
    }
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let (times, delay) = (values.whole("times"), values.duration("delay"));
    let companions = values.whole("companions");
    let mut tasks = vec![stage.spawn("speaker", speak(stage.clone(), times, delay))]; //@ gather
    for companion in 1..=companions {
        let share = companion as f64 / (companions + 1) as f64;
        let body = interrupt(stage.clone(), companion, times, delay, delay.mul_f64(share));
        tasks.push(stage.spawn(format!("companion {companion}"), body)); //@ gather
    }
    stage.gather(tasks).await; //@ gather
    stage.print("silence"); //@ silence
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "running-loop",
    title: "A loop that runs and runs",
    group: Group::TheParts,
    lede: "A coroutine prints and sleeps, ten times over. While it sleeps the loop is free, and somebody else gets a word in.",
    teaches: source!("running_loop.md"),
    search: "for loop sleep repeat periodic interval ticker companions run_forever",
    params: &[
        Param {
            key: "times",
            label: "times",
            kind: Kind::Whole {
                default: 10,
                min: 0,
                max: 100,
            },
            not_in_python: false,
        },
        Param {
            key: "delay",
            label: "pause",
            kind: Kind::Duration {
                default_ms: 4_000,
                min_ms: 0,
                max_ms: 3_600_000,
            },
            not_in_python: false,
        },
        Param {
            key: "companions",
            label: "companions",
            kind: Kind::Whole {
                default: 1,
                min: 0,
                max: 500,
            },
            not_in_python: false,
        },
    ],
    rust: source!("running_loop.rs"),
    counterpart: Counterpart::Python(source!("running_loop.py")),
    goldens: goldens![
        "companions=0",
        "times=0&companions=2",
        "times=1&companions=7",
        "times=4&companions=6&delay=0s",
        "times=7&companions=8&delay=1s",
    ],
    needs: Needs::Nothing,
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;

    #[test]
    fn the_companion_speaks_in_the_middle_of_each_pause() {
        check(
            &DEMO,
            "",
            expect![[r#"
            0.000 speaker: 1
            2.000 companion 1: 1
            4.000 speaker: 2
            6.000 companion 1: 2
            8.000 speaker: 3
            10.000 companion 1: 3
            12.000 speaker: 4
            14.000 companion 1: 4
            16.000 speaker: 5
            18.000 companion 1: 5
            20.000 speaker: 6
            22.000 companion 1: 6
            24.000 speaker: 7
            26.000 companion 1: 7
            28.000 speaker: 8
            30.000 companion 1: 8
            32.000 speaker: 9
            34.000 companion 1: 9
            36.000 speaker: 10
            38.000 companion 1: 10
            40.000 silence
            finished at 40.000
        "#]],
        );
    }

    #[test]
    fn companions_do_not_make_it_longer() {
        let trace = run_with(&DEMO, "companions=500");
        assert_eq!(trace.duration_ns(), 40_000_000_000);
    }
}
