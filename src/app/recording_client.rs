//! Has a recording read by the engine for files: one worker for each file, gone when it has answered.

use crate::app::engine_client::{engine_files, start_script};
use crate::app::state::sentences::stopped_sentence;
use crate::protocol::{Answer, Opened};
use crate::web::{in_words, module_worker};
use js_sys::{Array, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, File, MessageEvent, Worker};

/// The name of the engine.
const ENGINE: &str = "recording";

/// Largest file that is read, in bytes: that of the largest recording there may be.
const MAX_BYTES: f64 = 256.0 * 1024.0 * 1024.0;

/// What is in a file.
///
/// # Errors
/// A sentence that says why it cannot be read.
pub(crate) async fn read(file: &File) -> Result<Opened, String> {
    if file.size() > MAX_BYTES {
        return Err("the file has more than 256 MiB, the most that is read".to_owned());
    }
    let unreadable = |error| format!("the browser cannot read the file: {}", in_words(&error));
    let bytes = JsFuture::from(file.array_buffer())
        .await
        .map_err(unreadable)?;
    let no_reader = |error| {
        format!(
            "the reader of recordings cannot be had: {}",
            in_words(&error)
        )
    };
    let engine = JsFuture::from(engine_files(ENGINE))
        .await
        .map_err(no_reader)?;
    let script = start_script().ok_or("the page does not say where its files are")?;
    let worker = module_worker(&script).map_err(no_reader)?;
    let (answer, listeners) = ask(&worker, &engine, &bytes);
    let answer = JsFuture::from(answer).await;
    worker.terminate();
    drop(listeners);
    let answer = answer.map_err(|error| {
        let why = error.as_string().unwrap_or_default();
        format!(
            "the recording could not be read: {}",
            stopped_sentence(&why)
        )
    })?;
    Opened::from_js(&answer)
}

/// What hears of a worker; to be kept as long as there is something to hear.
type Listeners = (Closure<dyn FnMut(MessageEvent)>, Closure<dyn FnMut(Event)>);

/// Sends the engine, and then the bytes; the promise is kept by the answer.
fn ask(worker: &Worker, engine: &JsValue, bytes: &JsValue) -> (Promise, Option<Listeners>) {
    let mut listeners = None;
    let answer = Promise::new(&mut |resolve, reject| {
        let (asked, bytes) = (worker.clone(), bytes.clone());
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let message = event.data();
            if Answer::from_js(&message) == Some(Answer::Ready) {
                let _ = asked.post_message_with_transfer(&bytes, &Array::of1(&bytes));
            } else {
                let _ = resolve.call1(&JsValue::NULL, &message);
            }
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        let on_error = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            event.prevent_default();
            let message = Reflect::get(&event, &"message".into()).unwrap_or_default();
            let _ = reject.call1(&JsValue::NULL, &message);
        });
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        listeners = Some((on_message, on_error));
        let _ = worker.post_message(engine);
    });
    (answer, listeners)
}
