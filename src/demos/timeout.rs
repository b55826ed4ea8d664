use super::prelude::*;

/// Works, and puts things in order when it is told to stop.
async fn work(stage: Stage, duration: Duration, clean_up: Duration) -> i64 {
    stage.print("work: begins");
    let worked = stage
        .catch_cancel(async {
            stage.sleep(duration).await;
            stage.print("work: done");
        })
        .await;
    if worked.is_err() {
        stage.print("work: cancelled, cleaning up");
        stage.sleep(clean_up).await;
        stage.print("work: cleaned up");
        stage.raise_cancelled().await;
    }
    42
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let body = work(
        stage.clone(),
        values.duration("work"),
        values.duration("clean-up"),
    );
    let task = stage.spawn("work", body);
    match stage.timeout(values.duration("limit"), &task).await {
        Ok(result) => stage.print(format!("main: the result is {result}")),
        Err(TimedOut) => stage.print("main: gave up"),
    }
    Ok(())
}

demo!(Demo {
    title: "Timeout",
    summary: "Main waits for some work, but no longer than a limit. When the limit comes first the work is cancelled, cleans up, and main goes on without a result.",
    keywords: "asyncio.timeout wait_for TimeoutError CancelledError deadline limit cancel finally",
    params: &[
        Param::duration_ms("limit", 1_000, 0..=HOUR_MS),
        Param::duration_ms("work", 2_000, 0..=HOUR_MS).label("work takes"),
        Param::duration_ms("clean-up", 200, 0..=HOUR_MS).label("clean-up takes"),
    ],
    goldens: "limit=3s limit=2s limit=0s limit=0s&work=0s&clean-up=0s",
});
