//! Tasks: making them, awaiting them, and waiting for several.

use crate::executor::{EventLoop, TaskEnd};
use crate::stage::wait::{self, WaitList, record_acquire};
use crate::stage::{Failure, Stage};
use crate::trace::{Ending, EventKind, ResourceId, ResourceKind, TaskId, WaitFor};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// What a task may return. Whoever awaits the task gets a clone.
pub trait TaskOutput: Clone + 'static {
    /// How the task ended, and a text for its card.
    fn end(&self) -> TaskEnd;

    /// What stands for a cancelled task where results are collected; `None` when nothing can.
    fn cancelled() -> Option<Self> {
        None
    }
}

macro_rules! shown {
    ($($type:ty),*) => {$(
        impl TaskOutput for $type {
            fn end(&self) -> TaskEnd {
                (Ending::Returned, self.to_string())
            }
        }
    )*};
}

shown!(
    bool,
    i32,
    i64,
    u8,
    u32,
    u64,
    u128,
    usize,
    String,
    &'static str
);

impl TaskOutput for () {
    fn end(&self) -> TaskEnd {
        (Ending::Returned, String::new())
    }
}

impl<T: TaskOutput> TaskOutput for Vec<T> {
    fn end(&self) -> TaskEnd {
        let texts: Vec<String> = self.iter().map(|value| value.end().1).collect();
        (Ending::Returned, format!("[{}]", texts.join(", ")))
    }
}

impl<T: TaskOutput> TaskOutput for Result<T, Failure> {
    fn end(&self) -> TaskEnd {
        match self {
            Ok(value) => value.end(),
            Err(failure) => (Ending::Failed, failure.to_string()),
        }
    }

    fn cancelled() -> Option<Self> {
        Some(Err(Failure::cancelled()))
    }
}

/// A spawned coroutine (`asyncio.Task`). Awaiting it gives its result; dropping it does nothing:
/// the task goes on. Clones are the same task.
pub struct Task<T> {
    event_loop: EventLoop,
    id: TaskId,
    output: Rc<RefCell<Option<T>>>,
}

impl<T> Clone for Task<T> {
    fn clone(&self) -> Self {
        Task {
            event_loop: self.event_loop.clone(),
            id: self.id,
            output: Rc::clone(&self.output),
        }
    }
}

impl<T: TaskOutput> Task<T> {
    pub(super) fn spawn(
        stage: &Stage,
        name: &str,
        at: &'static Location<'static>,
        body: impl Future<Output = T> + 'static,
    ) -> Self {
        let event_loop = stage.event_loop().clone();
        let output = Rc::new(RefCell::new(None));
        let slot = Rc::clone(&output);
        let future = Box::pin(async move {
            let value = body.await;
            let end = value.end();
            *slot.borrow_mut() = Some(value);
            end
        });
        Task {
            id: event_loop.spawn(name, at, future),
            event_loop,
            output,
        }
    }

    /// Which task it is.
    pub fn id(&self) -> TaskId {
        self.id
    }

    /// Its name (`get_name`).
    pub fn name(&self) -> String {
        self.event_loop.trace().name(self.id).to_owned()
    }

    /// Asks it to stop (`cancel`); `false` when it is finished already. It ends when it next
    /// runs, after its clean-up, unless it refuses.
    #[track_caller]
    pub fn cancel(&self) -> bool {
        self.event_loop.set_location(Location::caller());
        self.event_loop.cancel(self.id)
    }

    /// Whether it ended (`done`).
    pub fn is_done(&self) -> bool {
        self.event_loop.ending(self.id).is_some()
    }

    /// Whether it ended by being cancelled (`cancelled`).
    pub fn is_cancelled(&self) -> bool {
        self.event_loop.ending(self.id) == Some(Ending::Cancelled)
    }

    /// The result of a task that ended (`result()`): `None` when it did not end or was cancelled.
    pub fn result(&self) -> Option<T> {
        match self.event_loop.ending(self.id)? {
            Ending::Returned => {}
            Ending::Failed => self.retrieve(),
            Ending::Cancelled | Ending::Panicked => return None,
        }
        self.output.borrow().clone()
    }

    /// Records that somebody looked at the task's failure, if it failed.
    fn retrieve(&self) {
        if self.event_loop.ending(self.id) == Some(Ending::Failed) {
            self.event_loop
                .record(EventKind::Retrieved { task: self.id });
        }
    }

    /// The result, or what stands for a cancelled task.
    fn result_or_cancelled(&self) -> Option<T> {
        self.result().or_else(T::cancelled)
    }
}

impl<T> Task<Result<T, Failure>>
where
    Result<T, Failure>: TaskOutput,
{
    /// The error it ended with, if it did (`exception()`).
    pub fn failure(&self) -> Option<Failure> {
        self.result()?.err()
    }
}

impl<T: TaskOutput> IntoFuture for Task<T> {
    type Output = T;
    type IntoFuture = Join<T>;

    #[track_caller]
    fn into_future(self) -> Join<T> {
        self.event_loop.set_location(Location::caller());
        Join {
            task: self,
            registered: false,
        }
    }
}

impl<T: TaskOutput> IntoFuture for &Task<T> {
    type Output = T;
    type IntoFuture = Join<T>;

    #[track_caller]
    fn into_future(self) -> Join<T> {
        self.clone().into_future()
    }
}

/// Waits for a task. When that one was cancelled, so is the task that waits.
pub struct Join<T> {
    task: Task<T>,
    registered: bool,
}

impl<T: TaskOutput> Future for Join<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context) -> Poll<T> {
        let Task { event_loop, id, .. } = &self.task;
        if event_loop.poll_cancelled() {
            return Poll::Pending;
        }
        if self.task.is_done() {
            return match self.task.result() {
                Some(value) => Poll::Ready(value),
                None => {
                    event_loop.raise_cancelled();
                    Poll::Pending
                }
            };
        }
        event_loop.set_waiter_task(*id);
        wait::record_wait(event_loop, WaitFor::Task(*id));
        if !self.registered {
            event_loop.wake_when_done(*id, context.waker());
            self.registered = true;
        }
        Poll::Pending
    }
}

/// What waits for several tasks and is told of each end in a handle of its own, one turn later:
/// the outer future of `asyncio.gather`.
struct Group<T> {
    event_loop: EventLoop,
    resource: Option<ResourceId>,
    tasks: Vec<Task<T>>,
    /// Cancelling who waits cancels the tasks; not so in `asyncio.wait`.
    is_gather: bool,
    left: Cell<usize>,
    /// What the outer future is, once it is done.
    outcome: Cell<Option<GroupOutcome>>,
    cancel_requested: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum GroupOutcome {
    /// The wait is over, because of all tasks or because of one.
    Over,
    /// All tasks ended after who waits for them was cancelled.
    Cancelled,
}

impl<T: TaskOutput> Group<T> {
    /// Watches the tasks; `ends_early` says of a finished task whether the group is over with it.
    fn watch(
        stage: &Stage,
        tasks: Vec<Task<T>>,
        is_gather: bool,
        ends_early: impl Fn(&Task<T>) -> bool + 'static,
    ) -> GroupWait<T> {
        let event_loop = stage.event_loop().clone();
        let count = tasks.len();
        let group = Rc::new(Group {
            resource: (count > 0)
                .then(|| event_loop.resource(ResourceKind::Group, &counted(count))),
            event_loop,
            tasks,
            is_gather,
            left: Cell::new(count),
            outcome: Cell::new((count == 0).then_some(GroupOutcome::Over)),
            cancel_requested: Cell::new(false),
            waker: RefCell::default(),
        });
        let ends_early = Rc::new(ends_early);
        let mut done = Vec::new();
        for task in &group.tasks {
            // A gather need not wait for what is done when it begins (since CPython 3.12).
            if is_gather && task.is_done() {
                done.push(task);
                continue;
            }
            let (group, ended) = (Rc::clone(&group), task.clone());
            let ends_early = Rc::clone(&ends_early);
            task.event_loop.call_when_done(task.id, move || {
                group.on_task_done(&ended, &*ends_early);
            });
        }
        for task in done {
            group.on_task_done(task, &*ends_early);
        }
        GroupWait { group }
    }

    /// `_done_callback` of `gather`, `_on_completion` of `wait`.
    fn on_task_done(&self, task: &Task<T>, ends_early: &impl Fn(&Task<T>) -> bool) {
        self.left.set(self.left.get() - 1);
        if self.is_gather {
            // It looks at every failure, also at those that come too late for it.
            task.retrieve();
        }
        if self.outcome.get().is_some() {
            return;
        }
        let outcome = if ends_early(task) {
            GroupOutcome::Over
        } else if self.left.get() > 0 {
            return;
        } else if self.cancel_requested.get() {
            GroupOutcome::Cancelled
        } else {
            GroupOutcome::Over
        };
        self.outcome.set(Some(outcome));
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    fn poll_over(self: &Rc<Self>, context: &mut Context) -> Poll<()> {
        let event_loop = &self.event_loop;
        if event_loop.poll_cancelled() {
            return Poll::Pending;
        }
        if let Some(outcome) = self.outcome.get() {
            if outcome == GroupOutcome::Cancelled {
                event_loop.raise_cancelled();
                return Poll::Pending;
            }
            if let Some(resource) = self.resource {
                record_acquire(event_loop, resource, self.left.get() as u32);
            }
            return Poll::Ready(());
        }
        *self.waker.borrow_mut() = Some(context.waker().clone());
        if self.is_gather {
            let group = Rc::clone(self);
            event_loop.set_waiter(Rc::new(move || group.cancel()));
        }
        if let Some(resource) = self.resource {
            wait::record_wait(event_loop, WaitFor::Resource(resource));
        }
        Poll::Pending
    }
}

impl<T: TaskOutput> Group<T> {
    /// `_GatheringFuture.cancel`: whether there was anything left to cancel.
    fn cancel(&self) -> bool {
        if self.outcome.get().is_some() {
            return false;
        }
        let cancelled = self
            .tasks
            .iter()
            .filter(|task| task.event_loop.cancel(task.id))
            .count();
        if cancelled > 0 {
            self.cancel_requested.set(true);
        }
        cancelled > 0
    }
}

/// Somebody waits for a group. Whoever gives that up is not woken when the group is over.
struct GroupWait<T> {
    group: Rc<Group<T>>,
}

impl<T> Drop for GroupWait<T> {
    fn drop(&mut self) {
        self.group.waker.take();
    }
}

/// The future of [`Stage::gather`].
pub struct Gather<T> {
    wait: GroupWait<T>,
}

impl<T: TaskOutput> Gather<T> {
    pub(super) fn new(stage: &Stage, tasks: Vec<Task<T>>) -> Self {
        // Where a cancelled task has no result to collect, its cancellation ends the wait.
        let ends_early = |task: &Task<T>| task.is_cancelled() && T::cancelled().is_none();
        Gather {
            wait: Group::watch(stage, tasks, true, ends_early),
        }
    }
}

impl<T: TaskOutput> Future for Gather<T> {
    type Output = Vec<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context) -> Poll<Vec<T>> {
        if self.wait.group.poll_over(context).is_pending() {
            return Poll::Pending;
        }
        let tasks = &self.wait.group.tasks;
        match tasks.iter().map(Task::result_or_cancelled).collect() {
            Some(results) => Poll::Ready(results),
            None => {
                self.wait.group.event_loop.raise_cancelled();
                Poll::Pending
            }
        }
    }
}

/// The future of [`Stage::try_gather`].
pub struct TryGather<T> {
    wait: GroupWait<Result<T, Failure>>,
    /// The first that failed or was cancelled.
    failed: Rc<Cell<Option<TaskId>>>,
}

impl<T> TryGather<T>
where
    Result<T, Failure>: TaskOutput,
{
    pub(super) fn new(stage: &Stage, tasks: Vec<Task<Result<T, Failure>>>) -> Self {
        let failed = Rc::new(Cell::new(None));
        let first = Rc::clone(&failed);
        let ends_early = move |task: &Task<Result<T, Failure>>| {
            let failed = task.event_loop.ending(task.id) != Some(Ending::Returned);
            if failed {
                first.set(Some(task.id));
            }
            failed
        };
        TryGather {
            wait: Group::watch(stage, tasks, true, ends_early),
            failed,
        }
    }
}

impl<T> Future for TryGather<T>
where
    Result<T, Failure>: TaskOutput,
{
    type Output = Result<Vec<T>, Failure>;

    fn poll(self: Pin<&mut Self>, context: &mut Context) -> Poll<Self::Output> {
        if self.wait.group.poll_over(context).is_pending() {
            return Poll::Pending;
        }
        let tasks = &self.wait.group.tasks;
        if let Some(failed) = self.failed.get() {
            let failed = tasks.iter().find(|task| task.id == failed);
            return match failed.and_then(Task::result) {
                Some(Err(failure)) => Poll::Ready(Err(failure)),
                // It was cancelled: so is the task that waits.
                _ => {
                    self.wait.group.event_loop.raise_cancelled();
                    Poll::Pending
                }
            };
        }
        let results = tasks.iter().filter_map(Task::result);
        Poll::Ready(results.collect())
    }
}

/// The future of [`Stage::wait_first`] and [`Stage::wait_all`].
pub struct Wait<T> {
    wait: GroupWait<T>,
}

impl<T: TaskOutput> Wait<T> {
    pub(super) fn new(stage: &Stage, tasks: &[Task<T>], first: bool) -> Self {
        let tasks = tasks.to_vec();
        Wait {
            wait: Group::watch(stage, tasks, false, move |_| first),
        }
    }
}

impl<T: TaskOutput> Future for Wait<T> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context) -> Poll<()> {
        self.wait.group.poll_over(context)
    }
}

/// Results in the order in which tasks end: [`Stage::as_completed`].
pub struct AsCompleted<T> {
    event_loop: EventLoop,
    resource: ResourceId,
    left: usize,
    finished: Rc<RefCell<VecDeque<Task<T>>>>,
    waiting: WaitList,
}

impl<T: TaskOutput> AsCompleted<T> {
    pub(super) fn new(stage: &Stage, tasks: Vec<Task<T>>) -> Self {
        let event_loop = stage.event_loop().clone();
        let finished = Rc::new(RefCell::new(VecDeque::new()));
        let waiting = WaitList::default();
        let left = tasks.len();
        for task in tasks {
            let (finished, waiting) = (Rc::clone(&finished), waiting.clone());
            event_loop.call_when_done(task.id, move || {
                finished.borrow_mut().push_back(task);
                waiting.pass_first();
            });
        }
        AsCompleted {
            resource: event_loop.resource(ResourceKind::Group, &counted(left)),
            event_loop,
            left,
            finished,
            waiting,
        }
    }

    /// The result of the next task that ends, or `None` after the last.
    #[expect(
        clippy::should_implement_trait,
        reason = "the name of every async iterator's step"
    )]
    #[track_caller]
    pub fn next(&mut self) -> impl Future<Output = Option<T>> + use<'_, T> {
        self.event_loop.set_location(Location::caller());
        async move {
            self.left = self.left.checked_sub(1)?;
            loop {
                let next = self.finished.borrow_mut().pop_front();
                if let Some(task) = next {
                    record_acquire(&self.event_loop, self.resource, self.left as u32);
                    return Some(task.await);
                }
                let on = WaitFor::Resource(self.resource);
                (&mut self.waiting.join(&self.event_loop, on)).await;
            }
        }
    }
}

/// What a wait for several tasks is called.
fn counted(tasks: usize) -> String {
    match tasks {
        1 => "1 task".to_owned(),
        tasks => format!("{tasks} tasks"),
    }
}
