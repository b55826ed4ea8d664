//! The ways in which the page's state changes.

use crate::app::state::Dialog;
use crate::app::state::opened::Opened;
use crate::app::state::panel::Panel;
use crate::app::state::playback::PlaybackAction;
use crate::app::state::run::Purpose;
use crate::derived::moment::{Moment, StepUnit};
use crate::derived::run_ref::RunRef;
use crate::derived::timeline::Scale;
use crate::lesson::Lesson;
use crate::link::Link;
use crate::trace::{ClockKind, TaskId};
use std::rc::Rc;

/// The ways in which the state changes.
pub enum Action {
    /// Shows another scenario, with sentences about what was not understood of it.
    Open {
        /// Which, and what of it.
        link: Link,
        /// Sentences without a full stop.
        notices: Vec<String>,
    },
    /// Shows a recording in place of the demo.
    OpenRecording {
        /// What it says of its program.
        opened: Opened,
        /// What happened in it.
        run: RunRef,
    },
    /// Shows a run of the page that was kept in a file.
    OpenSaved {
        /// What was on screen.
        link: Link,
        /// What happened.
        run: RunRef,
    },
    /// Shows another of the recording's files, by its place among them.
    ShowFile(usize),
    /// The reader changed the text of a field.
    Edit {
        /// The parameter's key.
        key: &'static str,
        /// The whole new text.
        text: String,
    },
    /// Sets a parameter to what mends a finding, and has the demo run.
    Fix {
        /// The slot on screen of the run that has the finding.
        slot: usize,
        /// The parameter's key.
        key: &'static str,
        /// Its new value.
        value: &'static str,
    },
    /// Every parameter gets its default again.
    Reset,
    /// The reader chose a clock.
    UseClock(ClockKind),
    /// The reader chose how many times as fast as real time the live clock goes.
    UseSpeed(u32),
    /// Says something.
    Notify(String),
    /// The reader has read a sentence.
    Dismiss(String),
    /// The reader chose a second mode to run beside the first.
    Compare(&'static str),
    /// The reader wants two modes side by side, whichever is the second.
    CompareAny,
    /// A run takes the place of what is shown there.
    Show {
        /// Its slot on screen, from 0 at the top.
        slot: usize,
        /// The mode it is run in, in the demo's words.
        label: &'static str,
        /// What happened so far.
        run: RunRef,
        /// Why it was run.
        purpose: Purpose,
        /// The edition of the state that it was made for; another one ignores it.
        edition: u32,
    },
    /// A run's recording has grown or ended.
    Grown(RunRef),
    /// The page shows another moment.
    MoveCursor(Option<Moment>),
    /// The reader plays, steps or jumps.
    Playback(PlaybackAction),
    /// The reader zooms or moves the pictures of runs side by side; nothing shows all of them.
    Zoom(Option<(u64, u64)>),
    /// The reader wants lanes to be laid out along that.
    UseAxis(Scale),
    /// The reader picked out a task, or none.
    Select(Option<TaskId>),
    /// The page shows a task at a moment.
    Point {
        /// The task.
        task: TaskId,
        /// The moment, in nanoseconds since the run began.
        time_ns: u64,
    },
    /// The lesson of a demo is here.
    Lesson {
        /// The demo.
        slug: &'static str,
        /// Its lesson.
        lesson: Rc<Lesson>,
    },
    /// The reader followed a link of the lesson.
    Follow {
        /// In which step, from 0.
        step: usize,
        /// What it says: `pause=0s&at=end`.
        query: String,
    },
    /// The reader goes to the next step of the lesson, or to the one before.
    Step(bool),
    /// The reader chose whose output and loop are shown.
    Focus(usize),
    /// The reader chose by what to go through time where there is room for one sort of step only.
    UseSteps(StepUnit),
    /// The reader chose a tab.
    ShowPanel(Panel),
    /// A dialog opens, in place of any other.
    OpenDialog(Dialog),
    /// The reader closed the dialog.
    CloseDialog,
    /// The reader opened or closed what compares a run with what was asked for.
    Compares(bool),
    /// Shows nothing but picture, output and time, or everything again.
    TogglePresenting,
    /// Shows the tools of the pictures, or hides them.
    ToggleTools,
}

impl From<PlaybackAction> for Action {
    fn from(action: PlaybackAction) -> Self {
        Action::Playback(action)
    }
}
