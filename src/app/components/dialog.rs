//! A modal dialog: the browser's own, with its focus trap and its Esc.

use crate::app::components::icon;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDialogElement};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub(crate) struct DialogProps {
    pub open: bool,
    pub on_close: Callback<()>,
    pub title: AttrValue,
    #[prop_or_default]
    pub class: Classes,
    /// What is in it; made only while it is open.
    pub children: Children,
}

/// A modal dialog that closes with Esc, with its button and with a click beside it.
#[component]
pub(crate) fn Dialog(props: &DialogProps) -> Html {
    let node = use_node_ref();
    {
        let node = node.clone();
        use_effect_with(props.open, move |open| {
            if let Some(dialog) = node.cast::<HtmlDialogElement>() {
                match (*open, dialog.open()) {
                    (true, false) => {
                        let _ = dialog.show_modal();
                    }
                    (false, true) => dialog.close(),
                    _ => {}
                }
            }
        });
    }
    let on_close = props.on_close.reform(|_: Event| ());
    let on_button = props.on_close.reform(|_: MouseEvent| ());
    let on_click = {
        let (node, on_close) = (node.clone(), props.on_close.clone());
        Callback::from(move |event: MouseEvent| {
            // The backdrop belongs to the dialog element itself.
            let target = event
                .target()
                .and_then(|target| target.dyn_into::<Element>().ok());
            if target.is_some() && target == node.cast::<Element>() {
                on_close.emit(());
            }
        })
    };
    html! {
        <dialog ref={node} class={classes!("dialog", props.class.clone())} aria-label={props.title.clone()}
            onclose={on_close} onclick={on_click}>
            if props.open {
                <div class="dialog-body">
                    <div class="dialog-head">
                        <h2>{ props.title.clone() }</h2>
                        <button type="button" class="quiet square" aria-label="Close" onclick={on_button}>
                            { icon::CROSS.html() }
                        </button>
                    </div>
                    { props.children.clone() }
                </div>
            }
        </dialog>
    }
}
