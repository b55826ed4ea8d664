//! What happened in a run: tasks, resources, events, and the [`Trace`] that holds them.
//!
//! Everything on the page and in every export is a pure function of a trace and a point in
//! time. Events are plain facts; states, lanes and findings are derived from them and are never
//! stored. The binary form is in [`wire`].

pub mod wire;

/// Version of the meaning of events; a trace of another version is refused, never guessed at.
pub const VERSION: u16 = 1;

/// Most events a run may record: past it the run stops and keeps what it has.
pub const MAX_EVENTS: usize = 1_000_000;

/// Most tasks a run may spawn.
pub const MAX_TASKS: usize = 10_000;

/// The latest time that a trace may name, in nanoseconds: 146 years. So two of them can be added, and any
/// fits into a signed number.
pub const MAX_TIME_NS: u64 = 1 << 62;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub $inner);

        impl $name {
            /// Position in the trace's table.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

id! {
    /// A spawned coroutine; its row is in [`Trace::tasks`]. 0 is the main task.
    TaskId(u32)
}
id! {
    /// Something tasks wait for; its row is in [`Trace::resources`].
    ResourceId(u32)
}
id! {
    /// A line of source; its row is in [`Trace::locations`].
    LocationId(u16)
}
id! {
    /// A string that an event refers to, in [`Trace::texts`].
    TextId(u32)
}
id! {
    /// A timer, numbered in the order in which timers were set.
    TimerId(u32)
}

impl TaskId {
    /// The task that the run was started with.
    pub const MAIN: TaskId = TaskId(0);
}

impl LocationId {
    /// No line is known.
    pub const UNKNOWN: LocationId = LocationId(0);
}

impl TextId {
    /// The empty text.
    pub const EMPTY: TextId = TextId(0);
}

/// One recorded fact. Its sequence number is its position in [`Trace::events`]: times may be
/// equal (a browser's clock ticks in steps of 100 µs), positions never are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// Nanoseconds since the run began; never less than the event's before.
    pub time_ns: u64,
    /// What happened.
    pub kind: EventKind,
}

/// Who made a task ready, or cancelled it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// A task, while it ran or by finishing.
    Task(TaskId),
    /// A timer that fired.
    Timer(TimerId),
    /// Something that is not part of the run: the browser, or the runner at the run's end.
    External,
}

/// How one poll of a task ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PollOutcome {
    /// The task is finished.
    Ready,
    /// The task waits.
    Pending,
    /// The task's code panicked.
    Panicked,
}

/// How a task ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It returned; the text is its result, when it has one worth showing.
    Returned,
    /// It returned an error (in Python: raised an exception); the text says which.
    Failed,
    /// It was cancelled.
    Cancelled,
    /// Its code panicked; the text is the panic's message.
    Panicked,
}

/// The kinds of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// The loop begins a turn.
    LoopTurn,
    /// A task was made, and is ready. Parent, name and place are in [`Trace::tasks`].
    Spawn {
        /// The new task.
        task: TaskId,
    },
    /// The loop (or another thread) starts to run a task.
    PollStart {
        /// Which.
        task: TaskId,
    },
    /// A task gives the thread back.
    PollEnd {
        /// Which.
        task: TaskId,
        /// How.
        outcome: PollOutcome,
        /// The line where the task stands.
        location: LocationId,
    },
    /// A task was made ready.
    Wake {
        /// Which.
        target: TaskId,
        /// By whom.
        by: Cause,
        /// The task was ready already, so that nothing changed.
        merged: bool,
    },
    /// The running task set a timer.
    TimerSet {
        /// Which.
        timer: TimerId,
        /// Nanoseconds since the run began.
        deadline_ns: u64,
    },
    /// A due timer was served.
    TimerFired {
        /// Which.
        timer: TimerId,
    },
    /// A timer was given up before it fired.
    TimerDropped {
        /// Which.
        timer: TimerId,
    },
    /// A resource was made. Kind and name are in [`Trace::resources`].
    ResourceMade {
        /// Which.
        resource: ResourceId,
    },
    /// A task begins to wait.
    Wait {
        /// Who.
        task: TaskId,
        /// For what.
        on: WaitFor,
    },
    /// A task got what it waited for, or got it at once.
    Acquire {
        /// Who.
        task: TaskId,
        /// What.
        resource: ResourceId,
        /// See [`ResourceInfo::kind`] for its meaning.
        level: u32,
        /// The line that asked for it.
        location: LocationId,
    },
    /// A task gave something back, put something in, or set something.
    Release {
        /// Who.
        task: TaskId,
        /// What.
        resource: ResourceId,
        /// See [`ResourceInfo::kind`] for its meaning.
        level: u32,
    },
    /// A task was asked to stop.
    Cancel {
        /// Which.
        target: TaskId,
        /// By whom.
        by: Cause,
    },
    /// A task printed a line.
    Output {
        /// Which.
        task: TaskId,
        /// The line, without its end.
        text: TextId,
        /// From where.
        location: LocationId,
    },
    /// A remark for the reader that the Python program would not print.
    Note {
        /// By which task.
        task: TaskId,
        /// The remark.
        text: TextId,
    },
    /// A coroutine was entered inside a task (an `await` of a coroutine, one level deeper).
    FrameEnter {
        /// Inside which task.
        task: TaskId,
        /// The coroutine's name.
        name: TextId,
    },
    /// The innermost coroutine of a task was left.
    FrameExit {
        /// Inside which task.
        task: TaskId,
    },
    /// A coroutine was made and thrown away without having been awaited.
    NeverAwaited {
        /// The task that made it.
        task: TaskId,
        /// The coroutine's name.
        name: TextId,
        /// Where it was made.
        location: LocationId,
    },
    /// A task is finished.
    Done {
        /// Which.
        task: TaskId,
        /// How.
        ending: Ending,
        /// The result or error.
        text: TextId,
    },
    /// A task's failure was looked at by somebody who awaited it.
    Retrieved {
        /// The failed task.
        task: TaskId,
    },
    /// The running task is about to block the thread.
    Blocks {
        /// Who.
        task: TaskId,
        /// At which line.
        location: LocationId,
    },
    /// The thread was blocked by the running task until now.
    Blocked {
        /// Who blocked.
        task: TaskId,
        /// From which line.
        location: LocationId,
        /// Since when, in nanoseconds since the run began.
        from_ns: u64,
    },
    /// Work on another thread began. It is reported by that thread, so the event's own time is
    /// when the loop heard of it.
    ThreadStart {
        /// The piece of work, as a task of its own.
        task: TaskId,
        /// By that thread's clock, nanoseconds since the run began.
        at_ns: u64,
    },
    /// Work on another thread ended.
    ThreadEnd {
        /// The piece of work.
        task: TaskId,
        /// By that thread's clock, nanoseconds since the run began.
        at_ns: u64,
    },
}

/// What a task waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WaitFor {
    /// A queue, a lock, an answer.
    Resource(ResourceId),
    /// Another task's end.
    Task(TaskId),
    /// A timer (a sleep).
    Timer(TimerId),
}

/// A row of [`Trace::tasks`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskInfo {
    /// What the program calls it.
    pub name: Box<str>,
    /// Who spawned it; `None` for the main task.
    pub parent: Option<TaskId>,
    /// Where it was spawned.
    pub location: LocationId,
    /// 0: the loop's thread. Others are numbered from 1.
    pub thread: u16,
}

/// A row of [`Trace::resources`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceInfo {
    /// What sort of thing it is.
    pub kind: ResourceKind,
    /// What the program calls it.
    pub name: Box<str>,
}

impl ResourceInfo {
    /// Its kind and name: "lock a". A group is called after what it waits for: "3 tasks".
    pub fn title(&self) -> String {
        match (self.kind, &*self.name) {
            (kind, "") => kind.word().to_owned(),
            (ResourceKind::Group, name) => name.to_owned(),
            (kind, name) => format!("{} {name}", kind.word()),
        }
    }

    /// It as the object of a sentence: "the lock a", "3 tasks".
    pub fn in_words(&self) -> String {
        match self.kind {
            ResourceKind::Group => self.title(),
            _ => format!("the {}", self.title()),
        }
    }
}

/// The sorts of resource, and what the `level` of an acquire or release counts after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResourceKind {
    /// Items in the queue. Release puts one in, acquire takes one out.
    Queue,
    /// 1 while held, else 0.
    Lock,
    /// Permits in use.
    Semaphore,
    /// 1 while set, else 0.
    Event,
    /// Waiters left.
    Condition,
    /// 1 once it has a value.
    Future,
    /// A gather, task group or other wait for several tasks: how many are still unfinished.
    Group,
    /// Items in the channel.
    Channel,
    /// Requests under way.
    Http,
    /// Messages received and not read yet.
    Socket,
    /// Pieces of work under way on other threads.
    Thread,
}

impl ResourceKind {
    /// The field's word for it.
    pub fn word(self) -> &'static str {
        match self {
            ResourceKind::Queue => "queue",
            ResourceKind::Lock => "lock",
            ResourceKind::Semaphore => "semaphore",
            ResourceKind::Event => "event",
            ResourceKind::Condition => "condition",
            ResourceKind::Future => "future",
            ResourceKind::Group => "group",
            ResourceKind::Channel => "channel",
            ResourceKind::Http => "http",
            ResourceKind::Socket => "socket",
            ResourceKind::Thread => "thread",
        }
    }
}

/// A place in a source file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Location {
    /// The path, as the compiler or interpreter gives it.
    pub file: Box<str>,
    /// Counted from 1; 0 where no line is known.
    pub line: u32,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// Nanoseconds since the run began.
    pub time_ns: u64,
    /// Why.
    pub reason: EndReason,
    /// A sentence for the reader; empty when the program finished.
    pub message: Box<str>,
}

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// The main task returned.
    Finished,
    /// The main task failed.
    Failed,
    /// Nothing could ever wake the unfinished tasks.
    Deadlock,
    /// The run reached a limit on tasks or events.
    Limit,
    /// The reader pressed Stop.
    Stopped,
    /// The worker died: a panic, or too little memory.
    Died,
}

/// Which clock a run used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClockKind {
    /// Real time, on the browser's event loop.
    Live,
    /// Virtual time, which jumps to the next deadline.
    Instant,
}

/// All events of a run, with the tables that they refer to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// By which clock the times are.
    pub clock: ClockKind,
    /// In the order in which they happened.
    pub events: Vec<Event>,
    /// By [`TaskId`].
    pub tasks: Vec<TaskInfo>,
    /// By [`ResourceId`].
    pub resources: Vec<ResourceInfo>,
    /// By [`LocationId`]; the first is unknown.
    pub locations: Vec<Location>,
    /// By [`TextId`]; the first is empty.
    pub texts: Vec<Box<str>>,
    /// `None` while the run goes on.
    pub end: Option<End>,
}

impl Trace {
    /// A trace in which nothing has happened yet.
    pub fn new(clock: ClockKind) -> Self {
        Trace {
            clock,
            events: Vec::new(),
            tasks: Vec::new(),
            resources: Vec::new(),
            locations: vec![Location {
                file: "".into(),
                line: 0,
            }],
            texts: vec!["".into()],
            end: None,
        }
    }

    /// The time of the run's end, or of the last event while it goes on; nanoseconds.
    pub fn duration_ns(&self) -> u64 {
        match &self.end {
            Some(end) => end.time_ns,
            None => self.events.last().map_or(0, |event| event.time_ns),
        }
    }

    /// The string that an event refers to.
    pub fn text(&self, id: TextId) -> &str {
        &self.texts[id.index()]
    }

    /// A task's row.
    pub fn task(&self, id: TaskId) -> &TaskInfo {
        &self.tasks[id.index()]
    }

    /// A task's name.
    pub fn name(&self, id: TaskId) -> &str {
        &self.tasks[id.index()].name
    }

    /// A resource's row.
    pub fn resource(&self, id: ResourceId) -> &ResourceInfo {
        &self.resources[id.index()]
    }

    /// A location's row.
    pub fn location(&self, id: LocationId) -> &Location {
        &self.locations[id.index()]
    }

    /// How many events happened at or before a time: the position up to which to replay.
    pub fn events_until(&self, time_ns: u64) -> usize {
        self.events
            .partition_point(|event| event.time_ns <= time_ns)
    }
}
