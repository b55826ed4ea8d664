//! The critical path: an outline along the lanes that it follows, and arrows from lane to lane.

use crate::derived::critical_path::Step;
use crate::derived::timeline::{EVENT_STEP, Scale};
use crate::picture::Scene;
use crate::picture::shape::{Fill, Paint, Shape};
use crate::picture::view::{ROW_PX, TOP_PX};

/// How far the outline is from the middle of the lane.
const REACH_PX: f64 = ROW_PX / 2.0 - 1.0;

/// What is nearer together than this is not drawn apart.
const MIN_PX: f64 = 0.75;

/// Where a step is on the picture's scale.
fn span_of(scene: &Scene, step: &Step) -> (u64, u64) {
    match scene.scale() {
        Scale::Time => (step.from_ns, step.to_ns),
        Scale::Order => (
            u64::from(step.first) * EVENT_STEP,
            u64::from(step.last) * EVENT_STEP,
        ),
    }
}

pub(super) fn draw(scene: &Scene, shapes: &mut Vec<Shape>) {
    let view = scene.view;
    let steps = &scene.marks.path;
    let first = steps.partition_point(|step| span_of(scene, step).1 < view.from_ns);
    // A stretch on one row: where it is, and from where until where.
    let mut stretch: Option<(usize, f64, f64)> = None;
    let mut last_hop_x = f64::MIN;
    for step in &steps[first..] {
        let (from, to) = span_of(scene, step);
        let Some(row) = scene.layout.row_of(step.task) else {
            continue;
        };
        let (from_x, to_x) = (view.x_of(from), view.x_of(to));
        match &mut stretch {
            Some((same, _, end_x)) if *same == row => *end_x = to_x,
            _ => {
                if let Some((before, start_x, end_x)) = stretch {
                    outline(scene, before, start_x, end_x, shapes);
                    let near = from_x - last_hop_x < MIN_PX && end_x - start_x < MIN_PX;
                    if !near {
                        flow_arrow(scene, before, row, from_x, shapes);
                        last_hop_x = from_x;
                    }
                }
                stretch = Some((row, from_x, to_x));
            }
        }
        if from > view.to_ns {
            break;
        }
    }
    if let Some((row, start_x, end_x)) = stretch {
        outline(scene, row, start_x, end_x, shapes);
    }
}

fn outline(scene: &Scene, row: usize, from_x: f64, to_x: f64, shapes: &mut Vec<Shape>) {
    let view = scene.view;
    let middle = view.y_of(row) + ROW_PX / 2.0;
    let out_of_sight = middle < TOP_PX - ROW_PX || middle > view.bottom_px() + ROW_PX;
    if to_x - from_x < MIN_PX || out_of_sight {
        return;
    }
    // Beyond the edges it goes on.
    let left = from_x.max(view.gutter_px - 20.0);
    let right = to_x.min(view.width_px + 20.0);
    let (top, bottom) = (middle - REACH_PX, middle + REACH_PX);
    let corners = [
        (left, top),
        (right, top),
        (right, bottom),
        (left, bottom),
        (left, top),
    ];
    let points = corners.map(|(x, y)| (x as f32, y as f32));
    shapes.push(Shape::Path(points.to_vec(), Paint::Accent, 2.0));
}

/// From one lane to another, straight down or up.
fn flow_arrow(scene: &Scene, from: usize, to: usize, x: f64, shapes: &mut Vec<Shape>) {
    let view = scene.view;
    if x < view.gutter_px - 4.0 || x > view.width_px {
        return;
    }
    let middle = |row: usize| (view.y_of(row) + ROW_PX / 2.0) as f32;
    let (from_y, to_y, x) = (middle(from), middle(to), x as f32);
    let down = if from_y < to_y { 1.0 } else { -1.0 };
    let tip = to_y - down * 3.0;
    shapes.push(Shape::Line(
        (x, from_y),
        (x, tip - down * 6.0),
        Paint::Accent,
        2.5,
    ));
    shapes.push(Shape::Disc((x, from_y), 3.0, Paint::Accent));
    let head = vec![
        (x - 5.0, tip - down * 8.0),
        (x + 5.0, tip - down * 8.0),
        (x, tip),
    ];
    shapes.push(Shape::Poly(head, Fill::Solid(Paint::Accent)));
}
