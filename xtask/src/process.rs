//! Runs other programs.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use xshell::{Cmd, Shell};

use crate::files::root;

/// Says what happens next: one line that stands out from the programs' own output.
pub fn say(line: impl AsRef<str>) {
    println!("==> {}", line.as_ref());
}

/// A shell whose commands run in the checkout.
pub fn shell() -> Result<Shell> {
    let shell = Shell::new()?;
    shell.change_dir(root());
    Ok(shell)
}

/// The cargo that runs this program, for everything native.
pub fn own_cargo_path() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Whether a command can be started and ends well; its output is dropped.
pub fn succeeds(command: Cmd<'_>) -> bool {
    command
        .quiet()
        .ignore_stdout()
        .ignore_stderr()
        .run()
        .is_ok()
}

/// Runs a command of the standard library's to its end, its output passed through.
///
/// # Errors
/// When the program cannot be started or ends with a failure; the message holds the command line.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("could not start {command:?}"))?;
    ensure!(status.success(), "{command:?} failed ({status})");
    Ok(())
}

/// Runs a command of the standard library's and returns what it wrote to its standard output.
///
/// # Errors
/// As [`run`]; what the program wrote to its standard error is passed through.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.with_context(|| format!("could not start {command:?}"))?;
    ensure!(
        output.status.success(),
        "{command:?} failed ({})",
        output.status
    );
    String::from_utf8(output.stdout).with_context(|| format!("{command:?} wrote no UTF-8"))
}

/// Runs a command to its end and hands each line of its standard output, which is passed through as well,
/// to `see`.
///
/// # Errors
/// As [`run`].
pub fn watch(command: Cmd<'_>, mut see: impl FnMut(&str)) -> Result<()> {
    let line = command.to_string();
    let mut command = Command::from(command);
    let child = command.stdout(Stdio::piped()).spawn();
    let mut child = child.with_context(|| format!("could not start `{line}`"))?;
    let stdout = child.stdout.take().expect("the output is a pipe");
    for text in BufReader::new(stdout).split(b'\n') {
        let text = text?;
        let text = String::from_utf8_lossy(&text);
        println!("{text}");
        see(&text);
    }
    let status = child.wait()?;
    ensure!(status.success(), "`{line}` failed ({status})");
    Ok(())
}

/// The first of these programs that is on the PATH.
pub fn find_program(names: &[&str]) -> Option<PathBuf> {
    names.iter().find_map(|name| which::which(name).ok())
}

/// The PATH with folders before it.
pub fn path_after(folders: &[PathBuf]) -> Result<OsString> {
    let rest = std::env::var_os("PATH").unwrap_or_default();
    let rest = std::env::split_paths(&rest);
    std::env::join_paths(folders.iter().cloned().chain(rest))
        .context("a folder with a separator in its name cannot be on the PATH")
}

/// An environment variable that is set and not empty.
pub fn variable(name: impl AsRef<OsStr>) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// The message for a name that is none of `known`.
pub fn unknown<'a>(kind: &str, name: &str, known: impl Iterator<Item = &'a str>) -> String {
    format!(
        "unknown {kind} `{name}`: known are {}",
        known.collect::<Vec<_>>().join(", ")
    )
}
