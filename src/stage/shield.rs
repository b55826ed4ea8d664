//! Waiting for something without taking it along when one is cancelled: `asyncio.shield`.

use crate::executor::EventLoop;
use crate::executor::failure::CancelMessage;
use crate::executor::task::CallbackId;
use crate::stage::awaitable::{Await, Awaitable, AwaitableKey, Core, Outcome, wait_on};
use crate::trace::WaitFor;
use std::rc::Rc;
use std::task::Waker;

/// The future of [`crate::stage::Stage::shield`]: cancelling it leaves what is inside alone.
/// Clones are the same shield.
pub struct Shield<A: Awaitable> {
    inner: Rc<Inner<A>>,
}

struct Inner<A: Awaitable> {
    shielded: A,
    /// `None`: what is inside was done from the start, and is awaited itself.
    core: Option<Core<A::Output>>,
}

impl<A: Awaitable> Clone for Shield<A> {
    fn clone(&self) -> Self {
        Shield {
            inner: Rc::clone(&self.inner),
        }
    }
}

impl<A: Awaitable> Shield<A> {
    pub(super) fn new(shielded: A) -> Self {
        let core = (!shielded.is_done()).then(|| Core::new(shielded.event_loop()));
        let shield = Shield {
            inner: Rc::new(Inner { shielded, core }),
        };
        if shield.inner.core.is_none() {
            return shield;
        }
        let shielded = &shield.inner.shielded;
        let inside = {
            let shield = shield.clone();
            shielded.call_when_done(Box::new(move || shield.on_inside_done()))
        };
        let outside = {
            let shielded = shielded.clone();
            move || {
                if !shielded.is_done() {
                    shielded.remove_callback(inside);
                }
            }
        };
        shield.call_when_done(Box::new(outside));
        shield
    }

    /// `_inner_done_callback`.
    fn on_inside_done(&self) {
        let Inner { shielded, core } = &*self.inner;
        let Some(core) = core else { return };
        if core.is_cancelled() {
            if !shielded.is_cancelled() {
                shielded.outcome(); // somebody has looked at its failure
            }
            return;
        }
        if shielded.is_cancelled() {
            core.settle(Outcome::Cancelled(None));
        } else if let Some(outcome) = shielded.outcome() {
            core.settle(outcome);
        }
    }
}

impl<A: Awaitable> Awaitable for Shield<A> {
    type Output = A::Output;

    fn key(&self) -> AwaitableKey {
        match &self.inner.core {
            Some(_) => AwaitableKey::Address(Rc::as_ptr(&self.inner) as *const () as usize),
            None => self.inner.shielded.key(),
        }
    }

    fn is_done(&self) -> bool {
        self.inner.core.as_ref().is_none_or(Core::is_done)
    }

    fn is_cancelled(&self) -> bool {
        match &self.inner.core {
            Some(core) => core.is_cancelled(),
            None => self.inner.shielded.is_cancelled(),
        }
    }

    fn outcome(&self) -> Option<Outcome<A::Output>> {
        match &self.inner.core {
            Some(core) => core.outcome(),
            None => self.inner.shielded.outcome(),
        }
    }

    fn request_cancel(&self, message: CancelMessage) -> bool {
        match &self.inner.core {
            Some(core) => core.settle(Outcome::Cancelled(message)),
            None => self.inner.shielded.request_cancel(message),
        }
    }

    fn call_when_done(&self, call: Box<dyn FnOnce()>) -> CallbackId {
        match &self.inner.core {
            Some(core) => core.call_when_done(call),
            None => self.inner.shielded.call_when_done(call),
        }
    }

    fn remove_callback(&self, callback: CallbackId) {
        match &self.inner.core {
            Some(core) => core.remove(callback),
            None => self.inner.shielded.remove_callback(callback),
        }
    }

    fn wake_when_done(&self, waker: &Waker) -> CallbackId {
        match &self.inner.core {
            Some(core) => core.wake_when_done(waker),
            None => self.inner.shielded.wake_when_done(waker),
        }
    }

    fn record_wait(&self) {
        match &self.inner.core {
            Some(_) => wait_on(self),
            None => self.inner.shielded.record_wait(),
        }
    }

    /// In the trace one waits for what is inside.
    fn waits_for(&self) -> WaitFor {
        self.inner.shielded.waits_for()
    }

    fn record_got(&self) {}

    fn event_loop(&self) -> &EventLoop {
        self.inner.shielded.event_loop()
    }
}

impl<A: Awaitable> IntoFuture for Shield<A> {
    type Output = A::Output;
    type IntoFuture = Await<Self>;

    fn into_future(self) -> Await<Self> {
        Await::new(self)
    }
}
