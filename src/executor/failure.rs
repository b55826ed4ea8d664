//! What an exception is in Python: errors that a program returns, and what unwinds a task.

use std::fmt;
use std::rc::Rc;

/// An error of a program's: what an exception is in Python.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The exception's class, such as "ValueError".
    pub kind: &'static str,
    /// What went wrong.
    pub message: String,
    /// The error that this one was raised from (`raise … from cause`).
    pub cause: Option<Box<Failure>>,
    /// The errors of a group (`ExceptionGroup.exceptions`).
    pub group: Vec<Failure>,
}

impl Failure {
    /// A failure of that kind.
    pub fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Failure {
            kind,
            message: message.into(),
            cause: None,
            group: Vec::new(),
        }
    }

    /// Several failures as one (`ExceptionGroup`).
    pub fn group(message: impl Into<String>, failures: Vec<Failure>) -> Self {
        Failure {
            group: failures,
            ..Failure::new("ExceptionGroup", message)
        }
    }

    /// What stands for a cancelled task among results.
    pub fn cancelled() -> Self {
        Failure::new("CancelledError", "")
    }

    /// This failure, raised because of another (`raise … from cause`).
    pub fn caused_by(self, cause: Failure) -> Self {
        Failure {
            cause: Some(Box::new(cause)),
            ..self
        }
    }

    /// The failures of a group that match, at any depth, and the rest (`except*`); either is
    /// `None` when there are none. Groups inside keep their messages.
    pub fn split(self, matches: &impl Fn(&Failure) -> bool) -> (Option<Failure>, Option<Failure>) {
        if self.group.is_empty() {
            return match matches(&self) {
                true => (Some(self), None),
                false => (None, Some(self)),
            };
        }
        let (mut matching, mut rest) = (Vec::new(), Vec::new());
        for failure in self.group {
            let (one, other) = failure.split(matches);
            matching.extend(one);
            rest.extend(other);
        }
        let message = self.message;
        let group = |failures: Vec<Failure>| {
            (!failures.is_empty()).then(|| Failure::group(message.clone(), failures))
        };
        (group(matching), group(rest))
    }

    /// As [`fmt::Display`], with the class's module, as it ends a traceback:
    /// `asyncio.exceptions.CancelledError`.
    pub fn qualified(&self) -> String {
        qualified(&self.to_string())
    }
}

/// As the last line of a Python traceback, without the class's module: `ValueError: too large`.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.kind)?;
        if !self.message.is_empty() || !self.group.is_empty() {
            write!(f, ": {}", self.message)?;
        }
        match self.group.len() {
            0 => Ok(()),
            1 => f.write_str(" (1 sub-exception)"),
            count => write!(f, " ({count} sub-exceptions)"),
        }
    }
}

/// The errors of a task group, as the exception that leaves it.
impl From<Vec<Failure>> for Failure {
    fn from(failures: Vec<Failure>) -> Self {
        Failure::group("unhandled errors in a TaskGroup", failures)
    }
}

/// The last line of a traceback for the text of a failure: classes of asyncio's come with their
/// modules, as they are no builtins.
pub(super) fn qualified(text: &str) -> String {
    let kind = text.split(':').next().unwrap_or_default();
    let module = match kind {
        "CancelledError" | "InvalidStateError" | "BrokenBarrierError" => "asyncio.exceptions.",
        "QueueShutDown" | "QueueFull" | "QueueEmpty" => "asyncio.queues.",
        _ => "",
    };
    format!("{module}{text}")
}

/// The message of a cancellation (`Task.cancel(msg)`), if it has one.
pub type CancelMessage = Option<Rc<str>>;

/// What unwinds a task through its `await`s.
///
/// An exception becomes: the innermost future returns `Pending` with one of these set, and whoever
/// catches it (or in the end the loop) drops everything inside, which runs the clean-up of each in
/// the order in which Python's `finally` blocks run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unwind {
    /// `CancelledError`.
    Cancelled(CancelMessage),
    /// `GeneratorExit`: an async generator is closed at its `yield`.
    GeneratorExit,
    /// An error that the type of what is awaited has no room for.
    Raised(Failure),
}
