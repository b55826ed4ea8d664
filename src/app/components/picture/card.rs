//! The card of the task that is picked out.

use crate::app::components::dom::{all, tag, text};
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
    tag("div")
        .class("picture-about")
        .push(
            tag("aside")
                .set(
                    "class",
                    format!("picture-card t{}", palette::of_task(card.task)),
                )
                .set("aria-label", format!("Task {}", card.name))
                .push(
                    tag("header")
                        .push(tag("span").class("picture-dot").set("aria-hidden", "true"))
                        .push(tag("b").push(&card.name))
                        .push(tag("span").class("picture-how").push(how(card)))
                        .push(
                            tag("button")
                                .set("type", "button")
                                .class("quiet square")
                                .on_click(on_close)
                                .set("aria-label", "Close the card")
                                .push("×"),
                        ),
                )
                .push(
                    tag("div")
                        .class("picture-facts")
                        .push(tag("p").push(origin(trace, card, store)))
                        .push(
                            tag("dl")
                                .push(
                                    tag("div")
                                        .push(tag("dt").push("polls"))
                                        .push(tag("dd").push(grouped(card.polls as i64))),
                                )
                                .extend(LaneState::ALL.into_iter().map(|state| share(card, state))),
                        ),
                )
                .push(if !card.lines.is_empty() {
                    tag("ol")
                        .class("picture-lines")
                        .push(if card.lines_before > 0 {
                            tag("li")
                                .class("soft")
                                .push(format!(
                                    "{} lines before",
                                    grouped(card.lines_before as i64)
                                ))
                                .html()
                        } else {
                            Html::default()
                        })
                        .extend(card.lines.iter().map(|line| {
                            tag("li")
                                .push(tag("time").push(moment_text(line.time_ns)))
                                .push(&line.text)
                                .html()
                        }))
                        .html()
                } else {
                    Html::default()
                }),
        )
        .html()
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
        None => text("the run began with it"),
        Some(parent) => {
            let onclick = select(store, Some(parent));
            all(vec![
                text("spawned by "),
                tag("button")
                    .set("type", "button")
                    .class("picture-link")
                    .on_click(onclick)
                    .push(trace.name(parent).to_owned())
                    .html(),
                text(format!("{origin}, {when} after the run began")),
            ])
        }
    }
}

fn share(card: &Card, state: LaneState) -> Html {
    let ns = card.shares.of(state);
    if ns == 0 && state == LaneState::Blocking {
        return Html::default();
    }
    let (word, class) = match state {
        LaneState::Running => ("running", "fill-running"),
        LaneState::Blocking => ("blocking", "fill-blocking"),
        LaneState::Ready => ("ready", "fill-ready"),
        LaneState::Waiting => ("waiting", "fill-waiting"),
    };
    let total = card.shares.total_ns().max(1);
    let part = ns as f64 / total as f64 * 60.0;
    tag("div")
        .push(tag("dt").push(word))
        .push(
            tag("dd").push(duration_words(ns)).push(
                tag("svg")
                    .set("width", "60")
                    .set("height", "4")
                    .set("viewBox", "0 0 60 4")
                    .set("aria-hidden", "true")
                    .push(
                        tag("rect")
                            .set("width", "60")
                            .set("height", "4")
                            .set("rx", "2")
                            .class("picture-track"),
                    )
                    .push(
                        tag("rect")
                            .set("width", fixed(part, 1))
                            .set("height", "4")
                            .set("rx", "2")
                            .set("class", class),
                    ),
            ),
        )
        .html()
}
