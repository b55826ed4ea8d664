//! What a live run gets from the browser: the traits of [`crate::stage::browser`].

mod connection;
mod fetch;
mod queues;
pub mod stack;
pub(super) mod thread;

use crate::clock::live::LiveClock;
use crate::stage::browser::{
    Browser, Connection, Later, LocalFile, Response, Stack, TaskSource, Thread,
};
use crate::web::in_words;
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Reflect, Uint8Array};
use queues::Messages;
use std::cell::OnceCell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::Poll;
use web_sys::{Blob, Url};

/// How long an answer, or the next part of one, may take. Browsers wait for minutes, and a
/// reader should not have to.
const PATIENCE_MS: u32 = 10_000;

/// The browser, for one run.
pub struct RealBrowser {
    clock: Rc<LiveClock>,
    can_switch: bool,
    messages: OnceCell<Messages>,
}

impl RealBrowser {
    /// The browser, for a run by that clock, whose loop can be left for another stack or not.
    pub fn new(clock: Rc<LiveClock>, can_switch: bool) -> Self {
        RealBrowser {
            clock,
            can_switch,
            messages: OnceCell::new(),
        }
    }
}

impl Browser for RealBrowser {
    fn fetch(&self, address: &str) -> Later<Response> {
        Box::pin(fetch::fetch(address.to_owned()))
    }

    fn file(&self, bytes: usize) -> Result<Box<dyn LocalFile>, String> {
        let content = Uint8Array::new_with_length(bytes as u32);
        let refused = |error| format!("the browser makes no file: {}", in_words(&error));
        let blob = Blob::new_with_u8_array_sequence(&Array::of1(&content)).map_err(refused)?;
        let address = Url::create_object_url_with_blob(&blob).map_err(refused)?;
        Ok(Box::new(BlobFile { address }))
    }

    fn connect(&self, address: &str) -> Later<Box<dyn Connection>> {
        Box::pin(connection::connect(address.to_owned()))
    }

    fn echo(&self) -> Result<Box<dyn Connection>, String> {
        connection::echo()
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
        thread::start(Rc::clone(&self.clock))
    }

    fn finish_later(&self, work: Pin<Box<dyn Future<Output = ()>>>) {
        wasm_bindgen_futures::spawn_local(work);
    }

    fn stack(&self) -> Result<Rc<dyn Stack>, String> {
        if self.can_switch {
            Ok(stack::new())
        } else {
            Err("this browser cannot switch stacks: that takes WebAssembly.promising, which it does not have".to_owned())
        }
    }

    fn call(&self, source: TaskSource, call: Box<dyn FnOnce()>) {
        match source {
            TaskSource::Message => self.messages.get_or_init(Messages::new).call(call),
            source => queues::call(source, call),
        }
    }
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
