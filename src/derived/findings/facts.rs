//! What is known of a run while its events go by, and what more than one rule asks for.

use crate::trace::{
    Event, EventKind, LocationId, PollOutcome, ResourceId, ResourceKind, TaskId, Trace, WaitFor,
};
use std::collections::HashMap;

/// The run until now.
pub(super) struct Facts<'a> {
    pub(super) trace: &'a Trace,
    tasks: Vec<TaskFacts>,
    /// The last poll of the loop's thread, which may be over.
    pub(super) poll: Option<Poll>,
    pub(super) permits: Permits,
}

/// A task at this moment.
#[derive(Clone, Copy)]
pub(super) struct TaskFacts {
    /// The line where it stands; at first the one that spawned it.
    pub(super) location: LocationId,
    pub(super) last_poll_end_ns: u64,
    /// What it waits for, while it waits.
    pub(super) waits_for: Option<WaitFor>,
    /// What it waited for when it was last woken.
    pub(super) woken_from: Option<WaitFor>,
    /// It is in the ready queue.
    pub(super) is_ready: bool,
    pub(super) is_done: bool,
}

/// A task has, or had, the loop's thread.
pub(super) struct Poll {
    pub(super) task: TaskId,
    pub(super) start_ns: u64,
    /// The longest stretch in it in which the thread was blocked, and from which line.
    longest_block: Option<(u64, LocationId)>,
    waits_for: Option<WaitFor>,
    /// `None` while it goes on.
    pub(super) outcome: Option<PollOutcome>,
}

impl Poll {
    /// The line that kept the thread for longest, else the one where the task stands.
    pub(super) fn location(&self, facts: &Facts) -> LocationId {
        match self.longest_block {
            Some((_, location)) => location,
            None => facts.task(self.task).location,
        }
    }
}

impl<'a> Facts<'a> {
    /// Nothing has happened yet.
    pub(super) fn new(trace: &'a Trace) -> Self {
        let tasks = trace.tasks.iter().map(|task| TaskFacts {
            location: task.location,
            last_poll_end_ns: 0,
            waits_for: None,
            woken_from: None,
            is_ready: false,
            is_done: false,
        });
        Facts {
            trace,
            tasks: tasks.collect(),
            poll: None,
            permits: Permits {
                holder: vec![None; trace.resources.len()],
                held: HashMap::new(),
                counters: vec![false; trace.resources.len()],
            },
        }
    }

    pub(super) fn task(&self, task: TaskId) -> TaskFacts {
        self.tasks[task.index()]
    }

    pub(super) fn task_ids(&self) -> impl Iterator<Item = TaskId> + use<> {
        (0..self.tasks.len() as u32).map(TaskId)
    }

    /// Whether the loop runs it, and not another thread.
    pub(super) fn is_on_the_loop(&self, task: TaskId) -> bool {
        self.trace.task(task).thread == 0
    }

    pub(super) fn event(&mut self, event: &Event) {
        let now_ns = event.time_ns;
        match event.kind {
            EventKind::Spawn { task } => self.tasks[task.index()].is_ready = true,
            EventKind::Wake {
                target,
                merged: false,
                ..
            } => {
                let task = &mut self.tasks[target.index()];
                task.is_ready = !task.is_done;
                task.woken_from = task.waits_for.take();
            }
            EventKind::PollStart { task } if self.is_on_the_loop(task) => {
                self.tasks[task.index()].is_ready = false;
                self.poll = Some(Poll {
                    task,
                    start_ns: now_ns,
                    longest_block: None,
                    waits_for: None,
                    outcome: None,
                });
            }
            EventKind::PollEnd {
                task,
                outcome,
                location,
            } if self.is_on_the_loop(task) => {
                let facts = &mut self.tasks[task.index()];
                facts.last_poll_end_ns = now_ns;
                facts.location = location;
                if let Some(poll) = &mut self.poll {
                    poll.outcome = Some(outcome);
                    if outcome == PollOutcome::Pending && !facts.is_ready {
                        facts.waits_for = poll.waits_for;
                    }
                }
            }
            EventKind::Blocked {
                task,
                location,
                from_ns,
            } => {
                self.tasks[task.index()].location = location;
                if let Some(poll) = &mut self.poll {
                    let length_ns = now_ns.saturating_sub(from_ns);
                    if poll.longest_block.is_none_or(|(ns, _)| ns < length_ns) {
                        poll.longest_block = Some((length_ns, location));
                    }
                }
            }
            // While it blocks nothing else is recorded: a run may be stopped then.
            EventKind::Blocks { task, location } => self.tasks[task.index()].location = location,
            EventKind::Wait { on, .. } => {
                if let Some(poll) = &mut self.poll {
                    poll.waits_for = Some(on);
                }
            }
            EventKind::Acquire {
                task,
                resource,
                location,
                ..
            } if self.has_holders(resource) => {
                self.permits.acquire(now_ns, task, resource, location);
            }
            EventKind::Release { task, resource, .. } if self.has_holders(resource) => {
                let is_lock = self.trace.resource(resource).kind == ResourceKind::Lock;
                self.permits.release(task, resource, is_lock);
            }
            EventKind::Done { task, .. } => {
                let task = &mut self.tasks[task.index()];
                task.is_done = true;
                task.is_ready = false;
            }
            _ => {}
        }
    }

    fn has_holders(&self, resource: ResourceId) -> bool {
        matches!(
            self.trace.resource(resource).kind,
            ResourceKind::Lock | ResourceKind::Semaphore
        )
    }
}

/// Who holds what.
pub(super) struct Permits {
    /// By resource: who acquired it last and, if it is a lock, has it still.
    holder: Vec<Option<TaskId>>,
    held: HashMap<(ResourceId, TaskId), Held>,
    /// Semaphores that tasks release without having acquired them. That is a way to count
    /// things, and nobody has to give anything back then.
    counters: Vec<bool>,
}

/// What a task holds of a lock or semaphore.
pub(super) struct Held {
    permits: u32,
    /// Since when.
    pub(super) time_ns: u64,
    pub(super) location: LocationId,
}

impl Permits {
    fn acquire(&mut self, time_ns: u64, task: TaskId, resource: ResourceId, location: LocationId) {
        self.holder[resource.index()] = Some(task);
        let held = self.held.entry((resource, task)).or_insert(Held {
            permits: 0,
            time_ns,
            location,
        });
        held.permits += 1;
    }

    fn release(&mut self, task: TaskId, resource: ResourceId, is_lock: bool) {
        // Anybody may release a lock.
        let holder = match is_lock {
            true => self.holder[resource.index()].take().unwrap_or(task),
            false => task,
        };
        match self.held.get_mut(&(resource, holder)) {
            Some(held) if held.permits > 1 => held.permits -= 1,
            Some(_) => {
                self.held.remove(&(resource, holder));
            }
            None => self.counters[resource.index()] = true,
        }
    }

    /// Who has the lock.
    pub(super) fn lock_holder(&self, lock: ResourceId) -> Option<TaskId> {
        self.holder[lock.index()]
    }

    /// What is held by whom and has to be given back, in no order.
    pub(super) fn owed(&self) -> impl Iterator<Item = (ResourceId, TaskId, &Held)> {
        let owed = |(resource, _): &(ResourceId, TaskId)| !self.counters[resource.index()];
        let held = self.held.iter().filter(move |(key, _)| owed(key));
        held.map(|((resource, task), held)| (*resource, *task, held))
    }

    /// By resource: who holds it, in the order of the tasks.
    pub(super) fn holders(&self) -> Vec<Vec<TaskId>> {
        let mut holders = vec![Vec::new(); self.holder.len()];
        for (resource, task) in self.held.keys() {
            holders[resource.index()].push(*task);
        }
        for holders in &mut holders {
            holders.sort();
        }
        holders
    }
}
