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
                summary: $crate::demo!(@ fetched $summary),
                keywords: $crate::demo!(@ fetched $keywords),
                params: const { $params },
                $($field: const { $crate::demo!(@ $field $value) },)*
                ..$crate::demo::Demo::listed(listing)
            }
        }

        pub const PROGRAM: $crate::program::Program =
            $crate::program::Program(|stage, values| Box::pin(run(stage, values)));
    };
    (@ goldens $settings:expr) => { $crate::demo!(@ fetched $settings) };
    (@ fetched $text:expr) => {
        if cfg!(target_arch = "wasm32") { "" } else { $text }
    };
    (@ $field:ident $value:expr) => { $value };
}

/// The list of demos: makes their modules, the table `DEMOS` in the list's order, and for each engine
/// what it can run, a [`Part`](crate::program::Part) of the name that stands first. After it stands the
/// group of the gallery, of which an engine runs some demos: a reader waits for one engine before the first
/// run, so that it should be small.
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
            $crate::gallery!(@demo $folder $part $group $name $language),
        )*)*];

        $(
            /// What an engine can run. Only that engine looks at it.
            pub static $part: $crate::program::Part = $crate::program::Part {
                demos: &[$($crate::gallery!(@demo $folder $part $group $name $language),)*],
                programs: &[$($name::PROGRAM,)*],
            };
        )*

        /// All of them. Who names this has every program.
        pub static PARTS: &[&$crate::program::Part] = &[$(&$part,)*];
    };
    (@demo $folder:literal $part:ident $group:ident $name:ident $language:ident) => {
        &$name::demo($crate::demo::Listing {
            slug: $crate::gallery!(@slug $name),
            engine: $crate::gallery!(@slug $part),
            group: $crate::demo::Group::$group,
            lesson: $crate::gallery!(@file $folder $name "md"),
            rust: $crate::gallery!(@file $folder $name "rs"),
            counterpart: $crate::gallery!(@$language $folder $name),
        })
    };
    (@slug $name:ident) => {{
        const NAME: &str = stringify!($name);
        const SLUG: [u8; NAME.len()] = $crate::demos::slug(NAME);
        match std::str::from_utf8(&SLUG) {
            Ok(slug) => slug,
            Err(_) => unreachable!(),
        }
    }};
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
    WHY_ASYNC_1: WhyAsync {
        hello_blocking_async.py
        factorial.py
    }
    WHY_ASYNC_2: WhyAsync {
        three_servers.py
        cooking.py
    }
    WHY_ASYNC_3: WhyAsync {
        attention.py
        chess.py
    }
    WHY_ASYNC_4: WhyAsync {
        web_server.py
    }
    THE_PARTS_1: TheParts {
        coroutine_object.py
        two_ways_to_run.py
        awaitables.py
        event_loop.py
        task_step.py
    }
    THE_PARTS_2: TheParts {
        nested_await.py
        context.py
        future.py
        running_loop.py
    }
    WAYS_TO_SUSPEND_1: WaysToSuspend {
        callbacks.py
        generators.py
        async_generators.py
        async_with.py
    }
    WAYS_TO_SUSPEND_2: WaysToSuspend {
        wait_for.py
        shield.py
        greenlets.js
    }
    WORKING_TOGETHER_1: WorkingTogether {
        weather.py
        crawler.py
    }
    WORKING_TOGETHER_2: WorkingTogether {
        queue_workers.py
        bounded_queue.py
    }
    WORKING_TOGETHER_3: WorkingTogether {
        slow_consumer.py
        priority.py
    }
    WORKING_TOGETHER_4: WorkingTogether {
        rate_limit.py
        as_completed.py
    }
    WORKING_TOGETHER_5: WorkingTogether {
        race.py
        event.py
        pub_sub.py
        graceful_shutdown.py
    }
    WHAT_GOES_WRONG_1: WhatGoesWrong {
        blocking_call.py
        starvation.py
    }
    WHAT_GOES_WRONG_2: WhatGoesWrong {
        lost_update.py
        thundering_herd.py
    }
    WHAT_GOES_WRONG_3: WhatGoesWrong {
        deadlock.py
        timeout.py
    }
    WHAT_GOES_WRONG_4: WhatGoesWrong {
        cancellation.py
        gather_errors.py
    }
    WHAT_GOES_WRONG_5: WhatGoesWrong {
        task_group_errors.py
        semaphore.py
        retry.py
    }
    THE_BROWSERS_LOOP_1: TheBrowsersLoop {
        micro_macro.js
        timer_clamp.js
        fetch_streams.js
    }
    THE_BROWSERS_LOOP_2: TheBrowsersLoop {
        websocket.js
    }
    THE_BROWSERS_LOOP_3: TheBrowsersLoop {
        workers.js
    }
}

/// A name in the list as a slug, in small letters, whose words are joined by `-`.
pub const fn slug<const LENGTH: usize>(name: &str) -> [u8; LENGTH] {
    let mut slug = [0; LENGTH];
    let mut at = 0;
    while at < LENGTH {
        slug[at] = match name.as_bytes()[at] {
            b'_' => b'-',
            other => other.to_ascii_lowercase(),
        };
        at += 1;
    }
    slug
}

/// The demo of that slug.
pub fn find(slug: &str) -> Option<&'static Demo> {
    DEMOS.iter().copied().find(|demo| demo.slug == slug)
}

/// The demo before this one in the gallery; before the first comes the last.
pub fn previous(slug: &str) -> &'static Demo {
    let at = DEMOS.iter().position(|demo| demo.slug == slug);
    DEMOS[at.map_or(0, |at| (at + DEMOS.len() - 1) % DEMOS.len())]
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

    /// A text as a part of an address, whatever is in it.
    pub fn in_address(text: &str) -> String {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    }

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

#[cfg(test)]
pub(crate) use testing::run_with;

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
