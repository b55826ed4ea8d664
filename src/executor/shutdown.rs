//! The end of a run: what `asyncio.run` does around the main task, and all other ends.
//!
//! `Runner.close` runs the loop three more times: until the tasks that are left are cancelled,
//! until async generators are closed, and until other threads are done. Each time a callback of
//! what it waits for stops the loop, with the turn in which that callback runs.

use crate::executor::EventLoop;
use crate::executor::TaskFuture;
use crate::executor::failure::{Failure, qualified};
use crate::trace::{Cause, End, EndReason, Ending, EventKind, PollOutcome, TaskId};
use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::panic::Location;
use std::rc::{Rc, Weak};

/// What the loop runs for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// The main task.
    Main,
    /// The end of the tasks that `asyncio.run` cancelled.
    CancelledTasks,
    /// `loop.shutdown_asyncgens`.
    Generators,
    /// `loop.shutdown_default_executor`.
    Threads,
    Over,
}

/// An async generator, as far as the loop has to know it.
pub trait Closable {
    /// What closes it (`aclose()`), and where it was made.
    fn close(self: Rc<Self>) -> (TaskFuture, &'static Location<'static>);
}

/// Pieces of work on other threads.
#[derive(Default)]
pub(super) struct ThreadWork {
    under_way: Cell<u32>,
    /// Goes on with the shutdown when none is under way any more.
    when_idle: RefCell<Option<Box<dyn FnOnce()>>>,
}

/// A piece of work on another thread, which a run does not leave behind; dropped when it is over.
pub struct UnderWay {
    event_loop: EventLoop,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let work = &self.event_loop.inner.thread_work;
        work.under_way.set(work.under_way.get() - 1);
        if work.under_way.get() == 0
            && let Some(call) = work.when_idle.take()
        {
            call();
        }
    }
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

    /// Counts a piece of work on another thread until what is returned is dropped.
    pub fn thread_work(&self) -> UnderWay {
        let under_way = &self.inner.thread_work.under_way;
        under_way.set(under_way.get() + 1);
        UnderWay {
            event_loop: self.clone(),
        }
    }

    /// An async generator has begun (`_asyncgen_firstiter_hook`).
    pub fn add_generator(&self, generator: Weak<dyn Closable>) {
        let mut generators = self.inner.generators.borrow_mut();
        generators.retain(|known| known.strong_count() > 0);
        generators.push(generator);
    }

    /// Nobody can pull from an async generator any more (`_asyncgen_finalizer_hook`): it is
    /// closed in a task of its own.
    pub fn finalize_generator(&self, generator: Rc<dyn Closable>) {
        let mut generators = self.inner.generators.borrow_mut();
        generators.retain(|known| !std::ptr::addr_eq(known.as_ptr(), Rc::as_ptr(&generator)));
        drop(generators);
        if self.is_over() {
            return;
        }
        let mut closing = self.inner.closing.borrow_mut();
        let held = closing
            .iter_mut()
            .find(|(held, _)| std::ptr::addr_eq(Rc::as_ptr(held), Rc::as_ptr(&generator)));
        if let Some((_, is_abandoned)) = held {
            *is_abandoned = true; // the shutdown still holds it
            return;
        }
        drop(closing);
        let event_loop = self.clone();
        self.call_soon(move || {
            event_loop.close_generator(generator);
        });
    }

    fn close_generator(&self, generator: Rc<dyn Closable>) -> TaskId {
        let (future, site) = generator.close();
        let task = self.spawn("aclose", site, future);
        // Cancelled before its first step, it throws that into the generator.
        self.mark_started(task);
        task
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
        self.inner.phase.get() == Phase::Over
    }

    /// Stops the loop in the next turn, with that turn (`_run_until_complete_cb`).
    pub(super) fn stop_soon(&self) {
        let event_loop = self.clone();
        let call = move || event_loop.inner.stopping.set(true);
        self.push_call(Cause::External, None, Box::new(call));
    }

    /// The loop was told to stop and the turn is over: what `asyncio.run` does next.
    pub(super) fn go_on_after_stop(&self) {
        match self.inner.phase.get() {
            Phase::Main => {
                if !self.cancel_tasks() {
                    self.close_generators();
                }
            }
            Phase::CancelledTasks => self.close_generators(),
            Phase::Generators => self.join_threads(),
            Phase::Threads => self.end_after_main(),
            Phase::Over => {}
        }
    }

    /// `_cancel_all_tasks`, in the order in which the tasks were made; `false` when none is left.
    fn cancel_tasks(&self) -> bool {
        let left = self.unfinished();
        if left.is_empty() {
            return false;
        }
        self.inner.phase.set(Phase::CancelledTasks);
        for task in &left {
            self.cancel(*task, None);
        }
        let event_loop = self.clone();
        self.when_all_done(&left, move || event_loop.stop_soon());
        true
    }

    fn unfinished(&self) -> Vec<TaskId> {
        let tasks = self.inner.tasks.borrow();
        let left = tasks.iter().filter(|task| task.ending.get().is_none());
        left.map(|task| task.id).collect()
    }

    /// The outer future of a gather, to which `then` is the first callback.
    fn when_all_done(&self, tasks: &[TaskId], then: impl FnOnce() + 'static) {
        let left = Rc::new(Cell::new(tasks.len()));
        let then = Rc::new(Cell::new(Some(then)));
        for task in tasks {
            let (left, then) = (Rc::clone(&left), Rc::clone(&then));
            self.call_when_done(*task, move || {
                left.set(left.get() - 1);
                if left.get() == 0
                    && let Some(then) = then.take()
                {
                    then();
                }
            });
        }
    }

    /// Runs `step` as the first step of a task that nobody sees, in the next turn.
    fn push_hidden_step(&self, step: impl FnOnce(&EventLoop) + 'static) {
        let event_loop = self.clone();
        let call = move || step(&event_loop);
        self.push_call(Cause::External, None, Box::new(call));
    }

    /// `loop.shutdown_asyncgens`.
    fn close_generators(&self) {
        self.inner.phase.set(Phase::Generators);
        self.push_hidden_step(|event_loop| {
            let generators = event_loop.inner.generators.take();
            let alive: Vec<_> = generators.iter().filter_map(Weak::upgrade).collect();
            if alive.is_empty() {
                event_loop.stop_soon();
                return;
            }
            let hold = |generator: &Rc<dyn Closable>| (Rc::clone(generator), false);
            *event_loop.inner.closing.borrow_mut() = alive.iter().map(hold).collect();
            let close = |generator| event_loop.close_generator(generator);
            let tasks: Vec<TaskId> = alive.into_iter().map(close).collect();
            let inner = event_loop.clone();
            // The gather wakes the task that awaits it, which ends and stops the loop. What it
            // held on to, and nobody else does any more, is closed after all.
            event_loop.when_all_done(&tasks, move || {
                inner.push_hidden_step(|event_loop| {
                    let held = event_loop.inner.closing.take();
                    for (generator, is_abandoned) in held.into_iter().rev() {
                        if is_abandoned {
                            event_loop.finalize_generator(generator);
                        }
                    }
                    event_loop.stop_soon();
                });
            });
        });
    }

    /// `loop.shutdown_default_executor`.
    fn join_threads(&self) {
        self.inner.phase.set(Phase::Threads);
        self.push_hidden_step(|event_loop| {
            let work = &event_loop.inner.thread_work;
            if work.under_way.get() == 0 {
                event_loop.stop_soon();
                return;
            }
            let inner = event_loop.clone();
            let when_idle = move || inner.push_hidden_step(EventLoop::stop_soon);
            *work.when_idle.borrow_mut() = Some(Box::new(when_idle));
        });
    }

    fn end_after_main(&self) {
        let main = self.task(TaskId::MAIN);
        let (reason, message) = match main.ending.get() {
            Some(Ending::Failed) => (EndReason::Failed, qualified(&self.main_error())),
            Some(Ending::Cancelled) => {
                let message = self.take_cancelled(TaskId::MAIN).unwrap_or_default();
                let failure = Failure::new("CancelledError", &*message);
                (EndReason::Failed, failure.qualified())
            }
            _ => (EndReason::Finished, String::new()),
        };
        self.end(reason, &message);
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
        if inner.phase.replace(Phase::Over) == Phase::Over {
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
        inner.thread_work.when_idle.take();
        inner.closing.take();
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
        // What was dropped may have left something to be called.
        inner.ready.take();
        self.wake_driver();
    }
}
