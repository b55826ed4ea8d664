//! A connection that carries texts both ways: a WebSocket, or an echo in the page.

use crate::executor::EventLoop;
use crate::stage::browser::Connection;
use crate::stage::wait::{ExternalFuture, record_acquire};
use crate::stage::{Failure, Stage};
use crate::trace::{ResourceId, ResourceKind, WaitFor};
use std::future::Future;
use std::panic::Location;

/// An open connection. Dropping it closes it.
pub struct Socket {
    event_loop: EventLoop,
    resource: ResourceId,
    connection: Box<dyn Connection>,
}

impl Stage {
    /// Opens a WebSocket.
    ///
    /// # Errors
    /// A sentence: no browser, no such address, nobody there.
    #[track_caller]
    pub fn connect(&self, address: &str) -> impl Future<Output = Result<Socket, Failure>> + use<> {
        self.event_loop.set_location(Location::caller());
        let (stage, address) = (self.clone(), address.to_owned());
        async move {
            let event_loop = stage.event_loop.clone();
            let browser = stage.browser("a real socket")?;
            let resource = event_loop.resource(ResourceKind::Socket, &address);
            let on = WaitFor::Resource(resource);
            let connection = ExternalFuture::new(&event_loop, on, browser.connect(&address)).await;
            record_acquire(&event_loop, resource, 0);
            Ok(Socket {
                connection: connection.map_err(broken)?,
                event_loop,
                resource,
            })
        }
    }

    /// A socket whose other end, in this page, sends everything back.
    ///
    /// # Errors
    /// A sentence, where no browser is.
    pub fn echo(&self) -> Result<Socket, Failure> {
        let browser = self.browser("an echo in the page")?;
        Ok(Socket {
            connection: browser.echo().map_err(broken)?,
            resource: self.event_loop.resource(ResourceKind::Socket, "echo"),
            event_loop: self.event_loop.clone(),
        })
    }
}

impl Socket {
    /// Sends a text, without waiting.
    ///
    /// # Errors
    /// A sentence, when the connection is not open any more.
    #[track_caller]
    pub fn send(&self, text: &str) -> Result<(), Failure> {
        self.event_loop.set_location(Location::caller());
        self.connection.send(text).map_err(broken)
    }

    /// Waits for the next text.
    ///
    /// # Errors
    /// A sentence, when none will come: the connection was closed, or broke.
    #[track_caller]
    pub fn receive(&self) -> impl Future<Output = Result<String, Failure>> + use<'_> {
        self.event_loop.set_location(Location::caller());
        async move {
            let on = WaitFor::Resource(self.resource);
            let text = ExternalFuture::new(&self.event_loop, on, self.connection.receive()).await;
            let unread = self.connection.unread() as u32;
            record_acquire(&self.event_loop, self.resource, unread);
            text.map_err(broken)
        }
    }
}

fn broken(problem: String) -> Failure {
    Failure::new("ConnectionError", problem)
}
