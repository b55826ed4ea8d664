//! A demo's program, and how it is run. The page knows nothing of it: only an engine does.

use crate::clock::{Clock, InstantClock};
use crate::demo::Demo;
use crate::executor::{EventLoop, Limits};
use crate::param::Values;
use crate::stage::task_output::TaskOutput;
use crate::stage::{Failure, Stage};
use crate::trace::Trace;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;

/// The future of a program.
pub type Main = Pin<Box<dyn Future<Output = Result<(), Failure>>>>;

/// What runs when a demo is run; made by [`demo!`](crate::demo!).
#[derive(Clone, Copy)]
pub struct Program(pub fn(Stage, Values) -> Main);

impl Program {
    /// Starts it on a stage; the caller turns the stage's event loop.
    pub fn start_on(self, stage: Stage, values: Values) {
        let event_loop = stage.event_loop().clone();
        let main = (self.0)(stage, values);
        event_loop.spawn(
            "main",
            Location::caller(),
            Box::pin(async move { main.await.end() }),
        );
    }

    /// Runs it to its end under the instant clock.
    pub fn run_instantly(self, values: Values) -> Trace {
        let clock: Rc<dyn Clock> = Rc::new(InstantClock::default());
        let event_loop = EventLoop::new(clock, Limits::default());
        self.start_on(Stage::new(event_loop.clone()), values);
        event_loop.run_instantly();
        event_loop.into_trace()
    }
}

/// What one engine can run.
pub struct Part {
    /// The demos.
    pub demos: &'static [&'static Demo],
    /// Their programs, in the same order.
    pub programs: &'static [Program],
}

impl Part {
    /// The demo of that slug, and what runs when it is run.
    pub fn find(&self, slug: &str) -> Option<(&'static Demo, Program)> {
        let at = self.demos.iter().position(|demo| demo.slug == slug)?;
        Some((self.demos[at], self.programs[at]))
    }
}

/// An engine's `main`, for a part of the gallery, with what its demos use of the browser: the fields of
/// `engine::browser::Offers`.
#[macro_export]
macro_rules! engine {
    ($part:ident $(, $offer:ident)*) => {
        fn main() {
            #[cfg(target_arch = "wasm32")]
            {
                use interleave::engine::browser::{self, Offers};
                static OFFERS: Offers = Offers {
                    $($offer: Some(browser::$offer()),)*
                    ..Offers::NONE
                };
                interleave::engine::start(&interleave::demos::$part, &OFFERS);
            }
            #[cfg(not(target_arch = "wasm32"))]
            eprintln!("Interleave runs in a browser: `cargo xtask serve` builds and serves it");
        }
    };
}
