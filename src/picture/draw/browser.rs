//! A lane of the browser's own loop: what waits in a queue as a line, what runs as a bar. What is
//! inferred is an outline.

use crate::derived::browser_loop::{BrowserLane, Span};
use crate::picture::Scene;
use crate::picture::draw::{TICK_PX, WAIT_PX};
use crate::picture::shape::{Anchor, Area, Fill, LineStyle, Paint, Shape};
use crate::picture::view::RIGHT_PX;

/// From when to when it ran, and since when it waited for that.
pub fn place(scene: &Scene, span: Span) -> (u64, u64, Option<u64>) {
    let at = |position: u32| {
        let position = (position as usize).min(scene.trace.events.len().saturating_sub(1));
        scene.scale().place(scene.trace, position)
    };
    let end = match span.to {
        Span::NONE => scene.now_ns(),
        to => at(to),
    };
    let queued = (span.queued != Span::NONE).then(|| at(span.queued));
    (at(span.from), end, queued)
}

/// What ran at a time, or waited to.
pub fn at(scene: &Scene, spans: &[Span], time_ns: u64, near_ns: u64) -> Option<Span> {
    let ended = |span: &Span| place(scene, *span).1.saturating_add(near_ns) < time_ns;
    let found = *spans.get(spans.partition_point(ended))?;
    let (from_ns, _, queued_ns) = place(scene, found);
    let since_ns = queued_ns.unwrap_or(from_ns).saturating_sub(near_ns);
    (since_ns <= time_ns).then_some(found)
}

/// Draws a row whose middle is at `y`.
pub(super) fn draw(scene: &Scene, lane: BrowserLane, y: f64, shapes: &mut Vec<Shape>) {
    let view = scene.view;
    if lane == BrowserLane::Rendering {
        let at = ((view.gutter_px + 6.0) as f32, y as f32);
        let words = "none on this thread: a worker renders nothing".to_owned();
        shapes.push(Shape::text(at, Anchor::Start, 10.0, Paint::Soft, words));
        return;
    }
    let to_ns = view.to_ns.saturating_add(view.ns_of_px(RIGHT_PX));
    let high_px = view.frame.bar_px() - 4.0;
    let spans = scene.timeline.browser().spans(lane);
    let mut at = spans.partition_point(|span| place(scene, *span).1 < view.from_ns);
    // Lines of waiting reach back: only the part that is not drawn yet is drawn.
    let mut drawn_x = view.gutter_px;
    while let Some(span) = spans.get(at) {
        let (from_ns, mut end_ns, queued_ns) = place(scene, *span);
        let x0 = view.x_of(from_ns);
        if let Some(queued_ns) = queued_ns {
            let from_x = view.x_of(queued_ns).max(drawn_x);
            let to_x = x0.min(view.width_px);
            if to_x - from_x >= 1.0 {
                shapes.push(Shape::Dashes {
                    x: (from_x as f32, to_x as f32),
                    y: y as f32,
                    paint: Paint::Faint,
                    part: 0.8,
                    width: WAIT_PX as f32,
                    style: LineStyle::Dashed,
                });
            }
        }
        if from_ns > to_ns {
            break;
        }
        // What begins within the same pixel is one bar.
        let pixel_end_ns = view.time_at(x0 + 1.0).max(from_ns);
        let rest = &spans[at + 1..];
        let next = at + 1 + rest.partition_point(|other| place(scene, *other).0 < pixel_end_ns);
        end_ns = end_ns.max(place(scene, spans[next - 1]).1);
        let x1 = view.x_of(end_ns).max(x0 + TICK_PX).min(view.width_px);
        if span.inferred {
            let (top, bottom) = ((y - high_px / 2.0) as f32, (y + high_px / 2.0) as f32);
            let (left, right) = (x0 as f32, x1 as f32);
            let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
            let around = corners.into_iter().chain([corners[0]]);
            shapes.push(Shape::Path(around.collect(), Paint::Run, 1.0));
        } else {
            let bar = Area::new(x0, y - high_px / 2.0, x1 - x0, high_px);
            shapes.push(Shape::Rect(bar, Fill::Solid(Paint::Run), [1.5, 1.5]));
        }
        drawn_x = x1;
        at = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::derived::timeline::{Scale, Timeline};
    use crate::picture::Whole;
    use crate::picture::draw::draw;
    use crate::picture::hit::hit;
    use crate::picture::layout::RowKind;
    use crate::picture::words::hit_words;
    use crate::trace::{
        BrowserQueue, ClockKind, Event, EventKind, LocationId, TaskId, TaskInfo, Trace,
    };

    const MS: u64 = 1_000_000;

    /// So many timers, each asked for 4 ms before it is served, for 1 ms.
    fn timers(count: u64) -> Trace {
        let mut trace = Trace::new(ClockKind::Live);
        trace.tasks.push(TaskInfo {
            name: "main".into(),
            parent: None,
            location: LocationId::UNKNOWN,
            thread: 0,
        });
        let task = TaskId::MAIN;
        let queue = BrowserQueue::Timers;
        let mut push = |ms: u64, kind| {
            let time_ns = ms * MS;
            trace.events.push(Event { time_ns, kind });
            trace.events.len() as u32 - 1
        };
        push(0, EventKind::Spawn { task });
        for at in 0..count {
            let queued = push(5 * at, EventKind::BrowserQueued { task, queue });
            push(5 * at + 4, EventKind::BrowserCall { queued });
            push(5 * at + 5, EventKind::BrowserReturn { queued });
        }
        trace
    }

    /// How many lines and bars the row of timers has, how many shapes there are, and what is said of
    /// its middle.
    fn drawn(trace: &Trace) -> (usize, usize, usize, (String, Vec<String>)) {
        let whole = Whole::of(trace, Scale::Time, 646.0, 120.0);
        let scene = whole.scene();
        let Whole { layout, view, .. } = &whole;
        let kinds: Vec<RowKind> = layout.rows.iter().map(|row| row.kind).collect();
        let lane = BrowserLane::Timers;
        let row = kinds
            .iter()
            .position(|kind| *kind == RowKind::Browser(lane));
        let y = view.y_of(row.expect("timers have a row")) + view.row_px() / 2.0;
        let is_here = |at: f32| (f64::from(at) - y).abs() < view.row_px() / 2.0;
        let shapes = draw(&scene);
        let lines = shapes.iter().filter(|shape| {
            matches!(shape, Shape::Dashes { y, style: LineStyle::Dashed, .. } if is_here(*y))
        });
        let bars = shapes.iter().filter(|shape| {
            matches!(shape, Shape::Rect(area, Fill::Solid(Paint::Run), _) if is_here(area.y))
        });
        let said = hit_words(&scene, hit(&scene, 240.0, y)).expect("there is something to say");
        (lines.count(), bars.count(), shapes.len(), said)
    }

    #[test]
    fn a_call_is_a_line_while_it_waits_and_a_bar_while_it_runs() {
        let (lines, bars, _, (title, said)) = drawn(&timers(5));
        assert_eq!((lines, bars), (5, 5));
        assert_eq!(title, "timers");
        assert_eq!(
            said[..2],
            ["in the queue from 5.0 ms", "runs from 9.0 ms to 10.0 ms"]
        );
    }

    #[test]
    fn so_many_calls_that_none_can_be_seen_are_drawn_as_few() {
        let (_, _, shapes, _) = drawn(&timers(100_000));
        assert!(shapes < 4_000, "{shapes}");
    }

    #[test]
    fn what_is_inferred_says_by_which_rule() {
        let trace = timers(1);
        let timeline = Timeline::from_trace(&trace);
        let messages = timeline.browser().spans(BrowserLane::Messages);
        assert!(messages.iter().all(|span| span.inferred));
        for lane in BrowserLane::ALL {
            let is_seen = lane == BrowserLane::CallStack;
            assert_eq!(lane.rule().contains("HTML standard"), !is_seen, "{lane:?}");
        }
    }
}
