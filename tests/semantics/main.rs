//! The order in which things happen is asyncio's: random programs run here and on CPython, and
//! print the same lines.
//!
//! The corpus holds programs with what CPython printed, so that this needs no Python. With one,
//! these look for differences in new programs, and make the corpus anew:
//!
//!     cargo test --test semantics -- --ignored on_cpython
//!     cargo test --test semantics -- --ignored corpus
//!
//! `PYTHON` names another interpreter than python3, and `PROPTEST_CASES` how many programs.
//! Where the versions of CPython differ, this follows 3.13: see docs of `stage::task::Gather`,
//! `stage::sync::Condition` and `stage::group`. The corpus has programs on which all the
//! interpreters agree that `PYTHON` lists, with `:` between them.

#[path = "../common/mod.rs"]
mod common;
mod cpython;
mod order;
mod play;
mod program;
mod replay;
mod rules;
mod scrub;

use common::check_invariants;
use interleave::derived::output;
use play::play;
use program::{Program, program};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::collections::HashSet;
use std::path::PathBuf;

/// How many programs the corpus has.
const CORPUS: usize = 32;

fn corpus() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/semantics/corpus")
}

fn json(program: &Program) -> String {
    serde_json::to_string(program).expect("plain data encodes")
}

/// What a program prints here; its trace keeps all rules.
fn here(program: &Program) -> String {
    let trace = play(program);
    check_invariants(&trace);
    order::check(&trace);
    output::text(&trace)
}

#[test]
fn programs_print_what_they_printed_on_cpython() {
    let mut compared = 0;
    for entry in std::fs::read_dir(corpus()).expect("the corpus is there") {
        let path = entry.expect("the corpus can be read").path();
        let text = std::fs::read_to_string(&path).expect("the corpus can be read");
        let (program, printed) = text.split_once('\n').expect("a program and its lines");
        let program: Program = serde_json::from_str(program).expect("the program is in order");
        assert_eq!(here(&program), printed, "{}", path.display());
        compared += 1;
    }
    assert_eq!(compared, CORPUS);
}

fn config() -> Config {
    Config {
        // A program that once failed belongs into the corpus or the rules.
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..Config::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_program_keeps_the_rules(program in program()) {
        here(&program);
    }
}

#[test]
#[ignore = "needs CPython"]
fn new_programs_print_the_same_here_and_on_cpython() {
    let python = std::cell::RefCell::new(cpython::Server::start_all());
    let result = TestRunner::new(config()).run(&program(), |program| {
        let here = here(&program);
        for python in &mut *python.borrow_mut() {
            let there = python.print(&program);
            prop_assert!(
                here == there,
                "{}\n{}:\n{there}\nhere:\n{here}",
                json(&program),
                python.name
            );
        }
        Ok(())
    });
    if let Err(problem) = result {
        panic!("{problem}");
    }
}

fn is_rich(printed: &str) -> bool {
    let without_numbers = |line: &str| line.replace(|c: char| c.is_ascii_digit(), "");
    let kinds: HashSet<String> = printed.lines().map(without_numbers).collect();
    let interaction = [
        "caught",
        "not within",
        "awaited",
        "notified",
        "finally",
        ": True",
    ];
    let interactions = interaction.iter().filter(|word| printed.contains(**word));
    printed.lines().count() < 70 && kinds.len() > 20 && interactions.count() > 3
}

#[test]
#[ignore = "writes the corpus, and needs CPython"]
fn make_the_corpus_anew() {
    let mut pythons = cpython::Server::start_all();
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config(), rng);
    let folder = corpus();
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("the corpus can be written");
    let mut kept = 0;
    while kept < CORPUS {
        let tree = program().new_tree(&mut runner).expect("a program");
        let program = tree.current();
        let printed: Vec<String> = pythons
            .iter_mut()
            .map(|python| python.print(&program))
            .collect();
        // The same on every version, and with enough different things in it.
        if is_rich(&printed[0]) && printed.iter().all(|text| *text == printed[0]) {
            let text = format!("{}\n{}", json(&program), printed[0]);
            let path = folder.join(format!("{kept:02}.txt"));
            std::fs::write(path, text).expect("the corpus can be written");
            kept += 1;
        }
    }
}
