use super::prelude::*;

/// Greets after a pause that lets the others run.
async fn greet(stage: Stage, delay: Duration) {
    stage.sleep(delay).await; //@ pause
    stage.print("Hello"); //@ hello
}

/// Greets after a pause that nobody else can use.
async fn greet_blocking(stage: Stage, delay: Duration) {
    stage.block(delay); //@ block
    stage.print("Hello"); //@ hello-late
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let delay = values.duration("delay");
    let blocking = values.choice("mode") == "blocking";
    let mut tasks = Vec::new();
    for number in 1..=values.int("tasks") {
        let name = format!("task {number}");
        tasks.push(if blocking {
            stage.spawn(name, greet_blocking(stage.clone(), delay)) //@ gather
        } else {
            stage.spawn(name, greet(stage.clone(), delay)) //@ gather
        });
    }
    stage.gather(tasks).await; //@ gather
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
