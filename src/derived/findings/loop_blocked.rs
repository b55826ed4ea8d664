//! A task held the loop for too long.

use crate::derived::findings::facts::{Facts, Poll};
use crate::derived::findings::spans::{Span, SpansByTask};
use crate::derived::findings::{Finding, FindingKind, LIMIT_NS, Rule};
use crate::derived::summary::time_text;
use crate::trace::{Event, EventKind, Trace};

pub(super) struct LoopBlocked {
    spans: SpansByTask,
}

impl Rule for LoopBlocked {
    const KIND: FindingKind = FindingKind::LoopBlocked;
    const TITLE: &'static str = "the loop was blocked";
    const ADVICE: &'static str = "await a pause instead of blocking; move long work to another thread, or pause in it every few milliseconds";

    fn new(trace: &Trace) -> Self {
        LoopBlocked {
            spans: SpansByTask::new(trace),
        }
    }

    fn event(&mut self, event: &Event, facts: &Facts) {
        if let EventKind::PollEnd { task, .. } = event.kind
            && let Some(poll) = &facts.poll
            && poll.task == task
        {
            self.poll(event.time_ns, poll, facts);
        }
    }

    fn finish(mut self, facts: &Facts) -> Vec<Finding> {
        if let Some(poll) = &facts.poll
            && poll.outcome.is_none()
        {
            self.poll(facts.trace.duration_ns(), poll, facts);
        }
        self.spans.findings::<Self>(|task, spans| {
            let name = facts.trace.name(task);
            let total = time_text(spans.total_ns);
            let longest = time_text(spans.longest.length_ns);
            match spans.count {
                1 => format!("{name} held the loop for {total}, and nobody else could run"),
                count => format!(
                    "{name} held the loop {count} times, for {total} in all and {longest} at most, and nobody else could run"
                ),
            }
        })
    }
}

impl LoopBlocked {
    /// A task gave the thread back, or the trace ended before it did.
    fn poll(&mut self, now_ns: u64, poll: &Poll, facts: &Facts) {
        let length_ns = now_ns.saturating_sub(poll.start_ns);
        if length_ns > LIMIT_NS {
            let span = Span {
                start_ns: poll.start_ns,
                end_ns: poll.outcome.is_some().then_some(now_ns),
                length_ns,
                location: poll.location(facts),
                holder: None,
            };
            self.spans.add(poll.task, span);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::derived::findings::findings;
    use crate::derived::findings::story::{A, B, LINE, MS, Story};
    use crate::trace::{Cause, EndReason, EventKind, LocationId};

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
        let found = findings(&story.trace);
        assert!(found.iter().all(|finding| finding.location == LINE));
        assert!(found.iter().all(|finding| finding.total_ns == 400 * MS));
    }

    #[test]
    fn the_line_is_that_of_the_longest_block() {
        let block = |line: u16, from_ns: u64| EventKind::Blocked {
            task: A,
            location: LocationId(line),
            from_ns,
        };
        let mut story = Story::new();
        story.wake(A, Cause::External);
        story.poll(
            A,
            300,
            &[block(1, 290 * MS), block(2, 0), block(3, 200 * MS)],
        );
        assert_eq!(findings(&story.trace)[0].location, LocationId(2));
    }

    #[test]
    fn a_run_that_was_stopped_while_blocked_says_so_and_at_which_line() {
        let mut story = Story::new();
        story.wake(A, Cause::External).wake(B, Cause::External);
        let location = LocationId(2);
        story.add(EventKind::PollStart { task: A });
        story
            .add(EventKind::Blocks { task: A, location })
            .pass(5_000);
        story.end(EndReason::Stopped);
        story.check(&[
            "LoopBlocked 0.. 1x A held the loop for 5.00 s, and nobody else could run",
            "Starved 0.. 1x B could run for 5.00 s and did not get the thread: A held it",
        ]);
        assert_eq!(findings(&story.trace)[0].location, location);
    }
}
