use super::prelude::*;

/// Prints a line now and then.
async fn ticker(stage: Stage, name: &'static str, every: Duration, ticks: i64) {
    for tick in 1..=ticks {
        stage.sleep(every).await; //@ every
        stage.print(format!("{name}: tick {tick}")); //@ tick
    }
}

/// Asks something that takes its time to answer.
async fn slow_call(stage: Stage, name: &'static str, duration: Duration, fix: &'static str) {
    stage.print(format!("{name}: calls")); //@ calls
    match fix {
        "async-sleep" => stage.sleep(duration).await, //@ sleep
        "other-thread" => {
            let threads = stage.threads(1);
            let called = threads.run("slow call", Job::Sleep(duration)).await; //@ thread
            if let Err(failure) = called {
                stage.print(failure.message); //@ -
            }
        }
        _ => stage.block(duration), //@ block
    }
    stage.print(format!("{name}: has the answer")); //@ answer
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let (every, ticks) = (values.duration("every"), values.whole("ticks"));
    let (duration, fix) = (values.duration("duration"), values.choice("mode"));
    let call = |name| slow_call(stage.clone(), name, duration, fix);
    let a = stage.spawn("a", ticker(stage.clone(), "a", every, ticks)); //@ a
    let b = stage.spawn("b", ticker(stage.clone(), "b", every, ticks)); //@ b

    stage.sleep(every).await; //@ before
    if values.choice("where") == "main" {
        call("main").await; //@ main-call
        stage.gather([a, b]).await; //@ gather-two
    } else {
        let caller = stage.spawn("caller", call("caller")); //@ caller
        stage.gather([a, b, caller]).await; //@ gather
    }
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "blocking-call",
    title: "One blocking call",
    group: Group::WhatGoesWrong,
    lede: "Two tickers tick, and somebody makes one call that blocks. It stops everybody, not only its own task.",
    teaches: source!("blocking_call.md"),
    search: "time.sleep requests to_thread run_in_executor executor worker freeze hang",
    params: &[
        Param {
            key: "mode",
            label: "fix",
            kind: Kind::Choice {
                default: "none",
                options: &[
                    ("none", "none"),
                    ("async-sleep", "async sleep"),
                    ("other-thread", "other thread"),
                ],
            },
            not_in_python: false,
        },
        Param {
            key: "duration",
            label: "the call takes",
            kind: Kind::Duration {
                default_ms: 2_000,
                min_ms: 0,
                max_ms: 600_000,
            },
            not_in_python: false,
        },
        Param {
            key: "where",
            label: "it is made in",
            kind: Kind::Choice {
                default: "task",
                options: &[("task", "a task"), ("main", "main")],
            },
            not_in_python: false,
        },
        Param {
            key: "every",
            label: "a tick every",
            kind: Kind::Duration {
                default_ms: 500,
                min_ms: 0,
                max_ms: 60_000,
            },
            not_in_python: false,
        },
        Param {
            key: "ticks",
            label: "ticks",
            kind: Kind::Whole {
                default: 8,
                min: 0,
                max: 10_000,
            },
            not_in_python: false,
        },
    ],
    rust: source!("blocking_call.rs"),
    counterpart: Counterpart::Python(source!("blocking_call.py")),
    goldens: goldens![
        "mode=async-sleep",
        "mode=other-thread",
        "mode=other-thread&where=main&every=0s&ticks=3",
        "where=main&ticks=2",
        "duration=0s&mode=other-thread&ticks=1",
    ],
    needs: Needs::Nothing,
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;

    #[test]
    fn one_blocking_call_stops_everybody() {
        check(
            &DEMO,
            "ticks=5",
            expect![[r#"
                0.500 a: tick 1
                0.500 b: tick 1
                0.500 caller: calls
                2.500 caller: has the answer
                2.500 a: tick 2
                2.500 b: tick 2
                3.000 a: tick 3
                3.000 b: tick 3
                3.500 a: tick 4
                3.500 b: tick 4
                4.000 a: tick 5
                4.000 b: tick 5
                finished at 4.000
            "#]],
        );
    }

    #[test]
    fn on_another_thread_it_stops_nobody() {
        check(
            &DEMO,
            "ticks=5&mode=other-thread",
            expect![[r#"
                0.500 a: tick 1
                0.500 b: tick 1
                0.500 caller: calls
                1.000 a: tick 2
                1.000 b: tick 2
                1.500 a: tick 3
                1.500 b: tick 3
                2.000 a: tick 4
                2.000 b: tick 4
                2.500 caller: has the answer
                2.500 a: tick 5
                2.500 b: tick 5
                finished at 2.500
            "#]],
        );
    }
}
