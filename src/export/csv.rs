//! The events of a run as a table that spreadsheets and data tools open: comma-separated values as
//! [RFC 4180] has them, in UTF-8, with a row of headings.
//!
//! Names and texts come from programs, and a spreadsheet takes a cell that begins with `=`, `+`, `-`,
//! `@`, a tab or a line end for a formula, which can reach the network. A single quote before it makes it text, as
//! [OWASP] advises. Numbers are ours and stay numbers, also when they are negative.
//!
//! [RFC 4180]: https://www.rfc-editor.org/rfc/rfc4180
//! [OWASP]: https://owasp.org/www-community/attacks/CSV_Injection

use crate::export::place;
use crate::trace::{
    BrowserQueue, Cause, Ending, Event, EventKind, LocationId, PollOutcome, TaskId, Trace, WaitFor,
};
use std::fmt::{self, Write};

/// The headings. `sequence` counts from 0; times are nanoseconds since the run began; `other` is who or what
/// else has to do with it: the cause of a wake, a resource, a timer; `value` is a level, a value, a deadline
/// or another thread's time, as `kind` says.
pub const HEADINGS: [&str; 9] = [
    "sequence", "time_ns", "kind", "task_id", "task", "other", "value", "location", "text",
];

/// The events of a trace as a table.
///
/// # Errors
/// Those of `out`.
pub fn write(out: &mut impl Write, trace: &Trace) -> fmt::Result {
    out.write_str(&HEADINGS.join(","))?;
    out.write_str("\r\n")?;
    let mut line = String::new();
    for (sequence, event) in trace.events.iter().enumerate() {
        let row = row(trace, event);
        let name = row.task.map_or("", |task| trace.name(task));
        let _ = write!(line, "{sequence},{},{},", event.time_ns, row.kind);
        if let Some(task) = row.task {
            let _ = write!(line, "{}", task.0);
        }
        line.push(',');
        push_text(&mut line, name);
        line.push(',');
        push_text(&mut line, &row.other);
        line.push(',');
        if let Some(value) = row.value {
            let _ = write!(line, "{value}");
        }
        line.push(',');
        push_text(&mut line, &place(trace, row.location));
        line.push(',');
        push_text(&mut line, row.text);
        line.push_str("\r\n");
        out.write_str(&line)?;
        line.clear();
    }
    Ok(())
}

/// The same as a text.
pub fn text(trace: &Trace) -> String {
    let mut text = String::new();
    // A string takes whatever it is given.
    let _ = write(&mut text, trace);
    text
}

/// What differs from event to event.
struct Row<'a> {
    kind: &'static str,
    task: Option<TaskId>,
    other: String,
    value: Option<i64>,
    location: LocationId,
    text: &'a str,
}

fn row<'a>(trace: &'a Trace, event: &Event) -> Row<'a> {
    let row = |kind: &'static str, task: Option<TaskId>| Row {
        kind,
        task,
        other: String::new(),
        value: None,
        location: LocationId::UNKNOWN,
        text: "",
    };
    let by_words = |by: Cause| match by {
        Cause::Task(task) => format!("task {}", trace.name(task)),
        Cause::Timer(timer) => format!("timer {}", timer.0),
        Cause::External => "outside".to_owned(),
    };
    let time = |ns: u64| i64::try_from(ns).ok();
    match event.kind {
        EventKind::LoopTurn => row("loop_turn", None),
        EventKind::Spawn { task } => {
            let info = trace.task(task);
            Row {
                other: info
                    .parent
                    .map_or(String::new(), |by| by_words(Cause::Task(by))),
                location: info.location,
                ..row("spawn", Some(task))
            }
        }
        EventKind::PollStart { task } => row("poll_start", Some(task)),
        EventKind::PollEnd {
            task,
            outcome,
            location,
        } => Row {
            location,
            text: match outcome {
                PollOutcome::Ready => "ready",
                PollOutcome::Pending => "pending",
                PollOutcome::Panicked => "panicked",
            },
            ..row("poll_end", Some(task))
        },
        EventKind::Wake { target, by, merged } => Row {
            other: by_words(by),
            text: if merged { "merged" } else { "" },
            ..row("wake", Some(target))
        },
        EventKind::TimerSet { timer, deadline_ns } => Row {
            other: by_words(Cause::Timer(timer)),
            value: time(deadline_ns),
            ..row("timer_set", None)
        },
        EventKind::TimerFired { timer } => Row {
            other: by_words(Cause::Timer(timer)),
            ..row("timer_fired", None)
        },
        EventKind::TimerDropped { timer } => Row {
            other: by_words(Cause::Timer(timer)),
            ..row("timer_dropped", None)
        },
        EventKind::ResourceMade { resource } => Row {
            other: trace.resource(resource).title(),
            ..row("resource_made", None)
        },
        EventKind::Wait { task, on } => Row {
            other: match on {
                WaitFor::Resource(resource) => trace.resource(resource).title(),
                WaitFor::Task(task) => by_words(Cause::Task(task)),
                WaitFor::Timer(timer) => by_words(Cause::Timer(timer)),
            },
            ..row("wait", Some(task))
        },
        EventKind::Acquire {
            task,
            resource,
            level,
            location,
        } => Row {
            other: trace.resource(resource).title(),
            value: Some(level.into()),
            location,
            ..row("acquire", Some(task))
        },
        EventKind::Release {
            task,
            resource,
            level,
        } => Row {
            other: trace.resource(resource).title(),
            value: Some(level.into()),
            ..row("release", Some(task))
        },
        EventKind::Cancel { target, by } => Row {
            other: by_words(by),
            ..row("cancel", Some(target))
        },
        EventKind::Output {
            task,
            text,
            location,
        } => Row {
            location,
            text: trace.text(text),
            ..row("output", Some(task))
        },
        EventKind::Note { task, text } => Row {
            text: trace.text(text),
            ..row("note", Some(task))
        },
        EventKind::FrameEnter {
            task,
            name,
            location,
        } => Row {
            location,
            text: trace.text(name),
            ..row("frame_enter", Some(task))
        },
        EventKind::FrameExit { task } => row("frame_exit", Some(task)),
        EventKind::NeverAwaited {
            task,
            name,
            location,
        } => Row {
            location,
            text: trace.text(name),
            ..row("never_awaited", Some(task))
        },
        EventKind::Done { task, ending, text } => Row {
            other: match ending {
                Ending::Returned => "returned",
                Ending::Failed => "failed",
                Ending::Cancelled => "cancelled",
                Ending::Panicked => "panicked",
            }
            .to_owned(),
            text: trace.text(text),
            ..row("done", Some(task))
        },
        EventKind::Retrieved { task } => row("retrieved", Some(task)),
        EventKind::Blocks { task, location } => Row {
            location,
            ..row("blocks", Some(task))
        },
        EventKind::Blocked {
            task,
            location,
            from_ns,
        } => Row {
            value: time(from_ns),
            location,
            ..row("blocked", Some(task))
        },
        EventKind::ThreadStart { task, at_ns } => Row {
            value: time(at_ns),
            ..row("thread_start", Some(task))
        },
        EventKind::ThreadEnd { task, at_ns } => Row {
            value: time(at_ns),
            ..row("thread_end", Some(task))
        },
        EventKind::Value { task, name, value } => Row {
            value: Some(value.into()),
            text: trace.text(name),
            ..row("value", Some(task))
        },
        EventKind::BrowserQueued { task, queue } => Row {
            other: match queue {
                BrowserQueue::Microtasks => "microtasks",
                BrowserQueue::Timers => "timers",
                BrowserQueue::Messages => "messages",
            }
            .to_owned(),
            ..row("browser_queued", Some(task))
        },
        EventKind::BrowserCall { queued } => Row {
            value: Some(queued.into()),
            ..row("browser_call", None)
        },
        EventKind::BrowserReturn { queued } => Row {
            value: Some(queued.into()),
            ..row("browser_return", None)
        },
    }
}

/// A text as a field that no spreadsheet takes for a formula.
fn push_text(line: &mut String, text: &str) {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let guard = if is_formula { "'" } else { "" };
    match text.contains([',', '"', '\r', '\n']) {
        true => {
            let _ = write!(line, "\"{guard}{}\"", text.replace('"', "\"\""));
        }
        false => {
            line.push_str(guard);
            line.push_str(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::{DEMOS, run_with};
    use crate::derived::output;
    use crate::param::Values;
    use expect_test::{Expect, expect};

    #[track_caller]
    fn check_field(text: &str, expected: &str) {
        let mut field = String::new();
        push_text(&mut field, text);
        assert_eq!(field, expected);
    }

    #[test]
    fn fields_are_quoted_where_they_have_to_be_and_none_is_a_formula() {
        check_field("", "");
        check_field("task 1", "task 1");
        check_field("a, \"b\"", "\"a, \"\"b\"\"\"");
        check_field("two\r\nlines", "\"two\r\nlines\"");
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"] {
            check_field(text, &format!("'{text}"));
        }
        check_field("\r=1", "\"'\r=1\"");
        check_field("=A1,B1", "\"'=A1,B1\"");
        check_field("a=1", "a=1");
    }

    #[track_caller]
    fn check(slug: &str, setting: &str, expected: Expect) {
        let text = text(&run_with(slug, setting));
        assert!(text.ends_with("\r\n"));
        // Lines of the sources change with each word in them.
        let without_line = |row: &str| {
            let digits = |piece: &str| {
                piece
                    .trim_start_matches(|c: char| c.is_ascii_digit())
                    .to_owned()
            };
            let mut pieces = row.split(".rs:");
            let first = pieces.next().unwrap_or_default().to_owned();
            pieces.fold(first, |row, piece| format!("{row}.rs:_{}", digits(piece)))
        };
        let rows: Vec<String> = text.lines().map(without_line).collect();
        expected.assert_eq(&rows.join("\n"));
    }

    #[test]
    fn a_small_run() {
        check(
            "two-ways-to-run",
            "",
            expect![[r#"
            sequence,time_ns,kind,task_id,task,other,value,location,text
            0,0,spawn,0,main,,,src/program.rs:_,
            1,0,loop_turn,,,,,,
            2,0,poll_start,0,main,,,,
            3,0,frame_enter,0,main,,,src/demos/two_ways_to_run.rs:_,add
            4,0,frame_exit,0,main,,,,
            5,0,output,0,main,,,src/demos/two_ways_to_run.rs:_,12
            6,0,spawn,1,add,task main,,src/demos/two_ways_to_run.rs:_,
            7,0,wait,0,main,task add,,,
            8,0,poll_end,0,main,,,src/demos/two_ways_to_run.rs:_,pending
            9,0,loop_turn,,,,,,
            10,0,poll_start,1,add,,,,
            11,0,poll_end,1,add,,,,ready
            12,0,done,1,add,returned,,,12
            13,0,wake,0,main,task add,,,
            14,0,loop_turn,,,,,,
            15,0,poll_start,0,main,,,,
            16,0,output,0,main,,,src/demos/two_ways_to_run.rs:_,12
            17,0,poll_end,0,main,,,src/demos/two_ways_to_run.rs:_,ready
            18,0,done,0,main,returned,,,
            19,0,loop_turn,,,,,,
            20,0,loop_turn,,,,,,
            21,0,loop_turn,,,,,,
            22,0,loop_turn,,,,,,
            23,0,loop_turn,,,,,,"#]],
        );
    }

    #[test]
    fn every_event_is_a_row_of_as_many_fields_as_there_are_headings() {
        for demo in DEMOS {
            let values = Values::defaults(demo.params);
            if !demo.runs_instantly(&values) {
                continue;
            }
            let trace = demo.run_instantly(values);
            let rows = parsed(&text(&trace));
            assert_eq!(rows.len(), trace.events.len() + 1, "{}", demo.slug);
            for row in &rows {
                assert_eq!(row.len(), HEADINGS.len(), "{}: {row:?}", demo.slug);
            }
            let lines = rows.iter().filter(|row| row[2] == "output").count();
            let printed = output::lines(&trace).filter(|line| !line.note);
            assert_eq!(lines, printed.count(), "{}", demo.slug);
        }
    }

    /// The fields of a table, read by the grammar of RFC 4180.
    fn parsed(text: &str) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        let mut row = Vec::new();
        let mut letters = text.chars().peekable();
        while letters.peek().is_some() {
            let mut field = String::new();
            if letters.next_if_eq(&'"').is_some() {
                loop {
                    match letters.next().expect("a quoted field ends") {
                        '"' if letters.next_if_eq(&'"').is_some() => field.push('"'),
                        '"' => break,
                        letter => field.push(letter),
                    }
                }
            } else {
                while let Some(letter) = letters.next_if(|c| !matches!(c, ',' | '\r' | '\n')) {
                    assert_ne!(letter, '"', "a quote in a field that has none around it");
                    field.push(letter);
                }
            }
            row.push(field);
            match letters.next() {
                Some(',') => {}
                Some('\r') => {
                    assert_eq!(letters.next(), Some('\n'));
                    rows.push(std::mem::take(&mut row));
                }
                other => panic!("{other:?} after a field"),
            }
        }
        rows
    }
}
