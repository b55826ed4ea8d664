use super::prelude::*;
use crate::stage::future::Future;

async fn wait_for(stage: Stage, answer: Future<i64>) -> Result<(), Failure> {
    stage.print("waiter: awaits the future");
    match (&answer).await {
        Ok(value) => stage.print(format!("waiter: got {value}")),
        Err(error) => stage.print(format!("waiter: got an exception, {}", error.message)),
    }
    Ok(())
}

async fn fill(
    stage: Stage,
    answer: Future<i64>,
    after: Duration,
    outcome: &str,
) -> Result<(), Failure> {
    stage.sleep(after).await;
    stage.print("filler: fills the future");
    if outcome == "value" {
        answer.set(Ok(42))?;
    } else {
        answer.set(Err(Failure::new("ValueError", "no answer")))?;
    }
    stage.print("filler: has filled it, and goes on");
    Ok(())
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let answer = stage.future("answer");
    let (after, outcome) = (values.duration("after"), values.choice("outcome"));
    let waiter = wait_for(stage.clone(), answer.clone());
    let filler = fill(stage.clone(), answer, after, outcome);
    stage
        .try_gather([stage.spawn("waiter", waiter), stage.spawn("filler", filler)])
        .await?;
    Ok(())
}

demo!(Demo {
    title: "A future: a value that is not there yet",
    summary: "One task awaits a placeholder, another fills it: with a value, or with an exception. That is the smallest thing from which all waiting is made.",
    keywords: "asyncio.Future create_future set_result set_exception promise oneshot InvalidStateError",
    params: &[
        Param::duration_ms("after", 1_000, 0..=HOUR_MS).label("filled after"),
        Param::choice(
            "outcome",
            "value",
            &[("value", "a value"), ("exception", "an exception")]
        )
        .label("filled with"),
    ],
    goldens: "outcome=exception after=0s after=0s&outcome=exception",
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;
    use crate::trace::{EventKind, TaskId};

    #[test]
    fn the_waiter_runs_in_the_turn_after() {
        let trace = run_with("future", "");
        let mut turn = 0;
        let (mut filled, mut resumed) = (0, 0);
        for event in &trace.events {
            match event.kind {
                EventKind::LoopTurn => turn += 1,
                EventKind::Release {
                    task: TaskId(2), ..
                } => filled = turn,
                EventKind::Acquire {
                    task: TaskId(1), ..
                } => resumed = turn,
                _ => {}
            }
        }
        assert_eq!(resumed, filled + 1);
    }
}
