//! The gallery: one static list, one file per demo.

use crate::demo::Demo;

// Why async
mod attention;
mod chess;
mod cooking;
mod factorial;
mod hello_blocking_async;
mod three_servers;
mod web_server;

// The parts
mod awaitables;
mod coroutine_object;
mod event_loop;
mod future;
mod nested_await;
mod running_loop;
mod task_step;
mod two_ways_to_run;

// Ways to suspend
mod async_generators;
mod async_with;
mod callbacks;
mod generators;

// Working together
mod queue_workers;
mod weather;

// What goes wrong
mod blocking_call;
mod deadlock;
mod lost_update;
mod timeout;

// The browser's own loop

/// All demos, in the gallery's order.
pub static DEMOS: &[&Demo] = &[
    // Why async
    &hello_blocking_async::DEMO,
    &factorial::DEMO,
    &three_servers::DEMO,
    &cooking::DEMO,
    &attention::DEMO,
    &chess::DEMO,
    &web_server::DEMO,
    // The parts
    &coroutine_object::DEMO,
    &two_ways_to_run::DEMO,
    &awaitables::DEMO,
    &event_loop::DEMO,
    &task_step::DEMO,
    &nested_await::DEMO,
    &future::DEMO,
    &running_loop::DEMO,
    // Ways to suspend
    &callbacks::DEMO,
    &generators::DEMO,
    &async_generators::DEMO,
    &async_with::DEMO,
    // Working together
    &weather::DEMO,
    &queue_workers::DEMO,
    // What goes wrong
    &blocking_call::DEMO,
    &lost_update::DEMO,
    &deadlock::DEMO,
    &timeout::DEMO,
    // The browser's own loop
];

/// The demo of that slug.
pub fn find(slug: &str) -> Option<&'static Demo> {
    DEMOS.iter().copied().find(|demo| demo.slug == slug)
}

/// The demo after this one in the gallery; after the last comes the first.
pub fn next(slug: &str) -> &'static Demo {
    let at = DEMOS.iter().position(|demo| demo.slug == slug);
    DEMOS[at.map_or(0, |at| (at + 1) % DEMOS.len())]
}

/// What every demo's file uses.
mod prelude {
    pub use crate::demo::{Counterpart, Demo, Group, Needs};
    pub use crate::source;
    pub use crate::param::{Kind, Param, Values};
    pub use crate::stage::http::Http;
    pub use crate::stage::job::Job;
    pub use crate::stage::queue::Queue;
    pub use crate::stage::sync::Lock;
    pub use crate::stage::threads::Threads;
    pub use crate::stage::timeout::TimedOut;
    pub use crate::stage::{Failure, Stage};
    pub use std::time::Duration;

    /// The parameter of demos whose requests can be real ones.
    pub const SIMULATED_OR_REAL: Param = Param {
        key: "source",
        label: "answers",
        kind: Kind::Choice {
            default: "simulated",
            options: &[("simulated", "simulated"), ("real", "real, by fetch")],
        },
        not_in_python: true,
    };

    /// The parameter of demos that can be run either way.
    pub const BLOCKING_OR_ASYNC: Param = Param {
        key: "mode",
        label: "version",
        kind: Kind::Choice {
            default: "async",
            options: &[("blocking", "blocking"), ("async", "async")],
        },
        not_in_python: false,
    };
}

/// What the demos' tests share.
#[cfg(test)]
mod testing {
    use crate::demo::Demo;
    pub use crate::output;
    use crate::param::Values;
    use crate::trace::{EndReason, Trace};
    use expect_test::Expect;
    pub use expect_test::expect;
    use std::fmt::Write as _;

    /// Runs a demo instantly with parameters as in a link.
    #[track_caller]
    pub fn run_with(demo: &Demo, setting: &str) -> Trace {
        let mut values = Values::defaults(demo.params);
        crate::link::apply_query(&mut values, setting).expect("the setting is valid");
        demo.run_instantly(values)
    }

    /// Compares the lines, with their times in seconds, and the end.
    #[track_caller]
    pub fn check(demo: &Demo, setting: &str, expected: Expect) {
        let trace = run_with(demo, setting);
        let mut text = String::new();
        for line in output::lines(&trace) {
            let mark = if line.note { "note: " } else { "" };
            let _ = writeln!(text, "{:.3} {mark}{}", line.time_ns as f64 / 1e9, line.text);
        }
        let end = trace.end.as_ref().expect("the run ended");
        let seconds = end.time_ns as f64 / 1e9;
        let _ = match end.reason {
            EndReason::Finished => writeln!(text, "finished at {seconds:.3}"),
            _ => writeln!(text, "{:?} at {seconds:.3}: {}", end.reason, end.message),
        };
        expected.assert_eq(&text);
    }
}
