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
pub fn command(arguments: &[String]) -> Result<()> {
    no_arguments("bench", arguments)?;
    let mut native = native()?;
    native["bytes_per_event"] = json!(bytes_per_event()?);
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

/// How much memory the largest trace and its views take, as the test that limits it prints.
fn bytes_per_event() -> Result<f64> {
    let mut test = own_cargo();
    // The profile that the benchmarks above were built with.
    test.args(["test", "--package", "interleave", "--profile", "bench"]);
    test.args(["--test", "picture_size", "--", "--nocapture"]);
    let printed = output(test.current_dir(root()))?;
    bytes_in(&printed).context("tests/picture_size.rs printed no bytes an event")
}

/// The first number of bytes in what the test prints, which is the largest trace's.
fn bytes_in(printed: &str) -> Option<f64> {
    let mut lines = printed.lines();
    let bytes = lines.find_map(|line| line.trim().strip_prefix("with all views: "))?;
    bytes.split(' ').next()?.parse().ok()
}

/// Yields and sleeps in a page of their own, beside JavaScript's, and the picture of a large run.
fn web() -> Result<Value> {
    say("browser benchmarks: some 3 minutes the first time, then a minute");
    let rust = WasmRust::find_or_install()?;
    let bindgen = tools::wasm_bindgen()?.join("wasm-bindgen");
    let mut cargo = rust.cargo("build")?;
    cargo.args(["--package", "interleave", "--release", "--target", TARGET]);
    for example in EXAMPLES {
        cargo.args(["--example", example]);
    }
    cargo.args(["--message-format", "json-render-diagnostics"]);
    let messages = output(cargo.current_dir(root()))?;
    let wasm = EXAMPLES.map(|example| {
        built_wasm(&messages, example)
            .with_context(|| format!("cargo did not say where {example} is"))
    });
    let wasm = wasm.into_iter().collect::<Result<Vec<_>>>()?;
    let folder = wasm[0].with_file_name("bench-page");
    fs::create_dir_all(&folder)?;
    for wasm in &wasm {
        run(Command::new(&bindgen)
            .args(["--target", "web", "--no-typescript", "--out-dir"])
            .arg(&folder)
            .arg(wasm))?;
    }
    for path in PAGE {
        let path = root().join(path);
        let name = path.file_name().context("a file has a name")?;
        fs::copy(&path, folder.join(name))?;
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

    let picture = &web["picture"];
    let (large, small) = (&picture["large"], &picture["small"]);
    text += "\n## The picture of a large run in Chromium\n\n";
    let _ = write!(
        text,
        "{} frames of zooming, panning and scrolling; the wheel, script, drawing and layout of each.\n\n",
        number(&large["frames"])
    );
    text += "| run | all views derived, ms | frame p50, ms | p95, ms | longest, ms |\n| --- | --: | --: | --: | --: |\n";
    for run in [large, small] {
        let figure = |key: &str| number(&run[key]);
        let _ = writeln!(
            text,
            "| {} tasks, {} events | {:.0} | {:.1} | {:.1} | {:.1} |",
            figure("tasks"),
            figure("events"),
            figure("derived_ms"),
            figure("p50_ms"),
            figure("p95_ms"),
            figure("max_ms")
        );
    }
    let _ = writeln!(
        text,
        "\nThe larger run's median frame takes {:.2} times the smaller's.",
        number(&large["p50_ms"]) / number(&small["p50_ms"])
    );
    let _ = writeln!(
        text,
        "Its trace and views take {:.1} bytes an event, measured natively.",
        number(&native["bytes_per_event"])
    );
    text += "\nTo reach with the larger: views within 500 ms, p95 within 16.7 ms, a ratio near 1 for ten times the events, 64 bytes an event.\n";

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
        let native = json!({"tokio_per_s": 10e6, "unrecorded_per_s": 20e6, "recorded_per_s": 8e6, "bytes_per_event": 34.5});
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
        let text = report(&native, &web, &page);
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
    }

    #[test]
    fn the_largest_traces_bytes_are_read() {
        let printed = "10000 tasks, 1000000 events\n  trace: 24.1 bytes an event\n  with all views: 34.5 bytes an event\n10 tasks, 1 events\n  with all views: 9.9 bytes an event\n";
        assert_eq!(bytes_in(printed), Some(34.5));
        assert_eq!(bytes_in("running 1 test"), None);
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
