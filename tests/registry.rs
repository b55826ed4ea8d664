//! The gallery checks itself: a demo is tested the moment it is listed.

mod common;

use common::check_invariants;
use interleave::clock::InstantClock;
use interleave::demo::{Demo, Needs, visible_rust, with_constants};
use interleave::demos::DEMOS;
use interleave::executor::{EventLoop, Limits};
use interleave::link::{self, Scenario};
use interleave::param::{Item, Kind, Param, Values};
use interleave::stage::Stage;
use interleave::text::duration::duration_text;
use interleave::trace::{EndReason, wire};
use std::collections::HashSet;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

/// Texts for the least and the greatest value of a parameter, and for each choice.
fn extremes(param: &Param) -> Vec<String> {
    match &param.kind {
        Kind::One(Item::Text { max_chars }) => vec![String::new(), text(*max_chars)],
        Kind::One(item) => ends(item).to_vec(),
        Kind::List { item, max_len } => {
            let [least, most] = ends(item);
            vec![least, vec![most; *max_len].join(",")]
        }
        Kind::Choice { options } => options.iter().map(|(key, _)| (*key).to_owned()).collect(),
        Kind::Switch => vec!["yes".to_owned(), "no".to_owned()],
    }
}

/// The least and the greatest entry of a list.
fn ends(item: &Item) -> [String; 2] {
    let duration = |ms: u64| duration_text(Duration::from_millis(ms));
    match *item {
        Item::Int { min, max } => [min.to_string(), max.to_string()],
        Item::Duration { min_ms, max_ms } => [duration(min_ms), duration(max_ms)],
        Item::Text { max_chars } => ["a".to_owned(), text(max_chars)],
    }
}

/// So many characters that a program may stumble over.
fn text(chars: usize) -> String {
    "🎉\"'\\".chars().cycle().take(chars).collect()
}

/// Defaults; each parameter at each extreme alone, also with each mode; all at their least.
fn settings(demo: &Demo) -> Vec<Values> {
    let defaults = Values::defaults(demo.params);
    let mut settings = vec![defaults.clone()];
    let mut least = defaults.clone();
    let modes = demo.mode().map_or(vec![None], |mode| {
        extremes(mode).into_iter().map(Some).collect()
    });
    for param in demo.params {
        for text in extremes(param) {
            for mode in &modes {
                let mut values = defaults.clone();
                if let Some(mode) = mode {
                    values.set_mode(mode).expect("a mode is a choice");
                }
                values
                    .set(param.key, &text)
                    .unwrap_or_else(|problem| panic!("{}: {}: {problem}", demo.slug, param.key));
                if !settings.contains(&values) {
                    settings.push(values);
                }
            }
        }
        least
            .set(param.key, &extremes(param)[0])
            .expect("the least value is allowed");
    }
    settings.push(least);
    settings
}

#[test]
fn every_demo_ends_at_its_default_and_extreme_parameters() {
    for demo in DEMOS {
        for values in settings(demo) {
            if !demo.runs_instantly(&values) {
                assert!(!matches!(demo.needs, Needs::Nothing));
                continue;
            }
            let name = link::encode(&Scenario {
                values: values.clone(),
                ..Scenario::defaults_of(demo)
            });
            let trace = demo.run_instantly(values);
            let end = trace.end.as_ref().expect("the run ended");
            assert!(
                !matches!(
                    end.reason,
                    EndReason::Died | EndReason::Limit | EndReason::Stopped
                ),
                "{name}: {}",
                end.message
            );
            check_invariants(&trace);
        }
    }
}

/// So many turns, after which a run is stopped: the first few, and some in the middle.
const STOPPED_AFTER: [usize; 6] = [0, 1, 2, 3, 7, 40];

#[test]
fn no_run_leaves_its_loop_behind_whether_it_ends_or_is_stopped() {
    let mut left = 0;
    let mut leaks = HashSet::new();
    for demo in DEMOS {
        for values in settings(demo) {
            if !demo.runs_instantly(&values) {
                continue;
            }
            for turns in STOPPED_AFTER.into_iter().map(Some).chain([None]) {
                let clock = Rc::new(InstantClock::default());
                let event_loop = EventLoop::new(clock, Limits::default());
                demo.start_on(Stage::new(event_loop.clone()), values.clone());
                match turns {
                    Some(turns) => {
                        for _ in 0..turns {
                            event_loop.turn_instantly();
                        }
                        event_loop.end(EndReason::Stopped, "");
                    }
                    None => event_loop.run_instantly(),
                }
                drop(event_loop);
                if EventLoop::alive() > left {
                    leaks.insert(demo.slug);
                }
                left = EventLoop::alive();
            }
        }
    }
    assert_eq!(leaks, HashSet::new());
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    for demo in DEMOS {
        let values = Values::defaults(demo.params);
        if demo.runs_instantly(&values) {
            let bytes = || wire::encode(&demo.run_instantly(values.clone()));
            assert_eq!(bytes(), bytes(), "{}", demo.slug);
        }
    }
}

#[test]
fn slugs_are_unique_and_safe_in_links() {
    let mut seen = HashSet::new();
    for demo in DEMOS {
        let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(demo.slug.chars().all(legal), "{}", demo.slug);
        assert!(seen.insert(demo.slug), "{} is there twice", demo.slug);
    }
}

#[test]
fn parameters_are_unique_and_their_defaults_are_allowed() {
    for demo in DEMOS {
        let mut seen = HashSet::from(["clock", "compare"]);
        for param in demo.params {
            assert!(
                seen.insert(param.key),
                "{}: {} is there twice",
                demo.slug,
                param.key
            );
            assert!(!param.label.is_empty());
            let text = param.default_value().text();
            assert_eq!(
                param.parse(&text),
                Ok(param.default_value()),
                "{}: {}",
                demo.slug,
                param.key
            );
        }
    }
}

#[test]
fn texts_are_there_and_end_as_sentences_do() {
    for demo in DEMOS {
        assert!(
            !demo.title.is_empty() && !demo.title.ends_with('.'),
            "{}",
            demo.slug
        );
        for text in [demo.summary, demo.lesson.text.trim_end()] {
            assert!(text.len() > 40, "{}: {text}", demo.slug);
            assert!(text.ends_with(['.', '?']), "{}: {text}", demo.slug);
        }
        assert_eq!(
            demo.lesson.text.matches('`').count() % 2,
            0,
            "{}: a backquote is left open",
            demo.slug
        );
    }
}

#[test]
fn the_groups_stand_together_in_their_order() {
    assert!(DEMOS.is_sorted_by_key(|demo| demo.group as usize));
}

#[test]
fn counterparts_have_a_constant_for_each_parameter_and_the_same_defaults() {
    for demo in DEMOS {
        let source = demo.counterpart.file().text;
        let defaults = Values::defaults(demo.params);
        assert_eq!(
            with_constants(source, &defaults).trim_end(),
            source.trim_end(),
            "{}: the file as it stands has the defaults",
            demo.slug
        );
        for param in demo.params.iter().filter(|param| !param.page_only) {
            let head = format!("{} = ", param.python_name());
            let found = source
                .lines()
                .filter(|line| {
                    line.strip_prefix("const ")
                        .unwrap_or(line)
                        .starts_with(&head)
                })
                .count();
            assert_eq!(found, 1, "{}: lines that begin with {head}", demo.slug);
        }
    }
}

#[test]
fn what_readers_see_of_a_source_is_the_program() {
    for demo in DEMOS {
        let visible = visible_rust(demo.rust.text);
        assert!(visible.contains("async fn run("), "{}", demo.slug);
        assert!(!visible.contains("demo!"), "{}", demo.slug);
    }
}

/// Lines of a demo's declaration, with its braces.
fn declaration_lines(text: &str) -> usize {
    let declaration = text
        .lines()
        .skip_while(|line| !line.starts_with("demo!("))
        .take_while(|line| *line != "});");
    declaration.count() + 1
}

#[test]
fn declarations_are_short() {
    let mut lines: Vec<usize> = DEMOS
        .iter()
        .map(|demo| declaration_lines(demo.rust.text))
        .collect();
    lines.sort_unstable();
    assert!(lines[0] > 5, "the declarations were found");
    assert!(lines[lines.len() / 2] <= 15, "half of them: {lines:?}");
    let mean = lines.iter().sum::<usize>() as f64 / lines.len() as f64;
    assert!(mean <= 900.0 / 42.0, "{mean} lines on average");
}

/// The page is built without the code of `{:?}`, which prints nothing there.
#[test]
fn nothing_that_runs_on_the_page_prints_with_debug() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut looked_at = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("src can be read") {
            let path = entry.expect("src can be read").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            // The last two are compiled for tests alone.
            let is_test = path.ends_with("tests.rs") || path.ends_with("findings/story.rs");
            if path.extension().is_none_or(|end| end != "rs") || is_test {
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("src can be read");
            // Tests, at a file's end, run natively.
            let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
            // All that `{:?}`, `{name:#?}` and `{0:02?}` have in common.
            for debug in ["?}", "dbg!"] {
                assert!(
                    !code.contains(debug),
                    "{} has {debug}, which the page cannot print",
                    path.display()
                );
            }
            looked_at += 1;
        }
    }
    assert!(looked_at > 100, "the sources were found");
}
