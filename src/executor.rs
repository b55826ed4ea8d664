//! The event loop: one ready queue, one timer heap, and [`EventLoop::turn`].
//!
//! The order in which things run is asyncio's (CPython 3.11 to 3.14, `base_events._run_once`):
//! the ready queue holds handles, a handle is a task's next step, a due timer or a callback, a
//! turn runs exactly the handles that are ready when it begins, and what they make ready waits
//! for the next turn. So a timer wakes its task one turn before the task runs, and a gather
//! takes a turn more than awaiting a task, as in CPython: that decides the order of lines.
//! Where versions differ (a gather of finished tasks, a cancelled wait for a condition, the
//! cancellations that a group takes back) this is 3.13's. `tests/semantics` compares them.
//!
//! The task cell is the standard library's [`Wake`] and a boxed future. `async-task` would merge
//! a second wake silently inside its cell, but we have to record it.
//!
//! A run stays on one thread: a waker that is used on another, or after the run is over, does
//! nothing.

pub mod failure;
pub mod task;
pub mod timer;
pub mod turn;

pub mod context;
pub mod external;
pub mod shutdown;

mod cancel;
mod ready;
mod recording;
mod time;
mod unwind;

use crate::clock::Clock;
use crate::executor::context::Context;
use crate::executor::failure::{CancelMessage, Unwind};
use crate::executor::ready::Handle;
use crate::executor::shutdown::{Closable, Phase, ThreadWork};
use crate::executor::task::Task;
use crate::executor::timer::Timers;
use crate::trace::{Cause, Ending, LocationId, MAX_EVENTS, MAX_TASKS, TaskId, Trace};
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::panic;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::Waker;

/// A task's future; its output says how it ended and, in words, with what.
pub type TaskFuture = Pin<Box<dyn Future<Output = TaskEnd>>>;

/// How a task's future ended: [`Ending::Returned`] or [`Ending::Failed`], and a text.
pub type TaskEnd = (Ending, String);

/// What a run may use up, and whether it is recorded.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Most events.
    pub events: usize,
    /// Most tasks.
    pub tasks: usize,
    /// `false` only in benchmarks: nothing is recorded then, not even output.
    pub recording: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            events: MAX_EVENTS,
            tasks: MAX_TASKS,
            recording: true,
        }
    }
}

/// The event loop of one run; clones are the same loop.
#[derive(Clone)]
pub struct EventLoop {
    inner: Rc<Inner>,
}

struct Inner {
    slot: usize,
    clock: Rc<dyn Clock>,
    limits: Limits,
    trace: RefCell<Trace>,
    /// The last call site, since most steps stand where the last one stood.
    last_site: Cell<Option<(&'static panic::Location<'static>, LocationId)>>,
    /// The call sites behind [`Trace::locations`], in the same order.
    sites: RefCell<Vec<&'static panic::Location<'static>>>,
    /// In order. A turn takes them all at once, as it runs exactly those.
    ready: RefCell<Vec<Handle>>,
    /// The memory of the last turn's handles, for the next.
    spare: Cell<Vec<Handle>>,
    timers: RefCell<Timers>,
    timers_made: Cell<u32>,
    callbacks_made: Cell<u32>,
    tasks: RefCell<Vec<Rc<Task>>>,
    /// Who is acting now: every wake and cancel is recorded as done by them.
    acting: Cell<Cause>,
    running: Cell<Option<TaskId>>,
    /// While a callback runs: the task that scheduled it.
    author: Cell<Option<TaskId>>,
    location: Cell<LocationId>,
    /// A cancellation that the running task has not felt yet.
    deliver_cancel: Cell<bool>,
    /// The message of that cancellation.
    deliver_message: RefCell<CancelMessage>,
    /// What unwinds the running task.
    unwinding: RefCell<Option<Unwind>>,
    /// The context variables of what runs now.
    context: RefCell<Context>,
    /// How many context variables there are.
    variables: Cell<u32>,
    in_turn: Cell<bool>,
    /// When the last poll ended, as long as nothing has happened since: reading a browser's
    /// clock costs more than recording an event.
    poll_ended_ns: Cell<Option<u64>>,
    phase: Cell<Phase>,
    /// The loop was told to stop with the turn that it is in.
    stopping: Cell<bool>,
    /// Async generators that began and did not end.
    generators: RefCell<Vec<Weak<dyn Closable>>>,
    /// Those that the shutdown closes, and whether nobody else holds them any more.
    closing: RefCell<Vec<(Rc<dyn Closable>, bool)>>,
    /// Pieces of work on other threads, which a run does not leave behind.
    thread_work: ThreadWork,
    /// Things outside the run that will wake it: requests, sockets, threads.
    pending_external: Cell<usize>,
    /// Wakes the future that drives a live run.
    driver: RefCell<Option<Waker>>,
    before_block: RefCell<Option<Box<dyn Fn()>>>,
}

thread_local! {
    /// The loops of this thread, so that a waker, which must not own an `Rc`, finds its own.
    static LOOPS: RefCell<Vec<Weak<Inner>>> = const { RefCell::new(Vec::new()) };
}

impl EventLoop {
    /// A loop in which nothing runs yet.
    pub fn new(clock: Rc<dyn Clock>, limits: Limits) -> Self {
        let trace = RefCell::new(Trace::new(clock.kind()));
        let inner = LOOPS.with(|loops| {
            let mut loops = loops.borrow_mut();
            let slot = loops
                .iter()
                .position(|entry| entry.strong_count() == 0)
                .unwrap_or(loops.len());
            let inner = Rc::new(Inner {
                slot,
                clock,
                limits,
                trace,
                last_site: Cell::new(None),
                sites: RefCell::default(),
                ready: RefCell::default(),
                spare: Cell::default(),
                timers: RefCell::default(),
                timers_made: Cell::new(0),
                callbacks_made: Cell::new(0),
                tasks: RefCell::default(),
                acting: Cell::new(Cause::External),
                running: Cell::new(None),
                author: Cell::new(None),
                location: Cell::new(LocationId::UNKNOWN),
                deliver_cancel: Cell::new(false),
                deliver_message: RefCell::default(),
                unwinding: RefCell::default(),
                context: RefCell::default(),
                variables: Cell::new(0),
                in_turn: Cell::new(false),
                poll_ended_ns: Cell::new(None),
                phase: Cell::new(Phase::Main),
                stopping: Cell::new(false),
                generators: RefCell::default(),
                closing: RefCell::default(),
                thread_work: ThreadWork::default(),
                pending_external: Cell::new(0),
                driver: RefCell::default(),
                before_block: RefCell::default(),
            });
            let entry = Rc::downgrade(&inner);
            if slot == loops.len() {
                loops.push(entry);
            } else {
                loops[slot] = entry;
            }
            inner
        });
        EventLoop { inner }
    }

    /// How many loops of this thread somebody still holds. A run that is over and looked at by
    /// nobody is none of them, or it leaks.
    pub fn alive() -> usize {
        LOOPS.with(|loops| {
            let loops = loops.borrow();
            loops
                .iter()
                .filter(|entry| entry.strong_count() > 0)
                .count()
        })
    }
}
