use super::prelude::*;
use crate::stage::several::WaitUntil;
use crate::stage::task::Task;

/// One of several steps; puts things in order when it is cancelled.
async fn step(stage: Stage, number: usize, time: Duration, clean_up: Duration) {
    stage.print(format!("step {number}: begins")); //@ begins
    let worked = stage.catch_cancel(stage.sleep(time)).await; //@ work
    if worked.is_err() {
        stage.print(format!("step {number}: cancelled, cleans up")); //@ cancelled
        stage.sleep(clean_up).await; //@ clean-up
        stage.raise_cancelled().await; //@ raise
    }
    stage.print(format!("step {number}: done")); //@ done
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let (limit, times) = (values.duration("limit"), values.durations("steps"));
    let mut steps = Vec::new();
    let begin = |number| {
        let body = step(
            stage.clone(),
            number,
            times[number - 1],
            values.duration("clean-up"),
        );
        stage.spawn(format!("step {number}"), body) //@ task
    };

    if values.choice("mode") == "block" {
        let all = async {
            for number in 1..=times.len() {
                steps.push(begin(number));
                (&steps[number - 1]).await; //@ await
            }
        };
        let in_time = stage.timeout(limit, all).await; //@ timeout
        if in_time.is_err() {
            stage.print("main: the time is up"); //@ up
        }
    } else {
        for number in 1..=times.len() {
            let task = begin(number);
            steps.push(task.clone());
            if values.choice("mode") == "each" {
                let waited = stage.wait_for(&task, limit).await; //@ wait-for
                if waited.is_err() {
                    stage.print(format!("main: step {number} took too long")); //@ too-long
                }
            } else {
                let until = WaitUntil::AllCompleted;
                let (_, pending) = stage.wait(&[task], until, Some(limit)).await; //@ wait
                if !pending.is_empty() {
                    stage.print(format!("main: waits no longer for step {number}")); //@ no-longer
                }
            }
        }
    }
    let is_done = |task: &&Task<()>| task.is_done() && !task.is_cancelled();
    let (done, all) = (steps.iter().filter(is_done).count(), times.len());
    stage.print(format!("main: {done} of {all} steps done")); //@ end
    Ok(())
}

demo!(Demo {
    title: "One limit, three meanings",
    summary: "Three steps and a limit of one second. `wait_for` limits each step, `timeout` all of them together, and `wait` only how long main waits.",
    keywords: "asyncio.wait_for asyncio.timeout asyncio.wait TimeoutError deadline cancel pending done difference",
    params: &[
        Param::mode(
            "each",
            &[
                ("each", "wait_for, around each step"),
                ("block", "timeout, around all"),
                ("wait", "wait, for each step"),
            ]
        )
        .label("main uses"),
        Param::duration_ms("limit", 1_000, 0..=HOUR_MS),
        Param::durations_ms("steps", "600 ms, 1.1 s, 900 ms", 0..=10 * MINUTE_MS, 50)
            .label("time of each step"),
        Param::duration_ms("clean-up", 200, 0..=HOUR_MS).label("clean-up takes"),
    ],
    goldens: "mode=block mode=wait limit=5s mode=block&limit=5s mode=wait&steps=2s,500ms \
        limit=0s limit=0s&mode=block limit=1ms&steps=0s,1s \
        mode=block&clean-up=0s",
    remedies: &[Remedy::new(FindingKind::Lost, "mode", "each")],
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;

    #[test]
    fn a_limit_of_each_step_is_none_of_them_all() {
        check(
            "wait-for",
            "",
            expect![[r#"
            0.000 step 1: begins
            0.600 step 1: done
            0.600 step 2: begins
            1.600 step 2: cancelled, cleans up
            1.800 main: step 2 took too long
            1.800 step 3: begins
            2.700 step 3: done
            2.700 main: 2 of 3 steps done
            finished at 2.700
        "#]],
        );
        check(
            "wait-for",
            "mode=block",
            expect![[r#"
            0.000 step 1: begins
            0.600 step 1: done
            0.600 step 2: begins
            1.000 step 2: cancelled, cleans up
            1.200 main: the time is up
            1.200 main: 1 of 3 steps done
            finished at 1.200
        "#]],
        );
        check(
            "wait-for",
            "mode=wait",
            expect![[r#"
            0.000 step 1: begins
            0.600 step 1: done
            0.600 step 2: begins
            1.600 main: waits no longer for step 2
            1.600 step 3: begins
            1.700 step 2: done
            2.500 step 3: done
            2.500 main: 3 of 3 steps done
            finished at 2.500
        "#]],
        );
    }
}
