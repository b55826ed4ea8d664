use super::prelude::*;

async fn answer(stage: Stage, source: &'static str, delay: Duration) -> String {
    stage.sleep(delay).await; //@ pause
    format!("the answer of the {source}")
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let delay = values.duration("delay");
    // The loop itself fills the future.
    let future = stage.future("answer");
    let filled = future.clone();
    stage.call_later(delay, /*@ fill */ move || {
        let _ = filled.set(Ok("the answer of the future".to_owned())); //@ fill
    });
    let mut coroutine = stage.coroutine("answer", answer(stage.clone(), "coroutine", delay)); //@ coroutine
    let task = stage.spawn("task", answer(stage.clone(), "task", delay)); //@ task
    for kind in values.choice("order").split('-') {
        let answer = match kind {
            "coroutine" => (&mut coroutine).await, //@ await
            "task" => (&task).await,               //@ await
            _ => (&future).await?,                 //@ await
        };
        stage.print(answer); //@ await
    }
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "awaitables",
    title: "What can be awaited",
    group: Group::TheParts,
    lede: "A coroutine, a task and a future each have an answer after a second, and each can be awaited. Only the coroutine has to be awaited to make progress.",
    teaches: source!("awaitables.md"),
    search: "awaitable __await__ create_future create_task call_later IntoFuture",
    params: &[
        Param {
            key: "order",
            label: "order of the awaits",
            kind: Kind::Choice {
                default: "coroutine-task-future",
                options: &[
                    ("coroutine-task-future", "coroutine, task, future"),
                    ("coroutine-future-task", "coroutine, future, task"),
                    ("task-coroutine-future", "task, coroutine, future"),
                    ("task-future-coroutine", "task, future, coroutine"),
                    ("future-coroutine-task", "future, coroutine, task"),
                    ("future-task-coroutine", "future, task, coroutine"),
                ],
            },
            not_in_python: false,
        },
        Param {
            key: "delay",
            label: "each answer takes",
            kind: Kind::Duration {
                default_ms: 1_000,
                min_ms: 0,
                max_ms: 3_600_000,
            },
            not_in_python: false,
        },
    ],
    rust: source!("awaitables.rs"),
    counterpart: Counterpart::Python(source!("awaitables.py")),
    goldens: goldens![
        "order=task-future-coroutine",
        "order=future-coroutine-task",
        "order=future-task-coroutine&delay=0s",
    ],
    needs: Needs::Nothing,
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;

    #[test]
    fn a_coroutine_that_is_awaited_last_starts_last() {
        check(
            &DEMO,
            "",
            expect![[r#"
            1.000 the answer of the coroutine
            1.000 the answer of the task
            1.000 the answer of the future
            finished at 1.000
        "#]],
        );
        check(
            &DEMO,
            "order=task-future-coroutine",
            expect![[r#"
            1.000 the answer of the task
            1.000 the answer of the future
            2.000 the answer of the coroutine
            finished at 2.000
        "#]],
        );
    }
}
