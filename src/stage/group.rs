//! Tasks that live and die together.

use crate::executor::failure::{Failure, Unwind};
use crate::stage::task::Task;
use crate::stage::task_output::TaskOutput;
use crate::stage::wait::WaitList;
use crate::stage::{Cancelled, Stage};
use crate::trace::{Ending, ResourceId, ResourceKind, TaskId, WaitFor};
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::panic::Location;
use std::rc::Rc;

/// The scope of [`Stage::task_group`] (`asyncio.TaskGroup`); clones are the same group.
#[derive(Clone)]
pub struct TaskGroup {
    inner: Rc<Inner>,
}

struct Inner {
    stage: Stage,
    resource: ResourceId,
    parent: TaskId,
    /// Unfinished tasks.
    tasks: RefCell<Vec<TaskId>>,
    errors: RefCell<Vec<Failure>>,
    aborting: Cell<bool>,
    is_exiting: Cell<bool>,
    parent_cancel_requested: Cell<bool>,
    exiting: WaitList,
}

impl TaskGroup {
    fn new(stage: &Stage) -> Self {
        TaskGroup {
            inner: Rc::new(Inner {
                stage: stage.clone(),
                resource: stage
                    .event_loop()
                    .resource(ResourceKind::Group, "the task group"),
                parent: stage.event_loop().running().unwrap_or(TaskId::MAIN),
                tasks: RefCell::default(),
                errors: RefCell::default(),
                aborting: Cell::new(false),
                is_exiting: Cell::new(false),
                parent_cancel_requested: Cell::new(false),
                exiting: WaitList::default(),
            }),
        }
    }

    /// Makes a task of the group (`create_task`). When one fails, the others are cancelled.
    ///
    /// # Errors
    /// `RuntimeError` when the group is over, or about to be because of a failure: nothing of
    /// `body` runs then.
    #[track_caller]
    pub fn spawn<T>(
        &self,
        name: impl Into<String>,
        body: impl Future<Output = Result<T, Failure>> + 'static,
    ) -> Result<Task<Result<T, Failure>>, Failure>
    where
        Result<T, Failure>: TaskOutput,
    {
        let inner = &self.inner;
        let refuse = |why| Err(Failure::new("RuntimeError", format!("TaskGroup is {why}")));
        if inner.is_exiting.get() && inner.tasks.borrow().is_empty() {
            return refuse("finished");
        }
        if inner.aborting.get() {
            return refuse("shutting down");
        }
        let task = Task::spawn(&inner.stage, &name.into(), Location::caller(), body);
        let id = task.id();
        inner.tasks.borrow_mut().push(id);
        let (group, done) = (Rc::clone(inner), task.clone());
        inner
            .stage
            .event_loop()
            .call_when_done(id, move || group.on_task_done(id, || done.failure()));
        Ok(task)
    }
}

impl Inner {
    /// `TaskGroup._on_task_done`.
    fn on_task_done(&self, task: TaskId, failure: impl FnOnce() -> Option<Failure>) {
        let event_loop = self.stage.event_loop();
        self.tasks.borrow_mut().retain(|other| *other != task);
        if self.tasks.borrow().is_empty() {
            self.exiting.pass_first();
        }
        if event_loop.ending(task) != Some(Ending::Failed) {
            return;
        }
        self.errors.borrow_mut().extend(failure());
        if !self.aborting.get() && !self.parent_cancel_requested.get() {
            self.abort();
            self.parent_cancel_requested.set(true);
            event_loop.cancel(self.parent, None);
        }
    }

    fn abort(&self) {
        self.aborting.set(true);
        let tasks = self.tasks.borrow().clone();
        for task in tasks {
            self.stage.event_loop().cancel(task, None);
        }
    }
}

/// Runs `body` and then waits for every task of its group: `TaskGroup.__aenter__` and
/// `__aexit__`, of CPython 3.13.
pub(super) async fn run<T, F>(
    stage: &Stage,
    body: impl FnOnce(TaskGroup) -> F,
) -> Result<T, Vec<Failure>>
where
    F: Future<Output = Result<T, Failure>>,
{
    let group = TaskGroup::new(stage);
    let inner = Rc::clone(&group.inner);
    let event_loop = stage.event_loop();
    // Whatever leaves the body: its result, a cancellation, or a failure that its type has no
    // room for.
    let (mut value, mut cancelled, mut raised) = (None, None, None);
    match stage.catch_any(body(group)).await {
        Ok(Ok(returned)) => value = Some(returned),
        Ok(Err(failure)) | Err(Unwind::Raised(failure)) => raised = Some(failure),
        Err(Unwind::Cancelled(message)) => cancelled = Some(message),
        Err(Unwind::GeneratorExit) => cancelled = Some(None),
    }
    inner.is_exiting.set(true);
    if value.is_none() && !inner.aborting.get() {
        inner.abort();
    }
    while !inner.tasks.borrow().is_empty() {
        let on = WaitFor::Resource(inner.resource);
        let mut waiting = inner.exiting.join(event_loop, on);
        let waited = stage.catch_cancel(&mut waiting).await;
        if let Err(Cancelled { message }) = waited
            && !inner.aborting.get()
        {
            cancelled = Some(message);
            inner.abort();
        }
    }
    super::wait::record_acquire(event_loop, inner.resource, 0);
    if inner.parent_cancel_requested.get() && event_loop.uncancel(inner.parent) == 0 {
        cancelled = None; // it was the group's own doing
    }

    let mut errors = inner.errors.take();
    if let Some(message) = cancelled
        && errors.is_empty()
    {
        stage.raise(Cancelled { message }).await;
    }
    errors.extend(raised);
    if errors.is_empty()
        && let Some(value) = value
    {
        return Ok(value);
    }
    if event_loop.cancelling(inner.parent) > 0 {
        // Somebody else wants the task to stop too, which it feels at its next await.
        event_loop.uncancel(inner.parent);
        event_loop.cancel(inner.parent, None);
    }
    Err(errors)
}
