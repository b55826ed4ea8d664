//! `cargo xtask screenshots`: makes the pictures in the README from the built page.

use anyhow::Result;

use crate::process::say;
use crate::{bench, build, no_arguments};

/// `cargo xtask screenshots`.
pub fn command(arguments: &[String]) -> Result<()> {
    no_arguments("screenshots", arguments)?;
    let dist = build::page()?;
    say("screenshots of the built page in Chromium: half a minute");
    let written = bench::drive(&dist, "screenshots.js")?;
    println!("{written:#}");
    Ok(())
}
