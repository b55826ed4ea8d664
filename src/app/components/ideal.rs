//! What was asked for in a run against what came of it, as a part of its card.

use crate::app::components::dom::{number_at, row, tag, text};
use crate::app::state::action::Action;
use crate::app::state::sentences::counted;
use crate::app::state::store::Store;
use crate::derived::critical_path::Step;
use crate::derived::metrics::{Metrics, Stretch};
use crate::derived::recording::Recording;
use crate::derived::run_ref::RunRef;
use crate::derived::summary::time_text;
use crate::picture::palette;
use crate::text::number::fixed;
use crate::trace::TaskId;
use yew::prelude::*;

/// How many steps of the critical path are named: those that took longest.
const MAX_STEPS: usize = 6;

/// A task and a moment that a button goes to.
type Target = (TaskId, u64);

/// The rows, for a run that has ended.
pub(crate) fn ideal(run: &RunRef, store: &Store) -> Html {
    let recording = run.borrow();
    let Some(metrics) = recording.metrics() else {
        return text("This is known when the run has ended.");
    };
    let mut targets = Vec::new();
    let rows = vec![
        row("sleeps", sleeps(&recording, metrics, &mut targets)),
        row("timers", vec![text(timers(metrics))]),
        row("the thread", vec![text(shares(metrics))]),
        row("in the queue", queue(&recording, metrics, &mut targets)),
        row("critical path", path(&recording, &mut targets)),
    ];
    drop(recording);
    let store = store.clone();
    let onclick = Callback::from(move |event: MouseEvent| {
        let target = number_at(&event, "data-go").and_then(|at| targets.get(at));
        if let Some((task, time_ns)) = target.copied() {
            store.dispatch(Action::Point { task, time_ns });
        }
    });
    tag("dl")
        .class("ideal-rows")
        .on_click(onclick)
        .push(rows)
        .html()
}

/// A button that goes to a task at a moment.
fn chip(recording: &Recording, target: Target, words: String, targets: &mut Vec<Target>) -> Html {
    let class = format!("chip t{}", palette::of_task(target.0));
    let at = targets.len().to_string();
    targets.push(target);
    let words = format!("{} {words}", recording.trace().name(target.0));
    tag("button")
        .set("type", "button")
        .set("class", class)
        .set("data-go", at)
        .push(words)
        .html()
}

fn target_of(stretch: &Stretch) -> Target {
    (TaskId(stretch.task), stretch.from_ns)
}

fn sleeps(recording: &Recording, metrics: &Metrics, targets: &mut Vec<Target>) -> Vec<Html> {
    if metrics.sleeps == 0 {
        return vec![text("nobody slept")];
    }
    let mut row = vec![text(format!(
        "{}, {} asked for, {} slept",
        counted(metrics.sleeps, "sleep"),
        time_text(metrics.asked_ns),
        time_text(metrics.slept_ns)
    ))];
    let latest = &metrics.latest_sleep;
    if latest.length_ns > 0 {
        let words = format!("{} too long", time_text(latest.length_ns));
        row.push(chip(recording, target_of(latest), words, targets));
    }
    row
}

fn timers(metrics: &Metrics) -> String {
    match (metrics.timers, metrics.most_late_ns) {
        (0, _) => "none was served".to_owned(),
        (count, 0) => format!("{}, all on time", counted(count, "timer")),
        (count, most_ns) => format!(
            "{}, half of them at most {} late, the latest {}",
            counted(count, "timer"),
            time_text(metrics.median_late_ns),
            time_text(most_ns)
        ),
    }
}

fn shares(metrics: &Metrics) -> String {
    let whole_ns = (metrics.busy_ns + metrics.idle_ns + metrics.loop_ns).max(1);
    let part = metrics.loop_ns as f64 * 100.0 / whole_ns as f64;
    format!(
        "{} in tasks, {} idle, {} in the loop itself ({} %)",
        time_text(metrics.busy_ns),
        time_text(metrics.idle_ns),
        time_text(metrics.loop_ns),
        fixed(part, 2)
    )
}

fn queue(recording: &Recording, metrics: &Metrics, targets: &mut Vec<Target>) -> Vec<Html> {
    let longest = &metrics.longest_ready;
    match longest.length_ns {
        0 => vec![text("nobody waited to be served")],
        length_ns => {
            let words = format!("{}, the longest", time_text(length_ns));
            vec![chip(recording, target_of(longest), words, targets)]
        }
    }
}

fn path(recording: &Recording, targets: &mut Vec<Target>) -> Vec<Html> {
    let steps = recording.critical_path();
    let length_ns = |step: &Step| step.to_ns - step.from_ns;
    // The least length that is among the longest.
    let mut longest = [0; MAX_STEPS];
    for step in steps.iter() {
        let mut length_ns = length_ns(step);
        for known in &mut longest {
            if length_ns > *known {
                std::mem::swap(known, &mut length_ns);
            }
        }
    }
    let least_ns = longest[MAX_STEPS - 1].max(1);
    let shown = steps.iter().filter(|step| length_ns(step) >= least_ns);
    let shown = shown.take(MAX_STEPS).map(|step| {
        let words = format!("{} {}", step.state.words(), time_text(length_ns(step)));
        chip(recording, (step.task, step.from_ns), words, targets)
    });
    let mut chips: Vec<Html> = shown.collect();
    if chips.is_empty() {
        chips.push(text("the run took no time"));
    }
    chips
}
