//! Small asyncio programs as data, and how they are drawn at random.

use proptest::prelude::*;
use serde::{Deserialize, Serialize};

/// How many tasks a program may have.
pub const TASKS: usize = 5;

/// How many locks, events and futures there are, and how many semaphores and queues.
pub const EACH: usize = 2;

/// A program: what each task does, in order. The first [`Program::roots`] are there from the
/// start; the others begin when somebody spawns them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Program {
    /// How many tasks main makes.
    pub roots: usize,
    /// After how many milliseconds main cancels what is left.
    pub patience: u64,
    /// What main does after that.
    pub ending: MainEnding,
    /// What each task does.
    pub bodies: Vec<Vec<Op>>,
}

/// How main ends.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum MainEnding {
    /// It cancels what is left, waits for it and looks at everything.
    Clean,
    /// It returns, and leaves the rest to `asyncio.run`.
    Leaves,
    /// It fails.
    Fails,
    /// It is cancelled.
    Cancelled,
}

/// One step. Numbers of tasks, locks and so on are positions; times are milliseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Op {
    /// `asyncio.sleep`.
    Sleep(u64),
    /// Makes the task, if that was not done yet.
    Spawn(usize),
    /// Awaits a task, if it is there and comes after this one; logs an error, or passes it on.
    Await(usize, bool),
    /// Cancels a task, if it is there.
    Cancel(usize),
    /// `async with lock`.
    Lock(usize, Vec<Op>),
    /// `async with semaphore`; semaphore `n` has `n + 1` permits.
    Semaphore(usize, Vec<Op>),
    /// `Event.set`.
    Set(usize),
    /// `Event.clear`.
    Clear(usize),
    /// `Event.wait`.
    WaitEvent(usize),
    /// `async with condition: await condition.wait()`, then what is done under its lock.
    WaitCondition(Vec<Op>),
    /// `async with condition: condition.notify(n)`.
    Notify(usize),
    /// `Queue.put`; queue `n` has room for `n + 1`.
    Put(usize),
    /// `Queue.get`.
    Get(usize),
    /// `Queue.put_nowait`.
    TryPut(usize),
    /// `Queue.get_nowait`.
    TryGet(usize),
    /// `Queue.task_done`.
    TaskDone(usize),
    /// `Queue.join`.
    Join(usize),
    /// `Future.set_result`.
    Settle(usize),
    /// `Future.cancel`.
    CancelFuture(usize),
    /// Awaits a future.
    AwaitFuture(usize),
    /// `async with asyncio.timeout`.
    Timeout(u64, Vec<Op>),
    /// `try: … except CancelledError: …`; at its end the error is raised again, or not.
    Catch(Vec<Op>, Vec<Op>, bool),
    /// `try: … finally:` and a line.
    Finally(Vec<Op>),
    /// `asyncio.gather` of those that are there and come after this one; with or without
    /// `return_exceptions`.
    Gather(Vec<usize>, bool),
    /// `asyncio.wait` for the first, or for all.
    Wait(Vec<usize>, bool),
    /// `asyncio.as_completed` of those that were not spawned yet.
    AsCompleted(Vec<usize>),
    /// `async with asyncio.TaskGroup()` with those that were not spawned yet.
    Group(Vec<usize>, Vec<Op>),
    /// `time.sleep`.
    Block(u64),
    /// `loop.call_later`; the callback logs.
    CallLater(u64),
    /// `loop.call_soon`, and whether the handle is cancelled at once.
    CallSoon(bool),
    /// `task.add_done_callback`, if the task is there; the callback logs.
    OnDone(usize),
    /// `try: … finally: …`, whose clean-up may await.
    FinallyAwait(Vec<Op>, Vec<Op>),
    /// Pulls so many values from an async generator of three, and leaves it; then its clean-up.
    Generator(usize, Vec<Op>),
    /// `asyncio.to_thread(time.sleep, …)`.
    Thread(u64),
    /// An `asyncio.wait` that is made, and awaited after a time.
    WaitEarly(Vec<usize>, bool, u64),
    /// `asyncio.wait` for a time, or until one fails.
    WaitFor(Vec<usize>, u64),
    /// `asyncio.wait` until one fails.
    WaitException(Vec<usize>),
    /// `asyncio.shield` of a task, if it is there and comes after this one.
    Shield(usize),
    /// `asyncio.wait_for` of such a task.
    Within(usize, u64),
    /// Cancels a task with a message, if it is there.
    CancelWith(usize),
    /// `asyncio.current_task().uncancel()`.
    Uncancel,
    /// `Semaphore.release` of one permit that was taken, in a turn of its own.
    ReleaseLater(usize),
    /// Cancels the task that runs this.
    CancelSelf,
    /// Raises a `ValueError`.
    Fail,
}

fn time() -> impl Strategy<Value = u64> {
    // Few different times, so that many are equal.
    prop_oneof![2 => Just(0), 3 => Just(1), 2 => Just(2), 1 => Just(3)]
}

fn one() -> impl Strategy<Value = usize> {
    prop_oneof![3 => Just(0), 1 => Just(1)]
}

/// Any task but `me`.
fn other(me: usize) -> impl Strategy<Value = usize> {
    (1..TASKS).prop_map(move |step| (me + step) % TASKS)
}

/// Tasks after `me`, which alone may be awaited; none after the last.
fn later(me: usize) -> impl Strategy<Value = Vec<usize>> {
    let later: Vec<usize> = (me + 1..TASKS).collect();
    let most = later.len();
    proptest::sample::subsequence(later, most.min(1)..=most)
}

fn leaf(me: usize) -> BoxedStrategy<Op> {
    let next = (me + 1).min(TASKS - 1)..TASKS;
    prop_oneof![
        8 => time().prop_map(Op::Sleep),
        4 => other(me).prop_map(Op::Spawn),
        4 => (next.clone(), any::<bool>()).prop_map(|(task, on)| Op::Await(task, on)),
        4 => other(me).prop_map(Op::Cancel),
        1 => Just(Op::CancelSelf),
        1 => time().prop_map(Op::Block),
        2 => time().prop_map(Op::CallLater),
        1 => any::<bool>().prop_map(Op::CallSoon),
        1 => other(me).prop_map(Op::OnDone),
        1 => time().prop_map(Op::Thread),
        1 => (later(me), any::<bool>(), time())
            .prop_map(|(tasks, first, ms)| Op::WaitEarly(tasks, first, ms)),
        1 => (later(me), time()).prop_map(|(tasks, ms)| Op::WaitFor(tasks, ms)),
        1 => later(me).prop_map(Op::WaitException),
        1 => next.clone().prop_map(Op::Shield),
        1 => (next.clone(), time()).prop_map(|(task, ms)| Op::Within(task, ms)),
        1 => other(me).prop_map(Op::CancelWith),
        1 => Just(Op::Uncancel),
        1 => one().prop_map(Op::ReleaseLater),
        2 => one().prop_map(Op::Set),
        1 => one().prop_map(Op::Clear),
        2 => one().prop_map(Op::WaitEvent),
        3 => (0..3usize).prop_map(Op::Notify),
        3 => one().prop_map(Op::Put),
        3 => one().prop_map(Op::Get),
        1 => one().prop_map(Op::TryPut),
        1 => one().prop_map(Op::TryGet),
        1 => one().prop_map(Op::TaskDone),
        1 => one().prop_map(Op::Join),
        1 => one().prop_map(Op::Settle),
        1 => one().prop_map(Op::CancelFuture),
        2 => one().prop_map(Op::AwaitFuture),
        3 => (later(me), any::<bool>()).prop_map(|(tasks, all)| Op::Gather(tasks, all)),
        2 => (later(me), any::<bool>()).prop_map(|(tasks, first)| Op::Wait(tasks, first)),
        1 => later(me).prop_map(Op::AsCompleted),
        1 => Just(Op::Fail),
    ]
    .boxed()
}

fn op(me: usize) -> impl Strategy<Value = Op> {
    leaf(me).prop_recursive(3, 12, 4, move |inner| {
        let ops = || proptest::collection::vec(inner.clone(), 0..4);
        prop_oneof![
            3 => (one(), ops()).prop_map(|(lock, ops)| Op::Lock(lock, ops)),
            2 => (one(), ops()).prop_map(|(semaphore, ops)| Op::Semaphore(semaphore, ops)),
            1 => ops().prop_map(Op::WaitCondition),
            2 => (time(), ops()).prop_map(|(limit, ops)| Op::Timeout(limit, ops)),
            3 => (ops(), ops(), any::<bool>())
                .prop_map(|(body, handler, again)| Op::Catch(body, handler, again)),
            1 => ops().prop_map(Op::Finally),
            2 => (ops(), ops()).prop_map(|(body, clean_up)| Op::FinallyAwait(body, clean_up)),
            2 => (0..=4usize, ops()).prop_map(|(pulls, ops)| Op::Generator(pulls, ops)),
            1 => (later(me), ops()).prop_map(|(tasks, ops)| Op::Group(tasks, ops)),
        ]
    })
}

fn body(me: usize) -> impl Strategy<Value = Vec<Op>> {
    proptest::collection::vec(op(me), 0..7)
}

/// Any program.
pub fn program() -> impl Strategy<Value = Program> {
    let bodies = (0..TASKS).map(body).collect::<Vec<_>>();
    let ending = prop_oneof![
        6 => Just(MainEnding::Clean),
        2 => Just(MainEnding::Leaves),
        1 => Just(MainEnding::Fails),
        1 => Just(MainEnding::Cancelled),
    ];
    (1..=TASKS, 1..12u64, ending, bodies).prop_map(|(roots, patience, ending, bodies)| Program {
        roots,
        patience,
        ending,
        bodies,
    })
}
