//! The page's wasm file. The engine has one of its own, `src/bin/engine.rs`, so that no demo's
//! program is a part of the page.

#[cfg(target_arch = "wasm32")]
fn main() {
    interleave::app::start();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("Interleave runs in a browser: `cargo xtask serve` builds the page and serves it");
}
