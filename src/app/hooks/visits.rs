//! What is kept of earlier visits, in this browser only: that there was one, and which lessons
//! were read to their end.

use crate::app::browser::{self, matches_media};
use crate::app::state::PageState;
use crate::app::state::playback::PlaybackAction;
use crate::app::state::store::Store;
use std::rc::Rc;
use yew::prelude::*;

/// Under this name it is kept that somebody was here before.
const VISITED: &str = "interleave-visited";

/// Under this name the slugs are kept of the demos whose steps were all seen, with a space after
/// each.
const SEEN: &str = "interleave-seen";

/// On a first visit the preview plays once, so that one sees the tasks take turns; not where
/// motion is unwanted, nor for somebody who came by a link.
#[hook]
pub(crate) fn use_first_visit(store: &Store) {
    let is_first = use_memo((), |()| {
        browser::fragment().is_empty()
            && browser::kept(VISITED).is_none()
            && !matches_media("(prefers-reduced-motion: reduce)")
    });
    let state = store.state();
    // From the moment at which the demo opens, once all of it is on screen.
    let is_there = state.untouched && state.cursor.is_some() && !state.runs.is_empty();
    let store = store.clone();
    use_effect_with(*is_first && is_there, move |plays| {
        let play = move || {
            if browser::kept(VISITED).is_none() {
                store.dispatch(PlaybackAction::ToEnd(false));
                store.dispatch(PlaybackAction::Play);
            }
            browser::keep(VISITED, "yes");
        };
        // Not before it is seen: the static page shows the moment at which the demo opens.
        let waits = plays.then(|| browser::when_shown(play));
        move || drop(waits)
    });
}

/// The slugs of the demos whose steps were all seen, with a space after each.
#[hook]
pub(crate) fn use_seen(state: &Rc<PageState>) -> String {
    let seen = use_state_eq(|| browser::kept(SEEN).unwrap_or_default());
    // Which steps of the demo on screen were seen, a bit for each.
    let steps = use_mut_ref(|| ("", 0_u32));
    {
        let seen = seen.clone();
        let count = state.lesson.as_ref().map_or(0, |lesson| lesson.steps.len());
        // What plays by itself nobody has read.
        let marked = state.marked_step().filter(|_| !state.playback.on);
        let slug = state.scenario.demo.slug;
        use_effect_with((slug, marked, count), move |(slug, marked, count)| {
            let mut steps = steps.borrow_mut();
            if steps.0 != *slug {
                *steps = (slug, 0);
            }
            let bit = marked.map_or(0, |marked| 1_u32.checked_shl(marked as u32).unwrap_or(0));
            steps.1 |= bit;
            let is_known = seen.split(' ').any(|known| known == *slug);
            if *count > 0 && steps.1.count_ones() as usize == *count && !is_known {
                let now = format!("{}{slug} ", *seen);
                browser::keep(SEEN, &now);
                seen.set(now);
            }
        });
    }
    (*seen).clone()
}
