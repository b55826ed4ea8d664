use super::prelude::*;

/// Prints a line now and then.
async fn ticker(stage: Stage, name: &'static str, every: Duration, ticks: i64) {
    for tick in 1..=ticks {
        stage.sleep(every).await;
        stage.print(format!("{name}: tick {tick}"));
    }
}

/// Asks something that takes its time to answer.
async fn slow_call(stage: Stage, name: &'static str, duration: Duration, fix: &'static str) {
    stage.print(format!("{name}: calls"));
    match fix {
        "async-sleep" => stage.sleep(duration).await,
        "other-thread" => {
            let threads = stage.threads(1);
            let called = threads.run("slow call", Job::Sleep(duration)).await;
            if let Err(failure) = called {
                stage.print(failure.message);
            }
        }
        _ => stage.block(duration),
    }
    stage.print(format!("{name}: has the answer"));
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let (every, ticks) = (values.duration("every"), values.int("ticks"));
    let (duration, fix) = (values.duration("duration"), values.choice("mode"));
    let call = |name| slow_call(stage.clone(), name, duration, fix);
    let a = stage.spawn("a", ticker(stage.clone(), "a", every, ticks));
    let b = stage.spawn("b", ticker(stage.clone(), "b", every, ticks));

    stage.sleep(every).await;
    if values.choice("where") == "main" {
        call("main").await;
        stage.gather([a, b]).await;
    } else {
        let caller = stage.spawn("caller", call("caller"));
        stage.gather([a, b, caller]).await;
    }
    Ok(())
}

demo!(Demo {
    title: "One blocking call",
    summary: "Two tickers tick, and somebody makes one call that blocks. It stops everybody, not only its own task.",
    keywords: "time.sleep requests to_thread run_in_executor executor worker freeze hang",
    params: &[
        Param::mode(
            "none",
            &[
                ("none", "none"),
                ("async-sleep", "async sleep"),
                ("other-thread", "other thread"),
            ]
        )
        .label("fix"),
        Param::duration_ms("duration", 2_000, 0..=10 * MINUTE_MS).label("the call takes"),
        Param::choice("where", "task", &[("task", "a task"), ("main", "main")])
            .label("it is made in"),
        Param::duration_ms("every", 500, 0..=MINUTE_MS).label("a tick every"),
        Param::int("ticks", 8, 0..=10_000),
    ],
    goldens: "mode=async-sleep mode=other-thread mode=other-thread&where=main&every=0s&ticks=3 \
        where=main&ticks=2 duration=0s&mode=other-thread&ticks=1 ticks=5 \
        ticks=5&mode=other-thread",
    remedies: &[
        Remedy::new(FindingKind::LoopBlocked, "mode", "async-sleep"),
        Remedy::new(FindingKind::Starved, "mode", "async-sleep"),
    ],
});
