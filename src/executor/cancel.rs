//! Cancellation: a request goes to the end of the chain of who waits for whom, and unwinds the
//! task that it reaches there.

use crate::executor::EventLoop;
use crate::executor::task::{Awaited, Cancel, Task};
use crate::trace::{EventKind, TaskId};
use std::rc::Rc;

impl EventLoop {
    /// Asks a task to stop (`Task.cancel`). `false` when it is finished already.
    ///
    /// A task that waits for something that can be cancelled passes the request on to that. Else
    /// the request is felt at the `await` where the task stands, when the loop next runs it; a
    /// task that runs feels it at its next `await`.
    pub fn cancel(&self, target: TaskId) -> bool {
        let task = self.task(target);
        if task.ending.get().is_some() {
            return false;
        }
        self.count_cancel(&task);
        self.pass_cancel(task);
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
    pub(super) fn pass_cancel(&self, task: Rc<Task>) {
        if task.passing_cancel.replace(true) {
            self.request_cancel(&task, true);
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
                        self.request_cancel(task, false);
                    } else if next.passing_cancel.replace(true) {
                        // A circle, in which CPython's recursion would find no end.
                        self.request_cancel(task, true);
                    } else {
                        self.count_cancel(&next);
                        chain.push(next);
                        continue;
                    }
                }
                Some(Awaited::Other(other)) => {
                    if !other.cancel() {
                        self.request_cancel(task, false);
                    }
                }
                None => self.request_cancel(task, true),
            }
            break;
        }
        for task in chain {
            task.passing_cancel.set(false);
        }
    }

    fn request_cancel(&self, task: &Task, wake: bool) {
        task.cancel_requested.set(true);
        // The running task waits for nothing yet: see `step`.
        if wake && self.running() != Some(task.id) {
            self.wake(task.id);
        }
    }

    /// How many cancellations the running task was asked for and has not taken back
    /// (`Task.cancelling`).
    pub fn cancelling(&self) -> u32 {
        self.running()
            .map_or(0, |task| self.task(task).cancelling.get())
    }

    /// Takes one request back (`Task.uncancel`); how many are left.
    pub fn uncancel(&self) -> u32 {
        let Some(task) = self.running() else { return 0 };
        let task = self.task(task);
        let left = task.cancelling.get().saturating_sub(1);
        task.cancelling.set(left);
        if left == 0 {
            // Since CPython 3.13: what was taken back is not felt later.
            task.cancel_requested.set(false);
        }
        left
    }

    /// Every future that a task can wait for calls this first when polled. `true` means: a
    /// cancellation surfaces here, so return `Pending` at once.
    ///
    /// An exception that unwinds through `await`s becomes: the innermost future returns
    /// `Pending` with the unwinding flag set, and whoever catches cancellations (or in the end
    /// the loop) drops everything inside, which runs the clean-up of each in the order in which
    /// Python's `finally` blocks run.
    pub fn poll_cancelled(&self) -> bool {
        if self.inner.deliver_cancel.take() {
            self.inner.unwinding.set(true);
        }
        self.inner.unwinding.get()
    }

    /// Begins to unwind the running task as a cancelled one; the caller returns `Pending`.
    pub fn raise_cancelled(&self) {
        self.inner.unwinding.set(true);
    }

    /// Stops the unwinding, if the running task is being unwound: `except CancelledError`.
    pub fn catch_cancelled(&self) -> bool {
        self.inner.unwinding.take()
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

    fn set_awaited(&self, awaited: Awaited) {
        if let Some(task) = self.running() {
            *self.task(task).awaited.borrow_mut() = Some(awaited);
        }
    }
}
