//! What of the runs on screen a link shows: the moment, the task, the axis, the part of it, the
//! open step of the lesson.

use crate::derived::moment::{Moment, StepUnit};
use crate::derived::summary::time_text;
use crate::derived::timeline::Scale;
use crate::text::duration::{duration_text, parse_duration};
use crate::text::number::grouped;
use crate::text::words::quoted;
use crate::trace::Trace;
use std::time::Duration;

/// Most characters of a task's name in a link.
const MAX_NAME_CHARS: usize = 200;

/// What of the runs a link shows; what it does not say is left as the page has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// The moment.
    pub at: Option<At>,
    /// The name of the task that is picked out.
    pub task: Option<String>,
    /// What the axis counts.
    pub axis: Option<Scale>,
    /// The part of the axis that is shown: start and end, nanoseconds since the run began.
    pub zoom: Option<(u64, u64)>,
    /// The open step of the lesson, from 1.
    pub lesson: Option<usize>,
}

/// A moment in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// So many nanoseconds since the run began, after all that happened until then.
    Time(u64),
    /// After the so many-th of something, from 1, in the run of that slot.
    Nth(StepUnit, usize, usize),
    /// The end.
    End,
}

/// The words of what can be counted.
const COUNTED: [(&str, StepUnit); 3] = [
    ("turn", StepUnit::Turn),
    ("event", StepUnit::Event),
    ("line", StepUnit::Line),
];

impl At {
    /// Reads `1.5 s`, `turn 4`, `event12`, `line3-b` (of the second run) or `end`.
    ///
    /// # Errors
    /// Says what would make sense.
    pub fn parse(text: &str) -> Result<Self, String> {
        let problem = || {
            format!(
                "{} is neither a time such as 1.5 s or 300 ms nor turn 4, event 12, line 3 or end",
                quoted(text)
            )
        };
        let lower = text.trim().to_ascii_lowercase();
        if lower == "end" {
            return Ok(At::End);
        }
        for (word, stop) in COUNTED {
            let Some(rest) = lower.strip_prefix(word) else {
                continue;
            };
            let (digits, slot) = match rest.strip_suffix("-b") {
                Some(digits) => (digits, 1),
                None => (rest, 0),
            };
            let digits = digits.trim();
            let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
            let count = digits.parse().ok().filter(|_| is_number);
            return Ok(At::Nth(stop, count.ok_or_else(problem)?, slot));
        }
        let time = parse_duration(&lower).ok_or_else(problem)?;
        let time_ns = u64::try_from(time.as_nanos()).map_err(|_| problem())?;
        Ok(At::Time(time_ns))
    }

    /// As a link holds it, and [`Self::parse`] reads it.
    pub fn text(self) -> String {
        match self {
            At::Time(time_ns) => time_of(time_ns),
            At::Nth(stop, count, slot) => {
                let suffix = if slot == 0 { "" } else { "-b" };
                format!("{}{count}{suffix}", word_of(stop))
            }
            At::End => "end".to_owned(),
        }
    }

    /// The words for a moment.
    pub fn from_moment(moment: Option<Moment>) -> Self {
        match moment {
            None => At::End,
            Some(Moment {
                time_ns,
                exact: None,
            }) => At::Time(time_ns),
            Some(Moment {
                exact: Some(exact), ..
            }) => At::Nth(StepUnit::Event, exact.count, exact.slot),
        }
    }

    /// The moment in these runs; nothing is the end.
    ///
    /// # Errors
    /// When the runs have no such moment.
    pub fn moment(self, traces: &[&Trace]) -> Result<Option<Moment>, String> {
        match self {
            At::End => Ok(None),
            At::Time(time_ns) => {
                let ends_ns = traces.iter().map(|trace| trace.duration_ns());
                let end_ns = ends_ns.max().unwrap_or(0);
                if time_ns > end_ns {
                    return Err(format!(
                        "{} is after the end: the run takes {}",
                        quoted(&self.text()),
                        time_text(end_ns)
                    ));
                }
                Ok(Some(Moment::at(time_ns)))
            }
            At::Nth(unit, count, slot) => {
                // Else that of the first run that has so many.
                let slots = [slot].into_iter().chain(0..traces.len());
                let mut found = slots.filter_map(|slot| {
                    let trace = traces.get(slot)?;
                    Moment::at_nth(trace, slot, unit, count)
                });
                found.next().map(Some).ok_or_else(|| {
                    let word = word_of(unit);
                    let counts = traces.iter().map(|trace| Moment::counts(trace, unit));
                    let most = counts.max().unwrap_or(0);
                    let plural = if most == 1 { "" } else { "s" };
                    format!(
                        "there is no {word} {}: the run has {} {word}{plural}",
                        grouped(count as i64),
                        grouped(most as i64)
                    )
                })
            }
        }
    }
}

fn word_of(unit: StepUnit) -> &'static str {
    let found = COUNTED.iter().find(|(_, other)| *other == unit);
    found.map_or("event", |(word, _)| word)
}

fn time_of(time_ns: u64) -> String {
    duration_text(Duration::from_nanos(time_ns)).replace(' ', "")
}

/// The keys of a view in a link.
pub const KEYS: [&str; 5] = ["at", "task", "axis", "zoom", "lesson"];

impl View {
    /// Sets what a key of [`KEYS`] says.
    ///
    /// # Errors
    /// Says what is wrong with the value.
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        match key {
            "at" => self.at = Some(At::parse(value)?),
            "task" => {
                let chars = value.chars().count();
                if chars == 0 || chars > MAX_NAME_CHARS {
                    return Err(format!(
                        "a task's name has 1 to {MAX_NAME_CHARS} characters, and this has {}",
                        grouped(chars as i64)
                    ));
                }
                self.task = Some(value.to_owned());
            }
            "axis" => {
                self.axis = Some(match value {
                    "time" => Scale::Time,
                    "turns" => Scale::Order,
                    _ => return Err(format!("{} is neither time nor turns", quoted(value))),
                });
            }
            "zoom" => {
                let ends = value.split_once("..");
                let ends = ends.and_then(|(start, end)| {
                    let ns = |text: &str| u64::try_from(parse_duration(text)?.as_nanos()).ok();
                    Some((ns(start)?, ns(end)?))
                });
                match ends {
                    Some((start_ns, end_ns)) if start_ns < end_ns => self.zoom = ends,
                    Some(_) => {
                        return Err(format!(
                            "{} shows nothing: its end is not after its start",
                            quoted(value)
                        ));
                    }
                    None => {
                        return Err(format!(
                            "{} is not a part of the axis such as 0.4s..0.6s",
                            quoted(value)
                        ));
                    }
                }
            }
            _ => {
                let step = value.parse().ok().filter(|step| *step > 0);
                let problem = || format!("{} is not the number of a step", quoted(value));
                self.lesson = Some(step.ok_or_else(problem)?);
            }
        }
        Ok(())
    }

    /// Key and value of what it says.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let axis = |axis: Scale| match axis {
            Scale::Time => "time".to_owned(),
            Scale::Order => "turns".to_owned(),
        };
        let zoom = |(start_ns, end_ns)| format!("{}..{}", time_of(start_ns), time_of(end_ns));
        let values = [
            self.at.map(At::text),
            self.task.clone(),
            self.axis.map(axis),
            self.zoom.map(zoom),
            self.lesson.map(|step| step.to_string()),
        ];
        let pairs = KEYS.into_iter().zip(values);
        pairs
            .filter_map(|(key, value)| Some((key, value?)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::ClockKind;
    use proptest::prelude::*;

    #[track_caller]
    fn refused(key: &str, value: &str, sentence: &str) {
        let mut view = View::default();
        assert_eq!(view.set(key, value), Err(sentence.to_owned()));
        assert_eq!(view, View::default());
    }

    #[test]
    fn what_makes_no_sense_is_answered_with_what_would() {
        for text in ["", "soon", "turn", "turn-b", "event+3", "tür"] {
            let neither =
                "is neither a time such as 1.5 s or 300 ms nor turn 4, event 12, line 3 or end";
            refused("at", text, &format!("“{text}” {neither}"));
        }
        refused("axis", "space", "“space” is neither time nor turns");
        refused(
            "zoom",
            "1s",
            "“1s” is not a part of the axis such as 0.4s..0.6s",
        );
        refused(
            "zoom",
            "1s..1s",
            "“1s..1s” shows nothing: its end is not after its start",
        );
        refused("lesson", "0", "“0” is not the number of a step");
        refused(
            "task",
            "",
            "a task's name has 1 to 200 characters, and this has 0",
        );
    }

    #[test]
    fn a_moment_past_the_end_is_named() {
        let trace = Trace::new(ClockKind::Instant);
        assert_eq!(
            At::Time(4_000_000_000).moment(&[&trace]),
            Err("“4s” is after the end: the run takes 0 s".to_owned())
        );
        assert_eq!(
            At::Nth(StepUnit::Turn, 99, 0).moment(&[&trace]),
            Err("there is no turn 99: the run has 0 turns".to_owned())
        );
        assert_eq!(At::End.moment(&[]), Ok(None));
    }

    fn any_at() -> impl Strategy<Value = At> {
        let stops = prop::sample::select(vec![StepUnit::Turn, StepUnit::Event, StepUnit::Line]);
        prop_oneof![
            any::<u32>().prop_map(|ms| At::Time(u64::from(ms) * 1_000)),
            (stops, any::<u32>(), 0..2usize).prop_map(|(stop, count, slot)| At::Nth(
                stop,
                count as usize,
                slot
            )),
            Just(At::End),
        ]
    }

    fn any_view() -> impl Strategy<Value = View> {
        let axis = prop::sample::select(vec![Scale::Time, Scale::Order]);
        let zoom = (0..1_000_000_000u64, 1..1_000_000_000u64)
            .prop_map(|(start_ns, length_ns)| (start_ns, start_ns + length_ns));
        (
            prop::option::of(any_at()),
            prop::option::of("[^\u{0}]{1,40}"),
            prop::option::of(axis),
            prop::option::of(zoom),
            prop::option::of(1..100usize),
        )
            .prop_map(|(at, task, axis, zoom, lesson)| View {
                at,
                task,
                axis,
                zoom,
                lesson,
            })
    }

    proptest! {
        #[test]
        fn what_a_view_says_is_read_back_as_the_same(view in any_view()) {
            let mut read = View::default();
            for (key, value) in view.pairs() {
                prop_assert_eq!(read.set(key, &value), Ok(()));
            }
            prop_assert_eq!(read, view);
        }

        #[test]
        fn no_value_makes_it_panic(value in "\\PC{0,60}") {
            for key in KEYS {
                let _ = View::default().set(key, &value);
            }
        }
    }
}
