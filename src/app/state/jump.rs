//! What somebody writes who wants to go to a moment: a time or a turn of the loop.

use crate::app::state::sentences::counted;
use crate::derived::moment::Moment;
use crate::derived::summary::time_text;
use crate::text::duration::parse_duration;
use crate::text::words::quoted;
use crate::trace::Trace;

/// The id of the field that it is written in.
pub const FIELD_ID: &str = "jump";

/// The moment that a text means. Turns are those of the first run that has so many.
///
/// # Errors
/// A sentence without a full stop that says what would make sense.
pub fn moment_of(text: &str, traces: &[&Trace]) -> Result<Moment, String> {
    let text = text.trim();
    let (digits, is_turn) = match text.get(..4) {
        Some(word) if word.eq_ignore_ascii_case("turn") => (text[4..].trim(), true),
        _ => (text, false),
    };
    let problem = || {
        let text = quoted(text);
        format!("{text} is neither a time such as 1.5 s or 300 ms nor a turn such as turn 12")
    };
    if is_turn {
        let turn: usize = digits.parse().map_err(|_| problem())?;
        let found = traces
            .iter()
            .enumerate()
            .find_map(|(slot, trace)| Moment::at_turn(trace, slot, turn));
        return found.ok_or_else(|| {
            let turns = traces.iter().map(|trace| Moment::turns(trace));
            let count = turns.max().unwrap_or(0);
            format!(
                "there is no turn {turn}: the run has {}",
                counted(count, "turn")
            )
        });
    }
    let time_ns = parse_duration(digits).ok_or_else(problem)?.as_nanos() as u64;
    let end_ns = traces.iter().map(|trace| trace.duration_ns()).max();
    match end_ns {
        Some(end_ns) if time_ns <= end_ns => Ok(Moment::at(time_ns)),
        end_ns => Err(format!(
            "{} is after the end: the run takes {}",
            quoted(text),
            time_text(end_ns.unwrap_or(0))
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos;
    use crate::param::Values;

    fn factorial() -> Trace {
        let demo = demos::find("factorial").expect("the demo exists");
        demo.run_instantly(Values::defaults(demo.params))
    }

    #[test]
    fn times_and_turns_are_moments() {
        let trace = factorial();
        for (text, time_ns) in [
            ("1.5 s", 1_500_000_000),
            ("300ms", 300_000_000),
            (" 2 ", 2_000_000_000),
            ("0", 0),
        ] {
            assert_eq!(moment_of(text, &[&trace]), Ok(Moment::at(time_ns)));
        }
        for text in ["turn 3", "Turn 3", "turn3"] {
            let third = Moment::at_turn(&trace, 0, 3).expect("there are so many");
            assert_eq!(moment_of(text, &[&trace]), Ok(third));
        }
    }

    #[test]
    fn what_makes_no_sense_is_answered_with_what_would() {
        let trace = factorial();
        let neither = "is neither a time such as 1.5 s or 300 ms nor a turn such as turn 12";
        for text in ["", "soon", "turn", "turn -1", "turn twelve", "-1 s", "tür"] {
            let problem = format!("{} {neither}", quoted(text));
            assert_eq!(moment_of(text, &[&trace]), Err(problem));
        }
        assert_eq!(
            moment_of("4 s", &[&trace]),
            Err("“4 s” is after the end: the run takes 3.00 s".to_owned())
        );
        assert_eq!(
            moment_of("turn 99", &[&trace]),
            Err("there is no turn 99: the run has 16 turns".to_owned())
        );
    }
}
