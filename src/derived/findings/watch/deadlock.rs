//! Who waits for whom, in a cycle or for ever.

use crate::derived::findings::watch::{MOST_LISTED, Watch};
use crate::derived::findings::{Finding, FindingKind};
use crate::derived::loop_state::wait_in_words;
use crate::derived::summary::time_text;
use crate::trace::{LocationId, ResourceKind, TaskId, WaitFor};
use std::collections::HashMap;

/// While the run goes on, a cycle of more tasks is not looked for: that would cost more than a
/// fixed amount for each event.
const LONGEST_CYCLE: usize = 64;

/// Tasks that wait for one another.
pub(super) struct Cycle {
    time_ns: u64,
    end_ns: Option<u64>,
    /// The one with the least number first.
    tasks: Vec<TaskId>,
    /// Where that one stands.
    at: LocationId,
    sentence: String,
}

impl Watch<'_> {
    /// Whom a task waits for, when that is exactly one.
    fn blocker(&self, task: TaskId) -> Option<TaskId> {
        match self.tasks[task.index()].waits_for? {
            WaitFor::Task(other) => Some(other),
            WaitFor::Resource(resource)
                if self.trace.resource(resource).kind == ResourceKind::Lock =>
            {
                self.holder[resource.index()]
            }
            _ => None,
        }
    }

    /// Follows who waits for whom from a task that has just begun to wait.
    pub(super) fn look_for_cycle(&mut self, now_ns: u64, task: TaskId) {
        let mut next = self.blocker(task);
        // Mostly nobody in particular is waited for.
        if next.is_none() {
            return;
        }
        let mut cycle = vec![task];
        while let Some(at) = next {
            if at == task {
                self.add_cycle(now_ns, cycle);
                return;
            }
            if cycle.len() == LONGEST_CYCLE {
                return;
            }
            cycle.push(at);
            next = self.blocker(at);
        }
    }

    fn add_cycle(&mut self, time_ns: u64, mut tasks: Vec<TaskId>) {
        let first = (0..tasks.len()).min_by_key(|index| tasks[*index]);
        tasks.rotate_left(first.unwrap_or_default());
        let mut parts = Vec::new();
        for (index, task) in tasks.iter().enumerate().take(MOST_LISTED) {
            let next = tasks[(index + 1) % tasks.len()];
            parts.push(self.wait_for_holder(*task, next));
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
    fn wait_for_holder(&self, task: TaskId, holder: TaskId) -> String {
        let name = self.trace.name(task);
        let Some(on) = self.tasks[task.index()].waits_for else {
            return format!("{name} waits for something that is not recorded");
        };
        let what = wait_in_words(self.trace, on);
        let WaitFor::Resource(resource) = on else {
            return format!("{name} waits for {what}");
        };
        let kind = self.trace.resource(resource).kind;
        let held = if holder == task {
            "which it holds itself".to_owned()
        } else if kind == ResourceKind::Semaphore {
            format!("of which {} holds a permit", self.trace.name(holder))
        } else {
            format!("which {} holds", self.trace.name(holder))
        };
        format!("{name} waits for {what}, {held}")
    }

    /// A cycle is over once somebody wakes one of its tasks.
    pub(super) fn break_cycle(&mut self, now_ns: u64, cycle: usize) {
        let cycle = &mut self.cycles[cycle];
        cycle.end_ns = Some(now_ns);
        for task in &cycle.tasks {
            self.tasks[task.index()].cycle = None;
        }
    }

    /// Nothing can wake what is left: the cycles that were not noticed when they closed, as
    /// they are long or go through semaphores, and else who waits for what.
    pub(super) fn finish_deadlock(&mut self, end_ns: u64) {
        let holders = self.holders();
        for cycle in self.cycles_at_the_end(&holders) {
            self.add_cycle(end_ns, cycle);
        }
        if self.cycles.iter().any(|cycle| cycle.end_ns.is_none()) {
            return;
        }
        // Who waits for other tasks is not what holds the rest up, so that comes last.
        let is_led_to = |on: Option<WaitFor>| match on {
            Some(WaitFor::Resource(resource)) => {
                self.trace.resource(resource).kind == ResourceKind::Group
            }
            Some(WaitFor::Task(_)) => true,
            _ => false,
        };
        let mut waits: Vec<(Option<WaitFor>, Vec<TaskId>)> = Vec::new();
        let mut places: HashMap<Option<WaitFor>, usize> = HashMap::new();
        for task in (0..self.tasks.len() as u32).map(TaskId) {
            let watch = self.tasks[task.index()];
            if watch.done || !self.is_on_the_loop(task) {
                continue;
            }
            let place = *places.entry(watch.waits_for).or_insert(waits.len());
            if place == waits.len() {
                waits.push((watch.waits_for, Vec::new()));
            }
            waits[place].1.push(task);
        }
        waits.sort_by_key(|(on, _)| is_led_to(*on));
        let Some(first) = waits.first().map(|(_, tasks)| tasks[0]) else {
            return;
        };
        let mut parts: Vec<String> = waits
            .iter()
            .take(MOST_LISTED)
            .map(|(on, tasks)| self.wait_in_words(*on, tasks, &holders))
            .collect();
        if waits.len() > MOST_LISTED {
            parts.push("and so on".to_owned());
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

    /// "A and B wait for the semaphore s, which C never gave back".
    fn wait_in_words(
        &self,
        on: Option<WaitFor>,
        tasks: &[TaskId],
        holders: &[Vec<TaskId>],
    ) -> String {
        let who = self.names(tasks);
        let verb = if tasks.len() == 1 { "waits" } else { "wait" };
        let what = match on {
            Some(on) => wait_in_words(self.trace, on),
            None => "something that is not recorded".to_owned(),
        };
        let holders = match on {
            Some(WaitFor::Resource(resource)) => holders[resource.index()].as_slice(),
            _ => &[],
        };
        let held = match holders {
            [] => String::new(),
            holders if holders.iter().all(|task| self.tasks[task.index()].done) => {
                format!(", which {} never gave back", self.names(holders))
            }
            holders => format!(", held by {}", self.names(holders)),
        };
        format!("{who} {verb} for {what}{held}")
    }

    /// "A, B and 7 more".
    fn names(&self, tasks: &[TaskId]) -> String {
        const MOST: usize = 3;
        let mut names: Vec<String> = tasks
            .iter()
            .take(MOST)
            .map(|task| self.trace.name(*task).to_owned())
            .collect();
        if tasks.len() > MOST {
            names.push(format!("{} more", tasks.len() - MOST));
        }
        match names.pop() {
            Some(last) if names.is_empty() => last,
            Some(last) => format!("{} and {last}", names.join(", ")),
            None => "nobody".to_owned(),
        }
    }

    /// By resource: who holds it, in the order of the tasks.
    fn holders(&self) -> Vec<Vec<TaskId>> {
        let mut holders = vec![Vec::new(); self.trace.resources.len()];
        for (resource, task) in self.held.keys() {
            holders[resource.index()].push(*task);
        }
        for holders in &mut holders {
            holders.sort();
        }
        holders
    }

    /// A depth-first search through tasks, what they wait for, and who holds that.
    fn cycles_at_the_end(&self, holders: &[Vec<TaskId>]) -> Vec<Vec<TaskId>> {
        let tasks = self.tasks.len();
        // A node is a task, or after them a resource.
        let next = |node: usize, nth: usize| -> Option<usize> {
            if node >= tasks {
                return holders[node - tasks].get(nth).map(|task| task.index());
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
        let mut place = vec![None; seen.len()];
        for start in 0..tasks {
            let mut path = Vec::new();
            if !std::mem::replace(&mut seen[start], true) {
                place[start] = Some(0);
                path.push((start, 0));
            }
            while let Some((node, nth)) = path.last_mut() {
                let Some(there) = next(*node, *nth) else {
                    place[*node] = None;
                    path.pop();
                    continue;
                };
                *nth += 1;
                if let Some(from) = place[there] {
                    let cycle = path[from..].iter().map(|(node, _)| *node);
                    let cycle = cycle.filter(|node| *node < tasks);
                    cycles.push(cycle.map(|node| TaskId(node as u32)).collect());
                    // Whoever is in one cycle need not be listed in another.
                    break;
                }
                if !std::mem::replace(&mut seen[there], true) {
                    place[there] = Some(path.len());
                    path.push((there, 0));
                }
            }
            for (node, _) in path {
                place[node] = None;
            }
        }
        cycles
    }

    /// The findings of all cycles.
    pub(super) fn finish_cycles(&mut self) {
        // The first of each task, and how often it came.
        let mut firsts: Vec<(TaskId, Cycle, u32)> = Vec::new();
        let mut cycles = std::mem::take(&mut self.cycles);
        cycles.sort_by_key(|cycle| cycle.tasks[0]);
        for cycle in cycles {
            match firsts.last_mut() {
                Some((task, first, count)) if *task == cycle.tasks[0] => {
                    *count += 1;
                    // What is not over matters more than what is.
                    if cycle.end_ns.is_none() {
                        *first = cycle;
                    }
                }
                _ => firsts.push((cycle.tasks[0], cycle, 1)),
            }
        }
        for (task, cycle, count) in firsts {
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
}
