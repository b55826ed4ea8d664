//! What the page and the engine both ask of the browser.

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Performance, Worker, WorkerOptions, WorkerType};

/// The global object's clock, on a page and in a worker alike.
pub fn performance() -> Performance {
    Reflect::get(&js_sys::global(), &JsValue::from_str("performance"))
        .unwrap_or_default()
        .unchecked_into()
}

/// What a thrown value says of itself.
pub fn in_words(error: &JsValue) -> String {
    match error.dyn_ref::<js_sys::Error>() {
        Some(error) => error.message().into(),
        None => error
            .as_string()
            .unwrap_or("it does not say why".to_owned()),
    }
}

/// Starts a worker with a script that is a module.
///
/// # Errors
/// What the browser says when it refuses.
pub fn module_worker(script: &str) -> Result<Worker, JsValue> {
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    Worker::new_with_options(script, &options)
}
