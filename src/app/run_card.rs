//! The card of a run: how long it took, what was remarkable, and its picture.

use crate::app::browser::now_ms;
use crate::app::ideal::ideal;
use crate::app::picture::Picture;
use crate::app::run_ref::RunRef;
use crate::app::state::{Action, Purpose, Run, counted, ending_in_words};
use crate::app::tag::{named, on_toggle};
use crate::derived::moment::Moment;
use crate::derived::summary;
use crate::derived::timeline::State;
use crate::text::number::fixed;
use crate::trace::{ClockKind, EndReason, TaskId};
use gloo_render::{AnimationFrame, request_animation_frame};
use std::cell::RefCell;
use std::rc::Rc;
use yew::prelude::*;

/// Properties of [`RunCard`].
#[derive(Properties, PartialEq)]
pub struct RunCardProps {
    /// What to show.
    pub shown: Run,
    /// How long it should take, where that is known; nanoseconds.
    pub expected_ns: Option<u64>,
    /// The length of the axis, where runs side by side share one; nanoseconds.
    pub extent_ns: Option<u64>,
    /// The part of the axis to show, where runs side by side show the same; nanoseconds.
    pub span: Option<(u64, u64)>,
    /// The moment shown.
    pub cursor: Option<Moment>,
    /// The run's place among those on screen.
    pub place: usize,
    /// The task picked out.
    pub selected: Option<TaskId>,
    /// The reader did something.
    pub on_action: Callback<Action>,
}

/// The card.
#[component]
pub fn RunCard(props: &RunCardProps) -> Html {
    let shown = &props.shown;
    let live = shown.goes_on() && shown.asked_for();
    let sentence = use_memo(shown.run.clone(), sentence_of);
    let recording = shown.run.recording.borrow();
    let trace = recording.trace();
    let duration_ns = trace.duration_ns();
    let (tasks, events) = (trace.tasks.len(), trace.events.len());
    let ending = trace
        .end
        .as_ref()
        .and_then(|end| ending_in_words(end.reason, &end.message));
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
                </div>
            }
            <Picture run={shown.run.clone()} {live} extent_ns={props.extent_ns} cursor={props.cursor} place={props.place}
                selected={props.selected} span={props.span} on_action={props.on_action.clone()} {label} />
            <details class="ideal" {ontoggle}>
                <summary>{ "Ideal against actual" }</summary>
                if *compares {
                    { ideal(&shown.run, &props.on_action) }
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
    let recording = run.recording.borrow();
    // While it goes on there is a batch in every frame, and nobody reads that fast.
    match recording.trace().end {
        None => String::new(),
        Some(_) => summary::sentence(recording.trace(), recording.timeline()),
    }
}

fn badge(shown: &Run) -> Html {
    let (class, words, hint) = match (shown.asked_for(), shown.clock()) {
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
            let frame: Frame = Rc::default();
            tick(
                &frame,
                Rc::new(move || elapsed_ms.set((now_ms() - at_ms).max(0.0))),
            );
            // Dropping the frame cancels it, and with it all that would follow.
            move || drop(frame.take())
        });
    }
    *elapsed_ms
}

type Frame = Rc<RefCell<Option<AnimationFrame>>>;

fn tick(frame: &Frame, show: Rc<dyn Fn()>) {
    let next = Rc::downgrade(frame);
    let request = request_animation_frame(move |_| {
        if let Some(frame) = next.upgrade() {
            show();
            tick(&frame, Rc::clone(&show));
        }
    });
    // The frame before has fired.
    *frame.borrow_mut() = Some(request);
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
    let swatch = |state: State| {
        let shape = match state {
            State::Running => {
                html! { <rect x="0" y="1" width="4" height="10" rx="1.5" class="fill-running" /> }
            }
            State::Blocking => {
                html! { <rect x="0" y="1" width="14" height="10" rx="2" class="fill-blocking" /> }
            }
            State::Ready => html! {
                <>
                    <rect x="0" y="3" width="14" height="6" rx="1" class="fill-ready-wash" />
                    <path d="M1 9l4-6M5.5 9l4-6M10 9l3.5-5.25" class="stroke-ready" />
                </>
            },
            State::Waiting => {
                html! { <rect x="0" y="4.5" width="14" height="3" rx="1" class="fill-waiting" /> }
            }
        };
        let width = if state == State::Running { "4" } else { "14" };
        html! {
            <li>
                <svg {width} height="12" viewBox={format!("0 0 {width} 12")} aria-hidden="true">{ shape }</svg>
                { state.words() }
            </li>
        }
    };
    html! {
        <ul class="legend" aria-label="Legend">
            { for [State::Running, State::Blocking, State::Ready, State::Waiting].into_iter().map(swatch) }
        </ul>
    }
}
