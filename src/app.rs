//! The page: a Yew application that shows runs and asks for new ones.
//!
//! What the page knows is in [`state`], which names no browser type and is tested natively. The
//! components stand in the order of the page; what outlives a rendering is a hook.

pub mod state;

#[cfg(target_arch = "wasm32")]
mod browser;
#[cfg(target_arch = "wasm32")]
pub mod components;
#[cfg(target_arch = "wasm32")]
mod engine_client;
#[cfg(target_arch = "wasm32")]
pub mod hooks;
#[cfg(target_arch = "wasm32")]
mod recording_client;

#[cfg(target_arch = "wasm32")]
pub use components::page::start;
