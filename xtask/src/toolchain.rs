//! The Rust that compiles for wasm.
//!
//! Most machines have rustup, which adds the target. Where it cannot (no rustup, or its server out of reach)
//! Debian's packages do: they have no compiled standard library for wasm, but its source, so cargo builds it
//! along with the project.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use xshell::{Cmd, Shell, cmd};

use crate::debian::Packages;
use crate::process::{
    find_program, own_cargo_path, path_after, say, shell, succeeds, unknown, variable,
};

/// The target of the page and the worker.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Compiler, cargo, the standard library's source, and the linker. Bookworm's plain `rustc` is too old; the
/// `-web` packages are the ones Debian keeps new for its browsers.
const DEBIAN_RUST: Packages = Packages::new(
    &["rustc-web", "cargo-web", "rust-web-src", "lld-22"],
    "Debian's Rust",
    "it compiles for wasm where rustup cannot add the target",
);

const DEBIAN_CLIPPY: Packages = Packages::new(
    &["rust-web-clippy"],
    "Debian's clippy",
    "it checks the page's code",
);

/// Where those packages put their programs.
const DEBIAN_BIN: &str = "/usr/bin";

/// The linker among them: rustc would look for its own `rust-lld`, which Debian does not ship.
const DEBIAN_LINKER: &str = "/usr/bin/wasm-ld-22";

/// Leaves out what `{:?}` writes, which the page shows nowhere, and the columns of panics' places:
/// together a fiftieth of the first load.
const SMALLER: [&str; 2] = ["-Zfmt-debug=none", "-Zlocation-detail=file,line"];

/// A Rust that compiles for wasm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WasmRust {
    /// The one that runs this program, with the target added.
    Own,
    /// Debian's, which builds the standard library too.
    Debian,
}

impl WasmRust {
    /// Finds one, or installs what it lacks.
    ///
    /// # Errors
    /// When neither way works; the message says what would.
    pub fn find_or_install() -> Result<Self> {
        let sh = shell()?;
        match std::env::var("INTERLEAVE_RUST").as_deref() {
            Ok("own") => return own(&sh),
            Ok("debian") => return debian(&sh),
            Ok(other) => bail!(unknown(
                "INTERLEAVE_RUST",
                other,
                ["own", "debian"].into_iter()
            )),
            Err(_) => {}
        }
        if !own_has_target(&sh) && DEBIAN_RUST.are_installed() && debian(&sh).is_ok() {
            return Ok(Self::Debian);
        }
        let Err(no_target) = own(&sh) else {
            return Ok(Self::Own);
        };
        if find_program(&["apt-get"]).is_none() {
            return Err(no_target);
        }
        say(format!("{no_target:#}: trying Debian's Rust instead"));
        debian(&sh)
    }

    /// One of its programs.
    fn program(self, name: &str) -> PathBuf {
        match self {
            Self::Own if name == "cargo" => own_cargo_path().into(),
            Self::Own => name.into(),
            // As rustup's shims come first on many a PATH, nothing is left to be looked up there.
            Self::Debian => Path::new(DEBIAN_BIN).join(name),
        }
    }

    /// A cargo command that compiles for wasm.
    pub fn cargo<'a>(self, sh: &'a Shell, subcommand: &str) -> Result<Cmd<'a>> {
        let is_debians_clippy = self == Self::Debian && subcommand == "clippy";
        let name = if is_debians_clippy {
            "cargo-clippy"
        } else {
            "cargo"
        };
        self.prepare(
            sh.cmd(self.program(name))
                .args([subcommand, "--target", TARGET]),
            &[],
        )
    }

    /// Makes a program that calls `cargo` itself, as Trunk does, call this Rust's, and has it look for
    /// programs in some folders first.
    pub fn prepare<'a>(self, mut command: Cmd<'a>, folders: &[PathBuf]) -> Result<Cmd<'a>> {
        let mut folders = folders.to_vec();
        if self == Self::Debian {
            folders.push(DEBIAN_BIN.into());
            // What `cargo xtask` was started with points to the other toolchain.
            for name in ["RUSTC", "RUSTDOC", "RUSTUP_TOOLCHAIN", "LD_LIBRARY_PATH"] {
                command = command.env_remove(name);
            }
            command = build_std(command)
                .env("CARGO", self.program("cargo"))
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", DEBIAN_LINKER);
        }
        Ok(command.env("PATH", path_after(&folders)?))
    }

    /// Makes a prepared program compile for the page: without this machine's paths, and the standard
    /// library along with it, for size, which takes a twentieth off the first load. Where the library's
    /// source cannot be had, the compiled one has to do.
    pub fn prepare_for_page<'a>(self, mut command: Cmd<'a>) -> Result<Cmd<'a>> {
        let sh = shell()?;
        let mut flags = Vec::new();
        for (path, name) in self.build_paths(&sh)? {
            flags.push(format!("--remap-path-prefix={}={name}", path.display()));
        }
        if self == Self::Debian || add_std_source(&sh) {
            command =
                build_std(command).env("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size");
            flags.extend(SMALLER.map(str::to_owned));
            if self == Self::Own {
                // Profile `page` of Cargo.toml; Debian's cargo may not know it yet.
                command = command
                    .env("CARGO_UNSTABLE_PANIC_IMMEDIATE_ABORT", "true")
                    .env("CARGO_PROFILE_PAGE_PANIC", "immediate-abort");
            }
        }
        Ok(command.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}")))
    }

    /// The folders outside the checkout whose names a compiler would write into what it builds, and what it
    /// is to write instead. Places in the project are relative to it in any case.
    pub fn build_paths(self, sh: &Shell) -> Result<Vec<(PathBuf, &'static str)>> {
        let rustc = self.program("rustc");
        let sysroot = cmd!(sh, "{rustc} --print sysroot").quiet().read()?;
        let source = Path::new(&sysroot).join("lib/rustlib/src/rust");
        let mut paths = vec![(source.clone(), "rust")];
        // Debian's is a link.
        paths.extend(source.canonicalize().map(|source| (source, "rust")));
        // A registry's folder is named after its host.
        let registries = sh.read_dir(cargo_home()?.join("registry/src"));
        paths.extend(
            registries
                .unwrap_or_default()
                .into_iter()
                .map(|path| (path, "")),
        );
        Ok(paths)
    }

    /// Installs clippy where this Rust has none.
    pub fn add_clippy(self, sh: &Shell) -> Result<()> {
        match self {
            Self::Own => add_component(sh, "clippy"),
            Self::Debian if DEBIAN_CLIPPY.are_installed() => Ok(()),
            Self::Debian => DEBIAN_CLIPPY.install(),
        }
    }

    /// The compiler's version line: what was built by another compiler is not fresh.
    pub fn version(self, sh: &Shell) -> Result<String> {
        let rustc = self.program("rustc");
        Ok(cmd!(sh, "{rustc} --version").quiet().read()?)
    }
}

/// The folder in which cargo keeps what it downloads.
pub fn cargo_home() -> Result<PathBuf> {
    let home = variable("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    home.context("no HOME is set: set CARGO_HOME to cargo's folder")
}

/// Makes cargo build the standard library too. A stable compiler does that only when told that it may.
fn build_std(command: Cmd<'_>) -> Cmd<'_> {
    command
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
}

/// Whether the source of the standard library is there, or could be added.
fn add_std_source(sh: &Shell) -> bool {
    let Ok(sysroot) = cmd!(sh, "rustc --print sysroot").quiet().read() else {
        return false;
    };
    let library = Path::new(&sysroot).join("lib/rustlib/src/rust/library/Cargo.toml");
    if !library.is_file() && find_program(&["rustup"]).is_some() {
        say("the standard library's source is missing: rustup adds it, some seconds");
        let _ = cmd!(sh, "rustup component add rust-src").run();
    }
    if !library.is_file() {
        say("without the standard library's source the page is some kilobytes larger");
    }
    library.is_file()
}

/// The cargo that runs this program, for everything native.
pub fn own_cargo() -> Command {
    Command::new(own_cargo_path())
}

/// Adds a rustup component (`clippy`, `rustfmt`) where cargo does not have it.
pub fn add_component(sh: &Shell, name: &str) -> Result<()> {
    let cargo = own_cargo_path();
    let subcommand = if name == "rustfmt" { "fmt" } else { name };
    if succeeds(cmd!(sh, "{cargo} {subcommand} --version")) {
        return Ok(());
    }
    if find_program(&["rustup"]).is_none() {
        bail!("cargo {subcommand} is missing: install {name} the way Rust was installed");
    }
    say(format!("{name} is missing: rustup adds it, some seconds"));
    Ok(cmd!(sh, "rustup component add {name}").run()?)
}

/// Gives the running Rust the target.
fn own(sh: &Shell) -> Result<WasmRust> {
    if !own_has_target(sh) {
        if find_program(&["rustup"]).is_none() {
            bail!("this Rust has no standard library for {TARGET}: install rustup, which adds it");
        }
        say(format!(
            "the standard library for {TARGET} is missing: rustup adds it, some seconds"
        ));
        cmd!(sh, "rustup target add {TARGET}").run()?;
    }
    Ok(WasmRust::Own)
}

/// Whether the running Rust has the target's standard library.
fn own_has_target(sh: &Shell) -> bool {
    let folder = cmd!(sh, "rustc --print target-libdir --target {TARGET}")
        .quiet()
        .read();
    folder.is_ok_and(|folder| Path::new(&folder).is_dir())
}

/// Installs Debian's Rust where it is missing.
fn debian(sh: &Shell) -> Result<WasmRust> {
    if !DEBIAN_RUST.are_installed() {
        DEBIAN_RUST.install()?;
    }
    let version = WasmRust::Debian.version(sh)?;
    let needed = env!("CARGO_PKG_RUST_VERSION");
    if numbers(version.split_whitespace().nth(1).unwrap_or_default()) < numbers(needed) {
        bail!(
            "Debian's {version} is older than Rust {needed}: run `apt-get update && apt-get upgrade`"
        );
    }
    Ok(WasmRust::Debian)
}

/// The numbers of a version, which compare in order.
fn numbers(version: &str) -> Vec<u32> {
    let parts = version.split(['.', '-', '+']);
    parts.map_while(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_number() {
        assert!(numbers("1.96.0") > numbers("1.95"));
        assert!(numbers("1.63.0") < numbers("1.95"));
        assert!(numbers("1.100.0") > numbers("1.95"));
        assert!(numbers("") < numbers("1.95"));
    }
}
