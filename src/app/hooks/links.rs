//! Follows the address bar.

use crate::app::browser;
use crate::app::state::action::Action;
use crate::app::state::store::Store;
use crate::link::{self, Scenario};
use gloo_events::EventListener;
use yew::prelude::*;

/// The scenario of the address bar, with sentences about what was not understood of it.
pub(crate) fn read_address() -> (Scenario, Vec<String>) {
    link::decode(&browser::fragment())
}

/// Opens the scenario of the address bar whenever somebody goes to another.
#[hook]
pub(crate) fn use_links(store: &Store) {
    use_effect_with(store.clone(), move |store| {
        let store = store.clone();
        let listener = browser::window().map(|window| {
            EventListener::new(&window, "hashchange", move |_| {
                let (scenario, notices) = read_address();
                store.dispatch(Action::Open { scenario, notices });
            })
        });
        move || drop(listener)
    });
}
