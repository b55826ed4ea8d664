//! The lesson beside the picture: which step belongs to the moment, and what its links do.

use crate::app::state::run::with_traces;
use crate::app::state::{PageState, Pending};
use crate::derived::moment::Moment;
use crate::lesson::Lesson;
use crate::link::Link;
use crate::link::view::View;
use crate::trace::TaskId;
use std::rc::Rc;

impl PageState {
    /// The lesson is here. A demo opens at the moment of its first step.
    pub(super) fn take_lesson(&mut self, lesson: Rc<Lesson>) {
        let first = lesson.steps.first().and_then(|step| step.queries().next());
        let opening = first.and_then(|query| self.as_it_is().followed(query).ok());
        self.lesson = Some(lesson);
        // Who came by a link, or has pressed Run by now, has a moment already.
        let untouched = self.untouched && self.cursor.is_none() && self.under_way().is_none();
        if let (true, Some(opening)) = (untouched, opening) {
            let mut view = opening.view;
            if let Some(Pending { view: asked, .. }) = &self.pending {
                view.axis = asked.axis.or(view.axis);
                view.zoom = asked.zoom.or(view.zoom);
                view.task = asked.task.clone().or(view.task);
            }
            self.pending = Some(Pending { view, quiet: true });
            self.show_pending();
        }
    }

    fn as_it_is(&self) -> Link {
        Link {
            scenario: self.scenario.clone(),
            view: View::default(),
        }
    }

    /// Does what a link in a step says. What another step had changed is as it was before.
    pub(super) fn follow(&mut self, step: usize, query: &str) {
        let base = match &self.before_lesson {
            Some(before) => (**before).clone(),
            None => self.scenario.clone(),
        };
        let link = Link {
            scenario: base.clone(),
            view: View::default(),
        };
        let Ok(next) = link.followed(query) else {
            return; // a test follows every link of every lesson
        };
        self.before_lesson = (next.scenario != base).then(|| Box::new(base));
        self.untouched = false;
        self.playback.on = false;
        self.use_scenario(next.scenario);
        self.step = Some(step);
        self.pending = Some(Pending {
            view: next.view,
            quiet: true,
        });
        self.show_pending();
    }

    pub(super) fn go_to_step(&mut self, forward: bool) {
        let Some(lesson) = self.lesson.clone() else {
            return;
        };
        let next = match (self.marked_step(), forward) {
            (None, _) => Some(0),
            (Some(step), true) => Some(step + 1),
            (Some(step), false) => step.checked_sub(1),
        };
        let step = next.and_then(|next| Some((next, lesson.steps.get(next)?)));
        if let Some((next, query)) =
            step.and_then(|(next, step)| Some((next, step.queries().next()?)))
        {
            self.follow(next, query);
        }
    }

    /// The reader moves through time without the lesson.
    pub(super) fn leave_step(&mut self) {
        self.step = None;
        self.untouched = false;
    }

    /// The step that the reader opened, or else the last one whose moment has come.
    pub fn marked_step(&self) -> Option<usize> {
        if self.step.is_some() {
            return self.step;
        }
        if self.untouched && self.cursor.is_some() {
            // The moment at which the demo opens.
            return Some(0);
        }
        let lesson = self.lesson.as_ref()?;
        let now = self.as_it_is();
        let reached = |query: &str| {
            let link = now.followed(query).ok()?;
            // What a step says of other values is not about this picture.
            if link.scenario != self.scenario {
                return None;
            }
            let at = link.view.at?;
            let moment = with_traces(&self.runs, |traces| at.moment(traces)).ok()?;
            self.has_reached(moment).then_some(())
        };
        let steps = lesson.steps.iter().enumerate();
        let mut come = steps.filter(|(_, step)| step.queries().next().and_then(reached).is_some());
        come.next_back().map(|(index, _)| index)
    }

    /// Whether the moment shown is that one or a later one; nothing is the end.
    fn has_reached(&self, moment: Option<Moment>) -> bool {
        let count = |moment: Option<Moment>| {
            with_traces(&self.runs, |traces| {
                let counts = traces.iter().enumerate().map(|(slot, trace)| match moment {
                    Some(moment) => moment.count(trace, slot),
                    None => trace.events.len(),
                });
                counts.sum::<usize>()
            })
        };
        count(self.cursor) >= count(moment)
    }

    /// Shows what a view says of the runs on screen; the sentences say what they do not have.
    pub(super) fn look_at(&mut self, view: &View) -> Vec<String> {
        let mut problems = Vec::new();
        if let Some(at) = view.at {
            match with_traces(&self.runs, |traces| at.moment(traces)) {
                Ok(moment) => self.cursor = moment,
                Err(problem) => problems.push(format!("at: {problem}; the end is shown")),
            }
        }
        if let Some(name) = &view.task {
            let found = with_traces(&self.runs, |traces| {
                let mut tasks = traces.iter().map(|trace| &trace.tasks);
                tasks.find_map(|tasks| tasks.iter().position(|task| *task.name == **name))
            });
            match found {
                Some(index) => self.selected = Some(TaskId(index as u32)),
                None => problems.push(format!("task: the run has no task {name}")),
            }
        }
        if view.axis.is_some() {
            self.axis = view.axis;
        }
        if let Some(zoom) = view.zoom {
            let end_ns = with_traces(&self.runs, |traces| {
                let ends = traces.iter().map(|trace| trace.duration_ns());
                ends.max().unwrap_or(0)
            });
            if zoom.0 < end_ns {
                self.span = Some((zoom.0, zoom.1.min(end_ns)));
            } else {
                problems.push("zoom: that part of the axis is after the end of the run".to_owned());
            }
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::state::action::Action;
    use crate::app::state::run::Purpose;
    use crate::demos;
    use crate::derived::recording::Recording;
    use crate::derived::run_ref::RunRef;
    use crate::link;

    /// The page with a link opened, its previews and its lesson there.
    fn opened(fragment: &str) -> Rc<PageState> {
        let (link, notices) = link::decode(fragment);
        let slug = link.scenario.demo.slug;
        let lesson = Rc::new(Lesson::parse(link.scenario.demo.lesson.text));
        let state = previewed(Rc::new(PageState::opened(link, notices)));
        state.after(Action::Lesson { slug, lesson })
    }

    fn previewed(mut state: Rc<PageState>) -> Rc<PageState> {
        for (slot, run) in state.scenario.runs().into_iter().enumerate() {
            let trace = run.demo.run_instantly(run.values);
            state = state.clone().after(Action::Show {
                slot,
                label: "",
                run: RunRef::from_recording(Recording::from_trace(trace)),
                purpose: Purpose::Preview,
                edition: state.edition,
            });
        }
        state
    }

    fn fragment(state: &PageState) -> String {
        let link = state.link();
        link::encode_with(&link.scenario, &link.view)
    }

    #[test]
    fn every_demo_opens_with_its_versions_at_the_moment_of_its_first_step() {
        for demo in demos::DEMOS {
            let state = opened(&format!("1/{}", demo.slug));
            let slots = 1 + usize::from(demo.mode().is_some());
            assert_eq!(state.runs.len(), slots, "{}", demo.slug);
            if state.is_previewed() {
                assert!(state.cursor.is_some(), "{} opens at its end", demo.slug);
                assert_eq!(state.marked_step(), Some(0), "{}", demo.slug);
            }
            assert_eq!(fragment(&state), format!("1/{}", demo.slug));
        }
    }

    #[test]
    fn a_link_keeps_its_own_moment_and_the_address_says_it() {
        let link = "1/factorial?mode=async&at=1.5s&task=B&zoom=1s..2s";
        let state = opened(link);
        assert_eq!(state.cursor, Some(Moment::at(1_500_000_000)));
        assert!(state.notices.is_empty());
        assert_eq!(fragment(&state), link);
    }

    #[test]
    fn what_a_run_does_not_have_is_said_and_the_rest_kept() {
        let state = opened("1/factorial?mode=async&at=1h&task=Z&zoom=1h..2h");
        assert_eq!(
            state.notices,
            [
                "at: “1h” is after the end: the run takes 3.00 s; the end is shown",
                "task: the run has no task Z",
                "zoom: that part of the axis is after the end of the run",
            ]
        );
        assert_eq!(state.runs.len(), 1);
    }

    #[test]
    fn what_a_step_changed_is_as_before_in_the_next_one() {
        let state = opened("1/lost-update");
        let query = "pause=0s&at=end".to_owned();
        let state = previewed(state.after(Action::Follow { step: 2, query }));
        assert_eq!(fragment(&state), "1/lost-update?pause=0s&at=end&lesson=3");
        let query = "at=0.5s".to_owned();
        let state = previewed(state.after(Action::Follow { step: 1, query }));
        assert_eq!(fragment(&state), "1/lost-update?at=500ms&lesson=2");
        assert_eq!(state.marked_step(), Some(1));
    }

    #[test]
    fn keys_go_through_the_steps_and_stop_at_both_ends() {
        let mut state = opened("1/factorial");
        let count = state.lesson.as_ref().map_or(0, |lesson| lesson.steps.len());
        for step in 1..count + 2 {
            state = previewed(state.after(Action::Step(true)));
            assert_eq!(state.marked_step(), Some(step.min(count - 1)));
        }
        for _ in 0..count + 2 {
            state = previewed(state.after(Action::Step(false)));
        }
        assert_eq!(state.marked_step(), Some(0));
    }
}
