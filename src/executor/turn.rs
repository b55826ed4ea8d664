//! One pass of the loop, and one step of a task.

use crate::clock::RESOLUTION_NS;
use crate::executor::context::Context;
use crate::executor::failure::Unwind;
use crate::executor::ready::Handle;
use crate::executor::task::Task;
use crate::executor::timer::TimerAction;
use crate::executor::{EventLoop, TaskEnd, TaskFuture};
use crate::trace::{Cause, Ending, EventKind, PollOutcome, TaskId};
use std::cmp::Reverse;
use std::rc::Rc;
use std::task::{self, Poll};

/// What one call of [`EventLoop::turn`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It ran at least one handle.
    Ran,
    /// Nothing is ready. The next timer is due at this time, if there is one.
    Idle {
        /// Nanoseconds since the run began.
        next_deadline_ns: Option<u64>,
    },
    /// The run is over.
    Over,
}

impl EventLoop {
    /// One pass of the loop: every due timer becomes ready, then exactly the handles that are
    /// ready now run once, in order.
    pub fn turn(&self) -> Turn {
        let inner = &*self.inner;
        if self.is_over() {
            return Turn::Over;
        }
        self.ready_due_timers();
        if !self.has_ready() {
            return Turn::Idle {
                next_deadline_ns: inner.timers.borrow_mut().next_ns(),
            };
        }
        self.record(EventKind::LoopTurn);
        inner.in_turn.set(true);
        let mut batch = inner.ready.replace(inner.spare.take());
        for handle in batch.drain(..) {
            if self.is_over() {
                break; // the run was ended from inside
            }
            self.run_handle(handle);
        }
        inner.spare.set(batch);
        inner.acting.set(Cause::External);
        inner.in_turn.set(false);
        inner.poll_ended_ns.set(None);
        if inner.stopping.take() {
            self.go_on_after_stop();
        }
        if self.is_over() {
            Turn::Over
        } else {
            Turn::Ran
        }
    }

    /// [`Self::turn`] under a virtual clock, which jumps when nothing is ready.
    pub fn turn_instantly(&self) -> Turn {
        let turn = self.turn();
        match turn {
            Turn::Idle {
                next_deadline_ns: Some(deadline_ns),
            } => self.inner.clock.jump_to(deadline_ns),
            Turn::Idle {
                next_deadline_ns: None,
            } => self.end_as_deadlock(),
            Turn::Ran | Turn::Over => {}
        }
        turn
    }

    /// Runs to the end under a virtual clock.
    pub fn run_instantly(&self) {
        while self.turn_instantly() != Turn::Over {}
    }

    fn ready_due_timers(&self) {
        let inner = &*self.inner;
        let mut timers = inner.timers.borrow_mut();
        // Mostly none is set, and reading a clock costs something.
        let Some(mut next_ns) = timers.next_ns() else {
            return;
        };
        // Before the present plus the resolution, as integers.
        let due_ns = inner.clock.now_ns().saturating_add(RESOLUTION_NS - 1);
        while next_ns <= due_ns
            && let Some(Reverse(due)) = timers.heap.pop()
        {
            inner.ready.borrow_mut().push(Handle::Timer(due.timer));
            match timers.next_ns() {
                Some(ns) => next_ns = ns,
                None => return,
            }
        }
    }

    fn run_handle(&self, handle: Handle) {
        let inner = &*self.inner;
        if let Handle::Step(task) = handle {
            self.step(&task);
            return;
        }
        inner.poll_ended_ns.set(None);
        match handle {
            Handle::Step(_) => {}
            Handle::Timer(state) => {
                let Some(action) = state.action.take() else {
                    return; // it was given up
                };
                state.fired.set(true);
                let timer = state.id;
                inner.acting.set(Cause::Timer(timer));
                self.record(EventKind::TimerFired { timer });
                match action {
                    TimerAction::Wake(task) => self.wake(task),
                    TimerAction::Call(call) => self.run_callback(state.context.clone(), call),
                }
            }
            Handle::Call(call) => {
                inner.acting.set(call.by);
                self.run_callback(call.context, call.call);
            }
        }
    }

    /// A callback that panics ends, and the run goes on, as with asyncio's exception handler.
    fn run_callback(&self, context: Context, call: Box<dyn FnOnce()>) {
        let outside = self.swap_context(context);
        if let Err(message) = catch_panic(call) {
            self.note_failed_callback(&message);
        }
        self.swap_context(outside);
    }

    /// Says that a callback failed (`loop.call_exception_handler`).
    pub fn note_failed_callback(&self, problem: &str) {
        let task = self.author();
        let text = self.text(&format!("exception in callback: {problem}"));
        self.record(EventKind::Note { task, text });
    }

    /// Polls a task once.
    fn step(&self, task: &Rc<Task>) {
        let inner = &*self.inner;
        task.queued.set(false);
        let mut slot = task.future.borrow_mut();
        let Some(future) = &mut *slot else {
            return; // it was ended while it was in the queue
        };
        let id = task.id;
        inner.acting.set(Cause::Task(id));
        inner.running.set(Some(id));
        inner.location.set(task.location.get());
        if inner.limits.recording {
            let start_ns = inner.poll_ended_ns.take();
            self.record_at(
                start_ns.unwrap_or_else(|| self.now_ns()),
                EventKind::PollStart { task: id },
            );
        }
        let mut end = None;
        if let Err(message) = self.poll(task, future, &mut end) {
            *slot = None;
            self.record_panic(&message);
            self.drop_everything();
            return;
        }
        let (ending, text) = match end {
            // Cancelled while it ran and finished without another await: CPython counts that
            // as cancelled too (`Task.__step`, on StopIteration), but not a failure.
            Some((Ending::Returned, _)) if task.cancel_requested.take() => {
                (Ending::Cancelled, String::new())
            }
            Some(end) => end,
            None => match self.unwound() {
                None => {
                    self.suspend(task);
                    if self.is_over() {
                        *slot = None;
                    }
                    return;
                }
                Some(unwind) => ended_by(task, unwind),
            },
        };
        // What the future owns is cleaned up while the task still runs.
        *slot = None;
        let location = inner.location.get();
        self.record(EventKind::PollEnd {
            task: id,
            outcome: PollOutcome::Ready,
            location,
        });
        inner.running.set(None);
        self.finish(task, ending, &text);
    }

    /// Polls a task's future in its context, and delivers a cancellation if one was asked for. Writes how it ended,
    /// if it did: a result that held that would be copied at each step, also of those, nearly all, that do not end.
    fn poll(
        &self,
        task: &Task,
        future: &mut TaskFuture,
        end: &mut Option<TaskEnd>,
    ) -> Result<(), String> {
        let inner = &*self.inner;
        // This is the busiest line of all: most tasks wait for nothing that could be cancelled in
        // their stead, are not cancelled, and use no context variables.
        let has_awaited = task.awaited.borrow().is_some();
        let awaited = if has_awaited {
            task.awaited.take()
        } else {
            None
        };
        let is_first = !task.started.replace(true);
        let is_cancelled = task.cancel_requested.take();
        inner.deliver_cancel.set(is_cancelled);
        if is_cancelled {
            // What it waits for may have been cancelled before: that is what it feels.
            let before = awaited.and_then(|awaited| self.cancelled_with(&awaited));
            let message = before.unwrap_or_else(|| task.cancel_message.borrow().clone());
            inner.deliver_message.replace(message);
            if is_first {
                return Ok(()); // its code never runs
            }
        }
        let mut context = task::Context::from_waker(&task.waker);
        let poll = || {
            if let Poll::Ready(ended) = future.as_mut().poll(&mut context) {
                *end = Some(ended);
            }
        };
        if inner.variables.get() == 0 {
            let polled = catch_panic(poll);
            if inner.variables.get() > 0 {
                // It made the first: what it set is its own.
                task.context.replace(self.swap_context(None));
            }
            return polled;
        }
        let outside = self.swap_context(task.context.take());
        let polled = catch_panic(poll);
        task.context.replace(self.swap_context(outside));
        polled
    }

    /// What unwinds the running task. A cancellation that nobody inside felt counts too: the task
    /// waits for something that is not ours.
    fn unwound(&self) -> Option<Unwind> {
        self.poll_cancelled().then(|| self.catch_any()).flatten()
    }

    /// The task awaits something, and the loop goes on with the next handle.
    fn suspend(&self, task: &Rc<Task>) {
        let inner = &*self.inner;
        inner.running.set(None);
        // Cancelled while it ran: that is felt where it waits now.
        if !task.queued.get() && task.cancel_requested.take() {
            let message = task.cancel_message.borrow().clone();
            self.pass_cancel(Rc::clone(task), message);
        }
        let location = inner.location.get();
        task.location.set(location);
        if inner.limits.recording {
            let end_ns = self.now_ns();
            let (task, outcome) = (task.id, PollOutcome::Pending);
            self.record_at(
                end_ns,
                EventKind::PollEnd {
                    task,
                    outcome,
                    location,
                },
            );
            inner.poll_ended_ns.set(Some(end_ns));
        }
    }

    fn finish(&self, task: &Task, ending: Ending, text: &str) {
        let text = self.text(text);
        self.record(EventKind::Done {
            task: task.id,
            ending,
            text,
        });
        task.ending.set(Some(ending));
        if task.id == TaskId::MAIN {
            self.stop_soon(); // the callback that `asyncio.run` added first
        }
        for callback in task.done.take() {
            self.schedule_done(callback, Cause::Task(task.id));
        }
    }
}

/// How a task ended that was unwound.
fn ended_by(task: &Task, unwind: Unwind) -> TaskEnd {
    match unwind {
        Unwind::Cancelled(message) => {
            // `Future.cancel()`, without a message of its own.
            task.cancel_message.take();
            task.cancelled_with.replace(Some(message));
            (Ending::Cancelled, String::new())
        }
        Unwind::Raised(failure) => {
            let text = failure.to_string();
            task.raised.replace(Some(failure));
            (Ending::Failed, text)
        }
        // It never leaves the generator that it closes.
        Unwind::GeneratorExit => (Ending::Failed, "GeneratorExit".to_owned()),
    }
}

/// Runs `code`; the message of its panic, if it panics. Where a panic ends the program, as in
/// wasm, the worker's panic hook has the last word instead.
#[cfg(panic = "unwind")]
fn catch_panic<T>(code: impl FnOnce() -> T) -> Result<T, String> {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    catch_unwind(AssertUnwindSafe(code)).map_err(|panic| panic_message(&*panic))
}

#[cfg(not(panic = "unwind"))]
fn catch_panic<T>(code: impl FnOnce() -> T) -> Result<T, String> {
    Ok(code())
}

#[cfg(panic = "unwind")]
fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}
