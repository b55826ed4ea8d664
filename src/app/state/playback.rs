//! Going through runs in time: playing, stepping and jumping.

use crate::derived::moment::{self, Moment, StepUnit};
use crate::trace::Trace;

/// The speeds, each in thousandths of the run's own, and as the page shows it.
pub const SPEEDS: &[(u64, &str)] = &[
    (100, "0.1×"),
    (250, "0.25×"),
    (500, "0.5×"),
    (1_000, "1×"),
    (2_000, "2×"),
    (5_000, "5×"),
    (10_000, "10×"),
];

/// A run that takes no time is played by event: how long each is shown, nanoseconds.
const EVENT_NS: u64 = 125_000_000;

/// Whether and how fast the moment moves by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Playback {
    /// It moves.
    pub on: bool,
    /// Which of [`SPEEDS`].
    pub speed: usize,
    /// Time played that was too short for the next event, in a run that takes none.
    owed_ns: u64,
    /// What is wrong with what was written into the field for a moment.
    pub problem: Option<String>,
}

impl Default for Playback {
    fn default() -> Self {
        Playback {
            on: false,
            speed: 3,
            owed_ns: 0,
            problem: None,
        }
    }
}

/// What the reader, or the clock, does about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlaybackAction {
    /// Begin to play, or stop; at the end, begin anew.
    Play,
    /// So much time has gone by since the last of these, in nanoseconds.
    Passed(u64),
    /// Play at another of [`SPEEDS`].
    Speed(usize),
    /// Play faster, or slower.
    Faster(bool),
    /// Go to the next of these, or to the one before.
    Step(StepUnit, bool),
    /// Go to a moment that was written, or say why that made no sense.
    Jump(Result<Moment, String>),
    /// Go to the end, or to the beginning.
    ToEnd(bool),
}

impl Playback {
    /// Does what is asked for, and returns where the cursor is after that; nowhere is the end.
    pub fn apply(
        &mut self,
        action: PlaybackAction,
        cursor: Option<Moment>,
        traces: &[&Trace],
    ) -> Option<Moment> {
        if matches!(action, PlaybackAction::Passed(_)) && !self.on {
            return cursor;
        }
        self.problem = None;
        match action {
            PlaybackAction::Play => {
                self.on = !self.on && !traces.is_empty();
                return cursor.or(self.on.then_some(Moment::START));
            }
            PlaybackAction::Passed(elapsed_ns) => {
                let played_ns = elapsed_ns.saturating_mul(SPEEDS[self.speed].0) / 1_000;
                let cursor = self.played(cursor, played_ns, traces);
                self.on = cursor.is_some();
                return cursor;
            }
            PlaybackAction::Speed(speed) => self.speed = speed.min(SPEEDS.len() - 1),
            PlaybackAction::Faster(true) => self.speed = (self.speed + 1).min(SPEEDS.len() - 1),
            PlaybackAction::Faster(false) => self.speed = self.speed.saturating_sub(1),
            PlaybackAction::Step(unit, forward) => {
                self.on = false;
                return match (forward, cursor) {
                    (true, Some(from)) => moment::next(traces, from, unit),
                    (true, None) => None,
                    (false, from) => {
                        let from = from.unwrap_or_else(|| Moment::at(end_ns(traces)));
                        Some(moment::previous(traces, from, unit))
                    }
                };
            }
            PlaybackAction::Jump(Ok(moment)) => return Some(moment),
            PlaybackAction::Jump(Err(problem)) => self.problem = Some(problem),
            PlaybackAction::ToEnd(end) => {
                self.on = false;
                return (!end).then_some(Moment::START);
            }
        }
        cursor
    }

    /// Where the cursor is after some time of playing.
    fn played(
        &mut self,
        cursor: Option<Moment>,
        played_ns: u64,
        traces: &[&Trace],
    ) -> Option<Moment> {
        let mut at = cursor?;
        let end_ns = end_ns(traces);
        if end_ns > 0 {
            let to_ns = at.time_ns.saturating_add(played_ns);
            return (to_ns < end_ns).then(|| Moment::at(to_ns));
        }
        self.owed_ns = self.owed_ns.saturating_add(played_ns);
        while self.owed_ns >= EVENT_NS {
            self.owed_ns -= EVENT_NS;
            at = moment::next(traces, at, StepUnit::Event)?;
        }
        Some(at)
    }
}

fn end_ns(traces: &[&Trace]) -> u64 {
    let ends = traces.iter().map(|trace| trace.duration_ns());
    ends.max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos;
    use crate::link::apply_query;
    use crate::param::Values;

    /// A run that is gone through.
    struct Shown {
        trace: Trace,
        playback: Playback,
        cursor: Option<Moment>,
    }

    fn shown(setting: &str) -> Shown {
        let demo = demos::find("factorial").expect("the demo exists");
        let mut values = Values::defaults(demo.params);
        apply_query(&mut values, setting).expect("the setting is valid");
        Shown {
            trace: demo.run_instantly(values),
            playback: Playback::default(),
            cursor: None,
        }
    }

    impl Shown {
        fn apply(&mut self, actions: &[PlaybackAction]) {
            for action in actions {
                self.cursor = self
                    .playback
                    .apply(action.clone(), self.cursor, &[&self.trace]);
            }
        }

        fn time_ns(&self) -> Option<u64> {
            self.cursor.map(|cursor| cursor.time_ns)
        }
    }

    const PLAY: PlaybackAction = PlaybackAction::Play;
    const FRAME_NS: u64 = 16_000_000;
    const FRAME: PlaybackAction = PlaybackAction::Passed(FRAME_NS);

    #[test]
    fn playing_takes_as_long_as_the_run_and_ends_at_its_end() {
        for (speed, frames) in [(3, 187), (0, 1_874), (6, 18)] {
            let mut run = shown("");
            run.apply(&[PlaybackAction::Speed(speed), PLAY]);
            assert_eq!(run.cursor, Some(Moment::START));
            let mut passed = 0;
            while run.playback.on {
                run.apply(&[FRAME]);
                passed += 1;
            }
            assert_eq!(passed, frames + 1, "{}", SPEEDS[speed].1);
            assert_eq!(run.cursor, None);
        }
    }

    #[test]
    fn a_pause_stays_where_it_is_and_playing_goes_on_from_there() {
        let mut run = shown("");
        run.apply(&[PLAY, FRAME, PLAY]);
        assert!(!run.playback.on);
        let paused = (run.playback.clone(), run.cursor);
        run.apply(&[FRAME]);
        assert_eq!((run.playback.clone(), run.cursor), paused);
        run.apply(&[PLAY, FRAME]);
        assert_eq!(run.cursor, Some(Moment::at(2 * FRAME_NS)));
    }

    #[test]
    fn a_run_that_takes_no_time_is_played_by_event() {
        let mut run = shown("delay=0s");
        run.apply(&[PLAY]);
        for passed in 1..=run.trace.events.len() {
            run.apply(&[PlaybackAction::Passed(EVENT_NS)]);
            let cursor = run.cursor.expect("it plays");
            assert_eq!(cursor.count(&run.trace, 0), passed);
        }
        run.apply(&[const { PlaybackAction::Passed(EVENT_NS / 2) }; 2]);
        assert_eq!(run.cursor, None);
    }

    #[test]
    fn a_step_pauses_and_the_last_one_forward_is_the_end() {
        const FORWARD: PlaybackAction = PlaybackAction::Step(StepUnit::Line, true);
        const BACK: PlaybackAction = PlaybackAction::Step(StepUnit::Line, false);
        let mut run = shown("");
        run.apply(&[PLAY, FORWARD]);
        assert!(!run.playback.on);
        assert_eq!(run.time_ns(), Some(0));
        run.apply(&[FORWARD; 7]);
        assert_eq!(run.time_ns(), Some(3_000_000_000));
        run.apply(&[FORWARD]);
        assert_eq!(run.cursor, None);
        run.apply(&[FORWARD]);
        assert_eq!(run.cursor, None);
        run.apply(&[BACK]);
        assert_eq!(run.time_ns(), Some(3_000_000_000));
    }

    #[test]
    fn a_jump_that_makes_no_sense_is_said_and_moves_nothing() {
        let there = Moment::at(1_000_000_000);
        let mut run = shown("");
        run.apply(&[PlaybackAction::Jump(Ok(there))]);
        assert_eq!(run.cursor, Some(there));
        run.apply(&[PlaybackAction::Jump(Err("what is soon".to_owned()))]);
        assert_eq!(run.cursor, Some(there));
        assert!(run.playback.problem.is_some());
        run.apply(&[PlaybackAction::ToEnd(false)]);
        assert_eq!(run.playback.problem, None);
        assert_eq!(run.cursor, Some(Moment::START));
    }

    #[test]
    fn nothing_on_screen_cannot_be_played() {
        let mut playback = Playback::default();
        assert_eq!(playback.apply(PLAY, None, &[]), None);
        assert!(!playback.on);
        playback.apply(PlaybackAction::Step(StepUnit::Turn, false), None, &[]);
        assert!(!playback.on);
    }
}
