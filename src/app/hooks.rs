//! What outlives a rendering: the state, keys, links, frames, runs, visits, the theme.

pub(crate) mod frames;
pub(crate) mod keys;
pub(crate) mod links;
pub(crate) mod media;
pub(crate) mod playing;
pub(crate) mod runner;
pub mod store;
pub(crate) mod theme;
pub(crate) mod visits;
