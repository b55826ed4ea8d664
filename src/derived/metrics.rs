//! Ideal against actual: what was asked for in a run, and what came of it.

use crate::trace::{EventKind, TaskId, Trace, WaitFor};

/// Nobody waits for that timer, or it was given up.
const NOBODY: u32 = u32::MAX;

/// A length of time in a task's life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stretch {
    /// Its length in nanoseconds.
    pub length_ns: u64,
    /// The number of the task.
    pub task: u32,
    /// When it began; nanoseconds since the run began.
    pub from_ns: u64,
}

/// Numbers of a run. All times are in nanoseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metrics {
    /// How many sleeps were slept to their end.
    pub sleeps: usize,
    /// How long they were to be, together.
    pub asked_ns: u64,
    /// How long they were: until the task ran again.
    pub slept_ns: u64,
    /// The sleep that lasted longest beyond its end, and by how much.
    pub latest_sleep: Stretch,
    /// How many timers were served.
    pub timers: usize,
    /// By how much half of them were late at most.
    pub median_late_ns: u64,
    /// By how much the latest was late.
    pub most_late_ns: u64,
    /// How long tasks had the loop's thread.
    pub busy_ns: u64,
    /// How long nobody was ready.
    pub idle_ns: u64,
    /// How long somebody was ready and nobody had the thread: the loop's own share, and that of
    /// whoever else uses its thread.
    pub loop_ns: u64,
    /// The longest time that a task was ready and not served.
    pub longest_ready: Stretch,
}

/// A timer, as far as it is of interest.
#[derive(Clone, Copy)]
struct Timer {
    set_ns: u64,
    deadline_ns: u64,
}

/// A task between two steps.
#[derive(Clone, Copy)]
struct Between {
    ready_since: Option<u64>,
    /// The timer that it sleeps until.
    sleep: u32,
}

impl Metrics {
    /// The numbers of a trace. Reads it once.
    pub fn from_trace(trace: &Trace) -> Self {
        let mut metrics = Metrics::default();
        let mut timers: Vec<Timer> = Vec::new();
        let mut late: Vec<u64> = Vec::new();
        let between = Between {
            ready_since: None,
            sleep: NOBODY,
        };
        let mut tasks = vec![between; trace.tasks.len()];
        let mut ready: usize = 0;
        let mut runs = false;
        let mut before_ns = 0;
        let end = (trace.duration_ns(), None);
        let events = trace.events.iter();
        for (now_ns, kind) in events
            .map(|event| (event.time_ns, Some(event.kind)))
            .chain([end])
        {
            let passed_ns = now_ns.saturating_sub(before_ns);
            // The loop sleeps between two turns; in one it serves timers.
            let serves = matches!(kind, Some(EventKind::TimerFired { .. }));
            match (runs, serves || ready > 0) {
                (true, _) => metrics.busy_ns = metrics.busy_ns.saturating_add(passed_ns),
                (false, true) => metrics.loop_ns = metrics.loop_ns.saturating_add(passed_ns),
                (false, false) => metrics.idle_ns = metrics.idle_ns.saturating_add(passed_ns),
            }
            before_ns = now_ns;
            let wakes = match kind {
                Some(EventKind::Spawn { task }) => Some(task),
                Some(EventKind::Wake { target, .. }) => Some(target),
                _ => None,
            };
            // Whoever runs on another thread waits for no turn of this one.
            if let Some(task) = wakes.filter(|task| trace.task(*task).thread == 0) {
                let since = &mut tasks[task.index()].ready_since;
                ready += usize::from(since.is_none());
                since.get_or_insert(now_ns);
            }
            match kind {
                Some(EventKind::PollStart { task }) => {
                    runs = true;
                    let state = &mut tasks[task.index()];
                    if let Some(since_ns) = state.ready_since.take() {
                        ready -= 1;
                        metrics.longest_ready.raise(
                            task,
                            since_ns,
                            now_ns.saturating_sub(since_ns),
                        );
                    }
                    let slept = std::mem::replace(&mut state.sleep, NOBODY);
                    if let Some(timer) = timers.get(slept as usize) {
                        metrics.sleeps += 1;
                        let slept_ns = now_ns.saturating_sub(timer.set_ns);
                        let asked_ns = timer.deadline_ns.saturating_sub(timer.set_ns);
                        metrics.slept_ns = metrics.slept_ns.saturating_add(slept_ns);
                        metrics.asked_ns = metrics.asked_ns.saturating_add(asked_ns);
                        let late_ns = slept_ns.saturating_sub(asked_ns);
                        metrics.latest_sleep.raise(task, timer.deadline_ns, late_ns);
                    }
                }
                Some(EventKind::PollEnd { .. }) => runs = false,
                Some(EventKind::Done { task, .. }) => {
                    ready -= usize::from(tasks[task.index()].ready_since.take().is_some());
                }
                Some(EventKind::Wait {
                    task,
                    on: WaitFor::Timer(timer),
                }) => tasks[task.index()].sleep = timer.0,
                Some(EventKind::TimerSet { timer, deadline_ns }) => {
                    let unset = Timer {
                        set_ns: 0,
                        deadline_ns: 0,
                    };
                    timers.resize(timers.len().max(timer.index() + 1), unset);
                    timers[timer.index()] = Timer {
                        set_ns: now_ns,
                        deadline_ns,
                    };
                }
                Some(EventKind::TimerFired { timer }) => {
                    let deadline_ns = timers.get(timer.index()).map(|timer| timer.deadline_ns);
                    late.extend(deadline_ns.map(|ns| now_ns.saturating_sub(ns)));
                }
                Some(EventKind::Cancel { target, .. }) => tasks[target.index()].sleep = NOBODY,
                _ => {}
            }
        }
        late.sort_unstable();
        metrics.timers = late.len();
        metrics.most_late_ns = late.last().copied().unwrap_or(0);
        metrics.median_late_ns = late
            .get(late.len().saturating_sub(1) / 2)
            .copied()
            .unwrap_or(0);
        metrics
    }
}

impl Stretch {
    fn raise(&mut self, task: TaskId, from_ns: u64, length_ns: u64) {
        if length_ns > self.length_ns {
            *self = Stretch {
                length_ns,
                task: task.0,
                from_ns,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::{self, DEMOS};
    use crate::link::apply_query;
    use crate::param::Values;
    use crate::picture::sample;
    use proptest::prelude::*;

    const S: u64 = 1_000_000_000;

    fn metrics(slug: &str, setting: &str) -> Metrics {
        let demo = demos::find(slug).expect("the demo exists");
        let mut values = Values::defaults(demo.params);
        apply_query(&mut values, setting).expect("the setting is valid");
        Metrics::from_trace(&demo.run_instantly(values))
    }

    #[test]
    fn awaited_pauses_are_as_long_as_asked_for() {
        let metrics = metrics("factorial", "");
        assert_eq!((metrics.sleeps, metrics.timers), (5, 5));
        assert_eq!((metrics.asked_ns, metrics.slept_ns), (5 * S, 5 * S));
        assert_eq!((metrics.median_late_ns, metrics.most_late_ns), (0, 0));
        assert_eq!(
            (metrics.busy_ns, metrics.idle_ns, metrics.loop_ns),
            (0, 3 * S, 0)
        );
        assert_eq!(metrics.longest_ready, Stretch::default());
    }

    #[test]
    fn who_blocks_lets_others_wait_and_timers_be_late() {
        let blocked = metrics("factorial", "mode=blocking");
        assert_eq!(
            (blocked.busy_ns, blocked.idle_ns, blocked.loop_ns),
            (5 * S, 0, 0)
        );
        let ready = blocked.longest_ready;
        assert_eq!((ready.length_ns, ready.task, ready.from_ns), (2 * S, 2, 0));
        let call = metrics("blocking-call", "");
        assert!(call.most_late_ns > call.median_late_ns);
        assert!(call.slept_ns > call.asked_ns && call.latest_sleep.length_ns > 0);
    }

    #[test]
    fn the_shares_of_every_demo_add_up() {
        for demo in DEMOS {
            if demo.runs_instantly(&Values::defaults(demo.params)) {
                let trace = demo.run_instantly(Values::defaults(demo.params));
                let metrics = Metrics::from_trace(&trace);
                let sum_ns = metrics.busy_ns + metrics.idle_ns + metrics.loop_ns;
                assert_eq!(sum_ns, trace.duration_ns(), "{}", demo.slug);
                assert!(metrics.slept_ns >= metrics.asked_ns, "{}", demo.slug);
            }
        }
    }

    proptest! {
        #[test]
        fn shares_add_up(tasks in 1_usize..12, events in 30_usize..2_000, seed in any::<u32>()) {
            let trace = sample::trace(tasks, events, seed);
            let metrics = Metrics::from_trace(&trace);
            let sum_ns = metrics.busy_ns + metrics.idle_ns + metrics.loop_ns;
            prop_assert_eq!(sum_ns, trace.duration_ns());
            prop_assert!(metrics.median_late_ns <= metrics.most_late_ns);
        }
    }
}
