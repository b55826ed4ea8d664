//! Giving up after a time.

use crate::executor::failure::{Failure, Unwind};
use crate::executor::timer::Timer;
use crate::stage::Stage;
use crate::trace::TaskId;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

/// The body of a timeout took too long, and was cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimedOut;

impl From<TimedOut> for Failure {
    fn from(_: TimedOut) -> Self {
        Failure::new("TimeoutError", "").caused_by(Failure::cancelled())
    }
}

/// A timeout as its body sees it (`asyncio.Timeout`); clones are the same. Follows
/// `Lib/asyncio/timeouts.py`.
#[derive(Clone)]
pub struct TimeoutScope {
    inner: Rc<Inner>,
}

struct Inner {
    stage: Stage,
    /// Counted from the beginning of the run; `None` for no limit.
    when: Cell<Option<Duration>>,
    state: Cell<TimeoutState>,
    /// The task that entered it, and how many cancellations had been asked for then.
    entered: Cell<Option<(TaskId, u32)>>,
    /// Cancels the task when it fires.
    timer: RefCell<Option<Timer>>,
    /// Callbacks that are in the ready queue already know by this that they are out of date.
    schedule: Cell<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TimeoutState {
    Created,
    Active,
    Expiring,
    Expired,
    Finished,
}

impl TimeoutState {
    fn word(self) -> &'static str {
        match self {
            TimeoutState::Created => "created",
            TimeoutState::Active => "active",
            TimeoutState::Expiring => "expiring",
            TimeoutState::Expired => "expired",
            TimeoutState::Finished => "finished",
        }
    }
}

impl TimeoutScope {
    pub(super) fn new(stage: &Stage, when: Option<Duration>) -> Self {
        TimeoutScope {
            inner: Rc::new(Inner {
                stage: stage.clone(),
                when: Cell::new(when),
                state: Cell::new(TimeoutState::Created),
                entered: Cell::new(None),
                timer: RefCell::default(),
                schedule: Cell::new(0),
            }),
        }
    }

    /// When it is over, counted from the beginning of the run (`when`).
    pub fn when(&self) -> Option<Duration> {
        self.inner.when.get()
    }

    /// Whether it was over before its body was (`expired`).
    pub fn is_expired(&self) -> bool {
        matches!(
            self.inner.state.get(),
            TimeoutState::Expiring | TimeoutState::Expired
        )
    }

    /// Moves its end (`reschedule`).
    ///
    /// # Errors
    /// `RuntimeError` when it is over already, or has not begun.
    pub fn reschedule(&self, when: Option<Duration>) -> Result<(), Failure> {
        let problem = match self.inner.state.get() {
            TimeoutState::Active => {
                self.schedule(when);
                return Ok(());
            }
            TimeoutState::Created => "Timeout has not been entered".to_owned(),
            state => format!("Cannot change state of {} Timeout", state.word()),
        };
        Err(Failure::new("RuntimeError", problem))
    }

    fn schedule(&self, when: Option<Duration>) {
        let inner = &self.inner;
        inner.when.set(when);
        inner.timer.take();
        let schedule = inner.schedule.get() + 1;
        inner.schedule.set(schedule);
        let Some(when) = when else { return };
        let event_loop = inner.stage.event_loop();
        let me = self.clone();
        let on_timeout = move || {
            if me.inner.schedule.get() == schedule {
                me.on_timeout();
            }
        };
        if when <= inner.stage.now() {
            event_loop.call_soon(on_timeout);
        } else {
            let timer = event_loop.call_at(super::nanos(when), on_timeout);
            *inner.timer.borrow_mut() = Some(timer);
        }
    }

    fn on_timeout(&self) {
        if self.inner.state.get() == TimeoutState::Active
            && let Some((task, _)) = self.inner.entered.get()
        {
            self.inner.stage.event_loop().cancel(task, None);
            self.inner.state.set(TimeoutState::Expiring);
        }
    }

    /// `__aenter__`.
    fn enter(&self) {
        let event_loop = self.inner.stage.event_loop();
        let task = event_loop.running().unwrap_or(TaskId::MAIN);
        self.inner.state.set(TimeoutState::Active);
        let cancelling = event_loop.cancelling(task);
        self.inner.entered.set(Some((task, cancelling)));
        self.schedule(self.inner.when.get());
    }

    /// `__aexit__`; whether a cancellation that leaves the body was this timeout's.
    fn exit(&self) -> bool {
        let inner = &self.inner;
        inner.timer.take();
        inner.schedule.set(inner.schedule.get() + 1);
        match (inner.state.get(), inner.entered.get()) {
            (TimeoutState::Expiring, Some((task, cancelling))) => {
                inner.state.set(TimeoutState::Expired);
                inner.stage.event_loop().uncancel(task) <= cancelling
            }
            (TimeoutState::Active, _) => {
                inner.state.set(TimeoutState::Finished);
                false
            }
            _ => false,
        }
    }
}

/// The future of [`Stage::timeout`] and its kin.
pub struct Timeout<F> {
    scope: TimeoutScope,
    body: Option<Pin<Box<F>>>,
    is_relative: Option<Duration>,
}

impl<F: Future> Timeout<F> {
    /// `limit`, if there is one, begins when the body does.
    pub(super) fn new(scope: TimeoutScope, limit: Option<Duration>, body: F) -> Self {
        Timeout {
            scope,
            body: Some(Box::pin(body)),
            is_relative: limit,
        }
    }
}

impl<F: Future> Future for Timeout<F> {
    type Output = Result<F::Output, TimedOut>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context) -> Poll<Self::Output> {
        let Timeout {
            scope,
            body,
            is_relative,
        } = &mut *self;
        if scope.inner.state.get() == TimeoutState::Created {
            if let Some(limit) = is_relative {
                let now = scope.inner.stage.now();
                scope.inner.when.set(Some(now.saturating_add(*limit)));
            }
            scope.enter();
        }
        let Some(future) = body else {
            return Poll::Pending;
        };
        let event_loop = scope.inner.stage.event_loop();
        match future.as_mut().poll(context) {
            Poll::Ready(output) => {
                scope.exit();
                Poll::Ready(Ok(output))
            }
            Poll::Pending => {
                let Some(unwind) = event_loop.catch_any() else {
                    return Poll::Pending;
                };
                let event_loop = event_loop.clone();
                *body = None;
                let is_ours = scope.exit();
                if is_ours && matches!(unwind, Unwind::Cancelled(_)) {
                    return Poll::Ready(Err(TimedOut));
                }
                event_loop.raise(unwind);
                Poll::Pending
            }
        }
    }
}

impl<F> Drop for Timeout<F> {
    fn drop(&mut self) {
        // A body that is given up in the middle has left it too.
        self.scope.exit();
    }
}
