//! Polls per second: 1,000 tasks that each yield 1,000 times, on our loop with and without
//! recording, and on tokio's current-thread runtime with paused time.
//!
//! Prints a line of JSON; `cargo xtask bench` writes it into docs/benchmarks.md. The three are
//! measured in turns, and the best of each is taken: other work on the machine only adds time.

#![expect(clippy::disallowed_methods, reason = "a benchmark measures")]

use interleave::clock::InstantClock;
use interleave::executor::{EventLoop, Limits};
use interleave::stage::Stage;
use interleave::trace::Ending;
use std::hint::black_box;
use std::panic::Location;
use std::rc::Rc;
use std::time::{Duration, Instant};

const TASKS: usize = 1_000;
const YIELDS: usize = 1_000;
const ROUNDS: usize = 7;

fn ours(recording: bool) -> Duration {
    let limits = Limits {
        events: usize::MAX,
        tasks: usize::MAX,
        recording,
    };
    let began = Instant::now();
    let event_loop = EventLoop::new(Rc::new(InstantClock::default()), limits);
    let stage = Stage::new(event_loop.clone());
    event_loop.spawn(
        "main",
        Location::caller(),
        Box::pin(async move {
            let tasks: Vec<_> = (0..TASKS)
                .map(|_| {
                    let stage = stage.clone();
                    let body = stage.clone();
                    stage.spawn("yields", async move {
                        for _ in 0..YIELDS {
                            body.yield_now().await;
                        }
                    })
                })
                .collect();
            stage.gather(tasks).await;
            (Ending::Returned, String::new())
        }),
    );
    event_loop.run_instantly();
    let took = began.elapsed();
    black_box(event_loop.into_trace());
    took
}

fn tokios() -> Duration {
    let began = Instant::now();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime can be built");
    runtime.block_on(async {
        let tasks: Vec<_> = (0..TASKS)
            .map(|_| {
                tokio::spawn(async {
                    for _ in 0..YIELDS {
                        tokio::task::yield_now().await;
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("the task ends");
        }
    });
    drop(runtime);
    began.elapsed()
}

fn main() {
    // `cargo test --benches` runs this too, and has no use for it.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let mut best = [Duration::MAX; 3];
    for _ in 0..ROUNDS {
        let round = [ours(true), ours(false), tokios()];
        for (best, took) in best.iter_mut().zip(round) {
            *best = (*best).min(took);
        }
    }
    let polls = (TASKS * YIELDS) as f64;
    let per_second = best.map(|took| polls / took.as_secs_f64());
    println!(
        r#"{{"polls":{polls},"recorded_per_s":{:.0},"unrecorded_per_s":{:.0},"tokio_per_s":{:.0}}}"#,
        per_second[0], per_second[1], per_second[2]
    );
}
