//! The critical path: the chain of tasks and waits that decided when the run ended.
//!
//! It is found backwards, from the last task that ended: a task ran because somebody woke it, who
//! ran because somebody woke him, until the beginning of the run. At no time does it say of a task
//! what that task's lane does not say: where the cause of a wake was at work before the task began
//! to wait, the path stays with the task.

use crate::derived::timeline::LaneState;
use crate::trace::{Cause, EventKind, PollOutcome, TaskId, Trace};

/// A stretch of the path. Each begins where the one before it ends, but for moments of the loop's
/// own, when no task has anything to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// On whose lane.
    pub task: TaskId,
    /// What the task did meanwhile; running, too, while it blocked the loop.
    pub state: LaneState,
    /// When it began; nanoseconds since the run began.
    pub from_ns: u64,
    /// When it ended.
    pub to_ns: u64,
    /// The position of the event with which it began.
    pub first: u32,
    /// The position of the event with which it ended.
    pub last: u32,
}

/// A task's lane changes its state.
#[derive(Clone, Copy)]
struct Change {
    /// The position of the event that changes it.
    at: u32,
    time_ns: u64,
    /// `None`: it is done.
    state: Option<LaneState>,
    /// Why a task became ready.
    cause: Option<Cause>,
}

/// What is known of a trace before the way back begins.
struct Lanes {
    /// By task, in order.
    changes: Vec<Vec<Change>>,
    /// By timer: where it was set, and by which task.
    timers: Vec<Option<(u32, TaskId)>>,
    /// Whose lane changed at an event, in order: for what happens in no task's name.
    ends: Vec<(u32, TaskId)>,
    main_done: Option<u32>,
}

impl Lanes {
    fn new(trace: &Trace) -> Self {
        let mut lanes = Lanes {
            changes: vec![Vec::new(); trace.tasks.len()],
            timers: Vec::new(),
            ends: Vec::new(),
            main_done: None,
        };
        let mut running = None;
        // By task: who woke it while it ran.
        let mut woken: Vec<Option<Cause>> = vec![None; trace.tasks.len()];
        for (at, event) in trace.events.iter().enumerate() {
            let (at, now_ns) = (at as u32, event.time_ns);
            let (ready, runs) = (Some(LaneState::Ready), Some(LaneState::Running));
            match event.kind {
                EventKind::Spawn { task } => lanes.change(task, at, now_ns, ready, None),
                EventKind::PollStart { task } => {
                    running = Some(task);
                    lanes.change(task, at, now_ns, runs, None);
                }
                EventKind::PollEnd { task, outcome, .. } => {
                    running = None;
                    let by = woken[task.index()].take();
                    let state = match (outcome, by) {
                        (PollOutcome::Pending, None) => Some(LaneState::Waiting),
                        (PollOutcome::Pending, Some(_)) => ready,
                        _ => None,
                    };
                    lanes.change(task, at, now_ns, state, by);
                }
                EventKind::Wake {
                    target,
                    by,
                    merged: false,
                } => match lanes.state(target) {
                    Some(LaneState::Waiting) => lanes.change(target, at, now_ns, ready, Some(by)),
                    Some(LaneState::Running) => woken[target.index()] = Some(by),
                    _ => {}
                },
                EventKind::Done { task, .. } => {
                    if task == TaskId::MAIN {
                        lanes.main_done = Some(at);
                    }
                    if lanes.state(task).is_some() {
                        lanes.change(task, at, now_ns, None, None);
                    }
                }
                // By the clock of another thread.
                EventKind::ThreadStart { task, at_ns } => {
                    lanes.change(task, at, at_ns, runs, None);
                }
                EventKind::ThreadEnd { task, at_ns } => lanes.change(task, at, at_ns, None, None),
                // A damaged file may count its timers in any way.
                EventKind::TimerSet { timer, .. } if timer.index() < trace.events.len() => {
                    if lanes.timers.len() <= timer.index() {
                        lanes.timers.resize(timer.index() + 1, None);
                    }
                    lanes.timers[timer.index()] = running.map(|task| (at, task));
                }
                _ => {}
            }
        }
        lanes
    }

    fn state(&self, task: TaskId) -> Option<LaneState> {
        self.changes[task.index()].last()?.state
    }

    fn change(
        &mut self,
        task: TaskId,
        at: u32,
        time_ns: u64,
        state: Option<LaneState>,
        cause: Option<Cause>,
    ) {
        let changes = &mut self.changes[task.index()];
        if changes.last().is_some_and(|last| last.state.is_none()) {
            return; // nothing comes after the end, but in a damaged file
        }
        let time_ns = changes
            .last()
            .map_or(time_ns, |last| time_ns.max(last.time_ns));
        if state.is_none() {
            self.ends.push((at, task));
        }
        changes.push(Change {
            at,
            time_ns,
            state,
            cause,
        });
    }

    /// The change after which a task was in its state just before an event.
    fn before(&self, task: TaskId, at: u32) -> Option<Change> {
        let changes = self.changes.get(task.index())?;
        let count = changes.partition_point(|change| change.at < at);
        changes.get(count.checked_sub(1)?).copied()
    }

    fn is_running(&self, task: TaskId, at: u32) -> bool {
        let state = self.before(task, at).and_then(|change| change.state);
        state == Some(LaneState::Running)
    }

    /// The last task that ended before an event, and where.
    fn last_end(&self, at: u32) -> Option<(u32, TaskId)> {
        let count = self.ends.partition_point(|(end, _)| *end < at);
        self.ends.get(count.checked_sub(1)?).copied()
    }
}

/// The critical path of a run, from its beginning to the end of the last task.
pub fn critical_path(trace: &Trace) -> Vec<Step> {
    let lanes = Lanes::new(trace);
    let count = trace.events.len() as u32;
    if trace.tasks.is_empty() || lanes.changes[TaskId::MAIN.index()].is_empty() {
        return Vec::new();
    }
    let mut walk = Walk {
        trace,
        lanes,
        steps: Vec::new(),
    };
    // While main is not done nothing else decides: the run was stopped, or is stuck.
    let start = match walk.lanes.main_done {
        Some(_) => walk.lanes.last_end(count),
        None => Some((count, TaskId::MAIN)),
    };
    let (mut at, mut task) = start.unwrap_or((count, TaskId::MAIN));
    let mut to_ns = match walk.lanes.main_done {
        Some(_) => walk.end_ns(task, at),
        None => trace.duration_ns(),
    };
    while let Some((next_task, next_at, next_ns)) = walk.back(task, at, to_ns) {
        (task, at, to_ns) = (next_task, next_at, next_ns);
    }
    walk.steps.reverse();
    walk.steps
}

struct Walk<'a> {
    trace: &'a Trace,
    lanes: Lanes,
    /// From the end to the beginning.
    steps: Vec<Step>,
}

impl Walk<'_> {
    /// When a task ended that did so at an event; by its own clock on another thread.
    fn end_ns(&self, task: TaskId, at: u32) -> u64 {
        let end = self.lanes.before(task, at + 1);
        end.map_or(0, |change| change.time_ns)
    }

    /// The path is at a task, just before an event: adds what the task did, and says where the
    /// path comes from. Each time the event is an earlier one.
    fn back(&mut self, task: TaskId, at: u32, to_ns: u64) -> Option<(TaskId, u32, u64)> {
        let change = self.lanes.before(task, at)?;
        let Some(state) = change.state else {
            // It was done by then: only its own end leads on.
            return Some((task, change.at, change.time_ns.min(to_ns)));
        };
        let from_ns = change.time_ns.min(to_ns);
        self.add(task, state, (from_ns, to_ns), (change.at, at));
        let here = Some((task, change.at, from_ns));
        if state != LaneState::Ready {
            return here;
        }
        let Some(cause) = change.cause else {
            return self.spawner(task, change.at, from_ns);
        };
        let Some(wait) = self.lanes.before(task, change.at) else {
            return here;
        };
        // Who caused it after the task began to wait, and until when.
        let source = match cause {
            Cause::Task(by) if self.lanes.is_running(by, change.at) => Some((change.at, by)),
            // A callback in the name of a task that gave the thread back before.
            Cause::Task(by) => self.end_of_poll(by, change.at),
            Cause::Timer(timer) => self.lanes.timers.get(timer.index()).copied().flatten(),
            // What `asyncio.run` does when main has ended.
            Cause::External => self.lanes.main_done.map(|done| (done, TaskId::MAIN)),
        };
        match source {
            Some((since, by)) if since > wait.at && since <= change.at && by != task => {
                let since_ns = match cause {
                    Cause::External => self.end_ns(by, since),
                    _ => self.trace.events[since as usize].time_ns,
                };
                let since_ns = since_ns.clamp(wait.time_ns.min(from_ns), from_ns);
                if since < change.at {
                    self.add(
                        task,
                        LaneState::Waiting,
                        (since_ns, from_ns),
                        (since, change.at),
                    );
                }
                Some((by, since, since_ns))
            }
            _ => here,
        }
    }

    /// Where a task last gave the thread back before an event.
    fn end_of_poll(&self, task: TaskId, at: u32) -> Option<(u32, TaskId)> {
        let change = self.lanes.before(task, at)?;
        match change.state {
            // It was done: the end of its poll comes before that.
            None => {
                let poll = self.lanes.before(task, change.at)?;
                let is_running = poll.state == Some(LaneState::Running);
                Some((if is_running { change.at } else { poll.at }, task))
            }
            Some(LaneState::Waiting) => Some((change.at, task)),
            Some(_) => None,
        }
    }

    /// Where the path comes from when a task was made.
    fn spawner(&self, task: TaskId, at: u32, to_ns: u64) -> Option<(TaskId, u32, u64)> {
        let parent = self.trace.task(task).parent?;
        let state = self
            .lanes
            .before(parent, at)
            .and_then(|change| change.state);
        if parent != task && state.is_some() {
            return Some((parent, at, to_ns));
        }
        // A callback made it, after the end of the task that asked for it: the loop was closing.
        let (end, task) = self.lanes.last_end(at)?;
        Some((task, end, self.end_ns(task, end).min(to_ns)))
    }

    fn add(&mut self, task: TaskId, state: LaneState, ns: (u64, u64), events: (u32, u32)) {
        match self.steps.last_mut() {
            Some(step) if step.task == task && step.state == state && step.from_ns == ns.1 => {
                (step.from_ns, step.first) = (ns.0, events.0);
            }
            _ => self.steps.push(Step {
                task,
                state,
                from_ns: ns.0,
                to_ns: ns.1,
                first: events.0,
                last: events.1,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::DEMOS;
    use crate::demos::run_with;
    use crate::derived::timeline::Timeline;
    use crate::link::apply_query;
    use crate::param::Values;
    use crate::picture::sample;
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    fn run(slug: &str, setting: &str) -> Trace {
        run_with(slug, setting)
    }

    /// The steps that take time, in seconds.
    #[track_caller]
    fn check(slug: &str, setting: &str, expected: Expect) {
        let trace = run(slug, setting);
        let mut text = String::new();
        for step in critical_path(&trace) {
            if step.from_ns < step.to_ns {
                let (from, to) = (step.from_ns as f64 / 1e9, step.to_ns as f64 / 1e9);
                let (name, state) = (trace.name(step.task), step.state.words());
                text += &format!("{from:.3} to {to:.3}: {name}, {state}\n");
            }
        }
        expected.assert_eq(&text);
    }

    /// The path goes from the beginning on without going back in time, and says of no task what
    /// its lane does not say at that time.
    fn is_true(trace: &Trace, path: &[Step]) -> Result<(), TestCaseError> {
        let timeline = Timeline::from_trace(trace);
        for step in path {
            prop_assert!(step.from_ns <= step.to_ns && step.first <= step.last);
            let lane = &timeline.lanes[step.task.index()];
            let mut covered_ns = step.from_ns;
            for segment in lane.segments_until(trace.duration_ns()) {
                let state = match segment.state {
                    LaneState::Blocking => LaneState::Running,
                    state => state,
                };
                let is_beside = segment.end_ns <= step.from_ns || segment.start_ns >= step.to_ns;
                if is_beside {
                    continue;
                }
                // Code that takes no time is no stretch of its own.
                let is_moment = segment.start_ns == segment.end_ns;
                prop_assert!(state == step.state || is_moment, "{step:?} {segment:?}");
                covered_ns = covered_ns.max(segment.end_ns.min(step.to_ns));
            }
            prop_assert!(covered_ns == step.to_ns, "{step:?} is longer than the lane");
        }
        for pair in path.windows(2) {
            prop_assert!(pair[0].to_ns <= pair[1].from_ns, "{pair:?}");
        }
        Ok(())
    }

    fn is_whole(trace: &Trace, path: &[Step]) -> Result<(), TestCaseError> {
        is_true(trace, path)?;
        let spawned_ns = trace.events.first().map(|event| event.time_ns);
        prop_assert_eq!(path.first().map(|step| step.from_ns), spawned_ns);
        for pair in path.windows(2) {
            prop_assert_eq!(pair[0].to_ns, pair[1].from_ns);
        }
        Ok(())
    }

    #[test]
    fn of_concurrent_requests_the_slowest_decides() {
        check(
            "three-servers",
            "",
            expect![[r#"
            0.000 to 10.000: server 2, waiting
        "#]],
        );
    }

    #[test]
    fn sequential_requests_all_decide() {
        check(
            "three-servers",
            "mode=sequential",
            expect![[r#"
            0.000 to 1.000: main, waiting
            1.000 to 11.000: main, waiting
            11.000 to 12.000: main, waiting
        "#]],
        );
    }

    #[test]
    fn who_is_not_served_waits_for_the_thread() {
        check(
            "factorial",
            "mode=blocking",
            expect![[r#"
            0.000 to 2.000: B, ready, not served
            2.000 to 5.000: B, running
        "#]],
        );
    }

    #[test]
    fn work_on_other_threads_is_on_the_path() {
        check(
            "workers",
            "",
            expect![[r#"
            0.000 to 0.800: main, running
            0.800 to 1.000: piece 4, waiting
        "#]],
        );
    }

    #[test]
    fn the_path_of_every_demo_is_whole_and_true() {
        for demo in DEMOS {
            for setting in demo.golden_settings() {
                let mut values = Values::defaults(demo.params);
                apply_query(&mut values, setting).expect("the setting is valid");
                if !demo.runs_instantly(&values) {
                    continue;
                }
                let trace = demo.run_instantly(values);
                let path = critical_path(&trace);
                if let Err(problem) = is_whole(&trace, &path) {
                    panic!("{} {setting}: {problem}", demo.slug);
                }
            }
        }
    }

    #[test]
    fn who_is_stuck_waits() {
        check(
            "deadlock",
            "",
            expect![[r#"
            0.000 to 1.000: main, waiting
        "#]],
        );
        check(
            "semaphore",
            "forget=yes",
            expect![[r#"
            0.000 to 1.000: main, waiting
        "#]],
        );
    }

    #[test]
    fn a_trace_without_events_has_no_path() {
        assert_eq!(
            critical_path(&Trace::new(crate::trace::ClockKind::Live)),
            []
        );
    }

    proptest! {
        #[test]
        fn a_path_says_what_the_lanes_say(
            tasks in 1_usize..12,
            events in 30_usize..2_000,
            seed in any::<u32>(),
        ) {
            let trace = sample::trace(tasks, events, seed);
            is_true(&trace, &critical_path(&trace))?;
        }
    }
}
