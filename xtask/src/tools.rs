//! The programs the commands need beside Rust: found where they are, installed where they are missing.
//!
//! Everything that can be is put into the cache folder, named by tool and version, so that the next
//! checkout finds it. Only Debian's packages (a browser, Python) go into the system.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::process::{find_program, output, run, say, succeeds};
use crate::root;

/// The Trunk release that this project's Trunk.toml and index.html are written for.
const TRUNK_VERSION: &str = "0.21.14";

/// The oldest Node.js that Playwright runs on.
const NODE_MAJOR: u32 = 20;

/// The oldest Python whose asyncio the demos are compared with.
const PYTHON: (u32, u32) = (3, 11);

/// The folder that keeps tools between checkouts.
pub fn cache() -> Result<PathBuf> {
    let set = |name| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    if let Some(folder) = set("INTERLEAVE_CACHE") {
        return Ok(std::path::absolute(folder)?);
    }
    let base = set("XDG_CACHE_HOME").or_else(|| set("LOCALAPPDATA"));
    let base = base.or_else(|| set("HOME").map(|home| home.join(".cache")));
    let base = base.context("no HOME is set: set INTERLEAVE_CACHE to a folder for tools")?;
    Ok(base.join("interleave"))
}

/// The folder that holds `trunk`.
pub fn trunk() -> Result<PathBuf> {
    let why = "it builds the page";
    CargoTool {
        package: "trunk",
        program: "trunk",
        version: TRUNK_VERSION,
        why,
        minutes: 5,
    }
    .folder()
}

/// The folder that holds `wasm-bindgen` and its test runner, in the version that Cargo.lock names: the two
/// halves of wasm-bindgen only understand each other in the same version.
pub fn wasm_bindgen() -> Result<PathBuf> {
    let lock =
        fs::read_to_string(root().join("Cargo.lock")).context("could not read Cargo.lock")?;
    let version =
        locked_version(&lock, "wasm-bindgen").context("Cargo.lock names no wasm-bindgen")?;
    let why = "it writes the JavaScript around the wasm file";
    let program = "wasm-bindgen";
    CargoTool {
        package: "wasm-bindgen-cli",
        program,
        version,
        why,
        minutes: 3,
    }
    .folder()
}

/// The version of a package in the text of a Cargo.lock.
fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let (_, entry) = lock.split_once(&format!("name = \"{package}\"\nversion = \""))?;
    entry.split_once('"').map(|(version, _)| version)
}

/// A program that is compiled by `cargo install`.
struct CargoTool<'a> {
    package: &'a str,
    program: &'a str,
    version: &'a str,
    why: &'a str,
    /// How long installing takes on two cores.
    minutes: u32,
}

impl CargoTool<'_> {
    fn folder(&self) -> Result<PathBuf> {
        let Self {
            package,
            program,
            version,
            why,
            minutes,
        } = self;
        let home = cache()?.join(format!("{package}-{version}"));
        let folder = home.join("bin");
        if folder
            .join(format!("{program}{}", std::env::consts::EXE_SUFFIX))
            .is_file()
        {
            return Ok(folder);
        }
        if let Some(file) = find_program(&[program])
            && output(Command::new(&file).arg("--version"))
                .is_ok_and(|text| text.split_whitespace().nth(1) == Some(version))
        {
            return Ok(file.parent().expect("a file has a folder").to_path_buf());
        }

        say(format!(
            "{package} {version} is missing ({why}): cargo installs it into {}, once, about {minutes} minutes",
            home.display()
        ));
        // A build folder that outlives an interrupted installation lets the next one go on from there.
        let build = cache()?.join(format!("{package}-{version}-build"));
        let install = |locked: &[&str]| {
            let mut cargo = Command::new("cargo");
            cargo
                .args(["install", package, "--version", version])
                .args(locked);
            cargo
                .arg("--root")
                .arg(&home)
                .env("CARGO_TARGET_DIR", &build);
            run(&mut cargo)
        };
        if install(&["--locked"]).is_err() {
            say(format!(
                "once more without {package}'s own lock file, which some registries lag behind"
            ));
            install(&[])?;
        }
        let _ = fs::remove_dir_all(build);
        Ok(folder)
    }
}

/// The `node_modules` folder with what `xtask/package.json` names: wasm-opt and Playwright.
pub fn node_modules() -> Result<PathBuf> {
    let npm = npm()?;
    let manifest = root().join("xtask/package.json");
    let lock = root().join("xtask/package-lock.json");
    let home = cache()?.join(format!(
        "npm-{:016x}",
        crate::build::hash(&fs::read(&lock)?)
    ));
    let modules = home.join("node_modules");
    // npm writes this file last.
    if modules.join(".package-lock.json").is_file() {
        return Ok(modules);
    }
    say(format!(
        "npm's binaryen and @playwright/test are missing (wasm-opt makes the page small, Playwright tests it): \
         npm installs them into {}, once, some seconds",
        home.display()
    ));
    fs::create_dir_all(&home)?;
    fs::copy(&manifest, home.join("package.json"))?;
    fs::copy(&lock, home.join("package-lock.json"))?;
    let mut ci = Command::new(npm);
    ci.args(["ci", "--no-audit", "--no-fund"])
        .current_dir(&home);
    // Tests use the browser that `browser` finds.
    run(ci.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))?;
    Ok(modules)
}

/// `npm`, with a Node.js that is new enough.
fn npm() -> Result<PathBuf> {
    if find_program(&["npm", "npm.cmd"]).is_none() || find_program(&["node"]).is_none() {
        debian_packages(
            &["nodejs", "npm"],
            "Node.js and npm, which bring wasm-opt and Playwright",
            2,
        )?;
    }
    let npm =
        find_program(&["npm", "npm.cmd"]).context("npm is missing: install Node.js with npm")?;
    let version = output(Command::new("node").arg("--version"))?;
    let major = version
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|text| text.parse().ok());
    if major.is_none_or(|major: u32| major < NODE_MAJOR) {
        bail!(
            "Node.js {} is too old: install version {NODE_MAJOR} or newer",
            version.trim()
        );
    }
    Ok(npm)
}

/// Chromium, or a browser like it.
pub fn browser() -> Result<PathBuf> {
    let find = || {
        std::env::var_os("INTERLEAVE_BROWSER")
            .map(PathBuf::from)
            .or_else(|| {
                find_program(&[
                    "chromium",
                    "chromium-browser",
                    "google-chrome",
                    "google-chrome-stable",
                ])
            })
    };
    let mac = Path::new("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
    if let Some(file) = find().or_else(|| mac.is_file().then(|| mac.to_path_buf())) {
        return Ok(file);
    }
    debian_packages(
        &["chromium"],
        "Chromium, in which the tests run the page",
        2,
    )?;
    find().context(
        "Chromium is missing after its installation: set INTERLEAVE_BROWSER to a browser's path",
    )
}

/// The program through which wasm-bindgen's test runner steers the browser.
pub fn chromedriver() -> Result<PathBuf> {
    let find = || {
        let set = std::env::var_os("CHROMEDRIVER").map(PathBuf::from);
        set.or_else(|| find_program(&["chromedriver"]))
    };
    if let Some(file) = find() {
        return Ok(file);
    }
    debian_packages(
        &["chromium-driver"],
        "chromedriver, which steers Chromium in the wasm tests",
        1,
    )?;
    find().context("chromedriver is missing after its installation: set CHROMEDRIVER to its path")
}

/// The flags with which tests start the browser.
pub fn browser_flags() -> Vec<&'static str> {
    // Nothing but the tests' own requests, and no GPU process that a machine without a screen has to give up.
    let mut flags = vec![
        "--headless=new",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ];
    if is_root() {
        // Chromium's sandbox refuses to work for root.
        flags.push("--no-sandbox");
    }
    flags
}

/// The file that tells wasm-bindgen's test runner how to start the browser.
pub fn webdriver_settings(browser: &Path) -> Result<PathBuf> {
    let settings: Value =
        json!({ "goog:chromeOptions": { "binary": browser, "args": browser_flags() } });
    let file = cache()?.join("webdriver.json");
    fs::write(&file, settings.to_string())?;
    Ok(file)
}

/// A Python that is new enough.
pub fn python() -> Result<PathBuf> {
    if find_program(&["python3"]).is_none() {
        debian_packages(
            &["python3"],
            "Python, whose asyncio the demos are compared with",
            1,
        )?;
    }
    let python =
        find_program(&["python3"]).context("python3 is missing: install Python 3.11 or newer")?;
    let (major, minor) = PYTHON;
    let check = format!("import sys; sys.exit(sys.version_info < ({major}, {minor}))");
    if !succeeds(Command::new(&python).args(["-c", &check])) {
        bail!(
            "{} is older than Python {major}.{minor}: put a newer python3 on the PATH",
            python.display()
        );
    }
    Ok(python)
}

/// Installs Debian packages, or says in a sentence what would.
///
/// `what` names the thing and what it is for; `minutes` is how long it usually takes.
pub fn debian_packages(packages: &[&str], what: &str, minutes: u32) -> Result<()> {
    let list = packages.join(" ");
    if find_program(&["apt-get"]).is_none() {
        bail!(
            "{what}, is missing: install it with your system's package manager (Debian calls it {list})"
        );
    }
    let sudo: &[&str] = match () {
        () if is_root() => &[],
        () if succeeds(Command::new("sudo").args(["-n", "true"])) => &["sudo", "-n"],
        () => {
            bail!("{what}, is missing: run `sudo apt-get install --no-install-recommends {list}`")
        }
    };
    say(format!(
        "{what}, is missing: apt-get installs {list}, about {minutes} minutes"
    ));
    let apt_get = |arguments: &[&str]| {
        let words: Vec<&str> = [
            sudo,
            &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"],
            arguments,
        ]
        .concat();
        let mut command = Command::new(words[0]);
        command
            .args(&words[1..])
            .args(["-qq", "-o", "DPkg::Lock::Timeout=600"]);
        run(&mut command)
    };
    // An old list names files that are gone. Some of its sources may fail while the needed one is there.
    if let Err(error) = apt_get(&["update"]) {
        say(format!(
            "going on with the package lists as they are: {error}"
        ));
    }
    apt_get(&[&["install", "--yes", "--no-install-recommends"], packages].concat())
}

/// Whether these Debian packages are installed.
pub fn has_debian_packages(packages: &[&str]) -> bool {
    let mut query = Command::new("dpkg-query");
    query
        .args(["--show", "--showformat=${db:Status-Status}\n"])
        .args(packages);
    output(&mut query).is_ok_and(|text| text.lines().all(|line| line == "installed"))
}

fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|text| text.trim() == "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_that_of_the_very_package() {
        let lock = "[[package]]\nname = \"serde-wasm-bindgen\"\nversion = \"0.6.5\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n\n\
                    [[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.80\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked_version(lock, "yew"), None);
    }
}
