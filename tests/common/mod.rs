//! What every trace has to satisfy, whatever ran.

use interleave::derived::critical_path::critical_path;
use interleave::derived::timeline::{LaneState, Timeline};
use interleave::trace::{Cause, EndReason, Ending, EventKind, Trace, WaitFor};
use std::collections::{HashMap, HashSet};

/// Panics with the first rule that the trace breaks.
#[track_caller]
pub fn check_invariants(trace: &Trace) {
    let end = trace.end.as_ref().expect("the run ended");
    let mut running: HashMap<u16, u32> = HashMap::new();
    let mut ready = HashSet::new();
    let mut spawned = HashSet::new();
    // What is spawned while the loop closes may be left over, as in CPython.
    let mut spawned_late = HashSet::new();
    let mut done = HashSet::new();
    let mut timers = HashSet::new();
    let mut waits: HashMap<u32, WaitFor> = HashMap::new();
    let mut time_ns = 0;
    for (index, event) in trace.events.iter().enumerate() {
        let here = |rule: &str| format!("event {index}, {event:?}: {rule}");
        assert!(event.time_ns >= time_ns, "{}", here("time runs backwards"));
        time_ns = event.time_ns;
        match event.kind {
            EventKind::Spawn { task } => {
                assert!(spawned.insert(task.0), "{}", here("spawned twice"));
                ready.insert(task.0);
                if done.contains(&0) {
                    spawned_late.insert(task.0);
                }
            }
            EventKind::PollStart { task } => {
                assert!(ready.remove(&task.0), "{}", here("ran without being ready"));
                let thread = trace.task(task).thread;
                let before = running.insert(thread, task.0);
                assert_eq!(before, None, "{}", here("two run at a time"));
                waits.remove(&task.0);
            }
            EventKind::PollEnd { task, .. } => {
                let thread = trace.task(task).thread;
                let before = running.remove(&thread);
                assert_eq!(before, Some(task.0), "{}", here("it did not run"));
            }
            EventKind::Wake { target, by, merged } => {
                assert!(
                    !done.contains(&target.0),
                    "{}",
                    here("woke a finished task")
                );
                assert_eq!(!ready.insert(target.0), merged, "{}", here("merged or not"));
                if let Cause::Task(by) = by {
                    let acts = running.get(&0) == Some(&by.0) || done.contains(&by.0);
                    // A callback acts in the name of the task that scheduled it.
                    let known = spawned.contains(&by.0);
                    assert!(acts || known, "{}", here("woken by nobody"));
                }
                if let Cause::Timer(timer) = by {
                    assert!(
                        (timer.0 as usize) < trace.events.len(),
                        "{}",
                        here("no such timer")
                    );
                }
            }
            EventKind::TimerSet { timer, .. } => {
                assert!(
                    timers.insert(timer.0),
                    "{}",
                    here("a timer's number came twice")
                );
            }
            EventKind::TimerFired { timer } | EventKind::TimerDropped { timer } => {
                assert!(timers.remove(&timer.0), "{}", here("the timer was not set"));
            }
            EventKind::Wait { task, on } => {
                assert_eq!(
                    running.get(&0),
                    Some(&task.0),
                    "{}",
                    here("who waits does not run")
                );
                waits.insert(task.0, on);
            }
            EventKind::Done { task, ending, .. } => {
                assert!(done.insert(task.0), "{}", here("ended twice"));
                ready.remove(&task.0);
                waits.remove(&task.0);
                if ending == Ending::Panicked {
                    assert_eq!(end.reason, EndReason::Died, "{}", here("the run went on"));
                }
            }
            EventKind::Blocked { task, from_ns, .. } => {
                assert_eq!(
                    running.get(&0),
                    Some(&task.0),
                    "{}",
                    here("who blocks does not run")
                );
                assert!(
                    from_ns <= event.time_ns,
                    "{}",
                    here("blocked from the future")
                );
            }
            EventKind::ThreadStart { task, .. } => {
                assert!(ready.remove(&task.0), "{}", here("it was not spawned"));
            }
            _ => {}
        }
    }
    if end.reason == EndReason::Finished {
        assert!(running.is_empty(), "the run ended while a task ran");
        assert!(done.contains(&0), "the run ended before the main task");
        let on_the_loop = |id: &&u32| trace.tasks[**id as usize].thread == 0;
        assert_eq!(
            spawned
                .iter()
                .filter(on_the_loop)
                .filter(|id| !done.contains(id) && !spawned_late.contains(id))
                .count(),
            0,
            "a task is left over"
        );
    }
    check_lanes(trace, end.time_ns);
    check_path(trace);
}

/// No step of the critical path says of a task what its lane does not say at that time.
fn check_path(trace: &Trace) {
    let timeline = Timeline::from_trace(trace);
    let path = critical_path(trace);
    for step in &path {
        let lane = &timeline.lanes[step.task.index()];
        let mut covered_ns = step.from_ns;
        let first = lane.first_after(step.from_ns).saturating_sub(1);
        let finished = (first..lane.len()).map(|index| lane.segment(index));
        for segment in finished.chain(lane.open_until(trace.duration_ns())) {
            if segment.start_ns >= step.to_ns {
                break;
            }
            if segment.end_ns <= step.from_ns {
                continue;
            }
            let is_same = match segment.state {
                LaneState::Blocking => step.state == LaneState::Running,
                state => step.state == state || segment.start_ns == segment.end_ns,
            };
            assert!(is_same, "{step:?}, but the lane says {segment:?}");
            covered_ns = covered_ns.max(segment.end_ns.min(step.to_ns));
        }
        assert_eq!(covered_ns, step.to_ns, "{step:?} is longer than the lane");
    }
    for pair in path.windows(2) {
        assert!(pair[0].to_ns <= pair[1].from_ns, "{pair:?} go back in time");
    }
}

fn check_lanes(trace: &Trace, end_ns: u64) {
    for lane in &Timeline::from_trace(trace).lanes {
        let mut at_ns = lane.spawned_ns;
        for segment in lane.segments_until(end_ns) {
            let name = trace.name(lane.task);
            assert!(
                segment.start_ns <= segment.end_ns,
                "{name}: {segment:?} ends before it begins"
            );
            if trace.task(lane.task).thread == 0 {
                assert_eq!(
                    segment.start_ns, at_ns,
                    "{name}: {segment:?} overlaps or leaves a gap"
                );
            }
            if segment.waits_for.is_some() {
                assert_eq!(
                    segment.state,
                    LaneState::Waiting,
                    "{name}: only who waits waits for something"
                );
            }
            at_ns = segment.end_ns;
        }
    }
}
