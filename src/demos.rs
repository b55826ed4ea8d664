//! The gallery: one static list, one file per demo.

use crate::demo::Demo;
use crate::derived::findings::FindingKind;

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
mod greenlets;

// Working together
mod as_completed;
mod bounded_queue;
mod crawler;
mod event;
mod pub_sub;
mod queue_workers;
mod race;
mod weather;

// What goes wrong
mod blocking_call;
mod cancellation;
mod deadlock;
mod gather_errors;
mod lost_update;
mod retry;
mod semaphore;
mod starvation;
mod timeout;

// The browser's own loop
mod fetch_streams;
mod micro_macro;
mod timer_clamp;
mod websocket;
mod workers;

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
    &greenlets::DEMO,
    // Working together
    &weather::DEMO,
    &crawler::DEMO,
    &queue_workers::DEMO,
    &bounded_queue::DEMO,
    &as_completed::DEMO,
    &race::DEMO,
    &event::DEMO,
    &pub_sub::DEMO,
    // What goes wrong
    &blocking_call::DEMO,
    &starvation::DEMO,
    &lost_update::DEMO,
    &deadlock::DEMO,
    &timeout::DEMO,
    &cancellation::DEMO,
    &gather_errors::DEMO,
    &semaphore::DEMO,
    &retry::DEMO,
    // The browser's own loop
    &micro_macro::DEMO,
    &timer_clamp::DEMO,
    &fetch_streams::DEMO,
    &websocket::DEMO,
    &workers::DEMO,
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

const BLOCKED: &[FindingKind] = &[FindingKind::LoopBlocked, FindingKind::Starved];
const LEAKED: &[FindingKind] = &[FindingKind::NeverReleased, FindingKind::Deadlock];
const DEADLOCK: &[FindingKind] = &[FindingKind::Deadlock];
const NOT_AWAITED: &[FindingKind] = &[FindingKind::NeverAwaited];
const LOST: &[FindingKind] = &[FindingKind::Lost];
const NOT_WAITED_FOR: &[FindingKind] = &[FindingKind::NeverRetrieved, FindingKind::Lost];

/// The settings that are the remedy for what goes wrong in a demo: slug, findings, key, value.
const REMEDIES: &[(&str, &[FindingKind], &str, &str)] = &[
    ("hello-blocking-async", BLOCKED, "mode", "async"),
    ("factorial", BLOCKED, "mode", "async"),
    ("coroutine-object", NOT_AWAITED, "await-it", "yes"),
    ("crawler", LOST, "wait-for-all", "yes"),
    ("blocking-call", BLOCKED, "mode", "async-sleep"),
    ("starvation", BLOCKED, "pause-every", "1"),
    ("deadlock", DEADLOCK, "mode", "same"),
    ("gather-errors", NOT_WAITED_FOR, "mode", "group"),
    ("semaphore", LEAKED, "forget", "no"),
];

/// The parameter, and its value, with which a demo no longer shows that finding.
pub fn remedy(slug: &str, kind: FindingKind) -> Option<(&'static str, &'static str)> {
    REMEDIES
        .iter()
        .find(|(other, kinds, ..)| *other == slug && kinds.contains(&kind))
        .map(|(_, _, key, value)| (*key, *value))
}

/// What every demo's file uses.
mod prelude {
    pub use crate::decimal::fixed;
    pub use crate::demo::{Counterpart, Demo, Group, Needs};
    pub use crate::goldens;
    pub use crate::param::{Kind, Param, Values};
    pub use crate::source;
    pub use crate::stage::browser::{BrowserLoop, TaskSource};
    pub use crate::stage::greenlet::Greenlet;
    pub use crate::stage::http::Http;
    pub use crate::stage::job::Job;
    pub use crate::stage::queue::Queue;
    pub use crate::stage::socket::Socket;
    pub use crate::stage::sync::Lock;
    pub use crate::stage::threads::Threads;
    pub use crate::stage::timeout::TimedOut;
    pub use crate::stage::{Failure, Stage};
    pub use std::time::Duration;

    /// A measured length of time, in words.
    pub fn time_text(duration: Duration) -> String {
        crate::derived::summary::time_text(duration.as_nanos() as u64)
    }

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
    use crate::derived::ending;
    use crate::derived::findings::findings;
    pub use crate::derived::output;
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
            EndReason::Deadlock => {
                let sentence = ending::sentence(&trace, &findings(&trace));
                writeln!(text, "Deadlock at {seconds:.3}: {sentence}")
            }
            reason => writeln!(text, "{reason:?} at {seconds:.3}: {}", end.message),
        };
        expected.assert_eq(&text);
    }
}
