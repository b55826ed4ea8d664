//! Findings in a picture: a flag on the lane of the task, and a line along how long it lasted.

use crate::derived::findings::Finding;
use crate::derived::timeline::{EVENT_STEP, Scale};
use crate::picture::Scene;
use crate::picture::shape::{Fill, Paint, Shape};
use crate::picture::view::RIGHT_PX;
use crate::trace::{TaskId, Trace};

/// How wide a flag is, and how far from the next one of its lane at least.
const FLAG_PX: f64 = 13.0;

/// How high a flag is.
const HIGH_PX: f64 = 11.5;

/// How far the line along a finding is above the bar.
const ABOVE_PX: f64 = 1.5;

/// How far a pointer may be beside that line.
const NEAR_PX: f64 = 2.5;

/// A picture with more flags than this shows nothing but flags.
const MAX_FLAGS: usize = 500;

/// A finding in a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Flag {
    /// On whose lane.
    pub task: TaskId,
    /// Where it begins, on the picture's scale.
    pub at: u64,
    /// Where it ends, if it has a length.
    pub end: Option<u64>,
    /// When it begins; nanoseconds since the run began.
    pub time_ns: u64,
    /// A short name for it.
    pub title: &'static str,
    /// What happened and why.
    pub sentence: String,
}

/// The flags of findings, which are in the order of time.
pub fn flags(trace: &Trace, scale: Scale, findings: &[Finding]) -> Vec<Flag> {
    let at = |time_ns: u64| match scale {
        Scale::Time => time_ns,
        Scale::Order => trace.events_until(time_ns).saturating_sub(1) as u64 * EVENT_STEP,
    };
    let flag = |finding: &Finding| Flag {
        task: finding.task,
        at: at(finding.time_ns),
        end: finding.end_ns.map(at),
        time_ns: finding.time_ns,
        title: finding.kind.title(),
        sentence: finding.sentence.clone(),
    };
    findings.iter().take(MAX_FLAGS).map(flag).collect()
}

/// Where a flag is.
struct Placed<'a> {
    flag: &'a Flag,
    /// Its left edge.
    x: f64,
    /// The line along it, where that can be seen.
    line: Option<(f64, f64)>,
}

/// The flags in view of a task, from left to right. One that began before is at the edge.
fn placed<'a>(scene: &Scene<'a>, task: TaskId) -> Vec<Placed<'a>> {
    let view = scene.view;
    let flags = &scene.marks.flags;
    let mut placed = Vec::new();
    let mut free_x = view.gutter_px - 1.0;
    for flag in flags.iter().filter(|flag| flag.task == task) {
        let end = flag.end.unwrap_or(flag.at);
        if end < view.from_ns || flag.at > view.to_ns {
            continue;
        }
        let from_x = view.x_of(flag.at).max(view.gutter_px - 1.0);
        let to_x = view.x_of(end).min(view.width_px);
        // Several that begin together stand side by side.
        let x = from_x.max(free_x).min(view.right_px() + RIGHT_PX - FLAG_PX);
        free_x = x + FLAG_PX;
        let line = (to_x > from_x + 1.0).then_some((from_x, to_x));
        placed.push(Placed { flag, x, line });
    }
    placed
}

/// Where the flags of a lane begin and end, from left to right.
pub(super) fn edges(scene: &Scene, task: TaskId) -> Vec<(f64, f64)> {
    let edges = |placed: Placed| (placed.x, placed.x + FLAG_PX);
    placed(scene, task).into_iter().map(edges).collect()
}

/// Draws the flags of a lane whose middle is at `y`.
pub(in crate::picture) fn draw(scene: &Scene, task: TaskId, y: f64, shapes: &mut Vec<Shape>) {
    let line_y = (y - scene.view.frame.bar_px() / 2.0 - ABOVE_PX) as f32;
    for placed in placed(scene, task) {
        if let Some((from_x, to_x)) = placed.line {
            let points = vec![
                (from_x as f32, line_y),
                (to_x as f32, line_y),
                (to_x as f32, line_y + 4.0),
            ];
            shapes.push(Shape::Path(points, Paint::Block, 1.5));
        }
        let middle = (placed.x + FLAG_PX / 2.0) as f32;
        let top = (y - scene.view.row_px() / 2.0 + 1.0) as f32;
        let triangle = |more: f32| {
            let half = FLAG_PX as f32 / 2.0 + more;
            let bottom = top + HIGH_PX as f32 + more * 0.7;
            vec![
                (middle, top - more),
                (middle + half, bottom),
                (middle - half, bottom),
            ]
        };
        // The rim keeps it apart from a bar of the same colour.
        shapes.push(Shape::Poly(triangle(2.0), Fill::Solid(Paint::Panel)));
        shapes.push(Shape::Poly(triangle(0.0), Fill::Solid(Paint::Block)));
        shapes.push(Shape::Line(
            (middle, top + 4.0),
            (middle, top + 7.5),
            Paint::Panel,
            1.6,
        ));
        shapes.push(Shape::Disc((middle, top + 9.5), 0.9, Paint::Panel));
    }
}

/// The flag under a point of a lane whose middle is at `lane_y`: its position among the picture's.
pub(in crate::picture) fn at(
    scene: &Scene,
    task: TaskId,
    lane_y: f64,
    x: f64,
    y: f64,
) -> Option<usize> {
    let top = lane_y - scene.view.row_px() / 2.0;
    let on_flag = |placed: &&Placed| {
        (placed.x..placed.x + FLAG_PX).contains(&x) && (top..top + HIGH_PX + 2.0).contains(&y)
    };
    let line_y = lane_y - scene.view.frame.bar_px() / 2.0 - ABOVE_PX;
    let on_line = |placed: &&Placed| {
        let Some((from_x, to_x)) = placed.line else {
            return false;
        };
        (from_x..=to_x).contains(&x) && (line_y - y).abs() <= NEAR_PX
    };
    let placed = placed(scene, task);
    let found = placed.iter().rev().find(on_flag);
    let found = found.or_else(|| placed.iter().find(on_line))?;
    let all = &scene.marks.flags;
    all.iter().position(|flag| std::ptr::eq(flag, found.flag))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::run_with;
    use crate::derived::findings::findings;
    use crate::derived::timeline::Timeline;
    use crate::picture::Marks;
    use crate::picture::draw::draw;
    use crate::picture::hit::{Hit, hit};
    use crate::picture::layout::{Choice, Layout};
    use crate::picture::lod::Index;
    use crate::picture::view::{ROW_PX, TOP_PX, View};
    use crate::picture::words::hit_words;

    /// What the pointer says at the beginning of a row, a little below its upper edge.
    #[track_caller]
    fn check(slug: &str, setting: &str, scale: Scale, row: usize, expected: Option<&str>) {
        let trace = run_with(slug, setting);
        let timeline = Timeline::along(scale, &trace);
        let index = Index::from_trace(&trace, &timeline);
        let layout = Layout::new(&trace, &timeline, &index, &Choice::default(), None);
        let height_px = View::height_for(layout.rows.len());
        let view = View::fit(scale.end(&trace), 900.0, height_px, 100.0);
        let marks = Marks {
            flags: flags(&trace, scale, &findings(&trace)),
            ..Marks::default()
        };
        let scene = Scene {
            trace: &trace,
            timeline: &timeline,
            index: &index,
            layout: &layout,
            view: &view,
            marks: &marks,
        };
        let found = match layout.task(row).map(|task| placed(&scene, task)) {
            Some(placed) if !placed.is_empty() => {
                let y = TOP_PX + row as f64 * ROW_PX + 5.0;
                hit(&scene, placed[0].x + FLAG_PX / 2.0, y)
            }
            _ => Hit::Nothing,
        };
        let words = hit_words(&scene, found).map(|(title, lines)| format!("{title}: {}", lines[0]));
        assert_eq!(words.as_deref(), expected);
        let drawn = draw(&scene);
        let rims = drawn.iter().filter(
            |shape| matches!(shape, Shape::Poly(points, Fill::Solid(Paint::Panel)) if points.len() == 3),
        );
        assert_eq!(rims.count(), marks.flags.len());
    }

    #[test]
    fn a_flag_says_what_is_wrong() {
        let blocked = "the loop was blocked: A held the loop for 2.00 s, and nobody else could run";
        check("factorial", "mode=blocking", Scale::Time, 1, Some(blocked));
        check("factorial", "mode=blocking", Scale::Order, 1, Some(blocked));
    }

    #[test]
    fn one_without_a_length_has_a_flag_too() {
        let stuck = "deadlock: A waits for the lock b, which B holds; B waits for the lock a, which A holds";
        check("deadlock", "", Scale::Time, 1, Some(stuck));
    }

    #[test]
    fn a_task_without_a_finding_has_no_flag() {
        check("factorial", "", Scale::Time, 0, None);
    }
}
