//! Going through a run in time: playing, stepping and jumping. The rest of what the page knows is
//! in [`crate::app::state`].

use crate::app::state::{Action, Run, State};
use crate::derived::moment::{self, Moment, Stop};
use crate::trace::Trace;
use std::rc::Rc;

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

/// What the reader asks of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Time {
    /// Begin to play, or stop; at the end, begin anew.
    Play,
    /// So much time has gone by since the last of these, in nanoseconds.
    Passed(u64),
    /// Play at another of [`SPEEDS`].
    Speed(usize),
    /// Play faster, or slower.
    Faster(bool),
    /// Go to the next of these, or to the one before.
    Step(Stop, bool),
    /// Go to a moment that was written, or say why that made no sense.
    Jump(Result<Moment, String>),
    /// Go to the end, or to the beginning.
    ToEnd(bool),
}

impl State {
    /// The state after the reader asked something of time.
    pub(super) fn timed(self: Rc<Self>, time: Time) -> Rc<Self> {
        let mut playback = Playback {
            problem: None,
            ..self.playback.clone()
        };
        let mut cursor = self.cursor;
        match time {
            Time::Play => {
                playback.on = !playback.on && !self.runs.is_empty();
                if playback.on && cursor.is_none() {
                    cursor = Some(Moment::START);
                }
            }
            Time::Passed(_) if !playback.on => return self,
            Time::Passed(elapsed_ns) => {
                let played_ns = elapsed_ns.saturating_mul(SPEEDS[playback.speed].0) / 1_000;
                cursor = self.played(&mut playback, played_ns);
                playback.on = cursor.is_some();
            }
            Time::Speed(speed) => playback.speed = speed.min(SPEEDS.len() - 1),
            Time::Faster(true) => playback.speed = (playback.speed + 1).min(SPEEDS.len() - 1),
            Time::Faster(false) => playback.speed = playback.speed.saturating_sub(1),
            Time::Step(stop, forward) => {
                playback.on = false;
                cursor = with_traces(&self.runs, |traces| match (forward, cursor) {
                    (true, Some(from)) => moment::next(traces, from, stop),
                    (true, None) => None,
                    (false, from) => {
                        let from = from.unwrap_or_else(|| Moment::at(end_ns(traces)));
                        Some(moment::previous(traces, from, stop))
                    }
                });
            }
            Time::Jump(Ok(moment)) => cursor = Some(moment),
            Time::Jump(Err(problem)) => playback.problem = Some(problem),
            Time::ToEnd(end) => {
                playback.on = false;
                cursor = (!end).then_some(Moment::START);
            }
        }
        if cursor == self.cursor && playback == self.playback {
            return self;
        }
        Rc::new(State {
            cursor,
            playback,
            ..(*self).clone()
        })
    }

    /// Where the cursor is after some time of playing; nowhere, when that is the end.
    fn played(&self, playback: &mut Playback, played_ns: u64) -> Option<Moment> {
        with_traces(&self.runs, |traces| {
            let mut at = self.cursor?;
            let end_ns = end_ns(traces);
            if end_ns > 0 {
                let to_ns = at.time_ns.saturating_add(played_ns);
                return (to_ns < end_ns).then(|| Moment::at(to_ns));
            }
            playback.owed_ns += played_ns;
            while playback.owed_ns >= EVENT_NS {
                playback.owed_ns -= EVENT_NS;
                at = moment::next(traces, at, Stop::Event)?;
            }
            Some(at)
        })
    }
}

/// Does something with the traces of runs, in their order.
pub fn with_traces<T>(runs: &[Run], act: impl FnOnce(&[&Trace]) -> T) -> T {
    let recordings: Vec<_> = runs.iter().map(|run| run.run.recording.borrow()).collect();
    let traces: Vec<&Trace> = recordings
        .iter()
        .map(|recording| recording.trace())
        .collect();
    act(&traces)
}

fn end_ns(traces: &[&Trace]) -> u64 {
    let ends = traces.iter().map(|trace| trace.duration_ns());
    ends.max().unwrap_or(0)
}

impl From<Time> for Action {
    fn from(time: Time) -> Self {
        Action::Time(time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::run_ref::RunRef;
    use crate::app::state::Purpose;
    use crate::demos;
    use crate::derived::recording::Recording;
    use crate::link::{Scenario, apply_query};

    fn shown(setting: &str) -> Rc<State> {
        let demo = demos::find("factorial").expect("the demo exists");
        let mut scenario = Scenario::defaults_of(demo);
        apply_query(&mut scenario.values, setting).expect("the setting is valid");
        let trace = demo.run_instantly(scenario.values.clone());
        Rc::new(State::new(scenario, Vec::new())).after(Action::Show {
            place: 0,
            label: "",
            run: RunRef::from_recording(Recording::from_trace(trace)),
            purpose: Purpose::Preview,
            edition: 0,
        })
    }

    fn after(state: Rc<State>, times: &[Time]) -> Rc<State> {
        let act = |state: Rc<State>, time: &Time| state.after(time.clone().into());
        times.iter().fold(state, act)
    }

    const FRAME_NS: u64 = 16_000_000;

    #[test]
    fn playing_takes_as_long_as_the_run_and_ends_at_its_end() {
        for (speed, frames) in [(3, 187), (0, 1_874), (6, 18)] {
            let mut state = after(shown(""), &[Time::Speed(speed), Time::Play]);
            assert_eq!(state.cursor, Some(Moment::START));
            let mut passed = 0;
            while state.playback.on {
                state = after(state, &[Time::Passed(FRAME_NS)]);
                passed += 1;
            }
            assert_eq!(passed, frames + 1, "{}", SPEEDS[speed].1);
            assert_eq!(state.cursor, None);
        }
    }

    #[test]
    fn a_pause_stays_where_it_is_and_playing_goes_on_from_there() {
        let state = after(shown(""), &[Time::Play, Time::Passed(FRAME_NS), Time::Play]);
        assert!(!state.playback.on);
        let still = after(Rc::clone(&state), &[Time::Passed(FRAME_NS)]);
        assert!(Rc::ptr_eq(&still, &state));
        let on = after(state, &[Time::Play, Time::Passed(FRAME_NS)]);
        assert_eq!(on.cursor, Some(Moment::at(2 * FRAME_NS)));
    }

    #[test]
    fn a_run_that_takes_no_time_is_played_by_event() {
        let mut state = after(shown("delay=0s"), &[Time::Play]);
        let events = with_traces(&state.runs, |traces| traces[0].events.len());
        let count = |state: &State| {
            let cursor = state.cursor.expect("it plays");
            with_traces(&state.runs, |traces| cursor.count(traces[0], 0))
        };
        for passed in 1..=events {
            state = after(state, &[Time::Passed(EVENT_NS)]);
            assert_eq!(count(&state), passed);
        }
        state = after(
            state,
            &[Time::Passed(EVENT_NS / 2), Time::Passed(EVENT_NS / 2)],
        );
        assert_eq!(state.cursor, None);
    }

    #[test]
    fn a_step_pauses_and_the_last_one_forward_is_the_end() {
        let line = |forward| Time::Step(Stop::Line, forward);
        let state = after(shown(""), &[Time::Play, line(true)]);
        assert!(!state.playback.on);
        assert_eq!(state.cursor.map(|at| at.time_ns), Some(0));
        let last = after(state, &vec![line(true); 7]);
        assert_eq!(last.cursor.map(|at| at.time_ns), Some(3_000_000_000));
        let end = after(last, &[line(true)]);
        assert_eq!(end.cursor, None);
        let still = after(Rc::clone(&end), &[line(true)]);
        assert!(Rc::ptr_eq(&still, &end));
        let back = after(end, &[line(false)]);
        assert_eq!(back.cursor.map(|at| at.time_ns), Some(3_000_000_000));
    }

    #[test]
    fn a_jump_that_makes_no_sense_is_said_and_moves_nothing() {
        let state = after(shown(""), &[Time::Jump(Ok(Moment::at(1_000_000_000)))]);
        assert_eq!(state.cursor, Some(Moment::at(1_000_000_000)));
        let wrong = after(state, &[Time::Jump(Err("what is soon".to_owned()))]);
        assert_eq!(wrong.cursor, Some(Moment::at(1_000_000_000)));
        assert!(wrong.playback.problem.is_some());
        let mended = after(wrong, &[Time::ToEnd(false)]);
        assert_eq!(mended.playback.problem, None);
        assert_eq!(mended.cursor, Some(Moment::START));
    }

    #[test]
    fn nothing_on_screen_cannot_be_played() {
        let demo = demos::find("factorial").expect("the demo exists");
        let state = Rc::new(State::new(Scenario::defaults_of(demo), Vec::new()));
        let state = after(state, &[Time::Play, Time::Step(Stop::Turn, false)]);
        assert!(!state.playback.on);
    }
}
