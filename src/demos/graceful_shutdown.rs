use super::prelude::*;
use crate::stage::several::WaitUntil;
use crate::stage::sync::Event;

/// Works until it is told to stop, and finishes what it has in hand.
async fn worker(stage: Stage, number: i64, time: Duration, stopping: Event) {
    let mut count = 0;
    while !stopping.is_set() {
        let worked = stage.catch_cancel(stage.sleep(time)).await; //@ work
        if worked.is_err() {
            stage.print(format!("worker {number}: loses what it has in hand")); //@ loses
            stage.raise_cancelled().await; //@ raise
        }
        count += 1;
    }
    stage.print(format!("worker {number}: stops after {count}")); //@ stops
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let stopping = stage.event("stopping");
    let mut workers = Vec::new();
    for (number, time) in (1..).zip(values.durations("work")) {
        let body = worker(stage.clone(), number, time, stopping.clone());
        workers.push(stage.spawn(format!("worker {number}"), body)); //@ task
    }

    stage.sleep(values.duration("signal")).await; //@ signal
    stage.print("main: the signal to stop"); //@ told
    stopping.set(); //@ set
    let grace = Some(values.duration("grace"));
    let (done, late) = stage.wait(&workers, WaitUntil::AllCompleted, grace).await; //@ grace
    let (stopped, left) = (done.len(), late.len());
    stage.print(format!("main: {stopped} stopped in time, {left} did not")); //@ in-time
    for task in &late {
        task.cancel(); //@ cancel
    }
    if !late.is_empty() {
        stage.wait_all(&late).await; //@ late
    }
    stage.print("main: nobody is left"); //@ end
    Ok(())
}

demo!(Demo {
    title: "Graceful shutdown",
    summary: "A program is told to stop. Its workers take nothing new and finish what they hold; who is not done when the grace period is over is cancelled.",
    keywords: "SIGTERM SIGINT signal shutdown drain asyncio.Event asyncio.wait timeout cancel workers kubernetes grace period add_signal_handler",
    params: &[
        Param::durations_ms("work", "700 ms, 2 s, 5 s", 10..=HOUR_MS, 100)
            .label("each worker's time for an item"),
        Param::duration_ms("signal", 3_000, 0..=10 * MINUTE_MS).label("told to stop after"),
        Param::duration_ms("grace", 1_500, 0..=HOUR_MS).label("grace period"),
    ],
    goldens: "grace=5s grace=0s work=1s&grace=500ms work=300ms,300ms,300ms signal=0s \
        work=2s,5s,9s&grace=100ms",
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;

    #[test]
    fn it_ends_with_the_last_worker_or_with_the_grace_period() {
        let end_ms = |setting: &str| {
            let trace = run_with("graceful-shutdown", setting);
            trace.end.as_ref().expect("it ended").time_ns / 1_000_000
        };
        assert_eq!(end_ms("grace=1h"), 5_000);
        assert_eq!(end_ms("grace=1500ms"), 4_500);
        assert_eq!(end_ms("grace=0s"), 3_000);
    }
}
