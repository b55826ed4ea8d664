//! What the page knows, and every way in which that changes. Names no browser type.

use crate::app::playback::{Playback, Time};
use crate::app::run_ref::RunRef;
use crate::demo::{Demo, Remedy};
use crate::derived::findings::FindingKind;
use crate::derived::moment::Moment;
use crate::link::Scenario;
use crate::param::Values;
use crate::text::number::grouped;
use crate::text::words::quoted;
use crate::trace::{ClockKind, EndReason, TaskId};
use std::rc::Rc;

/// Most runs on screen: one, or two side by side.
pub const MOST_RUNS: usize = 2;

/// Everything the page shows, but for what one component alone needs to know.
#[derive(Clone)]
pub struct State {
    /// The demo, the values in force, and the clock to run with.
    pub scenario: Scenario,
    /// What the fields show, in the order of the demo's parameters.
    pub fields: Vec<Field>,
    /// Sentences for the reader that stay until they are dismissed.
    pub notices: Vec<String>,
    /// The runs on screen, one above the other. What is shown always belongs to the values in
    /// force: changing one clears away what was run with others.
    pub runs: Vec<Run>,
    /// How long each run takes by the instant clock, in nanoseconds, once a preview said so.
    pub expected_ns: [Option<u64>; MOST_RUNS],
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
    /// Counts the changes after which the old picture is not true any more.
    pub edition: u32,
}

/// A field of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// As typed, also when it makes no sense.
    pub text: String,
    /// What is wrong with it; the last good value stays in force.
    pub error: Option<String>,
}

/// One run on screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Its place on screen, from 0.
    pub place: usize,
    /// The mode it was run in, in the demo's words; empty when the demo has no modes.
    pub label: String,
    /// Why it was run.
    pub purpose: Purpose,
    /// What happened.
    pub run: RunRef,
    /// The edition of the state that it belongs to.
    pub edition: u32,
}

/// Why something was run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Purpose {
    /// So that the page is not empty.
    Preview,
    /// Because the reader asked for it.
    Asked {
        /// When, in milliseconds by the page's own clock.
        at_ms: f64,
    },
}

impl Run {
    /// Whether the reader asked for it.
    pub fn asked_for(&self) -> bool {
        self.purpose != Purpose::Preview
    }

    /// Whether its end has not come yet.
    pub fn goes_on(&self) -> bool {
        self.run.recording.borrow().trace().end.is_none()
    }

    /// By which clock its times are.
    pub fn clock(&self) -> ClockKind {
        self.run.recording.borrow().trace().clock
    }

    /// Why it ended.
    pub fn end_reason(&self) -> Option<EndReason> {
        let recording = self.run.recording.borrow();
        recording.trace().end.as_ref().map(|end| end.reason)
    }
}

/// The ways in which the state changes.
pub enum Action {
    /// Shows another scenario, with sentences about what was not understood of it.
    Open {
        /// Which.
        scenario: Scenario,
        /// Sentences without a full stop.
        notices: Vec<String>,
    },
    /// The reader changed the text of a field.
    Edit {
        /// The parameter's key.
        key: &'static str,
        /// The whole new text.
        text: String,
    },
    /// Sets a parameter to what mends a finding, and has the demo run.
    Fix {
        /// The place on screen of the run that has the finding.
        place: usize,
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
    Dismiss(usize),
    /// The reader chose a second mode to run beside the first, or none.
    Compare(Option<&'static str>),
    /// A run takes the place of what is shown there.
    Show {
        /// Its place on screen, from 0.
        place: usize,
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
    Time(Time),
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
}

impl State {
    /// The state in which a scenario is opened.
    pub fn new(scenario: Scenario, notices: Vec<String>) -> Self {
        State {
            fields: fields_of(&scenario.values),
            scenario,
            notices,
            runs: Vec::new(),
            expected_ns: [None; MOST_RUNS],
            cursor: None,
            playback: Playback::default(),
            span: None,
            selected: None,
            to_run: None,
            edition: 0,
        }
    }

    /// The state after an action; the very same one when nothing has changed.
    #[must_use]
    pub fn after(self: Rc<Self>, action: Action) -> Rc<Self> {
        match action {
            Action::Open { scenario, notices } => {
                if scenario == self.scenario && notices == self.notices && self.fields_agree() {
                    return self;
                }
                let edition = self.edition + 1;
                Rc::new(State {
                    edition,
                    ..State::new(scenario, notices)
                })
            }
            Action::Edit { key, text } => self.edited(key, text),
            Action::Fix { place, key, value } => self.fixed(place, key, value),
            Action::Reset => {
                let values = Values::defaults(self.scenario.demo.params);
                self.with_values(values)
            }
            Action::UseClock(clock) => {
                if clock == self.scenario.clock {
                    return self;
                }
                let mut next = (*self).clone();
                next.scenario.clock = clock;
                Rc::new(next)
            }
            Action::Notify(sentence) => {
                if self.notices.contains(&sentence) {
                    return self;
                }
                let mut next = (*self).clone();
                next.notices.push(sentence);
                Rc::new(next)
            }
            Action::Dismiss(index) => {
                if index >= self.notices.len() {
                    return self;
                }
                let mut next = (*self).clone();
                next.notices.remove(index);
                Rc::new(next)
            }
            Action::Compare(mode) => self.compared(mode),
            Action::Show {
                place,
                label,
                run,
                purpose,
                edition,
            } => {
                if edition != self.edition {
                    return self;
                }
                let mut next = (*self).clone();
                next.learn_duration(place, &run);
                // What really happened is worth more than what should.
                let late = purpose == Purpose::Preview
                    && self
                        .runs
                        .iter()
                        .any(|r| r.place == place && r.asked_for() && r.edition == edition);
                if !late {
                    next.cursor = None;
                    next.playback.on = false;
                    let places = 1 + usize::from(self.scenario.compare.is_some());
                    next.runs
                        .retain(|other| other.place != place && other.place < places);
                    next.runs.push(Run {
                        place,
                        label: label.to_owned(),
                        purpose,
                        run,
                        edition,
                    });
                    next.runs.sort_by_key(|run| run.place);
                }
                Rc::new(next)
            }
            Action::Grown(run) => {
                let same = |other: &Run| Rc::ptr_eq(&other.run.recording, &run.recording);
                let Some(index) = self.runs.iter().position(same) else {
                    return self;
                };
                let mut next = (*self).clone();
                next.runs[index].run = self.runs[index].run.changed();
                if self.runs[index].edition == self.edition {
                    next.learn_duration(self.runs[index].place, &run);
                }
                Rc::new(next)
            }
            Action::MoveCursor(cursor) => {
                if cursor == self.cursor {
                    return self;
                }
                Rc::new(State {
                    cursor,
                    ..(*self).clone()
                })
            }
            Action::Zoom(span) => {
                if span == self.span {
                    return self;
                }
                Rc::new(State {
                    span,
                    ..(*self).clone()
                })
            }
            Action::Time(time) => self.timed(time),
            Action::Point { task, time_ns } => self
                .after(Action::Select(Some(task)))
                .after(Action::MoveCursor(Some(Moment::at(time_ns)))),
            Action::Select(selected) => {
                if selected == self.selected {
                    return self;
                }
                Rc::new(State {
                    selected,
                    ..(*self).clone()
                })
            }
        }
    }

    fn edited(self: Rc<Self>, key: &'static str, text: String) -> Rc<Self> {
        let params = self.scenario.demo.params;
        let Some(index) = params.iter().position(|param| param.key == key) else {
            return self;
        };
        let is_mode = params[index].is_mode;
        let ends_comparison = is_mode && self.scenario.compare.is_some();
        if self.fields[index].text == text && !ends_comparison {
            return self;
        }
        let mut next = (*self).clone();
        let error = next.scenario.values.set(key, &text).err();
        next.fields[index] = Field { text, error };
        if is_mode {
            // Choosing one mode ends the comparison of two.
            next.scenario.compare = None;
        }
        if next.scenario != self.scenario {
            next.forget_runs();
        }
        Rc::new(next)
    }

    /// Sets a parameter of one of the runs on screen. A comparison goes on: where two modes are
    /// compared the mended one takes the place of the one that went wrong.
    fn fixed(self: Rc<Self>, place: usize, key: &'static str, value: &'static str) -> Rc<Self> {
        let mode = self.scenario.demo.mode().filter(|mode| mode.key == key);
        let compare = self.scenario.compare.filter(|_| mode.is_some());
        let is_second = compare.is_some_and(|compare| {
            let runs = self.scenario.runs();
            let run = runs.get(place);
            run.is_some_and(|run| run.values.choice(key) == compare)
        });
        let state = match (is_second, compare) {
            (true, _) => self.compared(Some(value)),
            (false, None) => self.edited(key, value.to_owned()),
            (false, _) => self.edited(key, value.to_owned()).compared(compare),
        };
        let mut next = (*state).clone();
        next.to_run = Some(next.edition);
        Rc::new(next)
    }

    /// The parameter, and its value, that mends a finding; nothing when that value is in force
    /// in one of the runs on screen.
    pub fn remedy(&self, kind: FindingKind) -> Option<(&'static str, &'static str)> {
        let &Remedy { key, value, .. } = self.scenario.demo.remedy(kind)?;
        let is_tried = |run: &Scenario| {
            let now = run.values.value(key);
            now.is_none_or(|now| now.text() == value)
        };
        let is_tried = self.scenario.runs().iter().any(is_tried);
        (!is_tried).then_some((key, value))
    }

    fn compared(self: Rc<Self>, mode: Option<&'static str>) -> Rc<Self> {
        let mut next = (*self).clone();
        if next.scenario.compare_with(mode).is_err() || next.scenario == self.scenario {
            return self;
        }
        next.forget_runs();
        Rc::new(next)
    }

    fn with_values(self: Rc<Self>, values: Values) -> Rc<Self> {
        let fields = fields_of(&values);
        if values == self.scenario.values && fields == self.fields {
            return self;
        }
        let mut next = (*self).clone();
        next.fields = fields;
        if values != self.scenario.values {
            next.scenario.values = values;
            next.forget_runs();
        }
        Rc::new(next)
    }

    /// The old picture stays on screen until the new preview is there, which takes milliseconds;
    /// blanking it in between would flicker at every step of a slider.
    fn forget_runs(&mut self) {
        self.edition += 1;
        self.expected_ns = [None; MOST_RUNS];
        self.cursor = None;
        self.playback.on = false;
        self.selected = None;
        self.span = None;
        let previewed = self.is_previewed();
        self.runs
            .retain(|run| previewed && !(run.asked_for() && run.goes_on()));
    }

    fn learn_duration(&mut self, place: usize, run: &RunRef) {
        let recording = run.recording.borrow();
        let trace = recording.trace();
        if let (ClockKind::Instant, Some(end)) = (trace.clock, &trace.end) {
            self.expected_ns[place] = Some(end.time_ns);
        }
    }

    fn fields_agree(&self) -> bool {
        self.fields == fields_of(&self.scenario.values)
    }

    /// Whether opening or changing the scenario shows its picture at once.
    pub fn is_previewed(&self) -> bool {
        let runs = self.scenario.runs();
        runs.iter().all(|run| run.demo.runs_instantly(&run.values))
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

/// "1 task", "10,000 tasks".
pub fn counted(count: usize, what: &str) -> String {
    let number = grouped(count as i64);
    match count {
        1 => format!("{number} {what}"),
        _ => format!("{number} {what}s"),
    }
}

/// The demos that a search finds, best first: every word of the query has to occur somewhere, and
/// a word in the title counts most. `texts` is what the demos teach, in small letters, each after a
/// line with `=== ` and its file's name.
pub fn search(demos: &[&'static Demo], query: &str, texts: &str) -> Vec<&'static Demo> {
    let words: Vec<String> = query
        .split_whitespace()
        .map(str::to_ascii_lowercase)
        .collect();
    let mut found: Vec<(usize, &'static Demo)> = demos
        .iter()
        .filter_map(|demo| {
            let heading = format!("=== {}\n", demo.lesson.name);
            let teaches = texts.split_once(&heading).map_or("", |(_, rest)| rest);
            let teaches = teaches.split("\n=== ").next().unwrap_or_default();
            let fields = [
                demo.title.to_ascii_lowercase(),
                demo.keywords.to_ascii_lowercase() + " " + demo.slug,
                demo.summary.to_ascii_lowercase() + " " + &demo.group.title().to_ascii_lowercase(),
                teaches.to_owned(),
            ];
            let mut rank = 0;
            for word in &words {
                let place = fields.iter().position(|field| field.contains(word))?;
                // The beginning of the title is what people type.
                let begins = place == 0 && fields[0].starts_with(word.as_str());
                rank += if begins { 0 } else { place + 1 };
            }
            Some((rank, *demo))
        })
        .collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, demo)| demo).collect()
}

/// What the reader has to know of a run's end: a heading and a sentence. Nothing when the program
/// just finished.
pub fn ending_in_words(reason: EndReason, message: &str) -> Option<(&'static str, String)> {
    let heading = match reason {
        EndReason::Finished => return None,
        EndReason::Failed => "The program failed",
        EndReason::Deadlock => "Deadlock",
        EndReason::Limit => "Stopped at a limit",
        EndReason::Stopped => "Stopped",
        EndReason::Died => "The run broke off",
    };
    let message = message.strip_prefix("deadlock: ").unwrap_or(message);
    let message = match (reason, message) {
        (EndReason::Stopped, "") => "what happened until then is kept",
        (_, message) => message,
    };
    Some((heading, as_sentence(message)))
}

/// A message in lower case without a full stop, as a sentence with both. A message that begins with
/// the name of a parameter ("a: …") leaves that as it is spelt.
pub fn as_sentence(message: &str) -> String {
    let mut chars = message.chars();
    let Some(first) = chars.next() else {
        return String::new();
    };
    let names = message
        .split(' ')
        .next()
        .is_some_and(|word| word.ends_with(':'));
    let mut sentence: String = match names {
        true => first.to_string(),
        false => first.to_ascii_uppercase().to_string(),
    };
    sentence.push_str(chars.as_str());
    if !sentence.ends_with(['.', '?', '!']) {
        sentence.push('.');
    }
    sentence
}

/// A sentence for a setting that cannot be previewed.
pub fn no_preview_sentence(demo: &Demo) -> String {
    format!(
        "With this setting {} uses the browser itself, so there is no preview: press Run to see what happens.",
        quoted(demo.title)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::{self, DEMOS};
    use crate::derived::recording::Recording;
    use crate::trace::Trace;

    fn opened(slug: &str) -> Rc<State> {
        let demo = demos::find(slug).expect("the demo exists");
        Rc::new(State::new(Scenario::defaults_of(demo), Vec::new()))
    }

    fn edit(state: &Rc<State>, key: &'static str, text: &str) -> Rc<State> {
        let text = text.to_owned();
        Rc::clone(state).after(Action::Edit { key, text })
    }

    #[track_caller]
    fn fix(state: &Rc<State>, place: usize) -> Rc<State> {
        let (key, value) = state
            .remedy(FindingKind::LoopBlocked)
            .expect("there is one");
        Rc::clone(state).after(Action::Fix { place, key, value })
    }

    #[test]
    fn a_remedy_is_set_and_asked_to_run_and_is_not_offered_again() {
        let state = opened("blocking-call");
        let mended = fix(&state, 0);
        assert_eq!(mended.scenario.values.mode(), Some("async-sleep"));
        assert_eq!(mended.edition, state.edition + 1);
        assert_eq!(mended.to_run, Some(mended.edition));
        assert_eq!(mended.remedy(FindingKind::LoopBlocked), None);
        assert_eq!(mended.remedy(FindingKind::Lost), None);
    }

    #[test]
    fn a_remedy_keeps_a_comparison() {
        let modes = demos::find("blocking-call").expect("there is one").modes();
        let keys: Vec<&str> = modes.iter().map(|(key, _)| *key).collect();
        let others: Vec<&'static str> = keys
            .iter()
            .copied()
            .filter(|key| *key != "async-sleep")
            .collect();
        assert!(others.len() >= 2, "{keys:?}");
        for (chosen, other) in [(others[0], others[1]), (others[1], others[0])] {
            let state = edit(&opened("blocking-call"), "mode", chosen);
            let state = state.after(Action::Compare(Some(other)));
            for place in 0..2 {
                let wrong = state.scenario.runs()[place].values.mode();
                let wrong = wrong.expect("there are modes");
                let kept = if wrong == chosen { other } else { chosen };
                let mended = fix(&state, place);
                let mut modes: Vec<String> = mended
                    .scenario
                    .runs()
                    .iter()
                    .map(|run| run.values.mode().expect("there are modes").to_owned())
                    .collect();
                modes.retain(|mode| mode != kept);
                assert_eq!(modes, ["async-sleep"], "{wrong} is mended and {kept} kept");
            }
        }
    }

    fn show(state: &Rc<State>, run: &RunRef, purpose: Purpose) -> Rc<State> {
        Rc::clone(state).after(Action::Show {
            place: 0,
            label: mode_label(&state.scenario),
            run: run.clone(),
            purpose,
            edition: state.edition,
        })
    }

    fn previewed(state: &Rc<State>) -> (Rc<State>, RunRef) {
        let scenario = &state.scenario;
        let trace = scenario.demo.run_instantly(scenario.values.clone());
        let run = RunRef::from_recording(Recording::from_trace(trace));
        (show(state, &run, Purpose::Preview), run)
    }

    const ASKED: Purpose = Purpose::Asked { at_ms: 0.0 };

    #[test]
    fn nonsense_stays_in_the_field_and_the_last_good_value_in_force() {
        let state = opened("factorial");
        let good = edit(&state, "a", "7");
        let bad = edit(&good, "a", "seven");
        assert_eq!(bad.scenario.values.int("a"), 7);
        assert_eq!(bad.fields[0].text, "seven");
        assert_eq!(
            bad.fields[0].error.as_deref(),
            Some("“seven” is not a whole number: 0 to 30")
        );
        assert_eq!(bad.first_error(), Some("a"));
        assert_eq!(bad.edition, good.edition, "the picture is still true");
        let mended = edit(&bad, "a", "7");
        assert_eq!(mended.first_error(), None);
    }

    #[test]
    fn what_changes_nothing_gives_the_very_same_state() {
        let (state, _) = previewed(&opened("factorial"));
        for action in [
            Action::Edit {
                key: "a",
                text: "3".to_owned(),
            },
            Action::Edit {
                key: "no such",
                text: "3".to_owned(),
            },
            Action::Reset,
            Action::UseClock(ClockKind::Live),
            Action::Dismiss(0),
            Action::MoveCursor(None),
            Action::Select(None),
            Action::Grown(RunRef::new(ClockKind::Live)),
            Action::Open {
                scenario: state.scenario.clone(),
                notices: Vec::new(),
            },
        ] {
            assert!(Rc::ptr_eq(&state, &Rc::clone(&state).after(action)));
        }
    }

    #[test]
    fn a_preview_tells_how_long_the_run_will_take_and_a_change_forgets_it() {
        let (state, _) = previewed(&opened("factorial"));
        assert_eq!(state.expected_ns[0], Some(3_000_000_000));
        assert_eq!(state.runs[0].label, "async");
        let changed = edit(&state, "b", "9");
        assert_eq!(changed.expected_ns[0], None);
        assert_eq!(
            changed.runs.len(),
            1,
            "the old picture stays until the new one is there"
        );
    }

    #[test]
    fn a_preview_that_comes_late_is_not_shown() {
        let state = opened("factorial");
        let old = state.edition;
        let state = edit(&state, "a", "9");
        let run = RunRef::new(ClockKind::Instant);
        let late = Rc::clone(&state).after(Action::Show {
            place: 0,
            label: "",
            run,
            purpose: Purpose::Preview,
            edition: old,
        });
        assert!(Rc::ptr_eq(&state, &late));

        let live = RunRef::new(ClockKind::Live);
        let running = show(&state, &live, ASKED);
        let (after, _) = previewed(&running);
        assert_eq!(after.runs[0].run, live);
        assert!(
            after.expected_ns[0].is_some(),
            "but it still tells how long the run will take"
        );
    }

    #[test]
    fn a_change_takes_a_run_that_goes_on_off_the_page() {
        let live = RunRef::new(ClockKind::Live);
        let running = show(&opened("factorial"), &live, ASKED);
        assert!(running.under_way().is_some());
        assert!(edit(&running, "a", "9").under_way().is_none());

        live.recording.borrow_mut().end(5, EndReason::Stopped, "");
        let ended = running.after(Action::Grown(live));
        assert!(ended.under_way().is_none());
        assert_eq!(ended.runs[0].end_reason(), Some(EndReason::Stopped));
        assert_eq!(ended.runs[0].run.revision, 1);
    }

    #[test]
    fn two_modes_stand_side_by_side_until_one_is_chosen() {
        let (state, _) = previewed(&opened("factorial"));
        let both = Rc::clone(&state).after(Action::Compare(Some("blocking")));
        assert_eq!(both.edition, state.edition + 1);
        let labels: Vec<_> = both.scenario.runs().iter().map(mode_label).collect();
        assert_eq!(labels, ["blocking", "async"]);
        let itself = Rc::clone(&state).after(Action::Compare(Some("async")));
        assert!(Rc::ptr_eq(&itself, &state));

        let run = RunRef::new(ClockKind::Live);
        let second = Rc::clone(&both).after(Action::Show {
            place: 1,
            label: "async",
            run,
            purpose: ASKED,
            edition: both.edition,
        });
        assert_eq!(second.runs.len(), 2);

        let one = edit(&second, "mode", "async");
        assert_eq!(one.scenario.compare, None);
        let (one, _) = previewed(&one);
        assert_eq!(one.runs.len(), 1);
    }

    #[test]
    fn reset_puts_nonsense_right_too() {
        let state = edit(&edit(&opened("factorial"), "a", "9"), "b", "nine");
        assert!(state.differs_from_defaults());
        let state = state.after(Action::Reset);
        assert!(!state.differs_from_defaults());
        assert_eq!(state.scenario.values.int("a"), 3);
    }

    #[test]
    fn opening_shows_the_notices_until_they_are_dismissed() {
        let state = opened("factorial");
        let scenario = Scenario::defaults_of(DEMOS[0]);
        let notices = vec!["one".to_owned(), "two".to_owned()];
        let state = state.after(Action::Open { scenario, notices });
        assert_eq!(state.edition, 1);
        let state = state.after(Action::Dismiss(0));
        assert_eq!(state.notices, ["two"]);
    }

    #[test]
    fn search_finds_by_title_first_and_needs_every_word() {
        let texts = "=== chess.md\nwatch the clock\n=== factorial.md\nthe order of lines\n";
        let slugs = |query| -> Vec<_> {
            let found = search(DEMOS, query, texts);
            found.iter().map(|demo| demo.slug).collect()
        };
        assert_eq!(slugs("watch clock grandmaster"), ["chess"]);
        assert_eq!(slugs("factorials order of lines"), ["factorial"]);
        assert_eq!(slugs("").len(), DEMOS.len());
        assert_eq!(slugs("two fact"), ["factorial"]);
        assert_eq!(slugs("Queue")[0], "queue-workers");
        assert!(slugs("gather").contains(&"factorial"));
        assert!(slugs("gather no-such-thing").is_empty());
    }

    #[test]
    fn endings_are_sentences() {
        assert_eq!(ending_in_words(EndReason::Finished, ""), None);
        assert_eq!(
            ending_in_words(
                EndReason::Deadlock,
                "deadlock: nothing can wake what is left; A waits"
            ),
            Some((
                "Deadlock",
                "Nothing can wake what is left; A waits.".to_owned()
            ))
        );
        assert_eq!(
            ending_in_words(EndReason::Stopped, ""),
            Some(("Stopped", "What happened until then is kept.".to_owned()))
        );
    }

    #[test]
    fn messages_become_sentences_and_names_stay_as_they_are() {
        assert_eq!(as_sentence("there is no demo"), "There is no demo.");
        assert_eq!(as_sentence("did you mean b?"), "Did you mean b?");
        assert_eq!(as_sentence("b: out of range"), "b: out of range.");
        assert_eq!(as_sentence(""), "");
    }

    #[test]
    fn an_empty_trace_is_a_run_that_goes_on() {
        let run = RunRef::from_recording(Recording::from_trace(Trace::new(ClockKind::Live)));
        let state = show(&opened("factorial"), &run, ASKED);
        assert!(state.runs[0].goes_on());
        assert_eq!(state.runs[0].clock(), ClockKind::Live);
    }
}
