//! Listens to the keys that mean the same everywhere on the page.

use crate::app::browser;
use crate::app::state::Dialog;
use crate::app::state::action::Action;
use crate::app::state::jump;
use crate::app::state::keys::{PageCommand, command};
use crate::app::state::store::Store;
use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

/// What keys ask for that is not an action.
#[derive(Clone, PartialEq)]
pub(crate) struct KeyHandlers {
    pub(crate) on_run: Callback<()>,
    pub(crate) on_stop: Callback<()>,
    pub(crate) on_theme: Callback<()>,
}

/// Does what keys ask for, as long as the page is there.
#[hook]
pub(crate) fn use_keys(store: &Store, handlers: KeyHandlers) {
    use_effect_with((store.clone(), handlers), |(store, handlers)| {
        let (store, handlers) = (store.clone(), handlers.clone());
        let on_key = move |event: &Event| {
            if let Some(event) = event.dyn_ref::<KeyboardEvent>() {
                press(event, &store, &handlers);
            }
        };
        let options = EventListenerOptions::enable_prevent_default();
        let listener = browser::window()
            .map(|window| EventListener::new_with_options(&window, "keydown", options, on_key));
        move || drop(listener)
    });
}

fn press(event: &KeyboardEvent, store: &Store, handlers: &KeyHandlers) {
    if event.default_prevented() || event.alt_key() || event.is_composing() {
        return;
    }
    let ctrl = event.ctrl_key() || event.meta_key();
    let Some(command) = command(&event.key(), ctrl, event.shift_key(), types_text(event)) else {
        return;
    };
    let state = store.state();
    // A dialog has keys of its own, whoever has opened it.
    if state.dialog.is_some() || browser::find(".share-dialog").is_some() {
        return;
    }
    if !matches!(command, PageCommand::Stop | PageCommand::Escape) {
        event.prevent_default();
    }
    match command {
        PageCommand::Run => handlers.on_run.emit(()),
        PageCommand::Escape if state.presents => store.dispatch(Action::TogglePresenting),
        PageCommand::Stop | PageCommand::Escape => handlers.on_stop.emit(()),
        PageCommand::Present => store.dispatch(Action::TogglePresenting),
        PageCommand::Tools => store.dispatch(Action::ToggleTools),
        PageCommand::Find => store.dispatch(Action::OpenDialog(Dialog::Find)),
        PageCommand::Keys => store.dispatch(Action::OpenDialog(Dialog::Keys)),
        PageCommand::Theme => handlers.on_theme.emit(()),
        PageCommand::GoTo => browser::focus(jump::FIELD_ID),
        PageCommand::Step(forward) => store.dispatch(Action::Step(forward)),
        PageCommand::Playback(action) => store.dispatch(action),
    }
}

fn types_text(event: &KeyboardEvent) -> bool {
    let Some(target) = event.target_dyn_into::<Element>() else {
        return false;
    };
    match target.dyn_ref::<HtmlInputElement>() {
        Some(input) => !matches!(input.type_().as_str(), "range" | "radio" | "checkbox"),
        None => target.tag_name().eq_ignore_ascii_case("textarea"),
    }
}
