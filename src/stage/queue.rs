//! A queue between tasks.

use crate::executor::EventLoop;
use crate::executor::failure::{Failure, Unwind};
use crate::stage::Stage;
use crate::stage::wait::{OnUnwind, WaitList, record_acquire, record_release};
use crate::trace::{ResourceId, ResourceKind, WaitFor};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::Future;
use std::panic::Location;
use std::rc::Rc;

/// Items between tasks (`asyncio.Queue`, `LifoQueue`, `PriorityQueue`); clones are the same queue.
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
    items: RefCell<Items<T>>,
    unfinished: Cell<usize>,
    is_shut_down: Cell<bool>,
    getters: WaitList,
    putters: WaitList,
    joiners: WaitList,
}

/// In which order items come out.
pub(super) enum Items<T> {
    /// `asyncio.Queue`.
    Fifo(VecDeque<T>),
    /// `asyncio.LifoQueue`.
    Lifo(Vec<T>),
    /// `asyncio.PriorityQueue`: a heap as `heapq` has it, and whether one item is less.
    Priority(Vec<T>, fn(&T, &T) -> bool),
}

impl<T> Items<T> {
    fn len(&self) -> usize {
        match self {
            Items::Fifo(items) => items.len(),
            Items::Lifo(items) | Items::Priority(items, _) => items.len(),
        }
    }

    fn push(&mut self, item: T) {
        match self {
            Items::Fifo(items) => items.push_back(item),
            Items::Lifo(items) => items.push(item),
            Items::Priority(heap, less) => {
                heap.push(item);
                let last = heap.len() - 1;
                sift_down(heap, 0, last, *less);
            }
        }
    }

    fn pop(&mut self) -> Option<T> {
        match self {
            Items::Fifo(items) => items.pop_front(),
            Items::Lifo(items) => items.pop(),
            Items::Priority(heap, less) => {
                let last = heap.len().checked_sub(1)?;
                heap.swap(0, last);
                let item = heap.pop();
                sift_up(heap, *less);
                item
            }
        }
    }
}

/// `heapq._siftdown`. Items of which none is less come out in the order in which its heap has
/// them, so this is the same to the step.
fn sift_down<T>(heap: &mut [T], start: usize, mut at: usize, less: fn(&T, &T) -> bool) {
    while at > start {
        let parent = (at - 1) / 2;
        if !less(&heap[at], &heap[parent]) {
            break;
        }
        heap.swap(at, parent);
        at = parent;
    }
}

/// `heapq._siftup` of the first item.
fn sift_up<T>(heap: &mut [T], less: fn(&T, &T) -> bool) {
    let mut at = 0;
    while 2 * at + 1 < heap.len() {
        let (left, right) = (2 * at + 1, 2 * at + 2);
        let is_right = right < heap.len() && !less(&heap[left], &heap[right]);
        let child = if is_right { right } else { left };
        heap.swap(at, child);
        at = child;
    }
    if !heap.is_empty() {
        sift_down(heap, 0, at, less);
    }
}

impl<T: 'static> Queue<T> {
    pub(super) fn new(stage: &Stage, name: &str, capacity: usize, items: Items<T>) -> Self {
        let event_loop = stage.event_loop().clone();
        Queue {
            inner: Rc::new(Inner {
                resource: event_loop.resource(ResourceKind::Queue, name),
                all_done: event_loop.resource(ResourceKind::Event, &format!("{name} all done")),
                event_loop,
                capacity,
                items: RefCell::new(items),
                unfinished: Cell::new(0),
                is_shut_down: Cell::new(false),
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

    /// Puts an item in, and waits for room if there is none (`put`). After
    /// [`Self::shutdown`] it unwinds the task with a `QueueShutDown`.
    #[track_caller]
    pub fn put(&self, item: T) -> impl Future<Output = ()> + use<T> {
        self.inner.event_loop.set_location(Location::caller());
        let queue = self.clone();
        async move {
            while queue.is_full() && !queue.inner.is_shut_down.get() {
                queue.wait_in(&queue.inner.putters, Self::is_full).await;
            }
            queue.check_not_shut_down().await;
            queue.put_now(item);
        }
    }

    /// Puts an item in at once, whether there is room or not.
    fn put_now(&self, item: T) {
        self.inner.items.borrow_mut().push(item);
        self.inner.unfinished.set(self.inner.unfinished.get() + 1);
        record_release(
            &self.inner.event_loop,
            self.inner.resource,
            self.len() as u32,
        );
        self.inner.getters.pass_first();
    }

    /// Puts an item in without waiting.
    ///
    /// # Errors
    /// Gives the item back when the queue is full, or shut down.
    #[track_caller]
    pub fn try_put(&self, item: T) -> Result<(), T> {
        self.inner.event_loop.set_location(Location::caller());
        if self.is_full() || self.inner.is_shut_down.get() {
            return Err(item);
        }
        self.put_now(item);
        Ok(())
    }

    /// Takes the next item out, and waits for one if there is none (`get`). After
    /// [`Self::shutdown`], when nothing is left, it unwinds the task with a `QueueShutDown`.
    #[track_caller]
    pub fn get(&self) -> impl Future<Output = T> + use<T> {
        self.inner.event_loop.set_location(Location::caller());
        let queue = self.clone();
        async move {
            loop {
                if let Some(item) = queue.get_now() {
                    return item;
                }
                queue.check_not_shut_down().await;
                queue.wait_in(&queue.inner.getters, Self::is_empty).await;
            }
        }
    }

    /// Takes the next item out, if there is one.
    #[track_caller]
    pub fn try_get(&self) -> Option<T> {
        self.inner.event_loop.set_location(Location::caller());
        self.get_now()
    }

    /// Puts an item in without waiting (`put_nowait`).
    ///
    /// # Errors
    /// `QueueFull`, or `QueueShutDown`.
    #[track_caller]
    pub fn put_nowait(&self, item: T) -> Result<(), Failure> {
        let is_shut_down = self.inner.is_shut_down.get();
        let kind = if is_shut_down {
            "QueueShutDown"
        } else {
            "QueueFull"
        };
        self.try_put(item).map_err(|_| Failure::new(kind, ""))
    }

    /// Takes the next item out without waiting (`get_nowait`).
    ///
    /// # Errors
    /// `QueueEmpty`, or `QueueShutDown`.
    #[track_caller]
    pub fn get_nowait(&self) -> Result<T, Failure> {
        let is_shut_down = self.inner.is_shut_down.get();
        let kind = if is_shut_down {
            "QueueShutDown"
        } else {
            "QueueEmpty"
        };
        self.try_get().ok_or_else(|| Failure::new(kind, ""))
    }

    /// Takes no more items, and wakes everybody who waits to put or get (`shutdown`). What is in
    /// the queue can still be taken out, unless `immediate`: then it is thrown away and counts as
    /// done.
    #[track_caller]
    pub fn shutdown(&self, immediate: bool) {
        let inner = &self.inner;
        inner.event_loop.set_location(Location::caller());
        inner.is_shut_down.set(true);
        if immediate {
            while inner.items.borrow_mut().pop().is_some() {
                inner
                    .unfinished
                    .set(inner.unfinished.get().saturating_sub(1));
            }
            record_release(&inner.event_loop, inner.resource, 0);
            if inner.unfinished.get() == 0 {
                self.wake_joiners();
            }
        }
        inner.getters.pass_all();
        inner.putters.pass_all();
    }

    async fn check_not_shut_down(&self) {
        if self.inner.is_shut_down.get() {
            let failure = Failure::new("QueueShutDown", "");
            self.inner.event_loop.raise(Unwind::Raised(failure));
            std::future::pending().await
        }
    }

    fn wake_joiners(&self) {
        record_release(&self.inner.event_loop, self.inner.all_done, 1);
        self.inner.joiners.pass_all();
    }

    fn get_now(&self) -> Option<T> {
        let item = self.inner.items.borrow_mut().pop()?;
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
            self.wake_joiners();
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
