//! The page's wasm file. The engines have their own, in `src/bin`, so that no demo's
//! program is a part of the page.

#[cfg(target_arch = "wasm32")]
fn main() {
    interleave::app::start();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("Interleave runs in a browser: `cargo xtask serve` builds the page and serves it");
}
