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
    KNOWN.set(browser::fragment());
    link::decode(&browser::asked_fragment())
}

/// Writes a demo's page and a fragment into the address bar, in place of what it says.
pub(crate) fn write_address(slug: &str, fragment: &str) {
    KNOWN.set(fragment.to_owned());
    browser::replace_address(slug, fragment);
}

/// Opens the scenario of the address bar whenever somebody goes to another.
#[hook]
pub(crate) fn use_links(store: &Store) {
    use_effect_with(store.clone(), move |store| {
        let (opening, traversing) = (store.clone(), store.clone());
        let listener = browser::window().map(|window| {
            EventListener::new(&window, "hashchange", move |_| open_address(&opening))
        });
        // Going back to another page's address changes more than the fragment, of which browsers tell in this way only.
        let traversal = browser::window().map(|window| {
            EventListener::new(&window, "popstate", move |_| {
                let slug = traversing.state().scenario.demo.slug;
                if !browser::is_at(slug, &browser::fragment()) {
                    open_address(&traversing);
                }
            })
        });
        move || drop((listener, traversal))
    });
}

fn open_address(store: &Store) {
    let (link, notices) = read_address();
    store.dispatch(Action::Open { link, notices });
}

/// Has the address say what the page shows, so that reloading and going back lose nothing.
#[hook]
pub(crate) fn use_address(store: &Store) {
    let address = address_of(&store.state());
    use_effect_with((address, store.clone()), |(address, store)| {
        let later = address.is_some().then(|| {
            let store = store.clone();
            Timeout::new(QUIET_MS, move || {
                // Of the state as it is now: another link may have been opened that is not rendered yet.
                let shown = browser::fragment();
                if let Some((slug, fragment)) = address_of(&store.state())
                    && !browser::is_at(slug, &fragment)
                    && KNOWN.with_borrow(|known| *known == shown)
                {
                    write_address(slug, &fragment);
                }
            })
        });
        move || drop(later)
    });
}

/// The demo whose page and the fragment that the address should say. A recording has no address: that of the demo
/// behind it stays.
fn address_of(state: &PageState) -> Option<(&'static str, String)> {
    let link = state.link();
    let fragment = || link::encode_with(&link.scenario, &link.view);
    (state.opened.is_none()).then(|| (link.scenario.demo.slug, fragment()))
}
