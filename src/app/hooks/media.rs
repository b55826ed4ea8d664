//! Media queries.

use crate::app::browser::{matches_media, media_query};
use gloo_events::EventListener;
use yew::prelude::*;

/// Whether a media query holds, now and whenever that changes.
#[hook]
pub(crate) fn use_media_query(query: &'static str) -> bool {
    let holds = use_state_eq(|| matches_media(query));
    {
        let holds = holds.clone();
        use_effect_with((), move |()| {
            let listener = media_query(query).map(|list| {
                let changed = list.clone();
                EventListener::new(&list, "change", move |_| holds.set(changed.matches()))
            });
            move || drop(listener)
        });
    }
    *holds
}
