//! Waiting for several things at once, with their results: `asyncio.gather`.

use crate::executor::EventLoop;
use crate::executor::failure::{CancelMessage, Failure};
use crate::executor::task::CallbackId;
use crate::stage::Stage;
use crate::stage::awaitable::{Await, Awaitable, AwaitableKey, Core, Outcome, wait_on};
use crate::stage::task::counted;
use crate::stage::task_output::TaskOutput;
use crate::stage::wait::record_acquire;
use crate::trace::{ResourceId, ResourceKind, WaitFor};
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::task::Waker;

/// What [`Stage::gather`] and [`Stage::try_gather`] give: it is done when all its children are,
/// each of which tells it so in a handle of its own. Clones are the same gather.
///
/// `R` is what it comes to.
pub struct Gather<A: Awaitable, R: TaskOutput> {
    inner: Rc<Inner<A, R>>,
}

impl<A: Awaitable, R: TaskOutput> Clone for Gather<A, R> {
    fn clone(&self) -> Self {
        Gather {
            inner: Rc::clone(&self.inner),
        }
    }
}

/// What children have come to.
type ChildOutcome<A> = Outcome<<A as Awaitable>::Output>;

/// `_GatheringFuture`.
struct Inner<A: Awaitable, R> {
    core: Core<R>,
    /// An empty gather is done from the start.
    resource: ResourceId,
    /// In the order of the arguments, with repeats.
    children: Vec<A>,
    /// How many different children are not done.
    left: Cell<usize>,
    /// What those have come to that are done.
    outcomes: RefCell<HashMap<AwaitableKey, ChildOutcome<A>>>,
    cancel_requested: Cell<bool>,
    /// A cancelled child ends it, with that child's message.
    takes_message: bool,
    /// What it comes to because of one child alone.
    ends_early: fn(ChildOutcome<A>) -> Option<Outcome<R>>,
    /// What it comes to in the end.
    collect: fn(Vec<ChildOutcome<A>>) -> Outcome<R>,
}

impl<A: Awaitable> Gather<A, Vec<A::Output>> {
    /// Collects whatever the children come to (`return_exceptions=True`), as far as their type
    /// has room for it.
    pub(super) fn collecting(stage: &Stage, children: Vec<A>) -> Self {
        fn ends_early<T: TaskOutput>(outcome: Outcome<T>) -> Option<Outcome<Vec<T>>> {
            match outcome {
                Outcome::Raised(failure) if T::failed(failure.clone()).is_none() => {
                    Some(Outcome::Raised(failure))
                }
                Outcome::Cancelled(message) if T::cancelled(message.clone()).is_none() => {
                    Some(Outcome::Cancelled(message))
                }
                _ => None,
            }
        }
        fn collect<T: TaskOutput>(outcomes: Vec<Outcome<T>>) -> Outcome<Vec<T>> {
            let results = outcomes.into_iter().filter_map(Outcome::collected);
            Outcome::Value(results.collect())
        }
        let takes_message = A::Output::cancelled(None).is_none();
        Gather::new(stage, children, takes_message, ends_early, collect)
    }
}

impl<A, T> Gather<A, Result<Vec<T>, Failure>>
where
    A: Awaitable<Output = Result<T, Failure>>,
    T: TaskOutput,
{
    /// Fails with the first child that does.
    pub(super) fn failing(stage: &Stage, children: Vec<A>) -> Self {
        fn ends_early<T>(
            outcome: Outcome<Result<T, Failure>>,
        ) -> Option<Outcome<Result<Vec<T>, Failure>>> {
            match outcome {
                Outcome::Value(Ok(_)) => None,
                Outcome::Value(Err(failure)) => Some(Outcome::Value(Err(failure))),
                Outcome::Raised(failure) => Some(Outcome::Raised(failure)),
                Outcome::Cancelled(message) => Some(Outcome::Cancelled(message)),
            }
        }
        fn collect<T: TaskOutput>(
            outcomes: Vec<Outcome<Result<T, Failure>>>,
        ) -> Outcome<Result<Vec<T>, Failure>> {
            let results = outcomes.into_iter().filter_map(Outcome::collected);
            Outcome::Value(results.collect())
        }
        Gather::new(stage, children, true, ends_early, collect)
    }
}

impl<A: Awaitable, R: TaskOutput> Gather<A, R> {
    fn new(
        stage: &Stage,
        children: Vec<A>,
        takes_message: bool,
        ends_early: fn(ChildOutcome<A>) -> Option<Outcome<R>>,
        collect: fn(Vec<ChildOutcome<A>>) -> Outcome<R>,
    ) -> Self {
        let event_loop = stage.event_loop();
        let count = children.len();
        let mut different: Vec<A> = Vec::with_capacity(count);
        // One is mostly given once; looking for repeats takes time in proportion to the square.
        let mut keys = HashSet::with_capacity(count);
        for child in &children {
            if keys.insert(child.key()) {
                different.push(child.clone());
            }
        }
        let inner = Rc::new(Inner {
            core: Core::new(event_loop),
            resource: event_loop.resource(ResourceKind::Group, &counted(count)),
            children,
            left: Cell::new(different.len()),
            outcomes: RefCell::default(),
            cancel_requested: Cell::new(false),
            takes_message,
            ends_early,
            collect,
        });
        if count == 0 {
            inner.core.settle(collect(Vec::new()));
        }
        let mut done = Vec::new();
        for child in different {
            // A gather need not wait for what is done when it begins (since CPython 3.12).
            if child.is_done() {
                done.push(child);
                continue;
            }
            let (gather, ended) = (Rc::clone(&inner), child.clone());
            child.call_when_done(Box::new(move || gather.on_child_done(&ended)));
        }
        for child in done {
            inner.on_child_done(&child);
        }
        Gather { inner }
    }
}

impl<A: Awaitable, R: TaskOutput> Inner<A, R> {
    /// `_done_callback`.
    fn on_child_done(&self, child: &A) {
        self.left.set(self.left.get() - 1);
        // A task that was cancelled keeps its message for the first who asks for it.
        let takes_message = self.takes_message && !self.core.is_done();
        // It looks at every failure, also at those that come too late for it.
        let outcome = match child.is_cancelled() && !takes_message {
            true => Some(Outcome::Cancelled(child.kept_cancelled_message())),
            false => child.outcome(),
        };
        if self.core.is_done() {
            return;
        }
        let Some(outcome) = outcome else { return };
        if let Some(outcome) = (self.ends_early)(outcome.clone()) {
            self.core.settle(outcome);
            return;
        }
        self.outcomes.borrow_mut().insert(child.key(), outcome);
        if self.left.get() > 0 {
            return;
        }
        if self.cancel_requested.get() {
            let message = self.children.last().and_then(A::cancelled_message);
            self.core.settle(Outcome::Cancelled(message));
            return;
        }
        let known = self.outcomes.take();
        let outcome_of = |child: &A| known.get(&child.key()).cloned();
        let outcomes = self.children.iter().filter_map(outcome_of).collect();
        self.core.settle((self.collect)(outcomes));
    }

    /// `_GatheringFuture.cancel`: whether there was anything left to cancel.
    fn cancel(&self, message: &CancelMessage) -> bool {
        if self.core.is_done() {
            return false;
        }
        let cancel = |child: &&A| child.request_cancel(message.clone());
        let cancelled = self.children.iter().filter(cancel).count();
        if cancelled > 0 {
            self.cancel_requested.set(true);
        }
        cancelled > 0
    }
}

impl<A: Awaitable, R: TaskOutput> Awaitable for Gather<A, R> {
    type Output = R;

    fn key(&self) -> AwaitableKey {
        AwaitableKey::Address(Rc::as_ptr(&self.inner) as *const () as usize)
    }

    fn is_done(&self) -> bool {
        self.inner.core.is_done()
    }

    fn is_cancelled(&self) -> bool {
        self.inner.core.is_cancelled()
    }

    fn outcome(&self) -> Option<Outcome<R>> {
        self.inner.core.outcome()
    }

    fn request_cancel(&self, message: CancelMessage) -> bool {
        self.inner.cancel(&message)
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
            let left = self.inner.left.get() as u32;
            record_acquire(self.event_loop(), self.inner.resource, left);
        }
    }

    fn event_loop(&self) -> &EventLoop {
        self.inner.core.event_loop()
    }
}

impl<A: Awaitable, R: TaskOutput> IntoFuture for Gather<A, R> {
    type Output = R;
    type IntoFuture = Await<Self>;

    fn into_future(self) -> Await<Self> {
        Await::new(self)
    }
}
