//! What each action makes of the page's state.

use crate::app::state::action::Action;
use crate::app::state::mode_label;
use crate::app::state::run::{MAX_RUNS, Purpose, Run, with_traces};
use crate::app::state::{Field, PageState, Pending, fields_of};
use crate::derived::moment::Moment;
use crate::derived::run_ref::RunRef;
use crate::link::view::{At, View};
use crate::link::{Link, Scenario};
use crate::trace::ClockKind;
use std::rc::Rc;

impl PageState {
    /// The state after an action; the very same one when nothing has changed.
    #[must_use]
    pub fn after(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut next = (*self).clone();
        next.apply(action);
        match next == *self {
            true => self,
            false => Rc::new(next),
        }
    }

    fn apply(&mut self, action: Action) {
        match action {
            Action::Open { link, notices } => self.open(link, notices),
            Action::OpenRecording { opened, run } => self.open_recording(opened, run),
            Action::OpenSaved { link, run } => self.open_saved(link, run),
            Action::ShowFile(at) => self.show_file(at),
            Action::Edit { key, text } => self.edit(key, text),
            Action::Fix { slot, key, value } => self.fix(slot, key, value),
            Action::Reset => self.reset(),
            Action::UseClock(clock) => self.scenario.clock = clock,
            Action::Notify(sentence) => {
                if !self.notices.contains(&sentence) {
                    self.notices.push(sentence);
                }
            }
            Action::Dismiss(sentence) => self.notices.retain(|notice| *notice != sentence),
            Action::Compare(mode) => self.compare(mode),
            Action::CompareAny => {
                // The one that is chosen is refused, so this stops at the first other one.
                for (mode, _) in self.scenario.demo.modes() {
                    if self.scenario.compare.is_none() {
                        self.compare(mode);
                    }
                }
            }
            Action::Show {
                slot,
                label,
                run,
                purpose,
                edition,
            } => {
                if edition == self.edition {
                    self.show(slot, label, run, purpose);
                }
            }
            Action::Grown(run) => self.grow(&run),
            Action::MoveCursor(cursor) => {
                if cursor != self.cursor {
                    self.leave_step();
                    self.cursor = cursor;
                }
            }
            Action::Playback(action) => {
                let before = self.cursor;
                self.cursor = with_traces(&self.runs, |traces| {
                    self.playback.apply(action, before, traces)
                });
                if self.cursor != before {
                    self.leave_step();
                }
            }
            Action::Zoom(span) => {
                self.untouched &= span == self.span;
                self.span = span;
            }
            Action::Select(selected) => {
                self.untouched &= selected == self.selected;
                self.selected = selected;
            }
            Action::Point { task, time_ns } => {
                self.leave_step();
                self.selected = Some(task);
                self.cursor = Some(Moment::at(time_ns));
            }
            Action::Lesson { slug, lesson } => {
                if slug == self.scenario.demo.slug {
                    self.take_lesson(lesson);
                }
            }
            Action::Follow { step, query } => self.follow(step, &query),
            Action::Step(forward) => self.go_to_step(forward),
            Action::UseAxis(axis) => {
                self.untouched = false;
                self.axis = Some(axis);
            }
            Action::Focus(slot) => self.focus = slot,
            Action::UseSpeed(speed) => {
                self.scenario.clock = ClockKind::Live;
                self.scenario.speed = Some(speed);
            }
            Action::UseSteps(unit) => self.step_unit = unit,
            Action::ShowPanel(panel) => self.panel = panel,
            Action::OpenDialog(dialog) => self.dialog = Some(dialog),
            Action::CloseDialog => self.dialog = None,
            Action::Compares(compares) => self.compares = compares,
            Action::TogglePresenting => self.presents = !self.presents,
            Action::ToggleTools => self.tools = !self.tools,
        }
    }

    fn open(&mut self, link: Link, notices: Vec<String>) {
        let fields = fields_of(&self.scenario.values);
        let is_shown = link == self.link() && self.fields == fields;
        if is_shown && notices == self.notices {
            return;
        }
        self.open_anew(link, notices);
    }

    /// Shows a run that was kept in a file, as it was shown then, with its demo around it.
    fn open_saved(&mut self, link: Link, run: RunRef) {
        let label = mode_label(&link.scenario);
        self.open_anew(link, Vec::new());
        self.show(0, label, run, Purpose::Recorded);
    }

    fn open_anew(&mut self, link: Link, notices: Vec<String>) {
        let same_demo = link.scenario.demo.slug == self.scenario.demo.slug;
        let lesson = self.lesson.take().filter(|_| same_demo);
        *self = PageState {
            edition: self.edition + 1,
            step_unit: self.step_unit,
            panel: self.panel,
            dialog: self.dialog,
            compares: self.compares,
            presents: self.presents,
            tools: self.tools,
            ..PageState::opened(link, notices)
        };
        if let Some(lesson) = lesson {
            self.take_lesson(lesson);
        }
    }

    fn edit(&mut self, key: &'static str, text: String) {
        let params = self.scenario.demo.params;
        let Some(index) = params.iter().position(|param| param.key == key) else {
            return;
        };
        let before = self.scenario.clone();
        self.before_lesson = None;
        if self.fields[index].text != text {
            let error = self.scenario.values.set(key, &text).err();
            self.fields[index] = Field { text, error };
        }
        if params[index].is_mode {
            // Choosing one mode ends the comparison of two.
            self.scenario.compare = None;
        }
        if self.scenario != before {
            self.forget_runs();
        }
    }

    /// Sets a parameter of one of the runs on screen. A comparison goes on: where two modes are
    /// compared the mended one takes the place of the one that went wrong.
    fn fix(&mut self, slot: usize, key: &'static str, value: &'static str) {
        let before = self.verdict();
        let runs = self.scenario.runs();
        let mode = self.scenario.demo.mode().filter(|mode| mode.key == key);
        match self.scenario.compare.filter(|_| mode.is_some()) {
            Some(second)
                if runs
                    .get(slot)
                    .is_some_and(|run| run.values.choice(key) == second) =>
            {
                self.compare(value);
            }
            Some(second) => {
                self.edit(key, value.to_owned());
                self.compare(second);
            }
            None => self.edit(key, value.to_owned()),
        }
        self.to_run = Some(self.edition);
        self.before_remedy = Some(before).filter(|before| !before.is_empty());
    }

    fn compare(&mut self, mode: &str) {
        let before = self.scenario.clone();
        if self.scenario.compare_with(Some(mode)).is_ok() && self.scenario != before {
            self.forget_runs();
        }
    }

    fn reset(&mut self) {
        let at_first = Scenario::defaults_of(self.scenario.demo);
        let mut scenario = self.scenario.clone();
        scenario.values = at_first.values;
        // The second version may be the first one at first.
        if scenario.compare.is_some() && scenario.compare == scenario.values.mode() {
            scenario.compare = at_first.compare;
        }
        self.before_lesson = None;
        self.use_scenario(scenario);
    }

    fn show(&mut self, slot: usize, label: &str, recording: RunRef, purpose: Purpose) {
        self.learn_duration(slot, &recording);
        let edition = self.edition;
        let is_known = |run: &Run| {
            run.slot == slot && run.purpose != Purpose::Preview && run.edition == edition
        };
        if purpose == Purpose::Preview && self.runs.iter().any(is_known) {
            // What really happened is worth more than what should.
            return;
        }
        // What really happens is followed as it happens.
        if purpose != Purpose::Preview {
            self.cursor = None;
            self.playback.on = false;
        }
        let slots = 1 + usize::from(self.scenario.compare.is_some());
        self.runs
            .retain(|other| other.slot != slot && other.slot < slots);
        self.runs.push(Run {
            slot,
            label: label.to_owned(),
            purpose,
            recording,
            edition,
        });
        self.runs.sort_by_key(|run| run.slot);
        self.show_pending();
    }

    /// Shows what was to be shown, once every run on screen is one of the present values.
    pub(super) fn show_pending(&mut self) {
        let slots = 1 + usize::from(self.scenario.compare.is_some());
        let is_there = self.runs.len() == slots
            && self.runs.iter().all(|run| run.edition == self.edition)
            && !self.runs.iter().any(|run| run.goes_on());
        if !is_there {
            return;
        }
        if let Some(Pending { view, quiet }) = self.pending.take() {
            let problems = self.look_at(&view);
            if !quiet {
                let problems = problems.into_iter();
                self.notices.extend(
                    problems
                        .filter(|problem| !self.notices.contains(problem))
                        .collect::<Vec<_>>(),
                );
            }
        }
    }

    /// Another scenario of the same demo takes the place of what is shown.
    pub(super) fn use_scenario(&mut self, scenario: Scenario) {
        self.fields = fields_of(&scenario.values);
        if scenario != self.scenario {
            self.scenario = scenario;
            self.forget_runs();
        }
    }

    fn grow(&mut self, recording: &RunRef) {
        let mut runs = self.runs.iter_mut();
        let Some(run) = runs.find(|run| run.recording.is_same_run(recording)) else {
            return;
        };
        run.recording = run.recording.changed();
        let (slot, edition) = (run.slot, run.edition);
        if edition == self.edition {
            self.learn_duration(slot, recording);
        }
    }

    /// The old picture stays on screen until the new preview is there, which takes milliseconds;
    /// blanking it in between would flicker at every step of a slider.
    fn forget_runs(&mut self) {
        self.edition += 1;
        self.before_remedy = None;
        self.expected_ns = [None; MAX_RUNS];
        self.previews = Default::default();
        // Who turns a knob wants to see what becomes of the moment.
        let at = self.cursor.map(|cursor| At::Time(cursor.time_ns));
        let view = View {
            at,
            ..View::default()
        };
        self.pending = at.map(|_| Pending { view, quiet: true });
        self.cursor = None;
        self.playback.on = false;
        self.focus = 0;
        self.selected = None;
        self.span = None;
        let previewed = self.is_previewed();
        self.runs
            .retain(|run| previewed && !(run.asked_for() && run.goes_on()));
    }

    fn learn_duration(&mut self, slot: usize, run: &RunRef) {
        let recording = run.borrow();
        let trace = recording.trace();
        if let (ClockKind::Instant, Some(end)) = (trace.clock, &trace.end) {
            self.expected_ns[slot] = Some(end.time_ns);
            self.previews[slot] = Some(run.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::state::mode_label;
    use crate::app::state::panel::Panel;
    use crate::demos::{self, DEMOS};
    use crate::derived::findings::FindingKind;
    use crate::derived::recording::Recording;
    use crate::trace::{EndReason, Trace};

    fn opened(slug: &str) -> Rc<PageState> {
        let demo = demos::find(slug).expect("the demo exists");
        let mut scenario = Scenario::defaults_of(demo);
        scenario.compare = None;
        Rc::new(PageState::new(scenario, Vec::new()))
    }

    fn edit(state: &Rc<PageState>, key: &'static str, text: &str) -> Rc<PageState> {
        let text = text.to_owned();
        Rc::clone(state).after(Action::Edit { key, text })
    }

    #[track_caller]
    fn fix(state: &Rc<PageState>, slot: usize) -> Rc<PageState> {
        let (key, value) = state
            .remedy(FindingKind::LoopBlocked)
            .expect("there is one");
        Rc::clone(state).after(Action::Fix { slot, key, value })
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
            let state = state.after(Action::Compare(other));
            for slot in 0..2 {
                let wrong = state.scenario.runs()[slot].values.mode();
                let wrong = wrong.expect("there are modes");
                let kept = if wrong == chosen { other } else { chosen };
                let mended = fix(&state, slot);
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

    fn show(state: &Rc<PageState>, run: &RunRef, purpose: Purpose) -> Rc<PageState> {
        Rc::clone(state).after(Action::Show {
            slot: 0,
            label: mode_label(&state.scenario),
            run: run.clone(),
            purpose,
            edition: state.edition,
        })
    }

    fn previewed(state: &Rc<PageState>) -> (Rc<PageState>, RunRef) {
        let scenario = &state.scenario;
        let trace = scenario.demo.run_instantly(scenario.values.clone());
        let run = RunRef::from_recording(Recording::from_trace(trace));
        (show(state, &run, Purpose::Preview), run)
    }

    const ASKED: Purpose = Purpose::Asked {
        at_ms: 0.0,
        speed: 1,
    };

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
            Action::Dismiss("no such".to_owned()),
            Action::CloseDialog,
            Action::ShowPanel(Panel::Output),
            Action::MoveCursor(None),
            Action::Select(None),
            Action::Grown(RunRef::new(ClockKind::Live)),
            Action::Open {
                link: state.link(),
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
        assert!(state.previews[0].is_some());
        assert_eq!(state.runs[0].label, "async");
        let changed = edit(&state, "b", "9");
        assert_eq!(changed.expected_ns[0], None);
        assert_eq!(changed.previews[0], None);
        assert_eq!(
            changed.runs.len(),
            1,
            "the old picture stays until the new one is there"
        );
    }

    #[test]
    fn two_live_runs_have_the_longer_ones_scale_from_the_start() {
        let mut state = opened_with_versions("factorial");
        let longer_ns = state.extent_ns().expect("they share an axis");
        let expected_ns: Vec<u64> = state.expected_ns.iter().flatten().copied().collect();
        assert_eq!(expected_ns.iter().max(), Some(&longer_ns));
        assert_ne!(expected_ns[0], expected_ns[1]);
        for slot in 0..2 {
            state = Rc::clone(&state).after(Action::Show {
                slot,
                label: "",
                run: RunRef::new(ClockKind::Live),
                purpose: ASKED,
                edition: state.edition,
            });
        }
        // Nothing has happened in either.
        assert_eq!(state.extent_ns(), Some(longer_ns));
    }

    #[test]
    fn a_run_that_was_saved_is_shown_as_it_was_and_no_preview_takes_its_place() {
        let (state, _) = previewed(&opened("factorial"));
        let (link, _) = crate::link::decode("1/cooking?mode=concurrent&at=1s");
        let trace = link
            .scenario
            .demo
            .run_instantly(link.scenario.values.clone());
        let run = RunRef::from_recording(Recording::from_trace(trace));
        let saved = Rc::clone(&state).after(Action::OpenSaved {
            link,
            run: run.clone(),
        });
        assert_eq!(saved.scenario.demo.slug, "cooking");
        assert_eq!(saved.runs[0].purpose, Purpose::Recorded);
        assert_eq!(saved.runs[0].label, "concurrent");
        assert_eq!(saved.cursor, Some(Moment::at(1_000_000_000)));
        let (after, _) = previewed(&saved);
        assert_eq!(after.runs[0].recording, run);
        assert_eq!(after.cursor, saved.cursor);
    }

    #[test]
    fn a_preview_that_comes_late_is_not_shown() {
        let state = opened("factorial");
        let old = state.edition;
        let state = edit(&state, "a", "9");
        let run = RunRef::new(ClockKind::Instant);
        let late = Rc::clone(&state).after(Action::Show {
            slot: 0,
            label: "",
            run,
            purpose: Purpose::Preview,
            edition: old,
        });
        assert!(Rc::ptr_eq(&state, &late));

        let live = RunRef::new(ClockKind::Live);
        let running = show(&state, &live, ASKED);
        let (after, _) = previewed(&running);
        assert_eq!(after.runs[0].recording, live);
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

        live.borrow_mut().end(5, EndReason::Stopped, "");
        let ended = running.after(Action::Grown(live));
        assert!(ended.under_way().is_none());
        assert_eq!(ended.runs[0].end_reason(), Some(EndReason::Stopped));
        assert_eq!(ended.runs[0].recording.revision(), 1);
    }

    #[test]
    fn two_modes_stand_side_by_side_until_one_is_chosen() {
        let (state, _) = previewed(&opened("factorial"));
        let both = Rc::clone(&state).after(Action::Compare("blocking"));
        assert_eq!(both.edition, state.edition + 1);
        let labels: Vec<_> = both.scenario.runs().iter().map(mode_label).collect();
        assert_eq!(labels, ["blocking", "async"]);
        let itself = Rc::clone(&state).after(Action::Compare("async"));
        assert!(Rc::ptr_eq(&itself, &state));

        let run = RunRef::new(ClockKind::Live);
        let second = Rc::clone(&both).after(Action::Show {
            slot: 1,
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
        let link = PageState::new(Scenario::defaults_of(DEMOS[0]), Vec::new()).link();
        let notices = vec!["one".to_owned(), "two".to_owned()];
        let state = state.after(Action::Open { link, notices });
        assert_eq!(state.edition, 1);
        let state = state.after(Action::Dismiss("one".to_owned()));
        assert_eq!(state.notices, ["two"]);
    }

    #[test]
    fn an_empty_trace_is_a_run_that_goes_on() {
        let run = RunRef::from_recording(Recording::from_trace(Trace::new(ClockKind::Live)));
        let state = show(&opened("factorial"), &run, ASKED);
        assert!(state.runs[0].goes_on());
        assert_eq!(state.runs[0].clock(), ClockKind::Live);
    }

    fn opened_with_versions(slug: &str) -> Rc<PageState> {
        let demo = demos::find(slug).expect("the demo exists");
        let scenario = Scenario::defaults_of(demo);
        let mut state = Rc::new(PageState::new(scenario, Vec::new()));
        for (slot, run) in state.scenario.runs().iter().enumerate() {
            let trace = run.demo.run_instantly(run.values.clone());
            state = Rc::clone(&state).after(Action::Show {
                slot,
                label: mode_label(run),
                run: RunRef::from_recording(Recording::from_trace(trace)),
                purpose: Purpose::Preview,
                edition: state.edition,
            });
        }
        state
    }

    #[test]
    fn live_runs_have_one_scale_from_the_start() {
        let state = opened_with_versions("lost-update");
        let longest = state.extent_ns();
        assert_eq!(longest, Some(3_000_000_000));
        // Only the first has begun, and nothing has happened in it.
        let state = show(&state, &RunRef::new(ClockKind::Live), ASKED);
        assert_eq!(state.extent_ns(), longest);
        // A run alone has its preview's length as long as it goes on.
        let (state, _) = previewed(&opened("factorial"));
        assert_eq!(state.extent_ns(), None);
        let state = show(&state, &RunRef::new(ClockKind::Live), ASKED);
        assert_eq!(state.extent_ns(), Some(3_000_000_000));
    }

    #[test]
    fn what_a_demo_is_about_is_no_mistake_in_it() {
        for slug in ["chess", "cooking", "attention", "workers"] {
            let state = opened_with_versions(slug);
            for run in &state.runs {
                assert!(!run.recording.borrow().findings().is_empty());
                assert_eq!(state.mistakes(run), [], "{slug}");
            }
        }
        let state = opened_with_versions("blocking-call");
        assert_eq!(state.mistakes(&state.runs[0]).len(), 3);
        assert_eq!(state.mistakes(&state.runs[1]), []);
    }

    #[test]
    fn a_version_called_none_is_named_by_what_it_lacks() {
        let state = opened_with_versions("lost-update");
        assert_eq!(state.version_name(&state.runs[0]), "no protection");
        assert_eq!(state.version_name(&state.runs[1]), "a lock");
        let verdict = opened_with_versions("gather-errors").verdict();
        assert!(
            verdict.contains("“gather, return_exceptions” 7.00 s"),
            "{verdict}"
        );
    }

    #[test]
    fn what_was_said_before_a_remedy_is_kept_until_something_else_is_changed() {
        let (state, _) = previewed(&opened("blocking-call"));
        let mended = fix(&state, 0);
        let before = mended.before_remedy.as_deref();
        assert!(before.is_some_and(|words| words.starts_with("The loop was blocked for 2.00 s")));
        assert_eq!(edit(&mended, "ticks", "3").before_remedy, None);
    }

    #[test]
    fn a_long_run_goes_at_a_speed_that_the_reader_chooses() {
        let state = opened_with_versions("chess");
        assert_eq!(state.takes_ns(), Some(5 * 3_600_000_000_000));
        assert_eq!(state.speed(), 1_000, "18 s");
        let state = state.after(Action::UseSpeed(10));
        assert_eq!(state.speed(), 10);
        // What is short is run in real time, whatever was chosen before.
        assert_eq!(edit(&state, "moves", "1").speed(), 1);
        let short = opened_with_versions("factorial");
        assert_eq!(short.speeds(), [1]);
        assert_eq!(short.after(Action::UseSpeed(10)).speed(), 1);
    }
}
