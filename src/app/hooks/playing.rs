//! Has the moment move while it plays.

use crate::app::browser::{matches_media, now_ms};
use crate::app::hooks::frames::Frames;
use crate::app::state::playback::PlaybackAction;
use crate::app::state::store::Store;
use std::cell::Cell;
use yew::prelude::*;

/// Where motion is not wanted, playing goes in steps of so long, in milliseconds.
const STILL_MS: f64 = 500.0;

/// A tab that was hidden does not catch up; milliseconds.
const MAX_FRAME_MS: f64 = 1_000.0;

/// Tells the state in each frame how much time has gone by, while it plays.
#[hook]
pub(crate) fn use_playing(store: &Store) {
    let playing = (store.clone(), store.state().playback.on);
    use_effect_with(playing, move |(store, on)| {
        let frames = on.then(|| {
            let (store, last_ms) = (store.clone(), Cell::new(now_ms()));
            let still = matches_media("(prefers-reduced-motion: reduce)");
            let step_ms = if still { STILL_MS } else { 0.0 };
            Frames::each(move || {
                let now_ms = now_ms();
                let passed_ms = now_ms - last_ms.get();
                if passed_ms >= step_ms {
                    last_ms.set(now_ms);
                    let passed_ns = passed_ms.min(MAX_FRAME_MS) * 1e6;
                    store.dispatch(PlaybackAction::Passed(passed_ns as u64));
                }
            })
        });
        move || drop(frames)
    });
}
