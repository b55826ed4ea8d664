//! Waiting for some or all of several things, whatever they come to: `asyncio.wait` and
//! `asyncio.as_completed`.

use crate::executor::EventLoop;
use crate::executor::failure::{Failure, Unwind};
use crate::executor::task::CallbackId;
use crate::executor::timer::Timer;
use crate::stage::awaitable::{Await, Awaitable};
use crate::stage::task::counted;
use crate::stage::wait::{WaitList, record_acquire};
use crate::stage::{Stage, nanos};
use crate::trace::{ResourceId, ResourceKind, WaitFor};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::Future;
use std::panic::Location;
use std::rc::Rc;
use std::time::Duration;

/// When [`Stage::wait`] is over (`return_when`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitUntil {
    /// When any is done (`FIRST_COMPLETED`).
    FirstCompleted,
    /// When any has failed, or all are done (`FIRST_EXCEPTION`).
    FirstException,
    /// When all are done (`ALL_COMPLETED`).
    AllCompleted,
}

/// The callbacks of a wait, taken back when it is over or given up.
struct Callbacks<A: Awaitable> {
    added: Vec<(A, CallbackId)>,
}

impl<A: Awaitable> Drop for Callbacks<A> {
    fn drop(&mut self) {
        for (awaited, callback) in &self.added {
            awaited.remove_callback(*callback);
        }
    }
}

/// `_wait`: nothing happens before it is awaited.
pub(super) async fn wait<A: Awaitable>(
    stage: Stage,
    things: Vec<A>,
    until: WaitUntil,
    timeout: Option<Duration>,
) -> (Vec<A>, Vec<A>) {
    let event_loop = stage.event_loop();
    if things.is_empty() {
        let failure = Failure::new("ValueError", "Set of Tasks/Futures is empty.");
        event_loop.raise(Unwind::Raised(failure));
        std::future::pending::<()>().await;
    }
    let resource = event_loop.resource(ResourceKind::Group, &counted(things.len()));
    let list = WaitList::default();
    let mut waiting = list.join(event_loop, WaitFor::Resource(resource));
    let timer = timeout.map(|timeout| {
        let list = list.clone();
        let deadline_ns = event_loop.now_ns().saturating_add(nanos(timeout));
        event_loop.call_at(deadline_ns, move || {
            list.pass_first();
        })
    });
    let timer: Rc<RefCell<Option<Timer>>> = Rc::new(RefCell::new(timer));
    let left = Rc::new(Cell::new(things.len()));
    let mut callbacks = Callbacks { added: Vec::new() };
    for thing in &things {
        let (timer, list, left) = (Rc::clone(&timer), list.clone(), Rc::clone(&left));
        let ended = thing.clone();
        let call = move || {
            left.set(left.get() - 1);
            let is_over = match until {
                _ if left.get() == 0 => true,
                WaitUntil::FirstCompleted => true,
                WaitUntil::FirstException => {
                    // Only this looks at what it has come to.
                    !ended.is_cancelled()
                        && ended.outcome().is_some_and(|outcome| outcome.is_failed())
                }
                WaitUntil::AllCompleted => false,
            };
            if is_over {
                timer.take();
                list.pass_first();
            }
        };
        let callback = thing.call_when_done(Box::new(call));
        callbacks.added.push((thing.clone(), callback));
    }
    (&mut waiting).await;
    timer.take();
    drop(callbacks);
    record_acquire(event_loop, resource, left.get() as u32);
    things.into_iter().partition(A::is_done)
}

/// Results in the order in which things are done: [`Stage::as_completed`].
pub struct AsCompleted<A: Awaitable> {
    event_loop: EventLoop,
    resource: ResourceId,
    left: usize,
    inner: Rc<Completing<A>>,
}

struct Completing<A: Awaitable> {
    /// `None` stands for one that was not done in time.
    done: RefCell<VecDeque<Option<A>>>,
    waiting: WaitList,
    todo: RefCell<Vec<(A, CallbackId)>>,
    timer: RefCell<Option<Timer>>,
}

impl<A: Awaitable> Completing<A> {
    fn on_done(&self, thing: A) {
        let mut todo = self.todo.borrow_mut();
        if todo.is_empty() {
            return; // the time was over first
        }
        todo.retain(|(other, _)| other.key() != thing.key());
        if todo.is_empty() {
            self.timer.take();
        }
        drop(todo);
        self.put(Some(thing));
    }

    fn on_timeout(&self) {
        for (thing, callback) in self.todo.take() {
            thing.remove_callback(callback);
            self.put(None);
        }
    }

    fn put(&self, thing: Option<A>) {
        self.done.borrow_mut().push_back(thing);
        self.waiting.pass_first();
    }
}

impl<A: Awaitable> AsCompleted<A> {
    pub(super) fn new(stage: &Stage, things: Vec<A>, timeout: Option<Duration>) -> Self {
        let event_loop = stage.event_loop().clone();
        let left = things.len();
        let inner = Rc::new(Completing {
            done: RefCell::default(),
            waiting: WaitList::default(),
            todo: RefCell::default(),
            timer: RefCell::default(),
        });
        for thing in things {
            let (completing, ended) = (Rc::clone(&inner), thing.clone());
            let callback = thing.call_when_done(Box::new(move || completing.on_done(ended)));
            inner.todo.borrow_mut().push((thing, callback));
        }
        if let Some(timeout) = timeout
            && left > 0
        {
            let completing = Rc::clone(&inner);
            let deadline_ns = event_loop.now_ns().saturating_add(nanos(timeout));
            let timer = event_loop.call_at(deadline_ns, move || completing.on_timeout());
            *inner.timer.borrow_mut() = Some(timer);
        }
        AsCompleted {
            resource: event_loop.resource(ResourceKind::Group, &counted(left)),
            event_loop,
            left,
            inner,
        }
    }

    /// The result of the next that is done, or `None` after the last. One that was not done in
    /// time unwinds the task with a `TimeoutError`.
    #[expect(
        clippy::should_implement_trait,
        reason = "the name of every async iterator's step"
    )]
    #[track_caller]
    pub fn next(&mut self) -> impl Future<Output = Option<A::Output>> + use<'_, A> {
        self.event_loop.set_location(Location::caller());
        async move {
            self.left = self.left.checked_sub(1)?;
            loop {
                let next = self.inner.done.borrow_mut().pop_front();
                match next {
                    Some(Some(thing)) => {
                        record_acquire(&self.event_loop, self.resource, self.left as u32);
                        return Some(Await::new(thing).await);
                    }
                    Some(None) => {
                        let failure = Failure::new("TimeoutError", "");
                        self.event_loop.raise(Unwind::Raised(failure));
                        std::future::pending::<()>().await;
                    }
                    None => {}
                }
                let on = WaitFor::Resource(self.resource);
                (&mut self.inner.waiting.join(&self.event_loop, on)).await;
            }
        }
    }
}
