//! The end of a run: what `asyncio.run` does around the main task, and all other ends.

use crate::executor::EventLoop;
use crate::trace::{End, EndReason, Ending, EventKind, PollOutcome, TaskId};
use std::cmp::Reverse;

/// How many turns `asyncio.run` takes after the tasks that it cancelled are done: it gathers them,
/// shuts the generators down, then the threads, each in a turn and one more.
const CLOSING_TURNS: u8 = 6;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Running,
    /// The main task is done; asyncio runs one more turn before it stops.
    Stopping,
    /// `asyncio.run` cancelled these and waits for them.
    Cancelling(Vec<TaskId>),
    /// All those are done. Whatever they spawned on their way out has this many turns left.
    Closing(u8),
    Over,
}

impl EventLoop {
    /// Ends the run: records why, then drops every task.
    pub fn end(&self, reason: EndReason, message: &str) {
        if self.record_end(reason, message) {
            self.drop_everything();
        }
    }

    /// Ends the run, as nothing can run any more. Who waits for what is in the trace already.
    pub fn end_as_deadlock(&self) {
        self.end(EndReason::Deadlock, "");
    }

    /// Records that the running task's code panicked, and that the run ended with it. Nothing
    /// is dropped: the worker's panic hook calls this, after which no code of the run may run.
    pub fn record_panic(&self, message: &str) {
        let inner = &*self.inner;
        let Some(task) = inner.running.take() else {
            self.record_end(EndReason::Died, &format!("the run panicked: {message}"));
            return;
        };
        self.record(EventKind::PollEnd {
            task,
            outcome: PollOutcome::Panicked,
            location: inner.location.get(),
        });
        let text = self.text(message);
        self.record(EventKind::Done {
            task,
            ending: Ending::Panicked,
            text,
        });
        let name = self.trace().name(task).to_owned();
        self.record_end(
            EndReason::Died,
            &format!("the task {name} panicked: {message}"),
        );
    }

    pub(super) fn is_over(&self) -> bool {
        matches!(*self.inner.phase.borrow(), Phase::Over)
    }

    pub(super) fn is_cancelling(&self) -> bool {
        matches!(*self.inner.phase.borrow(), Phase::Cancelling(_))
    }

    /// After a turn: does what `asyncio.run` does around the main task.
    pub(super) fn advance_phase(&self) {
        let inner = &*self.inner;
        let main = self.task(TaskId::MAIN);
        let next = match &*inner.phase.borrow() {
            Phase::Running if main.ending.get().is_some() => Phase::Stopping,
            Phase::Stopping => Phase::Cancelling(
                inner
                    .tasks
                    .borrow()
                    .iter()
                    .filter(|task| task.ending.get().is_none())
                    .map(|task| task.id)
                    .collect(),
            ),
            Phase::Cancelling(tasks) if tasks.iter().all(|id| self.ending(*id).is_some()) => {
                Phase::Closing(CLOSING_TURNS)
            }
            Phase::Closing(left) => Phase::Closing(left - 1),
            _ => return,
        };
        match next {
            Phase::Cancelling(tasks) if !tasks.is_empty() => {
                *inner.phase.borrow_mut() = Phase::Cancelling(tasks.clone());
                for task in tasks {
                    self.cancel(task);
                }
            }
            Phase::Stopping => *inner.phase.borrow_mut() = Phase::Stopping,
            Phase::Closing(left) if left > 0 && self.has_ready() => {
                *inner.phase.borrow_mut() = Phase::Closing(left);
            }
            _ => {
                let (reason, message) = match main.ending.get() {
                    Some(Ending::Failed) => (EndReason::Failed, self.main_error()),
                    Some(Ending::Cancelled) => (EndReason::Failed, "CancelledError".to_owned()),
                    _ => (EndReason::Finished, String::new()),
                };
                self.end(reason, &message);
            }
        }
    }

    fn main_error(&self) -> String {
        let trace = self.trace();
        let found = trace
            .events
            .iter()
            .rev()
            .find_map(|event| match event.kind {
                EventKind::Done {
                    task: TaskId::MAIN,
                    text,
                    ..
                } => Some(trace.text(text).to_owned()),
                _ => None,
            });
        found.unwrap_or_default()
    }

    /// `false` when the run has ended before.
    fn record_end(&self, reason: EndReason, message: &str) -> bool {
        let inner = &*self.inner;
        if std::mem::replace(&mut *inner.phase.borrow_mut(), Phase::Over) == Phase::Over {
            return false;
        }
        let time_ns = self.now_ns();
        inner.trace.borrow_mut().end = Some(End {
            time_ns,
            reason,
            message: message.into(),
        });
        true
    }

    pub(super) fn drop_everything(&self) {
        let inner = &*self.inner;
        // Futures own clones of this loop, and their drops may call it: take everything out
        // of the cells first.
        let ready = inner.ready.take();
        let timers = inner.timers.take();
        let tasks = inner.tasks.borrow().clone();
        drop(ready);
        for Reverse(entry) in timers.heap {
            entry.timer.action.take();
        }
        for task in tasks {
            // The one that ended the run is being polled; it goes when its poll is over.
            if let Ok(mut future) = task.future.try_borrow_mut() {
                *future = None;
            }
            task.done.take();
            task.awaited.take();
        }
        self.wake_driver();
    }
}
