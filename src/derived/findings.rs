//! What is wrong with a run: mistakes that its trace shows, each tied to a task, a time and a
//! line, with a sentence on what happened and why, and one on what to do.

mod watch;

use crate::derived::findings::watch::Watch;
use crate::trace::{LocationId, TaskId, Trace};

/// A task that keeps the loop for longer, or that is ready for longer, is worth a finding.
/// asyncio's debug mode has the same limit (`loop.slow_callback_duration`).
pub const LIMIT_NS: u64 = 100_000_000;
/// What sort of mistake it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingKind {
    /// A task held the loop for over [`LIMIT_NS`].
    LoopBlocked,
    /// A task could have run for over [`LIMIT_NS`] and did not get the thread.
    Starved,
    /// Tasks wait for each other in a cycle, or for what nobody can give any more.
    Deadlock,
    /// A lock or semaphore was acquired and not released when the run ended.
    NeverReleased,
    /// A coroutine was made and thrown away.
    NeverAwaited,
    /// A task failed and nobody looked at its exception.
    NeverRetrieved,
    /// A task was unfinished when main ended, and so it was cancelled.
    Lost,
}

impl FindingKind {
    /// All of them.
    pub const ALL: [FindingKind; 7] = [
        FindingKind::LoopBlocked,
        FindingKind::Starved,
        FindingKind::Deadlock,
        FindingKind::NeverReleased,
        FindingKind::NeverAwaited,
        FindingKind::NeverRetrieved,
        FindingKind::Lost,
    ];

    /// A short name for it.
    pub fn title(self) -> &'static str {
        match self {
            FindingKind::LoopBlocked => "the loop was blocked",
            FindingKind::Starved => "a starved task",
            FindingKind::Deadlock => "deadlock",
            FindingKind::NeverReleased => "never released",
            FindingKind::NeverAwaited => "never awaited",
            FindingKind::NeverRetrieved => "an exception nobody retrieved",
            FindingKind::Lost => "a lost task",
        }
    }

    /// What to do about it.
    pub fn advice(self) -> &'static str {
        match self {
            FindingKind::LoopBlocked => {
                "await a pause instead of blocking; move long work to another thread, or pause in it every few milliseconds"
            }
            FindingKind::Starved => {
                "let whoever holds the thread await something more often, or move its work to another thread"
            }
            FindingKind::Deadlock => {
                "take locks in the same order everywhere, or hold one at a time; for anything else, make sure that somebody is left who sets it, puts it or gives it back"
            }
            FindingKind::NeverReleased => {
                "hold it with `async with` (in Rust: keep the guard in scope), which gives it back however the body ends"
            }
            FindingKind::NeverAwaited => "await it, or make it a task",
            FindingKind::NeverRetrieved => {
                "await the task, or gather it with the others, and handle the error there"
            }
            FindingKind::Lost => {
                "await the task, or gather it with the others, before main returns"
            }
        }
    }
}

/// One mistake. What the same task did several times is one finding with a count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What sort of mistake it is.
    pub kind: FindingKind,
    /// Whose. In a deadlock, the first of those who wait.
    pub task: TaskId,
    /// When: of several times the longest, or else the first; nanoseconds since the run began.
    pub time_ns: u64,
    /// Until when, if it has a length and is over; nanoseconds since the run began.
    pub end_ns: Option<u64>,
    /// The line where the task stood, or where it was spawned if it was lost.
    pub at: LocationId,
    /// How often.
    pub count: u32,
    /// What happened and why.
    pub sentence: String,
    /// What to do.
    pub advice: &'static str,
}

/// All mistakes that a trace shows, in the order of time. Works on a trace that still grows too;
/// what can only be known at the end of the run is found then.
pub fn findings(trace: &Trace) -> Vec<Finding> {
    let mut watch = Watch::new(trace);
    for event in &trace.events {
        watch.apply(event);
    }
    watch.finish()
}
#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{
        Cause, ClockKind, End, EndReason, Ending, Event, EventKind, PollOutcome, ResourceId,
        ResourceInfo, ResourceKind, TaskInfo, TextId, TimerId, WaitFor,
    };

    const MS: u64 = 1_000_000;
    const MAIN: TaskId = TaskId::MAIN;
    const A: TaskId = TaskId(1);
    const B: TaskId = TaskId(2);
    const C: TaskId = TaskId(3);
    const LINE: LocationId = LocationId(7);

    /// A trace written by hand: tasks main, A, B and C, all spawned at 0.
    struct Story {
        trace: Trace,
        now_ns: u64,
    }

    impl Story {
        fn new() -> Self {
            let mut trace = Trace::new(ClockKind::Instant);
            for name in ["main", "A", "B", "C"] {
                trace.tasks.push(TaskInfo {
                    name: name.into(),
                    parent: None,
                    location: LocationId(3),
                    thread: 0,
                });
            }
            let mut story = Story { trace, now_ns: 0 };
            for task in [MAIN, A, B, C] {
                story.add(EventKind::Spawn { task });
            }
            for task in [MAIN, A, B, C] {
                story.poll(task, 0, &[]);
            }
            story
        }

        fn add(&mut self, kind: EventKind) -> &mut Self {
            let time_ns = self.now_ns;
            self.trace.events.push(Event { time_ns, kind });
            self
        }

        fn pass(&mut self, ms: u64) -> &mut Self {
            self.now_ns += ms * MS;
            self
        }

        fn wake(&mut self, target: TaskId, by: Cause) -> &mut Self {
            self.add(EventKind::Wake {
                target,
                by,
                merged: false,
            })
        }

        /// A poll of that length, with these events before it ends pending.
        fn poll(&mut self, task: TaskId, ms: u64, events: &[EventKind]) -> &mut Self {
            self.add(EventKind::PollStart { task }).pass(ms);
            for event in events {
                self.add(*event);
            }
            self.add(EventKind::PollEnd {
                task,
                outcome: PollOutcome::Pending,
                at: LINE,
            })
        }

        fn done(&mut self, task: TaskId, ending: Ending) -> &mut Self {
            self.trace.texts.push("ValueError: no".into());
            let text = TextId(self.trace.texts.len() as u32 - 1);
            self.add(EventKind::Done { task, ending, text })
        }

        fn resource(&mut self, kind: ResourceKind, name: &str) -> ResourceId {
            self.trace.resources.push(ResourceInfo {
                kind,
                name: name.into(),
            });
            ResourceId(self.trace.resources.len() as u32 - 1)
        }

        fn end(&mut self, reason: EndReason) -> &mut Self {
            self.trace.end = Some(End {
                time_ns: self.now_ns,
                reason,
                message: "".into(),
            });
            self
        }

        /// Compares kind, start and end in milliseconds, count and sentence.
        #[track_caller]
        fn check(&self, expected: &[&str]) {
            let found: Vec<String> = findings(&self.trace)
                .iter()
                .map(|f| {
                    let end = f.end_ns.map_or(String::new(), |ns| (ns / MS).to_string());
                    let start = f.time_ns / MS;
                    format!("{:?} {start}..{end} {}x {}", f.kind, f.count, f.sentence)
                })
                .collect();
            assert_eq!(found, expected);
        }
    }

    fn gets(task: TaskId, resource: ResourceId) -> EventKind {
        EventKind::Acquire {
            task,
            resource,
            level: 1,
            at: LINE,
        }
    }

    fn gives(task: TaskId, resource: ResourceId) -> EventKind {
        EventKind::Release {
            task,
            resource,
            level: 0,
        }
    }

    fn waits(task: TaskId, resource: ResourceId) -> EventKind {
        EventKind::Wait {
            task,
            on: WaitFor::Resource(resource),
        }
    }

    #[test]
    fn only_what_is_over_the_limit_blocks_or_starves() {
        let mut story = Story::new();
        story.wake(A, Cause::External).wake(B, Cause::External);
        story.poll(A, 100, &[]).poll(B, 0, &[]);
        story.check(&[]);
    }

    #[test]
    fn blocking_names_who_and_how_long_and_whom_it_starves() {
        let mut story = Story::new();
        for ms in [150, 250, 50] {
            story.wake(A, Cause::External).wake(B, Cause::External);
            story.poll(A, ms, &[]).poll(B, 0, &[]).pass(10);
        }
        story.check(&[
            "LoopBlocked 160..410 2x A held the loop 2 times, for 0.40 s in all and 0.25 s at most, and nobody else could run",
            "Starved 160..410 2x B could run long before it got the thread, 2 times, for 0.40 s in all; the longest time, 0.25 s, A held it",
        ]);
        assert!(findings(&story.trace).iter().all(|f| f.at == LINE));
    }

    #[test]
    fn the_line_is_that_of_the_longest_block() {
        let block = |at: u16, from_ns: u64| EventKind::Blocked {
            task: A,
            at: LocationId(at),
            from_ns,
        };
        let mut story = Story::new();
        story.wake(A, Cause::External);
        story.poll(
            A,
            300,
            &[block(1, 290 * MS), block(2, 0), block(3, 200 * MS)],
        );
        assert_eq!(findings(&story.trace)[0].at, LocationId(2));
    }

    #[test]
    fn a_timer_that_is_due_while_the_loop_is_blocked_counts_from_its_deadline() {
        let timer = TimerId(0);
        let mut story = Story::new();
        story.wake(A, Cause::External).wake(B, Cause::External);
        let deadline_ns = 500 * MS;
        story.poll(B, 0, &[EventKind::TimerSet { timer, deadline_ns }]);
        story.poll(A, 2_000, &[]);
        story
            .add(EventKind::TimerFired { timer })
            .wake(B, Cause::Timer(timer))
            .poll(B, 0, &[]);
        story.check(&[
            "LoopBlocked 0..2000 1x A held the loop for 2.00 s, and nobody else could run",
            "Starved 500..2000 1x B could run 1.50 s before it got the thread: A held it",
        ]);
    }

    #[test]
    fn whoever_blocks_does_not_starve_itself() {
        let timer = TimerId(0);
        let mut story = Story::new();
        story.wake(A, Cause::External);
        let deadline_ns = 10 * MS;
        story.poll(A, 2_000, &[EventKind::TimerSet { timer, deadline_ns }]);
        story.wake(A, Cause::Timer(timer)).poll(A, 0, &[]);
        story.check(&[
            "LoopBlocked 0..2000 1x A held the loop for 2.00 s, and nobody else could run",
        ]);
    }

    #[test]
    fn many_short_turns_can_starve_too() {
        let mut story = Story::new();
        story.wake(B, Cause::External);
        for _ in 0..20 {
            story.wake(A, Cause::External).poll(A, 10, &[]);
        }
        story.poll(B, 0, &[]);
        story.check(&[
            "Starved 0..200 1x B could run 0.20 s before it got the thread: others took their turns",
        ]);
    }

    #[test]
    fn a_run_that_was_stopped_while_blocked_says_so() {
        let mut story = Story::new();
        story.wake(A, Cause::External).wake(B, Cause::External);
        story.add(EventKind::PollStart { task: A }).pass(5_000);
        story.end(EndReason::Stopped);
        story.check(&[
            "LoopBlocked 0.. 1x A held the loop for 5.00 s, and nobody else could run",
            "Starved 0.. 1x B could run for 5.00 s and did not get the thread: A held it",
        ]);
    }

    #[test]
    fn a_cycle_is_found_when_it_closes_and_told_from_the_first_task_on() {
        let mut story = Story::new();
        let locks = ["a", "b", "c"].map(|name| story.resource(ResourceKind::Lock, name));
        for (task, lock) in [A, B, C].into_iter().zip(locks) {
            story
                .wake(task, Cause::External)
                .poll(task, 0, &[gets(task, lock)]);
        }
        for (task, lock) in [(B, locks[2]), (C, locks[0]), (A, locks[1])] {
            story.pass(10).wake(task, Cause::External);
            story.poll(task, 0, &[waits(task, lock)]);
        }
        let sentence = "A waits for the lock b, which B holds; B waits for the lock c, which C holds; C waits for the lock a, which A holds";
        story.check(&[&format!("Deadlock 30.. 1x {sentence}")]);
        story.end(EndReason::Deadlock);
        story.check(&[&format!("Deadlock 30.. 1x {sentence}")]);

        story.trace.end = None;
        story.pass(500).wake(B, Cause::External);
        story.check(&[&format!(
            "Deadlock 30..530 1x {sentence}; it was broken after 0.50 s"
        )]);
    }

    #[test]
    fn a_task_can_wait_for_itself() {
        let mut story = Story::new();
        let lock = story.resource(ResourceKind::Lock, "a");
        story.wake(A, Cause::External);
        story.poll(A, 0, &[gets(A, lock), waits(A, lock)]);
        story.check(&["Deadlock 0.. 1x A waits for the lock a, which it holds itself"]);
    }

    #[test]
    fn tasks_that_wait_for_each_other_are_a_cycle() {
        let mut story = Story::new();
        for (task, other) in [(A, B), (B, A)] {
            let on = WaitFor::Task(other);
            story.wake(task, Cause::External);
            story.poll(task, 0, &[EventKind::Wait { task, on }]);
        }
        story.check(&["Deadlock 0.. 1x A waits for the task B; B waits for the task A"]);
    }

    #[test]
    fn waiting_in_line_is_no_deadlock() {
        let mut story = Story::new();
        let lock = story.resource(ResourceKind::Lock, "a");
        story.wake(A, Cause::External).poll(A, 0, &[gets(A, lock)]);
        for task in [B, C] {
            story
                .wake(task, Cause::External)
                .poll(task, 0, &[waits(task, lock)]);
        }
        story.check(&[]);
    }

    #[test]
    fn a_cycle_through_semaphores_is_found_when_nothing_goes_on() {
        let mut story = Story::new();
        let [s, t] = ["s", "t"].map(|name| story.resource(ResourceKind::Semaphore, name));
        story.wake(C, Cause::External).poll(C, 0, &[gets(C, s)]);
        for (task, has, wants) in [(A, s, t), (B, t, s)] {
            story.wake(task, Cause::External);
            story.poll(task, 0, &[gets(task, has), waits(task, wants)]);
        }
        story.check(&[]);
        story.end(EndReason::Deadlock);
        story.check(&[
            "Deadlock 0.. 1x A waits for the semaphore t, of which B holds a permit; B waits for the semaphore s, of which A holds a permit",
        ]);
    }

    #[test]
    fn a_deadlock_without_a_cycle_says_who_waits_for_what() {
        let mut story = Story::new();
        let [lock, queue] =
            [ResourceKind::Lock, ResourceKind::Queue].map(|kind| story.resource(kind, "jobs"));
        story.wake(C, Cause::External).poll(C, 0, &[gets(C, lock)]);
        story.done(C, Ending::Returned).done(MAIN, Ending::Returned);
        story.wake(A, Cause::External).poll(A, 0, &[waits(A, lock)]);
        story
            .wake(B, Cause::External)
            .poll(B, 0, &[waits(B, queue)]);
        story.end(EndReason::Deadlock);
        story.check(&[
            "Deadlock 0.. 1x nothing can wake what is left: A waits for the lock jobs, which C never gave back; B waits for the queue jobs",
            "NeverReleased 0.. 1x C acquired the lock jobs and never gave it back",
        ]);
    }

    #[test]
    fn what_is_never_given_back_is_known_when_its_holder_is_done_and_the_run_over() {
        let mut story = Story::new();
        let [a, b, c] = ["a", "b", "c"].map(|name| story.resource(ResourceKind::Lock, name));
        story.wake(A, Cause::External);
        story.poll(A, 0, &[gets(A, a), gives(A, a), gets(A, b), gets(A, c)]);
        story.wake(B, Cause::External).poll(B, 0, &[gives(B, c)]);
        story.done(A, Ending::Returned);
        story.check(&[]);
        story.end(EndReason::Finished);
        story.check(&["NeverReleased 0.. 1x A acquired the lock b and never gave it back"]);
    }

    #[test]
    fn permits_of_one_semaphore_are_counted_together() {
        let mut story = Story::new();
        let s = story.resource(ResourceKind::Semaphore, "s");
        story.wake(A, Cause::External);
        story.poll(A, 0, &[gets(A, s), gets(A, s), gives(A, s)]);
        story.done(A, Ending::Returned).end(EndReason::Finished);
        story.check(&["NeverReleased 0.. 1x A acquired the semaphore s and never gave it back"]);
    }

    #[test]
    fn a_semaphore_that_counts_things_owes_nobody_anything() {
        let mut story = Story::new();
        let s = story.resource(ResourceKind::Semaphore, "free places");
        story
            .wake(A, Cause::External)
            .poll(A, 0, &[gives(A, s), gives(A, s)]);
        story.wake(B, Cause::External).poll(B, 0, &[gets(B, s)]);
        story.done(B, Ending::Returned).end(EndReason::Finished);
        story.check(&[]);
    }

    #[test]
    fn coroutines_never_awaited_are_listed_by_name() {
        let mut story = Story::new();
        story.trace.texts.extend(["load", "save"].map(Box::from));
        let made = |name: u32| EventKind::NeverAwaited {
            task: A,
            name: TextId(name),
            at: LINE,
        };
        story.add(made(1));
        story.check(&[
            "NeverAwaited 0.. 1x A made the coroutine load and never awaited it, so that none of its code ran",
        ]);
        story.add(made(2)).add(made(2));
        story.check(&[
            "NeverAwaited 0.. 3x A made coroutines and never awaited them, so that none of their code ran: load, save (3 times in all)",
        ]);
    }

    #[test]
    fn an_exception_that_nobody_looked_at_is_found_at_the_end() {
        let mut story = Story::new();
        for task in [A, B, MAIN] {
            story.done(task, Ending::Failed);
        }
        story.add(EventKind::Retrieved { task: B });
        story.check(&[]);
        story.end(EndReason::Failed);
        story.check(&[
            "NeverRetrieved 0.. 1x A failed with ValueError: no, and nobody looked at its result",
        ]);
    }

    #[test]
    fn a_task_that_main_does_not_wait_for_is_lost_once() {
        let cancel = |target| EventKind::Cancel {
            target,
            by: Cause::External,
        };
        let mut story = Story::new();
        // While main runs somebody may have pressed a button: that is no loss.
        story.add(cancel(C)).done(C, Ending::Cancelled);
        story.done(MAIN, Ending::Returned).pass(20);
        // B gets done in the turn after main's end, which asyncio still runs.
        story.done(B, Ending::Returned);
        story.add(cancel(A)).add(cancel(A));
        story.done(A, Ending::Cancelled).end(EndReason::Finished);
        story.check(&[
            "Lost 0.. 1x A was not finished when main ended, and the program does not wait for it: it was cancelled",
        ]);
        assert_eq!(findings(&story.trace)[0].at, LocationId(3));
    }

    #[test]
    fn nothing_happened_so_nothing_is_wrong() {
        assert_eq!(findings(&Trace::new(ClockKind::Live)), []);
    }
}
