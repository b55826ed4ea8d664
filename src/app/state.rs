//! What the page knows, and every way in which that changes. Nothing here names a browser type.
//!
//! [`PageState`] is changed by an [`action::Action`] only, in [`reducer`]; [`store::Store`] holds
//! the present one. What can be said without it stands on its own beside it.

pub mod action;
pub mod findings;
pub mod form;
pub mod jump;
pub mod keys;
pub mod lesson;
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
use crate::app::state::sentences::as_sentence;
use crate::demo::Remedy;
use crate::derived::findings::{Finding, FindingKind};
use crate::derived::headline;
use crate::derived::moment::{Moment, StepUnit};
use crate::derived::run_ref::RunRef;
use crate::derived::timeline::Scale;
use crate::lesson::Lesson;
use crate::link::view::{At, View};
use crate::link::{Link, SPEEDS, Scenario};
use crate::param::Values;
use crate::picture::interaction::Shared;
use crate::text::words::quoted;
use crate::trace::{ClockKind, TaskId};
use std::rc::Rc;

/// A run that takes longer runs at a speed that the reader chooses; nanoseconds.
const LONG_NS: u64 = 20_000_000_000;

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
    /// What each run should become, by the instant clock, once a preview said so.
    pub previews: [Option<RunRef>; MAX_RUNS],
    /// The moment that the page shows; `None` for the end, or for now while a run goes on.
    pub cursor: Option<Moment>,
    /// Whether that moment moves by itself.
    pub playback: Playback,
    /// The part of the axis that runs side by side show; nothing is all of it. Nanoseconds.
    pub span: Option<(u64, u64)>,
    /// The task that the reader picked out.
    pub selected: Option<TaskId>,
    /// What to show as soon as all runs are on screen, and whether it is said when it cannot be.
    pub pending: Option<Pending>,
    /// What the axis counts, where the reader or a link chose.
    pub axis: Option<Scale>,
    /// The lesson of the demo, once it is here.
    pub lesson: Option<Rc<Lesson>>,
    /// The step of the lesson that the reader opened, from 0.
    pub step: Option<usize>,
    /// What was in force before a step of the lesson changed parameters.
    pub before_lesson: Option<Box<Scenario>>,
    /// The reader has not moved through time since the demo was opened.
    pub untouched: bool,
    /// The slot of the run whose output and loop are shown.
    pub focus: usize,
    /// The edition that is to be run as soon as it is on screen.
    pub to_run: Option<u32>,
    /// What was said of the runs before a remedy was used, for as long as it is.
    pub before_remedy: Option<String>,
    /// By what one goes through time where there is room for one sort of step only.
    pub step_unit: StepUnit,
    /// The tab that the reader chose last.
    pub panel: Panel,
    /// The dialog that is open.
    pub dialog: Option<Dialog>,
    /// The reader compares what was asked for with what came of it.
    pub compares: bool,
    /// Nothing is shown but picture, output and time.
    pub presents: bool,
    /// The tools of the pictures are shown: the table, the critical path, ideal against actual.
    pub tools: bool,
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

/// What is to be shown of runs that are not there yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Pending {
    /// What.
    pub view: View,
    /// What cannot be shown is left out without a word.
    pub quiet: bool,
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
        let view = View::default();
        PageState::opened(Link { scenario, view }, notices)
    }

    /// The state in which a link is opened.
    pub fn opened(link: Link, notices: Vec<String>) -> Self {
        let Link { scenario, view } = link;
        let untouched = view == View::default();
        let step = view.lesson.map(|step| step - 1);
        PageState {
            axis: view.axis,
            step,
            untouched,
            pending: (view != View::default()).then_some(Pending { view, quiet: false }),
            lesson: None,
            before_lesson: None,
            focus: 0,
            fields: fields_of(&scenario.values),
            scenario,
            notices,
            opened: None,
            runs: Vec::new(),
            expected_ns: [None; MAX_RUNS],
            previews: Default::default(),
            cursor: None,
            playback: Playback::default(),
            span: None,
            selected: None,
            to_run: None,
            before_remedy: None,
            step_unit: StepUnit::Line,
            panel: Panel::Output,
            dialog: None,
            compares: false,
            presents: false,
            tools: false,
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

    /// The mistakes of a run that are worth a word. That somebody holds the loop is none in a demo
    /// that has no remedy for it: there it is what the demo is about, as a grandmaster's moves are.
    pub fn mistakes(&self, run: &Run) -> Vec<Finding> {
        let found = run.recording.borrow().findings();
        let is_mistake = |finding: &&Finding| {
            let holds = matches!(
                finding.kind,
                FindingKind::LoopBlocked | FindingKind::Starved
            );
            !holds || self.opened.is_some() || self.scenario.demo.remedy(finding.kind).is_some()
        };
        found.iter().filter(is_mistake).cloned().collect()
    }

    /// The length of the axis: runs side by side share one, and a live run has its preview's from
    /// the start. Nanoseconds; nothing for the run's own.
    pub fn extent_ns(&self) -> Option<u64> {
        let expected = match self.runs.iter().any(Run::goes_on) {
            true => self.expected_ns.iter().flatten().max(),
            false => None,
        };
        let runs = self
            .runs
            .iter()
            .map(|run| run.recording.borrow().trace().duration_ns());
        let longest = runs.max().max(expected.copied());
        longest.filter(|_| self.runs.len() > 1 || expected.is_some())
    }

    /// What one would say of the runs on screen; nothing while one of them goes on.
    pub fn verdict(&self) -> String {
        if self.runs.iter().any(Run::goes_on) {
            return String::new();
        }
        let words = match self.runs.as_slice() {
            [run] => {
                let run = run.recording.borrow();
                headline::alone(run.trace(), run.timeline(), &run.findings())
            }
            [a, b] => {
                let (first, second) = (a.recording.borrow(), b.recording.borrow());
                headline::difference(
                    (&self.version_name(a), first.trace()),
                    (&self.version_name(b), second.trace()),
                )
            }
            _ => return String::new(),
        };
        as_sentence(&words)
    }

    /// A version's name in a sentence: "none" is named by what it lacks, as in "no protection".
    pub fn version_name(&self, run: &Run) -> String {
        match (run.label.as_str(), self.scenario.demo.mode()) {
            ("none", Some(param)) => format!("no {}", param.label),
            (label, _) if label.contains(',') => quoted(label),
            (label, _) => label.to_owned(),
        }
    }

    /// What a link to what is on screen holds.
    pub fn link(&self) -> Link {
        let name = |task: TaskId| {
            let run = self.runs.iter().find(|run| run.slot == self.focus);
            let run = run.or(self.runs.first())?;
            let recording = run.recording.borrow();
            let tasks = &recording.trace().tasks;
            let info = tasks.get(task.index())?;
            // A name that several tasks have would pick out the first of them.
            let unique = tasks.iter().filter(|other| other.name == info.name).count() == 1;
            unique.then(|| info.name.to_string())
        };
        let live = self.under_way().is_some();
        // A live run is followed as it happens.
        let at = (!live).then(|| At::from_moment(self.cursor));
        let view = match self.untouched {
            // As the demo opens.
            true => View::default(),
            false => View {
                at,
                task: self.selected.and_then(name),
                axis: self.axis,
                zoom: self.span,
                lesson: self.step.map(|step| step + 1),
            },
        };
        let scenario = self.scenario.clone();
        Link { scenario, view }
    }

    /// What the demo is about; nothing until its lesson is here.
    pub fn summary(&self) -> &str {
        let fetched = self.lesson.as_ref().map(|lesson| lesson.summary.as_str());
        match self.scenario.demo.summary {
            "" => fetched.unwrap_or_default(),
            summary => summary,
        }
    }

    /// What all pictures on the page show.
    pub fn shared(&self) -> Shared {
        Shared {
            cursor: self.cursor,
            selected: self.selected,
            span: self.span,
            axis: self.axis.unwrap_or_default(),
        }
    }

    /// Whether opening or changing the scenario shows its picture at once.
    pub fn is_previewed(&self) -> bool {
        let runs = self.scenario.runs();
        self.opened.is_none() && runs.iter().all(|run| run.demo.runs_instantly(&run.values))
    }

    /// Whether there is a run to show that was recorded, in place of a preview: of demos that need the
    /// browser, as they are at first.
    pub fn is_recorded(&self) -> bool {
        let at_first = Scenario::defaults_of(self.scenario.demo);
        self.opened.is_none() && !self.is_previewed() && self.scenario.values == at_first.values
    }

    /// The clock with which Run runs: some settings need the browser, hence real time.
    pub fn clock(&self) -> ClockKind {
        match self.is_previewed() {
            true => self.scenario.clock,
            false => ClockKind::Live,
        }
    }

    /// How long a live run takes in real time, where that is known and not nothing; nanoseconds.
    pub fn takes_ns(&self) -> Option<u64> {
        // Two versions run at the same time.
        let known = self.expected_ns.iter().flatten().copied().max();
        known.filter(|ns| *ns > 0)
    }

    /// The speeds at which a live run may go, each in times of real time: only real time, where
    /// nobody has to wait long.
    pub fn speeds(&self) -> &'static [u32] {
        let is_long = self.takes_ns().is_some_and(|ns| ns > LONG_NS);
        if is_long { &SPEEDS } else { &SPEEDS[..1] }
    }

    /// The speed with which Run runs: the reader's choice, or the first of [`Self::speeds`] at
    /// which nobody has to wait long.
    pub fn speed(&self) -> u32 {
        let speeds = self.speeds();
        let chosen = self.scenario.speed.filter(|speed| speeds.contains(speed));
        let takes_ns = self.takes_ns().unwrap_or(0);
        let is_short = |speed: &&u32| takes_ns / u64::from(**speed) <= LONG_NS;
        let short = speeds.iter().find(is_short).or(speeds.last());
        chosen.or(short.copied()).unwrap_or(1)
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
