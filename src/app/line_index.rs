//! Where the lines of output are in a trace that grows.

use crate::app::run_ref::RunRef;
use crate::trace::{Trace, What};

/// The positions of a run's output and notes among its events. Looking through a million events
/// anew at every frame would take longer than the frame.
#[derive(Default)]
pub struct LineIndex {
    run: Option<RunRef>,
    seen: usize,
    events: Vec<u32>,
}

impl LineIndex {
    /// The positions, brought up to date.
    pub fn of(&mut self, run: &RunRef) -> &[u32] {
        let same = |old: &RunRef| std::rc::Rc::ptr_eq(&old.recording, &run.recording);
        if !self.run.as_ref().is_some_and(same) {
            *self = LineIndex {
                run: Some(run.clone()),
                ..LineIndex::default()
            };
        }
        self.extend(run.recording.borrow().trace());
        &self.events
    }

    fn extend(&mut self, trace: &Trace) {
        for (position, event) in trace.events.iter().enumerate().skip(self.seen) {
            if matches!(event.what, What::Output { .. } | What::Note { .. }) {
                self.events.push(position as u32);
            }
        }
        self.seen = trace.events.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::DEMOS;
    use crate::output;
    use crate::param::Values;
    use crate::recording::Recording;

    #[test]
    fn it_finds_the_lines_of_the_run_it_is_asked_about() {
        let mut index = LineIndex::default();
        for demo in DEMOS {
            let trace = demo.run_instantly(Values::defaults(demo.params));
            let expected: Vec<_> = output::lines(&trace)
                .map(|line| line.event as u32)
                .collect();
            let run = RunRef::of(Recording::of(trace));
            assert_eq!(index.of(&run), expected);
            assert_eq!(index.of(&run), expected, "nothing is counted twice");
        }
    }
}
