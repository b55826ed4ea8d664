//! A modal dialog: the browser's own, with its focus trap and its Esc.

use crate::app::browser;
use crate::app::components::dom::tag;
use crate::app::components::icon;
use wasm_bindgen::JsCast;
use web_sys::HtmlDialogElement;
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

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
    tag("dialog")
        .set("class", ["dialog ", class].concat())
        .set("aria-label", title)
        .listen(ListenerKind::onclose, onclose)
        .on_click(onclick)
        .push(if let Some(content) = content {
            tag("div")
                .class("dialog-body")
                .push(
                    tag("div")
                        .class("dialog-head")
                        .push(tag("h2").push(title))
                        .push(
                            tag("button")
                                .set("type", "button")
                                .class("quiet square")
                                .set("aria-label", "Close")
                                .on_click(on_button)
                                .push(icon::CROSS.html()),
                        ),
                )
                .push(content)
                .html()
        } else {
            Html::default()
        })
        .html()
}
