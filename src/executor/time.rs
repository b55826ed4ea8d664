//! The run's time, and what keeps the thread for a while.

use crate::clock::Clock;
use crate::executor::EventLoop;
use crate::trace::{ClockKind, EventKind};
use std::rc::Rc;

impl EventLoop {
    /// Nanoseconds since the run began.
    pub fn now_ns(&self) -> u64 {
        self.inner.clock.now_ns()
    }

    /// As [`Clock::real_ns`].
    pub fn real_ns(&self, run_ns: u64) -> u64 {
        self.inner.clock.real_ns(run_ns)
    }

    /// The clock of the run.
    pub fn clock(&self) -> &dyn Clock {
        &*self.inner.clock
    }

    /// Which clock the run uses.
    pub fn clock_kind(&self) -> ClockKind {
        self.inner.clock.kind()
    }

    /// Blocks the thread for a time, as `time.sleep` does, and records it.
    pub fn block(&self, duration_ns: u64) {
        self.while_blocked(|clock| clock.block(duration_ns));
    }

    /// Does CPU work that keeps the thread, and records how long. Under the instant clock it
    /// takes `cost_ns`.
    pub fn work<T>(&self, cost_ns: u64, work: impl FnOnce() -> T) -> T {
        self.while_blocked(|clock| {
            let result = work();
            clock.spend(cost_ns);
            result
        })
    }

    /// Keeps the thread until a time less than five real milliseconds away, while nothing is ready. What
    /// happens outside meanwhile is seen after it.
    pub fn spin_until(&self, time_ns: u64) {
        let left_ns = time_ns.saturating_sub(self.now_ns());
        if self.real_ns(left_ns) < 5_000_000 {
            self.inner.clock.block(left_ns);
        }
    }

    fn while_blocked<T>(&self, block: impl FnOnce(&dyn Clock) -> T) -> T {
        let (task, location) = (self.running(), self.inner.location.get());
        if let Some(task) = task {
            self.record(EventKind::Blocks { task, location });
        }
        if let Some(flush) = &*self.inner.before_block.borrow() {
            flush();
        }
        let from_ns = self.now_ns();
        let result = block(&*self.inner.clock);
        if let Some(task) = task {
            self.record(EventKind::Blocked {
                task,
                location,
                from_ns,
            });
        }
        result
    }

    /// Calls `flush` before each time the thread is blocked, so that the page shows what
    /// happened until then.
    ///
    /// Who flushes owns the loop. Owned by it in turn, neither would ever be dropped: so it is held
    /// weakly, and a plain function can capture nothing that would own it.
    pub fn before_block<T: 'static>(&self, whose: &Rc<T>, flush: fn(&T)) {
        let whose = Rc::downgrade(whose);
        *self.inner.before_block.borrow_mut() = Some(Box::new(move || {
            if let Some(whose) = whose.upgrade() {
                flush(&whose);
            }
        }));
    }
}
