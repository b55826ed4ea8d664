//! Sends what comes to a trace, a batch at a time.

use crate::executor::EventLoop;
use crate::protocol::Answer;
use crate::trace::wire::{self, Mark};
use std::cell::Cell;

/// The way out of the worker for one run.
pub(super) struct Outbox {
    run: f64,
    event_loop: EventLoop,
    sent: Cell<Mark>,
    send: fn(Answer),
}

impl Outbox {
    pub(super) fn new(run: f64, event_loop: EventLoop, send: fn(Answer)) -> Self {
        let sent = Cell::new(Mark::at_end_of(&event_loop.trace()));
        Outbox {
            run,
            event_loop,
            sent,
            send,
        }
    }

    pub(super) fn event_loop(&self) -> &EventLoop {
        &self.event_loop
    }

    /// Whether there is anything that was not sent.
    pub(super) fn has_more(&self) -> bool {
        Mark::at_end_of(&self.event_loop.trace()) != self.sent.get()
    }

    /// Sends what was not sent yet.
    pub(super) fn flush(&self) {
        let trace = self.event_loop.trace();
        let mark = Mark::at_end_of(&trace);
        let since = self.sent.replace(mark);
        if mark != since {
            (self.send)(Answer::Batch {
                run: self.run,
                bytes: wire::encode_since(&trace, since),
                over: trace.end.is_some(),
            });
        }
    }
}
