//! Tasks: the cell of each, waking them, and who is told of their end.

use crate::executor::context::Context;
use crate::executor::failure::{CancelMessage, Failure};
use crate::executor::timer::TimerState;
use crate::executor::{EventLoop, LOOPS, TaskFuture};
use crate::trace::{Cause, EndReason, Ending, EventKind, LocationId, TaskId, TaskInfo};
use std::cell::{Cell, RefCell};
use std::panic;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::task::{Wake, Waker};

/// A task of this loop. A lane of another thread has one too, which is never polled.
pub(super) struct Task {
    pub(super) id: TaskId,
    pub(super) future: RefCell<Option<TaskFuture>>,
    pub(super) waker: Waker,
    pub(super) queued: Cell<bool>,
    pub(super) started: Cell<bool>,
    pub(super) location: Cell<LocationId>,
    pub(super) ending: Cell<Option<Ending>>,
    /// `_must_cancel`.
    pub(super) cancel_requested: Cell<bool>,
    /// The message of the last request that it was to feel itself (`_cancel_message`).
    pub(super) cancel_message: RefCell<CancelMessage>,
    /// The cancellation that unwound it, until somebody took it (`_cancelled_exc`).
    pub(super) cancelled_with: RefCell<Option<CancelMessage>>,
    /// The failure that unwound it, where its own type has no room for one.
    pub(super) raised: RefCell<Option<Failure>>,
    /// Its context variables, while it does not run.
    pub(super) context: RefCell<Context>,
    /// How many cancellations were asked for and not taken back (`Task.cancelling()`).
    pub(super) cancelling: Cell<u32>,
    /// What this task waits for, when that can be cancelled in its stead.
    pub(super) awaited: RefCell<Option<Awaited>>,
    /// A cancellation is being passed on through this task right now.
    pub(super) passing_cancel: Cell<bool>,
    pub(super) done: RefCell<Vec<Done>>,
}

/// Something that a task waits for and that can be cancelled in the task's stead, as
/// `asyncio.Future` can.
pub trait Cancel {
    /// Gives it up and wakes who waits for it; `false` when it is done already.
    fn cancel(&self, message: CancelMessage) -> bool;

    /// The message of the cancellation that it ended with, if it did.
    fn cancelled_with(&self) -> Option<CancelMessage> {
        None
    }
}

impl<F: Fn(CancelMessage) -> bool> Cancel for F {
    fn cancel(&self, message: CancelMessage) -> bool {
        self(message)
    }
}

#[derive(Clone)]
pub(super) enum Awaited {
    Task(TaskId),
    Sleep(Rc<TimerState>),
    Other(Rc<dyn Cancel>),
}

/// What is told of a task's end.
pub(super) struct Done {
    number: CallbackId,
    context: Context,
    callback: DoneCallback,
}

/// Which callback it is, to take it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallbackId(u32);

/// What happens when a task ends; each becomes a handle of its own, in order.
pub(super) enum DoneCallback {
    Wake(Waker),
    Call(Box<dyn FnOnce()>),
}

struct TaskWaker {
    slot: usize,
    task: TaskId,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let found = LOOPS.try_with(|loops| loops.borrow().get(self.slot).and_then(Weak::upgrade));
        if let Ok(Some(inner)) = found {
            EventLoop { inner }.wake(self.task);
        }
    }
}

impl EventLoop {
    /// The task that runs now, if one does.
    pub fn running(&self) -> Option<TaskId> {
        self.inner.running.get()
    }

    /// Whose code runs now: the running task's or, in a callback, that of the task that scheduled
    /// it. What happens outside both counts as the main task's.
    pub fn author(&self) -> TaskId {
        let author = self.running().or_else(|| self.inner.author.get());
        author.unwrap_or(TaskId::MAIN)
    }

    /// Runs a callback as the code of the task that scheduled it.
    pub fn run_for(&self, author: TaskId, call: impl FnOnce()) {
        let before = self.inner.author.replace(Some(author));
        call();
        self.inner.author.set(before);
    }

    /// Makes a task, which is ready at once and first runs in the next turn.
    ///
    /// The first task is the main task: the run ends with it.
    pub fn spawn(
        &self,
        name: &str,
        site: &'static panic::Location<'static>,
        future: TaskFuture,
    ) -> TaskId {
        let inner = &*self.inner;
        let location = self.set_location(site);
        let id = TaskId(inner.tasks.borrow().len() as u32);
        let task = Rc::new(Task {
            id,
            future: RefCell::new(Some(future)),
            waker: Waker::from(Arc::new(TaskWaker {
                slot: inner.slot,
                task: id,
            })),
            queued: Cell::new(true),
            started: Cell::new(false),
            location: Cell::new(LocationId::UNKNOWN),
            ending: Cell::new(None),
            cancel_requested: Cell::new(false),
            cancel_message: RefCell::default(),
            cancelled_with: RefCell::default(),
            raised: RefCell::default(),
            context: RefCell::new(self.context()),
            cancelling: Cell::new(0),
            awaited: RefCell::default(),
            passing_cancel: Cell::new(false),
            done: RefCell::default(),
        });
        inner.tasks.borrow_mut().push(Rc::clone(&task));
        self.add_task_row(name, location, 0);
        self.record(EventKind::Spawn { task: id });
        if id.index() >= inner.limits.tasks {
            self.end(
                EndReason::Limit,
                &format!(
                    "the run stopped at {} tasks, the most that one run may have",
                    inner.limits.tasks
                ),
            );
            return id;
        }
        self.push_step(task);
        id
    }

    /// Adds a lane for work that runs on another thread (counted from 1); nothing here polls it.
    pub fn add_thread_lane(
        &self,
        name: &str,
        site: &'static panic::Location<'static>,
        thread: u16,
    ) -> TaskId {
        let location = self.set_location(site);
        let id = TaskId(self.inner.tasks.borrow().len() as u32);
        self.inner.tasks.borrow_mut().push(Rc::new(Task {
            id,
            future: RefCell::default(),
            waker: Waker::noop().clone(),
            queued: Cell::new(true),
            started: Cell::new(true),
            location: Cell::new(location),
            // It is not the loop's to cancel or to wait for.
            ending: Cell::new(Some(Ending::Returned)),
            cancel_requested: Cell::new(false),
            cancel_message: RefCell::default(),
            cancelled_with: RefCell::default(),
            raised: RefCell::default(),
            context: RefCell::new(self.context()),
            cancelling: Cell::new(0),
            awaited: RefCell::default(),
            passing_cancel: Cell::new(false),
            done: RefCell::default(),
        }));
        self.add_task_row(name, location, thread);
        self.record(EventKind::Spawn { task: id });
        id
    }

    pub(super) fn add_task_row(&self, name: &str, location: LocationId, thread: u16) {
        self.inner.trace.borrow_mut().tasks.push(TaskInfo {
            name: name.into(),
            parent: self.running().or_else(|| self.inner.author.get()),
            location,
            thread,
        });
    }

    pub(super) fn task(&self, id: TaskId) -> Rc<Task> {
        Rc::clone(&self.inner.tasks.borrow()[id.index()])
    }

    /// Makes a task ready, if it is not ready or finished already.
    pub fn wake(&self, target: TaskId) {
        let tasks = self.inner.tasks.borrow();
        let task = &tasks[target.index()];
        if task.ending.get().is_some() {
            return;
        }
        let merged = task.queued.replace(true);
        if self.inner.limits.recording {
            let by = self.inner.acting.get();
            self.record_at(self.now_ns(), EventKind::Wake { target, by, merged });
        }
        if !merged {
            self.push_step(Rc::clone(task));
        }
    }

    /// Makes the running task ready for the next turn.
    pub fn wake_running(&self) {
        if let Some(task) = self.running() {
            self.wake(task);
        }
    }

    /// How a task ended, if it has.
    pub fn ending(&self, task: TaskId) -> Option<Ending> {
        self.task(task).ending.get()
    }

    /// The failure that unwound a task, where its own type has no room for one.
    pub fn raised(&self, task: TaskId) -> Option<Failure> {
        self.task(task).raised.borrow().clone()
    }

    /// Says that a task has begun, so that a cancellation reaches its code even before its first
    /// step.
    pub fn mark_started(&self, task: TaskId) {
        self.task(task).started.set(true);
    }

    /// Wakes `waker` when the task ends; at once when it has.
    pub fn wake_when_done(&self, task: TaskId, waker: &Waker) -> CallbackId {
        self.add_done_callback(task, DoneCallback::Wake(waker.clone()))
    }

    /// The number of a new callback.
    pub fn new_callback_id(&self) -> CallbackId {
        let number = self.inner.callbacks_made.get();
        self.inner.callbacks_made.set(number + 1);
        CallbackId(number)
    }

    /// Runs `call` as a handle of its own in the turn after the task's end
    /// (`Task.add_done_callback`).
    pub fn call_when_done(&self, task: TaskId, call: impl FnOnce() + 'static) -> CallbackId {
        self.add_done_callback(task, DoneCallback::Call(Box::new(call)))
    }

    /// Takes a callback back, unless it is on its way already (`Task.remove_done_callback`).
    pub fn remove_done_callback(&self, task: TaskId, number: CallbackId) -> bool {
        let task = self.task(task);
        let mut done = task.done.borrow_mut();
        let before = done.len();
        done.retain(|callback| callback.number != number);
        done.len() < before
    }

    fn add_done_callback(&self, task: TaskId, callback: DoneCallback) -> CallbackId {
        let number = self.new_callback_id();
        let task = self.task(task);
        let done = Done {
            number,
            context: self.context(),
            callback,
        };
        if task.ending.get().is_some() {
            self.schedule_done(done, Cause::Task(task.id));
        } else {
            task.done.borrow_mut().push(done);
        }
        number
    }

    pub(super) fn schedule_done(&self, done: Done, by: Cause) {
        match done.callback {
            DoneCallback::Wake(waker) => {
                let before = self.inner.acting.replace(by);
                waker.wake();
                self.inner.acting.set(before);
            }
            DoneCallback::Call(call) => self.push_call(by, done.context, call),
        }
    }
}
