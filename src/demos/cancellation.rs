use super::prelude::*;

/// Works step by step. The first time somebody wants to stop it, it may refuse.
async fn worker(stage: Stage, steps: i64, pause: Duration, mut refuses: bool) {
    for step in 1..=steps {
        stage.print(format!("worker: step {step}"));
        if stage.catch_cancel(stage.sleep(pause)).await.is_ok() {
            continue;
        }
        stage.print(format!("worker: CancelledError in step {step}"));
        if !refuses {
            stage.print("worker: puts its things away");
            stage.raise_cancelled().await;
        }
        stage.print("worker: not now");
        refuses = false;
    }
    stage.print("worker: done");
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let pause = values.duration("step");
    let body = worker(
        stage.clone(),
        values.int("steps"),
        pause,
        values.switch("refuse"),
    );
    let worker = stage.spawn("worker", body);

    let after = values.duration("after");
    stage.sleep(after).await;
    while !worker.is_done() {
        stage.print("main: please stop");
        worker.cancel();
        stage.print("main: has asked, and the worker has not noticed yet");
        // Waits until the worker is done, but no longer than that.
        let waiting = stage.wait_all(std::slice::from_ref(&worker));
        let _ = stage.timeout(after, waiting).await;
    }
    if worker.is_cancelled() {
        stage.print("main: the worker was cancelled");
    } else {
        stage.print("main: the worker has finished");
    }
    Ok(())
}

demo!(Demo {
    title: "Cancellation",
    summary: "Main asks a worker to stop. The request reaches the worker as an error at the `await` where it stands, and the worker may clean up, or even refuse.",
    keywords: "task.cancel CancelledError except finally suppress swallow shield stop abort uncancel",
    params: &[
        Param::int("steps", 5, 0..=5_000),
        Param::duration_ms("step", 1_000, 0..=HOUR_MS).label("time of a step"),
        Param::duration_ms("after", 1_500, 0..=HOUR_MS).label("main asks after"),
        Param::switch("refuse", false).label("the worker refuses once"),
    ],
    goldens: "refuse=yes after=0s&refuse=yes step=1s&after=1s steps=0 step=0s&after=0s&refuse=yes",
});
