//! One level of a task's chain of awaits: thin bars with their names, under the task's lane.

use crate::derived::frames::Frame;
use crate::picture::Scene;
use crate::picture::draw::TICK_PX;
use crate::picture::layout::{fitted, text_px};
use crate::picture::shape::{Anchor, Area, Fill, Paint, Shape};
use crate::picture::view::RIGHT_PX;
use crate::trace::TaskId;

/// The height of the type.
const SIZE: f64 = 10.0;

/// How far a name is from the beginning of its bar.
const PAD_PX: f64 = 5.0;

/// The narrowest room in which a name is written.
const MIN_NAME_PX: f64 = 22.0;

/// From when to when one is, the end exclusive.
pub fn place(scene: &Scene, frame: Frame) -> (u64, u64) {
    let at = |position: u32| {
        let position = (position as usize).min(scene.trace.events.len().saturating_sub(1));
        scene.scale().place(scene.trace, position)
    };
    let end = match frame.exit {
        Frame::OPEN => scene.now_ns(),
        exit => at(exit),
    };
    (at(frame.enter), end)
}

/// The one at a time among those of a level.
pub fn at(scene: &Scene, frames: &[Frame], time_ns: u64, near_ns: u64) -> Option<Frame> {
    let begun = frames.partition_point(|frame| place(scene, *frame).0 <= time_ns + near_ns);
    let last = *frames.get(begun.checked_sub(1)?)?;
    (time_ns <= place(scene, last).1.saturating_add(near_ns)).then_some(last)
}

/// Draws a row whose middle is at `y`.
pub(super) fn draw(scene: &Scene, task: TaskId, frames: &[Frame], y: f64, shapes: &mut Vec<Shape>) {
    let view = scene.view;
    let to_ns = view.to_ns.saturating_add(view.ns_of_px(RIGHT_PX));
    let high_px = view.frame.bar_px() - 4.0;
    let mut at = frames.partition_point(|frame| place(scene, *frame).1 < view.from_ns);
    while let Some(frame) = frames.get(at) {
        let (start_ns, mut end_ns) = place(scene, *frame);
        if start_ns > to_ns {
            break;
        }
        let x0 = view.x_of(start_ns);
        // What begins within the same pixel is one bar.
        let pixel_end_ns = view.time_at(x0 + 1.0).max(start_ns);
        let rest = &frames[at + 1..];
        let same = rest.partition_point(|other| place(scene, *other).0 < pixel_end_ns);
        let next = at + 1 + same;
        if same > 0 {
            end_ns = place(scene, frames[next - 1]).1;
        }
        let x1 = view.x_of(end_ns).max(x0 + TICK_PX).min(view.width_px);
        let bar = |x: f64, w: f64| Area::new(x, y - high_px / 2.0, w, high_px);
        let fill = Fill::Tint(Paint::of_task(task), 0.25);
        shapes.push(Shape::Rect(bar(x0, x1 - x0), fill, [2.0, 2.0]));
        let edge = Fill::Solid(Paint::of_task(task));
        shapes.push(Shape::Rect(bar(x0, 2.0), edge, [0.0, 0.0]));
        // Beside a bar that is too narrow for its name is room until the next one.
        let next_x = frames.get(next).map_or(view.width_px, |next| {
            view.x_of(place(scene, *next).0) - PAD_PX
        });
        let (left, right) = match x1 - x0 >= MIN_NAME_PX {
            true => (x0.max(view.gutter_px), x1),
            false => (x1, next_x),
        };
        let room_px = right - left - PAD_PX - 2.0;
        let name = frame.name(scene.trace);
        if same == 0 && room_px >= MIN_NAME_PX.min(text_px(name, SIZE, true)) {
            let name = fitted(name, room_px, SIZE, true);
            let at = ((left + PAD_PX) as f32, y as f32);
            let size = SIZE as f32;
            shapes.push(Shape::text(at, Anchor::Start, size, Paint::Ink, name));
        }
        at = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::run_with;
    use crate::derived::timeline::Scale;
    use crate::picture::Whole;
    use crate::picture::draw::draw;
    use crate::picture::hit::hit;
    use crate::picture::layout::RowKind;
    use crate::picture::words::hit_words;

    /// The names in the rows of frames with where they stand, and how many shapes there are in all.
    fn drawn(slug: &str, setting: &str) -> (Vec<(i32, String)>, usize, Vec<String>) {
        let trace = run_with(slug, setting);
        let whole = Whole::of(&trace, Scale::Time, 746.0, 120.0);
        let scene = whole.scene();
        let Whole { layout, view, .. } = &whole;
        let is_frames = |y: f32| {
            let row = view
                .row_at(f64::from(y))
                .and_then(|row| layout.rows.get(row));
            row.is_some_and(|row| matches!(row.kind, RowKind::Frames(..)))
        };
        let shapes = draw(&scene);
        let names = shapes.iter().filter_map(|shape| match shape {
            Shape::Text { at, text, .. } if is_frames(at.1) && at.0 >= 120.0 => {
                Some((at.0 as i32, text.clone()))
            }
            _ => None,
        });
        let last = layout
            .rows
            .iter()
            .rposition(|row| matches!(row.kind, RowKind::Frames(..)));
        let y = view.y_of(last.expect("there are frames")) + 5.0;
        let under = hit_words(&scene, hit(&scene, 300.0, y));
        let (title, mut lines) = under.expect("a frame is there");
        lines.insert(0, title);
        (names.collect(), shapes.len(), lines)
    }

    #[test]
    fn each_level_has_its_names_and_says_what_it_is() {
        let (names, _, under) = drawn("async-with", "");
        let names: Vec<(i32, &str)> = names.iter().map(|(x, name)| (*x, &**name)).collect();
        let expected = [
            (125, "async with"),
            (125, "open"),
            (325, "request"),
            (525, "close"),
        ];
        assert_eq!(names, expected);
        assert_eq!(under[..3], ["open", "in main", "0.00 s to 0.50 s"]);
    }

    #[test]
    fn thousands_that_are_narrow_are_drawn_as_few() {
        let (_, shapes, under) = drawn("async-generators", "count=5000&gap=1ms");
        assert!(shapes < 6_000, "{shapes}");
        assert_eq!(under[..2], ["measurements", "in consumer"]);
    }
}
