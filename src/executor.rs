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

use crate::clock::{Clock, RESOLUTION_NS};
use crate::derived::loop_state;
use crate::trace::{
    Cause, ClockKind, End, EndReason, Ending, Event, EventKind, Location, LocationId, MAX_EVENTS,
    MAX_TASKS, PollOutcome, ResourceId, ResourceInfo, ResourceKind, TaskId, TaskInfo, TextId,
    TimerId, Trace,
};
use std::cell::{Cell, Ref, RefCell};
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::future::Future;
use std::panic;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

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
    tasks: RefCell<Vec<Rc<Task>>>,
    /// Who is acting now: every wake and cancel is recorded as done by them.
    acting: Cell<Cause>,
    running: Cell<Option<TaskId>>,
    /// While a callback runs: the task that scheduled it.
    author: Cell<Option<TaskId>>,
    at: Cell<LocationId>,
    /// A cancellation that the running task has not felt yet.
    deliver_cancel: Cell<bool>,
    /// The running task is being unwound: see [`EventLoop::poll_cancelled`].
    unwinding: Cell<bool>,
    in_turn: Cell<bool>,
    /// When the last poll ended, as long as nothing has happened since: reading a browser's
    /// clock costs more than recording an event.
    poll_ended_ns: Cell<Option<u64>>,
    phase: RefCell<Phase>,
    /// Things outside the run that will wake it: requests, sockets, threads.
    pending_external: Cell<usize>,
    /// Wakes the future that drives a live run.
    driver: RefCell<Option<Waker>>,
    before_block: RefCell<Option<Box<dyn Fn()>>>,
}

/// How many turns `asyncio.run` takes after the tasks that it cancelled are done: it gathers them,
/// shuts the generators down, then the threads, each in a turn and one more.
const CLOSING_TURNS: u8 = 6;

#[derive(Debug, PartialEq, Eq)]
enum Phase {
    Running,
    /// The main task is done; asyncio runs one more turn before it stops.
    Stopping,
    /// `asyncio.run` cancelled these and waits for them.
    Cancelling(Vec<TaskId>),
    /// All those are done. Whatever they spawned on their way out has this many turns left.
    Closing(u8),
    Over,
}

struct Task {
    id: TaskId,
    future: RefCell<Option<TaskFuture>>,
    waker: Waker,
    queued: Cell<bool>,
    started: Cell<bool>,
    at: Cell<LocationId>,
    ending: Cell<Option<Ending>>,
    cancel_requested: Cell<bool>,
    /// How many cancellations were asked for and not taken back (`Task.cancelling()`).
    cancelling: Cell<u32>,
    /// What this task waits for, when that can be cancelled in its stead.
    awaited: RefCell<Option<Awaited>>,
    /// A cancellation is being passed on through this task right now.
    passing_cancel: Cell<bool>,
    done: RefCell<Vec<DoneCallback>>,
}

/// Something that a task waits for and that can be cancelled in the task's stead, as
/// `asyncio.Future` can.
pub trait Cancel {
    /// Gives it up and wakes who waits for it; `false` when it is done already.
    fn cancel(&self) -> bool;
}

impl<F: Fn() -> bool> Cancel for F {
    fn cancel(&self) -> bool {
        self()
    }
}

#[derive(Clone)]
enum Awaited {
    Task(TaskId),
    Other(Rc<dyn Cancel>),
}

/// What happens when a task ends; each becomes a handle of its own, in order.
enum DoneCallback {
    Wake(Waker),
    Call(Box<dyn FnOnce()>),
}

/// What a turn runs. Two words, as it is moved in and out of the queue at every step.
enum Handle {
    Step(Rc<Task>),
    Timer(Rc<TimerState>),
    Call(Box<Call>),
}

struct Call {
    by: Cause,
    call: Box<dyn FnOnce()>,
}

/// The timer heap. What was given up stays in it until it comes up, as in CPython.
#[derive(Default)]
struct Timers {
    heap: BinaryHeap<Reverse<Deadline>>,
    given_up: usize,
}

/// CPython clears its heap out when it holds more than this many timers that were given up, and
/// they are more than half (`_MIN_SCHEDULED_TIMER_HANDLES`).
const MOST_GIVEN_UP: usize = 100;

/// Orders timers by deadline, then by age.
struct Deadline {
    time_ns: u64,
    timer: Rc<TimerState>,
}

impl Ord for Deadline {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.time_ns, self.timer.id).cmp(&(other.time_ns, other.timer.id))
    }
}

impl PartialOrd for Deadline {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Deadline {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Deadline {}

impl Timers {
    /// The next deadline.
    fn next_ns(&mut self) -> Option<u64> {
        if self.given_up > MOST_GIVEN_UP && self.given_up * 2 > self.heap.len() {
            self.heap.retain(|Reverse(entry)| entry.timer.is_set());
            self.given_up = 0;
        }
        while let Some(Reverse(first)) = self.heap.peek() {
            if first.timer.is_set() {
                return Some(first.time_ns);
            }
            self.heap.pop();
            self.given_up -= 1;
        }
        None
    }
}

/// What a timer does when it is served.
enum TimerAction {
    Wake(TaskId),
    Call(Box<dyn FnOnce()>),
}

struct TimerState {
    id: TimerId,
    fired: Cell<bool>,
    /// `None` once it was served or given up.
    action: RefCell<Option<TimerAction>>,
}

impl TimerState {
    fn is_set(&self) -> bool {
        self.action.borrow().is_some()
    }
}

/// A timer that is given up when its handle is dropped.
pub struct Timer {
    event_loop: EventLoop,
    state: Rc<TimerState>,
    detached: bool,
}

impl Timer {
    /// Which timer it is in the trace.
    pub fn id(&self) -> TimerId {
        self.state.id
    }

    /// Whether it was served.
    pub fn fired(&self) -> bool {
        self.state.fired.get()
    }

    /// Leaves the timer to the loop: it fires unless the run ends before.
    pub fn detach(mut self) {
        self.detached = true;
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        if self.detached {
            return;
        }
        let Some(action) = self.state.action.take() else {
            return; // it was served, or the run is over
        };
        let timer = self.state.id;
        self.event_loop.inner.timers.borrow_mut().given_up += 1;
        // What the timer would have called may own other things with a drop of their own.
        drop(action);
        self.event_loop.record(EventKind::TimerDropped { timer });
    }
}

thread_local! {
    /// The loops of this thread, so that a waker, which must not own an `Rc`, finds its own.
    static LOOPS: RefCell<Vec<Weak<Inner>>> = const { RefCell::new(Vec::new()) };
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
                tasks: RefCell::default(),
                acting: Cell::new(Cause::External),
                running: Cell::new(None),
                author: Cell::new(None),
                at: Cell::new(LocationId::UNKNOWN),
                deliver_cancel: Cell::new(false),
                unwinding: Cell::new(false),
                in_turn: Cell::new(false),
                poll_ended_ns: Cell::new(None),
                phase: RefCell::new(Phase::Running),
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

    // --- time ---------------------------------------------------------------------------

    /// Nanoseconds since the run began.
    pub fn now_ns(&self) -> u64 {
        self.inner.clock.now_ns()
    }

    /// The clock of the run.
    pub fn clock(&self) -> &dyn Clock {
        &*self.inner.clock
    }

    /// Which clock the run uses.
    pub fn clock_kind(&self) -> ClockKind {
        self.inner.clock.kind()
    }

    /// Blocks the thread for a time, as `time.sleep` does, and records it.
    pub fn block(&self, duration_ns: u64) {
        self.while_blocked(|clock| clock.block(duration_ns));
    }

    /// Does CPU work that keeps the thread, and records how long. Under the instant clock it
    /// takes `cost_ns`.
    pub fn work<T>(&self, cost_ns: u64, work: impl FnOnce() -> T) -> T {
        self.while_blocked(|clock| {
            let result = work();
            clock.spend(cost_ns);
            result
        })
    }

    /// Keeps the thread until a time less than a millisecond away, while nothing is ready. What
    /// happens outside meanwhile is seen after it.
    pub fn spin_until(&self, time_ns: u64) {
        let left_ns = time_ns.saturating_sub(self.now_ns());
        if left_ns < 1_000_000 {
            self.inner.clock.block(left_ns);
        }
    }

    fn while_blocked<T>(&self, block: impl FnOnce(&dyn Clock) -> T) -> T {
        let (task, at) = (self.running(), self.inner.at.get());
        if let Some(task) = task {
            self.record(EventKind::Blocks { task, at });
        }
        if let Some(flush) = &*self.inner.before_block.borrow() {
            flush();
        }
        let from_ns = self.now_ns();
        let result = block(&*self.inner.clock);
        if let Some(task) = task {
            self.record(EventKind::Blocked { task, at, from_ns });
        }
        result
    }

    /// Calls `flush` before each time the thread is blocked, so that the page shows what
    /// happened until then.
    pub fn before_block(&self, flush: impl Fn() + 'static) {
        *self.inner.before_block.borrow_mut() = Some(Box::new(flush));
    }

    // --- recording ----------------------------------------------------------------------

    /// Records a fact at the present time.
    pub fn record(&self, kind: EventKind) {
        if self.inner.limits.recording {
            self.record_at(self.now_ns(), kind);
        }
    }

    fn record_at(&self, time_ns: u64, kind: EventKind) {
        let inner = &*self.inner;
        let mut trace = inner.trace.borrow_mut();
        if trace.end.is_some() {
            return;
        }
        trace.events.push(Event { time_ns, kind });
        if trace.events.len() >= inner.limits.events {
            drop(trace);
            self.end(
                EndReason::Limit,
                &format!(
                    "the run stopped at {} events, the most that one run records; what was recorded until then is shown",
                    inner.limits.events
                ),
            );
        }
    }

    /// What was recorded so far.
    pub fn trace(&self) -> Ref<'_, Trace> {
        self.inner.trace.borrow()
    }

    /// What was recorded; the loop is used up.
    pub fn into_trace(self) -> Trace {
        self.inner.trace.replace(Trace::new(self.clock_kind()))
    }

    /// A string for an event.
    pub fn text(&self, text: &str) -> TextId {
        if text.is_empty() || !self.inner.limits.recording {
            return TextId::EMPTY;
        }
        let mut trace = self.inner.trace.borrow_mut();
        trace.texts.push(text.into());
        TextId((trace.texts.len() - 1) as u32)
    }

    /// A new resource, recorded as made.
    pub fn resource(&self, kind: ResourceKind, name: &str) -> ResourceId {
        let resource = {
            let mut trace = self.inner.trace.borrow_mut();
            trace.resources.push(ResourceInfo {
                kind,
                name: name.into(),
            });
            ResourceId((trace.resources.len() - 1) as u32)
        };
        self.record(EventKind::ResourceMade { resource });
        resource
    }

    /// Says that the running task stands at this line now.
    pub fn set_location(&self, site: &'static panic::Location<'static>) -> LocationId {
        let inner = &*self.inner;
        if let Some((last, at)) = inner.last_site.get()
            && std::ptr::eq(last, site)
        {
            inner.at.set(at);
            return at;
        }
        let mut sites = inner.sites.borrow_mut();
        let known = sites
            .iter()
            .position(|known| std::ptr::eq(*known, site) || *known == site);
        let index = known.unwrap_or_else(|| {
            sites.push(site);
            inner.trace.borrow_mut().locations.push(Location {
                file: site.file().into(),
                line: site.line(),
            });
            sites.len() - 1
        });
        // Row 0 of the trace's table is the unknown place.
        let at = LocationId((index + 1) as u16);
        inner.last_site.set(Some((site, at)));
        inner.at.set(at);
        at
    }

    /// The line where the running task stands.
    pub fn location(&self) -> LocationId {
        self.inner.at.get()
    }

    // --- tasks --------------------------------------------------------------------------

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
        at: &'static panic::Location<'static>,
        future: TaskFuture,
    ) -> TaskId {
        let inner = &*self.inner;
        let location = self.set_location(at);
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
            at: Cell::new(LocationId::UNKNOWN),
            ending: Cell::new(None),
            cancel_requested: Cell::new(false),
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
        inner.ready.borrow_mut().push(Handle::Step(task));
        self.wake_driver();
        id
    }

    /// Adds a lane for work that runs on another thread (counted from 1); nothing here polls it.
    pub fn add_thread_lane(
        &self,
        name: &str,
        at: &'static panic::Location<'static>,
        thread: u16,
    ) -> TaskId {
        let location = self.set_location(at);
        let id = TaskId(self.inner.tasks.borrow().len() as u32);
        self.inner.tasks.borrow_mut().push(Rc::new(Task {
            id,
            future: RefCell::default(),
            waker: Waker::noop().clone(),
            queued: Cell::new(true),
            started: Cell::new(true),
            at: Cell::new(location),
            // It is not the loop's to cancel or to wait for.
            ending: Cell::new(Some(Ending::Returned)),
            cancel_requested: Cell::new(false),
            cancelling: Cell::new(0),
            awaited: RefCell::default(),
            passing_cancel: Cell::new(false),
            done: RefCell::default(),
        }));
        self.add_task_row(name, location, thread);
        self.record(EventKind::Spawn { task: id });
        id
    }

    fn add_task_row(&self, name: &str, location: LocationId, thread: u16) {
        self.inner.trace.borrow_mut().tasks.push(TaskInfo {
            name: name.into(),
            parent: self.running().or_else(|| self.inner.author.get()),
            location,
            thread,
        });
    }

    fn task(&self, id: TaskId) -> Rc<Task> {
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
            self.inner
                .ready
                .borrow_mut()
                .push(Handle::Step(Rc::clone(task)));
            self.wake_driver();
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

    /// Wakes `waker` when the task ends; at once when it has.
    pub fn wake_when_done(&self, task: TaskId, waker: &Waker) {
        self.add_done_callback(task, DoneCallback::Wake(waker.clone()));
    }

    /// Runs `call` as a handle of its own in the turn after the task's end
    /// (`Task.add_done_callback`).
    pub fn call_when_done(&self, task: TaskId, call: impl FnOnce() + 'static) {
        self.add_done_callback(task, DoneCallback::Call(Box::new(call)));
    }

    fn add_done_callback(&self, task: TaskId, callback: DoneCallback) {
        let task = self.task(task);
        if task.ending.get().is_some() {
            self.schedule_done(callback, Cause::Task(task.id));
        } else {
            task.done.borrow_mut().push(callback);
        }
    }

    fn schedule_done(&self, callback: DoneCallback, by: Cause) {
        match callback {
            DoneCallback::Wake(waker) => {
                let before = self.inner.acting.replace(by);
                waker.wake();
                self.inner.acting.set(before);
            }
            DoneCallback::Call(call) => self.push_call(by, call),
        }
    }

    /// Runs `call` as a handle of its own in the next turn (`loop.call_soon`). Whatever it wakes
    /// counts as woken by who acts now.
    pub fn call_soon(&self, call: impl FnOnce() + 'static) {
        self.push_call(self.inner.acting.get(), Box::new(call));
    }

    fn push_call(&self, by: Cause, call: Box<dyn FnOnce()>) {
        let call = Handle::Call(Box::new(Call { by, call }));
        self.inner.ready.borrow_mut().push(call);
        self.wake_driver();
    }

    // --- cancellation -------------------------------------------------------------------

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
    fn pass_cancel(&self, task: Rc<Task>) {
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

    // --- timers -------------------------------------------------------------------------

    /// A timer that wakes the running task.
    pub fn wake_at(&self, deadline_ns: u64) -> Timer {
        let task = self.running().unwrap_or(TaskId::MAIN);
        self.set_timer(deadline_ns, TimerAction::Wake(task))
    }

    /// A timer that runs `call` (`loop.call_at`).
    pub fn call_at(&self, deadline_ns: u64, call: impl FnOnce() + 'static) -> Timer {
        self.set_timer(deadline_ns, TimerAction::Call(Box::new(call)))
    }

    fn set_timer(&self, deadline_ns: u64, action: TimerAction) -> Timer {
        let id = TimerId(self.inner.timers_made.get());
        self.inner.timers_made.set(id.0 + 1);
        let state = Rc::new(TimerState {
            id,
            fired: Cell::new(false),
            action: RefCell::new(Some(action)),
        });
        self.inner.timers.borrow_mut().heap.push(Reverse(Deadline {
            time_ns: deadline_ns,
            timer: Rc::clone(&state),
        }));
        self.record(EventKind::TimerSet {
            timer: id,
            deadline_ns,
        });
        Timer {
            event_loop: self.clone(),
            state,
            detached: false,
        }
    }

    // --- the outside --------------------------------------------------------------------

    /// Counts something outside the run that will wake it, until the returned guard is dropped.
    pub fn outside(&self) -> Outside {
        let pending = &self.inner.pending_external;
        pending.set(pending.get() + 1);
        Outside {
            event_loop: self.clone(),
        }
    }

    /// Whether anything outside the run may still wake it.
    pub fn has_pending_external(&self) -> bool {
        self.inner.pending_external.get() > 0
    }

    /// Wakes `driver` when something outside makes a handle ready.
    pub fn set_driver(&self, driver: &Waker) {
        *self.inner.driver.borrow_mut() = Some(driver.clone());
    }

    /// Whether the driver of the last [`Self::set_driver`] was woken.
    pub fn driver_was_woken(&self) -> bool {
        self.inner.driver.borrow().is_none()
    }

    /// Whether a handle is ready to run.
    pub fn has_ready(&self) -> bool {
        !self.inner.ready.borrow().is_empty()
    }

    fn wake_driver(&self) {
        if !self.inner.in_turn.get()
            && let Some(driver) = self.inner.driver.borrow_mut().take()
        {
            driver.wake();
        }
    }

    // --- running ------------------------------------------------------------------------

    /// One pass of the loop: every due timer becomes ready, then exactly the handles that are
    /// ready now run once, in order.
    pub fn turn(&self) -> Turn {
        let inner = &*self.inner;
        if self.is_over() {
            return Turn::Over;
        }
        self.ready_due_timers();
        if !self.has_ready() {
            if *inner.phase.borrow() == Phase::Running || self.is_cancelling() {
                return Turn::Idle {
                    next_deadline_ns: inner.timers.borrow_mut().next_ns(),
                };
            }
        } else {
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
        }
        self.advance_phase();
        if self.is_over() {
            Turn::Over
        } else {
            Turn::Ran
        }
    }

    fn is_over(&self) -> bool {
        matches!(*self.inner.phase.borrow(), Phase::Over)
    }

    fn is_cancelling(&self) -> bool {
        matches!(*self.inner.phase.borrow(), Phase::Cancelling(_))
    }

    fn ready_due_timers(&self) {
        let inner = &*self.inner;
        let mut timers = inner.timers.borrow_mut();
        let Some(mut next_ns) = timers.next_ns() else {
            return;
        };
        let due_ns = inner.clock.now_ns() + RESOLUTION_NS;
        while next_ns < due_ns
            && let Some(Reverse(due)) = timers.heap.pop()
        {
            inner.ready.borrow_mut().push(Handle::Timer(due.timer));
            next_ns = timers.next_ns().unwrap_or(u64::MAX);
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
                    TimerAction::Call(call) => call(),
                }
            }
            Handle::Call(call) => {
                inner.acting.set(call.by);
                (call.call)();
            }
        }
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
        inner.at.set(task.at.get());
        // Most tasks wait for nothing that could be cancelled in their stead.
        if task.awaited.borrow().is_some() {
            *task.awaited.borrow_mut() = None;
        }
        let recording = inner.limits.recording;
        if recording {
            let start_ns = inner.poll_ended_ns.take();
            self.record_at(
                start_ns.unwrap_or_else(|| self.now_ns()),
                EventKind::PollStart { task: id },
            );
        }
        let cancelled = task.cancel_requested.take();
        let first = !task.started.replace(true);
        let polled = if cancelled && first {
            inner.unwinding.set(true); // cancelled before its first step: its code never runs
            Ok(Poll::Pending)
        } else {
            inner.deliver_cancel.set(cancelled);
            let mut context = Context::from_waker(&task.waker);
            catch_panic(|| future.as_mut().poll(&mut context))
        };
        // A cancellation that nobody inside felt: the task waits for something that is not ours.
        let is_unwound = inner.unwinding.take() | inner.deliver_cancel.take();
        let end = match polled {
            Ok(Poll::Pending) if !is_unwound => {
                self.suspend(task);
                if self.is_over() {
                    *slot = None;
                }
                return;
            }
            Ok(Poll::Pending) => None,
            // Cancelled while it ran and finished without another await: CPython counts that
            // as cancelled too (`Task.__step`, on StopIteration), but not a failure.
            Ok(Poll::Ready((Ending::Returned, _))) if task.cancel_requested.take() => None,
            Ok(Poll::Ready(end)) => Some(end),
            Err(message) => {
                *slot = None;
                self.record_panic(&message);
                self.drop_everything();
                return;
            }
        };
        // What the future owns is cleaned up while the task still runs.
        *slot = None;
        let at = inner.at.get();
        self.record(EventKind::PollEnd {
            task: id,
            outcome: PollOutcome::Ready,
            at,
        });
        inner.running.set(None);
        let (ending, text) = end.unwrap_or((Ending::Cancelled, String::new()));
        self.finish(task, ending, &text);
    }

    /// The task awaits something, and the loop goes on with the next handle.
    fn suspend(&self, task: &Rc<Task>) {
        let inner = &*self.inner;
        inner.running.set(None);
        // Cancelled while it ran: that is felt where it waits now.
        if !task.queued.get() && task.cancel_requested.take() {
            self.pass_cancel(Rc::clone(task));
        }
        let at = inner.at.get();
        task.at.set(at);
        if inner.limits.recording {
            let end_ns = self.now_ns();
            let (task, outcome) = (task.id, PollOutcome::Pending);
            self.record_at(end_ns, EventKind::PollEnd { task, outcome, at });
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
        for callback in task.done.take() {
            self.schedule_done(callback, Cause::Task(task.id));
        }
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
            at: inner.at.get(),
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

    /// After a turn: does what `asyncio.run` does around the main task.
    fn advance_phase(&self) {
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

    /// Ends the run: records why, then drops every task.
    pub fn end(&self, reason: EndReason, message: &str) {
        if self.record_end(reason, message) {
            self.drop_everything();
        }
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

    fn drop_everything(&self) {
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

    /// Ends the run as a deadlock, with a sentence that says who waits for what.
    pub fn end_as_deadlock(&self) {
        let waits = {
            let trace = self.trace();
            loop_state::who_waits(&trace)
        };
        self.end(
            EndReason::Deadlock,
            &format!("deadlock: nothing can wake what is left; {waits}"),
        );
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
}

/// Something outside the run that will wake it.
pub struct Outside {
    event_loop: EventLoop,
}

impl Drop for Outside {
    fn drop(&mut self) {
        let pending = &self.event_loop.inner.pending_external;
        pending.set(pending.get() - 1);
        // The driver may now find that nothing can wake the run any more.
        self.event_loop.wake_driver();
    }
}

/// Runs `code`; the message of its panic, if it panics. Where a panic ends the program, as in
/// wasm, the worker's panic hook has the last word instead.
#[cfg(panic = "unwind")]
fn catch_panic<T>(code: impl FnOnce() -> T) -> Result<T, String> {
    panic::catch_unwind(panic::AssertUnwindSafe(code)).map_err(|panic| panic_message(&*panic))
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
