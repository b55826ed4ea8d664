//! The ways in which the page's state changes.

use crate::app::state::Dialog;
use crate::app::state::opened::Opened;
use crate::app::state::panel::Panel;
use crate::app::state::playback::PlaybackAction;
use crate::app::state::run::Purpose;
use crate::derived::moment::Moment;
use crate::derived::run_ref::RunRef;
use crate::link::Scenario;
use crate::trace::{ClockKind, TaskId};

/// The ways in which the state changes.
pub enum Action {
    /// Shows another scenario, with sentences about what was not understood of it.
    Open {
        /// Which.
        scenario: Scenario,
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
    /// The reader picked out a task, or none.
    Select(Option<TaskId>),
    /// The page shows a task at a moment.
    Point {
        /// The task.
        task: TaskId,
        /// The moment, in nanoseconds since the run began.
        time_ns: u64,
    },
    /// The reader chose a tab.
    ShowPanel(Panel),
    /// A dialog opens, in place of any other.
    OpenDialog(Dialog),
    /// The reader closed the dialog.
    CloseDialog,
    /// Shows nothing but picture, output and time, or everything again.
    TogglePresenting,
}

impl From<PlaybackAction> for Action {
    fn from(action: PlaybackAction) -> Self {
        Action::Playback(action)
    }
}
