//! What leaves the page: a run as a file for other programs, and as text and picture for people.
//!
//! All of it is made from recordings alone, by functions that keep nothing and know no browser.
//! What a program prints, as plain text, is [`text`](crate::derived::output::text) of the output.

pub mod chrome_trace;
pub mod csv;
pub mod markdown;
pub mod picture;

use crate::derived::recording::Recording;
use crate::trace::{LocationId, Trace};

/// A run, and what the page calls it.
#[derive(Clone, Copy)]
pub struct Version<'a> {
    /// The name of its version; empty where there is only one.
    pub label: &'a str,
    /// What happened.
    pub recording: &'a Recording,
}

/// What the page says of the runs that are exported together.
#[derive(Clone, Copy, Debug, Default)]
pub struct Heading<'a> {
    /// What the program is called.
    pub title: &'a str,
    /// What one would say of its runs, as a sentence; empty where there is nothing to say.
    pub verdict: &'a str,
    /// Where the same can be seen; empty where that is nowhere.
    pub link: &'a str,
}

/// A place in a source file as compilers write it: "src/demos/race.rs:12"; empty where none is known.
fn place(trace: &Trace, id: LocationId) -> String {
    let location = trace.location(id);
    match location.line {
        0 => location.file.to_string(),
        line => format!("{}:{line}", location.file),
    }
}
