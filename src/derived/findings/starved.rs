//! A task could have run for long and did not get the thread.

use crate::derived::findings::facts::Facts;
use crate::derived::findings::spans::{Span, SpansByTask};
use crate::derived::findings::{Finding, FindingKind, LIMIT_NS, Rule};
use crate::derived::summary::time_text;
use crate::trace::{Cause, Event, EventKind, TaskId, TimerId, Trace, WaitFor};

pub(super) struct Starved {
    /// By task: it is in the ready queue, and could have run from this time on.
    ready_since_ns: Vec<Option<u64>>,
    /// By task: a cancellation was asked for, and nobody woke it since.
    is_cancelled: Vec<bool>,
    /// By timer.
    deadlines_ns: Vec<u64>,
    /// Polls over the limit that nobody after them outlasted: end, length and task, with falling
    /// lengths. So the longest poll since some time is found by a binary search.
    long_polls: Vec<(u64, u64, TaskId)>,
    spans: SpansByTask,
}

impl Rule for Starved {
    const KIND: FindingKind = FindingKind::Starved;
    const TITLE: &'static str = "a starved task";
    const ADVICE: &'static str = "put a pause into what holds the thread (`await asyncio.sleep(0)`) every few milliseconds, or move its work to another thread";

    fn new(trace: &Trace) -> Self {
        Starved {
            ready_since_ns: vec![None; trace.tasks.len()],
            is_cancelled: vec![false; trace.tasks.len()],
            deadlines_ns: Vec::new(),
            long_polls: Vec::new(),
            spans: SpansByTask::new(trace),
        }
    }

    fn event(&mut self, event: &Event, facts: &Facts) {
        let now_ns = event.time_ns;
        match event.kind {
            EventKind::Spawn { task } if facts.is_on_the_loop(task) => {
                self.ready_since_ns[task.index()] = Some(now_ns);
            }
            EventKind::Wake {
                target,
                by,
                merged: false,
            } if !facts.task(target).is_done => {
                // While the thread is blocked timers cannot fire, but whoever waits for one could
                // run from its deadline on, even if somebody else wakes it in the end. A timer
                // that cancels (the end of a timeout) was late itself: that task waited on.
                let is_cancelled = std::mem::take(&mut self.is_cancelled[target.index()]);
                let timer = match (facts.task(target).woken_from, by) {
                    (Some(WaitFor::Timer(timer)), _) => Some(timer),
                    (_, Cause::Timer(timer)) if !is_cancelled => Some(timer),
                    _ => None,
                };
                let due_ns = timer.and_then(|timer| self.deadlines_ns.get(timer.index()));
                let since_ns = due_ns.map_or(now_ns, |due_ns| now_ns.min(*due_ns));
                self.ready_since_ns[target.index()] = Some(since_ns);
            }
            EventKind::Cancel { target, .. } => self.is_cancelled[target.index()] = true,
            EventKind::PollStart { task } if facts.is_on_the_loop(task) => {
                self.end_of_ready(now_ns, task, facts, false);
            }
            EventKind::PollEnd { task, .. } => self.end_of_poll(now_ns, task, facts),
            EventKind::TimerSet {
                timer: TimerId(timer),
                deadline_ns,
            } if (timer as usize) < facts.trace.events.len() => {
                let timer = timer as usize;
                if self.deadlines_ns.len() <= timer {
                    self.deadlines_ns.resize(timer + 1, u64::MAX);
                }
                self.deadlines_ns[timer] = deadline_ns;
            }
            EventKind::Done { task, .. } => self.ready_since_ns[task.index()] = None,
            _ => {}
        }
    }

    fn finish(mut self, facts: &Facts) -> Vec<Finding> {
        let now_ns = facts.trace.duration_ns();
        if let Some(poll) = &facts.poll
            && poll.outcome.is_none()
        {
            self.end_of_poll(now_ns, poll.task, facts);
        }
        for task in facts.task_ids() {
            self.end_of_ready(now_ns, task, facts, true);
        }
        self.spans.findings::<Self>(|task, spans| {
            let name = facts.trace.name(task);
            let total = time_text(spans.total_ns);
            let longest = time_text(spans.longest.length_ns);
            let holder = match spans.longest.holder {
                Some(holder) => format!("{} held it", facts.trace.name(holder)),
                None => "others took their turns".to_owned(),
            };
            match (spans.count, spans.longest.end_ns) {
                (1, None) => {
                    format!("{name} could run for {total} and did not get the thread: {holder}")
                }
                (1, Some(_)) => {
                    format!("{name} could run {total} before it got the thread: {holder}")
                }
                (count, _) => format!(
                    "{name} could run long before it got the thread, {count} times, for {total} in all; the longest time, {longest}, {holder}"
                ),
            }
        })
    }
}

impl Starved {
    /// A task got the thread, or the trace ended before it did.
    fn end_of_ready(&mut self, now_ns: u64, task: TaskId, facts: &Facts, is_open: bool) {
        let Some(ready_ns) = self.ready_since_ns[task.index()].take() else {
            return;
        };
        let task_facts = facts.task(task);
        let start_ns = ready_ns.max(task_facts.last_poll_end_ns);
        let length_ns = now_ns.saturating_sub(start_ns);
        if length_ns <= LIMIT_NS {
            return;
        }
        let first = self
            .long_polls
            .partition_point(|(end_ns, ..)| *end_ns <= start_ns);
        let span = Span {
            start_ns,
            end_ns: (!is_open).then_some(now_ns),
            length_ns,
            location: task_facts.location,
            holder: self.long_polls.get(first).map(|(.., holder)| *holder),
        };
        self.spans.add(task, span);
    }

    /// A task gave the thread back, or the trace ended before it did.
    fn end_of_poll(&mut self, now_ns: u64, task: TaskId, facts: &Facts) {
        let Some(poll) = facts.poll.as_ref().filter(|poll| poll.task == task) else {
            return;
        };
        let length_ns = now_ns.saturating_sub(poll.start_ns);
        if length_ns <= LIMIT_NS {
            return;
        }
        while self
            .long_polls
            .pop_if(|(_, shorter_ns, _)| *shorter_ns <= length_ns)
            .is_some()
        {}
        self.long_polls.push((now_ns, length_ns, task));
    }
}

#[cfg(test)]
mod tests {
    use crate::derived::findings::story::{A, B, MS, Story, waits};
    use crate::trace::{Cause, EventKind, ResourceKind, TaskId, TimerId, WaitFor};

    const TIMER: TimerId = TimerId(0);

    fn sets_a_timer(ms: u64) -> EventKind {
        EventKind::TimerSet {
            timer: TIMER,
            deadline_ns: ms * MS,
        }
    }

    #[test]
    fn a_timer_that_is_due_while_the_loop_is_blocked_counts_from_its_deadline() {
        let mut story = Story::new();
        story.wake(A, Cause::External).wake(B, Cause::External);
        story.poll(B, 0, &[sets_a_timer(500)]);
        story.poll(A, 2_000, &[]);
        story
            .add(EventKind::TimerFired { timer: TIMER })
            .wake(B, Cause::Timer(TIMER))
            .poll(B, 0, &[]);
        story.check(&[
            "LoopBlocked 0..2000 1x A held the loop for 2.00 s, and nobody else could run",
            "Starved 500..2000 1x B could run 1.50 s before it got the thread: A held it",
        ]);
    }

    fn cancels(target: TaskId, by: Cause) -> [EventKind; 2] {
        let merged = false;
        [
            EventKind::Cancel { target, by },
            EventKind::Wake { target, by, merged },
        ]
    }

    #[test]
    fn whose_sleep_was_over_before_it_was_cancelled_could_have_run() {
        let mut story = Story::new();
        let on = WaitFor::Timer(TIMER);
        story.wake(A, Cause::External).wake(B, Cause::External);
        story.poll(B, 0, &[sets_a_timer(500), EventKind::Wait { task: B, on }]);
        story.poll(A, 2_000, &cancels(B, Cause::Task(A)));
        story.poll(B, 0, &[]);
        story.check(&[
            "LoopBlocked 0..2000 1x A held the loop for 2.00 s, and nobody else could run",
            "Starved 500..2000 1x B could run 1.50 s before it got the thread: A held it",
        ]);
    }

    #[test]
    fn whom_a_late_timer_cancels_could_not_have_run_before() {
        let mut story = Story::new();
        let event = story.resource(ResourceKind::Event, "go");
        story.wake(A, Cause::External).wake(B, Cause::External);
        story.poll(B, 0, &[sets_a_timer(500), waits(B, event)]);
        story.poll(A, 2_000, &[]);
        story.add(EventKind::TimerFired { timer: TIMER });
        for kind in cancels(B, Cause::Timer(TIMER)) {
            story.add(kind);
        }
        story.poll(B, 0, &[]);
        story.check(&[
            "LoopBlocked 0..2000 1x A held the loop for 2.00 s, and nobody else could run",
        ]);
    }

    #[test]
    fn whoever_blocks_does_not_starve_itself() {
        let mut story = Story::new();
        story.wake(A, Cause::External);
        story.poll(A, 2_000, &[sets_a_timer(10)]);
        story.wake(A, Cause::Timer(TIMER)).poll(A, 0, &[]);
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
}
