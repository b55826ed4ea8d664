//! The lines that a run printed.

use crate::trace::{EndReason, EventKind, LocationId, TaskId, Trace};

/// One line of output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// Position of its event in the trace.
    pub event: usize,
    /// Nanoseconds since the run began.
    pub time_ns: u64,
    /// Who printed it.
    pub task: TaskId,
    /// Without its end.
    pub text: &'a str,
    /// From which line of source.
    pub location: LocationId,
    /// A remark to the reader, which the Python program does not print.
    pub note: bool,
}

/// All lines and notes, in order.
pub fn lines(trace: &Trace) -> impl DoubleEndedIterator<Item = Line<'_>> {
    trace.events.iter().enumerate().filter_map(|(event, e)| {
        let (task, text, location, note) = match e.kind {
            EventKind::Output {
                task,
                text,
                location,
            } => (task, text, location, false),
            EventKind::Note { task, text } => (task, text, LocationId::UNKNOWN, true),
            _ => return None,
        };
        Some(Line {
            event,
            time_ns: e.time_ns,
            task,
            text: trace.text(text),
            location,
            note,
        })
    })
}

/// What the program printed, a line each, as a terminal would show it; last the error it ended
/// with, if it did.
pub fn text(trace: &Trace) -> String {
    let mut text = String::new();
    for line in lines(trace).filter(|line| !line.note) {
        text.push_str(line.text);
        text.push('\n');
    }
    let error = trace.end.as_ref().and_then(|end| match end.reason {
        EndReason::Failed => Some(&*end.message),
        // Who waits for what is for the page to say: a terminal would show nothing at all.
        EndReason::Deadlock => Some("deadlock"),
        _ => None,
    });
    if let Some(error) = error {
        text.push_str("error: ");
        text.push_str(error);
        text.push('\n');
    }
    text
}
