use super::prelude::*;

/// Works step by step. The first time somebody wants to stop it, it may refuse.
async fn worker(stage: Stage, steps: i64, pause: Duration, mut refuses: bool) {
    for step in 1..=steps {
        stage.print(format!("worker: step {step}")); //@ step
        let slept = stage.catch_cancel(stage.sleep(pause)).await; //@ pause
        if slept.is_ok() {
            continue;
        }
        stage.print(format!("worker: CancelledError in step {step}")); //@ error
        if !refuses {
            stage.print("worker: puts its things away"); //@ away
            stage.raise_cancelled().await; //@ raise
        }
        stage.print("worker: not now"); //@ not-now
        refuses = false;
    }
    stage.print("worker: done"); //@ done
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let pause = values.duration("step");
    let body = worker(
        stage.clone(),
        values.whole("steps"),
        pause,
        values.switch("refuse"),
    );
    let worker = stage.spawn("worker", body); //@ task

    let after = values.duration("after");
    stage.sleep(after).await; //@ after
    while !worker.is_done() {
        stage.print("main: please stop"); //@ stop
        worker.cancel(); //@ cancel
        stage.print("main: has asked, and the worker has not noticed yet"); //@ asked
        // Waits until the worker is done, but no longer than that.
        let waiting = stage.wait_all(std::slice::from_ref(&worker)); //@ wait
        let _ = stage.timeout(after, waiting).await; //@ wait
    }
    if worker.is_cancelled() {
        stage.print("main: the worker was cancelled"); //@ was-cancelled
    } else {
        stage.print("main: the worker has finished"); //@ finished
    }
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "cancellation",
    title: "Cancellation",
    group: Group::WhatGoesWrong,
    lede: "Main asks a worker to stop. The request reaches the worker as an error at the `await` where it stands, and the worker may clean up, or even refuse.",
    teaches: source!("cancellation.md"),
    search: "task.cancel CancelledError except finally suppress swallow shield stop abort uncancel",
    params: &[
        Param {
            key: "steps",
            label: "steps",
            kind: Kind::Whole {
                default: 5,
                min: 0,
                max: 5_000,
            },
            not_in_python: false,
        },
        Param {
            key: "step",
            label: "time of a step",
            kind: Kind::Duration {
                default_ms: 1_000,
                min_ms: 0,
                max_ms: 3_600_000,
            },
            not_in_python: false,
        },
        Param {
            key: "after",
            label: "main asks after",
            kind: Kind::Duration {
                default_ms: 1_500,
                min_ms: 0,
                max_ms: 3_600_000,
            },
            not_in_python: false,
        },
        Param {
            key: "refuse",
            label: "the worker refuses once",
            kind: Kind::Switch { default: false },
            not_in_python: false,
        },
    ],
    rust: source!("cancellation.rs"),
    counterpart: Counterpart::Python(source!("cancellation.py")),
    goldens: goldens![
        "refuse=yes",
        "after=0s&refuse=yes",
        "step=1s&after=1s",
        "steps=0",
        "step=0s&after=0s&refuse=yes",
    ],
    needs: Needs::Nothing,
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;

    #[test]
    fn the_error_surfaces_where_the_worker_stands() {
        check(
            &DEMO,
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
            &DEMO,
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
