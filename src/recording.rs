//! A trace that grows while its run goes on, with the views that are derived along the way.

use crate::timeline::Timeline;
use crate::trace::{ClockKind, End, EndReason, Trace, wire};

/// A trace and its timeline, always in step.
#[derive(Clone, Debug)]
pub struct Recording {
    trace: Trace,
    timeline: Timeline,
}

impl Recording {
    /// A run of which nothing is known yet.
    pub fn new(clock: ClockKind) -> Self {
        Recording::of(Trace::new(clock))
    }

    /// The recording of a trace.
    pub fn of(trace: Trace) -> Self {
        Recording {
            timeline: Timeline::of(&trace),
            trace,
        }
    }

    /// What happened.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Who was in which state when.
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// Takes in a batch from the worker.
    ///
    /// # Errors
    /// When the bytes do not continue the trace; nothing changes then.
    pub fn append(&mut self, batch: &[u8]) -> Result<(), String> {
        wire::append(&mut self.trace, batch)?;
        self.timeline.extend(&self.trace);
        Ok(())
    }

    /// Ends a run whose worker can no longer say so itself, at `time_ns` or at its last event,
    /// whichever is later. A run that has ended stays as it is.
    pub fn end(&mut self, time_ns: u64, reason: EndReason, message: &str) {
        if self.trace.end.is_some() {
            return;
        }
        self.trace.end = Some(End {
            time_ns: time_ns.max(self.trace.duration_ns()),
            reason,
            message: message.into(),
        });
        self.timeline.extend(&self.trace);
    }
}
