use super::prelude::*;

async fn speak(stage: Stage, times: i64, delay: Duration) {
    for _ in 0..times {
        stage.print("running"); //@ speaks
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
    let (times, delay) = (values.int("times"), values.duration("delay"));
    let companions = values.int("companions");
    let mut tasks = vec![stage.spawn("speaker", speak(stage.clone(), times, delay))]; //@ gather
    for companion in 1..=companions {
        let share = companion as f64 / (companions + 1) as f64;
        let body = interrupt(stage.clone(), companion, times, delay, delay.mul_f64(share));
        tasks.push(stage.spawn(format!("companion {companion}"), body)); //@ gather
    }
    stage.gather(tasks).await; //@ gather
    Ok(())
}

demo!(Demo {
    title: "A loop that runs and runs",
    summary: "A coroutine prints and sleeps, ten times over. While it sleeps the loop is free, and somebody else gets a word in.",
    keywords: "for loop sleep repeat periodic interval ticker companions run_forever",
    params: &[
        Param::int("times", 10, 0..=100),
        Param::duration_ms("delay", 4_000, 0..=HOUR_MS).label("pause"),
        Param::int("companions", 0, 0..=500),
    ],
    goldens: "companions=1 times=0&companions=2 times=1&companions=7 \
        times=4&companions=6&delay=0s times=7&companions=8&delay=1s",
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;

    #[test]
    fn companions_do_not_make_it_longer() {
        let trace = run_with("running-loop", "companions=500");
        assert_eq!(trace.duration_ns(), 40_000_000_000);
    }
}
