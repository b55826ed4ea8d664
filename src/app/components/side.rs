//! The handle between the demo and the side, by which a reader makes the side wider.

use crate::app::browser;
use crate::app::components::dom::tag;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, PointerEvent};
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

/// How far a key moves it, in pixels.
const KEY_PX: i32 = 24;

/// What is left to the rest of the page at least, in pixels.
const REST_PX: i32 = 720;

/// The side's least width, in pixels.
const LEAST_PX: i32 = 260;

/// The handle: dragged, or moved with the arrow keys; a double click puts it back.
pub(crate) fn side_handle() -> Html {
    let onpointerdown = Callback::from(|event: PointerEvent| {
        if let Some(handle) = event.target_dyn_into::<Element>() {
            let _ = handle.set_pointer_capture(event.pointer_id());
            event.prevent_default();
        }
    });
    let onpointermove = Callback::from(|event: PointerEvent| {
        if event.buttons() == 1 {
            set_width(window_width() - event.client_x());
        }
    });
    let onkeydown = Callback::from(|event: KeyboardEvent| {
        let by = match event.key().as_str() {
            "ArrowLeft" => KEY_PX,
            "ArrowRight" => -KEY_PX,
            _ => return,
        };
        event.prevent_default();
        let side = event.target_dyn_into::<Element>();
        let side = side.and_then(|handle| handle.parent_element());
        set_width(side.map_or(0, |side| side.client_width()) + by);
    });
    tag("div")
        .class("side-handle")
        .set("role", "separator")
        .set("tabindex", "0")
        .set("aria-orientation", "vertical")
        .set("aria-valuenow", "0")
        .set("aria-label", "Width of lesson and source")
        .set(
            "title",
            "Drag, or use the arrow keys, to make the side wider",
        )
        .listen(ListenerKind::onpointerdown, onpointerdown)
        .listen(ListenerKind::onpointermove, onpointermove)
        .listen(ListenerKind::onkeydown, onkeydown)
        .listen(
            ListenerKind::ondblclick,
            Callback::from(|_: MouseEvent| set_style("")),
        )
        .html()
}

fn window_width() -> i32 {
    let width = browser::window().and_then(|window| window.inner_width().ok()?.as_f64());
    width.map_or(0, |width| width as i32)
}

fn set_width(width_px: i32) {
    let most = (window_width() - REST_PX).max(LEAST_PX);
    set_style(&format!("{}px", width_px.clamp(LEAST_PX, most)));
}

/// Where the side's width is kept, the style sheet reads it.
fn set_style(width: &str) {
    let columns = browser::find(".columns");
    if let Some(columns) = columns.and_then(|columns| columns.dyn_into::<HtmlElement>().ok()) {
        let _ = columns.style().set_property("--side", width);
    }
}
