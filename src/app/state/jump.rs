//! What somebody writes who wants to go to a moment: as a link says one.

use crate::derived::moment::Moment;
use crate::link::view::At;
use crate::trace::Trace;

/// The id of the field that it is written in.
pub const FIELD_ID: &str = "jump";

/// The moment that a text means; nothing is the end.
///
/// # Errors
/// A sentence without a full stop that says what would make sense.
pub fn moment_of(text: &str, traces: &[&Trace]) -> Result<Option<Moment>, String> {
    At::parse(text)?.moment(traces)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos;
    use crate::derived::moment::StepUnit;
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
            assert_eq!(moment_of(text, &[&trace]), Ok(Some(Moment::at(time_ns))));
        }
        for text in ["turn 3", "Turn 3", "turn3"] {
            let third = Moment::at_nth(&trace, 0, StepUnit::Turn, 3);
            assert_eq!(moment_of(text, &[&trace]), Ok(third));
        }
        assert_eq!(moment_of("end", &[&trace]), Ok(None));
    }

    #[test]
    fn what_is_past_the_end_is_told_with_the_end() {
        let trace = factorial();
        assert_eq!(
            moment_of("4 s", &[&trace]),
            Err("“4s” is after the end: the run takes 3.00 s".to_owned())
        );
        assert_eq!(
            moment_of("turn 99", &[&trace]),
            Err("there is no turn 99: the run has 16 turns".to_owned())
        );
    }
}
