//! Locks, semaphores, events and conditions: fair, first come, first served, as CPython's
//! `Lib/asyncio/locks.py` has them.

use crate::executor::EventLoop;
use crate::executor::failure::Failure;
use crate::stage::Stage;
use crate::stage::wait::{OnUnwind, WaitList, record_acquire, record_release};
use crate::trace::{ResourceId, ResourceKind, WaitFor};
use std::cell::Cell;
use std::future::Future;
use std::panic::Location;
use std::rc::Rc;

/// What a lock and a semaphore have in common: permits, and a list of who waits for them.
///
/// A waiter that was let pass stays in the list until its task has run, and newcomers join the
/// list behind it: that is what makes it fair.
pub(super) struct Permits {
    event_loop: EventLoop,
    resource: ResourceId,
    is_lock: bool,
    /// A semaphore's permit is taken out of these when a waiter is let pass, a lock only when
    /// the waiter's task has run, as in CPython.
    free: Cell<usize>,
    in_use: Cell<u32>,
    waiters: WaitList,
}

impl Permits {
    pub(super) fn new(stage: &Stage, kind: ResourceKind, name: &str, permits: usize) -> Rc<Self> {
        let event_loop = stage.event_loop().clone();
        Rc::new(Permits {
            resource: event_loop.resource(kind, name),
            event_loop,
            is_lock: kind == ResourceKind::Lock,
            free: Cell::new(permits),
            in_use: Cell::new(0),
            waiters: WaitList::default(),
        })
    }

    /// What it is in the trace.
    pub(super) fn resource(&self) -> ResourceId {
        self.resource
    }

    fn would_wait(&self) -> bool {
        self.free.get() == 0 || self.waiters.is_wanted()
    }

    async fn acquire(&self) {
        let mut is_reserved = false;
        if self.would_wait() {
            let on = WaitFor::Resource(self.resource);
            let mut wait = self.waiters.join(&self.event_loop, on);
            let handle = wait.handle();
            let on_unwind = OnUnwind::new(|| {
                handle.leave();
                if handle.passed() && !self.is_lock {
                    self.free.set(self.free.get() + 1);
                }
                self.pass_all_that_fit();
            });
            (&mut wait).await;
            on_unwind.defuse();
            is_reserved = !self.is_lock;
        }
        if !is_reserved {
            self.free.set(self.free.get() - 1);
        } else {
            // Permits may have come back while others had to wait behind this one.
            self.pass_all_that_fit();
        }
        self.in_use.set(self.in_use.get() + 1);
        record_acquire(&self.event_loop, self.resource, self.in_use.get());
    }

    fn release(&self) {
        self.in_use.set(self.in_use.get().saturating_sub(1));
        record_release(&self.event_loop, self.resource, self.in_use.get());
        self.free.set(self.free.get() + 1);
        self.pass_next();
    }

    /// Lets the next waiter pass, and no more: who comes after it is let pass when it runs
    /// (`_wake_up_first` of a lock, `_wake_up_next` of a semaphore). `false` when nobody waits.
    fn pass_next(&self) -> bool {
        if self.is_lock {
            if self.free.get() > 0 {
                self.waiters.reserve_head();
            }
            return false;
        }
        let passed = self.waiters.reserve();
        if passed {
            self.free.set(self.free.get() - 1);
        }
        passed
    }

    /// What a task does when it has waited: newcomers may have had to wait for their turn.
    fn pass_all_that_fit(&self) {
        while self.free.get() > 0 && self.pass_next() {}
    }
}

/// Held permission; dropping it gives it back (the end of `async with`).
#[must_use = "dropping the guard gives the permission back at once"]
pub struct Guard {
    permits: Rc<Permits>,
    is_given_back: bool,
}

impl Guard {
    /// Waits for a permission.
    pub(super) async fn acquire(permits: &Rc<Permits>) -> Self {
        permits.acquire().await;
        Guard {
            permits: Rc::clone(permits),
            is_given_back: true,
        }
    }

    /// Keeps the permission, until somebody calls `release()`; for ever if nobody does.
    pub fn forget(mut self) {
        // Dropped all the same: it holds the run's loop, which would never be freed.
        self.is_given_back = false;
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if self.is_given_back {
            self.permits.release();
        }
    }
}

/// One holder at a time (`asyncio.Lock`); clones are the same lock.
#[derive(Clone)]
pub struct Lock {
    permits: Rc<Permits>,
}

impl Lock {
    pub(super) fn new(stage: &Stage, name: &str) -> Self {
        Lock {
            permits: Permits::new(stage, ResourceKind::Lock, name, 1),
        }
    }

    /// Waits until nobody holds it, then holds it (`acquire`).
    #[track_caller]
    pub fn acquire(&self) -> impl Future<Output = Guard> + use<> {
        acquire(&self.permits, Location::caller())
    }

    /// Gives it back, whoever holds it (`release`): for what was acquired with [`Guard::forget`].
    ///
    /// # Errors
    /// `RuntimeError` when nobody holds it.
    #[track_caller]
    pub fn release(&self) -> Result<(), Failure> {
        self.permits.event_loop.set_location(Location::caller());
        if !self.is_locked() {
            return Err(Failure::new("RuntimeError", "Lock is not acquired."));
        }
        self.permits.release();
        Ok(())
    }

    /// Whether somebody holds it (`locked`).
    pub fn is_locked(&self) -> bool {
        self.permits.in_use.get() > 0
    }
}

/// At most so many holders at a time (`asyncio.Semaphore`); clones are the same semaphore.
#[derive(Clone)]
pub struct Semaphore {
    permits: Rc<Permits>,
}

impl Semaphore {
    pub(super) fn new(stage: &Stage, name: &str, permits: usize) -> Self {
        Semaphore {
            permits: Permits::new(stage, ResourceKind::Semaphore, name, permits),
        }
    }

    /// Waits for a permit (`acquire`).
    #[track_caller]
    pub fn acquire(&self) -> impl Future<Output = Guard> + use<> {
        acquire(&self.permits, Location::caller())
    }

    /// Gives a permit back, or adds one (`release`): for what was acquired with
    /// [`Guard::forget`].
    #[track_caller]
    pub fn release(&self) {
        self.permits.event_loop.set_location(Location::caller());
        self.permits.release();
    }

    /// Whether an acquire would wait (`locked`).
    pub fn is_locked(&self) -> bool {
        self.permits.would_wait()
    }
}

/// A semaphore that never has more permits than at the beginning (`asyncio.BoundedSemaphore`);
/// clones are the same semaphore.
#[derive(Clone)]
pub struct BoundedSemaphore {
    semaphore: Semaphore,
    bound: usize,
}

impl BoundedSemaphore {
    pub(super) fn new(stage: &Stage, name: &str, permits: usize) -> Self {
        BoundedSemaphore {
            semaphore: Semaphore::new(stage, name, permits),
            bound: permits,
        }
    }

    /// Waits for a permit (`acquire`).
    #[track_caller]
    pub fn acquire(&self) -> impl Future<Output = Guard> + use<> {
        self.semaphore.acquire()
    }

    /// Gives a permit back (`release`).
    ///
    /// # Errors
    /// `ValueError` when all are there already.
    #[track_caller]
    pub fn release(&self) -> Result<(), Failure> {
        if self.semaphore.permits.free.get() >= self.bound {
            let message = "BoundedSemaphore released too many times";
            return Err(Failure::new("ValueError", message));
        }
        self.semaphore.release();
        Ok(())
    }

    /// Whether an acquire would wait (`locked`).
    pub fn is_locked(&self) -> bool {
        self.semaphore.is_locked()
    }
}

fn acquire(
    permits: &Rc<Permits>,
    at: &'static Location<'static>,
) -> impl Future<Output = Guard> + use<> {
    permits.event_loop.set_location(at);
    let permits = Rc::clone(permits);
    async move { Guard::acquire(&permits).await }
}

/// A flag that many can wait for (`asyncio.Event`); clones are the same event.
#[derive(Clone)]
pub struct Event {
    inner: Rc<EventInner>,
}

struct EventInner {
    event_loop: EventLoop,
    resource: ResourceId,
    set: Cell<bool>,
    waiters: WaitList,
}

impl Event {
    pub(super) fn new(stage: &Stage, name: &str) -> Self {
        let event_loop = stage.event_loop().clone();
        Event {
            inner: Rc::new(EventInner {
                resource: event_loop.resource(ResourceKind::Event, name),
                event_loop,
                set: Cell::new(false),
                waiters: WaitList::default(),
            }),
        }
    }

    /// Whether it is set (`is_set`).
    pub fn is_set(&self) -> bool {
        self.inner.set.get()
    }

    /// Sets it: everybody who waits runs in the next turn, and nobody waits any more (`set`).
    #[track_caller]
    pub fn set(&self) {
        self.inner.event_loop.set_location(Location::caller());
        if !self.inner.set.replace(true) {
            record_release(&self.inner.event_loop, self.inner.resource, 1);
            self.inner.waiters.pass_all();
        }
    }

    /// Takes it back (`clear`).
    pub fn clear(&self) {
        self.inner.set.set(false);
    }

    /// Waits until it is set (`wait`).
    #[track_caller]
    pub fn wait(&self) -> impl Future<Output = ()> + use<> {
        self.inner.event_loop.set_location(Location::caller());
        let inner = Rc::clone(&self.inner);
        async move {
            if !inner.set.get() {
                let on = WaitFor::Resource(inner.resource);
                (&mut inner.waiters.join(&inner.event_loop, on)).await;
            }
            record_acquire(&inner.event_loop, inner.resource, 1);
        }
    }
}

/// Waiting, under a lock, for what another task changes (`asyncio.Condition`); clones are the
/// same condition.
#[derive(Clone)]
pub struct Condition {
    stage: Stage,
    resource: ResourceId,
    lock: Lock,
    waiters: WaitList,
}

impl Condition {
    pub(super) fn new(stage: &Stage, name: &str, lock: &Lock) -> Self {
        Condition {
            stage: stage.clone(),
            resource: stage.event_loop().resource(ResourceKind::Condition, name),
            lock: lock.clone(),
            waiters: WaitList::default(),
        }
    }

    /// The lock (`async with condition`).
    #[track_caller]
    pub fn acquire(&self) -> impl Future<Output = Guard> + use<> {
        self.lock.acquire()
    }

    /// Gives the lock up, waits to be notified, and takes the lock again (`wait`), also when
    /// the task is cancelled meanwhile. The guard stays the caller's.
    #[track_caller]
    pub fn wait<'a>(&'a self, _held: &'a Guard) -> impl Future<Output = ()> + use<'a> {
        self.stage.event_loop().set_location(Location::caller());
        async move {
            let event_loop = self.stage.event_loop();
            let permits = &self.lock.permits;
            permits.release();
            let on = WaitFor::Resource(self.resource);
            let mut wait = self.waiters.join(event_loop, on);
            let notified = self.stage.catch_cancel(&mut wait).await;
            drop(wait);
            if notified.is_ok() {
                record_acquire(event_loop, self.resource, self.waiters.len() as u32);
            }
            let mut cancelled = notified.err();
            while let Err(again) = self.stage.catch_cancel(permits.acquire()).await {
                cancelled = Some(again);
            }
            if let Some(cancelled) = cancelled {
                // It may have been notified, and could do nothing with it (CPython 3.13).
                self.waiters.pass_first();
                self.stage.raise(cancelled).await;
            }
        }
    }

    /// Lets up to `count` waiters go on, once they get the lock (`notify`).
    ///
    /// # Errors
    /// `RuntimeError` when nobody holds the lock.
    #[track_caller]
    pub fn notify(&self, count: usize) -> Result<(), Failure> {
        self.stage.event_loop().set_location(Location::caller());
        if !self.lock.is_locked() {
            let message = "cannot notify on un-acquired lock";
            return Err(Failure::new("RuntimeError", message));
        }
        let count = count.min(self.waiters.len());
        let left = (self.waiters.len() - count) as u32;
        record_release(self.stage.event_loop(), self.resource, left);
        for _ in 0..count {
            self.waiters.pass_first();
        }
        Ok(())
    }

    /// Lets all waiters go on, one after the other (`notify_all`).
    ///
    /// # Errors
    /// As [`Self::notify`].
    #[track_caller]
    pub fn notify_all(&self) -> Result<(), Failure> {
        self.notify(usize::MAX)
    }

    /// Waits, again after each notification, until `ready` is true (`wait_for`).
    pub async fn wait_for(&self, held: &Guard, ready: impl Fn() -> bool) {
        while !ready() {
            self.wait(held).await;
        }
    }
}
