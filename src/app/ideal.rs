//! What was asked for in a run against what came of it, as a part of its card.

use crate::app::lines::number_at;
use crate::app::run_ref::RunRef;
use crate::app::state::{Action, counted};
use crate::app::tag::{el, el_with, text};
use crate::derived::critical_path::Step;
use crate::derived::metrics::{Metrics, Stretch};
use crate::derived::recording::Recording;
use crate::derived::summary::time_text;
use crate::picture::palette;
use crate::text::number::fixed;
use crate::trace::TaskId;
use yew::prelude::*;

/// So many steps of the critical path are named: those that took longest.
const MOST_STEPS: usize = 6;

/// A task and a moment that a button goes to.
type Place = (TaskId, u64);

/// The rows, for a run that has ended.
pub fn ideal(run: &RunRef, on_action: &Callback<Action>) -> Html {
    let recording = run.recording.borrow();
    let Some(metrics) = recording.metrics() else {
        return text("This is known when the run has ended.");
    };
    let mut places = Vec::new();
    let rows = vec![
        row("sleeps", sleeps(&recording, metrics, &mut places)),
        row("timers", vec![text(timers(metrics))]),
        row("the thread", vec![text(shares(metrics))]),
        row("in the queue", queue(&recording, metrics, &mut places)),
        row("critical path", path(&recording, &mut places)),
    ];
    drop(recording);
    let onclick = on_action.clone();
    let onclick = Callback::from(move |event: MouseEvent| {
        let place = number_at(&event, "data-go").and_then(|at| places.get(at));
        if let Some((task, time_ns)) = place.copied() {
            onclick.emit(Action::Point { task, time_ns });
        }
    });
    html! { <dl class="ideal-rows" {onclick}>{ rows }</dl> }
}

fn row(label: &'static str, content: Vec<Html>) -> Html {
    let label = el("dt", "", vec![text(label)]);
    el("div", "loop-row", vec![label, el("dd", "", content)])
}

/// A button that goes to a task at a moment.
fn chip(recording: &Recording, place: Place, words: String, places: &mut Vec<Place>) -> Html {
    let class = format!("chip t{}", palette::of_task(place.0));
    let at = places.len().to_string();
    places.push(place);
    let words = format!("{} {words}", recording.trace().name(place.0));
    el_with(
        "button",
        &["type", "class", "data-go"],
        vec!["button".into(), class.into(), at.into()],
        vec![text(words)],
    )
}

fn place_of(stretch: &Stretch) -> Place {
    (TaskId(stretch.task), stretch.from_ns)
}

fn sleeps(recording: &Recording, metrics: &Metrics, places: &mut Vec<Place>) -> Vec<Html> {
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
        row.push(chip(recording, place_of(latest), words, places));
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

fn queue(recording: &Recording, metrics: &Metrics, places: &mut Vec<Place>) -> Vec<Html> {
    let longest = &metrics.longest_ready;
    match longest.length_ns {
        0 => vec![text("nobody waited to be served")],
        length_ns => {
            let words = format!("{}, the longest", time_text(length_ns));
            vec![chip(recording, place_of(longest), words, places)]
        }
    }
}

fn path(recording: &Recording, places: &mut Vec<Place>) -> Vec<Html> {
    let steps = recording.critical_path();
    let length_ns = |step: &Step| step.to_ns - step.from_ns;
    // The least length that is among the longest.
    let mut longest = [0; MOST_STEPS];
    for step in steps.iter() {
        let mut length_ns = length_ns(step);
        for place in &mut longest {
            if length_ns > *place {
                std::mem::swap(place, &mut length_ns);
            }
        }
    }
    let least_ns = longest[MOST_STEPS - 1].max(1);
    let shown = steps.iter().filter(|step| length_ns(step) >= least_ns);
    let shown = shown.take(MOST_STEPS).map(|step| {
        let words = format!("{} {}", step.state.words(), time_text(length_ns(step)));
        chip(recording, (step.task, step.from_ns), words, places)
    });
    let mut chips: Vec<Html> = shown.collect();
    if chips.is_empty() {
        chips.push(text("the run took no time"));
    }
    chips
}
