//! A run in the JSON form of Chrome's trace events, which Perfetto (<https://ui.perfetto.dev>) opens.
//!
//! The form is described in the [Trace Event Format] document; what Perfetto makes of it, in its
//! page on [other formats]. These of their rules decide what is written here:
//!
//! - `ts` and `dur` are microseconds. They have three decimals where they need them, so that no
//!   nanosecond is lost.
//! - Complete events (`X`) of a thread have to nest. A task's states do not nest in what others do
//!   meanwhile, so each task is a thread of its own: one slice for each of its steps, in that what
//!   blocked the loop. Between two steps it is ready or waits. That is on a second thread beside
//!   it, so that the first shows at a glance when it had the loop.
//! - Metadata events (`M`) name threads and put them in order: the loop first, then the tasks as
//!   they were spawned.
//! - Of a flow the start (`s`) belongs to the slice around it on its thread, and so does the end
//!   (`f`) with `"bp":"e"`. A flow has one end: each wake is one of its own. It begins in the step
//!   that woke the task. Nobody's step wakes when a timer fires, something comes from outside, or
//!   what is called at a task's end wakes others: then it begins in a slice without length, on the
//!   loop's thread or, of a task, on its own.
//! - Slices at the same time belong into each other in the order of the file, so that events of the
//!   same time have the order of the trace.
//!
//! [Trace Event Format]: https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
//! [other formats]: https://perfetto.dev/docs/getting-started/other-formats

use crate::derived::loop_state::wait_in_words;
use crate::derived::timeline::{Lane, LaneState, Timeline};
use crate::export::{Version, place};
use crate::trace::{Cause, EventKind, LocationId, TaskId, TimerId, Trace, WaitFor};
use std::fmt::{self, Write};

/// The number of the loop's thread. Its process has the same, by which Perfetto knows the main thread.
const LOOP_THREAD: u32 = 1;

/// The runs as one file, each as a process of its own.
///
/// # Errors
/// Those of `out`.
pub fn write(out: &mut impl Write, title: &str, versions: &[Version]) -> fmt::Result {
    let mut writer = Writer {
        out,
        line: String::new(),
        begun: false,
    };
    // Unless it is ns, viewers round times before they nest slices.
    writer
        .out
        .write_str("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[")?;
    let mut items = Vec::new();
    let mut flows = 0;
    for (at, version) in versions.iter().enumerate() {
        let process = Process {
            pid: at as u32 + 1,
            trace: version.recording.trace(),
        };
        writer.names(&process, title, version.label)?;
        let collector = Collector {
            process,
            timeline: version.recording.timeline(),
            items: &mut items,
            flows: &mut flows,
        };
        collector.collect();
    }
    // What was put in first stays first among events of the same position; a step lies around what is in it.
    items.sort_by_key(|item| {
        let is_within = matches!(item.kind, Kind::Blocking(..));
        (item.time_ns, item.position, is_within)
    });
    for item in &items {
        let trace = versions[item.pid as usize - 1].recording.trace();
        writer.item(trace, item)?;
    }
    writer.out.write_str("\n]}\n")
}

/// The same as a text. A run of a million events takes some 140 MB, so that those who can write it in pieces should.
pub fn text(title: &str, versions: &[Version]) -> String {
    let mut text = String::new();
    // A string takes whatever it is given.
    let _ = write(&mut text, title, versions);
    text
}

/// A run as a process.
#[derive(Clone, Copy)]
struct Process<'a> {
    pid: u32,
    trace: &'a Trace,
}

/// The thread of a task's steps.
fn steps_thread(task: TaskId) -> u32 {
    LOOP_THREAD + 1 + 2 * task.0
}

/// The thread of what a task is in between two steps.
fn between_thread(task: TaskId) -> u32 {
    steps_thread(task) + 1
}

/// An event to write.
struct Item {
    time_ns: u64,
    /// The position in the trace at which it happens.
    position: u32,
    pid: u32,
    kind: Kind,
}

enum Kind {
    /// A step of a task, until then, with the line where it stood afterwards.
    Step(TaskId, u64, LocationId),
    /// What blocked the loop in a step, until then.
    Blocking(TaskId, u64),
    /// A task could run, until then.
    Ready(TaskId, u64),
    /// A task waited, until then.
    Waiting(TaskId, u64, Option<WaitFor>),
    /// The loop's turn of that number, until then.
    Turn(u32, u64),
    /// A timer was served, until then.
    Timer(TimerId, u64),
    /// Who woke, outside of any step.
    Waker(Cause),
    /// The wake of that number begins on a thread.
    FlowStart(u32, u32),
    /// It ends in a step of a task.
    FlowEnd(u32, TaskId),
    /// An event of the trace that has no length.
    Event,
}

/// A step of a task as a slice.
#[derive(Clone, Copy)]
struct Step {
    position: u32,
    start_ns: u64,
    end_ns: u64,
    location: LocationId,
}

/// What the segments of running in a lane began with.
struct Origin {
    position: u32,
    /// The loop, rather than the end of a block or another thread, ran it.
    is_poll: bool,
    location: LocationId,
    /// The position of what says that it blocks from then on, if it does.
    block_at: Option<u32>,
}

/// Makes the events of a run, in no order.
struct Collector<'a> {
    process: Process<'a>,
    timeline: &'a Timeline,
    items: &'a mut Vec<Item>,
    /// How many flows there are in the file: no two have the same number.
    flows: &'a mut u32,
}

impl Collector<'_> {
    fn push(&mut self, time_ns: u64, position: usize, kind: Kind) {
        self.items.push(Item {
            time_ns,
            position: position as u32,
            pid: self.process.pid,
            kind,
        });
    }

    fn collect(mut self) {
        let origins = origins(self.process.trace, self.timeline);
        let lanes = self.timeline.lanes.iter().zip(&origins);
        let steps: Vec<Vec<Step>> = lanes
            .map(|(lane, origins)| self.lane(lane, origins))
            .collect();
        self.loop_thread();
        self.wakes(&steps);
        for (position, event) in self.process.trace.events.iter().enumerate() {
            if matches!(
                event.kind,
                EventKind::Output { .. } | EventKind::Note { .. } | EventKind::Value { .. }
            ) {
                self.push(event.time_ns, position, Kind::Event);
            }
        }
    }

    /// The slices of a task; returns those of its steps that the loop ran.
    fn lane(&mut self, lane: &Lane, origins: &[Origin]) -> Vec<Step> {
        let task = lane.task;
        let now_ns = self.process.trace.duration_ns();
        let mut origins = origins.iter();
        let mut polls = Vec::new();
        // The step that is not over yet, and whether the loop ran it.
        let mut step: Option<(Step, bool)> = None;
        let mut block_at = 0;
        // After the last segment comes nothing, which ends a step too.
        for segment in lane.segments_until(now_ns).map(Some).chain([None]) {
            let is_new = match segment.map(|segment| segment.state) {
                Some(LaneState::Running) => {
                    let origin = origins.next();
                    block_at = origin.and_then(|origin| origin.block_at).unwrap_or(0);
                    let is_poll = origin.is_some_and(|origin| origin.is_poll);
                    match (is_poll, origin) {
                        (false, _) if step.is_some() => None,
                        (_, Some(origin)) => Some((origin.position, origin.location, is_poll)),
                        (_, None) => Some((0, LocationId::UNKNOWN, false)),
                    }
                }
                Some(LaneState::Blocking) if step.is_none() => {
                    // A damaged trace: what blocks has the loop.
                    Some((0, LocationId::UNKNOWN, false))
                }
                Some(LaneState::Blocking) => None,
                _ => {
                    self.step(task, &mut polls, step.take());
                    None
                }
            };
            let Some(segment) = segment else { break };
            if let Some((position, location, is_poll)) = is_new {
                self.step(task, &mut polls, step.take());
                let begun = Step {
                    position,
                    start_ns: segment.start_ns,
                    end_ns: segment.end_ns,
                    location,
                };
                step = Some((begun, is_poll));
            }
            let (from_ns, to_ns) = (segment.start_ns, segment.end_ns);
            match (segment.state, &mut step) {
                (LaneState::Running, Some((step, _))) => step.end_ns = to_ns,
                (LaneState::Blocking, Some((step, _))) => {
                    step.end_ns = to_ns;
                    // Not before its step, whatever a damaged trace says.
                    let position = block_at.max(step.position);
                    self.push(from_ns, position as usize, Kind::Blocking(task, to_ns));
                }
                (LaneState::Ready, _) if to_ns > from_ns => {
                    self.push(from_ns, 0, Kind::Ready(task, to_ns));
                }
                (LaneState::Waiting, _) if to_ns > from_ns => {
                    self.push(from_ns, 0, Kind::Waiting(task, to_ns, segment.waits_for));
                }
                _ => {}
            }
        }
        polls
    }

    /// A step is over.
    fn step(&mut self, task: TaskId, polls: &mut Vec<Step>, step: Option<(Step, bool)>) {
        let Some((step, is_poll)) = step else { return };
        let position = step.position as usize;
        let kind = Kind::Step(task, step.end_ns, step.location);
        self.push(step.start_ns, position, kind);
        if is_poll {
            polls.push(step);
        }
    }

    /// The turns of the loop and the timers that it served.
    fn loop_thread(&mut self) {
        let trace = self.process.trace;
        let mut turn: Option<(usize, u64)> = None;
        let mut turns = 0;
        let mut timer: Option<(usize, TimerId, u64)> = None;
        for (position, event) in trace.events.iter().enumerate() {
            let now_ns = event.time_ns;
            match (event.kind, &mut timer) {
                // It serves a timer until the last wake that comes of it.
                (
                    EventKind::Wake {
                        by: Cause::Timer(by),
                        ..
                    },
                    Some((_, served, until_ns)),
                ) if by == *served => *until_ns = now_ns,
                (EventKind::TimerFired { timer: served }, _) => {
                    self.timer(timer.take());
                    timer = Some((position, served, now_ns));
                }
                (EventKind::LoopTurn | EventKind::PollStart { .. }, _) => self.timer(timer.take()),
                _ => {}
            }
            match event.kind {
                EventKind::LoopTurn => {
                    self.turn(turn.take(), turns);
                    turns += 1;
                    turn = Some((position, now_ns));
                }
                // What comes from outside may come between two turns.
                EventKind::PollStart { .. }
                | EventKind::PollEnd { .. }
                | EventKind::Done { .. }
                | EventKind::TimerFired { .. }
                | EventKind::Wake {
                    by: Cause::Task(_) | Cause::Timer(_),
                    ..
                } => {
                    if let Some((_, until_ns)) = &mut turn {
                        *until_ns = now_ns;
                    }
                }
                _ => {}
            }
        }
        self.timer(timer);
        self.turn(turn, turns);
    }

    fn turn(&mut self, turn: Option<(usize, u64)>, number: u32) {
        if let Some((position, until_ns)) = turn {
            let from_ns = self.process.trace.events[position].time_ns;
            self.push(from_ns, position, Kind::Turn(number, until_ns));
        }
    }

    fn timer(&mut self, timer: Option<(usize, TimerId, u64)>) {
        if let Some((position, timer, until_ns)) = timer {
            let from_ns = self.process.trace.events[position].time_ns;
            self.push(from_ns, position, Kind::Timer(timer, until_ns));
        }
    }

    /// The wakes that led to a step: from who woke to that step.
    fn wakes(&mut self, steps: &[Vec<Step>]) {
        let trace = self.process.trace;
        // How many steps each task has begun, and whether it is in one.
        let mut at: Vec<(usize, bool)> = vec![(0, false); steps.len()];
        let mut serves = None;
        for (position, event) in trace.events.iter().enumerate() {
            match event.kind {
                EventKind::LoopTurn => serves = None,
                EventKind::TimerFired { timer } => serves = Some(timer),
                EventKind::PollStart { task } => {
                    serves = None;
                    let Some((begun, runs)) = at.get_mut(task.index()) else {
                        continue;
                    };
                    let next = steps[task.index()].get(*begun);
                    if next.is_some_and(|step| step.position as usize == position) {
                        *begun += 1;
                        *runs = true;
                    }
                }
                EventKind::PollEnd { task, .. } | EventKind::Done { task, .. } => {
                    if let Some((_, runs)) = at.get_mut(task.index()) {
                        *runs = false;
                    }
                }
                EventKind::Wake {
                    target,
                    by,
                    merged: false,
                } => {
                    let begun = at.get(target.index()).map(|(begun, _)| *begun);
                    let step = begun.and_then(|begun| steps[target.index()].get(begun));
                    let Some(step) = step else { continue };
                    *self.flows += 1;
                    let id = *self.flows;
                    let now_ns = event.time_ns;
                    let thread = match by {
                        Cause::Task(task) => steps_thread(task),
                        Cause::Timer(_) | Cause::External => LOOP_THREAD,
                    };
                    let is_in_slice = match by {
                        Cause::Task(task) => at.get(task.index()).is_some_and(|(begun, runs)| {
                            let own = begun.checked_sub(1).map(|at| &steps[task.index()][at]);
                            *runs
                                && own.is_some_and(|own| {
                                    (own.start_ns..=own.end_ns).contains(&now_ns)
                                })
                        }),
                        Cause::Timer(timer) => serves == Some(timer),
                        Cause::External => false,
                    };
                    if !is_in_slice {
                        self.push(now_ns, position, Kind::Waker(by));
                    }
                    self.push(now_ns, position, Kind::FlowStart(id, thread));
                    let end = Kind::FlowEnd(id, target);
                    self.push(step.start_ns, step.position as usize, end);
                }
                _ => {}
            }
        }
    }
}

/// What each segment of running in each lane began with, in the lane's order: the timeline keeps all of
/// these segments, also those without length.
fn origins(trace: &Trace, timeline: &Timeline) -> Vec<Vec<Origin>> {
    let mut origins: Vec<Vec<Origin>> = Vec::new();
    origins.resize_with(timeline.lanes.len(), Vec::new);
    let mut is_done = vec![false; timeline.lanes.len()];
    let mut lanes = 0;
    for (position, event) in trace.events.iter().enumerate() {
        let (task, is_poll) = match event.kind {
            EventKind::Spawn { task } => {
                lanes = lanes.max(task.index() + 1);
                continue;
            }
            EventKind::Done { task, .. } | EventKind::ThreadEnd { task, .. } => {
                if task.index() < lanes {
                    is_done[task.index()] = true;
                }
                continue;
            }
            EventKind::PollEnd { task, location, .. } => {
                let own = origins.get_mut(task.index());
                let step = own.and_then(|own| own.iter_mut().rfind(|origin| origin.is_poll));
                if let Some(step) = step {
                    step.location = location;
                }
                continue;
            }
            EventKind::Blocks { task, .. } => {
                let last = origins.get_mut(task.index()).and_then(|own| own.last_mut());
                if let Some(last) = last {
                    last.block_at = Some(position as u32);
                }
                continue;
            }
            EventKind::PollStart { task } => (task, true),
            EventKind::Blocked { task, .. } | EventKind::ThreadStart { task, .. } => (task, false),
            _ => continue,
        };
        if task.index() < lanes && !is_done[task.index()] {
            let own = &mut origins[task.index()];
            if let (EventKind::Blocked { .. }, Some(last)) = (event.kind, own.last_mut()) {
                last.block_at.get_or_insert(position as u32);
            }
            own.push(Origin {
                position: position as u32,
                is_poll,
                location: LocationId::UNKNOWN,
                block_at: None,
            });
        }
    }
    origins
}

struct Writer<'a, W> {
    out: &'a mut W,
    line: String,
    /// An event has been written.
    begun: bool,
}

impl<W: Write> Writer<'_, W> {
    /// Writes an event, which the line holds but for its end.
    fn end_event(&mut self) -> fmt::Result {
        self.line.push('}');
        self.out.write_str(if self.begun { ",\n" } else { "\n" })?;
        self.begun = true;
        self.out.write_str(&self.line)?;
        self.line.clear();
        Ok(())
    }

    /// The names of a process and its threads.
    fn names(&mut self, process: &Process, title: &str, label: &str) -> fmt::Result {
        let pid = process.pid;
        let mut meta = |tid: u32, what: &str, key: &str, value: &dyn Fn(&mut String)| {
            let line = &mut self.line;
            let _ = write!(
                line,
                r#"{{"ph":"M","pid":{pid},"tid":{tid},"name":"{what}","args":{{"{key}":"#
            );
            value(line);
            line.push('}');
            self.end_event()
        };
        let name = match label {
            "" => title.to_owned(),
            label => format!("{title}: {label}"),
        };
        meta(LOOP_THREAD, "process_name", "name", &|line| {
            push_string(line, &name);
        })?;
        meta(LOOP_THREAD, "process_sort_index", "sort_index", &|line| {
            let _ = write!(line, "{pid}");
        })?;
        let mut thread = |tid: u32, name: &str| {
            meta(tid, "thread_name", "name", &|line| push_string(line, name))?;
            meta(tid, "thread_sort_index", "sort_index", &|line| {
                let _ = write!(line, "{tid}");
            })
        };
        thread(LOOP_THREAD, "event loop")?;
        for (at, info) in process.trace.tasks.iter().enumerate() {
            let task = TaskId(at as u32);
            let name = match &*info.name {
                "" => format!("task {at}"),
                name => name.to_owned(),
            };
            let place = match info.thread {
                0 => String::new(),
                number => format!(" (thread {number})"),
            };
            thread(steps_thread(task), &format!("{name}{place}"))?;
            thread(between_thread(task), &format!("{name}: ready, waiting"))?;
        }
        Ok(())
    }

    fn item(&mut self, trace: &Trace, item: &Item) -> fmt::Result {
        let from_ns = item.time_ns;
        match item.kind {
            Kind::Step(task, to_ns, location) => {
                let place = place(trace, location);
                let args: &[_] = match place.is_empty() {
                    true => &[],
                    false => &[("until", &*place)],
                };
                self.slice(item, steps_thread(task), "running", "running", to_ns, args);
            }
            Kind::Blocking(task, to_ns) => {
                let name = LaneState::Blocking.words();
                self.slice(item, steps_thread(task), name, "blocking", to_ns, &[]);
            }
            Kind::Ready(task, to_ns) => {
                let name = LaneState::Ready.words();
                self.slice(item, between_thread(task), name, "ready", to_ns, &[]);
            }
            Kind::Waiting(task, to_ns, on) => {
                let name = match on {
                    Some(on) => format!("waiting for {}", wait_in_words(trace, on)),
                    None => LaneState::Waiting.words().to_owned(),
                };
                self.slice(item, between_thread(task), &name, "waiting", to_ns, &[]);
            }
            Kind::Turn(number, to_ns) => {
                self.slice(
                    item,
                    LOOP_THREAD,
                    &format!("turn {number}"),
                    "turn",
                    to_ns,
                    &[],
                );
            }
            Kind::Timer(timer, to_ns) => {
                let name = format!("timer {}", timer.0);
                self.slice(item, LOOP_THREAD, &name, "timer", to_ns, &[]);
            }
            Kind::Waker(by) => {
                let (thread, name) = match by {
                    Cause::Task(task) => (steps_thread(task), "callback".to_owned()),
                    Cause::Timer(timer) => (LOOP_THREAD, format!("timer {}", timer.0)),
                    Cause::External => (LOOP_THREAD, "from outside".to_owned()),
                };
                self.slice(item, thread, &name, "wake", from_ns, &[]);
            }
            Kind::FlowStart(id, thread) => {
                self.begin("s", item, Some(thread), "wake", "wake");
                let _ = write!(self.line, r#","id":{id}"#);
            }
            Kind::FlowEnd(id, task) => {
                self.begin("f", item, Some(steps_thread(task)), "wake", "wake");
                let _ = write!(self.line, r#","id":{id},"bp":"e""#);
            }
            Kind::Event => match trace.events[item.position as usize].kind {
                EventKind::Output {
                    task,
                    text,
                    location,
                } => {
                    let thread = Some(steps_thread(task));
                    self.begin("i", item, thread, trace.text(text), "output");
                    self.line.push_str(r#","s":"t""#);
                    let place = place(trace, location);
                    if !place.is_empty() {
                        self.args(&[("line", &place)]);
                    }
                }
                EventKind::Note { task, text } => {
                    let thread = Some(steps_thread(task));
                    self.begin("i", item, thread, trace.text(text), "note");
                    self.line.push_str(r#","s":"t""#);
                }
                EventKind::Value { name, value, .. } => {
                    // A counter is its process's.
                    self.begin("C", item, None, trace.text(name), "value");
                    let _ = write!(self.line, r#","args":{{"value":{value}}}"#);
                }
                _ => return Ok(()),
            },
        }
        self.end_event()
    }

    fn slice(
        &mut self,
        item: &Item,
        thread: u32,
        name: &str,
        category: &str,
        to_ns: u64,
        args: &[(&str, &str)],
    ) {
        self.begin("X", item, Some(thread), name, category);
        self.line.push_str(r#","dur":"#);
        push_us(&mut self.line, to_ns.saturating_sub(item.time_ns));
        if !args.is_empty() {
            self.args(args);
        }
    }

    /// What all events have.
    fn begin(&mut self, phase: &str, item: &Item, tid: Option<u32>, name: &str, category: &str) {
        let line = &mut self.line;
        let _ = write!(line, r#"{{"ph":"{phase}","pid":{}"#, item.pid);
        if let Some(tid) = tid {
            let _ = write!(line, r#","tid":{tid}"#);
        }
        line.push_str(r#","ts":"#);
        push_us(line, item.time_ns);
        let _ = write!(line, r#","cat":"{category}","name":"#);
        push_string(line, name);
    }

    fn args(&mut self, args: &[(&str, &str)]) {
        self.line.push_str(r#","args":{"#);
        for (at, (key, value)) in args.iter().enumerate() {
            let comma = if at > 0 { "," } else { "" };
            let _ = write!(self.line, r#"{comma}"{key}":"#);
            push_string(&mut self.line, value);
        }
        self.line.push('}');
    }
}

/// Nanoseconds as microseconds, with no digit lost and none that says nothing: 1234.567, 2.
fn push_us(line: &mut String, ns: u64) {
    let (whole, part) = (ns / 1_000, ns % 1_000);
    let _ = write!(line, "{whole}");
    if part > 0 {
        let digits = format!(".{part:03}");
        line.push_str(digits.trim_end_matches('0'));
    }
}

/// A text as JSON has it (RFC 8259, section 7). Rust's strings have no lone surrogates.
fn push_string(line: &mut String, text: &str) {
    line.push('"');
    for letter in text.chars() {
        match letter {
            '"' => line.push_str("\\\""),
            '\\' => line.push_str("\\\\"),
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            '\t' => line.push_str("\\t"),
            '\0'..='\u{1f}' | '\u{7f}' => {
                let _ = write!(line, "\\u{:04x}", letter as u32);
            }
            letter => line.push(letter),
        }
    }
    line.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn microseconds_keep_every_nanosecond() {
        for (ns, text) in [
            (0, "0"),
            (1, "0.001"),
            (1_234_567, "1234.567"),
            (2_000, "2"),
            (2_500, "2.5"),
            (1 << 62, "4611686018427387.904"),
        ] {
            let mut line = String::new();
            push_us(&mut line, ns);
            assert_eq!(line, text);
        }
    }

    #[test]
    fn texts_are_read_back_as_they_were() {
        let text = "\0\u{1}\u{1f}\u{7f}\"\\/\r\n\t\u{2028}ß😀\u{fffe}";
        let mut line = String::new();
        push_string(&mut line, text);
        let read: String = serde_json::from_str(&line).expect("it is JSON");
        assert_eq!(read, text);
        assert!(line.chars().all(|letter| !letter.is_control()), "{line}");
    }
}
