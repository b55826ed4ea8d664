//! Giving up after a time.

use crate::executor::EventLoop;
use crate::executor::timer::Timer;
use crate::stage::{Stage, nanos};
use crate::trace::TaskId;
use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

/// The body of a [`Stage::timeout`] took too long, and was cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimedOut;

/// The future of [`Stage::timeout`]; follows `Lib/asyncio/timeouts.py`.
pub struct Timeout<F> {
    event_loop: EventLoop,
    limit: Duration,
    body: Option<Pin<Box<F>>>,
    entered: Option<Entered>,
}

struct Entered {
    /// Cancels the task when it fires; dropped on the way out.
    timer: Option<Timer>,
    expired: Rc<Cell<bool>>,
    /// On the way out of a timeout of zero the callback may still be in the ready queue.
    over: Rc<Cell<bool>>,
    /// How many cancellations had been asked for before.
    cancelling: u32,
}

impl<F: Future> Timeout<F> {
    pub(super) fn new(stage: &Stage, limit: Duration, body: F) -> Self {
        Timeout {
            event_loop: stage.event_loop().clone(),
            limit,
            body: Some(Box::pin(body)),
            entered: None,
        }
    }
}

fn enter(event_loop: &EventLoop, limit: Duration) -> Entered {
    let task = event_loop.running().unwrap_or(TaskId::MAIN);
    let expired = Rc::new(Cell::new(false));
    let over = Rc::new(Cell::new(false));
    let on_timeout = {
        let (event_loop, expired, over) = (event_loop.clone(), expired.clone(), over.clone());
        move || {
            if !over.get() {
                expired.set(true);
                event_loop.cancel(task);
            }
        }
    };
    let timer = if limit.is_zero() {
        event_loop.call_soon(on_timeout);
        None
    } else {
        let deadline_ns = event_loop.now_ns().saturating_add(nanos(limit));
        Some(event_loop.call_at(deadline_ns, on_timeout))
    };
    Entered {
        timer,
        expired,
        over,
        cancelling: event_loop.cancelling(),
    }
}

impl Entered {
    /// Leaves the timeout; whether it had expired, and nobody else asked for a cancellation.
    fn leave(&mut self, event_loop: &EventLoop) -> bool {
        self.over.set(true);
        self.timer = None;
        self.expired.get() && event_loop.uncancel() <= self.cancelling
    }
}

impl<F: Future> Future for Timeout<F> {
    type Output = Result<F::Output, TimedOut>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context) -> Poll<Self::Output> {
        let Timeout {
            event_loop,
            limit,
            body,
            entered,
        } = &mut *self;
        let entered = entered.get_or_insert_with(|| enter(event_loop, *limit));
        let Some(future) = body else {
            return Poll::Pending;
        };
        match future.as_mut().poll(context) {
            Poll::Ready(output) => {
                entered.leave(event_loop);
                Poll::Ready(Ok(output))
            }
            Poll::Pending if event_loop.catch_cancelled() => {
                *body = None;
                if entered.leave(event_loop) {
                    return Poll::Ready(Err(TimedOut));
                }
                event_loop.raise_cancelled();
                Poll::Pending
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<F> Drop for Timeout<F> {
    fn drop(&mut self) {
        if let Some(entered) = &self.entered {
            entered.over.set(true);
        }
    }
}
