//! A run in one sentence, and what differs between two.

use crate::derived::findings::{Finding, FindingKind};
use crate::derived::summary::time_text;
use crate::derived::timeline::{LaneState, Timeline};
use crate::text::number::fixed;
use crate::trace::{EventKind, TaskId, Trace, WaitFor};
use std::cmp::Reverse;
use std::collections::HashMap;

/// A task that could run waits for its turn in every run; a live loop needs a few milliseconds
/// when the browser is busy. What is longer is worth a sentence; nanoseconds.
const WORTH_SAYING_READY_NS: u64 = 20_000_000;

/// Runs that differ by less take equally long: a live one is a few milliseconds late.
const WORTH_SAYING_FASTER: f64 = 1.01;

/// What a reader should see in a finished run: who held the loop, who waited for it, or how much
/// waiting fitted into the time. `findings` are the trace's: what blocks the loop is theirs to say.
pub fn sentence(trace: &Trace, timeline: &Timeline, findings: &[Finding]) -> String {
    if timeline.lanes.is_empty() {
        return "nothing ran".to_owned();
    }
    let blocks = |finding: &&Finding| finding.kind == FindingKind::LoopBlocked;
    let blocked: Vec<&Finding> = findings.iter().filter(blocks).collect();
    if !blocked.is_empty() {
        let add = |sum: u64, finding: &&Finding| sum.saturating_add(finding.total_ns);
        let blocked_ns = blocked.iter().fold(0, add);
        let by = match blocked.as_slice() {
            [one] => trace.name(one.task).to_owned(),
            many => format!("{} tasks", many.len()),
        };
        return format!("the loop was blocked for {} by {by}", time_text(blocked_ns));
    }
    let duration_ns = trace.duration_ns();
    let mut slept_ns: u64 = 0;
    let mut longest_ready: (u64, TaskId) = (0, TaskId::MAIN);
    for lane in &timeline.lanes {
        // Whoever runs on another thread waits for no loop.
        if trace.task(lane.task).thread > 0 {
            continue;
        }
        for segment in lane.segments_until(duration_ns) {
            let length_ns = segment.end_ns.saturating_sub(segment.start_ns);
            match segment.state {
                LaneState::Ready if length_ns > longest_ready.0 => {
                    longest_ready = (length_ns, lane.task);
                }
                LaneState::Waiting if matches!(segment.waits_for, Some(WaitFor::Timer(_))) => {
                    slept_ns = slept_ns.saturating_add(length_ns);
                }
                _ => {}
            }
        }
    }
    let (ready_ns, task) = longest_ready;
    if ready_ns >= WORTH_SAYING_READY_NS {
        return format!(
            "{} was ready for {} before the loop served it",
            trace.name(task),
            time_text(ready_ns)
        );
    }
    // A tenth more than the run took: below that, saying so would be splitting hairs.
    if duration_ns > 0 && slept_ns > duration_ns.saturating_add(duration_ns / 10) {
        return format!(
            "{} of pauses in {}; nobody waited for the loop",
            time_text(slept_ns),
            time_text(duration_ns)
        );
    }
    "nobody waited for the loop".to_owned()
}

/// What differs between two runs of the same scenario, each with the name of its mode: which was
/// faster, and which task began at another time.
pub fn difference(a: (&str, &Trace), b: (&str, &Trace)) -> String {
    // The faster one is the subject.
    let ((fast_name, fast), (slow_name, slow)) = if a.1.duration_ns() <= b.1.duration_ns() {
        (a, b)
    } else {
        (b, a)
    };
    let (fast_ns, slow_ns) = (fast.duration_ns(), slow.duration_ns());
    let times = slow_ns as f64 / fast_ns as f64;
    let mut text = if fast_ns == 0 && slow_ns > 0 {
        format!(
            "{fast_name} takes no time, {slow_name} {}",
            time_text(slow_ns)
        )
    } else if fast_ns == slow_ns || times < WORTH_SAYING_FASTER {
        format!("{fast_name} and {slow_name} take equally long")
    } else {
        format!(
            "{fast_name} is {} times as fast as {slow_name}",
            times_text(times)
        )
    };
    let starts = first_steps(slow);
    let earlier = first_steps(fast)
        .into_iter()
        .filter_map(|(name, start_ns)| Some((starts.get(name)?.checked_sub(start_ns)?, name)))
        // Of equals the first by name, whatever order the table has.
        .max_by_key(|(earlier_ns, name)| (*earlier_ns, Reverse(*name)));
    if let Some((earlier_ns, name)) = earlier
        && earlier_ns >= WORTH_SAYING_READY_NS
    {
        text += &format!("; {name} started {} earlier", time_text(earlier_ns));
    }
    text
}

/// When the tasks first ran, by name; the first of several with one name.
fn first_steps(trace: &Trace) -> HashMap<&str, u64> {
    let mut started = vec![false; trace.tasks.len()];
    let mut steps = HashMap::new();
    for event in &trace.events {
        if let EventKind::PollStart { task } = event.kind
            && !std::mem::replace(&mut started[task.index()], true)
        {
            steps.entry(trace.name(task)).or_insert(event.time_ns);
        }
    }
    steps
}

/// How many times as fast, with three digits or so: "1.67", "12.3", "9999".
fn times_text(times: f64) -> String {
    match times {
        ..9.995 => fixed(times, 2),
        9.995..99.95 => fixed(times, 1),
        _ => fixed(times, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos;
    use crate::derived::findings::findings;
    use crate::link::apply_query;
    use crate::param::Values;
    use crate::trace::ClockKind;

    #[track_caller]
    fn check(slug: &str, setting: &str, expected: &str) {
        let demo = demos::find(slug).expect("the demo exists");
        let mut values = Values::defaults(demo.params);
        apply_query(&mut values, setting).expect("the setting is valid");
        let trace = demo.run_instantly(values);
        let (timeline, found) = (Timeline::from_trace(&trace), findings(&trace));
        assert_eq!(sentence(&trace, &timeline, &found), expected);
    }

    #[test]
    fn a_difference_names_the_faster_and_who_started_earlier() {
        let demo = demos::find("factorial").expect("the demo exists");
        let run = |setting| {
            let mut values = Values::defaults(demo.params);
            apply_query(&mut values, setting).expect("the setting is valid");
            demo.run_instantly(values)
        };
        let (blocking, concurrent) = (run("mode=blocking"), run("mode=async"));
        let words = difference(("blocking", &blocking), ("async", &concurrent));
        assert_eq!(
            words,
            "async is 1.67 times as fast as blocking; B started 2.00 s earlier"
        );
        let same = difference(("one", &concurrent), ("other", &concurrent));
        assert_eq!(same, "one and other take equally long");
        let (short, none) = (run("mode=blocking&delay=1s"), run("delay=0s"));
        assert!(difference(("a", &short), ("b", &none)).starts_with("b takes no time, a 5.00 s"));
    }

    #[test]
    fn what_is_no_finding_does_not_block() {
        check(
            "factorial",
            "mode=blocking&delay=30ms",
            "B was ready for 60.0 ms before the loop served it",
        );
        check(
            "factorial",
            "mode=blocking&delay=60ms",
            "the loop was blocked for 0.30 s by 2 tasks",
        );
    }

    #[test]
    fn how_many_times_has_as_many_digits_as_can_be_read() {
        for (times, text) in [
            (1.666, "1.67"),
            (9.994, "9.99"),
            (12.34, "12.3"),
            (9999.0, "9999"),
        ] {
            assert_eq!(times_text(times), text);
        }
    }

    #[test]
    fn other_threads_block_nobody() {
        check("workers", "", "the loop was blocked for 0.80 s by main");
    }

    #[test]
    fn blocking_names_how_long_and_who() {
        check(
            "factorial",
            "mode=blocking",
            "the loop was blocked for 5.00 s by 2 tasks",
        );
        check(
            "hello-blocking-async",
            "mode=blocking&tasks=1",
            "the loop was blocked for 2.00 s by task 1",
        );
    }

    #[test]
    fn awaited_pauses_fit_into_less_time_than_they_add_up_to() {
        check(
            "factorial",
            "",
            "5.00 s of pauses in 3.00 s; nobody waited for the loop",
        );
        check("factorial", "a=0", "nobody waited for the loop");
    }

    #[test]
    fn an_empty_run_is_said_to_be_empty() {
        let trace = Trace::new(ClockKind::Live);
        assert_eq!(
            sentence(&trace, &Timeline::from_trace(&trace), &[]),
            "nothing ran"
        );
    }
}
