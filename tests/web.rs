//! Tests that need a browser: `cargo xtask test web` runs them as wasm in headless Chromium.
#![cfg(target_arch = "wasm32")]

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
#[expect(clippy::disallowed_methods, reason = "this test is about the clock")]
fn the_browsers_clock_never_goes_back() {
    let performance = web_sys::window().unwrap().performance().unwrap();
    let mut last = performance.now();
    for _ in 0..1000 {
        let now = performance.now();
        assert!(now >= last, "{now} after {last}");
        last = now;
    }
}
