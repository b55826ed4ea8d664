//! What is wrong with a run: mistakes that its trace shows, each tied to a task, a time and a
//! line, with a sentence on what happened and why, and one on what to do.
//!
//! One rule, one file. All of them see each event once, in one pass; what several of them have to
//! know is kept by [`facts`].

mod facts;
mod spans;

mod deadlock;
mod loop_blocked;
mod lost;
mod never_awaited;
mod never_released;
mod never_retrieved;
mod starved;

#[cfg(test)]
mod story;

use crate::derived::findings::facts::Facts;
use crate::trace::{Event, LocationId, TaskId, Trace};

/// A task that keeps the loop for longer, or that is ready for longer, is worth a finding; code
/// that keeps the loop for longer blocks it. asyncio's debug mode has the same limit
/// (`loop.slow_callback_duration`).
pub const LIMIT_NS: u64 = 100_000_000;

/// Most parts of a sentence that lists tasks or names.
const MOST_LISTED: usize = 6;

/// One sort of mistake.
trait Rule {
    /// What it finds.
    const KIND: FindingKind;

    /// A short name for it.
    const TITLE: &'static str;

    /// What to do about it.
    const ADVICE: &'static str;

    /// Nothing has happened yet.
    fn new(trace: &Trace) -> Self;

    /// Takes the next event in; `facts` know of it already.
    fn event(&mut self, event: &Event, facts: &Facts);

    /// The trace ends here, for good or for now.
    fn finish(self, facts: &Facts) -> Vec<Finding>;
}

/// The list of rules, and what follows from it.
macro_rules! rules {
    ($($kind:ident: $module:ident,)*) => {
        impl FindingKind {
            /// All of them.
            pub const ALL: [FindingKind; [$(FindingKind::$kind),*].len()] = [$(FindingKind::$kind),*];

            /// A short name for it.
            pub fn title(self) -> &'static str {
                match self { $(FindingKind::$kind => <$module::$kind as Rule>::TITLE),* }
            }

            /// What to do about it.
            pub fn advice(self) -> &'static str {
                match self { $(FindingKind::$kind => <$module::$kind as Rule>::ADVICE),* }
            }
        }

        /// All mistakes that a trace shows, in the order of time. Works on a trace that still
        /// grows too; what can only be known at the end of the run is found then.
        pub fn findings(trace: &Trace) -> Vec<Finding> {
            let mut facts = Facts::new(trace);
            $(let mut $module = $module::$kind::new(trace);)*
            for event in &trace.events {
                facts.event(event);
                $($module.event(event, &facts);)*
            }
            let mut found = Vec::new();
            $(found.extend($module.finish(&facts));)*
            found.sort_by_key(|finding: &Finding| (finding.time_ns, finding.kind, finding.task));
            found
        }
    };
}

rules! {
    LoopBlocked: loop_blocked,
    Starved: starved,
    Deadlock: deadlock,
    NeverReleased: never_released,
    NeverAwaited: never_awaited,
    NeverRetrieved: never_retrieved,
    Lost: lost,
}

/// "a, b and c"; "nobody" when there is none.
fn listed(mut names: Vec<String>) -> String {
    match names.pop() {
        Some(last) if names.is_empty() => last,
        Some(last) => format!("{} and {last}", names.join(", ")),
        None => "nobody".to_owned(),
    }
}

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
    /// How long it took, all times together, if it has a length; nanoseconds.
    pub total_ns: u64,
    /// The line where the task stood, or where it was spawned if it was lost.
    pub location: LocationId,
    /// How often.
    pub count: u32,
    /// What happened and why, without a full stop. Most begin with the task's name.
    pub sentence: String,
    /// What to do.
    pub advice: &'static str,
}

impl Finding {
    /// What a rule found once, which has no length.
    fn new<R: Rule>(task: TaskId, time_ns: u64, location: LocationId, sentence: String) -> Self {
        Finding {
            kind: R::KIND,
            task,
            time_ns,
            end_ns: None,
            total_ns: 0,
            location,
            count: 1,
            sentence,
            advice: R::ADVICE,
        }
    }

    /// [`Self::sentence`] as it stands by itself: with a full stop, and with a capital unless it
    /// begins with the task's name, as `a` and `A` may be two tasks.
    pub fn full_sentence(&self, trace: &Trace) -> String {
        let begins_with_name = self.sentence.starts_with(trace.name(self.task));
        let mut chars = self.sentence.chars();
        match chars.next() {
            Some(first) if !begins_with_name => {
                format!("{}{}.", first.to_ascii_uppercase(), chars.as_str())
            }
            _ => format!("{}.", self.sentence),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::derived::findings::story::{A, Story};
    use crate::trace::{Cause, ClockKind, EventKind};

    #[test]
    fn nothing_happened_so_nothing_is_wrong() {
        assert_eq!(findings(&Trace::new(ClockKind::Live)), []);
    }

    #[test]
    fn a_sentence_leaves_the_name_of_a_task_as_it_is() {
        let mut story = Story::new();
        story.trace.tasks[A.index()].name = "a".into();
        story.wake(A, Cause::External);
        story.poll(A, 200, &[]);
        story.add(EventKind::LoopTurn);
        let found = findings(&story.trace);
        assert_eq!(
            found[0].full_sentence(&story.trace),
            "a held the loop for 0.20 s, and nobody else could run."
        );
    }
}
