//! The programs the commands need beside Rust: found where they are, installed where they are missing.
//!
//! Everything that can be is put into the cache folder, named by tool and version, so that the next
//! checkout finds it. Only Debian's packages (a browser, Python) go into the system.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde_json::json;
use xshell::{Cmd, cmd};

use crate::debian::{Packages, is_root};
use crate::process::{find_program, own_cargo_path, say, shell, variable};

/// The Trunk release that this project's Trunk.toml and index.html are written for.
const TRUNK_VERSION: &str = "0.21.14";

/// The oldest Node.js that Playwright runs on.
const NODE_MAJOR: u32 = 20;

/// The oldest Python 3 whose asyncio the demos are compared with.
pub const OLDEST_PYTHON: u32 = 11;

/// The Python 3 whose asyncio ours equals where versions differ.
pub const LIKE_PYTHON: u32 = 13;

/// The folder that keeps tools between checkouts.
pub fn cache() -> Result<PathBuf> {
    if let Some(folder) = variable("INTERLEAVE_CACHE") {
        return Ok(std::path::absolute(folder)?);
    }
    let base = variable("XDG_CACHE_HOME").or_else(|| variable("LOCALAPPDATA"));
    let base = base
        .map(PathBuf::from)
        .or_else(|| Some(std::env::home_dir()?.join(".cache")));
    let base = base.context("no HOME is set: set INTERLEAVE_CACHE to a folder for tools")?;
    Ok(base.join("interleave"))
}

/// The folder that holds `trunk`.
pub fn trunk() -> Result<PathBuf> {
    CargoTool {
        package: "trunk",
        programs: &["trunk"],
        version: TRUNK_VERSION,
        why: "it builds the page",
        minutes: 5,
    }
    .folder()
}

/// The folder that holds `wasm-bindgen` and its test runner, in the version that Cargo.lock names: the two
/// halves of wasm-bindgen only understand each other in the same version.
pub fn wasm_bindgen() -> Result<PathBuf> {
    let lock = shell()?.read_file("Cargo.lock")?;
    let version = locked_version(&lock, "wasm-bindgen");
    CargoTool {
        package: "wasm-bindgen-cli",
        programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
        version: version.context("Cargo.lock names no wasm-bindgen")?,
        why: "it writes the JavaScript around the wasm file",
        minutes: 3,
    }
    .folder()
}

/// The version of a package in the text of a Cargo.lock.
fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let (_, entry) = lock.split_once(&format!("name = \"{package}\"\nversion = \""))?;
    entry.split_once('"').map(|(version, _)| version)
}

/// A tool that is written in Rust.
struct CargoTool<'a> {
    package: &'a str,
    /// Its programs, which lie in one folder; the first says its version.
    programs: &'a [&'a str],
    version: &'a str,
    why: &'a str,
    /// How long compiling it takes on two cores.
    minutes: u32,
}

/// Where a tool comes from.
#[derive(Debug, PartialEq, Eq)]
enum Source {
    Path,
    Cache,
    /// `cargo binstall` downloads what others compiled.
    Binstall,
    Compiler,
}

/// The quickest source of a tool in the very version that is wanted.
fn source(wanted: &str, on_path: Option<&str>, is_in_cache: bool, has_binstall: bool) -> Source {
    match on_path {
        Some(version) if version == wanted => Source::Path,
        _ if is_in_cache => Source::Cache,
        _ if has_binstall => Source::Binstall,
        _ => Source::Compiler,
    }
}

impl CargoTool<'_> {
    /// The folder that holds its programs; installs it where it is missing.
    fn folder(&self) -> Result<PathBuf> {
        let Self {
            package,
            programs,
            version,
            why,
            minutes,
        } = self;
        let sh = shell()?;
        let home = cache()?.join(format!("{package}-{version}"));
        let has_programs = |folder: &Path| {
            let file = |name| folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
            programs.iter().all(|name| file(name).is_file())
        };
        let cached = home.join("bin");
        let on_path = find_program(&programs[..1]).and_then(|file| {
            let said = cmd!(sh, "{file} --version")
                .quiet()
                .ignore_stderr()
                .read()
                .ok()?;
            let folder = file.parent().filter(|folder| has_programs(folder))?;
            Some((
                folder.to_owned(),
                said.split_whitespace().nth(1)?.to_owned(),
            ))
        });
        let version_on_path = on_path.as_ref().map(|(_, version)| version.as_str());
        let has_binstall = find_program(&["cargo-binstall"]).is_some();
        let source = source(
            version,
            version_on_path,
            has_programs(&cached),
            has_binstall,
        );
        let cargo = own_cargo_path();
        let missing = format!("{package} {version} is missing ({why})");
        let to = format!("into {}, once", home.display());
        match (source, on_path) {
            (Source::Path, Some((folder, _))) => return Ok(folder),
            (Source::Cache, _) => return Ok(cached),
            (Source::Binstall, _) => {
                say(format!(
                    "{missing}: cargo binstall downloads it {to}, some seconds"
                ));
                let options = "--no-confirm --disable-strategies compile".split(' ');
                let binstall = cmd!(sh, "{cargo} binstall {options...} --root {home}");
                let result = binstall.args(["--version", version, package]).run();
                if result.is_ok() && has_programs(&cached) {
                    return Ok(cached);
                }
                say("nobody has compiled it for this machine, or it cannot be reached");
            }
            _ => {}
        }
        say(format!(
            "{missing}: cargo compiles it {to}, about {minutes} min"
        ));
        // A build folder that outlives an interrupted installation lets the next one go on from there.
        let build = cache()?.join(format!("{package}-{version}-build"));
        let install = |locked: Option<&str>| {
            let install = cmd!(
                sh,
                "{cargo} install {package} --version {version} {locked...}"
            );
            install
                .args(["--root".as_ref(), home.as_os_str()])
                .env("CARGO_TARGET_DIR", &build)
        };
        let status = std::process::Command::from(install(Some("--locked"))).status()?;
        if status.code().is_none() {
            bail!("installing {package} was interrupted ({status})");
        }
        if !status.success() {
            say(format!(
                "once more without {package}'s own lock file, which some registries lag behind"
            ));
            install(None).run()?;
        }
        let _ = fs::remove_dir_all(build);
        Ok(cached)
    }
}

/// The `node_modules` folder with what `xtask/package.json` names: wasm-opt, esbuild, Playwright, axe, html-validate and Selenium.
pub fn node_modules() -> Result<PathBuf> {
    let npm = npm()?;
    let sh = shell()?;
    let lock = sh.read_file("xtask/package-lock.json")?;
    let home = cache()?.join(format!("npm-{:016x}", crate::files::hash(lock.as_bytes())));
    let modules = home.join("node_modules");
    // npm writes this file last.
    if modules.join(".package-lock.json").is_file() {
        return Ok(modules);
    }
    say(format!(
        "npm's binaryen, esbuild, @playwright/test, axe-core, html-validate and selenium-webdriver are missing (the first two make the page small, the others test it): \
         npm installs them into {}, once, some seconds",
        home.display()
    ));
    sh.create_dir(&home)?;
    sh.copy_file("xtask/package.json", home.join("package.json"))?;
    sh.copy_file("xtask/package-lock.json", home.join("package-lock.json"))?;
    sh.change_dir(&home);
    // Tests use the browser that `browser` finds.
    let ci = cmd!(sh, "{npm} ci --no-audit --no-fund");
    ci.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1").run()?;
    Ok(modules)
}

/// `npm`, with a Node.js that is new enough.
fn npm() -> Result<PathBuf> {
    let packages = Packages::new(
        &["nodejs", "npm"],
        "Node.js with npm",
        "wasm-opt and Playwright run on it",
    );
    found_or_installed(
        || find_program(&["node"]).and(find_program(&["npm"])),
        &packages,
        "PATH",
    )
    .and_then(|npm| {
        let sh = shell()?;
        let version = cmd!(sh, "node --version").quiet().read()?;
        let major = version.trim_start_matches('v').split('.').next();
        if major.and_then(|text| text.parse().ok()) < Some(NODE_MAJOR) {
            bail!("Node.js {version} is too old: install version {NODE_MAJOR} or newer");
        }
        Ok(npm)
    })
}

/// What `find` finds, if need be after an installation; `variable` says where to look.
fn found_or_installed(
    find: impl Fn() -> Option<PathBuf>,
    packages: &Packages,
    variable: &str,
) -> Result<PathBuf> {
    if let Some(file) = find() {
        return Ok(file);
    }
    packages.install()?;
    let what = packages.what;
    find().with_context(|| {
        format!("{what} is missing after its installation: set {variable} to where it is")
    })
}

/// Chromium, or a browser like it.
pub fn browser() -> Result<PathBuf> {
    let names = [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ];
    let mac = Path::new("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
    let find = || {
        let set = std::env::var_os("INTERLEAVE_BROWSER").map(PathBuf::from);
        let found = set.or_else(|| find_program(&names));
        found.or_else(|| mac.is_file().then(|| mac.to_path_buf()))
    };
    let packages = Packages::new(&["chromium"], "Chromium", "the tests run the page in it");
    found_or_installed(find, &packages, "INTERLEAVE_BROWSER")
}

/// The program through which wasm-bindgen's test runner steers the browser.
pub fn chromedriver() -> Result<PathBuf> {
    let find = || {
        let set = std::env::var_os("CHROMEDRIVER").map(PathBuf::from);
        set.or_else(|| find_program(&["chromedriver"]))
    };
    let packages = Packages::new(
        &["chromium-driver"],
        "chromedriver",
        "it steers Chromium in the wasm tests",
    );
    found_or_installed(find, &packages, "CHROMEDRIVER")
}

/// A browser in which the page is tried, and the program through which it is steered.
struct Steered {
    name: &'static str,
    driver: PathBuf,
    binary: PathBuf,
}

/// The GeckoDriver release that steers Firefox.
const GECKODRIVER_VERSION: &str = "0.37.1";

fn firefox() -> Result<Steered> {
    let packages = Packages::new(
        &["firefox-esr"],
        "Firefox",
        "the tests run the page in it too",
    );
    let mac = Path::new("/Applications/Firefox.app/Contents/MacOS/firefox");
    let find = || {
        let found = find_program(&["firefox-esr", "firefox"]);
        found.or_else(|| mac.is_file().then(|| mac.to_path_buf()))
    };
    let binary = found_or_installed(find, &packages, "PATH")?;
    let driver = CargoTool {
        package: "geckodriver",
        programs: &["geckodriver"],
        version: GECKODRIVER_VERSION,
        why: "it steers Firefox in the tests",
        minutes: 3,
    };
    Ok(Steered {
        name: "firefox",
        driver: driver
            .folder()?
            .join(format!("geckodriver{}", std::env::consts::EXE_SUFFIX)),
        binary,
    })
}

fn webkit() -> Result<Steered> {
    ensure!(
        cfg!(target_os = "linux"),
        "WebKit's small browser and its driver are packages of Linux only"
    );
    let packages = Packages::new(
        &["webkit2gtk-driver", "xvfb"],
        "WebKit with its driver, and a screen for it",
        "the tests run the page in it too",
    );
    let find = || {
        find_program(&["Xvfb"])?;
        find_program(&["WebKitWebDriver"])
    };
    let driver = found_or_installed(find, &packages, "PATH")?;
    // The small browser lies beside the library.
    let binary = ["/usr/lib", "/usr/libexec"].into_iter().find_map(|folder| {
        let entries = walkdir::WalkDir::new(folder).max_depth(3).into_iter();
        let names = entries.flatten().map(walkdir::DirEntry::into_path);
        names.filter(|path| path.ends_with("MiniBrowser")).max()
    });
    Ok(Steered {
        name: "webkit",
        driver,
        binary: binary.context("WebKit's MiniBrowser is in no folder below /usr/lib")?,
    })
}

/// The browsers that can be had here, in the form that `tests/browsers` reads; what cannot be had is said.
/// Chromium comes first: the others are compared with it.
pub fn browsers() -> Result<String> {
    let chromium = json!({
        "name": "chromium", "driver": chromedriver()?, "binary": browser()?, "flags": browser_flags(),
    });
    let mut browsers = vec![chromium];
    for (name, other) in [("Firefox", firefox()), ("WebKit", webkit())] {
        match other {
            Ok(Steered {
                name,
                driver,
                binary,
            }) => browsers.push(json!({ "name": name, "driver": driver, "binary": binary })),
            Err(error) => say(format!(
                "{name} cannot be had here, so the page is not tried in it: {error:#}"
            )),
        }
    }
    Ok(json!(browsers).to_string())
}

/// The flags with which tests start the browser.
fn browser_flags() -> Vec<&'static str> {
    // Nothing but the tests' own requests, and no GPU process that a machine without a screen has to give up.
    let flags = "--headless=new --disable-gpu --disable-quic --no-first-run \
                 --disable-background-networking --disable-component-update --disable-sync";
    // Chromium's sandbox refuses to work for root.
    let for_root = is_root().then_some("--no-sandbox");
    flags.split_whitespace().chain(for_root).collect()
}

/// Tells a script that runs on Node.js where the page, the npm packages and the browser are.
pub fn with_browser<'a>(node: Cmd<'a>, address: &str) -> Result<Cmd<'a>> {
    Ok(node
        .env("NODE_PATH", node_modules()?)
        .env("INTERLEAVE_URL", address)
        .env("INTERLEAVE_BROWSER", browser()?)
        .env(
            "INTERLEAVE_BROWSER_FLAGS",
            json!(browser_flags()).to_string(),
        ))
}

/// The file that tells wasm-bindgen's test runner how to start the browser.
pub fn webdriver_settings() -> Result<PathBuf> {
    let options = json!({ "binary": browser()?, "args": browser_flags() });
    let file = cache()?.join("webdriver.json");
    fs::write(&file, json!({ "goog:chromeOptions": options }).to_string())?;
    Ok(file)
}

/// A CPython that was found.
pub struct Python {
    /// The program.
    pub path: PathBuf,
    /// What comes after the `3.` of its version.
    pub minor: u32,
    /// The whole version, such as `3.13.0`.
    pub version: String,
}

impl Python {
    /// What the variable PYTHON names; if it is not set, 3.13 or else any `python3` of the PATH. `None`
    /// when there is none, or none that is 3.`oldest` or newer.
    pub fn find(oldest: u32) -> Option<Python> {
        let named = variable("PYTHON").map(PathBuf::from);
        let on_path = || {
            let names = [format!("python3.{LIKE_PYTHON}"), "python3".to_owned()];
            names
                .iter()
                .filter_map(|name| find_program(&[name]))
                .collect()
        };
        let candidates = named.map_or_else(on_path, |named| vec![named]);
        let mut found = candidates.into_iter().filter_map(Python::ask);
        found.find(|python| python.minor >= oldest)
    }

    /// Asks a program for its version; `None` when it is no CPython 3, or does not start, as the
    /// programs of a version manager do whose version is not chosen.
    fn ask(path: PathBuf) -> Option<Python> {
        let script =
            "import platform; print(platform.python_implementation(), platform.python_version())";
        let sh = shell().ok()?;
        let answer = cmd!(sh, "{path} -I -c {script}").quiet().ignore_stderr();
        let (version, minor) = cpython_version(&answer.read().ok()?)?;
        Some(Python {
            path,
            minor,
            version,
        })
    }
}

/// The version in `CPython 3.13.0`, and its middle part.
fn cpython_version(answer: &str) -> Option<(String, u32)> {
    let version = answer.trim().strip_prefix("CPython ")?;
    let minor = version.strip_prefix("3.")?.split('.').next()?;
    Some((version.to_owned(), minor.parse().ok()?))
}

/// A Python that is new enough, which is installed if need be.
pub fn python() -> Result<Python> {
    if let Some(python) = Python::find(OLDEST_PYTHON) {
        return Ok(python);
    }
    let packages = Packages::new(
        &["python3"],
        "Python",
        "the demos are compared with its asyncio",
    );
    found_or_installed(|| find_program(&["python3"]), &packages, "PATH")?;
    Python::find(OLDEST_PYTHON).with_context(|| {
        format!("no CPython 3.{OLDEST_PYTHON} or newer is there: set PYTHON to where one is")
    })
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

    #[test]
    fn a_version_of_cpython_is_read() {
        let read = |answer| cpython_version(answer);
        assert_eq!(read("CPython 3.13.0\n"), Some(("3.13.0".to_owned(), 13)));
        assert_eq!(
            read("CPython 3.14.0rc1"),
            Some(("3.14.0rc1".to_owned(), 14))
        );
        assert_eq!(read("PyPy 3.11.13"), None);
        assert_eq!(read("CPython 2.7.18"), None);
    }

    #[test]
    fn a_tool_comes_from_where_it_is_had_soonest() {
        let of = |on_path, is_in_cache, has_binstall| {
            source("1.2.3", on_path, is_in_cache, has_binstall)
        };
        assert_eq!(of(Some("1.2.3"), true, true), Source::Path);
        assert_eq!(
            of(Some("1.2.4"), true, true),
            Source::Cache,
            "another version is no use"
        );
        assert_eq!(of(None, true, false), Source::Cache);
        assert_eq!(of(Some("1.2.30"), false, true), Source::Binstall);
        assert_eq!(of(None, false, false), Source::Compiler);
    }
}
