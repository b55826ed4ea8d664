//! The ready queue: handles, which a turn runs in the order in which they came.

use crate::executor::EventLoop;
use crate::executor::context::Context;
use crate::executor::task::Task;
use crate::executor::timer::TimerState;
use crate::trace::Cause;
use std::rc::Rc;

/// What a turn runs. Two words, as it is moved in and out of the queue at every step.
pub(super) enum Handle {
    Step(Rc<Task>),
    Timer(Rc<TimerState>),
    Call(Box<Call>),
}

pub(super) struct Call {
    pub(super) by: Cause,
    pub(super) context: Context,
    pub(super) call: Box<dyn FnOnce()>,
}

impl EventLoop {
    /// Whether a handle is ready to run.
    pub fn has_ready(&self) -> bool {
        !self.inner.ready.borrow().is_empty()
    }

    /// Runs `call` as a handle of its own in the next turn (`loop.call_soon`). Whatever it wakes
    /// counts as woken by who acts now.
    pub fn call_soon(&self, call: impl FnOnce() + 'static) {
        self.push_call(self.inner.acting.get(), self.context(), Box::new(call));
    }

    pub(super) fn push_step(&self, task: Rc<Task>) {
        self.inner.ready.borrow_mut().push(Handle::Step(task));
        self.wake_driver();
    }

    pub(super) fn push_call(&self, by: Cause, context: Context, call: Box<dyn FnOnce()>) {
        let call = Handle::Call(Box::new(Call { by, context, call }));
        self.inner.ready.borrow_mut().push(call);
        self.wake_driver();
    }
}
