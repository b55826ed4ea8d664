use super::prelude::*;
use crate::stage::several::WaitUntil;
use crate::stage::sync::Event;

/// Takes jobs until it is told to stop. What it holds it finishes, or puts back when it is cancelled.
async fn worker(stage: Stage, name: String, jobs: Queue<(i64, Duration)>, stop: Event) {
    while !stop.is_set() && !jobs.is_empty() {
        let (job, time) = jobs.get().await; //@ get
        stage.print(format!("{name}: begins job {job}")); //@ begins
        let worked = stage.catch_cancel(stage.sleep(time)).await; //@ work
        if worked.is_err() {
            stage.print(format!("{name}: cancelled, puts job {job} back")); //@ back
            jobs.put((job, time)).await; //@ put-back
            stage.raise_cancelled().await; //@ raise
        }
        stage.print(format!("{name}: has done job {job}")); //@ done
    }
    stage.print(format!("{name}: stops")); //@ stops
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let (jobs, stop) = (stage.queue("jobs", 0), stage.event("stop"));
    let times = values.durations("times");
    for (job, time) in (1..=values.int("jobs")).zip(times.iter().cycle()) {
        jobs.put((job, *time)).await; //@ put
    }
    let mut workers = Vec::new();
    for number in 1..=values.int("workers") {
        let name = format!("worker {number}");
        let body = worker(stage.clone(), name.clone(), jobs.clone(), stop.clone());
        workers.push(stage.spawn(name, body)); //@ worker
    }

    // In place of a signal handler, which does nothing but set the event either.
    let on_signal = stop.clone();
    stage.call_later(values.duration("signal"), move || on_signal.set()); //@ signal
    stop.wait().await; //@ stop
    stage.print("main: told to stop"); //@ told

    let grace = match values.choice("mode") {
        "at-once" => Some(Duration::ZERO),
        "deadline" => Some(values.duration("grace")),
        _ => None,
    };
    let (_, left) = stage.wait(&workers, WaitUntil::AllCompleted, grace).await; //@ grace
    stage.print(format!("main: workers not done: {}", left.len())); //@ left
    for worker in &workers {
        worker.cancel(); //@ cancel
    }
    stage.wait_all(&workers).await; //@ over
    stage.print(format!("main: jobs for the next start: {}", jobs.len())); //@ end
    Ok(())
}

demo!(Demo {
    title: "A graceful shutdown",
    summary: "Workers are told to stop. They take nothing new and finish what they hold, for which they have a second; who is not done by then is cancelled, and puts its job back.",
    keywords: "signal SIGINT SIGTERM add_signal_handler shutdown drain deadline grace period cancel asyncio.Event asyncio.wait kubernetes",
    params: &[
        Param::mode(
            "deadline",
            &[
                ("at-once", "cancel all at once"),
                ("deadline", "give them a time"),
                ("patient", "wait for everybody"),
            ]
        )
        .label("when told to stop"),
        Param::int("jobs", 20, 0..=5_000),
        Param::int("workers", 3, 1..=1_000),
        Param::durations_ms(
            "times",
            "500 ms, 800 ms, 1.1 s, 2.6 s",
            0..=10 * MINUTE_MS,
            50
        )
        .label("time of each job, in turns"),
        Param::duration_ms("signal", 1_700, 0..=HOUR_MS).label("told to stop after"),
        Param::duration_ms("grace", 1_000, 0..=HOUR_MS).label("time that they have then"),
    ],
    goldens: "mode=at-once mode=patient grace=0s signal=0s signal=0s&mode=at-once jobs=0 \
        jobs=4&signal=5s workers=7&times=1s&signal=1500ms&grace=200ms times=0s&jobs=30 \
        signal=1s&grace=1s&times=1s,2s,3s",
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;

    fn lines_with(setting: &str, end: &str) -> usize {
        let trace = run_with("graceful-shutdown", setting);
        let lines = output::lines(&trace);
        lines.filter(|line| line.text.contains(end)).count()
    }

    #[test]
    fn no_job_is_lost_and_none_is_done_twice() {
        for setting in ["", "mode=at-once", "mode=patient", "workers=9&grace=300ms"] {
            let begun = lines_with(setting, ": begins job");
            let done = lines_with(setting, ": has done job");
            let left = format!("main: jobs for the next start: {}", 20 - done);
            assert_eq!(lines_with(setting, &left), 1, "{setting}: {left}");
            assert_eq!(lines_with(setting, ", puts job"), begun - done, "{setting}");
        }
        assert_eq!(lines_with("mode=patient", ", puts job"), 0);
        assert_eq!(lines_with("mode=at-once", ", puts job"), 3);
    }
}
