//! Timers: a heap by deadline, then by age, and the handle that gives a timer up.

use crate::executor::EventLoop;
use crate::executor::context::Context;
use crate::executor::failure::CancelMessage;
use crate::trace::{EventKind, MAX_TIME_NS, TaskId, TimerId};
use std::cell::{Cell, RefCell};
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::rc::Rc;

/// A timer that is given up when its handle is dropped.
pub struct Timer {
    event_loop: EventLoop,
    state: Rc<TimerState>,
    detached: bool,
}

impl Timer {
    /// Which timer it is in the trace.
    pub fn id(&self) -> TimerId {
        self.state.id
    }

    /// Whether it was served.
    pub fn fired(&self) -> bool {
        self.state.fired.get()
    }

    /// The sleep of which it is the end was cancelled, with this message.
    pub fn cancelled(&self) -> Option<CancelMessage> {
        self.state.cancelled_with()
    }

    pub(super) fn state(&self) -> Rc<TimerState> {
        Rc::clone(&self.state)
    }

    /// The same timer, which is not given up when it is dropped.
    pub fn kept(mut self) -> Self {
        self.detached = true;
        self
    }

    /// Gives the timer up now.
    pub fn give_up(mut self) {
        self.detached = false;
    }

    /// Leaves the timer to the loop: it fires unless the run ends before.
    pub fn detach(mut self) {
        self.detached = true;
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        if self.detached {
            return;
        }
        let Some(action) = self.state.action.take() else {
            return; // it was served, or the run is over
        };
        let timer = self.state.id;
        self.event_loop.inner.timers.borrow_mut().given_up += 1;
        // What the timer would have called may own other things with a drop of their own.
        drop(action);
        self.event_loop.record(EventKind::TimerDropped { timer });
    }
}

impl EventLoop {
    /// A timer that wakes the running task.
    pub fn wake_at(&self, deadline_ns: u64) -> Timer {
        let task = self.running().unwrap_or(TaskId::MAIN);
        self.set_timer(deadline_ns, TimerAction::Wake(task))
    }

    /// A timer that runs `call` (`loop.call_at`).
    pub fn call_at(&self, deadline_ns: u64, call: impl FnOnce() + 'static) -> Timer {
        self.set_timer(deadline_ns, TimerAction::Call(Box::new(call)))
    }

    fn set_timer(&self, deadline_ns: u64, action: TimerAction) -> Timer {
        // What lies past the end of time is due at the end: no clock gets further.
        let deadline_ns = deadline_ns.min(MAX_TIME_NS);
        let id = TimerId(self.inner.timers_made.get());
        self.inner.timers_made.set(id.0 + 1);
        let state = Rc::new(TimerState {
            id,
            fired: Cell::new(false),
            cancelled: RefCell::default(),
            context: self.context(),
            action: RefCell::new(Some(action)),
        });
        self.inner.timers.borrow_mut().heap.push(Reverse(Deadline {
            time_ns: deadline_ns,
            timer: Rc::clone(&state),
        }));
        self.record(EventKind::TimerSet {
            timer: id,
            deadline_ns,
        });
        Timer {
            event_loop: self.clone(),
            state,
            detached: false,
        }
    }
}

/// The timer heap. What was given up stays in it until it comes up, as in CPython.
#[derive(Default)]
pub(super) struct Timers {
    pub(super) heap: BinaryHeap<Reverse<Deadline>>,
    pub(super) given_up: usize,
}

/// CPython clears its heap out when it holds more than this many timers that were given up, and
/// they are more than half (`_MIN_SCHEDULED_TIMER_HANDLES`).
const MOST_GIVEN_UP: usize = 100;

/// Orders timers by deadline, then by age.
pub(super) struct Deadline {
    pub(super) time_ns: u64,
    pub(super) timer: Rc<TimerState>,
}

impl Ord for Deadline {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.time_ns, self.timer.id).cmp(&(other.time_ns, other.timer.id))
    }
}

impl PartialOrd for Deadline {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Deadline {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Deadline {}

impl Timers {
    /// The next deadline.
    pub(super) fn next_ns(&mut self) -> Option<u64> {
        if self.given_up > MOST_GIVEN_UP && self.given_up * 2 > self.heap.len() {
            self.heap.retain(|Reverse(entry)| entry.timer.is_set());
            self.given_up = 0;
        }
        while let Some(Reverse(first)) = self.heap.peek() {
            if first.timer.is_set() {
                return Some(first.time_ns);
            }
            self.heap.pop();
            self.given_up -= 1;
        }
        None
    }
}

/// What a timer does when it is served.
pub(super) enum TimerAction {
    Wake(TaskId),
    Call(Box<dyn FnOnce()>),
}

pub(super) struct TimerState {
    pub(super) id: TimerId,
    pub(super) fired: Cell<bool>,
    /// The sleep of which it is the end was cancelled, with this message.
    cancelled: RefCell<Option<CancelMessage>>,
    /// In which its callback runs.
    pub(super) context: Context,
    /// `None` once it was served or given up.
    pub(super) action: RefCell<Option<TimerAction>>,
}

impl TimerState {
    pub(super) fn is_set(&self) -> bool {
        self.action.borrow().is_some()
    }

    /// The message of the cancellation of that sleep, if it was cancelled.
    pub(super) fn cancelled_with(&self) -> Option<CancelMessage> {
        self.cancelled.borrow().clone()
    }

    /// Ends the sleep of which it is the end; `false` when that is over already.
    pub(super) fn cancel(&self, message: CancelMessage) -> bool {
        let is_over = self.fired.get() || self.cancelled.borrow().is_some();
        if !is_over {
            *self.cancelled.borrow_mut() = Some(message);
        }
        !is_over
    }
}
