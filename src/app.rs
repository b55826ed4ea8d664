//! The page: a Yew application that shows runs and asks for new ones.
//!
//! What the page knows is in [`state`], which names no browser type and is tested natively. The
//! components stand in the order of the page; what outlives a rendering is a hook.

pub mod state;

mod browser;
pub mod components;
mod engine_client;
pub mod hooks;
mod recording_client;

#[cfg(target_arch = "wasm32")]
pub use components::page::start;
#[cfg(not(target_arch = "wasm32"))]
pub mod static_page;
