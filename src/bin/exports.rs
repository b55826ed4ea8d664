//! The engine that makes what leaves the page, which is fetched when somebody wants to take something away.

fn main() {
    #[cfg(target_arch = "wasm32")]
    interleave::engine::exports::start();
    #[cfg(not(target_arch = "wasm32"))]
    eprintln!("Interleave runs in a browser: `cargo xtask serve` builds the page and serves it");
}
