//! `cargo xtask lint`: formatting and clippy, natively and for wasm. A warning is an error.

use anyhow::Result;
use xshell::cmd;

use crate::files::{self, root};
use crate::process::{own_cargo_path, say, shell};
use crate::toolchain::{WasmRust, add_component};

/// The demos' files, which rustfmt does not find by itself: a macro makes their modules.
fn demos() -> Result<Vec<String>> {
    let folder = "src/demos/";
    let mut names = files::names(&root().join(folder))?;
    names.retain(|name| name.ends_with(".rs"));
    Ok(names.iter().map(|name| format!("{folder}{name}")).collect())
}

/// `cargo xtask lint`.
pub fn command() -> Result<()> {
    let sh = shell()?;
    let cargo = own_cargo_path();
    add_component(&sh, "rustfmt")?;
    say("formatting: some seconds");
    cmd!(sh, "{cargo} fmt --all --check --")
        .args(demos()?)
        .run()?;

    add_component(&sh, "clippy")?;
    say("clippy for the native code: about a minute the first time");
    cmd!(
        sh,
        "{cargo} clippy --workspace --all-targets -- --deny warnings"
    )
    .run()?;

    let rust = WasmRust::find_or_install()?;
    rust.add_clippy(&sh)?;
    say("clippy for the page: about a minute the first time");
    // The other tests are native, and so are their dependencies.
    let parts = "--package interleave --lib --bins --example bench_web --example bench_picture --test web \
                 -- --deny warnings";
    Ok(rust
        .cargo(&sh, "clippy")?
        .args(parts.split_whitespace())
        .run()?)
}
