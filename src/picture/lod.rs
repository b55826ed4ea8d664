//! A level-of-detail index: how long a task was in which state within any window, without
//! walking through all of its segments.
//!
//! Every [`EVERY`] segments a lane has a checkpoint with the sums until there, so that a window's
//! exact sums cost a search and a short walk, however much of the run it covers. The index also
//! lists the events that are drawn and are no segments. It grows along with its trace.

use crate::derived::timeline::{Lane, LaneState, Segment, Timeline};
use crate::picture::levels::Levels;
use crate::picture::overview::Overview;
use crate::trace::{EventKind, ResourceId, Trace};

/// Segments from one checkpoint to the next. At 12 bytes a segment, a checkpoint adds 1.
const EVERY: usize = 32;

/// How long a task was in which state, and how often it was given the thread.
///
/// Nanoseconds, or steps on the scale of order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shares {
    /// The thread ran its code.
    pub running_ns: u64,
    /// It held the thread without using it.
    pub blocking_ns: u64,
    /// It could run, but was not served.
    pub ready_ns: u64,
    /// It waited.
    pub waiting_ns: u64,
    /// Running stretches that began: those may have no length.
    pub starts: u32,
}

impl Shares {
    /// How long it lived.
    pub fn total_ns(&self) -> u64 {
        self.running_ns
            .saturating_add(self.blocking_ns)
            .saturating_add(self.ready_ns)
            .saturating_add(self.waiting_ns)
    }

    /// Whether it had the thread, if only for a moment.
    pub fn had_thread(&self) -> bool {
        self.starts > 0 || self.running_ns > 0 || self.blocking_ns > 0
    }

    /// The time in a state.
    pub fn of(&self, state: LaneState) -> u64 {
        match state {
            LaneState::Running => self.running_ns,
            LaneState::Blocking => self.blocking_ns,
            LaneState::Ready => self.ready_ns,
            LaneState::Waiting => self.waiting_ns,
        }
    }

    /// Both together.
    pub fn plus(&self, other: &Shares) -> Shares {
        Shares {
            running_ns: self.running_ns.saturating_add(other.running_ns),
            blocking_ns: self.blocking_ns.saturating_add(other.blocking_ns),
            ready_ns: self.ready_ns.saturating_add(other.ready_ns),
            waiting_ns: self.waiting_ns.saturating_add(other.waiting_ns),
            starts: self.starts + other.starts,
        }
    }

    fn add(&mut self, state: LaneState, length_ns: u64) {
        let sum_ns = match state {
            LaneState::Running => &mut self.running_ns,
            LaneState::Blocking => &mut self.blocking_ns,
            LaneState::Ready => &mut self.ready_ns,
            LaneState::Waiting => &mut self.waiting_ns,
        };
        *sum_ns = sum_ns.saturating_add(length_ns);
    }

    /// The sums since an earlier checkpoint.
    fn since(&self, earlier: &Shares) -> Shares {
        Shares {
            running_ns: self.running_ns.saturating_sub(earlier.running_ns),
            blocking_ns: self.blocking_ns.saturating_sub(earlier.blocking_ns),
            ready_ns: self.ready_ns.saturating_sub(earlier.ready_ns),
            waiting_ns: self.waiting_ns.saturating_sub(earlier.waiting_ns),
            starts: self.starts - earlier.starts,
        }
    }
}

/// The sums before segment `EVERY * n`, for each `n` from 1.
#[derive(Clone, Debug, Default)]
struct LaneIndex {
    checkpoints: Vec<Shares>,
    /// The sums before the first segment that is in no checkpoint.
    running_total: Shares,
    seen: usize,
}

/// What is known about a trace and its timeline for drawing them.
#[derive(Clone, Debug, Default)]
pub struct Index {
    lanes: Vec<LaneIndex>,
    /// By resource.
    resources: Vec<Levels>,
    /// The positions of the cancellations.
    cancels: Vec<u32>,
    overview: Overview,
    seen: usize,
    ended: bool,
}

impl Index {
    /// The index of a whole trace.
    pub fn from_trace(trace: &Trace, timeline: &Timeline) -> Self {
        let mut index = Index::default();
        index.extend(trace, timeline);
        index
    }

    /// Takes in what came since the last call.
    pub fn extend(&mut self, trace: &Trace, timeline: &Timeline) {
        if self.seen == trace.events.len() && self.ended == trace.end.is_some() {
            return;
        }
        self.overview.reach(timeline.scale().end(trace));
        self.lanes
            .resize_with(timeline.lanes.len(), LaneIndex::default);
        for (index, lane) in self.lanes.iter_mut().zip(&timeline.lanes) {
            for segment in (index.seen..lane.len()).map(|at| lane.segment(at)) {
                if index.seen > 0 && index.seen.is_multiple_of(EVERY) {
                    index.checkpoints.push(index.running_total);
                }
                index.running_total.add(segment.state, length_ns(&segment));
                index.running_total.starts += u32::from(segment.state == LaneState::Running);
                index.seen += 1;
                self.overview.add(&segment);
            }
        }
        self.resources
            .resize_with(trace.resources.len(), Levels::default);
        for (position, event) in trace.events.iter().enumerate().skip(self.seen) {
            match event.kind {
                EventKind::Acquire {
                    resource, level, ..
                }
                | EventKind::Release {
                    resource, level, ..
                } => {
                    self.resources[resource.index()].push(position as u32, level);
                }
                EventKind::Cancel { .. } => self.cancels.push(position as u32),
                _ => {}
            }
        }
        self.seen = trace.events.len();
        self.ended = trace.end.is_some();
        if self.ended {
            for lane in &mut self.lanes {
                lane.checkpoints.shrink_to_fit();
            }
            for levels in &mut self.resources {
                levels.shrink_to_fit();
            }
            self.cancels.shrink_to_fit();
        }
    }

    /// The sums over all finished segments of a lane.
    pub fn totals(&self, lane: &Lane) -> Shares {
        let index = self.lanes.get(lane.task.index());
        index.map_or(Shares::default(), |index| index.running_total)
    }

    /// The levels of a resource.
    pub fn levels(&self, resource: ResourceId) -> &Levels {
        static NONE: Levels = Levels::NONE;
        self.resources.get(resource.index()).unwrap_or(&NONE)
    }

    /// The positions of the cancellations.
    pub fn cancels(&self) -> &[u32] {
        &self.cancels
    }

    /// How busy the whole run was, in a fixed number of pieces.
    pub fn overview(&self) -> &Overview {
        &self.overview
    }

    /// How long a lane was in which state from one time until another.
    pub fn shares(&self, lane: &Lane, from_ns: u64, to_ns: u64, now_ns: u64) -> Shares {
        self.walk(lane, from_ns, now_ns).advance(to_ns)
    }

    /// Begins to read a lane's sums at a time. Its open segment ends at `now_ns`.
    pub fn walk<'a>(&'a self, lane: &'a Lane, from_ns: u64, now_ns: u64) -> Walk<'a> {
        Walk {
            index: self.lanes.get(lane.task.index()),
            lane,
            open: lane.open_until(now_ns),
            at_ns: from_ns,
            next: lane.starts_ns().partition_point(|start| *start < from_ns),
            known: None,
        }
    }

    /// As [`Self::walk`], from a time within a segment or at its start, which is counted in.
    pub fn walk_from<'a>(
        &'a self,
        lane: &'a Lane,
        from_ns: u64,
        segment: usize,
        now_ns: u64,
    ) -> Walk<'a> {
        let starts_there = match lane.starts_ns().get(segment) {
            Some(start) => *start >= from_ns,
            None => lane
                .open_until(now_ns)
                .is_some_and(|open| open.start_ns >= from_ns),
        };
        Walk {
            index: self.lanes.get(lane.task.index()),
            lane,
            open: lane.open_until(now_ns),
            at_ns: from_ns,
            next: segment + usize::from(!starts_there),
            known: None,
        }
    }
}

fn length_ns(segment: &Segment) -> u64 {
    segment.end_ns - segment.start_ns
}

/// Reads a lane's sums from left to right, window by window.
///
/// Segments are numbered as in the lane; the open one comes after the finished ones.
pub struct Walk<'a> {
    index: Option<&'a LaneIndex>,
    lane: &'a Lane,
    open: Option<Segment>,
    at_ns: u64,
    /// The first segment that begins at or after `at_ns`.
    next: usize,
    /// The sums before some segment.
    known: Option<(usize, Shares)>,
}

impl Walk<'_> {
    /// How many segments there are, the open one too.
    pub fn count(&self) -> usize {
        self.lane.len() + usize::from(self.open.is_some())
    }

    /// A segment.
    pub fn segment(&self, at: usize) -> Segment {
        match self.open {
            Some(open) if at == self.lane.len() => open,
            _ => self.lane.segment(at),
        }
    }

    /// The first segment to come.
    pub fn next(&self) -> usize {
        self.next
    }

    /// The first segment to come that begins at or after a time.
    pub fn first_from(&self, time_ns: u64) -> usize {
        let starts = self.lane.starts_ns();
        let first = self.next.min(starts.len());
        // Most windows are narrow: look nearby before searching, in steps that double.
        let mut reach = 1;
        while first + reach < starts.len() && starts[first + reach - 1] < time_ns {
            reach *= 2;
        }
        let from = first + reach / 2;
        let to = (first + reach).min(starts.len());
        let from = from.min(to);
        let at = from + starts[from..to].partition_point(|start| *start < time_ns);
        match self.open {
            Some(open) if at == starts.len() && open.start_ns < time_ns => at + 1,
            _ => at.max(self.next),
        }
    }

    /// The sums from where the walk stands until `to_ns`, where it stands then.
    ///
    /// A running stretch counts as begun in the window that holds its start.
    pub fn advance(&mut self, to_ns: u64) -> Shares {
        self.advance_before(to_ns, self.first_from(to_ns))
    }

    /// As [`Self::advance`], when it is known which segment is the first after the window. It
    /// may be any of those that begin at `to_ns`: so a stretch of no length at the very end of
    /// the window can be counted in.
    pub fn advance_before(&mut self, to_ns: u64, end: usize) -> Shares {
        let first = self.next;
        let mut sums = Shares::default();
        // The segment that the window begins in.
        if first > 0 {
            let segment = self.segment(first - 1);
            let end_ns = segment.end_ns.min(to_ns);
            sums.add(segment.state, end_ns.saturating_sub(self.at_ns));
        }
        if end > first {
            // All but the last end within the window.
            sums = sums.plus(&self.between(first, end - 1));
            let last = self.segment(end - 1);
            let end_ns = last.end_ns.min(to_ns);
            sums.add(last.state, end_ns.saturating_sub(last.start_ns));
            sums.starts += u32::from(last.state == LaneState::Running);
        }
        self.next = end;
        self.at_ns = to_ns;
        sums
    }

    /// The sums of whole segments.
    fn between(&mut self, first: usize, end: usize) -> Shares {
        match self.index {
            Some(index) if end - first > EVERY => {
                // Windows follow each other, so the sums before this one were just needed.
                let before = match self.known {
                    Some((known, sums)) if known <= first && first - known <= EVERY => {
                        self.walked(sums, known, first)
                    }
                    _ => self.before(index, first),
                };
                let sums = self.before(index, end);
                self.known = Some((end, sums));
                sums.since(&before)
            }
            _ => self.walked(Shares::default(), first, end),
        }
    }

    /// The sums of all segments before one.
    fn before(&self, index: &LaneIndex, end: usize) -> Shares {
        let checkpoints = (end / EVERY).min(index.checkpoints.len());
        let sums = match checkpoints {
            0 => Shares::default(),
            some => index.checkpoints[some - 1],
        };
        self.walked(sums, checkpoints * EVERY, end)
    }

    fn walked(&self, mut sums: Shares, first: usize, end: usize) -> Shares {
        for segment in (first..end).map(|at| self.segment(at)) {
            sums.add(segment.state, length_ns(&segment));
            sums.starts += u32::from(segment.state == LaneState::Running);
        }
        sums
    }
}
