//! CPython as the oracle, in one process for many programs.

use crate::program::Program;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A running CPython.
pub struct Server {
    /// The program that runs.
    pub name: String,
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Server {
    /// Starts `python3`, or all that the variable `PYTHON` lists.
    pub fn start_all() -> Vec<Self> {
        let pythons = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
        pythons.split(':').map(Self::start).collect()
    }

    fn start(name: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut child = Command::new(name)
            .args(["-I", "-X", "utf8"])
            .arg(root.join("tests/semantics/server.py"))
            .arg(root.join("xtask/oracle.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Python starts");
        Server {
            name: name.to_owned(),
            input: child.stdin.take().expect("a pipe"),
            output: BufReader::new(child.stdout.take().expect("a pipe")),
            child,
        }
    }

    /// What the program prints there.
    pub fn print(&mut self, program: &Program) -> String {
        let data = serde_json::to_string(program).expect("plain data encodes");
        let source = include_str!("play.py");
        // JSON's words for yes and no are not Python's.
        let program = format!("import json\nPROGRAM = json.loads({data:?})\n{source}");
        writeln!(self.input, "{}", json!({ "program": program })).expect("Python listens");
        let mut line = String::new();
        self.output.read_line(&mut line).expect("Python answers");
        let answer: Value = serde_json::from_str(&line).expect("Python answers in JSON");
        answer["text"].as_str().expect("a text").to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
