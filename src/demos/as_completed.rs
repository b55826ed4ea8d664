use super::prelude::*;

/// A server that takes its time to answer.
async fn ask(stage: Stage, name: String, latency: Duration) -> String {
    stage.sleep(latency).await;
    stage.print(format!("{name} answers"));
    name
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let mut tasks = Vec::new();
    for (index, latency) in values.durations("latencies").iter().enumerate() {
        let name = format!("server {}", index + 1);
        let body = ask(stage.clone(), name.clone(), *latency);
        tasks.push(stage.spawn(name, body));
    }

    if values.choice("mode") == "completed" {
        let mut completed = stage.as_completed(tasks);
        while let Some(name) = completed.next().await {
            stage.print(format!("main: has the answer of {name}"));
        }
    } else {
        for task in tasks {
            let name = task.await;
            stage.print(format!("main: has the answer of {name}"));
        }
    }
    stage.print("main: has all answers");
    Ok(())
}

demo!(Demo {
    title: "As they come",
    summary: "Several servers are asked at once and answer after different times. Main takes each answer when it is there, or in the order in which it asked.",
    keywords: "asyncio.as_completed gather order first finished streaming results",
    params: &[
        Param::durations_ms("latencies", "3 s, 1 s, 4 s, 2 s", 0..=HOUR_MS, 500)
            .label("time each server takes"),
        Param::mode(
            "completed",
            &[
                ("completed", "as they come"),
                ("asked", "in the order asked"),
            ]
        )
        .label("main takes the answers"),
    ],
    goldens: "mode=asked latencies=2s,1s,2s,1s,0s,1s latencies=0s,0s,0s \
        latencies=0s,0s,0s&mode=asked latencies=5s",
});
