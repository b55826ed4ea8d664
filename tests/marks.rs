//! The Rust file of a demo and its counterpart are matched line by line, by marks.

use interleave::demo::{Demo, visible_rust};
use interleave::demos::DEMOS;
use interleave::link;
use interleave::marks::{NONE, marks, without_marks};
use interleave::param::{Kind, Values};
use std::collections::BTreeSet;

/// The golden settings, and each choice that they may leave out.
fn settings(demo: &Demo) -> Vec<String> {
    let mut settings: Vec<String> = demo.golden_settings().map(str::to_owned).collect();
    for param in demo.params {
        let values: Vec<&str> = match &param.kind {
            Kind::Choice { options } => options.iter().map(|(key, _)| *key).collect(),
            Kind::Switch => vec!["yes", "no"],
            _ => Vec::new(),
        };
        settings.extend(values.iter().map(|value| format!("{}={value}", param.key)));
    }
    settings
}

/// The lines of the demo's own file that occur in a trace, over all settings.
fn lines_of_traces(demo: &Demo) -> BTreeSet<u32> {
    let mut lines = BTreeSet::new();
    for setting in settings(demo) {
        let mut values = Values::defaults(demo.params);
        link::apply_query(&mut values, &setting).expect("the setting is valid");
        if demo.runs_instantly(&values) {
            let trace = demo.run_instantly(values);
            let own = trace
                .locations
                .iter()
                .filter(|location| location.file.ends_with(&format!("/{}", demo.rust.name)));
            lines.extend(own.map(|location| location.line));
        }
    }
    lines
}

#[test]
fn every_line_where_a_task_can_stand_is_marked() {
    let mut checked = 0;
    for demo in DEMOS {
        let marked: BTreeSet<u32> = marks(visible_rust(demo.rust.text))
            .into_iter()
            .map(|(line, _)| line)
            .collect();
        let mut lines = lines_of_traces(demo);
        if !demo.runs_instantly(&Values::defaults(demo.params)) {
            // What only a browser runs is read instead.
            let stands = |text: &str| text.contains("print(") || text.contains(".await");
            let source = visible_rust(demo.rust.text).lines();
            lines.extend(
                (1..)
                    .zip(source)
                    .filter(|(_, text)| stands(text))
                    .map(|(line, _)| line),
            );
        }
        let missing: Vec<&u32> = lines.difference(&marked).collect();
        assert!(missing.is_empty(), "{}: lines {missing:?}", demo.rust.name);
        checked += lines.len();
    }
    assert!(checked > 300, "{checked} lines");
}

#[test]
fn every_mark_has_its_partner() {
    for demo in DEMOS {
        let file = demo.counterpart.file();
        let rust: BTreeSet<&str> = marks(demo.rust.text)
            .into_iter()
            .map(|(_, name)| name)
            .filter(|name| *name != NONE)
            .collect();
        let mut counterpart = BTreeSet::new();
        for (line, name) in marks(file.text) {
            let new = counterpart.insert(name);
            assert!(new, "{}: line {line} is a second {name}", file.name);
        }
        assert!(!rust.is_empty(), "{}", demo.rust.name);
        assert_eq!(rust, counterpart, "{} and {}", demo.rust.name, file.name);
        for name in rust {
            let legal = |c: char| c.is_ascii_lowercase() || c == '-';
            assert!(name.chars().all(legal), "{}: {name}", demo.rust.name);
        }
    }
}

#[test]
fn readers_see_no_mark() {
    for demo in DEMOS {
        let counterpart = demo.counterpart.file();
        for (name, text) in [
            (demo.rust.name, visible_rust(demo.rust.text)),
            (counterpart.name, counterpart.text),
        ] {
            assert!(!marks(text).is_empty(), "{name}");
            let clean = without_marks(text);
            for sign in ["/*@", "//@", "#@"] {
                assert!(!clean.contains(sign), "{name}: a second mark in a line");
            }
            assert_eq!(clean.lines().count(), text.lines().count(), "{name}");
            assert!(
                clean.lines().all(|line| line.trim_end() == line),
                "{name}: blanks at the end of a line"
            );
        }
        let hidden = &demo.rust.text[visible_rust(demo.rust.text).len()..];
        assert!(marks(hidden).is_empty(), "{}", demo.rust.name);
    }
}
