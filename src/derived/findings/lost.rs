//! A task was unfinished when main ended, and so it was cancelled.

use crate::derived::findings::facts::Facts;
use crate::derived::findings::{Finding, FindingKind, Rule};
use crate::trace::{Cause, Event, EventKind, TaskId, Trace};

pub(super) struct Lost {
    main_done_ns: Option<u64>,
    is_lost: Vec<bool>,
    found: Vec<Finding>,
}

impl Rule for Lost {
    const KIND: FindingKind = FindingKind::Lost;
    const TITLE: &'static str = "a lost task";
    const ADVICE: &'static str =
        "await the task, or gather it with the others, before main returns";

    fn new(trace: &Trace) -> Self {
        Lost {
            main_done_ns: None,
            is_lost: vec![false; trace.tasks.len()],
            found: Vec::new(),
        }
    }

    fn event(&mut self, event: &Event, facts: &Facts) {
        match event.kind {
            EventKind::Done {
                task: TaskId::MAIN, ..
            } => self.main_done_ns = Some(event.time_ns),
            // While main runs somebody outside may cancel what he likes.
            EventKind::Cancel {
                target,
                by: Cause::External,
            } => {
                let Some(main_done_ns) = self.main_done_ns else {
                    return;
                };
                let is_known = std::mem::replace(&mut self.is_lost[target.index()], true);
                if is_known || facts.task(target).is_done {
                    return;
                }
                let name = facts.trace.name(target);
                let sentence = format!(
                    "{name} was not finished when main ended, and the program does not wait for it: it was cancelled"
                );
                let location = facts.trace.task(target).location;
                self.found.push(Finding::new::<Self>(
                    target,
                    main_done_ns,
                    location,
                    sentence,
                ));
            }
            _ => {}
        }
    }

    fn finish(self, _facts: &Facts) -> Vec<Finding> {
        self.found
    }
}

#[cfg(test)]
mod tests {
    use crate::derived::findings::findings;
    use crate::derived::findings::story::{A, B, C, MAIN, Story};
    use crate::trace::{Cause, EndReason, Ending, EventKind, LocationId};

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
        assert_eq!(findings(&story.trace)[0].location, LocationId(3));
    }
}
