//! The one way in which tasks wait for one another: a line of waiters, first come, first served.
//!
//! A waiter is what `asyncio.Future` is to CPython's locks and queues: whoever lets it pass makes
//! its task ready, and the task finds out when it next runs.

use crate::executor::EventLoop;
use crate::trace::{ResourceId, WaitFor, What};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// Records that the running task waits.
pub(super) fn record_wait(event_loop: &EventLoop, on: WaitFor) {
    if let Some(task) = event_loop.running() {
        event_loop.record(What::Wait { task, on });
    }
}

/// Records that the running task got something.
pub(super) fn record_acquire(event_loop: &EventLoop, resource: ResourceId, level: u32) {
    let task = event_loop.author();
    event_loop.record(What::Acquire {
        task,
        resource,
        level,
        at: event_loop.standing_at(),
    });
}

/// Records that the running task gave something back, put something in, or set something.
pub(super) fn record_release(event_loop: &EventLoop, resource: ResourceId, level: u32) {
    let task = event_loop.author();
    event_loop.record(What::Release {
        task,
        resource,
        level,
    });
}

/// Tasks that wait in line.
#[derive(Clone, Default)]
pub(super) struct Line {
    waiters: Rc<RefCell<VecDeque<Rc<Waiter>>>>,
}

#[derive(Default)]
struct Waiter {
    passed: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Line {
    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.waiters.borrow().len()
    }

    /// Whether nobody waits.
    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Lets the first pass; `false` when nobody waits.
    pub(super) fn pass_first(&self) -> bool {
        let first = self.waiters.borrow_mut().pop_front();
        let Some(first) = first else { return false };
        first.passed.set(true);
        if let Some(waker) = first.waker.take() {
            waker.wake();
        }
        true
    }

    /// Lets everybody pass, in order.
    pub(super) fn pass_all(&self) {
        while self.pass_first() {}
    }

    /// Joins the line now; the future ends when the waiter is let pass.
    pub(super) fn join(&self, event_loop: &EventLoop, on: WaitFor) -> InLine {
        let waiter = Rc::new(Waiter::default());
        self.waiters.borrow_mut().push_back(Rc::clone(&waiter));
        InLine {
            event_loop: event_loop.clone(),
            line: self.clone(),
            waiter,
            on,
        }
    }
}

/// A place in a [`Line`]; dropping it leaves the line.
pub(super) struct InLine {
    event_loop: EventLoop,
    line: Line,
    waiter: Rc<Waiter>,
    on: WaitFor,
}

impl InLine {
    /// Whether the waiter was let pass.
    pub(super) fn passed(&self) -> bool {
        self.waiter.passed.get()
    }

    /// The same question, for an unwind that outlives the borrow.
    pub(super) fn passed_later(&self) -> impl Fn() -> bool + use<> {
        let waiter = Rc::clone(&self.waiter);
        move || waiter.passed.get()
    }
}

impl Future for &mut InLine {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context) -> Poll<()> {
        if self.event_loop.feel_cancel() {
            return Poll::Pending;
        }
        if self.passed() {
            return Poll::Ready(());
        }
        *self.waiter.waker.borrow_mut() = Some(context.waker().clone());
        record_wait(&self.event_loop, self.on);
        Poll::Pending
    }
}

impl Drop for InLine {
    fn drop(&mut self) {
        if !self.passed() {
            self.line
                .waiters
                .borrow_mut()
                .retain(|waiter| !Rc::ptr_eq(waiter, &self.waiter));
        }
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
