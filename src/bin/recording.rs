//! The engine that reads recordings, which is fetched when somebody opens one.

fn main() {
    #[cfg(target_arch = "wasm32")]
    interleave::engine::files::start();
    #[cfg(not(target_arch = "wasm32"))]
    eprintln!("Interleave runs in a browser: `cargo xtask serve` builds the page and serves it");
}
