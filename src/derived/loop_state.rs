//! What the event loop looked like at a moment: who runs, who is ready in which order, which
//! timers are set, who waits for what, who is done.
//!
//! [`LoopState`] takes in an event in constant time: it keeps a small record for each task and
//! each timer, with the position of the event that made it so. Positions grow, so putting records
//! in their order is left to whoever looks ([`LoopState::view`]), which happens once in a frame
//! and not a million times. [`History`] makes going back cheap too.

use crate::trace::{Ending, EventKind, LocationId, PollOutcome, TaskId, TimerId, Trace, WaitFor};

/// The loop as a reader sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoopView {
    /// How many turns began.
    pub turn: usize,
    /// Who has the loop's thread.
    pub running: Option<TaskId>,
    /// It blocks the loop. That is recorded only when it is over, so the next event says it.
    pub blocks: bool,
    /// In the order in which they will run.
    pub ready: Vec<TaskId>,
    /// By deadline, then by age.
    pub timers: Vec<TimerRow>,
    /// In the order in which they began.
    pub waiting: Vec<WaitingRow>,
    /// Who is at work on another thread, in the order in which they began.
    pub elsewhere: Vec<TaskId>,
    /// In the order in which they ended.
    pub done: Vec<(TaskId, Ending)>,
}

/// A timer that is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimerRow {
    /// Which.
    pub timer: TimerId,
    /// When it was set, nanoseconds since the run began.
    pub set_ns: u64,
    /// When it is due, nanoseconds since the run began.
    pub deadline_ns: u64,
    /// Who set it.
    pub task: Option<TaskId>,
}

/// A task that waits to be woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitingRow {
    /// Who.
    pub task: TaskId,
    /// For what, if a primitive said so.
    pub on: Option<WaitFor>,
    /// Since when, nanoseconds since the run began.
    pub since_ns: u64,
}

/// The loop after some of a trace's events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoopState {
    /// How many events are in here.
    count: usize,
    turn: u32,
    running: Option<TaskId>,
    /// By task.
    tasks: Vec<TaskNow>,
    /// By number, which is the order in which they were set; those that are not set any more are
    /// taken out when they are the greater part.
    timers: Vec<TimerNow>,
    timers_gone: usize,
}

/// A task at a moment. There may be ten thousand in each checkpoint, so it is kept small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct TaskNow {
    place: Place,
    /// The line where it stands, once it has run.
    location: LocationId,
    /// The position of the event that put it there.
    since: u32,
    on: Option<WaitFor>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Not spawned yet, or in no queue: it runs, or has run for the last time.
    Nowhere,
    Ready,
    Waiting,
    /// On another thread.
    Elsewhere,
    Done(Ending),
}

const UNBORN: TaskNow = TaskNow {
    place: Place::Nowhere,
    location: LocationId::UNKNOWN,
    since: 0,
    on: None,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct TimerNow {
    timer: TimerId,
    /// The position of the event that set it, which says the rest.
    set_at: u32,
    task: u32,
}

/// In place of a task that set a timer: nobody did.
const NOBODY: u32 = u32::MAX;

/// In place of the event that set a timer: it is not set any more.
const GONE: u32 = u32::MAX;

/// So many timers that are gone are not worth the work of taking them out.
const FEW_TIMERS: usize = 32;

impl LoopState {
    /// The loop after the first `count` events, by a replay of all of them.
    pub fn after(trace: &Trace, count: usize) -> Self {
        let mut state = LoopState::default();
        state.advance(trace, count);
        state
    }

    /// How many events are in here.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Takes in the trace's next events until there are `count` in here.
    pub fn advance(&mut self, trace: &Trace, count: usize) {
        while self.count < count.min(trace.events.len()) {
            self.apply(trace, self.count);
            self.count += 1;
        }
    }

    fn apply(&mut self, trace: &Trace, position: usize) {
        let since = position as u32;
        match trace.events[position].kind {
            EventKind::LoopTurn => self.turn += 1,
            EventKind::Spawn { task } => {
                let info = trace.task(task);
                // The parent stands where it spawns.
                if self.running.is_some() && self.running == info.parent {
                    self.stand(info.parent, info.location);
                }
                self.put(task, Place::Ready, since);
            }
            EventKind::PollStart { task } => {
                self.put(task, Place::Nowhere, since);
                self.of(task).on = None;
                self.running = Some(task);
            }
            EventKind::PollEnd {
                task,
                outcome,
                location,
            } => {
                self.running = None;
                self.stand(Some(task), location);
                // Woken while it ran, it is ready and does not wait.
                if outcome == PollOutcome::Pending && self.of(task).place == Place::Nowhere {
                    self.put(task, Place::Waiting, since);
                }
            }
            EventKind::Wait { task, on } => self.of(task).on = Some(on),
            EventKind::Wake {
                target,
                merged: false,
                ..
            } => self.put(target, Place::Ready, since),
            // A damaged file may count its timers in any order.
            EventKind::TimerSet { timer, .. }
                if self.timers.last().is_none_or(|t| t.timer < timer) =>
            {
                self.timers.push(TimerNow {
                    timer,
                    set_at: since,
                    task: self.running.map_or(NOBODY, |task| task.0),
                });
            }
            EventKind::TimerFired { timer } | EventKind::TimerDropped { timer } => {
                self.forget_timer(timer)
            }
            EventKind::Done { task, ending, .. } => self.put(task, Place::Done(ending), since),
            EventKind::ThreadStart { task, .. } => self.put(task, Place::Elsewhere, since),
            EventKind::ThreadEnd { task, .. } => {
                self.put(task, Place::Done(Ending::Returned), since)
            }
            EventKind::Output { task, location, .. }
            | EventKind::Acquire { task, location, .. }
            | EventKind::Blocks { task, location }
            | EventKind::Blocked { task, location, .. }
            | EventKind::NeverAwaited { task, location, .. } => self.stand(Some(task), location),
            _ => {}
        }
    }

    fn of(&mut self, task: TaskId) -> &mut TaskNow {
        if self.tasks.len() <= task.index() {
            self.tasks.resize(task.index() + 1, UNBORN);
        }
        &mut self.tasks[task.index()]
    }

    fn put(&mut self, task: TaskId, place: Place, since: u32) {
        let now = self.of(task);
        // Nothing comes after the end, but in a damaged file.
        if !matches!(now.place, Place::Done(_)) {
            now.place = place;
            now.since = since;
        }
    }

    fn stand(&mut self, task: Option<TaskId>, location: LocationId) {
        if let Some(task) = task
            && location != LocationId::UNKNOWN
        {
            self.of(task).location = location;
        }
    }

    fn forget_timer(&mut self, timer: TimerId) {
        let Ok(at) = self.timers.binary_search_by_key(&timer, |row| row.timer) else {
            return;
        };
        if self.timers[at].set_at == GONE {
            return;
        }
        self.timers[at].set_at = GONE;
        self.timers_gone += 1;
        if self.timers_gone > FEW_TIMERS.max(self.timers.len() / 2) {
            self.timers.retain(|row| row.set_at != GONE);
            self.timers_gone = 0;
        }
    }

    /// The line from which the running task blocks the loop.
    fn blocks(&self, trace: &Trace) -> Option<LocationId> {
        match trace.events.get(self.count.checked_sub(1)?)?.kind {
            EventKind::Blocks { task, location } if self.running == Some(task) => Some(location),
            _ => None,
        }
    }

    /// What it takes to keep this, in bytes.
    fn bytes(&self) -> usize {
        size_of::<Self>()
            + self.tasks.len() * size_of::<TaskNow>()
            + self.timers.len() * size_of::<TimerNow>()
    }

    /// How many turns began.
    pub fn turn(&self) -> usize {
        self.turn as usize
    }

    /// The tasks that one place has, in the order in which they came there.
    fn those(&self, is_there: fn(Place) -> bool) -> impl Iterator<Item = TaskId> {
        let tasks = self.tasks.iter().enumerate();
        let there = tasks.filter(|(_, now)| is_there(now.place));
        let mut found: Vec<_> = there
            .map(|(task, now)| (u64::from(now.since), task as u32))
            .collect();
        in_order(&mut found);
        found.into_iter().map(|(_, task)| TaskId(task))
    }

    /// The loop in order, of the trace that this was made from.
    pub fn view(&self, trace: &Trace) -> LoopView {
        let waiting = |task: TaskId| {
            let now = self.tasks[task.index()];
            WaitingRow {
                task,
                on: now.on,
                since_ns: trace.events[now.since as usize].time_ns,
            }
        };
        let done = |task: TaskId| match self.tasks[task.index()].place {
            Place::Done(ending) => (task, ending),
            _ => (task, Ending::Returned),
        };
        LoopView {
            turn: self.turn(),
            running: self.running,
            blocks: self.blocks(trace).is_some(),
            ready: self.those(|place| place == Place::Ready).collect(),
            timers: self.timers(trace),
            waiting: self
                .those(|place| place == Place::Waiting)
                .map(waiting)
                .collect(),
            elsewhere: self.those(|place| place == Place::Elsewhere).collect(),
            done: self
                .those(|place| matches!(place, Place::Done(_)))
                .map(done)
                .collect(),
        }
    }

    fn timers(&self, trace: &Trace) -> Vec<TimerRow> {
        // Timers are in the order of their age.
        let mut found = Vec::with_capacity(self.timers.len() - self.timers_gone);
        for (age, row) in self.timers.iter().enumerate() {
            let event = trace.events.get(row.set_at as usize);
            if let Some(EventKind::TimerSet { deadline_ns, .. }) = event.map(|event| event.kind) {
                found.push((deadline_ns, age as u32));
            }
        }
        in_order(&mut found);
        let row = |(deadline_ns, age): (u64, u32)| {
            let row = self.timers[age as usize];
            TimerRow {
                timer: row.timer,
                set_ns: trace.events[row.set_at as usize].time_ns,
                deadline_ns,
                task: (row.task != NOBODY).then_some(TaskId(row.task)),
            }
        };
        found.into_iter().map(row).collect()
    }

    /// The lines of a source file where tasks stand that are not done, in no order; tasks that
    /// never ran stand nowhere. `file` is the end of its path.
    pub fn stands(&self, trace: &Trace, file: &str) -> Vec<Stand> {
        let mut by_location: Vec<Option<Stand>> = vec![None; trace.locations.len()];
        let blocks = self.blocks(trace);
        for (task, now) in self.tasks.iter().enumerate() {
            let task = TaskId(task as u32);
            let at = match blocks {
                Some(location) if self.running == Some(task) => location,
                _ => now.location,
            };
            let location = trace.location(at);
            if matches!(now.place, Place::Done(_)) || !location.file.ends_with(file) {
                continue;
            }
            let stand = by_location[at.index()].get_or_insert(Stand {
                line: location.line,
                tasks: Vec::new(),
                more: 0,
                running: false,
            });
            stand.running |= self.running == Some(task);
            match stand.tasks.len() {
                ..NAMED => stand.tasks.push(task),
                _ => stand.more += 1,
            }
        }
        by_location.into_iter().flatten().collect()
    }
}

/// Sorts by what comes first in each. One sort for all that is shown: each kind would be as large.
#[inline(never)]
fn in_order(found: &mut [(u64, u32)]) {
    found.sort_unstable();
}

/// A line of source where tasks stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stand {
    /// Counted from 1.
    pub line: u32,
    /// The first of them, in the order in which they were spawned.
    pub tasks: Vec<TaskId>,
    /// How many more there are.
    pub more: usize,
    /// The running task is among them.
    pub running: bool,
}

/// So many of the tasks on a line are named.
const NAMED: usize = 3;

/// The loop at any position of a trace, without a replay of the whole trace each time.
///
/// States are kept along the way, as far apart as they are large, so that they take a fixed
/// number of bytes for an event whatever the number of tasks. Going forward goes on from where
/// the last question was; going back replays from the nearest kept state.
#[derive(Clone, Debug)]
pub struct History {
    /// By count, all of the same trace.
    kept: Vec<LoopState>,
    state: LoopState,
    /// States are kept only at multiples of this many events.
    stride: usize,
}

/// States are kept no nearer to each other, in events: a replay of so many takes no time.
const STRIDE: usize = 4_096;

/// What the kept states may take, for an event.
const BYTES_AN_EVENT: usize = 4;

impl Default for History {
    fn default() -> Self {
        Self::with_stride(STRIDE)
    }
}

impl History {
    /// One that may keep a state after every `stride` events.
    pub fn with_stride(stride: usize) -> Self {
        History {
            kept: Vec::new(),
            state: LoopState::default(),
            stride,
        }
    }

    /// The loop after the first `count` events. The trace has to be the same in each call; it may
    /// have grown.
    pub fn seek(&mut self, trace: &Trace, count: usize) -> &LoopState {
        let count = count.min(trace.events.len());
        let before = self.kept.partition_point(|kept| kept.count <= count);
        let nearest = before.checked_sub(1).map(|at| &self.kept[at]);
        let better = nearest.is_some_and(|nearest| nearest.count > self.state.count);
        if better || self.state.count > count {
            match nearest {
                Some(nearest) => self.state.clone_from(nearest),
                None => self.state = LoopState::default(),
            }
        }
        while self.state.count < count {
            let next = (self.state.count / self.stride + 1) * self.stride;
            self.state.advance(trace, next.min(count));
            self.keep();
        }
        &self.state
    }

    fn keep(&mut self) {
        let last = self.kept.last().map_or(0, |kept| kept.count);
        let worth = self.stride.max(self.state.bytes() / BYTES_AN_EVENT);
        if self.state.count.is_multiple_of(self.stride) && self.state.count >= last + worth {
            self.kept.push(self.state.clone());
        }
    }
}

/// A thing that can be waited for, in words.
pub fn wait_in_words(trace: &Trace, on: WaitFor) -> String {
    match on {
        WaitFor::Task(task) => format!("the task {}", trace.name(task)),
        WaitFor::Timer(_) => "a timer".to_owned(),
        WaitFor::Resource(resource) => trace.resource(resource).in_words(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::run_with;

    fn factorial(setting: &str, time_ns: u64) -> (Trace, LoopState) {
        let trace = run_with("factorial", setting);
        let state = LoopState::after(&trace, trace.events_until(time_ns));
        (trace, state)
    }

    #[test]
    fn between_two_pauses_the_loop_sleeps_and_says_until_when() {
        let (trace, state) = factorial("", 1_500_000_000);
        let view = state.view(&trace);
        assert_eq!(view.running, None);
        assert_eq!(view.ready, []);
        let timers: Vec<_> = view
            .timers
            .iter()
            .map(|row| {
                (
                    trace.name(row.task.expect("a task set it")),
                    row.deadline_ns,
                )
            })
            .collect();
        assert_eq!(timers, [("A", 2_000_000_000), ("B", 2_000_000_000)]);
        let waiting: Vec<_> = view
            .waiting
            .iter()
            .map(|row| trace.name(row.task))
            .collect();
        assert_eq!(waiting, ["main", "A", "B"]);
        assert_eq!(view.done, []);
    }

    #[test]
    fn tasks_stand_on_lines_of_the_demo() {
        let (trace, state) = factorial("", 1_500_000_000);
        let source = crate::marks::without_marks(include_str!("../demos/factorial.rs"));
        let stands = state.stands(&trace, "factorial.rs");
        let mut told: Vec<_> = stands
            .iter()
            .map(|stand| {
                let line = source.lines().nth(stand.line as usize - 1);
                let names: Vec<_> = stand.tasks.iter().map(|task| trace.name(*task)).collect();
                (line.unwrap_or_default().trim(), names.join(", "))
            })
            .collect();
        told.sort();
        assert_eq!(
            told,
            [
                ("stage.gather([a, b]).await;", "main".to_owned()),
                ("stage.sleep(delay).await;", "A, B".to_owned()),
            ]
        );
        assert_eq!(state.stands(&trace, "other.rs"), []);
        let (trace, end) = factorial("", u64::MAX);
        assert_eq!(end.stands(&trace, "factorial.rs"), []);
    }

    #[test]
    fn who_blocks_stands_at_the_line_that_blocks() {
        let (trace, state) = factorial("mode=blocking", 1_500_000_000);
        let view = state.view(&trace);
        assert!(view.blocks);
        assert_eq!(view.running.map(|task| trace.name(task)), Some("A"));
        let stands = state.stands(&trace, "factorial.rs");
        let stand = stands.iter().find(|stand| stand.running);
        let line = stand.expect("it stands somewhere").line as usize;
        let source = crate::marks::without_marks(include_str!("../demos/factorial.rs"));
        assert_eq!(
            source.lines().nth(line - 1).map(str::trim),
            Some("stage.block(delay);")
        );
    }
}
