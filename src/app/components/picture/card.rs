//! The card of the task that is picked out.

use crate::app::state::action::Action;
use crate::app::state::store::Store;
use crate::derived::run_ref::RunRef;
use crate::derived::summary::moment_text;
use crate::derived::timeline::LaneState;
use crate::picture::axis::duration_words;
use crate::picture::lod::Index;
use crate::picture::palette;
use crate::picture::words::{Card, ending_words};
use crate::text::number::fixed;
use crate::text::number::grouped;
use crate::trace::{TaskId, Trace};
use yew::prelude::*;

/// What there is to say of a task.
pub(super) fn card_of(run: &RunRef, task: TaskId) -> Option<Card> {
    let recording = run.borrow();
    let (trace, timeline) = (recording.trace(), recording.timeline());
    // An index that knows nothing walks through the one lane that is asked for.
    let index = Index::default();
    Card::new(trace, timeline, &index, task, trace.duration_ns())
}

/// The card. With `store` the reader picks out another task, or none.
pub(super) fn task_card(card: &Card, trace: &Trace, store: &Store) -> Html {
    let on_close = select(store, None);
    html! {
        <div class="picture-about">
            <aside class={classes!("picture-card", format!("t{}", palette::of_task(card.task)))}
                aria-label={format!("Task {}", card.name)}>
                <header>
                    <span class="picture-dot" aria-hidden="true" />
                    <b>{ &card.name }</b>
                    <span class="picture-how">{ how(card) }</span>
                    <button type="button" class="quiet square" onclick={on_close} aria-label="Close the card">
                        { "×" }
                    </button>
                </header>
                <div class="picture-facts">
                    <p>{ origin(trace, card, store) }</p>
                    <dl>
                        <div><dt>{ "polls" }</dt><dd>{ grouped(card.polls as i64) }</dd></div>
                        { for LaneState::ALL.into_iter().map(|state| share(card, state)) }
                    </dl>
                </div>
                if !card.lines.is_empty() {
                    <ol class="picture-lines">
                        if card.lines_before > 0 {
                            <li class="soft">{ format!("{} lines before", grouped(card.lines_before as i64)) }</li>
                        }
                        { for card.lines.iter().map(|line| html! {
                            <li><time>{ moment_text(line.time_ns) }</time>{ &line.text }</li>
                        }) }
                    </ol>
                }
            </aside>
        </div>
    }
}

/// Whether and how it ended.
fn how(card: &Card) -> String {
    match &card.done {
        None => "not finished".to_owned(),
        Some((done_ns, ending, text)) => {
            let at = duration_words(*done_ns);
            match text.as_str() {
                "" => format!("{} at {at}", ending_words(*ending)),
                text => format!("{} at {at}: {text}", ending_words(*ending)),
            }
        }
    }
}

fn select(store: &Store, task: Option<TaskId>) -> Callback<MouseEvent> {
    let store = store.clone();
    Callback::from(move |_| store.dispatch(Action::Select(task)))
}

fn origin(trace: &Trace, card: &Card, store: &Store) -> Html {
    let location = trace.location(card.location);
    let file = location.file.rsplit(['/', '\\']).next().unwrap_or_default();
    let origin = match location.line {
        0 => String::new(),
        line => format!(" at line {line} of {file}"),
    };
    let when = duration_words(card.spawned_ns);
    match card.parent {
        // What starts a demo is nowhere that a reader could look.
        None => html! { "the run began with it" },
        Some(parent) => {
            let onclick = select(store, Some(parent));
            html! {
                <>
                    { "spawned by " }
                    <button type="button" class="picture-link" {onclick}>{ trace.name(parent).to_owned() }</button>
                    { format!("{origin}, {when} after the run began") }
                </>
            }
        }
    }
}

fn share(card: &Card, state: LaneState) -> Html {
    let ns = card.shares.of(state);
    if ns == 0 && state == LaneState::Blocking {
        return html! {};
    }
    let (word, class) = match state {
        LaneState::Running => ("running", "fill-running"),
        LaneState::Blocking => ("blocking", "fill-blocking"),
        LaneState::Ready => ("ready", "fill-ready"),
        LaneState::Waiting => ("waiting", "fill-waiting"),
    };
    let total = card.shares.total_ns().max(1);
    let part = ns as f64 / total as f64 * 60.0;
    html! {
        <div>
            <dt>{ word }</dt>
            <dd>
                { duration_words(ns) }
                <svg width="60" height="4" viewBox="0 0 60 4" aria-hidden="true">
                    <rect width="60" height="4" rx="2" class="picture-track" />
                    <rect width={fixed(part, 1)} height="4" rx="2" {class} />
                </svg>
            </dd>
        </div>
    }
}
