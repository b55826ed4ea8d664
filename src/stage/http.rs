//! Requests: real ones, sent by the browser, and simulated ones, whose answer comes after a time.

use crate::executor::EventLoop;
use crate::stage::browser::{Body, Later, Response};
use crate::stage::wait::{ExternalFuture, record_acquire, record_release, record_wait};
use crate::stage::{Failure, Sleep, Stage};
use crate::trace::{ResourceId, ResourceKind, WaitFor};
use std::cell::Cell;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

/// Where requests go to; clones are the same. While a request is under way the task that sent
/// it waits for this.
#[derive(Clone)]
pub struct Http {
    inner: Rc<Inner>,
}

struct Inner {
    stage: Stage,
    event_loop: EventLoop,
    resource: ResourceId,
    under_way: Cell<u32>,
}

/// A request that was sent. Dropped before its answer is complete, it is given up.
struct UnderWay {
    http: Rc<Inner>,
    over: bool,
}

impl Http {
    pub(super) fn new(stage: &Stage, name: &str) -> Self {
        let event_loop = stage.event_loop().clone();
        Http {
            inner: Rc::new(Inner {
                resource: event_loop.resource(ResourceKind::Http, name),
                stage: stage.clone(),
                event_loop,
                under_way: Cell::new(0),
            }),
        }
    }

    /// Fetches a whole answer as text.
    ///
    /// # Errors
    /// A sentence: no browser, no way to the address, a status that is not 2xx, an answer that
    /// breaks off.
    #[track_caller]
    pub fn get(&self, address: &str) -> impl Future<Output = Result<String, Failure>> + use<> {
        let stream = self.stream(address);
        async move {
            let mut stream = stream.await?;
            let mut bytes = Vec::new();
            while let Some(chunk) = stream.next_chunk().await? {
                bytes.extend(chunk);
            }
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        }
    }

    /// Begins to fetch an answer, which is then read as it arrives.
    ///
    /// # Errors
    /// As [`Self::get`].
    #[track_caller]
    pub fn stream(&self, address: &str) -> impl Future<Output = Result<Stream, Failure>> + use<> {
        self.inner.event_loop.set_location(Location::caller());
        let http = Rc::clone(&self.inner);
        let address = address.to_owned();
        async move {
            let browser = http.stage.browser("a real request")?;
            let request = UnderWay::new(&http);
            let failure = match http.wait(browser.fetch(&address)).await {
                Ok(Response { status, body }) if (200..300).contains(&status) => {
                    record_acquire(&http.event_loop, http.resource, http.under_way.get());
                    return Ok(Stream {
                        http,
                        request: Some(request),
                        body,
                    });
                }
                Ok(Response { status, .. }) => Failure::new(
                    "HTTPError",
                    format!("the server answered with HTTP {}", in_words(status)),
                ),
                Err(problem) => Failure::new("ConnectionError", problem),
            };
            request.answered();
            Err(failure)
        }
    }

    /// A request that is not sent: the answer comes after `latency`.
    #[track_caller]
    pub fn simulated(&self, latency: Duration) -> impl Future<Output = ()> + use<> {
        let sleep = self.inner.stage.sleep(latency);
        let http = Rc::clone(&self.inner);
        async move {
            let request = UnderWay::new(&http);
            Simulated { http: &http, sleep }.await;
            request.answered();
        }
    }
}

impl Inner {
    async fn wait<T>(&self, later: Later<T>) -> Result<T, String> {
        ExternalFuture::new(&self.event_loop, WaitFor::Resource(self.resource), later).await
    }
}

impl UnderWay {
    fn new(http: &Rc<Inner>) -> Self {
        http.under_way.set(http.under_way.get() + 1);
        record_release(&http.event_loop, http.resource, http.under_way.get());
        UnderWay {
            http: Rc::clone(http),
            over: false,
        }
    }

    /// The answer is complete.
    fn answered(mut self) {
        self.over = true;
        let http = Rc::clone(&self.http);
        drop(self);
        record_acquire(&http.event_loop, http.resource, http.under_way.get());
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let http = &self.http;
        http.under_way.set(http.under_way.get() - 1);
        if !self.over {
            record_release(&http.event_loop, http.resource, http.under_way.get());
        }
    }
}

/// An answer while it arrives. Dropping it aborts the request.
pub struct Stream {
    http: Rc<Inner>,
    /// `None` after the last chunk.
    request: Option<UnderWay>,
    body: Box<dyn Body>,
}

impl Stream {
    /// The next bytes that arrived; `None` after the last.
    ///
    /// # Errors
    /// A sentence, when the answer breaks off.
    #[track_caller]
    pub fn chunk(&mut self) -> impl Future<Output = Result<Option<Vec<u8>>, Failure>> + use<'_> {
        self.http.event_loop.set_location(Location::caller());
        self.next_chunk()
    }

    async fn next_chunk(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let Some(request) = self.request.take() else {
            return Ok(None);
        };
        let http = &self.http;
        match http.wait(self.body.chunk()).await {
            Ok(Some(chunk)) => {
                record_acquire(&http.event_loop, http.resource, http.under_way.get());
                self.request = Some(request);
                Ok(Some(chunk))
            }
            Ok(None) => {
                request.answered();
                Ok(None)
            }
            Err(problem) => {
                request.answered();
                Err(Failure::new("ConnectionError", problem))
            }
        }
    }
}

/// A sleep that shows as waiting for an answer.
struct Simulated<'a> {
    http: &'a Inner,
    sleep: Sleep,
}

impl Future for Simulated<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context) -> Poll<()> {
        let polled = Pin::new(&mut self.sleep).poll(context);
        if polled.is_pending() && !self.http.event_loop.poll_cancelled() {
            let on = WaitFor::Resource(self.http.resource);
            record_wait(&self.http.event_loop, on);
        }
        polled
    }
}

/// A status with its name, where it has a common one.
fn in_words(status: u16) -> String {
    let name = match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => return status.to_string(),
    };
    format!("{status} ({name})")
}
