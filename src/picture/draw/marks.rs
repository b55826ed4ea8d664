//! What lies above or below the lanes: who spawned, woke and cancelled whom, turns, the cursor.

use super::{BAR_PX, HANDLE_PX};
use crate::derived::timeline::Scale;
use crate::picture::Scene;
use crate::picture::axis::duration_words;
use crate::picture::layout::text_px;
use crate::picture::shape::{Anchor, Area, Fill, Paint, Shape};
use crate::picture::view::clamp;
use crate::picture::view::{MINIMAP_PX, RIGHT_PX, ROW_PX, TOP_PX};
use crate::trace::{Cause, EventKind, TaskId};
use std::ops::Range;

/// With how many events in view all wakes are drawn.
const MAX_EVENTS_WITH_ALL_WAKES: usize = 600;

/// A picture with more arrows than this shows nothing but arrows.
const MAX_ARROWS: usize = 4_000;

/// Where an arrow comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ArrowSource {
    /// The middle of another row.
    Row(f64),
    /// A timer that fired.
    Timer,
    /// Something that is not part of the run.
    Outside,
}

/// A wake in the picture: from whoever woke to whom it made ready, straight down or up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arrow {
    /// The position of its event in the trace.
    pub position: usize,
    /// Where, from left to right.
    pub x: f64,
    /// From where.
    pub source: ArrowSource,
    /// The middle of the row that it points at.
    pub to_y: f64,
    /// The waker, or the woken when no task woke it.
    pub task: TaskId,
    /// It was asked for by pointing or choosing, not drawn because there is room.
    pub strong: bool,
}

/// The wakes that the picture shows.
pub fn arrows(scene: &Scene) -> Vec<Arrow> {
    let view = scene.view;
    let to_ns = view.to_ns.saturating_add(view.ns_of_px(RIGHT_PX));
    let events = scene.events_between(view.from_ns, to_ns);
    let mut arrows = Vec::new();
    let show_all = scene.marks.all_wakes || events.len() <= MAX_EVENTS_WITH_ALL_WAKES;
    if show_all && events.len() <= 64 * MAX_EVENTS_WITH_ALL_WAKES {
        for position in events.clone() {
            arrows.extend(arrow(scene, position, scene.marks.all_wakes));
        }
    }
    let wakes = &scene.marks.wakes;
    let first = wakes.partition_point(|position| (*position as usize) < events.start);
    let end = wakes.partition_point(|position| (*position as usize) < events.end);
    for position in &wakes[first..end] {
        arrows.extend(arrow(scene, *position as usize, true));
    }
    if arrows.len() > MAX_ARROWS {
        // At most one for each pixel and pair of rows.
        let key = |a: &Arrow| (a.x.round() as i64, a.to_y as i64, a.task);
        arrows.sort_by_key(key);
        arrows.dedup_by_key(|a| key(a));
        arrows.truncate(MAX_ARROWS);
    }
    arrows
}

fn arrow(scene: &Scene, position: usize, strong: bool) -> Option<Arrow> {
    let EventKind::Wake {
        target,
        by,
        merged: false,
    } = scene.trace.events[position].kind
    else {
        return None;
    };
    let view = scene.view;
    let middle = |row: usize| view.y_of(row) + ROW_PX / 2.0;
    let to_row = scene.layout.row_of(target)?;
    let (source, task) = match by {
        Cause::Task(waker) => {
            let from_row = scene.layout.row_of(waker)?;
            if from_row == to_row {
                return None;
            }
            (ArrowSource::Row(middle(from_row)), waker)
        }
        Cause::Timer(_) => (ArrowSource::Timer, target),
        Cause::External => (ArrowSource::Outside, target),
    };
    let to_y = middle(to_row);
    // Wakes by timers go without saying; they are shown where somebody asks.
    if !strong && !matches!(source, ArrowSource::Row(_)) {
        return None;
    }
    let (top, bottom) = match source {
        ArrowSource::Row(y) => (y.min(to_y), y.max(to_y)),
        _ => (to_y - ROW_PX, to_y),
    };
    if bottom < TOP_PX - ROW_PX || top > view.bottom_px() + ROW_PX {
        return None;
    }
    Some(Arrow {
        position,
        x: view.x_of(scene.scale().place(scene.trace, position)),
        source,
        to_y,
        task,
        strong,
    })
}

pub(super) fn wakes(scene: &Scene, shapes: &mut Vec<Shape>) {
    let mut arrows = arrows(scene);
    arrows.sort_by_key(|arrow| arrow.strong);
    let faint = arrows.partition_point(|arrow| !arrow.strong);
    for (arrows, strength, width) in [(&arrows[..faint], 0.55, 1.0), (&arrows[faint..], 1.0, 1.5)] {
        if arrows.is_empty() {
            continue;
        }
        shapes.push(Shape::Fade(strength));
        for arrow in arrows {
            draw_arrow(arrow, width, shapes);
        }
        shapes.push(Shape::Fade(1.0));
    }
}

fn draw_arrow(arrow: &Arrow, width: f32, shapes: &mut Vec<Shape>) {
    let x = arrow.x as f32;
    let to_y = arrow.to_y as f32;
    let bar = BAR_PX as f32 / 2.0;
    let (from_y, paint) = match arrow.source {
        ArrowSource::Row(y) => (y as f32, Paint::of_task(arrow.task)),
        ArrowSource::Timer => (to_y - bar - 6.0, Paint::Accent),
        ArrowSource::Outside => (to_y - bar - 6.0, Paint::Soft),
    };
    let down = if from_y < to_y { 1.0 } else { -1.0 };
    let tip = to_y - down * (bar - 3.0);
    shapes.push(Shape::Line(
        (x, from_y),
        (x, tip - down * 5.0),
        paint,
        width,
    ));
    if let ArrowSource::Row(_) = arrow.source {
        shapes.push(Shape::Disc((x, from_y), 2.0, paint));
    }
    let head = vec![
        (x - 3.5, tip - down * 6.0),
        (x + 3.5, tip - down * 6.0),
        (x, tip),
    ];
    shapes.push(Shape::Poly(head, Fill::Solid(paint)));
}

/// Lines from each parent down to its children.
pub(super) fn spawns(scene: &Scene, rows: Range<usize>, shapes: &mut Vec<Shape>) {
    let view = scene.view;
    for at in rows {
        let Some(task) = scene.layout.task(at) else {
            continue;
        };
        let Some(parent) = scene.trace.task(task).parent else {
            continue;
        };
        let Some(parent_row) = scene.layout.row_of(parent) else {
            continue;
        };
        let x = view.x_of(scene.timeline.lanes[task.index()].spawned_ns);
        if parent_row == at || x < view.gutter_px - 2.0 || x > view.width_px {
            continue;
        }
        // The children between draw the same line; each needs only its own piece, unless the
        // parent is out of view.
        let from_y = (view.y_of(parent_row) + ROW_PX / 2.0).max(TOP_PX - ROW_PX);
        shapes.push(Shape::Line(
            (x as f32, from_y as f32),
            (x as f32, (view.y_of(at) + ROW_PX / 2.0) as f32),
            Paint::Line,
            1.0,
        ));
    }
}

/// A bracket from when a task was asked to stop until it did, and a line from who asked.
pub(super) fn cancels(scene: &Scene, shapes: &mut Vec<Shape>) {
    const MAX_CANCELS: usize = 500;
    let view = scene.view;
    let cancels = scene.index.cancels();
    // A bracket may begin before the window, so all that began before its end are candidates.
    let end = scene.events_between(0, view.to_ns).end;
    let end = cancels.partition_point(|position| (*position as usize) < end);
    let mut drawn = 0;
    for position in cancels[..end].iter().rev().take(8 * MAX_CANCELS) {
        let position = *position as usize;
        let EventKind::Cancel { target, by } = scene.trace.events[position].kind else {
            continue;
        };
        let Some(row) = scene.layout.row_of(target) else {
            continue;
        };
        let y = view.y_of(row) + ROW_PX / 2.0;
        if y < TOP_PX - ROW_PX || y > view.bottom_px() + ROW_PX {
            continue;
        }
        let lane = &scene.timeline.lanes[target.index()];
        let until_ns = lane.done.map_or(scene.now_ns(), |(done_ns, _)| done_ns);
        let x0 = view.x_of(scene.scale().place(scene.trace, position));
        let x1 = view.x_of(until_ns).max(x0 + 4.0);
        if x1 < view.gutter_px || x0 > view.width_px || drawn >= MAX_CANCELS {
            continue;
        }
        drawn += 1;
        let (x0, x1) = (
            x0.max(view.gutter_px - 20.0) as f32,
            x1.min(view.width_px + 20.0) as f32,
        );
        let y = y as f32;
        let reach = BAR_PX as f32 / 2.0 + 3.0;
        for side in [-1.0, 1.0] {
            let points = vec![
                (x0, y + side * (reach - 3.5)),
                (x0, y + side * reach),
                (x1, y + side * reach),
                (x1, y + side * (reach - 3.5)),
            ];
            shapes.push(Shape::Path(points, Paint::Ink, 1.25));
        }
        if let Cause::Task(by) = by
            && let Some(from_row) = scene.layout.row_of(by)
            && from_row != row
        {
            let from_y = (view.y_of(from_row) + ROW_PX / 2.0) as f32;
            let side = if from_y < y { -1.0 } else { 1.0 };
            shapes.push(Shape::Line(
                (x0, from_y),
                (x0, y + side * reach),
                Paint::Ink,
                1.0,
            ));
            shapes.push(Shape::Disc((x0, from_y), 2.0, Paint::Ink));
        }
    }
}

/// Where turns of the loop begin: ticks on the axis, and faint lines when there is room.
pub(super) fn turns(scene: &Scene, shapes: &mut Vec<Shape>) {
    let view = scene.view;
    let events = scene.events_between(view.from_ns, view.to_ns);
    let turns = &scene.timeline.turns;
    let first = turns.partition_point(|position| (*position as usize) < events.start);
    let end = turns.partition_point(|position| (*position as usize) < events.end);
    if (end - first) as f64 > view.lanes_px() / 24.0 {
        return;
    }
    let bottom = view.bottom_px() as f32;
    shapes.push(Shape::Fade(0.6));
    let mut last_x = f32::MIN;
    for position in &turns[first..end] {
        let x = view.x_of(scene.scale().place(scene.trace, *position as usize)) as f32;
        // Under the instant clock many turns take no time.
        if x - last_x >= 1.0 {
            shapes.push(Shape::Line(
                (x, TOP_PX as f32),
                (x, bottom),
                Paint::Line,
                1.0,
            ));
            last_x = x;
        }
    }
    shapes.push(Shape::Fade(1.0));
}

/// The measured range, with its length.
pub(super) fn range(scene: &Scene, shapes: &mut Vec<Shape>) {
    let view = scene.view;
    let Some((a_ns, b_ns)) = scene.marks.range_ns else {
        return;
    };
    let (from_ns, to_ns) = (a_ns.min(b_ns), a_ns.max(b_ns));
    let left = view.gutter_px;
    let x0 = clamp(view.x_of(from_ns), left, view.width_px);
    let x1 = clamp(view.x_of(to_ns), left, view.width_px);
    let height = view.rows_px() + MINIMAP_PX;
    let band = Area::new(x0, TOP_PX, x1 - x0, height);
    shapes.push(Shape::Rect(
        band,
        Fill::Tint(Paint::Accent, 0.14),
        [0.0, 0.0],
    ));
    for x in [x0, x1] {
        shapes.push(Shape::Line(
            (x as f32, TOP_PX as f32),
            (x as f32, (TOP_PX + height) as f32),
            Paint::Accent,
            1.0,
        ));
    }
    let text = match scene.scale() {
        Scale::Time => duration_words(to_ns - from_ns),
        Scale::Order => {
            let events = scene.events_between(from_ns, to_ns);
            format!("{} events", events.len())
        }
    };
    let width = text_px(&text, 11.0, true) + 12.0;
    let middle = clamp(
        (x0 + x1) / 2.0,
        left + width / 2.0,
        view.width_px - width / 2.0,
    );
    let pill = Area::new(middle - width / 2.0, 1.0, width, 17.0);
    shapes.push(Shape::Rect(pill, Fill::Solid(Paint::Accent), [4.0, 4.0]));
    shapes.push(Shape::text(
        (middle as f32, 9.5),
        Anchor::Middle,
        11.0,
        Paint::Panel,
        text,
    ));
}

/// The line of the moment that the page shows, with its handle.
pub(super) fn cursor(scene: &Scene, shapes: &mut Vec<Shape>) {
    let view = scene.view;
    let Some(cursor_ns) = scene.marks.cursor_ns else {
        return;
    };
    let x = view.x_of(cursor_ns);
    if x < view.gutter_px - 1.0 || x > view.width_px {
        return;
    }
    let y = HANDLE_PX + 2.0;
    shapes.push(Shape::Line(
        (x as f32, y as f32),
        (x as f32, (view.bottom_px() + MINIMAP_PX - 1.0) as f32),
        Paint::Accent,
        1.5,
    ));
    shapes.push(Shape::Disc(
        (x as f32, y as f32),
        HANDLE_PX as f32,
        Paint::Accent,
    ));
}
