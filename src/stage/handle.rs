//! Handles on calls that the loop will make: `asyncio.Handle` and `asyncio.TimerHandle`.

use crate::executor::failure::Failure;
use crate::executor::timer::Timer;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

/// What a callback may return.
pub trait CallbackOutput {
    /// The failure with which it ended, of which only asyncio's exception handler hears.
    fn failure(self) -> Option<Failure>;
}

impl CallbackOutput for () {
    fn failure(self) -> Option<Failure> {
        None
    }
}

impl CallbackOutput for Result<(), Failure> {
    fn failure(self) -> Option<Failure> {
        self.err()
    }
}

/// A call that the loop will make. Dropping the handle changes nothing; clones are the same.
#[derive(Clone, Default)]
pub struct CallHandle {
    cancelled: Rc<Cell<bool>>,
    when: Option<Duration>,
    timer: Rc<RefCell<Option<Timer>>>,
}

impl CallHandle {
    pub(super) fn set_timer(&mut self, when: Duration, timer: Timer) {
        self.when = Some(when);
        *self.timer.borrow_mut() = Some(timer.kept());
    }

    /// Takes the call back, unless it was made (`cancel`).
    pub fn cancel(&self) {
        self.cancelled.set(true);
        if let Some(timer) = self.timer.take() {
            timer.give_up();
        }
    }

    /// Whether it was taken back (`cancelled`).
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.get()
    }

    /// When the call is due, counted from the beginning of the run; `None` for the next turn
    /// (`TimerHandle.when`).
    pub fn when(&self) -> Option<Duration> {
        self.when
    }
}
