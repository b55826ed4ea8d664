//! The engine's wasm file: the worker in which a run happens.

// wasm-bindgen marks its support for stack switching as experimental by deprecating it.
#![allow(deprecated)]

#[cfg(target_arch = "wasm32")]
use wasm_bindgen::prelude::wasm_bindgen;

#[cfg(target_arch = "wasm32")]
fn main() {
    interleave::engine::start();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("Interleave runs in a browser: `cargo xtask serve` builds the page and serves it");
}

/// Where a stack begins that can rest in the middle.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen(jspi)]
pub fn begin_stack() {
    interleave::engine::browser::stack::begun();
}
