//! Words on a task's lane: what it prints, and what it waits for.
//!
//! Words stand above the line of a task that waits, within a bar, or after the task's end, and only
//! where they meet nothing else. What is printed goes first: it is what the program says itself.

use crate::derived::timeline::{Lane, Segment};
use crate::picture::Scene;
use crate::picture::draw::flag;
use crate::picture::layout::{fitted, text_px};
use crate::picture::levels::holder;
use crate::picture::shape::{Anchor, Paint, Shape};
use crate::picture::view::RIGHT_PX;
use crate::trace::{EventKind, ResourceId, ResourceKind, TaskId, Trace, WaitFor};

/// With more lines of output in view than this none is written on lanes.
const MAX_PRINTED: usize = 4_000;

/// The height of the type.
const SIZE: f64 = 10.0;

/// How far words are from the line of the moment that they belong to: behind a tick.
const PAD_PX: f64 = 6.0;

/// Between two of them.
const GAP_PX: f64 = 8.0;

/// Lines that were printed within this are one.
const SAME_PX: f64 = 2.0;

/// A line of output belongs to the room that begins at most so far behind it.
const MAX_AWAY_PX: f64 = 8.0;

/// The fewest letters that are left of words which are cut.
const MIN_LETTERS: f64 = 5.0;

/// The most names of those who held a lock while somebody waited for it.
const MAX_HOLDERS: usize = 2;

/// A stretch of a lane in which words can stand.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Room {
    /// Its left edge.
    pub x0: f64,
    /// Its right edge.
    pub x1: f64,
    /// What is there.
    pub kind: RoomKind,
}

/// What words stand beside.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum RoomKind {
    /// The line of a task that waits.
    Line(Segment),
    /// A bar, in which the task has the thread.
    Bar,
    /// Nothing: the task has ended.
    End,
}

/// What was printed in view, by task.
pub(super) struct Printed(Vec<(TaskId, u32)>);

impl Printed {
    /// The positions of what a task printed, in order, each with the task.
    pub(super) fn by(&self, task: TaskId) -> &[(TaskId, u32)] {
        let first = self.0.partition_point(|(other, _)| *other < task);
        let end = self.0.partition_point(|(other, _)| *other <= task);
        &self.0[first..end]
    }
}

/// What was printed in view, unless that is far too much to be written there.
pub(super) fn printed(scene: &Scene) -> Printed {
    let view = scene.view;
    let to_ns = view.to_ns.saturating_add(view.ns_of_px(RIGHT_PX));
    let events = scene.events_between(view.from_ns, to_ns);
    let all = scene.index.printed();
    let first = all.partition_point(|position| (*position as usize) < events.start);
    let end = all.partition_point(|position| (*position as usize) < events.end);
    if end - first > MAX_PRINTED {
        return Printed(Vec::new());
    }
    let author = |position: &u32| match scene.trace.events[*position as usize].kind {
        EventKind::Output { task, .. } => Some((task, *position)),
        _ => None,
    };
    let mut printed: Vec<(TaskId, u32)> = all[first..end].iter().filter_map(author).collect();
    printed.sort();
    Printed(printed)
}

/// Lines of output that are written as one.
struct Group<'a> {
    x: f64,
    /// Which room it is in.
    room: usize,
    lines: &'a [(TaskId, u32)],
}

/// What is taken of a room.
#[derive(Clone, Copy)]
struct Taken {
    /// From the left until here.
    until_x: f64,
    /// From the right back to here.
    from_x: f64,
}

/// Writes on a lane whose middle is at `y`.
pub(super) fn draw(
    scene: &Scene,
    lane: &Lane,
    y: f64,
    rooms: &[Room],
    printed: &[(TaskId, u32)],
    shapes: &mut Vec<Shape>,
) {
    let view = scene.view;
    // From the middle of the lane to that of words above its line.
    let above_px = view.frame.bar_px() / 2.0;
    let flags = match scene.marks.flags.is_empty() {
        true => Vec::new(),
        false => flag::edges(scene, lane.task),
    };
    let mut taken: Vec<Taken> = rooms
        .iter()
        .map(|room| Taken {
            until_x: room.x0,
            from_x: room.x1,
        })
        .collect();
    let groups = groups(scene, rooms, printed);
    for (at, group) in groups.iter().enumerate() {
        let room = &rooms[group.room];
        let next = groups.get(at + 1).filter(|next| next.room == group.room);
        let end = next.map_or(room.x1, |next| next.x) - 3.0;
        let pad_px = match room.kind {
            RoomKind::Line(_) => PAD_PX,
            RoomKind::Bar | RoomKind::End => 4.0,
        };
        let start = (group.x.max(room.x0) + pad_px).max(taken[group.room].until_x);
        let (start, end) = beside_flags(&flags, start, end);
        // Left of the end is room, where that of the right is too little.
        let before = match room.kind {
            RoomKind::End => group
                .room
                .checked_sub(1)
                .filter(|before| group.x - rooms[*before].x1 <= MAX_AWAY_PX),
            _ => None,
        };
        let before_start = before.map(|before| taken[before].until_x + PAD_PX);
        let before_px = before_start.map_or(0.0, |start| group.x - 4.0 - start);
        let text = text(scene.trace, group.lines, (end - start).max(before_px));
        if text.is_empty() {
            continue;
        }
        let px = text_px(&text, SIZE, true);
        let is_left = px > end - start && before_px > end - start;
        let room_px = if is_left { before_px } else { end - start };
        if px > room_px && room_px < MIN_LETTERS * text_px("x", SIZE, true) {
            continue;
        }
        let text = fitted(&text, room_px, SIZE, true);
        let px = text_px(&text, SIZE, true);
        let (x, anchor, beside) = match before {
            Some(before) if is_left => {
                taken[before].from_x = group.x - 4.0 - px;
                (group.x - 4.0, Anchor::End, &rooms[before])
            }
            _ => {
                taken[group.room].until_x = start + px + GAP_PX;
                (start, Anchor::Start, room)
            }
        };
        let (y, paint) = match beside.kind {
            RoomKind::Bar => (y, Paint::Panel),
            _ => (y - above_px, Paint::Ink),
        };
        let at = (x as f32, y as f32);
        shapes.push(Shape::text(at, anchor, SIZE as f32, paint, text));
    }
    for (room, taken) in rooms.iter().zip(taken) {
        let RoomKind::Line(segment) = &room.kind else {
            continue;
        };
        let start = taken.until_x.max(room.x0.max(view.gutter_px) + PAD_PX);
        let (start, end) = beside_flags(&flags, start, taken.from_x - PAD_PX);
        // Less than any of the words needs.
        if end - start < MIN_LETTERS * 0.6 * SIZE {
            continue;
        }
        let words = wait_words(scene, lane.task, segment);
        let fits = |words: &String| text_px(words, SIZE, true) <= end - start;
        if let Some(words) = words.into_iter().find(fits) {
            let at = (start as f32, (y - above_px) as f32);
            let size = SIZE as f32;
            shapes.push(Shape::text(at, Anchor::Start, size, Paint::Soft, words));
        }
    }
}

/// Puts each line of output into a room, and together those of one moment.
fn groups<'a>(scene: &Scene, rooms: &[Room], printed: &'a [(TaskId, u32)]) -> Vec<Group<'a>> {
    let view = scene.view;
    let x_of = |(_, position): &(TaskId, u32)| {
        let place = scene.scale().place(scene.trace, *position as usize);
        view.x_of(place)
    };
    let mut groups = Vec::new();
    let mut room = 0;
    let mut at = 0;
    while at < printed.len() {
        let x = x_of(&printed[at]);
        let first = at;
        while at < printed.len() && x_of(&printed[at]) - x < SAME_PX {
            at += 1;
        }
        while room < rooms.len() && rooms[room].x1 <= x + 1.0 {
            room += 1;
        }
        let is_near = rooms
            .get(room)
            .is_some_and(|room| room.x0 - x <= MAX_AWAY_PX);
        // Behind the mark of its end there is nothing that a task could print.
        if is_near && x >= view.gutter_px - 1.0 {
            let lines = &printed[first..at];
            groups.push(Group { x, room, lines });
        }
    }
    groups
}

/// Lines of output in one, without the task's own name before each; no more than is needed to fill
/// a width.
fn text(trace: &Trace, lines: &[(TaskId, u32)], width_px: f64) -> String {
    let mut text = String::new();
    for (task, position) in lines {
        let EventKind::Output { text: line, .. } = trace.events[*position as usize].kind else {
            continue;
        };
        let line = trace.text(line);
        let own = line.strip_prefix(trace.name(*task));
        let line = own.and_then(|own| own.strip_prefix(": ")).unwrap_or(line);
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        if !text.is_empty() {
            text.push_str(", ");
        }
        // Never more than some letters are seen of what may be a whole page.
        text.extend(line.chars().take(400).map(|c| match c {
            '\n' | '\r' | '\t' => ' ',
            c => c,
        }));
        if text_px(&text, SIZE, true) > width_px {
            break;
        }
    }
    text
}

/// A stretch from one point to another, cut so that it meets no flag.
fn beside_flags(flags: &[(f64, f64)], start: f64, end: f64) -> (f64, f64) {
    let (mut start, mut end) = (start, end);
    for (x0, x1) in flags {
        if *x0 <= start + 1.0 {
            if *x1 > start {
                start = x1 + 2.0;
            }
        } else if *x0 < end {
            end = x0 - 2.0;
        }
    }
    (start, end)
}

/// What a task waits for in few words, and in fewer; nothing for a plain sleep.
fn wait_words(scene: &Scene, task: TaskId, segment: &Segment) -> Vec<String> {
    let trace = scene.trace;
    match segment.waits_for {
        None | Some(WaitFor::Timer(_)) => Vec::new(),
        Some(WaitFor::Task(task)) => {
            let name = trace.name(task);
            // "task task 1" says nothing more.
            let words = match name.starts_with("task ") {
                true => name.to_owned(),
                false => format!("task {name}"),
            };
            vec![words, name.to_owned()]
        }
        Some(WaitFor::Resource(id)) => {
            let info = trace.resource(id);
            let word = info.kind.word().to_owned();
            if info.kind != ResourceKind::Lock {
                return vec![info.title(), word];
            }
            // Of several locks it matters which.
            let lock = if scene.index.locks() > 1 {
                info.title()
            } else {
                word
            };
            let holders = holders(scene, id, task, segment);
            let held = holders.first().map(|first| format!("{lock}: {first}"));
            let all = (holders.len() > 1).then(|| format!("{lock}: {}", holders.join(", ")));
            all.into_iter().chain(held).chain([lock]).collect()
        }
    }
}

/// The names of those who held a lock while a task waited for it, the first few of them.
fn holders(scene: &Scene, lock: ResourceId, waiter: TaskId, segment: &Segment) -> Vec<String> {
    let trace = scene.trace;
    let levels = scene.index.levels(lock);
    let until = |place: u64| levels.changes_until(scene.scale().events_until(trace, place));
    // Who got it at the very moment at which the waiting began, or before, is the first.
    let first = until(segment.start_ns).saturating_sub(1);
    let end = until(segment.end_ns.saturating_sub(1).max(segment.start_ns));
    let mut names: Vec<String> = Vec::new();
    for position in &levels.positions()[first..end] {
        let Some(task) = holder(trace, *position).filter(|task| *task != waiter) else {
            continue;
        };
        let name = trace.name(task);
        if names.iter().any(|other| other == name) {
            continue;
        }
        if names.len() == MAX_HOLDERS {
            names.push("…".to_owned());
            break;
        }
        names.push(name.to_owned());
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::run_with;
    use crate::derived::timeline::Scale;
    use crate::picture::Whole;
    use crate::picture::draw::draw;
    use crate::picture::layout::label;
    use crate::picture::sample;
    use expect_test::{Expect, expect};

    /// The words on each lane of a picture of that width, from left to right, with where they
    /// begin; none of them meets another.
    #[track_caller]
    fn check(scale: Scale, slug: &str, setting: &str, width_px: f64, expected: Expect) {
        let trace = run_with(slug, setting);
        expected.assert_eq(&words(&trace, scale, width_px));
    }

    fn words(trace: &Trace, scale: Scale, width_px: f64) -> String {
        let whole = Whole::of(trace, scale, width_px, 80.0);
        let scene = whole.scene();
        let Whole {
            index,
            layout,
            view,
            ..
        } = &whole;
        let shapes = draw(&scene);
        let mut said = String::new();
        for (at, row) in layout.rows.iter().enumerate() {
            if layout.task(at).is_none() {
                continue;
            }
            let (top, bottom) = (view.y_of(at) as f32, view.y_of(at + 1) as f32);
            let mut words: Vec<(f64, f64, String)> = Vec::new();
            for shape in &shapes {
                let Shape::Text {
                    at: (x, y),
                    anchor,
                    text,
                    ..
                } = shape
                else {
                    continue;
                };
                if !(top..bottom).contains(y) || f64::from(*x) < view.gutter_px || text == "!" {
                    continue;
                }
                let px = text_px(text, SIZE, true);
                let x0 = f64::from(*x) - if *anchor == Anchor::End { px } else { 0.0 };
                words.push((x0, x0 + px, text.clone()));
            }
            words.sort_by(|a, b| a.0.total_cmp(&b.0));
            for pair in words.windows(2) {
                assert!(pair[0].1 < pair[1].0, "{pair:?} meet");
            }
            let last = words.last().map_or(0.0, |(_, x1, _)| *x1);
            assert!(last < width_px, "{words:?} are cut off");
            said += &label(trace, index, row);
            for (x, _, text) in words {
                said += &format!(" | {x:.0} {text}");
            }
            said.push('\n');
        }
        said
    }

    #[test]
    fn what_is_printed_stands_where_it_is_printed_without_its_task() {
        check(
            Scale::Time,
            "lost-update",
            "rounds=2",
            700.0,
            expect![[r#"
            main | 86 2 tasks | 556 counter: 2, lost: 2
            task 1 | 86 reads 0 | 383 writes 1, reads 1 | 622 writes 2
            task 2 | 86 reads 0 | 383 writes 1, reads 1 | 622 writes 2
        "#]],
        );
    }

    #[test]
    fn who_waits_for_a_lock_is_told_who_holds_it() {
        check(
            Scale::Time,
            "lost-update",
            "mode=lock&rounds=2",
            900.0,
            expect![[r#"
            main | 86 2 tasks | 756 counter: 4, lost: 0
            task 1 | 86 reads 0 | 284 writes 1 | 341 lock: task 2 | 483 reads 2 | 684 writes 3
            task 2 | 86 lock: task 1 | 284 reads 1 | 483 writes 2 | 539 lock: task 1 | 682 reads 3 | 822 writes 4
        "#]],
        );
        check(
            Scale::Time,
            "deadlock",
            "",
            700.0,
            expect![[r#"
            main | 86 2 tasks
            A | 86 has its first lock
            B | 86 has its first lock
        "#]],
        );
        check(
            Scale::Time,
            "lost-update",
            "mode=lock&rounds=1&tasks=4",
            900.0,
            expect![[r#"
            main | 86 4 tasks | 756 counter: 4, lost: 0
            task 1 | 86 reads 0 | 288 writes 1
            task 2 | 86 lock: task 1 | 284 reads 1 | 486 writes 2
            task 3 | 86 lock: task 1, task 2 | 483 reads 2 | 684 writes 3
            task 4 | 86 lock: task 1, task 2, … | 682 reads 3 | 822 writes 4
        "#]],
        );
    }

    #[test]
    fn words_give_way_where_there_is_little_room() {
        check(
            Scale::Time,
            "lost-update",
            "mode=lock&rounds=2",
            420.0,
            expect![[r#"
            main | 86 2 tasks | 276 counter: 4, lost: 0
            task 1 | 86 reads 0 | 164 writes 1 | 243 reads 2 | 324 writes 3
            task 2 | 86 lock | 164 reads 1 | 243 writes 2 | 322 reads 3
        "#]],
        );
        check(
            Scale::Time,
            "lost-update",
            "mode=lock&rounds=9",
            420.0,
            expect![[r#"
            main | 86 2 tasks | 270 counter: 18, lost: 0
            task 1
            task 2
        "#]],
        );
    }

    #[test]
    fn within_a_bar_words_stand_in_it() {
        check(
            Scale::Time,
            "hello-blocking-async",
            "mode=blocking",
            700.0,
            expect![[r#"
                main | 86 3 tasks
                task 1 | 287 Hello
                task 2 | 485 Hello
                task 3 | 640 Hello
            "#]],
        );
        check(
            Scale::Order,
            "factorial",
            "delay=0s",
            900.0,
            expect![[r#"
                main | 184 2 tasks
                A
                B
            "#]],
        );
    }

    #[test]
    fn other_kinds_of_waiting_say_for_what() {
        check(
            Scale::Time,
            "future",
            "",
            700.0,
            expect![[r#"
            main | 86 2 tasks
            waiter | 86 awaits the future | 196 future answer | 634 got 42
            filler | 405 fills the future, has filled it, and goes on
        "#]],
        );
        check(
            Scale::Time,
            "awaitables",
            "",
            700.0,
            expect![[r#"
            main | 206 the answer of the coroutine, the answer of the task, the answer of the future
            task
        "#]],
        );
        check(
            Scale::Time,
            "weather",
            "",
            700.0,
            expect![[r#"
                main | 86 3 tasks
                paris | 86 http weather service | 513 Temperature at paris: 18 C
                toulouse | 86 http weather service | 261 Temperature at toulouse: 24 C
                marseille | 86 http weather service | 236 Temperature at marseille: 25 C
            "#]],
        );
        check(
            Scale::Time,
            "bounded-queue",
            "",
            1_200.0,
            expect![[r#"
            main | 86 2 tasks
            producer | 138 put 1,… | 190 put 2,… | 242 put 3,… | 294 put 4,… | 346 has 5,… | 399 put 5,… | 451 has 6, and… | 529 put 6,… | 581 has 7, and… | 659 put 7,… | 711 has 8, and… | 789 put 8, 2 in the que…
            consumer | 86 queue | 268 used 1 | 399 used 2 | 529 used 3 | 659 used 4 | 789 used 5 | 920 used 6 | 1050 used 7 | 1098 used 8, st…
        "#]],
        );
    }

    #[test]
    fn a_crowded_picture_has_no_words_that_meet() {
        for seed in 0..20 {
            for width_px in [300.0, 900.0, 4_000.0, 40_000.0] {
                words(&sample::trace(4, 400, seed), Scale::Time, width_px);
                words(&sample::trace(4, 400, seed), Scale::Order, width_px);
            }
        }
    }
}
