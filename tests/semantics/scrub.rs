//! Going to any position of a trace, in any order, also while it grows, gives the loop that a
//! replay of all events until there gives.

use crate::play::play;
use crate::program::program;
use crate::replay;
use interleave::demos::DEMOS;
use interleave::derived::loop_state::{History, LoopState};
use interleave::derived::recording::Recording;
use interleave::param::Values;
use interleave::picture::sample;
use interleave::trace::Trace;
use proptest::prelude::*;

/// Positions as parts of the trace's length, and how much of the trace is there at each.
fn seeks() -> impl Strategy<Value = Vec<(f64, f64)>> {
    prop::collection::vec((0.0..=1.0, 0.0..=1.0), 1..40)
}

#[track_caller]
fn check(trace: &Trace, stride: usize, seeks: &[(f64, f64)]) {
    let views = replay::views(trace);
    let all = trace.events.len();
    let mut history = History::with_stride(stride);
    let mut growing = trace.clone();
    growing.events.clear();
    for (part, there) in seeks {
        let there = (there * all as f64) as usize;
        if there > growing.events.len() {
            let more = &trace.events[growing.events.len()..there];
            growing.events.extend_from_slice(more);
        }
        let position = (part * growing.events.len() as f64).round() as usize;
        let state = history.seek(&growing, position);
        assert_eq!(state.count(), position);
        assert_eq!(state.view(&growing), views[position], "position {position}");
        assert_eq!(*state, LoopState::after(&growing, position));
    }
    // Whatever was asked before, the end is the end.
    let state = history.seek(trace, usize::MAX);
    assert_eq!(Some(&state.view(trace)), views.last());
}

proptest! {
    #![proptest_config(crate::config())]

    #[test]
    fn in_any_program(program in program(), stride in 1..64_usize, seeks in seeks()) {
        check(&play(&program), stride, &seeks);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..crate::config() })]

    #[test]
    fn in_a_large_run(tasks in 1..400_usize, seed in 0..1_000_u32, seeks in seeks()) {
        let trace = sample::trace(tasks, 12_000, seed);
        let mut history = History::default();
        for (part, _) in seeks {
            let position = (part * trace.events.len() as f64) as usize;
            let replayed = LoopState::after(&trace, position);
            prop_assert_eq!(history.seek(&trace, position), &replayed);
        }
    }
}

#[test]
fn in_every_demo() {
    for demo in DEMOS {
        if !demo.runs_instantly(&Values::defaults(demo.params)) {
            continue;
        }
        let trace = demo.run_instantly(Values::defaults(demo.params));
        let views = replay::views(&trace);
        let mut recording = Recording::from_trace(trace.clone());
        for position in (0..views.len()).rev() {
            let (slug, state) = (demo.slug, recording.loop_at(position));
            let view = state.view(&trace);
            assert_eq!(view, views[position], "{slug} at {position}");
        }
    }
}
