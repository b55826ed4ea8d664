//! Stretches of time of the same kind by the same task: one finding with a count.

use crate::derived::findings::{Finding, Rule};
use crate::trace::{LocationId, TaskId, Trace};

/// All stretches, by task.
pub(super) struct SpansByTask {
    tasks: Vec<Option<Spans>>,
}

/// Those of one task.
pub(super) struct Spans {
    pub(super) count: u32,
    pub(super) total_ns: u64,
    pub(super) longest: Span,
}

#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(super) start_ns: u64,
    /// `None`: it lasts to the end of the trace.
    pub(super) end_ns: Option<u64>,
    pub(super) length_ns: u64,
    pub(super) location: LocationId,
    /// Who held the thread meanwhile.
    pub(super) holder: Option<TaskId>,
}

impl SpansByTask {
    pub(super) fn new(trace: &Trace) -> Self {
        let mut tasks = Vec::new();
        tasks.resize_with(trace.tasks.len(), || None);
        SpansByTask { tasks }
    }

    pub(super) fn add(&mut self, task: TaskId, span: Span) {
        let spans = self.tasks[task.index()].get_or_insert(Spans {
            count: 0,
            total_ns: 0,
            longest: span,
        });
        spans.count += 1;
        spans.total_ns = spans.total_ns.saturating_add(span.length_ns);
        if span.length_ns > spans.longest.length_ns {
            spans.longest = span;
        }
    }

    /// A finding for each task; `sentence` says it.
    pub(super) fn findings<R: Rule>(
        self,
        sentence: impl Fn(TaskId, &Spans) -> String,
    ) -> Vec<Finding> {
        let tasks = (0..).map(TaskId).zip(self.tasks);
        let found = tasks.filter_map(|(task, spans)| Some((task, spans?)));
        found
            .map(|(task, spans)| {
                let (longest, words) = (spans.longest, sentence(task, &spans));
                Finding {
                    end_ns: longest.end_ns,
                    total_ns: spans.total_ns,
                    count: spans.count,
                    ..Finding::new::<R>(task, longest.start_ns, longest.location, words)
                }
            })
            .collect()
    }
}
