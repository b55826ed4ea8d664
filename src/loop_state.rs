//! What the event loop looked like at a moment: who runs, who is ready in which order, which
//! timers are set, who waits for what, who is done.

use crate::trace::{Ending, Event, TaskId, TimerId, Trace, WaitFor, What};

/// A timer that is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimerRow {
    /// Which.
    pub timer: TimerId,
    /// Nanoseconds since the run began.
    pub deadline_ns: u64,
    /// Who set it.
    pub task: Option<TaskId>,
}

/// The loop after some of a trace's events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoopState {
    /// How many turns began.
    pub turn: usize,
    /// Who has the thread.
    pub running: Option<TaskId>,
    /// In the order in which they will run.
    pub ready: Vec<TaskId>,
    /// By deadline, then by age.
    pub timers: Vec<TimerRow>,
    /// Who waits, and for what if a primitive said so; in the order in which they began.
    pub waiting: Vec<(TaskId, Option<WaitFor>)>,
    /// In the order in which they ended.
    pub done: Vec<(TaskId, Ending)>,
    /// What the running task said it waits for, until its poll ends.
    waits_for: Option<WaitFor>,
}

impl LoopState {
    /// The loop after the first `count` events.
    pub fn after(trace: &Trace, count: usize) -> Self {
        let mut state = LoopState::default();
        for event in &trace.events[..count] {
            state.apply(event);
        }
        state
    }

    /// Moves on by one event.
    pub fn apply(&mut self, event: &Event) {
        match event.what {
            What::LoopTurn => self.turn += 1,
            What::Spawn { task } => self.ready.push(task),
            What::PollStart { task } => {
                self.ready.retain(|ready| *ready != task);
                self.waiting.retain(|(waiting, _)| *waiting != task);
                self.waits_for = None;
                self.running = Some(task);
            }
            What::PollEnd { task, .. } => {
                self.running = None;
                let waits_for = self.waits_for.take();
                if !self.ready.contains(&task) {
                    self.waiting.push((task, waits_for));
                }
            }
            What::Wait { on, .. } => self.waits_for = Some(on),
            What::Wake {
                target,
                merged: false,
                ..
            } => {
                self.waiting.retain(|(waiting, _)| *waiting != target);
                self.ready.push(target);
            }
            What::TimerSet { timer, deadline_ns } => {
                let row = TimerRow {
                    timer,
                    deadline_ns,
                    task: self.running,
                };
                let key = |row: &TimerRow| (row.deadline_ns, row.timer);
                let place = self.timers.partition_point(|other| key(other) <= key(&row));
                self.timers.insert(place, row);
            }
            What::TimerFired { timer } | What::TimerDropped { timer } => {
                self.timers.retain(|row| row.timer != timer);
            }
            What::Done { task, ending, .. } => {
                self.ready.retain(|ready| *ready != task);
                self.waiting.retain(|(waiting, _)| *waiting != task);
                self.done.push((task, ending));
            }
            What::ThreadStart { task, .. } => {
                self.ready.retain(|ready| *ready != task);
            }
            What::ThreadEnd { task, .. } => {
                self.done.push((task, Ending::Returned));
            }
            _ => {}
        }
    }
}

/// A thing that can be waited for, in words.
pub fn wait_in_words(trace: &Trace, on: WaitFor) -> String {
    match on {
        WaitFor::Task(task) => format!("the task {}", trace.name(task)),
        WaitFor::Timer(_) => "a timer".to_owned(),
        WaitFor::Resource(resource) => {
            let resource = trace.resource(resource);
            format!("the {} {}", resource.kind.word(), resource.name)
        }
    }
}

/// Who waits for what at the trace's end: "A waits for the lock b; B waits for the lock a".
pub fn who_waits(trace: &Trace) -> String {
    const MOST: usize = 8;
    let state = LoopState::after(trace, trace.events.len());
    let mut parts: Vec<String> = state
        .waiting
        .iter()
        .take(MOST)
        .map(|(task, on)| {
            let on = on.map_or("something that is not recorded".to_owned(), |on| {
                wait_in_words(trace, on)
            });
            format!("{} waits for {on}", trace.name(*task))
        })
        .collect();
    if state.waiting.len() > MOST {
        parts.push(format!("{} more wait", state.waiting.len() - MOST));
    }
    parts.join("; ")
}
