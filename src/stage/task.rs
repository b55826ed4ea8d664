//! Tasks: making them, awaiting them, cancelling them.

use crate::executor::failure::{CancelMessage, Failure};
use crate::executor::task::CallbackId;
use crate::executor::{EventLoop, TaskEnd};
use crate::stage::Stage;
use crate::stage::awaitable::{Await, Awaitable, AwaitableKey, Outcome};
use crate::stage::task_output::TaskOutput;
use crate::stage::wait;
use crate::trace::{Ending, EventKind, TaskId, WaitFor};
use std::cell::RefCell;
use std::future::Future;
use std::panic::Location;
use std::rc::Rc;
use std::task::Waker;

/// A spawned coroutine (`asyncio.Task`). Awaiting it gives its result; dropping it does nothing:
/// the task goes on. Clones are the same task.
pub struct Task<T> {
    event_loop: EventLoop,
    id: TaskId,
    output: Rc<RefCell<Option<T>>>,
}

/// Keeps what a task's body gave; how the task ended by that.
#[inline(never)]
fn keep<T: TaskOutput>(value: T, output: &RefCell<Option<T>>) -> TaskEnd {
    let end = value.end();
    output.replace(Some(value));
    end
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
        // As little as can be, since there is one for each body.
        let future = Box::pin(async move { keep(body.await, &slot) });
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
        self.event_loop.cancel(self.id, None)
    }

    /// [`Self::cancel`] with a message for whoever catches it (`cancel(msg)`).
    #[track_caller]
    pub fn cancel_with(&self, message: &str) -> bool {
        self.event_loop.set_location(Location::caller());
        self.event_loop.cancel(self.id, Some(message.into()))
    }

    /// How many cancellations it was asked for and has not taken back (`cancelling`).
    pub fn cancelling(&self) -> u32 {
        self.event_loop.cancelling(self.id)
    }

    /// Takes one back (`uncancel`); how many are left.
    pub fn uncancel(&self) -> u32 {
        self.event_loop.uncancel(self.id)
    }

    /// Runs `call` as a handle of its own once it is done (`add_done_callback`).
    pub fn add_done_callback(&self, call: impl FnOnce(&Self) + 'static) -> CallbackId {
        let (me, event_loop) = (self.clone(), self.event_loop.clone());
        let author = event_loop.author();
        let call = move || event_loop.run_for(author, || call(&me));
        self.event_loop.call_when_done(self.id, call)
    }

    /// Takes a callback back (`remove_done_callback`); `false` when it was called, or will be.
    pub fn remove_done_callback(&self, callback: CallbackId) -> bool {
        self.event_loop.remove_done_callback(self.id, callback)
    }

    /// Whether it ended (`done`).
    pub fn is_done(&self) -> bool {
        self.event_loop.ending(self.id).is_some()
    }

    /// Whether it ended by being cancelled (`cancelled`).
    pub fn is_cancelled(&self) -> bool {
        self.event_loop.ending(self.id) == Some(Ending::Cancelled)
    }

    /// The result of a task that ended (`result()`): `None` when it did not end, was cancelled,
    /// or failed and its type has no room for that.
    pub fn result(&self) -> Option<T> {
        match self.outcome()? {
            Outcome::Value(value) => Some(value),
            Outcome::Raised(failure) => T::failed(failure),
            Outcome::Cancelled(_) => None,
        }
    }

    /// Records that somebody looked at the task's failure, if it failed.
    fn retrieve(&self) {
        if self.event_loop.ending(self.id) == Some(Ending::Failed) {
            self.event_loop
                .record(EventKind::Retrieved { task: self.id });
        }
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

impl<T: TaskOutput> Awaitable for Task<T> {
    type Output = T;

    fn key(&self) -> AwaitableKey {
        AwaitableKey::Task(self.id.0)
    }

    fn is_done(&self) -> bool {
        Task::is_done(self)
    }

    fn is_cancelled(&self) -> bool {
        Task::is_cancelled(self)
    }

    fn outcome(&self) -> Option<Outcome<T>> {
        match self.event_loop.ending(self.id)? {
            Ending::Returned => {}
            Ending::Failed => self.retrieve(),
            Ending::Cancelled | Ending::Panicked => {
                return Some(Outcome::Cancelled(self.event_loop.take_cancelled(self.id)));
            }
        }
        if let Some(failure) = self.event_loop.raised(self.id) {
            return Some(Outcome::Raised(failure));
        }
        self.output.borrow().clone().map(Outcome::Value)
    }

    fn cancelled_message(&self) -> CancelMessage {
        match Task::is_cancelled(self) {
            true => self.event_loop.take_cancelled(self.id),
            false => self.event_loop.cancel_message(self.id),
        }
    }

    fn kept_cancelled_message(&self) -> CancelMessage {
        self.event_loop.cancel_message(self.id)
    }

    fn request_cancel(&self, message: CancelMessage) -> bool {
        self.event_loop.cancel(self.id, message)
    }

    fn call_when_done(&self, call: Box<dyn FnOnce()>) -> CallbackId {
        self.event_loop.call_when_done(self.id, call)
    }

    fn remove_callback(&self, callback: CallbackId) {
        self.event_loop.remove_done_callback(self.id, callback);
    }

    fn wake_when_done(&self, waker: &Waker) -> CallbackId {
        self.event_loop.wake_when_done(self.id, waker)
    }

    fn record_wait(&self) {
        self.event_loop.set_waiter_task(self.id);
        wait::record_wait(&self.event_loop, WaitFor::Task(self.id));
    }

    fn waits_for(&self) -> WaitFor {
        WaitFor::Task(self.id)
    }

    fn record_got(&self) {}

    fn event_loop(&self) -> &EventLoop {
        &self.event_loop
    }
}

impl<T: TaskOutput> IntoFuture for Task<T> {
    type Output = T;
    type IntoFuture = Await<Task<T>>;

    #[track_caller]
    fn into_future(self) -> Await<Task<T>> {
        self.event_loop.set_location(Location::caller());
        Await::new(self)
    }
}

impl<T: TaskOutput> IntoFuture for &Task<T> {
    type Output = T;
    type IntoFuture = Await<Task<T>>;

    #[track_caller]
    fn into_future(self) -> Await<Task<T>> {
        self.clone().into_future()
    }
}

/// A task, whatever it returns: the one that runs, as it sees itself (`asyncio.current_task`).
#[derive(Clone)]
pub struct CurrentTask {
    event_loop: EventLoop,
    id: TaskId,
}

impl CurrentTask {
    pub(super) fn new(stage: &Stage) -> Self {
        let event_loop = stage.event_loop().clone();
        CurrentTask {
            id: event_loop.running().unwrap_or(TaskId::MAIN),
            event_loop,
        }
    }

    /// Which task it is.
    pub fn id(&self) -> TaskId {
        self.id
    }

    /// Asks it to stop (`cancel`), which it feels at its next `await`.
    #[track_caller]
    pub fn cancel(&self) -> bool {
        self.event_loop.set_location(Location::caller());
        self.event_loop.cancel(self.id, None)
    }

    /// [`Self::cancel`] with a message for whoever catches it (`cancel(msg)`).
    #[track_caller]
    pub fn cancel_with(&self, message: &str) -> bool {
        self.event_loop.set_location(Location::caller());
        self.event_loop.cancel(self.id, Some(message.into()))
    }

    /// How many cancellations it was asked for and has not taken back (`cancelling`).
    pub fn cancelling(&self) -> u32 {
        self.event_loop.cancelling(self.id)
    }

    /// Takes one back (`uncancel`); how many are left.
    pub fn uncancel(&self) -> u32 {
        self.event_loop.uncancel(self.id)
    }
}

/// What a wait for several tasks is called.
pub(super) fn counted(tasks: usize) -> String {
    match tasks {
        1 => "1 task".to_owned(),
        tasks => format!("{tasks} tasks"),
    }
}
