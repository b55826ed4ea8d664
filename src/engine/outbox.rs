//! Sends what comes to a trace, a batch at a time.

use super::scope;
use crate::executor::EventLoop;
use crate::trace::wire::{self, Mark};
use js_sys::{Array, Uint8Array};
use std::cell::Cell;
use wasm_bindgen::JsValue;

/// The way out of the worker for one run.
pub(super) struct Outbox {
    run: JsValue,
    event_loop: EventLoop,
    sent: Cell<Mark>,
}

impl Outbox {
    pub(super) fn new(run: JsValue, event_loop: EventLoop) -> Self {
        let sent = Cell::new(Mark::at_end_of(&event_loop.trace()));
        Outbox {
            run,
            event_loop,
            sent,
        }
    }

    pub(super) fn event_loop(&self) -> &EventLoop {
        &self.event_loop
    }

    /// Whether there is anything that was not sent.
    pub(super) fn has_more(&self) -> bool {
        Mark::at_end_of(&self.event_loop.trace()) != self.sent.get()
    }

    /// Sends what was not sent yet, as one buffer that changes hands without being copied.
    pub(super) fn flush(&self) {
        let trace = self.event_loop.trace();
        let mark = Mark::at_end_of(&trace);
        let since = self.sent.replace(mark);
        if mark == since {
            return;
        }
        let bytes = Uint8Array::from(wire::encode_since(&trace, since).as_slice());
        let buffer = bytes.buffer();
        let over = trace.end.is_some();
        let message = Array::of3(&self.run, &buffer, &over.into());
        // The only way to fail is a page that is gone.
        let _ = scope().post_message_with_transfer(&message, &Array::of1(&buffer));
    }
}
