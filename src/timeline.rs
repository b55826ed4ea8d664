//! Who was in which state when: a lane per task, derived from a trace.

use crate::trace::{Ending, TaskId, Trace, WaitFor, What};

/// What a task is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// The thread runs its code.
    Running,
    /// It holds the thread without using it, or for long: nobody else can run.
    Blocking,
    /// It could run, but the thread is not free.
    Ready,
    /// It waits to be woken.
    Waiting,
}

impl State {
    /// The words for it.
    pub fn words(self) -> &'static str {
        match self {
            State::Running => "running",
            State::Blocking => "blocking the loop",
            State::Ready => "ready, not served",
            State::Waiting => "waiting",
        }
    }
}

/// A stretch of a task's lane in which its state did not change.
///
/// Times are nanoseconds since the run began; `end_ns` is exclusive. A running stretch may have
/// no length: under the instant clock code takes no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The state.
    pub state: State,
    /// When it began.
    pub start_ns: u64,
    /// When it ended.
    pub end_ns: u64,
    /// What a waiting task waits for, when a primitive said so.
    pub waits_for: Option<WaitFor>,
}

/// One task's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Whose.
    pub task: TaskId,
    /// When it was spawned.
    pub spawned_ns: u64,
    /// In order, without gaps of time between them while the task lives.
    pub segments: Vec<Segment>,
    /// When and how it ended.
    pub done: Option<(u64, Ending)>,
    /// The state that is not over yet; its end is the end of the trace so far.
    pub open: Option<Segment>,
}

impl Lane {
    /// All segments; the open one ends at `now_ns`.
    pub fn segments_until(&self, now_ns: u64) -> impl Iterator<Item = Segment> + '_ {
        let open = self.open.map(|segment| Segment {
            end_ns: now_ns.max(segment.start_ns),
            ..segment
        });
        self.segments.iter().copied().chain(open)
    }

    fn close(&mut self, now_ns: u64) {
        if let Some(segment) = self.open.take() {
            let has_length = now_ns > segment.start_ns;
            if has_length || segment.state == State::Running {
                self.segments.push(Segment {
                    end_ns: now_ns,
                    ..segment
                });
            }
        }
    }

    fn begin(&mut self, now_ns: u64, state: State) {
        self.close(now_ns);
        self.open = Some(Segment {
            state,
            start_ns: now_ns,
            end_ns: now_ns,
            waits_for: None,
        });
    }
}

/// The lanes of a run, in the order in which the tasks were spawned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    /// By [`TaskId`].
    pub lanes: Vec<Lane>,
    /// When each turn of the loop began.
    pub turns_ns: Vec<u64>,
    /// What the running task said it waits for, until its poll ends.
    waits_for: Option<WaitFor>,
    /// How many of the trace's events are in here.
    seen: usize,
}

impl Timeline {
    /// Derives the timeline of a whole trace.
    pub fn of(trace: &Trace) -> Self {
        let mut timeline = Timeline::default();
        timeline.extend(trace);
        timeline
    }

    /// Takes in the events that came to the trace since the last call.
    pub fn extend(&mut self, trace: &Trace) {
        for event in &trace.events[self.seen..] {
            self.apply(event.time_ns, event.what);
        }
        self.seen = trace.events.len();
        if let Some(end) = &trace.end {
            for lane in &mut self.lanes {
                lane.close(end.time_ns);
            }
        }
    }

    fn apply(&mut self, now_ns: u64, what: What) {
        match what {
            What::LoopTurn => self.turns_ns.push(now_ns),
            What::Spawn { task } => {
                // A lane for each row of the table, whatever order a damaged file has.
                while self.lanes.len() <= task.index() {
                    self.lanes.push(Lane {
                        task: TaskId(self.lanes.len() as u32),
                        spawned_ns: now_ns,
                        segments: Vec::new(),
                        done: None,
                        open: None,
                    });
                }
                self.lanes[task.index()].begin(now_ns, State::Ready);
            }
            What::PollStart { task } => self.begin(task, now_ns, State::Running),
            What::PollEnd { task, .. } => {
                self.begin(task, now_ns, State::Waiting);
                let waits_for = self.waits_for.take();
                if let Some(open) = self.open(task) {
                    open.waits_for = waits_for;
                }
            }
            What::Wait { on, .. } => self.waits_for = Some(on),
            What::Wake {
                target,
                merged: false,
                ..
            } => {
                // A task that wakes itself is ready when its poll ends.
                let state = self.open(target).map(|open| open.state);
                match state {
                    Some(State::Running) => {}
                    Some(_) => self.begin(target, now_ns, State::Ready),
                    None => {}
                }
            }
            What::Blocked { task, from_ns, .. } => {
                self.begin(task, from_ns, State::Blocking);
                self.begin(task, now_ns, State::Running);
            }
            What::Done { task, ending, .. } => {
                if let Some(lane) = self.lanes.get_mut(task.index()) {
                    // The poll that ended it opened a waiting stretch at this very time.
                    lane.open = None;
                    lane.done = Some((now_ns, ending));
                }
            }
            What::ThreadStart { task, at_ns } => self.begin(task, at_ns, State::Running),
            What::ThreadEnd { task, at_ns } => {
                if let Some(lane) = self.lanes.get_mut(task.index()) {
                    lane.close(at_ns);
                    lane.done = Some((at_ns, Ending::Returned));
                }
            }
            _ => {}
        }
    }

    fn begin(&mut self, task: TaskId, now_ns: u64, state: State) {
        if let Some(lane) = self.lanes.get_mut(task.index()) {
            lane.begin(now_ns, state);
        }
    }

    fn open(&mut self, task: TaskId) -> Option<&mut Segment> {
        self.lanes.get_mut(task.index())?.open.as_mut()
    }
}
