//! What is under a point of a picture.

use crate::derived::timeline::{Lane, LaneState, Segment};
use crate::picture::Scene;
use crate::picture::draw::flag;
use crate::picture::draw::{ArrowSource, HANDLE_PX, TICK_PX, arrows, minimap_area};
use crate::picture::layout::{RowKind, label_indent};
use crate::picture::levels;
use crate::picture::view::{ROW_PX, TOP_PX};
use crate::trace::{ResourceId, TaskId};

/// How far a pointer may be beside what it points at.
const NEAR_PX: f64 = 5.0;

/// Something in a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Hit {
    /// The cursor's line or handle.
    Cursor,
    /// The sign beside a parent that folds its children away.
    Fold(TaskId),
    /// The label of a row.
    Label(usize),
    /// A stretch of a task's lane.
    Segment(TaskId, Segment),
    /// The mark of how a task ended.
    End(TaskId),
    /// A task's row, where the task is not alive.
    Empty(TaskId),
    /// The arrow of a wake: the position of its event.
    Wake(usize),
    /// A resource's level at that time, and the task that made it so.
    Level {
        /// Which resource.
        resource: ResourceId,
        /// Its level.
        level: u32,
        /// Who took or gave back last.
        by: Option<TaskId>,
    },
    /// What is wrong with the run: the position among [`crate::picture::Marks::flags`].
    Flag(usize),
    /// The minimap, which shows the whole run.
    Minimap,
    /// The axis.
    Axis,
    /// None of these.
    Nothing,
}

/// What is under a point.
pub fn hit(scene: &Scene, x: f64, y: f64) -> Hit {
    let view = scene.view;
    if let Some(cursor_ns) = scene.marks.cursor_ns {
        let off = (view.x_of(cursor_ns) - x).abs();
        if off <= NEAR_PX + HANDLE_PX && y <= TOP_PX {
            return Hit::Cursor;
        }
    }
    if y >= view.bottom_px() {
        let minimap = minimap_area(view);
        let on_minimap = x >= view.gutter_px && y <= f64::from(minimap.y + minimap.h) + 2.0;
        return if on_minimap && !view.is_fit(scene.extent_ns()) {
            Hit::Minimap
        } else {
            Hit::Axis
        };
    }
    let Some(row_at) = view.row_at(y).filter(|row| *row < scene.layout.rows.len()) else {
        return Hit::Nothing;
    };
    let row = &scene.layout.rows[row_at];
    if x < view.gutter_px - 2.0 {
        return match row.kind {
            RowKind::Task(task) if row.has_children && x < label_indent(row, scene.layout) => {
                Hit::Fold(task)
            }
            _ => Hit::Label(row_at),
        };
    }
    let time_ns = view.time_at(x);
    match row.kind {
        RowKind::Task(task) => in_lane(scene, task, row_at, x, y, time_ns),
        RowKind::Resource(resource) => {
            let levels = scene.index.levels(resource);
            let events = scene.scale().events_until(scene.trace, time_ns);
            let changes = levels.changes_until(events);
            let level = levels.after(changes);
            let last = changes.checked_sub(1).map(|last| levels.positions()[last]);
            let by = last.and_then(|position| levels::changed_by(scene.trace, position));
            Hit::Level {
                resource,
                level,
                by,
            }
        }
        RowKind::Thread(_) => Hit::Label(row_at),
    }
}

fn in_lane(scene: &Scene, task: TaskId, row: usize, x: f64, y: f64, time_ns: u64) -> Hit {
    let view = scene.view;
    let Some(lane) = scene.timeline.lanes.get(task.index()) else {
        return Hit::Empty(task);
    };
    let middle = view.y_of(row) + ROW_PX / 2.0;
    if let Some(flag) = flag::at(scene, task, middle, x, y) {
        return Hit::Flag(flag);
    }
    if let Some(segment) = short_run(scene, lane, x) {
        return Hit::Segment(task, segment);
    }
    // A wake is thin, so it wins over the long stretch of waiting beside it, off the bar.
    let off_bar = (y - middle).abs() > 6.0;
    let near = if off_bar { NEAR_PX } else { 2.0 };
    let arrow = arrows(scene)
        .into_iter()
        .filter(|arrow| {
            let (from, to) = match arrow.source {
                ArrowSource::Row(from_y) => (from_y, arrow.to_y),
                _ => (arrow.to_y - ROW_PX / 2.0, arrow.to_y),
            };
            (arrow.x - x).abs() <= near && (from.min(to)..=from.max(to)).contains(&y)
        })
        .min_by(|a, b| (a.x - x).abs().total_cmp(&(b.x - x).abs()));
    if let Some(arrow) = arrow {
        return Hit::Wake(arrow.position);
    }
    if let Some(segment) = segment_at(scene, lane, time_ns) {
        return Hit::Segment(task, segment);
    }
    if let Some((done_ns, _)) = lane.done {
        let after = x - view.x_of(done_ns);
        if (-1.0..=18.0).contains(&after) {
            return Hit::End(task);
        }
    }
    Hit::Empty(task)
}

/// The segment that a time is in.
pub fn segment_at(scene: &Scene, lane: &Lane, time_ns: u64) -> Option<Segment> {
    if let Some(open) = lane.open_until(scene.now_ns())
        && open.start_ns <= time_ns
    {
        return (time_ns <= open.end_ns).then_some(open);
    }
    let last = lane.first_after(time_ns).checked_sub(1)?;
    let segment = lane.segment(last);
    (time_ns < segment.end_ns || segment.start_ns == time_ns).then_some(segment)
}

/// The short stretch of running whose tick, which is wider than it, covers a point.
fn short_run(scene: &Scene, lane: &Lane, x: f64) -> Option<Segment> {
    const MAX_SEGMENTS: usize = 64;
    let view = scene.view;
    let from_ns = view.time_at(x - TICK_PX - 1.0);
    let to_ns = view.time_at(x + 1.0);
    let first = lane.first_after(from_ns).saturating_sub(1);
    let mut nearest: Option<(f64, Segment)> = None;
    let count = lane.len() - first.min(lane.len());
    for at in (first..lane.len()).take(count.min(MAX_SEGMENTS)) {
        let segment = lane.segment(at);
        if segment.start_ns > to_ns {
            break;
        }
        let has_thread = matches!(segment.state, LaneState::Running | LaneState::Blocking);
        let x0 = view.x_of(segment.start_ns);
        let width = view.x_of(segment.end_ns) - x0;
        if !has_thread || width >= TICK_PX || segment.end_ns < view.from_ns {
            continue;
        }
        // What began before the window has its tick at the window's edge.
        let x0 = x0.max(view.gutter_px);
        // The middle of what is drawn.
        let off = (x0 + TICK_PX / 2.0 - x).abs();
        if off <= TICK_PX / 2.0 + 1.0 && nearest.is_none_or(|(best, _)| off < best) {
            nearest = Some((off, segment));
        }
    }
    nearest.map(|(_, segment)| segment)
}
