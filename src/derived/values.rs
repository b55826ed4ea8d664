//! What a program says it has: each watched name with its values.

use crate::trace::{EventKind, TaskId, TextId, Trace};
use std::ops::Range;

/// A watched name with all values it had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// The text of its name.
    pub name: TextId,
    /// The positions of the events that gave it a value, in order.
    positions: Vec<u32>,
    lowest: i32,
    highest: i32,
}

impl Series {
    /// The positions of the events that gave it a value, in order.
    pub fn positions(&self) -> &[u32] {
        &self.positions
    }

    /// The lowest and the highest of its values.
    pub fn range(&self) -> (i32, i32) {
        (self.lowest, self.highest)
    }

    /// How many of its values were given by the first events of a trace.
    pub fn changes_until(&self, events: usize) -> usize {
        self.positions
            .partition_point(|position| (*position as usize) < events)
    }

    /// The value that it was given by a change, and by whom.
    pub fn change(&self, trace: &Trace, change: usize) -> Option<(i32, TaskId)> {
        let position = *self.positions.get(change)?;
        match trace.events[position as usize].kind {
            EventKind::Value { task, value, .. } => Some((value, task)),
            _ => None,
        }
    }

    /// The value after the first changes, and who gave it; nothing before the first.
    pub fn after(&self, trace: &Trace, changes: usize) -> Option<(i32, TaskId)> {
        self.change(trace, changes.checked_sub(1)?)
    }

    /// The lowest and highest value that it was given by any of these changes.
    pub fn span(&self, trace: &Trace, changes: Range<usize>) -> Option<(i32, i32)> {
        let values = changes.filter_map(|change| self.change(trace, change));
        values.fold(None, |span, (value, _)| {
            let (low, high) = span.unwrap_or((value, value));
            Some((low.min(value), high.max(value)))
        })
    }
}

/// All watched names of a run, in the order in which they were first given a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values {
    series: Vec<Series>,
    seen: usize,
}

impl Values {
    /// The values of a whole trace.
    pub fn from_trace(trace: &Trace) -> Self {
        let mut values = Values::default();
        values.extend(trace);
        values
    }

    /// Takes in the events that came to the trace since the last call.
    pub fn extend(&mut self, trace: &Trace) {
        for (position, event) in trace.events.iter().enumerate().skip(self.seen) {
            let EventKind::Value { name, value, .. } = event.kind else {
                continue;
            };
            // A program watches a few things, so they need not be searched for.
            let is_same = |series: &&mut Series| {
                series.name == name || trace.text(series.name) == trace.text(name)
            };
            let series = match self.series.iter_mut().find(is_same) {
                Some(series) => series,
                None => {
                    self.series.push(Series {
                        name,
                        positions: Vec::new(),
                        lowest: value,
                        highest: value,
                    });
                    self.series.last_mut().expect("one was just put in")
                }
            };
            series.positions.push(position as u32);
            series.lowest = series.lowest.min(value);
            series.highest = series.highest.max(value);
        }
        self.seen = trace.events.len();
    }

    /// Each name with its values.
    pub fn series(&self) -> &[Series] {
        &self.series
    }

    /// The names that have a value after the first `count` events, each with that value.
    pub fn at<'a>(&self, trace: &'a Trace, count: usize) -> Vec<(&'a str, i32)> {
        let value = |series: &Series| {
            let (value, _) = series.after(trace, series.changes_until(count))?;
            Some((trace.text(series.name), value))
        };
        self.series.iter().filter_map(value).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos;
    use crate::link::apply_query;
    use crate::param;

    #[test]
    fn a_name_has_the_value_that_it_was_given_last() {
        let demo = demos::find("lost-update").expect("the demo exists");
        let mut settings = param::Values::defaults(demo.params);
        apply_query(&mut settings, "rounds=2").expect("the setting is valid");
        let trace = demo.run_instantly(settings);
        let values = Values::from_trace(&trace);
        let at = |time_ns: u64| values.at(&trace, trace.events_until(time_ns));
        assert_eq!(values.at(&trace, 0), []);
        assert_eq!(at(0), [("counter", 0)]);
        assert_eq!(at(499_999_999), [("counter", 0)]);
        assert_eq!(at(500_000_000), [("counter", 1)]);
        assert_eq!(at(1_000_000_000), [("counter", 2)]);
        let [counter] = values.series() else {
            panic!("{values:?} is one name");
        };
        assert_eq!(counter.range(), (0, 2));
        assert_eq!(counter.span(&trace, 1..3), Some((1, 1)));
        assert_eq!(counter.after(&trace, 2), Some((1, TaskId(1))));
        let mut growing = Values::default();
        let mut part = trace.clone();
        for count in [0, 7, 20, trace.events.len()] {
            part.events = trace.events[..count].to_vec();
            growing.extend(&part);
        }
        assert_eq!(growing, values);
    }
}
