//! Where time comes from. Nothing else in the project reads a clock.

#[cfg(target_arch = "wasm32")]
pub mod live;

use crate::trace::{ClockKind, MAX_TIME_NS};
use std::cell::Cell;

/// How much too early a timer may be served, in nanoseconds: the resolution that CPython's
/// `time.get_clock_info("monotonic")` states, which its `_run_once` allows timers too.
pub const RESOLUTION_NS: u64 = 1;

/// The time of a run, counted in nanoseconds from its start.
pub trait Clock {
    /// Which kind of time it is.
    fn kind(&self) -> ClockKind;

    /// Nanoseconds since the run began; never less than the call before gave.
    fn now_ns(&self) -> u64;

    /// Blocks the thread, as `time.sleep` does.
    fn block(&self, duration_ns: u64);

    /// Accounts for CPU work whose declared cost is `cost_ns`. A live clock has measured it
    /// already and does nothing.
    fn spend(&self, cost_ns: u64);

    /// Moves a virtual clock on to `time_ns`. A live clock does nothing: there, waiting does it.
    fn jump_to(&self, time_ns: u64);
}

/// Virtual time, which stands still until somebody moves it.
#[derive(Debug, Default)]
pub struct InstantClock {
    now_ns: Cell<u64>,
}

impl Clock for InstantClock {
    fn kind(&self) -> ClockKind {
        ClockKind::Instant
    }

    fn now_ns(&self) -> u64 {
        self.now_ns.get()
    }

    fn block(&self, duration_ns: u64) {
        self.spend(duration_ns);
    }

    fn spend(&self, cost_ns: u64) {
        self.jump_to(self.now_ns.get().saturating_add(cost_ns));
    }

    fn jump_to(&self, time_ns: u64) {
        // What sleeps for ever wakes at the end of time, which a trace can still name.
        let time_ns = time_ns.min(MAX_TIME_NS);
        self.now_ns.set(time_ns.max(self.now_ns.get()));
    }
}
