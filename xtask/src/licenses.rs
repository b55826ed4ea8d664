//! What others wrote of the page, with their licences: the crates that are linked into the wasm files.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;
use xshell::{Shell, cmd};

use crate::process::own_cargo_path;
use crate::toolchain::{TARGET, WasmRust};

/// The package that becomes the page.
const PACKAGE: &str = "interleave";

/// How the names of files with a licence start.
const LICENSE_FILES: [&str; 5] = ["LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE"];

/// The text for the page's folder: every crate with its licence and where it comes from, then the texts of the
/// licences, each once.
///
/// # Errors
/// When cargo does not know the crates, or a licence cannot be read.
pub fn third_party(sh: &Shell, rust: WasmRust) -> Result<String> {
    let mut text = text(&linked(sh)?, &metadata(sh)?)?;
    let _ = writeln!(
        text,
        "\n----- The Rust standard library ({})\n\nMIT OR Apache-2.0, \
         https://github.com/rust-lang/rust, its contributors (https://thanks.rust-lang.org)",
        rust.version(sh)?
    );
    Ok(text)
}

/// The names and versions of the crates that are linked into the page; those that only run while it is
/// compiled are not among them.
fn linked(sh: &Shell) -> Result<BTreeSet<(String, String)>> {
    let (cargo, format) = (own_cargo_path(), "{p}");
    let tree = cmd!(
        sh,
        "{cargo} tree --locked --package {PACKAGE} --target {TARGET}"
    )
    .args([
        "--edges",
        "normal,no-proc-macro",
        "--prefix",
        "none",
        "--format",
        format,
    ]);
    let mut crates = BTreeSet::new();
    for line in tree.quiet().read()?.lines() {
        let words = line.split_once(" v");
        let (name, version) = words.with_context(|| format!("cargo tree wrote `{line}`"))?;
        let version = version.split(' ').next().unwrap_or_default();
        crates.insert((name.to_owned(), version.to_owned()));
    }
    Ok(crates)
}

/// What cargo knows of all packages.
fn metadata(sh: &Shell) -> Result<Value> {
    let cargo = own_cargo_path();
    let metadata = cmd!(sh, "{cargo} metadata --locked --format-version 1");
    let metadata = metadata
        .args(["--filter-platform", TARGET])
        .quiet()
        .read()?;
    Ok(serde_json::from_str(&metadata)?)
}

fn text(linked: &BTreeSet<(String, String)>, metadata: &Value) -> Result<String> {
    let mut list = String::from(
        "Interleave contains the following software of others, under these licences.\n\n",
    );
    let mut texts = BTreeMap::<String, Vec<String>>::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let word = |key: &str| package[key].as_str().unwrap_or_default();
        let key = (word("name").to_owned(), word("version").to_owned());
        // What has no source is the project's own.
        if package["source"].is_null() || !linked.contains(&key) {
            continue;
        }
        let (name, version) = key;
        let authors = package["authors"].as_array().into_iter().flatten();
        let authors = authors
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join(", ");
        let parts = [
            &format!("{name} {version}"),
            word("license"),
            word("repository"),
            &authors,
        ];
        let parts = parts.into_iter().filter(|part| !part.is_empty());
        list += &format!("{}\n", parts.collect::<Vec<_>>().join(" | "));
        let manifest = Path::new(word("manifest_path"));
        for text in license_texts(manifest.parent().context("a manifest has a folder")?)? {
            texts.entry(text).or_default().push(name.clone());
        }
    }
    for (text, names) in texts {
        list += &format!("\n----- {}\n\n{text}\n", names.join(", "));
    }
    Ok(list)
}

/// The licences that lie in a package's folder.
fn license_texts(folder: &Path) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("could not read {folder:?}"))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().to_uppercase();
        if entry.file_type()?.is_file() && LICENSE_FILES.iter().any(|start| name.starts_with(start))
        {
            let text = fs::read_to_string(entry.path())?;
            // Copies differ in their ends of lines.
            texts.push(
                text.lines()
                    .map(str::trim_end)
                    .collect::<Vec<_>>()
                    .join("\n"),
            );
        }
    }
    texts.sort();
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::shell;

    /// The crates that the page's cannot be without: those reached by dependencies that are neither
    /// optional, nor only for building or testing, nor macros.
    fn needed(metadata: &Value) -> BTreeSet<&str> {
        let list = |value: &'_ Value| value.as_array().expect("a list").clone();
        let packages = metadata["packages"].as_array().expect("packages");
        let mut waiting = vec![PACKAGE.to_owned()];
        let mut names = BTreeSet::new();
        while let Some(name) = waiting.pop() {
            // Of several versions one will do.
            let Some(package) = packages.iter().find(|package| package["name"] == *name) else {
                continue;
            };
            let mut targets = list(&package["targets"]).into_iter();
            if targets.any(|target| target["kind"][0] == "proc-macro") {
                continue;
            }
            if !names.insert(package["name"].as_str().expect("a name")) {
                continue;
            }
            for dependency in list(&package["dependencies"]) {
                let is_needed = dependency["kind"].is_null()
                    && dependency["optional"] == false
                    && dependency["target"].is_null();
                if is_needed {
                    waiting.push(dependency["name"].as_str().expect("a name").to_owned());
                }
            }
        }
        names.remove(PACKAGE);
        names
    }

    #[test]
    fn every_crate_in_the_page_is_named_with_its_licence() -> Result<()> {
        let sh = shell()?;
        let metadata = metadata(&sh)?;
        let text = text(&linked(&sh)?, &metadata)?;
        let needed = needed(&metadata);
        assert!(needed.contains("serde") && needed.len() > 5, "{needed:?}");
        for name in needed
            .into_iter()
            .chain(["yew", "wasm-bindgen", "web-sys", "gloo-timers"])
        {
            let start = format!("\n{name} ");
            let at = text
                .find(&start)
                .unwrap_or_else(|| panic!("{name} is not named"));
            let line = text[at + 1..].lines().next().expect("a line");
            assert!(
                line.contains("MIT") || line.contains("Apache") || line.contains("Unicode"),
                "{line}"
            );
        }
        assert!(
            !text.contains("\nsyn "),
            "what only runs at build time is not in the page"
        );
        assert!(text.contains("Permission is hereby granted"));
        Ok(())
    }
}
