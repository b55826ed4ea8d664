//! The engine that reads recordings. It is a worker like the others, since a file may come from anybody:
//! whatever it does to its reader, the page stays.

use crate::protocol::Opened;
use crate::recording::File;
use crate::trace::wire;
use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// The worker's entry point: waits for the bytes of files, and says when it does.
pub fn start() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let on_message = {
        let scope = scope.clone();
        Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let Ok(buffer) = event.data().dyn_into::<ArrayBuffer>() else {
                return;
            };
            // A page that is gone has nobody to tell.
            let _ = match opened(&Uint8Array::new(&buffer).to_vec()) {
                Ok(opened) => {
                    let (message, transferred) = opened.to_js();
                    scope.post_message_with_transfer(&message, &transferred)
                }
                Err(sentence) => scope.post_message(&sentence.into()),
            };
        })
    };
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget(); // it lives as long as the worker
    let (ready, _) = crate::protocol::Answer::Ready.to_js();
    let _ = scope.post_message(&ready);
}

fn opened(bytes: &[u8]) -> Result<Opened, String> {
    let mut file = File::read(bytes)?;
    let about = file.about();
    let instant = file.instant;
    let view = std::mem::take(&mut file.view);
    // The program's own files before those of libraries.
    let mut sources = std::mem::take(&mut file.sources);
    sources.sort_by_key(|(row, _)| file.files[*row as usize].1);
    let sources = sources
        .into_iter()
        .map(|(row, text)| (file.files[row as usize].0.to_string(), text.into()))
        .collect();
    Ok(Opened {
        about,
        sources,
        bytes: wire::encode(&file.into_trace()),
        instant,
        view,
    })
}
