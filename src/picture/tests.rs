//! What holds for every picture.

use crate::derived::timeline::{Lane, LaneState, Scale, Timeline};
use crate::picture::draw::{TICK_PX, draw};
use crate::picture::hit::{Hit, hit};
use crate::picture::layout::{Choice, Layout, ResourceRows, RowKind, TaskState};
use crate::picture::lod::{Index, Shares};
use crate::picture::shape::{Fill, Paint, Shape};
use crate::picture::view::{ROW_PX, View};
use crate::picture::{Marks, Scene, sample};
use crate::trace::{Ending, TaskId, Trace};
use proptest::prelude::*;

/// A trace with all that is derived from it.
struct Made {
    trace: Trace,
    timeline: Timeline,
    index: Index,
    layout: Layout,
    marks: Marks,
    view: View,
}

impl Made {
    fn new(trace: Trace, scale: Scale) -> Self {
        let timeline = Timeline::along(scale, &trace);
        let index = Index::from_trace(&trace, &timeline);
        let layout = Layout::new(&trace, &timeline, &index, &Choice::default(), None);
        let height_px = View::height_for(layout.rows.len());
        let view = View::fit(scale.end(&trace), 900.0, height_px, 100.0);
        Made {
            trace,
            timeline,
            index,
            layout,
            marks: Marks::default(),
            view,
        }
    }

    fn scene(&self) -> Scene<'_> {
        Scene {
            trace: &self.trace,
            timeline: &self.timeline,
            index: &self.index,
            layout: &self.layout,
            view: &self.view,
            marks: &self.marks,
        }
    }
}

/// The sums of a window, the slow way.
fn exact(lane: &Lane, from_ns: u64, to_ns: u64, now_ns: u64) -> Shares {
    let mut sums = Shares::default();
    for segment in lane.segments_until(now_ns) {
        let length_ns = segment
            .end_ns
            .min(to_ns)
            .saturating_sub(segment.start_ns.max(from_ns));
        match segment.state {
            LaneState::Running => sums.running_ns += length_ns,
            LaneState::Blocking => sums.blocking_ns += length_ns,
            LaneState::Ready => sums.ready_ns += length_ns,
            LaneState::Waiting => sums.waiting_ns += length_ns,
        }
        let begins = (from_ns..to_ns).contains(&segment.start_ns);
        sums.starts += u32::from(begins && segment.state == LaneState::Running);
    }
    sums
}

/// That a point in what is drawn of a lane is in that segment: in a window that begins at a part of the
/// run and has a part of its length.
fn check_hits(seed: u32, window: (f64, f64)) -> Result<(), TestCaseError> {
    let mut made = Made::new(sample::trace(4, 900, seed), Scale::Time);
    let end_ns = made.trace.duration_ns();
    let from_ns = (window.0 * end_ns as f64) as u64;
    let to_ns = from_ns + (window.1 * end_ns as f64) as u64;
    made.view = made.view.showing(from_ns, to_ns, end_ns);
    let scene = made.scene();
    let view = made.view;
    for shape in draw(&scene) {
        let Shape::Rect(area, fill, _) = shape else {
            continue;
        };
        let state = match fill {
            Fill::Solid(Paint::Run) => LaneState::Running,
            Fill::Hatch(Paint::Ready) => LaneState::Ready,
            _ => continue,
        };
        let (x, y) = (
            f64::from(area.x + area.w / 2.0),
            f64::from(area.y + area.h / 2.0),
        );
        let is_seen =
            (view.gutter_px..view.right_px()).contains(&x) && area.w >= TICK_PX as f32 - 0.1;
        // Bars of columns are no one segment; they are as high as a share.
        if !is_seen || (area.h != 16.0 && area.h != 10.0) {
            continue;
        }
        match hit(&scene, x, y) {
            Hit::Segment(_, segment) if state == LaneState::Running => {
                let has_thread = matches!(segment.state, LaneState::Running | LaneState::Blocking);
                prop_assert!(has_thread, "{segment:?} at {x}");
            }
            Hit::Segment(_, segment) => prop_assert_ne!(segment.state, LaneState::Waiting),
            // The mark of a done task is drawn as a bar too, and arrows lie on bars.
            Hit::End(_) | Hit::Wake(_) => {}
            other => prop_assert!(false, "{other:?} at {x}, {y} where {shape:?} is"),
        }
    }
    Ok(())
}

#[test]
fn the_tick_of_what_began_before_the_window_is_hit_at_its_edge() {
    check_hits(3_359_327_409, (0.24213162045808806, 0.14926217395044247)).expect("it is hit");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn sums_of_any_window_are_exact(
        seed in any::<u32>(),
        events in 50_usize..6_000,
        tasks in 1_usize..6,
        windows in prop::collection::vec((0.0..1.1, 0.0..1.1), 1..12),
    ) {
        let made = Made::new(sample::trace(tasks, events, seed), Scale::Time);
        let end_ns = made.trace.duration_ns();
        let at = |part: f64| (part * end_ns as f64) as u64;
        for lane in &made.timeline.lanes {
            for (a, b) in &windows {
                let (from_ns, to_ns) = (at(*a).min(at(*b)), at(*a).max(at(*b)));
                prop_assert_eq!(
                    made.index.shares(lane, from_ns, to_ns, end_ns),
                    exact(lane, from_ns, to_ns, end_ns)
                );
            }
            // Window after window, as columns are read.
            let mut walk = made.index.walk(lane, 0, end_ns);
            let step_ns = (end_ns / 37).max(1);
            for column in 0..40 {
                let (from_ns, to_ns) = (column * step_ns, (column + 1) * step_ns);
                prop_assert_eq!(walk.advance(to_ns), exact(lane, from_ns, to_ns, end_ns));
            }
        }
    }

    #[test]
    fn an_index_that_grew_is_the_same_as_one_made_at_once(
        seed in any::<u32>(),
        events in 50_usize..3_000,
        cuts in prop::collection::btree_set(0_usize..3_000, 0..6),
    ) {
        let whole = sample::trace(4, events, seed);
        let mut growing = whole.clone();
        growing.events.clear();
        growing.end = None;
        let mut timeline = Timeline::default();
        let mut index = Index::default();
        let mut seen = 0;
        for cut in cuts.into_iter().filter(|cut| *cut < whole.events.len()) {
            growing.events.extend_from_slice(&whole.events[seen.min(cut)..cut]);
            seen = seen.max(cut);
            timeline.extend(&growing);
            index.extend(&growing, &timeline);
        }
        timeline.extend(&whole);
        index.extend(&whole, &timeline);
        let at_once = Timeline::from_trace(&whole);
        prop_assert_eq!(&timeline, &at_once);
        let end_ns = whole.duration_ns();
        for lane in &at_once.lanes {
            prop_assert_eq!(
                index.shares(lane, end_ns / 3, end_ns / 2, end_ns),
                exact(lane, end_ns / 3, end_ns / 2, end_ns)
            );
        }
        let pieces = |index: &Index| index.overview().pieces().collect::<Vec<_>>();
        prop_assert_eq!(pieces(&index), pieces(&Index::from_trace(&whole, &at_once)));
    }

    #[test]
    fn the_overview_adds_up_to_the_lanes(seed in any::<u32>(), events in 50_usize..3_000) {
        let made = Made::new(sample::trace(5, events, seed), Scale::Time);
        let length = made.index.overview().piece_ns() as f64;
        let mut sums = [0.0; 3];
        for (_, piece) in made.index.overview().pieces() {
            sums[0] += piece.running * length;
            sums[1] += piece.blocking * length;
            sums[2] += piece.ready * length;
        }
        let mut exact = [0.0; 3];
        for lane in &made.timeline.lanes {
            let shares = made.index.totals(lane);
            exact[0] += shares.running_ns as f64;
            exact[1] += shares.blocking_ns as f64;
            exact[2] += shares.ready_ns as f64;
        }
        for state in 0..3 {
            prop_assert!((sums[state] - exact[state]).abs() <= 1.0 + exact[state] * 1e-9);
        }
    }

    #[test]
    fn what_is_drawn_of_a_lane_is_hit_there(
        seed in any::<u32>(),
        window in (0.0..0.9, 0.0005..0.2),
    ) {
        check_hits(seed, window)?;
    }

    #[test]
    fn every_poll_in_view_leaves_a_mark(seed in any::<u32>(), window in (0.0..0.9, 0.01..1.0)) {
        let mut made = Made::new(sample::trace(3, 2_500, seed), Scale::Time);
        let end_ns = made.trace.duration_ns();
        let from_ns = (window.0 * end_ns as f64) as u64;
        let to_ns = from_ns + (window.1 * end_ns as f64) as u64;
        made.view = made.view.showing(from_ns, to_ns, end_ns);
        let view = made.view;
        let shapes = draw(&made.scene());
        for (row, lane) in made.timeline.lanes.iter().enumerate() {
            let row = made.layout.row_of(TaskId(row as u32)).unwrap();
            let middle = (view.y_of(row) + ROW_PX / 2.0) as f32;
            let marks: Vec<(f32, f32)> = shapes
                .iter()
                .filter_map(|shape| match shape {
                    Shape::Rect(area, Fill::Solid(Paint::Run | Paint::Block) | Fill::Tint(Paint::Run, _), _)
                        if (area.y..=area.y + area.h).contains(&middle) || (area.y + area.h - middle - 8.0).abs() < 0.1 =>
                    {
                        Some((area.x, area.x + area.w))
                    }
                    _ => None,
                })
                .collect();
            for segment in lane.segments().filter(|segment| segment.state == LaneState::Running) {
                if !(view.from_ns..=view.to_ns).contains(&segment.start_ns) {
                    continue;
                }
                let x = view.x_of(segment.start_ns) as f32;
                // Within the width of a tick: neighbours may share one.
                let near = marks.iter().any(|(x0, x1)| *x0 - 5.5 <= x && x <= *x1 + 2.5);
                prop_assert!(near, "no mark near {x} for {segment:?}");
            }
        }
    }
}

fn names(made: &Made, choice: &Choice, cursor_ns: Option<u64>) -> String {
    let layout = Layout::new(&made.trace, &made.timeline, &made.index, choice, cursor_ns);
    let mut text = String::new();
    for row in &layout.rows {
        if let RowKind::Task(task) = row.kind {
            let mark = if row.context { "?" } else { "" };
            let more = match row.hidden {
                0 => String::new(),
                hidden => format!("+{hidden}"),
            };
            text += &format!("{}{}{mark}{more} ", "-".repeat(row.depth.into()), task.0);
        }
    }
    text.trim_end().to_owned()
}

#[test]
fn rows_are_a_tree_that_folds_and_filters() {
    let mut trace = sample::trace(7, 200, 1);
    let parents = [None, Some(0), Some(0), Some(1), Some(3), Some(2), Some(0)];
    for (task, parent) in trace.tasks.iter_mut().zip(parents) {
        task.parent = parent.map(TaskId);
    }
    let made = Made::new(trace, Scale::Time);
    let all = Choice {
        resources: ResourceRows::None,
        ..Choice::default()
    };
    assert_eq!(names(&made, &all, None), "0 -1 --3 ---4 -2 --5 -6");
    let folded = Choice {
        folded: vec![TaskId(1)],
        ..all.clone()
    };
    assert_eq!(names(&made, &folded, None), "0 -1+2 -2 --5 -6");
    let named = Choice {
        name: "TASK 4".to_owned(),
        ..all.clone()
    };
    assert_eq!(names(&made, &named, None), "0? -1? --3? ---4");
    let none = Choice {
        name: "nobody".to_owned(),
        ..all.clone()
    };
    assert_eq!(names(&made, &none, None), "");
    // Before anything ran all are ready.
    let ready = Choice {
        state: Some(TaskState::Alive(LaneState::Ready)),
        ..all.clone()
    };
    let spawned_ns = made.timeline.lanes[6].spawned_ns;
    assert_eq!(
        names(&made, &ready, Some(spawned_ns)),
        "0 -1 --3 ---4 -2 --5 -6"
    );
    let cancelled = Choice {
        state: Some(TaskState::Ended(Ending::Cancelled)),
        ..all
    };
    let layout = Layout::new(&made.trace, &made.timeline, &made.index, &cancelled, None);
    let ended = |lane: &&Lane| matches!(lane.done, Some((_, Ending::Cancelled)));
    assert_eq!(
        layout.matches,
        made.timeline.lanes.iter().filter(ended).count()
    );
}

#[test]
fn other_threads_are_groups() {
    let mut trace = sample::trace(4, 100, 1);
    trace.tasks[2].thread = 1;
    trace.tasks[3].thread = 1;
    trace.tasks[3].parent = Some(TaskId(0));
    trace.tasks[2].parent = Some(TaskId(0));
    trace.tasks[1].parent = Some(TaskId(0));
    let made = Made::new(trace, Scale::Time);
    let kinds: Vec<RowKind> = made.layout.rows.iter().map(|row| row.kind).collect();
    assert_eq!(
        kinds[..5],
        [
            RowKind::Task(TaskId(0)),
            RowKind::Task(TaskId(1)),
            RowKind::Thread(1),
            RowKind::Task(TaskId(2)),
            RowKind::Task(TaskId(3)),
        ]
    );
}

#[test]
fn an_empty_trace_is_drawn() {
    let trace = Trace::new(crate::trace::ClockKind::Live);
    let made = Made::new(trace, Scale::Time);
    assert!(!draw(&made.scene()).is_empty());
    assert_eq!(hit(&made.scene(), 200.0, 20.0), Hit::Axis);
}
