//! The release page: Trunk's output, made ready for a static host, in `dist/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use xshell::{Shell, cmd};

use crate::files::{self, hash, root};
use crate::pages::Site;
use crate::process::{say, shell};
use crate::toolchain::{WasmRust, cargo_home};
use crate::{dist, licenses, pages, tools};

/// What the page is not made of: results, and what only tests and readers use.
const NOT_INPUT: [&str; 7] = [
    ".git",
    "target",
    "dist",
    "node_modules",
    "tests",
    "docs",
    "benches",
];

/// Builds `dist/` where something changed since it was built.
///
/// # Errors
/// When a tool is missing and cannot be installed, when the page does not compile, when it holds a path of
/// this machine, or when [`dist::finish`] finds something in it that a static host must not serve.
pub fn page() -> Result<PathBuf> {
    page_for(None)
}

/// As [`page`], for a site whose address is known.
///
/// # Errors
/// As [`page`].
pub fn page_for(site: Option<&Site>) -> Result<PathBuf> {
    let sh = shell()?;
    let rust = WasmRust::find_or_install()?;
    let modules = tools::node_modules()?;
    let path = [
        tools::trunk()?,
        tools::wasm_bindgen()?,
        modules.join(".bin"),
    ];

    // `target` stays this checkout's own where CARGO_TARGET_DIR is shared with others.
    let work = root().join("target/page");
    let stamp = root().join("target/page.stamp");
    let dist = root().join("dist");
    let fingerprint = fingerprint(
        &root(),
        &[&rust.version(&sh)?, &format!("{path:?} {site:?}")],
    )?;
    let is_fresh = fs::read_to_string(&stamp).is_ok_and(|text| text == fingerprint);
    if is_fresh && dist.join("index.html").is_file() {
        say("dist/ is as new as its sources: nothing to build");
        return Ok(dist);
    }

    say("building the release page: some seconds, about 2 minutes the first time");
    #[expect(clippy::disallowed_methods, reason = "says how long the build took")]
    let start = Instant::now();
    // Trunk is kept off the network, where it would fetch its own copies of the tools; so cargo fetches first.
    let fetch = rust.cargo(&sh, "fetch")?.args(["--quiet", "--locked"]);
    rust.prepare_for_page(fetch)?.run()?;
    let trunk = path[0].join("trunk");
    let trunk = cmd!(
        sh,
        "{trunk} --log warn build --offline --locked --dist {work}"
    )
    // Trunk takes this variable's usual value, 1, for a mistake.
    .env_remove("NO_COLOR")
    // A mistake in the code needs no picture of Trunk's insides.
    .env_remove("RUST_BACKTRACE");
    rust.prepare_for_page(rust.prepare(trunk, &path)?)?.run()?;

    cmd!(sh, "node xtask/minify.js {work}")
        .env("NODE_PATH", &modules)
        .quiet()
        .run()?;
    check_paths(&work, &private_folders(&sh, rust)?)?;
    fs::write(work.join(dist::LICENSES), licenses::third_party(&sh, rust)?)?;
    dist::finish(&work, |sizes| {
        pages::write(&work, site, |engine| sizes.program(engine))
    })?;
    // Only a finished folder takes the place of the last one.
    sh.remove_path(&stamp)?;
    sh.remove_path(&dist)?;
    fs::rename(&work, &dist)?;
    sh.write_file(&stamp, fingerprint)?;
    say(format!(
        "built dist/ in {:.0} s",
        start.elapsed().as_secs_f64()
    ));
    Ok(dist)
}

/// The folders of this machine that nobody else has to know of.
fn private_folders(sh: &Shell, rust: WasmRust) -> Result<Vec<PathBuf>> {
    let mut folders = vec![root(), cargo_home()?];
    folders.extend(std::env::home_dir());
    folders.extend(rust.build_paths(sh)?.into_iter().map(|(path, _)| path));
    Ok(folders)
}

/// # Errors
/// When a wasm file or a script of a built folder holds the path of something in one of these folders.
fn check_paths(built: &Path, private: &[PathBuf]) -> Result<()> {
    for name in files::names(built)? {
        if ![".wasm", ".js"].iter().any(|ending| name.ends_with(ending)) {
            continue;
        }
        let content = fs::read(built.join(&name))?;
        for folder in private {
            let path = folder.join("");
            let path = path.to_str().context("a folder has no UTF-8 name")?;
            let found = content
                .windows(path.len())
                .any(|part| part == path.as_bytes());
            ensure!(
                !found,
                "{name} holds a path of this machine, {path}...: prepare_for_page in xtask/src/toolchain.rs leaves them out"
            );
        }
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_glue_calls_imports_and_exports_by_their_short_names() -> Result<()> {
        let sh = shell()?;
        let short = |glue: &str| {
            let names = r#"{
                imports: [["./glue.js", "__wbg_now_1", "$"], ["./glue.js", "__wbg_no_2", "b"]],
                exports: [["__malloc", "c"]],
            }"#;
            let script = format!(
                "const {{ withShortNames }} = require('./xtask/minify.js');
                 process.stdout.write(withShortNames(`{glue}`, {names}))"
            );
            cmd!(sh, "node --eval {script}")
                .quiet()
                .ignore_stderr()
                .read()
        };
        let glue = "const import0 = {\n __wbg_now_1: function(x) { wasm.__malloc(1); wasm.__malloc2(); },\n \
            __wbg_no_2: (y) => y };\n return { \"./glue.js\": import0 };";
        assert_eq!(
            short(glue)?,
            "const import0 = {\n $: function(x) { wasm.c(1); wasm.__malloc2(); },\n b: (y) => y };\n \
            return { \"a\": import0 };"
        );
        assert!(short("{}").is_err(), "an import is missing");
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

    #[test]
    fn a_path_of_this_machine_is_found_in_what_was_built() -> Result<()> {
        let built = tempfile::tempdir()?;
        let wasm = built.path().join("app.wasm");
        let private = [PathBuf::from("/home/ada/.cargo"), PathBuf::from("/work")];
        fs::write(
            &wasm,
            b"\0asm src/demos/chess.rs yew-0.23.0/src/html.rs /workshop",
        )?;
        check_paths(built.path(), &private)?;
        fs::write(
            &wasm,
            b"\0asm\xff/home/ada/.cargo/registry/src/yew-0.23.0/src/html.rs",
        )?;
        let error = check_paths(built.path(), &private)
            .expect_err("a path")
            .to_string();
        assert!(
            error.starts_with("app.wasm holds a path of this machine, /home/ada/.cargo/"),
            "{error}"
        );
        Ok(())
    }
}
