//! The card that says what is wrong with a run, and offers the remedy.

use crate::app::components::dom::{named, number_at, tag, text};
use crate::app::state::PageState;
use crate::app::state::action::Action;
use crate::app::state::findings::headings;
use crate::app::state::panel::Panel;
use crate::app::state::run::Run;
use crate::app::state::sentences::as_sentence;
use crate::derived::findings::Finding;
use crate::derived::summary::time_text;
use crate::picture::palette;
use crate::trace::Trace;
use yew::prelude::*;

/// How many findings are listed; more are counted.
const MAX_LISTED: usize = 12;

/// The card; nothing while the run goes on, or when nothing is wrong.
pub(crate) fn findings(state: &PageState, run: &Run, on_action: &Callback<Action>) -> Html {
    let recording = run.recording.borrow();
    let found = state.mistakes(run);
    if found.is_empty() {
        return Html::default();
    }
    // Whose line it is that is named is known by the Rust file.
    let names_lines = state.panel == Panel::Rust;
    let listed = &found[..found.len().min(MAX_LISTED)];
    let remedies: Vec<_> = listed.iter().map(|f| state.remedy(f.kind)).collect();
    let rows = listed.iter().zip(&remedies).enumerate();
    let rows = rows.map(|(at, (finding, remedy))| {
        let remedy = remedy.map(|(key, value)| format!("Sets {key} to {value} and runs the demo"));
        row(recording.trace(), at, finding, remedy, names_lines)
    });
    let mut parts = vec![tag("ul").extend(rows).html()];
    if found.len() > MAX_LISTED {
        let more = format!("… and {} more", found.len() - MAX_LISTED);
        parts.push(tag("p").class("soft more").push(more).html());
    }
    // One line for all that has one cause; the rest one press away.
    let heading = headings(&found);
    let remedy = remedies.iter().flatten().next().copied();
    let onclick = {
        let (on_action, slot) = (on_action.clone(), run.slot);
        let places: Vec<_> = listed.iter().map(|f| (f.task, f.time_ns)).collect();
        let remedies = remedies.clone();
        Callback::from(move |event: MouseEvent| {
            let place = number_at(&event, "data-show").and_then(|at| places.get(at));
            if let Some(&(task, time_ns)) = place {
                on_action.emit(Action::Point { task, time_ns });
            }
            let remedy = number_at(&event, "data-fix").and_then(|at| *remedies.get(at)?);
            if let Some((key, value)) = remedy {
                on_action.emit(Action::Fix { slot, key, value });
            }
        })
    };
    let fix = remedy.map(|(key, value)| {
        let at = remedies.iter().position(Option::is_some).unwrap_or(0);
        let hint = format!("Sets {key} to {value} and runs the demo");
        tag("button")
            .set("type", "button")
            .class("fix")
            .set("data-fix", at.to_string())
            .set("title", hint)
            .push("Fix and run")
            .html()
    });
    tag("div")
        .class("findings")
        .set("role", "group")
        .set("aria-label", named("Findings", &run.label))
        .on_click(onclick)
        .push(
            tag("details")
                .push(tag("summary").push(heading))
                .push(tag("div").class("findings-list").push(parts)),
        )
        .push(fix)
        .html()
}

fn row(
    trace: &Trace,
    at: usize,
    finding: &Finding,
    remedy: Option<String>,
    names_lines: bool,
) -> Html {
    let (task, at) = (finding.task, AttrValue::from(at.to_string()));
    let dot = tag("span")
        .set("class", format!("dot t{}", palette::of_task(task)))
        .html();
    let there = format!("{} at {}", trace.name(task), time_text(finding.time_ns));
    let mut links = vec![
        tag("button")
            .set("type", "button")
            .class("quiet")
            .set("data-show", at.clone())
            .push(dot)
            .push(there)
            .html(),
    ];
    let line = trace.location(finding.location).line;
    if line > 0 && names_lines {
        links.push(
            tag("span")
                .class("soft")
                .push(format!("line {line}"))
                .html(),
        );
    }
    if let Some(hint) = remedy {
        links.push(
            tag("button")
                .set("type", "button")
                .class("fix")
                .set("data-fix", at)
                .set("title", hint)
                .push("Fix and run")
                .html(),
        );
    }
    let words = vec![
        tag("b").push(finding.full_sentence(trace)).html(),
        text(" "),
        text(as_sentence(finding.advice)),
    ];
    tag("li")
        .push(tag("p").push(words))
        .push(tag("p").class("where").push(links))
        .html()
}
