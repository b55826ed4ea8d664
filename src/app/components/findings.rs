//! The card that says what is wrong with a run, and offers the remedy.

use crate::app::components::dom::{el, el_with, named, number_at, text};
use crate::app::state::PageState;
use crate::app::state::action::Action;
use crate::app::state::run::Run;
use crate::app::state::sentences::{as_sentence, counted};
use crate::derived::findings::Finding;
use crate::derived::summary::time_text;
use crate::picture::palette;
use crate::trace::Trace;
use std::rc::Rc;
use yew::prelude::*;

/// How many findings are listed; more are counted.
const MAX_LISTED: usize = 12;

/// The card; nothing while the run goes on, or when nothing is wrong.
pub(crate) fn findings(state: &PageState, run: &Run, on_action: &Callback<Action>) -> Html {
    let recording = run.recording.borrow();
    let found = recording.findings();
    if found.is_empty() {
        return Html::default();
    }
    let listed = &found[..found.len().min(MAX_LISTED)];
    let remedies: Vec<_> = listed.iter().map(|f| state.remedy(f.kind)).collect();
    let rows = listed.iter().zip(&remedies).enumerate();
    let rows = rows.map(|(at, (finding, remedy))| {
        let remedy = remedy.map(|(key, value)| format!("Sets {key} to {value} and runs the demo"));
        row(recording.trace(), at, finding, remedy)
    });
    let heading = el("h2", "", vec![text(counted(found.len(), "finding"))]);
    let label = el("span", "soft", vec![text(run.label.clone())]);
    let mut parts = vec![
        el("header", "card-head", vec![heading, label]),
        el("ul", "", rows.collect()),
    ];
    if found.len() > MAX_LISTED {
        let more = format!("… and {} more", found.len() - MAX_LISTED);
        parts.push(el("p", "soft more", vec![text(more)]));
    }
    let onclick = {
        let (on_action, found, slot) = (on_action.clone(), Rc::clone(&found), run.slot);
        Callback::from(move |event: MouseEvent| {
            if let Some(finding) = number_at(&event, "data-show").and_then(|at| found.get(at)) {
                let (task, time_ns) = (finding.task, finding.time_ns);
                on_action.emit(Action::Point { task, time_ns });
            }
            let remedy = number_at(&event, "data-fix").and_then(|at| remedies.get(at));
            if let Some(Some((key, value))) = remedy {
                on_action.emit(Action::Fix { slot, key, value });
            }
        })
    };
    html! { <section class="findings card" aria-label={named("Findings", &run.label)} {onclick}>{ parts }</section> }
}

fn row(trace: &Trace, at: usize, finding: &Finding, remedy: Option<String>) -> Html {
    let (task, at) = (finding.task, AttrValue::from(at.to_string()));
    let dot = el("span", format!("dot t{}", palette::of_task(task)), vec![]);
    let there = format!("{} at {}", trace.name(task), time_text(finding.time_ns));
    let mut links = vec![el_with(
        "button",
        &["type", "class", "data-show"],
        vec!["button".into(), "quiet".into(), at.clone()],
        vec![dot, text(there)],
    )];
    let line = trace.location(finding.location).line;
    if line > 0 {
        links.push(el("span", "soft", vec![text(format!("line {line}"))]));
    }
    if let Some(hint) = remedy {
        links.push(el_with(
            "button",
            &["type", "class", "data-fix", "title"],
            vec!["button".into(), "fix".into(), at, hint.into()],
            vec![text("Fix and run")],
        ));
    }
    let words = vec![
        el("b", "", vec![text(finding.full_sentence(trace))]),
        text(" "),
        text(as_sentence(finding.advice)),
    ];
    el("li", "", vec![el("p", "", words), el("p", "where", links)])
}
