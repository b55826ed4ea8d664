//! `cargo xtask bench`: measures natively and in Chromium, and writes `docs/benchmarks.md`.
//!
//! Every figure stands beside another program's from the same run, since only their ratio says
//! something on another machine.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use xshell::{Shell, cmd};

use crate::files::{self, root};
use crate::process::{own_cargo_path, say, shell};
use crate::toolchain::WasmRust;
use crate::{build, serve, tools};

/// The examples with the wasm halves of the browser's benchmarks.
const EXAMPLES: [&str; 2] = ["bench_web", "bench_picture"];

/// What else is in the folder that the browser is shown.
const PAGE: [&str; 6] = [
    "benches/web/index.html",
    "benches/web/bench.js",
    "benches/web/picture.html",
    "benches/web/picture.js",
    "www/style.css",
    "www/picture.css",
];

/// `cargo xtask bench`.
pub fn command() -> Result<()> {
    let sh = shell()?;
    let mut native = native(&sh)?;
    native["views"] = views(&sh)?;
    let page = drive(&beside_a_plain_page(&sh)?, "page.js")?;
    let text = report(&sh, &native, &web(&sh)?, &page)?;
    sh.write_file("docs/benchmarks.md", &text)?;
    println!("{text}");
    say("written to docs/benchmarks.md");
    Ok(())
}

/// The built page in a folder of its own, beside a plain page of the same size.
fn beside_a_plain_page(sh: &Shell) -> Result<PathBuf> {
    let dist = build::page()?;
    let folder = root().join("target/bench-page");
    sh.remove_path(&folder)?;
    for name in files::names(&dist)? {
        let to = folder.join(&name);
        sh.create_dir(to.parent().context("a file is in a folder")?)?;
        sh.copy_file(dist.join(&name), to)?;
    }
    cmd!(sh, "node benches/web/plain.js {folder} factorial.html").run()?;
    let plain = folder.join("plain.html");
    cmd!(sh, "node xtask/compress.js {plain}").run()?;
    Ok(folder)
}

/// The figures as text.
fn report(sh: &Shell, native: &Value, web: &Value, page: &Value) -> Result<String> {
    let figures = json!({ "native": native, "web": web, "page": page }).to_string();
    let text = cmd!(sh, "node benches/web/report.js")
        .stdin(figures)
        .quiet()
        .read()?;
    Ok(text + "\n")
}

/// Polls per second, beside tokio.
fn native(sh: &Shell) -> Result<Value> {
    say("native benchmarks: some 2 minutes the first time, then 10 seconds");
    let cargo = own_cargo_path();
    let printed = cmd!(sh, "{cargo} bench --package interleave --bench native").read()?;
    figures_in(&printed).context("the native benchmark printed no figures")
}

/// How much memory and time the views of the largest trace take, as the test that limits the memory
/// prints.
fn views(sh: &Shell) -> Result<Value> {
    let cargo = own_cargo_path();
    // The profile that the benchmarks above were built with.
    let test = cmd!(
        sh,
        "{cargo} test --package interleave --profile bench --test picture_size"
    );
    let printed = test.args(["--", "--nocapture"]).read()?;
    figures_in(&printed).context("tests/picture_size.rs printed no figures")
}

/// The first figures in what a program prints.
fn figures_in(printed: &str) -> Result<Value> {
    let line = printed.lines().find(|line| line.starts_with('{'));
    Ok(serde_json::from_str(
        line.context("no line begins with {")?,
    )?)
}

/// Yields and sleeps in a page of their own, beside JavaScript's, and the picture of a large run.
fn web(sh: &Shell) -> Result<Value> {
    say("browser benchmarks: some 3 minutes the first time, then a minute");
    let bindgen = tools::wasm_bindgen()?.join("wasm-bindgen");
    let examples = EXAMPLES.iter().flat_map(|example| ["--example", example]);
    let messages = WasmRust::find_or_install()?
        .cargo(sh, "build")?
        .args(["--package", "interleave", "--release"])
        .args(["--message-format", "json-render-diagnostics"])
        .args(examples)
        .read()?;
    let built = |example| {
        let wasm = built_wasm(&messages, example);
        wasm.with_context(|| format!("cargo did not say where {example} is"))
    };
    let folder = built(EXAMPLES[0])?.with_file_name("bench-page");
    for example in EXAMPLES {
        let wasm = built(example)?;
        cmd!(
            sh,
            "{bindgen} --target web --no-typescript --out-dir {folder} {wasm}"
        )
        .run()?;
    }
    for path in PAGE {
        sh.copy_file(path, &folder)?;
    }
    // The page is served as any other folder, but without the page's policy.
    sh.write_file(folder.join("_headers"), "/*\n  Cache-Control: no-cache\n")?;
    drive(&folder, "figures.js")
}

/// Has a script of `benches/web` look at a served folder; what it prints is the figures.
pub fn drive(folder: &Path, script: &str) -> Result<Value> {
    let sh = shell()?;
    let listening = serve::Listening::start(0, folder)?;
    let node = tools::with_browser(cmd!(sh, "node benches/web/{script}"), &listening.address())?;
    let figures: Value = serde_json::from_str(&node.read()?)?;
    if let Some(error) = figures.get("error") {
        bail!("the benchmark in the browser failed: {error}");
    }
    Ok(figures)
}

/// An example's wasm file, from cargo's messages.
fn built_wasm(messages: &str, example: &str) -> Option<PathBuf> {
    messages.lines().find_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        if message["target"]["name"] != example {
            return None;
        }
        let files = message["filenames"].as_array()?;
        let names = files.iter().filter_map(Value::as_str);
        names
            .map(PathBuf::from)
            .find(|path| path.extension().is_some_and(|end| end == "wasm"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_has_ratios_from_the_figures() -> Result<()> {
        let native = json!({"tokio_per_s": 10e6, "unrecorded_per_s": 20e6, "recorded_per_s": 8e6, "views": {"bytes_per_event": 34.5, "derived_ms": 90.0, "back_ms": 2.3}});
        let web = json!({
            "yields": 100_000, "javascript_ms": 2.0, "spawn_local_ms": 1.0,
            "unrecorded_ms": 3.0, "recorded_ms": 20.0,
            "sleeps": {"ours": {"p50_ms": 0.1, "p99_ms": 0.5}, "set_timeout": {"p50_ms": 0.2, "p99_ms": 0.4}},
            "picture": {
                "large": {"tasks": 10_000, "events": 1_000_000, "derived_ms": 400.4, "frames": 420, "p50_ms": 3.0, "p95_ms": 9.0, "max_ms": 20.0},
                "small": {"tasks": 1_000, "events": 100_000, "derived_ms": 40.0, "frames": 420, "p50_ms": 2.0, "p95_ms": 8.0, "max_ms": 10.0},
            },
        });
        let page = json!({"rows": [{"what": "a change", "figure": "12 ms", "to_reach": "50 ms"}]});
        let text = report(&shell()?, &native, &web, &page)?;
        for line in [
            "| ours, recording | 8.0 | 1.25 |",
            "| ours, not recording | 3.0 | 1.50 |",
            "| ours, recording | 0.1 | 0.5 |",
            "| 10000 tasks, 1000000 events | 400 | 3.0 | 9.0 | 20.0 |",
            "views take 34.5 bytes an event",
            "median frame takes 1.50 times",
            "| a change | 12 ms | 50 ms |",
        ] {
            assert!(text.contains(line), "{line} is in\n{text}");
        }
        Ok(())
    }

    #[test]
    fn the_largest_traces_figures_are_read() {
        let printed = "10000 tasks\n{\"back_ms\":2.3}\n10 tasks\n{\"back_ms\":0.1}\n";
        assert_eq!(figures_in(printed).unwrap()["back_ms"], 2.3);
        assert!(figures_in("running 1 test").is_err());
    }

    #[test]
    fn the_example_is_found_in_cargos_messages() {
        let messages = r#"{"reason":"compiler-artifact","target":{"name":"other"},"filenames":["/a/other.wasm"]}
not json
{"reason":"compiler-artifact","target":{"name":"bench_web"},"filenames":["/a/bench_web.js","/a/bench_web.wasm"]}"#;
        assert_eq!(
            built_wasm(messages, "bench_web"),
            Some(PathBuf::from("/a/bench_web.wasm"))
        );
    }
}
