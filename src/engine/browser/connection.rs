//! Connections: WebSockets, and an echo through a `MessageChannel`.

use super::{PATIENCE_MS, base_address, patiently};
use crate::stage::browser::{Connection, Later};
use crate::web::in_words;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use wasm_bindgen::prelude::*;
use web_sys::{BinaryType, CloseEvent, MessageChannel, MessageEvent, Url, WebSocket};

/// What arrived and was not received yet.
#[derive(Default)]
struct Inbox {
    texts: RefCell<VecDeque<String>>,
    open: Cell<bool>,
    /// Why nothing more will come.
    closed: RefCell<Option<String>>,
    waker: RefCell<Option<Waker>>,
}

impl Inbox {
    fn put(&self, data: &JsValue) {
        let text = match (data.as_string(), data.dyn_ref::<js_sys::ArrayBuffer>()) {
            (Some(text), _) => text,
            (None, Some(bytes)) => format!("({} bytes)", bytes.byte_length()),
            (None, None) => "(something that is no text)".to_owned(),
        };
        self.texts.borrow_mut().push_back(text);
        self.wake();
    }

    fn close(&self, reason: String) {
        self.open.set(false);
        self.closed.borrow_mut().get_or_insert(reason);
        self.wake();
    }

    fn wake(&self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    fn wait<T>(&self, context: &Context) -> Poll<T> {
        *self.waker.borrow_mut() = Some(context.waker().clone());
        Poll::Pending
    }

    fn receive(self: &Rc<Self>) -> Later<String> {
        let inbox = Rc::clone(self);
        Box::pin(std::future::poll_fn(move |context| {
            if let Some(text) = inbox.texts.borrow_mut().pop_front() {
                return Poll::Ready(Ok(text));
            }
            if let Some(reason) = &*inbox.closed.borrow() {
                return Poll::Ready(Err(reason.clone()));
            }
            inbox.wait(context)
        }))
    }

    fn unread(&self) -> usize {
        self.texts.borrow().len()
    }
}

/// A WebSocket. Dropping it closes it.
struct RealSocket {
    socket: WebSocket,
    inbox: Rc<Inbox>,
    _on_open: Closure<dyn FnMut()>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_close: Closure<dyn FnMut(CloseEvent)>,
}

/// Opens a WebSocket and waits until it is open.
pub(super) async fn connect(address: String) -> Result<Box<dyn Connection>, String> {
    let is_socket = |url: &Url| matches!(&*url.protocol(), "ws:" | "wss:");
    let Some(url) = Url::new(&address).ok().filter(is_socket) else {
        return Err(format!(
            "\u{201c}{address}\u{201d} is not the address of a socket, which begins with ws:// or wss://"
        ));
    };
    let host = url.host();
    let socket = WebSocket::new(&url.href()).map_err(|error| {
        if base_address().starts_with("https:") && url.protocol() == "ws:" {
            format!("this page came by https, so the browser opens no unencrypted socket to {host}: try wss://")
        } else {
            format!("the browser opens no socket: {}", in_words(&error))
        }
    })?;
    let real = RealSocket::new(socket);
    let opened = patiently(std::future::poll_fn(|context| {
        if real.inbox.open.get() {
            return Poll::Ready(true);
        }
        if real.inbox.closed.borrow().is_some() {
            return Poll::Ready(false);
        }
        real.inbox.wait(context)
    }));
    match opened.await {
        Some(true) => Ok(Box::new(real)),
        Some(false) => Err(format!(
            "no socket opens at {host}: nobody answers there, or not as a WebSocket"
        )),
        None => Err(format!(
            "no answer from {host} within {} s",
            PATIENCE_MS / 1_000
        )),
    }
}

impl RealSocket {
    fn new(socket: WebSocket) -> Self {
        let inbox = Rc::new(Inbox::default());
        socket.set_binary_type(BinaryType::Arraybuffer);
        let on_open = {
            let inbox = Rc::clone(&inbox);
            Closure::<dyn FnMut()>::new(move || {
                inbox.open.set(true);
                inbox.wake();
            })
        };
        socket.set_onopen(Some(on_open.as_ref().unchecked_ref()));
        let on_message = {
            let inbox = Rc::clone(&inbox);
            Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
                inbox.put(&event.data());
            })
        };
        socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        let on_close = {
            let inbox = Rc::clone(&inbox);
            Closure::<dyn FnMut(CloseEvent)>::new(move |event: CloseEvent| {
                inbox.close(closed_in_words(event.code(), &event.reason()));
            })
        };
        socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        RealSocket {
            socket,
            inbox,
            _on_open: on_open,
            _on_message: on_message,
            _on_close: on_close,
        }
    }
}

fn closed_in_words(code: u16, reason: &str) -> String {
    let reason = match reason {
        "" => String::new(),
        reason => format!(", saying \u{201c}{reason}\u{201d}"),
    };
    match code {
        1000 | 1001 | 1005 => format!("the other end closed the connection{reason}"),
        1006 => "the connection broke".to_owned(),
        code => format!("the other end closed the connection with code {code}{reason}"),
    }
}

impl Connection for RealSocket {
    fn send(&self, text: &str) -> Result<(), String> {
        if let Some(reason) = &*self.inbox.closed.borrow() {
            return Err(reason.clone());
        }
        self.socket
            .send_with_str(text)
            .map_err(|error| format!("the socket takes nothing: {}", in_words(&error)))
    }

    fn receive(&self) -> Later<String> {
        self.inbox.receive()
    }

    fn unread(&self) -> usize {
        self.inbox.unread()
    }
}

impl Drop for RealSocket {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        // Closing fails only with a code that is none.
        let _ = self.socket.close();
    }
}

/// Both ends of a channel: what is sent on the first comes back from the second.
struct Echo {
    channel: MessageChannel,
    inbox: Rc<Inbox>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_far_message: Closure<dyn FnMut(MessageEvent)>,
}

/// A channel whose far end sends everything back.
pub(super) fn echo() -> Result<Box<dyn Connection>, String> {
    let channel = MessageChannel::new()
        .map_err(|error| format!("the browser makes no channel: {}", in_words(&error)))?;
    let inbox = Rc::new(Inbox::default());
    let on_message = {
        let inbox = Rc::clone(&inbox);
        Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            inbox.put(&event.data());
        })
    };
    let near = channel.port1();
    near.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    let on_far_message = {
        let far = channel.port2();
        Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            // A text can always be sent.
            let _ = far.post_message(&event.data());
        })
    };
    let far = channel.port2();
    far.set_onmessage(Some(on_far_message.as_ref().unchecked_ref()));
    Ok(Box::new(Echo {
        channel,
        inbox,
        _on_message: on_message,
        _on_far_message: on_far_message,
    }))
}

impl Connection for Echo {
    fn send(&self, text: &str) -> Result<(), String> {
        let sent = self.channel.port1().post_message(&text.into());
        sent.map_err(|error| format!("the channel takes nothing: {}", in_words(&error)))
    }

    fn receive(&self) -> Later<String> {
        self.inbox.receive()
    }

    fn unread(&self) -> usize {
        self.inbox.unread()
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        self.channel.port1().set_onmessage(None);
        self.channel.port2().set_onmessage(None);
        self.channel.port1().close();
    }
}
