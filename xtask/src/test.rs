//! `cargo xtask test`: natively, against CPython, the recorder, as wasm in a browser, and the built page in a browser.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use xshell::{Cmd, Shell, cmd};

use crate::dist::Sizes;
use crate::files;
use crate::oracle::{self, Mode};
use crate::process::{own_cargo_path, say, shell, watch};
use crate::toolchain::WasmRust;
use crate::tools::Python;
use crate::{build, serve, tools};

/// How many tests passed.
type Passed = u32;

/// The name of a part, and what runs it with further arguments.
type Part = (&'static str, fn(&Shell, &[String]) -> Result<Passed>);

/// The parts, in the order in which they run: the fastest first.
pub const PARTS: [Part; 6] = [
    ("unit", unit),
    ("oracle", oracle),
    ("python", python),
    ("web", web),
    ("e2e", e2e),
    ("browsers", browsers),
];

/// `cargo xtask test`: one of [`PARTS`], or all. What follows the name of a part goes to the program that
/// runs it.
pub fn command(part: Option<&str>, arguments: &[String]) -> Result<()> {
    let sh = shell()?;
    let mut passed = 0;
    for (name, run) in PARTS {
        if part.is_none_or(|part| part == name) {
            passed += run(&sh, arguments)?;
        }
    }
    // A run in which anything fails does not come this far.
    println!("\ntests: {passed} passed, 0 failed");
    Ok(())
}

/// Everything that runs natively.
fn unit(sh: &Shell, arguments: &[String]) -> Result<Passed> {
    say("native tests: about a minute the first time, then seconds");
    let cargo = own_cargo_path();
    count(cmd!(sh, "{cargo} test --workspace {arguments...}"))
}

/// What is kept of CPython's output is what the CPython that is there prints.
fn oracle(sh: &Shell, arguments: &[String]) -> Result<Passed> {
    ensure!(arguments.is_empty(), "the part oracle takes no arguments");
    let Some(python) = found_python(
        "nothing is compared with it but what is kept in tests/golden and tests/pairs",
    ) else {
        return Ok(0);
    };
    let (path, version) = (&python.path, &python.version);
    say(format!(
        "the oracle's own tests on CPython {version}: some seconds"
    ));
    let mut passed = count(cmd!(sh, "{path} -X utf8 -B xtask/oracle_test.py").quiet())?;
    oracle::compare_demos(&python, Mode::Check)?;
    passed += 1;
    if python.minor != tools::LIKE_PYTHON {
        say(format!(
            "the pairs of tests/pairs are left out: they are for CPython 3.{}",
            tools::LIKE_PYTHON
        ));
        return Ok(passed);
    }
    say(format!(
        "the pairs of tests/pairs on CPython {version}: some seconds"
    ));
    let cargo = own_cargo_path();
    let pairs = cmd!(
        sh,
        "{cargo} test --package interleave --test pairs -- --ignored"
    );
    Ok(passed + count(pairs.env("PYTHON", path))?)
}

/// A CPython that is new enough, or `None`, with a line that says what is left out therefore.
fn found_python(left_out: &str) -> Option<Python> {
    let python = Python::find(tools::OLDEST_PYTHON);
    if python.is_none() {
        let oldest = tools::OLDEST_PYTHON;
        say(format!(
            "no CPython 3.{oldest} or newer is there: {left_out}"
        ));
    }
    python
}

/// The recorder of real programs, `python/interleave`, on the CPython that is there.
fn python(sh: &Shell, arguments: &[String]) -> Result<Passed> {
    let Some(python) = found_python("the recorder's tests are left out") else {
        return Ok(0);
    };
    let (python, version) = (&python.path, &python.version);
    say(format!(
        "the recorder's tests on CPython {version}: a minute and a half"
    ));
    // What unittest prints goes to the standard error otherwise.
    let script = "import sys, unittest
tests = unittest.defaultTestLoader.discover('python/tests')
ran = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(tests)
sys.exit(not ran.wasSuccessful())";
    ensure!(arguments.is_empty(), "the part python takes no arguments");
    let tests = cmd!(sh, "{python} -u -c {script}").quiet();
    count(tests.env("PYTHONDONTWRITEBYTECODE", "1"))
}

/// `tests/web.rs`, compiled to wasm, in a browser without a window.
fn web(sh: &Shell, arguments: &[String]) -> Result<Passed> {
    let cargo = WasmRust::find_or_install()?.cargo(sh, "test")?;
    let runner = tools::wasm_bindgen()?.join("wasm-bindgen-test-runner");
    let settings = tools::webdriver_settings()?;
    let driver = tools::chromedriver()?;
    say("wasm tests in headless Chromium: about a minute the first time, then seconds");
    let cargo = cargo
        .args(["--package", "interleave", "--test", "web"])
        .args(arguments);
    let cargo = cargo
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner)
        .env("CHROMEDRIVER", driver)
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", settings)
        // In seconds; the runner's own limit of 20 is short for a busy machine.
        .env("WASM_BINDGEN_TEST_TIMEOUT", "120");
    count(cargo)
}

/// `tests/e2e/`, against the built page.
fn e2e(sh: &Shell, arguments: &[String]) -> Result<Passed> {
    let script = tools::node_modules()?.join("@playwright/test/cli.js");
    let dist = build::page()?;
    let sizes = Sizes::read(&dist)?;
    say(sizes.line());
    validate(sh, &dist)?;
    let listening = serve::Listening::start(0, &dist)?;
    say("end-to-end tests with Playwright in Chromium: some seconds for each test");
    let _folder = sh.push_dir("tests/e2e");
    let playwright = cmd!(sh, "node {script} test {arguments...}");
    // Colours would stand between the words that are counted.
    let playwright = playwright.env("FORCE_COLOR", "0");
    let passed = count(tools::with_browser(playwright, &listening.address())?)?;
    // A page that grew too large is still worth testing first.
    sizes.check()?;
    Ok(passed)
}

/// Every page of the built site is valid HTML.
fn validate(sh: &Shell, dist: &Path) -> Result<()> {
    let validator = tools::node_modules()?.join("html-validate/bin/html-validate.mjs");
    say("the static pages' HTML: some seconds");
    let pages = files::names(dist)?;
    let pages = pages.iter().filter(|name| name.ends_with(".html"));
    let pages: Vec<PathBuf> = pages.map(|name| dist.join(name)).collect();
    cmd!(
        sh,
        "node {validator} --config xtask/html-validate.cjs {pages...}"
    )
    .run()?;
    Ok(())
}

/// `tests/browsers/`: what has to hold in every browser that can be had here, against the built page.
fn browsers(sh: &Shell, arguments: &[String]) -> Result<Passed> {
    let browsers = tools::browsers()?;
    let dist = build::page()?;
    let listening = serve::Listening::start(0, &dist)?;
    say("the page in each browser that is here, through its WebDriver: a minute for each");
    let reporter = ["--test-reporter=tap", "--test-concurrency=1"];
    let node = cmd!(
        sh,
        "node --test {reporter...} {arguments...} tests/browsers/browsers.test.js"
    );
    let node = node.env("INTERLEAVE_BROWSERS", browsers);
    count(tools::with_browser(node, &listening.address())?)
}

/// Runs a program that runs tests, and returns how many of them passed.
pub fn count(command: Cmd<'_>) -> Result<Passed> {
    let mut passed = 0;
    watch(command, |line| passed += passed_in(line).unwrap_or(0))?;
    ensure!(passed > 0, "no test ran");
    Ok(passed)
}

/// The number in a closing line of cargo's, unittest's, wasm-bindgen's, Playwright's or Node's.
fn passed_in(line: &str) -> Option<Passed> {
    let line = line.trim();
    if let Some(rest) = line.strip_prefix("Ran ") {
        let (number, rest) = rest.split_once(" test")?;
        return number.parse().ok().filter(|_| rest.contains(" in "));
    }
    if let Some(number) = line.strip_prefix("# pass ") {
        return number.parse().ok();
    }
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
        assert_eq!(passed_in("# pass 14"), Some(14));
        assert_eq!(passed_in("Ran 41 tests in 90.1s"), Some(41));
        assert_eq!(passed_in("a test whose name says 3 passed"), None);
        assert_eq!(passed_in("3 passed tickets"), None);
    }
}
