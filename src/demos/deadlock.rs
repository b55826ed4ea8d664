use super::prelude::*;

/// Holds one lock, pauses, and wants the other one too.
async fn worker(stage: Stage, name: &'static str, first: Lock, second: Lock, pause: Duration) {
    let _first = first.acquire().await;
    stage.print(format!("{name}: has its first lock"));
    stage.sleep(pause).await;
    let _second = second.acquire().await;
    stage.print(format!("{name}: has both"));
    stage.sleep(pause).await;
    stage.print(format!("{name}: done"));
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let pause = values.duration("pause");
    let (a, b) = (stage.lock("a"), stage.lock("b"));
    let one = worker(stage.clone(), "A", a.clone(), b.clone(), pause);
    let other = match values.choice("mode") {
        "opposite" => worker(stage.clone(), "B", b, a, pause),
        _ => worker(stage.clone(), "B", a, b, pause),
    };
    stage
        .gather([stage.spawn("A", one), stage.spawn("B", other)])
        .await;
    stage.print("both are done");
    Ok(())
}

demo!(Demo {
    title: "Deadlock",
    summary: "Two tasks need two locks. Each takes one, and then waits for the one that the other holds: neither will ever go on.",
    keywords: "lock mutex order hang freeze stuck cycle dining philosophers asyncio.Lock",
    params: &[
        Param::mode(
            "opposite",
            &[("opposite", "opposite"), ("same", "the same")]
        )
        .label("order of the locks"),
        Param::duration_ms("pause", 1_000, 0..=HOUR_MS).label("pause between the locks"),
    ],
    goldens: "mode=same pause=0s mode=same&pause=0s",
    remedies: &[Remedy::new(FindingKind::Deadlock, "mode", "same")],
});
