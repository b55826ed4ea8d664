//! What a live run gets from the browser: the traits of [`crate::stage::browser`].

mod connection;
mod fetch;
mod queues;
pub mod stack;
mod thread;

use crate::clock::live::LiveClock;
use crate::stage::browser::{
    Browser, Connection, Later, LocalFile, Response, Stack, TaskSource, Thread,
};
use crate::web::in_words;
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Reflect, Uint8Array};
use queues::Messages;
use std::any::Any;
use std::cell::OnceCell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::Poll;
use web_sys::{Blob, Url};

/// How long an answer, or the next part of one, may take. Browsers wait for minutes, and a
/// reader should not have to.
const PATIENCE_MS: u32 = 10_000;

/// What the browser makes or refuses, with a sentence.
type Made<T> = Result<Box<T>, String>;

/// The other thread's side: does the work of a message and sends what comes of it; `false` when the message
/// holds none.
type Work = fn(&Array, &dyn Fn(&Array)) -> bool;

/// Has something called from a queue of the browser's, which may keep something for the next call.
type CallFrom = fn(&Kept, TaskSource, Box<dyn FnOnce()>);

type Kept = OnceCell<Box<dyn Any>>;

/// What of the browser an engine has for its demos. A reader waits for an engine before the first run, so
/// that it has nothing that none of them uses: what is `None` here is not linked.
#[derive(Clone, Copy, Default)]
pub struct Offers {
    /// Requests, and files that can be requested.
    pub requests: Option<Requests>,
    /// WebSockets, and connections within the page.
    pub sockets: Option<Sockets>,
    /// Other threads.
    pub threads: Option<Threads>,
    /// Other stacks of the same thread.
    pub stacks: Option<Stacks>,
    /// The queues of the browser's own loop.
    pub queues: Option<Queues>,
}

/// Requests, and files that can be requested. See [`Offers`].
#[derive(Clone, Copy)]
pub struct Requests {
    fetch: fn(String) -> Later<Response>,
    file: fn(usize) -> Made<dyn LocalFile>,
}

/// WebSockets, and connections within the page. See [`Offers`].
#[derive(Clone, Copy)]
pub struct Sockets {
    connect: fn(String) -> Later<Box<dyn Connection>>,
    echo: fn() -> Made<dyn Connection>,
}

/// Other threads. See [`Offers`].
#[derive(Clone, Copy)]
pub struct Threads {
    start: fn(Rc<LiveClock>) -> Made<dyn Thread>,
    pub(super) work: Work,
}

/// Other stacks of the same thread. See [`Offers`].
#[derive(Clone, Copy)]
pub struct Stacks {
    pub(super) can_switch: fn() -> bool,
    pub(super) begin: fn(Box<dyn FnOnce()>),
    new: fn() -> Rc<dyn Stack>,
}

/// The queues of the browser's own loop. See [`Offers`].
#[derive(Clone, Copy)]
pub struct Queues {
    call: CallFrom,
}

impl Offers {
    /// None of it, as most demos need.
    pub const NONE: Offers = Offers {
        requests: None,
        sockets: None,
        threads: None,
        stacks: None,
        queues: None,
    };

    /// All of it.
    pub const ALL: Offers = Offers {
        requests: Some(requests()),
        sockets: Some(sockets()),
        threads: Some(threads()),
        stacks: Some(stacks()),
        queues: Some(queues()),
    };
}

/// For [`Offers::requests`].
pub const fn requests() -> Requests {
    Requests {
        fetch: |address| Box::pin(fetch::fetch(address)),
        file,
    }
}

/// For [`Offers::sockets`].
pub const fn sockets() -> Sockets {
    Sockets {
        connect: |address| Box::pin(connection::connect(address)),
        echo: connection::echo,
    }
}

/// For [`Offers::threads`].
pub const fn threads() -> Threads {
    Threads {
        start: thread::start,
        work: thread::work,
    }
}

/// For [`Offers::stacks`].
pub const fn stacks() -> Stacks {
    Stacks {
        can_switch: stack::can_switch,
        begin: stack::begin,
        new: stack::new,
    }
}

/// For [`Offers::queues`].
pub const fn queues() -> Queues {
    Queues {
        call: |kept, source, call| match source {
            TaskSource::Message => {
                let messages = kept.get_or_init(|| Box::new(Messages::new()));
                if let Some(messages) = messages.downcast_ref::<Messages>() {
                    messages.call(call);
                }
            }
            source => queues::call(source, call),
        },
    }
}

/// The browser, for one run.
pub struct RealBrowser {
    clock: Rc<LiveClock>,
    offers: Offers,
    /// Whether the run's loop can be left for another stack.
    can_switch: bool,
    /// What the queues keep from one call to the next.
    queues: Kept,
}

impl RealBrowser {
    /// The browser, for a run by that clock, whose loop can be left for another stack or not.
    pub fn new(clock: Rc<LiveClock>, offers: Offers, can_switch: bool) -> Self {
        RealBrowser {
            clock,
            offers,
            can_switch,
            queues: OnceCell::new(),
        }
    }
}

/// Nobody should see it: a test runs every demo in its engine.
fn missing<T>(offer: Option<T>) -> Result<T, String> {
    offer.ok_or_else(|| "this demo's engine was built without what it needs".to_owned())
}

impl Browser for RealBrowser {
    fn fetch(&self, address: &str) -> Later<Response> {
        match missing(self.offers.requests) {
            Ok(requests) => (requests.fetch)(address.to_owned()),
            Err(sentence) => Box::pin(std::future::ready(Err(sentence))),
        }
    }

    fn file(&self, bytes: usize) -> Result<Box<dyn LocalFile>, String> {
        (missing(self.offers.requests)?.file)(bytes)
    }

    fn connect(&self, address: &str) -> Later<Box<dyn Connection>> {
        match missing(self.offers.sockets) {
            Ok(sockets) => (sockets.connect)(address.to_owned()),
            Err(sentence) => Box::pin(std::future::ready(Err(sentence))),
        }
    }

    fn echo(&self) -> Result<Box<dyn Connection>, String> {
        (missing(self.offers.sockets)?.echo)()
    }

    fn cores(&self) -> usize {
        let navigator = Reflect::get(&js_sys::global(), &"navigator".into());
        navigator
            .and_then(|navigator| Reflect::get(&navigator, &"hardwareConcurrency".into()))
            .ok()
            .and_then(|cores| cores.as_f64())
            .map_or(1, |cores| cores as usize)
    }

    fn thread(&self) -> Result<Box<dyn Thread>, String> {
        (missing(self.offers.threads)?.start)(Rc::clone(&self.clock))
    }

    fn finish_later(&self, work: Pin<Box<dyn Future<Output = ()>>>) {
        wasm_bindgen_futures::spawn_local(work);
    }

    fn stack(&self) -> Result<Rc<dyn Stack>, String> {
        let stacks = missing(self.offers.stacks)?;
        if self.can_switch {
            Ok((stacks.new)())
        } else {
            Err("this browser cannot switch stacks: that takes WebAssembly.promising, which it does not have".to_owned())
        }
    }

    fn call(&self, source: TaskSource, call: Box<dyn FnOnce()>) {
        if let Some(queues) = self.offers.queues {
            (queues.call)(&self.queues, source, call);
        }
    }
}

fn file(bytes: usize) -> Result<Box<dyn LocalFile>, String> {
    let content = Uint8Array::new_with_length(bytes as u32);
    let refused = |error| format!("the browser makes no file: {}", in_words(&error));
    let blob = Blob::new_with_u8_array_sequence(&Array::of1(&content)).map_err(refused)?;
    let address = Url::create_object_url_with_blob(&blob).map_err(refused)?;
    Ok(Box::new(BlobFile { address }))
}

/// A blob that has an address as long as this lives.
struct BlobFile {
    address: String,
}

impl LocalFile for BlobFile {
    fn address(&self) -> String {
        self.address.clone()
    }
}

impl Drop for BlobFile {
    fn drop(&mut self) {
        // It fails only for what is no address.
        let _ = Url::revoke_object_url(&self.address);
    }
}

/// The address of this worker's script, or of the page where a test runs in one.
fn base_address() -> String {
    let location = Reflect::get(&js_sys::global(), &"location".into());
    location
        .and_then(|location| Reflect::get(&location, &"href".into()))
        .ok()
        .and_then(|href| href.as_string())
        .unwrap_or_default()
}

/// What `later` answers within [`PATIENCE_MS`]; `None` when it takes longer.
async fn patiently<T>(later: impl Future<Output = T>) -> Option<T> {
    let mut later = pin!(later);
    let mut timeout = pin!(TimeoutFuture::new(PATIENCE_MS));
    std::future::poll_fn(|context| {
        if let Poll::Ready(answer) = later.as_mut().poll(context) {
            return Poll::Ready(Some(answer));
        }
        timeout.as_mut().poll(context).map(|()| None)
    })
    .await
}
