//! A modal dialog: the browser's own, with its focus trap and its Esc.

use crate::app::browser;
use crate::app::components::icon;
use wasm_bindgen::JsCast;
use web_sys::HtmlDialogElement;
use yew::prelude::*;

/// Opens and closes the dialogs, which are known by their classes.
pub(crate) fn show(dialogs: [(&str, bool); 2]) {
    for (class, open) in dialogs {
        let dialog = browser::find(&format!("dialog.{class}"));
        let Some(dialog) = dialog.and_then(|dialog| dialog.dyn_into::<HtmlDialogElement>().ok())
        else {
            continue;
        };
        match (open, dialog.open()) {
            (true, false) => {
                let _ = dialog.show_modal();
            }
            (false, true) => dialog.close(),
            _ => {}
        }
    }
}

/// A modal dialog that closes with Esc, with its button and with a click beside it. What is in it
/// is there only while it is open.
pub(crate) fn dialog(
    class: &'static str,
    title: &'static str,
    content: Option<Html>,
    on_close: &Callback<()>,
) -> Html {
    let onclose = on_close.reform(|_: Event| ());
    let on_button = on_close.reform(|_: MouseEvent| ());
    let onclick = {
        let on_close = on_close.clone();
        Callback::from(move |event: MouseEvent| {
            // The backdrop belongs to the dialog element itself.
            if event.target_dyn_into::<HtmlDialogElement>().is_some() {
                on_close.emit(());
            }
        })
    };
    html! {
        <dialog class={classes!("dialog", class)} aria-label={title} {onclose} {onclick}>
            if let Some(content) = content {
                <div class="dialog-body">
                    <div class="dialog-head">
                        <h2>{ title }</h2>
                        <button type="button" class="quiet square" aria-label="Close" onclick={on_button}>
                            { icon::CROSS.html() }
                        </button>
                    </div>
                    { content }
                </div>
            }
        </dialog>
    }
}
