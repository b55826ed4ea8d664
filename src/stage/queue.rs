//! A queue between tasks.

use crate::executor::EventLoop;
use crate::stage::wait::{OnUnwind, WaitList, record_acquire, record_release};
use crate::stage::{Failure, Stage};
use crate::trace::{ResourceId, ResourceKind, WaitFor};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::Future;
use std::panic::Location;
use std::rc::Rc;

/// First in, first out (`asyncio.Queue`); clones are the same queue.
pub struct Queue<T> {
    inner: Rc<Inner<T>>,
}

impl<T> Clone for Queue<T> {
    fn clone(&self) -> Self {
        Queue {
            inner: Rc::clone(&self.inner),
        }
    }
}

struct Inner<T> {
    event_loop: EventLoop,
    resource: ResourceId,
    /// For those who wait in [`Queue::join`].
    all_done: ResourceId,
    capacity: usize,
    items: RefCell<VecDeque<T>>,
    unfinished: Cell<usize>,
    getters: WaitList,
    putters: WaitList,
    joiners: WaitList,
}

impl<T: 'static> Queue<T> {
    pub(super) fn new(stage: &Stage, name: &str, capacity: usize) -> Self {
        let event_loop = stage.event_loop().clone();
        Queue {
            inner: Rc::new(Inner {
                resource: event_loop.resource(ResourceKind::Queue, name),
                all_done: event_loop.resource(ResourceKind::Event, &format!("{name} all done")),
                event_loop,
                capacity,
                items: RefCell::default(),
                unfinished: Cell::new(0),
                getters: WaitList::default(),
                putters: WaitList::default(),
                joiners: WaitList::default(),
            }),
        }
    }

    /// How many items are in it (`qsize`).
    pub fn len(&self) -> usize {
        self.inner.items.borrow().len()
    }

    /// Whether it has no items (`empty`).
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether a put would wait (`full`).
    pub fn is_full(&self) -> bool {
        self.inner.capacity > 0 && self.len() >= self.inner.capacity
    }

    /// Puts an item in, and waits for room if there is none (`put`).
    #[track_caller]
    pub fn put(&self, item: T) -> impl Future<Output = ()> + use<T> {
        self.inner.event_loop.set_location(Location::caller());
        let queue = self.clone();
        async move {
            while queue.is_full() {
                queue.wait_in(&queue.inner.putters, Self::is_full).await;
            }
            queue.put_now(item);
        }
    }

    /// Puts an item in at once, whether there is room or not.
    fn put_now(&self, item: T) {
        self.inner.items.borrow_mut().push_back(item);
        self.inner.unfinished.set(self.inner.unfinished.get() + 1);
        record_release(
            &self.inner.event_loop,
            self.inner.resource,
            self.len() as u32,
        );
        self.inner.getters.pass_first();
    }

    /// Puts an item in without waiting (`put_nowait`).
    ///
    /// # Errors
    /// Gives the item back when the queue is full.
    #[track_caller]
    pub fn try_put(&self, item: T) -> Result<(), T> {
        self.inner.event_loop.set_location(Location::caller());
        if self.is_full() {
            return Err(item);
        }
        self.put_now(item);
        Ok(())
    }

    /// Takes the oldest item out, and waits for one if there is none (`get`).
    #[track_caller]
    pub fn get(&self) -> impl Future<Output = T> + use<T> {
        self.inner.event_loop.set_location(Location::caller());
        let queue = self.clone();
        async move {
            loop {
                if let Some(item) = queue.get_now() {
                    return item;
                }
                queue.wait_in(&queue.inner.getters, Self::is_empty).await;
            }
        }
    }

    /// Takes the oldest item out, if there is one (`get_nowait`).
    #[track_caller]
    pub fn try_get(&self) -> Option<T> {
        self.inner.event_loop.set_location(Location::caller());
        self.get_now()
    }

    fn get_now(&self) -> Option<T> {
        let item = self.inner.items.borrow_mut().pop_front()?;
        record_acquire(
            &self.inner.event_loop,
            self.inner.resource,
            self.len() as u32,
        );
        self.inner.putters.pass_first();
        Some(item)
    }

    /// Waits to be let pass. A task that was let pass and is cancelled before it could act
    /// lets the next one pass, unless there is `still` nothing to be had.
    async fn wait_in(&self, waiters: &WaitList, still: impl Fn(&Self) -> bool) {
        let on = WaitFor::Resource(self.inner.resource);
        let mut wait = waiters.join(&self.inner.event_loop, on);
        let handle = wait.handle();
        let pass_on = OnUnwind::new(|| {
            if handle.passed() && !still(self) {
                waiters.pass_first();
            }
        });
        (&mut wait).await;
        pass_on.defuse();
    }

    /// Says that work on an item that was taken out is finished (`task_done`).
    ///
    /// # Errors
    /// `ValueError` when called more often than items were put in.
    pub fn task_done(&self) -> Result<(), Failure> {
        let left = self
            .inner
            .unfinished
            .get()
            .checked_sub(1)
            .ok_or_else(|| Failure::new("ValueError", "task_done() called too many times"))?;
        self.inner.unfinished.set(left);
        if left == 0 {
            record_release(&self.inner.event_loop, self.inner.all_done, 1);
            self.inner.joiners.pass_all();
        }
        Ok(())
    }

    /// Waits until every item that was put in was reported as done (`join`).
    #[track_caller]
    pub fn join(&self) -> impl Future<Output = ()> + use<T> {
        self.inner.event_loop.set_location(Location::caller());
        let inner = Rc::clone(&self.inner);
        async move {
            if inner.unfinished.get() > 0 {
                let on = WaitFor::Resource(inner.all_done);
                (&mut inner.joiners.join(&inner.event_loop, on)).await;
                record_acquire(&inner.event_loop, inner.all_done, 1);
            }
        }
    }
}
