//! The release page: Trunk's output, made ready for a static host, in `dist/`.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::process::{output, prepend_path, run, say};
use crate::toolchain::{TARGET, WasmRust};
use crate::{dist, files, root, tools};

/// What the page is not made of: results, and what only tests and readers use.
const NOT_INPUT: [&str; 8] = [
    ".git",
    "target",
    "dist",
    "node_modules",
    "tests",
    "docs",
    "benches",
    "examples",
];

/// Builds `dist/` where something changed since it was built.
///
/// # Errors
/// When a tool is missing and cannot be installed, when the page does not compile, or when [`dist::finish`]
/// finds something in it that a static host must not serve.
pub fn page() -> Result<PathBuf> {
    let rust = WasmRust::find_or_install()?;
    let path = [
        tools::trunk()?,
        tools::wasm_bindgen()?,
        tools::node_modules()?.join(".bin"),
    ];

    // `target` stays this checkout's own where CARGO_TARGET_DIR is shared with others.
    let work = root().join("target/page");
    let stamp = root().join("target/page.stamp");
    let dist = root().join("dist");
    let fingerprint = fingerprint(&root(), &[&rust.version()?, &format!("{path:?}")])?;
    let is_fresh = fs::read_to_string(&stamp).is_ok_and(|text| text == fingerprint);
    if is_fresh && dist.join("index.html").is_file() {
        say("dist/ is as new as its sources: nothing to build");
        return Ok(dist);
    }

    say("building the release page: some seconds, about 2 minutes the first time");
    let start = Instant::now();
    // Trunk is kept off the network, where it would fetch its own copies of the tools; so cargo fetches first.
    let mut fetch = rust.cargo("fetch")?;
    rust.prepare_for_size(&mut fetch);
    run(fetch
        .args(["--quiet", "--locked", "--target", TARGET])
        .current_dir(root()))?;

    let mut trunk = Command::new(path[0].join("trunk"));
    trunk
        .args(["--log", "warn", "build", "--offline", "--locked", "--dist"])
        .arg(&work)
        .current_dir(root());
    // Trunk takes this variable's usual value, 1, for a mistake.
    trunk.env_remove("NO_COLOR");
    // A mistake in the code needs no picture of Trunk's insides.
    trunk.env_remove("RUST_BACKTRACE");
    rust.prepare(&mut trunk)?;
    rust.prepare_for_size(&mut trunk);
    prepend_path(&mut trunk, &path.each_ref().map(PathBuf::as_path))?;
    run(&mut trunk)?;

    minify(&work)?;
    dist::finish(&work)?;
    // Only a finished folder takes the place of the last one.
    let _ = fs::remove_file(&stamp);
    if dist.exists() {
        fs::remove_dir_all(&dist).context("could not remove the last dist/")?;
    }
    fs::rename(&work, &dist)?;
    fs::write(&stamp, fingerprint)?;
    say(format!(
        "built dist/ in {:.0} s",
        start.elapsed().as_secs_f64()
    ));
    Ok(dist)
}

/// Says whether two builds would come out the same: a hash of every file that could be part of the page.
fn fingerprint(root: &Path, tools: &[&str]) -> Result<String> {
    let mut text = tools.join("\n");
    for name in files::names_except(root, &NOT_INPUT)? {
        let content =
            fs::read(root.join(&name)).with_context(|| format!("could not read {name}"))?;
        text += &format!("\n{:016x} {name}", hash(&content));
    }
    Ok(format!("{:016x}", hash(text.as_bytes())))
}

/// Makes what wasm-bindgen wrote smaller: short names between glue and wasm, then no white space in
/// the glue and the style sheets. Trunk's own minifier does not read the glue. No other script may
/// change after Trunk has put its digest into the page.
fn minify(folder: &Path) -> Result<()> {
    let bin = tools::node_modules()?.join(".bin");
    let names = files::names(folder)?;
    let file = |end: &str| {
        let mut found = names
            .iter()
            .filter(|name| name.starts_with("interleave-") && name.ends_with(end));
        let name = found
            .next()
            .with_context(|| format!("Trunk wrote no interleave-*{end}"))?;
        Ok::<_, anyhow::Error>(folder.join(name))
    };
    let (glue, wasm) = (file(".js")?, file(".wasm")?);
    let mut opt = Command::new(bin.join("wasm-opt"));
    // What Rust uses by default. More would let wasm-opt write what not every browser reads.
    for feature in [
        "bulk-memory",
        "multivalue",
        "mutable-globals",
        "nontrapping-float-to-int",
        "reference-types",
        "sign-ext",
    ] {
        opt.arg(format!("--enable-{feature}"));
    }
    opt.args([
        "--minify-imports-and-exports-and-modules",
        "--strip-target-features",
    ]);
    let short = output(opt.arg(&wasm).arg("-o").arg(&wasm))?;
    let text = fs::read_to_string(&glue)?;
    fs::write(
        &glue,
        with_short_names(&text, &serde_json::from_str(&short)?)?,
    )?;
    let mut files = vec![glue];
    let style_sheets = names.iter().filter(|name| name.ends_with(".css"));
    files.extend(style_sheets.map(|name| folder.join(name)));
    for file in files {
        run(Command::new(bin.join("esbuild"))
            .args(["--minify", "--log-level=warning", "--allow-overwrite"])
            .arg(&file)
            .arg(format!("--outfile={}", file.display())))?;
    }
    Ok(())
}

/// Glue that calls imports and exports by their new names, from wasm-opt's list of
/// `{"imports": [[module, old, new]], "exports": [[old, new]]}`.
///
/// The glue is generated: an import stands in it as `name: function` or `name: arguments =>`, an
/// export as `wasm.name`, their module once as a string.
fn with_short_names(glue: &str, names: &Value) -> Result<String> {
    let list = |key: &str| names[key].as_array().context("wasm-opt gave no names");
    let word = |row: &Value, at: usize| row[at].as_str().unwrap_or_default().to_owned();
    let mut text = glue.to_owned();
    for row in list("imports")? {
        let (module, old, new) = (word(row, 0), word(row, 1), word(row, 2));
        text = text.replace(&format!("\"{module}\":"), "\"a\":");
        let (from, to) = (format!(" {old}: "), format!(" {new}: "));
        if text.matches(&from).count() != 1 {
            bail!("the glue does not have the import {old} once");
        }
        text = text.replace(&from, &to);
    }
    for row in list("exports")? {
        let (old, new) = (word(row, 0), word(row, 1));
        text = replace_word(&text, &format!("wasm.{old}"), &format!("wasm.{new}"));
    }
    Ok(text)
}

/// Replaces a word, but not where it is the beginning of a longer one.
fn replace_word(text: &str, word: &str, by: &str) -> String {
    let mut parts = text.split(word);
    let mut result = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let goes_on = part.starts_with(|c: char| c.is_ascii_alphanumeric() || "_$".contains(c));
        result += if goes_on { word } else { by };
        result += part;
    }
    result
}

/// A hash for names and comparisons; nothing that has to withstand malice.
pub fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_glue_calls_imports_and_exports_by_their_short_names() -> Result<()> {
        let glue = "const import0 = {\n __wbg_now_1: function(x) { wasm.__malloc(1); wasm.__malloc2(); },\n \
            __wbg_no_2: (y) => y };\n return { \"./glue.js\": import0 };";
        let names = serde_json::json!({
            "imports": [["./glue.js", "__wbg_now_1", "$"], ["./glue.js", "__wbg_no_2", "b"]],
            "exports": [["__malloc", "c"]],
        });
        let text = with_short_names(glue, &names)?;
        assert_eq!(
            text,
            "const import0 = {\n $: function(x) { wasm.c(1); wasm.__malloc2(); },\n b: (y) => y };\n \
            return { \"a\": import0 };"
        );
        let problem = with_short_names("{}", &names).map_err(|error| error.to_string());
        assert_eq!(
            problem.err().as_deref(),
            Some("the glue does not have the import __wbg_now_1 once")
        );
        Ok(())
    }

    #[test]
    fn a_build_is_fresh_until_an_input_or_a_tool_changes() -> Result<()> {
        let checkout = tempfile::tempdir()?;
        let root = checkout.path();
        fs::create_dir_all(root.join("src"))?;
        fs::create_dir_all(root.join("dist"))?;
        fs::write(root.join("src/main.rs"), "fn main() {}")?;
        let first = fingerprint(root, &["rustc 1"])?;

        fs::write(root.join("dist/index.html"), "a result")?;
        assert_eq!(
            fingerprint(root, &["rustc 1"])?,
            first,
            "results are no input"
        );
        assert_ne!(fingerprint(root, &["rustc 2"])?, first, "a tool changed");

        fs::rename(root.join("src/main.rs"), root.join("src/lib.rs"))?;
        let renamed = fingerprint(root, &["rustc 1"])?;
        assert_ne!(renamed, first, "a file was renamed");

        fs::write(root.join("src/lib.rs"), "fn main() { }")?;
        assert_ne!(fingerprint(root, &["rustc 1"])?, renamed, "a file changed");
        Ok(())
    }
}
