//! What the host of a live run offers beside time: requests, sockets, other threads, and the
//! queues of the browser's own loop.
//!
//! These are plain traits, so that stage and demos never see the browser itself;
//! `engine::browser` implements them. Whatever is dropped before it is over is given up:
//! a request is aborted, a socket closed, a thread ended.

use crate::executor::EventLoop;
use crate::stage::job::Job;
use crate::stage::{Failure, Stage};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

/// Something that the browser answers later. Errors are sentences for the reader.
pub type Later<T> = Pin<Box<dyn Future<Output = Result<T, String>>>>;

/// Is told the time when a piece of work begins, in nanoseconds since the run began.
pub type OnStart = Box<dyn FnOnce(u64)>;

/// What a browser offers to a live run.
pub trait Browser {
    /// Sends a GET request, and answers when the head of the response is there.
    fn fetch(&self, address: &str) -> Later<Response>;

    /// Makes a file of that many bytes, which can be fetched from its address while it is held.
    ///
    /// # Errors
    /// When the browser refuses.
    fn file(&self, bytes: usize) -> Result<Box<dyn LocalFile>, String>;

    /// Opens a WebSocket.
    fn connect(&self, address: &str) -> Later<Box<dyn Connection>>;

    /// A connection whose other end, in the same page, sends everything back.
    ///
    /// # Errors
    /// When the browser refuses.
    fn echo(&self) -> Result<Box<dyn Connection>, String>;

    /// How many threads the machine can run at the same time, as far as the browser says.
    fn cores(&self) -> usize;

    /// Runs something to its end that no task of the run waits for any more.
    fn finish_later(&self, work: Pin<Box<dyn Future<Output = ()>>>);

    /// Starts another thread, which gets ready by itself.
    ///
    /// # Errors
    /// When the browser refuses.
    fn thread(&self) -> Result<Box<dyn Thread>, String>;

    /// A stack beside the one on which the loop runs.
    ///
    /// # Errors
    /// Where the browser cannot switch stacks, or the loop runs where it must not.
    fn stack(&self) -> Result<Rc<dyn Stack>, String>;

    /// Has `call` called from one of the browser's own queues.
    fn call(&self, source: TaskSource, call: Box<dyn FnOnce()>);
}

/// The head of a response, and the way to its body.
pub struct Response {
    /// The HTTP status: 200, 404, …
    pub status: u16,
    /// What comes after the head.
    pub body: Box<dyn Body>,
}

/// The body of a response while it arrives.
pub trait Body {
    /// The next bytes that arrived; `None` after the last.
    fn chunk(&self) -> Later<Option<Vec<u8>>>;
}

/// A file in the browser's memory.
pub trait LocalFile {
    /// From where it can be fetched.
    fn address(&self) -> String;
}

/// An open connection that carries texts both ways.
pub trait Connection {
    /// Sends a text.
    ///
    /// # Errors
    /// When the connection is not open any more.
    fn send(&self, text: &str) -> Result<(), String>;

    /// The next text; an error says why none will come.
    fn receive(&self) -> Later<String>;

    /// How many texts arrived and were not received yet.
    fn unread(&self) -> usize;
}

/// Another thread.
pub trait Thread {
    /// Waits until it can take work.
    fn ready(&self) -> Later<()>;

    /// Has it do a piece of work.
    fn run(&self, job: Job, on_start: OnStart) -> Later<Finished>;
}

/// A stack of its own, on the loop's thread. At any time one of the two rests.
pub trait Stack {
    /// Runs `body` on it, until that switches back for the first time or is over.
    fn run(&self, body: Box<dyn FnOnce()>);

    /// Goes on where the body switched back, until it does so again or is over.
    fn switch_to(&self);

    /// From the body: goes on with the loop, until that switches here.
    fn switch_back(&self);
}

/// What another thread says of a finished piece of work.
#[derive(Clone, Copy, Debug)]
pub struct Finished {
    /// The result.
    pub result: u64,
    /// When it was finished, in nanoseconds since the run began.
    pub at_ns: u64,
}

/// The queues of the browser's own loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskSource {
    /// `queueMicrotask`: before the browser does anything else.
    Microtask,
    /// `spawn_local`, with which Rust starts a future in a browser: microtasks too.
    SpawnLocal,
    /// `setTimeout` with a delay in milliseconds.
    Timeout(u32),
    /// A message sent to oneself through a `MessageChannel`.
    Message,
}

/// The browser's own loop: [`Stage::browser_loop`].
#[derive(Clone)]
pub struct BrowserLoop {
    event_loop: EventLoop,
    browser: Rc<dyn Browser>,
}

impl BrowserLoop {
    /// Has the browser call `call`. The run goes on at least until then.
    pub fn call(&self, source: TaskSource, call: impl FnOnce() + 'static) {
        let (event_loop, author) = (self.event_loop.clone(), self.event_loop.author());
        let external_wait = event_loop.external_wait();
        let call = move || {
            event_loop.run_for(author, call);
            drop(external_wait);
        };
        self.browser.call(source, Box::new(call));
    }
}

impl Stage {
    /// A stage whose demos may also use what the browser offers.
    pub fn in_browser(event_loop: EventLoop, browser: Rc<dyn Browser>) -> Self {
        Stage {
            browser: Some(browser),
            ..Stage::new(event_loop)
        }
    }

    /// The browser's own loop, underneath this one.
    ///
    /// # Errors
    /// Where no browser is, or time does not really pass.
    pub fn browser_loop(&self) -> Result<BrowserLoop, Failure> {
        Ok(BrowserLoop {
            event_loop: self.event_loop.clone(),
            browser: self.browser("the browser's own loop")?,
        })
    }

    /// A file of that many bytes in the browser's memory, to be fetched.
    ///
    /// # Errors
    /// Where no browser is, or it refuses.
    pub fn file(&self, bytes: usize) -> Result<Box<dyn LocalFile>, Failure> {
        self.browser("a file to fetch")?
            .file(bytes)
            .map_err(|problem| Failure::new("OSError", problem))
    }

    /// How many threads the machine can run at the same time, as far as the browser says; `None`
    /// under the instant clock, which has as many as are asked for.
    pub fn cores(&self) -> Option<usize> {
        Some(self.browser.as_ref()?.cores())
    }

    /// What the browser offers, for a primitive that cannot do without.
    pub(super) fn browser(&self, what: &str) -> Result<Rc<dyn Browser>, Failure> {
        self.browser.clone().ok_or_else(|| {
            Failure::new(
                "RuntimeError",
                format!("{what} needs a browser and real time: run this with the live clock"),
            )
        })
    }
}
