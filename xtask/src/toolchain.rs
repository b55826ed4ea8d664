//! The Rust that compiles for wasm.
//!
//! Most machines have rustup, which adds the target. Where it cannot (no rustup, or its server out of reach)
//! Debian's packages do: they have no compiled standard library for wasm, but its source, so cargo builds it
//! along with the project.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{find_program, output, prepend_path, run, say, succeeds};
use crate::tools::DebianPackages;

/// The target of the page and the worker.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Compiler, cargo, the standard library's source, and the linker. Bookworm's plain `rustc` is too old; the
/// `-web` packages are the ones Debian keeps new for its browsers.
const DEBIAN_RUST: DebianPackages = DebianPackages {
    names: &["rustc-web", "cargo-web", "rust-web-src", "lld-22"],
    what: "Debian's Rust",
    why: "it compiles for wasm where rustup cannot add the target",
    minutes: 2,
};

const DEBIAN_CLIPPY: DebianPackages = DebianPackages {
    names: &["rust-web-clippy"],
    what: "Debian's clippy",
    why: "it checks the page's code",
    minutes: 1,
};

/// Where those packages put their programs.
const DEBIAN_BIN: &str = "/usr/bin";

/// The linker among them: rustc would look for its own `rust-lld`, which Debian does not ship.
const DEBIAN_LINKER: &str = "wasm-ld-22";

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
        match std::env::var("INTERLEAVE_RUST").as_deref() {
            Ok("own") => return own().map(|()| Self::Own),
            Ok("debian") => return debian().map(|()| Self::Debian),
            Ok(other) => bail!("INTERLEAVE_RUST is `own` or `debian`, not `{other}`"),
            Err(_) => {}
        }
        if own_has_target() {
            return Ok(Self::Own);
        }
        if DEBIAN_RUST.are_installed() && debian().is_ok() {
            return Ok(Self::Debian);
        }
        let Err(no_target) = own() else {
            return Ok(Self::Own);
        };
        if find_program(&["apt-get"]).is_none() {
            return Err(no_target);
        }
        say(format!("{no_target:#}: trying Debian's Rust instead"));
        debian()?;
        Ok(Self::Debian)
    }

    /// A cargo command that compiles for wasm.
    pub fn cargo(self, subcommand: &str) -> Result<Command> {
        let mut command = match self {
            Self::Own => own_cargo(),
            // As rustup's shims come first on many a PATH, nothing is left to be looked up there.
            Self::Debian if subcommand == "clippy" => {
                Command::new(Path::new(DEBIAN_BIN).join("cargo-clippy"))
            }
            Self::Debian => Command::new(Path::new(DEBIAN_BIN).join("cargo")),
        };
        command.arg(subcommand);
        self.prepare(&mut command)?;
        Ok(command)
    }

    /// Makes a program that calls `cargo` itself, as Trunk does, call this Rust's.
    pub fn prepare(self, command: &mut Command) -> Result<()> {
        if self == Self::Debian {
            prepend_path(command, &[Path::new(DEBIAN_BIN)])?;
            // What `cargo xtask` was started with points to the other toolchain.
            for name in ["RUSTC", "RUSTDOC", "RUSTUP_TOOLCHAIN", "LD_LIBRARY_PATH"] {
                command.env_remove(name);
            }
            command.env("CARGO", Path::new(DEBIAN_BIN).join("cargo"));
            let linker = Path::new(DEBIAN_BIN).join(DEBIAN_LINKER);
            command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
            build_std(command);
        }
        Ok(())
    }

    /// Makes a prepared program compile the standard library along with the page, for size: that
    /// takes a twentieth off the first load. Where the library's source cannot be had, the compiled
    /// one has to do.
    pub fn prepare_for_size(self, command: &mut Command) {
        if self == Self::Debian || add_std_source() {
            build_std(command);
            command.env("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size");
            command.env("CARGO_ENCODED_RUSTFLAGS", SMALLER.join("\u{1f}"));
        }
    }

    /// Installs clippy where this Rust has none.
    pub fn add_clippy(self) -> Result<()> {
        match self {
            Self::Own => add_component("clippy"),
            Self::Debian if DEBIAN_CLIPPY.are_installed() => Ok(()),
            Self::Debian => DEBIAN_CLIPPY.install(),
        }
    }

    /// The compiler's version line: what was built by another compiler is not fresh.
    pub fn version(self) -> Result<String> {
        match self {
            Self::Own => output(Command::new("rustc").arg("--version")),
            Self::Debian => {
                output(Command::new(Path::new(DEBIAN_BIN).join("rustc")).arg("--version"))
            }
        }
    }
}

/// Leaves out what `{:?}` writes, which the page shows nowhere, and the columns of panics' places:
/// together a fiftieth of the first load.
const SMALLER: [&str; 2] = ["-Zfmt-debug=none", "-Zlocation-detail=file,line"];

/// Makes cargo build the standard library too. A stable compiler does that only when told that it may.
fn build_std(command: &mut Command) {
    command.env("RUSTC_BOOTSTRAP", "1");
    command.env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort");
}

/// Whether the source of the standard library is there, or could be added.
fn add_std_source() -> bool {
    let Ok(sysroot) = output(Command::new("rustc").args(["--print", "sysroot"])) else {
        return false;
    };
    let library = Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/Cargo.toml");
    if !library.is_file() && find_program(&["rustup"]).is_some() {
        say("the standard library's source is missing: rustup adds it, some seconds");
        let _ = run(Command::new("rustup").args(["component", "add", "rust-src"]));
    }
    if !library.is_file() {
        say("without the standard library's source the page is some kilobytes larger");
    }
    library.is_file()
}

/// The cargo that runs this program, for everything native.
pub fn own_cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Adds a rustup component (`clippy`, `rustfmt`) where cargo does not have it.
pub fn add_component(name: &str) -> Result<()> {
    let subcommand = if name == "rustfmt" { "fmt" } else { name };
    if succeeds(own_cargo().args([subcommand, "--version"])) {
        return Ok(());
    }
    if find_program(&["rustup"]).is_none() {
        bail!("cargo {subcommand} is missing: install {name} the way Rust was installed");
    }
    say(format!("{name} is missing: rustup adds it, some seconds"));
    run(Command::new("rustup").args(["component", "add", name]))
}

/// Gives the running Rust the target.
fn own() -> Result<()> {
    if own_has_target() {
        return Ok(());
    }
    if find_program(&["rustup"]).is_none() {
        bail!("this Rust has no standard library for {TARGET}: install rustup, which adds it");
    }
    say(format!(
        "the standard library for {TARGET} is missing: rustup adds it, some seconds"
    ));
    run(Command::new("rustup").args(["target", "add", TARGET])).with_context(|| {
        format!("rustup could not add {TARGET} (`rustup target add {TARGET}` shows why)")
    })
}

/// Whether the running Rust has the target's standard library.
fn own_has_target() -> bool {
    let mut rustc = Command::new("rustc");
    output(rustc.args(["--print", "target-libdir", "--target", TARGET]))
        .is_ok_and(|folder| Path::new(folder.trim()).is_dir())
}

/// Installs Debian's Rust where it is missing.
fn debian() -> Result<()> {
    if !DEBIAN_RUST.are_installed() {
        DEBIAN_RUST.install()?;
    }
    let version = WasmRust::Debian.version()?;
    let needed = env!("CARGO_PKG_RUST_VERSION");
    if numbers(version.split_whitespace().nth(1).unwrap_or_default()) < numbers(needed) {
        bail!(
            "Debian's {} is older than Rust {needed}: run `apt-get update && apt-get upgrade`",
            version.trim()
        );
    }
    Ok(())
}

/// The numbers of a version, which compare in order.
fn numbers(version: &str) -> Vec<u32> {
    version
        .split(['.', '-', '+'])
        .map_while(|part| part.parse().ok())
        .collect()
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
