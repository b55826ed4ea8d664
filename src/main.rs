//! One wasm file, two entry points: the page, and the worker in which a run happens.

#[cfg(target_arch = "wasm32")]
fn main() {
    if web_sys::window().is_some() {
        interleave::app::start();
    } else {
        interleave::engine::start();
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("Interleave runs in a browser: `cargo xtask serve` builds the page and serves it");
}
