//! Follows the address bar.

use crate::app::browser;
use crate::app::state::action::Action;
use crate::app::state::store::Store;
use crate::link;
use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use yew::prelude::*;

/// How long the page has to be left alone before the address says what it shows, in milliseconds:
/// some browsers allow only so many changes in so many seconds, and nobody reads along.
const QUIET_MS: u32 = 400;

/// Opens the scenario of the address bar whenever somebody goes to another.
#[hook]
pub(crate) fn use_links(store: &Store) {
    use_effect_with(store.clone(), move |store| {
        let store = store.clone();
        let listener = browser::window().map(|window| {
            EventListener::new(&window, "hashchange", move |_| {
                let (link, notices) = link::decode(&browser::fragment());
                store.dispatch(Action::Open { link, notices });
            })
        });
        move || drop(listener)
    });
}

/// Has the address say what the page shows, so that reloading and going back lose nothing.
#[hook]
pub(crate) fn use_address(store: &Store) {
    let link = store.state().link();
    let fragment = link::encode_with(&link.scenario, &link.view);
    use_effect_with(fragment, |fragment| {
        let fragment = fragment.clone();
        let later = Timeout::new(QUIET_MS, move || {
            if browser::fragment() != fragment {
                browser::replace_fragment(&fragment);
            }
        });
        move || drop(later)
    });
}
