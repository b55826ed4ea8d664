//! Code with a stack of its own, as `gevent` has it: a plain function calls what looks blocking,
//! and underneath the thread goes to somebody else.

use crate::stage::browser::Stack;
use crate::stage::task::Task;
use crate::stage::{Failure, Stage};
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::panic::Location;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// The inside of a task whose body is a plain function; clones are the same.
#[derive(Clone)]
pub struct Greenlet {
    inner: Rc<Inner>,
}

struct Inner {
    /// An error says why there is none: the body then runs on the loop's own and cannot wait.
    stack: Result<Rc<dyn Stack>, Failure>,
    /// Kept here, since nothing that lies on another stack can be reached while that one rests.
    waker: RefCell<Option<Waker>>,
    outcome: Cell<Option<Result<(), Failure>>>,
}

impl Stage {
    /// Makes a task of a plain function (`gevent.spawn`). One that is given up in the middle is
    /// never gone on with, and what it holds stays held.
    #[track_caller]
    pub fn greenlet(
        &self,
        name: impl Into<String>,
        body: impl FnOnce(Greenlet) -> Result<(), Failure> + 'static,
    ) -> Task<Result<(), Failure>> {
        let stack = self
            .browser("a switch to another stack")
            .and_then(|browser| {
                browser
                    .stack()
                    .map_err(|problem| Failure::new("RuntimeError", problem))
            });
        let inner = Rc::new(Inner {
            stack,
            waker: RefCell::default(),
            outcome: Cell::default(),
        });
        let greenlet = Greenlet {
            inner: Rc::clone(&inner),
        };
        let mut body: Option<Box<dyn FnOnce()>> = Some(Box::new(move || {
            let outcome = body(greenlet.clone());
            greenlet.inner.outcome.set(Some(outcome));
        }));
        let event_loop = self.event_loop.clone();
        let switching = std::future::poll_fn(move |context| {
            if event_loop.poll_cancelled() {
                return Poll::Pending;
            }
            *inner.waker.borrow_mut() = Some(context.waker().clone());
            match (body.take(), &inner.stack) {
                (Some(body), Ok(stack)) => stack.run(body),
                (Some(body), Err(_)) => body(),
                (None, Ok(stack)) => stack.switch_to(),
                (None, Err(_)) => {}
            }
            inner.outcome.take().map_or(Poll::Pending, Poll::Ready)
        });
        Task::spawn(self, &name.into(), Location::caller(), switching)
    }
}

impl Greenlet {
    /// Waits without `await`: switches to the loop's stack, and back when the future is ready.
    ///
    /// # Errors
    /// A sentence, where nobody can switch stacks.
    pub fn wait<T>(&self, future: impl Future<Output = T>) -> Result<T, Failure> {
        let mut future = pin!(future);
        loop {
            let waker = self.inner.waker.borrow().clone();
            let waker = waker.unwrap_or_else(|| Waker::noop().clone());
            if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                return Ok(value);
            }
            match &self.inner.stack {
                Ok(stack) => stack.switch_back(),
                Err(failure) => return Err(failure.clone()),
            }
        }
    }
}
