//! The floors of the design: each module imports only from those above it in the list, and only
//! the last two, with the live clock, know the browser.

use std::fs;
use std::path::{Path, PathBuf};

/// From the top; modules in one row may use each other.
const FLOORS: &[&[&str]] = &[
    &["trace", "text"],
    &[
        "timeline",
        "output",
        "loop_state",
        "moment",
        "findings",
        "critical_path",
        "metrics",
        "recording",
        "summary",
        "picture",
        "palette",
    ],
    &["param", "demo", "highlight"],
    &["clock"],
    &["executor"],
    &["stage"],
    &["program"],
    &["demos"],
    &["link", "export"],
    &["worker"],
    &["app"],
];

/// Words that only a browser's part may use.
const BROWSER: &[&str] = &["web_sys", "js_sys", "wasm_bindgen", "gloo_", "yew"];

fn sources() -> Vec<(PathBuf, String)> {
    fn collect(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).expect("src can be read") {
            let path = entry.expect("src can be read").path();
            if path.is_dir() {
                collect(&path, found);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = fs::read_to_string(&path).expect("src can be read");
                found.push((path, text));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    collect(&root, &mut found);
    found
        .into_iter()
        .map(|(path, text)| {
            (
                path.strip_prefix(&root).expect("it is in src").to_owned(),
                text,
            )
        })
        .collect()
}

/// The module of the first level that a file belongs to.
fn module(path: &Path) -> String {
    let first = path.components().next().expect("a path has a part");
    let name = Path::new(first.as_os_str()).with_extension("");
    name.to_string_lossy().into_owned()
}

/// Code without comments, and without tests at a file's end, which may look at everything.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

#[test]
fn each_module_imports_only_from_the_floors_above() {
    let mut looked_at = 0;
    for (path, text) in sources() {
        let module = module(&path);
        if ["lib", "main"].contains(&module.as_str()) {
            continue;
        }
        let here = floor(&module).unwrap_or_else(|| panic!("{module} has no floor in this test"));
        for used in code(&text).split("crate::").skip(1) {
            let name: String = used
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            // `use crate::{a, b}` would hide names from this test.
            assert!(
                !name.is_empty(),
                "{}: name each module after crate::",
                path.display()
            );
            let Some(there) = floor(&name) else { continue };
            assert!(
                there <= here,
                "{} uses {name}, which stands below it",
                path.display()
            );
            looked_at += 1;
        }
    }
    assert!(looked_at > 50, "the imports were found");
}

#[test]
fn every_module_of_the_first_level_has_a_floor() {
    for (path, _) in sources() {
        let module = module(&path);
        assert!(
            module == "lib" || module == "main" || floor(&module).is_some(),
            "{module}"
        );
    }
}

#[test]
fn only_the_worker_the_page_and_the_live_clock_know_the_browser() {
    let mut seen_where_allowed = false;
    for (path, text) in sources() {
        let allowed = path.starts_with("worker")
            || path.starts_with("app")
            || ["worker.rs", "app.rs", "main.rs", "clock/live.rs"]
                .iter()
                .any(|p| path == Path::new(p));
        for word in BROWSER {
            let used = code(&text).contains(word);
            seen_where_allowed |= used && allowed;
            assert!(allowed || !used, "{} names {word}", path.display());
        }
    }
    assert!(seen_where_allowed, "the words are those that the code uses");
}

#[test]
fn nothing_but_the_clocks_reads_the_time() {
    for (path, text) in sources() {
        for word in ["Instant::now", "SystemTime", "js_sys::Date", "Date::now"] {
            assert!(
                !code(&text).contains(word),
                "{} reads {word}",
                path.display()
            );
        }
    }
}
