//! A trace that grows while its run goes on, with the views that are derived along the way.

use crate::derived::critical_path::{Step, critical_path};
use crate::derived::findings::{self, Finding};
use crate::derived::loop_state::{History, LoopState, LoopView, Stand};
use crate::derived::metrics::Metrics;
use crate::derived::timeline::Timeline;
use crate::derived::values::Values;
use crate::trace::{ClockKind, End, EndReason, EventKind, Trace, wire};
use std::cell::OnceCell;
use std::rc::Rc;

/// A trace with its timeline and lines, always in step, and the loop at any moment.
#[derive(Clone, Debug)]
pub struct Recording {
    trace: Trace,
    timeline: Timeline,
    lines: Vec<u32>,
    values: Values,
    /// How many of the trace's events are in `lines`.
    seen: usize,
    history: History,
    findings: OnceCell<Rc<[Finding]>>,
    metrics: OnceCell<Metrics>,
    path: OnceCell<Rc<[Step]>>,
    batches: Vec<Box<[u8]>>,
}

impl Recording {
    /// A run of which nothing is known yet.
    pub fn new(clock: ClockKind) -> Self {
        Recording::from_trace(Trace::new(clock))
    }

    /// The recording of a trace.
    pub fn from_trace(trace: Trace) -> Self {
        let mut recording = Recording {
            timeline: Timeline::from_trace(&trace),
            values: Values::from_trace(&trace),
            trace,
            lines: Vec::new(),
            seen: 0,
            history: History::default(),
            findings: OnceCell::new(),
            metrics: OnceCell::new(),
            path: OnceCell::new(),
            batches: Vec::new(),
        };
        recording.find_lines();
        recording
    }

    /// What happened.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// The batches that it was made of, as they came: what leaves the page is made of them, elsewhere.
    pub fn batches(&self) -> &[Box<[u8]>] {
        &self.batches
    }

    /// Who was in which state when.
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// What the program says it has.
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// The positions of output and notes among the events.
    pub fn lines(&self) -> &[u32] {
        &self.lines
    }

    /// What is wrong with the run, found when it is first asked for. Nothing while the run goes on:
    /// much of what looks wrong until then turns out right.
    pub fn findings(&self) -> Rc<[Finding]> {
        match self.trace.end {
            Some(_) => {
                let find = || findings::findings(&self.trace).into();
                Rc::clone(self.findings.get_or_init(find))
            }
            None => Rc::from([]),
        }
    }

    /// What was asked for against what came of it, once the run has ended.
    pub fn metrics(&self) -> Option<&Metrics> {
        self.trace.end.as_ref()?;
        Some(
            self.metrics
                .get_or_init(|| Metrics::from_trace(&self.trace)),
        )
    }

    /// The critical path. Nothing while the run goes on: what comes next decides.
    pub fn critical_path(&self) -> Rc<[Step]> {
        match self.trace.end {
            Some(_) => {
                let find = || critical_path(&self.trace).into();
                Rc::clone(self.path.get_or_init(find))
            }
            None => Rc::from([]),
        }
    }

    /// The loop after the first `count` events, which costs little wherever the last question was.
    pub fn loop_at(&mut self, count: usize) -> &LoopState {
        self.history.seek(&self.trace, count)
    }

    /// The loop after the first `count` events, in order.
    pub fn loop_view(&mut self, count: usize) -> LoopView {
        self.history.seek(&self.trace, count).view(&self.trace)
    }

    /// The lines of a source file where tasks stand after the first `count` events.
    pub fn stands(&mut self, count: usize, file: &str) -> Vec<Stand> {
        self.history
            .seek(&self.trace, count)
            .stands(&self.trace, file)
    }

    fn find_lines(&mut self) {
        for (position, event) in self.trace.events.iter().enumerate().skip(self.seen) {
            if matches!(
                event.kind,
                EventKind::Output { .. } | EventKind::Note { .. }
            ) {
                self.lines.push(position as u32);
            }
        }
        self.seen = self.trace.events.len();
    }

    /// Takes in a batch from the worker.
    ///
    /// # Errors
    /// When the bytes do not continue the trace; nothing changes then.
    pub fn append(&mut self, batch: &[u8]) -> Result<(), String> {
        wire::append(&mut self.trace, batch)?;
        self.batches.push(batch.into());
        self.timeline.extend(&self.trace);
        self.values.extend(&self.trace);
        self.find_lines();
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
