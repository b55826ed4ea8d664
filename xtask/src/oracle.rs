//! `cargo xtask oracle`: what CPython says. Runs the Python counterpart of every demo in virtual time and keeps
//! its output in `tests/golden/`, with which the tests compare the Rust demo.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::process::{output, run, say};
use crate::toolchain::own_cargo;
use crate::tools::Python;
use crate::{files, root, tools};

/// Where the golden outputs are, seen from the checkout.
const GOLDEN: &str = "tests/golden";

/// The exit code of oracle.py after a deadlock, which is an output like any other.
const EXIT_DEADLOCK: i32 = 3;

/// What is done about differences.
#[derive(Clone, Copy, PartialEq)]
pub enum Mode {
    /// New files are written; others stay as they are.
    AddNew,
    /// `--check`: nothing is written.
    Check,
    /// `--accept`: what CPython says is written, and what no demo asks for is removed.
    Accept,
}

/// `cargo xtask oracle`.
pub fn command(mode: Mode) -> Result<()> {
    let python = tools::python()?;
    say("the oracle's own tests: some seconds");
    run(&mut own_tests(&python))?;
    compare_demos(&python, mode)
}

/// What runs the tests of oracle.py itself.
pub fn own_tests(python: &Python) -> Command {
    let mut command = Command::new(&python.path);
    command
        .args(["-X", "utf8", "-B"])
        .arg(root().join("xtask/oracle_test.py"));
    command
}

/// Compares the demos' Python counterparts with the golden outputs, and says with which CPython.
pub fn compare_demos(python: &Python, mode: Mode) -> Result<()> {
    let version = &python.version;
    say(format!(
        "the demos' Python counterparts in virtual time on CPython {version}: some seconds, after compiling the demos"
    ));
    let fresh = run_demos(&python.path)?;
    say(update(&root().join(GOLDEN), &fresh, mode)?);
    Ok(())
}

/// `cargo xtask oracle --fuzz`: draws that many programs at random, runs each here and on CPython, and compares
/// what they print. The first that differs is made as small as it can be, and shown.
pub fn fuzz(programs: u32) -> Result<()> {
    let python = Python::find(tools::LIKE_PYTHON).with_context(|| {
        format!(
            "no CPython 3.{0} or newer is there, and where older ones differ from it, so do we: set PYTHON to where one is",
            tools::LIKE_PYTHON
        )
    })?;
    say(format!(
        "{programs} random programs here and on CPython {}: about a minute for a thousand",
        python.version
    ));
    let test = [
        "test",
        "--quiet",
        "--package",
        "interleave",
        "--test",
        "semantics",
    ];
    run(own_cargo()
        .args(test)
        .args(["--", "--ignored", "--nocapture", "on_cpython"])
        .env("PYTHON", &python.path)
        .env("PROPTEST_CASES", programs.to_string())
        .current_dir(root()))
}

/// Makes the folder hold what CPython says now, as far as the mode allows, and returns what to say
/// of it.
///
/// # Errors
/// When the folder holds something else afterwards; says what.
fn update(folder: &Path, fresh: &Golden, mode: Mode) -> Result<String> {
    let known = read_golden(folder)?;
    let (new, changed) = differences(&known, fresh);
    match mode {
        Mode::Check => {}
        Mode::Accept => write_golden(folder, &known, fresh)?,
        Mode::AddNew => {
            let mut with_new = known.clone();
            with_new.extend(new.iter().map(|name| (name.clone(), fresh[name].clone())));
            write_golden(folder, &known, &with_new)?;
        }
    }
    let list = |names: &[String]| names.join("\n  ");
    if mode == Mode::Check && !new.is_empty() {
        bail!(
            "these files of {GOLDEN} are missing, `cargo xtask oracle` writes them:\n  {}",
            list(&new)
        );
    }
    if mode != Mode::Accept && !changed.is_empty() {
        bail!(
            "CPython says something else than {GOLDEN}, `cargo xtask oracle --accept` rewrites it:\n  {}",
            list(&changed)
        );
    }
    Ok(match [new, changed].concat() {
        files if files.is_empty() => {
            format!("CPython agrees with all {} files of {GOLDEN}", fresh.len())
        }
        files => format!("wrote in {GOLDEN}:\n  {}", list(&files)),
    })
}

/// Golden outputs by their path below `tests/golden`, with `/` between its parts.
type Golden = BTreeMap<String, String>;

fn read_golden(folder: &Path) -> Result<Golden> {
    let names = if folder.is_dir() {
        files::names(folder)?
    } else {
        Vec::new()
    };
    let read = |name: String| {
        let text = fs::read_to_string(folder.join(&name))
            .with_context(|| format!("could not read {GOLDEN}/{name}"))?;
        Ok((name, text))
    };
    names.into_iter().map(read).collect()
}

/// Asks the `goldens` example which programs there are, and runs them.
fn run_demos(python: &Path) -> Result<Golden> {
    let mut list = own_cargo();
    list.args(["run", "--quiet", "--example", "goldens", "--", "list"])
        .current_dir(root());
    let list = output(&mut list)?;
    // A program's file has the name that Python shows in its messages.
    let programs = root().join("target/oracle");
    fs::create_dir_all(&programs)?;
    let mut golden = Golden::new();
    for line in list.lines().filter(|line| !line.trim().is_empty()) {
        let entry: Value =
            serde_json::from_str(line).context("the goldens example wrote no JSON line")?;
        let field = |name: &str| {
            entry[name]
                .as_str()
                .with_context(|| format!("the goldens example wrote a line without `{name}`"))
        };
        let (slug, setting) = (field("slug")?, field("setting")?);
        // The demos name the files, as the tests look for them there.
        let path = field("path")?;
        let name = path
            .strip_prefix(&format!("{GOLDEN}/"))
            .with_context(|| format!("`{path}` is not in {GOLDEN}"))?;
        let program = programs.join(format!("{slug}.py"));
        fs::write(&program, field("python")?)?;
        let text = run_program(python, &program)
            .with_context(|| format!("{slug}, setting `{setting}`"))?;
        if golden.insert(name.to_owned(), text).is_some() {
            bail!("two settings have the file {path}");
        }
    }
    if golden.is_empty() {
        bail!("the goldens example listed no program");
    }
    Ok(golden)
}

/// Runs one program in virtual time and returns what it printed, with times.
fn run_program(python: &Path, program: &Path) -> Result<String> {
    // Without the reader's own Python settings (-I), in UTF-8 whatever the locale says.
    let mut command = Command::new(python);
    command
        .args(["-I", "-X", "utf8"])
        .arg(root().join("xtask/oracle.py"))
        .arg("--times")
        .arg(program);
    let done = command.output().context("could not start Python")?;
    if !matches!(done.status.code(), Some(0 | EXIT_DEADLOCK)) {
        bail!(
            "the program failed ({}):\n{}",
            done.status,
            String::from_utf8_lossy(&done.stderr).trim()
        );
    }
    String::from_utf8(done.stdout).context("the program wrote no UTF-8")
}

/// The files that are new, and a line for each other one that is not as it was.
fn differences(known: &Golden, fresh: &Golden) -> (Vec<String>, Vec<String>) {
    let (mut new, mut changed) = (Vec::new(), Vec::new());
    for (name, text) in fresh {
        match known.get(name) {
            None => new.push(name.clone()),
            Some(old) if old != text => {
                changed.push(format!("{name}: {}", first_difference(old, text)));
            }
            Some(_) => {}
        }
    }
    let stale = known.keys().filter(|name| !fresh.contains_key(*name));
    changed.extend(stale.map(|name| format!("{name}: no demo has this setting")));
    (new, changed)
}

fn first_difference(old: &str, new: &str) -> String {
    let (mut old, mut new) = (old.lines(), new.lines());
    for number in 1.. {
        match (old.next(), new.next()) {
            (None, None) => break,
            (a, b) if a != b => {
                let show =
                    |line: Option<&str>| line.map_or("nothing".into(), |line| format!("`{line}`"));
                return format!("line {number} was {}, is {}", show(a), show(b));
            }
            _ => {}
        }
    }
    "ends of lines differ".into()
}

/// Makes the folder hold the fresh outputs and nothing else.
fn write_golden(folder: &Path, known: &Golden, fresh: &Golden) -> Result<()> {
    for (name, text) in fresh
        .iter()
        .filter(|(name, text)| known.get(*name) != Some(text))
    {
        let file = folder.join(name);
        fs::create_dir_all(file.parent().expect("a slug's folder"))?;
        fs::write(&file, text).with_context(|| format!("could not write {}", file.display()))?;
    }
    for name in known.keys().filter(|name| !fresh.contains_key(*name)) {
        let file = folder.join(name);
        fs::remove_file(&file).with_context(|| format!("could not remove {}", file.display()))?;
        // Fails, as it should, where other files are left.
        let _ = file.parent().map(fs::remove_dir);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn golden(files: &[(&str, &str)]) -> Golden {
        files
            .iter()
            .map(|(name, text)| (name.to_string(), text.to_string()))
            .collect()
    }

    #[test]
    fn every_difference_is_named() {
        let known = golden(&[
            ("a/default.txt", "1\n2\n"),
            ("b/default.txt", "1\n"),
            ("c/x.txt", ""),
        ]);
        let fresh = golden(&[
            ("a/default.txt", "1\n3\n"),
            ("b/default.txt", "1\n"),
            ("d/default.txt", ""),
        ]);
        assert_eq!(
            differences(&known, &fresh),
            (
                vec!["d/default.txt".to_owned()],
                vec![
                    "a/default.txt: line 2 was `2`, is `3`".to_owned(),
                    "c/x.txt: no demo has this setting".to_owned(),
                ]
            )
        );
        assert_eq!(
            first_difference("1\n", "1\n2\n"),
            "line 2 was nothing, is `2`"
        );
        assert_eq!(first_difference("1\n", "1"), "ends of lines differ");
    }

    #[test]
    fn new_files_are_a_success_and_changed_ones_are_only_when_accepted() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let folder = folder.path();
        let first = golden(&[("a/default.txt", "1\n")]);
        let problem = update(folder, &first, Mode::Check).expect_err("a file is missing");
        assert!(problem.to_string().contains("a/default.txt"), "{problem}");
        assert_eq!(read_golden(folder)?, Golden::new());
        assert!(update(folder, &first, Mode::AddNew)?.contains("a/default.txt"));
        assert!(update(folder, &first, Mode::Check)?.starts_with("CPython agrees"));

        let second = golden(&[("a/default.txt", "2\n"), ("b/default.txt", "3\n")]);
        let problem = update(folder, &second, Mode::AddNew).expect_err("a file has changed");
        assert!(problem.to_string().contains("was `1`, is `2`"), "{problem}");
        let mixed = golden(&[("a/default.txt", "1\n"), ("b/default.txt", "3\n")]);
        assert_eq!(
            read_golden(folder)?,
            mixed,
            "what is new is written, the rest stays"
        );
        assert!(update(folder, &second, Mode::Accept)?.contains("a/default.txt"));
        assert_eq!(read_golden(folder)?, second);
        Ok(())
    }

    #[test]
    fn writing_leaves_only_what_is_fresh() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let first = golden(&[("a/default.txt", "1\n"), ("b/default.txt", "2\n")]);
        write_golden(folder.path(), &Golden::new(), &first)?;
        assert_eq!(read_golden(folder.path())?, first);

        let second = golden(&[("a/default.txt", "changed\n")]);
        write_golden(folder.path(), &first, &second)?;
        assert_eq!(read_golden(folder.path())?, second);
        assert!(!folder.path().join("b").exists(), "an empty folder is left");
        Ok(())
    }
}
