//! How an exception passes through a running task: see [`Unwind`].

use crate::executor::EventLoop;
use crate::executor::failure::{CancelMessage, Failure, Unwind};

impl EventLoop {
    /// Every future that a task can wait for calls this first when polled. `true` means: an
    /// exception surfaces here, so return `Pending` at once.
    pub fn poll_cancelled(&self) -> bool {
        if self.inner.deliver_cancel.take() {
            let message = self.inner.deliver_message.take();
            self.raise(Unwind::Cancelled(message));
        }
        self.is_unwinding()
    }

    /// Begins to unwind the running task; the caller returns `Pending`.
    pub fn raise(&self, unwind: Unwind) {
        *self.inner.unwinding.borrow_mut() = Some(unwind);
    }

    /// [`Self::raise`] with a cancellation.
    pub fn raise_cancelled(&self, message: CancelMessage) {
        self.raise(Unwind::Cancelled(message));
    }

    /// Whether the running task is being unwound.
    pub fn is_unwinding(&self) -> bool {
        self.inner.unwinding.borrow().is_some()
    }

    /// Stops the unwinding by a cancellation, if there is one: `except CancelledError`.
    pub fn catch_cancelled(&self) -> Option<CancelMessage> {
        match self.catch_if(|unwind| matches!(unwind, Unwind::Cancelled(_)))? {
            Unwind::Cancelled(message) => Some(message),
            _ => None,
        }
    }

    /// Stops the unwinding by a failure, if there is one: `except Exception`.
    pub fn catch_raised(&self) -> Option<Failure> {
        match self.catch_if(|unwind| matches!(unwind, Unwind::Raised(_)))? {
            Unwind::Raised(failure) => Some(failure),
            _ => None,
        }
    }

    /// Stops the unwinding by whatever it is: `finally`, which raises it again in the end.
    pub fn catch_any(&self) -> Option<Unwind> {
        self.inner.unwinding.borrow_mut().take()
    }

    fn catch_if(&self, catches: impl Fn(&Unwind) -> bool) -> Option<Unwind> {
        self.inner
            .unwinding
            .borrow_mut()
            .take_if(|unwind| catches(unwind))
    }
}
