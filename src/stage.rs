//! What a demo sees of the world: time, tasks, output, and things to wait for.
//!
//! Every primitive records what it does. Semantics and order are asyncio's; each item names the
//! function of CPython's that it follows. A [`Stage`] is a handle: clones are the same stage.

pub mod task;
pub mod task_output;

pub mod awaitable;
pub mod future;
pub mod gather;
pub mod several;
pub mod shield;

pub mod group;
pub mod timeout;

pub mod barrier;
pub mod queue;
pub mod sync;

pub mod coroutine;
pub mod generator;
pub mod greenlet;

pub mod context;
pub mod handle;

pub mod browser;
pub mod http;
pub mod job;
pub mod random;
pub mod socket;
pub mod threads;

mod wait;

// Everything on a stage may fail, so this is where one looks for it.
pub use crate::executor::failure::Failure;

use crate::executor::EventLoop;
use crate::executor::failure::{CancelMessage, Unwind};
use crate::executor::timer::Timer;
use crate::stage::awaitable::{Await, Awaitable};
use crate::stage::barrier::Barrier;
use crate::stage::browser::Browser;
use crate::stage::context::ContextVar;
use crate::stage::coroutine::Coroutine;
use crate::stage::gather::Gather;
use crate::stage::generator::{Generator, Yielder};
use crate::stage::group::TaskGroup;
use crate::stage::handle::{CallHandle, CallbackOutput};
use crate::stage::http::Http;
use crate::stage::job::Job;
use crate::stage::queue::{Items, Queue};
use crate::stage::random::Random;
use crate::stage::several::{AsCompleted, WaitUntil};
use crate::stage::shield::Shield;
use crate::stage::sync::{BoundedSemaphore, Condition, Event, Lock, Semaphore};
use crate::stage::task::{CurrentTask, Task};
use crate::stage::task_output::TaskOutput;
use crate::stage::threads::Threads;
use crate::stage::timeout::{TimedOut, Timeout, TimeoutScope};
use crate::stage::wait::WaitList;
use crate::trace::{ClockKind, EventKind, TaskId, WaitFor};
use std::collections::VecDeque;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

/// A handle on the run that a demo is part of.
#[derive(Clone)]
pub struct Stage {
    event_loop: EventLoop,
    /// Where a browser is, and time really passes.
    browser: Option<Rc<dyn Browser>>,
}

/// The task was cancelled while it was in the body of a [`Stage::catch_cancel`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cancelled {
    /// What the one who cancelled it said (`str(error)`).
    pub message: CancelMessage,
}

impl From<Cancelled> for Unwind {
    fn from(cancelled: Cancelled) -> Self {
        Unwind::Cancelled(cancelled.message)
    }
}

impl From<Failure> for Unwind {
    fn from(failure: Failure) -> Self {
        Unwind::Raised(failure)
    }
}

impl Stage {
    /// The stage of a run.
    pub fn new(event_loop: EventLoop) -> Self {
        Stage {
            event_loop,
            browser: None,
        }
    }

    /// The loop underneath, for primitives.
    pub(crate) fn event_loop(&self) -> &EventLoop {
        &self.event_loop
    }

    // --- time ---------------------------------------------------------------------------

    /// The time since the run began (`loop.time()`).
    pub fn now(&self) -> Duration {
        Duration::from_nanos(self.event_loop.now_ns())
    }

    /// Waits for a time while others run (`asyncio.sleep`). A sleep of zero is [`Self::yield_now`].
    #[track_caller]
    pub fn sleep(&self, duration: Duration) -> Sleep {
        self.event_loop.set_location(Location::caller());
        Sleep {
            event_loop: self.event_loop.clone(),
            duration,
            state: SleepState::New,
        }
    }

    /// Lets everybody else who is ready run once (`asyncio.sleep(0)`).
    #[track_caller]
    pub fn yield_now(&self) -> YieldNow {
        self.event_loop.set_location(Location::caller());
        YieldNow {
            event_loop: self.event_loop.clone(),
            yielded: false,
        }
    }

    /// Holds the thread for a time, so that nobody else can run (`time.sleep`).
    #[track_caller]
    pub fn block(&self, duration: Duration) {
        self.event_loop.set_location(Location::caller());
        self.event_loop.block(nanos(duration));
    }

    /// Does CPU work, which holds the thread too. Under the instant clock it takes `cost`.
    #[track_caller]
    pub fn work<T>(&self, cost: Duration, work: impl FnOnce() -> T) -> T {
        self.event_loop.set_location(Location::caller());
        self.event_loop.work(nanos(cost), work)
    }

    /// Runs `call` after a time, outside any task, if the run lasts that long
    /// (`loop.call_later`). What it prints counts as printed by the task that scheduled it.
    #[track_caller]
    pub fn call_later<R: CallbackOutput>(
        &self,
        delay: Duration,
        call: impl FnOnce() -> R + 'static,
    ) -> CallHandle {
        self.call_at(self.now().saturating_add(delay), call)
    }

    /// Runs `call` at a time, counted from the beginning of the run, outside any task, if the run
    /// lasts that long (`loop.call_at`).
    #[track_caller]
    pub fn call_at<R: CallbackOutput>(
        &self,
        when: Duration,
        call: impl FnOnce() -> R + 'static,
    ) -> CallHandle {
        self.event_loop.set_location(Location::caller());
        let mut handle = CallHandle::default();
        let call = self.callback(&handle, call);
        let timer = self.event_loop.call_at(nanos(when), call);
        handle.set_timer(when, timer);
        handle
    }

    /// Runs `call` in the next turn, outside any task (`loop.call_soon`).
    #[track_caller]
    pub fn call_soon<R: CallbackOutput>(&self, call: impl FnOnce() -> R + 'static) -> CallHandle {
        self.event_loop.set_location(Location::caller());
        let handle = CallHandle::default();
        let call = self.callback(&handle, call);
        self.event_loop.call_soon(call);
        handle
    }

    /// A call in the name of the task that schedules it, which can be taken back.
    fn callback<R: CallbackOutput>(
        &self,
        handle: &CallHandle,
        call: impl FnOnce() -> R + 'static,
    ) -> impl FnOnce() + 'static {
        let (event_loop, author) = (self.event_loop.clone(), self.event_loop.author());
        let handle = handle.clone();
        move || {
            if handle.is_cancelled() {
                return;
            }
            let problem = {
                let mut problem = None;
                event_loop.run_for(author, || problem = call().failure());
                problem
            };
            if let Some(failure) = problem {
                event_loop.run_for(author, || {
                    event_loop.note_failed_callback(&failure.to_string());
                });
            }
        }
    }

    /// Computes for that long and never looks up: CPU work that has a known length.
    #[track_caller]
    pub fn compute(&self, duration: Duration) {
        self.event_loop.set_location(Location::caller());
        let end = self.now() + duration;
        self.event_loop.work(nanos(duration), || {
            let mut number: u64 = 1;
            // The instant clock stands still meanwhile: there the cost alone counts.
            while self.event_loop.clock_kind() == ClockKind::Live && self.now() < end {
                for _ in 0..10_000 {
                    number = std::hint::black_box(number.wrapping_mul(6_364_136_223_846_793_005));
                }
            }
        });
    }

    /// Does a piece of work on the loop's own thread, and returns its result.
    #[track_caller]
    pub fn run_here(&self, job: Job) -> u64 {
        self.work(job.cost(), || match self.event_loop.clock_kind() {
            ClockKind::Live => job.run(self.event_loop.clock()),
            ClockKind::Instant => job.result(),
        })
    }

    // --- tasks --------------------------------------------------------------------------

    /// Makes a task, which first runs in the next turn (`asyncio.create_task`).
    #[track_caller]
    pub fn spawn<T: TaskOutput>(
        &self,
        name: impl Into<String>,
        body: impl Future<Output = T> + 'static,
    ) -> Task<T> {
        Task::spawn(self, &name.into(), Location::caller(), body)
    }

    /// The name of the task that runs now.
    pub fn task_name(&self) -> String {
        let task = self.event_loop.running().unwrap_or(TaskId::MAIN);
        self.event_loop.trace().name(task).to_owned()
    }

    /// The task that runs now (`asyncio.current_task`).
    pub fn current_task(&self) -> CurrentTask {
        CurrentTask::new(self)
    }

    /// Waits for all of them; results in the order of the arguments (`asyncio.gather`).
    ///
    /// Of tasks that can fail the results are all collected (`return_exceptions=True`); see
    /// [`Self::try_gather`].
    #[track_caller]
    pub fn gather<A: Awaitable>(
        &self,
        things: impl IntoIterator<Item = A>,
    ) -> Gather<A, Vec<A::Output>> {
        // Collecting them may spawn them, each from a line of its own.
        let things = things.into_iter().collect();
        self.event_loop.set_location(Location::caller());
        Gather::collecting(self, things)
    }

    /// Waits for all of them, but no longer than until the first fails: then the others go on
    /// without anybody waiting for them (`asyncio.gather`).
    #[track_caller]
    pub fn try_gather<A, T>(
        &self,
        things: impl IntoIterator<Item = A>,
    ) -> Gather<A, Result<Vec<T>, Failure>>
    where
        A: Awaitable<Output = Result<T, Failure>>,
        T: TaskOutput,
    {
        let things = things.into_iter().collect();
        self.event_loop.set_location(Location::caller());
        Gather::failing(self, things)
    }

    /// Waits for something; when the task is cancelled meanwhile, that goes on
    /// (`asyncio.shield`).
    pub fn shield<A: Awaitable>(&self, thing: &A) -> Shield<A> {
        Shield::new(thing.clone())
    }

    /// Waits for one, some or all of several, whatever they come to, but no longer than `timeout`
    /// if there is one: those that are done then, and those that are not (`asyncio.wait`).
    /// Nothing begins before this is awaited.
    #[track_caller]
    pub fn wait<A: Awaitable>(
        &self,
        things: &[A],
        until: WaitUntil,
        timeout: Option<Duration>,
    ) -> impl Future<Output = (Vec<A>, Vec<A>)> + use<A> {
        self.event_loop.set_location(Location::caller());
        several::wait(self.clone(), things.to_vec(), until, timeout)
    }

    /// Waits until the first of the tasks ends, however it ends; the others go on
    /// (`asyncio.wait(…, return_when=FIRST_COMPLETED)`).
    #[track_caller]
    pub fn wait_first<A: Awaitable>(&self, things: &[A]) -> impl Future<Output = ()> + use<A> {
        let wait = self.wait(things, WaitUntil::FirstCompleted, None);
        async move {
            wait.await;
        }
    }

    /// Waits until all tasks ended, however they end (`asyncio.wait`).
    #[track_caller]
    pub fn wait_all<A: Awaitable>(&self, things: &[A]) -> impl Future<Output = ()> + use<A> {
        let wait = self.wait(things, WaitUntil::AllCompleted, None);
        async move {
            wait.await;
        }
    }

    /// Waits for the first task to end, takes its result, and cancels the others.
    ///
    /// # Panics
    /// Without any task nobody can win.
    #[track_caller]
    pub fn race<T: TaskOutput>(&self, tasks: Vec<Task<T>>) -> impl Future<Output = T> + use<T> {
        assert!(!tasks.is_empty(), "a race needs a task");
        let first = self.wait_first(&tasks);
        async move {
            first.await;
            let winner = tasks.iter().position(Task::is_done).unwrap_or_default();
            for task in &tasks {
                task.cancel();
            }
            (&tasks[winner]).await
        }
    }

    /// The results in the order in which the tasks end (`asyncio.as_completed`).
    #[track_caller]
    pub fn as_completed<A: Awaitable>(
        &self,
        things: impl IntoIterator<Item = A>,
    ) -> AsCompleted<A> {
        let things = things.into_iter().collect();
        self.event_loop.set_location(Location::caller());
        AsCompleted::new(self, things, None)
    }

    /// [`Self::as_completed`] of those that are done within a time
    /// (`asyncio.as_completed(…, timeout=limit)`).
    #[track_caller]
    pub fn as_completed_within<A: Awaitable>(
        &self,
        limit: Duration,
        things: impl IntoIterator<Item = A>,
    ) -> AsCompleted<A> {
        let things = things.into_iter().collect();
        self.event_loop.set_location(Location::caller());
        AsCompleted::new(self, things, Some(limit))
    }

    /// Runs `body`, which spawns tasks with the group it is given, then waits for them all
    /// (`async with asyncio.TaskGroup()`). When one fails the others are cancelled, and the
    /// answer holds every error.
    #[track_caller]
    pub fn task_group<T, F>(
        &self,
        body: impl FnOnce(TaskGroup) -> F,
    ) -> impl Future<Output = Result<T, Vec<Failure>>>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        self.event_loop.set_location(Location::caller());
        group::run(self, body)
    }

    /// A coroutine as an object (what calling an `async def` gives): it shows as a level of its
    /// own in the task that awaits it, and as a finding when nobody does.
    #[track_caller]
    pub fn coroutine<F: Future>(&self, name: &'static str, body: F) -> Coroutine<F> {
        Coroutine::new(self, name, Location::caller(), body)
    }

    /// A body that yields values and may wait in between (`async def` with `yield`).
    #[track_caller]
    pub fn generator<T: 'static, S: 'static, F>(
        &self,
        body: impl FnOnce(Yielder<T, S>) -> F,
    ) -> Generator<T, S>
    where
        F: Future<Output = ()> + 'static,
    {
        Generator::new(self, Location::caller(), body)
    }

    // --- cancellation -------------------------------------------------------------------

    /// Runs `body`; when the task is cancelled in it, everything in it is dropped and the
    /// answer is `Err(Cancelled)` (`try: … except CancelledError:`).
    ///
    /// Whoever catches a cancellation may clean up, with more awaits, and then passes it on
    /// with [`Self::raise`], or refuses it by going on.
    pub async fn catch_cancel<F: IntoFuture>(&self, body: F) -> Result<F::Output, Cancelled> {
        let body = body.into_future();
        let caught = Catch::new(self, body, |event_loop| event_loop.catch_cancelled()).await;
        caught.map_err(|message| Cancelled { message })
    }

    /// Runs `body`; a failure that unwinds the task in it is caught (`try: … except Exception:`).
    ///
    /// # Errors
    /// That failure.
    pub async fn catch<F: IntoFuture>(&self, body: F) -> Result<F::Output, Failure> {
        let body = body.into_future();
        Catch::new(self, body, |event_loop| event_loop.catch_raised()).await
    }

    /// Runs `body` and catches whatever unwinds the task in it.
    async fn catch_any<F: IntoFuture>(&self, body: F) -> Result<F::Output, Unwind> {
        let body = body.into_future();
        Catch::new(self, body, |event_loop| event_loop.catch_any()).await
    }

    /// Runs `body`, then `clean_up`, whether the body returned or was left by a cancellation or
    /// failure (`try: … finally: …`), which is passed on after the clean-up.
    pub async fn finally<T>(
        &self,
        body: impl Future<Output = T>,
        clean_up: impl Future<Output = ()>,
    ) -> T {
        let outcome = self.catch_any(body).await;
        clean_up.await;
        match outcome {
            Ok(value) => value,
            Err(unwind) => match self.raise(unwind).await {},
        }
    }

    /// Runs `body` with what `enter` gives, then `exit`, which is told how the body was left and
    /// says whether that is to be forgotten (`async with`, whose `__aexit__` may await).
    ///
    /// # Errors
    /// The body's, unless `exit` says that it is to be forgotten: then there is no value.
    pub async fn async_with<C: Clone, T, B, X>(
        &self,
        enter: impl Future<Output = C>,
        body: impl FnOnce(C) -> B,
        exit: impl FnOnce(C, Option<Failure>) -> X,
    ) -> Result<Option<T>, Failure>
    where
        B: Future<Output = Result<T, Failure>>,
        X: Future<Output = bool>,
    {
        let context = enter.await;
        let outcome = self.catch_any(body(context.clone())).await;
        let error = match &outcome {
            Ok(Ok(_)) => None,
            Ok(Err(failure)) | Err(Unwind::Raised(failure)) => Some(failure.clone()),
            Err(Unwind::Cancelled(message)) => {
                let message = message.clone().unwrap_or_default();
                Some(Failure::new("CancelledError", &*message))
            }
            Err(Unwind::GeneratorExit) => Some(Failure::new("GeneratorExit", "")),
        };
        let is_forgotten = exit(context, error).await;
        match outcome {
            Ok(Ok(value)) => Ok(Some(value)),
            _ if is_forgotten => Ok(None),
            Ok(Err(failure)) => Err(failure),
            Err(unwind) => match self.raise(unwind).await {},
        }
    }

    /// Runs `body` for at most `limit`; then it is cancelled, its clean-up runs, and the answer is
    /// `Err(TimedOut)` (`async with asyncio.timeout(limit)`).
    #[track_caller]
    pub fn timeout<F: IntoFuture>(&self, limit: Duration, body: F) -> Timeout<F::IntoFuture> {
        self.event_loop.set_location(Location::caller());
        let scope = TimeoutScope::new(self, None);
        Timeout::new(scope, Some(limit), body.into_future())
    }

    /// [`Self::timeout`] until a time counted from the beginning of the run, or without limit,
    /// whose body can move its end (`async with asyncio.timeout_at(when) as scope`).
    #[track_caller]
    pub fn timeout_at<F: Future>(
        &self,
        when: Option<Duration>,
        body: impl FnOnce(TimeoutScope) -> F,
    ) -> Timeout<F> {
        self.event_loop.set_location(Location::caller());
        let scope = TimeoutScope::new(self, when);
        Timeout::new(scope.clone(), None, body(scope))
    }

    /// Waits for something for at most `limit`; then it is cancelled (`asyncio.wait_for`).
    ///
    /// # Errors
    /// [`TimedOut`], when it did not come to a value all the same.
    #[track_caller]
    pub fn wait_for<A: Awaitable>(
        &self,
        thing: &A,
        limit: Duration,
    ) -> impl Future<Output = Result<A::Output, TimedOut>> + use<A> {
        self.event_loop.set_location(Location::caller());
        let (stage, thing) = (self.clone(), thing.clone());
        async move {
            if !limit.is_zero() {
                return stage.timeout(limit, Await::new(thing)).await;
            }
            if !thing.is_done() {
                stage.cancel_and_wait(&thing).await;
                if thing.is_cancelled() {
                    return Err(TimedOut);
                }
            }
            Ok(Await::new(thing).await)
        }
    }

    /// `_cancel_and_wait`.
    async fn cancel_and_wait<A: Awaitable>(&self, thing: &A) {
        let list = WaitList::default();
        let told = list.clone();
        let mut waiting = list.join(&self.event_loop, thing.waits_for());
        let callback = thing.call_when_done(Box::new(move || {
            told.pass_first();
        }));
        thing.request_cancel(None);
        (&mut waiting).await;
        thing.remove_callback(callback);
    }

    /// Unwinds the task from here: as cancelled, or with a failure (`raise`); never returns.
    pub async fn raise(&self, unwind: impl Into<Unwind>) -> std::convert::Infallible {
        let (event_loop, mut unwind) = (self.event_loop.clone(), Some(unwind.into()));
        std::future::poll_fn(move |_| {
            if !event_loop.poll_cancelled()
                && let Some(unwind) = unwind.take()
            {
                event_loop.raise(unwind);
            }
            Poll::Pending
        })
        .await
    }

    /// Ends the task as cancelled, from here (`raise CancelledError`); never returns.
    pub async fn raise_cancelled(&self) -> std::convert::Infallible {
        self.raise(Cancelled { message: None }).await
    }

    /// A variable of which each task has its own value (`ContextVar(name, default=…)`).
    pub fn context_var<T: Clone + 'static>(&self, default: Option<T>) -> ContextVar<T> {
        ContextVar::new(self, default)
    }

    // --- output -------------------------------------------------------------------------

    /// Prints a line.
    #[track_caller]
    pub fn print(&self, line: impl AsRef<str>) {
        let location = self.event_loop.set_location(Location::caller());
        let text = self.event_loop.text(line.as_ref());
        let task = self.event_loop.author();
        self.event_loop.record(EventKind::Output {
            task,
            text,
            location,
        });
    }

    /// Tells the reader something that the Python program does not print.
    pub fn note(&self, remark: impl AsRef<str>) {
        let text = self.event_loop.text(remark.as_ref());
        let task = self.event_loop.author();
        self.event_loop.record(EventKind::Note { task, text });
    }

    // --- things to wait for -------------------------------------------------------------

    /// A queue; `capacity` 0 means without limit (`asyncio.Queue(maxsize)`).
    pub fn queue<T: 'static>(&self, name: &str, capacity: usize) -> Queue<T> {
        Queue::new(self, name, capacity, Items::Fifo(VecDeque::new()))
    }

    /// A queue that gives the least item first (`asyncio.PriorityQueue(maxsize)`).
    pub fn priority_queue<T: Ord + 'static>(&self, name: &str, capacity: usize) -> Queue<T> {
        let items = Items::Priority(Vec::new(), |one, other| one < other);
        Queue::new(self, name, capacity, items)
    }

    /// A queue that gives the last item first (`asyncio.LifoQueue(maxsize)`).
    pub fn lifo_queue<T: 'static>(&self, name: &str, capacity: usize) -> Queue<T> {
        Queue::new(self, name, capacity, Items::Lifo(Vec::new()))
    }

    /// A placeholder that another task fills (`loop.create_future`).
    pub fn future<T: Clone + 'static>(&self, name: &str) -> future::Future<T> {
        future::Future::new(self, name)
    }

    /// A lock (`asyncio.Lock`).
    pub fn lock(&self, name: &str) -> Lock {
        Lock::new(self, name)
    }

    /// A semaphore (`asyncio.Semaphore(permits)`).
    pub fn semaphore(&self, name: &str, permits: usize) -> Semaphore {
        Semaphore::new(self, name, permits)
    }

    /// A semaphore that never has more than so many permits (`asyncio.BoundedSemaphore(permits)`).
    pub fn bounded_semaphore(&self, name: &str, permits: usize) -> BoundedSemaphore {
        BoundedSemaphore::new(self, name, permits)
    }

    /// A point at which so many tasks wait for one another (`asyncio.Barrier(parties)`).
    pub fn barrier(&self, name: &str, parties: usize) -> Barrier {
        Barrier::new(self, name, parties)
    }

    /// An event (`asyncio.Event`).
    pub fn event(&self, name: &str) -> Event {
        Event::new(self, name)
    }

    /// A condition on a lock (`asyncio.Condition(lock)`).
    pub fn condition(&self, name: &str, lock: &Lock) -> Condition {
        Condition::new(self, name, lock)
    }

    /// Where requests go to; the name stands for it in the trace.
    pub fn http(&self, name: &str) -> Http {
        Http::new(self, name)
    }

    /// A pool of up to `most` other threads (`ThreadPoolExecutor(most)`).
    pub fn threads(&self, most: usize) -> Threads {
        Threads::new(self, most)
    }

    /// Random numbers that are the same for the same seed, and the same as Python's
    /// `random.Random(seed)`.
    pub fn random(&self, seed: i64) -> Random {
        Random::new(seed)
    }
}

/// A [`Duration`] in nanoseconds, at most 584 years.
fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// The future of [`Stage::sleep`].
pub struct Sleep {
    event_loop: EventLoop,
    duration: Duration,
    state: SleepState,
}

enum SleepState {
    New,
    Yielded,
    Waiting(Timer),
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _context: &mut Context) -> Poll<()> {
        if self.event_loop.poll_cancelled() {
            return Poll::Pending;
        }
        match &self.state {
            SleepState::New if self.duration.is_zero() => {
                self.state = SleepState::Yielded;
                self.event_loop.wake_running();
                Poll::Pending
            }
            SleepState::New => {
                let deadline_ns = self
                    .event_loop
                    .now_ns()
                    .saturating_add(nanos(self.duration));
                let timer = self.event_loop.wake_at(deadline_ns);
                self.event_loop.set_waiter_timer(&timer);
                wait::record_wait(&self.event_loop, WaitFor::Timer(timer.id()));
                self.state = SleepState::Waiting(timer);
                Poll::Pending
            }
            SleepState::Yielded => Poll::Ready(()),
            SleepState::Waiting(timer) => {
                if let Some(message) = timer.cancelled() {
                    self.event_loop.raise_cancelled(message);
                } else if timer.fired() {
                    return Poll::Ready(());
                } else {
                    self.event_loop.set_waiter_timer(timer);
                    wait::record_wait(&self.event_loop, WaitFor::Timer(timer.id()));
                }
                Poll::Pending
            }
        }
    }
}

/// The future of [`Stage::yield_now`]; small, since it is made and moved at every step.
pub struct YieldNow {
    event_loop: EventLoop,
    yielded: bool,
}

impl Future for YieldNow {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _context: &mut Context) -> Poll<()> {
        if self.event_loop.poll_cancelled() {
            return Poll::Pending;
        }
        if std::mem::replace(&mut self.yielded, true) {
            return Poll::Ready(());
        }
        self.event_loop.wake_running();
        Poll::Pending
    }
}

/// Runs a body, and catches what unwinds the task in it.
struct Catch<F, E> {
    event_loop: EventLoop,
    /// `None` once it was dropped because of what was caught.
    body: Option<Pin<Box<F>>>,
    catch: fn(&EventLoop) -> Option<E>,
}

impl<F, E> Catch<F, E> {
    fn new(stage: &Stage, body: F, catch: fn(&EventLoop) -> Option<E>) -> Self {
        Catch {
            event_loop: stage.event_loop.clone(),
            body: Some(Box::pin(body)),
            catch,
        }
    }
}

impl<F: Future, E> Future for Catch<F, E> {
    type Output = Result<F::Output, E>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context) -> Poll<Self::Output> {
        let Some(body) = &mut self.body else {
            return Poll::Pending;
        };
        match body.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Ok(output)),
            Poll::Pending => match (self.catch)(&self.event_loop) {
                Some(caught) => {
                    self.body = None;
                    Poll::Ready(Err(caught))
                }
                None => Poll::Pending,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::InstantClock;
    use crate::derived::output;
    use crate::executor::Limits;
    use crate::trace::Trace;
    use std::rc::Rc;

    fn run<F: Future<Output = ()> + 'static>(main: impl FnOnce(Stage) -> F) -> Trace {
        let event_loop = EventLoop::new(Rc::new(InstantClock::default()), Limits::default());
        let main = main(Stage::new(event_loop.clone()));
        let main = async move {
            main.await;
            ().end()
        };
        event_loop.spawn("main", Location::caller(), Box::pin(main));
        event_loop.run_instantly();
        event_loop.into_trace()
    }

    #[track_caller]
    fn check(trace: &Trace, expected: &[(&str, &str)]) {
        let lines: Vec<_> = output::lines(trace)
            .map(|line| (trace.name(line.task), line.text))
            .collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn a_callback_runs_for_the_task_that_left_it_even_after_its_end() {
        let trace = run(|stage| async move {
            let inner = stage.clone();
            let second = Duration::from_secs(1);
            let task = stage.spawn("task", async move {
                let printer = inner.clone();
                inner.call_later(second, move || printer.print("called"));
                inner.print("left a callback");
            });
            task.await;
            stage.sleep(second).await;
            stage.call_later(second, || -> () { panic!("the run ends before") });
        });
        check(&trace, &[("task", "left a callback"), ("task", "called")]);
    }

    #[test]
    fn a_clean_up_runs_before_a_cancellation_is_passed_on() {
        let trace = run(|stage| async move {
            let inner = stage.clone();
            let task = stage.spawn("task", async move {
                let second = Duration::from_secs(1);
                let clean_up = async {
                    inner.sleep(second).await;
                    inner.print("cleaned up");
                };
                inner.finally(inner.sleep(second), clean_up).await;
                inner.print("never printed");
            });
            stage.yield_now().await;
            task.cancel();
            stage.wait_all(std::slice::from_ref(&task)).await;
            stage.print(format!("cancelled: {}", task.is_cancelled()));
        });
        let expected = [("task", "cleaned up"), ("main", "cancelled: true")];
        check(&trace, &expected);
    }
}
