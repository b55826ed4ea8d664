//! What happened in a few runs as Markdown, for an issue or a chat.
//!
//! It is [GitHub's Markdown], which most others read too. What comes from programs stays the text that it is:
//! punctuation that means something gets a backslash, and output stands in a fence that is longer than any in it.
//!
//! [GitHub's Markdown]: https://github.github.com/gfm/

use crate::derived::ending;
use crate::derived::loop_state::{LoopState, wait_in_words};
use crate::derived::output;
use crate::derived::summary::time_text;
use crate::derived::timeline::{Lane, LaneState};
use crate::export::{Heading, Version};
use crate::picture::words::ending_words;
use crate::text::number::grouped;
use crate::trace::{ClockKind, EndReason, TaskId, Trace};
use std::fmt::Write;

/// Most tasks that are listed.
const MAX_TASKS: usize = 50;

/// Most lines of output that are shown.
const MAX_LINES: usize = 40;

/// A summary of the runs: the heading, the parameters as pairs of name and value, and for each run its clock, how long
/// it took and how it ended, what is wrong with it, its tasks, and the beginning of its output.
pub fn text(heading: &Heading, parameters: &[(&str, &str)], versions: &[Version]) -> String {
    let mut text = String::new();
    let title = match heading.title {
        "" => "A run",
        title => title,
    };
    let _ = writeln!(text, "## {}", escaped(title));
    if !heading.verdict.is_empty() {
        let _ = writeln!(text, "\n{}", escaped(heading.verdict));
    }
    if !heading.link.is_empty() {
        let _ = writeln!(text, "\n<{}>", address(heading.link));
    }
    if !parameters.is_empty() {
        let _ = writeln!(text, "\nParameters:\n");
        for (name, value) in parameters {
            let _ = writeln!(text, "- {}: {}", escaped(name), escaped(value));
        }
    }
    for version in versions {
        push_version(&mut text, version);
    }
    text
}

fn push_version(text: &mut String, version: &Version) {
    let (trace, timeline) = (version.recording.trace(), version.recording.timeline());
    if !version.label.is_empty() {
        let _ = writeln!(text, "\n### {}", escaped(version.label));
    }
    let clock = match trace.clock {
        ClockKind::Live => "live",
        ClockKind::Instant => "instant clock",
    };
    let _ = writeln!(
        text,
        "\n{}: {}, {clock}; {}, {}, {}, {} of output.",
        end_words(trace),
        time_text(trace.duration_ns()),
        counted(trace.tasks.len(), "task"),
        counted(timeline.turns.len(), "turn"),
        counted(trace.events.len(), "event"),
        counted(
            output::lines(trace).filter(|line| !line.note).count(),
            "line"
        ),
    );
    let findings = version.recording.findings();
    let ending = ending::sentence(trace, &findings);
    // Of a deadlock the findings say the same.
    let is_said = findings
        .iter()
        .any(|finding| ending.contains(&finding.full_sentence(trace)));
    if !ending.is_empty() && !is_said {
        let _ = writeln!(text, "\n{}", escaped(&ending));
    }
    if !findings.is_empty() {
        let _ = writeln!(text, "\nFindings:\n");
        for finding in findings.iter() {
            // Advice is ours, and has code between backticks.
            let (title, advice) = (capital(finding.kind.title()), capital(finding.advice));
            let sentence = escaped(&finding.full_sentence(trace));
            let _ = writeln!(text, "- **{title}**: {sentence} {advice}.");
        }
    }
    push_tasks(text, trace, &timeline.lanes);
    push_output(text, trace);
}

/// How a run ended, as the beginning of a sentence.
fn end_words(trace: &Trace) -> &'static str {
    match trace.end.as_ref().map(|end| end.reason) {
        None => "Goes on",
        Some(EndReason::Finished) => "Finished",
        Some(EndReason::Failed) => "Failed",
        Some(EndReason::Deadlock) => "Deadlock",
        Some(EndReason::Limit) => "Stopped at a limit",
        Some(EndReason::Stopped) => "Stopped",
        Some(EndReason::Died) => "Broke off",
    }
}

/// With a capital.
fn capital(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

fn counted(count: usize, word: &str) -> String {
    let end = if count == 1 { "" } else { "s" };
    format!("{} {word}{end}", grouped(count as i64))
}

/// The table of tasks: what each is in at the end, and how long it was in which state.
fn push_tasks(text: &mut String, trace: &Trace, lanes: &[Lane]) {
    if lanes.is_empty() {
        return;
    }
    let sums_ns: Vec<[u64; LaneState::ALL.len()]> = lanes
        .iter()
        .map(|lane| {
            let mut sums_ns = [0_u64; LaneState::ALL.len()];
            for segment in lane.segments_until(trace.duration_ns()) {
                let sum_ns = &mut sums_ns[segment.state as usize];
                *sum_ns = sum_ns.saturating_add(segment.end_ns.saturating_sub(segment.start_ns));
            }
            sums_ns
        })
        .collect();
    // In most runs nobody blocks.
    let is_shown = |state: &LaneState| {
        *state != LaneState::Blocking || sums_ns.iter().any(|sums_ns| sums_ns[*state as usize] > 0)
    };
    let columns: Vec<LaneState> = LaneState::ALL.into_iter().filter(is_shown).collect();
    text.push_str("\n| task | at the end |");
    for state in &columns {
        let _ = write!(text, " {} |", short_words(*state));
    }
    text.push_str("\n| --- | --- |");
    text.push_str(&" ---: |".repeat(columns.len()));
    text.push('\n');
    let states = states_at_end(trace, lanes);
    for ((lane, sums_ns), state) in lanes.iter().zip(&sums_ns).zip(&states).take(MAX_TASKS) {
        let name = match trace.name(lane.task) {
            "" => format!("task {}", lane.task.0),
            name => escaped(name),
        };
        let _ = write!(text, "| {name} | {} |", escaped(state));
        for state in &columns {
            let _ = write!(text, " {} |", time_text(sums_ns[*state as usize]));
        }
        text.push('\n');
    }
    if let Some(more @ 1..) = lanes.len().checked_sub(MAX_TASKS) {
        let _ = writeln!(text, "\n… and {} more", grouped(more as i64));
    }
}

fn short_words(state: LaneState) -> &'static str {
    match state {
        LaneState::Running => "running",
        LaneState::Blocking => "blocking",
        LaneState::Ready => "ready",
        LaneState::Waiting => "waiting",
    }
}

/// How each task ended or, if it did not, what it is in: as the loop knows it, since lanes have no stretch for what
/// began at the very end.
fn states_at_end(trace: &Trace, lanes: &[Lane]) -> Vec<String> {
    let view = LoopState::after(trace, trace.events.len()).view(trace);
    let ended = lanes.iter().map(|lane| match lane.done {
        Some((_, ending)) => ending_words(ending).to_owned(),
        None => String::new(),
    });
    let mut states: Vec<String> = ended.collect();
    let mut set = |task: TaskId, words: &str| {
        if let Some(state) = states
            .get_mut(task.index())
            .filter(|state| state.is_empty())
        {
            *state = words.to_owned();
        }
    };
    for task in view.running.into_iter().chain(view.elsewhere) {
        set(task, LaneState::Running.words());
    }
    for task in view.ready {
        set(task, LaneState::Ready.words());
    }
    for row in view.waiting {
        match row.on {
            Some(on) => set(
                row.task,
                &format!("waiting for {}", wait_in_words(trace, on)),
            ),
            None => set(row.task, LaneState::Waiting.words()),
        }
    }
    states
}

/// The first lines that the program printed.
fn push_output(text: &mut String, trace: &Trace) {
    let printed = output::text(trace);
    let count = printed.lines().count();
    if count == 0 {
        return;
    }
    let shown: Vec<&str> = printed.lines().take(MAX_LINES).collect();
    let ticks = shown.iter().map(|line| longest_run(line, '`')).max();
    let fence = "`".repeat(ticks.unwrap_or(0).max(2) + 1);
    let _ = writeln!(text, "\n{fence}text");
    for line in shown {
        let _ = writeln!(text, "{line}");
    }
    let _ = writeln!(text, "{fence}");
    if let Some(more @ 1..) = count.checked_sub(MAX_LINES) {
        let _ = writeln!(text, "\n… and {} more", counted(more, "line"));
    }
}

/// How often a letter stands in a row at most.
fn longest_run(text: &str, letter: char) -> usize {
    let runs = text.split(|other| other != letter);
    runs.map(str::len).max().unwrap_or(0) / letter.len_utf8()
}

/// A text that stays what it is in Markdown, on one line.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut letters = text.trim().chars().peekable();
    while let Some(letter) = letters.next() {
        let so_far = escaped.as_str();
        let begins_marker = match letter {
            // A heading, a list, a line below a heading.
            '#' | '+' | '-' | '=' => so_far.is_empty(),
            // A list with numbers.
            '.' | ')' => {
                let is_number = so_far.chars().all(|c| c.is_ascii_digit());
                is_number && letters.peek().is_none_or(|next| next.is_whitespace())
            }
            _ => false,
        };
        // An address becomes a link without being asked to.
        let begins_link = match letter {
            ':' => letters.peek() == Some(&'/'),
            '.' => so_far.to_ascii_lowercase().ends_with("www"),
            _ => false,
        };
        match letter {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '&' | '~' | '$' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            _ if begins_marker || begins_link => {
                escaped.push('\\');
                escaped.push(letter);
            }
            letter if letter.is_control() || letter.is_whitespace() => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// An address that can stand between angle brackets.
fn address(link: &str) -> String {
    let mut address = String::with_capacity(link.len());
    for letter in link.chars() {
        match letter {
            '<' => address.push_str("%3C"),
            '>' => address.push_str("%3E"),
            letter if letter.is_control() || letter.is_whitespace() => address.push_str("%20"),
            letter => address.push(letter),
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::run_with;
    use crate::derived::headline;
    use crate::derived::recording::Recording;
    use crate::trace::{Event, EventKind, LocationId, TaskInfo, TextId};
    use expect_test::{Expect, expect};

    #[track_caller]
    fn check(slug: &str, setting: &str, expected: Expect) {
        let recording = Recording::from_trace(run_with(slug, setting));
        let (trace, timeline) = (recording.trace(), recording.timeline());
        let verdict = headline::alone(trace, timeline, &recording.findings());
        let heading = Heading {
            title: slug,
            verdict: &verdict,
            link: "https://example.org/interleave/#race",
        };
        let label = "";
        let recording = &recording;
        let version = Version { label, recording };
        let parameters: Vec<(&str, &str)> = setting
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .collect();
        expected.assert_eq(&text(&heading, &parameters, &[version]));
    }

    #[test]
    fn a_run_that_finishes() {
        check(
            "two-ways-to-run",
            "a=1",
            expect![[r#"
                ## two-ways-to-run

                no time passes; it ends with “11”

                <https://example.org/interleave/#race>

                Parameters:

                - a: 1

                Finished: 0 s, instant clock; 2 tasks, 8 turns, 24 events, 2 lines of output.

                | task | at the end | running | ready | waiting |
                | --- | --- | ---: | ---: | ---: |
                | main | done | 0 s | 0 s | 0 s |
                | add | done | 0 s | 0 s | 0 s |

                ```text
                11
                11
                ```
            "#]],
        );
    }

    #[test]
    fn a_run_that_ends_in_a_deadlock() {
        check(
            "deadlock",
            "",
            expect![[r#"
                ## deadlock

                2.00 s of pauses fit into 1.00 s; it ends in a deadlock after 1.00 s

                <https://example.org/interleave/#race>

                Deadlock: 1.00 s, instant clock; 3 tasks, 4 turns, 35 events, 2 lines of output.

                Findings:

                - **Deadlock**: A waits for the lock b, which B holds; B waits for the lock a, which A holds. Take locks in the same order everywhere, or hold one at a time; for anything else, make sure that somebody is left who sets it, puts it or gives it back.

                | task | at the end | running | ready | waiting |
                | --- | --- | ---: | ---: | ---: |
                | main | waiting for 2 tasks | 0 s | 0 s | 1.00 s |
                | A | waiting for the lock b | 0 s | 0 s | 1.00 s |
                | B | waiting for the lock a | 0 s | 0 s | 1.00 s |

                ```text
                A: has its first lock
                B: has its first lock
                error: deadlock
                ```
            "#]],
        );
    }

    #[track_caller]
    fn check_escaped(text: &str, expected: &str) {
        assert_eq!(escaped(text), expected);
    }

    #[test]
    fn what_programs_call_things_stays_text() {
        check_escaped("worker 1", "worker 1");
        check_escaped("a|b", "a\\|b");
        check_escaped("<img src=x>", "\\<img src=x\\>");
        check_escaped(
            "**b** _i_ `c` ~~d~~",
            "\\*\\*b\\*\\* \\_i\\_ \\`c\\` \\~\\~d\\~\\~",
        );
        check_escaped(
            "[a](javascript:b) ![c](d)",
            "\\[a\\](javascript:b) !\\[c\\](d)",
        );
        check_escaped("&lt;", "\\&lt;");
        check_escaped("# a #", "\\# a #");
        check_escaped("- a - b", "\\- a - b");
        check_escaped("1. a 2. b", "1\\. a 2. b");
        check_escaped("5.00 s", "5.00 s");
        check_escaped("5.", "5\\.");
        check_escaped("two\nlines\u{1b}", "two lines ");
        check_escaped(
            "see https://a.b and www.c.d",
            "see https\\://a.b and www\\.c.d",
        );
    }

    /// A run of so many tasks, that prints these lines.
    fn printing(tasks: u32, lines: &[&str]) -> Recording {
        let mut trace = Trace::new(ClockKind::Instant);
        let mut push = |kind| trace.events.push(Event { time_ns: 0, kind });
        for at in 0..tasks {
            push(EventKind::Spawn { task: TaskId(at) });
        }
        for at in 0..lines.len() {
            push(EventKind::Output {
                task: TaskId::MAIN,
                text: TextId(at as u32 + 1),
                location: LocationId::UNKNOWN,
            });
        }
        trace.texts.extend(lines.iter().map(|line| (*line).into()));
        trace.tasks.extend((0..tasks).map(|at| TaskInfo {
            name: format!("task {at}").into(),
            parent: None,
            location: LocationId::UNKNOWN,
            thread: 0,
        }));
        Recording::from_trace(trace)
    }

    fn summary_of(recording: &Recording) -> String {
        let label = "";
        text(&Heading::default(), &[], &[Version { label, recording }])
    }

    #[test]
    fn no_line_of_output_ends_its_fence() {
        let text = summary_of(&printing(1, &["```", "a ````` b", "~~~\n`````"]));
        let fence = "``````";
        assert!(text.ends_with(&format!(
            "\n{fence}text\n```\na ````` b\n~~~\n`````\n{fence}\n"
        )));
    }

    #[test]
    fn of_many_tasks_and_lines_the_first_are_shown() {
        let text = summary_of(&printing(53, &["line"; 41]));
        assert_eq!(text.matches("\n| task ").count(), 1 + MAX_TASKS);
        assert!(text.contains("\n… and 3 more\n"));
        let lines = text.lines().filter(|line| *line == "line");
        assert_eq!(lines.count(), MAX_LINES);
        assert!(text.ends_with("\n… and 1 line more\n"));
    }
}
