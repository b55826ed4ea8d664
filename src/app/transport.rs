//! What moves through time: play and pause, steps, a field to jump.

use crate::app::browser::{matches_media, now_ms};
use crate::app::playback::{SPEEDS, Time};
use crate::app::state::{Action, State, as_sentence};
use crate::moment::Stop;
use crate::summary::moment_text;
use gloo_render::{AnimationFrame, request_animation_frame};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// The id of the field to jump.
pub const JUMP_ID: &str = "jump";

/// Where motion is not wanted, playing goes in steps of so long, in milliseconds.
const STILL_MS: f64 = 500.0;

/// A tab that was hidden does not catch up; milliseconds.
const MOST_MS: f64 = 1_000.0;

/// Has the moment move while it plays.
#[hook]
pub fn use_playing(on: bool, on_action: &Callback<Action>) {
    let on_action = on_action.clone();
    use_effect_with(on, move |on| {
        let frame: Frame = Rc::default();
        if *on {
            let still = matches_media("(prefers-reduced-motion: reduce)");
            tick(
                &frame,
                now_ms(),
                if still { STILL_MS } else { 0.0 },
                on_action,
            );
        }
        // Dropping the frame cancels it, and with it all that would follow.
        move || drop(frame.take())
    });
}

type Frame = Rc<RefCell<Option<AnimationFrame>>>;

fn tick(frame: &Frame, last_ms: f64, step_ms: f64, on_action: Callback<Action>) {
    let next = Rc::downgrade(frame);
    let request = request_animation_frame(move |_| {
        let Some(frame) = next.upgrade() else { return };
        let now_ms = now_ms();
        let passed_ms = now_ms - last_ms;
        if passed_ms < step_ms {
            tick(&frame, last_ms, step_ms, on_action);
        } else {
            tick(&frame, now_ms, step_ms, on_action.clone());
            let passed_ns = passed_ms.min(MOST_MS) * 1e6;
            on_action.emit(Time::Passed(passed_ns as u64).into());
        }
    });
    // The frame before has fired.
    *frame.borrow_mut() = Some(request);
}

/// The bar.
pub fn transport(state: &State, on_action: &Callback<Action>) -> Html {
    let button = |time: Time, label: &'static str, key: &str, shapes: Html| {
        let onclick = on_action.reform(move |_: MouseEvent| time.clone().into());
        html! {
            <button type="button" class="quiet square" aria-label={label} title={format!("{label} ({key})")} {onclick}>
                { shapes }
            </button>
        }
    };
    let steps = |stop: Stop, word: &'static str, labels: [&'static str; 2], keys: [&str; 2]| {
        html! {
            <div class="steps">
                { button(Time::Step(stop, false), labels[0], keys[0], glyph("M10 3.5 5 8l5 4.5")) }
                <span aria-hidden="true">{ word }</span>
                { button(Time::Step(stop, true), labels[1], keys[1], glyph("m6 3.5 5 4.5-5 4.5")) }
            </div>
        }
    };
    let playing = state.playback.on;
    let (label, shapes) = match playing {
        true => ("Pause", glyph("M5.5 3.5v9m5-9v9")),
        false => ("Play", filled("M4.5 2.8v10.4L13 8z")),
    };
    let on_speed = on_action.reform(|event: Event| {
        let select = event.target_dyn_into::<HtmlSelectElement>();
        let speed = select.map_or(0, |select| select.selected_index().max(0) as usize);
        Time::Speed(speed).into()
    });
    let on_jump = on_action.reform(|event: SubmitEvent| {
        event.prevent_default();
        Time::Jump(written(&event).unwrap_or_default()).into()
    });
    let time_ns = match state.cursor {
        Some(cursor) => cursor.time_ns,
        None => state.with_traces(|traces| {
            let ends = traces.iter().map(|trace| trace.duration_ns());
            ends.max().unwrap_or(0)
        }),
    };
    let problem = state.playback.problem.as_deref();
    html! {
        <section class="transport" aria-label="Time">
            <div class="play">
                { button(Time::ToEnd(false), "To the beginning", "Shift J", glyph("M12 3.5 6.5 8l5.5 4.5zM3.5 3.5v9")) }
                <button type="button" class="play-button" aria-label={label} title={format!("{label} (P)")}
                    onclick={on_action.reform(|_: MouseEvent| Time::Play.into())}>
                    { shapes }
                </button>
                { button(Time::ToEnd(true), "To the end", "Shift L", glyph("M4 3.5 9.5 8 4 12.5zM12.5 3.5v9")) }
                <select aria-label="Speed" title="Speed (<, >)" onchange={on_speed}>
                    { for SPEEDS.iter().enumerate().map(|(speed, (_, words))| html! {
                        <option selected={speed == state.playback.speed}>{ *words }</option>
                    }) }
                </select>
            </div>
            { steps(Stop::Event, "event", ["Previous event", "Next event"], [",", "."]) }
            { steps(Stop::Turn, "turn", ["Previous turn", "Next turn"], ["J", "L"]) }
            { steps(Stop::Line, "line", ["Previous line of output", "Next line of output"], ["B", "N"]) }
            <form class="jump" onsubmit={on_jump}>
                <output class="moment" aria-label="Moment">{ moment_text(time_ns) }{ " s" }</output>
                <input type="text" id={JUMP_ID} aria-label="Go to a time or a turn" title="Go to a time or a turn (G)"
                    placeholder="1.5 s, turn 3" autocomplete="off" spellcheck="false" enterkeyhint="go"
                    aria-invalid={problem.map(|_| "true")} aria-describedby={problem.map(|_| "jump-problem")} />
            </form>
            if let Some(problem) = problem {
                <p class="field-error" id="jump-problem" role="alert">{ as_sentence(problem) }</p>
            }
        </section>
    }
}

/// What is written in the field of a form.
fn written(event: &SubmitEvent) -> Option<String> {
    let form = event.target()?.dyn_into::<Element>().ok()?;
    let field = form.query_selector("input").ok()??;
    Some(field.dyn_into::<HtmlInputElement>().ok()?.value())
}

fn glyph(path: &'static str) -> Html {
    html! {
        <svg class="icon" width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor"
            stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
            <path d={path} />
        </svg>
    }
}

fn filled(path: &'static str) -> Html {
    html! {
        <svg class="icon" width="16" height="16" viewBox="0 0 16 16" fill="currentColor" aria-hidden="true">
            <path d={path} />
        </svg>
    }
}
