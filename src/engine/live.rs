//! Drives a run on the browser's own event loop.

use super::outbox::Outbox;
use crate::executor::EventLoop;
use crate::executor::turn::Turn;
use crate::web::performance;
use gloo_timers::future::TimeoutFuture;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use wasm_bindgen::prelude::*;
use web_sys::MessageChannel;

/// How long tasks may keep the thread before the browser gets it, in milliseconds.
const SLICE_MS: f64 = 8.0;

/// In WebKit a message to oneself may take 10 ms while the page draws. After a pass that took long, tasks keep
/// the thread so many times as long before the next, so that passes make a run late by a tenth at most …
const PASSES_ARE_WORTH: f64 = 10.0;

/// … but never longer than this, in milliseconds: what comes from outside waits meanwhile.
const LONGEST_SLICE_MS: f64 = 60.0;

/// A pass that takes longer is slow, in milliseconds. Elsewhere than in WebKit one takes some hundredths.
const SLOW_PASS_MS: f64 = 1.0;

/// At most one batch per frame of a 60 Hz screen, in milliseconds.
const FRAME_MS: f64 = 16.0;

/// A browser lengthens a timer that was set by a timer that was set by a timer … to 4 ms from
/// the fifth on (HTML standard, timer initialisation steps). Timers that are set from a message
/// are not nested, so shorter ones are set from there.
const CLAMP_MS: u64 = 4;

/// `setTimeout` takes a signed 32-bit number of milliseconds and fires at once for more.
const LONGEST_TIMEOUT_MS: u64 = (1 << 31) - 1;

/// Pumps turns until the run is over.
#[expect(
    clippy::disallowed_methods,
    reason = "when to flush is the browser's time, not the run's"
)]
pub(super) async fn drive(outbox: Rc<Outbox>) {
    let performance = performance();
    let flushed_ms = Cell::new(performance.now());
    pump(outbox.event_loop(), |idle_ms| {
        let since_ms = performance.now() - flushed_ms.get();
        if since_ms >= FRAME_MS || outbox.event_loop().trace().end.is_some() {
            outbox.flush();
            flushed_ms.set(performance.now());
            None
        } else if idle_ms > 0.0 && outbox.has_more() {
            Some((FRAME_MS - since_ms).ceil())
        } else {
            None
        }
    })
    .await;
}

/// Runs an event loop on the browser's until it is over.
///
/// `show` is called after each slice of turns with the time in milliseconds until the next
/// timer; it may ask to be called again after some milliseconds, though nothing happened.
#[expect(
    clippy::disallowed_methods,
    reason = "when to give the thread back is the browser's time, not the run's"
)]
pub async fn pump(event_loop: &EventLoop, mut show: impl FnMut(f64) -> Option<f64>) {
    let performance = performance();
    let macrotask = Macrotask::new();
    let mut slice_ms = performance.now();
    loop {
        let turn = loop {
            match event_loop.turn() {
                Turn::Ran if performance.now() - slice_ms < macrotask.slice_ms() => {}
                other => break other,
            }
        };
        match turn {
            Turn::Ran => {
                show(0.0);
                macrotask.pass().await;
                slice_ms = performance.now();
            }
            Turn::Over => {
                show(0.0);
                return;
            }
            Turn::Idle {
                next_deadline_ns: None,
            } if !event_loop.has_pending_external() => event_loop.end_as_deadlock(),
            Turn::Idle { next_deadline_ns } => {
                // Rounded down: a timer takes whole milliseconds, and rounding up would make
                // each of a series of sleeps up to one later than the one before.
                let left_ms = next_deadline_ns.map_or(LONGEST_TIMEOUT_MS, |deadline_ns| {
                    let left_ns = deadline_ns.saturating_sub(event_loop.now_ns());
                    (event_loop.real_ns(left_ns) / 1_000_000).min(LONGEST_TIMEOUT_MS)
                });
                let show_ms = show(left_ms as f64).map_or(LONGEST_TIMEOUT_MS, |ms| ms as u64);
                let wait_ms = left_ms.min(show_ms);
                let is_due = performance.now() - slice_ms >= macrotask.slice_ms();
                if let (false, true, Some(deadline_ns)) = (
                    is_due,
                    left_ms <= wait_ms.min(CLAMP_MS) && macrotask.is_slow(),
                    next_deadline_ns.filter(|_| !event_loop.has_pending_external()),
                ) {
                    // There and back would take longer than the wait.
                    event_loop.spin_until(deadline_ns);
                } else if wait_ms > 0 || is_due {
                    if wait_ms <= CLAMP_MS {
                        macrotask.pass().await;
                    }
                    if wait_ms > 0 && !event_loop.has_ready() {
                        Idle {
                            event_loop,
                            timeout: TimeoutFuture::new(wait_ms as u32),
                            registered: false,
                        }
                        .await;
                    }
                    slice_ms = performance.now();
                } else if let Some(deadline_ns) = next_deadline_ns {
                    // A browser's timer cannot wait for a part of a millisecond. Passing through
                    // its queue until then would leave so many messages to collect that every
                    // 250 ms some timers came 4 ms late.
                    event_loop.spin_until(deadline_ns);
                }
            }
        }
    }
}

/// Waits for a time, or until something outside makes a handle ready.
struct Idle<'a> {
    event_loop: &'a EventLoop,
    timeout: TimeoutFuture,
    registered: bool,
}

impl Future for Idle<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context) -> Poll<()> {
        if Pin::new(&mut self.timeout).poll(context).is_ready() {
            return Poll::Ready(());
        }
        if !self.registered {
            self.registered = true;
            self.event_loop.set_driver(context.waker());
            return Poll::Pending;
        }
        // A wake alone says nothing: a timeout that is dropped wakes whom it was to wake, so the
        // end of each wait would end the next, and the browser would never get the thread.
        if self.event_loop.driver_was_woken() {
            return Poll::Ready(());
        }
        Poll::Pending
    }
}

/// A pass through the browser's task queue: timers, messages and input get their turn.
///
/// `setTimeout(0)` would do, were it not for its 4 ms.
pub struct Macrotask {
    channel: MessageChannel,
    arrived: Rc<Cell<bool>>,
    waker: Rc<RefCell<Option<Waker>>>,
    /// How long a pass takes, in milliseconds.
    takes_ms: Cell<f64>,
    _on_message: Closure<dyn FnMut()>,
}

impl Default for Macrotask {
    fn default() -> Self {
        Self::new()
    }
}

impl Macrotask {
    /// A channel to oneself.
    ///
    /// # Panics
    /// Where there is no `MessageChannel`; every browser with workers has one.
    pub fn new() -> Self {
        let channel = MessageChannel::new().expect("every browser with workers has channels");
        let arrived = Rc::new(Cell::new(false));
        let waker = Rc::new(RefCell::new(None::<Waker>));
        let on_message = {
            let (arrived, waker) = (Rc::clone(&arrived), Rc::clone(&waker));
            Closure::<dyn FnMut()>::new(move || {
                arrived.set(true);
                if let Some(waker) = waker.take() {
                    waker.wake();
                }
            })
        };
        channel
            .port1()
            .set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        Macrotask {
            channel,
            arrived,
            waker,
            takes_ms: Cell::new(0.0),
            _on_message: on_message,
        }
    }

    /// How long tasks may keep the thread, in milliseconds.
    fn slice_ms(&self) -> f64 {
        (self.takes_ms.get() * PASSES_ARE_WORTH).clamp(SLICE_MS, LONGEST_SLICE_MS)
    }

    fn is_slow(&self) -> bool {
        self.takes_ms.get() > SLOW_PASS_MS
    }

    /// Gives the thread to the browser once.
    #[expect(
        clippy::disallowed_methods,
        reason = "how long the browser has the thread is its time, not the run's"
    )]
    pub async fn pass(&self) {
        let performance = performance();
        let began_ms = performance.now();
        self.arrived.set(false);
        // A port of one's own takes every message.
        let _ = self.channel.port2().post_message(&JsValue::NULL);
        std::future::poll_fn(|context| {
            if self.arrived.get() {
                return Poll::Ready(());
            }
            *self.waker.borrow_mut() = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
        // One that was slow by chance counts half.
        let took_ms = performance.now() - began_ms;
        self.takes_ms
            .set(took_ms.min((took_ms + self.takes_ms.get()) / 2.0));
    }
}

impl Drop for Macrotask {
    fn drop(&mut self) {
        self.channel.port1().set_onmessage(None);
        self.channel.port1().close();
    }
}
