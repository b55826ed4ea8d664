//! Values one after the other, from code that keeps its place between them.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// A body that yields values and may wait in between (an async generator).
///
/// It runs inside the task that pulls, and only while that task waits for the next value.
pub struct Generator<T> {
    body: Option<Pin<Box<dyn Future<Output = ()>>>>,
    slot: Rc<RefCell<Option<T>>>,
}

/// What the body of a [`Generator`] yields with.
pub struct Yielder<T> {
    slot: Rc<RefCell<Option<T>>>,
}

impl<T> Yielder<T> {
    /// Hands a value to whoever pulls, and stops here until the next pull (`yield value`).
    pub async fn give(&self, value: T) {
        *self.slot.borrow_mut() = Some(value);
        // The value is gone when the body is next entered: somebody pulled it.
        std::future::poll_fn(|_| match *self.slot.borrow() {
            Some(_) => Poll::Pending,
            None => Poll::Ready(()),
        })
        .await;
    }
}

impl<T: 'static> Generator<T> {
    /// A generator whose body has not started: that happens with the first pull.
    pub fn new<F>(body: impl FnOnce(Yielder<T>) -> F) -> Self
    where
        F: Future<Output = ()> + 'static,
    {
        let slot = Rc::new(RefCell::new(None));
        let yielder = Yielder {
            slot: Rc::clone(&slot),
        };
        Generator {
            body: Some(Box::pin(body(yielder))),
            slot,
        }
    }

    /// The next value, or `None` after the last (`await anext(generator)`).
    pub async fn next(&mut self) -> Option<T> {
        std::future::poll_fn(|context| self.pull(context)).await
    }

    /// The next value of a body that never waits (`next(generator)`).
    ///
    /// # Panics
    /// When the body waits for something.
    pub fn next_now(&mut self) -> Option<T> {
        match self.pull(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => value,
            Poll::Pending => panic!("the generator waits, so it has to be awaited"),
        }
    }

    fn pull(&mut self, context: &mut Context) -> Poll<Option<T>> {
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        let polled = body.as_mut().poll(context);
        let value = self.slot.borrow_mut().take();
        match (polled, value) {
            (_, Some(value)) => Poll::Ready(Some(value)),
            (Poll::Pending, None) => Poll::Pending,
            (Poll::Ready(()), None) => {
                self.body = None;
                Poll::Ready(None)
            }
        }
    }
}
