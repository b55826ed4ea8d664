//! The card that says what is wrong with a run.

use crate::app::run_ref::RunRef;
use crate::app::state::{Action, as_sentence};
use crate::app::tag::named;
use crate::findings::{self, Finding};
use crate::palette;
use crate::summary::time_text;
use crate::trace::Trace;
use yew::prelude::*;

/// More are counted, not listed.
const MOST_LISTED: usize = 12;

/// Properties of [`Findings`].
#[derive(Properties, PartialEq)]
pub struct FindingsProps {
    /// The run they are about.
    pub run: RunRef,
    /// The mode it was run in.
    pub label: AttrValue,
    /// The reader wants to see where.
    pub on_action: Callback<Action>,
}

/// The card; nothing while the run goes on, or when nothing is wrong.
#[component]
pub fn Findings(props: &FindingsProps) -> Html {
    let found = use_memo(props.run.clone(), |run| {
        let recording = run.recording.borrow();
        let trace = recording.trace();
        // While a run goes on there is a batch in every frame, and much of what looks wrong
        // then turns out right.
        match trace.end {
            Some(_) => findings::findings(trace),
            None => Vec::new(),
        }
    });
    if found.is_empty() {
        return Html::default();
    }
    let recording = props.run.recording.borrow();
    let trace = recording.trace();
    let heading = match found.len() {
        1 => "1 finding".to_owned(),
        count => format!("{count} findings"),
    };
    html! {
        <section class="findings card" aria-label={named("Findings", &props.label)}>
            <header class="card-head">
                <h2>{ heading }</h2>
                <span class="soft">{ &props.label }</span>
            </header>
            <ul>
                { for found.iter().take(MOST_LISTED).map(|finding| row(trace, finding, &props.on_action)) }
            </ul>
            if found.len() > MOST_LISTED {
                <p class="soft more">{ format!("… and {} more", found.len() - MOST_LISTED) }</p>
            }
        </section>
    }
}

fn row(trace: &Trace, finding: &Finding, on_action: &Callback<Action>) -> Html {
    let (task, time_ns) = (finding.task, finding.time_ns);
    let on_show = on_action.reform(move |_: MouseEvent| Action::Point { task, time_ns });
    let location = trace.location(finding.at);
    html! {
        <li>
            <p><b>{ as_sentence(&finding.sentence) }</b>{ " " }{ as_sentence(finding.advice) }</p>
            <p class="where">
                <button type="button" class="quiet" onclick={on_show}>
                    <span class={classes!("dot", format!("t{}", palette::of_task(task)))} />
                    { format!("{} at {}", trace.name(task), time_text(time_ns)) }
                </button>
                if location.line > 0 {
                    <span class="soft">{ format!("line {}", location.line) }</span>
                }
            </p>
        </li>
    }
}
