//! The runs on screen.

use crate::derived::run_ref::RunRef;
use crate::trace::{ClockKind, EndReason, Trace};

/// How many runs fit on screen: one, or two side by side.
pub const MAX_RUNS: usize = 2;

/// One run on screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Its slot on screen, from 0 at the top.
    pub slot: usize,
    /// The mode it was run in, in the demo's words; empty when the demo has no modes.
    pub label: String,
    /// Why it was run.
    pub purpose: Purpose,
    /// What happened.
    pub recording: RunRef,
    /// The edition of the state that it belongs to.
    pub edition: u32,
}

/// Why something was run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Purpose {
    /// So that the page is not empty.
    Preview,
    /// Because the reader asked for it.
    Asked {
        /// When, in milliseconds by the page's own clock.
        at_ms: f64,
        /// How many times as fast as real time its clock goes.
        speed: u32,
    },
    /// It was not run here: the reader opened a recording of it, or the demo came with one since it needs the browser.
    Recorded,
}

impl Run {
    /// Whether the reader asked for it.
    pub fn asked_for(&self) -> bool {
        matches!(self.purpose, Purpose::Asked { .. })
    }

    /// Whether its end has not come yet.
    pub fn goes_on(&self) -> bool {
        self.recording.borrow().trace().end.is_none()
    }

    /// By which clock its times are.
    pub fn clock(&self) -> ClockKind {
        self.recording.borrow().trace().clock
    }

    /// Why it ended.
    pub fn end_reason(&self) -> Option<EndReason> {
        let recording = self.recording.borrow();
        recording.trace().end.as_ref().map(|end| end.reason)
    }
}

/// Does something with the traces of runs, in their order.
pub fn with_traces<T>(runs: &[Run], act: impl FnOnce(&[&Trace]) -> T) -> T {
    let recordings: Vec<_> = runs.iter().map(|run| run.recording.borrow()).collect();
    let traces: Vec<&Trace> = recordings.iter().map(|run| run.trace()).collect();
    act(&traces)
}
