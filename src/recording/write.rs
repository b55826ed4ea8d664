//! A run of the page as a file, from which [`File::into_trace`](super::File::into_trace) makes the same trace again.
//!
//! Blocks come unpacked: in the browser it is its own `CompressionStream("deflate")` that packs them. A file is
//! [`START`] and each block, packed and [`framed`].

use super::cursor::MAX_STRING_BYTES;
use super::events::{
    Event, LEAST_INTEGER, LEVEL_BITS, MAX_BLOCK_RECORDS, MAX_EVENTS, MERGED, More, NEVER, NO_TASK,
    NUMBER_BITS, kind,
};
use super::into_trace::MAX_NAME_BYTES;
use super::tables::{
    MAX_FILES, MAX_LONG_STRING_BYTES, MAX_RESOURCES, MAX_SOURCE_BYTES, MAX_SOURCES_BYTES,
    MAX_TASKS, MAX_TEXT_BYTES, MAX_TEXTS, MAX_THREADS,
};
use super::{
    CHAINS, END, EVENTS, FILES, HEADER, LOCATIONS, LOOPS, MAX_BLOCK_BYTES, MAX_START_S, RESOURCES,
    SOURCES, TASKS, TEXTS, THREADS, VIEW,
};
use crate::trace::{
    BrowserQueue, Cause, ClockKind, EndReason, Ending, EventKind, LocationId, MAX_TIME_NS,
    PollOutcome, ResourceKind, TaskId, Trace, WaitFor, wire,
};
use std::collections::HashMap;

/// What a file begins with: the magic and the version.
pub const START: [u8; 12] = *b"interleave\x1a\x02";

/// A section is closed when it has so many bytes, so that a block is not much larger.
const SECTION_BYTES: usize = 1 << 20;

/// Most bytes of a block; less than a reader takes, so that what does not pack is still small enough.
const BLOCK_BYTES: usize = MAX_BLOCK_BYTES / 2;

/// What a file says of a run beside its trace.
#[derive(Clone, Copy, Debug, Default)]
pub struct About<'a> {
    /// What the program is called.
    pub program: &'a str,
    /// The fragment of the link that shows the run, without `#`, as `link::encode_with` writes it; empty for none.
    pub view: &'a str,
    /// Paths and what stands in these files. Paths are as in the trace's locations.
    pub sources: &'a [(&'a str, &'a str)],
    /// When the run began, in seconds since 1970 UTC; 0 where nobody knows.
    pub started_s: u64,
    /// Who recorded it, with the version.
    pub recorder: &'a str,
    /// What ran it, such as the browser, with the version.
    pub runtime: &'a str,
    /// The system on which that ran.
    pub platform: &'a str,
}

/// The blocks of a run's file, unpacked, in their order. Each has at most 8,388,608 bytes.
///
/// # Errors
/// A sentence, when the run goes on, is larger than a file may be, or holds what no run of the page does.
pub fn blocks(trace: &Trace, about: &About) -> Result<Vec<Vec<u8>>, String> {
    let unknown = |trace: &Trace| {
        let place = trace.locations.first()?;
        Some(place.file.is_empty() && place.line == 0 && trace.texts.first()?.is_empty())
    };
    if unknown(trace) != Some(true) {
        return Err("the run's tables do not begin with the empty text and no place".to_owned());
    }
    let mut blocks = Blocks::default();
    header(&mut blocks, trace, about)?;
    tables(&mut blocks, trace, about)?;
    events(&mut blocks, trace)?;
    sources(&mut blocks, about)?;
    end(&mut blocks, trace)?;
    if !about.view.is_empty() {
        let mut body = Vec::new();
        put_string(&mut body, about.view, MAX_STRING_BYTES, "the view")?;
        blocks.section(VIEW, &body);
    }
    blocks.close();
    Ok(blocks.closed)
}

/// A block as it stands in the file, from its packed bytes (a zlib stream) and the number of those unpacked.
pub fn framed(packed: &[u8], unpacked_bytes: usize) -> Vec<u8> {
    let sizes = [packed.len(), unpacked_bytes].map(|size| (size as u32).to_le_bytes());
    [sizes.as_flattened(), packed].concat()
}

/// Blocks into which sections are put one behind the other.
#[derive(Default)]
struct Blocks {
    closed: Vec<Vec<u8>>,
    open: Vec<u8>,
    last_tag: u8,
}

impl Blocks {
    fn section(&mut self, tag: u8, body: &[u8]) {
        // The tag and the length take a few bytes of their own.
        if tag <= self.last_tag || self.open.len() + body.len() + 16 > BLOCK_BYTES {
            self.close();
        }
        self.last_tag = tag;
        self.open.push(tag);
        put_varint(&mut self.open, body.len() as u64);
        self.open.extend_from_slice(body);
    }

    fn close(&mut self) {
        self.last_tag = 0;
        if !self.open.is_empty() {
            self.closed.push(std::mem::take(&mut self.open));
        }
    }

    /// A table, in as many sections as it takes.
    fn table<T>(
        &mut self,
        tag: u8,
        rows: impl IntoIterator<Item = T>,
        mut put: impl FnMut(&mut Vec<u8>, T) -> Result<(), String>,
    ) -> Result<(), String> {
        let (mut count, mut bytes) = (0, Vec::new());
        let mut rows = rows.into_iter().peekable();
        while let Some(row) = rows.next() {
            put(&mut bytes, row)?;
            count += 1;
            if bytes.len() >= SECTION_BYTES || rows.peek().is_none() {
                let mut body = Vec::with_capacity(bytes.len() + 10);
                put_varint(&mut body, count);
                body.append(&mut bytes);
                self.section(tag, &body);
                count = 0;
            }
        }
        Ok(())
    }
}

fn put_varint(bytes: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn put_numbers<const N: usize>(bytes: &mut Vec<u8>, numbers: [u32; N]) {
    for number in numbers {
        put_varint(bytes, number.into());
    }
}

fn put_string(bytes: &mut Vec<u8>, text: &str, limit: usize, what: &str) -> Result<(), String> {
    if text.len() > limit {
        return Err(format!(
            "{what} has {} bytes, and a file takes {limit}",
            text.len()
        ));
    }
    put_varint(bytes, text.len() as u64);
    bytes.extend_from_slice(text.as_bytes());
    Ok(())
}

fn at_most(count: usize, limit: usize, what: &str) -> Result<(), String> {
    match count <= limit {
        true => Ok(()),
        false => Err(format!(
            "the run has {count} {what}, and a file takes {limit}"
        )),
    }
}

fn header(blocks: &mut Blocks, trace: &Trace, about: &About) -> Result<(), String> {
    let mut body = vec![u8::from(trace.clock == ClockKind::Instant)];
    if about.started_s > MAX_START_S {
        return Err("the run began after the end of time".to_owned());
    }
    put_varint(&mut body, about.started_s);
    put_string(&mut body, about.program, MAX_STRING_BYTES, "the name")?;
    // It was called with no arguments.
    put_varint(&mut body, 0);
    for said in [about.runtime, about.platform, about.recorder] {
        put_string(&mut body, said, MAX_STRING_BYTES, "a name in the header")?;
    }
    put_varint(&mut body, trace.texts.len() as u64 - 1);
    blocks.section(HEADER, &body);
    Ok(())
}

/// Numbers of strings in a table, each of which is in it once.
struct Strings<'a> {
    rows: HashMap<&'a str, u32>,
    /// In their order.
    new: Vec<&'a str>,
    first: usize,
}

impl<'a> Strings<'a> {
    fn after(first: usize) -> Self {
        Strings {
            rows: HashMap::new(),
            new: Vec::new(),
            first,
        }
    }

    fn row(&mut self, text: &'a str) -> u32 {
        *self.rows.entry(text).or_insert_with(|| {
            self.new.push(text);
            (self.first + self.new.len() - 1) as u32
        })
    }
}

fn tables(blocks: &mut Blocks, trace: &Trace, about: &About) -> Result<(), String> {
    at_most(trace.tasks.len(), MAX_TASKS, "tasks")?;
    at_most(trace.resources.len(), MAX_RESOURCES, "resources")?;
    let task_names = trace.tasks.iter().map(|task| &*task.name);
    let resource_names = trace.resources.iter().map(|resource| &*resource.name);
    let paths = trace.locations.iter().map(|place| &*place.file);
    let all = task_names.clone().chain(resource_names.clone());
    let name_bytes = all.clone().chain(paths.clone()).map(str::len).sum();
    at_most(name_bytes, MAX_NAME_BYTES, "bytes of names")?;

    // Names come behind the texts of events, whose numbers stay.
    let mut names = Strings::after(trace.texts.len());
    all.for_each(|name| {
        names.row(name);
    });
    let texts = trace.texts.iter().skip(1).map(|text| &**text);
    let mut text_bytes = 0;
    at_most(trace.texts.len() + names.new.len(), MAX_TEXTS, "texts")?;
    blocks.table(
        TEXTS,
        texts.chain(names.new.iter().copied()),
        |row, text| {
            let before = row.len();
            put_string(row, text, MAX_LONG_STRING_BYTES, "a text")?;
            text_bytes += row.len() - before;
            Ok(())
        },
    )?;
    at_most(text_bytes, MAX_TEXT_BYTES, "bytes of texts")?;

    let mut files = Strings::after(1);
    let of_sources = about.sources.iter().map(|(path, _)| *path);
    of_sources.chain(paths.skip(1)).for_each(|path| {
        files.row(path);
    });
    at_most(files.new.len() + 1, MAX_FILES, "files")?;
    blocks.table(FILES, &files.new, |row, path| {
        put_string(row, path, MAX_STRING_BYTES, "a path")?;
        // All of them are the program's.
        row.push(0);
        Ok(())
    })?;
    blocks.table(LOCATIONS, trace.locations.iter().skip(1), |row, place| {
        put_numbers(row, [files.row(&place.file), place.line, 0]);
        Ok(())
    })?;
    // A trace knows the innermost frame of a chain: each place is a chain of one frame, of the same number.
    blocks.table(CHAINS, 1..trace.locations.len() as u32, |row, place| {
        put_numbers(row, [0, place]);
        Ok(())
    })?;
    let threads = trace.tasks.iter().map(|task| task.thread).max();
    let threads = 1 + u32::from(threads.unwrap_or(0));
    at_most(threads as usize, MAX_THREADS, "threads")?;
    blocks.table(THREADS, 0..threads, |row, _| {
        put_numbers(row, [0]);
        Ok(())
    })?;
    blocks.table(LOOPS, [[0, 0]], |row, event_loop| {
        put_numbers(row, event_loop);
        Ok(())
    })?;
    blocks.table(TASKS, trace.tasks.iter().enumerate(), |row, (at, task)| {
        let parent = task.parent.map_or(0, |parent| parent.0.saturating_add(1));
        if parent as usize > at || task.location.index() >= trace.locations.len() {
            return Err(format!("task {at} points to what is not there"));
        }
        let name = names.row(&task.name);
        let location = task.location.0.into();
        // A coroutine on a loop, or work for another thread.
        let kind = u32::from(task.thread > 0);
        put_numbers(
            row,
            [name, 0, parent, location, kind, 1, task.thread.into()],
        );
        Ok(())
    })?;
    blocks.table(RESOURCES, &trace.resources, |row, resource| {
        let name = names.row(&resource.name);
        put_numbers(row, [resource_kind(resource.kind), name, 0, 0]);
        Ok(())
    })
}

fn sources(blocks: &mut Blocks, about: &About) -> Result<(), String> {
    let mut bytes = 0;
    let mut files = Strings::after(1);
    blocks.table(SOURCES, about.sources, |row, (path, source)| {
        let known = files.new.len();
        // Sources' files are the first in their table.
        let file = files.row(path);
        if files.new.len() == known {
            return Err(format!("{path} has two sources"));
        }
        put_varint(row, file.into());
        let before = row.len();
        put_string(row, source, MAX_SOURCE_BYTES, path)?;
        bytes += row.len() - before;
        Ok(())
    })?;
    at_most(bytes, MAX_SOURCES_BYTES, "bytes of sources")
}

fn end(blocks: &mut Blocks, trace: &Trace) -> Result<(), String> {
    let Some(end) = &trace.end else {
        return Err("the run goes on, and a file holds one that is over".to_owned());
    };
    let last_ns = trace.events.last().map_or(0, |event| event.time_ns);
    if !(last_ns..=MAX_TIME_NS).contains(&end.time_ns) {
        return Err("the run ends before its last event, or after the end of time".to_owned());
    }
    let mut body = Vec::new();
    put_varint(&mut body, end.time_ns);
    body.push(match end.reason {
        EndReason::Finished => 0,
        EndReason::Failed => 1,
        EndReason::Deadlock => 2,
        EndReason::Limit => 3,
        EndReason::Stopped => 4,
        EndReason::Died => 5,
    });
    let what = "what is said of the end";
    put_string(&mut body, &end.message, MAX_LONG_STRING_BYTES, what)?;
    // Nothing was cut.
    body.push(0);
    blocks.section(END, &body);
    Ok(())
}

fn events(blocks: &mut Blocks, trace: &Trace) -> Result<(), String> {
    at_most(trace.events.len(), MAX_EVENTS, "events")?;
    let mut maker = Maker::default();
    let mut records = Vec::new();
    let mut last_ns = 0;
    for (at, event) in trace.events.iter().enumerate() {
        let sound = wire::is_sound(trace, event, at);
        let after_ns = event.time_ns.checked_sub(last_ns).filter(|_| sound);
        let (Some(after_ns), Some(made)) = (after_ns, maker.event(event.time_ns, event.kind, at))
        else {
            return Err(format!("event {at} says what no run of the page does"));
        };
        last_ns = event.time_ns;
        // An event's records stay together.
        if records.len() + 3 > MAX_BLOCK_RECORDS {
            put_records(blocks, &mut records);
        }
        records_of(&made, after_ns, &mut records);
    }
    if !records.is_empty() {
        put_records(blocks, &mut records);
    }
    Ok(())
}

/// The section of some records, each of which is nanoseconds and what follows them.
fn put_records(blocks: &mut Blocks, records: &mut Vec<[u64; 2]>) {
    let mut body = Vec::with_capacity(16 * records.len() + 3);
    put_varint(&mut body, records.len() as u64);
    for column in 0..2 {
        for plane in 0..8 {
            body.extend(records.iter().map(|row| (row[column] >> (8 * plane)) as u8));
        }
    }
    blocks.section(EVENTS, &body);
    records.clear();
}

/// An event's record, after one for what is too large for it, and before its second half.
fn records_of(event: &Event, after_ns: u64, records: &mut Vec<[u64; 2]>) {
    let code = |kind: u8, a: u32, b: u32| u64::from(kind) | u64::from(a) << 8 | u64::from(b) << 32;
    let (high, half) = match event.more {
        More::Nothing => (None, None),
        More::Fields(a, b) => {
            let high = a >> LEVEL_BITS;
            let low = a & ((1 << LEVEL_BITS) - 1);
            (Some(high).filter(|high| *high > 0), Some(code(0, low, b)))
        }
        More::Number(number) => {
            let is_never = event.kind == kind::TIMER_SET && number == u64::MAX;
            let means_never = event.kind == kind::TIMER_SET && number == NEVER;
            let high = (number >> NUMBER_BITS) as u32;
            let high = Some(high).filter(|high| (*high > 0 && !is_never) || means_never);
            (high, Some((number & NEVER) << 8))
        }
    };
    let mut after_ns = after_ns;
    if let Some(high) = high {
        records.push([after_ns, code(kind::HIGH, high, 0)]);
        after_ns = 0;
    }
    let flags = if event.merged { MERGED } else { 0 };
    records.push([after_ns, code(event.kind | flags, event.a, event.b)]);
    if let Some(half) = half {
        records.push([0, half | u64::from(kind::MORE)]);
    }
}

/// Makes events of a file from those of a trace.
#[derive(Default)]
struct Maker {
    /// So many were set.
    timers: u32,
    /// The positions of the events that put calls into the browser's queues.
    calls: Vec<u32>,
}

impl Maker {
    /// An event; `None` where it names a timer or a call that is not there yet. All else was looked at before.
    fn event(&mut self, time_ns: u64, fact: EventKind, at: usize) -> Option<Event> {
        let row = |kind, a: TaskId, b| (kind, a.0, b, More::Nothing);
        let with = |kind, a: TaskId, b, more| (kind, a.0, b, more);
        let place = |location: LocationId| u32::from(location.0);
        let is_set = |timer: u32| (timer < self.timers).then_some(timer);
        let call = |queued: u32| {
            let call = self.calls.binary_search(&queued).ok()?;
            Some(call as u32)
        };
        let (kind, a, b, more) = match fact {
            EventKind::LoopTurn => (kind::TURN, 0, 0, More::Nothing),
            EventKind::Spawn { task } => row(kind::SPAWN, task, 0),
            EventKind::PollStart { task } => row(kind::POLL_START, task, 0),
            EventKind::PollEnd {
                task,
                outcome,
                location,
            } => {
                let kind = match outcome {
                    PollOutcome::Pending => kind::POLL_END,
                    PollOutcome::Ready => kind::POLL_DONE,
                    PollOutcome::Panicked => kind::POLL_PANICKED,
                };
                row(kind, task, place(location))
            }
            EventKind::Wake { target, by, .. } => match by {
                Cause::Task(task) => row(kind::WAKE_TASK, target, task.0),
                Cause::Timer(timer) => row(kind::WAKE_TIMER, target, is_set(timer.0)?),
                Cause::External => row(kind::WAKE_OUTSIDE, target, 0),
            },
            EventKind::TimerSet { timer, deadline_ns } => {
                if timer.0 != self.timers {
                    return None;
                }
                self.timers += 1;
                let more = More::Number(deadline_ns);
                (kind::TIMER_SET, NO_TASK, timer.0, more)
            }
            EventKind::TimerFired { timer } => {
                (kind::TIMER_FIRED, 0, is_set(timer.0)?, More::Nothing)
            }
            EventKind::TimerDropped { timer } => {
                let timer = is_set(timer.0)?;
                (kind::TIMER_DROPPED, NO_TASK, timer, More::Nothing)
            }
            EventKind::ResourceMade { resource } => {
                (kind::RESOURCE_MADE, NO_TASK, resource.0, More::Nothing)
            }
            EventKind::Wait { task, on } => match on {
                WaitFor::Resource(resource) => row(kind::WAIT_RESOURCE, task, resource.0),
                WaitFor::Task(other) => row(kind::WAIT_TASK, task, other.0),
                WaitFor::Timer(timer) => row(kind::WAIT_TIMER, task, is_set(timer.0)?),
            },
            EventKind::Acquire {
                task,
                resource,
                level,
                location,
            } => {
                let more = More::Fields(level, place(location));
                with(kind::ACQUIRE, task, resource.0, more)
            }
            EventKind::Release {
                task,
                resource,
                level,
            } => with(kind::RELEASE, task, resource.0, More::Fields(level, 0)),
            EventKind::Cancel { target, by } => match by {
                Cause::Task(task) => row(kind::CANCEL_TASK, target, task.0),
                Cause::Timer(timer) => row(kind::CANCEL_TIMER, target, is_set(timer.0)?),
                Cause::External => row(kind::CANCEL_OUTSIDE, target, 0),
            },
            EventKind::Output {
                task,
                text,
                location,
            } => {
                // To the standard output.
                let more = More::Fields(1, place(location));
                with(kind::OUTPUT, task, text.0, more)
            }
            EventKind::Note { task, text } => row(kind::NOTE, task, text.0),
            EventKind::FrameEnter {
                task,
                name,
                location,
            } => {
                let more = More::Fields(0, place(location));
                with(kind::FRAME_ENTER, task, name.0, more)
            }
            EventKind::FrameExit { task } => row(kind::FRAME_EXIT, task, 0),
            EventKind::NeverAwaited {
                task,
                name,
                location,
            } => {
                let more = More::Fields(0, place(location));
                with(kind::NEVER_AWAITED, task, name.0, more)
            }
            EventKind::Done { task, ending, text } => match ending {
                Ending::Returned => row(kind::RETURNED, task, text.0),
                Ending::Failed => with(kind::FAILED, task, text.0, More::Fields(0, 0)),
                Ending::Cancelled => row(kind::CANCELLED, task, text.0),
                Ending::Panicked => row(kind::PANICKED, task, text.0),
            },
            EventKind::Retrieved { task } => row(kind::RETRIEVED, task, 0),
            EventKind::Blocks { task, location } => row(kind::BLOCKS, task, place(location)),
            EventKind::Blocked {
                task,
                location,
                from_ns,
            } => {
                let more = More::Number(time_ns.checked_sub(from_ns)?);
                with(kind::BLOCKED, task, place(location), more)
            }
            EventKind::ThreadStart { task, at_ns } => {
                with(kind::THREAD_STARTED, task, 0, More::Number(at_ns))
            }
            EventKind::ThreadEnd { task, at_ns } => {
                with(kind::THREAD_ENDED, task, 0, More::Number(at_ns))
            }
            EventKind::Value { task, name, value } => {
                let above_least = (i64::from(value) - LEAST_INTEGER) as u64;
                with(kind::INTEGER, task, name.0, More::Number(above_least))
            }
            EventKind::BrowserQueued { task, queue } => {
                self.calls.push(at as u32);
                let queue = match queue {
                    BrowserQueue::Microtasks => 0,
                    BrowserQueue::Timers => 1,
                    BrowserQueue::Messages => 2,
                };
                row(kind::BROWSER_QUEUED, task, queue)
            }
            EventKind::BrowserCall { queued } => {
                (kind::BROWSER_CALL, 0, call(queued)?, More::Nothing)
            }
            EventKind::BrowserReturn { queued } => {
                (kind::BROWSER_RETURN, 0, call(queued)?, More::Nothing)
            }
        };
        Some(Event {
            time_ns,
            kind,
            a,
            b,
            merged: matches!(fact, EventKind::Wake { merged: true, .. }),
            more,
        })
    }
}

/// Its number in the format.
fn resource_kind(kind: ResourceKind) -> u32 {
    match kind {
        ResourceKind::Queue => 0,
        ResourceKind::Lock => 1,
        ResourceKind::Semaphore => 2,
        ResourceKind::Event => 3,
        ResourceKind::Condition => 4,
        ResourceKind::Future => 5,
        ResourceKind::Group => 6,
        ResourceKind::Channel => 7,
        ResourceKind::Http => 8,
        ResourceKind::Socket => 9,
        ResourceKind::Thread => 10,
    }
}

#[cfg(test)]
mod tests;
