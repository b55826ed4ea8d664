//! The one pass over the events, and what is found along the way and at its end.

mod deadlock;

use crate::derived::findings::watch::deadlock::Cycle;
use crate::derived::findings::{Finding, FindingKind, LIMIT_NS};
use crate::derived::summary::time_text;
use crate::trace::{
    Cause, EndReason, Ending, Event, EventKind, LocationId, PollOutcome, ResourceId, ResourceKind,
    TaskId, TextId, TimerId, Trace, WaitFor,
};
use std::collections::HashMap;

/// Most parts of a sentence that lists tasks or names.
const MOST_LISTED: usize = 6;

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

/// What is kept for each kind of finding, and in it for each task.
type Kept<T> = Vec<Vec<Option<T>>>;

/// The place for a kind and a task.
fn kept<T>(all: &mut Kept<T>, tasks: usize, kind: FindingKind, task: TaskId) -> &mut Option<T> {
    if all.len() <= kind as usize {
        all.resize_with(kind as usize + 1, Vec::new);
    }
    let of_kind = &mut all[kind as usize];
    if of_kind.is_empty() {
        of_kind.resize_with(tasks, || None);
    }
    &mut of_kind[task.index()]
}

/// Everything that was kept, by kind and task.
fn all_kept<T>(all: Kept<T>) -> impl Iterator<Item = (FindingKind, TaskId, T)> {
    let kinds = FindingKind::ALL.into_iter().zip(all);
    kinds.flat_map(|(kind, of_kind)| {
        let tasks = of_kind.into_iter().enumerate();
        tasks.filter_map(move |(task, kept)| Some((kind, TaskId(task as u32), kept?)))
    })
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

/// All that is known while the events go by.
pub(super) struct Watch<'a> {
    trace: &'a Trace,
    tasks: Vec<TaskWatch>,
    /// By timer.
    deadlines_ns: Vec<u64>,
    poll: Option<Poll>,
    /// Polls over the limit that nobody after them outlasted: end, length and task, with falling
    /// lengths. So the longest poll since some time is found by a binary search.
    long_polls: Vec<(u64, u64, TaskId)>,
    main_done_ns: Option<u64>,
    /// By resource: who has the lock.
    holder: Vec<Option<TaskId>>,
    held: HashMap<(ResourceId, TaskId), Held>,
    /// Semaphores that tasks release without having acquired them. That is a way to count
    /// things, and nobody has to give anything back then.
    counters: Vec<bool>,
    cycles: Vec<Cycle>,
    spans: Kept<Spans>,
    forgotten: Kept<Forgotten>,
    found: Vec<Finding>,
}

impl<'a> Watch<'a> {
    /// Nothing has happened yet.
    pub(super) fn new(trace: &'a Trace) -> Self {
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
            holder: vec![None; trace.resources.len()],
            held: HashMap::new(),
            counters: vec![false; trace.resources.len()],
            cycles: Vec::new(),
            spans: Kept::default(),
            forgotten: Kept::default(),
            found: Vec::new(),
        }
    }

    /// Takes the next event in.
    pub(super) fn apply(&mut self, event: &Event) {
        let now_ns = event.time_ns;
        match event.kind {
            EventKind::Spawn { task } if self.is_on_the_loop(task) => {
                self.tasks[task.index()].ready_since = Some(now_ns);
            }
            EventKind::Wake {
                target,
                by,
                merged: false,
            } => self.on_wake(now_ns, target, by),
            EventKind::PollStart { task } if self.is_on_the_loop(task) => {
                self.on_poll_start(now_ns, task);
            }
            EventKind::PollEnd { task, outcome, at } if self.is_on_the_loop(task) => {
                self.on_poll_end(now_ns, task, outcome, at);
            }
            EventKind::Blocked { at, from_ns, .. } => {
                if let Some(poll) = &mut self.poll {
                    let length_ns = now_ns.saturating_sub(from_ns);
                    if poll.longest_block.is_none_or(|(ns, _)| ns < length_ns) {
                        poll.longest_block = Some((length_ns, at));
                    }
                }
            }
            EventKind::TimerSet {
                timer: TimerId(timer),
                deadline_ns,
            } if (timer as usize) < self.trace.events.len() => {
                let timer = timer as usize;
                if self.deadlines_ns.len() <= timer {
                    self.deadlines_ns.resize(timer + 1, u64::MAX);
                }
                self.deadlines_ns[timer] = deadline_ns;
            }
            EventKind::Wait { on, .. } => {
                if let Some(poll) = &mut self.poll {
                    poll.waits_for = Some(on);
                }
            }
            EventKind::Acquire {
                task, resource, at, ..
            } => self.on_acquire(now_ns, task, resource, at),
            EventKind::Release { task, resource, .. } => self.on_release(task, resource),
            EventKind::Cancel {
                target,
                by: Cause::External,
            } => self.on_cancel_by_outside(target),
            EventKind::NeverAwaited { task, name, at } => {
                let name = self.trace.text(name).to_owned();
                self.add_forgotten(FindingKind::NeverAwaited, task, now_ns, at, name);
            }
            EventKind::Done { task, ending, text } => {
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
            EventKind::Retrieved { task } => self.tasks[task.index()].failed = None,
            _ => {}
        }
    }

    fn is_on_the_loop(&self, task: TaskId) -> bool {
        self.trace.task(task).thread == 0
    }

    fn on_wake(&mut self, now_ns: u64, target: TaskId, by: Cause) {
        // While the thread is blocked timers cannot fire, but whoever waits for one could run
        // from its deadline on, even if somebody else wakes it in the end.
        let timer = match (by, self.tasks[target.index()].waits_for) {
            (Cause::Timer(timer), _) | (_, Some(WaitFor::Timer(timer))) => Some(timer),
            _ => None,
        };
        let due_ns = timer.and_then(|timer| self.deadlines_ns.get(timer.index()).copied());
        let watch = &mut self.tasks[target.index()];
        watch.ready_since = Some(due_ns.unwrap_or(now_ns).min(now_ns));
        watch.waits_for = None;
        if let Some(cycle) = watch.cycle {
            self.break_cycle(now_ns, cycle);
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
        let spans = kept(&mut self.spans, self.tasks.len(), kind, task);
        let spans = spans.get_or_insert(Spans {
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
        self.holder[resource.index()] = Some(task);
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
            ResourceKind::Lock => self.holder[resource.index()].take().unwrap_or(task),
            _ => task,
        };
        match self.held.get_mut(&(resource, holder)) {
            Some(held) if held.permits > 1 => held.permits -= 1,
            Some(_) => {
                self.held.remove(&(resource, holder));
            }
            None => {
                self.counters[resource.index()] = true;
            }
        }
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
        let forgotten = kept(&mut self.forgotten, self.tasks.len(), kind, task);
        let forgotten = forgotten.get_or_insert(Forgotten {
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

    /// The trace ends here, for good or for now.
    pub(super) fn finish(mut self) -> Vec<Finding> {
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
                self.tasks[task.index()].done && !self.counters[resource.index()]
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
        for (kind, task, forgotten) in all_kept(std::mem::take(&mut self.forgotten)) {
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
    fn finish_spans(&mut self) {
        for (kind, task, spans) in all_kept(std::mem::take(&mut self.spans)) {
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
