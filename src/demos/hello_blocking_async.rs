use super::prelude::*;

/// Greets after a pause that lets the others run.
async fn greet(stage: Stage, number: i64, delay: Duration) {
    stage.sleep(delay).await;
    stage.print(format!("task {number}: hello"));
}

/// Greets after a pause that nobody else can use.
async fn greet_blocking(stage: Stage, number: i64, delay: Duration) {
    stage.block(delay);
    stage.print(format!("task {number}: hello"));
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let delay = values.duration("delay");
    let blocking = values.choice("mode") == "blocking";
    let mut tasks = Vec::new();
    for number in 1..=values.int("tasks") {
        let name = format!("task {number}");
        tasks.push(if blocking {
            stage.spawn(name, greet_blocking(stage.clone(), number, delay))
        } else {
            stage.spawn(name, greet(stage.clone(), number, delay))
        });
    }
    stage.gather(tasks).await;
    stage.print("everybody has greeted");
    Ok(())
}

demo!(Demo {
    title: "Hello, blocking and async",
    summary: "Several tasks pause, then greet. A blocking pause holds the only thread, so the pauses add up; an awaited pause lets everybody else start theirs.",
    keywords: "sleep gather time.sleep asyncio.sleep synchronous concurrent",
    params: &[
        Param::int("tasks", 3, 0..=9_999),
        Param::duration_ms("delay", 2_000, 0..=HOUR_MS).label("pause"),
        BLOCKING_OR_ASYNC,
    ],
    goldens: "mode=blocking tasks=0 tasks=50&delay=0s tasks=1&mode=blocking",
    remedies: &[
        Remedy::new(FindingKind::LoopBlocked, "mode", "async"),
        Remedy::new(FindingKind::Starved, "mode", "async"),
    ],
});
