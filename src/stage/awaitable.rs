//! What can be awaited by many and cancelled: tasks, futures, gathers. `asyncio.Future`'s interface.

use crate::executor::EventLoop;
use crate::executor::context::Context as Variables;
use crate::executor::failure::{CancelMessage, Failure, Unwind};
use crate::executor::task::{CallbackId, Cancel};
use crate::stage::task_output::TaskOutput;
use crate::stage::wait::record_wait;
use crate::trace::{Ending, WaitFor};
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// What something that is done has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome<T> {
    /// A value, which may be an error of the program's.
    Value(T),
    /// A failure that the type of the value has no room for.
    Raised(Failure),
    /// It was cancelled, with this message.
    Cancelled(CancelMessage),
}

impl<T: TaskOutput> Outcome<T> {
    /// The failure, if it is one.
    pub fn is_failed(&self) -> bool {
        match self {
            Outcome::Value(value) => value.end().0 == Ending::Failed,
            Outcome::Raised(_) => true,
            Outcome::Cancelled(_) => false,
        }
    }

    /// Whether it was cancelled.
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Outcome::Cancelled(_))
    }

    /// The value, or what stands for a failure or a cancellation where results are collected;
    /// `None` when nothing can.
    pub fn collected(self) -> Option<T> {
        match self {
            Outcome::Value(value) => Some(value),
            Outcome::Raised(failure) => T::failed(failure),
            Outcome::Cancelled(message) => T::cancelled(message),
        }
    }

    /// The value; a failure that has no room in it and a cancellation unwind the running task.
    pub(super) fn unwrap_in(self, event_loop: &EventLoop) -> Poll<T> {
        match self {
            Outcome::Value(value) => return Poll::Ready(value),
            Outcome::Raised(failure) => match T::failed(failure.clone()) {
                Some(value) => return Poll::Ready(value),
                None => event_loop.raise(Unwind::Raised(failure)),
            },
            Outcome::Cancelled(message) => event_loop.raise_cancelled(message),
        }
        Poll::Pending
    }
}

/// Something that will be done, awaited by any number of tasks. Clones are the same thing.
pub trait Awaitable: Clone + 'static {
    /// What awaiting it gives.
    type Output: TaskOutput;

    /// Which of all awaitables it is.
    fn key(&self) -> AwaitableKey;

    /// Whether it is done (`done`).
    fn is_done(&self) -> bool;

    /// Whether it was cancelled (`cancelled`).
    fn is_cancelled(&self) -> bool;

    /// What it has come to, if it is done. Somebody has looked at it then (`result`).
    fn outcome(&self) -> Option<Outcome<Self::Output>>;

    /// The message for whoever is cancelled because of it (`_make_cancelled_error`).
    fn cancelled_message(&self) -> CancelMessage {
        match self.outcome() {
            Some(Outcome::Cancelled(message)) => message,
            _ => None,
        }
    }

    /// That message, as far as it stays when somebody has taken it (`_cancel_message`).
    fn kept_cancelled_message(&self) -> CancelMessage {
        self.cancelled_message()
    }

    /// Gives it up (`cancel`); `false` when it is done already.
    fn request_cancel(&self, message: CancelMessage) -> bool;

    /// Runs `call` as a handle of its own once it is done (`add_done_callback`).
    fn call_when_done(&self, call: Box<dyn FnOnce()>) -> CallbackId;

    /// Takes a callback back (`remove_done_callback`).
    fn remove_callback(&self, callback: CallbackId);

    /// Wakes the running task once it is done.
    #[doc(hidden)]
    fn wake_when_done(&self, waker: &Waker) -> CallbackId;

    /// Says that the running task waits for it, to the loop and to the trace.
    #[doc(hidden)]
    fn record_wait(&self);

    /// For what a task waits that waits for it, in the trace.
    #[doc(hidden)]
    fn waits_for(&self) -> WaitFor;

    /// Records that the running task has got it.
    #[doc(hidden)]
    fn record_got(&self);

    /// The loop that it belongs to.
    #[doc(hidden)]
    fn event_loop(&self) -> &EventLoop;
}

/// The identity of an [`Awaitable`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AwaitableKey {
    /// The task of that number.
    Task(u32),
    /// What is at that address.
    Address(usize),
}

/// Waits for an [`Awaitable`]. When that was cancelled, so is the task that waits. Dropping it
/// gives up the wait, and nothing else.
pub struct Await<A: Awaitable> {
    awaited: A,
    registered: Option<CallbackId>,
    /// The task awaited itself, and is told a step later.
    awaited_itself: bool,
}

impl<A: Awaitable> Await<A> {
    pub(super) fn new(awaited: A) -> Self {
        Await {
            awaited,
            registered: None,
            awaited_itself: false,
        }
    }
}

impl<A: Awaitable> Unpin for Await<A> {}

impl<A: Awaitable> Future for Await<A> {
    type Output = A::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context) -> Poll<A::Output> {
        let this = &mut *self;
        let event_loop = this.awaited.event_loop();
        if event_loop.poll_cancelled() {
            return Poll::Pending;
        }
        if this.awaited_itself {
            let failure = Failure::new("RuntimeError", "Task cannot await on itself");
            return Outcome::Raised(failure).unwrap_in(event_loop);
        }
        if let Some(outcome) = this.awaited.outcome() {
            this.awaited.record_got();
            return outcome.unwrap_in(event_loop);
        }
        let running = event_loop.running().map(|task| AwaitableKey::Task(task.0));
        if running == Some(this.awaited.key()) {
            this.awaited_itself = true;
            event_loop.wake_running();
            return Poll::Pending;
        }
        this.awaited.record_wait();
        if this.registered.is_none() {
            this.registered = Some(this.awaited.wake_when_done(context.waker()));
        }
        Poll::Pending
    }
}

impl<A: Awaitable> Drop for Await<A> {
    fn drop(&mut self) {
        if let Some(callback) = self.registered.take() {
            self.awaited.remove_callback(callback);
        }
    }
}

/// The inside of what is no task: an outcome, and who is told of it.
pub(super) struct Core<T> {
    event_loop: EventLoop,
    outcome: RefCell<Option<Outcome<T>>>,
    callbacks: RefCell<Vec<Callback>>,
}

struct Callback {
    id: CallbackId,
    variables: Variables,
    action: Action,
}

enum Action {
    Wake(Waker),
    Call(Box<dyn FnOnce()>),
}

impl<T: Clone + 'static> Core<T> {
    pub(super) fn new(event_loop: &EventLoop) -> Self {
        Core {
            event_loop: event_loop.clone(),
            outcome: RefCell::default(),
            callbacks: RefCell::default(),
        }
    }

    pub(super) fn event_loop(&self) -> &EventLoop {
        &self.event_loop
    }

    pub(super) fn is_done(&self) -> bool {
        self.outcome.borrow().is_some()
    }

    pub(super) fn outcome(&self) -> Option<Outcome<T>> {
        self.outcome.borrow().clone()
    }

    pub(super) fn is_cancelled(&self) -> bool {
        matches!(*self.outcome.borrow(), Some(Outcome::Cancelled(_)))
    }

    /// Is done now; `false` when it was before.
    pub(super) fn settle(&self, outcome: Outcome<T>) -> bool {
        if self.is_done() {
            return false;
        }
        *self.outcome.borrow_mut() = Some(outcome);
        for callback in self.callbacks.take() {
            self.schedule(callback);
        }
        true
    }

    fn schedule(&self, callback: Callback) {
        match callback.action {
            Action::Wake(waker) => waker.wake(),
            Action::Call(call) => {
                let before = self.event_loop.swap_context(callback.variables);
                self.event_loop.call_soon(call);
                self.event_loop.swap_context(before);
            }
        }
    }

    fn add(&self, action: Action) -> CallbackId {
        let callback = Callback {
            id: self.event_loop.new_callback_id(),
            variables: self.event_loop.context(),
            action,
        };
        let id = callback.id;
        if self.is_done() {
            self.schedule(callback);
        } else {
            self.callbacks.borrow_mut().push(callback);
        }
        id
    }

    pub(super) fn call_when_done(&self, call: Box<dyn FnOnce()>) -> CallbackId {
        self.add(Action::Call(call))
    }

    pub(super) fn wake_when_done(&self, waker: &Waker) -> CallbackId {
        self.add(Action::Wake(waker.clone()))
    }

    pub(super) fn remove(&self, id: CallbackId) {
        self.callbacks
            .borrow_mut()
            .retain(|callback| callback.id != id);
    }
}

/// Something that a task waits for, to be cancelled in its stead.
struct Waited<A>(A);

impl<A: Awaitable> Cancel for Waited<A> {
    fn cancel(&self, message: CancelMessage) -> bool {
        self.0.request_cancel(message)
    }

    fn cancelled_with(&self) -> Option<CancelMessage> {
        match self.0.is_cancelled().then(|| self.0.outcome())? {
            Some(Outcome::Cancelled(message)) => Some(message),
            _ => None,
        }
    }
}

/// Says to the loop and to the trace that the running task waits for something that is no task.
pub(super) fn wait_on<A: Awaitable>(awaited: &A) {
    let event_loop = awaited.event_loop();
    event_loop.set_waiter(Rc::new(Waited(awaited.clone())));
    record_wait(event_loop, awaited.waits_for());
}
