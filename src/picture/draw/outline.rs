//! What a run should become, as thin outlines behind what it has become so far.

use super::TICK_PX;
use crate::derived::timeline::LaneState;
use crate::picture::Scene;
use crate::picture::shape::{Paint, Shape};
use crate::picture::view::RIGHT_PX;
use crate::trace::TaskId;

/// How strong the outlines are.
const PART: f32 = 0.5;

/// Draws behind a lane whose middle is at `y`.
pub(super) fn draw(scene: &Scene, task: TaskId, y: f64, shapes: &mut Vec<Shape>) {
    let Some(outline) = &scene.marks.outline else {
        return;
    };
    let recording = outline.borrow();
    // Tasks are spawned in the same order, unless the run has gone another way.
    let expected = recording.trace().tasks.get(task.index());
    let is_same = expected.is_some_and(|expected| *expected.name == *scene.trace.name(task));
    let lane = recording.timeline().lanes.get(task.index());
    let Some(lane) = lane.filter(|_| is_same) else {
        return;
    };
    let view = scene.view;
    let end_ns = recording.trace().duration_ns();
    let done_ns = lane.done.map_or(end_ns, |(done_ns, _)| done_ns);
    let to_ns = view.to_ns.saturating_add(view.ns_of_px(RIGHT_PX));
    shapes.push(Shape::Fade(PART));
    let x = |time_ns: u64| view.x_of(time_ns) as f32;
    let middle = y as f32;
    let (from, to) = ((x(lane.spawned_ns), middle), (x(done_ns), middle));
    shapes.push(Shape::Line(from, to, Paint::Faint, 1.0));
    let before = |time_ns: u64| lane.starts_ns().partition_point(|start| *start < time_ns);
    let mut at = before(view.from_ns).saturating_sub(1);
    while at < lane.len() {
        let segment = lane.segment(at);
        if segment.start_ns > to_ns {
            break;
        }
        let bar_px = match segment.state {
            LaneState::Running | LaneState::Blocking => view.frame.bar_px(),
            LaneState::Ready => view.frame.bar_px() - 6.0,
            LaneState::Waiting => {
                at += 1;
                continue;
            }
        };
        let (x0, high) = (view.x_of(segment.start_ns), (bar_px / 2.0) as f32);
        let x1 = view.x_of(segment.end_ns).max(x0 + TICK_PX);
        let corners = [
            (x0 as f32, middle - high),
            (x1 as f32, middle - high),
            (x1 as f32, middle + high),
            (x0 as f32, middle + high),
            (x0 as f32, middle - high),
        ];
        shapes.push(Shape::Path(corners.to_vec(), Paint::Faint, 1.0));
        // Of what begins within the same pixel only the last reaches beyond it.
        at = (at + 1).max(before(view.time_at(x0 + 1.0)).saturating_sub(1));
    }
    shapes.push(Shape::Fade(1.0));
}
