//! The binary form of a trace, and of the batches in which it travels out of the worker.
//!
//! These types are their own, not derived from the model, so that the model can change while old
//! files stay readable. The encoding is postcard's: variable-length integers, no field names.
//! Times are differences, which makes most events 4 to 6 bytes long.

use super::{
    BrowserQueue, Cause, ClockKind, End, EndReason, Ending, Event, EventKind, Location, LocationId,
    MAX_TIME_NS, PollOutcome, ResourceId, ResourceInfo, ResourceKind, TaskId, TaskInfo, TextId,
    TimerId, Trace, VERSION, WaitFor,
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
    pub fn at_end_of(trace: &Trace) -> Self {
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
    encode_since(trace, Mark::at_end_of(&Trace::new(trace.clock)))
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
                kind: event.kind.into(),
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

/// The batches of a run that was kept: each behind its length, four bytes of which the first is the
/// lowest. What is cut off is left out.
pub fn kept_batches(mut bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (length, rest) = bytes.split_first_chunk()?;
        let length = u32::from_le_bytes(*length) as usize;
        let (batch, rest) = rest.split_at_checked(length)?;
        bytes = rest;
        Some(batch)
    })
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
    let before = Mark::at_end_of(trace);
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
            kind: event.kind.into(),
        });
    }
    if let Some(end) = batch.end {
        sound &= (time_ns..=MAX_TIME_NS).contains(&end.time_ns) && trace.end.is_none();
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
    Err("the trace is damaged: an event names a task, resource, text, timer or time that is not in it".into())
}

/// Views index the tables without looking twice, so a batch that points outside is refused here.
fn refers_to_rows_that_exist(trace: &Trace, since: Mark) -> bool {
    // A parent is spawned before its child, which also rules out a circle of parents.
    let tasks = (since.tasks..trace.tasks.len()).all(|index| {
        let info = &trace.tasks[index];
        info.parent.is_none_or(|parent| parent.index() < index)
            && info.location.index() < trace.locations.len()
    });
    let mut events = trace.events.iter().enumerate().skip(since.events);
    tasks && events.all(|(before, event)| is_sound(trace, event, before))
}

/// Whether an event, with so many before it, points only to what is there. Timers have no table: they are
/// numbered in the order in which they are set, so there are no more of them than events.
pub fn is_sound(trace: &Trace, event: &Event, before: usize) -> bool {
    let task = |id: TaskId| id.index() < trace.tasks.len();
    let text = |id: TextId| id.index() < trace.texts.len();
    let location = |id: LocationId| id.index() < trace.locations.len();
    let resource = |id: ResourceId| id.index() < trace.resources.len();
    let timer = |id: TimerId| id.index() <= before;
    let by = |by: Cause| match by {
        Cause::Task(id) => task(id),
        Cause::Timer(id) => timer(id),
        Cause::External => true,
    };
    event.time_ns <= MAX_TIME_NS
        && match event.kind {
            EventKind::LoopTurn => true,
            EventKind::TimerSet { timer: t, .. }
            | EventKind::TimerFired { timer: t }
            | EventKind::TimerDropped { timer: t } => timer(t),
            EventKind::Spawn { task: t }
            | EventKind::PollStart { task: t }
            | EventKind::FrameExit { task: t }
            | EventKind::Retrieved { task: t } => task(t),
            EventKind::ThreadStart { task: t, at_ns } | EventKind::ThreadEnd { task: t, at_ns } => {
                task(t) && at_ns <= MAX_TIME_NS
            }
            EventKind::PollEnd {
                task: t,
                location: a,
                ..
            }
            | EventKind::Blocks {
                task: t,
                location: a,
            } => task(t) && location(a),
            EventKind::Blocked {
                task: t,
                location: a,
                from_ns,
            } => task(t) && location(a) && from_ns <= event.time_ns,
            EventKind::Wake { target, by: b, .. } | EventKind::Cancel { target, by: b } => {
                task(target) && by(b)
            }
            EventKind::ResourceMade { resource: r } => resource(r),
            EventKind::Wait { task: t, on } => {
                task(t)
                    && match on {
                        WaitFor::Resource(id) => resource(id),
                        WaitFor::Task(id) => task(id),
                        WaitFor::Timer(id) => timer(id),
                    }
            }
            EventKind::Acquire {
                task: t,
                resource: r,
                location: a,
                ..
            } => task(t) && resource(r) && location(a),
            EventKind::Release {
                task: t,
                resource: r,
                ..
            } => task(t) && resource(r),
            EventKind::Output {
                task: t,
                text: s,
                location: a,
            }
            | EventKind::NeverAwaited {
                task: t,
                name: s,
                location: a,
            } => task(t) && text(s) && location(a),
            EventKind::FrameEnter {
                task: t,
                name: s,
                location: a,
            } => task(t) && text(s) && location(a),
            EventKind::BrowserQueued { task: t, .. } => task(t),
            EventKind::BrowserCall { queued } | EventKind::BrowserReturn { queued } => {
                (queued as usize) < before
            }
            EventKind::Note { task: t, text: s }
            | EventKind::Value {
                task: t, name: s, ..
            }
            | EventKind::Done {
                task: t, text: s, ..
            } => task(t) && text(s),
        }
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
    kind: WireEventKind,
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
    WireQueue = BrowserQueue {
        Microtasks,
        Timers,
        Messages
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
enum WireCause {
    Task(u32),
    Timer(u32),
    External,
}

impl From<Cause> for WireCause {
    fn from(by: Cause) -> Self {
        match by {
            Cause::Task(id) => WireCause::Task(id.0),
            Cause::Timer(id) => WireCause::Timer(id.0),
            Cause::External => WireCause::External,
        }
    }
}

impl From<WireCause> for Cause {
    fn from(by: WireCause) -> Self {
        match by {
            WireCause::Task(id) => Cause::Task(TaskId(id)),
            WireCause::Timer(id) => Cause::Timer(TimerId(id)),
            WireCause::External => Cause::External,
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
enum WireEventKind {
    LoopTurn,
    Spawn(u32),
    PollStart(u32),
    PollEnd(u32, WireOutcome, u16),
    Wake(u32, WireCause, bool),
    TimerSet(u32, u64),
    TimerFired(u32),
    TimerDropped(u32),
    ResourceMade(u32),
    Wait(u32, WireWait),
    Acquire(u32, u32, u32, u16),
    Release(u32, u32, u32),
    Cancel(u32, WireCause),
    Output(u32, u32, u16),
    Note(u32, u32),
    FrameEnter(u32, u32, u16),
    FrameExit(u32),
    NeverAwaited(u32, u32, u16),
    Done(u32, WireEnding, u32),
    Retrieved(u32),
    Blocks(u32, u16),
    Blocked(u32, u16, u64),
    ThreadStart(u32, u64),
    ThreadEnd(u32, u64),
    Value(u32, u32, i64),
    BrowserQueued(u32, WireQueue),
    BrowserCall(u32),
    BrowserReturn(u32),
}

impl From<EventKind> for WireEventKind {
    fn from(kind: EventKind) -> Self {
        match kind {
            EventKind::LoopTurn => WireEventKind::LoopTurn,
            EventKind::Spawn { task } => WireEventKind::Spawn(task.0),
            EventKind::PollStart { task } => WireEventKind::PollStart(task.0),
            EventKind::PollEnd {
                task,
                outcome,
                location,
            } => WireEventKind::PollEnd(task.0, outcome.into(), location.0),
            EventKind::Wake { target, by, merged } => {
                WireEventKind::Wake(target.0, by.into(), merged)
            }
            EventKind::TimerSet { timer, deadline_ns } => {
                WireEventKind::TimerSet(timer.0, deadline_ns)
            }
            EventKind::TimerFired { timer } => WireEventKind::TimerFired(timer.0),
            EventKind::TimerDropped { timer } => WireEventKind::TimerDropped(timer.0),
            EventKind::ResourceMade { resource } => WireEventKind::ResourceMade(resource.0),
            EventKind::Wait { task, on } => WireEventKind::Wait(
                task.0,
                match on {
                    WaitFor::Resource(id) => WireWait::Resource(id.0),
                    WaitFor::Task(id) => WireWait::Task(id.0),
                    WaitFor::Timer(id) => WireWait::Timer(id.0),
                },
            ),
            EventKind::Acquire {
                task,
                resource,
                level,
                location,
            } => WireEventKind::Acquire(task.0, resource.0, level, location.0),
            EventKind::Release {
                task,
                resource,
                level,
            } => WireEventKind::Release(task.0, resource.0, level),
            EventKind::Cancel { target, by } => WireEventKind::Cancel(target.0, by.into()),
            EventKind::Output {
                task,
                text,
                location,
            } => WireEventKind::Output(task.0, text.0, location.0),
            EventKind::Note { task, text } => WireEventKind::Note(task.0, text.0),
            EventKind::Value { task, name, value } => {
                WireEventKind::Value(task.0, name.0, value.into())
            }
            EventKind::FrameEnter {
                task,
                name,
                location,
            } => WireEventKind::FrameEnter(task.0, name.0, location.0),
            EventKind::BrowserQueued { task, queue } => {
                WireEventKind::BrowserQueued(task.0, queue.into())
            }
            EventKind::BrowserCall { queued } => WireEventKind::BrowserCall(queued),
            EventKind::BrowserReturn { queued } => WireEventKind::BrowserReturn(queued),
            EventKind::FrameExit { task } => WireEventKind::FrameExit(task.0),
            EventKind::NeverAwaited {
                task,
                name,
                location,
            } => WireEventKind::NeverAwaited(task.0, name.0, location.0),
            EventKind::Done { task, ending, text } => {
                WireEventKind::Done(task.0, ending.into(), text.0)
            }
            EventKind::Retrieved { task } => WireEventKind::Retrieved(task.0),
            EventKind::Blocks { task, location } => WireEventKind::Blocks(task.0, location.0),
            EventKind::Blocked {
                task,
                location,
                from_ns,
            } => WireEventKind::Blocked(task.0, location.0, from_ns),
            EventKind::ThreadStart { task, at_ns } => WireEventKind::ThreadStart(task.0, at_ns),
            EventKind::ThreadEnd { task, at_ns } => WireEventKind::ThreadEnd(task.0, at_ns),
        }
    }
}

impl From<WireEventKind> for EventKind {
    fn from(kind: WireEventKind) -> Self {
        match kind {
            WireEventKind::LoopTurn => EventKind::LoopTurn,
            WireEventKind::Spawn(task) => EventKind::Spawn { task: TaskId(task) },
            WireEventKind::PollStart(task) => EventKind::PollStart { task: TaskId(task) },
            WireEventKind::PollEnd(task, outcome, location) => EventKind::PollEnd {
                task: TaskId(task),
                outcome: outcome.into(),
                location: LocationId(location),
            },
            WireEventKind::Wake(target, by, merged) => EventKind::Wake {
                target: TaskId(target),
                by: by.into(),
                merged,
            },
            WireEventKind::TimerSet(timer, deadline_ns) => EventKind::TimerSet {
                timer: TimerId(timer),
                deadline_ns,
            },
            WireEventKind::TimerFired(timer) => EventKind::TimerFired {
                timer: TimerId(timer),
            },
            WireEventKind::TimerDropped(timer) => EventKind::TimerDropped {
                timer: TimerId(timer),
            },
            WireEventKind::ResourceMade(resource) => EventKind::ResourceMade {
                resource: ResourceId(resource),
            },
            WireEventKind::Wait(task, on) => EventKind::Wait {
                task: TaskId(task),
                on: match on {
                    WireWait::Resource(id) => WaitFor::Resource(ResourceId(id)),
                    WireWait::Task(id) => WaitFor::Task(TaskId(id)),
                    WireWait::Timer(id) => WaitFor::Timer(TimerId(id)),
                },
            },
            WireEventKind::Acquire(task, resource, level, location) => EventKind::Acquire {
                task: TaskId(task),
                resource: ResourceId(resource),
                level,
                location: LocationId(location),
            },
            WireEventKind::Release(task, resource, level) => EventKind::Release {
                task: TaskId(task),
                resource: ResourceId(resource),
                level,
            },
            WireEventKind::Cancel(target, by) => EventKind::Cancel {
                target: TaskId(target),
                by: by.into(),
            },
            WireEventKind::Output(task, text, location) => EventKind::Output {
                task: TaskId(task),
                text: TextId(text),
                location: LocationId(location),
            },
            WireEventKind::Value(task, name, value) => EventKind::Value {
                task: TaskId(task),
                name: TextId(name),
                value: value.clamp(i32::MIN.into(), i32::MAX.into()) as i32,
            },
            WireEventKind::Note(task, text) => EventKind::Note {
                task: TaskId(task),
                text: TextId(text),
            },
            WireEventKind::FrameEnter(task, name, location) => EventKind::FrameEnter {
                task: TaskId(task),
                name: TextId(name),
                location: LocationId(location),
            },
            WireEventKind::BrowserQueued(task, queue) => EventKind::BrowserQueued {
                task: TaskId(task),
                queue: queue.into(),
            },
            WireEventKind::BrowserCall(queued) => EventKind::BrowserCall { queued },
            WireEventKind::BrowserReturn(queued) => EventKind::BrowserReturn { queued },
            WireEventKind::FrameExit(task) => EventKind::FrameExit { task: TaskId(task) },
            WireEventKind::NeverAwaited(task, name, location) => EventKind::NeverAwaited {
                task: TaskId(task),
                name: TextId(name),
                location: LocationId(location),
            },
            WireEventKind::Done(task, ending, text) => EventKind::Done {
                task: TaskId(task),
                ending: ending.into(),
                text: TextId(text),
            },
            WireEventKind::Retrieved(task) => EventKind::Retrieved { task: TaskId(task) },
            WireEventKind::Blocks(task, location) => EventKind::Blocks {
                task: TaskId(task),
                location: LocationId(location),
            },
            WireEventKind::Blocked(task, location, from_ns) => EventKind::Blocked {
                task: TaskId(task),
                location: LocationId(location),
                from_ns,
            },
            WireEventKind::ThreadStart(task, at_ns) => EventKind::ThreadStart {
                task: TaskId(task),
                at_ns,
            },
            WireEventKind::ThreadEnd(task, at_ns) => EventKind::ThreadEnd {
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
        for (time_ns, kind) in [
            (0, EventKind::Spawn { task }),
            (5, EventKind::PollStart { task }),
            (
                5,
                EventKind::Output {
                    task,
                    text: TextId(1),
                    location: LocationId::UNKNOWN,
                },
            ),
            (
                5,
                EventKind::Blocks {
                    task,
                    location: LocationId::UNKNOWN,
                },
            ),
            (
                5,
                EventKind::Value {
                    task,
                    name: TextId(1),
                    value: i32::MIN,
                },
            ),
            (
                5,
                EventKind::FrameEnter {
                    task,
                    name: TextId(1),
                    location: LocationId::UNKNOWN,
                },
            ),
            (
                5,
                EventKind::BrowserQueued {
                    task,
                    queue: BrowserQueue::Timers,
                },
            ),
            (5, EventKind::BrowserCall { queued: 6 }),
            (5, EventKind::BrowserReturn { queued: 6 }),
            (5, EventKind::FrameExit { task }),
            (
                2_000_000_005,
                EventKind::Blocked {
                    task,
                    location: LocationId::UNKNOWN,
                    from_ns: 5,
                },
            ),
        ] {
            trace.events.push(Event { time_ns, kind });
        }
        trace
    }

    #[test]
    fn a_trace_survives_the_wire_whole_and_in_batches() {
        let mut trace = sample();
        let first = encode(&trace);
        let mark = Mark::at_end_of(&trace);
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
    fn timers_are_no_more_than_events_and_times_have_a_limit() {
        #[track_caller]
        fn check(event: Event, is_taken: bool) {
            let mut trace = sample();
            trace.events.push(event);
            let taken = decode(&encode(&trace));
            assert_eq!(taken.is_ok(), is_taken, "{taken:?}");
        }
        let events = sample().events.len() as u32;
        let time_ns = sample().duration_ns();
        let on = WaitFor::Timer(TimerId(events + 1));
        let at = |kind| Event { time_ns, kind };
        let set = |timer| EventKind::TimerSet {
            timer: TimerId(timer),
            deadline_ns: u64::MAX,
        };
        check(at(set(events)), true);
        check(at(set(events + 1)), false);
        check(at(set(u32::MAX)), false);
        let task = TaskId::MAIN;
        check(at(EventKind::Wait { task, on }), false);
        let kind = EventKind::LoopTurn;
        check(
            Event {
                time_ns: MAX_TIME_NS,
                kind,
            },
            true,
        );
        check(
            Event {
                time_ns: MAX_TIME_NS + 1,
                kind,
            },
            false,
        );
        let at_ns = MAX_TIME_NS + 1;
        check(at(EventKind::ThreadEnd { task, at_ns }), false);
    }

    #[test]
    fn bytes_from_anywhere_are_refused_with_a_sentence() {
        assert!(decode(&[]).unwrap_err().contains("no version"));
        assert!(decode(&[9, 9, 9]).unwrap_err().contains("version 9"));
        let mut cut = encode(&sample());
        cut.truncate(cut.len() - 3);
        assert!(decode(&cut).unwrap_err().contains("damaged"));
        let mut points_outside = sample();
        points_outside.events[1].kind = EventKind::PollStart { task: TaskId(7) };
        assert!(
            decode(&encode(&points_outside))
                .unwrap_err()
                .contains("not in it")
        );
    }
}
