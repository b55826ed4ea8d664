//! The one way in which tasks wait for one another: a list of waiters, first come, first served.
//!
//! A waiter is what `asyncio.Future` is to CPython's locks and queues: whoever lets it pass makes
//! its task ready, and the task finds out when it next runs.

use crate::executor::EventLoop;
use crate::executor::external::ExternalWait;
use crate::executor::failure::CancelMessage;
use crate::executor::task::Cancel;
use crate::stage::browser::Later;
use crate::trace::{EventKind, ResourceId, WaitFor};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// Records that the running task waits.
pub(super) fn record_wait(event_loop: &EventLoop, on: WaitFor) {
    if let Some(task) = event_loop.running() {
        event_loop.record(EventKind::Wait { task, on });
    }
}

/// Records that the running task got something.
pub(super) fn record_acquire(event_loop: &EventLoop, resource: ResourceId, level: u32) {
    let task = event_loop.author();
    event_loop.record(EventKind::Acquire {
        task,
        resource,
        level,
        location: event_loop.location(),
    });
}

/// Records that the running task gave something back, put something in, or set something.
pub(super) fn record_release(event_loop: &EventLoop, resource: ResourceId, level: u32) {
    let task = event_loop.author();
    event_loop.record(EventKind::Release {
        task,
        resource,
        level,
    });
}

/// Tasks that wait, in the order in which they came.
#[derive(Clone, Default)]
pub(super) struct WaitList {
    waiters: Rc<RefCell<VecDeque<Rc<Waiter>>>>,
}

/// One of them. It is in the list until its task has run again, or until a call that lets
/// somebody pass finds that it is not waiting any more.
#[derive(Default)]
struct Waiter {
    state: Cell<WaiterState>,
    cancelled_with: RefCell<CancelMessage>,
    waker: RefCell<Option<Waker>>,
}

/// What `asyncio.Future` has for it.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum WaiterState {
    #[default]
    Waiting,
    Passed,
    Cancelled,
}

impl Waiter {
    /// `false` when it waits no longer.
    fn settle(&self, state: WaiterState) -> bool {
        if self.state.get() != WaiterState::Waiting {
            return false;
        }
        self.state.set(state);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
        true
    }
}

impl Cancel for Waiter {
    fn cancel(&self, message: CancelMessage) -> bool {
        if self.state.get() == WaiterState::Waiting {
            *self.cancelled_with.borrow_mut() = message;
        }
        self.settle(WaiterState::Cancelled)
    }

    fn cancelled_with(&self) -> Option<CancelMessage> {
        let is_cancelled = self.state.get() == WaiterState::Cancelled;
        is_cancelled.then(|| self.cancelled_with.borrow().clone())
    }
}

impl WaitList {
    /// How many wait.
    pub(super) fn len(&self) -> usize {
        let waiters = self.waiters.borrow();
        let waits = |waiter: &&Rc<Waiter>| waiter.state.get() == WaiterState::Waiting;
        waiters.iter().filter(waits).count()
    }

    /// Whether somebody is in the list who was not cancelled.
    pub(super) fn is_wanted(&self) -> bool {
        let waiters = self.waiters.borrow();
        waiters
            .iter()
            .any(|waiter| waiter.state.get() != WaiterState::Cancelled)
    }

    /// Lets the first who waits pass; `false` when nobody waits.
    pub(super) fn pass_first(&self) -> bool {
        loop {
            let first = self.waiters.borrow_mut().pop_front();
            match first {
                Some(first) if first.settle(WaiterState::Passed) => return true,
                Some(_) => {}
                None => return false,
            }
        }
    }

    /// Lets everybody pass, in order.
    pub(super) fn pass_all(&self) {
        while self.pass_first() {}
    }

    /// Lets the first who waits pass, and keeps it in the list until its task has run; `false`
    /// when nobody waits.
    pub(super) fn reserve(&self) -> bool {
        let waiters = self.waiters.borrow();
        waiters
            .iter()
            .any(|waiter| waiter.settle(WaiterState::Passed))
    }

    /// As [`Self::reserve`], but only if the first in the list still waits.
    pub(super) fn reserve_head(&self) {
        if let Some(head) = self.waiters.borrow().front() {
            head.settle(WaiterState::Passed);
        }
    }

    /// Joins the list now; the future ends when the waiter is let pass.
    pub(super) fn join(&self, event_loop: &EventLoop, on: WaitFor) -> Waiting {
        let waiter = Rc::new(Waiter::default());
        self.waiters.borrow_mut().push_back(Rc::clone(&waiter));
        Waiting {
            event_loop: event_loop.clone(),
            handle: WaiterHandle {
                list: self.clone(),
                waiter,
            },
            on,
        }
    }
}

/// A waiter and its list.
#[derive(Clone)]
pub(super) struct WaiterHandle {
    list: WaitList,
    waiter: Rc<Waiter>,
}

impl WaiterHandle {
    /// Whether the waiter was let pass.
    pub(super) fn passed(&self) -> bool {
        self.waiter.state.get() == WaiterState::Passed
    }

    /// Leaves the list.
    pub(super) fn leave(&self) {
        let mut waiters = self.list.waiters.borrow_mut();
        // Mostly it is the first.
        let index = waiters
            .iter()
            .position(|waiter| Rc::ptr_eq(waiter, &self.waiter));
        if let Some(index) = index {
            waiters.remove(index);
        }
    }
}

/// The wait in a [`WaitList`]; dropping it leaves the list.
pub(super) struct Waiting {
    event_loop: EventLoop,
    handle: WaiterHandle,
    on: WaitFor,
}

impl Waiting {
    /// The waiter, for an unwind that outlives the borrow.
    pub(super) fn handle(&self) -> WaiterHandle {
        self.handle.clone()
    }
}

impl Future for &mut Waiting {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context) -> Poll<()> {
        if self.event_loop.poll_cancelled() {
            return Poll::Pending;
        }
        let waiter = &self.handle.waiter;
        match waiter.state.get() {
            WaiterState::Passed => return Poll::Ready(()),
            WaiterState::Cancelled => {
                let message = waiter.cancelled_with.borrow().clone();
                self.event_loop.raise_cancelled(message);
                return Poll::Pending;
            }
            WaiterState::Waiting => {}
        }
        *waiter.waker.borrow_mut() = Some(context.waker().clone());
        record_wait(&self.event_loop, self.on);
        self.event_loop.set_waiter(Rc::clone(waiter) as _);
        Poll::Pending
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.handle.leave();
    }
}

/// Waits for something outside the run, and records it. Dropping it gives that up.
pub(super) struct ExternalFuture<T> {
    event_loop: EventLoop,
    on: WaitFor,
    later: Later<T>,
    /// As long as this is held nobody takes the wait for a deadlock.
    _external: ExternalWait,
}

impl<T> ExternalFuture<T> {
    /// Waits for `later`; in the trace, for `on`.
    pub(super) fn new(event_loop: &EventLoop, on: WaitFor, later: Later<T>) -> Self {
        ExternalFuture {
            event_loop: event_loop.clone(),
            on,
            later,
            _external: event_loop.external_wait(),
        }
    }
}

impl<T> Future for ExternalFuture<T> {
    type Output = Result<T, String>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context) -> Poll<Self::Output> {
        if self.event_loop.poll_cancelled() {
            return Poll::Pending;
        }
        let polled = self.later.as_mut().poll(context);
        if polled.is_pending() {
            record_wait(&self.event_loop, self.on);
        }
        polled
    }
}

/// Runs something when it is dropped, unless it was defused: what an `except:` block does on the
/// way out of an await that was cancelled.
pub(super) struct OnUnwind<F: FnMut()> {
    action: Option<F>,
}

impl<F: FnMut()> OnUnwind<F> {
    /// Runs `action` on drop.
    pub(super) fn new(action: F) -> Self {
        OnUnwind {
            action: Some(action),
        }
    }

    /// Forgets the action.
    pub(super) fn defuse(mut self) {
        self.action = None;
    }
}

impl<F: FnMut()> Drop for OnUnwind<F> {
    fn drop(&mut self) {
        if let Some(mut action) = self.action.take() {
            action();
        }
    }
}
