//! What is outside the run and will wake it: requests, sockets, other threads, and whoever drives
//! the loop.

use crate::executor::EventLoop;
use std::task::Waker;

/// Something outside the run that will wake it.
pub struct ExternalWait {
    event_loop: EventLoop,
}

impl Drop for ExternalWait {
    fn drop(&mut self) {
        let pending = &self.event_loop.inner.pending_external;
        pending.set(pending.get() - 1);
        // The driver may now find that nothing can wake the run any more.
        self.event_loop.wake_driver();
    }
}

impl EventLoop {
    /// Counts something outside the run that will wake it, until the returned guard is dropped.
    pub fn external_wait(&self) -> ExternalWait {
        let pending = &self.inner.pending_external;
        pending.set(pending.get() + 1);
        ExternalWait {
            event_loop: self.clone(),
        }
    }

    /// Whether anything outside the run may still wake it.
    pub fn has_pending_external(&self) -> bool {
        self.inner.pending_external.get() > 0
    }

    /// Wakes `driver` when something outside makes a handle ready.
    pub fn set_driver(&self, driver: &Waker) {
        *self.inner.driver.borrow_mut() = Some(driver.clone());
    }

    /// Whether the driver of the last [`Self::set_driver`] was woken.
    pub fn driver_was_woken(&self) -> bool {
        self.inner.driver.borrow().is_none()
    }

    pub(super) fn wake_driver(&self) {
        if !self.inner.in_turn.get()
            && let Some(driver) = self.inner.driver.borrow_mut().take()
        {
            driver.wake();
        }
    }
}
