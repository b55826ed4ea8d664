//! Requests. A browser says of most failures only that there was one, so that a page cannot
//! explore its reader's network; what can be found out about the reason is found out here.

use super::{PATIENCE_MS, base_address, patiently};
use crate::stage::browser::{Body, Later, Response};
use crate::web::in_words;
use js_sys::{Promise, Reflect, Uint8Array};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, ReadableStreamDefaultReader, ReferrerPolicy, RequestCredentials, RequestInit,
    Url,
};

/// So much is read of an answer: an endless one would fill the worker's memory.
const MAX_BYTES: usize = 64 << 20;

#[wasm_bindgen]
extern "C" {
    /// The global function, of workers and pages alike.
    #[wasm_bindgen(js_name = fetch)]
    fn fetch_with(address: &str, init: &RequestInit) -> Promise;
}

/// Aborts the request, and what is left of its answer, when it is dropped.
struct Abort(AbortController);

impl Drop for Abort {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Sends a request, and waits for the head of its answer.
pub(super) async fn fetch(address: String) -> Result<Response, String> {
    let base = base_address();
    let url = Url::new_with_base(&address, &base)
        .map_err(|_| format!("\u{201c}{address}\u{201d} is not an address"))?;
    if !matches!(&*url.protocol(), "http:" | "https:" | "blob:" | "data:") {
        return Err(format!(
            "a page can fetch http and https addresses, but not {}",
            url.protocol()
        ));
    }
    if !url.username().is_empty() || !url.password().is_empty() {
        return Err(
            "a page cannot fetch an address that holds a user name or a password".to_owned(),
        );
    }
    let origin = url.origin();
    let (abort, promise) = send(&url.href())?;
    let response: web_sys::Response = match patiently(JsFuture::from(promise)).await {
        Some(Ok(response)) => response.unchecked_into(),
        Some(Err(_)) => return Err(explain(&url, &base)),
        None => {
            return Err(format!(
                "no answer from {origin} within {} s",
                PATIENCE_MS / 1_000
            ));
        }
    };
    let reader = response
        .body()
        .map(|body| body.get_reader().unchecked_into());
    Ok(Response {
        status: response.status(),
        body: Box::new(Chunks(Rc::new(Reading {
            reader,
            bytes: Cell::new(0),
            _abort: abort,
        }))),
    })
}

fn send(address: &str) -> Result<(Abort, Promise), String> {
    let controller = AbortController::new()
        .map_err(|error| format!("the browser refuses the request: {}", in_words(&error)))?;
    let init = RequestInit::new();
    init.set_signal(Some(&controller.signal()));
    // Each run is to see a real request.
    let _ = Reflect::set(&init, &"cache".into(), &"no-store".into());
    // What a demo asks for is nobody's business but the server's: no cookies, no address of this
    // page, which holds the scenario.
    init.set_credentials(RequestCredentials::Omit);
    init.set_referrer_policy(ReferrerPolicy::NoReferrer);
    Ok((Abort(controller), fetch_with(address, &init)))
}

/// Why a request may have failed, in a sentence. Asking once more without the right to read the
/// answer would tell some reasons apart, but nobody asked for a second request.
fn explain(url: &Url, base: &str) -> String {
    let origin = url.origin();
    let is_local = matches!(&*url.hostname(), "localhost" | "127.0.0.1" | "[::1]");
    if base.starts_with("https:") && url.protocol() == "http:" && !is_local {
        return format!("this page came by https, so the browser fetches nothing from {origin}");
    }
    if matches!(&*url.protocol(), "blob:" | "data:") || base.starts_with(&format!("{origin}/")) {
        return format!("{origin} cannot be reached: the network or the server is gone");
    }
    format!(
        "{origin} gave no answer that this page may read: no server answers there, \
         or it redirects in a circle, or it does not send the header Access-Control-Allow-Origin, with which it would allow that"
    )
}

struct Chunks(Rc<Reading>);

struct Reading {
    /// `None`: an answer without a body.
    reader: Option<ReadableStreamDefaultReader>,
    /// How many arrived.
    bytes: Cell<usize>,
    _abort: Abort,
}

impl Body for Chunks {
    fn chunk(&self) -> Later<Option<Vec<u8>>> {
        let reading = Rc::clone(&self.0);
        Box::pin(async move {
            let Some(reader) = &reading.reader else {
                return Ok(None);
            };
            let bytes = reading.bytes.get();
            let read = match patiently(JsFuture::from(reader.read())).await {
                Some(Ok(read)) => read,
                Some(Err(_)) => return Err(format!("the answer broke off after {bytes} bytes")),
                None => {
                    return Err(format!(
                        "after {bytes} bytes nothing more came for {} s",
                        PATIENCE_MS / 1_000
                    ));
                }
            };
            let part = |name: &str| Reflect::get(&read, &name.into()).unwrap_or_default();
            if part("done").is_truthy() {
                return Ok(None);
            }
            let chunk = part("value").unchecked_into::<Uint8Array>().to_vec();
            reading.bytes.set(bytes + chunk.len());
            if reading.bytes.get() > MAX_BYTES {
                return Err(format!(
                    "the answer is longer than {} MiB, the most that is read of one",
                    MAX_BYTES >> 20
                ));
            }
            Ok(Some(chunk))
        })
    }
}
