//! The button that makes a link to what is on screen.

use crate::app::browser;
use crate::app::components::icon;
use crate::app::state::store::Store;
use crate::link::{self, Scenario};
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlInputElement;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub(crate) struct ShareProps {
    /// What the link will point to.
    pub scenario: Scenario,
    pub store: Store,
}

/// What became of a link.
#[derive(Clone, PartialEq)]
enum Outcome {
    Copied,
    /// The browser does not allow copying: here it is.
    Here(String),
}

/// The button, and under it the link where it cannot be copied.
#[component]
pub(crate) fn Share(props: &ShareProps) -> Html {
    let shared = use_state_eq(|| None::<Outcome>);
    let field = use_node_ref();
    {
        // What was said is about the scenario of then.
        let shared = shared.clone();
        use_effect_with(props.scenario.clone(), move |_| shared.set(None));
    }
    {
        let field = field.clone();
        use_effect_with((*shared).clone(), move |_| {
            if let Some(field) = field.cast::<HtmlInputElement>() {
                let _ = field.focus();
                field.select();
            }
        });
    }
    let on_click = {
        let (shared, store) = (shared.clone(), props.store.clone());
        Callback::from(move |_: MouseEvent| {
            let fragment = link::encode(&store.state().scenario);
            browser::replace_fragment(&fragment);
            let address = browser::address_with(&fragment);
            let shared = shared.clone();
            spawn_local(async move {
                shared.set(Some(match browser::copy(&address).await {
                    true => Outcome::Copied,
                    false => Outcome::Here(address),
                }));
            });
        })
    };
    let copied = *shared == Some(Outcome::Copied);
    html! {
        <div class="share">
            <button type="button" aria-label="Share: copy a link to this" onclick={on_click}>
                { if copied { icon::CHECK.html() } else { icon::LINK.html() } }
                <span>{ if copied { "Link copied" } else { "Share" } }</span>
            </button>
            <span class="visually-hidden" role="status">{ if copied { "The link is on the clipboard." } else { "" } }</span>
            if let Some(Outcome::Here(address)) = &*shared {
                <label class="share-link">
                    <span>{ "The browser does not allow copying here. This is the link:" }</span>
                    <input ref={field} type="text" readonly={true} value={address.clone()} />
                </label>
            }
        </div>
    }
}
