//! What is wrong with a run: mistakes that its trace shows, each tied to a task, a time and a
//! line, with a sentence on what happened and why, and one on what to do.

use crate::loop_state::wait_in_words;
use crate::summary::time_text;
use crate::trace::{
    By, EndReason, Ending, Event, LocationId, PollOutcome, ResourceId, ResourceKind, TaskId,
    TextId, TimerId, Trace, WaitFor, What,
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A task that keeps the loop for longer, or that is ready for longer, is worth a finding.
/// asyncio's debug mode has the same limit (`loop.slow_callback_duration`).
pub const LIMIT_NS: u64 = 100_000_000;

/// While the run goes on, a cycle of more tasks is not looked for: that would cost more than a
/// fixed amount for each event.
const LONGEST_CYCLE: usize = 64;

/// Most parts of a sentence that lists tasks or names.
const MOST_LISTED: usize = 6;

/// What sort of mistake it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingKind {
    /// A task held the loop for over [`LIMIT_NS`].
    LoopBlocked,
    /// A task could have run for over [`LIMIT_NS`] and did not get the thread.
    Starved,
    /// Tasks wait for each other in a cycle, or for what nobody can give any more.
    Deadlock,
    /// A lock or semaphore was acquired and not released when the run ended.
    NeverReleased,
    /// A coroutine was made and thrown away.
    NeverAwaited,
    /// A task failed and nobody looked at its exception.
    NeverRetrieved,
    /// A task was unfinished when main ended, and so it was cancelled.
    Lost,
}

impl FindingKind {
    /// All of them.
    pub const ALL: [FindingKind; 7] = [
        FindingKind::LoopBlocked,
        FindingKind::Starved,
        FindingKind::Deadlock,
        FindingKind::NeverReleased,
        FindingKind::NeverAwaited,
        FindingKind::NeverRetrieved,
        FindingKind::Lost,
    ];

    /// A short name for it.
    pub fn title(self) -> &'static str {
        match self {
            FindingKind::LoopBlocked => "the loop was blocked",
            FindingKind::Starved => "a starved task",
            FindingKind::Deadlock => "deadlock",
            FindingKind::NeverReleased => "never released",
            FindingKind::NeverAwaited => "never awaited",
            FindingKind::NeverRetrieved => "an exception nobody retrieved",
            FindingKind::Lost => "a lost task",
        }
    }

    /// What to do about it.
    pub fn advice(self) -> &'static str {
        match self {
            FindingKind::LoopBlocked => {
                "await a pause instead of blocking; move long work to another thread, or pause in it every few milliseconds"
            }
            FindingKind::Starved => {
                "let whoever holds the thread await something more often, or move its work to another thread"
            }
            FindingKind::Deadlock => {
                "take locks in the same order everywhere, or hold one at a time; for anything else, make sure that somebody is left who sets it, puts it or gives it back"
            }
            FindingKind::NeverReleased => {
                "hold it with `async with` (in Rust: keep the guard in scope), which gives it back however the body ends"
            }
            FindingKind::NeverAwaited => "await it, or make it a task",
            FindingKind::NeverRetrieved => {
                "await the task, or gather it with the others, and handle the error there"
            }
            FindingKind::Lost => {
                "await the task, or gather it with the others, before main returns"
            }
        }
    }
}

/// One mistake. What the same task did several times is one finding with a count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What sort of mistake it is.
    pub kind: FindingKind,
    /// Whose. In a deadlock, the first of those who wait.
    pub task: TaskId,
    /// When: of several times the longest, or else the first; nanoseconds since the run began.
    pub time_ns: u64,
    /// Until when, if it has a length and is over; nanoseconds since the run began.
    pub end_ns: Option<u64>,
    /// The line where the task stood, or where it was spawned if it was lost.
    pub at: LocationId,
    /// How often.
    pub count: u32,
    /// What happened and why.
    pub sentence: String,
    /// What to do.
    pub advice: &'static str,
}

/// All mistakes that a trace shows, in the order of time. Works on a trace that still grows too;
/// what can only be known at the end of the run is found then.
pub fn findings(trace: &Trace) -> Vec<Finding> {
    let mut watch = Watch::new(trace);
    for event in &trace.events {
        watch.apply(event);
    }
    watch.finish()
}

/// What is known of a task while the events go by.
#[derive(Clone, Copy)]
struct TaskWatch {
    /// It is in the ready queue, and could have run from this time on.
    ready_since: Option<u64>,
    last_poll_end_ns: u64,
    /// The line where it stands; at first the one that spawned it.
    at: LocationId,
    waits_for: Option<WaitFor>,
    done: bool,
    lost: bool,
    /// It failed, at this time and with this text, and nobody looked at it.
    failed: Option<(u64, TextId)>,
    /// The cycle that it is in: a position in [`Watch::cycles`].
    cycle: Option<usize>,
}

/// A task has the loop.
struct Poll {
    task: TaskId,
    start_ns: u64,
    /// The longest stretch in it in which the thread was blocked, and from which line.
    longest_block: Option<(u64, LocationId)>,
    waits_for: Option<WaitFor>,
}

/// Stretches of time of the same kind by the same task.
struct Spans {
    count: u32,
    total_ns: u64,
    longest: Span,
}

#[derive(Clone, Copy)]
struct Span {
    start_ns: u64,
    /// `None`: it lasts to the end of the trace.
    end_ns: Option<u64>,
    length_ns: u64,
    at: LocationId,
    /// Who held the thread meanwhile.
    holder: Option<TaskId>,
}

/// Things of the same kind that a task forgot.
struct Forgotten {
    count: u32,
    first_ns: u64,
    at: LocationId,
    /// Without repeats, and not more than [`MOST_LISTED`].
    names: Vec<String>,
}

/// A permit that a task holds.
struct Held {
    permits: u32,
    time_ns: u64,
    at: LocationId,
}

struct Cycle {
    time_ns: u64,
    end_ns: Option<u64>,
    /// The one with the least number first.
    tasks: Vec<TaskId>,
    /// Where that one stands.
    at: LocationId,
    sentence: String,
}

struct Watch<'a> {
    trace: &'a Trace,
    tasks: Vec<TaskWatch>,
    /// By timer.
    deadlines_ns: Vec<u64>,
    poll: Option<Poll>,
    /// Polls over the limit that nobody after them outlasted: end, length and task, with falling
    /// lengths. So the longest poll since some time is found by a binary search.
    long_polls: Vec<(u64, u64, TaskId)>,
    main_done_ns: Option<u64>,
    holder: HashMap<ResourceId, TaskId>,
    held: HashMap<(ResourceId, TaskId), Held>,
    /// Semaphores that tasks release without having acquired them. That is a way to count
    /// things, and nobody has to give anything back then.
    counters: HashSet<ResourceId>,
    cycles: Vec<Cycle>,
    spans: BTreeMap<(FindingKind, TaskId), Spans>,
    forgotten: BTreeMap<(FindingKind, TaskId), Forgotten>,
    found: Vec<Finding>,
}

impl<'a> Watch<'a> {
    fn new(trace: &'a Trace) -> Self {
        let tasks = trace.tasks.iter().map(|task| TaskWatch {
            ready_since: None,
            last_poll_end_ns: 0,
            at: task.location,
            waits_for: None,
            done: false,
            lost: false,
            failed: None,
            cycle: None,
        });
        Watch {
            trace,
            tasks: tasks.collect(),
            deadlines_ns: Vec::new(),
            poll: None,
            long_polls: Vec::new(),
            main_done_ns: None,
            holder: HashMap::new(),
            held: HashMap::new(),
            counters: HashSet::new(),
            cycles: Vec::new(),
            spans: BTreeMap::new(),
            forgotten: BTreeMap::new(),
            found: Vec::new(),
        }
    }

    fn apply(&mut self, event: &Event) {
        let now_ns = event.time_ns;
        match event.what {
            What::Spawn { task } if self.is_on_the_loop(task) => {
                self.tasks[task.index()].ready_since = Some(now_ns);
            }
            What::Wake {
                target,
                by,
                merged: false,
            } => self.on_wake(now_ns, target, by),
            What::PollStart { task } if self.is_on_the_loop(task) => {
                self.on_poll_start(now_ns, task);
            }
            What::PollEnd { task, outcome, at } if self.is_on_the_loop(task) => {
                self.on_poll_end(now_ns, task, outcome, at);
            }
            What::Blocked { at, from_ns, .. } => {
                if let Some(poll) = &mut self.poll {
                    let length_ns = now_ns.saturating_sub(from_ns);
                    if poll.longest_block.is_none_or(|(ns, _)| ns < length_ns) {
                        poll.longest_block = Some((length_ns, at));
                    }
                }
            }
            What::TimerSet {
                timer: TimerId(timer),
                deadline_ns,
            } if (timer as usize) < self.trace.events.len() => {
                let timer = timer as usize;
                if self.deadlines_ns.len() <= timer {
                    self.deadlines_ns.resize(timer + 1, u64::MAX);
                }
                self.deadlines_ns[timer] = deadline_ns;
            }
            What::Wait { on, .. } => {
                if let Some(poll) = &mut self.poll {
                    poll.waits_for = Some(on);
                }
            }
            What::Acquire {
                task, resource, at, ..
            } => self.on_acquire(now_ns, task, resource, at),
            What::Release { task, resource, .. } => self.on_release(task, resource),
            What::Cancel {
                target,
                by: By::Outside,
            } => self.on_cancel_by_outside(target),
            What::NeverAwaited { task, name, at } => {
                let name = self.trace.text(name).to_owned();
                self.add_forgotten(FindingKind::NeverAwaited, task, now_ns, at, name);
            }
            What::Done { task, ending, text } => {
                let watch = &mut self.tasks[task.index()];
                watch.done = true;
                watch.ready_since = None;
                if ending == Ending::Failed && task != TaskId::MAIN {
                    watch.failed = Some((now_ns, text));
                }
                if task == TaskId::MAIN {
                    self.main_done_ns = Some(now_ns);
                }
            }
            What::Retrieved { task } => self.tasks[task.index()].failed = None,
            _ => {}
        }
    }

    fn is_on_the_loop(&self, task: TaskId) -> bool {
        self.trace.task(task).thread == 0
    }

    fn on_wake(&mut self, now_ns: u64, target: TaskId, by: By) {
        // While the thread is blocked timers cannot fire, but whoever sleeps could run from the
        // deadline on.
        let due_ns = match by {
            By::Timer(timer) => self.deadlines_ns.get(timer.index()).copied(),
            _ => None,
        };
        let watch = &mut self.tasks[target.index()];
        watch.ready_since = Some(due_ns.unwrap_or(now_ns).min(now_ns));
        watch.waits_for = None;
        if let Some(cycle) = watch.cycle {
            let cycle = &mut self.cycles[cycle];
            cycle.end_ns = Some(now_ns);
            for task in &cycle.tasks {
                self.tasks[task.index()].cycle = None;
            }
        }
    }

    fn on_poll_start(&mut self, now_ns: u64, task: TaskId) {
        self.end_of_ready(now_ns, task, false);
        self.poll = Some(Poll {
            task,
            start_ns: now_ns,
            longest_block: None,
            waits_for: None,
        });
    }

    /// A task got the thread, or the trace ended before it did.
    fn end_of_ready(&mut self, now_ns: u64, task: TaskId, is_open: bool) {
        let watch = &mut self.tasks[task.index()];
        let Some(ready_ns) = watch.ready_since.take() else {
            return;
        };
        let start_ns = ready_ns.max(watch.last_poll_end_ns);
        let length_ns = now_ns.saturating_sub(start_ns);
        if length_ns <= LIMIT_NS {
            return;
        }
        let first = self
            .long_polls
            .partition_point(|(end_ns, ..)| *end_ns <= start_ns);
        let span = Span {
            start_ns,
            end_ns: (!is_open).then_some(now_ns),
            length_ns,
            at: watch.at,
            holder: self.long_polls.get(first).map(|(.., holder)| *holder),
        };
        self.add_span(FindingKind::Starved, task, span);
    }

    fn on_poll_end(&mut self, now_ns: u64, task: TaskId, outcome: PollOutcome, at: LocationId) {
        let Some(poll) = self.poll.take() else { return };
        let watch = &mut self.tasks[task.index()];
        watch.last_poll_end_ns = now_ns;
        watch.at = at;
        self.end_of_poll(now_ns, &poll, at, false);
        let is_woken = self.tasks[task.index()].ready_since.is_some();
        if outcome == PollOutcome::Pending && !is_woken {
            self.tasks[task.index()].waits_for = poll.waits_for;
            self.look_for_cycle(now_ns, task);
        }
    }

    /// A task gave the thread back, or the trace ended before it did.
    fn end_of_poll(&mut self, now_ns: u64, poll: &Poll, at: LocationId, is_open: bool) {
        let length_ns = now_ns.saturating_sub(poll.start_ns);
        if length_ns <= LIMIT_NS {
            return;
        }
        while self
            .long_polls
            .pop_if(|(_, shorter_ns, _)| *shorter_ns <= length_ns)
            .is_some()
        {}
        self.long_polls.push((now_ns, length_ns, poll.task));
        let span = Span {
            start_ns: poll.start_ns,
            end_ns: (!is_open).then_some(now_ns),
            length_ns,
            at: poll.longest_block.map_or(at, |(_, at)| at),
            holder: None,
        };
        self.add_span(FindingKind::LoopBlocked, poll.task, span);
    }

    fn add_span(&mut self, kind: FindingKind, task: TaskId, span: Span) {
        let spans = self.spans.entry((kind, task)).or_insert(Spans {
            count: 0,
            total_ns: 0,
            longest: span,
        });
        spans.count += 1;
        spans.total_ns = spans.total_ns.saturating_add(span.length_ns);
        if span.length_ns > spans.longest.length_ns {
            spans.longest = span;
        }
    }

    // --- locks and semaphores -----------------------------------------------------------

    fn has_holders(&self, resource: ResourceId) -> bool {
        matches!(
            self.trace.resource(resource).kind,
            ResourceKind::Lock | ResourceKind::Semaphore
        )
    }

    fn on_acquire(&mut self, now_ns: u64, task: TaskId, resource: ResourceId, at: LocationId) {
        if !self.has_holders(resource) {
            return;
        }
        self.holder.insert(resource, task);
        let held = self.held.entry((resource, task)).or_insert(Held {
            permits: 0,
            time_ns: now_ns,
            at,
        });
        held.permits += 1;
    }

    fn on_release(&mut self, task: TaskId, resource: ResourceId) {
        if !self.has_holders(resource) {
            return;
        }
        // Anybody may release a lock.
        let holder = match self.trace.resource(resource).kind {
            ResourceKind::Lock => self.holder.remove(&resource).unwrap_or(task),
            _ => task,
        };
        match self.held.get_mut(&(resource, holder)) {
            Some(held) if held.permits > 1 => held.permits -= 1,
            Some(_) => {
                self.held.remove(&(resource, holder));
            }
            None => {
                self.counters.insert(resource);
            }
        }
    }

    // --- deadlocks ----------------------------------------------------------------------

    /// Whom a task waits for, when that is exactly one.
    fn blocker(&self, task: TaskId) -> Option<TaskId> {
        match self.tasks[task.index()].waits_for? {
            WaitFor::Task(other) => Some(other),
            WaitFor::Resource(resource)
                if self.trace.resource(resource).kind == ResourceKind::Lock =>
            {
                self.holder.get(&resource).copied()
            }
            _ => None,
        }
    }

    /// Follows who waits for whom from a task that has just begun to wait.
    fn look_for_cycle(&mut self, now_ns: u64, task: TaskId) {
        let mut cycle = vec![task];
        let mut at = task;
        while let Some(next) = self.blocker(at) {
            if next == task {
                self.add_cycle(now_ns, cycle);
                return;
            }
            if cycle.len() == LONGEST_CYCLE {
                return;
            }
            cycle.push(next);
            at = next;
        }
    }

    fn add_cycle(&mut self, time_ns: u64, mut tasks: Vec<TaskId>) {
        let first = (0..tasks.len()).min_by_key(|index| tasks[*index]);
        tasks.rotate_left(first.unwrap_or_default());
        let mut parts = Vec::new();
        for (index, task) in tasks.iter().enumerate().take(MOST_LISTED) {
            let next = tasks[(index + 1) % tasks.len()];
            parts.push(self.wait_for_holder(*task, Some(next)));
        }
        if tasks.len() > MOST_LISTED {
            parts.push(format!("and so on, {} tasks in all", tasks.len()));
        }
        for task in &tasks {
            self.tasks[task.index()].cycle = Some(self.cycles.len());
        }
        self.cycles.push(Cycle {
            time_ns,
            end_ns: None,
            at: self.tasks[tasks[0].index()].at,
            tasks,
            sentence: parts.join("; "),
        });
    }

    /// "A waits for the lock b, which B holds".
    fn wait_for_holder(&self, task: TaskId, holder: Option<TaskId>) -> String {
        let name = self.trace.name(task);
        let Some(on) = self.tasks[task.index()].waits_for else {
            return format!("{name} waits for something that is not recorded");
        };
        let what = wait_in_words(self.trace, on);
        let WaitFor::Resource(resource) = on else {
            return format!("{name} waits for {what}");
        };
        let who = holder.or_else(|| self.holder.get(&resource).copied());
        let kind = self.trace.resource(resource).kind;
        let held = match who {
            Some(who) if who == task => ", which it holds itself".to_owned(),
            Some(who) if self.tasks[who.index()].done => {
                format!(", which {} never gave back", self.trace.name(who))
            }
            Some(who) if kind == ResourceKind::Semaphore => {
                format!(", of which {} holds a permit", self.trace.name(who))
            }
            Some(who) => format!(", which {} holds", self.trace.name(who)),
            None => String::new(),
        };
        format!("{name} waits for {what}{held}")
    }

    /// Nothing can wake what is left: the cycles that were not noticed when they closed, as
    /// they are long or go through semaphores, and else who waits for what.
    fn finish_deadlock(&mut self, end_ns: u64) {
        for cycle in self.cycles_at_the_end() {
            self.add_cycle(end_ns, cycle);
        }
        if self.cycles.iter().any(|cycle| cycle.end_ns.is_none()) {
            return;
        }
        let waiting: Vec<TaskId> = (0..self.tasks.len() as u32)
            .map(TaskId)
            .filter(|task| !self.tasks[task.index()].done && self.is_on_the_loop(*task))
            .collect();
        let Some(first) = waiting.first().copied() else {
            return;
        };
        let mut parts: Vec<String> = waiting
            .iter()
            .take(MOST_LISTED)
            .map(|task| self.wait_for_holder(*task, None))
            .collect();
        if waiting.len() > MOST_LISTED {
            parts.push(format!("{} more wait", waiting.len() - MOST_LISTED));
        }
        let watch = self.tasks[first.index()];
        self.found.push(Finding {
            kind: FindingKind::Deadlock,
            task: first,
            time_ns: watch.last_poll_end_ns,
            end_ns: None,
            at: watch.at,
            count: 1,
            sentence: format!("nothing can wake what is left: {}", parts.join("; ")),
            advice: FindingKind::Deadlock.advice(),
        });
    }

    /// A depth-first search through tasks, what they wait for, and who holds that.
    fn cycles_at_the_end(&self) -> Vec<Vec<TaskId>> {
        let tasks = self.tasks.len();
        let mut holders: HashMap<ResourceId, Vec<TaskId>> = HashMap::new();
        for (resource, task) in self.held.keys() {
            holders.entry(*resource).or_default().push(*task);
        }
        for holders in holders.values_mut() {
            holders.sort();
        }
        // A node is a task, or after them a resource.
        let next = |node: usize, nth: usize| -> Option<usize> {
            if node >= tasks {
                let resource = ResourceId((node - tasks) as u32);
                return holders.get(&resource)?.get(nth).map(|task| task.index());
            }
            match self.tasks[node].waits_for {
                _ if nth > 0 || self.tasks[node].cycle.is_some() => None,
                Some(WaitFor::Task(task)) => Some(task.index()),
                Some(WaitFor::Resource(resource)) => Some(tasks + resource.index()),
                _ => None,
            }
        };
        let mut cycles = Vec::new();
        let mut seen = vec![false; tasks + self.trace.resources.len()];
        // Where on the path a node is.
        let mut place: HashMap<usize, usize> = HashMap::new();
        for start in 0..tasks {
            let mut path = Vec::new();
            if !std::mem::replace(&mut seen[start], true) {
                place.insert(start, 0);
                path.push((start, 0));
            }
            while let Some((node, nth)) = path.last_mut() {
                let Some(there) = next(*node, *nth) else {
                    place.remove(node);
                    path.pop();
                    continue;
                };
                *nth += 1;
                if let Some(from) = place.get(&there) {
                    let cycle = path[*from..].iter().map(|(node, _)| *node);
                    let cycle = cycle.filter(|node| *node < tasks);
                    cycles.push(cycle.map(|node| TaskId(node as u32)).collect());
                    // Whoever is in one cycle need not be listed in another.
                    break;
                }
                if !std::mem::replace(&mut seen[there], true) {
                    place.insert(there, path.len());
                    path.push((there, 0));
                }
            }
            place.clear();
        }
        cycles
    }

    // --- the rest -----------------------------------------------------------------------

    fn on_cancel_by_outside(&mut self, target: TaskId) {
        let Some(main_done_ns) = self.main_done_ns else {
            return;
        };
        let watch = &mut self.tasks[target.index()];
        if watch.done || std::mem::replace(&mut watch.lost, true) {
            return;
        }
        let name = self.trace.name(target);
        self.found.push(Finding {
            kind: FindingKind::Lost,
            task: target,
            time_ns: main_done_ns,
            end_ns: None,
            at: self.trace.task(target).location,
            count: 1,
            sentence: format!(
                "{name} was not finished when main ended, and the program does not wait for it: it was cancelled"
            ),
            advice: FindingKind::Lost.advice(),
        });
    }

    fn add_forgotten(
        &mut self,
        kind: FindingKind,
        task: TaskId,
        time_ns: u64,
        at: LocationId,
        name: String,
    ) {
        let forgotten = self.forgotten.entry((kind, task)).or_insert(Forgotten {
            count: 0,
            first_ns: time_ns,
            at,
            names: Vec::new(),
        });
        forgotten.count += 1;
        if forgotten.names.len() < MOST_LISTED && !forgotten.names.contains(&name) {
            forgotten.names.push(name);
        }
    }

    fn finish(mut self) -> Vec<Finding> {
        let now_ns = self.trace.duration_ns();
        if let Some(poll) = self.poll.take() {
            let at = self.tasks[poll.task.index()].at;
            self.end_of_poll(now_ns, &poll, at, true);
        }
        for task in 0..self.tasks.len() as u32 {
            self.end_of_ready(now_ns, TaskId(task), true);
        }
        if let Some(end) = &self.trace.end {
            if end.reason == EndReason::Deadlock {
                self.finish_deadlock(end.time_ns);
            }
            self.finish_never_released();
            self.finish_never_retrieved();
        }
        self.finish_cycles();
        self.finish_spans();
        self.finish_forgotten();
        let mut found = self.found;
        found.sort_by_key(|finding| (finding.time_ns, finding.kind, finding.task));
        found
    }

    fn finish_never_released(&mut self) {
        // Who is not finished either still needs it, or waits for ever: that is a deadlock.
        let mut kept: Vec<_> = self
            .held
            .iter()
            .filter(|((resource, task), _)| {
                self.tasks[task.index()].done && !self.counters.contains(resource)
            })
            .map(|((resource, task), held)| (held.time_ns, *resource, *task, held.at))
            .collect();
        kept.sort();
        for (time_ns, resource, task, at) in kept {
            let info = self.trace.resource(resource);
            let name = format!("the {} {}", info.kind.word(), info.name);
            self.add_forgotten(FindingKind::NeverReleased, task, time_ns, at, name);
        }
    }

    fn finish_forgotten(&mut self) {
        for ((kind, task), forgotten) in std::mem::take(&mut self.forgotten) {
            let name = self.trace.name(task);
            let mut things = forgotten.names.join(", ");
            let count = forgotten.count as usize;
            if count > forgotten.names.len() {
                things += &format!(" ({count} times in all)");
            }
            let sentence = match kind {
                FindingKind::NeverReleased => {
                    format!("{name} acquired {things} and never gave it back")
                }
                _ if count == 1 => {
                    format!(
                        "{name} made the coroutine {things} and never awaited it, so that none of its code ran"
                    )
                }
                _ => format!(
                    "{name} made coroutines and never awaited them, so that none of their code ran: {things}"
                ),
            };
            self.found.push(Finding {
                kind,
                task,
                time_ns: forgotten.first_ns,
                end_ns: None,
                at: forgotten.at,
                count: forgotten.count,
                sentence,
                advice: kind.advice(),
            });
        }
    }

    fn finish_never_retrieved(&mut self) {
        for (index, watch) in self.tasks.iter().enumerate() {
            let Some((time_ns, text)) = watch.failed else {
                continue;
            };
            let task = TaskId(index as u32);
            self.found.push(Finding {
                kind: FindingKind::NeverRetrieved,
                task,
                time_ns,
                end_ns: None,
                at: watch.at,
                count: 1,
                sentence: format!(
                    "{} failed with {}, and nobody looked at its result",
                    self.trace.name(task),
                    self.trace.text(text)
                ),
                advice: FindingKind::NeverRetrieved.advice(),
            });
        }
    }

    fn finish_cycles(&mut self) {
        // The first of each task, and how often it came.
        let mut firsts: BTreeMap<TaskId, (Cycle, u32)> = BTreeMap::new();
        for cycle in std::mem::take(&mut self.cycles) {
            match firsts.get_mut(&cycle.tasks[0]) {
                Some((first, count)) => {
                    *count += 1;
                    // What is not over matters more than what is.
                    if cycle.end_ns.is_none() {
                        *first = cycle;
                    }
                }
                None => {
                    firsts.insert(cycle.tasks[0], (cycle, 1));
                }
            }
        }
        for (task, (cycle, count)) in firsts {
            let mut sentence = cycle.sentence;
            if let Some(end_ns) = cycle.end_ns {
                let length = time_text(end_ns.saturating_sub(cycle.time_ns));
                sentence += &format!("; it was broken after {length}");
            }
            if count > 1 {
                sentence += &format!("; this came {count} times");
            }
            self.found.push(Finding {
                kind: FindingKind::Deadlock,
                task,
                time_ns: cycle.time_ns,
                end_ns: cycle.end_ns,
                at: cycle.at,
                count,
                sentence,
                advice: FindingKind::Deadlock.advice(),
            });
        }
    }

    fn finish_spans(&mut self) {
        for ((kind, task), spans) in std::mem::take(&mut self.spans) {
            let name = self.trace.name(task);
            let total = time_text(spans.total_ns);
            let longest = time_text(spans.longest.length_ns);
            let count = spans.count;
            let is_open = spans.longest.end_ns.is_none();
            let holder = match spans.longest.holder {
                Some(holder) => format!("{} held it", self.trace.name(holder)),
                None => "others took their turns".to_owned(),
            };
            let sentence = match (kind, count) {
                (FindingKind::LoopBlocked, 1) => {
                    format!("{name} held the loop for {total}, and nobody else could run")
                }
                (FindingKind::LoopBlocked, _) => format!(
                    "{name} held the loop {count} times, for {total} in all and {longest} at most, and nobody else could run"
                ),
                (_, 1) if is_open => {
                    format!("{name} could run for {total} and did not get the thread: {holder}")
                }
                (_, 1) => format!("{name} could run {total} before it got the thread: {holder}"),
                _ => format!(
                    "{name} could run long before it got the thread, {count} times, for {total} in all; the longest time, {longest}, {holder}"
                ),
            };
            self.found.push(Finding {
                kind,
                task,
                time_ns: spans.longest.start_ns,
                end_ns: spans.longest.end_ns,
                at: spans.longest.at,
                count,
                sentence,
                advice: kind.advice(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{ClockKind, End, ResourceInfo, TaskInfo};

    const MS: u64 = 1_000_000;
    const MAIN: TaskId = TaskId::MAIN;
    const A: TaskId = TaskId(1);
    const B: TaskId = TaskId(2);
    const C: TaskId = TaskId(3);
    const LINE: LocationId = LocationId(7);

    /// A trace written by hand: tasks main, A, B and C, all spawned at 0.
    struct Story {
        trace: Trace,
        now_ns: u64,
    }

    impl Story {
        fn new() -> Self {
            let mut trace = Trace::new(ClockKind::Instant);
            for name in ["main", "A", "B", "C"] {
                trace.tasks.push(TaskInfo {
                    name: name.into(),
                    parent: None,
                    location: LocationId(3),
                    thread: 0,
                });
            }
            let mut story = Story { trace, now_ns: 0 };
            for task in [MAIN, A, B, C] {
                story.add(What::Spawn { task });
            }
            for task in [MAIN, A, B, C] {
                story.poll(task, 0, &[]);
            }
            story
        }

        fn add(&mut self, what: What) -> &mut Self {
            let time_ns = self.now_ns;
            self.trace.events.push(Event { time_ns, what });
            self
        }

        fn pass(&mut self, ms: u64) -> &mut Self {
            self.now_ns += ms * MS;
            self
        }

        fn wake(&mut self, target: TaskId, by: By) -> &mut Self {
            self.add(What::Wake {
                target,
                by,
                merged: false,
            })
        }

        /// A poll of that length, with these events before it ends pending.
        fn poll(&mut self, task: TaskId, ms: u64, events: &[What]) -> &mut Self {
            self.add(What::PollStart { task }).pass(ms);
            for event in events {
                self.add(*event);
            }
            self.add(What::PollEnd {
                task,
                outcome: PollOutcome::Pending,
                at: LINE,
            })
        }

        fn done(&mut self, task: TaskId, ending: Ending) -> &mut Self {
            self.trace.texts.push("ValueError: no".into());
            let text = TextId(self.trace.texts.len() as u32 - 1);
            self.add(What::Done { task, ending, text })
        }

        fn resource(&mut self, kind: ResourceKind, name: &str) -> ResourceId {
            self.trace.resources.push(ResourceInfo {
                kind,
                name: name.into(),
            });
            ResourceId(self.trace.resources.len() as u32 - 1)
        }

        fn end(&mut self, reason: EndReason) -> &mut Self {
            self.trace.end = Some(End {
                time_ns: self.now_ns,
                reason,
                message: "".into(),
            });
            self
        }

        /// Compares kind, start and end in milliseconds, count and sentence.
        #[track_caller]
        fn check(&self, expected: &[&str]) {
            let found: Vec<String> = findings(&self.trace)
                .iter()
                .map(|f| {
                    let end = f.end_ns.map_or(String::new(), |ns| (ns / MS).to_string());
                    let start = f.time_ns / MS;
                    format!("{:?} {start}..{end} {}x {}", f.kind, f.count, f.sentence)
                })
                .collect();
            assert_eq!(found, expected);
        }
    }

    fn gets(task: TaskId, resource: ResourceId) -> What {
        What::Acquire {
            task,
            resource,
            level: 1,
            at: LINE,
        }
    }

    fn gives(task: TaskId, resource: ResourceId) -> What {
        What::Release {
            task,
            resource,
            level: 0,
        }
    }

    fn waits(task: TaskId, resource: ResourceId) -> What {
        What::Wait {
            task,
            on: WaitFor::Resource(resource),
        }
    }

    #[test]
    fn only_what_is_over_the_limit_blocks_or_starves() {
        let mut story = Story::new();
        story.wake(A, By::Outside).wake(B, By::Outside);
        story.poll(A, 100, &[]).poll(B, 0, &[]);
        story.check(&[]);
    }

    #[test]
    fn blocking_names_who_and_how_long_and_whom_it_starves() {
        let mut story = Story::new();
        for ms in [150, 250, 50] {
            story.wake(A, By::Outside).wake(B, By::Outside);
            story.poll(A, ms, &[]).poll(B, 0, &[]).pass(10);
        }
        story.check(&[
            "LoopBlocked 160..410 2x A held the loop 2 times, for 0.40 s in all and 0.25 s at most, and nobody else could run",
            "Starved 160..410 2x B could run long before it got the thread, 2 times, for 0.40 s in all; the longest time, 0.25 s, A held it",
        ]);
        assert!(findings(&story.trace).iter().all(|f| f.at == LINE));
    }

    #[test]
    fn the_line_is_that_of_the_longest_block() {
        let block = |at: u16, from_ns: u64| What::Blocked {
            task: A,
            at: LocationId(at),
            from_ns,
        };
        let mut story = Story::new();
        story.wake(A, By::Outside);
        story.poll(
            A,
            300,
            &[block(1, 290 * MS), block(2, 0), block(3, 200 * MS)],
        );
        assert_eq!(findings(&story.trace)[0].at, LocationId(2));
    }

    #[test]
    fn a_timer_that_is_due_while_the_loop_is_blocked_counts_from_its_deadline() {
        let timer = TimerId(0);
        let mut story = Story::new();
        story.wake(A, By::Outside).wake(B, By::Outside);
        let deadline_ns = 500 * MS;
        story.poll(B, 0, &[What::TimerSet { timer, deadline_ns }]);
        story.poll(A, 2_000, &[]);
        story
            .add(What::TimerFired { timer })
            .wake(B, By::Timer(timer))
            .poll(B, 0, &[]);
        story.check(&[
            "LoopBlocked 0..2000 1x A held the loop for 2.00 s, and nobody else could run",
            "Starved 500..2000 1x B could run 1.50 s before it got the thread: A held it",
        ]);
    }

    #[test]
    fn whoever_blocks_does_not_starve_itself() {
        let timer = TimerId(0);
        let mut story = Story::new();
        story.wake(A, By::Outside);
        let deadline_ns = 10 * MS;
        story.poll(A, 2_000, &[What::TimerSet { timer, deadline_ns }]);
        story.wake(A, By::Timer(timer)).poll(A, 0, &[]);
        story.check(&[
            "LoopBlocked 0..2000 1x A held the loop for 2.00 s, and nobody else could run",
        ]);
    }

    #[test]
    fn many_short_turns_can_starve_too() {
        let mut story = Story::new();
        story.wake(B, By::Outside);
        for _ in 0..20 {
            story.wake(A, By::Outside).poll(A, 10, &[]);
        }
        story.poll(B, 0, &[]);
        story.check(&[
            "Starved 0..200 1x B could run 0.20 s before it got the thread: others took their turns",
        ]);
    }

    #[test]
    fn a_run_that_was_stopped_while_blocked_says_so() {
        let mut story = Story::new();
        story.wake(A, By::Outside).wake(B, By::Outside);
        story.add(What::PollStart { task: A }).pass(5_000);
        story.end(EndReason::Stopped);
        story.check(&[
            "LoopBlocked 0.. 1x A held the loop for 5.00 s, and nobody else could run",
            "Starved 0.. 1x B could run for 5.00 s and did not get the thread: A held it",
        ]);
    }

    #[test]
    fn a_cycle_is_found_when_it_closes_and_told_from_the_first_task_on() {
        let mut story = Story::new();
        let locks = ["a", "b", "c"].map(|name| story.resource(ResourceKind::Lock, name));
        for (task, lock) in [A, B, C].into_iter().zip(locks) {
            story
                .wake(task, By::Outside)
                .poll(task, 0, &[gets(task, lock)]);
        }
        for (task, lock) in [(B, locks[2]), (C, locks[0]), (A, locks[1])] {
            story.pass(10).wake(task, By::Outside);
            story.poll(task, 0, &[waits(task, lock)]);
        }
        let sentence = "A waits for the lock b, which B holds; B waits for the lock c, which C holds; C waits for the lock a, which A holds";
        story.check(&[&format!("Deadlock 30.. 1x {sentence}")]);
        story.end(EndReason::Deadlock);
        story.check(&[&format!("Deadlock 30.. 1x {sentence}")]);

        story.trace.end = None;
        story.pass(500).wake(B, By::Outside);
        story.check(&[&format!(
            "Deadlock 30..530 1x {sentence}; it was broken after 0.50 s"
        )]);
    }

    #[test]
    fn a_task_can_wait_for_itself() {
        let mut story = Story::new();
        let lock = story.resource(ResourceKind::Lock, "a");
        story.wake(A, By::Outside);
        story.poll(A, 0, &[gets(A, lock), waits(A, lock)]);
        story.check(&["Deadlock 0.. 1x A waits for the lock a, which it holds itself"]);
    }

    #[test]
    fn tasks_that_wait_for_each_other_are_a_cycle() {
        let mut story = Story::new();
        for (task, other) in [(A, B), (B, A)] {
            let on = WaitFor::Task(other);
            story.wake(task, By::Outside);
            story.poll(task, 0, &[What::Wait { task, on }]);
        }
        story.check(&["Deadlock 0.. 1x A waits for the task B; B waits for the task A"]);
    }

    #[test]
    fn waiting_in_line_is_no_deadlock() {
        let mut story = Story::new();
        let lock = story.resource(ResourceKind::Lock, "a");
        story.wake(A, By::Outside).poll(A, 0, &[gets(A, lock)]);
        for task in [B, C] {
            story
                .wake(task, By::Outside)
                .poll(task, 0, &[waits(task, lock)]);
        }
        story.check(&[]);
    }

    #[test]
    fn a_cycle_through_semaphores_is_found_when_nothing_goes_on() {
        let mut story = Story::new();
        let [s, t] = ["s", "t"].map(|name| story.resource(ResourceKind::Semaphore, name));
        story.wake(C, By::Outside).poll(C, 0, &[gets(C, s)]);
        for (task, has, wants) in [(A, s, t), (B, t, s)] {
            story.wake(task, By::Outside);
            story.poll(task, 0, &[gets(task, has), waits(task, wants)]);
        }
        story.check(&[]);
        story.end(EndReason::Deadlock);
        story.check(&[
            "Deadlock 0.. 1x A waits for the semaphore t, of which B holds a permit; B waits for the semaphore s, of which A holds a permit",
        ]);
    }

    #[test]
    fn a_deadlock_without_a_cycle_says_who_waits_for_what() {
        let mut story = Story::new();
        let [lock, queue] =
            [ResourceKind::Lock, ResourceKind::Queue].map(|kind| story.resource(kind, "jobs"));
        story.wake(C, By::Outside).poll(C, 0, &[gets(C, lock)]);
        story.done(C, Ending::Returned).done(MAIN, Ending::Returned);
        story.wake(A, By::Outside).poll(A, 0, &[waits(A, lock)]);
        story.wake(B, By::Outside).poll(B, 0, &[waits(B, queue)]);
        story.end(EndReason::Deadlock);
        story.check(&[
            "Deadlock 0.. 1x nothing can wake what is left: A waits for the lock jobs, which C never gave back; B waits for the queue jobs",
            "NeverReleased 0.. 1x C acquired the lock jobs and never gave it back",
        ]);
    }

    #[test]
    fn what_is_never_given_back_is_known_when_its_holder_is_done_and_the_run_over() {
        let mut story = Story::new();
        let [a, b, c] = ["a", "b", "c"].map(|name| story.resource(ResourceKind::Lock, name));
        story.wake(A, By::Outside);
        story.poll(A, 0, &[gets(A, a), gives(A, a), gets(A, b), gets(A, c)]);
        story.wake(B, By::Outside).poll(B, 0, &[gives(B, c)]);
        story.done(A, Ending::Returned);
        story.check(&[]);
        story.end(EndReason::Finished);
        story.check(&["NeverReleased 0.. 1x A acquired the lock b and never gave it back"]);
    }

    #[test]
    fn permits_of_one_semaphore_are_counted_together() {
        let mut story = Story::new();
        let s = story.resource(ResourceKind::Semaphore, "s");
        story.wake(A, By::Outside);
        story.poll(A, 0, &[gets(A, s), gets(A, s), gives(A, s)]);
        story.done(A, Ending::Returned).end(EndReason::Finished);
        story.check(&["NeverReleased 0.. 1x A acquired the semaphore s and never gave it back"]);
    }

    #[test]
    fn a_semaphore_that_counts_things_owes_nobody_anything() {
        let mut story = Story::new();
        let s = story.resource(ResourceKind::Semaphore, "free places");
        story
            .wake(A, By::Outside)
            .poll(A, 0, &[gives(A, s), gives(A, s)]);
        story.wake(B, By::Outside).poll(B, 0, &[gets(B, s)]);
        story.done(B, Ending::Returned).end(EndReason::Finished);
        story.check(&[]);
    }

    #[test]
    fn coroutines_never_awaited_are_listed_by_name() {
        let mut story = Story::new();
        story.trace.texts.extend(["load", "save"].map(Box::from));
        let made = |name: u32| What::NeverAwaited {
            task: A,
            name: TextId(name),
            at: LINE,
        };
        story.add(made(1));
        story.check(&[
            "NeverAwaited 0.. 1x A made the coroutine load and never awaited it, so that none of its code ran",
        ]);
        story.add(made(2)).add(made(2));
        story.check(&[
            "NeverAwaited 0.. 3x A made coroutines and never awaited them, so that none of their code ran: load, save (3 times in all)",
        ]);
    }

    #[test]
    fn an_exception_that_nobody_looked_at_is_found_at_the_end() {
        let mut story = Story::new();
        for task in [A, B, MAIN] {
            story.done(task, Ending::Failed);
        }
        story.add(What::Retrieved { task: B });
        story.check(&[]);
        story.end(EndReason::Failed);
        story.check(&[
            "NeverRetrieved 0.. 1x A failed with ValueError: no, and nobody looked at its result",
        ]);
    }

    #[test]
    fn a_task_that_main_does_not_wait_for_is_lost_once() {
        let cancel = |target| What::Cancel {
            target,
            by: By::Outside,
        };
        let mut story = Story::new();
        // While main runs somebody may have pressed a button: that is no loss.
        story.add(cancel(C)).done(C, Ending::Cancelled);
        story.done(MAIN, Ending::Returned).pass(20);
        // B gets done in the turn after main's end, which asyncio still runs.
        story.done(B, Ending::Returned);
        story.add(cancel(A)).add(cancel(A));
        story.done(A, Ending::Cancelled).end(EndReason::Finished);
        story.check(&[
            "Lost 0.. 1x A was not finished when main ended, and the program does not wait for it: it was cancelled",
        ]);
        assert_eq!(findings(&story.trace)[0].at, LocationId(3));
    }

    #[test]
    fn nothing_happened_so_nothing_is_wrong() {
        assert_eq!(findings(&Trace::new(ClockKind::Live)), []);
    }
}
