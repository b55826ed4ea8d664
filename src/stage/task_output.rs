//! What tasks may return.

use crate::executor::TaskEnd;
use crate::executor::failure::{CancelMessage, Failure};
use crate::trace::Ending;

/// What a task may return. Whoever awaits the task gets a clone.
pub trait TaskOutput: Clone + 'static {
    /// How the task ended, and a text for its card.
    fn end(&self) -> TaskEnd;

    /// What stands for a cancelled task where results are collected; `None` when nothing can.
    fn cancelled(message: CancelMessage) -> Option<Self> {
        let _ = message;
        None
    }

    /// What stands for a failure that unwound the task; `None` when nothing can.
    fn failed(failure: Failure) -> Option<Self> {
        let _ = failure;
        None
    }
}

macro_rules! shown {
    ($($type:ty),*) => {$(
        impl TaskOutput for $type {
            fn end(&self) -> TaskEnd {
                (Ending::Returned, self.to_string())
            }
        }
    )*};
}

shown!(
    bool,
    i32,
    i64,
    u8,
    u32,
    u64,
    u128,
    usize,
    String,
    &'static str
);

impl TaskOutput for () {
    fn end(&self) -> TaskEnd {
        (Ending::Returned, String::new())
    }
}

impl<T: TaskOutput> TaskOutput for Vec<T> {
    fn end(&self) -> TaskEnd {
        let texts: Vec<String> = self.iter().map(|value| value.end().1).collect();
        (Ending::Returned, format!("[{}]", texts.join(", ")))
    }
}

impl<T: TaskOutput> TaskOutput for Result<T, Failure> {
    fn end(&self) -> TaskEnd {
        match self {
            Ok(value) => value.end(),
            Err(failure) => (Ending::Failed, failure.to_string()),
        }
    }

    fn cancelled(message: CancelMessage) -> Option<Self> {
        let message = message.unwrap_or_default();
        Some(Err(Failure::new("CancelledError", &*message)))
    }

    fn failed(failure: Failure) -> Option<Self> {
        Some(Err(failure))
    }
}
