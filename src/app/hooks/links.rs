//! Follows the address bar.

use crate::app::browser;
use crate::app::state::action::Action;
use crate::app::state::store::Store;
use crate::link;
use gloo_events::EventListener;
use yew::prelude::*;

/// Opens the scenario of the address bar whenever somebody goes to another.
#[hook]
pub(crate) fn use_links(store: &Store) {
    use_effect_with(store.clone(), move |store| {
        let store = store.clone();
        let listener = browser::window().map(|window| {
            EventListener::new(&window, "hashchange", move |_| {
                let (scenario, notices) = link::decode(&browser::fragment());
                store.dispatch(Action::Open { scenario, notices });
            })
        });
        move || drop(listener)
    });
}
