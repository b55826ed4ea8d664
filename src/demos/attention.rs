use super::prelude::*;

/// Parallel: the television plays the film, and the loop only waits for its end.
async fn watch(stage: Stage, film: Duration) {
    stage.print("watching: the film begins");
    stage.sleep(film).await;
    stage.print("watching: the film ends");
}

/// Time-sliced: a stretch of typing, which needs the thread, then a stretch without.
async fn text(stage: Stage, slices: i64, slice: Duration) {
    for part in 1..=slices {
        stage.block(slice);
        stage.print(format!("texting: part {part} of {slices}"));
        stage.sleep(slice).await;
    }
}

/// Event-driven: nothing to do until the phone has something.
async fn react(stage: Stage, phone: Queue<usize>, notifications: usize) {
    for _ in 0..notifications {
        let number = phone.get().await;
        stage.print(format!("reacting: notification {number}"));
    }
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let phone = stage.queue("phone", 0);
    let notifications = values.durations("notifications");
    for (number, when) in (1..).zip(&notifications) {
        let phone = phone.clone();
        stage.call_later(*when, move || {
            let _ = phone.try_put(number);
        });
    }
    let watching = watch(stage.clone(), values.duration("film"));
    let texting = text(
        stage.clone(),
        values.int("slices"),
        values.duration("slice"),
    );
    let reacting = react(stage.clone(), phone, notifications.len());
    stage
        .gather([
            stage.spawn("watching", watching),
            stage.spawn("texting", texting),
            stage.spawn("reacting", reacting),
        ])
        .await;
    stage.print("time for bed");
    Ok(())
}

demo!(Demo {
    title: "Three kinds of attention",
    summary: "An evening with a film, a long text message and a phone that buzzes: three ways in which one thread can be part of several things.",
    keywords: "parallel time slicing event-driven concurrency preemptive cooperative queue call_later",
    params: &[
        Param::duration_ms("film", 7_000, 0..=HOUR_MS).label("length of the film"),
        Param::int("slices", 6, 0..=1_000).label("slices of texting"),
        Param::duration_ms("slice", 500, 0..=10 * MINUTE_MS)
            .label("length of a slice, and of a pause"),
        Param::durations_ms("notifications", "700 ms, 2.2 s, 5.6 s", 0..=HOUR_MS, 100)
            .label("notifications, after"),
    ],
    goldens: "film=0s&slices=0&notifications=0s slice=0s&slices=5&notifications=0s,0s,7s \
        slices=3&slice=1s&film=4s&notifications=4s,1s,1s,3s,2s,6s",
});
