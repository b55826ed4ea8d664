//! A moment of the runs on screen, and stepping from one to the next.
//!
//! A time alone does not say enough: under the instant clock a hundred events share one. So a
//! moment may say how many events of a run have happened. Of runs side by side, those events come
//! in order of time, at equal times the upper run's first; stepping goes through that order.

use crate::trace::{EventKind, Trace};

/// A moment, the same for all runs on screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Nanoseconds since the run began.
    pub time_ns: u64,
    /// Which of the events of that time have happened; all, when nothing is said.
    pub exact: Option<Exact>,
}

/// The position of a moment among the events of one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exact {
    /// The run, by its slot on screen.
    pub slot: usize,
    /// How many of its events have happened.
    pub count: usize,
}

/// What stepping stops at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepUnit {
    /// Any event.
    Event,
    /// The beginning of a turn of the loop.
    Turn,
    /// A line of output, or a note.
    Line,
}

impl StepUnit {
    fn is_at(self, kind: EventKind) -> bool {
        match self {
            StepUnit::Event => true,
            StepUnit::Turn => matches!(kind, EventKind::LoopTurn),
            StepUnit::Line => matches!(kind, EventKind::Output { .. } | EventKind::Note { .. }),
        }
    }

    /// Where the next of these is, from a position on.
    fn next(self, trace: &Trace, count: usize) -> Option<usize> {
        let rest = trace.events.get(count..)?;
        let found = rest.iter().position(|event| self.is_at(event.kind))?;
        Some(count + found)
    }

    /// Where the last of these before a position is.
    fn last(self, trace: &Trace, count: usize) -> Option<usize> {
        let before = trace.events.get(..count)?;
        before.iter().rposition(|event| self.is_at(event.kind))
    }
}

impl Moment {
    /// Before anything happened.
    pub const START: Moment = Moment {
        time_ns: 0,
        exact: Some(Exact { slot: 0, count: 0 }),
    };

    /// A time, after all that happened until then.
    pub fn at(time_ns: u64) -> Self {
        Moment {
            time_ns,
            exact: None,
        }
    }

    /// After so many events of a run.
    pub fn after(trace: &Trace, slot: usize, count: usize) -> Self {
        let count = count.min(trace.events.len());
        match count.checked_sub(1) {
            None => Moment::START,
            Some(last) => Moment {
                time_ns: trace.events[last].time_ns,
                exact: Some(Exact { slot, count }),
            },
        }
    }

    /// How many events of the run at a slot have happened.
    pub fn count(self, trace: &Trace, slot: usize) -> usize {
        match self.exact {
            Some(exact) if exact.slot == slot => exact.count.min(trace.events.len()),
            // At equal times the upper run's events come first.
            Some(exact) if exact.slot < slot => {
                let before = self.time_ns.checked_sub(1);
                before.map_or(0, |time_ns| trace.events_until(time_ns))
            }
            _ => trace.events_until(self.time_ns),
        }
    }

    /// The last event that has happened: the slot of its run, and its position.
    pub fn last_event(self, traces: &[&Trace]) -> Option<(usize, usize)> {
        let mut last = None;
        for (slot, trace) in traces.iter().enumerate() {
            if let Some(position) = self.count(trace, slot).checked_sub(1) {
                last = last.max(Some((trace.events[position].time_ns, slot, position)));
            }
        }
        last.map(|(_, slot, position)| (slot, position))
    }

    /// How many of these a run has, so far.
    pub fn counts(trace: &Trace, stop: StepUnit) -> usize {
        let events = trace.events.iter();
        events.filter(|event| stop.is_at(event.kind)).count()
    }

    /// After the so many-th of these, counted from 1; before everything for 0, nothing after the
    /// last.
    pub fn at_nth(trace: &Trace, slot: usize, stop: StepUnit, count: usize) -> Option<Self> {
        let Some(nth) = count.checked_sub(1) else {
            return Some(Moment::START);
        };
        let events = trace.events.iter().enumerate();
        let (position, _) = events
            .filter(|(_, event)| stop.is_at(event.kind))
            .nth(nth)?;
        Some(Moment::after(trace, slot, position + 1))
    }
}

/// The moment after the next event of a kind; nothing when there is none, which is the end.
pub fn next(traces: &[&Trace], from: Moment, unit: StepUnit) -> Option<Moment> {
    let found = traces.iter().enumerate().filter_map(|(slot, trace)| {
        let position = unit.next(trace, from.count(trace, slot))?;
        Some((trace.events[position].time_ns, slot, position))
    });
    let (_, slot, position) = found.min()?;
    Some(Moment::after(traces[slot], slot, position + 1))
}

/// The moment after the last event of a kind before this moment, else the start.
pub fn previous(traces: &[&Trace], from: Moment, unit: StepUnit) -> Moment {
    let mut counts: Vec<usize> = Vec::with_capacity(traces.len());
    for (slot, trace) in traces.iter().enumerate() {
        counts.push(from.count(trace, slot));
    }
    let last = |unit: StepUnit, counts: &[usize]| {
        let found = traces.iter().enumerate().filter_map(|(slot, trace)| {
            let position = unit.last(trace, counts[slot])?;
            Some((trace.events[position].time_ns, slot, position))
        });
        found.max()
    };
    let mut found = last(unit, &counts);
    if let Some((time_ns, slot, position)) = found
        && time_ns == from.time_ns
        && found == last(StepUnit::Event, &counts)
    {
        // This moment is that one.
        counts[slot] = position;
        found = last(unit, &counts);
    }
    match found {
        Some((_, slot, position)) => Moment::after(traces[slot], slot, position + 1),
        None => Moment::START,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::run_with;

    fn run(setting: &str) -> Trace {
        run_with("factorial", setting)
    }

    /// All stops from the start to the end.
    fn forward(traces: &[&Trace], unit: StepUnit) -> Vec<Moment> {
        std::iter::successors(Some(Moment::START), |at| next(traces, *at, unit)).collect()
    }

    fn backward(traces: &[&Trace], unit: StepUnit) -> Vec<Moment> {
        let end_ns = traces.iter().map(|trace| trace.duration_ns()).max();
        let end = Moment::at(end_ns.expect("there is a run") + 1);
        let mut back = vec![];
        let mut at = end;
        while at != Moment::START {
            at = previous(traces, at, unit);
            back.push(at);
        }
        back.reverse();
        back
    }

    #[test]
    fn events_turns_and_lines_are_passed_once_each_in_both_directions() {
        let trace = run("");
        let turns = trace
            .events
            .iter()
            .filter(|e| e.kind == EventKind::LoopTurn);
        for (unit, count) in [
            (StepUnit::Event, trace.events.len()),
            (StepUnit::Turn, turns.count()),
            (StepUnit::Line, 12),
        ] {
            let there = forward(&[&trace], unit);
            assert_eq!(there.len(), count + 1, "{unit:?}");
            assert_eq!(there, backward(&[&trace], unit), "{unit:?}");
        }
    }

    #[test]
    fn stepping_through_two_runs_passes_the_events_of_both_in_order_of_time() {
        let (blocking, concurrent) = (run("mode=blocking"), run(""));
        let traces = [&blocking, &concurrent];
        let there = forward(&traces, StepUnit::Event);
        let all = blocking.events.len() + concurrent.events.len();
        assert_eq!(there.len(), all + 1);
        for (passed, moment) in there.iter().enumerate() {
            let counts = traces.iter().enumerate();
            let counted: usize = counts.map(|(slot, trace)| moment.count(trace, slot)).sum();
            assert_eq!(counted, passed, "{moment:?}");
        }
        assert_eq!(there, backward(&traces, StepUnit::Event));
    }

    #[test]
    fn from_a_time_between_events_a_step_back_goes_to_the_last_one() {
        let trace = run("");
        let between = Moment::at(1_500_000_000);
        let back = previous(&[&trace], between, StepUnit::Line);
        assert_eq!(back.time_ns, 1_000_000_000);
        assert_eq!(back.count(&trace, 0), {
            let until = trace.events_until(between.time_ns);
            StepUnit::Line.last(&trace, until).expect("there is a line") + 1
        });
        let again = previous(&[&trace], back, StepUnit::Line);
        assert!(again.count(&trace, 0) < back.count(&trace, 0));
        let on = next(&[&trace], again, StepUnit::Line);
        assert_eq!(on, Some(back));
    }

    #[test]
    fn a_turn_is_shown_as_it_begins() {
        let trace = run("");
        assert_eq!(
            Moment::at_nth(&trace, 0, StepUnit::Turn, 0),
            Some(Moment::START)
        );
        let third = Moment::at_nth(&trace, 0, StepUnit::Turn, 3).expect("there are so many");
        let count = third.count(&trace, 0);
        assert_eq!(trace.events[count - 1].kind, EventKind::LoopTurn);
        let from_here = forward(&[&trace], StepUnit::Turn);
        assert_eq!(from_here[3], third);
        assert_eq!(Moment::at_nth(&trace, 0, StepUnit::Turn, 1_000), None);
    }

    #[test]
    fn an_empty_run_has_one_moment() {
        let mut trace = run("");
        trace.events.clear();
        assert_eq!(next(&[&trace], Moment::START, StepUnit::Event), None);
        let back = previous(&[&trace], Moment::at(7), StepUnit::Event);
        assert_eq!(back, Moment::START);
        assert_eq!(back.count(&trace, 0), 0);
    }
}
