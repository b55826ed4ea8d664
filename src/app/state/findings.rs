//! What is wrong with a run, in one line.

use crate::app::state::sentences::counted;
use crate::derived::findings::{Finding, FindingKind};

/// What the findings come to, with one part for each cause: that others waited for whoever held the
/// loop, and that a lock which nobody gave back ended in a deadlock, are no causes of their own.
pub fn headings(found: &[Finding]) -> String {
    let count = |kind| found.iter().filter(|finding| finding.kind == kind).count();
    let is_effect = |kind: FindingKind| match kind {
        FindingKind::Starved => count(FindingKind::LoopBlocked) > 0,
        FindingKind::NeverReleased => count(FindingKind::Deadlock) > 0,
        _ => false,
    };
    let causes = FindingKind::ALL.into_iter();
    let causes = causes.filter(|kind| count(*kind) > 0 && !is_effect(*kind));
    let part = |kind: FindingKind| {
        let times = match count(kind) {
            1 => String::new(),
            times => format!(", {times} times"),
        };
        let waited = match (kind, count(FindingKind::Starved)) {
            (FindingKind::LoopBlocked, 1..) => {
                format!(": {} waited", counted(count(FindingKind::Starved), "task"))
            }
            _ => String::new(),
        };
        format!("{}{times}{waited}", kind.title())
    };
    causes.map(part).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::run_with;
    use crate::derived::findings::findings;

    #[track_caller]
    fn check(slug: &str, setting: &str, expected: &str) {
        let trace = run_with(slug, setting);
        assert_eq!(headings(&findings(&trace)), expected);
    }

    #[test]
    fn what_has_one_cause_is_one_part() {
        check(
            "blocking-call",
            "mode=none",
            "the loop was blocked: 2 tasks waited",
        );
        check("deadlock", "mode=opposite", "deadlock");
        check("semaphore", "forget=yes", "deadlock");
        check("semaphore", "forget=yes&tasks=3", "never released, 3 times");
        check("factorial", "mode=async", "");
    }
}
