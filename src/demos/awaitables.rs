use super::prelude::*;

async fn answer(stage: Stage, source: &'static str, delay: Duration) -> String {
    stage.sleep(delay).await;
    format!("the answer of the {source}")
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let delay = values.duration("delay");
    // The loop itself fills the future.
    let future = stage.future("answer");
    let filled = future.clone();
    stage.call_later(delay, move || {
        let _ = filled.set(Ok("the answer of the future".to_owned()));
    });
    let mut coroutine = stage.coroutine("answer", answer(stage.clone(), "coroutine", delay));
    let task = stage.spawn("task", answer(stage.clone(), "task", delay));
    for kind in values.choice("order").split('-') {
        let answer = match kind {
            "coroutine" => (&mut coroutine).await,
            "task" => (&task).await,
            _ => (&future).await?,
        };
        stage.print(answer);
    }
    Ok(())
}

demo!(Demo {
    title: "What can be awaited",
    summary: "A coroutine, a task and a future each have an answer after a second, and each can be awaited. Only the coroutine has to be awaited to make progress.",
    keywords: "awaitable __await__ create_future create_task call_later IntoFuture",
    params: &[
        Param::choice(
            "order",
            "coroutine-task-future",
            &[
                ("coroutine-task-future", "coroutine, task, future"),
                ("coroutine-future-task", "coroutine, future, task"),
                ("task-coroutine-future", "task, coroutine, future"),
                ("task-future-coroutine", "task, future, coroutine"),
                ("future-coroutine-task", "future, coroutine, task"),
                ("future-task-coroutine", "future, task, coroutine"),
            ]
        )
        .label("order of the awaits"),
        Param::duration_ms("delay", 1_000, 0..=HOUR_MS).label("each answer takes"),
    ],
    goldens: "order=task-future-coroutine order=future-coroutine-task \
        order=future-task-coroutine&delay=0s",
});
