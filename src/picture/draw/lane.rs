//! A task's lane.
//!
//! What is wide enough is drawn segment by segment. What is not is summed up in columns, which
//! show what share of their time the task was in which state: a column in which the task had the
//! thread, if only for a moment, is tinted over its full height, and filled as high as the shares
//! of blocking, running and ready; what is left is waiting. A short stretch on its own is a full
//! tick.

use super::{BAR_PX, READY_PX, TICK_PX, WAIT_PX};
use crate::derived::loop_state::wait_in_words;
use crate::derived::timeline::{Lane, LaneState, Segment};
use crate::picture::Scene;
use crate::picture::layout::fitted;
use crate::picture::lod::Shares;
use crate::picture::shape::{Anchor, Area, Fill, Paint, Shape};
use crate::picture::view::RIGHT_PX;
use crate::trace::{Ending, WaitFor};

/// Stretches below this are summed up; [`TICK_PX`] for the others.
///
/// A pause between two ticks must be wider than a tick, or it would vanish under them.
const MIN_WAIT_PX: f64 = 2.0 * TICK_PX;

/// The width of a column, about.
const COLUMN_PX: f64 = 2.0;

/// A cluster of short stretches up to this is one tick.
const MAX_TICK_PX: f64 = 5.0;

/// Among how many stretches the one is looked for at which a tick stands.
const MAX_SEGMENTS_IN_TICK: usize = 16;

/// Draws a lane whose middle is at `y`.
pub fn draw(scene: &Scene, lane: &Lane, y: f64, shapes: &mut Vec<Shape>) {
    let view = scene.view;
    let px_per_ns = view.px_per_ns();
    let to_ns = view.to_ns.saturating_add(view.ns_of_px(RIGHT_PX));
    let is_wide = |segment: &Segment| {
        let px = (segment.end_ns - segment.start_ns) as f64 * px_per_ns;
        match segment.state {
            LaneState::Waiting => px >= MIN_WAIT_PX,
            _ => px >= TICK_PX,
        }
    };
    let pen = Pen { scene, y };
    // Ticks lie above the lines of waiting beside them.
    let mut above = Vec::new();
    let mut walk = scene.index.walk(lane, view.from_ns, scene.now_ns());
    let count = walk.count();
    let mut at = walk.next().saturating_sub(1);
    while at < count {
        let segment = walk.segment(at);
        if segment.start_ns >= to_ns {
            break;
        }
        if segment.end_ns < view.from_ns {
            at += 1;
            continue;
        }
        if is_wide(&segment) {
            let is_open = at + 1 == count && lane.done.is_none();
            pen.wide(&segment, is_open, shapes);
            at += 1;
            continue;
        }
        let start_ns = segment.start_ns.max(view.from_ns);
        walk = scene.index.walk_from(lane, start_ns, at, scene.now_ns());
        let mut cluster = Cluster::new(start_ns);
        let first = at;
        let column_ns = view.ns_of_px(COLUMN_PX);
        let mut column = start_ns / column_ns;
        loop {
            let column_end_ns = (column + 1).saturating_mul(column_ns);
            let next = walk.first_from(column_end_ns).max(at + 1);
            let last = walk.segment(next - 1);
            // The first of a cluster is not wide, so a wide one ends it.
            if next - 1 > at && is_wide(&last) {
                let shares = walk.advance_before(last.start_ns, next - 1);
                cluster.add(column * column_ns, shares, last.start_ns);
                at = next - 1;
                break;
            }
            let shares = walk.advance_before(column_end_ns, next);
            cluster.add(column * column_ns, shares, last.end_ns.min(column_end_ns));
            at = next - 1;
            let is_over = next >= count && last.end_ns <= column_end_ns;
            if is_over || column_end_ns >= to_ns {
                at = next;
                break;
            }
            column += 1;
        }
        cluster.first_run_ns = (first..at)
            .take(MAX_SEGMENTS_IN_TICK)
            .map(|at| walk.segment(at))
            .find(|segment| matches!(segment.state, LaneState::Running | LaneState::Blocking))
            .map(|segment| segment.start_ns.max(start_ns));
        pen.cluster(&cluster, column_ns, &mut above);
    }
    shapes.append(&mut above);
    pen.ending(lane, shapes);
}

/// Short stretches that follow each other.
struct Cluster {
    start_ns: u64,
    end_ns: u64,
    /// When the task first got the thread in it, if that is near the beginning.
    first_run_ns: Option<u64>,
    sums: Shares,
    /// Each with where it begins.
    columns: Vec<(u64, Shares)>,
}

impl Cluster {
    fn new(start_ns: u64) -> Self {
        Cluster {
            start_ns,
            end_ns: start_ns,
            first_run_ns: None,
            sums: Shares::default(),
            columns: Vec::new(),
        }
    }

    fn add(&mut self, at_ns: u64, shares: Shares, end_ns: u64) {
        self.end_ns = end_ns.max(self.end_ns);
        self.sums = self.sums.plus(&shares);
        self.columns.push((at_ns, shares));
    }
}

struct Pen<'a> {
    scene: &'a Scene<'a>,
    y: f64,
}

impl Pen<'_> {
    fn bar(&self, x0: f64, x1: f64, height: f64) -> Area {
        Area::new(x0, self.y - height / 2.0, x1 - x0, height)
    }

    /// A segment that is wide enough to be drawn as what it is.
    fn wide(&self, segment: &Segment, open: bool, shapes: &mut Vec<Shape>) {
        let view = self.scene.view;
        // Far outside, coordinates would be too large for what paints them.
        let x0 = view.x_of(segment.start_ns).max(view.gutter_px - 40.0);
        let x1 = view.x_of(segment.end_ns).min(view.width_px + 40.0);
        let round = |max_px: f64| (((x1 - x0) / 2.0).min(max_px)) as f32;
        match segment.state {
            LaneState::Running => {
                let r = round(3.0);
                let bar = self.bar(x0, x1, BAR_PX);
                shapes.push(Shape::Rect(bar, Fill::Solid(Paint::Run), [r, r]));
            }
            LaneState::Blocking => self.blocking(x0, x1, shapes),
            LaneState::Ready => {
                let r = round(2.0);
                let bar = self.bar(x0, x1, READY_PX);
                shapes.push(Shape::Rect(bar, Fill::Hatch(Paint::Ready), [r, r]));
            }
            LaneState::Waiting => {
                let bar = self.bar(x0, x1, WAIT_PX);
                let right = if open { 2.0 } else { 0.0 };
                shapes.push(Shape::Rect(bar, Fill::Solid(Paint::Wait), [0.0, right]));
                if let Some(on) = segment.waits_for {
                    self.wait_label(on, x0.max(view.gutter_px), x1, shapes);
                }
            }
        }
    }

    /// A full bar between two stops, so that it is told from a running one without its colour.
    fn blocking(&self, x0: f64, x1: f64, shapes: &mut Vec<Shape>) {
        let fill = Fill::Solid(Paint::Block);
        let r = ((x1 - x0) / 2.0).min(2.0) as f32;
        shapes.push(Shape::Rect(self.bar(x0, x1, BAR_PX), fill, [r, r]));
        if x1 - x0 >= 2.0 * TICK_PX {
            for x in [x0, x1 - 2.0] {
                let stop = self.bar(x, x + 2.0, BAR_PX + 4.0);
                shapes.push(Shape::Rect(stop, fill, [1.0, 1.0]));
            }
        }
    }

    /// What a task waits for, in a gap of its line.
    fn wait_label(&self, on: WaitFor, x0: f64, x1: f64, shapes: &mut Vec<Shape>) {
        const SIZE: f64 = 10.5;
        const MIN_PX: f64 = 110.0;
        if x1 - x0 < MIN_PX || matches!(on, WaitFor::Timer(_)) {
            return;
        }
        let words = wait_in_words(self.scene.trace, on);
        shapes.push(Shape::Text {
            at: ((x0 + 18.0) as f32, self.y as f32),
            anchor: Anchor::Start,
            size: SIZE as f32,
            paint: Paint::Soft,
            mono: false,
            plate: true,
            text: fitted(&words, x1 - x0 - 36.0, SIZE, false),
        });
    }

    fn cluster(&self, cluster: &Cluster, column_ns: u64, shapes: &mut Vec<Shape>) {
        let view = self.scene.view;
        let x0 = view.x_of(cluster.start_ns);
        let x1 = view.x_of(cluster.end_ns);
        let sums = &cluster.sums;
        if !sums.had_thread() && sums.ready_ns == 0 {
            let bar = self.bar(x0, x1.max(x0 + 1.0), WAIT_PX);
            shapes.push(Shape::Rect(bar, Fill::Solid(Paint::Wait), [0.0, 0.0]));
        } else if x1 - x0 <= MAX_TICK_PX {
            self.tick(cluster, x0, x1, shapes);
        } else {
            self.columns(cluster, column_ns, shapes);
        }
    }

    fn tick(&self, cluster: &Cluster, x0: f64, x1: f64, shapes: &mut Vec<Shape>) {
        let sums = &cluster.sums;
        if !sums.had_thread() {
            let bar = self.bar(x0, x1.max(x0 + TICK_PX), READY_PX);
            shapes.push(Shape::Rect(bar, Fill::Solid(Paint::Ready), [1.0, 1.0]));
            return;
        }
        let view = self.scene.view;
        let x = cluster.first_run_ns.map_or(x0, |run_ns| view.x_of(run_ns));
        if x - x0 >= 1.0 {
            let (height, paint) = if sums.ready_ns > 0 {
                (READY_PX, Paint::Ready)
            } else {
                (WAIT_PX, Paint::Wait)
            };
            let bar = self.bar(x0, x + 0.5, height);
            shapes.push(Shape::Rect(bar, Fill::Solid(paint), [1.0, 0.0]));
        }
        let paint = if sums.blocking_ns > sums.running_ns {
            Paint::Block
        } else {
            Paint::Run
        };
        let thread_px = (sums.running_ns + sums.blocking_ns) as f64 * view.px_per_ns();
        let bar = self.bar(x, x + thread_px.max(TICK_PX), BAR_PX);
        shapes.push(Shape::Rect(bar, Fill::Solid(paint), [1.5, 1.5]));
    }

    fn columns(&self, cluster: &Cluster, column_ns: u64, shapes: &mut Vec<Shape>) {
        let view = self.scene.view;
        let columns = &cluster.columns;
        let had_thread = |at: Option<usize>| {
            at.and_then(|at| columns.get(at))
                .is_some_and(|(_, shares)| shares.had_thread())
        };
        let stack_of = |at: usize| {
            let is_alone =
                had_thread(Some(at)) && !had_thread(at.checked_sub(1)) && !had_thread(Some(at + 1));
            if is_alone {
                Stack::tick(&columns[at].1)
            } else {
                Stack::from_shares(&columns[at].1, column_ns)
            }
        };
        let mut from = 0;
        while from < columns.len() {
            let stack = stack_of(from);
            let mut to = from + 1;
            while to < columns.len() && stack_of(to) == stack {
                to += 1;
            }
            let x0 = view.x_of(columns[from].0);
            let x1 = view.x_of(columns[to - 1].0.saturating_add(column_ns));
            self.stack(stack, x0, x1, shapes);
            from = to;
        }
    }

    fn stack(&self, stack: Stack, x0: f64, x1: f64, shapes: &mut Vec<Shape>) {
        if stack.had_thread {
            let bar = self.bar(x0, x1, BAR_PX);
            shapes.push(Shape::Rect(bar, Fill::Tint(Paint::Run, 0.3), [0.0, 0.0]));
        } else if stack.waits {
            let bar = self.bar(x0, x1, WAIT_PX);
            shapes.push(Shape::Rect(bar, Fill::Solid(Paint::Wait), [0.0, 0.0]));
        }
        let mut bottom = self.y + BAR_PX / 2.0;
        for (height, paint) in [
            (stack.blocking_px, Paint::Block),
            (stack.running_px, Paint::Run),
            (stack.ready_px, Paint::Ready),
        ] {
            if height > 0 {
                let height = f64::from(height);
                bottom -= height;
                let bar = Area::new(x0, bottom, x1 - x0, height);
                shapes.push(Shape::Rect(bar, Fill::Solid(paint), [0.0, 0.0]));
            }
        }
    }

    /// How the task ended: round when it is done, a cross when it was cancelled, a disc with an
    /// exclamation mark when it failed.
    fn ending(&self, lane: &Lane, shapes: &mut Vec<Shape>) {
        let view = self.scene.view;
        let Some((done_ns, ending)) = lane.done else {
            return;
        };
        let x = view.x_of(done_ns);
        if x < view.gutter_px - 12.0 || x > view.width_px {
            return;
        }
        match ending {
            Ending::Returned => {
                let last = lane.len().checked_sub(1).map(|last| lane.state(last));
                let paint = match last {
                    Some(LaneState::Blocking) => Paint::Block,
                    _ => Paint::Run,
                };
                let cap = self.bar(x - 1.0, x + 5.0, BAR_PX);
                shapes.push(Shape::Rect(cap, Fill::Solid(paint), [0.0, 6.0]));
            }
            Ending::Cancelled => {
                let (x, y) = (x as f32 + 9.0, self.y as f32);
                for (dy0, dy1) in [(-4.0, 4.0), (4.0, -4.0)] {
                    shapes.push(Shape::Line(
                        (x - 4.0, y + dy0),
                        (x + 4.0, y + dy1),
                        Paint::Ink,
                        2.0,
                    ));
                }
            }
            Ending::Failed | Ending::Panicked => {
                let centre = (x as f32 + 10.0, self.y as f32);
                shapes.push(Shape::Disc(centre, 7.5, Paint::Block));
                shapes.push(Shape::text(
                    centre,
                    Anchor::Middle,
                    12.0,
                    Paint::Panel,
                    "!".to_owned(),
                ));
            }
        }
    }
}

/// A column's shares in whole pixels, so that equal neighbours are drawn as one.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stack {
    had_thread: bool,
    waits: bool,
    blocking_px: u8,
    running_px: u8,
    ready_px: u8,
}

impl Stack {
    /// A column on its own in which the task had the thread: as a short stretch elsewhere.
    fn tick(shares: &Shares) -> Self {
        let (blocking_px, running_px) = if shares.blocking_ns > shares.running_ns {
            (BAR_PX as u8, 0)
        } else {
            (0, BAR_PX as u8)
        };
        Stack {
            had_thread: true,
            waits: false,
            blocking_px,
            running_px,
            ready_px: 0,
        }
    }

    fn from_shares(shares: &Shares, column_ns: u64) -> Self {
        let height = |ns: u64| {
            let part = (ns as f64 / column_ns as f64).min(1.0);
            (part * BAR_PX).round() as u8
        };
        let had_thread = shares.had_thread();
        let blocking_px = height(shares.blocking_ns);
        let mut running_px = height(shares.running_ns);
        if had_thread && blocking_px + running_px < 2 {
            running_px = 2 - blocking_px;
        }
        let left = BAR_PX as u8 - (blocking_px + running_px).min(BAR_PX as u8);
        Stack {
            had_thread,
            waits: shares.waiting_ns > 0,
            blocking_px,
            running_px,
            ready_px: height(shares.ready_ns).min(left),
        }
    }
}
