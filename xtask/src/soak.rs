//! `cargo xtask soak`: a bounded attack with what the tests do in short, and its report, `docs/reliability.md`.
//!
//! The same seed gives the same inputs. What is measured in a browser stands beside the machine's load, since a
//! machine that does other things answers later.

use anyhow::Result;
use serde_json::Value;
use xshell::{Shell, cmd};

use crate::dist::Sizes;
use crate::process::{own_cargo_path, say, shell, watch};
use crate::toolchain::WasmRust;
use crate::{build, serve, tools};

/// Where the report goes.
const REPORT: &str = "docs/reliability.md";

const HEAD: &str = "# Reliability\n\n\
    Written by `cargo xtask soak`, which attacks the page at length; `cargo xtask test` does the same in short.\n\n";

/// The headings with which the report's parts begin.
const DECODERS: &str = "## Decoders\n";
const PAGE: &str = "## The page\n";

/// What is attacked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    All,
    /// What reads what comes from outside.
    Decoders,
    /// The built page, which is timed: nothing else may run on the machine.
    Page,
}

/// `cargo xtask soak`.
pub fn command(part: Part, inputs: u32, seed: u32) -> Result<()> {
    let sh = shell()?;
    let (inputs, seed) = (inputs.to_string(), seed.to_string());
    let before = sh.read_file(REPORT).unwrap_or_default();
    // What is not attacked now stays in the report as it was.
    let [mut decoders, mut page] = parts_of(&before).map(str::to_owned);
    if part != Part::Page {
        let mut lines = decoders_figures(&sh, &inputs, &seed)?;
        lines.extend(messages(&sh, &inputs)?);
        decoders = decoders_part(&lines);
    }
    let mut outcome = Ok(());
    if part != Part::Decoders {
        // What is wrong in the browser is written down before it is an error.
        let (lines, ended) = page_figures(&sh)?;
        page = page_part(&lines, &machine(&sh));
        outcome = ended;
    }
    let text = format!("{HEAD}{}\n\n{page}", decoders.trim_end());
    sh.write_file(REPORT, &text)?;
    println!("{text}");
    say(format!("written to {REPORT}"));
    outcome
}

/// The report's parts, as they are in its text.
fn parts_of(text: &str) -> [&str; 2] {
    let part = |from: &str| text.find(from).map_or("", |at| &text[at..]);
    let page = part(PAGE);
    let decoders = part(DECODERS);
    let decoders = decoders.strip_suffix(page).unwrap_or(decoders);
    [decoders.trim_end_matches('\n'), page]
}

/// Links, parameters, traces and files, natively, with checked sums and counted bytes.
fn decoders_figures(sh: &Shell, inputs: &str, seed: &str) -> Result<Vec<Value>> {
    say(format!(
        "{inputs} inputs for each decoder: some ten minutes for a million"
    ));
    let cargo = own_cargo_path();
    let test = cmd!(sh, "{cargo} test --package interleave --test hostile");
    let test = test.args(["--", "--nocapture", "--test-threads=1"]);
    let test = test
        .env("INTERLEAVE_INPUTS", inputs)
        .env("INTERLEAVE_SEED", seed);
    figures(test, "decoder").0
}

/// What page and engine say to each other, in a worker of headless Chromium.
fn messages(sh: &Shell, inputs: &str) -> Result<Vec<Value>> {
    let cargo = WasmRust::find_or_install()?.cargo(sh, "test")?;
    let runner = tools::wasm_bindgen()?.join("wasm-bindgen-test-runner");
    let settings = tools::webdriver_settings()?;
    let driver = tools::chromedriver()?;
    let cargo = cargo
        .args(["--package", "interleave", "--test", "web"])
        .args(["--", "hostile_messages", "--nocapture"])
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner)
        .env("CHROMEDRIVER", driver)
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", settings)
        .env("WASM_BINDGEN_TEST_TIMEOUT", "600")
        // Read when the test is compiled: in a browser there are no such variables.
        .env("INTERLEAVE_INPUTS", inputs);
    figures(cargo, "decoder").0
}

/// Runs, stops, kills and storms, in the built page in Chromium.
fn page_figures(sh: &Shell) -> Result<(Vec<Value>, Result<()>)> {
    let script = tools::node_modules()?.join("@playwright/test/cli.js");
    let dist = build::page()?;
    say(Sizes::read(&dist)?.line());
    let listening = serve::Listening::start(0, &dist)?;
    say("1,000 runs, 700 stops, kills and storms in Chromium: some ten minutes");
    let _folder = sh.push_dir("tests/e2e");
    let playwright = cmd!(sh, "node {script} test soak.spec.js");
    let playwright = playwright
        .env("FORCE_COLOR", "0")
        .env("INTERLEAVE_SOAK", "1");
    let (lines, outcome) = figures(
        tools::with_browser(playwright, &listening.address())?,
        "soak",
    );
    Ok((lines?, outcome))
}

/// The figures that a program prints, an object with this key in each line, and how the program ended.
fn figures(command: xshell::Cmd<'_>, key: &str) -> (Result<Vec<Value>>, Result<()>) {
    let mut found = Vec::new();
    let outcome = watch(command, |line| found.extend(figures_in(line, key)));
    let lines = match &outcome {
        Err(error) if found.is_empty() => Err(anyhow::anyhow!("{error:#}")),
        _ if found.is_empty() => Err(anyhow::anyhow!("no figures were printed")),
        _ => Ok(found),
    };
    (lines, outcome)
}

/// The object with this key that a line holds, after whatever stands before it.
fn figures_in(line: &str, key: &str) -> Option<Value> {
    let start = line.find(&format!("{{\"{key}\":"))?;
    let mut values = serde_json::Deserializer::from_str(&line[start..]).into_iter();
    values.next()?.ok()
}

/// What the figures were measured on.
fn machine(sh: &Shell) -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let load = sh.read_file("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').nth(2).unwrap_or("unknown").to_owned();
    format!(
        "{cores} cores; the load of the last 15 minutes was {load}, of which the attack itself is 1 to 2"
    )
}

fn decoders_part(lines: &[Value]) -> String {
    let mut text = format!(
        "{DECODERS}\n\
         Made-up inputs, each read and looked at from all sides. Allowed are 64 MiB and 50 ms for each, no panic, and no sum that wraps.\n\n\
         | decoder | inputs | first seed | most bytes | longest |\n| --- | ---: | ---: | ---: | ---: |\n"
    );
    for line in lines.iter().filter(|line| line.get("decoder").is_some()) {
        let longest = line
            .get("longest_ms")
            .map_or("–".to_owned(), |ms| format!("{ms} ms"));
        text += &format!(
            "| {} | {} | {} | {} | {longest} |\n",
            word(&line["decoder"]),
            word(&line["inputs"]),
            word(&line["seed"]),
            word(&line["most_bytes"])
        );
    }
    text
}

fn page_part(lines: &[Value], machine: &str) -> String {
    let mut text = format!("{PAGE}\nMeasured on {machine}.\n\n### Runs\n\n");
    let part = |name: &str| {
        let found = lines.iter().find(|line| line["soak"] == name);
        found.map(|line| &line["figures"])
    };
    match part("runs") {
        None => text += "Not measured.\n",
        Some(figures) => {
            text += &format!(
                "{} live runs, {} of them stopped. Memory in MiB of the page's wasm, its JavaScript and the largest engine, after the \
                 first fifth of a demo's runs and after all of them; allowed is 1.2 times.\n\n\
                 | demo | page | JavaScript | engine | workers |\n| --- | ---: | ---: | ---: | ---: |\n",
                word(&figures["runs"]),
                word(&figures["stops"])
            );
            for block in figures["blocks"].as_array().into_iter().flatten() {
                let both = |key: &str| {
                    format!(
                        "{} → {}",
                        word(&block["early"][key]),
                        word(&block["late"][key])
                    )
                };
                text += &format!(
                    "| {} | {} | {} | {} | {} |\n",
                    word(&block["demo"]),
                    both("pageMib"),
                    both("scriptMib"),
                    both("engineMib"),
                    word(&block["late"]["workers"])
                );
            }
        }
    }
    text += "\n### Stop\n\n\
        From the press of Stop until the page says so, and from the press of Run until something has happened, in ms, each when the workers of the runs before \
        are gone (Chromium gives a busy one two seconds). To reach: 100 and 300 at p99 on an idle machine.\n\n\
        | what the run does | times | Stop p50 | Stop p99 | next run p50 | next run p99 |\n| --- | ---: | ---: | ---: | ---: | ---: |\n";
    for row in part("stops")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let keys = ["kind", "times", "stopP50", "stopP99", "nextP50", "nextP99"];
        text += &format!("| {} |\n", keys.map(|key| word(&row[key])).join(" | "));
    }
    text += "\n### Large runs\n\n\
        What frames cost the page while a large run is live, in ms: the time between two, and the longest task of the page's thread in each \
        (0 where none took more than 50). To reach: 50 for a gap at p99, and for a task at p95.\n\n\
        | the run | events | frames | gap p50 | gap p99 | task p95 | longest task |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n";
    for row in part("frames")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let keys = [
            "kind", "events", "frames", "gapP50", "gapP99", "taskP95", "taskMax",
        ];
        text += &format!("| {} |\n", keys.map(|key| word(&row[key])).join(" | "));
    }
    text += "\n### Kills\n\n| how the worker ends | times | what the page says | the next run |\n| --- | ---: | --- | --- |\n";
    for row in part("kills")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let keys = ["kill", "times", "says"];
        text += &format!(
            "| {} | whole |\n",
            keys.map(|key| word(&row[key])).join(" | ")
        );
    }
    text += "\n### Storms\n\n";
    match part("storms") {
        None => text += "Not measured.\n",
        Some(figures) => {
            text += &format!(
                "{} switches of demos, {} moves of a slider, {} steps through history, a tab that was frozen and one that was covered: \
                 the next run was whole. After it the page has {} MiB of wasm memory, {} MiB of JavaScript and {} workers.\n",
                word(&figures["switches"]),
                word(&figures["moves"]),
                word(&figures["steps"]),
                word(&figures["pageMib"]),
                word(&figures["scriptMib"]),
                word(&figures["workers"])
            );
        }
    }
    text
}

/// A figure as it stands in a table.
fn word(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn figures_are_found_behind_what_a_test_runner_prints() {
        let line = r#"test links ... {"decoder":"links","inputs":3}"#;
        assert_eq!(
            figures_in(line, "decoder"),
            Some(json!({"decoder": "links", "inputs": 3}))
        );
        assert_eq!(figures_in(line, "soak"), None);
        assert_eq!(figures_in("ok", "decoder"), None);
    }

    #[test]
    fn the_report_has_every_figure_and_says_what_is_missing() {
        let lines = [
            json!({"decoder": "links", "inputs": 7, "seed": 1, "most_bytes": 99, "longest_ms": 0.5}),
            json!({"soak": "stops", "figures": [
                {"kind": "asleep", "times": 3, "stopP50": 4, "stopP99": 5.5, "nextP50": 6, "nextP99": 7},
            ]}),
            json!({"soak": "frames", "figures": [
                {"kind": "many", "events": 9, "frames": 8, "gapP50": 1, "gapP99": 2, "taskP95": 0, "taskMax": 60},
            ]}),
        ];
        let decoders = decoders_part(&lines);
        let page = page_part(&lines, "2 cores");
        let text = format!("{HEAD}{}\n\n{page}", decoders.trim_end());
        assert_eq!(parts_of(&text), [decoders.trim_end(), &page]);
        assert_eq!(parts_of("# Reliability"), ["", ""]);
        for row in [
            "| links | 7 | 1 | 99 | 0.5 ms |",
            "| asleep | 3 | 4 | 5.5 | 6 | 7 |",
            "| many | 9 | 8 | 1 | 2 | 0 | 60 |",
            "Not measured.",
            "Measured on 2 cores.",
        ] {
            assert!(text.contains(row), "{row} is in\n{text}");
        }
    }
}
