//! Which signs a picture has, and what they mean.

use crate::derived::timeline::{LaneState, Timeline};
use crate::derived::waiting::WaitKind;
use crate::picture::shape::LineStyle;
use crate::trace::ResourceKind;

/// What a stretch of a lane looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sign {
    /// A full bar in the colour of running.
    Running,
    /// A full bar between two stops.
    Blocking,
    /// A hatched bar, less high.
    Ready,
    /// A line in the task's colour.
    Waiting(LineStyle),
}

/// A sign that a picture has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegendEntry {
    /// What it looks like.
    pub sign: Sign,
    /// What it means: "running", "lock, semaphore".
    pub words: String,
}

/// The line of a task that waits for that kind of thing.
pub fn line_style(kind: WaitKind) -> LineStyle {
    match kind {
        WaitKind::Timer | WaitKind::Unknown => LineStyle::Solid,
        WaitKind::Task => LineStyle::LongDashed,
        WaitKind::Resource(kind) => match kind {
            ResourceKind::Lock | ResourceKind::Semaphore => LineStyle::Dotted,
            ResourceKind::Queue | ResourceKind::Channel => LineStyle::Dashed,
            ResourceKind::Event
            | ResourceKind::Condition
            | ResourceKind::Future
            | ResourceKind::Group => LineStyle::DashDot,
            ResourceKind::Http | ResourceKind::Socket | ResourceKind::Thread => LineStyle::Double,
        },
    }
}

/// The signs that occur in a run: what has the thread first, then what waits. Costs as much as
/// there are tasks.
pub fn legend(timeline: &Timeline) -> Vec<LegendEntry> {
    let shown = timeline.shown();
    let states = [
        (LaneState::Running, Sign::Running, "running"),
        (LaneState::Blocking, Sign::Blocking, "blocking"),
        (LaneState::Ready, Sign::Ready, "ready"),
    ];
    let mut entries: Vec<LegendEntry> = states
        .into_iter()
        .filter(|(state, ..)| shown.has_state(*state))
        .map(|(_, sign, words)| LegendEntry {
            sign,
            words: words.to_owned(),
        })
        .collect();
    for kind in WaitKind::ALL {
        if !shown.has_wait(kind) {
            continue;
        }
        let sign = Sign::Waiting(line_style(kind));
        match entries.iter_mut().find(|entry| entry.sign == sign) {
            Some(entry) => {
                entry.words.push_str(", ");
                entry.words.push_str(kind.word());
            }
            None => entries.push(LegendEntry {
                sign,
                words: kind.word().to_owned(),
            }),
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::run_with;
    use crate::trace::{ClockKind, Trace};
    use expect_test::{Expect, expect};

    #[track_caller]
    fn check(slug: &str, setting: &str, expected: Expect) {
        let trace = run_with(slug, setting);
        let entries = legend(&Timeline::from_trace(&trace));
        let words: Vec<String> = entries.into_iter().map(|entry| entry.words).collect();
        expected.assert_eq(&words.join(" | "));
    }

    #[test]
    fn only_what_occurs_is_listed() {
        check("lost-update", "", expect!["running | timer | group"]);
        check(
            "lost-update",
            "mode=lock",
            expect!["running | timer | lock | group"],
        );
        check(
            "hello-blocking-async",
            "mode=blocking",
            expect!["running | blocking | ready | group"],
        );
        check(
            "queue-workers",
            "",
            expect!["running | timer | queue | event"],
        );
        check("weather", "", expect!["running | group | http"]);
        check("workers", "", expect!["running | blocking | group | task"]);
        check(
            "semaphore",
            "",
            expect!["running | timer | semaphore | group"],
        );
        check(
            "web-server",
            "",
            expect!["running | timer | queue | event, future, group"],
        );
        assert_eq!(
            legend(&Timeline::from_trace(&Trace::new(ClockKind::Live))),
            []
        );
    }
}
