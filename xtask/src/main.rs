//! The project's commands, run as `cargo xtask <command>`.
//!
//! What a command needs and the machine lacks is installed on the way, into a cache folder outside the
//! checkout. Each module uses only those before it in this list:
//!
//! - `files`, `process`: lists files, runs other programs.
//! - `debian`: installs Debian's packages.
//! - `toolchain`: the Rust that compiles for wasm, rustup's or Debian's.
//! - `tools`: Trunk, wasm-bindgen, the npm packages, a browser, Python: where they are, how they get there.
//! - `pages`: the demos' static pages.
//! - `dist`: what a static host needs beside Trunk's output: policy, headers, compressed files, sizes.
//! - `licenses`: what others wrote of the page.
//! - `build`: the release page, skipped where nothing changed.
//! - `serve`: `dist/` over HTTP, with the headers it asks for.
//! - `test`, `lint`, `oracle`, `bench`, `soak`: one command each.

mod files;
mod process;

mod debian;
mod toolchain;
mod tools;

mod pages;

mod dist;
mod licenses;

mod build;
mod serve;

mod bench;
mod lint;
mod oracle;
mod test;

mod soak;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use xshell::cmd;

use dist::Sizes;
use files::root;
use oracle::Mode;
use process::{say, shell, succeeds};

/// Printed below the list of commands.
const ENVIRONMENT: &str = "\
What is missing is installed on the way. These variables change where it is looked for:
  INTERLEAVE_CACHE    folder for tools (default: $XDG_CACHE_HOME/interleave or ~/.cache/interleave)
  INTERLEAVE_RUST     own or debian: which Rust compiles for wasm (default: own where it can)
  INTERLEAVE_BROWSER  path of Chromium or Chrome
  PYTHON              path of CPython, 3.11 or newer
  CHROMEDRIVER        path of its driver";

fn main() -> ExitCode {
    match run(&cli().get_matches()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The commands and their arguments.
fn cli() -> Command {
    let command = |name, help| Command::new(name).about(help);
    let flag = |name, help| {
        Arg::new(name)
            .long(name)
            .help(help)
            .action(ArgAction::SetTrue)
    };
    let port = Arg::new("port")
        .long("port")
        .help("the port; 0 takes any that is free");
    let port = port.value_parser(value_parser!(u16)).default_value("8080");
    let part = Arg::new("part").help(
        "a part: native, the demos on CPython, its recorder, wasm in headless Chromium, the built page with Playwright, or in every browser",
    );
    let fuzz = Arg::new("fuzz")
        .long("fuzz")
        .value_name("N")
        .help("instead compare N random programs with CPython 3.13 or newer")
        .value_parser(value_parser!(u32).range(1..))
        .conflicts_with_all(["check", "accept"]);
    let arguments = Arg::new("arguments").help("for the program that runs the part");
    let arguments = arguments
        .num_args(0..)
        .trailing_var_arg(true)
        .allow_hyphen_values(true);
    Command::new("xtask")
        .bin_name("cargo xtask")
        .after_help(ENVIRONMENT)
        .subcommand(
            command("serve", "build the release page and serve it on 127.0.0.1")
                .arg(port)
                .arg(flag("open", "open it in the browser")),
        )
        .subcommand(
            command("test", "run all tests, or a part")
                .arg(part.value_parser(test::PARTS.map(|(name, _)| name)))
                .arg(arguments),
        )
        .subcommand(
            command(
                "dist",
                "write dist/, a folder for any static host, and its table of sizes",
            )
            .arg(
                Arg::new("site")
                    .long("site")
                    .value_name("ADDRESS")
                    .value_parser(pages::Site::new)
                    .help("where it will be, https://example.org/interleave/: for search engines and link previews"),
            ),
        )
        .subcommand(command(
            "lint",
            "check formatting, and clippy natively and for wasm with warnings as errors",
        ))
        .subcommand(
            command(
                "oracle",
                "run the demos' Python counterparts and add what is new to tests/golden",
            )
            .arg(flag("check", "only compare"))
            .arg(flag("accept", "rewrite what has changed").conflicts_with("check"))
            .arg(fuzz),
        )
        .subcommand(command(
            "bench",
            "measure natively and in Chromium, and write docs/benchmarks.md",
        ))
        .subcommand(
            command(
                "soak",
                "attack decoders, engines and page at length, and write docs/reliability.md",
            )
            .arg(
                Arg::new("part")
                    .help("attacks only this; the report keeps what it says of the other")
                    .value_parser(["decoders", "page"]),
            )
            .arg(
                Arg::new("inputs")
                    .long("inputs")
                    .help("how many inputs each decoder is given")
                    .value_parser(value_parser!(u32).range(1..))
                    .default_value("1000000"),
            )
            .arg(
                Arg::new("seed")
                    .long("seed")
                    .help("the first input's seed; the others follow it")
                    .value_parser(value_parser!(u32))
                    .default_value("1"),
            ),
        )
        .subcommand(command(
            "record",
            "record the demos that need a browser, for those who open one: src/demos/NAME.trace",
        ))
        .subcommand(command(
            "screenshots",
            "make the pictures of docs/screenshots from the built page",
        ))
}

fn run(matches: &ArgMatches) -> Result<()> {
    let Some((name, options)) = matches.subcommand() else {
        return Ok(cli().print_help()?);
    };
    match name {
        "serve" => {
            let port = *options.get_one("port").expect("it has a default");
            serve(port, options.get_flag("open"))
        }
        "test" => {
            let arguments = options.get_many("arguments").unwrap_or_default().cloned();
            let part = options.get_one::<String>("part").map(String::as_str);
            test::command(part, &arguments.collect::<Vec<String>>())
        }
        "dist" => dist(options.get_one("site")),
        "lint" => lint::command(),
        "oracle" => {
            if let Some(programs) = options.get_one("fuzz") {
                return oracle::fuzz(*programs);
            }
            oracle::command(
                match (options.get_flag("check"), options.get_flag("accept")) {
                    (true, _) => Mode::Check,
                    (_, true) => Mode::Accept,
                    _ => Mode::AddNew,
                },
            )
        }
        "bench" => bench::command(),
        "soak" => soak::command(
            match options.get_one::<String>("part").map(String::as_str) {
                Some("decoders") => soak::Part::Decoders,
                Some(_) => soak::Part::Page,
                None => soak::Part::All,
            },
            *options.get_one("inputs").expect("it has a default"),
            *options.get_one("seed").expect("it has a default"),
        ),
        "record" => record(),
        "screenshots" => screenshots(),
        _ => unreachable!("clap refuses other names"),
    }
}

/// `cargo xtask serve`.
fn serve(port: u16, is_opened: bool) -> Result<()> {
    // A port that is taken is better known before the build than after it.
    let port = serve::free_port(port)?;
    let dist = build::page()?;
    say(Sizes::read(&dist)?.line());
    let listening = serve::Listening::start(port, &dist)?;
    let address = listening.address();
    say(format!("serving {address} (Ctrl+C ends it)"));
    let sh = shell()?;
    let openers = [
        cmd!(sh, "xdg-open"),
        cmd!(sh, "open"),
        cmd!(sh, "cmd /C start"),
    ];
    if is_opened
        && !openers
            .into_iter()
            .any(|opener| succeeds(opener.arg(&address)))
    {
        say(format!(
            "no browser could be started: open {address} in one"
        ));
    }
    listening.wait()
}

/// `cargo xtask dist`.
fn dist(site: Option<&pages::Site>) -> Result<()> {
    let dist = build::page_for(site)?;
    if site.is_none() {
        say(
            "without --site ADDRESS there are no canonical addresses, no site map and no link previews: they have to say where the site will be",
        );
    }
    let sizes = Sizes::read(&dist)?;
    println!("{}", sizes.table());
    sizes.check()?;
    say(format!("{} is ready for any static host", dist.display()));
    Ok(())
}

/// `cargo xtask record`: what is shown of demos that cannot be previewed.
fn record() -> Result<()> {
    let dist = build::page()?;
    say("recording the demos that need a browser in Chromium: a minute");
    let written = bench::drive(&dist, "record.js")?;
    println!("{written:#}");
    Ok(())
}

/// `cargo xtask screenshots`: the pictures in the README.
fn screenshots() -> Result<()> {
    let dist = build::page()?;
    say("screenshots of the built page in Chromium: half a minute");
    let written = bench::drive(&dist, "screenshots.js")?;
    println!("{written:#}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_refusal(words: &str, expected: &str) {
        let words = ["xtask"].into_iter().chain(words.split(' '));
        let message = cli()
            .try_get_matches_from(words)
            .expect_err("should be refused");
        let message = message.to_string();
        assert!(message.contains(expected), "{expected} is in\n{message}");
    }

    #[test]
    fn the_commands_are_well_formed() {
        cli().debug_assert();
    }

    #[test]
    fn what_is_mistyped_is_named_with_what_was_meant() {
        check_refusal("sevre", "a similar subcommand exists: 'serve'");
        check_refusal("test webb", "a similar value exists: 'web'");
        check_refusal(
            "test webb",
            "[possible values: unit, oracle, python, web, e2e, browsers]",
        );
        check_refusal("serve --prot 1", "a similar argument exists: '--port'");
        check_refusal(
            "serve --port eighty",
            "invalid value 'eighty' for '--port <port>'",
        );
        check_refusal("dist now", "unexpected argument 'now'");
        check_refusal("oracle --chek", "a similar argument exists: '--check'");
        check_refusal(
            "oracle --fuzz many",
            "invalid value 'many' for '--fuzz <N>'",
        );
    }

    #[test]
    fn what_follows_a_part_goes_to_its_program() -> Result<()> {
        let matches = cli().try_get_matches_from(["xtask", "test", "e2e", "--grep", "a link"])?;
        let (_, options) = matches.subcommand().expect("test");
        let arguments: Vec<&String> = options.get_many("arguments").expect("two").collect();
        assert_eq!(arguments, ["--grep", "a link"]);
        Ok(())
    }
}
