//! A lock or semaphore was acquired and never given back.

use crate::derived::findings::facts::Facts;
use crate::derived::findings::{Finding, FindingKind, MOST_LISTED, Rule, listed};
use crate::trace::{Event, ResourceId, Trace};

pub(super) struct NeverReleased;

impl Rule for NeverReleased {
    const KIND: FindingKind = FindingKind::NeverReleased;
    const TITLE: &'static str = "never released";
    const ADVICE: &'static str = "hold it with `async with` (in Rust: keep the guard in scope), which gives it back however the body ends";

    fn new(_trace: &Trace) -> Self {
        NeverReleased
    }

    /// The facts have who holds what.
    fn event(&mut self, _event: &Event, _facts: &Facts) {}

    fn finish(self, facts: &Facts) -> Vec<Finding> {
        if facts.trace.end.is_none() {
            return Vec::new();
        }
        // Who is not finished either still needs it, or waits for ever: that is a deadlock.
        let mut kept: Vec<_> = facts
            .permits
            .owed()
            .filter(|(_, task, _)| facts.task(*task).is_done)
            .map(|(resource, task, held)| (task, held.time_ns, resource, held.location))
            .collect();
        kept.sort();
        let of_a_task = kept.chunk_by(|(one, ..), (other, ..)| one == other);
        of_a_task
            .map(|things| {
                let (task, time_ns, _, location) = things[0];
                let words = |(_, _, resource, _): &(_, _, ResourceId, _)| {
                    facts.trace.resource(*resource).in_words()
                };
                let mut names: Vec<String> = things.iter().take(MOST_LISTED).map(words).collect();
                if things.len() > names.len() {
                    names.push(format!("{} more", things.len() - names.len()));
                }
                let (name, names) = (facts.trace.name(task), listed(names));
                let them = if things.len() == 1 { "it" } else { "them" };
                let sentence = format!("{name} acquired {names} and never gave {them} back");
                Finding {
                    count: things.len() as u32,
                    ..Finding::new::<Self>(task, time_ns, location, sentence)
                }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::derived::findings::story::{A, B, Story, gets, gives};
    use crate::trace::{Cause, EndReason, Ending, ResourceKind};

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
    fn several_things_are_named_in_one_sentence() {
        let mut story = Story::new();
        let locks = ["a", "b"].map(|name| story.resource(ResourceKind::Lock, name));
        story.wake(A, Cause::External);
        story.poll(A, 0, &locks.map(|lock| gets(A, lock)));
        story.done(A, Ending::Returned).end(EndReason::Finished);
        story.check(&[
            "NeverReleased 0.. 2x A acquired the lock a and the lock b and never gave them back",
        ]);
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
}
