//! Other threads: workers of this worker, which run the same wasm file.
//!
//! A message to one is `["work", kind, a, b]`; it answers `["begins", time]` and then
//! `["ends", time, result]`, the times in milliseconds since 1970 by its own clock.

use super::{PATIENCE_MS, base_address, patiently};
use crate::clock::live::LiveClock;
use crate::stage::browser::{Finished, Later, OnStart, Thread};
use crate::stage::job::Job;
use crate::web::{in_words, module_worker, performance};
use js_sys::{Array, Reflect};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, MessageEvent, Worker};

const WORK: &str = "work";
const BEGINS: &str = "begins";
const ENDS: &str = "ends";

/// A worker. Dropping it terminates it, whatever it is doing.
struct RealThread {
    worker: Worker,
    shared: Rc<Shared>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

struct Shared {
    clock: Rc<LiveClock>,
    ready: Cell<bool>,
    dead: RefCell<Option<String>>,
    on_start: RefCell<Option<OnStart>>,
    finished: Cell<Option<Finished>>,
    waker: RefCell<Option<Waker>>,
}

impl Shared {
    fn wake(&self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    fn wait<T>(&self, context: &Context) -> Poll<Result<T, String>> {
        if let Some(reason) = &*self.dead.borrow() {
            return Poll::Ready(Err(reason.clone()));
        }
        *self.waker.borrow_mut() = Some(context.waker().clone());
        Poll::Pending
    }

    fn take_message(&self, data: &JsValue) {
        if data.is_string() {
            self.ready.set(true);
            self.wake();
            return;
        }
        let message: &Array = data.unchecked_ref();
        let at_ns = self
            .clock
            .from_epoch_ms(message.get(1).as_f64().unwrap_or_default());
        if message.get(0).as_string().as_deref() == Some(BEGINS) {
            if let Some(on_start) = self.on_start.take() {
                on_start(at_ns);
            }
        } else {
            self.finished.set(Some(Finished {
                result: message.get(2).as_f64().unwrap_or_default() as u64,
                at_ns,
            }));
            self.wake();
        }
    }
}

/// Starts a worker, which gets ready by itself.
pub(super) fn start(clock: Rc<LiveClock>) -> Result<Box<dyn Thread>, String> {
    let refused = |error: JsValue| format!("the browser starts no worker: {}", in_words(&error));
    // What this worker was started with starts the next one too: see www/start.js.
    let files = Reflect::get(&js_sys::global(), &"files".into()).map_err(refused)?;
    if files.is_undefined() {
        return Err("a worker can be started from a worker of the page only".to_owned());
    }
    let worker = module_worker(&base_address()).map_err(refused)?;
    let shared = Rc::new(Shared {
        clock,
        ready: Cell::new(false),
        dead: RefCell::default(),
        on_start: RefCell::default(),
        finished: Cell::new(None),
        waker: RefCell::default(),
    });
    let on_message = {
        let shared = Rc::clone(&shared);
        Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            shared.take_message(&event.data());
        })
    };
    worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    let on_error = {
        let shared = Rc::clone(&shared);
        Closure::<dyn FnMut(ErrorEvent)>::new(move |event: ErrorEvent| {
            event.prevent_default();
            let reason = format!("the other thread died: {}", event.message());
            shared.dead.borrow_mut().get_or_insert(reason);
            shared.wake();
        })
    };
    worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
    worker.post_message(&files).map_err(refused)?;
    Ok(Box::new(RealThread {
        worker,
        shared,
        _on_message: on_message,
        _on_error: on_error,
    }))
}

impl Thread for RealThread {
    fn ready(&self) -> Later<()> {
        let shared = Rc::clone(&self.shared);
        let ready = std::future::poll_fn(move |context| {
            if shared.ready.get() {
                return Poll::Ready(Ok(()));
            }
            shared.wait(context)
        });
        // Some browsers never start a worker of a worker, and do not say so.
        let late = || {
            let seconds = PATIENCE_MS / 1_000;
            Err(format!(
                "the browser did not start another thread within {seconds} s"
            ))
        };
        Box::pin(async move { patiently(ready).await.unwrap_or_else(late) })
    }

    fn run(&self, job: Job, on_start: OnStart) -> Later<Finished> {
        let (ready, shared, worker) = (self.ready(), Rc::clone(&self.shared), self.worker.clone());
        Box::pin(async move {
            ready.await?;
            *shared.on_start.borrow_mut() = Some(on_start);
            shared.finished.set(None);
            worker
                .post_message(&message_of(job))
                .map_err(|error| format!("the other thread takes no work: {}", in_words(&error)))?;
            std::future::poll_fn(move |context| match shared.finished.take() {
                Some(finished) => Poll::Ready(Ok(finished)),
                None => shared.wait(context),
            })
            .await
        })
    }
}

impl Drop for RealThread {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

fn message_of(job: Job) -> Array {
    let ms = |duration: Duration| duration.as_secs_f64() * 1_000.0;
    let (kind, a, b) = match job {
        Job::Sleep(duration) => ("sleep", ms(duration), 0.0),
        Job::Chop(duration) => ("chop", ms(duration), 0.0),
        Job::Primes(from, to) => ("primes", from.into(), to.into()),
    };
    Array::of4(&WORK.into(), &kind.into(), &a.into(), &b.into())
}

/// The other thread's side: does the work of a message. `false` when it holds none.
pub(super) fn work(message: &Array, answer: &dyn Fn(&Array)) -> bool {
    if message.get(0).as_string().as_deref() != Some(WORK) {
        return false;
    }
    let number = |index| message.get(index).as_f64().unwrap_or_default();
    let duration = Duration::from_secs_f64(number(2).max(0.0) / 1_000.0);
    let job = match message.get(1).as_string().as_deref() {
        Some("sleep") => Job::Sleep(duration),
        Some("chop") => Job::Chop(duration),
        _ => Job::Primes(number(2) as u32, number(3) as u32),
    };
    let performance = performance();
    #[expect(
        clippy::disallowed_methods,
        reason = "the loop's clock takes the readings of this one over"
    )]
    let now = || JsValue::from(performance.time_origin() + performance.now());
    answer(&Array::of2(&BEGINS.into(), &now()));
    let result = job.run(&LiveClock::start());
    answer(&Array::of3(&ENDS.into(), &now(), &(result as f64).into()));
    true
}
