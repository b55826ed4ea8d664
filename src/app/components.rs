//! What the page consists of, in the order of the page; below them what several have in common.

pub(crate) mod page;

mod header;

mod gallery;

mod share;

mod form;

pub mod picture;

mod ideal;
mod run_card;

mod transport;

mod output;

mod loop_card;

mod findings;

mod source;

mod find;
mod keys;

mod dialog;
mod dom;
mod icon;
mod prose;
