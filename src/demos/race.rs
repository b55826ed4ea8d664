use super::prelude::*;

/// Answers after a time, unless it is cancelled before.
async fn ask(stage: Stage, name: String, latency: Duration) -> String {
    if stage.catch_cancel(stage.sleep(latency)).await.is_err() {
        stage.print(format!("{name}: cancelled"));
        stage.raise_cancelled().await;
    }
    stage.print(format!("{name}: answers"));
    name
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let mut tasks = Vec::new();
    for (index, latency) in values.durations("latencies").iter().enumerate() {
        let name = format!("server {}", index + 1);
        let body = ask(stage.clone(), name.clone(), *latency);
        tasks.push(stage.spawn(name, body));
    }

    // Waits for the first, takes its answer, and cancels the others.
    let winner = stage.race(tasks.clone()).await;
    stage.print(format!("main: {winner} wins"));

    // Whoever was cancelled gets the time to clean up.
    stage.wait_all(&tasks).await;
    stage.print("main: nobody is left over");
    Ok(())
}

demo!(Demo {
    title: "The first wins",
    summary: "The same question goes to several servers. The first answer is taken, and the other requests are cancelled.",
    keywords: "asyncio.wait FIRST_COMPLETED cancel fastest hedged request happy eyeballs select",
    params: &[
        Param::durations_ms("latencies", "3 s, 1 s, 2 s", 0..=HOUR_MS, 500)
            .label("time each server takes"),
    ],
    goldens: "latencies=2s,1s,1s,2s latencies=0s,0s,1s latencies=5s latencies=1h,2s,1h,1h,3s \
        latencies=2s,1s,1s",
});
