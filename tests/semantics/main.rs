//! The order in which things happen is asyncio's: random programs run here and on CPython, and
//! print the same lines.
//!
//! The corpus holds some programs with what CPython printed, and `answers.txt` how some hundred
//! more, drawn from a fixed seed, were answered, so that this needs no Python. With one, these look
//! for differences in new programs, and ask it anew about the old ones:
//!
//!     PROPTEST_CASES=20000 cargo test --test semantics -- --ignored on_cpython
//!     cargo test --test semantics -- --ignored anew
//!
//! `PYTHON` names another interpreter than python3, and `PROPTEST_CASES` how many programs are
//! compared. Where the versions of CPython differ, this follows 3.13. The corpus has programs on
//! which all the interpreters agree that `PYTHON` lists, with `:` between them.

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

/// How many programs `answers.txt` is about.
const ANSWERS: usize = 400;

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

/// FNV-1a: a number for a text that is the same in every version of everything.
fn hash(text: &str) -> u64 {
    let add = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    text.bytes().fold(0xcbf2_9ce4_8422_2325, add)
}

fn answers() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/semantics/answers.txt")
}

/// The programs of the fixed seed.
fn seeded() -> impl Iterator<Item = Program> {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config(), rng);
    let draw = move || program().new_tree(&mut runner).expect("a program");
    std::iter::repeat_with(draw).map(|tree| tree.current())
}

#[test]
fn programs_of_a_fixed_seed_print_what_they_printed_on_cpython() {
    let answers = std::fs::read_to_string(answers()).expect("the answers are there");
    let mut compared = 0;
    for (line, program) in answers.lines().zip(seeded()) {
        let (drawn, printed) = line.split_once(' ').expect("two numbers");
        let text = json(&program);
        assert_eq!(
            drawn,
            format!("{:016x}", hash(&text)),
            "the seed draws other programs than before: ask CPython anew"
        );
        let here = here(&program);
        assert_eq!(
            printed,
            format!("{:016x}", hash(&here)),
            "CPython printed something else for {text}\n{here}"
        );
        compared += 1;
    }
    assert_eq!(compared, ANSWERS);
}

#[test]
#[ignore = "asks CPython 3.13 about the programs of the fixed seed"]
fn answers_of_cpython_anew() {
    let mut pythons = cpython::Server::start_all();
    let python = pythons.last_mut().expect("an interpreter");
    let mut text = String::new();
    for program in seeded().take(ANSWERS) {
        let (drawn, printed) = (hash(&json(&program)), hash(&python.print(&program)));
        text += &format!("{drawn:016x} {printed:016x}\n");
    }
    std::fs::write(answers(), text).expect("the answers can be written");
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
    let names: Vec<_> = python.borrow().iter().map(|p| p.name.clone()).collect();
    println!(
        "{} programs: no difference to {}",
        config().cases,
        names.join(", ")
    );
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
        "closed",
        "is clean",
        "shielded",
        "was called",
        "told",
        "thread",
        ": True",
    ];
    let interactions = interaction.iter().filter(|word| printed.contains(**word));
    printed.lines().count() < 70 && kinds.len() > 20 && interactions.count() > 4
}

#[test]
#[ignore = "writes the corpus, and needs CPython"]
fn corpus_anew() {
    let mut pythons = cpython::Server::start_all();
    let folder = corpus();
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("the corpus can be written");
    let mut kept = 0;
    for program in seeded() {
        if kept == CORPUS {
            break;
        }
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
