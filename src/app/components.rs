//! What the page consists of, in the order of the page; below them what several have in common.

mod find;
mod findings;
mod form;
mod gallery;
mod header;
mod ideal;
mod keys;
mod lesson;
mod loop_card;
mod output;
pub(crate) mod page;
pub mod picture;
mod recording;
mod run_card;
mod share;
mod side;
pub(crate) mod source;
mod transport;

mod dialog;
mod dom;
mod icon;
mod prose;
