//! Tasks wait for one another in a cycle, or for what nobody can give any more.

use crate::derived::findings::facts::Facts;
use crate::derived::findings::{Finding, FindingKind, MOST_LISTED, Rule, listed};
use crate::derived::loop_state::wait_in_words;
use crate::derived::summary::time_text;
use crate::trace::{
    EndReason, Event, EventKind, LocationId, PollOutcome, ResourceKind, TaskId, Trace, WaitFor,
};
use std::collections::HashMap;

/// While the run goes on, a cycle of more tasks is not looked for: that would cost more than a
/// fixed amount for each event.
const LONGEST_CYCLE: usize = 64;

pub(super) struct Deadlock {
    cycles: Vec<Cycle>,
    /// By task: the cycle that it is in, as a position in `cycles`.
    in_cycle: Vec<Option<usize>>,
}

/// Tasks that wait for one another.
struct Cycle {
    time_ns: u64,
    end_ns: Option<u64>,
    /// The one with the least number first.
    tasks: Vec<TaskId>,
    /// Where that one stands.
    location: LocationId,
    sentence: String,
}

impl Rule for Deadlock {
    const KIND: FindingKind = FindingKind::Deadlock;
    const TITLE: &'static str = "deadlock";
    const ADVICE: &'static str = "take locks in the same order everywhere, or hold one at a time; for anything else, make sure that somebody is left who sets it, puts it or gives it back";

    fn new(trace: &Trace) -> Self {
        Deadlock {
            cycles: Vec::new(),
            in_cycle: vec![None; trace.tasks.len()],
        }
    }

    fn event(&mut self, event: &Event, facts: &Facts) {
        match event.kind {
            EventKind::PollEnd {
                task,
                outcome: PollOutcome::Pending,
                ..
            } => self.look_for_cycle(event.time_ns, task, facts),
            EventKind::Wake {
                target,
                merged: false,
                ..
            } => {
                if let Some(cycle) = self.in_cycle[target.index()] {
                    self.break_cycle(event.time_ns, cycle);
                }
            }
            _ => {}
        }
    }

    fn finish(mut self, facts: &Facts) -> Vec<Finding> {
        let mut found = Vec::new();
        if let Some(end) = &facts.trace.end
            && end.reason == EndReason::Deadlock
        {
            let holders = facts.permits.holders();
            // Those that were not noticed when they closed, as they are long or go through
            // semaphores.
            for cycle in self.cycles_at_the_end(&holders, facts) {
                self.add_cycle(end.time_ns, cycle, facts);
            }
            if self.cycles.iter().all(|cycle| cycle.end_ns.is_some()) {
                found.extend(stuck(&holders, facts));
            }
        }
        found.extend(self.cycles_in_words());
        found
    }
}

/// Whom a task waits for, when that is exactly one.
fn blocker(task: TaskId, facts: &Facts) -> Option<TaskId> {
    match facts.task(task).waits_for? {
        WaitFor::Task(other) => Some(other),
        WaitFor::Resource(resource)
            if facts.trace.resource(resource).kind == ResourceKind::Lock =>
        {
            facts.permits.lock_holder(resource)
        }
        _ => None,
    }
}

impl Deadlock {
    /// Follows who waits for whom from a task that has just begun to wait.
    fn look_for_cycle(&mut self, now_ns: u64, task: TaskId, facts: &Facts) {
        let mut next = blocker(task, facts);
        // Mostly nobody in particular is waited for.
        if next.is_none() {
            return;
        }
        let mut cycle = vec![task];
        while let Some(other) = next {
            if other == task {
                self.add_cycle(now_ns, cycle, facts);
                return;
            }
            if cycle.len() == LONGEST_CYCLE {
                return;
            }
            cycle.push(other);
            next = blocker(other, facts);
        }
    }

    fn add_cycle(&mut self, time_ns: u64, mut tasks: Vec<TaskId>, facts: &Facts) {
        let first = (0..tasks.len()).min_by_key(|index| tasks[*index]);
        tasks.rotate_left(first.unwrap_or_default());
        let mut parts = Vec::new();
        for (index, task) in tasks.iter().enumerate().take(MOST_LISTED) {
            let next = tasks[(index + 1) % tasks.len()];
            parts.push(wait_for_holder(*task, next, facts));
        }
        if tasks.len() > MOST_LISTED {
            parts.push(format!("and so on, {} tasks in all", tasks.len()));
        }
        for task in &tasks {
            self.in_cycle[task.index()] = Some(self.cycles.len());
        }
        self.cycles.push(Cycle {
            time_ns,
            end_ns: None,
            location: facts.task(tasks[0]).location,
            tasks,
            sentence: parts.join("; "),
        });
    }

    /// A cycle is over once somebody wakes one of its tasks.
    fn break_cycle(&mut self, now_ns: u64, cycle: usize) {
        let cycle = &mut self.cycles[cycle];
        cycle.end_ns = Some(now_ns);
        for task in &cycle.tasks {
            self.in_cycle[task.index()] = None;
        }
    }

    /// A depth-first search through tasks, what they wait for, and who holds that.
    fn cycles_at_the_end(&self, holders: &[Vec<TaskId>], facts: &Facts) -> Vec<Vec<TaskId>> {
        let tasks = self.in_cycle.len();
        // A node is a task, or after them a resource.
        let next = |node: usize, nth: usize| -> Option<usize> {
            if node >= tasks {
                return holders[node - tasks].get(nth).map(|task| task.index());
            }
            match facts.task(TaskId(node as u32)).waits_for {
                _ if nth > 0 || self.in_cycle[node].is_some() => None,
                Some(WaitFor::Task(task)) => Some(task.index()),
                Some(WaitFor::Resource(resource)) => Some(tasks + resource.index()),
                _ => None,
            }
        };
        let mut cycles = Vec::new();
        let mut seen = vec![false; tasks + holders.len()];
        // Where on the path a node is.
        let mut on_path = vec![None; seen.len()];
        for start in 0..tasks {
            let mut path = Vec::new();
            if !std::mem::replace(&mut seen[start], true) {
                on_path[start] = Some(0);
                path.push((start, 0));
            }
            while let Some((node, nth)) = path.last_mut() {
                let Some(there) = next(*node, *nth) else {
                    on_path[*node] = None;
                    path.pop();
                    continue;
                };
                *nth += 1;
                if let Some(from) = on_path[there] {
                    let cycle = path[from..].iter().map(|(node, _)| *node);
                    let cycle = cycle.filter(|node| *node < tasks);
                    cycles.push(cycle.map(|node| TaskId(node as u32)).collect());
                    // Whoever is in one cycle need not be listed in another.
                    break;
                }
                if !std::mem::replace(&mut seen[there], true) {
                    on_path[there] = Some(path.len());
                    path.push((there, 0));
                }
            }
            for (node, _) in path {
                on_path[node] = None;
            }
        }
        cycles
    }

    /// The findings of all cycles: one for each task that is the first of some.
    fn cycles_in_words(mut self) -> Vec<Finding> {
        // The first of each task, and how often it came.
        let mut firsts: Vec<(Cycle, u32)> = Vec::new();
        self.cycles.sort_by_key(|cycle| cycle.tasks[0]);
        for cycle in self.cycles {
            match firsts.last_mut() {
                Some((first, count)) if first.tasks[0] == cycle.tasks[0] => {
                    *count += 1;
                    // What is not over matters more than what is.
                    if cycle.end_ns.is_none() {
                        *first = cycle;
                    }
                }
                _ => firsts.push((cycle, 1)),
            }
        }
        let found = firsts.into_iter().map(|(cycle, count)| {
            let mut sentence = cycle.sentence;
            if let Some(end_ns) = cycle.end_ns {
                let length = time_text(end_ns.saturating_sub(cycle.time_ns));
                sentence += &format!("; it was broken after {length}");
            }
            if count > 1 {
                sentence += &format!("; this came {count} times");
            }
            Finding {
                end_ns: cycle.end_ns,
                count,
                ..Finding::new::<Self>(cycle.tasks[0], cycle.time_ns, cycle.location, sentence)
            }
        });
        found.collect()
    }
}

/// "A waits for the lock b, which B holds".
fn wait_for_holder(task: TaskId, holder: TaskId, facts: &Facts) -> String {
    let name = facts.trace.name(task);
    let Some(on) = facts.task(task).waits_for else {
        return format!("{name} waits for something that is not recorded");
    };
    let what = wait_in_words(facts.trace, on);
    let WaitFor::Resource(resource) = on else {
        return format!("{name} waits for {what}");
    };
    let kind = facts.trace.resource(resource).kind;
    let held = if holder == task {
        "which it holds itself".to_owned()
    } else if kind == ResourceKind::Semaphore {
        format!("of which {} holds a permit", facts.trace.name(holder))
    } else {
        format!("which {} holds", facts.trace.name(holder))
    };
    format!("{name} waits for {what}, {held}")
}

/// Nothing can wake what is left, and there is no cycle: who waits for what.
fn stuck(holders: &[Vec<TaskId>], facts: &Facts) -> Option<Finding> {
    // Who waits for other tasks is not what holds the rest up, so that comes last.
    let is_led_to = |on: Option<WaitFor>| match on {
        Some(WaitFor::Resource(resource)) => {
            facts.trace.resource(resource).kind == ResourceKind::Group
        }
        Some(WaitFor::Task(_)) => true,
        _ => false,
    };
    let mut waits: Vec<(Option<WaitFor>, Vec<TaskId>)> = Vec::new();
    let mut rows: HashMap<Option<WaitFor>, usize> = HashMap::new();
    for task in facts.task_ids() {
        let state = facts.task(task);
        if state.is_done || !facts.is_on_the_loop(task) {
            continue;
        }
        let row = *rows.entry(state.waits_for).or_insert(waits.len());
        if row == waits.len() {
            waits.push((state.waits_for, Vec::new()));
        }
        waits[row].1.push(task);
    }
    waits.sort_by_key(|(on, _)| is_led_to(*on));
    let first = waits.first().map(|(_, tasks)| tasks[0])?;
    let mut parts: Vec<String> = waits
        .iter()
        .take(MOST_LISTED)
        .map(|(on, tasks)| waiters_in_words(*on, tasks, holders, facts))
        .collect();
    if waits.len() > MOST_LISTED {
        parts.push("and so on".to_owned());
    }
    let state = facts.task(first);
    Some(Finding::new::<Deadlock>(
        first,
        state.last_poll_end_ns,
        state.location,
        format!("nothing can wake what is left: {}", parts.join("; ")),
    ))
}

/// "A and B wait for the semaphore s, which C never gave back".
fn waiters_in_words(
    on: Option<WaitFor>,
    tasks: &[TaskId],
    holders: &[Vec<TaskId>],
    facts: &Facts,
) -> String {
    let who = names(tasks, facts.trace);
    let verb = if tasks.len() == 1 { "waits" } else { "wait" };
    let what = match on {
        Some(on) => wait_in_words(facts.trace, on),
        None => "something that is not recorded".to_owned(),
    };
    let holders = match on {
        Some(WaitFor::Resource(resource)) => holders[resource.index()].as_slice(),
        _ => &[],
    };
    let held = match holders {
        [] => String::new(),
        holders if holders.iter().all(|task| facts.task(*task).is_done) => {
            format!(", which {} never gave back", names(holders, facts.trace))
        }
        holders => format!(", held by {}", names(holders, facts.trace)),
    };
    format!("{who} {verb} for {what}{held}")
}

/// "A, B and 7 more".
fn names(tasks: &[TaskId], trace: &Trace) -> String {
    const MOST: usize = 3;
    let mut names: Vec<String> = tasks
        .iter()
        .take(MOST)
        .map(|task| trace.name(*task).to_owned())
        .collect();
    if tasks.len() > MOST {
        names.push(format!("{} more", tasks.len() - MOST));
    }
    listed(names)
}

#[cfg(test)]
mod tests {
    use crate::derived::findings::story::{A, B, C, MAIN, Story, gets, waits};
    use crate::trace::{Cause, EndReason, Ending, EventKind, ResourceKind, WaitFor};

    #[test]
    fn a_cycle_is_found_when_it_closes_and_told_from_the_first_task_on() {
        let mut story = Story::new();
        let locks = ["a", "b", "c"].map(|name| story.resource(ResourceKind::Lock, name));
        for (task, lock) in [A, B, C].into_iter().zip(locks) {
            story
                .wake(task, Cause::External)
                .poll(task, 0, &[gets(task, lock)]);
        }
        for (task, lock) in [(B, locks[2]), (C, locks[0]), (A, locks[1])] {
            story.pass(10).wake(task, Cause::External);
            story.poll(task, 0, &[waits(task, lock)]);
        }
        let sentence = "A waits for the lock b, which B holds; B waits for the lock c, which C holds; C waits for the lock a, which A holds";
        story.check(&[&format!("Deadlock 30.. 1x {sentence}")]);
        story.end(EndReason::Deadlock);
        story.check(&[&format!("Deadlock 30.. 1x {sentence}")]);

        story.trace.end = None;
        story.pass(500).wake(B, Cause::External);
        story.check(&[&format!(
            "Deadlock 30..530 1x {sentence}; it was broken after 0.50 s"
        )]);
    }

    #[test]
    fn a_task_can_wait_for_itself() {
        let mut story = Story::new();
        let lock = story.resource(ResourceKind::Lock, "a");
        story.wake(A, Cause::External);
        story.poll(A, 0, &[gets(A, lock), waits(A, lock)]);
        story.check(&["Deadlock 0.. 1x A waits for the lock a, which it holds itself"]);
    }

    #[test]
    fn tasks_that_wait_for_each_other_are_a_cycle() {
        let mut story = Story::new();
        for (task, other) in [(A, B), (B, A)] {
            let on = WaitFor::Task(other);
            story.wake(task, Cause::External);
            story.poll(task, 0, &[EventKind::Wait { task, on }]);
        }
        story.check(&["Deadlock 0.. 1x A waits for the task B; B waits for the task A"]);
    }

    #[test]
    fn waiting_in_line_is_no_deadlock() {
        let mut story = Story::new();
        let lock = story.resource(ResourceKind::Lock, "a");
        story.wake(A, Cause::External).poll(A, 0, &[gets(A, lock)]);
        for task in [B, C] {
            story
                .wake(task, Cause::External)
                .poll(task, 0, &[waits(task, lock)]);
        }
        story.check(&[]);
    }

    #[test]
    fn a_cycle_through_semaphores_is_found_when_nothing_goes_on() {
        let mut story = Story::new();
        let [s, t] = ["s", "t"].map(|name| story.resource(ResourceKind::Semaphore, name));
        story.wake(C, Cause::External).poll(C, 0, &[gets(C, s)]);
        for (task, has, wants) in [(A, s, t), (B, t, s)] {
            story.wake(task, Cause::External);
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
        story.wake(C, Cause::External).poll(C, 0, &[gets(C, lock)]);
        story.done(C, Ending::Returned).done(MAIN, Ending::Returned);
        story.wake(A, Cause::External).poll(A, 0, &[waits(A, lock)]);
        story
            .wake(B, Cause::External)
            .poll(B, 0, &[waits(B, queue)]);
        story.end(EndReason::Deadlock);
        story.check(&[
            "Deadlock 0.. 1x nothing can wake what is left: A waits for the lock jobs, which C never gave back; B waits for the queue jobs",
            "NeverReleased 0.. 1x C acquired the lock jobs and never gave it back",
        ]);
    }
}
