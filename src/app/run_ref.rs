//! A run that components can hold, compare and read without copying its trace.

use crate::derived::recording::Recording;
use crate::trace::ClockKind;
use std::cell::RefCell;
use std::rc::Rc;

/// A shared recording at one of its revisions.
///
/// The trace grows in place while a run goes on, so comparing contents would cost as much as
/// drawing them. Two references are equal when they show the same recording at the same revision,
/// and each batch makes a new revision.
#[derive(Clone, Debug)]
pub struct RunRef {
    /// The run; borrowed only for as long as one function reads it.
    pub recording: Rc<RefCell<Recording>>,
    /// How many changes the recording has had.
    pub revision: u32,
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

    /// The same recording after a change to it.
    #[must_use]
    pub fn changed(&self) -> Self {
        RunRef {
            recording: self.recording.clone(),
            revision: self.revision.wrapping_add(1),
        }
    }
}

impl PartialEq for RunRef {
    fn eq(&self, other: &Self) -> bool {
        self.revision == other.revision && Rc::ptr_eq(&self.recording, &other.recording)
    }
}
