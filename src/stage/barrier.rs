//! A point at which tasks wait for one another: `asyncio.Barrier`.

use crate::executor::failure::Failure;
use crate::stage::Stage;
use crate::stage::sync::{Condition, Guard};
use std::cell::Cell;
use std::rc::Rc;

/// A barrier; clones are the same. When as many tasks wait as it has parties, all go on.
#[derive(Clone)]
pub struct Barrier {
    inner: Rc<Inner>,
}

struct Inner {
    /// Under its lock everything changes, as in `Lib/asyncio/locks.py`.
    condition: Condition,
    parties: usize,
    state: Cell<BarrierState>,
    count: Cell<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BarrierState {
    Filling,
    Draining,
    Resetting,
    Broken,
}

/// On the way out of a wait, however that ends.
struct Leave<'a> {
    inner: &'a Inner,
}

impl Drop for Leave<'_> {
    /// `_exit`, still under the lock.
    fn drop(&mut self) {
        let inner = self.inner;
        inner.count.set(inner.count.get() - 1);
        if inner.count.get() == 0 {
            if matches!(
                inner.state.get(),
                BarrierState::Resetting | BarrierState::Draining
            ) {
                inner.state.set(BarrierState::Filling);
            }
            inner.notify_all();
        }
    }
}

impl Inner {
    fn notify_all(&self) {
        let notified = self.condition.notify_all();
        debug_assert!(notified.is_ok(), "it is called under the lock");
    }

    async fn wait_until(&self, held: &Guard, ready: impl Fn(BarrierState) -> bool) {
        while !ready(self.state.get()) {
            self.condition.wait(held).await;
        }
    }
}

impl Barrier {
    pub(super) fn new(stage: &Stage, name: &str, parties: usize) -> Self {
        let lock = stage.lock(&format!("{name}'s lock"));
        Barrier {
            inner: Rc::new(Inner {
                condition: stage.condition(name, &lock),
                parties,
                state: Cell::new(BarrierState::Filling),
                count: Cell::new(0),
            }),
        }
    }

    /// Waits until all parties do; a number of its own for each, the first is 0 (`wait`).
    ///
    /// # Errors
    /// `BrokenBarrierError` when it was reset or aborted.
    pub async fn wait(&self) -> Result<usize, Failure> {
        let inner = &*self.inner;
        let held = inner.condition.acquire().await;
        let is_free = |state| !matches!(state, BarrierState::Draining | BarrierState::Resetting);
        inner.wait_until(&held, is_free).await;
        if self.is_broken() {
            return Err(broken("Barrier aborted"));
        }
        let index = inner.count.get();
        inner.count.set(index + 1);
        let _leave = Leave { inner };
        if index + 1 == inner.parties {
            inner.state.set(BarrierState::Draining);
            inner.notify_all();
        } else {
            inner
                .wait_until(&held, |state| state != BarrierState::Filling)
                .await;
            if matches!(
                inner.state.get(),
                BarrierState::Broken | BarrierState::Resetting
            ) {
                return Err(broken("Abort or reset of barrier"));
            }
        }
        Ok(index)
    }

    /// Gives everybody who waits a `BrokenBarrierError`, and begins anew (`reset`).
    pub async fn reset(&self) {
        let inner = &*self.inner;
        let _held = inner.condition.acquire().await;
        if inner.count.get() > 0 {
            inner.state.set(BarrierState::Resetting);
        } else {
            inner.state.set(BarrierState::Filling);
        }
        inner.notify_all();
    }

    /// Breaks it for good: everybody who waits or will gets a `BrokenBarrierError` (`abort`).
    pub async fn abort(&self) {
        let inner = &*self.inner;
        let _held = inner.condition.acquire().await;
        inner.state.set(BarrierState::Broken);
        inner.notify_all();
    }

    /// How many it takes (`parties`).
    pub fn parties(&self) -> usize {
        self.inner.parties
    }

    /// How many wait while it fills (`n_waiting`).
    pub fn waiting(&self) -> usize {
        match self.inner.state.get() {
            BarrierState::Filling => self.inner.count.get(),
            _ => 0,
        }
    }

    /// Whether it is broken (`broken`).
    pub fn is_broken(&self) -> bool {
        self.inner.state.get() == BarrierState::Broken
    }
}

fn broken(message: &str) -> Failure {
    Failure::new("BrokenBarrierError", message)
}
