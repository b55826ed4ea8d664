//! asyncio's rules of order, checked on any trace of a run without blocking.

use interleave::trace::{Cause, EventKind, ResourceId, ResourceKind, TaskId, Trace, WaitFor};
use std::collections::{HashMap, HashSet, VecDeque};

/// Panics with the first rule that the trace breaks.
#[track_caller]
pub fn check(trace: &Trace) {
    ready_tasks_run_first_come_first_served(trace);
    timers_fire_by_deadline_then_by_age(trace);
    permits_are_granted_first_come_first_served(trace);
    nothing_holds_more_than_it_has_room_for(trace);
    whoever_awaits_a_task_resumes_after_its_end(trace);
}

#[track_caller]
fn ready_tasks_run_first_come_first_served(trace: &Trace) {
    let mut ready = VecDeque::new();
    for event in &trace.events {
        match event.kind {
            EventKind::Spawn { task } if trace.task(task).thread == 0 => ready.push_back(task),
            EventKind::Wake {
                target,
                merged: false,
                ..
            } => ready.push_back(target),
            EventKind::PollStart { task } => assert_eq!(ready.pop_front(), Some(task), "{event:?}"),
            _ => {}
        }
    }
}

#[track_caller]
fn timers_fire_by_deadline_then_by_age(trace: &Trace) {
    let mut deadlines = HashMap::new();
    let mut last = None;
    for event in &trace.events {
        match event.kind {
            EventKind::TimerSet { timer, deadline_ns } => {
                deadlines.insert(timer, deadline_ns);
            }
            EventKind::TimerFired { timer } => {
                let key = Some((deadlines[&timer], timer));
                assert!(key > last, "{event:?} fired after {last:?}");
                last = key;
            }
            _ => {}
        }
    }
}

#[track_caller]
fn permits_are_granted_first_come_first_served(trace: &Trace) {
    let mut lines: HashMap<ResourceId, VecDeque<TaskId>> = HashMap::new();
    // Cancelled while they ran: what they wait for next they will not get.
    let mut cancelled = HashSet::new();
    for event in &trace.events {
        match event.kind {
            EventKind::PollStart { task } => {
                cancelled.remove(&task);
            }
            EventKind::Wait {
                task,
                on: WaitFor::Resource(resource),
            } if !cancelled.contains(&task) => {
                lines.entry(resource).or_default().push_back(task);
            }
            // Whoever is cancelled leaves the line when it next runs.
            EventKind::Cancel { target, .. } => {
                cancelled.insert(target);
                for line in lines.values_mut() {
                    line.retain(|task| *task != target);
                }
            }
            EventKind::Acquire { task, resource, .. } => {
                let kind = trace.resource(resource).kind;
                if matches!(kind, ResourceKind::Lock | ResourceKind::Semaphore) {
                    let first = lines.entry(resource).or_default().pop_front();
                    assert!(
                        first.is_none_or(|first| first == task),
                        "{event:?} overtook {first:?}"
                    );
                }
            }
            _ => {}
        }
    }
}

#[track_caller]
fn nothing_holds_more_than_it_has_room_for(trace: &Trace) {
    // In the programs, the number in a name says how much room there is.
    let room = |name: &str| name.parse::<u32>().map_or(1, |n| 2 * n + 1);
    for event in &trace.events {
        let (EventKind::Acquire {
            resource, level, ..
        }
        | EventKind::Release {
            resource, level, ..
        }) = event.kind
        else {
            continue;
        };
        let info = trace.resource(resource);
        let most = match info.kind {
            ResourceKind::Lock | ResourceKind::Event | ResourceKind::Future => 1,
            ResourceKind::Semaphore | ResourceKind::Queue => room(&info.name),
            _ => continue,
        };
        assert!(level <= most, "{event:?}: {info:?} has room for {most}");
    }
}

#[track_caller]
fn whoever_awaits_a_task_resumes_after_its_end(trace: &Trace) {
    let mut awaited: HashMap<TaskId, TaskId> = HashMap::new();
    let mut done = HashSet::new();
    for event in &trace.events {
        match event.kind {
            EventKind::Wait { task, on } => {
                match on {
                    WaitFor::Task(other) => awaited.insert(task, other),
                    _ => awaited.remove(&task),
                };
            }
            EventKind::Done { task, .. } => {
                done.insert(task);
            }
            // Behind a shield, whoever is cancelled goes on at once.
            EventKind::Cancel { target, .. } => {
                awaited.remove(&target);
            }
            EventKind::Wake {
                target,
                by: Cause::Task(by),
                ..
            } if awaited.get(&target) == Some(&by) => {
                assert!(done.contains(&by), "{event:?}: it goes on");
            }
            EventKind::PollStart { task } => {
                awaited.remove(&task);
            }
            _ => {}
        }
    }
}
