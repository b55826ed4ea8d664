//! The critical path: the chain of tasks and waits that decided when the run ended.
//!
//! It is found backwards, from the end of the main task: a task ran because somebody woke it, who
//! ran because somebody woke him, until the beginning of the run.

use crate::derived::timeline::LaneState;
use crate::trace::{Cause, EventKind, TaskId, TimerId, Trace};

/// A stretch of the path. Each begins where the one before it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// On whose lane.
    pub task: TaskId,
    /// What the task did meanwhile.
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

/// What is looked for, going back through the events.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sought {
    /// The beginning of the step in which the task was.
    Start,
    /// What made the task ready.
    Waker,
    /// Where the timer was set that woke the task.
    Timer(TimerId),
    /// Who ran when that timer was set.
    Setter,
    /// Where the task gave the thread back, to be woken from outside.
    External,
}

struct Walk<'a> {
    trace: &'a Trace,
    task: TaskId,
    sought: Sought,
    /// Where the path has come to.
    at_ns: u64,
    at: usize,
    /// From the end to the beginning.
    steps: Vec<Step>,
}

/// The critical path of a run, from its beginning to its end.
pub fn critical_path(trace: &Trace) -> Vec<Step> {
    let is_end =
        |kind: &EventKind| matches!(kind, EventKind::Done { task, .. } if *task == TaskId::MAIN);
    let events = &trace.events;
    if events.is_empty() || trace.tasks.is_empty() {
        return Vec::new();
    }
    let mut walk = Walk {
        trace,
        task: TaskId::MAIN,
        sought: Sought::Start,
        at_ns: trace.duration_ns(),
        at: events.len(),
        steps: Vec::new(),
    };
    // What comes after the main task's end is the loop's: it cancels what is left.
    let end = events.iter().rposition(|event| is_end(&event.kind));
    if let Some(end) = end {
        walk.go_to(LaneState::Waiting, end, events[end].time_ns);
    }
    for position in (0..walk.at).rev() {
        walk.take_in(position);
    }
    // What the first task did before anything is known of it; mostly no time at all.
    if walk.at_ns > 0 {
        let state = walk.state();
        walk.go_to(state, 0, 0);
    }
    walk.steps.reverse();
    walk.steps
}

impl Walk<'_> {
    /// What the task did while it is sought what was before.
    fn state(&self) -> LaneState {
        match self.sought {
            Sought::Start => LaneState::Running,
            Sought::Waker => LaneState::Ready,
            Sought::Timer(_) | Sought::Setter | Sought::External => LaneState::Waiting,
        }
    }

    fn take_in(&mut self, position: usize) {
        let event = self.trace.events[position];
        let (me, now_ns) = (self.task, event.time_ns);
        match (self.sought, event.kind) {
            (Sought::Start, EventKind::PollStart { task }) if task == me => {
                self.go_to(LaneState::Running, position, now_ns);
                self.sought = Sought::Waker;
            }
            // By the clock of another thread.
            (Sought::Start, EventKind::ThreadStart { task, at_ns }) if task == me => {
                self.go_to(LaneState::Running, position, at_ns);
                self.sought = Sought::Waker;
            }
            // The task was done, or on its way to wait, when somebody was woken in its name.
            (Sought::Start, EventKind::PollEnd { task, .. }) if task == me => {
                self.go_to(LaneState::Ready, position, now_ns);
            }
            (Sought::Start | Sought::Waker | Sought::External, EventKind::Spawn { task })
                if task == me =>
            {
                let state = self.state();
                self.go_to(state, position, now_ns);
                self.task = self.trace.task(task).parent.unwrap_or(me);
                self.sought = Sought::Start;
            }
            (
                Sought::Waker,
                EventKind::Wake {
                    target,
                    by,
                    merged: false,
                },
            ) if target == me => {
                self.go_to(LaneState::Ready, position, now_ns);
                match by {
                    Cause::Task(by) => {
                        self.task = by;
                        self.sought = Sought::Start;
                    }
                    Cause::Timer(timer) => self.sought = Sought::Timer(timer),
                    Cause::External => self.sought = Sought::External,
                }
            }
            (Sought::Timer(sought), EventKind::TimerSet { timer, .. }) if timer == sought => {
                self.go_to(LaneState::Waiting, position, now_ns);
                self.sought = Sought::Setter;
            }
            (Sought::Setter, EventKind::PollStart { task }) => {
                self.task = task;
                self.go_to(LaneState::Running, position, now_ns);
                self.sought = Sought::Waker;
            }
            // Nobody ran: it was set by the loop, or from outside.
            (Sought::Setter, EventKind::PollEnd { task, .. }) => {
                self.go_to(LaneState::Waiting, position, now_ns);
                self.task = task;
                self.sought = Sought::Start;
            }
            (Sought::External, EventKind::PollEnd { task, .. }) if task == me => {
                self.go_to(LaneState::Waiting, position, now_ns);
                self.sought = Sought::Start;
            }
            _ => {}
        }
    }

    /// The path came here from there, where the task was in that state.
    fn go_to(&mut self, state: LaneState, position: usize, time_ns: u64) {
        // Other threads have clocks of their own: never go on in time.
        let from_ns = time_ns.min(self.at_ns);
        let (first, last) = (position as u32, self.at as u32);
        match self.steps.last_mut() {
            Some(step) if step.task == self.task && step.state == state => {
                (step.from_ns, step.first) = (from_ns, first);
            }
            _ => self.steps.push(Step {
                task: self.task,
                state,
                from_ns,
                to_ns: self.at_ns,
                first,
                last,
            }),
        }
        (self.at_ns, self.at) = (from_ns, position);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::{self, DEMOS};
    use crate::link::apply_query;
    use crate::param::Values;
    use crate::picture::sample;
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    fn run(slug: &str, setting: &str) -> Trace {
        let demo = demos::find(slug).expect("the demo exists");
        let mut values = Values::defaults(demo.params);
        apply_query(&mut values, setting).expect("the setting is valid");
        demo.run_instantly(values)
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

    fn is_whole(trace: &Trace, path: &[Step]) -> Result<(), TestCaseError> {
        let (first, last) = (path.first(), path.last());
        prop_assert_eq!(first.map(|step| step.from_ns), Some(0));
        prop_assert_eq!(last.map(|step| step.to_ns), Some(trace.duration_ns()));
        for step in path {
            prop_assert!(step.from_ns <= step.to_ns && step.first <= step.last);
            prop_assert!(step.task.index() < trace.tasks.len());
        }
        for pair in path.windows(2) {
            prop_assert_eq!(pair[0].to_ns, pair[1].from_ns);
            prop_assert_eq!(pair[0].last, pair[1].first);
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
    fn the_path_of_every_demo_is_whole() {
        for demo in DEMOS {
            if demo.runs_instantly(&Values::defaults(demo.params)) {
                let trace = demo.run_instantly(Values::defaults(demo.params));
                let path = critical_path(&trace);
                if let Err(problem) = is_whole(&trace, &path) {
                    panic!("{}: {problem}", demo.slug);
                }
            }
        }
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
        fn a_path_has_no_gaps_and_covers_the_run(
            tasks in 1_usize..12,
            events in 30_usize..2_000,
            seed in any::<u32>(),
        ) {
            let trace = sample::trace(tasks, events, seed);
            is_whole(&trace, &critical_path(&trace))?;
        }
    }
}
