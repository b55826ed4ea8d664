//! `cargo xtask lint`: formatting and clippy, natively and for wasm. A warning is an error.

use anyhow::Result;

use crate::process::{run, say};
use crate::toolchain::{TARGET, WasmRust, add_component, own_cargo};
use crate::{files, no_arguments, root};

/// The demos' files, which rustfmt does not find by itself: a macro makes their modules.
fn demos() -> Result<Vec<String>> {
    let folder = "src/demos/";
    let mut names = files::names(&root().join(folder))?;
    names.retain(|name| name.ends_with(".rs"));
    Ok(names.iter().map(|name| format!("{folder}{name}")).collect())
}

/// `cargo xtask lint`.
pub fn command(arguments: &[String]) -> Result<()> {
    no_arguments("lint", arguments)?;
    add_component("rustfmt")?;
    say("formatting: some seconds");
    run(own_cargo()
        .args(["fmt", "--all", "--check", "--"])
        .args(demos()?)
        .current_dir(root()))?;

    add_component("clippy")?;
    say("clippy for the native code: about a minute the first time");
    let mut native = own_cargo();
    native.args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "--deny",
        "warnings",
    ]);
    run(native.current_dir(root()))?;

    let rust = WasmRust::find_or_install()?;
    rust.add_clippy()?;
    say("clippy for the page: about a minute the first time");
    // The other tests are native, and so are their dependencies.
    let mut wasm = rust.cargo("clippy")?;
    wasm.args([
        "--package",
        "interleave",
        "--target",
        TARGET,
        "--lib",
        "--bins",
        "--example",
        "bench_web",
        "--example",
        "bench_picture",
        "--test",
        "web",
    ]);
    run(wasm.args(["--", "--deny", "warnings"]).current_dir(root()))
}
