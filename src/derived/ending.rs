//! How a run ended, in words.

use crate::derived::findings::{Finding, FindingKind};
use crate::trace::{EndReason, Trace};

/// What the reader has to know of a run's end, as whole sentences; empty when there is nothing to
/// say, or the run goes on. `findings` are the trace's: who waits for whom in a deadlock is
/// theirs to say.
pub fn sentence(trace: &Trace, findings: &[Finding]) -> String {
    let Some(end) = &trace.end else {
        return String::new();
    };
    match end.reason {
        EndReason::Finished => String::new(),
        EndReason::Deadlock => {
            let is_open = |finding: &&Finding| {
                finding.kind == FindingKind::Deadlock && finding.end_ns.is_none()
            };
            let open = findings.iter().filter(is_open);
            let sentences: Vec<String> = open.map(|finding| finding.full_sentence(trace)).collect();
            sentences.join(" ")
        }
        EndReason::Stopped if end.message.is_empty() => {
            "What happened until then is kept.".to_owned()
        }
        EndReason::Failed | EndReason::Limit | EndReason::Stopped | EndReason::Died => {
            whole(&end.message)
        }
    }
}

/// A message in lower case without a full stop, as a sentence with both.
fn whole(message: &str) -> String {
    let mut chars = message.chars();
    let Some(first) = chars.next() else {
        return String::new();
    };
    let mut sentence = format!("{}{}", first.to_ascii_uppercase(), chars.as_str());
    if !sentence.ends_with(['.', '?', '!']) {
        sentence.push('.');
    }
    sentence
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos;
    use crate::derived::findings::findings;
    use crate::link::apply_query;
    use crate::param::Values;
    use crate::trace::{ClockKind, End};

    #[track_caller]
    fn check(trace: &Trace, expected: &str) {
        assert_eq!(sentence(trace, &findings(trace)), expected);
    }

    #[track_caller]
    fn check_demo(slug: &str, setting: &str, expected: &str) {
        let demo = demos::find(slug).expect("the demo exists");
        let mut values = Values::defaults(demo.params);
        apply_query(&mut values, setting).expect("the setting is valid");
        check(&demo.run_instantly(values), expected);
    }

    #[test]
    fn a_deadlock_says_who_waits_for_whom() {
        check_demo(
            "deadlock",
            "",
            "A waits for the lock b, which B holds; B waits for the lock a, which A holds.",
        );
        check_demo(
            "semaphore",
            "forget=yes&tasks=5",
            "Nothing can wake what is left: task 4 and task 5 wait for the semaphore room, which task 1, task 2 and task 3 never gave back; main waits for 5 tasks.",
        );
    }

    #[test]
    fn other_ends_say_what_was_recorded() {
        check_demo("deadlock", "mode=same", "");
        let mut trace = Trace::new(ClockKind::Live);
        check(&trace, "");
        for (reason, message, expected) in [
            (EndReason::Finished, "", ""),
            (EndReason::Stopped, "", "What happened until then is kept."),
            (
                EndReason::Died,
                "the task a panicked: no",
                "The task a panicked: no.",
            ),
        ] {
            trace.end = Some(End {
                time_ns: 0,
                reason,
                message: message.into(),
            });
            check(&trace, expected);
        }
    }
}
