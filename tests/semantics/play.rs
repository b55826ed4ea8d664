//! Runs a program on a stage, step for step as play.py does on asyncio.

use crate::program::{EACH, MainEnding, Op, Program};
use interleave::clock::{Clock, InstantClock};
use interleave::executor::{EventLoop, Limits};
use interleave::stage::future;
use interleave::stage::generator::Yielder;
use interleave::stage::job::Job;
use interleave::stage::queue::Queue;
use interleave::stage::several::WaitUntil;
use interleave::stage::sync::{Condition, Event, Lock, Semaphore};
use interleave::stage::task::Task;
use interleave::stage::task_output::TaskOutput;
use interleave::stage::threads::Threads;
use interleave::stage::timeout::TimedOut;
use interleave::stage::{Failure, Stage};
use interleave::trace::Trace;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

type Outcome = Result<i64, Failure>;
type Waited = Task<Outcome>;

struct State {
    stage: Stage,
    program: Program,
    tasks: RefCell<Vec<Option<Task<Outcome>>>>,
    locks: Vec<Lock>,
    semaphores: Vec<Semaphore>,
    events: Vec<Event>,
    condition: Condition,
    queues: Vec<Queue<u64>>,
    items: Cell<u64>,
    futures: Vec<future::Future<usize>>,
    threads: Threads,
}

/// Runs it to its end under the instant clock.
pub fn play(program: &Program) -> Trace {
    let clock: Rc<dyn Clock> = Rc::new(InstantClock::default());
    let event_loop = EventLoop::new(clock, Limits::default());
    let stage = Stage::new(event_loop.clone());
    let main = main(stage, program.clone());
    event_loop.spawn(
        "main",
        Location::caller(),
        Box::pin(async { main.await.end() }),
    );
    event_loop.run_instantly();
    event_loop.into_trace()
}

async fn main(stage: Stage, program: Program) -> Result<(), Failure> {
    let lock = stage.lock("condition's");
    let state = Rc::new(State {
        tasks: RefCell::new(vec![None; program.bodies.len()]),
        locks: (0..EACH).map(|n| stage.lock(&n.to_string())).collect(),
        semaphores: (0..EACH)
            .map(|n| stage.semaphore(&n.to_string(), 2 * n + 1))
            .collect(),
        threads: stage.threads(32),
        events: (0..EACH).map(|n| stage.event(&n.to_string())).collect(),
        condition: stage.condition("condition", &lock),
        queues: (0..EACH)
            .map(|n| stage.queue(&n.to_string(), n + 1))
            .collect(),
        items: Cell::new(0),
        futures: (0..EACH).map(|n| stage.future(&n.to_string())).collect(),
        stage: stage.clone(),
        program,
    });
    for k in 0..state.program.roots {
        state.spawn(k);
    }
    stage
        .sleep(Duration::from_millis(state.program.patience))
        .await;
    match state.program.ending {
        MainEnding::Clean => {}
        MainEnding::Leaves => {
            stage.print("main leaves");
            return Ok(());
        }
        MainEnding::Fails => return Err(Failure::new("ValueError", "of main")),
        MainEnding::Cancelled => {
            stage.current_task().cancel_with("of main");
            stage.sleep(Duration::from_secs(1)).await;
        }
    }
    loop {
        let tasks = state.tasks.borrow().clone();
        let left: Vec<_> = tasks
            .into_iter()
            .flatten()
            .filter(|task| !task.is_done())
            .collect();
        if left.is_empty() {
            break;
        }
        stage.print(format!("main cancels {}", left.len()));
        for task in &left {
            task.cancel();
        }
        stage.wait_all(&left).await;
    }
    for (k, task) in state.tasks.borrow().iter().enumerate() {
        stage.print(format!("T{k} {}", fate(task.as_ref())));
    }
    // Nobody holds anything any more: who lost a permit hangs here.
    for n in 0..EACH {
        state.locks[n].acquire().await.forget();
        for _ in 0..=2 * n {
            state.semaphores[n].acquire().await.forget();
        }
        let left = state.queues[n].len();
        stage.print(format!("all of {n} is there, {left} left in its queue"));
    }
    Ok(())
}

fn fate(task: Option<&Task<Outcome>>) -> String {
    match task {
        None => "never began".to_owned(),
        Some(task) if !task.is_done() => "goes on".to_owned(),
        Some(task) if task.is_cancelled() => "cancelled".to_owned(),
        Some(task) => match task.result() {
            Some(Ok(value)) => format!("returned {value}"),
            Some(Err(failure)) => format!("failed with {}", failure.message),
            None => unreachable!("it is done and not cancelled"),
        },
    }
}

fn word(outcome: &Outcome) -> String {
    match outcome {
        Ok(value) => value.to_string(),
        // Its message, if it has one, is not printed.
        Err(failure) if failure.kind == "CancelledError" => "cancelled".to_owned(),
        Err(failure) => failure.message.clone(),
    }
}

/// Prints when it goes out of scope, as a `finally` block does.
struct Finally<'a> {
    state: &'a State,
    me: usize,
}

impl Drop for Finally<'_> {
    fn drop(&mut self) {
        self.state.log(self.me, "finally");
    }
}

type Step<'a> = Pin<Box<dyn Future<Output = Result<(), Failure>> + 'a>>;

impl State {
    fn log(&self, me: usize, text: impl AsRef<str>) {
        let now = self.stage.now().as_millis();
        self.stage.print(format!("{now} T{me} {}", text.as_ref()));
    }

    fn body(self: &Rc<Self>, k: usize) -> impl Future<Output = Outcome> + use<> {
        let state = Rc::clone(self);
        async move {
            state.execute(k, &state.program.bodies[k]).await?;
            state.log(k, "ends");
            Ok(k as i64 * 10)
        }
    }

    fn spawn(self: &Rc<Self>, k: usize) {
        let is_there = self.tasks.borrow()[k].is_some();
        if !is_there {
            let task = self.stage.spawn(format!("T{k}"), self.body(k));
            self.tasks.borrow_mut()[k] = Some(task);
        }
    }

    fn after(&self, me: usize, ks: &[usize]) -> Vec<Task<Outcome>> {
        let tasks = self.tasks.borrow();
        ks.iter()
            .filter(|k| **k > me)
            .filter_map(|k| tasks[*k].clone())
            .collect()
    }

    fn fresh(&self, me: usize, ks: &[usize]) -> Vec<usize> {
        let tasks = self.tasks.borrow();
        let is_fresh = |k: &usize| *k > me && tasks[*k].is_none();
        ks.iter().copied().filter(is_fresh).collect()
    }

    fn execute<'a>(self: &'a Rc<Self>, me: usize, ops: &'a [Op]) -> Step<'a> {
        Box::pin(async move {
            for op in ops {
                self.step(me, op).await?;
            }
            Ok(())
        })
    }

    async fn step(self: &Rc<Self>, me: usize, op: &Op) -> Result<(), Failure> {
        let stage = &self.stage;
        match op {
            Op::Sleep(ms) => {
                stage.sleep(Duration::from_millis(*ms)).await;
                self.log(me, format!("slept {ms}"));
            }
            Op::Spawn(k) => {
                self.log(me, format!("spawns {k}"));
                self.spawn(*k);
            }
            Op::Await(k, on) => {
                for task in self.after(me, &[*k]) {
                    let outcome = task.await;
                    self.log(me, format!("awaited {k}: {}", word(&outcome)));
                    if *on {
                        outcome?;
                    }
                }
            }
            Op::Cancel(k) => {
                let task = self.tasks.borrow()[*k].clone();
                if let Some(task) = task
                    && *k != me
                {
                    let could = python_bool(task.cancel());
                    self.log(me, format!("cancels {k}: {could}"));
                }
            }
            Op::CancelSelf => {
                stage.current_task().cancel();
                self.log(me, "cancels itself");
            }
            Op::Lock(n, ops) => {
                let lock = &self.locks[*n];
                let held = lock.acquire().await;
                self.log(me, format!("has lock {n}"));
                self.execute(me, ops).await?;
                drop(held);
                let locked = python_bool(lock.is_locked());
                self.log(me, format!("gave lock {n}: {locked}"));
            }
            Op::Semaphore(n, ops) => {
                let semaphore = &self.semaphores[*n];
                let held = semaphore.acquire().await;
                let locked = python_bool(semaphore.is_locked());
                self.log(me, format!("has semaphore {n}: {locked}"));
                self.execute(me, ops).await?;
                drop(held);
                let locked = python_bool(semaphore.is_locked());
                self.log(me, format!("gave semaphore {n}: {locked}"));
            }
            Op::Set(n) => {
                self.events[*n].set();
                self.log(me, format!("set {n}"));
            }
            Op::Clear(n) => {
                self.events[*n].clear();
                self.log(me, format!("cleared {n}"));
            }
            Op::WaitEvent(n) => {
                let event = &self.events[*n];
                event.wait().await;
                self.log(me, format!("saw {n}: {}", python_bool(event.is_set())));
            }
            Op::WaitCondition(ops) => {
                let held = self.condition.acquire().await;
                self.condition.wait(&held).await;
                self.log(me, "notified");
                self.execute(me, ops).await?;
            }
            Op::Notify(n) => {
                let _held = self.condition.acquire().await;
                self.condition.notify(*n)?;
                self.log(me, format!("notifies {n}"));
            }
            Op::Put(n) => {
                let item = self.next_item();
                let queue = &self.queues[*n];
                queue.put(item).await;
                self.log(me, format!("put {item} in {n}: {}", queue.len()));
            }
            Op::Get(n) => {
                let queue = &self.queues[*n];
                let item = queue.get().await;
                self.log(me, format!("got {item} of {n}: {}", queue.len()));
            }
            Op::TryPut(n) => {
                let item = self.next_item();
                match self.queues[*n].try_put(item) {
                    Ok(()) => self.log(me, format!("put {item} in {n} at once")),
                    Err(_) => self.log(me, format!("{n} is full")),
                }
            }
            Op::TryGet(n) => match self.queues[*n].try_get() {
                Some(item) => self.log(me, format!("got {item} of {n} at once")),
                None => self.log(me, format!("{n} is empty")),
            },
            Op::TaskDone(n) => match self.queues[*n].task_done() {
                Ok(()) => self.log(me, format!("done with one of {n}")),
                Err(failure) => self.log(me, failure.message),
            },
            Op::Join(n) => {
                self.queues[*n].join().await;
                self.log(me, format!("joined {n}"));
            }
            Op::Settle(n) => match self.futures[*n].set(Ok(me)) {
                Ok(()) => self.log(me, format!("settles {n}")),
                Err(_) => self.log(me, format!("{n} is settled")),
            },
            Op::CancelFuture(n) => {
                let could = python_bool(self.futures[*n].cancel());
                self.log(me, format!("cancels future {n}: {could}"));
            }
            Op::AwaitFuture(n) => {
                let value = (&self.futures[*n]).await?;
                self.log(me, format!("future {n} is {value}"));
            }
            Op::Timeout(ms, ops) => {
                let body = self.execute(me, ops);
                match stage.timeout(Duration::from_millis(*ms), body).await {
                    Ok(done) => {
                        done?;
                        self.log(me, format!("within {ms}"));
                    }
                    Err(TimedOut) => self.log(me, format!("not within {ms}")),
                }
            }
            Op::Catch(ops, handler, again) => {
                match stage.catch_cancel(self.execute(me, ops)).await {
                    Ok(done) => done?,
                    Err(cancelled) => {
                        let message = cancelled.message.as_deref().unwrap_or_default();
                        self.log(me, format!("caught '{message}'"));
                        self.execute(me, handler).await?;
                        if *again {
                            stage.raise(cancelled).await;
                        }
                        self.log(me, "goes on");
                    }
                }
            }
            Op::Finally(ops) => {
                let _finally = Finally { state: self, me };
                self.execute(me, ops).await?;
            }
            Op::Gather(ks, collect) => {
                let tasks = self.after(me, ks);
                let outcomes = if *collect {
                    stage.gather(tasks).await
                } else {
                    match stage.try_gather(tasks).await {
                        Ok(values) => values.into_iter().map(Ok).collect(),
                        Err(failure) => vec![Err(failure)],
                    }
                };
                let words: Vec<String> = outcomes.iter().map(word).collect();
                self.log(me, format!("gathered {}", words.join(", ")));
            }
            Op::Wait(ks, first) => {
                let tasks = self.after(me, ks);
                if !tasks.is_empty() {
                    if *first {
                        stage.wait_first(&tasks).await;
                    } else {
                        stage.wait_all(&tasks).await;
                    }
                    let fates: Vec<String> = tasks.iter().map(|task| fate(Some(task))).collect();
                    self.log(me, format!("waited: {}", fates.join(", ")));
                }
            }
            Op::AsCompleted(ks) => {
                let fresh = self.fresh(me, ks);
                for k in &fresh {
                    self.spawn(*k);
                }
                let mut completed = stage.as_completed(self.after(me, &fresh));
                while let Some(outcome) = completed.next().await {
                    self.log(me, format!("next is {}", word(&outcome)));
                }
            }
            Op::Group(ks, ops) => {
                let left = stage.task_group(|group| async move {
                    for k in self.fresh(me, ks) {
                        let task = group.spawn(format!("T{k}"), self.body(k))?;
                        self.tasks.borrow_mut()[k] = Some(task);
                    }
                    self.execute(me, ops).await
                });
                match left.await {
                    Ok(()) => self.log(me, "left the group"),
                    Err(failures) => {
                        let words: Vec<_> = failures.into_iter().map(|f| f.message).collect();
                        self.log(me, format!("group: {}", words.join(", ")));
                    }
                }
            }
            Op::Block(ms) => {
                stage.block(Duration::from_millis(*ms));
                self.log(me, format!("blocked {ms}"));
            }
            Op::CallLater(ms) => {
                let (state, ms) = (Rc::clone(self), *ms);
                let call = move || state.log(me, format!("was called after {ms}"));
                stage.call_later(Duration::from_millis(ms), call);
            }
            Op::CallSoon(cancels) => {
                let state = Rc::clone(self);
                let handle = stage.call_soon(move || state.log(me, "was called soon"));
                if *cancels {
                    handle.cancel();
                }
                self.log(
                    me,
                    format!("called soon: {}", python_bool(handle.is_cancelled())),
                );
            }
            Op::OnDone(k) => {
                let task = self.tasks.borrow()[*k].clone();
                if let Some(task) = task {
                    let (state, k) = (Rc::clone(self), *k);
                    task.add_done_callback(move |task| {
                        let is_cancelled = task.is_cancelled();
                        let fate = if is_cancelled {
                            "was cancelled"
                        } else {
                            "is done"
                        };
                        state.log(me, format!("told that {k} {fate}"));
                    });
                }
            }
            Op::FinallyAwait(ops, clean_up) => {
                let body = stage.catch(self.execute(me, ops));
                let left = stage.catch_cancel(body).await;
                self.log(me, "cleans up");
                self.execute(me, clean_up).await?;
                self.log(me, "is clean");
                match left {
                    Ok(done) => done??,
                    Err(cancelled) => match stage.raise(cancelled).await {},
                }
            }
            Op::Generator(pulls, ops) => {
                let (state, ops) = (Rc::clone(self), ops.clone());
                let body = |out| async move { state.values(me, &ops, out).await };
                let mut numbers = stage.generator(body);
                for _ in 0..*pulls {
                    let number: Option<u32> = numbers.next().await;
                    let number = number.map_or("nothing".to_owned(), |n| n.to_string());
                    self.log(me, format!("pulled {number}"));
                }
                drop(numbers);
                self.log(me, "left the generator");
            }
            Op::Thread(ms) => {
                let job = Job::Sleep(Duration::from_millis(*ms));
                self.threads.run("thread", job).await?;
                self.log(me, format!("a thread slept {ms}"));
            }
            Op::WaitEarly(ks, first, ms) => {
                let tasks = self.after(me, ks);
                if !tasks.is_empty() {
                    let until = if *first {
                        WaitUntil::FirstCompleted
                    } else {
                        WaitUntil::AllCompleted
                    };
                    let waiting = stage.wait(&tasks, until, None);
                    stage.sleep(Duration::from_millis(*ms)).await;
                    self.log_wait(me, "early", waiting.await);
                }
            }
            Op::WaitFor(ks, ms) => {
                let tasks = self.after(me, ks);
                if !tasks.is_empty() {
                    let timeout = Some(Duration::from_millis(*ms));
                    let waiting = stage.wait(&tasks, WaitUntil::AllCompleted, timeout);
                    self.log_wait(me, &ms.to_string(), waiting.await);
                }
            }
            Op::WaitException(ks) => {
                let tasks = self.after(me, ks);
                if !tasks.is_empty() {
                    let waiting = stage.wait(&tasks, WaitUntil::FirstException, None);
                    self.log_wait(me, "for a failure", waiting.await);
                }
            }
            Op::Shield(k) => {
                for task in self.after(me, &[*k]) {
                    let outcome = stage.shield(&task).await;
                    self.log(me, format!("shielded {k}: {}", word(&outcome)));
                }
            }
            Op::Within(k, ms) => {
                for task in self.after(me, &[*k]) {
                    match stage.wait_for(&task, Duration::from_millis(*ms)).await {
                        Ok(outcome) => {
                            self.log(me, format!("had {k} within {ms}: {}", word(&outcome)));
                        }
                        Err(TimedOut) => self.log(me, format!("had not {k} within {ms}")),
                    }
                }
            }
            Op::CancelWith(k) => {
                let task = self.tasks.borrow()[*k].clone();
                if let Some(task) = task
                    && *k != me
                {
                    let could = python_bool(task.cancel_with(&format!("of {me}")));
                    self.log(me, format!("cancels {k} as {me}: {could}"));
                }
            }
            Op::Uncancel => {
                let task = stage.current_task();
                let asked = task.cancelling();
                self.log(me, format!("was asked {asked}, left {}", task.uncancel()));
            }
            Op::ReleaseLater(n) => {
                let semaphore = self.semaphores[*n].clone();
                if !semaphore.is_locked() {
                    semaphore.acquire().await.forget();
                    stage.call_soon(move || semaphore.release());
                    self.log(me, format!("releases {n} later"));
                }
            }
            Op::Fail => return Err(Failure::new("ValueError", format!("of {me}"))),
        }
        Ok(())
    }

    fn log_wait(&self, me: usize, what: &str, (done, pending): (Vec<Waited>, Vec<Waited>)) {
        let (done, pending) = (done.len(), pending.len());
        self.log(me, format!("waited {what}: {done} done, {pending} pending"));
    }

    /// The body of a generator, whose clean-up waits.
    async fn values(self: &Rc<Self>, me: usize, ops: &[Op], out: Yielder<u32>) {
        let stage = &self.stage;
        let body = async {
            for number in 0..3 {
                self.log(me, format!("yields {number}"));
                out.give(number).await;
                stage.yield_now().await;
            }
        };
        let clean_up = async {
            self.log(me, "closes");
            if let Err(failure) = self.execute(me, ops).await {
                stage.raise(failure).await;
            }
            self.log(me, "closed");
        };
        stage.finally(body, clean_up).await;
    }

    fn next_item(&self) -> u64 {
        self.items.set(self.items.get() + 1);
        self.items.get()
    }
}

fn python_bool(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}
