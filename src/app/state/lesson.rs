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
        let come = steps.filter(|(_, step)| step.queries().next().and_then(reached).is_some());
        come.last().map(|(index, _)| index)
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
