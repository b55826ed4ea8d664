//! A waitingholder for a value that somebody else fills in.

use crate::executor::EventLoop;
use crate::stage::wait::{WaitList, Waiting, record_acquire, record_release};
use crate::stage::{Failure, Stage};
use crate::trace::{ResourceId, ResourceKind, WaitFor};
use std::cell::RefCell;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

/// A value that will be there later (`asyncio.Future`); clones are the same future, and each
/// that awaits it gets a clone of the value.
///
/// As in asyncio, cancelling a task that awaits it cancels the future, and with it everybody
/// else who awaits it.
pub struct Future<T> {
    inner: Rc<Inner<T>>,
}

impl<T> Clone for Future<T> {
    fn clone(&self) -> Self {
        Future {
            inner: Rc::clone(&self.inner),
        }
    }
}

struct Inner<T> {
    event_loop: EventLoop,
    resource: ResourceId,
    outcome: RefCell<Option<Outcome<T>>>,
    waiters: WaitList,
}

enum Outcome<T> {
    Settled(Result<T, Failure>),
    Cancelled,
}

impl<T: Clone + 'static> Future<T> {
    pub(super) fn new(stage: &Stage, name: &str) -> Self {
        let event_loop = stage.event_loop().clone();
        Future {
            inner: Rc::new(Inner {
                resource: event_loop.resource(ResourceKind::Future, name),
                event_loop,
                outcome: RefCell::new(None),
                waiters: WaitList::default(),
            }),
        }
    }

    /// Whether it has a value, an error, or was cancelled (`done`).
    pub fn is_done(&self) -> bool {
        self.inner.outcome.borrow().is_some()
    }

    /// Fills it with a value or an error (`set_result`, `set_exception`). Whoever awaits it runs
    /// in the next turn.
    ///
    /// # Errors
    /// `InvalidStateError` when it is done already.
    #[track_caller]
    pub fn set(&self, result: Result<T, Failure>) -> Result<(), Failure> {
        self.inner.event_loop.set_location(Location::caller());
        if self.settle(Outcome::Settled(result)) {
            Ok(())
        } else {
            Err(Failure::new("InvalidStateError", "invalid state"))
        }
    }

    /// Gives it up (`cancel`); `false` when it is done already.
    #[track_caller]
    pub fn cancel(&self) -> bool {
        self.inner.event_loop.set_location(Location::caller());
        self.settle(Outcome::Cancelled)
    }

    fn settle(&self, outcome: Outcome<T>) -> bool {
        if self.is_done() {
            return false;
        }
        *self.inner.outcome.borrow_mut() = Some(outcome);
        record_release(&self.inner.event_loop, self.inner.resource, 1);
        self.inner.waiters.pass_all();
        true
    }
}

impl<T: Clone + 'static> IntoFuture for &Future<T> {
    type Output = Result<T, Failure>;
    type IntoFuture = Settled<T>;

    #[track_caller]
    fn into_future(self) -> Settled<T> {
        self.inner.event_loop.set_location(Location::caller());
        Settled {
            future: self.clone(),
            waiting: None,
        }
    }
}

/// Waits for a [`Future`].
pub struct Settled<T> {
    future: Future<T>,
    waiting: Option<Waiting>,
}

impl<T: Clone + 'static> std::future::Future for Settled<T> {
    type Output = Result<T, Failure>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context) -> Poll<Self::Output> {
        let Settled { future, waiting } = &mut *self;
        let event_loop = &future.inner.event_loop;
        if event_loop.poll_cancelled() {
            return Poll::Pending;
        }
        match &*future.inner.outcome.borrow() {
            Some(Outcome::Settled(result)) => {
                record_acquire(event_loop, future.inner.resource, 1);
                return Poll::Ready(result.clone());
            }
            Some(Outcome::Cancelled) => {
                event_loop.raise_cancelled();
                return Poll::Pending;
            }
            None => {}
        }
        let mut waiting = waiting.get_or_insert_with(|| {
            let on = WaitFor::Resource(future.inner.resource);
            future.inner.waiters.join(event_loop, on)
        });
        let _ = Pin::new(&mut waiting).poll(context);
        let cancelled = future.clone();
        event_loop.set_waiter(Rc::new(move || cancelled.settle(Outcome::Cancelled)));
        Poll::Pending
    }
}
