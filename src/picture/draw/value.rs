//! A watched value's row: a stepped line, with the numbers where there is room.

use crate::derived::values::Series;
use crate::picture::Scene;
use crate::picture::layout::text_px;
use crate::picture::shape::{Anchor, Paint, Shape};
use crate::picture::view::RIGHT_PX;

/// The height of the type.
const SIZE: f64 = 10.0;

/// How far a number is from its step.
const PAD_PX: f64 = 4.0;

/// Draws a row whose middle is at `y`.
pub(super) fn draw(scene: &Scene, series: &Series, y: f64, shapes: &mut Vec<Shape>) {
    let (view, trace) = (scene.view, scene.trace);
    let to_ns = view.to_ns.saturating_add(view.ns_of_px(RIGHT_PX));
    let events = scene.events_between(view.from_ns, to_ns);
    let first = series.changes_until(events.start);
    let end = series.changes_until(events.end);
    let (lowest, highest) = series.range();
    // Above the highest value is room for its number.
    let high_px = view.frame.bar_px() - 6.0;
    let part = |value: i32| {
        let above = i64::from(value) - i64::from(lowest);
        above as f64 / (i64::from(highest) - i64::from(lowest)).max(1) as f64
    };
    let up = |value: i32| (y + view.frame.bar_px() / 2.0 - part(value) * high_px) as f32;
    let place = |change: usize| {
        let position = series.positions()[change] as usize;
        scene.scale().place(trace, position)
    };
    let right = view.x_of(scene.now_ns()).min(view.width_px);
    let mut line: Vec<(f32, f32)> = Vec::new();
    // Where each number would stand.
    let mut numbers: Vec<(f64, i32)> = Vec::new();
    let mut value = series.after(trace, first).map(|(value, _)| value);
    if let Some(value) = value {
        line.push((view.gutter_px as f32, up(value)));
        numbers.push((view.gutter_px, value));
    }
    let mut at = first;
    while at < end {
        let x = view.x_of(place(at));
        // All changes within the same pixel are one step, as high and low as any of them.
        let pixel_end_ns = view.time_at(x + 1.0).max(place(at));
        let events = scene.scale().events_until(trace, pixel_end_ns);
        let next = series.changes_until(events).clamp(at + 1, end);
        let Some((last, _)) = series.after(trace, next) else {
            break;
        };
        let x_px = x as f32;
        if let Some(before) = value {
            line.push((x_px, up(before)));
        }
        let span = series.span(trace, at..next).unwrap_or((last, last));
        for reached in [span.0, span.1] {
            if reached != last {
                line.push((x_px, up(reached)));
            }
        }
        line.push((x_px, up(last)));
        numbers.push((x, last));
        value = Some(last);
        at = next;
    }
    let Some(last) = value else { return };
    line.push((right.max(view.gutter_px) as f32, up(last)));
    shapes.push(Shape::Path(line, Paint::Accent, 1.6));
    let mut written = None;
    for (at, (x, value)) in numbers.iter().enumerate() {
        let end = numbers.get(at + 1).map_or(view.width_px, |(x, _)| *x);
        let text = value.to_string();
        // The same number again says nothing.
        if written == Some(*value) || x + PAD_PX + text_px(&text, SIZE, true) + 1.0 > end {
            continue;
        }
        written = Some(*value);
        let at = ((x + PAD_PX) as f32, up(*value) - 6.5);
        let size = SIZE as f32;
        shapes.push(Shape::text(at, Anchor::Start, size, Paint::Ink, text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::run_with;
    use crate::derived::timeline::Scale;
    use crate::picture::Whole;
    use crate::picture::draw::draw;
    use crate::picture::hit::{Hit, hit};
    use crate::picture::layout::RowKind;
    use crate::picture::words::hit_words;
    use crate::trace::TaskId;

    #[test]
    fn a_value_is_a_stepped_line_with_its_numbers_and_says_what_it_is() {
        let trace = run_with("lost-update", "rounds=2&mode=lock");
        let whole = Whole::of(&trace, Scale::Time, 546.0, 120.0);
        let scene = whole.scene();
        let Whole { layout, view, .. } = &whole;
        let row = layout
            .rows
            .iter()
            .position(|row| row.kind == RowKind::Value(0));
        let row = row.expect("the counter has a row");
        let (top, bottom) = (view.y_of(row), view.y_of(row + 1));
        let is_in_row = |y: f32| (top..bottom).contains(&f64::from(y));
        let shapes = draw(&scene);
        let numbers = shapes.iter().filter_map(|shape| match shape {
            Shape::Text { at, text, .. } if is_in_row(at.1) => Some((at.0, text.as_str())),
            _ => None,
        });
        let numbers: Vec<(f32, &str)> = numbers.collect();
        let expected = [
            (124.0, "0"),
            (224.0, "1"),
            (324.0, "2"),
            (424.0, "3"),
            (524.0, "4"),
        ];
        assert_eq!(numbers[..5], expected);
        assert_eq!(numbers[5].1, "counter", "the row's name");
        let line = shapes.iter().find_map(|shape| match shape {
            Shape::Path(points, Paint::Accent, _) if is_in_row(points[0].1) => Some(points),
            _ => None,
        });
        let line = line.expect("a line is drawn");
        let rises = line.windows(2).filter(|pair| pair[0].1 > pair[1].1).count();
        let falls = line.windows(2).filter(|pair| pair[0].1 < pair[1].1).count();
        assert_eq!((rises, falls), (4, 0), "{line:?}");

        let under = hit(&scene, 240.0, (top + bottom) / 2.0);
        let by = TaskId(1);
        assert_eq!(
            under,
            Hit::Value {
                series: 0,
                value: Some((1, by))
            }
        );
        let (title, lines) = hit_words(&scene, under).expect("there is something to say");
        assert_eq!(title, "counter");
        assert_eq!(lines, ["is 1", "last change by task 1"]);
    }
}
