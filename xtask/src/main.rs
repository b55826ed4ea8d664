//! The project's commands, run as `cargo xtask <command>`.
//!
//! What a command needs and the machine lacks is installed on the way, into a cache folder outside the
//! checkout. In reading order:
//!
//! - `process`, `files`: runs other programs, lists files.
//! - `tools`: Trunk, wasm-bindgen, the npm packages, a browser, Python: where they are, how they get there.
//! - `toolchain`: the Rust that compiles for wasm, rustup's or Debian's.
//! - `build`: the release page, skipped where nothing changed.
//! - `dist`: what a static host needs beside Trunk's output: policy, headers, compressed files, sizes.
//! - `serve`: `dist/` over HTTP, with the headers it asks for.
//! - `test`, `lint`, `oracle`, `bench`, `screenshots`: one command each.

mod files;
mod process;
mod toolchain;
mod tools;

mod build;
mod dist;
mod serve;

mod bench;
mod lint;
mod oracle;
mod screenshots;
mod test;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, bail};

/// A command of `cargo xtask`: the usage text, the dispatch and the spelling hint all read this list.
struct Command {
    name: &'static str,
    arguments: &'static str,
    help: &'static str,
    run: fn(&[String]) -> Result<()>,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "serve",
        arguments: "[--port 8080] [--open]",
        help: "build the release page and serve it on 127.0.0.1",
        run: serve::command,
    },
    Command {
        name: "test",
        arguments: "[unit|web|e2e [ARGUMENTS]]",
        help: "run all tests, or a part: native, wasm in headless Chromium, the built page with Playwright",
        run: test::command,
    },
    Command {
        name: "dist",
        arguments: "",
        help: "write dist/, a folder for any static host, and its table of sizes",
        run: dist::command,
    },
    Command {
        name: "lint",
        arguments: "",
        help: "check formatting, and clippy natively and for wasm with warnings as errors",
        run: lint::command,
    },
    Command {
        name: "oracle",
        arguments: "[--check | --accept]",
        help: "run the demos' Python counterparts and add to tests/golden (--accept: rewrite what changed)",
        run: oracle::command,
    },
    Command {
        name: "bench",
        arguments: "",
        help: "measure natively and in Chromium, and write docs/benchmarks.md",
        run: bench::command,
    },
    Command {
        name: "screenshots",
        arguments: "",
        help: "make the pictures of docs/screenshots from the built page",
        run: screenshots::command,
    },
];

/// Printed below the list of commands.
const ENVIRONMENT: &str = "\
What is missing is installed on the way. These variables change where it is looked for:
  INTERLEAVE_CACHE    folder for tools (default: $XDG_CACHE_HOME/interleave or ~/.cache/interleave)
  INTERLEAVE_RUST     own or debian: which Rust compiles for wasm (default: own where it can)
  INTERLEAVE_BROWSER  path of Chromium or Chrome
  CHROMEDRIVER        path of its driver";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<()> {
    let Some((name, rest)) = arguments.split_first() else {
        println!("{}", usage());
        return Ok(());
    };
    if matches!(name.as_str(), "help" | "--help" | "-h")
        || rest.iter().any(|word| word == "--help" || word == "-h")
    {
        println!("{}", usage());
        return Ok(());
    }
    match COMMANDS.iter().find(|command| command.name == name) {
        Some(command) => (command.run)(rest),
        None => bail!(unknown(
            "command",
            name,
            COMMANDS.iter().map(|command| command.name)
        )),
    }
}

fn usage() -> String {
    let mut text = String::from("Usage: cargo xtask <command>\n");
    for Command {
        name,
        arguments,
        help,
        ..
    } in COMMANDS
    {
        text += &format!("\n  {:<34}{help}", format!("{name} {arguments}"));
    }
    format!("{text}\n\n{ENVIRONMENT}")
}

/// The message for a name that is none of `known`: it offers the nearest one.
fn unknown<'a>(kind: &str, name: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    let nearest = known
        .clone()
        .map(|candidate| (strsim::osa_distance(name, candidate), candidate))
        .min()
        .filter(|(distance, _)| *distance <= 2);
    match nearest {
        Some((_, candidate)) => format!("unknown {kind} `{name}`: did you mean `{candidate}`?"),
        None => format!(
            "unknown {kind} `{name}`: known are {}",
            known.collect::<Vec<_>>().join(", ")
        ),
    }
}

/// # Errors
/// When a command that takes no arguments gets some.
fn no_arguments(name: &str, arguments: &[String]) -> Result<()> {
    match arguments.first() {
        Some(word) => bail!("`{name}` takes no arguments, not `{word}`"),
        None => Ok(()),
    }
}

/// The checkout: the folder above this crate's.
fn root() -> PathBuf {
    // Cargo sets the variable at run time too, which stays right where a checkout was moved.
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let xtask = manifest.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf());
    xtask
        .parent()
        .expect("the crate is a folder of the checkout")
        .to_path_buf()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_message(arguments: &[&str], expected: &str) {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        let message = dispatch(&arguments)
            .expect_err("should be refused")
            .to_string();
        assert_eq!(message, expected);
    }

    #[test]
    fn a_mistyped_command_gets_the_nearest_name() {
        check_message(&["sevre"], "unknown command `sevre`: did you mean `serve`?");
        check_message(&["tests"], "unknown command `tests`: did you mean `test`?");
        check_message(
            &["deploy"],
            "unknown command `deploy`: known are serve, test, dist, lint, oracle, bench, screenshots",
        );
    }

    #[test]
    fn mistyped_arguments_are_named() {
        check_message(
            &["test", "webb"],
            "unknown part `webb`: did you mean `web`?",
        );
        check_message(
            &["serve", "--prot", "1"],
            "unknown option `--prot`: did you mean `--port`?",
        );
        check_message(
            &["serve", "--port", "eighty"],
            "--port takes a number from 0 to 65535, not `eighty`",
        );
        check_message(
            &["serve", "--port"],
            "--port takes a number from 0 to 65535",
        );
        check_message(&["dist", "now"], "`dist` takes no arguments, not `now`");
        check_message(
            &["oracle", "--chek"],
            "unknown option `--chek`: did you mean `--check`?",
        );
    }

    #[test]
    fn the_usage_text_names_every_command() {
        let usage = usage();
        assert!(COMMANDS.iter().all(|command| usage.contains(command.help)));
    }
}
