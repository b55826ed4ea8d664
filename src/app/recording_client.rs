//! Has a recording read by the engine for files: one worker for each file, gone when it has answered.

use crate::app::engine_client::{engine_files, start_script};
use crate::protocol::{Answer, Opened};
use crate::web::in_words;
use js_sys::{Array, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, File, MessageEvent, Worker, WorkerOptions, WorkerType};

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
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    let script = start_script().ok_or("the page does not say where its files are")?;
    let worker = Worker::new_with_options(&script, &options).map_err(no_reader)?;
    let answer = JsFuture::from(ask(&worker, &engine, &bytes)).await;
    worker.terminate();
    let answer = answer.map_err(|error| {
        let why = error.as_string().unwrap_or_default();
        format!("the reader of recordings gave up: {why}")
    })?;
    Opened::from_js(&answer)
}

/// Sends the engine, and then the bytes; the promise is kept by the answer.
fn ask(worker: &Worker, engine: &JsValue, bytes: &JsValue) -> Promise {
    Promise::new(&mut |resolve, reject| {
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
        // They go with the worker.
        on_message.forget();
        on_error.forget();
        let _ = worker.post_message(engine);
    })
}
