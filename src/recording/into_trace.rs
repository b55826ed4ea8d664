//! What the page shows of a recording: a trace, as a run in the page makes one.
//!
//! A trace says less than a recording of a program: of a chain of awaits it has the innermost line of the program,
//! and what is done by no task has no place in it but where it makes others ready. Of a run of the page, which
//! `write` wrote, it is the very trace that was written.

use super::File;
use super::events::{Event, LEAST_INTEGER, kind};
use crate::trace::{
    BrowserQueue, Cause, ClockKind, End, EndReason, Ending, Event as Fact, EventKind, Location,
    LocationId, PollOutcome, ResourceId, ResourceInfo, ResourceKind, TaskId, TaskInfo, TextId,
    TimerId, Trace, WaitFor,
};
use std::collections::HashMap;

/// Most bytes of names and paths in a trace. It has one for each task, resource and location, of which many may
/// name the same text of a small file; what is past the limit has no name, and is no place.
pub(super) const MAX_NAME_BYTES: usize = 67_108_864;

impl File {
    /// The trace.
    pub fn into_trace(self) -> Trace {
        let clock = match self.instant {
            true => ClockKind::Instant,
            false => ClockKind::Live,
        };
        let mut maker = Maker {
            trace: Trace::new(clock),
            locations: HashMap::new(),
            futures: HashMap::new(),
            places: vec![None; self.chains.len()],
            calls: Vec::new(),
            name_bytes: 0,
            file: &self,
        };
        maker.make_tables();
        for (at, event) in self.events.iter().enumerate() {
            if let Some(kind) = maker.fact(event, self.events.get(at + 1)) {
                let time_ns = event.time_ns;
                maker.trace.events.push(Fact { time_ns, kind });
            }
        }
        maker.end();
        maker.trace
    }
}

struct Maker<'a> {
    file: &'a File,
    trace: Trace,
    /// Rows of the file's locations that the trace has too. A trace can have fewer.
    locations: HashMap<u32, LocationId>,
    /// What a task waits for in a library, by the function that waits there.
    futures: HashMap<LocationId, ResourceId>,
    /// For each chain that was looked at, where it stands.
    places: Vec<Option<LocationId>>,
    /// The positions of the events that put calls into the browser's queues.
    calls: Vec<u32>,
    /// Bytes of names and paths so far.
    name_bytes: usize,
}

impl Maker<'_> {
    fn make_tables(&mut self) {
        let texts = &self.file.texts;
        let own_texts = self.file.state.own_texts.min(texts.len());
        self.trace.texts = texts[..own_texts].to_vec();
        if self.file.state.version > 1 {
            // All of them in their order, so that a run of the page has the table that it had.
            for row in 1..self.file.locations.len() as u32 {
                self.location(row);
            }
        }
        // Work for another thread says which when it begins.
        let mut threads = vec![0; self.file.tasks.len()];
        // A task is called what it is called in the end.
        let mut names: Vec<u32> = self.file.tasks.iter().map(|task| task.name).collect();
        for event in &self.file.events {
            match event.kind {
                kind::THREAD_START => threads[event.a as usize] = event.b as u16 + 1,
                kind::RENAMED => names[event.a as usize] = event.b,
                _ => {}
            }
        }
        for (task, (name, thread)) in self.file.tasks.iter().zip(names.iter().zip(threads)) {
            let location = self.location(task.location);
            let of_loop = thread == 0 && task.kind == 0;
            let thread = match task.thread {
                Some(thread) => thread as u16,
                None if of_loop => 0,
                None => thread.max(1),
            };
            let name = self.name(*name);
            self.trace.tasks.push(TaskInfo {
                name,
                parent: task.parent.map(TaskId),
                location,
                thread,
            });
        }
        for resource in &self.file.resources {
            let name = self.name(resource.name);
            self.trace.resources.push(ResourceInfo {
                kind: resource_kind(resource.kind),
                name,
            });
        }
    }

    /// A text as a name, as long as there is room for it.
    fn name(&mut self, row: u32) -> Box<str> {
        let name = &self.file.texts[row as usize];
        match self.has_room_for(name) {
            true => name.clone(),
            false => "".into(),
        }
    }

    fn has_room_for(&mut self, name: &str) -> bool {
        let bytes = self.name_bytes.saturating_add(name.len());
        let has_room = bytes <= MAX_NAME_BYTES;
        if has_room {
            self.name_bytes = bytes;
        }
        has_room
    }

    /// A place in the trace's own table.
    fn location(&mut self, row: u32) -> LocationId {
        if let Some(id) = self.locations.get(&row) {
            return *id;
        }
        let place = self.file.locations[row as usize];
        let Ok(next) = u16::try_from(self.trace.locations.len()) else {
            return LocationId::UNKNOWN;
        };
        let path = &self.file.files[place.file as usize].0;
        let id = if place.file != 0 && self.has_room_for(path) {
            self.trace.locations.push(Location {
                file: path.clone(),
                line: place.line,
            });
            LocationId(next)
        } else {
            LocationId::UNKNOWN
        };
        self.locations.insert(row, id);
        id
    }

    /// The rows of locations of a chain, the innermost frame first.
    fn frames(&self, chain: u32) -> impl Iterator<Item = u32> + '_ {
        let chains = &self.file.chains;
        let above = move |chain: &u32| Some(chains[*chain as usize].parent);
        std::iter::successors(Some(chain), above)
            .take_while(|chain| *chain != 0)
            .map(move |chain| chains[chain as usize].location)
    }

    /// Where somebody stands: the innermost line of the program itself, or else of whatever it is.
    fn place(&mut self, chain: u32) -> LocationId {
        if let Some(place) = self.places[chain as usize] {
            return place;
        }
        let is_own = |row: &u32| {
            let file = self.file.locations[*row as usize].file;
            file != 0 && self.file.files[file as usize].1 == 0
        };
        let own = self.frames(chain).find(is_own);
        let innermost = self.frames(chain).next();
        let place = own
            .or(innermost)
            .map_or(LocationId::UNKNOWN, |row| self.location(row));
        self.places[chain as usize] = Some(place);
        place
    }

    /// What a task waits for in a library, which only its place tells of.
    fn future(&mut self, location: LocationId) -> ResourceId {
        let next = ResourceId(self.trace.resources.len() as u32);
        let place = &self.trace.locations[location.index()];
        let file = place.file.rsplit(['/', '\\']).next().unwrap_or_default();
        let name = match place.line {
            0 => String::new(),
            line => format!("{file}:{line}"),
        };
        *self.futures.entry(location).or_insert_with(|| {
            self.trace.resources.push(ResourceInfo {
                kind: ResourceKind::Future,
                name: name.into(),
            });
            next
        })
    }

    /// What an event says that has another behind it.
    fn fact(&mut self, event: &Event, next: Option<&Event>) -> Option<EventKind> {
        let (a, b) = (TaskId(event.a), event.b);
        let text = TextId(b);
        let resource = ResourceId(b);
        let timer = TimerId(b);
        let somebody = event.task().map(TaskId);
        let wake = |by| EventKind::Wake {
            target: a,
            by,
            merged: event.merged,
        };
        let wait = |on| EventKind::Wait { task: a, on };
        let cancel = |by| EventKind::Cancel { target: a, by };
        let done = |ending| EventKind::Done {
            task: a,
            ending,
            text,
        };
        Some(match event.kind {
            kind::TURN => EventKind::LoopTurn,
            kind::SPAWN => EventKind::Spawn { task: a },
            kind::POLL_START => EventKind::PollStart { task: a },
            kind::POLL_END | kind::POLL_DONE | kind::POLL_PANICKED => EventKind::PollEnd {
                task: a,
                outcome: match event.kind {
                    kind::POLL_END => PollOutcome::Pending,
                    kind::POLL_DONE => PollOutcome::Ready,
                    _ => PollOutcome::Panicked,
                },
                location: self.place(b),
            },
            kind::WAKE_TASK => wake(Cause::Task(TaskId(b))),
            kind::WAKE_TIMER => wake(Cause::Timer(timer)),
            kind::WAKE_IO | kind::WAKE_THREAD | kind::WAKE_OUTSIDE => wake(Cause::External),
            kind::TIMER_SET => EventKind::TimerSet {
                timer,
                deadline_ns: event.number(),
            },
            kind::TIMER_FIRED => EventKind::TimerFired { timer },
            kind::TIMER_DROPPED => EventKind::TimerDropped { timer },
            kind::WAIT_RESOURCE => wait(WaitFor::Resource(resource)),
            kind::WAIT_TASK => wait(WaitFor::Task(TaskId(b))),
            kind::WAIT_TIMER => wait(WaitFor::Timer(timer)),
            kind::WAIT_FUTURE => {
                // Its `poll_end` follows.
                let end = next.filter(|next| next.kind == kind::POLL_END && next.a == event.a);
                let place = end.map_or(LocationId::UNKNOWN, |end| self.place(end.b));
                wait(WaitFor::Resource(self.future(place)))
            }
            kind::RESOURCE_MADE => EventKind::ResourceMade { resource },
            kind::ACQUIRE => EventKind::Acquire {
                task: somebody?,
                resource,
                level: event.fields().0,
                location: self.location(event.fields().1),
            },
            kind::RELEASE => EventKind::Release {
                task: somebody?,
                resource,
                level: event.fields().0,
            },
            kind::CANCEL_TASK => cancel(Cause::Task(TaskId(b))),
            kind::CANCEL_TIMER => cancel(Cause::Timer(timer)),
            kind::CANCEL_OUTSIDE => cancel(Cause::External),
            kind::OUTPUT => EventKind::Output {
                task: somebody?,
                text,
                location: self.location(event.fields().1),
            },
            kind::NOTE => EventKind::Note {
                task: somebody?,
                text,
            },
            kind::VALUE => {
                let (_, value) = event.fields();
                EventKind::Value {
                    task: somebody?,
                    name: text,
                    value: self.file.texts[value as usize].parse().ok()?,
                }
            }
            kind::NEVER_AWAITED => EventKind::NeverAwaited {
                task: somebody?,
                name: text,
                location: self.location(event.fields().1),
            },
            kind::RETURNED => done(Ending::Returned),
            kind::FAILED => done(Ending::Failed),
            kind::CANCELLED => done(Ending::Cancelled),
            kind::RETRIEVED => EventKind::Retrieved { task: a },
            kind::BLOCKED => EventKind::Blocked {
                task: somebody?,
                location: self.place(b),
                from_ns: event.time_ns - event.number(),
            },
            kind::THREAD_START => EventKind::ThreadStart {
                task: a,
                at_ns: event.time_ns,
            },
            kind::THREAD_END => EventKind::ThreadEnd {
                task: a,
                at_ns: event.time_ns,
            },
            kind::PANICKED => done(Ending::Panicked),
            kind::FRAME_ENTER => EventKind::FrameEnter {
                task: a,
                name: text,
                location: self.location(event.fields().1),
            },
            kind::FRAME_EXIT => EventKind::FrameExit { task: a },
            kind::BLOCKS => EventKind::Blocks {
                task: a,
                location: self.place(b),
            },
            kind::INTEGER => EventKind::Value {
                task: a,
                name: text,
                value: (event.number() as i64 + LEAST_INTEGER) as i32,
            },
            kind::THREAD_STARTED => EventKind::ThreadStart {
                task: a,
                at_ns: event.number(),
            },
            kind::THREAD_ENDED => EventKind::ThreadEnd {
                task: a,
                at_ns: event.number(),
            },
            kind::BROWSER_QUEUED => {
                self.calls.push(self.trace.events.len() as u32);
                EventKind::BrowserQueued {
                    task: a,
                    queue: match b {
                        0 => BrowserQueue::Microtasks,
                        1 => BrowserQueue::Timers,
                        _ => BrowserQueue::Messages,
                    },
                }
            }
            kind::BROWSER_CALL => EventKind::BrowserCall {
                queued: self.calls[b as usize],
            },
            kind::BROWSER_RETURN => EventKind::BrowserReturn {
                queued: self.calls[b as usize],
            },
            // Loops, names, callbacks and connections that were closed have no place in a trace.
            _ => return None,
        })
    }

    fn end(&mut self) {
        let last_ns = self.trace.duration_ns();
        self.trace.end = Some(match &self.file.end {
            Some(end) => End {
                time_ns: end.time_ns,
                reason: match end.reason {
                    0 => EndReason::Finished,
                    1 => EndReason::Failed,
                    2 => EndReason::Deadlock,
                    3 => EndReason::Limit,
                    4 => EndReason::Stopped,
                    _ => EndReason::Died,
                },
                message: end.message.as_str().into(),
            },
            None => End {
                time_ns: last_ns,
                reason: EndReason::Died,
                message: self.file.broken_off.as_str().into(),
            },
        });
    }
}

fn resource_kind(kind: u8) -> ResourceKind {
    match kind {
        0 => ResourceKind::Queue,
        1 => ResourceKind::Lock,
        2 => ResourceKind::Semaphore,
        3 => ResourceKind::Event,
        4 => ResourceKind::Condition,
        5 => ResourceKind::Future,
        6 => ResourceKind::Group,
        7 => ResourceKind::Channel,
        8 => ResourceKind::Http,
        9 => ResourceKind::Socket,
        _ => ResourceKind::Thread,
    }
}
