//! The binary form of a trace, and of the batches in which it travels out of the worker.
//!
//! These types are their own, not derived from the model, so that the model can change while old
//! files stay readable. The encoding is postcard's: variable-length integers, no field names.
//! Times are differences, which makes most events 4 to 6 bytes long.

use super::{
    By, ClockKind, End, EndReason, Ending, Event, Location, LocationId, PollOutcome, ResourceId,
    ResourceInfo, ResourceKind, TaskId, TaskInfo, TextId, TimerId, Trace, VERSION, WaitFor, What,
};
use serde::{Deserialize, Serialize};

/// How much of a trace was sent already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    events: usize,
    tasks: usize,
    resources: usize,
    locations: usize,
    texts: usize,
    ended: bool,
}

impl Mark {
    /// Everything that the trace holds now.
    pub fn of(trace: &Trace) -> Self {
        Mark {
            events: trace.events.len(),
            tasks: trace.tasks.len(),
            resources: trace.resources.len(),
            locations: trace.locations.len(),
            texts: trace.texts.len(),
            ended: trace.end.is_some(),
        }
    }
}

/// The whole trace, as one batch.
pub fn encode(trace: &Trace) -> Vec<u8> {
    encode_since(trace, Mark::of(&Trace::new(trace.clock)))
}

/// What has come to the trace since `mark`.
pub fn encode_since(trace: &Trace, mark: Mark) -> Vec<u8> {
    let mut time_ns = match mark.events {
        0 => 0,
        sent => trace.events[sent - 1].time_ns,
    };
    let events = trace.events[mark.events..]
        .iter()
        .map(|event| {
            let after_ns = event.time_ns - time_ns;
            time_ns = event.time_ns;
            WireEvent {
                after_ns,
                what: event.what.into(),
            }
        })
        .collect();
    let batch = Batch {
        version: VERSION,
        live: trace.clock == ClockKind::Live,
        first_event: mark.events as u32,
        tasks: trace.tasks[mark.tasks..]
            .iter()
            .map(|task| WireTask {
                name: &task.name,
                parent: task.parent.map(|id| id.0),
                location: task.location.0,
                thread: task.thread,
            })
            .collect(),
        resources: trace.resources[mark.resources..]
            .iter()
            .map(|resource| (resource.kind.into(), &*resource.name))
            .collect(),
        locations: trace.locations[mark.locations..]
            .iter()
            .map(|location| (&*location.file, location.line))
            .collect(),
        texts: trace.texts[mark.texts..]
            .iter()
            .map(|text| &**text)
            .collect(),
        events,
        end: match (&trace.end, mark.ended) {
            (Some(end), false) => Some(WireEnd {
                time_ns: end.time_ns,
                reason: end.reason.into(),
                message: &end.message,
            }),
            _ => None,
        },
    };
    postcard::to_stdvec(&batch).expect("plain data always encodes")
}

/// Reads a whole trace.
///
/// # Errors
/// A sentence that says what is wrong with the bytes, which may come from anywhere.
pub fn decode(bytes: &[u8]) -> Result<Trace, String> {
    let batch = read(bytes)?;
    let mut trace = Trace::new(batch.clock());
    apply(&mut trace, batch)?;
    Ok(trace)
}

/// Adds a batch to the trace that it continues.
///
/// # Errors
/// As [`decode`]; also when the batch does not continue the trace. The trace is unchanged then.
pub fn append(trace: &mut Trace, bytes: &[u8]) -> Result<(), String> {
    apply(trace, read(bytes)?)
}

fn read(bytes: &[u8]) -> Result<Batch<'_>, String> {
    // The version is the first field, so it can be read even when the rest has another form.
    let (version, _) = postcard::take_from_bytes::<u16>(bytes)
        .map_err(|_| "this is not a trace: it has no version".to_owned())?;
    if version != VERSION {
        return Err(format!(
            "the trace has version {version}, and this page reads version {VERSION}"
        ));
    }
    postcard::from_bytes(bytes)
        .map_err(|_| "the trace is damaged: it breaks off, or has what no trace has".to_owned())
}

fn apply(trace: &mut Trace, batch: Batch) -> Result<(), String> {
    let before = Mark::of(trace);
    if batch.first_event as usize != trace.events.len() {
        return Err(format!(
            "the batch begins at event {}, but the trace has {}",
            batch.first_event,
            trace.events.len()
        ));
    }
    for task in batch.tasks {
        trace.tasks.push(TaskInfo {
            name: task.name.into(),
            parent: task.parent.map(TaskId),
            location: LocationId(task.location),
            thread: task.thread,
        });
    }
    for (kind, name) in batch.resources {
        trace.resources.push(ResourceInfo {
            kind: kind.into(),
            name: name.into(),
        });
    }
    for (file, line) in batch.locations {
        trace.locations.push(Location {
            file: file.into(),
            line,
        });
    }
    trace.texts.extend(batch.texts.into_iter().map(Box::from));
    let mut time_ns = trace.events.last().map_or(0, |event| event.time_ns);
    let mut sound = true;
    trace.events.reserve(batch.events.len());
    for event in batch.events {
        time_ns = time_ns.saturating_add(event.after_ns);
        trace.events.push(Event {
            time_ns,
            what: event.what.into(),
        });
    }
    if let Some(end) = batch.end {
        sound &= end.time_ns >= time_ns && trace.end.is_none();
        trace.end = Some(End {
            time_ns: end.time_ns,
            reason: end.reason.into(),
            message: end.message.into(),
        });
    }
    sound &= refers_to_rows_that_exist(trace, before);
    if sound {
        return Ok(());
    }
    trace.events.truncate(before.events);
    trace.tasks.truncate(before.tasks);
    trace.resources.truncate(before.resources);
    trace.locations.truncate(before.locations);
    trace.texts.truncate(before.texts);
    if !before.ended {
        trace.end = None;
    }
    Err("the trace is damaged: an event names a task, resource or text that is not in it".into())
}

/// Views index the tables without looking twice, so a batch that points outside is refused here.
fn refers_to_rows_that_exist(trace: &Trace, since: Mark) -> bool {
    let task = |id: TaskId| id.index() < trace.tasks.len();
    let text = |id: TextId| id.index() < trace.texts.len();
    let at = |id: LocationId| id.index() < trace.locations.len();
    let resource = |id: ResourceId| id.index() < trace.resources.len();
    let by = |by: By| match by {
        By::Task(id) => task(id),
        By::Timer(_) | By::Outside => true,
    };
    // A parent is spawned before its child, which also rules out a circle of parents.
    let tasks = (since.tasks..trace.tasks.len()).all(|index| {
        let info = &trace.tasks[index];
        info.parent.is_none_or(|parent| parent.index() < index) && at(info.location)
    });
    tasks
        && trace.events[since.events..].iter().all(|e| match e.what {
            What::LoopTurn => true,
            What::TimerSet { .. } | What::TimerFired { .. } | What::TimerDropped { .. } => true,
            What::Spawn { task: t }
            | What::PollStart { task: t }
            | What::FrameExit { task: t }
            | What::Retrieved { task: t }
            | What::ThreadStart { task: t, .. }
            | What::ThreadEnd { task: t, .. } => task(t),
            What::PollEnd { task: t, at: a, .. } | What::Blocks { task: t, at: a } => {
                task(t) && at(a)
            }
            What::Blocked {
                task: t,
                at: a,
                from_ns,
            } => task(t) && at(a) && from_ns <= e.time_ns,
            What::Wake { target, by: b, .. } | What::Cancel { target, by: b } => {
                task(target) && by(b)
            }
            What::ResourceMade { resource: r } => resource(r),
            What::Wait { task: t, on } => {
                task(t)
                    && match on {
                        WaitFor::Resource(id) => resource(id),
                        WaitFor::Task(id) => task(id),
                        WaitFor::Timer(_) => true,
                    }
            }
            What::Acquire {
                task: t,
                resource: r,
                at: a,
                ..
            } => task(t) && resource(r) && at(a),
            What::Release {
                task: t,
                resource: r,
                ..
            } => task(t) && resource(r),
            What::Output {
                task: t,
                text: s,
                at: a,
            }
            | What::NeverAwaited {
                task: t,
                name: s,
                at: a,
            } => task(t) && text(s) && at(a),
            What::Note { task: t, text: s }
            | What::FrameEnter { task: t, name: s }
            | What::Done {
                task: t, text: s, ..
            } => task(t) && text(s),
        })
}

#[derive(Serialize, Deserialize)]
struct Batch<'a> {
    version: u16,
    live: bool,
    first_event: u32,
    #[serde(borrow)]
    tasks: Vec<WireTask<'a>>,
    #[serde(borrow)]
    resources: Vec<(WireKind, &'a str)>,
    #[serde(borrow)]
    locations: Vec<(&'a str, u32)>,
    #[serde(borrow)]
    texts: Vec<&'a str>,
    events: Vec<WireEvent>,
    #[serde(borrow)]
    end: Option<WireEnd<'a>>,
}

impl Batch<'_> {
    fn clock(&self) -> ClockKind {
        if self.live {
            ClockKind::Live
        } else {
            ClockKind::Instant
        }
    }
}

#[derive(Serialize, Deserialize)]
struct WireTask<'a> {
    name: &'a str,
    parent: Option<u32>,
    location: u16,
    thread: u16,
}

#[derive(Serialize, Deserialize)]
struct WireEnd<'a> {
    time_ns: u64,
    reason: WireReason,
    message: &'a str,
}

#[derive(Serialize, Deserialize)]
struct WireEvent {
    after_ns: u64,
    what: WireWhat,
}

/// A wire enum and its model, converted both ways by name: a variant that one side lacks does
/// not compile.
macro_rules! mirror {
    ($wire:ident = $model:ident { $($variant:ident),* $(,)? }) => {
        #[derive(Serialize, Deserialize)]
        enum $wire { $($variant),* }

        impl From<$model> for $wire {
            fn from(model: $model) -> Self {
                match model { $($model::$variant => $wire::$variant),* }
            }
        }

        impl From<$wire> for $model {
            fn from(wire: $wire) -> Self {
                match wire { $($wire::$variant => $model::$variant),* }
            }
        }
    };
}

mirror!(
    WireKind = ResourceKind {
        Queue,
        Lock,
        Semaphore,
        Event,
        Condition,
        Future,
        Group,
        Channel,
        Http,
        Socket,
        Thread
    }
);
mirror!(
    WireReason = EndReason {
        Finished,
        Failed,
        Deadlock,
        Limit,
        Stopped,
        Died
    }
);
mirror!(
    WireOutcome = PollOutcome {
        Ready,
        Pending,
        Panicked
    }
);
mirror!(
    WireEnding = Ending {
        Returned,
        Failed,
        Cancelled,
        Panicked
    }
);

#[derive(Serialize, Deserialize)]
enum WireBy {
    Task(u32),
    Timer(u32),
    Outside,
}

impl From<By> for WireBy {
    fn from(by: By) -> Self {
        match by {
            By::Task(id) => WireBy::Task(id.0),
            By::Timer(id) => WireBy::Timer(id.0),
            By::Outside => WireBy::Outside,
        }
    }
}

impl From<WireBy> for By {
    fn from(by: WireBy) -> Self {
        match by {
            WireBy::Task(id) => By::Task(TaskId(id)),
            WireBy::Timer(id) => By::Timer(TimerId(id)),
            WireBy::Outside => By::Outside,
        }
    }
}

#[derive(Serialize, Deserialize)]
enum WireWait {
    Resource(u32),
    Task(u32),
    Timer(u32),
}

#[derive(Serialize, Deserialize)]
enum WireWhat {
    LoopTurn,
    Spawn(u32),
    PollStart(u32),
    PollEnd(u32, WireOutcome, u16),
    Wake(u32, WireBy, bool),
    TimerSet(u32, u64),
    TimerFired(u32),
    TimerDropped(u32),
    ResourceMade(u32),
    Wait(u32, WireWait),
    Acquire(u32, u32, u32, u16),
    Release(u32, u32, u32),
    Cancel(u32, WireBy),
    Output(u32, u32, u16),
    Note(u32, u32),
    FrameEnter(u32, u32),
    FrameExit(u32),
    NeverAwaited(u32, u32, u16),
    Done(u32, WireEnding, u32),
    Retrieved(u32),
    Blocks(u32, u16),
    Blocked(u32, u16, u64),
    ThreadStart(u32, u64),
    ThreadEnd(u32, u64),
}

impl From<What> for WireWhat {
    fn from(what: What) -> Self {
        match what {
            What::LoopTurn => WireWhat::LoopTurn,
            What::Spawn { task } => WireWhat::Spawn(task.0),
            What::PollStart { task } => WireWhat::PollStart(task.0),
            What::PollEnd { task, outcome, at } => WireWhat::PollEnd(task.0, outcome.into(), at.0),
            What::Wake { target, by, merged } => WireWhat::Wake(target.0, by.into(), merged),
            What::TimerSet { timer, deadline_ns } => WireWhat::TimerSet(timer.0, deadline_ns),
            What::TimerFired { timer } => WireWhat::TimerFired(timer.0),
            What::TimerDropped { timer } => WireWhat::TimerDropped(timer.0),
            What::ResourceMade { resource } => WireWhat::ResourceMade(resource.0),
            What::Wait { task, on } => WireWhat::Wait(
                task.0,
                match on {
                    WaitFor::Resource(id) => WireWait::Resource(id.0),
                    WaitFor::Task(id) => WireWait::Task(id.0),
                    WaitFor::Timer(id) => WireWait::Timer(id.0),
                },
            ),
            What::Acquire {
                task,
                resource,
                level,
                at,
            } => WireWhat::Acquire(task.0, resource.0, level, at.0),
            What::Release {
                task,
                resource,
                level,
            } => WireWhat::Release(task.0, resource.0, level),
            What::Cancel { target, by } => WireWhat::Cancel(target.0, by.into()),
            What::Output { task, text, at } => WireWhat::Output(task.0, text.0, at.0),
            What::Note { task, text } => WireWhat::Note(task.0, text.0),
            What::FrameEnter { task, name } => WireWhat::FrameEnter(task.0, name.0),
            What::FrameExit { task } => WireWhat::FrameExit(task.0),
            What::NeverAwaited { task, name, at } => WireWhat::NeverAwaited(task.0, name.0, at.0),
            What::Done { task, ending, text } => WireWhat::Done(task.0, ending.into(), text.0),
            What::Retrieved { task } => WireWhat::Retrieved(task.0),
            What::Blocks { task, at } => WireWhat::Blocks(task.0, at.0),
            What::Blocked { task, at, from_ns } => WireWhat::Blocked(task.0, at.0, from_ns),
            What::ThreadStart { task, at_ns } => WireWhat::ThreadStart(task.0, at_ns),
            What::ThreadEnd { task, at_ns } => WireWhat::ThreadEnd(task.0, at_ns),
        }
    }
}

impl From<WireWhat> for What {
    fn from(what: WireWhat) -> Self {
        match what {
            WireWhat::LoopTurn => What::LoopTurn,
            WireWhat::Spawn(task) => What::Spawn { task: TaskId(task) },
            WireWhat::PollStart(task) => What::PollStart { task: TaskId(task) },
            WireWhat::PollEnd(task, outcome, at) => What::PollEnd {
                task: TaskId(task),
                outcome: outcome.into(),
                at: LocationId(at),
            },
            WireWhat::Wake(target, by, merged) => What::Wake {
                target: TaskId(target),
                by: by.into(),
                merged,
            },
            WireWhat::TimerSet(timer, deadline_ns) => What::TimerSet {
                timer: TimerId(timer),
                deadline_ns,
            },
            WireWhat::TimerFired(timer) => What::TimerFired {
                timer: TimerId(timer),
            },
            WireWhat::TimerDropped(timer) => What::TimerDropped {
                timer: TimerId(timer),
            },
            WireWhat::ResourceMade(resource) => What::ResourceMade {
                resource: ResourceId(resource),
            },
            WireWhat::Wait(task, on) => What::Wait {
                task: TaskId(task),
                on: match on {
                    WireWait::Resource(id) => WaitFor::Resource(ResourceId(id)),
                    WireWait::Task(id) => WaitFor::Task(TaskId(id)),
                    WireWait::Timer(id) => WaitFor::Timer(TimerId(id)),
                },
            },
            WireWhat::Acquire(task, resource, level, at) => What::Acquire {
                task: TaskId(task),
                resource: ResourceId(resource),
                level,
                at: LocationId(at),
            },
            WireWhat::Release(task, resource, level) => What::Release {
                task: TaskId(task),
                resource: ResourceId(resource),
                level,
            },
            WireWhat::Cancel(target, by) => What::Cancel {
                target: TaskId(target),
                by: by.into(),
            },
            WireWhat::Output(task, text, at) => What::Output {
                task: TaskId(task),
                text: TextId(text),
                at: LocationId(at),
            },
            WireWhat::Note(task, text) => What::Note {
                task: TaskId(task),
                text: TextId(text),
            },
            WireWhat::FrameEnter(task, name) => What::FrameEnter {
                task: TaskId(task),
                name: TextId(name),
            },
            WireWhat::FrameExit(task) => What::FrameExit { task: TaskId(task) },
            WireWhat::NeverAwaited(task, name, at) => What::NeverAwaited {
                task: TaskId(task),
                name: TextId(name),
                at: LocationId(at),
            },
            WireWhat::Done(task, ending, text) => What::Done {
                task: TaskId(task),
                ending: ending.into(),
                text: TextId(text),
            },
            WireWhat::Retrieved(task) => What::Retrieved { task: TaskId(task) },
            WireWhat::Blocks(task, at) => What::Blocks {
                task: TaskId(task),
                at: LocationId(at),
            },
            WireWhat::Blocked(task, at, from_ns) => What::Blocked {
                task: TaskId(task),
                at: LocationId(at),
                from_ns,
            },
            WireWhat::ThreadStart(task, at_ns) => What::ThreadStart {
                task: TaskId(task),
                at_ns,
            },
            WireWhat::ThreadEnd(task, at_ns) => What::ThreadEnd {
                task: TaskId(task),
                at_ns,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Trace {
        let mut trace = Trace::new(ClockKind::Live);
        trace.tasks.push(TaskInfo {
            name: "main".into(),
            parent: None,
            location: LocationId::UNKNOWN,
            thread: 0,
        });
        trace.texts.push("Grüße 🎉".into());
        let task = TaskId::MAIN;
        for (time_ns, what) in [
            (0, What::Spawn { task }),
            (5, What::PollStart { task }),
            (
                5,
                What::Output {
                    task,
                    text: TextId(1),
                    at: LocationId::UNKNOWN,
                },
            ),
            (
                5,
                What::Blocks {
                    task,
                    at: LocationId::UNKNOWN,
                },
            ),
            (
                2_000_000_005,
                What::Blocked {
                    task,
                    at: LocationId::UNKNOWN,
                    from_ns: 5,
                },
            ),
        ] {
            trace.events.push(Event { time_ns, what });
        }
        trace
    }

    #[test]
    fn a_trace_survives_the_wire_whole_and_in_batches() {
        let mut trace = sample();
        let first = encode(&trace);
        let mark = Mark::of(&trace);
        assert_eq!(decode(&first).as_ref(), Ok(&trace));

        trace.end = Some(End {
            time_ns: 2_000_000_006,
            reason: EndReason::Stopped,
            message: "stopped".into(),
        });
        let second = encode_since(&trace, mark);
        let mut received = decode(&first).unwrap();
        append(&mut received, &second).unwrap();
        assert_eq!(received, trace);
    }

    #[test]
    fn a_batch_that_comes_twice_is_refused_and_changes_nothing() {
        let trace = sample();
        let bytes = encode(&trace);
        let mut received = decode(&bytes).unwrap();
        assert!(
            append(&mut received, &bytes)
                .unwrap_err()
                .contains("event 0")
        );
        assert_eq!(received, trace);
    }

    #[test]
    fn bytes_from_anywhere_are_refused_with_a_sentence() {
        assert!(decode(&[]).unwrap_err().contains("no version"));
        assert!(decode(&[9, 9, 9]).unwrap_err().contains("version 9"));
        let mut cut = encode(&sample());
        cut.truncate(cut.len() - 3);
        assert!(decode(&cut).unwrap_err().contains("damaged"));
        let mut points_outside = sample();
        points_outside.events[1].what = What::PollStart { task: TaskId(7) };
        assert!(
            decode(&encode(&points_outside))
                .unwrap_err()
                .contains("not in it")
        );
    }
}
