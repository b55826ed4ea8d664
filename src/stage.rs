//! What a demo sees of the world: time, tasks, output, and things to wait for.
//!
//! Every primitive records what it does. Semantics and order are asyncio's; each item names the
//! function of CPython's that it follows. A [`Stage`] is a handle: clones are the same stage.

pub mod browser;
pub mod coroutine;
pub mod future;
pub mod generator;
pub mod greenlet;
pub mod group;
pub mod http;
pub mod job;
pub mod queue;
pub mod random;
pub mod socket;
pub mod sync;
pub mod task;
pub mod threads;
pub mod timeout;
mod wait;

use crate::executor::EventLoop;
use crate::executor::timer::Timer;
use crate::stage::browser::Browser;
use crate::stage::coroutine::Coroutine;
use crate::stage::generator::{Generator, Yielder};
use crate::stage::group::TaskGroup;
use crate::stage::http::Http;
use crate::stage::job::Job;
use crate::stage::queue::Queue;
use crate::stage::random::Random;
use crate::stage::sync::{Condition, Event, Lock, Semaphore};
use crate::stage::task::{AsCompleted, Gather, Task, TaskOutput, TryGather, Wait};
use crate::stage::threads::Threads;
use crate::stage::timeout::Timeout;
use crate::trace::{ClockKind, EventKind, TaskId, TextId, WaitFor};
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
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
    /// The names that are watched.
    watched: Rc<RefCell<HashMap<&'static str, TextId>>>,
}

/// An error of a demo's: what an exception is in Python.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The exception's class, such as "ValueError".
    pub kind: &'static str,
    /// What went wrong.
    pub message: String,
}

impl Failure {
    /// A failure of that kind.
    pub fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Failure {
            kind,
            message: message.into(),
        }
    }

    /// What stands for a cancelled task among results.
    pub fn cancelled() -> Self {
        Failure::new("CancelledError", "")
    }
}

/// As the last line of a Python traceback: `ValueError: too large`.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match &*self.message {
            "" => f.write_str(self.kind),
            message => write!(f, "{}: {message}", self.kind),
        }
    }
}

/// The task was cancelled while it was in the body of a [`Stage::catch_cancel`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled;

impl Stage {
    /// The stage of a run.
    pub fn new(event_loop: EventLoop) -> Self {
        Stage {
            event_loop,
            browser: None,
            watched: Rc::default(),
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
    pub fn call_later(&self, delay: Duration, call: impl FnOnce() + 'static) {
        self.event_loop.set_location(Location::caller());
        let (event_loop, author) = (self.event_loop.clone(), self.event_loop.author());
        let deadline_ns = self.event_loop.now_ns().saturating_add(nanos(delay));
        self.event_loop
            .call_at(deadline_ns, move || event_loop.run_for(author, call))
            .detach();
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

    /// Waits for all tasks; results in the order of the arguments (`asyncio.gather`).
    ///
    /// Of tasks that can fail the results are all collected (`return_exceptions=True`); see
    /// [`Self::try_gather`].
    #[track_caller]
    pub fn gather<T: TaskOutput>(&self, tasks: impl IntoIterator<Item = Task<T>>) -> Gather<T> {
        // Collecting them may spawn them, each from a line of its own.
        let tasks = tasks.into_iter().collect();
        self.event_loop.set_location(Location::caller());
        Gather::new(self, tasks)
    }

    /// Waits for all tasks, but no longer than until the first fails: then the others go on
    /// without anybody waiting for them (`asyncio.gather`).
    #[track_caller]
    pub fn try_gather<T>(
        &self,
        tasks: impl IntoIterator<Item = Task<Result<T, Failure>>>,
    ) -> TryGather<T>
    where
        Result<T, Failure>: TaskOutput,
    {
        let tasks = tasks.into_iter().collect();
        self.event_loop.set_location(Location::caller());
        TryGather::new(self, tasks)
    }

    /// Waits until the first of the tasks ends, however it ends; the others go on
    /// (`asyncio.wait(…, return_when=FIRST_COMPLETED)`).
    #[track_caller]
    pub fn wait_first<T: TaskOutput>(&self, tasks: &[Task<T>]) -> Wait<T> {
        self.event_loop.set_location(Location::caller());
        Wait::new(self, tasks, true)
    }

    /// Waits until all tasks ended, however they end (`asyncio.wait`).
    #[track_caller]
    pub fn wait_all<T: TaskOutput>(&self, tasks: &[Task<T>]) -> Wait<T> {
        self.event_loop.set_location(Location::caller());
        Wait::new(self, tasks, false)
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
    pub fn as_completed<T: TaskOutput>(
        &self,
        tasks: impl IntoIterator<Item = Task<T>>,
    ) -> AsCompleted<T> {
        self.event_loop.set_location(Location::caller());
        AsCompleted::new(self, tasks.into_iter().collect())
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
    pub fn generator<T: 'static, F>(&self, body: impl FnOnce(Yielder<T>) -> F) -> Generator<T>
    where
        F: Future<Output = ()> + 'static,
    {
        Generator::new(body)
    }

    // --- cancellation -------------------------------------------------------------------

    /// Runs `body`; when the task is cancelled in it, everything in it is dropped and the
    /// answer is `Err(Cancelled)` (`try: … except CancelledError:`).
    ///
    /// Whoever catches a cancellation may clean up, with more awaits, and then passes it on
    /// with [`Self::raise_cancelled`], or refuses it by going on.
    pub fn catch_cancel<F: IntoFuture>(&self, body: F) -> CatchCancel<F::IntoFuture> {
        CatchCancel {
            event_loop: self.event_loop.clone(),
            body: Some(Box::pin(body.into_future())),
        }
    }

    /// Runs `body`, then `clean_up`, whether the body returned or the task was cancelled in it
    /// (`try: … finally: …`); a cancellation is passed on after the clean-up.
    pub async fn finally<T>(
        &self,
        body: impl Future<Output = T>,
        clean_up: impl Future<Output = ()>,
    ) -> T {
        let outcome = self.catch_cancel(body).await;
        clean_up.await;
        match outcome {
            Ok(value) => value,
            Err(Cancelled) => match self.raise_cancelled().await {},
        }
    }

    /// Runs `body` for at most `limit`; then it is cancelled, its clean-up runs, and the answer is
    /// `Err(TimedOut)` (`async with asyncio.timeout(limit)`).
    #[track_caller]
    pub fn timeout<F: IntoFuture>(&self, limit: Duration, body: F) -> Timeout<F::IntoFuture> {
        self.event_loop.set_location(Location::caller());
        Timeout::new(self, limit, body.into_future())
    }

    /// Ends the task as cancelled, from here (`raise CancelledError`); never returns.
    pub async fn raise_cancelled(&self) -> std::convert::Infallible {
        let event_loop = self.event_loop.clone();
        std::future::poll_fn(move |_| {
            event_loop.raise_cancelled();
            Poll::Pending
        })
        .await
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

    /// Shows the reader a value that the program has from now on, as a line under the lanes. Beyond
    /// 32 bits it is shown as the nearest number that has them.
    pub fn watch(&self, name: &'static str, value: i64) {
        let mut watched = self.watched.borrow_mut();
        let new = || self.event_loop.text(name);
        let name = *watched.entry(name).or_insert_with(new);
        let task = self.event_loop.author();
        self.event_loop.record(EventKind::Value {
            task,
            name,
            value: value.clamp(i32::MIN.into(), i32::MAX.into()) as i32,
        });
    }

    // --- things to wait for -------------------------------------------------------------

    /// A queue; `capacity` 0 means without limit (`asyncio.Queue(maxsize)`).
    pub fn queue<T: 'static>(&self, name: &str, capacity: usize) -> Queue<T> {
        Queue::new(self, name, capacity)
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
                wait::record_wait(&self.event_loop, WaitFor::Timer(timer.id()));
                self.state = SleepState::Waiting(timer);
                Poll::Pending
            }
            SleepState::Yielded => Poll::Ready(()),
            SleepState::Waiting(timer) if timer.fired() => Poll::Ready(()),
            SleepState::Waiting(timer) => {
                wait::record_wait(&self.event_loop, WaitFor::Timer(timer.id()));
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

/// The future of [`Stage::catch_cancel`].
pub struct CatchCancel<F> {
    event_loop: EventLoop,
    /// `None` once it was dropped by a cancellation.
    body: Option<Pin<Box<F>>>,
}

impl<F: Future> Future for CatchCancel<F> {
    type Output = Result<F::Output, Cancelled>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context) -> Poll<Self::Output> {
        let Some(body) = &mut self.body else {
            return Poll::Pending;
        };
        match body.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Ok(output)),
            Poll::Pending if self.event_loop.catch_cancelled() => {
                self.body = None;
                Poll::Ready(Err(Cancelled))
            }
            Poll::Pending => Poll::Pending,
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
            stage.call_later(second, || panic!("the run ends before"));
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
