//! The queues of the browser's own loop.

use crate::stage::browser::TaskSource;
use gloo_timers::callback::Timeout;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::MessageChannel;

#[wasm_bindgen]
extern "C" {
    /// The global function, of workers and pages alike.
    #[wasm_bindgen(js_name = queueMicrotask)]
    fn queue_microtask(call: &JsValue);
}

/// Has the browser call `call`, from any queue but messages.
pub(super) fn call(source: TaskSource, call: Box<dyn FnOnce()>) {
    match source {
        TaskSource::Microtask => queue_microtask(&Closure::once_into_js(call)),
        TaskSource::SpawnLocal => wasm_bindgen_futures::spawn_local(async move { call() }),
        TaskSource::Timeout(delay_ms) => {
            Timeout::new(delay_ms, call).forget();
        }
        TaskSource::Message => Messages::new().call(call),
    }
}

type Calls = RefCell<VecDeque<Box<dyn FnOnce()>>>;

/// A channel to oneself, and what to call with each message that arrives.
pub(super) struct Messages {
    channel: MessageChannel,
    calls: Rc<Calls>,
    _on_message: Closure<dyn FnMut()>,
}

impl Messages {
    pub(super) fn new() -> Self {
        let channel = MessageChannel::new().expect("every browser with workers has channels");
        let calls = Rc::new(Calls::default());
        let on_message = {
            let calls = Rc::clone(&calls);
            Closure::<dyn FnMut()>::new(move || {
                let call = calls.borrow_mut().pop_front();
                if let Some(call) = call {
                    call();
                }
            })
        };
        channel
            .port1()
            .set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        Messages {
            channel,
            calls,
            _on_message: on_message,
        }
    }

    pub(super) fn call(&self, call: Box<dyn FnOnce()>) {
        self.calls.borrow_mut().push_back(call);
        // A port of one's own takes every message.
        let _ = self.channel.port2().post_message(&JsValue::NULL);
    }
}

impl Drop for Messages {
    fn drop(&mut self) {
        self.channel.port1().set_onmessage(None);
        self.channel.port1().close();
    }
}
