//! Who was in which state when: a lane per task, derived from a trace.

use crate::derived::browser_loop::BrowserLoop;
use crate::derived::frames::Frames;
use crate::derived::waiting::{WaitKind, WaitKinds};
use crate::trace::{Ending, EventKind, PollOutcome, ResourceId, TaskId, TimerId, Trace, WaitFor};

/// What a task is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LaneState {
    /// The thread runs its code.
    Running,
    /// It holds the thread without using it, or for long: nobody else can run.
    Blocking,
    /// It could run, but the thread is not free.
    Ready,
    /// It waits to be woken.
    Waiting,
}

impl LaneState {
    /// All of them.
    pub const ALL: [LaneState; 4] = [
        LaneState::Running,
        LaneState::Blocking,
        LaneState::Ready,
        LaneState::Waiting,
    ];

    /// The words for it.
    pub fn words(self) -> &'static str {
        match self {
            LaneState::Running => "running",
            LaneState::Blocking => "blocking the loop",
            LaneState::Ready => "ready, not served",
            LaneState::Waiting => "waiting",
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
    pub state: LaneState,
    /// When it began.
    pub start_ns: u64,
    /// When it ended.
    pub end_ns: u64,
    /// What a waiting task waits for, when a primitive said so.
    pub waits_for: Option<WaitFor>,
}

/// One task's row.
///
/// A long run has more segments than anything else but events, so they are kept as two short
/// columns: a segment begins where the one before it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Whose.
    pub task: TaskId,
    /// When it was spawned.
    pub spawned_ns: u64,
    /// When and how it ended.
    pub done: Option<(u64, Ending)>,
    /// The state that is not over yet; its end is the end of the trace so far.
    open: Option<Segment>,
    /// What kind of thing the open segment waits for.
    open_wait: WaitKind,
    /// What the finished segments show.
    shows: Shown,
    /// It was made ready while it ran.
    woken: bool,
    starts_ns: Vec<u64>,
    /// State and what is waited for: see [`Meta`].
    metas: Vec<Meta>,
    /// Where the last of the finished segments ends.
    end_ns: u64,
}

impl Lane {
    fn new(task: TaskId, spawned_ns: u64) -> Self {
        Lane {
            task,
            spawned_ns,
            done: None,
            open: None,
            open_wait: WaitKind::Unknown,
            shows: Shown::default(),
            woken: false,
            starts_ns: Vec::new(),
            metas: Vec::new(),
            end_ns: spawned_ns,
        }
    }

    /// How many finished segments there are.
    pub fn len(&self) -> usize {
        self.metas.len()
    }

    /// Whether no segment is finished yet.
    pub fn is_empty(&self) -> bool {
        self.metas.is_empty()
    }

    /// A finished segment. They are in order, without gaps of time between them.
    pub fn segment(&self, index: usize) -> Segment {
        let (state, waits_for) = self.metas[index].parts();
        Segment {
            state,
            start_ns: self.starts_ns[index],
            end_ns: self
                .starts_ns
                .get(index + 1)
                .copied()
                .unwrap_or(self.end_ns),
            waits_for,
        }
    }

    /// The state of a finished segment.
    pub fn state(&self, index: usize) -> LaneState {
        self.metas[index].parts().0
    }

    /// All finished segments.
    pub fn segments(&self) -> impl DoubleEndedIterator<Item = Segment> + ExactSizeIterator + '_ {
        (0..self.len()).map(|index| self.segment(index))
    }

    /// When each of the finished segments began; never falling.
    pub fn starts_ns(&self) -> &[u64] {
        &self.starts_ns
    }

    /// Where the finished segments end; the spawning, when there are none.
    pub fn end_ns(&self) -> u64 {
        self.end_ns
    }

    /// The state that is not over yet, ending at `now_ns`.
    pub fn open_until(&self, now_ns: u64) -> Option<Segment> {
        self.open.map(|segment| Segment {
            end_ns: now_ns.max(segment.start_ns),
            ..segment
        })
    }

    /// All segments; the open one ends at `now_ns`.
    pub fn segments_until(&self, now_ns: u64) -> impl Iterator<Item = Segment> + '_ {
        self.segments().chain(self.open_until(now_ns))
    }

    /// The first finished segment that begins after a time.
    pub fn first_after(&self, time_ns: u64) -> usize {
        self.starts_ns.partition_point(|start| *start <= time_ns)
    }

    fn close(&mut self, now_ns: u64) {
        if let Some(segment) = self.open.take() {
            // Threads have clocks of their own, and a file may be damaged: never go back.
            let end_ns = now_ns.max(segment.start_ns);
            if end_ns > segment.start_ns || segment.state == LaneState::Running {
                self.starts_ns.push(segment.start_ns);
                self.metas.push(Meta::new(segment.state, segment.waits_for));
                self.shows.insert(segment.state, self.open_wait);
            }
            self.end_ns = end_ns;
        }
    }

    fn begin(&mut self, now_ns: u64, state: LaneState) {
        if self.done.is_some() {
            return;
        }
        self.close(now_ns);
        self.open_wait = WaitKind::Unknown;
        let start_ns = now_ns.max(self.end_ns);
        self.open = Some(Segment {
            state,
            start_ns,
            end_ns: start_ns,
            waits_for: None,
        });
    }
}

/// The states and kinds of waiting that lanes show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    states: [bool; 4],
    waits: WaitKinds,
}

impl Shown {
    fn insert(&mut self, state: LaneState, wait: WaitKind) {
        self.states[state as usize] = true;
        if state == LaneState::Waiting {
            self.waits.insert(wait);
        }
    }

    fn union(self, other: Shown) -> Self {
        Shown {
            states: std::array::from_fn(|at| self.states[at] || other.states[at]),
            waits: self.waits.union(other.waits),
        }
    }

    /// Whether some task was in a state.
    pub fn has_state(&self, state: LaneState) -> bool {
        self.states[state as usize]
    }

    /// Whether some task waited for that kind of thing.
    pub fn has_wait(&self, kind: WaitKind) -> bool {
        self.waits.contains(kind)
    }
}

/// A segment's state (2 bits), what it waits for (2 bits) and which (28 bits).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Meta(u32);

impl Meta {
    const NUMBERS: u32 = 1 << 28;

    fn new(state: LaneState, waits_for: Option<WaitFor>) -> Self {
        let (kind, number) = match waits_for {
            Some(WaitFor::Resource(id)) => (1, id.0),
            Some(WaitFor::Task(id)) => (2, id.0),
            Some(WaitFor::Timer(id)) => (3, id.0),
            None => (0, 0),
        };
        // A trace is too short for such a number, unless its file is damaged.
        let (kind, number) = if number < Self::NUMBERS {
            (kind, number)
        } else {
            (0, 0)
        };
        Meta(state as u32 | kind << 2 | number << 4)
    }

    fn parts(self) -> (LaneState, Option<WaitFor>) {
        let number = self.0 >> 4;
        let waits_for = match self.0 >> 2 & 3 {
            1 => Some(WaitFor::Resource(ResourceId(number))),
            2 => Some(WaitFor::Task(TaskId(number))),
            3 => Some(WaitFor::Timer(TimerId(number))),
            _ => None,
        };
        (LaneState::ALL[self.0 as usize & 3], waits_for)
    }
}

/// What the lanes are laid out along.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Scale {
    /// Time, in nanoseconds.
    #[default]
    Time,
    /// The order of events: each takes [`EVENT_STEP`], however long or short it took. This is
    /// how a run is seen that takes no time at all under the instant clock. All fields that are
    /// named `_ns` hold steps then.
    Order,
}

/// The length of an event on the scale [`Scale::Order`].
pub const EVENT_STEP: u64 = 1_000;

impl Scale {
    /// Where the event at a position of the trace stands.
    pub fn place(self, trace: &Trace, position: usize) -> u64 {
        match self {
            Scale::Time => trace.events[position].time_ns,
            Scale::Order => position as u64 * EVENT_STEP,
        }
    }

    /// Where the trace ends, so far.
    pub fn end(self, trace: &Trace) -> u64 {
        match self {
            Scale::Time => trace.duration_ns(),
            Scale::Order => trace.events.len() as u64 * EVENT_STEP,
        }
    }

    /// How many events stand at or before a place.
    pub fn events_until(self, trace: &Trace, place: u64) -> usize {
        match self {
            Scale::Time => trace.events_until(place),
            Scale::Order => trace.events.len().min((place / EVENT_STEP) as usize + 1),
        }
    }
}

/// The lanes of a run, in the order in which the tasks were spawned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    /// By [`TaskId`].
    pub lanes: Vec<Lane>,
    /// The positions of the events that begin a turn of the loop.
    pub turns: Vec<u32>,
    frames: Frames,
    browser: BrowserLoop,
    scale: Scale,
    /// What the running task said it waits for, until its poll ends.
    waits_for: Option<WaitFor>,
    /// How many of the trace's events are in here.
    seen: usize,
}

impl Timeline {
    /// Derives the timeline of a whole trace.
    pub fn from_trace(trace: &Trace) -> Self {
        Self::along(Scale::Time, trace)
    }

    /// Derives the timeline of a whole trace along a scale.
    pub fn along(scale: Scale, trace: &Trace) -> Self {
        let mut timeline = Timeline {
            scale,
            ..Timeline::default()
        };
        timeline.extend(trace);
        timeline
    }

    /// What can be seen in any of the lanes, open segments included.
    pub fn shown(&self) -> Shown {
        let mut shown = Shown::default();
        for lane in &self.lanes {
            shown = shown.union(lane.shows);
            if let Some(open) = lane.open {
                shown.insert(open.state, lane.open_wait);
            }
        }
        shown
    }

    /// What tasks were in inside themselves.
    pub fn frames(&self) -> &Frames {
        &self.frames
    }

    /// The browser's own loop, underneath.
    pub fn browser(&self) -> &BrowserLoop {
        &self.browser
    }

    /// What the lanes are laid out along.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// Takes in the events that came to the trace since the last call.
    pub fn extend(&mut self, trace: &Trace) {
        for position in self.seen..trace.events.len() {
            let place = self.scale.place(trace, position);
            self.apply(trace, position, place);
        }
        self.seen = trace.events.len();
        if trace.end.is_some() {
            let end_ns = self.scale.end(trace);
            for lane in &mut self.lanes {
                lane.close(end_ns);
                // It will not grow any more.
                lane.starts_ns.shrink_to_fit();
                lane.metas.shrink_to_fit();
            }
            self.turns.shrink_to_fit();
        }
    }

    fn apply(&mut self, trace: &Trace, position: usize, now_ns: u64) {
        let waits_for = match trace.events[position].kind {
            EventKind::Wake { target, .. } => self.waits_for(target),
            _ => None,
        };
        self.browser.apply(trace, position, waits_for);
        match trace.events[position].kind {
            EventKind::LoopTurn => self.turns.push(position as u32),
            EventKind::Spawn { task } => {
                // A lane for each row of the table, whatever order a damaged file has.
                while self.lanes.len() <= task.index() {
                    let task = TaskId(self.lanes.len() as u32);
                    self.lanes.push(Lane::new(task, now_ns));
                }
                self.begin(task, now_ns, LaneState::Ready);
            }
            EventKind::PollStart { task } => {
                self.waits_for = None;
                self.begin(task, now_ns, LaneState::Running);
            }
            EventKind::PollEnd { task, outcome, .. } => {
                let waits_for = self.waits_for.take();
                let Some(lane) = self.lanes.get_mut(task.index()) else {
                    return;
                };
                if outcome != PollOutcome::Pending {
                    lane.close(now_ns);
                } else if std::mem::take(&mut lane.woken) {
                    // A task that was woken while it ran is in the queue already.
                    lane.begin(now_ns, LaneState::Ready);
                } else {
                    lane.begin(now_ns, LaneState::Waiting);
                    if let Some(open) = &mut lane.open {
                        open.waits_for = waits_for;
                        lane.open_wait = WaitKind::new(trace, waits_for);
                    }
                }
            }
            EventKind::Wait { on, .. } => self.waits_for = Some(on),
            EventKind::Wake {
                target,
                merged: false,
                ..
            } => {
                let Some(lane) = self.lanes.get_mut(target.index()) else {
                    return;
                };
                match lane.open.map(|open| open.state) {
                    Some(LaneState::Running | LaneState::Blocking) => lane.woken = true,
                    Some(LaneState::Waiting) => lane.begin(now_ns, LaneState::Ready),
                    Some(LaneState::Ready) | None => {}
                }
            }
            EventKind::Blocks { task, .. } => self.begin(task, now_ns, LaneState::Blocking),
            EventKind::Blocked { task, from_ns, .. } => {
                let from_ns = match self.scale {
                    Scale::Time => from_ns,
                    Scale::Order => now_ns.saturating_sub(EVENT_STEP),
                };
                let lane = self.lanes.get(task.index());
                let open = lane.and_then(|lane| lane.open.as_ref());
                if open.is_none_or(|open| open.state != LaneState::Blocking) {
                    self.begin(task, from_ns, LaneState::Blocking);
                }
                self.begin(task, now_ns, LaneState::Running);
            }
            EventKind::Done { task, ending, .. } => {
                if let Some(lane) = self.lanes.get_mut(task.index()) {
                    lane.close(now_ns);
                    lane.done = Some((now_ns.max(lane.end_ns), ending));
                }
            }
            EventKind::FrameEnter { task, .. } => self.frames.enter(task, position),
            EventKind::FrameExit { task } => self.frames.exit(task, position),
            EventKind::ThreadStart { task, at_ns } => {
                let at_ns = self.by_other_clock(now_ns, at_ns);
                self.begin(task, at_ns, LaneState::Running);
            }
            EventKind::ThreadEnd { task, at_ns } => {
                let at_ns = self.by_other_clock(now_ns, at_ns);
                if let Some(lane) = self.lanes.get_mut(task.index()) {
                    lane.close(at_ns);
                    lane.done = Some((lane.end_ns, Ending::Returned));
                }
            }
            _ => {}
        }
    }

    /// What a task waits for, that waits.
    fn waits_for(&self, task: TaskId) -> Option<WaitFor> {
        self.lanes.get(task.index())?.open?.waits_for
    }

    fn by_other_clock(&self, now_ns: u64, at_ns: u64) -> u64 {
        match self.scale {
            Scale::Time => at_ns,
            Scale::Order => now_ns,
        }
    }

    fn begin(&mut self, task: TaskId, now_ns: u64, state: LaneState) {
        if let Some(lane) = self.lanes.get_mut(task.index()) {
            lane.begin(now_ns, state);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{Cause, ClockKind, Event, LocationId, TaskInfo};

    const A: TaskId = TaskId(0);

    #[track_caller]
    fn lane_of(scale: Scale, events: &[(u64, EventKind)]) -> Vec<(LaneState, u64, u64)> {
        let mut trace = Trace::new(ClockKind::Instant);
        trace.tasks.push(TaskInfo {
            name: "A".into(),
            parent: None,
            location: LocationId::UNKNOWN,
            thread: 0,
        });
        trace.events = events
            .iter()
            .map(|(time_ns, kind)| Event {
                time_ns: *time_ns,
                kind: *kind,
            })
            .collect();
        let timeline = Timeline::along(scale, &trace);
        timeline.lanes[0]
            .segments_until(scale.end(&trace))
            .map(|segment| (segment.state, segment.start_ns, segment.end_ns))
            .collect()
    }

    fn poll_end(outcome: PollOutcome) -> EventKind {
        EventKind::PollEnd {
            task: A,
            outcome,
            location: LocationId::UNKNOWN,
        }
    }

    const WAKE: EventKind = EventKind::Wake {
        target: A,
        by: Cause::External,
        merged: false,
    };

    #[test]
    fn a_task_that_wakes_itself_is_ready_when_its_poll_ends() {
        let events = [
            (0, EventKind::Spawn { task: A }),
            (5, EventKind::PollStart { task: A }),
            (6, WAKE),
            (7, poll_end(PollOutcome::Pending)),
            (9, EventKind::PollStart { task: A }),
            (9, poll_end(PollOutcome::Ready)),
        ];
        assert_eq!(
            lane_of(Scale::Time, &events),
            [
                (LaneState::Ready, 0, 5),
                (LaneState::Running, 5, 7),
                (LaneState::Ready, 7, 9),
                (LaneState::Running, 9, 9),
            ]
        );
    }

    #[test]
    fn a_block_shows_from_its_beginning_also_when_its_end_never_comes() {
        let location = LocationId::UNKNOWN;
        let events = [
            (0, EventKind::Spawn { task: A }),
            (1, EventKind::PollStart { task: A }),
            (2, EventKind::Blocks { task: A, location }),
            (
                7,
                EventKind::Blocked {
                    task: A,
                    location,
                    from_ns: 2,
                },
            ),
            (8, EventKind::Blocks { task: A, location }),
            (9, EventKind::LoopTurn),
        ];
        assert_eq!(
            lane_of(Scale::Time, &events),
            [
                (LaneState::Ready, 0, 1),
                (LaneState::Running, 1, 2),
                (LaneState::Blocking, 2, 7),
                (LaneState::Running, 7, 8),
                (LaneState::Blocking, 8, 9),
            ]
        );
    }

    #[test]
    fn along_the_order_of_events_each_takes_one_step() {
        let events = [
            (0, EventKind::Spawn { task: A }),
            (0, EventKind::PollStart { task: A }),
            (0, poll_end(PollOutcome::Pending)),
            (0, WAKE),
        ];
        assert_eq!(
            lane_of(Scale::Order, &events),
            [
                (LaneState::Ready, 0, 1_000),
                (LaneState::Running, 1_000, 2_000),
                (LaneState::Waiting, 2_000, 3_000),
                (LaneState::Ready, 3_000, 4_000),
            ]
        );
    }

    #[test]
    fn a_clock_that_goes_back_makes_no_segment_that_ends_before_it_begins() {
        let events = [
            (10, EventKind::Spawn { task: A }),
            (20, EventKind::ThreadStart { task: A, at_ns: 3 }),
            (30, EventKind::ThreadEnd { task: A, at_ns: 2 }),
        ];
        assert_eq!(
            lane_of(Scale::Time, &events),
            [(LaneState::Running, 10, 10)]
        );
    }

    #[test]
    fn what_a_task_waits_for_survives_being_packed() {
        for on in [
            None,
            Some(WaitFor::Resource(ResourceId(7))),
            Some(WaitFor::Task(TaskId(9_999))),
            Some(WaitFor::Timer(TimerId(999_999))),
        ] {
            for state in LaneState::ALL {
                assert_eq!(Meta::new(state, on).parts(), (state, on));
            }
        }
        let beyond = Some(WaitFor::Timer(TimerId(u32::MAX)));
        assert_eq!(
            Meta::new(LaneState::Ready, beyond).parts(),
            (LaneState::Ready, None)
        );
    }
}
