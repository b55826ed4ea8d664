//! The browser's half of the benchmarks, exported to `benches/web/bench.js`, which holds the
//! JavaScript half and runs both in one page. `cargo xtask bench` builds and runs it.

#[cfg(target_arch = "wasm32")]
#[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
mod web {
    use interleave::clock::live::LiveClock;
    use interleave::engine::live::pump;
    use interleave::executor::{EventLoop, Limits};
    use interleave::stage::Stage;
    use interleave::trace::Ending;
    use interleave::web::performance;
    use std::cell::RefCell;
    use std::future::Future;
    use std::panic::Location;
    use std::rc::Rc;
    use std::task::Poll;
    use std::time::Duration;
    use wasm_bindgen::prelude::*;

    /// Runs `program` on our loop, live; milliseconds.
    async fn timed<F>(recording: bool, program: impl FnOnce(Stage) -> F) -> f64
    where
        F: Future<Output = ()> + 'static,
    {
        let limits = Limits {
            events: usize::MAX,
            tasks: usize::MAX,
            recording,
        };
        let event_loop = EventLoop::new(Rc::new(LiveClock::start()), limits);
        let began_ms = performance().now();
        let main = program(Stage::new(event_loop.clone()));
        event_loop.spawn(
            "main",
            Location::caller(),
            Box::pin(async move {
                main.await;
                (Ending::Returned, String::new())
            }),
        );
        pump(&event_loop, |_| None).await;
        performance().now() - began_ms
    }

    /// `tasks` tasks that each yield `yields` times, on our loop.
    #[wasm_bindgen]
    pub async fn our_yields(tasks: usize, yields: usize, recording: bool) -> f64 {
        timed(recording, |stage| async move {
            let all: Vec<_> = (0..tasks)
                .map(|_| {
                    let body = stage.clone();
                    stage.spawn("yields", async move {
                        for _ in 0..yields {
                            body.yield_now().await;
                        }
                    })
                })
                .collect();
            stage.gather(all).await;
        })
        .await
    }

    /// The same with plain `spawn_local`.
    #[wasm_bindgen]
    pub async fn spawn_local_yields(tasks: usize, yields: usize) -> f64 {
        let began_ms = performance().now();
        let left = Rc::new(RefCell::new((tasks, None::<js_sys::Function>)));
        let all_done = js_sys::Promise::new(&mut |resolve, _| {
            left.borrow_mut().1 = Some(resolve);
        });
        for _ in 0..tasks {
            let left = Rc::clone(&left);
            wasm_bindgen_futures::spawn_local(async move {
                for _ in 0..yields {
                    let mut yielded = false;
                    std::future::poll_fn(|context| {
                        if std::mem::replace(&mut yielded, true) {
                            return Poll::Ready(());
                        }
                        context.waker().wake_by_ref();
                        Poll::Pending
                    })
                    .await;
                }
                let mut left = left.borrow_mut();
                left.0 -= 1;
                if left.0 == 0
                    && let Some(resolve) = &left.1
                {
                    let _ = resolve.call0(&JsValue::NULL);
                }
            });
        }
        let _ = wasm_bindgen_futures::JsFuture::from(all_done).await;
        performance().now() - began_ms
    }

    /// How late each of these sleeps wakes on our loop, in milliseconds; all sleep at once.
    #[wasm_bindgen]
    pub async fn our_sleeps(delays_ms: Vec<f64>) -> Vec<f64> {
        let clock = performance();
        let late_ms = Rc::new(RefCell::new(vec![0.0; delays_ms.len()]));
        let result = Rc::clone(&late_ms);
        timed(true, |stage| async move {
            let all: Vec<_> = delays_ms
                .into_iter()
                .enumerate()
                .map(|(index, delay_ms)| {
                    let (body, late_ms) = (stage.clone(), Rc::clone(&late_ms));
                    let clock = clock.clone();
                    stage.spawn("sleeps", async move {
                        let began_ms = clock.now();
                        body.sleep(Duration::from_secs_f64(delay_ms / 1e3)).await;
                        late_ms.borrow_mut()[index] = clock.now() - began_ms - delay_ms;
                    })
                })
                .collect();
            stage.gather(all).await;
        })
        .await;
        result.take()
    }
}

fn main() {}
