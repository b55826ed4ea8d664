//! The events of a recording: records of 16 bytes, whose bytes of one significance lie together.

use super::cursor::Cursor;
use super::{File, MAX_TIME_NS};

pub(super) const MAX_EVENTS: usize = 2_000_000;
pub(super) const MAX_BLOCK_RECORDS: usize = 65_536;
/// Bits of the number in the second half of an event; a HIGH record has those above.
pub(super) const NUMBER_BITS: u32 = 55;
/// Bits of a level; as above.
pub(super) const LEVEL_BITS: u32 = 24;
/// A deadline that never comes, where no HIGH record stands before it.
pub(super) const NEVER: u64 = (1 << NUMBER_BITS) - 1;
/// A number of 32 bits with a sign is written as what it is more than the least of them.
pub(super) const LEAST_INTEGER: i64 = i32::MIN as i64;
/// No task.
pub(super) const NO_TASK: u32 = (1 << 24) - 1;
pub(super) const MERGED: u8 = 0x40;
const BY_CALLBACK: u8 = 0x80;

/// One event.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// Nanoseconds since the recording began.
    pub time_ns: u64,
    /// As in the format; one of [`KINDS`].
    pub kind: u8,
    /// What the format's table says of the kind; [`Event::task`] where it is a task.
    pub a: u32,
    /// As `a`.
    pub b: u32,
    /// A wake of a task that was ready already.
    pub merged: bool,
    /// The second half.
    pub more: More,
}

/// The second half of an event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum More {
    /// It has none.
    Nothing,
    /// Two fields.
    Fields(u32, u32),
    /// One number; a deadline of `u64::MAX` is never.
    Number(u64),
}

impl Event {
    /// The task that `a` names, if it names one.
    pub fn task(&self) -> Option<u32> {
        (self.a != NO_TASK).then_some(self.a)
    }

    /// The second half's two fields.
    pub fn fields(&self) -> (u32, u32) {
        match self.more {
            More::Fields(a, b) => (a, b),
            _ => (0, 0),
        }
    }

    /// The second half's number.
    pub fn number(&self) -> u64 {
        match self.more {
            More::Number(number) => number,
            _ => 0,
        }
    }
}

/// What a field points to, or how large it may be.
#[derive(Clone, Copy, PartialEq)]
enum Field {
    Zero,
    Task,
    /// A task, or none.
    Anybody,
    Loop,
    Chain,
    Resource,
    /// A resource plus one, or 0.
    Connection,
    Text,
    Location,
    Thread,
    Timer,
    Level,
    Flag,
    Stream,
    ValueKind,
    /// One of the browser's queues.
    Queue,
    /// A call that was put into one.
    Call,
}

/// What the second half of a kind holds.
#[derive(Clone, Copy)]
enum Half {
    No,
    Number,
    Of(Field, Field),
}

use Field::*;
use Half::{No, Number, Of};

/// How many kinds version 1 has.
const KINDS_OF_VERSION_1: usize = 42;

/// Each kind's name, fields and second half, by its number.
const KINDS: [(&str, Field, Field, Half); 54] = [
    ("more", Zero, Zero, No),
    ("turn", Loop, Zero, No),
    ("spawn", Task, Zero, No),
    ("poll_start", Task, Flag, No),
    ("poll_end", Task, Chain, No),
    ("poll_done", Task, Chain, No),
    ("wake_task", Task, Task, No),
    ("wake_timer", Task, Timer, No),
    ("wake_io", Task, Connection, No),
    ("wake_thread", Task, Thread, No),
    ("wake_outside", Task, Zero, No),
    ("timer_set", Anybody, Timer, Number),
    ("timer_fired", Zero, Timer, No),
    ("timer_dropped", Anybody, Timer, No),
    ("wait_resource", Task, Resource, No),
    ("wait_task", Task, Task, No),
    ("wait_timer", Task, Timer, No),
    ("wait_future", Task, Zero, No),
    ("resource_made", Anybody, Resource, No),
    ("resource_closed", Anybody, Resource, No),
    ("acquire", Anybody, Resource, Of(Level, Location)),
    ("release", Anybody, Resource, Of(Level, Location)),
    ("cancel_task", Task, Task, No),
    ("cancel_timer", Task, Timer, No),
    ("cancel_outside", Task, Zero, No),
    ("output", Anybody, Text, Of(Stream, Location)),
    ("note", Anybody, Text, No),
    ("value", Anybody, Text, Of(ValueKind, Text)),
    ("never_awaited", Anybody, Text, Of(Zero, Location)),
    ("returned", Task, Text, No),
    ("failed", Task, Text, Of(Zero, Chain)),
    ("cancelled", Task, Text, No),
    ("retrieved", Task, Zero, No),
    ("destroyed", Task, Zero, No),
    ("renamed", Task, Text, No),
    ("blocked", Anybody, Chain, Number),
    ("callback", Anybody, Location, Number),
    ("thread_start", Task, Thread, No),
    ("thread_end", Task, Thread, No),
    ("loop_start", Loop, Zero, No),
    ("loop_stop", Loop, Zero, No),
    ("loop_closed", Loop, Zero, No),
    ("high", Zero, Zero, No),
    ("poll_panicked", Task, Chain, No),
    ("panicked", Task, Text, No),
    ("frame_enter", Task, Text, Of(Zero, Location)),
    ("frame_exit", Task, Zero, No),
    ("blocks", Task, Chain, No),
    ("integer", Task, Text, Number),
    ("thread_started", Task, Zero, Number),
    ("thread_ended", Task, Zero, Number),
    ("browser_queued", Task, Queue, No),
    ("browser_call", Zero, Call, No),
    ("browser_return", Zero, Call, No),
];

/// Numbers of the kinds that are told apart here or where events become a trace.
pub(super) mod kind {
    pub const MORE: u8 = 0;
    pub const TURN: u8 = 1;
    pub const SPAWN: u8 = 2;
    pub const POLL_START: u8 = 3;
    pub const POLL_END: u8 = 4;
    pub const POLL_DONE: u8 = 5;
    pub const WAKE_TASK: u8 = 6;
    pub const WAKE_TIMER: u8 = 7;
    pub const WAKE_IO: u8 = 8;
    pub const WAKE_THREAD: u8 = 9;
    pub const WAKE_OUTSIDE: u8 = 10;
    pub const TIMER_SET: u8 = 11;
    pub const TIMER_FIRED: u8 = 12;
    pub const TIMER_DROPPED: u8 = 13;
    pub const WAIT_RESOURCE: u8 = 14;
    pub const WAIT_TASK: u8 = 15;
    pub const WAIT_TIMER: u8 = 16;
    pub const WAIT_FUTURE: u8 = 17;
    pub const RESOURCE_MADE: u8 = 18;
    pub const ACQUIRE: u8 = 20;
    pub const RELEASE: u8 = 21;
    pub const CANCEL_TASK: u8 = 22;
    pub const CANCEL_TIMER: u8 = 23;
    pub const CANCEL_OUTSIDE: u8 = 24;
    pub const OUTPUT: u8 = 25;
    pub const NOTE: u8 = 26;
    pub const VALUE: u8 = 27;
    pub const NEVER_AWAITED: u8 = 28;
    pub const RETURNED: u8 = 29;
    pub const FAILED: u8 = 30;
    pub const CANCELLED: u8 = 31;
    pub const RETRIEVED: u8 = 32;
    pub const RENAMED: u8 = 34;
    pub const BLOCKED: u8 = 35;
    pub const CALLBACK: u8 = 36;
    pub const THREAD_START: u8 = 37;
    pub const THREAD_END: u8 = 38;
    pub const HIGH: u8 = 42;
    pub const POLL_PANICKED: u8 = 43;
    pub const PANICKED: u8 = 44;
    pub const FRAME_ENTER: u8 = 45;
    pub const FRAME_EXIT: u8 = 46;
    pub const BLOCKS: u8 = 47;
    pub const INTEGER: u8 = 48;
    pub const THREAD_STARTED: u8 = 49;
    pub const THREAD_ENDED: u8 = 50;
    pub const BROWSER_QUEUED: u8 = 51;
    pub const BROWSER_CALL: u8 = 52;
    pub const BROWSER_RETURN: u8 = 53;
}

const HIGH_OF_NOTHING: &str = "a HIGH record belongs to nothing";

/// A record as it lies in the file.
struct Record {
    after_ns: u64,
    kind: u8,
    flags: u8,
    /// What follows the kind: 56 bits, of which the lowest 24 are a and the others b.
    rest: u64,
}

impl Record {
    fn a(&self) -> u32 {
        (self.rest & 0xff_ffff) as u32
    }

    fn b(&self) -> u32 {
        (self.rest >> 24) as u32
    }
}

/// The records of a section, in their order.
struct Records<'a> {
    planes: &'a [u8],
    count: usize,
    next: usize,
}

impl Iterator for Records<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        let at = self.next;
        if at >= self.count {
            return None;
        }
        self.next += 1;
        let half = |first: usize| {
            let bytes = std::array::from_fn(|k| self.planes[(first + k) * self.count + at]);
            u64::from_le_bytes(bytes)
        };
        let second = half(8);
        Some(Record {
            after_ns: half(0),
            kind: second as u8 & 0x3f,
            flags: second as u8 & !0x3f,
            rest: second >> 8,
        })
    }
}

impl File {
    pub(super) fn read_events(&mut self, cursor: &mut Cursor) -> Result<(), String> {
        let count = cursor.varint(MAX_BLOCK_RECORDS as u64, "the number of records")? as usize;
        let left = cursor.len();
        if count == 0 || left != 16 * count {
            return Err(cursor.wrong(&format!(
                "{count} records take {} bytes and have {left}",
                16 * count
            )));
        }
        let planes = cursor.bytes(left, "records")?;
        let mut records = Records {
            planes,
            count,
            next: 0,
        };
        while let Some(record) = records.next() {
            let event = self.event(record, &mut records);
            self.events.push(event.map_err(|why| cursor.wrong(&why))?);
        }
        if self.events.len() > MAX_EVENTS {
            return Err(format!(
                "the recording has more than {MAX_EVENTS} events, the most that is read"
            ));
        }
        Ok(())
    }

    /// An event, from its first record and those that follow it.
    fn event(&mut self, first: Record, records: &mut Records) -> Result<Event, String> {
        let time_ns = self.state.time_ns.checked_add(first.after_ns);
        let time_ns = time_ns.filter(|time_ns| *time_ns <= self.max_time_ns());
        let time_ns = time_ns.ok_or("the time is beyond 2**62 nanoseconds")?;
        self.state.time_ns = time_ns;
        let (high, record) = match (self.state.version, first.kind) {
            (2.., kind::HIGH) => {
                if (first.flags, first.b()) != (0, 0) {
                    return Err("a HIGH record has what it cannot have".to_owned());
                }
                let record = records.next().filter(|record| record.after_ns == 0);
                (Some(first.a()), record.ok_or(HIGH_OF_NOTHING)?)
            }
            _ => (None, first),
        };
        let kinds = match self.state.version {
            1 => &KINDS[..KINDS_OF_VERSION_1],
            _ => &KINDS[..],
        };
        let Some((name, first_field, second_field, half)) = kinds.get(usize::from(record.kind))
        else {
            return Err(format!("an event of unknown kind {} is", record.kind));
        };
        match record.kind {
            kind::MORE => return Err("a MORE record belongs to nothing".to_owned()),
            kind::HIGH => return Err(HIGH_OF_NOTHING.to_owned()),
            _ => {}
        }
        let is_wake = (kind::WAKE_TASK..=kind::WAKE_OUTSIDE).contains(&record.kind);
        let is_cancel = (kind::CANCEL_TASK..=kind::CANCEL_OUTSIDE).contains(&record.kind);
        let possible = match (is_wake, is_cancel) {
            (true, _) => MERGED | BY_CALLBACK,
            (_, true) => BY_CALLBACK,
            _ => 0,
        };
        if record.flags & !possible != 0 {
            return Err(format!("{name} has flags that it cannot have"));
        }
        let (a, b) = (record.a(), record.b());
        self.check(name, *first_field, a)?;
        if record.kind == kind::TIMER_SET {
            if b != self.state.timers {
                let next = self.state.timers;
                return Err(format!("timer {b} is set where timer {next} is next,"));
            }
            self.state.timers += 1;
        } else {
            self.check(name, *second_field, b)?;
        }
        if record.kind == kind::BROWSER_QUEUED {
            self.state.calls += 1;
        }
        let mut second = || {
            let is_half =
                |half: &Record| (half.kind, half.flags, half.after_ns) == (kind::MORE, 0, 0);
            records
                .next()
                .filter(is_half)
                .ok_or_else(|| format!("the second half of {name} is missing"))
        };
        // What a HIGH record adds to, which has so many bits of its own, and how many there are at most.
        let with_high = |low: u64, own: u32, most: u32| match high {
            Some(high) if high >> (most - own) != 0 => {
                Err(format!("{name} has a number of more than {most} bits"))
            }
            Some(high) => Ok(u64::from(high) << own | low),
            None => Ok(low),
        };
        let more = match *half {
            No => More::Nothing,
            Number => {
                let low = second()?.rest;
                if low >> NUMBER_BITS != 0 {
                    return Err(format!("{name} has a number beyond 2**55"));
                }
                let number = with_high(low, NUMBER_BITS, 64)?;
                let is_length = [kind::BLOCKED, kind::CALLBACK].contains(&record.kind);
                if is_length && number > time_ns {
                    return Err(format!("{name} began before the recording"));
                }
                let is_time = [kind::THREAD_STARTED, kind::THREAD_ENDED].contains(&record.kind);
                if is_time && number > MAX_TIME_NS {
                    return Err(format!("{name} has a time beyond 2**62 nanoseconds"));
                }
                if record.kind == kind::INTEGER && number > u32::MAX.into() {
                    return Err(format!("{name} has a value of more than 32 bits"));
                }
                More::Number(match (record.kind, high, number) {
                    (kind::TIMER_SET, None, NEVER) => u64::MAX,
                    _ => number,
                })
            }
            Of(first_field, second_field) => {
                let half = second()?;
                self.check(name, first_field, half.a())?;
                if record.kind == kind::OUTPUT && half.a() == 0 {
                    return Err("output is of no stream".to_owned());
                }
                self.check(name, second_field, half.b())?;
                let first = match first_field {
                    Level => with_high(half.a().into(), LEVEL_BITS, 32)? as u32,
                    _ => half.a(),
                };
                More::Fields(first, half.b())
            }
        };
        if high.is_some() && !matches!(half, Number | Of(Level, _)) {
            return Err(HIGH_OF_NOTHING.to_owned());
        }
        Ok(Event {
            time_ns,
            kind: record.kind,
            a,
            b,
            merged: record.flags & MERGED != 0,
            more,
        })
    }

    /// Whether what a field names is there.
    fn check(&self, name: &str, field: Field, value: u32) -> Result<(), String> {
        let (count, what) = match field {
            Anybody if value == NO_TASK => return Ok(()),
            Task | Anybody => (self.tasks.len(), "a task"),
            Loop => (self.loops.len(), "a loop"),
            Chain => (self.chains.len(), "a chain"),
            Resource => (self.resources.len(), "a resource"),
            Connection => (self.resources.len() + 1, "a resource"),
            Text => (self.texts.len().min(self.state.own_texts), "a text"),
            Location => (self.locations.len(), "a location"),
            Thread => (self.threads.len(), "a thread"),
            Timer => (self.state.timers as usize, "a timer"),
            Level => (1 << LEVEL_BITS, "a level"),
            Flag => (2, "a flag"),
            Stream => (3, "a stream"),
            ValueKind => (2, "a kind of value"),
            Queue => (3, "a queue"),
            Call => (self.state.calls as usize, "a call"),
            Zero => (1, "a field that is 0"),
        };
        if value as usize >= count {
            return Err(format!("{name} names {what} {value} and there are {count}"));
        }
        Ok(())
    }
}
