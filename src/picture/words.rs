//! What a picture shows, in words: cards, a sentence, a table.

use crate::derived::browser_loop::BrowserLane;
use crate::derived::loop_state::wait_in_words;
use crate::derived::output;
use crate::derived::timeline::{LaneState, Scale, Segment, Timeline};
use crate::picture::Scene;
use crate::picture::axis::{duration_words, moment_words};
use crate::picture::draw::{browser, frame};
use crate::picture::hit::Hit;
use crate::picture::layout::RowKind;
use crate::picture::lod::{Index, Shares};
use crate::picture::view::View;
use crate::trace::{
    BrowserQueue, Cause, Ending, Event, EventKind, LocationId, PollOutcome, ResourceId,
    ResourceKind, TaskId, Trace,
};

/// A line of output on a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardLine {
    /// Nanoseconds since the run began.
    pub time_ns: u64,
    /// What was printed.
    pub text: String,
}

/// All about one task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Which.
    pub task: TaskId,
    /// What the program calls it.
    pub name: String,
    /// Who spawned it.
    pub parent: Option<TaskId>,
    /// Where it was spawned.
    pub location: LocationId,
    /// When it was spawned; nanoseconds since the run began.
    pub spawned_ns: u64,
    /// When and how it ended, and with what result or error.
    pub done: Option<(u64, Ending, String)>,
    /// How often it got the thread.
    pub polls: usize,
    /// How long it was in which state.
    pub shares: Shares,
    /// What it printed: the last lines, in order.
    pub lines: Vec<CardLine>,
    /// How many lines it printed before those.
    pub lines_before: usize,
}

/// A card shows no more lines than this.
const MAX_CARD_LINES: usize = 5;

impl Card {
    /// The card of a task, at the end of the trace so far. Reads the whole trace once.
    pub fn new(
        trace: &Trace,
        timeline: &Timeline,
        index: &Index,
        task: TaskId,
        now_ns: u64,
    ) -> Option<Card> {
        let lane = timeline.lanes.get(task.index())?;
        let info = trace.tasks.get(task.index())?;
        let mut polls = 0;
        let mut result = String::new();
        for event in &trace.events {
            match event.kind {
                EventKind::PollStart { task: polled } if polled == task => polls += 1,
                EventKind::Done {
                    task: done, text, ..
                } if done == task => result = trace.text(text).to_owned(),
                _ => {}
            }
        }
        let all = || output::lines(trace).filter(|line| line.task == task && !line.note);
        let count = all().count();
        let lines: Vec<CardLine> = all()
            .skip(count.saturating_sub(MAX_CARD_LINES))
            .map(|line| CardLine {
                time_ns: line.time_ns,
                text: line.text.to_owned(),
            })
            .collect();
        Some(Card {
            task,
            name: info.name.to_string(),
            parent: info.parent,
            location: info.location,
            spawned_ns: lane.spawned_ns,
            done: lane.done.map(|(done_ns, ending)| (done_ns, ending, result)),
            polls,
            shares: index.shares(lane, 0, u64::MAX, now_ns),
            lines_before: count - lines.len(),
            lines,
        })
    }
}

/// The positions of the wakes by a task or of it, in order, from a position on.
pub fn wakes_of(trace: &Trace, task: TaskId, from: usize) -> impl Iterator<Item = u32> + '_ {
    let concerns = move |event: &Event| match event.kind {
        EventKind::Wake {
            target,
            by,
            merged: false,
        } => target == task || by == Cause::Task(task),
        _ => false,
    };
    trace
        .events
        .iter()
        .enumerate()
        .skip(from)
        .filter(move |(_, event)| concerns(event))
        .map(|(position, _)| position as u32)
}

/// What a picture shows, in a sentence or two.
pub fn summary(trace: &Trace, timeline: &Timeline) -> String {
    if timeline.lanes.is_empty() {
        return "Nothing has happened yet.".to_owned();
    }
    let mut ended = [0; 4];
    let mut alive = 0;
    for lane in &timeline.lanes {
        match lane.done {
            Some((_, ending)) => ended[ending as usize] += 1,
            None => alive += 1,
        }
    }
    let mut parts = Vec::new();
    for (ending, word) in [
        (Ending::Returned, "done"),
        (Ending::Failed, "failed"),
        (Ending::Cancelled, "cancelled"),
        (Ending::Panicked, "panicked"),
    ] {
        if ended[ending as usize] > 0 {
            parts.push(format!("{} {word}", ended[ending as usize]));
        }
    }
    if alive > 0 {
        parts.push(format!("{alive} not finished"));
    }
    let count = timeline.lanes.len();
    let tasks = if count == 1 { "task" } else { "tasks" };
    let so_far = if trace.end.is_some() { "" } else { " so far" };
    format!(
        "{count} {tasks} over {}{so_far}: {}.",
        duration_words(trace.duration_ns()),
        parts.join(", ")
    )
}

/// How a task ended, in words.
pub fn ending_words(ending: Ending) -> &'static str {
    match ending {
        Ending::Returned => "done",
        Ending::Failed => "failed",
        Ending::Cancelled => "cancelled",
        Ending::Panicked => "panicked",
    }
}

/// What is under the pointer: a title, and lines about it. Empty where there is nothing to say.
pub fn hit_words(scene: &Scene, hit: Hit) -> Option<(String, Vec<String>)> {
    let trace = scene.trace;
    let at = |time_ns: u64| moment_words(time_ns, scene.view, scene.scale());
    match hit {
        Hit::Segment(task, segment) => {
            let mut lines = vec![segment_words(scene.view, scene.scale(), &segment)];
            if segment.state == LaneState::Waiting
                && let Some(on) = segment.waits_for
            {
                lines.push(format!("for {}", wait_in_words(trace, on)));
            }
            Some((trace.name(task).to_owned(), lines))
        }
        Hit::Browser(lane, found) => {
            let mut lines = Vec::new();
            if let Some(found) = found {
                let (from_ns, to_ns, queued_ns) = browser::place(scene, found);
                lines.extend(queued_ns.map(|ns| format!("in the queue from {}", at(ns))));
                lines.push(format!("runs from {} to {}", at(from_ns), at(to_ns)));
            }
            let inferred = found.is_some_and(|found| found.inferred);
            let is_all = matches!(lane, BrowserLane::CallStack | BrowserLane::Rendering);
            lines.push(match (is_all, inferred) {
                (true, _) => lane.rule().to_owned(),
                (false, true) => format!("inferred: {}", lane.rule()),
                (false, false) => format!("the rule: {}", lane.rule()),
            });
            Some((lane.words().to_owned(), lines))
        }
        Hit::Frame(task, found) => {
            let (from_ns, to_ns) = frame::place(scene, found);
            let mut lines = vec![format!("in {}", trace.name(task))];
            lines.push(format!("{} to {}", at(from_ns), at(to_ns)));
            if let EventKind::FrameEnter { location, .. } = trace.events[found.enter as usize].kind
                && let line @ 1.. = trace.location(location).line
            {
                lines.push(format!("called at line {line}"));
            }
            Some((found.name(trace).to_owned(), lines))
        }
        Hit::End(task) => {
            let (done_ns, ending) = scene.timeline.lanes[task.index()].done?;
            let line = format!("{} at {}", ending_words(ending), at(done_ns));
            Some((trace.name(task).to_owned(), vec![line]))
        }
        Hit::Wake(position) => {
            let EventKind::Wake { target, by, .. } = trace.events[position].kind else {
                return None;
            };
            let by = match by {
                Cause::Task(by) => trace.name(by).to_owned(),
                Cause::Timer(_) => "a timer".to_owned(),
                Cause::External => "something outside".to_owned(),
            };
            let moment = scene.scale().place(trace, position);
            let title = format!("{by} wakes {}", trace.name(target));
            Some((title, vec![format!("at {}", at(moment))]))
        }
        Hit::Label(row) => match scene.layout.rows.get(row)?.kind {
            RowKind::Task(task) => {
                let info = trace.task(task);
                let mut lines = Vec::new();
                if let Some(parent) = info.parent {
                    lines.push(format!("spawned by {}", trace.name(parent)));
                }
                Some((info.name.to_string(), lines))
            }
            RowKind::Resource(resource) => {
                let info = trace.resource(resource);
                Some((info.title(), Vec::new()))
            }
            RowKind::Value(series) => {
                let series = scene.index.values().series().get(series)?;
                Some((trace.text(series.name).to_owned(), Vec::new()))
            }
            RowKind::Browser(lane) => Some((lane.words().to_owned(), vec![lane.rule().to_owned()])),
            RowKind::Frames(task, _) => {
                let title = format!("what {} is in", trace.name(task));
                let line = "coroutines that it awaits, generators, callbacks and blocks";
                Some((title, vec![line.to_owned()]))
            }
            RowKind::Thread(_) => None,
        },
        Hit::Level {
            resource,
            level,
            by,
        } => {
            let info = trace.resource(resource);
            let mut lines = vec![format!("level {level}")];
            if let Some(by) = by {
                lines.push(format!("last change by {}", trace.name(by)));
            }
            Some((info.title(), lines))
        }
        Hit::Value { series, value } => {
            let series = scene.index.values().series().get(series)?;
            let lines = match value {
                Some((value, by)) => vec![
                    format!("is {value}"),
                    format!("last change by {}", trace.name(by)),
                ],
                None => vec!["has no value yet".to_owned()],
            };
            Some((trace.text(series.name).to_owned(), lines))
        }
        Hit::Flag(flag) => {
            let flag = scene.marks.flags.get(flag)?;
            Some((flag.title.to_owned(), vec![flag.sentence.clone()]))
        }
        Hit::Cursor | Hit::Fold(_) | Hit::Empty(_) | Hit::Minimap | Hit::Axis | Hit::Nothing => {
            None
        }
    }
}

/// A stretch in words: what, how long, from when until when.
pub fn segment_words(view: &View, scale: Scale, segment: &Segment) -> String {
    let at = |time_ns: u64| moment_words(time_ns, view, scale);
    let words = segment.state.words();
    let length_ns = segment.end_ns - segment.start_ns;
    match scale {
        Scale::Time if length_ns == 0 => format!("{words} at {}", at(segment.start_ns)),
        Scale::Time => format!(
            "{words} for {}, {} to {}",
            duration_words(length_ns),
            at(segment.start_ns),
            at(segment.end_ns)
        ),
        Scale::Order => format!(
            "{words}, {} to {}",
            at(segment.start_ns),
            at(segment.end_ns)
        ),
    }
}

/// A row of the table of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    /// The event's position in the trace.
    pub position: usize,
    /// Nanoseconds since the run began.
    pub time_ns: u64,
    /// Whom it concerns, where it concerns a task.
    pub task: Option<TaskId>,
    /// What happened.
    pub words: String,
}

/// A piece of the table of events.
pub fn event_rows(trace: &Trace, positions: std::ops::Range<usize>) -> Vec<EventRow> {
    let end = positions.end.min(trace.events.len());
    (positions.start.min(end)..end)
        .map(|position| {
            let event = &trace.events[position];
            let (task, words) = event_words(trace, event);
            EventRow {
                position,
                time_ns: event.time_ns,
                task,
                words,
            }
        })
        .collect()
}

/// An event in words, and the task that it concerns.
pub fn event_words(trace: &Trace, event: &Event) -> (Option<TaskId>, String) {
    let name = |task: TaskId| trace.name(task);
    let by_words = |by: Cause| match by {
        Cause::Task(by) => format!("by {}", name(by)),
        Cause::Timer(_) => "by a timer".to_owned(),
        Cause::External => "from outside".to_owned(),
    };
    let resource = |id| trace.resource(id).in_words();
    let line = |location: LocationId| match trace.location(location).line {
        0 => String::new(),
        line => format!(" at line {line}"),
    };
    match event.kind {
        EventKind::LoopTurn => (None, "the loop begins a turn".to_owned()),
        EventKind::Spawn { task } => {
            let words = match trace.task(task).parent {
                Some(parent) => format!("spawned by {}", name(parent)),
                None => "spawned".to_owned(),
            };
            (Some(task), words)
        }
        EventKind::PollStart { task } => (Some(task), "runs".to_owned()),
        EventKind::PollEnd {
            task,
            outcome,
            location,
        } => {
            let words = match outcome {
                PollOutcome::Ready => "runs to its end".to_owned(),
                PollOutcome::Pending => format!("gives the thread back{}", line(location)),
                PollOutcome::Panicked => format!("panics{}", line(location)),
            };
            (Some(task), words)
        }
        EventKind::Wake { target, by, merged } => {
            let again = if merged { " again" } else { "" };
            (Some(target), format!("woken{again} {}", by_words(by)))
        }
        EventKind::TimerSet { deadline_ns, .. } => {
            let after = deadline_ns.saturating_sub(event.time_ns);
            (
                None,
                format!("a timer is set, {} on", duration_words(after)),
            )
        }
        EventKind::TimerFired { .. } => (None, "a timer fires".to_owned()),
        EventKind::TimerDropped { .. } => (None, "a timer is given up".to_owned()),
        EventKind::ResourceMade { resource: id } => (None, format!("{} is made", resource(id))),
        EventKind::Wait { task, on } => (
            Some(task),
            format!("waits for {}", wait_in_words(trace, on)),
        ),
        EventKind::Acquire {
            task,
            resource: id,
            level,
            ..
        } => (Some(task), level_words(trace, id, level, true)),
        EventKind::Release {
            task,
            resource: id,
            level,
            ..
        } => (Some(task), level_words(trace, id, level, false)),
        EventKind::Cancel { target, by } => (Some(target), format!("cancelled {}", by_words(by))),
        EventKind::Output { task, text, .. } => {
            (Some(task), format!("prints “{}”", trace.text(text)))
        }
        EventKind::Note { task, text } => (Some(task), format!("note: {}", trace.text(text))),
        EventKind::FrameEnter { task, name, .. } => {
            (Some(task), format!("enters {}", trace.text(name)))
        }
        EventKind::FrameExit { task } => (Some(task), "leaves a coroutine".to_owned()),
        EventKind::NeverAwaited {
            task,
            name,
            location,
        } => (
            Some(task),
            format!("never awaited {}{}", trace.text(name), line(location)),
        ),
        EventKind::Done { task, ending, text } => {
            let words = match trace.text(text) {
                "" => ending_words(ending).to_owned(),
                text => format!("{}: {text}", ending_words(ending)),
            };
            (Some(task), words)
        }
        EventKind::Retrieved { task } => (Some(task), "its failure is looked at".to_owned()),
        EventKind::Blocks { task, location } => {
            (Some(task), format!("blocks the loop{}", line(location)))
        }
        EventKind::Blocked {
            task,
            from_ns,
            location,
        } => (
            Some(task),
            format!(
                "blocked the loop for {}{}",
                duration_words(event.time_ns.saturating_sub(from_ns)),
                line(location)
            ),
        ),
        EventKind::Value { task, name, value } => {
            (Some(task), format!("{} is {value}", trace.text(name)))
        }
        EventKind::BrowserQueued { task, queue } => {
            let queue = match queue {
                BrowserQueue::Microtasks => "microtasks",
                BrowserQueue::Timers => "timers",
                BrowserQueue::Messages => "messages",
            };
            let words = format!("puts a call into the browser's queue of {queue}");
            (Some(task), words)
        }
        EventKind::BrowserCall { .. } => (None, "the browser makes a call".to_owned()),
        EventKind::BrowserReturn { .. } => (None, "the call is over".to_owned()),
        EventKind::ThreadStart { task, .. } => (Some(task), "begins on another thread".to_owned()),
        EventKind::ThreadEnd { task, .. } => (Some(task), "ends on another thread".to_owned()),
    }
}

/// A change of a resource's level in words.
fn level_words(trace: &Trace, id: ResourceId, level: u32, acquires: bool) -> String {
    let info = trace.resource(id);
    let what = info.in_words();
    match (info.kind, acquires) {
        (ResourceKind::Queue | ResourceKind::Channel, true) => {
            format!("takes from {what}, {level} left")
        }
        (ResourceKind::Queue | ResourceKind::Channel, false) => {
            format!("puts into {what}, {level} in it")
        }
        (ResourceKind::Lock, true) => format!("gets {what}"),
        (ResourceKind::Lock, false) => format!("gives {what} back"),
        (ResourceKind::Semaphore, true) => format!("gets a permit of {what}, {level} in use"),
        (ResourceKind::Semaphore, false) => {
            format!("gives a permit of {what} back, {level} in use")
        }
        (ResourceKind::Event | ResourceKind::Future, false) => format!("sets {what}"),
        (ResourceKind::Http | ResourceKind::Thread, true) => {
            format!("begins {what}, {level} under way")
        }
        (ResourceKind::Http | ResourceKind::Thread, false) => {
            format!("ends {what}, {level} under way")
        }
        (ResourceKind::Socket, true) => format!("reads from {what}, {level} left"),
        (ResourceKind::Socket, false) => format!("{what} has a message, {level} not read"),
        (_, true) => format!("gets {what}, level {level}"),
        (_, false) => format!("changes {what}, level {level}"),
    }
}
