//! Variables of which each task has its own value: `contextvars.ContextVar`.

use crate::executor::EventLoop;
use crate::stage::Stage;
use std::any::Any;
use std::marker::PhantomData;
use std::rc::Rc;

/// A variable; clones are the same. A task and a callback see the values that were set when they
/// were made, and what they set nobody else sees.
pub struct ContextVar<T> {
    event_loop: EventLoop,
    number: u32,
    default: Option<Rc<T>>,
    value: PhantomData<T>,
}

impl<T> Clone for ContextVar<T> {
    fn clone(&self) -> Self {
        ContextVar {
            event_loop: self.event_loop.clone(),
            number: self.number,
            default: self.default.clone(),
            value: PhantomData,
        }
    }
}

/// What a variable was before it was set (`Token`).
pub struct Token {
    before: Option<Rc<dyn Any>>,
}

impl<T: Clone + 'static> ContextVar<T> {
    pub(super) fn new(stage: &Stage, default: Option<T>) -> Self {
        let event_loop = stage.event_loop().clone();
        ContextVar {
            number: event_loop.new_variable(),
            event_loop,
            default: default.map(Rc::new),
            value: PhantomData,
        }
    }

    /// Its value, or else its default (`get`).
    pub fn get(&self) -> Option<T> {
        let value = self.event_loop.variable(self.number);
        let value = value.and_then(|value| value.downcast::<T>().ok());
        value
            .or_else(|| self.default.clone())
            .map(|value| (*value).clone())
    }

    /// Sets it from here on; the token takes that back (`set`).
    pub fn set(&self, value: T) -> Token {
        Token {
            before: self
                .event_loop
                .set_variable(self.number, Some(Rc::new(value))),
        }
    }

    /// Makes it what it was before it was set (`reset`).
    pub fn reset(&self, token: Token) {
        self.event_loop.set_variable(self.number, token.before);
    }
}
