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
use crate::toolchain::own_cargo;

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
            "{package} {version} is missing ({why}): cargo installs it into {}, once, about {minutes} min",
            home.display()
        ));
        // A build folder that outlives an interrupted installation lets the next one go on from there.
        let build = cache()?.join(format!("{package}-{version}-build"));
        let install = |locked: &[&str]| {
            let mut cargo = own_cargo();
            cargo
                .args(["install", package, "--version", version])
                .args(locked);
            cargo
                .arg("--root")
                .arg(&home)
                .env("CARGO_TARGET_DIR", &build);
            cargo
        };
        let status = install(&["--locked"]).status()?;
        if status.code().is_none() {
            bail!("installing {package} was interrupted ({status})");
        }
        if !status.success() {
            say(format!(
                "once more without {package}'s own lock file, which some registries lag behind"
            ));
            run(&mut install(&[]))?;
        }
        let _ = fs::remove_dir_all(build);
        Ok(folder)
    }
}

/// The `node_modules` folder with what `xtask/package.json` names: wasm-opt, esbuild, Playwright and axe.
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
        "npm's binaryen, esbuild, @playwright/test and axe-core are missing (the first two make the page small, the others test it): \
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
        DebianPackages {
            names: &["nodejs", "npm"],
            what: "Node.js with npm",
            why: "wasm-opt and Playwright run on it",
            minutes: 2,
        }
        .install()?;
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
    DebianPackages {
        names: &["chromium"],
        what: "Chromium",
        why: "the tests run the page in it",
        minutes: 2,
    }
    .install()?;
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
    DebianPackages {
        names: &["chromium-driver"],
        what: "chromedriver",
        why: "it steers Chromium in the wasm tests",
        minutes: 1,
    }
    .install()?;
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
        DebianPackages {
            names: &["python3"],
            what: "Python",
            why: "the demos are compared with its asyncio",
            minutes: 1,
        }
        .install()?;
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

/// A thing that Debian's packages bring.
pub struct DebianPackages<'a> {
    pub names: &'a [&'a str],
    /// What is missing.
    pub what: &'a str,
    pub why: &'a str,
    /// How long installing takes.
    pub minutes: u32,
}

impl DebianPackages<'_> {
    /// Whether all of them are installed.
    pub fn are_installed(&self) -> bool {
        let mut query = Command::new("dpkg-query");
        query
            .args(["--show", "--showformat=${db:Status-Status}\n"])
            .args(self.names);
        output(&mut query).is_ok_and(|text| text.lines().all(|line| line == "installed"))
    }

    /// Installs them, with the dependencies they need and no others.
    ///
    /// # Errors
    /// Where that cannot be done; the message says what would.
    pub fn install(&self) -> Result<()> {
        let list = self.names.join(" ");
        let missing = format!("{} is missing ({})", self.what, self.why);
        if find_program(&["apt-get"]).is_none() {
            bail!(
                "{missing}: install it with your system's package manager (Debian calls it {list})"
            );
        }
        let sudo: &[&str] = if is_root() { &[] } else { &["sudo", "-n"] };
        if !sudo.is_empty() && !succeeds(Command::new(sudo[0]).args(&sudo[1..]).arg("true")) {
            bail!("{missing}: run `sudo apt-get install --no-install-recommends {list}`");
        }
        let minutes = self.minutes;
        say(format!(
            "{missing}: apt-get installs {list}, about {minutes} min"
        ));
        let apt_get = |arguments: &[&str]| {
            // sudo passes no variables on.
            let program = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"];
            // Another installation may be going on, and a log has no use for a progress bar.
            let options = ["-o", "DPkg::Lock::Timeout=600", "-o", "Dpkg::Use-Pty=0"];
            let words = [sudo, &program, &options, arguments].concat();
            run(Command::new(words[0]).args(&words[1..]))
        };
        // An old list names files that are gone. One of its sources may fail while the needed one is there.
        if let Err(error) = apt_get(&["update"]) {
            say(format!(
                "going on with the package lists as they are: {error}"
            ));
        }
        apt_get(&[&["install", "--yes", "--no-install-recommends"], self.names].concat())
    }
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
