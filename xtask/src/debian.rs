//! Debian's packages: what is installed into the system, a browser, Python, a Rust.

use anyhow::{Result, bail};
use xshell::cmd;

use crate::process::{find_program, say, shell, succeeds};

/// A thing that Debian's packages bring.
pub struct Packages {
    names: &'static [&'static str],
    /// What is missing.
    pub what: &'static str,
    why: &'static str,
}

impl Packages {
    /// Packages by their names, what they are together, and why they are needed.
    pub const fn new(
        names: &'static [&'static str],
        what: &'static str,
        why: &'static str,
    ) -> Self {
        Self { names, what, why }
    }

    /// Whether all of them are installed.
    pub fn are_installed(&self) -> bool {
        let names = self.names;
        let status = "${db:Status-Status}\n";
        let text = shell().and_then(|sh| {
            let query = cmd!(sh, "dpkg-query --show --showformat={status} {names...}");
            Ok(query.quiet().ignore_stderr().read()?)
        });
        text.is_ok_and(|text| text.lines().all(|line| line == "installed"))
    }

    /// Installs them, with the dependencies they need and no others.
    ///
    /// # Errors
    /// Where that cannot be done; the message says what would.
    pub fn install(&self) -> Result<()> {
        let Self { names, what, why } = self;
        let list = names.join(" ");
        let missing = format!("{what} is missing ({why})");
        if find_program(&["apt-get"]).is_none() {
            bail!(
                "{missing}: install it with your system's package manager (Debian calls it {list})"
            );
        }
        let sh = shell()?;
        let sudo: &[&str] = if is_root() { &[] } else { &["sudo", "-n"] };
        if !sudo.is_empty() && !succeeds(cmd!(sh, "sudo -n true")) {
            bail!("{missing}: run `sudo apt-get install --no-install-recommends {list}`");
        }
        say(format!(
            "{missing}: apt-get installs {list}, a minute or two"
        ));
        let apt_get = |arguments: &[&str]| {
            // sudo passes no variables on. Another installation may be going on, and a log has no use for a
            // progress bar.
            let program = "env DEBIAN_FRONTEND=noninteractive apt-get -qq \
                           -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0";
            let words = sudo.iter().copied().chain(program.split_whitespace());
            let mut words = words.chain(arguments.iter().copied());
            sh.cmd(words.next().expect("a program")).args(words).run()
        };
        // An old list names files that are gone. One of its sources may fail while the needed one is there.
        if let Err(error) = apt_get(&["update"]) {
            say(format!(
                "going on with the package lists as they are: {error}"
            ));
        }
        Ok(apt_get(
            &[&["install", "--yes", "--no-install-recommends"], *names].concat(),
        )?)
    }
}

/// Whether everything on the machine is allowed.
pub fn is_root() -> bool {
    let id = shell().and_then(|sh| Ok(cmd!(sh, "id -u").quiet().read()?));
    id.is_ok_and(|id| id == "0")
}
