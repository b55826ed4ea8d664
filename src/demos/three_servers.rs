use super::prelude::*;

/// Asks a server, and waits for its answer for as long as that takes.
async fn ask(stage: Stage, server: usize, latency: Duration) -> String {
    stage.print(format!("server {server}: asked"));
    stage.sleep(latency).await;
    stage.print(format!("server {server}: answered"));
    format!("page {server}")
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let latencies = values.durations("latencies");
    let requests = (1..)
        .zip(latencies)
        .map(|(server, latency)| ask(stage.clone(), server, latency));
    let pages = if values.choice("mode") == "sequential" {
        let mut pages = Vec::new();
        for request in requests {
            pages.push(request.await);
        }
        pages
    } else {
        let tasks = (1..)
            .zip(requests)
            .map(|(server, request)| stage.spawn(format!("server {server}"), request));
        stage.gather(tasks).await
    };
    stage.print(format!("received: {}", pages.join(", ")));
    Ok(())
}

demo!(Demo {
    title: "Three servers, one of them slow",
    summary: "Three servers are asked for a page, and the second is slow. One after the other, everybody behind the slow one waits for it; at the same time, nobody does.",
    keywords: "gather sequential latency slow request http head-of-line blocking",
    params: &[
        Param::durations_ms("latencies", "1 s, 10 s, 1 s", 0..=HOUR_MS, 100),
        Param::mode(
            "concurrent",
            &[
                ("sequential", "one after the other"),
                ("concurrent", "at the same time"),
            ]
        ),
    ],
    goldens: "mode=sequential latencies=0s latencies=0s,2s,1s,2s,0s,1s,500ms,500ms \
        latencies=3s,3s,3s&mode=sequential",
});
