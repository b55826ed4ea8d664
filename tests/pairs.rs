//! Small programs in pairs: in Python, as CPython 3.13 runs it, and in Rust on a stage. Both print
//! the same lines at the same times.
//!
//! `pairs/NAME.py` has several programs, `pairs/NAME.rs` the same ones, and `pairs/NAME.txt` what
//! CPython printed. With a CPython 3.13 this compares what is kept with what it prints now, and
//! with `UPDATE_EXPECT` it writes that down:
//!
//!     PYTHON=python3.13 cargo test --test pairs -- --ignored

#[path = "common/mod.rs"]
mod common;
#[path = "pairs/prelude.rs"]
mod prelude;

use common::check_invariants;
use interleave::clock::{Clock, InstantClock};
use interleave::derived::findings::{FindingKind, findings};
use interleave::derived::output;
use interleave::executor::{EventLoop, Limits};
use interleave::stage::task_output::TaskOutput;
use interleave::stage::{Failure, Stage};
use interleave::trace::{EndReason, EventKind, Trace};
use std::fmt::Write as _;
use std::future::Future;
use std::panic::Location;
use std::path::PathBuf;
use std::pin::Pin;
use std::process::Command;
use std::rc::Rc;

type Main = Pin<Box<dyn Future<Output = Result<(), Failure>>>>;

/// A file's programs, by name.
type Programs = &'static [(&'static str, fn(Stage) -> Main)];

macro_rules! pairs {
    ($($file:ident: $path:literal { $($name:ident)* })*) => {
        $(#[path = $path] mod $file;)*

        const PAIRS: &[(&str, Programs)] = &[
            $((stringify!($file), &[$((stringify!($name), |stage| Box::pin($file::$name(stage)))),*])),*
        ];
    };
}

include!("pairs/list.rs");

fn path(name: &str, end: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/pairs/{name}.{end}"))
}

fn run(program: fn(Stage) -> Main) -> Trace {
    let clock: Rc<dyn Clock> = Rc::new(InstantClock::default());
    let event_loop = EventLoop::new(clock, Limits::default());
    let main = program(Stage::new(event_loop.clone()));
    let main = Box::pin(async move { main.await.end() });
    event_loop.spawn("main", Location::caller(), main);
    event_loop.run_instantly();
    event_loop.into_trace()
}

/// What `run.py` prints for the program.
fn printed(trace: &Trace) -> String {
    let mut text = String::new();
    for line in output::lines(trace).filter(|line| !line.note) {
        let ms = line.time_ns / 1_000_000;
        let _ = writeln!(text, "{}.{:03} {}", ms / 1_000, ms % 1_000, line.text);
    }
    let end = trace.end.as_ref().expect("the run ended");
    match end.reason {
        EndReason::Finished => {}
        EndReason::Deadlock => text += "error: deadlock\n",
        _ => text += &format!("error: {}\n", end.message),
    }
    let failed_callback = |event: &&interleave::trace::Event| match event.kind {
        EventKind::Note { text, .. } => trace.text(text).starts_with("exception in callback"),
        _ => false,
    };
    for _ in trace.events.iter().filter(failed_callback) {
        text += "log: Exception in callback\n";
    }
    if end.reason != EndReason::Deadlock {
        for finding in findings(trace) {
            if finding.kind == FindingKind::NeverRetrieved {
                text += "log: Task exception was never retrieved\n";
            }
        }
    }
    text
}

/// The sections of a file that `run.py` wrote.
fn sections(text: &str) -> Vec<(&str, &str)> {
    let sections = text.split("== ").skip(1);
    sections
        .map(|section| section.split_once('\n').expect("a name and its lines"))
        .collect()
}

#[test]
fn pairs_print_the_same() {
    let (mut compared, mut problems) = (0, String::new());
    for (file, programs) in PAIRS {
        let kept = std::fs::read_to_string(path(file, "txt")).expect("CPython's lines are kept");
        let kept = sections(&kept);
        let names: Vec<&str> = programs.iter().map(|(name, _)| *name).collect();
        let kept_names: Vec<&str> = kept.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, kept_names, "{file}: programs in Rust and in Python");
        for ((name, program), (_, there)) in programs.iter().zip(kept) {
            let trace = run(*program);
            check_invariants(&trace);
            let here = printed(&trace);
            if here != there {
                let _ = write!(problems, "\n{file}::{name}\nCPython:\n{there}here:\n{here}");
            }
            compared += 1;
        }
    }
    assert!(problems.is_empty(), "{problems}");
    println!("{compared} pairs print the same");
}

/// What asyncio programs use: in each case words, one of which a program has that is about it.
const SUBJECTS: &[(&str, &[&str])] = &[
    ("wait_for", &["asyncio.wait_for("]),
    ("shield", &["asyncio.shield("]),
    ("a timeout as an object", &[".reschedule(", ".expired()"]),
    ("wait with a timeout", &["timeout="]),
    ("wait until the first fails", &["FIRST_EXCEPTION"]),
    ("call_soon", &[".call_soon("]),
    ("call_at", &[".call_at("]),
    ("handles", &["handle.", "one.cancel"]),
    ("done callbacks", &[".add_done_callback("]),
    ("release without a guard", &[".release()"]),
    ("BoundedSemaphore", &["BoundedSemaphore("]),
    ("exception groups", &["except*", "ExceptionGroup"]),
    ("causes", &[".__cause__"]),
    ("messages of cancellation", &[".cancel(\"", ".cancel(f\""]),
    ("PriorityQueue", &["PriorityQueue("]),
    ("LifoQueue", &["LifoQueue("]),
    ("Queue.shutdown", &[".shutdown("]),
    ("gather", &["asyncio.gather("]),
    ("cancelling and uncancel", &[".cancelling()", ".uncancel()"]),
    ("async context managers", &["_Session("]),
    ("contextvars", &["_var.", "_bare."]),
    ("Barrier", &["Barrier("]),
    ("asend", &[".asend("]),
    ("athrow", &[".athrow("]),
    ("aclose", &[".aclose()"]),
];

#[test]
fn there_are_two_hundred_pairs_and_four_of_each_subject() {
    let mut texts = Vec::new();
    for (file, programs) in PAIRS {
        let source = std::fs::read_to_string(path(file, "py")).expect("the programs are there");
        for (name, _) in *programs {
            let head = format!("async def {name}():\n");
            let text = source.split(&head).nth(1).expect("the program is there");
            let text = text.split("\n\n\n").next().expect("its lines");
            texts.push(text.to_owned());
        }
    }
    assert!(texts.len() >= 200, "{} pairs", texts.len());
    for (subject, words) in SUBJECTS {
        let is_about = |text: &&String| words.iter().any(|word| text.contains(word));
        let count = texts.iter().filter(is_about).count();
        assert!(count >= 4, "{subject}: {count} pairs");
    }
}

#[test]
fn every_file_is_listed() {
    let folder = path("", "").parent().expect("a folder").to_owned();
    for entry in std::fs::read_dir(folder).expect("the pairs are there") {
        let path = entry.expect("the pairs can be read").path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let is_program = path.extension().is_some_and(|end| end == "py") && name != "run";
        let is_listed = PAIRS.iter().any(|(file, _)| *file == name);
        assert!(!is_program || is_listed, "{name}.py has no twin");
    }
}

#[test]
#[ignore = "needs CPython 3.13"]
fn cpython_still_prints_the_same() {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3.13".to_owned());
    let oracle = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("xtask/oracle.py");
    let writes = std::env::var_os("UPDATE_EXPECT").is_some();
    for (file, _) in PAIRS {
        let output = Command::new(&python)
            .args(["-I", "-X", "utf8"])
            .args([path("run", "py"), oracle.clone(), path(file, "py")])
            .output()
            .expect("Python starts");
        let fresh = String::from_utf8(output.stdout).expect("Python writes UTF-8");
        if writes {
            std::fs::write(path(file, "txt"), fresh).expect("the lines can be written");
        } else {
            let kept = std::fs::read_to_string(path(file, "txt")).expect("the lines are kept");
            assert_eq!(fresh, kept, "{file}");
        }
    }
}
