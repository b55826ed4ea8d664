//! A coroutine was made and thrown away.

use crate::derived::findings::facts::Facts;
use crate::derived::findings::{Finding, FindingKind, MOST_LISTED, Rule};
use crate::trace::{Event, EventKind, LocationId, TaskId, Trace};

pub(super) struct NeverAwaited {
    /// By the task that made them.
    made: Vec<Option<Made>>,
}

/// What one task made.
struct Made {
    count: u32,
    first_ns: u64,
    location: LocationId,
    /// Without repeats, and not more than [`MOST_LISTED`].
    names: Vec<String>,
}

impl Rule for NeverAwaited {
    const KIND: FindingKind = FindingKind::NeverAwaited;
    const TITLE: &'static str = "never awaited";
    const ADVICE: &'static str = "await it, or make it a task";

    fn new(trace: &Trace) -> Self {
        let mut made = Vec::new();
        made.resize_with(trace.tasks.len(), || None);
        NeverAwaited { made }
    }

    fn event(&mut self, event: &Event, facts: &Facts) {
        let EventKind::NeverAwaited {
            task,
            name,
            location,
        } = event.kind
        else {
            return;
        };
        let made = self.made[task.index()].get_or_insert(Made {
            count: 0,
            first_ns: event.time_ns,
            location,
            names: Vec::new(),
        });
        made.count += 1;
        let name = facts.trace.text(name);
        if made.names.len() < MOST_LISTED && !made.names.iter().any(|known| known == name) {
            made.names.push(name.to_owned());
        }
    }

    fn finish(self, facts: &Facts) -> Vec<Finding> {
        let in_words = |(task, made): (TaskId, Made)| {
            let name = facts.trace.name(task);
            let mut things = made.names.join(", ");
            if made.count as usize > made.names.len() {
                things += &format!(" ({} times in all)", made.count);
            }
            let sentence = match made.count {
                1 => format!(
                    "{name} made the coroutine {things} and never awaited it, so that none of its code ran"
                ),
                _ => format!(
                    "{name} made coroutines and never awaited them, so that none of their code ran: {things}"
                ),
            };
            Finding {
                count: made.count,
                ..Finding::new::<Self>(task, made.first_ns, made.location, sentence)
            }
        };
        let made = facts.task_ids().zip(self.made);
        let made = made.filter_map(|(task, made)| Some((task, made?)));
        made.map(in_words).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::derived::findings::story::{A, LINE, Story};
    use crate::trace::{EventKind, TextId};

    #[test]
    fn coroutines_never_awaited_are_listed_by_name() {
        let mut story = Story::new();
        story.trace.texts.extend(["load", "save"].map(Box::from));
        let made = |name: u32| EventKind::NeverAwaited {
            task: A,
            name: TextId(name),
            location: LINE,
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
}
