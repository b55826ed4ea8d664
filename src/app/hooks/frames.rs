//! A loop of animation frames.

use gloo_render::{AnimationFrame, request_animation_frame};
use std::cell::RefCell;
use std::rc::Rc;

type Frame = Rc<RefCell<Option<AnimationFrame>>>;

/// Something that is done in each frame, until this is dropped.
pub(crate) struct Frames {
    _frame: Frame,
}

impl Frames {
    /// Begins with the next frame.
    pub(crate) fn each(act: impl Fn() + 'static) -> Self {
        let frame = Frame::default();
        request(&frame, Rc::new(act));
        Frames { _frame: frame }
    }
}

fn request(frame: &Frame, act: Rc<dyn Fn()>) {
    let next = Rc::downgrade(frame);
    let request = request_animation_frame(move |_| {
        if let Some(frame) = next.upgrade() {
            request(&frame, Rc::clone(&act));
            act();
        }
    });
    // The frame before has fired.
    *frame.borrow_mut() = Some(request);
}
