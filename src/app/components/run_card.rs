//! The card of a run: how long it took, what was remarkable, and its picture.

use crate::app::browser::{self, now_ms};
use crate::app::components::dom::{named, on_toggle};
use crate::app::components::ideal::ideal;
use crate::app::components::picture::Picture;
use crate::app::hooks::frames::Frames;
use crate::app::state::run::{Purpose, Run};
use crate::app::state::sentences::{counted, ending_heading, offers_reload};
use crate::app::state::store::Store;
use crate::derived::ending;
use crate::derived::headline;
use crate::derived::run_ref::RunRef;
use crate::derived::summary;
use crate::derived::timeline::LaneState;
use crate::picture::interaction::Shared;
use crate::text::number::fixed;
use crate::trace::{ClockKind, EndReason};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub(crate) struct RunCardProps {
    pub shown: Run,
    /// How long it should take, where that is known; nanoseconds.
    pub expected_ns: Option<u64>,
    /// The length of the axis, where runs side by side share one; nanoseconds.
    pub extent_ns: Option<u64>,
    pub slot: usize,
    pub shared: Shared,
    pub store: Store,
}

#[component]
pub(crate) fn RunCard(props: &RunCardProps) -> Html {
    let shown = &props.shown;
    let live = shown.goes_on() && shown.asked_for();
    let sentence = use_memo(shown.recording.clone(), sentence_of);
    let recording = shown.recording.borrow();
    let trace = recording.trace();
    let duration_ns = trace.duration_ns();
    let (tasks, events) = (trace.tasks.len(), trace.events.len());
    let ending = trace
        .end
        .as_ref()
        .and_then(|end| ending_heading(end.reason))
        .map(|heading| (heading, ending::sentence(trace, &recording.findings())));
    let offers_reload = trace
        .end
        .as_ref()
        .is_some_and(|end| offers_reload(&end.message));
    let stopped = shown.end_reason() == Some(EndReason::Stopped);
    drop(recording);

    let compares = use_state_eq(|| false);
    let ontoggle = on_toggle(&compares);
    let label = named("Timeline", &shown.label);
    html! {
        <section class="run card" aria-label={label.clone()}>
            <header class="run-head">
                if !shown.label.is_empty() {
                    <h2>{ &shown.label }</h2>
                } else {
                    <h2 class="visually-hidden">{ "Timeline" }</h2>
                }
                <p class="elapsed">
                    if let (true, Purpose::Asked { at_ms }) = (live, shown.purpose) {
                        <Elapsed {at_ms} expected_ns={expected_ns(shown, props.expected_ns)} />
                    } else {
                        { summary::time_text(duration_ns) }
                    }
                </p>
                <p class="run-summary">
                    if live {
                        { format!("running, {}", counted(events, "event")) }
                    } else {
                        { sentence.as_str() }
                    }
                </p>
                { badge(shown) }
            </header>
            if let Some((heading, sentence)) = ending {
                <div class={classes!("ending", stopped.then_some("mild"))} role="alert">
                    <b>{ heading }</b><span>{ sentence }</span>
                    if offers_reload {
                        <button type="button" onclick={|_: MouseEvent| browser::reload()}>{ "Reload the page" }</button>
                    }
                </div>
            }
            <Picture run={shown.recording.clone()} {live} extent_ns={props.extent_ns} slot={props.slot}
                shared={props.shared} store={props.store.clone()} {label} />
            <details class="ideal" {ontoggle}>
                <summary>{ "Ideal against actual" }</summary>
                if *compares {
                    { ideal(&shown.recording, &props.store) }
                }
            </details>
            <footer class="run-foot">
                { legend() }
                <span class="counts">{ format!("{} · {}", counted(tasks, "task"), counted(events, "event")) }</span>
            </footer>
        </section>
    }
}

fn sentence_of(run: &RunRef) -> String {
    let recording = run.borrow();
    // While it goes on there is a batch in every frame, and nobody reads that fast.
    match recording.trace().end {
        None => String::new(),
        Some(_) => {
            let (trace, timeline) = (recording.trace(), recording.timeline());
            headline::sentence(trace, timeline, &recording.findings())
        }
    }
}

fn badge(shown: &Run) -> Html {
    let (class, words, hint) = match (shown.asked_for(), shown.clock()) {
        _ if shown.purpose == Purpose::Recorded => (
            "live",
            "recorded",
            "What the program did where it was recorded.",
        ),
        (false, _) => (
            "preview",
            "preview, instant clock",
            "What the instant clock says will happen. Run shows what really does.",
        ),
        (true, ClockKind::Instant) => (
            "instant",
            "instant clock",
            "In virtual time, which jumps to the next deadline.",
        ),
        (true, ClockKind::Live) => ("live", "live", "In real time, on the browser's event loop."),
    };
    html! { <span class={classes!("badge", class)} title={hint}>{ words }</span> }
}

/// How long the run takes on the reader's clock, where a preview said it.
fn expected_ns(shown: &Run, expected_ns: Option<u64>) -> Option<u64> {
    let live = shown.clock() == ClockKind::Live;
    expected_ns.filter(|expected_ns| live && *expected_ns > 0)
}

/// The milliseconds since a moment, anew in each frame.
#[hook]
fn use_elapsed_ms(at_ms: f64) -> f64 {
    let elapsed_ms = use_state_eq(|| (now_ms() - at_ms).max(0.0));
    {
        let elapsed_ms = elapsed_ms.clone();
        use_effect_with(at_ms.to_bits(), move |_| {
            let frames = Frames::each(move || elapsed_ms.set((now_ms() - at_ms).max(0.0)));
            move || drop(frames)
        });
    }
    *elapsed_ms
}

#[derive(Properties, PartialEq)]
struct ElapsedProps {
    at_ms: f64,
    expected_ns: Option<u64>,
}

/// A running stop-watch, with a bar along the card that is exact where it is known how long the
/// run takes, and only busy where it is not.
#[component]
fn Elapsed(props: &ElapsedProps) -> Html {
    let elapsed_ms = use_elapsed_ms(props.at_ms);
    // Seconds from the start: a unit that changes makes the text jump.
    let text = match elapsed_ms {
        ..1_000.0 => fixed(elapsed_ms / 1e3, 2) + " s",
        _ => summary::time_text((elapsed_ms * 1e6) as u64),
    };
    let expected_ms = props
        .expected_ns
        .map(|expected_ns| expected_ns as f64 / 1e6);
    html! {
        <>
            if let Some(expected_ms) = expected_ms {
                <progress class="run-progress" aria-label="How much of the expected time is over"
                    max={fixed(expected_ms, 0)} value={fixed(elapsed_ms.min(expected_ms), 0)} />
            } else {
                <progress class="run-progress" aria-label="The run goes on" />
            }
            <span aria-hidden="true">{ text }</span>
        </>
    }
}

fn legend() -> Html {
    let swatch = |state: LaneState| {
        let shape = match state {
            LaneState::Running => {
                html! { <rect x="0" y="1" width="4" height="10" rx="1.5" class="fill-running" /> }
            }
            LaneState::Blocking => {
                html! { <rect x="0" y="1" width="14" height="10" rx="2" class="fill-blocking" /> }
            }
            LaneState::Ready => html! {
                <>
                    <rect x="0" y="3" width="14" height="6" rx="1" class="fill-ready-wash" />
                    <path d="M1 9l4-6M5.5 9l4-6M10 9l3.5-5.25" class="stroke-ready" />
                </>
            },
            LaneState::Waiting => {
                html! { <rect x="0" y="4.5" width="14" height="3" rx="1" class="fill-waiting" /> }
            }
        };
        let width = if state == LaneState::Running {
            "4"
        } else {
            "14"
        };
        html! {
            <li>
                <svg {width} height="12" viewBox={format!("0 0 {width} 12")} aria-hidden="true">{ shape }</svg>
                { state.words() }
            </li>
        }
    };
    html! {
        <ul class="legend" aria-label="Legend">
            { for [LaneState::Running, LaneState::Blocking, LaneState::Ready, LaneState::Waiting].into_iter().map(swatch) }
        </ul>
    }
}
