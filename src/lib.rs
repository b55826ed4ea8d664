//! Interleave: a playground for coroutines in the browser.
//!
//! The modules stand in floors, and each imports only from those above it in this list;
//! `tests/floors.rs` holds that. ARCHITECTURE.md says what each is for.

pub mod text;
pub mod trace;

pub mod derived;

pub mod recording;

pub mod picture;

pub mod export;

pub mod param;

pub mod lesson;
pub mod marks;

pub mod demo;

pub mod web;

pub mod clock;
pub mod executor;

pub mod stage;

pub mod program;

#[cfg(target_arch = "wasm32")]
mod allocator;

pub mod demos;

pub mod link;

pub mod protocol;

#[cfg(target_arch = "wasm32")]
pub mod engine;

pub mod highlight;

pub mod app;
