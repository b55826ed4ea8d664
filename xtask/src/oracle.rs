//! `cargo xtask oracle`: what CPython says. Runs the Python counterpart of every demo in virtual time and keeps
//! its output in `tests/golden/<slug>/<setting>.txt`, with which the tests compare the Rust demo.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::build::collect;
use crate::process::{output, run, say};
use crate::toolchain::own_cargo;
use crate::{root, tools, unknown};

/// The exit code with which oracle.py reports a deadlock.
const EXIT_DEADLOCK: i32 = 3;

/// The line that a deadlock leaves in a golden output, as the program itself can print no more.
const DEADLOCK_LINE: &str = "error: deadlock\n";

/// `cargo xtask oracle`.
pub fn command(arguments: &[String]) -> Result<()> {
    let is_check = match arguments {
        [] => false,
        [word] if word == "--check" => true,
        [word, ..] => bail!(unknown("option", word, ["--check"].into_iter())),
    };
    let python = tools::python()?;
    say("the oracle's own tests: some seconds");
    run(Command::new(&python)
        .args(["-X", "utf8", "-B"])
        .arg(root().join("xtask/oracle_test.py")))?;

    say("the demos' Python counterparts in virtual time: some seconds");
    let golden = root().join("tests/golden");
    let known = read_golden(&golden)?;
    let fresh = run_demos(&python)?;
    let differences = differences(&known, &fresh);
    if !is_check {
        write_golden(&golden, &known, &fresh)?;
    }
    if !differences.is_empty() {
        let what = if is_check {
            "`cargo xtask oracle` would rewrite"
        } else {
            "rewrote"
        };
        bail!(
            "CPython says something else than tests/golden, {what}:\n  {}",
            differences.join("\n  ")
        );
    }
    say(format!(
        "CPython agrees with all {} files of tests/golden",
        known.len()
    ));
    Ok(())
}

/// Golden outputs by their path below `tests/golden`, with `/` between its parts.
type Golden = BTreeMap<String, String>;

fn read_golden(folder: &Path) -> Result<Golden> {
    let mut files = Vec::new();
    if folder.is_dir() {
        collect(folder, &|_| true, &mut files)?;
    }
    let mut golden = Golden::new();
    for file in files {
        let name = file
            .strip_prefix(folder)?
            .iter()
            .map(|part| part.to_string_lossy());
        let name = name.collect::<Vec<_>>().join("/");
        let text = fs::read_to_string(&file)
            .with_context(|| format!("could not read {}", file.display()))?;
        golden.insert(name, text);
    }
    Ok(golden)
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
        let program = programs.join(format!("{slug}.py"));
        fs::write(&program, field("python")?)?;
        let text = run_program(python, &program)
            .with_context(|| format!("{slug}, setting `{setting}`"))?;
        if golden.insert(golden_name(slug, setting), text).is_some() {
            bail!("{slug} has the setting `{setting}` twice");
        }
    }
    if golden.is_empty() {
        bail!("the goldens example listed no program");
    }
    Ok(golden)
}

/// Runs one program in virtual time and returns what it printed.
fn run_program(python: &Path, program: &Path) -> Result<String> {
    // Without the reader's own Python settings (-I), in UTF-8 whatever the locale says.
    let mut command = Command::new(python);
    command
        .args(["-I", "-X", "utf8"])
        .arg(root().join("xtask/oracle.py"))
        .arg(program);
    let done = command.output().context("could not start Python")?;
    let mut text = String::from_utf8(done.stdout).context("the program wrote no UTF-8")?;
    match done.status.code() {
        Some(0) => {}
        Some(EXIT_DEADLOCK) => text += DEADLOCK_LINE,
        _ => bail!(
            "the program failed ({}):\n{}",
            done.status,
            String::from_utf8_lossy(&done.stderr).trim()
        ),
    }
    Ok(text)
}

/// The path of a golden output: characters that a file name cannot hold everywhere are percent-encoded.
fn golden_name(slug: &str, setting: &str) -> String {
    let mut name = String::new();
    for byte in setting.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'=' | b'&' | b'.' | b',' | b'_' | b'-' => {
                name.push(char::from(byte));
            }
            _ => name += &format!("%{byte:02X}"),
        }
    }
    format!(
        "{slug}/{}.txt",
        if name.is_empty() { "default" } else { &name }
    )
}

/// A line for each file that is not as it was, with the first line that differs.
fn differences(known: &Golden, fresh: &Golden) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, text) in fresh {
        match known.get(name) {
            None => lines.push(format!("{name}: new")),
            Some(old) if old != text => {
                lines.push(format!("{name}: {}", first_difference(old, text)))
            }
            Some(_) => {}
        }
    }
    let stale = known.keys().filter(|name| !fresh.contains_key(*name));
    lines.extend(stale.map(|name| format!("{name}: stale, no demo has this setting")));
    lines
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
    let path = |name: &str| {
        name.split('/')
            .fold(folder.to_path_buf(), |path: PathBuf, part| path.join(part))
    };
    for (name, text) in fresh
        .iter()
        .filter(|(name, text)| known.get(*name) != Some(text))
    {
        let file = path(name);
        fs::create_dir_all(file.parent().expect("a slug's folder"))?;
        fs::write(&file, text).with_context(|| format!("could not write {}", file.display()))?;
    }
    for name in known.keys().filter(|name| !fresh.contains_key(*name)) {
        let file = path(name);
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
    fn settings_become_file_names() {
        assert_eq!(golden_name("factorial", ""), "factorial/default.txt");
        assert_eq!(
            golden_name("factorial", "mode=blocking&n=3,4"),
            "factorial/mode=blocking&n=3,4.txt"
        );
        assert_eq!(
            golden_name("weather", "cities=Évry/x%20"),
            "weather/cities=%C3%89vry%2Fx%2520.txt"
        );
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
            [
                "a/default.txt: line 2 was `2`, is `3`",
                "d/default.txt: new",
                "c/x.txt: stale, no demo has this setting",
            ]
        );
        assert_eq!(
            first_difference("1\n", "1\n2\n"),
            "line 2 was nothing, is `2`"
        );
        assert_eq!(first_difference("1\n", "1"), "ends of lines differ");
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
