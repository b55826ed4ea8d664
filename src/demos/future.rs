use super::prelude::*;
use crate::stage::future::Future;

async fn wait_for(stage: Stage, answer: Future<i64>) -> Result<(), Failure> {
    stage.print("waiter: awaits the future"); //@ waits
    match /*@ await */ (&answer).await {
        Ok(value) => stage.print(format!("waiter: got {value}")), //@ got
        Err(error) => stage.print(format!("waiter: got an exception, {}", error.message)), //@ got-error
    }
    Ok(())
}

async fn fill(
    stage: Stage,
    answer: Future<i64>,
    after: Duration,
    outcome: &str,
) -> Result<(), Failure> {
    stage.sleep(after).await; //@ pause
    stage.print("filler: fills the future"); //@ fills
    if outcome == "value" {
        answer.set(Ok(42))?; //@ value
    } else {
        answer.set(Err(Failure::new("ValueError", "no answer")))?; //@ exception
    }
    stage.print("filler: has filled it, and goes on"); //@ filled
    Ok(())
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let answer = stage.future("answer");
    let (after, outcome) = (values.duration("after"), values.choice("outcome"));
    let waiter = wait_for(stage.clone(), answer.clone());
    let filler = fill(stage.clone(), answer, after, outcome);
    stage
        .try_gather([stage.spawn("waiter", waiter), stage.spawn("filler", filler)]) //@ gather
        .await?;
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "future",
    title: "A future: a value that is not there yet",
    group: Group::TheParts,
    lede: "One task awaits a placeholder, another fills it: with a value, or with an exception. That is the smallest thing from which all waiting is made.",
    teaches: source!("future.md"),
    search: "asyncio.Future create_future set_result set_exception promise oneshot InvalidStateError",
    params: &[
        Param {
            key: "after",
            label: "filled after",
            kind: Kind::Duration {
                default_ms: 1_000,
                min_ms: 0,
                max_ms: 3_600_000,
            },
            not_in_python: false,
        },
        Param {
            key: "outcome",
            label: "filled with",
            kind: Kind::Choice {
                default: "value",
                options: &[("value", "a value"), ("exception", "an exception")],
            },
            not_in_python: false,
        },
    ],
    rust: source!("future.rs"),
    counterpart: Counterpart::Python(source!("future.py")),
    goldens: goldens![
        "outcome=exception",
        "after=0s",
        "after=0s&outcome=exception",
    ],
    needs: Needs::Nothing,
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;
    use crate::trace::{EventKind, TaskId};

    #[test]
    fn the_waiter_gets_what_the_filler_put_in() {
        check(
            &DEMO,
            "",
            expect![[r#"
            0.000 waiter: awaits the future
            1.000 filler: fills the future
            1.000 filler: has filled it, and goes on
            1.000 waiter: got 42
            finished at 1.000
        "#]],
        );
        check(
            &DEMO,
            "outcome=exception",
            expect![[r#"
            0.000 waiter: awaits the future
            1.000 filler: fills the future
            1.000 filler: has filled it, and goes on
            1.000 waiter: got an exception, no answer
            finished at 1.000
        "#]],
        );
    }

    #[test]
    fn the_waiter_runs_in_the_turn_after() {
        let trace = run_with(&DEMO, "");
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
