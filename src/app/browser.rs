//! What the page asks of the browser. Each of these may be refused (an old browser, a private
//! window, a sandboxed frame), and the page goes on without it.

use crate::demos::{self, DEMOS};
use crate::web::performance;
use gloo_events::EventListener;
use js_sys::{Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, Element, HtmlElement, MediaQueryList, Response, Storage, Window};

/// The window, which a page always has; natively, where static pages are written, there is none.
pub(crate) fn window() -> Option<Window> {
    match cfg!(target_arch = "wasm32") {
        true => web_sys::window(),
        // Natively nobody may even ask.
        false => None,
    }
}

/// The document.
pub(crate) fn document() -> Option<Document> {
    window()?.document()
}

/// Whether a picture has the focus.
pub(crate) fn is_in_picture() -> bool {
    let focused = document().and_then(|document| document.active_element());
    focused.is_some_and(|element| element.class_name() == "picture-canvas")
}

/// The page's own clock, in milliseconds since it was opened.
#[expect(
    clippy::disallowed_methods,
    reason = "the page's one clock: how long ago something was shown"
)]
pub(crate) fn now_ms() -> f64 {
    match cfg!(target_arch = "wasm32") {
        true => performance().now(),
        false => 0.0,
    }
}

/// The address's fragment, without `#`.
pub(crate) fn fragment() -> String {
    let hash = window().and_then(|window| window.location().hash().ok());
    let hash = hash.unwrap_or_default();
    hash.strip_prefix('#').map(str::to_owned).unwrap_or(hash)
}

/// What the address bar asks for, as a fragment: where it has none, the demo whose static page it names.
pub(crate) fn asked_fragment() -> String {
    let fragment = fragment();
    match page_in_address().filter(|_| fragment.is_empty()) {
        Some(slug) => format!("1/{slug}"),
        None => fragment,
    }
}

/// The demo whose static page the address bar names; the site's own address names the first. Nothing where there are
/// no such pages, or none of that name.
fn page_in_address() -> Option<&'static str> {
    find("meta[name=interleave-demo]")?;
    let path = window()?.location().pathname().ok()?;
    let name = path.rsplit('/').next().unwrap_or_default();
    // Some hosts leave the end away.
    match name.strip_suffix(".html").unwrap_or(name) {
        "" | "index" => Some(DEMOS[0].slug),
        slug => demos::find(slug).map(|demo| demo.slug),
    }
}

/// Whether the address bar has this fragment, and the page of this demo.
pub(crate) fn is_at(slug: &str, fragment_there: &str) -> bool {
    fragment() == fragment_there && page_in_address().is_none_or(|page| page == slug)
}

/// Writes a demo's page and a fragment into the address bar, in place of what is there; nobody is told.
pub(crate) fn replace_address(slug: &str, fragment: &str) {
    let window = window();
    if let Some(history) = window.as_ref().and_then(|window| window.history().ok()) {
        let mut address = format!("#{fragment}");
        // The first demo's is the site's own too: nobody has to go to another.
        if page_in_address().is_some_and(|page| page != slug) {
            let query = window.and_then(|window| window.location().search().ok());
            address = format!("{slug}.html{}{address}", query.unwrap_or_default());
        }
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
    }
}

/// Goes to a fragment with its `#`, as a click on a link to it does.
pub(crate) fn go_to(fragment: &str) {
    if let Some(window) = window() {
        let _ = window.location().set_hash(fragment);
    }
}

/// Puts a text on the clipboard; `false` where the browser does not allow it.
pub(crate) async fn copy(text: &str) -> bool {
    let Some(navigator) = window().map(|window| window.navigator()) else {
        return false;
    };
    // Not there at all on a page without TLS.
    let clipboard = Reflect::get(&navigator, &JsValue::from_str("clipboard"));
    if clipboard.map_or(true, |clipboard| clipboard.is_falsy()) {
        return false;
    }
    JsFuture::from(navigator.clipboard().write_text(text))
        .await
        .is_ok()
}

/// Whether the browser has a network; one that does not say is taken to have one.
pub(crate) fn is_online() -> bool {
    window().is_none_or(|window| window.navigator().on_line())
}

/// Whether wasm can be left in the middle of a function, and gone on with later.
pub(crate) fn switches_stacks() -> bool {
    // Static pages are written for those that can.
    if cfg!(not(target_arch = "wasm32")) {
        return true;
    }
    let wasm = Reflect::get(&js_sys::global(), &JsValue::from_str("WebAssembly"));
    wasm.and_then(|wasm| Reflect::get(&wasm, &JsValue::from_str("promising")))
        .is_ok_and(|promising| promising.is_function())
}

/// Loads the page anew, as the reader asked for.
pub(crate) fn reload() {
    if let Some(window) = window() {
        let _ = window.location().reload();
    }
}

/// The title of the tab.
pub(crate) fn set_title(title: &str) {
    if let Some(document) = document() {
        document.set_title(title);
    }
}

/// The first element that a selector finds.
pub(crate) fn find(selector: &str) -> Option<Element> {
    document()?.query_selector(selector).ok()?
}

/// Gives an element the focus.
pub(crate) fn focus(id: &str) {
    let element = document().and_then(|document| document.get_element_by_id(id));
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Scrolls an element, and the window, to their top.
pub(crate) fn show(id: &str) {
    let element = document().and_then(|document| document.get_element_by_id(id));
    if let Some(element) = element {
        element.set_scroll_top(0);
    }
    if let Some(window) = window() {
        window.scroll_to_with_x_and_y(0.0, 0.0);
    }
}

/// Sets an attribute of `<html>`.
pub(crate) fn set_root_attribute(name: &str, value: &str) {
    if let Some(root) = document().and_then(|document| document.document_element()) {
        let _ = root.set_attribute(name, value);
    }
}

/// An attribute of `<html>`.
pub(crate) fn root_attribute(name: &str) -> Option<String> {
    document()?.document_element()?.get_attribute(name)
}

/// Whether another page shows this one in a frame, and a few parts of it only: see www/theme.js.
pub(crate) fn is_embedded() -> bool {
    root_attribute("data-embed").is_some()
}

/// What was kept under a name in an earlier visit.
pub(crate) fn kept(name: &str) -> Option<String> {
    storage()?.get_item(name).ok()?
}

/// Keeps a text for later visits.
pub(crate) fn keep(name: &str, text: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(name, text);
    }
}

fn storage() -> Option<Storage> {
    window()?.local_storage().ok()?
}

/// A media query, which can be listened to.
pub(crate) fn media_query(query: &str) -> Option<MediaQueryList> {
    window()?.match_media(query).ok()?
}

/// Whether a media query holds now.
#[cfg(target_arch = "wasm32")]
pub(crate) fn matches_media(query: &str) -> bool {
    media_query(query).is_some_and(|list| list.matches())
}

/// Whether a media query holds in the window for which a static page is written.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn matches_media(query: &str) -> bool {
    let px = |begin: &str| -> Option<u32> {
        let px = query.strip_prefix(begin)?.strip_suffix("px)")?;
        px.parse().ok()
    };
    let width_px = WIDTH_PX.get();
    px("(max-width: ").is_some_and(|most| width_px <= most)
        || px("(min-width: ").is_some_and(|least| width_px >= least)
}

#[cfg(not(target_arch = "wasm32"))]
thread_local! {
    /// How wide the window is for which a static page is written, in CSS pixels.
    pub(crate) static WIDTH_PX: std::cell::Cell<u32> = const { std::cell::Cell::new(u32::MAX) };
    /// How wide its pictures are, in CSS pixels.
    pub(crate) static PICTURE_PX: std::cell::Cell<f64> = const { std::cell::Cell::new(0.0) };
}

/// Does something once the live page has taken the static one's place; what is returned waits for that. The event is
/// www/start.js's.
pub(crate) fn when_shown(act: impl FnOnce() + 'static) -> Option<EventListener> {
    let waiting = find("#live:not([data-shown])");
    match waiting {
        Some(live) => Some(EventListener::once(&live, "shown", move |_| act())),
        None => {
            act();
            None
        }
    }
}

/// The text of a file that is part of the site; its path is relative to the page's.
///
/// # Errors
/// A sentence for the reader.
pub(crate) async fn fetch_text(path: &str) -> Result<String, String> {
    let text = fetch(path, Response::text).await;
    let problem = || format!("The file {path} could not be loaded. Reloading the page may help.");
    text.and_then(|text| text.as_string()).ok_or_else(problem)
}

/// The content of a file beside the page, whatever it is; nothing when it cannot be had.
pub(crate) async fn fetch_bytes(path: &str) -> Option<Vec<u8>> {
    let buffer = fetch(path, Response::array_buffer).await?;
    Some(Uint8Array::new(&buffer).to_vec())
}

/// A file of the page's own, and of it what `read` reads.
async fn fetch(path: &str, read: fn(&Response) -> Result<Promise, JsValue>) -> Option<JsValue> {
    let answer = JsFuture::from(window()?.fetch_with_str(path)).await;
    let answer: Response = answer.ok()?.unchecked_into();
    if !answer.ok() {
        return None;
    }
    JsFuture::from(read(&answer).ok()?).await.ok()
}
