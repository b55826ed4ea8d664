//! A placeholder for a value that somebody else fills in.

use crate::executor::EventLoop;
use crate::executor::failure::{CancelMessage, Failure};
use crate::executor::task::CallbackId;
use crate::stage::Stage;
use crate::stage::awaitable::{Await, Awaitable, AwaitableKey, Core, Outcome, wait_on};
use crate::stage::task_output::TaskOutput;
use crate::stage::wait::{record_acquire, record_release};
use crate::trace::{ResourceId, ResourceKind, WaitFor};
use std::panic::Location;
use std::rc::Rc;
use std::task::Waker;

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
    core: Core<Result<T, Failure>>,
    resource: ResourceId,
}

impl<T: Clone + 'static> Future<T> {
    pub(super) fn new(stage: &Stage, name: &str) -> Self {
        let event_loop = stage.event_loop();
        Future {
            inner: Rc::new(Inner {
                resource: event_loop.resource(ResourceKind::Future, name),
                core: Core::new(event_loop),
            }),
        }
    }

    /// Whether it has a value, an error, or was cancelled (`done`).
    pub fn is_done(&self) -> bool {
        self.inner.core.is_done()
    }

    /// Whether it was cancelled (`cancelled`).
    pub fn is_cancelled(&self) -> bool {
        self.inner.core.is_cancelled()
    }

    /// Its value or error, if it has one (`result`).
    pub fn result(&self) -> Option<Result<T, Failure>> {
        match self.inner.core.outcome()? {
            Outcome::Value(result) => Some(result),
            Outcome::Raised(failure) => Some(Err(failure)),
            Outcome::Cancelled(_) => None,
        }
    }

    /// Fills it with a value or an error (`set_result`, `set_exception`). Whoever awaits it runs
    /// in the next turn.
    ///
    /// # Errors
    /// `InvalidStateError` when it is done already.
    #[track_caller]
    pub fn set(&self, result: Result<T, Failure>) -> Result<(), Failure> {
        self.event_loop_of().set_location(Location::caller());
        if self.settle(Outcome::Value(result)) {
            Ok(())
        } else {
            Err(Failure::new("InvalidStateError", "invalid state"))
        }
    }

    /// Gives it up (`cancel`); `false` when it is done already.
    #[track_caller]
    pub fn cancel(&self) -> bool {
        self.event_loop_of().set_location(Location::caller());
        self.settle(Outcome::Cancelled(None))
    }

    /// [`Self::cancel`] with a message for whoever awaits it (`cancel(msg)`).
    #[track_caller]
    pub fn cancel_with(&self, message: &str) -> bool {
        self.event_loop_of().set_location(Location::caller());
        self.settle(Outcome::Cancelled(Some(message.into())))
    }

    /// Runs `call` as a handle of its own once it is done (`add_done_callback`).
    pub fn add_done_callback(&self, call: impl FnOnce(&Self) + 'static) -> CallbackId {
        let (me, event_loop) = (self.clone(), self.event_loop_of().clone());
        let author = event_loop.author();
        let call = move || event_loop.run_for(author, || call(&me));
        self.inner.core.call_when_done(Box::new(call))
    }

    /// Takes a callback back (`remove_done_callback`).
    pub fn remove_done_callback(&self, callback: CallbackId) {
        self.inner.core.remove(callback);
    }

    fn event_loop_of(&self) -> &EventLoop {
        self.inner.core.event_loop()
    }

    fn settle(&self, outcome: Outcome<Result<T, Failure>>) -> bool {
        if self.is_done() {
            return false;
        }
        record_release(self.event_loop_of(), self.inner.resource, 1);
        self.inner.core.settle(outcome)
    }
}

impl<T> Awaitable for Future<T>
where
    T: Clone + 'static,
    Result<T, Failure>: TaskOutput,
{
    type Output = Result<T, Failure>;

    fn key(&self) -> AwaitableKey {
        AwaitableKey::Address(Rc::as_ptr(&self.inner) as *const () as usize)
    }

    fn is_done(&self) -> bool {
        self.inner.core.is_done()
    }

    fn is_cancelled(&self) -> bool {
        self.inner.core.is_cancelled()
    }

    fn outcome(&self) -> Option<Outcome<Self::Output>> {
        self.inner.core.outcome()
    }

    fn request_cancel(&self, message: CancelMessage) -> bool {
        self.settle(Outcome::Cancelled(message))
    }

    fn call_when_done(&self, call: Box<dyn FnOnce()>) -> CallbackId {
        self.inner.core.call_when_done(call)
    }

    fn remove_callback(&self, callback: CallbackId) {
        self.inner.core.remove(callback);
    }

    fn wake_when_done(&self, waker: &Waker) -> CallbackId {
        self.inner.core.wake_when_done(waker)
    }

    fn record_wait(&self) {
        wait_on(self);
    }

    fn waits_for(&self) -> WaitFor {
        WaitFor::Resource(self.inner.resource)
    }

    fn record_got(&self) {
        if !self.is_cancelled() {
            record_acquire(self.event_loop_of(), self.inner.resource, 1);
        }
    }

    fn event_loop(&self) -> &EventLoop {
        self.event_loop_of()
    }
}

impl<T> IntoFuture for &Future<T>
where
    T: Clone + 'static,
    Result<T, Failure>: TaskOutput,
{
    type Output = Result<T, Failure>;
    type IntoFuture = Await<Future<T>>;

    #[track_caller]
    fn into_future(self) -> Await<Future<T>> {
        self.event_loop_of().set_location(Location::caller());
        Await::new(self.clone())
    }
}
