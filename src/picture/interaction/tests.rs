//! What a reader does with a picture, and what comes of it.

use crate::demos;
use crate::derived::moment::Moment;
use crate::derived::recording::Recording;
use crate::derived::run_ref::RunRef;
use crate::derived::timeline::Scale;
use crate::link::apply_query;
use crate::param::Values;
use crate::picture::axis;
use crate::picture::draw::draw;
use crate::picture::hit::Hit;
use crate::picture::interaction::wheel::Wheel;
use crate::picture::interaction::{Input, Interaction, Options, PictureEvent, Shared};
use crate::picture::keys::{PictureCommand, command};
use crate::picture::shape::{Paint, Shape};
use crate::picture::view::{AXIS_PX, Frame, MINIMAP_PX, ROW_PX, Rows, TOP_PX};
use crate::trace::{ClockKind, TaskId};

const S: u64 = 1_000_000_000;
const MAIN: TaskId = TaskId(0);
const A: TaskId = TaskId(1);
const B: TaskId = TaskId(2);

/// A picture, 900 pixels wide, of two factorials that take 300 s: `main`, `A` and `B`.
fn factorials() -> Interaction {
    picture("factorial", "delay=100s")
}

fn picture(slug: &str, setting: &str) -> Interaction {
    let demo = demos::find(slug).expect("the demo exists");
    let mut values = Values::defaults(demo.params);
    apply_query(&mut values, setting).expect("the setting is valid");
    let recording = Recording::from_trace(demo.run_instantly(values));
    let mut picture = Interaction::new(Input {
        run: RunRef::from_recording(recording),
        live: false,
        slot: 0,
        extent_ns: None,
        outline: None,
        frame: Frame::default(),
    });
    picture.set_frame(0.0, 900.0);
    picture.update();
    picture
}

impl Interaction {
    fn press(&mut self, keys: &[&str]) {
        for key in keys {
            let (shift, key) = match key.strip_prefix("Shift+") {
                Some(key) => (true, key),
                None => (false, *key),
            };
            let command = command(key, shift).expect("the key means something");
            self.focus(true, true);
            self.apply(command);
        }
    }

    fn drag(&mut self, points: &[(f64, f64)], shift: bool) {
        let (first, last) = (points[0], points[points.len() - 1]);
        self.pointer_down(1, first.0, first.1, shift);
        for (x, y) in &points[1..] {
            self.pointer_move(1, *x, *y);
        }
        self.pointer_up(1, last.0, last.1, shift);
    }

    fn click_at(&mut self, (x, y): (f64, f64)) -> Vec<PictureEvent> {
        self.take_events();
        self.drag(&[(x, y)], false);
        self.take_done()
    }

    /// What the reader did, without what is said of it.
    fn take_done(&mut self) -> Vec<PictureEvent> {
        let mut events = self.take_events();
        events.retain(|event| !matches!(event, PictureEvent::Say(_)));
        events
    }

    fn cursor_ns(&self) -> Option<u64> {
        self.shared.cursor.map(|cursor| cursor.time_ns)
    }

    fn said(&mut self) -> String {
        let events = self.take_events().into_iter().rev();
        let mut said = events.filter_map(|event| match event {
            PictureEvent::Say(words) => Some(words),
            _ => None,
        });
        said.next().expect("something was said")
    }

    fn rows(&mut self) -> usize {
        self.update();
        self.layout.rows.len()
    }

    /// The time at a distance from the left edge, as it is to be drawn.
    fn time_at(&mut self, x: f64) -> u64 {
        self.update();
        self.view.time_at(x)
    }
}

/// The middle of a row.
fn row(row: usize, x: f64) -> (f64, f64) {
    (x, TOP_PX + (row as f64 + 0.5) * ROW_PX)
}

/// Within a tenth of a pixel of a picture that shows 300 s.
#[track_caller]
fn assert_near(time_ns: u64, expected_ns: u64) {
    let off_ns = time_ns.abs_diff(expected_ns);
    assert!(off_ns < S / 25, "{time_ns} is not {expected_ns}");
}

#[test]
fn the_wheel_zooms_around_the_pointer() {
    let mut picture = factorials();
    let (under_ns, span_ns) = (picture.time_at(400.0), picture.view().span_ns());
    let wheel = Wheel {
        x: 400.0,
        dy: -100.0,
        zooms: true,
        ..Wheel::default()
    };
    assert!(picture.wheel(wheel));
    assert_near(picture.time_at(400.0), under_ns);
    assert_near(picture.view().span_ns(), (span_ns as f64 / 1.45) as u64);
    assert!(picture.wheel(Wheel { dy: 100.0, ..wheel }));
    assert_near(picture.view().span_ns(), span_ns);
}

#[test]
fn the_wheel_is_the_pages_where_there_is_nowhere_to_go() {
    let mut picture = factorials();
    let down = Wheel {
        dy: 100.0,
        ..Wheel::default()
    };
    let sideways = Wheel {
        sideways: true,
        ..down
    };
    assert!(!picture.wheel(down));
    assert!(!picture.wheel(sideways));
    picture.press(&["w", "w"]);
    let left_ns = picture.time_at(200.0);
    assert!(picture.wheel(sideways));
    assert_near(picture.time_at(100.0), left_ns);
    assert!(!picture.wheel(down));
    let mut many = self::picture("hello-blocking-async", "tasks=60");
    assert!(many.scrolls());
    assert!(many.wheel(down));
    assert_eq!(many.view().scroll_px, 100.0);
}

#[test]
fn a_drag_moves_what_is_zoomed_by_all_of_its_way() {
    for points in [
        // One movement, and many small ones.
        vec![400.0, 300.0],
        vec![400.0, 399.0, 397.0, 393.0, 380.0, 340.0, 300.0],
    ] {
        let mut picture = factorials();
        picture.press(&["w", "w"]);
        picture.take_events();
        let under_ns = picture.time_at(400.0);
        let points: Vec<_> = points.into_iter().map(|x| row(1, x)).collect();
        picture.drag(&points, false);
        assert_near(picture.time_at(300.0), under_ns);
        assert_eq!(picture.take_events(), [], "nothing was chosen by that");
    }
}

#[test]
fn a_drag_scrolls_rows_by_all_of_its_way() {
    let mut picture = picture("hello-blocking-async", "tasks=60");
    picture.drag(&[(400.0, 300.0), (400.0, 250.0)], false);
    assert_eq!(picture.view().scroll_px, 50.0);
}

#[test]
fn with_everything_in_view_a_drag_moves_the_cursor() {
    let mut picture = factorials();
    let (from_ns, to_ns) = (picture.time_at(300.0), picture.time_at(400.0));
    picture.drag(&[row(1, 250.0), row(1, 300.0)], false);
    assert_eq!(picture.cursor_ns(), Some(from_ns));
    picture.drag(&[row(1, 300.0), row(1, 350.0), row(1, 400.0)], false);
    assert_eq!(picture.cursor_ns(), Some(to_ns));
    // Not beyond the ends of the run.
    picture.drag(&[row(1, 400.0), (-50.0, -50.0)], false);
    assert_eq!(picture.cursor_ns(), Some(0));
    picture.drag(&[row(1, 400.0), (5_000.0, 0.0)], false);
    assert_eq!(picture.cursor_ns(), Some(300 * S));
}

#[test]
fn the_axis_and_the_cursors_handle_move_the_cursor_when_zoomed_too() {
    let mut picture = factorials();
    picture.press(&["w", "w"]);
    let axis_y = picture.view().height_px - AXIS_PX / 2.0;
    let (axis_ns, dragged_ns) = (picture.time_at(300.0), picture.time_at(350.0));
    picture.drag(&[(300.0, axis_y)], false);
    assert_eq!(picture.cursor_ns(), Some(axis_ns));
    let view = *picture.view();
    picture.drag(&[(301.0, 6.0), (350.0, 100.0)], false);
    assert_eq!(picture.cursor_ns(), Some(dragged_ns));
    assert_eq!(picture.view(), &view);
}

#[test]
fn a_drag_with_shift_measures_and_z_shows_what_was_measured() {
    let mut picture = factorials();
    let (from_ns, to_ns) = (picture.time_at(300.0), picture.time_at(400.0));
    picture.drag(&[row(1, 400.0), row(1, 390.0), row(1, 300.0)], true);
    assert_eq!(picture.marks.range_ns, Some((to_ns, from_ns)));
    picture.press(&["z"]);
    let (view, room_ns) = (*picture.view(), (to_ns - from_ns) / 16);
    assert_eq!(
        (view.from_ns, view.to_ns),
        (from_ns - room_ns, to_ns + room_ns)
    );
    assert_eq!(picture.cursor_ns(), None);
}

#[test]
fn two_clicks_with_shift_measure_too_and_so_does_m_twice() {
    let mut picture = factorials();
    let (from_ns, to_ns) = (picture.time_at(300.0), picture.time_at(400.0));
    picture.drag(&[row(1, 300.0)], true);
    assert_eq!(picture.marks.range_ns, Some((from_ns, from_ns)));
    picture.drag(&[row(1, 400.0)], true);
    assert_eq!(picture.marks.range_ns, Some((from_ns, to_ns)));
    picture.press(&["Home", "m", "End", "m"]);
    assert_eq!(picture.marks.range_ns, Some((0, 300 * S)));
}

#[test]
fn two_fingers_zoom_and_what_is_under_them_stays_there() {
    let mut picture = factorials();
    let span_ns = picture.view().span_ns();
    let (a_ns, b_ns) = (picture.time_at(400.0), picture.time_at(500.0));
    picture.pointer_down(7, 400.0, 50.0, false);
    picture.pointer_down(8, 500.0, 50.0, false);
    picture.pointer_move(7, 350.0, 50.0);
    picture.pointer_move(8, 550.0, 50.0);
    assert_near(picture.view().span_ns(), span_ns / 2);
    assert_near(picture.time_at(350.0), a_ns);
    assert_near(picture.time_at(550.0), b_ns);
    // The finger that stays goes on as a pan.
    picture.pointer_up(8, 550.0, 50.0, false);
    picture.pointer_move(7, 300.0, 50.0);
    assert_near(picture.time_at(300.0), a_ns);
    picture.pointer_up(7, 300.0, 50.0, false);
    assert_eq!(picture.take_events(), []);
}

#[test]
fn a_click_chooses_a_task_and_a_second_one_gives_it_up() {
    let mut picture = factorials();
    let chosen = |task| vec![PictureEvent::Select(task)];
    assert_eq!(picture.click_at(row(1, 300.0)), chosen(Some(A)));
    assert_eq!(picture.click_at(row(2, 300.0)), chosen(Some(B)));
    assert_eq!(picture.click_at(row(2, 500.0)), chosen(None));
    // By its label too.
    assert_eq!(picture.click_at(row(1, 45.0)), chosen(Some(A)));
    // A hand is not quite still.
    picture.drag(&[row(2, 300.0), row(2, 302.0)], false);
    assert_eq!(picture.take_done(), chosen(Some(B)));
}

#[test]
fn a_pointer_that_the_browser_takes_away_does_not_click() {
    let mut picture = factorials();
    let (x, y) = row(1, 300.0);
    picture.pointer_down(1, x, y, false);
    picture.pointer_cancel(1);
    picture.pointer_up(1, x, y, false);
    assert_eq!(picture.take_events(), []);
}

#[test]
fn children_are_folded_by_click_and_by_key() {
    let mut picture = factorials();
    let all = picture.rows();
    let sign = row(0, 8.0);
    let folded = |folded: Vec<TaskId>| {
        let mut options = Options::default();
        options.choice.folded = folded;
        vec![PictureEvent::Options(options)]
    };
    assert_eq!(picture.click_at(sign), folded(vec![MAIN]));
    assert_eq!(picture.rows(), all - 2);
    assert_eq!(picture.click_at(sign), folded(vec![]));
    picture.press(&["x"]);
    assert_eq!(picture.rows(), all - 2);
    picture.press(&["x"]);
    assert_eq!(picture.rows(), all);
}

#[test]
fn a_click_in_the_minimap_goes_there_and_a_drag_goes_along() {
    let mut picture = factorials();
    let there = [400.0, 500.0].map(|x| picture.time_at(x));
    picture.press(&["w", "w", "w", "w"]);
    let y = picture.view().height_px - AXIS_PX - MINIMAP_PX / 2.0;
    let middle = |view: &crate::picture::view::View| (view.from_ns + view.to_ns) / 2;
    picture.drag(&[(400.0, y)], false);
    assert_near(middle(picture.view()), there[0]);
    picture.drag(&[(400.0, y), (450.0, y), (500.0, y + 30.0)], false);
    assert_near(middle(picture.view()), there[1]);
    assert_eq!(picture.take_events(), []);
}

#[test]
fn two_clicks_show_what_is_under_them_and_beside_it_everything() {
    let mut picture = factorials();
    let x = picture.view().x_of(150 * S);
    let (x, y) = row(1, x);
    picture.double_click(x, y);
    let view = *picture.view();
    assert!(view.from_ns < 100 * S && 200 * S < view.to_ns);
    assert!(view.span_ns() < 120 * S);
    picture.double_click(x, view.height_px - 4.0);
    assert!(picture.view().is_fit(300 * S));
}

#[test]
fn a_pointer_is_told_what_is_under_it_until_it_leaves() {
    let mut picture = factorials();
    let (x, y) = row(1, 300.0);
    picture.pointer_move(1, x, y);
    let (_, _, tip) = picture.tip().expect("there is a lane");
    assert!(tip.starts_with("A\nwaiting for 1 min 40 s"), "{tip}");
    assert_eq!(picture.marks.hovered_row, Some(1));
    picture.leave();
    assert_eq!(picture.tip(), None);
    assert_eq!(picture.marks.hovered_row, None);
}

#[test]
fn keys_go_from_lane_to_lane_and_through_time_and_say_where_they_are() {
    let mut picture = factorials();
    picture.press(&["ArrowDown"]);
    assert_eq!(picture.said(), "A");
    picture.press(&["PageDown", "PageUp"]);
    assert_eq!(picture.said(), "main");
    picture.press(&["Home", "ArrowDown", "ArrowRight"]);
    assert_eq!(picture.cursor_ns(), Some(100 * S));
    assert_eq!(picture.said(), "A, waiting, 100.00 s");
    picture.press(&["Shift+ArrowRight"]);
    assert_eq!(picture.cursor_ns(), Some(200 * S));
    picture.press(&["ArrowLeft", "ArrowLeft"]);
    assert_eq!(picture.cursor_ns(), Some(0));
    picture.press(&["End"]);
    assert_eq!(picture.cursor_ns(), Some(300 * S));
    picture.take_events();
    picture.press(&["Enter"]);
    assert_eq!(picture.take_done(), [PictureEvent::Select(Some(A))]);
}

#[test]
fn without_a_cursor_the_first_step_goes_to_an_end() {
    let mut picture = factorials();
    picture.press(&["ArrowLeft"]);
    assert_eq!(picture.cursor_ns(), Some(300 * S));
    let mut picture = factorials();
    picture.press(&["Shift+ArrowRight"]);
    assert_eq!(picture.cursor_ns(), Some(0));
}

#[test]
fn a_cursor_that_goes_out_of_sight_takes_the_window_along() {
    let mut picture = factorials();
    picture.press(&["w", "w", "w", "End"]);
    assert_eq!(picture.view().to_ns, 300 * S);
    picture.press(&["Home"]);
    assert_eq!(picture.view().from_ns, 0);
    // Also when the page moved it.
    let shared = Shared {
        cursor: Some(Moment::at(250 * S)),
        ..Shared::default()
    };
    picture.share(shared);
    picture.update();
    assert!(picture.view().shows(picture.view().x_of(250 * S)));
}

#[test]
fn keys_zoom_around_the_cursor_and_fit() {
    let mut picture = factorials();
    picture.press(&["Home", "ArrowRight"]);
    let x = picture.view().x_of(100 * S);
    picture.press(&["w"]);
    assert!((picture.view().x_of(100 * S) - x).abs() < 0.1);
    assert_near(picture.view().span_ns(), 200 * S);
    let from_ns = picture.view().from_ns;
    picture.press(&["d"]);
    assert_near(picture.view().from_ns, from_ns + 40 * S);
    picture.press(&["a"]);
    assert_near(picture.view().from_ns, from_ns);
    picture.press(&["f"]);
    assert!(picture.view().is_fit(300 * S));
}

#[test]
fn a_key_acts_on_what_the_key_before_it_left_though_nothing_was_drawn() {
    let mut picture = factorials();
    // The other axis at once, and back.
    picture.press(&["o", "ArrowRight", "ArrowRight"]);
    let said = picture.said();
    assert!(said.ends_with("event #1"), "{said}");
    picture.press(&["o", "ArrowRight"]);
    let said = picture.said();
    assert!(said.ends_with(" s"), "{said}");
    // Folded rows are no rows for the next key.
    picture.press(&["Home", "PageUp", "x", "ArrowDown"]);
    let said = picture.said();
    assert!(!said.contains('A'), "{said}");
    // What is used twice is where it was.
    let before = picture.options.clone();
    picture.press(&["k", "c", "o", "x", "k", "c", "o", "x"]);
    picture.apply(PictureCommand::Options);
    picture.apply(PictureCommand::Options);
    assert_eq!(picture.options, before);
    picture.press(&["Enter", "Enter"]);
    assert_eq!(picture.shared.selected, None);
}

#[test]
fn escape_gives_up_the_range_then_the_task_and_then_is_the_pages() {
    let mut picture = factorials();
    picture.press(&["Enter", "Home", "m"]);
    picture.take_events();
    assert!(picture.apply(PictureCommand::Escape));
    assert_eq!(picture.marks.range_ns, None);
    assert!(picture.apply(PictureCommand::Escape));
    assert_eq!(picture.take_done(), [PictureEvent::Select(None)]);
    assert!(!picture.apply(PictureCommand::Escape));
}

#[test]
fn choosing_measuring_marking_and_clearing_are_said() {
    let mut picture = factorials();
    for (keys, said) in [
        (vec!["ArrowDown", "ArrowDown", "Enter"], "B is chosen"),
        (vec!["Home"], "B, waiting, 0.00 s"),
        (vec!["m"], "measures from 0.00 s"),
        (vec!["End"], "B, running, 5 min 00 s"),
        (vec!["m"], "5 min 00 s from 0.00 s to 5 min 00 s"),
        (vec!["k"], "all wakes are shown"),
        (vec!["k"], "the wakes of one task are shown"),
        (vec!["c"], "the critical path is shown"),
        (vec!["c"], "the critical path is not shown"),
        (vec!["Escape"], "nothing is measured"),
        (vec!["Escape"], "no task is chosen"),
        (vec!["PageUp", "x"], "the children of main are folded away"),
        (vec!["x"], "the children of main are shown"),
    ] {
        picture.press(&keys);
        assert_eq!(picture.said(), said, "{keys:?}");
    }
    picture.drag(&[row(1, 300.0), row(1, 400.0)], true);
    let said = picture.said();
    assert!(said.contains(" from ") && said.contains(" to "), "{said}");
}

#[test]
fn each_level_of_frames_is_said_by_its_number() {
    let mut picture = picture("async-with", "");
    picture.press(&["ArrowDown"]);
    let first = picture.said();
    picture.press(&["ArrowDown"]);
    let said = [first, picture.said()];
    assert_eq!(said, ["frames of main, level 1", "frames of main, level 2"]);
}

/// A live run of the same, of which some events have come, 5 ms before the present.
fn live(events: usize, with_preview: bool) -> Interaction {
    let done = factorials();
    let preview = done.input().run.clone();
    let mut trace = preview.borrow().trace().clone();
    trace.clock = ClockKind::Live;
    trace.end = None;
    trace.events.truncate(events);
    let run = RunRef::from_recording(Recording::from_trace(trace));
    let mut picture = Interaction::new(Input {
        run: RunRef::new(ClockKind::Live),
        live: true,
        outline: with_preview.then_some(preview),
        ..done.input().clone()
    });
    picture.set_frame(1_000.0, 900.0);
    let input = Input {
        run,
        ..picture.input().clone()
    };
    picture.show(input);
    picture.set_frame(1_005.0, 900.0);
    picture.update();
    picture
}

#[test]
fn a_live_run_has_its_previews_axis_from_the_start_and_its_outline_behind_it() {
    let picture = live(20, true);
    assert_eq!((picture.view.from_ns, picture.view.to_ns), (0, 300 * S));
    let drawn = |picture: &Interaction| {
        let run = picture.input().run.clone();
        let shapes = draw(&picture.scene(&run.borrow()));
        let is_outline = |shape: &&Shape| matches!(shape, Shape::Path(_, Paint::Faint, _));
        shapes.iter().filter(is_outline).count()
    };
    // The steps of main, A and B, those of one moment together.
    assert_eq!(drawn(&picture), 2 + 3 + 4);
    let alone = live(12, false);
    assert_eq!(drawn(&alone), 0);
    assert_eq!(alone.view.to_ns, S);
}

#[test]
fn the_cursor_of_a_live_run_goes_with_the_clock_until_the_reader_moves_it() {
    let mut picture = live(12, true);
    assert_eq!(picture.marks.cursor_ns, Some(5_000_000));
    picture.set_frame(1_105.0, 900.0);
    picture.update();
    assert_eq!(picture.marks.cursor_ns, Some(105_000_000));
    picture.press(&["Home"]);
    picture.set_frame(1_205.0, 900.0);
    picture.update();
    assert_eq!(picture.marks.cursor_ns, Some(0));
    assert_eq!(factorials().marks.cursor_ns, None);
}

#[test]
fn pictures_that_share_an_axis_move_together() {
    let mut pictures = [factorials(), factorials()];
    for picture in &mut pictures {
        let extent_ns = Some(400 * S);
        picture.show(Input {
            extent_ns,
            ..picture.input().clone()
        });
        picture.update();
        assert_eq!(picture.view().to_ns, 400 * S);
    }
    let [first, second] = &mut pictures;
    first.press(&["w"]);
    let span = (first.view().from_ns, first.view().to_ns);
    assert_eq!(first.take_events(), [PictureEvent::Span(Some(span))]);
    let shared = Shared {
        span: Some(span),
        ..Shared::default()
    };
    second.share(shared);
    second.update();
    assert_eq!((second.view().from_ns, second.view().to_ns), span);
    second.press(&["f"]);
    assert_eq!(second.take_events(), [PictureEvent::Span(None)]);
}

#[test]
fn another_run_is_shown_whole() {
    let mut picture = factorials();
    picture.press(&["w", "w", "Home", "m"]);
    let other = self::picture("factorial", "delay=10s").input().clone();
    picture.show(other);
    picture.update();
    assert!(picture.view().is_fit(30 * S));
    assert_eq!(picture.view().to_ns, 30 * S);
    assert_eq!(picture.marks.range_ns, None);
}

#[test]
fn the_focus_begins_at_the_chosen_task_and_leaves_no_mark() {
    let mut picture = factorials();
    picture.share(Shared {
        selected: Some(B),
        ..Shared::default()
    });
    picture.focus(true, true);
    assert_eq!(picture.marks.focused_row, Some(2));
    picture.focus(false, false);
    picture.update();
    assert_eq!(picture.marks.focused_row, None);
}

#[test]
fn a_compact_picture_without_an_axis_is_used_as_any_other() {
    let mut picture = factorials();
    let frame = Frame {
        rows: Rows::Low,
        has_axis: false,
    };
    let input = Input {
        frame,
        ..picture.input().clone()
    };
    picture.show(input);
    picture.update();
    // Twice six lanes, an axis and what else a page has are in view in 720 px of height.
    let last = Frame {
        has_axis: true,
        ..frame
    };
    assert_eq!(frame.height_for(6), 138.0);
    assert_eq!(last.height_for(6), 174.0);
    assert_eq!(picture.view().height_px, frame.height_for(3));
    for (row, task) in [MAIN, A, B].into_iter().enumerate() {
        let middle = TOP_PX + (row as f64 + 0.5) * 20.0;
        let events = picture.click_at((200.0, middle));
        assert_eq!(events, [PictureEvent::Select(Some(task))]);
    }
    // What is drawn keeps within the picture, and no axis is drawn.
    let run = picture.input().run.clone();
    let shapes = draw(&picture.scene(&run.borrow()));
    let words: Vec<&str> = shapes
        .iter()
        .filter_map(|shape| match shape {
            Shape::Text { text, at, .. } if f64::from(at.1) < frame.height_for(3) => Some(&**text),
            Shape::Text { text, .. } => panic!("{text} is below the picture"),
            _ => None,
        })
        .collect();
    assert!(!words.contains(&"0"), "{words:?}");
    assert!(words.contains(&"main"), "{words:?}");
    picture.press(&["ArrowDown", "ArrowDown", "ArrowRight"]);
    let said = picture.said();
    assert!(said.starts_with('B'), "{said}");
    // Below the lanes a press means nothing.
    assert_eq!(
        picture.hit_at(300.0, frame.height_for(3) - 1.0),
        Hit::Nothing
    );
}

#[test]
fn the_axis_is_one_for_all_pictures_and_chosen_where_no_time_passes() {
    let mut picture = factorials();
    picture.take_events();
    picture.press(&["o"]);
    assert_eq!(picture.take_events(), [PictureEvent::Axis(Scale::Order)]);
    let labels = |picture: &mut Interaction| {
        picture.update();
        let run = picture.input().run.clone();
        let recording = run.borrow();
        let scene = picture.scene(&recording);
        let ticks = axis::turn_ticks(scene.view, scene.timeline);
        (scene.scale(), ticks.first().map(|tick| tick.label.clone()))
    };
    let first = Some("turn 1".to_owned());
    assert_eq!(labels(&mut picture), (Scale::Order, first.clone()));
    // Another picture gave it up.
    picture.share(Shared::default());
    assert_eq!(labels(&mut picture).0, Scale::Time);
    let mut instant = self::picture("factorial", "delay=0s");
    assert_eq!(labels(&mut instant), (Scale::Order, first));
}
