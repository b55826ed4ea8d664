//! The button that makes a link to what is on screen.

use crate::app::browser;
use crate::app::components::dom::tag;
use crate::app::components::icon;
use crate::app::hooks::links::write_address;
use crate::app::state::action::Action;
use crate::app::state::store::Store;
use crate::app::state::{PageState, SharedLink};
use crate::link;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// Picks out the link that could not be copied, for the reader to do it.
pub(crate) fn select_link() {
    let field = browser::find(".share-link input");
    if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) {
        let _ = field.focus();
        field.select();
    }
}

/// The button, and under it the link where it cannot be copied.
pub(crate) fn share(state: &PageState, store: &Store) -> Html {
    let on_click = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| {
            let link = store.state().link();
            let fragment = link::encode_with(&link.scenario, &link.view);
            write_address(link.scenario.demo.slug, &fragment);
            let address = browser::address_with(&fragment);
            let store = store.clone();
            spawn_local(async move {
                let copied = browser::copy(&address).await;
                let address = (!copied).then_some(address);
                store.dispatch(Action::Share(SharedLink { link, address }));
            });
        })
    };
    // What was said is about the scenario of then.
    let shared = state.shared_link.as_ref();
    let address = shared
        .filter(|shared| shared.link == state.link())
        .map(|shared| shared.address.as_ref());
    let copied = address == Some(None);
    tag("div")
        .class("share")
        .push(
            tag("button")
                .set("type", "button")
                .set("aria-label", "Share: copy a link to this")
                .on_click(on_click)
                .push(if copied {
                    icon::CHECK.html()
                } else {
                    icon::LINK.html()
                })
                .push(tag("span").push(if copied { "Link copied" } else { "Share" })),
        )
        .push(
            tag("span")
                .class("visually-hidden")
                .set("role", "status")
                .push(if copied {
                    "The link is on the clipboard."
                } else {
                    ""
                }),
        )
        .push(if let Some(Some(address)) = address {
            tag("label")
                .class("share-link")
                .push(
                    tag("span").push("The browser does not allow copying here. This is the link:"),
                )
                .push(
                    tag("input")
                        .set("type", "text")
                        .set("readonly", true)
                        .value(address.clone()),
                )
                .html()
        } else {
            Html::default()
        })
        .html()
}
