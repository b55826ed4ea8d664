//! The engine of the demos that stand below this name in the list of demos. It can rest in the middle of
//! a stack.

// wasm-bindgen marks its support for that as experimental by deprecating it.
#![allow(deprecated)]

interleave::engine!(WAYS_TO_SUSPEND_2, stacks);

/// Where a stack begins that can rest. The others are made of the same library and would export it too.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen(jspi)]
pub fn begin_stack() {
    interleave::engine::browser::stack::begun();
}
