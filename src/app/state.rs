//! What the page knows, and every way in which that changes. Nothing here names a browser type.
//!
//! [`PageState`] is changed by an [`action::Action`] only, in [`reducer`]; [`store::Store`] holds
//! the present one. What can be said without it stands on its own beside it.

pub mod action;
pub mod jump;
pub mod keys;
pub mod opened;
pub mod panel;
pub mod playback;
pub mod reducer;
pub mod run;
pub mod search;
pub mod sentences;
pub mod slider;
pub mod store;

use crate::app::state::opened::Opened;
use crate::app::state::panel::Panel;
use crate::app::state::playback::Playback;
use crate::app::state::run::{MAX_RUNS, Run};
use crate::demo::Remedy;
use crate::derived::findings::FindingKind;
use crate::derived::moment::Moment;
use crate::link::Scenario;
use crate::param::Values;
use crate::picture::interaction::Shared;
use crate::trace::{ClockKind, TaskId};
use std::rc::Rc;

/// Everything the page shows, but for what one component alone needs to know.
#[derive(Clone, PartialEq)]
pub struct PageState {
    /// The demo, the values in force, and the clock to run with.
    pub scenario: Scenario,
    /// What the fields show, in the order of the demo's parameters.
    pub fields: Vec<Field>,
    /// Sentences for the reader that stay until they are dismissed.
    pub notices: Vec<String>,
    /// The recording that is shown in place of the demo's runs.
    pub opened: Option<Rc<Opened>>,
    /// The runs on screen, one above the other. What is shown always belongs to the values in
    /// force: changing one clears away what was run with others.
    pub runs: Vec<Run>,
    /// How long each run takes by the instant clock, in nanoseconds, once a preview said so.
    pub expected_ns: [Option<u64>; MAX_RUNS],
    /// The moment that the page shows; `None` for the end, or for now while a run goes on.
    pub cursor: Option<Moment>,
    /// Whether that moment moves by itself.
    pub playback: Playback,
    /// The part of the axis that runs side by side show; nothing is all of it. Nanoseconds.
    pub span: Option<(u64, u64)>,
    /// The task that the reader picked out.
    pub selected: Option<TaskId>,
    /// The edition that is to be run as soon as it is on screen.
    pub to_run: Option<u32>,
    /// The tab that the reader chose last.
    pub panel: Panel,
    /// The dialog that is open.
    pub dialog: Option<Dialog>,
    /// Nothing is shown but picture, output and time.
    pub presents: bool,
    /// Counts the changes after which the old picture is not true any more.
    pub edition: u32,
}

/// The dialogs, of which one at most is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// Finds a demo.
    Find,
    /// Lists the keys.
    Keys,
}

/// A field of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// As typed, also when it makes no sense.
    pub text: String,
    /// What is wrong with it; the last good value stays in force.
    pub error: Option<String>,
}

impl PageState {
    /// The state in which a scenario is opened.
    pub fn new(scenario: Scenario, notices: Vec<String>) -> Self {
        PageState {
            fields: fields_of(&scenario.values),
            scenario,
            notices,
            opened: None,
            runs: Vec::new(),
            expected_ns: [None; MAX_RUNS],
            cursor: None,
            playback: Playback::default(),
            span: None,
            selected: None,
            to_run: None,
            panel: Panel::Run,
            dialog: None,
            presents: false,
            edition: 0,
        }
    }

    /// The parameter, and its value, that mends a finding; nothing when that value is in force
    /// in one of the runs on screen.
    pub fn remedy(&self, kind: FindingKind) -> Option<(&'static str, &'static str)> {
        if self.opened.is_some() {
            return None;
        }
        let &Remedy { key, value, .. } = self.scenario.demo.remedy(kind)?;
        let is_tried = |run: &Scenario| {
            let now = run.values.value(key);
            now.is_none_or(|now| now.text() == value)
        };
        let is_tried = self.scenario.runs().iter().any(is_tried);
        (!is_tried).then_some((key, value))
    }

    /// What all pictures on the page show.
    pub fn shared(&self) -> Shared {
        Shared {
            cursor: self.cursor,
            selected: self.selected,
            span: self.span,
        }
    }

    /// Whether opening or changing the scenario shows its picture at once.
    pub fn is_previewed(&self) -> bool {
        let runs = self.scenario.runs();
        self.opened.is_none() && runs.iter().all(|run| run.demo.runs_instantly(&run.values))
    }

    /// The clock with which Run runs: some settings need the browser, hence real time.
    pub fn clock(&self) -> ClockKind {
        match self.is_previewed() {
            true => self.scenario.clock,
            false => ClockKind::Live,
        }
    }

    /// The asked-for run that is under way.
    pub fn under_way(&self) -> Option<&Run> {
        self.runs
            .iter()
            .find(|run| run.asked_for() && run.goes_on())
    }

    /// The key of the first parameter whose field makes no sense.
    pub fn first_error(&self) -> Option<&'static str> {
        let index = self.fields.iter().position(|field| field.error.is_some())?;
        Some(self.scenario.demo.params[index].key)
    }

    /// Whether Reset would change something.
    pub fn differs_from_defaults(&self) -> bool {
        self.fields != fields_of(&Values::defaults(self.scenario.demo.params))
    }
}

/// The mode's label in the demo's words, or nothing when the demo has no modes.
pub fn mode_label(scenario: &Scenario) -> &'static str {
    let Some(chosen) = scenario.values.mode() else {
        return "";
    };
    let mut modes = scenario.demo.modes().iter();
    modes
        .find(|(key, _)| *key == chosen)
        .map_or("", |(_, label)| label)
}

fn fields_of(values: &Values) -> Vec<Field> {
    values
        .iter()
        .map(|(_, value)| Field {
            text: value.text(),
            error: None,
        })
        .collect()
}
