//! Traces written by hand, for the tests of the rules.

use crate::derived::findings::findings;
use crate::trace::{
    Cause, ClockKind, End, EndReason, Ending, Event, EventKind, LocationId, PollOutcome,
    ResourceId, ResourceInfo, ResourceKind, TaskId, TaskInfo, TextId, Trace, WaitFor,
};

pub(super) const MS: u64 = 1_000_000;
pub(super) const MAIN: TaskId = TaskId::MAIN;
pub(super) const A: TaskId = TaskId(1);
pub(super) const B: TaskId = TaskId(2);
pub(super) const C: TaskId = TaskId(3);
pub(super) const LINE: LocationId = LocationId(7);

/// A trace written by hand: tasks main, A, B and C, all spawned at 0.
pub(super) struct Story {
    pub(super) trace: Trace,
    now_ns: u64,
}

impl Story {
    pub(super) fn new() -> Self {
        let mut trace = Trace::new(ClockKind::Instant);
        for name in ["main", "A", "B", "C"] {
            trace.tasks.push(TaskInfo {
                name: name.into(),
                parent: None,
                location: LocationId(3),
                thread: 0,
            });
        }
        let mut story = Story { trace, now_ns: 0 };
        for task in [MAIN, A, B, C] {
            story.add(EventKind::Spawn { task });
        }
        for task in [MAIN, A, B, C] {
            story.poll(task, 0, &[]);
        }
        story
    }

    pub(super) fn add(&mut self, kind: EventKind) -> &mut Self {
        let time_ns = self.now_ns;
        self.trace.events.push(Event { time_ns, kind });
        self
    }

    pub(super) fn pass(&mut self, ms: u64) -> &mut Self {
        self.now_ns += ms * MS;
        self
    }

    pub(super) fn wake(&mut self, target: TaskId, by: Cause) -> &mut Self {
        self.add(EventKind::Wake {
            target,
            by,
            merged: false,
        })
    }

    /// A poll of that length, with these events before it ends pending.
    pub(super) fn poll(&mut self, task: TaskId, ms: u64, events: &[EventKind]) -> &mut Self {
        self.add(EventKind::PollStart { task }).pass(ms);
        for event in events {
            self.add(*event);
        }
        self.add(EventKind::PollEnd {
            task,
            outcome: PollOutcome::Pending,
            location: LINE,
        })
    }

    pub(super) fn done(&mut self, task: TaskId, ending: Ending) -> &mut Self {
        self.trace.texts.push("ValueError: no".into());
        let text = TextId(self.trace.texts.len() as u32 - 1);
        self.add(EventKind::Done { task, ending, text })
    }

    pub(super) fn resource(&mut self, kind: ResourceKind, name: &str) -> ResourceId {
        self.trace.resources.push(ResourceInfo {
            kind,
            name: name.into(),
        });
        ResourceId(self.trace.resources.len() as u32 - 1)
    }

    pub(super) fn end(&mut self, reason: EndReason) -> &mut Self {
        self.trace.end = Some(End {
            time_ns: self.now_ns,
            reason,
            message: "".into(),
        });
        self
    }

    /// Compares kind, start and end in milliseconds, count and sentence.
    #[track_caller]
    pub(super) fn check(&self, expected: &[&str]) {
        let found: Vec<String> = findings(&self.trace)
            .iter()
            .map(|f| {
                let end = f.end_ns.map_or(String::new(), |ns| (ns / MS).to_string());
                let start = f.time_ns / MS;
                format!("{:?} {start}..{end} {}x {}", f.kind, f.count, f.sentence)
            })
            .collect();
        assert_eq!(found, expected);
    }
}

pub(super) fn gets(task: TaskId, resource: ResourceId) -> EventKind {
    EventKind::Acquire {
        task,
        resource,
        level: 1,
        location: LINE,
    }
}

pub(super) fn gives(task: TaskId, resource: ResourceId) -> EventKind {
    EventKind::Release {
        task,
        resource,
        level: 0,
    }
}

pub(super) fn waits(task: TaskId, resource: ResourceId) -> EventKind {
    EventKind::Wait {
        task,
        on: WaitFor::Resource(resource),
    }
}
