//! A resource's row: its level as steps, or for a lock who holds it.

use super::BAR_PX;
use crate::picture::Scene;
use crate::picture::layout::{fitted, text_px};
use crate::picture::levels::{Levels, holder};
use crate::picture::shape::{Anchor, Area, Fill, Paint, Shape};
use crate::picture::view::RIGHT_PX;
use crate::trace::{ResourceId, ResourceKind};

/// Draws a row whose middle is at `y`.
pub fn draw(scene: &Scene, resource: ResourceId, y: f64, shapes: &mut Vec<Shape>) {
    let view = scene.view;
    let levels = scene.index.levels(resource);
    let to_ns = view.to_ns.saturating_add(view.ns_of_px(RIGHT_PX));
    let events = scene.events_between(view.from_ns, to_ns);
    let first = levels.changes_until(events.start);
    let end = levels.changes_until(events.end);
    let is_lock = scene.trace.resource(resource).kind == ResourceKind::Lock;
    if is_lock && (end - first) as f64 <= view.lanes_px() / 4.0 {
        holders(scene, levels, first, end, y, shapes);
    } else {
        steps(scene, levels, first, end, y, shapes);
    }
}

fn change_at(scene: &Scene, levels: &Levels, change: usize) -> u64 {
    scene
        .scale()
        .place(scene.trace, levels.positions()[change] as usize)
}

fn holders(
    scene: &Scene,
    levels: &Levels,
    first: usize,
    end: usize,
    y: f64,
    shapes: &mut Vec<Shape>,
) {
    let view = scene.view;
    for at in first.saturating_sub(1)..end {
        let position = levels.positions()[at];
        let Some(task) = holder(scene.trace, position) else {
            continue;
        };
        let until_ns = if at + 1 < levels.positions().len() {
            change_at(scene, levels, at + 1)
        } else {
            scene.now_ns()
        };
        let x0 = view.x_of(change_at(scene, levels, at)).max(view.gutter_px);
        let x1 = view.x_of(until_ns).min(view.width_px + 20.0).max(x0 + 2.0);
        let paint = Paint::of_task(task);
        let bar = Area::new(x0, y - BAR_PX / 2.0, x1 - x0, BAR_PX);
        shapes.push(Shape::Rect(bar, Fill::Tint(paint, 0.28), [3.0, 3.0]));
        let foot = Area::new(x0, y + BAR_PX / 2.0 - 2.0, x1 - x0, 2.0);
        shapes.push(Shape::Rect(foot, Fill::Solid(paint), [1.0, 1.0]));
        if x1 - x0 >= 24.0 {
            shapes.push(Shape::text(
                ((x0 + 5.0) as f32, (y - 0.5) as f32),
                Anchor::Start,
                10.5,
                Paint::Ink,
                fitted(scene.trace.name(task), x1 - x0 - 8.0, 10.5, true),
            ));
        }
    }
}

fn steps(
    scene: &Scene,
    levels: &Levels,
    first: usize,
    end: usize,
    y: f64,
    shapes: &mut Vec<Shape>,
) {
    let view = scene.view;
    let highest = levels.highest().max(1);
    let bottom = y + BAR_PX / 2.0;
    let height = |level: u32| f64::from(level) / f64::from(highest) * BAR_PX;
    let right = view.x_of(scene.now_ns()).min(view.width_px);
    let mut level = levels.after(first);
    let mut top: Vec<(f32, f32)> = vec![(view.gutter_px as f32, (bottom - height(level)) as f32)];
    let mut at = first;
    while at < end {
        let x = view.x_of(change_at(scene, levels, at));
        // All changes within the same pixel are one step, as high as the highest of them.
        let pixel_end_ns = view.time_at(x + 1.0).max(change_at(scene, levels, at));
        let events = scene.scale().events_until(scene.trace, pixel_end_ns);
        let next = levels.changes_until(events).clamp(at + 1, end);
        let last = levels.after(next);
        let (lowest, highest) = levels.span(at..next).unwrap_or((last, last));
        let up = |level: u32| (bottom - height(level)) as f32;
        top.push((x as f32, up(level)));
        if next - at > 1 && (highest > last.max(level) || lowest < last.min(level)) {
            top.push((x as f32, up(highest)));
            top.push((x as f32 + 1.0, up(highest)));
            top.push((x as f32 + 1.0, up(last)));
        } else {
            top.push((x as f32, up(last)));
        }
        level = last;
        at = next;
    }
    top.push((right as f32, (bottom - height(level)) as f32));
    let mut area = top.clone();
    area.push((right as f32, bottom as f32));
    area.push((view.gutter_px as f32, bottom as f32));
    shapes.push(Shape::Poly(area, Fill::Tint(Paint::Accent, 0.18)));
    shapes.push(Shape::Path(top, Paint::Accent, 1.25));

    let text = levels.highest().to_string();
    let width = text_px(&text, 10.0, true);
    if right + width + 6.0 < view.width_px {
        shapes.push(Shape::text(
            ((right + 5.0) as f32, y as f32),
            Anchor::Start,
            10.0,
            Paint::Faint,
            text,
        ));
    }
}
