//! `cargo xtask test`: natively, as wasm in a browser, and the built page in a browser.

use std::process::Command;

use anyhow::{Result, bail};
use serde_json::json;

use crate::dist::Sizes;
use crate::process::{say, watch};
use crate::toolchain::{TARGET, WasmRust, own_cargo};
use crate::{build, root, serve, tools, unknown};

/// How many tests passed.
type Passed = u32;

/// The name of a part, and what runs it with further arguments.
type Part = (&'static str, fn(&[String]) -> Result<Passed>);

/// The parts, in the order in which they run: the fastest first.
const PARTS: [Part; 3] = [("unit", unit), ("web", web), ("e2e", e2e)];

/// `cargo xtask test`. What follows the name of a part goes to the program that runs it.
pub fn command(arguments: &[String]) -> Result<()> {
    let passed = match arguments.split_first() {
        None => PARTS
            .iter()
            .map(|(_, part)| part(&[]))
            .sum::<Result<Passed>>()?,
        Some((name, rest)) => match PARTS.iter().find(|(part, _)| part == name) {
            Some((_, part)) => part(rest)?,
            None => bail!(unknown("part", name, PARTS.iter().map(|(part, _)| *part))),
        },
    };
    // A run in which anything fails does not come this far.
    println!("\ntests: {passed} passed, 0 failed");
    Ok(())
}

/// Everything that runs natively.
fn unit(arguments: &[String]) -> Result<Passed> {
    say("native tests: about a minute the first time, then seconds");
    count(
        own_cargo()
            .args(["test", "--workspace"])
            .args(arguments)
            .current_dir(root()),
    )
}

/// `tests/web.rs`, compiled to wasm, in a browser without a window.
fn web(arguments: &[String]) -> Result<Passed> {
    let rust = WasmRust::find_or_install()?;
    let runner = tools::wasm_bindgen()?.join("wasm-bindgen-test-runner");
    let settings = tools::webdriver_settings(&tools::browser()?)?;
    let driver = tools::chromedriver()?;
    say("wasm tests in headless Chromium: about a minute the first time, then seconds");
    let mut cargo = rust.cargo("test")?;
    cargo
        .args([
            "--package",
            "interleave",
            "--target",
            TARGET,
            "--test",
            "web",
        ])
        .args(arguments);
    cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner);
    cargo
        .env("CHROMEDRIVER", driver)
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", settings);
    // In seconds; the runner's own limit of 20 is short for a busy machine.
    cargo.env("WASM_BINDGEN_TEST_TIMEOUT", "120");
    count(cargo.current_dir(root()))
}

/// `tests/e2e/`, against the built page.
fn e2e(arguments: &[String]) -> Result<Passed> {
    let modules = tools::node_modules()?;
    let browser = tools::browser()?;
    let dist = build::page()?;
    let sizes = Sizes::read(&dist)?;
    say(sizes.line());
    let listening = serve::Listening::start(serve::bind(0)?, &dist)?;
    say("end-to-end tests with Playwright in Chromium: some seconds for each test");
    let mut playwright = Command::new("node");
    playwright
        .arg(modules.join("@playwright/test/cli.js"))
        .arg("test")
        .args(arguments);
    // Colours would stand between the words that are counted.
    playwright
        .env("NODE_PATH", &modules)
        .env("FORCE_COLOR", "0");
    playwright.env("INTERLEAVE_URL", listening.address());
    playwright.env("INTERLEAVE_BROWSER", browser);
    playwright.env(
        "INTERLEAVE_BROWSER_FLAGS",
        json!(tools::browser_flags()).to_string(),
    );
    let passed = count(playwright.current_dir(root().join("tests/e2e")))?;
    // A page that grew too large is still worth testing first.
    sizes.check()?;
    Ok(passed)
}

/// Runs a program that runs tests, and returns how many of them passed.
fn count(command: &mut Command) -> Result<Passed> {
    let mut passed = 0;
    watch(command, |line| passed += passed_in(line).unwrap_or(0))?;
    if passed == 0 {
        bail!("no test ran");
    }
    Ok(passed)
}

/// The number in a closing line of cargo's, wasm-bindgen's or Playwright's.
fn passed_in(line: &str) -> Option<Passed> {
    let line = line.trim();
    let start = line.strip_prefix("test result: ok. ").unwrap_or(line);
    let (number, rest) = start.split_once(" passed")?;
    let closes = rest.starts_with(';') || rest.starts_with(" (");
    closes.then(|| number.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_counted() {
        let cargo = "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out; finished in 0.1s";
        assert_eq!(passed_in(cargo), Some(12));
        assert_eq!(passed_in("  7 passed (2.3s)"), Some(7));
        assert_eq!(passed_in("a test whose name says 3 passed"), None);
        assert_eq!(passed_in("3 passed tickets"), None);
    }
}
