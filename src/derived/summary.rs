//! A run in one sentence, and lengths of time as the page shows them.

use crate::derived::timeline::{State, Timeline};
use crate::text::number::fixed;
use crate::trace::{EventKind, TaskId, Trace, WaitFor};

/// Shorter blocking is not worth a sentence; nanoseconds.
const WORTH_SAYING_BLOCKED_NS: u64 = 1_000_000;

/// Code that keeps the thread for so long blocks the loop, whatever it does; nanoseconds.
const LONG_POLL_NS: u64 = 100_000_000;

/// A task that could run waits for its turn in every run; a live loop needs a few milliseconds
/// when the browser is busy. What is longer is worth a sentence; nanoseconds.
const WORTH_SAYING_READY_NS: u64 = 20_000_000;

/// Runs that differ by less take equally long: a live one is a few milliseconds late.
const WORTH_SAYING_FASTER: f64 = 1.01;

/// So many tasks of two runs are compared with each other.
const MOST_COMPARED: usize = 200;

/// What a reader should see in a finished run: who held the loop, who waited for it, or how much
/// waiting fitted into the time.
pub fn sentence(trace: &Trace, timeline: &Timeline) -> String {
    if timeline.lanes.is_empty() {
        return "nothing ran".to_owned();
    }
    let duration_ns = trace.duration_ns();
    let mut blocked_ns = 0;
    let mut blockers: Vec<TaskId> = Vec::new();
    let mut slept_ns: u64 = 0;
    let mut longest_ready: (u64, TaskId) = (0, TaskId::MAIN);
    for lane in &timeline.lanes {
        // Whoever runs on another thread holds no loop.
        if trace.task(lane.task).thread > 0 {
            continue;
        }
        for segment in lane.segments_until(duration_ns) {
            let length_ns = segment.end_ns.saturating_sub(segment.start_ns);
            match segment.state {
                State::Running if length_ns < LONG_POLL_NS => {}
                State::Blocking | State::Running => {
                    blocked_ns += length_ns;
                    if blockers.last() != Some(&lane.task) {
                        blockers.push(lane.task);
                    }
                }
                State::Ready if length_ns > longest_ready.0 => {
                    longest_ready = (length_ns, lane.task);
                }
                State::Waiting if matches!(segment.waits_for, Some(WaitFor::Timer(_))) => {
                    slept_ns = slept_ns.saturating_add(length_ns);
                }
                _ => {}
            }
        }
    }
    if blocked_ns >= WORTH_SAYING_BLOCKED_NS {
        let by = match blockers.as_slice() {
            [one] => trace.name(*one).to_owned(),
            many => format!("{} tasks", many.len()),
        };
        return format!("the loop was blocked for {} by {by}", time_text(blocked_ns));
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
    if duration_ns > 0 && slept_ns > duration_ns + duration_ns / 10 {
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
            fixed(times, 2)
        )
    };
    let starts = first_steps(slow);
    let earlier = first_steps(fast)
        .into_iter()
        .filter_map(|(name, start_ns)| {
            let (_, other_ns) = starts.iter().find(|(other, _)| *other == name)?;
            Some((other_ns.checked_sub(start_ns)?, name))
        })
        .max_by_key(|(earlier_ns, _)| *earlier_ns);
    if let Some((earlier_ns, name)) = earlier
        && earlier_ns >= WORTH_SAYING_READY_NS
    {
        text += &format!("; {name} started {} earlier", time_text(earlier_ns));
    }
    text
}

/// Each task's name, and when it first ran.
fn first_steps(trace: &Trace) -> Vec<(&str, u64)> {
    let mut started = vec![false; trace.tasks.len()];
    let mut steps = Vec::new();
    for event in &trace.events {
        if let EventKind::PollStart { task } = event.kind
            && !std::mem::replace(&mut started[task.index()], true)
        {
            steps.push((trace.name(task), event.time_ns));
            // Comparing names costs time in proportion to the square.
            if steps.len() == MOST_COMPARED {
                break;
            }
        }
    }
    steps
}

/// A length of time at a glance, three digits or so: "5.00 s", "12.3 ms", "4 min 05 s".
pub fn time_text(ns: u64) -> String {
    const MINUTE_S: u64 = 60;
    const HOUR_S: u64 = 3_600;
    match ns {
        0 => "0 s".to_owned(),
        1..10_000_000 => fixed(ns as f64 / 1e6, 2) + " ms",
        10_000_000..100_000_000 => fixed(ns as f64 / 1e6, 1) + " ms",
        // Each up to what would round to the next one's first.
        100_000_000..9_995_000_000 => fixed(ns as f64 / 1e9, 2) + " s",
        9_995_000_000..59_950_000_000 => fixed(ns as f64 / 1e9, 1) + " s",
        _ => {
            let seconds = (ns + 500_000_000) / 1_000_000_000;
            if seconds < HOUR_S {
                format!("{} min {:02} s", seconds / MINUTE_S, seconds % MINUTE_S)
            } else {
                let minutes = (seconds + 30) / MINUTE_S;
                format!("{} h {:02} min", minutes / 60, minutes % 60)
            }
        }
    }
}

/// A moment of a run in seconds, as wide as its neighbours: "1.001".
pub fn moment_text(ns: u64) -> String {
    let ms = (ns + 500_000) / 1_000_000;
    format!("{}.{:03}", ms / 1_000, ms % 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos;
    use crate::link::apply_query;
    use crate::param::Values;
    use crate::trace::ClockKind;

    #[track_caller]
    fn check(slug: &str, setting: &str, expected: &str) {
        let demo = demos::find(slug).expect("the demo exists");
        let mut values = Values::defaults(demo.params);
        apply_query(&mut values, setting).expect("the setting is valid");
        let trace = demo.run_instantly(values);
        assert_eq!(sentence(&trace, &Timeline::from_trace(&trace)), expected);
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
            sentence(&trace, &Timeline::from_trace(&trace)),
            "nothing ran"
        );
    }

    #[test]
    fn times_have_about_three_digits() {
        for (ns, text) in [
            (0, "0 s"),
            (1_234_000, "1.23 ms"),
            (12_340_000, "12.3 ms"),
            (123_400_000, "0.12 s"),
            (9_994_000_000, "9.99 s"),
            (9_996_000_000, "10.0 s"),
            (59_940_000_000, "59.9 s"),
            (59_960_000_000, "1 min 00 s"),
            (245_000_000_000, "4 min 05 s"),
            (3_599_600_000_000, "1 h 00 min"),
            (18_000_000_000_000, "5 h 00 min"),
        ] {
            assert_eq!(time_text(ns), text);
        }
        assert_eq!(moment_text(1_001_400_000), "1.001");
        assert_eq!(moment_text(12_000_000_000), "12.000");
    }
}
