//! Values one after the other, from code that keeps its place between them.

use crate::executor::failure::{Failure, Unwind};
use crate::executor::shutdown::Closable;
use crate::executor::{EventLoop, TaskFuture};
use crate::stage::Stage;
use crate::trace::Ending;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, Waker};

/// A body that yields values and may wait in between (an async generator). With `S` values can be
/// sent into it.
///
/// It runs inside the task that pulls, and only while that task waits for the next value. One that
/// nobody can pull from any more is closed in a task of its own, as is what is left at the end of
/// the run: its clean-up may wait. A generator from which only [`Self::next_now`] pulled is dropped
/// on the spot.
///
/// Clones are the same generator.
pub struct Generator<T: 'static, S: 'static = ()> {
    inner: Rc<Inner<T, S>>,
    owner: Rc<Owner<T, S>>,
}

impl<T, S> Clone for Generator<T, S> {
    fn clone(&self) -> Self {
        Generator {
            inner: Rc::clone(&self.inner),
            owner: Rc::clone(&self.owner),
        }
    }
}

/// What all clones have in common: the last to go leaves the generator to the loop.
struct Owner<T: 'static, S: 'static> {
    inner: Rc<Inner<T, S>>,
}

struct Inner<T, S> {
    event_loop: EventLoop,
    site: &'static Location<'static>,
    body: RefCell<Option<Pin<Box<dyn Future<Output = ()>>>>>,
    exchange: Rc<Exchange<T, S>>,
    /// Somebody pulled.
    has_begun: Cell<bool>,
    /// The loop knows of it: `next` was called.
    is_known: Cell<bool>,
    /// Somebody pulls, throws or closes (`ag_running`).
    is_running: Cell<bool>,
}

/// Somebody pulls, throws or closes; nobody else can until this is dropped.
struct Running<'a> {
    flag: &'a Cell<bool>,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.flag.set(false);
    }
}

/// What passes between a generator and who pulls.
struct Exchange<T, S> {
    event_loop: EventLoop,
    given: RefCell<Option<T>>,
    sent: RefCell<Option<S>>,
    /// The body waits at a `yield`.
    is_at_yield: Cell<bool>,
    /// What to throw there.
    thrown: RefCell<Option<Unwind>>,
}

/// What the body of a [`Generator`] yields with.
pub struct Yielder<T, S = ()> {
    exchange: Rc<Exchange<T, S>>,
}

impl<T, S> Yielder<T, S> {
    /// Hands a value to whoever pulls, and stops here until the next pull (`sent = yield value`).
    /// What is thrown in leaves the body from here, through its clean-up.
    pub async fn give(&self, value: T) -> Option<S> {
        let exchange = &self.exchange;
        *exchange.given.borrow_mut() = Some(value);
        exchange.is_at_yield.set(true);
        // The body is entered again when somebody pulled, and the value is gone.
        std::future::poll_fn(|_| {
            if exchange.event_loop.is_unwinding() || exchange.given.borrow().is_some() {
                return Poll::Pending;
            }
            if let Some(unwind) = exchange.thrown.take() {
                exchange.is_at_yield.set(false);
                exchange.event_loop.raise(unwind);
                return Poll::Pending;
            }
            exchange.is_at_yield.set(false);
            Poll::Ready(())
        })
        .await;
        exchange.sent.take()
    }
}

impl<T: 'static, S: 'static> Generator<T, S> {
    /// A generator whose body has not started: that happens with the first pull.
    pub(super) fn new<F>(
        stage: &Stage,
        site: &'static Location<'static>,
        body: impl FnOnce(Yielder<T, S>) -> F,
    ) -> Self
    where
        F: Future<Output = ()> + 'static,
    {
        let exchange = Rc::new(Exchange {
            event_loop: stage.event_loop().clone(),
            given: RefCell::default(),
            sent: RefCell::default(),
            is_at_yield: Cell::new(false),
            thrown: RefCell::default(),
        });
        let yielder = Yielder {
            exchange: Rc::clone(&exchange),
        };
        let inner = Rc::new(Inner {
            event_loop: stage.event_loop().clone(),
            site,
            body: RefCell::new(Some(Box::pin(body(yielder)))),
            exchange,
            has_begun: Cell::new(false),
            is_known: Cell::new(false),
            is_running: Cell::new(false),
        });
        let owner = Rc::new(Owner {
            inner: Rc::clone(&inner),
        });
        Generator { inner, owner }
    }

    /// The next value, or `None` after the last (`await anext(generator)`).
    pub async fn next(&mut self) -> Option<T> {
        self.inner.make_known();
        let running = self.inner.run("anext");
        if let Err(failure) = &running {
            self.inner.event_loop.raise(Unwind::Raised(failure.clone()));
            std::future::pending::<()>().await;
        }
        std::future::poll_fn(|context| self.inner.pull(context)).await
    }

    /// Sends a value to the `yield` where the body stands, and gives the next one (`asend`). One
    /// that has not begun has none: that unwinds the task with a `TypeError`.
    pub async fn send(&mut self, value: S) -> Option<T> {
        if !self.inner.has_begun.get() {
            let message = "can't send non-None value to a just-started async generator";
            let failure = Failure::new("TypeError", message);
            self.inner.event_loop.raise(Unwind::Raised(failure));
            std::future::pending::<()>().await;
        }
        *self.inner.exchange.sent.borrow_mut() = Some(value);
        self.next().await
    }

    /// Throws a failure in at the `yield` where the body stands, and gives the next value
    /// (`athrow`). A body that has not begun never does.
    ///
    /// # Errors
    /// The failure that leaves the body.
    pub async fn throw(&mut self, failure: Failure) -> Result<Option<T>, Failure> {
        self.inner.make_known();
        let _running = self.inner.run("athrow")?;
        if !self.inner.exchange.is_at_yield.get() {
            // A body that has ended takes no more failures, and one that has not begun ends.
            let has_ended = self.inner.body.take().is_none();
            return if has_ended { Ok(None) } else { Err(failure) };
        }
        *self.inner.exchange.thrown.borrow_mut() = Some(Unwind::Raised(failure));
        std::future::poll_fn(|context| {
            let polled = self.inner.pull(context);
            match self.inner.event_loop.catch_raised() {
                Some(failure) => Poll::Ready(Err(failure)),
                None => polled.map(Ok),
            }
        })
        .await
    }

    /// Closes it: what stands in a clean-up around the `yield` runs, and nothing else (`aclose`).
    ///
    /// # Errors
    /// `RuntimeError` when the body yields again, else the failure that leaves it.
    pub async fn close(&mut self) -> Result<(), Failure> {
        close(&self.inner).await
    }

    /// The next value of a body that never waits (`next(generator)`).
    ///
    /// # Panics
    /// When the body waits for something.
    pub fn next_now(&mut self) -> Option<T> {
        match self.inner.pull(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => value,
            Poll::Pending => panic!("the generator waits, so it has to be awaited"),
        }
    }
}

impl<T: 'static, S: 'static> Inner<T, S> {
    /// `_asyncgen_firstiter_hook`.
    fn make_known(self: &Rc<Self>) {
        if !self.is_known.replace(true) {
            let me = Rc::downgrade(self);
            self.event_loop.add_generator(me as Weak<dyn Closable>);
        }
    }

    /// Begins to pull, throw or close.
    fn run(&self, what: &str) -> Result<Running<'_>, Failure> {
        if self.is_running.replace(true) {
            let message = format!("{what}(): asynchronous generator is already running");
            return Err(Failure::new("RuntimeError", message));
        }
        Ok(Running {
            flag: &self.is_running,
        })
    }

    fn pull(&self, context: &mut Context) -> Poll<Option<T>> {
        self.has_begun.set(true);
        let mut slot = self.body.borrow_mut();
        let Some(body) = &mut *slot else {
            return Poll::Ready(None);
        };
        let polled = body.as_mut().poll(context);
        let is_unwinding = self.event_loop.is_unwinding();
        let value = self.exchange.given.take();
        match polled {
            // What leaves the body ends it.
            _ if is_unwinding => {
                *slot = None;
                Poll::Pending
            }
            Poll::Ready(()) => {
                *slot = None;
                Poll::Ready(None)
            }
            Poll::Pending if value.is_some() => Poll::Ready(value),
            Poll::Pending => Poll::Pending,
        }
    }
}

/// `aclose()`: throws `GeneratorExit` in at the `yield` and runs what is left of the body.
async fn close<T: 'static, S: 'static>(inner: &Rc<Inner<T, S>>) -> Result<(), Failure> {
    let _running = inner.run("aclose")?;
    if !inner.exchange.is_at_yield.get() {
        inner.body.take();
        return Ok(());
    }
    let mut is_thrown = false;
    std::future::poll_fn(|context| {
        let event_loop = &inner.event_loop;
        if !std::mem::replace(&mut is_thrown, true) {
            // A task that was cancelled before its first step throws that instead.
            event_loop.poll_cancelled();
            let unwind = event_loop.catch_any().unwrap_or(Unwind::GeneratorExit);
            *inner.exchange.thrown.borrow_mut() = Some(unwind);
        }
        let polled = inner.pull(context);
        match event_loop.catch_any() {
            Some(Unwind::GeneratorExit) => return Poll::Ready(Ok(())),
            Some(Unwind::Raised(failure)) => return Poll::Ready(Err(failure)),
            Some(cancelled) => event_loop.raise(cancelled),
            None => {}
        }
        match polled {
            Poll::Ready(Some(_)) => {
                let message = "async generator ignored GeneratorExit";
                Poll::Ready(Err(Failure::new("RuntimeError", message)))
            }
            Poll::Ready(None) => Poll::Ready(Ok(())),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

impl<T: 'static, S: 'static> Closable for Inner<T, S> {
    fn close(self: Rc<Self>) -> (TaskFuture, &'static Location<'static>) {
        let site = self.site;
        let future = async move {
            match close(&self).await {
                Ok(()) => (Ending::Returned, String::new()),
                Err(failure) => (Ending::Failed, failure.to_string()),
            }
        };
        (Box::pin(future), site)
    }
}

impl<T: 'static, S: 'static> Drop for Owner<T, S> {
    fn drop(&mut self) {
        let inner = &self.inner;
        let is_left = inner.body.try_borrow().is_ok_and(|body| body.is_some());
        if is_left && inner.is_known.get() {
            let closable: Rc<dyn Closable> = Rc::clone(inner) as _;
            inner.event_loop.finalize_generator(closable);
        }
    }
}
