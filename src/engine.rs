//! The engine: the dedicated worker in which a run happens. It speaks [`crate::protocol`].
//!
//! Some demos have an engine together, `src/bin/NAME.rs`: a reader waits for a few programs, not for
//! all.
//!
//! The same worker also does single pieces of work for another one, when [`browser`] starts it as
//! a thread.

pub mod browser;
pub mod exports;
pub mod files;
pub mod live;
mod outbox;

use crate::clock::live::LiveClock;
use crate::clock::{Clock, InstantClock};
use crate::executor::turn::Turn;
use crate::executor::{EventLoop, Limits};
use crate::link;
use crate::param::Values;
use crate::program::Part;
use crate::protocol::{Answer, Request};
use crate::stage::Stage;
use crate::trace::EndReason;
use crate::web::performance;
use browser::{Offers, RealBrowser};
use js_sys::Array;
use outbox::Outbox;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// How long an instant run goes on without showing what it has, in milliseconds.
const INSTANT_FLUSH_MS: f64 = 50.0;

thread_local! {
    /// The run that is under way, for the panic hook and for the next request.
    static CURRENT: RefCell<Option<Rc<Outbox>>> = const { RefCell::new(None) };
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// The worker's entry point: waits for requests for the demos of a part, which find in the browser what
/// is offered.
pub fn start(part: &'static Part, offers: &'static Offers) {
    std::panic::set_hook(Box::new(|info| {
        // After a panic this wasm instance runs nothing more: send what is known before.
        let outbox = CURRENT.with(|current| current.try_borrow().ok().and_then(|o| o.clone()));
        if let Some(outbox) = outbox {
            let message = info
                .payload()
                .downcast_ref::<&str>()
                .map(|text| (*text).to_owned())
                .or_else(|| info.payload().downcast_ref::<String>().cloned())
                .unwrap_or_else(|| "no message".to_owned());
            outbox.event_loop().record_panic(&message);
            outbox.flush();
        }
    }));
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let message: Array = event.data().unchecked_into();
        let answer = |answer: &Array| {
            let _ = scope().post_message(answer);
        };
        if let Some(threads) = offers.threads
            && (threads.work)(&message, &answer)
        {
            return;
        }
        if let Some(request) = Request::from_js(&message) {
            begin(part, offers, &request, post);
        }
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget(); // it lives as long as the worker
    post(Answer::Ready);
}

fn post(answer: Answer) {
    let (message, transferred) = answer.to_js();
    // A page that is gone has nobody to tell.
    let _ = scope().post_message_with_transfer(&message, &transferred);
}

/// Begins the run that is asked for, and sends its trace as it grows. The run before ends.
///
/// A demo that is not in this engine's part is a run that ended at once, with a sentence.
pub fn begin(part: &Part, offers: &Offers, request: &Request, send: fn(Answer)) {
    let live = request.speed > 0.0;
    let previous = CURRENT.take();
    if let Some(previous) = previous {
        previous.event_loop().end(EndReason::Stopped, "");
    }
    let (slug, query) = link::parts(&request.fragment);
    let found = part.find(slug);
    let switches = live && found.is_some_and(|(demo, _)| demo.switches_stacks());
    let stacks = offers
        .stacks
        .filter(|stacks| switches && (stacks.can_switch)());
    let (clock, browser): (Rc<dyn Clock>, Option<RealBrowser>) = if live {
        let clock = Rc::new(LiveClock::with_speed(request.speed));
        let browser = RealBrowser::new(Rc::clone(&clock), *offers, stacks.is_some());
        (clock, Some(browser))
    } else {
        (Rc::new(InstantClock::default()), None)
    };
    let event_loop = EventLoop::new(clock, Limits::default());
    let outbox = Rc::new(Outbox::new(request.run, event_loop.clone(), send));
    CURRENT.set(Some(Rc::clone(&outbox)));
    let stage = match browser {
        Some(browser) => Stage::in_browser(event_loop.clone(), Rc::new(browser)),
        None => Stage::new(event_loop.clone()),
    };
    let Some((demo, program)) = found else {
        event_loop.end(EndReason::Died, "this engine does not have the demo");
        outbox.flush();
        return;
    };
    let mut values = Values::defaults(demo.params);
    link::set_known(&mut values, query);
    program.start_on(stage, values);
    if live {
        event_loop.before_block(&outbox, Outbox::flush);
        let drive = || wasm_bindgen_futures::spawn_local(live::drive(outbox));
        match stacks {
            // What is spawned from there is polled on a stack that can rest.
            Some(stacks) => (stacks.begin)(Box::new(drive)),
            None => drive(),
        }
    } else {
        run_instantly(&outbox);
    }
}

/// [`EventLoop::run_instantly`], with batches on the way when it takes long.
#[expect(
    clippy::disallowed_methods,
    reason = "when to flush is the browser's time, not the run's"
)]
fn run_instantly(outbox: &Outbox) {
    const TURNS_BETWEEN_LOOKS: usize = 64;
    let event_loop = outbox.event_loop();
    let performance = performance();
    let mut flushed_ms = performance.now();
    'run: loop {
        for _ in 0..TURNS_BETWEEN_LOOKS {
            if event_loop.turn_instantly() == Turn::Over {
                break 'run;
            }
        }
        if performance.now() - flushed_ms > INSTANT_FLUSH_MS {
            outbox.flush();
            flushed_ms = performance.now();
        }
    }
    outbox.flush();
}
