//! A task failed, and nobody looked at its exception.

use crate::derived::findings::facts::Facts;
use crate::derived::findings::{Finding, FindingKind, Rule};
use crate::trace::{Ending, Event, EventKind, TaskId, TextId, Trace};

pub(super) struct NeverRetrieved {
    /// By task: it failed, at this time and with this text, and nobody looked at it.
    failed: Vec<Option<(u64, TextId)>>,
}

impl Rule for NeverRetrieved {
    const KIND: FindingKind = FindingKind::NeverRetrieved;
    const TITLE: &'static str = "an exception nobody retrieved";
    const ADVICE: &'static str =
        "await the task, or gather it with the others, and handle the error there";

    fn new(trace: &Trace) -> Self {
        NeverRetrieved {
            failed: vec![None; trace.tasks.len()],
        }
    }

    fn event(&mut self, event: &Event, _facts: &Facts) {
        match event.kind {
            EventKind::Done {
                task,
                ending: Ending::Failed,
                text,
            } if task != TaskId::MAIN => {
                self.failed[task.index()] = Some((event.time_ns, text));
            }
            EventKind::Retrieved { task } => self.failed[task.index()] = None,
            _ => {}
        }
    }

    fn finish(self, facts: &Facts) -> Vec<Finding> {
        if facts.trace.end.is_none() {
            return Vec::new(); // somebody may look at it yet
        }
        let failed = facts.task_ids().zip(self.failed);
        let failed = failed.filter_map(|(task, failed)| Some((task, failed?)));
        failed
            .map(|(task, (time_ns, text))| {
                let (name, text) = (facts.trace.name(task), facts.trace.text(text));
                let sentence =
                    format!("{name} failed with {text}, and nobody looked at its result");
                Finding::new::<Self>(task, time_ns, facts.task(task).location, sentence)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::derived::findings::story::{A, B, MAIN, Story};
    use crate::trace::{EndReason, Ending, EventKind};

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
}
