//! Makes the list of shapes that a picture consists of.

pub mod browser;
pub mod flag;
pub mod frame;
mod lane;
mod lane_text;
mod marks;
mod outline;
mod path;
mod resource;
mod value;

use crate::derived::timeline::Scale;
use crate::picture::axis;
use crate::picture::layout::{LABEL_SIZE, RowKind, fitted, label, label_indent};
use crate::picture::shape::{Anchor, Area, Fill, Paint, Shape};
use crate::picture::view::{TOP_PX, View, clamp};
use crate::picture::{Scene, layout};
pub use marks::{Arrow, ArrowSource, arrows};

/// Thickness of the line of a task that waits.
pub const WAIT_PX: f64 = 2.4;
/// The least width of a stretch in which a task had the thread.
pub const TICK_PX: f64 = 3.0;
/// Radius of the handle of the cursor.
pub const HANDLE_PX: f64 = 4.5;

/// What a picture consists of, from back to front.
pub fn draw(scene: &Scene) -> Vec<Shape> {
    let view = scene.view;
    let mut shapes = Vec::with_capacity(256);
    let rows = view.rows_in_view(scene.layout.rows.len());

    let lanes = Area::new(0.0, TOP_PX, view.width_px, view.rows_px().max(0.0));
    shapes.push(Shape::Clip(Some(lanes)));
    backgrounds(scene, rows.clone(), &mut shapes);
    // Bars may begin a little before the lanes do, where a run begins at their edge, and words of a low row
    // above it.
    let above_px = (20.0 - view.row_px()).max(0.0);
    let bars = Area::new(
        view.gutter_px - 2.0,
        TOP_PX - above_px,
        view.width_px - view.gutter_px + 2.0,
        view.rows_px().max(0.0) + above_px,
    );
    shapes.push(Shape::Clip(Some(bars)));
    marks::turns(scene, &mut shapes);
    marks::spawns(scene, rows.clone(), &mut shapes);
    let printed = lane_text::printed(scene);
    // Words lie above all lines.
    let mut words = Vec::new();
    for at in rows.clone() {
        let row = &scene.layout.rows[at];
        let y = view.y_of(at) + view.row_px() / 2.0;
        if row.context {
            shapes.push(Shape::Fade(0.4));
        }
        match row.kind {
            RowKind::Task(task) => {
                if let Some(lane) = scene.timeline.lanes.get(task.index()) {
                    outline::draw(scene, task, y, &mut shapes);
                    let rooms = lane::draw(scene, lane, y, &mut shapes);
                    if !row.context {
                        lane_text::draw(scene, lane, y, &rooms, printed.by(task), &mut words);
                    }
                }
            }
            RowKind::Resource(resource) => resource::draw(scene, resource, y, &mut shapes),
            RowKind::Value(at) => {
                if let Some(series) = scene.index.values().series().get(at) {
                    value::draw(scene, series, y, &mut shapes);
                }
            }
            RowKind::Browser(lane) => browser::draw(scene, lane, y, &mut shapes),
            RowKind::Frames(task, level) => {
                if let Some(frames) = scene.timeline.frames().levels(task).get(level as usize) {
                    frame::draw(scene, task, frames, y, &mut shapes);
                }
            }
            RowKind::Thread(_) => {}
        }
        if row.context {
            shapes.push(Shape::Fade(1.0));
        }
    }
    marks::cancels(scene, &mut shapes);
    marks::wakes(scene, &mut shapes);
    shapes.append(&mut words);
    // What points at the beginning of the run needs room beside it.
    let beside = Area {
        x: bars.x - 5.0,
        w: bars.w + 5.0,
        ..bars
    };
    shapes.push(Shape::Clip(Some(beside)));
    path::draw(scene, &mut shapes);
    if !scene.marks.flags.is_empty() {
        for at in rows.clone() {
            if let Some(task) = scene.layout.task(at) {
                flag::draw(
                    scene,
                    task,
                    view.y_of(at) + view.row_px() / 2.0,
                    &mut shapes,
                );
            }
        }
    }

    let gutter = Area::new(0.0, TOP_PX, view.gutter_px - 4.0, view.rows_px().max(0.0));
    shapes.push(Shape::Clip(Some(gutter)));
    for at in rows {
        labels(scene, at, view.y_of(at), &mut shapes);
    }
    shapes.push(Shape::Clip(None));

    thumb(scene, &mut shapes);
    minimap(scene, &mut shapes);
    axis_line(scene, &mut shapes);
    marks::range(scene, &mut shapes);
    marks::cursor(scene, &mut shapes);
    shapes
}

fn backgrounds(scene: &Scene, rows: std::ops::Range<usize>, shapes: &mut Vec<Shape>) {
    let view = scene.view;
    for at in rows {
        let y = view.y_of(at);
        let whole = Area::new(0.0, y, view.width_px, view.row_px());
        let task = scene.layout.task(at);
        let mut tint = |paint, part| {
            shapes.push(Shape::Rect(whole, Fill::Tint(paint, part), [6.0, 6.0]));
        };
        if task.is_some() && task == scene.marks.selected {
            tint(Paint::Accent, 0.13);
        } else if scene.marks.hovered_row == Some(at) {
            tint(Paint::Ink, 0.045);
        }
        if scene.marks.focused_row == Some(at) {
            let bar = Area::new(0.0, y + 3.0, 3.0, view.row_px() - 6.0);
            shapes.push(Shape::Rect(bar, Fill::Solid(Paint::Accent), [1.5, 1.5]));
        }
    }
}

fn labels(scene: &Scene, at: usize, y: f64, shapes: &mut Vec<Shape>) {
    let view = scene.view;
    let row = &scene.layout.rows[at];
    let middle = (y + view.row_px() / 2.0) as f32;
    let mut x = label_indent(row, scene.layout);
    if row.has_children {
        // A small triangle, pointing down while open.
        let centre = (x as f32 - 8.0, middle);
        let corners = if row.hidden > 0 {
            [(-2.5, -4.0), (3.0, 0.0), (-2.5, 4.0)]
        } else {
            [(-4.0, -2.5), (4.0, -2.5), (0.0, 3.0)]
        };
        let points = corners.map(|(dx, dy)| (centre.0 + dx, centre.1 + dy));
        shapes.push(Shape::Poly(points.to_vec(), Fill::Solid(Paint::Faint)));
    }
    let (mono, paint) = match row.kind {
        RowKind::Task(task) => {
            let dot = (x as f32 + 3.5, middle);
            shapes.push(Shape::Disc(dot, 3.5, Paint::of_task(task)));
            x += layout::DOT_PX;
            let selected = scene.marks.selected == Some(task);
            (true, if selected { Paint::Ink } else { Paint::Soft })
        }
        RowKind::Value(_) => {
            let dot = (x as f32 + 3.5, middle);
            shapes.push(Shape::Disc(dot, 3.5, Paint::Accent));
            x += layout::DOT_PX;
            (true, Paint::Soft)
        }
        RowKind::Resource(_) | RowKind::Frames(..) | RowKind::Browser(_) => (true, Paint::Faint),
        RowKind::Thread(_) => (false, Paint::Faint),
    };
    let mut text = match scene.layout.is_narrow(view.width_px) {
        true => scene.layout.short_label(scene.trace, scene.index, at),
        false => label(scene.trace, scene.index, row),
    };
    let mut room = view.gutter_px - 8.0 - x;
    if row.hidden > 0 {
        let more = format!("+{}", row.hidden);
        let px = layout::text_px(&more, 10.0, true);
        room -= px + 4.0;
        shapes.push(Shape::text(
            ((view.gutter_px - 7.0) as f32, middle),
            Anchor::End,
            10.0,
            Paint::Faint,
            more,
        ));
    }
    text = fitted(&text, room, LABEL_SIZE, mono);
    if row.context {
        shapes.push(Shape::Fade(0.5));
    }
    shapes.push(Shape::Text {
        at: (x as f32, middle),
        anchor: Anchor::Start,
        size: LABEL_SIZE as f32,
        paint,
        mono,
        plate: false,
        text,
    });
    if row.context {
        shapes.push(Shape::Fade(1.0));
    }
}

/// Says which of the rows are in view, where not all are.
fn thumb(scene: &Scene, shapes: &mut Vec<Shape>) {
    let view = scene.view;
    let content_px = scene.layout.rows.len() as f64 * view.row_px();
    let shown_px = view.rows_px();
    if content_px <= shown_px {
        return;
    }
    let height = (shown_px / content_px * shown_px).max(18.0);
    let part = view.scroll_px / (content_px - shown_px);
    let y = TOP_PX + part * (shown_px - height);
    let thumb = Area::new(view.width_px - 5.0, y, 4.0, height);
    shapes.push(Shape::Rect(
        thumb,
        Fill::Tint(Paint::Faint, 0.7),
        [2.0, 2.0],
    ));
}

/// Where the minimap is, which shows the whole run, and in it the part that is in view.
pub fn minimap_area(view: &View) -> Area {
    Area::new(
        view.gutter_px,
        view.bottom_px() + 3.0,
        view.lanes_px(),
        view.frame.minimap_px() - 6.0,
    )
}

fn minimap(scene: &Scene, shapes: &mut Vec<Shape>) {
    let extent_ns = scene.extent_ns();
    if !scene.view.frame.has_axis || scene.view.is_fit(extent_ns) {
        return;
    }
    let area = minimap_area(scene.view);
    shapes.push(Shape::Rect(area, Fill::Tint(Paint::Wait, 0.45), [3.0, 3.0]));
    let x_of = |time_ns: u64| area.x + (time_ns as f64 / extent_ns as f64) as f32 * area.w;
    let overview = scene.index.overview();
    let width = (x_of(overview.piece_ns()) - area.x).max(1.0);
    for (at_ns, piece) in overview.pieces() {
        if at_ns >= extent_ns {
            break;
        }
        let x = x_of(at_ns);
        let mut bottom = area.y + area.h;
        let parts = [
            (piece.blocking, piece.blocking > 0.0, Paint::Block),
            (piece.running, piece.starts > 0, Paint::Run),
        ];
        for (part, is_there, paint) in parts {
            if is_there || part > 0.0 {
                let h = clamp(part * f64::from(area.h), 2.0, f64::from(area.h)) as f32;
                bottom -= h;
                let rect = Area {
                    x,
                    y: bottom.max(area.y),
                    w: width,
                    h,
                };
                shapes.push(Shape::Rect(rect, Fill::Solid(paint), [0.0, 0.0]));
            }
        }
    }
    let window = Area {
        x: x_of(scene.view.from_ns),
        y: area.y - 2.0,
        w: (x_of(scene.view.to_ns.min(extent_ns)) - x_of(scene.view.from_ns)).max(4.0),
        h: area.h + 4.0,
    };
    shapes.push(Shape::Rect(
        window,
        Fill::Tint(Paint::Accent, 0.25),
        [3.0, 3.0],
    ));
    for x in [window.x, window.x + window.w] {
        shapes.push(Shape::Line(
            (x, window.y),
            (x, window.y + window.h),
            Paint::Accent,
            2.0,
        ));
    }
}

fn axis_line(scene: &Scene, shapes: &mut Vec<Shape>) {
    let view = scene.view;
    if !view.frame.has_axis {
        return;
    }
    let y = (view.bottom_px() + view.frame.minimap_px() - 1.0) as f32;
    shapes.push(Shape::Line(
        (view.gutter_px as f32, y),
        ((view.width_px - 8.0) as f32, y),
        Paint::Line,
        1.0,
    ));
    // What is not from a loop has no turns.
    let ticks = match scene.scale() {
        Scale::Order if !scene.timeline.turns.is_empty() => axis::turn_ticks(view, scene.timeline),
        scale => axis::ticks(view, scale),
    };
    for tick in ticks {
        let x = view.x_of(tick.at_ns) as f32;
        shapes.push(Shape::Line((x, y), (x, y + 4.0), Paint::Line, 1.0));
        shapes.push(Shape::text(
            (x, y + 14.0),
            Anchor::Middle,
            11.0,
            Paint::Soft,
            tick.label,
        ));
    }
}
