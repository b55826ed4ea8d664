//! Stacks beside the loop's own, by what browsers call JavaScript Promise Integration.
//!
//! wasm that was entered through `WebAssembly.promising` can be held in the middle, all its frames
//! with it, until a promise is fulfilled; the browser does other things meanwhile. Two such
//! stacks, of which each lets the other go on and then rests, are a switch. `wasm-bindgen` keeps
//! their parts of the memory apart, so that nothing on a stack may be reached from the other.

// wasm-bindgen marks its support as experimental by deprecating it.
#![allow(deprecated)]

use crate::stage::browser::Stack;
use js_sys::{Function, Promise, Reflect};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Holds the stack that calls until the promise is fulfilled.
    #[wasm_bindgen(suspending, js_namespace = Promise, js_name = resolve)]
    fn rest_until(promise: &Promise) -> JsValue;

    /// The engine's export that calls [`begun`], entered as the browser wants it: www/start.js has
    /// it from the glue, which alone knows what the export is called.
    #[wasm_bindgen(js_name = beginStack)]
    fn enter_begin_stack() -> Promise;
}

thread_local! {
    /// What the next stack begins with.
    static BODY: RefCell<Option<Box<dyn FnOnce()>>> = const { RefCell::new(None) };
}

/// What a stack begins with; only [`begin`] has it called.
///
/// The export around it is in the engine's own file: the page is made of the same library, and
/// would export it too.
pub fn begun() {
    if let Some(body) = BODY.take() {
        body();
    }
}

/// Whether the browser can switch stacks.
pub(in crate::engine) fn can_switch() -> bool {
    let webassembly = Reflect::get(&js_sys::global(), &"WebAssembly".into());
    webassembly
        .and_then(|webassembly| Reflect::get(&webassembly, &"promising".into()))
        .is_ok_and(|promising| promising.is_function())
}

/// Runs `body` on a stack of its own, until it rests or is over. Only where [`can_switch`].
pub(in crate::engine) fn begin(body: Box<dyn FnOnce()>) {
    BODY.set(Some(body));
    // The promise is fulfilled when the body is over, which it tells by itself.
    let _ = enter_begin_stack();
}

/// A stack on which nothing runs yet.
pub(super) fn new() -> Rc<dyn Stack> {
    Rc::new(RealStack::default())
}

#[derive(Default)]
struct RealStack {
    this: Gate,
    hub: Rc<Gate>,
}

/// Where a stack rests.
#[derive(Default)]
struct Gate(RefCell<Option<Function>>);

impl Gate {
    /// Makes a promise that [`Self::open`] fulfils.
    fn close(&self) -> Promise {
        Promise::new(&mut |open, _| *self.0.borrow_mut() = Some(open.unchecked_into()))
    }

    fn open(&self) {
        if let Some(open) = self.0.take() {
            // It only notes that the promise is fulfilled.
            let _ = open.call0(&JsValue::NULL);
        }
    }
}

impl Stack for RealStack {
    fn run(&self, body: Box<dyn FnOnce()>) {
        let hub = Rc::clone(&self.hub);
        begin(Box::new(move || {
            body();
            hub.open();
        }));
    }

    fn switch_to(&self) {
        let opened = self.hub.close();
        self.this.open();
        rest_until(&opened);
    }

    fn switch_back(&self) {
        let opened = self.this.close();
        self.hub.open();
        rest_until(&opened);
    }
}
