//! Cancellation: a request goes to the end of the chain of who waits for whom, and unwinds the
//! task that it reaches there.

use crate::executor::EventLoop;
use crate::executor::failure::CancelMessage;
use crate::executor::task::{Awaited, Cancel, Task};
use crate::executor::timer::Timer;
use crate::trace::{Ending, EventKind, TaskId};
use std::rc::Rc;

impl EventLoop {
    /// Asks a task to stop (`Task.cancel`). `false` when it is finished already.
    ///
    /// A task that waits for something that can be cancelled passes the request on to that. Else
    /// the request is felt at the `await` where the task stands, when the loop next runs it; a
    /// task that runs feels it at its next `await`.
    pub fn cancel(&self, target: TaskId, message: CancelMessage) -> bool {
        let task = self.task(target);
        if task.ending.get().is_some() {
            // Whoever cancels it too late says that he does not care how it ended.
            if task.ending.get() == Some(Ending::Failed) {
                self.record(EventKind::Retrieved { task: target });
            }
            return false;
        }
        self.count_cancel(&task);
        self.pass_cancel(task, message);
        true
    }

    fn count_cancel(&self, task: &Task) {
        self.record(EventKind::Cancel {
            target: task.id,
            by: self.inner.acting.get(),
        });
        task.cancelling.set(task.cancelling.get() + 1);
    }

    /// Passes a request on from task to task, to the end of the chain of who waits for whom.
    pub(super) fn pass_cancel(&self, task: Rc<Task>, message: CancelMessage) {
        if task.passing_cancel.replace(true) {
            self.request_cancel(&task, message, true);
            return;
        }
        let mut chain = vec![task];
        while let Some(task) = chain.last() {
            // Cloned, as what is cancelled wakes tasks.
            let awaited = task.awaited.borrow().clone();
            match awaited {
                Some(Awaited::Task(next)) => {
                    let next = self.task(next);
                    if next.ending.get().is_some() {
                        // The task is ready, or about to be.
                        self.request_cancel(task, message.clone(), false);
                    } else if next.passing_cancel.replace(true) {
                        // A circle, in which CPython's recursion would find no end.
                        self.request_cancel(task, message.clone(), true);
                    } else {
                        self.count_cancel(&next);
                        chain.push(next);
                        continue;
                    }
                }
                Some(Awaited::Sleep(timer)) => {
                    if timer.cancel(message.clone()) {
                        self.wake(task.id);
                    } else {
                        self.request_cancel(task, message.clone(), false);
                    }
                }
                Some(Awaited::Other(other)) => {
                    if !other.cancel(message.clone()) {
                        self.request_cancel(task, message.clone(), false);
                    }
                }
                None => self.request_cancel(task, message.clone(), true),
            }
            break;
        }
        for task in chain {
            task.passing_cancel.set(false);
        }
    }

    /// The message of the cancellation that what a task waits for ended with, if it did.
    pub(super) fn cancelled_with(&self, awaited: &Awaited) -> Option<CancelMessage> {
        match awaited {
            Awaited::Task(task) => {
                let is_cancelled = self.ending(*task) == Some(Ending::Cancelled);
                is_cancelled.then(|| self.take_cancelled(*task))
            }
            Awaited::Sleep(timer) => timer.cancelled_with(),
            Awaited::Other(other) => other.cancelled_with(),
        }
    }

    fn request_cancel(&self, task: &Task, message: CancelMessage, wake: bool) {
        task.cancel_requested.set(true);
        *task.cancel_message.borrow_mut() = message;
        // The running task waits for nothing yet: see `step`.
        if wake && self.running() != Some(task.id) {
            self.wake(task.id);
        }
    }

    /// How many cancellations a task was asked for and has not taken back (`Task.cancelling`).
    pub fn cancelling(&self, task: TaskId) -> u32 {
        self.task(task).cancelling.get()
    }

    /// Takes one request back (`Task.uncancel`); how many are left.
    pub fn uncancel(&self, task: TaskId) -> u32 {
        let task = self.task(task);
        let Some(left) = task.cancelling.get().checked_sub(1) else {
            return 0;
        };
        task.cancelling.set(left);
        if left == 0 {
            // Since CPython 3.13: what was taken back is not felt later.
            task.cancel_requested.set(false);
        }
        left
    }

    /// With what a cancelled task ended. Only the first who asks gets its message, as in CPython.
    pub fn take_cancelled(&self, task: TaskId) -> CancelMessage {
        let taken = self.task(task).cancelled_with.take();
        taken.unwrap_or_else(|| self.cancel_message(task))
    }

    /// The message of the last cancellation that a task was to feel itself, whatever came of it.
    pub fn cancel_message(&self, task: TaskId) -> CancelMessage {
        self.task(task).cancel_message.borrow().clone()
    }

    /// Says that the running task waits for something that can be cancelled in its stead.
    /// Forgotten when the task next runs.
    pub fn set_waiter(&self, awaited: Rc<dyn Cancel>) {
        self.set_awaited(Awaited::Other(awaited));
    }

    /// Says that the running task waits for another task.
    pub fn set_waiter_task(&self, awaited: TaskId) {
        self.set_awaited(Awaited::Task(awaited));
    }

    /// Says that the running task waits for a timer.
    pub fn set_waiter_timer(&self, timer: &Timer) {
        self.set_awaited(Awaited::Sleep(timer.state()));
    }

    fn set_awaited(&self, awaited: Awaited) {
        if let Some(task) = self.running() {
            *self.task(task).awaited.borrow_mut() = Some(awaited);
        }
    }
}
