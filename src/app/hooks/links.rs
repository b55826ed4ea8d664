//! Follows the address bar.

use crate::app::browser;
use crate::app::state::PageState;
use crate::app::state::action::Action;
use crate::app::state::store::Store;
use crate::link::{self, Link};
use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use std::cell::RefCell;
use yew::prelude::*;

/// How long the page has to be left alone before the address says what it shows, in milliseconds:
/// some browsers allow only so many changes in so many seconds, and nobody reads along.
const QUIET_MS: u32 = 400;

thread_local! {
    /// The fragment that the page read or wrote last. Another one in the address bar is news that
    /// has not arrived yet, and must not be written over.
    static KNOWN: RefCell<String> = const { RefCell::new(String::new()) };
}

/// What the address bar points to, with sentences about what was not understood of it.
pub(crate) fn read_address() -> (Link, Vec<String>) {
    let fragment = browser::fragment();
    let opened = link::decode(&fragment);
    KNOWN.set(fragment);
    opened
}

/// Writes into the address bar what it points to, in place of what it says.
pub(crate) fn write_address(fragment: &str) {
    KNOWN.set(fragment.to_owned());
    browser::replace_fragment(fragment);
}

/// Opens the scenario of the address bar whenever somebody goes to another.
#[hook]
pub(crate) fn use_links(store: &Store) {
    use_effect_with(store.clone(), move |store| {
        let store = store.clone();
        let listener = browser::window().map(|window| {
            EventListener::new(&window, "hashchange", move |_| {
                let (link, notices) = read_address();
                store.dispatch(Action::Open { link, notices });
            })
        });
        move || drop(listener)
    });
}

/// Has the address say what the page shows, so that reloading and going back lose nothing.
#[hook]
pub(crate) fn use_address(store: &Store) {
    let fragment = fragment_of(&store.state());
    use_effect_with((fragment, store.clone()), |(fragment, store)| {
        let later = fragment.is_some().then(|| {
            let store = store.clone();
            Timeout::new(QUIET_MS, move || {
                // Of the state as it is now: another link may have been opened that is not rendered yet.
                let shown = browser::fragment();
                if let Some(fragment) = fragment_of(&store.state())
                    && fragment != shown
                    && KNOWN.with_borrow(|known| *known == shown)
                {
                    write_address(&fragment);
                }
            })
        });
        move || drop(later)
    });
}

/// What the address should say. A recording has no address: that of the demo behind it stays.
fn fragment_of(state: &PageState) -> Option<String> {
    let link = state.link();
    (state.opened.is_none()).then(|| link::encode_with(&link.scenario, &link.view))
}
