//! `cargo xtask bench`: measures natively and in Chromium, and writes `docs/benchmarks.md`.
//!
//! Every figure stands beside another program's from the same run, since only their ratio says
//! something on another machine.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::process::{output, run, say};
use crate::toolchain::{TARGET, WasmRust, own_cargo};
use crate::{build, no_arguments, root, serve, tools};

/// The example with the wasm half of the browser's benchmarks.
const EXAMPLE: &str = "bench_web";

/// `cargo xtask bench`.
pub fn command(arguments: &[String]) -> Result<()> {
    no_arguments("bench", arguments)?;
    let native = native()?;
    let in_page = in_page()?;
    let web = web()?;
    let text = report(&native, &web, &in_page);
    let path = root().join("docs/benchmarks.md");
    fs::write(&path, &text).with_context(|| format!("cannot write {}", path.display()))?;
    println!("{text}");
    say(format!("written to {}", path.display()));
    Ok(())
}

/// Polls per second, beside tokio.
fn native() -> Result<Value> {
    say("native benchmarks: some 2 minutes the first time, then 10 seconds");
    let printed = output(
        own_cargo()
            .args(["bench", "--package", "interleave", "--bench", "native"])
            .current_dir(root()),
    )?;
    let line = printed.lines().find(|line| line.starts_with('{'));
    let line = line.context("the native benchmark printed no figures")?;
    Ok(serde_json::from_str(line)?)
}

/// Yields and sleeps in a page of their own, beside JavaScript's.
fn web() -> Result<Value> {
    say("browser benchmarks: some 2 minutes the first time, then half a minute");
    let rust = WasmRust::find_or_install()?;
    let bindgen = tools::wasm_bindgen()?.join("wasm-bindgen");
    let mut cargo = rust.cargo("build")?;
    cargo.args(["--package", "interleave", "--release", "--target", TARGET]);
    cargo.args([
        "--example",
        EXAMPLE,
        "--message-format",
        "json-render-diagnostics",
    ]);
    let messages = output(cargo.current_dir(root()))?;
    let wasm = built_wasm(&messages).context("cargo did not say where the example is")?;
    let folder = wasm.with_file_name("bench-page");
    fs::create_dir_all(&folder)?;
    run(Command::new(bindgen)
        .args(["--target", "web", "--no-typescript", "--out-dir"])
        .arg(&folder)
        .arg(&wasm))?;
    for name in ["index.html", "bench.js"] {
        fs::copy(root().join("benches/web").join(name), folder.join(name))?;
    }
    // The page is served as any other folder, but without the page's policy.
    fs::write(folder.join("_headers"), "/*\n  Cache-Control: no-cache\n")?;
    drive(&folder, "figures.js")
}

/// How soon the built page answers to a change of a parameter, and how fast it draws.
fn in_page() -> Result<Value> {
    let dist = build::page()?;
    drive(&dist, "page.js")
}

/// Has a script of `benches/web` look at a served folder; what it prints is the figures.
pub fn drive(folder: &Path, script: &str) -> Result<Value> {
    let modules = tools::node_modules()?;
    let browser = tools::browser()?;
    let listening = serve::Listening::start(serve::bind(0)?, folder)?;
    let mut node = Command::new("node");
    node.arg(root().join("benches/web").join(script));
    node.env("NODE_PATH", &modules);
    node.env("INTERLEAVE_URL", listening.address());
    node.env("INTERLEAVE_BROWSER", browser);
    node.env(
        "INTERLEAVE_BROWSER_FLAGS",
        json!(tools::browser_flags()).to_string(),
    );
    let printed = output(&mut node)?;
    let figures: Value = serde_json::from_str(printed.trim())?;
    if let Some(error) = figures.get("error") {
        bail!("the benchmark in the browser failed: {error}");
    }
    Ok(figures)
}

/// The example's wasm file, from cargo's messages.
fn built_wasm(messages: &str) -> Option<PathBuf> {
    messages.lines().find_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        if message["target"]["name"] != EXAMPLE {
            return None;
        }
        let files = message["filenames"].as_array()?;
        let names = files.iter().filter_map(Value::as_str);
        names
            .map(PathBuf::from)
            .find(|path| path.extension().is_some_and(|end| end == "wasm"))
    })
}

fn report(native: &Value, web: &Value, page: &Value) -> String {
    let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
    let mut text = String::from(
        "# Benchmarks\n\nWritten by `cargo xtask bench`. Each table is from one run on one machine, so look at the ratios.\n",
    );

    let tokio = number(&native["tokio_per_s"]);
    text += "\n## Polls per second, natively\n\n1,000 tasks that each yield 1,000 times.\n\n";
    text += "| program | million polls per second | time, tokio = 1 |\n| --- | --: | --: |\n";
    for (name, key) in [
        ("tokio, current thread, paused time", "tokio_per_s"),
        ("ours, not recording", "unrecorded_per_s"),
        ("ours, recording", "recorded_per_s"),
    ] {
        let per_s = number(&native[key]);
        let _ = writeln!(
            text,
            "| {name} | {:.1} | {:.2} |",
            per_s / 1e6,
            tokio / per_s
        );
    }
    text += "\nTo reach: at most 1.00 without recording, at most 2.00 with.\n";

    let javascript = number(&web["javascript_ms"]);
    let _ = write!(
        text,
        "\n## Yields in Chromium\n\n{} yields by 100 tasks, live.\n\n",
        number(&web["yields"])
    );
    text += "| program | ms | time, JavaScript = 1 |\n| --- | --: | --: |\n";
    for (name, key) in [
        ("JavaScript async functions", "javascript_ms"),
        ("plain `spawn_local`", "spawn_local_ms"),
        ("ours, not recording", "unrecorded_ms"),
        ("ours, recording", "recorded_ms"),
    ] {
        let ms = number(&web[key]);
        let _ = writeln!(text, "| {name} | {ms:.1} | {:.2} |", ms / javascript);
    }
    text += "\nTo reach: at most 1.00 without recording. Recording reads the browser's clock twice a poll.\n";

    text += "\n## Lateness of 1,000 sleeps in Chromium\n\n1 to 1,000 ms, all at once; of 5 rounds each the least disturbed.\n\n";
    text += "| program | p50, ms | p99, ms |\n| --- | --: | --: |\n";
    for (name, key) in [
        ("bare `setTimeout`", "set_timeout"),
        ("ours, recording", "ours"),
    ] {
        let late = &web["sleeps"][key];
        let (p50, p99) = (number(&late["p50_ms"]), number(&late["p99_ms"]));
        let _ = writeln!(text, "| {name} | {p50:.1} | {p99:.1} |");
    }
    text += "\nTo reach: p99 within 0.5 ms of bare `setTimeout`.\n";

    text += "\n## The page in Chromium\n\n| what | figure | to reach |\n| --- | --: | --: |\n";
    if let Some(rows) = page["rows"].as_array() {
        for row in rows {
            let word = |key: &str| row[key].as_str().unwrap_or_default();
            let _ = writeln!(
                text,
                "| {} | {} | {} |",
                word("what"),
                word("figure"),
                word("to_reach")
            );
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_has_ratios_from_the_figures() {
        let native = json!({"tokio_per_s": 10e6, "unrecorded_per_s": 20e6, "recorded_per_s": 8e6});
        let web = json!({
            "yields": 100_000, "javascript_ms": 2.0, "spawn_local_ms": 1.0,
            "unrecorded_ms": 3.0, "recorded_ms": 20.0,
            "sleeps": {"ours": {"p50_ms": 0.1, "p99_ms": 0.5}, "set_timeout": {"p50_ms": 0.2, "p99_ms": 0.4}},
        });
        let page = json!({"rows": [{"what": "a change", "figure": "12 ms", "to_reach": "50 ms"}]});
        let text = report(&native, &web, &page);
        for line in [
            "| ours, recording | 8.0 | 1.25 |",
            "| ours, not recording | 3.0 | 1.50 |",
            "| ours, recording | 0.1 | 0.5 |",
            "| a change | 12 ms | 50 ms |",
        ] {
            assert!(text.contains(line), "{line} is in\n{text}");
        }
    }

    #[test]
    fn the_example_is_found_in_cargos_messages() {
        let messages = r#"{"reason":"compiler-artifact","target":{"name":"other"},"filenames":["/a/other.wasm"]}
not json
{"reason":"compiler-artifact","target":{"name":"bench_web"},"filenames":["/a/bench_web.js","/a/bench_web.wasm"]}"#;
        assert_eq!(
            built_wasm(messages),
            Some(PathBuf::from("/a/bench_web.wasm"))
        );
    }
}
