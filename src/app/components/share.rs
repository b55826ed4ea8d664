//! The button that opens what leaves the page: links, pictures, files. All of it is fetched when it is pressed first.

use crate::app::browser;
use crate::app::components::dom::tag;
use crate::app::components::icon;
use crate::app::engine_client::open_part;
use crate::app::hooks::links::write_address;
use crate::app::state::PageState;
use crate::app::state::action::Action;
use crate::app::state::run::Run;
use crate::app::state::sentences::part_not_loaded_sentence;
use crate::app::state::store::Store;
use crate::derived::run_ref::RunRef;
use crate::link;
use crate::trace::ClockKind;
use crate::web::in_words;
use js_sys::{Array, Uint8Array};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use yew::prelude::*;

/// The button.
pub(crate) fn share(store: &Store) -> Html {
    let store = store.clone();
    let on_click = Callback::from(move |_: MouseEvent| {
        let state = store.state();
        if state.opened.is_none() {
            // What is shared is what the address says.
            let link = state.link();
            write_address(
                link.scenario.demo.slug,
                &link::encode_with(&link.scenario, &link.view),
            );
        }
        let details = details(&state);
        let store = store.clone();
        spawn_local(async move {
            if let Err(error) = JsFuture::from(open_part("share", &details)).await {
                let sentence = part_not_loaded_sentence(&in_words(&error), browser::is_online());
                store.dispatch(Action::Notify(sentence));
            }
        });
    });
    tag("div")
        .class("share")
        .push(
            tag("button")
                .set("type", "button")
                .set("aria-haspopup", "dialog")
                .on_click(on_click)
                .push(icon::LINK.html())
                .push(tag("span").push("Share")),
        )
        .html()
}

/// Has this browser keep each run that the reader asked for, once it is over.
#[hook]
pub(crate) fn use_recent(state: &PageState, store: &Store) {
    let is_over = |run: &Run| run.asked_for() && !run.goes_on();
    let over = state.runs.iter().all(is_over);
    let runs = state.runs.iter().map(|run| run.recording.clone());
    let over: Option<Vec<RunRef>> = over.then(|| runs.collect());
    use_effect_with((over, store.clone()), |(over, store)| {
        if over.as_ref().is_some_and(|runs| !runs.is_empty()) {
            let kept = open_part("recent", &details(&store.state()));
            // Whether it is kept is nobody's concern.
            spawn_local(async move { drop(JsFuture::from(kept).await) });
        }
    });
}

/// What www/parts/share.js is told: `[title, verdict, scenario's fragment, fragment of what is shown, runs]`. A
/// recording that was opened has neither of the two.
fn details(state: &PageState) -> Array {
    let (title, scenario, shown) = match &state.opened {
        Some(opened) => (opened.name.clone(), String::new(), String::new()),
        None => {
            let link = state.link();
            let shown = link::encode_with(&link.scenario, &link.view);
            let title = link.scenario.demo.title.to_owned();
            (title, link::encode(&link.scenario), shown)
        }
    };
    let runs: Array = state.runs.iter().map(|shown| run(state, shown)).collect();
    let verdict = state.verdict();
    Array::of5(
        &title.into(),
        &verdict.into(),
        &scenario.into(),
        &shown.into(),
        &runs,
    )
}

/// A run as the engine for exports reads it: `[label, isLive, endNs, endReason, endMessage, ...batches]`; the end is
/// `undefined` while it goes on.
fn run(state: &PageState, run: &Run) -> Array {
    let is_live = run.clock() == ClockKind::Live;
    let recording = run.recording.borrow();
    let array = Array::of2(&state.version_name(run).into(), &is_live.into());
    let end = recording.trace().end.as_ref();
    array.push(&end.map(|end| end.time_ns as f64).into());
    array.push(&end.map(|end| end.reason as u32).into());
    array.push(&end.map(|end| &*end.message).into());
    for batch in recording.batches() {
        array.push(&Uint8Array::from(&**batch));
    }
    array
}
