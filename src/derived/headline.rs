//! A run in one sentence, and what differs between two.

use crate::derived::findings::{Finding, FindingKind};
use crate::derived::output;
use crate::derived::summary::time_text;
use crate::derived::timeline::{LaneState, Timeline};
use crate::text::number::fixed;
use crate::text::words::quoted;
use crate::trace::{EndReason, EventKind, TaskId, Trace, WaitFor};
use std::collections::HashMap;

/// A task that could run waits for its turn in every run; a live loop needs a few milliseconds
/// when the browser is busy. What is longer is worth a sentence; nanoseconds.
const WORTH_SAYING_READY_NS: u64 = 20_000_000;

/// Runs that differ by less take equally long: a live one is a few milliseconds late.
const WORTH_SAYING_FASTER: f64 = 1.01;

/// What a reader should see in a finished run: [`remark`], or else how long it took.
pub fn sentence(trace: &Trace, timeline: &Timeline, findings: &[Finding]) -> String {
    remark(trace, timeline, findings).unwrap_or_else(|| match trace.duration_ns() {
        0 => "no time passes".to_owned(),
        duration_ns => format!("it takes {}", time_text(duration_ns)),
    })
}

/// What is remarkable about a finished run: who held the loop, who waited for it, or how much
/// waiting fitted into the time. `findings` are the trace's: what blocks the loop is theirs to say.
pub fn remark(trace: &Trace, timeline: &Timeline, findings: &[Finding]) -> Option<String> {
    if timeline.lanes.is_empty() {
        return Some("nothing ran".to_owned());
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
        return Some(format!(
            "the loop was blocked for {} by {by}",
            time_text(blocked_ns)
        ));
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
        return Some(format!(
            "the loop served {} {} after it was ready",
            trace.name(task),
            time_text(ready_ns)
        ));
    }
    // A tenth more than the run took: below that, saying so would be splitting hairs.
    let fits = duration_ns > 0 && slept_ns > duration_ns.saturating_add(duration_ns / 10);
    fits.then(|| {
        let (slept, duration) = (time_text(slept_ns), time_text(duration_ns));
        format!("{slept} of pauses fit into {duration}")
    })
}

/// What a reader should see in a finished run that is shown alone: [`sentence`], and what the
/// program said last.
pub fn alone(trace: &Trace, timeline: &Timeline, findings: &[Finding]) -> String {
    let words = sentence(trace, timeline, findings);
    let last = output::lines(trace).rfind(|line| !line.note);
    match (last, ended_well(trace)) {
        (Some(last), true) => format!("{words}; it ends with {}", quoted(last.text)),
        _ => format!("{words}; it {}", end_words(trace)),
    }
}

fn ended_well(trace: &Trace) -> bool {
    let reason = trace.end.as_ref().map(|end| end.reason);
    reason.is_none_or(|reason| reason == EndReason::Finished)
}

/// "is done after 4.00 s", "ends in a deadlock after 1.00 s".
fn end_words(trace: &Trace) -> String {
    let how = match trace.end.as_ref().map(|end| end.reason) {
        None => "goes on",
        Some(EndReason::Finished) => "is done",
        Some(EndReason::Deadlock) => "ends in a deadlock",
        Some(EndReason::Failed) => "fails",
        Some(EndReason::Limit) => "stops at a limit",
        Some(EndReason::Stopped) => "was stopped",
        Some(EndReason::Died) => "broke off",
    };
    format!("{how} after {}", time_text(trace.duration_ns()))
}

/// What one would say of two finished runs of the same scenario, each with the name of its version:
/// how they ended where one went wrong, what they came to where that differs, or which was faster.
pub fn difference(a: (&str, &Trace), b: (&str, &Trace)) -> String {
    if !(ended_well(a.1) && ended_well(b.1)) {
        let (first, second) = (end_words(a.1), end_words(b.1));
        return format!("{} {first}; {} {second}", a.0, b.0);
    }
    let (a_ns, b_ns) = (a.1.duration_ns(), b.1.duration_ns());
    if let Some((first, second)) = different_results(a.1, b.1) {
        return format!(
            "with {} {} instead of {}{}",
            b.0,
            quoted(second),
            quoted(first),
            ratio_words(a_ns, b_ns)
        );
    }
    // The faster one is the subject.
    let ((fast_name, fast), (slow_name, slow)) = if a_ns <= b_ns { (a, b) } else { (b, a) };
    let (fast_ns, slow_ns) = (a_ns.min(b_ns), a_ns.max(b_ns));
    let equally = fast_ns == slow_ns || (slow_ns as f64) < fast_ns as f64 * WORTH_SAYING_FASTER;
    let same = same_lines(fast, slow);
    let mut text = match (equally, fast_ns) {
        (true, 0) => format!("{fast_name} and {slow_name} take no time"),
        (true, _) => format!(
            "{fast_name} and {slow_name} both take {}",
            time_text(fast_ns)
        ),
        (false, 0) => format!(
            "{fast_name} takes no time, {slow_name} {}",
            time_text(slow_ns)
        ),
        (false, _) => format!(
            "{fast_name} takes {}, {slow_name} {}",
            time_text(fast_ns),
            time_text(slow_ns)
        ),
    };
    let gain = earliest_gain(fast, slow);
    let gain = gain.filter(|(earlier_ns, _)| *earlier_ns >= WORTH_SAYING_READY_NS);
    // That they are in another order follows from what comes earlier.
    if gain.is_none() || !same.ends_with("order") {
        text += same;
    }
    if let Some((earlier_ns, what)) = gain {
        text += &format!("; {what} {} earlier", time_text(earlier_ns));
    }
    text
}

/// What the second takes of the first's time, as the end of a sentence.
fn ratio_words(first_ns: u64, second_ns: u64) -> String {
    let times = second_ns as f64 / first_ns as f64;
    match times {
        _ if first_ns == second_ns => ", in the same time".to_owned(),
        _ if first_ns == 0 || second_ns == 0 => String::new(),
        1.99..2.01 => ", in twice the time".to_owned(),
        0.495..0.505 => ", in half the time".to_owned(),
        WORTH_SAYING_FASTER.. => format!(", in {} times the time", times_text(times)),
        0.99.. => ", in the same time".to_owned(),
        _ => format!(", {} times as fast", times_text(1.0 / times)),
    }
}

/// The line with which main ends in two runs, where that says the same with other numbers, such as
/// how many were served. Of several such lines the first.
fn different_results<'a>(a: &'a Trace, b: &'a Trace) -> Option<(&'a str, &'a str)> {
    let last = |trace| output::lines(trace).rev().filter(|line| !line.note);
    let without_numbers = |text: &str| text.replace(|c: char| c.is_ascii_digit(), "");
    // What a task says of itself is no result of the whole.
    let pairs = last(a).zip(last(b)).take_while(|(a, b)| {
        a.task == TaskId::MAIN
            && a.text != b.text
            && without_numbers(a.text) == without_numbers(b.text)
    });
    pairs.last().map(|(a, b)| (a.text, b.text))
}

/// Whether two runs print the same, as the end of a sentence.
fn same_lines(a: &Trace, b: &Trace) -> &'static str {
    let texts = |trace| output::lines(trace).filter(|line| !line.note);
    let texts = |trace| texts(trace).map(|line| line.text);
    if texts(a).eq(texts(b)) {
        return match texts(a).next() {
            Some(_) => " for the same lines",
            None => "",
        };
    }
    // Each text with how often only the one of them has it so far.
    let mut counts: HashMap<&str, (u64, TaskId)> = HashMap::new();
    for text in texts(a) {
        counts.entry(text).or_insert((0, TaskId::MAIN)).0 += 1;
    }
    for text in texts(b) {
        match counts.get_mut(text) {
            Some((count, _)) if *count > 0 => *count -= 1,
            _ => return "",
        }
    }
    match counts.values().all(|(count, _)| *count == 0) {
        true => " for the same lines in another order",
        false => "",
    }
}

/// What comes that much earlier in the faster run than in the slower one: the first step of a task,
/// or where the tasks are others a line of output. Of equals the last, as it waited longest.
fn earliest_gain(fast: &Trace, slow: &Trace) -> Option<(u64, String)> {
    let starts = first_steps(slow);
    let tasks = first_steps(fast).into_iter();
    let task = tasks
        .filter_map(|(name, (start_ns, task))| {
            let (slow_ns, _) = starts.get(name)?;
            Some((slow_ns.checked_sub(start_ns)?, task, name))
        })
        .max();
    if let Some((earlier_ns, _, name)) = task
        && earlier_ns >= WORTH_SAYING_READY_NS
    {
        return Some((earlier_ns, format!("{name} starts")));
    }
    let mut times: HashMap<&str, (u64, TaskId)> = HashMap::new();
    for line in output::lines(slow) {
        times.entry(line.text).or_insert((line.time_ns, line.task));
    }
    let gains = output::lines(fast).filter_map(|line| {
        let (slow_ns, _) = times.get(line.text)?;
        Some((slow_ns.checked_sub(line.time_ns)?, line))
    });
    let (earlier_ns, line) = gains.max_by_key(|(earlier_ns, _)| *earlier_ns)?;
    // That it ends earlier has been said.
    let is_last = output::lines(fast).next_back() == Some(line);
    (!is_last).then(|| (earlier_ns, format!("{} comes", quoted(line.text))))
}

/// When the tasks first ran, by name; the first of several with one name.
fn first_steps(trace: &Trace) -> HashMap<&str, (u64, TaskId)> {
    let mut started = vec![false; trace.tasks.len()];
    let mut steps = HashMap::new();
    for event in &trace.events {
        if let EventKind::PollStart { task } = event.kind
            && !std::mem::replace(&mut started[task.index()], true)
        {
            let name = trace.name(task);
            steps.entry(name).or_insert((event.time_ns, task));
        }
    }
    steps
}

/// How many times as long or as fast, with three digits or so, and no decimals that nobody can
/// see: "1.67", "12.3", "3", "9999".
fn times_text(times: f64) -> String {
    match times {
        _ if (times - times.round()).abs() < times / 200.0 => fixed(times.round(), 0),
        ..9.995 => fixed(times, 2),
        9.995..99.95 => fixed(times, 1),
        _ => fixed(times, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos;
    use crate::demos::run_with;
    use crate::derived::findings::findings;
    use crate::link::apply_query;
    use crate::param::Values;
    use crate::trace::ClockKind;

    #[track_caller]
    fn check(slug: &str, setting: &str, expected: &str) {
        let trace = run_with(slug, setting);
        let (timeline, found) = (Timeline::from_trace(&trace), findings(&trace));
        assert_eq!(sentence(&trace, &timeline, &found), expected);
    }

    /// What is said of a demo's versions, with a setting for both.
    #[track_caller]
    fn check_versions(slug: &str, modes: [&str; 2], setting: &str, expected: &str) {
        let demo = demos::find(slug).expect("the demo exists");
        let run = |mode| {
            let mut values = Values::defaults(demo.params);
            let setting = format!("mode={mode}&{setting}");
            apply_query(&mut values, setting.trim_end_matches('&')).expect("it is valid");
            demo.run_instantly(values)
        };
        let [a, b] = modes;
        let words = difference((a, &run(a)), (b, &run(b)));
        assert_eq!(words, expected);
    }

    #[test]
    fn of_two_versions_the_faster_is_named_and_who_started_earlier() {
        let versions = ["blocking", "async"];
        check_versions(
            "factorial",
            versions,
            "",
            "async takes 3.00 s, blocking 5.00 s; B starts 2.00 s earlier",
        );
        check_versions(
            "factorial",
            versions,
            "delay=0s",
            "blocking and async take no time for the same lines in another order",
        );
    }

    #[test]
    fn of_many_tasks_the_last_is_named_that_waited_longest() {
        check_versions(
            "hello-blocking-async",
            ["blocking", "async"],
            "tasks=120",
            "async takes 2.00 s, blocking 4 min 00 s for the same lines; task 120 starts 3 min 58 s earlier",
        );
    }

    #[test]
    fn of_two_versions_what_they_came_to_is_said_where_it_differs() {
        check_versions(
            "lost-update",
            ["none", "lock"],
            "rounds=2",
            "with lock “counter: 4, lost: 0” instead of “counter: 2, lost: 2”, in twice the time",
        );
        check_versions(
            "web-server",
            ["sync", "async"],
            "",
            "with async “answered: 40 of 40” instead of “answered: 0 of 40”, 2.02 times as fast",
        );
    }

    #[test]
    fn of_two_versions_how_they_end_is_said_where_one_goes_wrong() {
        check_versions(
            "deadlock",
            ["opposite", "same"],
            "",
            "opposite ends in a deadlock after 1.00 s; same is done after 4.00 s",
        );
    }

    #[test]
    fn of_versions_that_take_equally_long_the_line_is_named_that_comes_earlier() {
        check_versions(
            "as-completed",
            ["completed", "asked"],
            "",
            "completed and asked both take 4.00 s; “main: has the answer of server 4” comes 2.00 s earlier",
        );
    }

    #[test]
    fn how_long_another_one_takes_is_said_in_words_where_there_are_any() {
        for (first, second, words) in [
            (10, 20, ", in twice the time"),
            (20, 10, ", in half the time"),
            (10, 30, ", in 3 times the time"),
            (1_000, 1_005, ", in the same time"),
            (10, 10, ", in the same time"),
            (0, 10, ""),
            (89, 44, ", 2.02 times as fast"),
        ] {
            assert_eq!(ratio_words(first, second), words);
        }
    }

    #[test]
    fn a_run_alone_says_what_it_came_to() {
        let demo = demos::find("queue-workers").expect("the demo exists");
        let trace = demo.run_instantly(Values::defaults(demo.params));
        let timeline = Timeline::from_trace(&trace);
        assert_eq!(
            alone(&trace, &timeline, &[]),
            "5.69 s of pauses fit into 1.62 s; it ends with “worker 4: finished”"
        );
        let demo = demos::find("deadlock").expect("the demo exists");
        let trace = demo.run_instantly(Values::defaults(demo.params));
        let timeline = Timeline::from_trace(&trace);
        assert_eq!(
            alone(&trace, &timeline, &[]),
            "2.00 s of pauses fit into 1.00 s; it ends in a deadlock after 1.00 s"
        );
    }

    #[test]
    fn what_is_no_finding_does_not_block() {
        check(
            "factorial",
            "mode=blocking&delay=30ms",
            "the loop served B 60.0 ms after it was ready",
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
            (9.944, "9.94"),
            (12.34, "12.3"),
            (3.0, "3"),
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
        check("factorial", "", "5.00 s of pauses fit into 3.00 s");
        check("factorial", "a=0", "it takes 3.00 s");
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
