use super::prelude::*;

/// The first task pauses for no time at all, the second for one pause, the third for two, …
async fn steps(stage: Stage, number: u32, steps: i64, pause: Duration) {
    for step in 1..=steps {
        stage.print(format!("task {number}: step {step}")); //@ step
        stage.sleep(pause * (number - 1)).await; //@ pause
    }
    stage.print(format!("task {number}: done")); //@ done
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let tasks = (1..=values.whole("tasks") as u32).map(|number| {
        let body = steps(
            stage.clone(),
            number,
            values.whole("steps"),
            values.duration("pause"),
        );
        stage.spawn(format!("task {number}"), body) //@ gather
    });
    stage.gather(tasks).await; //@ gather
    stage.print("all done"); //@ end
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "event-loop",
    title: "The event loop, turn by turn",
    group: Group::TheParts,
    lede: "Who gets the thread next? The loop has a queue of those who are ready and a heap of timers, and goes round. Step through this one.",
    teaches: source!("event_loop.md"),
    search: "ready queue timer heap _run_once call_soon scheduler select fairness sleep(0)",
    params: &[
        Param {
            key: "tasks",
            label: "tasks",
            kind: Kind::Whole {
                default: 3,
                min: 0,
                max: 1_000,
            },
            not_in_python: false,
        },
        Param {
            key: "steps",
            label: "steps of each",
            kind: Kind::Whole {
                default: 3,
                min: 0,
                max: 50,
            },
            not_in_python: false,
        },
        Param {
            key: "pause",
            label: "pause",
            kind: Kind::Duration {
                default_ms: 500,
                min_ms: 0,
                max_ms: 3_600_000,
            },
            not_in_python: false,
        },
    ],
    rust: source!("event_loop.rs"),
    counterpart: Counterpart::Python(source!("event_loop.py")),
    goldens: goldens![
        "tasks=0",
        "tasks=1&steps=0",
        "tasks=12&steps=6&pause=1s",
        "tasks=9&pause=0s",
        "tasks=40&pause=100ms",
    ],
    needs: Needs::Nothing,
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;

    #[test]
    fn timers_that_are_due_together_are_served_in_the_order_in_which_they_were_set() {
        check(
            &DEMO,
            "",
            expect![[r#"
            0.000 task 1: step 1
            0.000 task 2: step 1
            0.000 task 3: step 1
            0.000 task 1: step 2
            0.000 task 1: step 3
            0.000 task 1: done
            0.500 task 2: step 2
            1.000 task 3: step 2
            1.000 task 2: step 3
            1.500 task 2: done
            2.000 task 3: step 3
            3.000 task 3: done
            3.000 all done
            finished at 3.000
        "#]],
        );
    }

    #[test]
    fn tasks_that_never_sleep_take_turns() {
        check(
            &DEMO,
            "pause=0s",
            expect![[r#"
            0.000 task 1: step 1
            0.000 task 2: step 1
            0.000 task 3: step 1
            0.000 task 1: step 2
            0.000 task 2: step 2
            0.000 task 3: step 2
            0.000 task 1: step 3
            0.000 task 2: step 3
            0.000 task 3: step 3
            0.000 task 1: done
            0.000 task 2: done
            0.000 task 3: done
            0.000 all done
            finished at 0.000
        "#]],
        );
    }
}
