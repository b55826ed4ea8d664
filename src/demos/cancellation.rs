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

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;

    #[test]
    fn the_error_surfaces_where_the_worker_stands() {
        check(
            "cancellation",
            "",
            expect![[r#"
                0.000 worker: step 1
                1.000 worker: step 2
                1.500 main: please stop
                1.500 main: has asked, and the worker has not noticed yet
                1.500 worker: CancelledError in step 2
                1.500 worker: puts its things away
                1.500 main: the worker was cancelled
                finished at 1.500
            "#]],
        );
    }

    #[test]
    fn a_worker_that_refuses_has_to_be_asked_again() {
        check(
            "cancellation",
            "refuse=yes",
            expect![[r#"
                0.000 worker: step 1
                1.000 worker: step 2
                1.500 main: please stop
                1.500 main: has asked, and the worker has not noticed yet
                1.500 worker: CancelledError in step 2
                1.500 worker: not now
                1.500 worker: step 3
                2.500 worker: step 4
                3.000 main: please stop
                3.000 main: has asked, and the worker has not noticed yet
                3.000 worker: CancelledError in step 4
                3.000 worker: puts its things away
                3.000 main: the worker was cancelled
                finished at 3.000
            "#]],
        );
    }
}
