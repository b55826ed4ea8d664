use super::prelude::*;

async fn level(stage: Stage, number: i64, depth: i64, delay: Duration) {
    if number < depth {
        stage.print(format!("level {number}: awaits level {}", number + 1));
        let next = level(stage.clone(), number + 1, depth, delay);
        // The box gives a coroutine that contains itself a size.
        stage.coroutine("level", Box::pin(next)).await;
    } else {
        stage.print(format!("level {number}: awaits a timer"));
        stage.sleep(delay).await;
    }
    stage.print(format!("level {number}: goes on"));
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let first = level(
        stage.clone(),
        1,
        values.int("depth"),
        values.duration("delay"),
    );
    stage.coroutine("level", first).await;
    stage.print("main: goes on");
    Ok(())
}

demo!(Demo {
    title: "A coroutine awaits a coroutine",
    summary: "A coroutine awaits a coroutine that awaits a coroutine that sleeps. All of them are suspended, and there is one task.",
    keywords: "await chain call stack frame depth yield from recursion async fn Box::pin",
    params: &[
        Param::int("depth", 3, 1..=200),
        Param::duration_ms("delay", 1_000, 0..=HOUR_MS).label("the innermost sleeps"),
    ],
    goldens: "depth=1 depth=1&delay=0s depth=200",
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;
    use crate::trace::EventKind;

    #[test]
    fn there_is_one_task_however_deep() {
        let trace = run_with("nested-await", "depth=7");
        assert_eq!(trace.tasks.len(), 1);
        let (mut depth, mut deepest) = (0, 0);
        for event in &trace.events {
            match event.kind {
                EventKind::FrameEnter { .. } => depth += 1,
                EventKind::FrameExit { .. } => depth -= 1,
                _ => {}
            }
            deepest = deepest.max(depth);
        }
        assert_eq!((depth, deepest), (0, 7));
    }
}
