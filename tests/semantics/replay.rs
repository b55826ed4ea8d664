//! The loop by the plainest means, to compare the quick ones with: lists that are searched
//! through at every event.

use interleave::derived::loop_state::{LoopView, TimerRow, WaitingRow};
use interleave::trace::{Ending, EventKind, PollOutcome, TaskId, Trace};

/// Every view of a trace, by the number of events before it.
pub fn views(trace: &Trace) -> Vec<LoopView> {
    let mut view = LoopView::default();
    let mut on = None;
    let mut views = vec![view.clone()];
    for event in &trace.events {
        match event.kind {
            EventKind::LoopTurn => view.turn += 1,
            EventKind::Spawn { task } => view.ready.push(task),
            EventKind::PollStart { task } => {
                leave(&mut view, task);
                on = None;
                view.running = Some(task);
            }
            EventKind::PollEnd { task, outcome, .. } => {
                view.running = None;
                if outcome == PollOutcome::Pending && !view.ready.contains(&task) {
                    view.waiting.push(WaitingRow {
                        task,
                        on,
                        since_ns: event.time_ns,
                    });
                }
            }
            EventKind::Wait { on: what, .. } => on = Some(what),
            EventKind::Wake {
                target,
                merged: false,
                ..
            } => {
                leave(&mut view, target);
                view.ready.push(target);
            }
            EventKind::TimerSet { timer, deadline_ns } => {
                view.timers.push(TimerRow {
                    timer,
                    set_ns: event.time_ns,
                    deadline_ns,
                    task: view.running,
                });
                view.timers.sort_by_key(|row| (row.deadline_ns, row.timer));
            }
            EventKind::TimerFired { timer } | EventKind::TimerDropped { timer } => {
                view.timers.retain(|row| row.timer != timer);
            }
            EventKind::Done { task, ending, .. } => {
                leave(&mut view, task);
                view.done.push((task, ending));
            }
            EventKind::ThreadStart { task, .. } => {
                leave(&mut view, task);
                view.elsewhere.push(task);
            }
            EventKind::ThreadEnd { task, .. } => {
                leave(&mut view, task);
                view.done.push((task, Ending::Returned));
            }
            _ => {}
        }
        views.push(view.clone());
    }
    for (view, event) in views.iter_mut().zip(&trace.events) {
        view.blocks =
            matches!(event.kind, EventKind::Blocked { task, .. } if view.running == Some(task));
    }
    views
}

fn leave(view: &mut LoopView, task: TaskId) {
    view.ready.retain(|other| *other != task);
    view.waiting.retain(|row| row.task != task);
    view.elsewhere.retain(|other| *other != task);
}
