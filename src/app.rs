//! The page: a Yew application that shows runs and asks for new ones.
//!
//! What the page knows is in `state`, which names no browser type and is tested natively.

pub mod run_ref;

/// Mounts the page.
#[cfg(target_arch = "wasm32")]
pub fn start() {}
