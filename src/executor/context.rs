//! Context variables (`contextvars`): each task and each callback has the context in which it was
//! made, as it was then.

use crate::executor::EventLoop;
use std::any::Any;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The values of variables, by number. Copies share until one of them is changed; `None` as long
/// as nothing was set.
pub type Context = Option<Rc<BTreeMap<u32, Rc<dyn Any>>>>;

impl EventLoop {
    /// The number of a new variable.
    pub fn new_variable(&self) -> u32 {
        let number = self.inner.variables.get();
        self.inner.variables.set(number + 1);
        number
    }

    /// A copy of the present context (`copy_context`).
    pub fn context(&self) -> Context {
        self.inner.context.borrow().clone()
    }

    /// Makes another context the present one; the one before.
    pub fn swap_context(&self, context: Context) -> Context {
        self.inner.context.replace(context)
    }

    /// The value of a variable, if it was set.
    pub fn variable(&self, number: u32) -> Option<Rc<dyn Any>> {
        self.inner.context.borrow().as_ref()?.get(&number).cloned()
    }

    /// Sets a variable, or takes its value away; the value before.
    pub fn set_variable(&self, number: u32, value: Option<Rc<dyn Any>>) -> Option<Rc<dyn Any>> {
        let mut context = self.inner.context.borrow_mut();
        let values = Rc::make_mut(context.get_or_insert_default());
        match value {
            Some(value) => values.insert(number, value),
            None => values.remove(&number),
        }
    }
}
