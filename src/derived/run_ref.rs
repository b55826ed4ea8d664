//! A run that views can hold, compare and read without copying its trace.

use crate::derived::recording::Recording;
use crate::trace::ClockKind;
use std::cell::{Ref, RefCell, RefMut};
use std::rc::Rc;

/// A shared recording at one of its revisions.
///
/// The trace grows in place while a run goes on, so comparing contents would cost as much as
/// drawing them. Two references are equal when they show the same recording at the same revision,
/// and each batch makes a new revision.
#[derive(Clone, Debug)]
pub struct RunRef {
    recording: Rc<RefCell<Recording>>,
    revision: u32,
}

impl RunRef {
    /// A run of which nothing is known yet.
    pub fn new(clock: ClockKind) -> Self {
        RunRef::from_recording(Recording::new(clock))
    }

    /// The first revision of a recording.
    pub fn from_recording(recording: Recording) -> Self {
        RunRef {
            recording: Rc::new(RefCell::new(recording)),
            revision: 0,
        }
    }

    /// The recording, for as long as one function reads it.
    pub fn borrow(&self) -> Ref<'_, Recording> {
        self.recording.borrow()
    }

    /// The recording, for one change or for a view that keeps what it has derived.
    pub fn borrow_mut(&self) -> RefMut<'_, Recording> {
        self.recording.borrow_mut()
    }

    /// The same recording after a change to it.
    #[must_use]
    pub fn changed(&self) -> Self {
        RunRef {
            recording: Rc::clone(&self.recording),
            revision: self.revision.wrapping_add(1),
        }
    }

    /// How many changes the recording has had.
    pub fn revision(&self) -> u32 {
        self.revision
    }

    /// Whether both are the same recording, at whatever revision.
    pub fn is_same_run(&self, other: &RunRef) -> bool {
        Rc::ptr_eq(&self.recording, &other.recording)
    }
}

impl PartialEq for RunRef {
    fn eq(&self, other: &Self) -> bool {
        self.revision == other.revision && self.is_same_run(other)
    }
}
