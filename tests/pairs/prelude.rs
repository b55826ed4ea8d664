//! What the programs of all pairs use.

pub use interleave::stage::awaitable::Awaitable;
pub use interleave::stage::generator::Yielder;
pub use interleave::stage::job::Job;
pub use interleave::stage::several::WaitUntil;
pub use interleave::stage::task::Task;
pub use interleave::stage::timeout::TimedOut;
pub use interleave::stage::{Cancelled, Failure, Stage};
pub use std::cell::RefCell;
pub use std::future::Future;
pub use std::rc::Rc;
pub use std::time::Duration;

/// What most programs return.
pub type Done = Result<(), Failure>;

/// A length of time in milliseconds.
pub fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// A `ValueError`.
pub fn value_error(message: &str) -> Failure {
    Failure::new("ValueError", message)
}

/// `True` or `False`.
pub fn py(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}

/// A message of a cancellation as Python prints it in quotes, or `''`.
pub fn message(cancelled: &Cancelled) -> String {
    format!("'{}'", cancelled.message.as_deref().unwrap_or_default())
}
