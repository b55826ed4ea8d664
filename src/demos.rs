//! The gallery: one list, one file per demo.

use crate::demo::Demo;
use crate::param::Values;
use crate::program::Program;
use crate::stage::Stage;
use crate::trace::Trace;

/// What a demo's file says of it, after its program `run`: title, summary, keywords, parameters,
/// and then whatever else of [`Demo`](crate::demo::Demo) is not as in most demos.
///
/// It makes two things, so that the page can have the one without the other: `demo`, which makes
/// the description of what the list says, and `PROGRAM`.
#[macro_export]
macro_rules! demo {
    (Demo {
        title: $title:expr,
        summary: $summary:expr,
        keywords: $keywords:expr,
        params: $params:expr
        $(, $field:ident: $value:expr)* $(,)?
    }) => {
        pub const fn demo(listing: $crate::demo::Listing) -> $crate::demo::Demo {
            $crate::demo::Demo {
                title: $title,
                summary: $summary,
                keywords: $keywords,
                params: const { $params },
                $($field: const { $crate::demo!(@ $field $value) },)*
                ..$crate::demo::Demo::listed(listing)
            }
        }

        pub const PROGRAM: $crate::program::Program =
            $crate::program::Program(|stage, values| Box::pin(run(stage, values)));
    };
    (@ goldens $settings:expr) => {
        if cfg!(target_arch = "wasm32") { "" } else { $settings }
    };
    (@ $field:ident $value:expr) => { $value };
}

/// The list of demos: makes their modules, the table `DEMOS` in the list's order, and for each group
/// what its engine can run, a [`Part`](crate::program::Part) of the name that stands before it.
///
/// First stands the folder of the demos' files, seen from the file with the list. A file's name
/// without its end is the demo's slug; it stands in the list with the end of the same program in
/// another language, `py` or `js`.
#[macro_export]
macro_rules! gallery {
    ($folder:literal $($part:ident: $group:ident { $($name:ident . $language:ident)* })*) => {
        $($(mod $name;)*)*

        /// What there is to know of each demo, in the gallery's order.
        pub static DEMOS: &[&$crate::demo::Demo] = &[$($(
            $crate::gallery!(@demo $folder $group $name $language),
        )*)*];

        $(
            /// The demos of a group, with their programs. Only its engine looks at it.
            pub static $part: $crate::program::Part = $crate::program::Part {
                demos: &[$($crate::gallery!(@demo $folder $group $name $language),)*],
                programs: &[$($name::PROGRAM,)*],
            };
        )*

        /// All groups. Who names this has every program.
        pub static PARTS: &[&$crate::program::Part] = &[$(&$part,)*];
    };
    (@demo $folder:literal $group:ident $name:ident $language:ident) => {
        &$name::demo($crate::demo::Listing {
            slug: {
                const NAME: &str = stringify!($name);
                const SLUG: [u8; NAME.len()] = $crate::demos::slug(NAME);
                match std::str::from_utf8(&SLUG) {
                    Ok(slug) => slug,
                    Err(_) => unreachable!(),
                }
            },
            group: $crate::demo::Group::$group,
            lesson: $crate::gallery!(@file $folder $name "md"),
            rust: $crate::gallery!(@file $folder $name "rs"),
            counterpart: $crate::gallery!(@$language $folder $name),
        })
    };
    (@py $folder:literal $name:ident) => {
        $crate::demo::Counterpart::Python($crate::gallery!(@file $folder $name "py"))
    };
    (@js $folder:literal $name:ident) => {
        $crate::demo::Counterpart::JavaScript($crate::gallery!(@file $folder $name "js"))
    };
    (@file $folder:literal $name:ident $end:literal) => {
        $crate::demo::SourceFile {
            name: concat!(stringify!($name), ".", $end),
            #[cfg(not(target_arch = "wasm32"))]
            text: include_str!(concat!($folder, stringify!($name), ".", $end)),
        }
    };
}

gallery! {
    "demos/"
    WHY_ASYNC: WhyAsync {
        hello_blocking_async.py
        factorial.py
        three_servers.py
        cooking.py
        attention.py
        chess.py
        web_server.py
    }
    THE_PARTS: TheParts {
        coroutine_object.py
        two_ways_to_run.py
        awaitables.py
        event_loop.py
        task_step.py
        nested_await.py
        future.py
        running_loop.py
    }
    WAYS_TO_SUSPEND: WaysToSuspend {
        callbacks.py
        generators.py
        async_generators.py
        async_with.py
        greenlets.js
    }
    WORKING_TOGETHER: WorkingTogether {
        weather.py
        crawler.py
        queue_workers.py
        bounded_queue.py
        as_completed.py
        race.py
        event.py
        pub_sub.py
    }
    WHAT_GOES_WRONG: WhatGoesWrong {
        blocking_call.py
        starvation.py
        lost_update.py
        deadlock.py
        timeout.py
        cancellation.py
        gather_errors.py
        semaphore.py
        retry.py
    }
    THE_BROWSERS_LOOP: TheBrowsersLoop {
        micro_macro.js
        timer_clamp.js
        fetch_streams.js
        websocket.js
        workers.js
    }
}

/// A file's name as a slug, whose words are joined by `-`.
pub const fn slug<const LENGTH: usize>(name: &str) -> [u8; LENGTH] {
    let mut slug = [0; LENGTH];
    let mut at = 0;
    while at < LENGTH {
        slug[at] = match name.as_bytes()[at] {
            b'_' => b'-',
            other => other,
        };
        at += 1;
    }
    slug
}

/// The demo of that slug.
pub fn find(slug: &str) -> Option<&'static Demo> {
    DEMOS.iter().copied().find(|demo| demo.slug == slug)
}

/// The demo after this one in the gallery; after the last comes the first.
pub fn next(slug: &str) -> &'static Demo {
    let at = DEMOS.iter().position(|demo| demo.slug == slug);
    DEMOS[at.map_or(0, |at| (at + 1) % DEMOS.len())]
}

impl Demo {
    /// What runs when it is run.
    fn program(&self) -> Program {
        let found = PARTS.iter().find_map(|part| part.find(self.slug));
        found.expect("every demo is in the list").1
    }

    /// As [`Program::start_on`].
    pub fn start_on(&self, stage: Stage, values: Values) {
        self.program().start_on(stage, values);
    }

    /// As [`Program::run_instantly`].
    pub fn run_instantly(&self, values: Values) -> Trace {
        self.program().run_instantly(values)
    }
}

/// What every demo's file uses.
pub mod prelude {
    pub use crate::demo;
    pub use crate::demo::{Needs, Remedy};
    pub use crate::derived::findings::FindingKind;
    pub use crate::param::{HOUR_MS, MINUTE_MS, Param, Values};
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
    pub use crate::text::number::fixed;
    pub use std::time::Duration;

    /// A measured length of time, in words.
    pub fn time_text(duration: Duration) -> String {
        crate::derived::summary::time_text(duration.as_nanos() as u64)
    }

    /// The parameter of demos whose requests can be real ones.
    pub const SIMULATED_OR_REAL: Param = Param::choice(
        "source",
        "simulated",
        &[("simulated", "simulated"), ("real", "real, by fetch")],
    )
    .label("answers")
    .page_only();

    /// The parameter of demos that can be run either way.
    pub const BLOCKING_OR_ASYNC: Param =
        Param::mode("async", &[("blocking", "blocking"), ("async", "async")]);
}

/// What the demos' tests share.
#[cfg(test)]
mod testing {
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
    pub fn run_with(slug: &str, setting: &str) -> Trace {
        let demo = super::find(slug).expect("the demo is in the list");
        let mut values = Values::defaults(demo.params);
        crate::link::apply_query(&mut values, setting).expect("the setting is valid");
        demo.run_instantly(values)
    }

    /// Compares the lines, with their times in seconds, and the end.
    #[track_caller]
    pub fn check(slug: &str, setting: &str, expected: Expect) {
        let trace = run_with(slug, setting);
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
