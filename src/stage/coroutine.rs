//! Coroutines as objects: called and not awaited, or awaited inside one another.

use crate::executor::EventLoop;
use crate::stage::Stage;
use crate::trace::{EventKind, LocationId, TaskId};
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A level of its own inside a task: it is recorded as entered when this is made, and as left when
/// this is dropped.
#[must_use = "what is dropped at once is left at once"]
pub struct Frame {
    event_loop: EventLoop,
    task: TaskId,
}

impl Frame {
    pub(super) fn enter(event_loop: &EventLoop, name: &'static str, location: LocationId) -> Self {
        let task = event_loop.author();
        let name = event_loop.text(name);
        event_loop.record(EventKind::FrameEnter {
            task,
            name,
            location,
        });
        Frame {
            event_loop: event_loop.clone(),
            task,
        }
    }
}

impl Drop for Frame {
    fn drop(&mut self) {
        let task = self.task;
        self.event_loop.record(EventKind::FrameExit { task });
    }
}

/// A coroutine that says when it is entered and left, and complains when it is thrown away
/// without having been awaited.
pub struct Coroutine<F> {
    event_loop: EventLoop,
    name: &'static str,
    location: LocationId,
    body: Option<Pin<Box<F>>>,
    /// It was entered and not left.
    entered: Option<Frame>,
}

impl<F> Coroutine<F> {
    pub(super) fn new(
        stage: &Stage,
        name: &'static str,
        location: &'static Location<'static>,
        body: F,
    ) -> Self {
        let event_loop = stage.event_loop().clone();
        Coroutine {
            location: event_loop.set_location(location),
            event_loop,
            name,
            body: Some(Box::pin(body)),
            entered: None,
        }
    }

    fn leave(&mut self) {
        self.body = None;
        self.entered = None;
    }
}

impl<F: Future> Future for Coroutine<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context) -> Poll<F::Output> {
        if self.entered.is_none() {
            self.entered = Some(Frame::enter(&self.event_loop, self.name, self.location));
        }
        let Some(body) = &mut self.body else {
            return Poll::Pending;
        };
        let polled = body.as_mut().poll(context);
        if polled.is_ready() {
            self.leave();
        }
        polled
    }
}

impl<F> Drop for Coroutine<F> {
    fn drop(&mut self) {
        if self.body.is_some() && self.entered.is_none() {
            let name = self.event_loop.text(self.name);
            let task = self.event_loop.running().unwrap_or(TaskId::MAIN);
            let location = self.location;
            self.event_loop.record(EventKind::NeverAwaited {
                task,
                name,
                location,
            });
        }
        self.leave();
    }
}
