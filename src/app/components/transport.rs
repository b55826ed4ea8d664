//! What moves through time: play and pause, steps, a field to jump.

use crate::app::browser;
use crate::app::components::dom::{number_at, option, tag, text};
use crate::app::state::PageState;
use crate::app::state::action::Action;
use crate::app::state::jump;
use crate::app::state::panel::Panel;
use crate::app::state::playback::{PlaybackAction, SPEEDS};
use crate::app::state::run::with_traces;
use crate::app::state::sentences::{as_sentence, without_line};
use crate::app::state::store::Store;
use crate::derived::moment::{Moment, StepUnit};
use crate::derived::summary::moment_text;
use crate::derived::timeline::Scale;
use crate::picture::axis::scale_in_force;
use crate::picture::palette;
use crate::picture::words::event_words;
use crate::text::number::grouped;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

/// The id of the button to play: where the focus goes when a jump is done.
const PLAY_ID: &str = "time-1";

/// What the buttons ask for, by their number in `data-ask`.
const ASKS: &[PlaybackAction] = &[
    PlaybackAction::ToEnd(false),
    PlaybackAction::Play,
    PlaybackAction::ToEnd(true),
    PlaybackAction::Step(StepUnit::Event, false),
    PlaybackAction::Step(StepUnit::Event, true),
    PlaybackAction::Step(StepUnit::Turn, false),
    PlaybackAction::Step(StepUnit::Turn, true),
    PlaybackAction::Step(StepUnit::Line, false),
    PlaybackAction::Step(StepUnit::Line, true),
];

/// By what one goes through time.
const UNITS: [(StepUnit, &str); 3] = [
    (StepUnit::Event, "event"),
    (StepUnit::Turn, "turn"),
    (StepUnit::Line, "line"),
];

fn unit_word(unit: StepUnit) -> &'static str {
    let found = UNITS.iter().find(|(other, _)| *other == unit);
    found.map_or("", |(_, word)| word)
}

/// `legend` says what the signs of the pictures mean.
pub(crate) fn transport(state: &PageState, store: &Store, legend: Html) -> Html {
    let onclick = {
        let store = store.clone();
        Callback::from(
            move |event: MouseEvent| match number_at(&event, "data-ask") {
                Some(ask) if ask < ASKS.len() => store.dispatch(ASKS[ask].clone()),
                Some(ask) if ask == ASKS.len() => store.dispatch(Action::TogglePresenting),
                Some(_) => store.dispatch(Action::ToggleTools),
                None => {}
            },
        )
    };
    let on_speed = {
        let store = store.clone();
        Callback::from(move |event: Event| {
            let select = event.target_dyn_into::<HtmlSelectElement>();
            let speed = select.map_or(0, |select| select.selected_index().max(0) as usize);
            store.dispatch(PlaybackAction::Speed(speed));
        })
    };
    let onsubmit = {
        let store = store.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(field) = field_of(&event) else {
                return;
            };
            let runs = &store.state().runs;
            let moment = with_traces(runs, |traces| jump::moment_of(&field.value(), traces));
            if moment.is_ok() {
                // What is done need not stay there, and letters are keys again.
                field.set_value("");
                browser::focus(PLAY_ID);
            }
            store.dispatch(PlaybackAction::Jump(moment));
        })
    };
    let problem = state.playback.problem.as_deref();
    let (play, play_path) = match state.playback.on {
        true => ("Pause", "M5.5 3.5v9m5-9v9"),
        false => ("Play", "M5 3.2v9.6L12.5 8z"),
    };
    let (present_label, present_path) = match state.presents {
        true => ("Show everything", "M6.5 2.5v4h-4m7 7v-4h4"),
        false => ("Present", "M2.5 6.5v-4h4m3 11h4v-4"),
    };
    let tools_label = match state.tools {
        true => "Hide the tools of the picture",
        false => "More: table, critical path, ideal against actual, options",
    };
    let on_unit = {
        let store = store.clone();
        Callback::from(move |event: Event| {
            let select = event.target_dyn_into::<HtmlSelectElement>();
            let unit = select.map_or(0, |select| select.selected_index().max(0) as usize);
            store.dispatch(Action::UseSteps(UNITS[unit.min(UNITS.len() - 1)].0));
        })
    };
    let (time_ns, happened) = happened(state);
    // A step is told to those who hear the page; what moves by itself is not.
    // Nor is a step in a picture, which says itself what became of it.
    let is_told = state.playback.on || state.cursor.is_none() || browser::is_in_picture();
    let announced = match is_told {
        true => "off",
        false => "polite",
    };
    tag("section")
        .set(
            "class",
            format!("transport by-{}", unit_word(state.step_unit)),
        )
        .set("aria-label", "Time")
        .on_click(onclick)
        .push(
            tag("div")
                .class("play")
                .push(button(
                    0,
                    "quiet square",
                    "To the beginning",
                    "Shift J",
                    "M12.5 3.5 7 8l5.5 4.5zM4 3.5v9",
                ))
                .push(button(1, "play-button", play, "P", play_path))
                .push(button(
                    2,
                    "quiet square",
                    "To the end",
                    "Shift L",
                    "M3.5 3.5 9 8l-5.5 4.5zM12 3.5v9",
                ))
                .push(
                    tag("select")
                        .set("aria-label", "Speed")
                        .set("title", "Speed (<, >)")
                        .on_change(on_speed)
                        .extend(SPEEDS.iter().enumerate().map(|(speed, (_, words))| {
                            option(*words, *words, speed == state.playback.speed, false)
                        })),
                ),
        )
        .push(
            tag("select")
                .class("unit")
                .set("aria-label", "Steps")
                .set("title", "What the arrows beside it go by")
                .on_change(on_unit)
                .extend(
                    UNITS.iter().map(|(unit, words)| {
                        option(*words, *words, *unit == state.step_unit, false)
                    }),
                ),
        )
        .push(steps(
            3,
            "event",
            ["Previous event", "Next event"],
            [",", "."],
        ))
        .push(steps(5, "turn", ["Previous turn", "Next turn"], ["J", "L"]))
        .push(steps(
            7,
            "line",
            ["Previous line of output", "Next line of output"],
            ["B", "N"],
        ))
        .push(axis_choice(state, store))
        .push(
            tag("form")
                .class("jump")
                .listen(ListenerKind::onsubmit, onsubmit)
                .push(
                    tag("input")
                        .set("type", "text")
                        .set("id", jump::FIELD_ID)
                        .set("aria-label", "Go to a time or a turn")
                        .set("title", "Go to a time or a turn (G)")
                        .set("placeholder", "go to")
                        .set("autocomplete", "off")
                        .set("spellcheck", "false")
                        .set("enterkeyhint", "go")
                        .set("aria-invalid", problem.map(|_| "true"))
                        .set("aria-describedby", problem.map(|_| "jump-problem")),
                ),
        )
        .push(button(
            ASKS.len(),
            "quiet square",
            present_label,
            "V",
            present_path,
        ))
        .push(button(
            ASKS.len() + 1,
            "quiet square",
            tools_label,
            "I",
            "M3 5h6m3 0h1M3 11h1m3 0h6M9 3v4M6 9v4",
        ))
        .push(if let Some(problem) = problem {
            tag("p")
                .class("field-error")
                .set("id", "jump-problem")
                .set("role", "alert")
                .push(as_sentence(problem))
                .html()
        } else {
            Html::default()
        })
        .push(
            tag("div")
                .class("now")
                .push(
                    tag("p")
                        .class("moment")
                        .set("aria-live", announced)
                        .push(tag("b").push(moment_text(time_ns)).push(" s"))
                        .push(happened),
                )
                .push(legend),
        )
        .html()
}

/// Whether lanes are laid out along time or along the loop's turns. A run that takes no time has
/// turns alone.
fn axis_choice(state: &PageState, store: &Store) -> Html {
    let in_force = with_traces(&state.runs, |traces| {
        let trace = traces.iter().max_by_key(|trace| trace.duration_ns());
        trace.map(|trace| scale_in_force(trace, state.axis.unwrap_or_default()))
    });
    let choice = |axis: Scale, label: &'static str| {
        let store = store.clone();
        tag("label")
            .push(
                tag("input")
                    .set("type", "radio")
                    .set("name", "axis")
                    .checked(in_force == Some(axis))
                    .on_change(Callback::from(move |_: Event| {
                        store.dispatch(Action::UseAxis(axis))
                    })),
            )
            .push(tag("span").push(label))
            .html()
    };
    tag("div")
        .class("segments")
        .set("role", "group")
        .set("aria-label", "Axis")
        .push(choice(Scale::Time, "Time"))
        .push(choice(Scale::Order, "Turns"))
        .html()
}

/// The time of the moment, and the last thing that has happened, in words.
fn happened(state: &PageState) -> (u64, Html) {
    with_traces(&state.runs, |traces| {
        let ends = traces.iter().map(|trace| trace.duration_ns());
        let end_ns = ends.max().unwrap_or(0);
        let at = state.cursor.unwrap_or_else(|| Moment::at(end_ns));
        let Some((slot, position)) = at.last_event(traces) else {
            return (at.time_ns, text("nothing has happened yet"));
        };
        let trace = traces[slot];
        let (task, words) = event_words(trace, &trace.events[position]);
        let number = format!(
            "event {} of {}",
            grouped(position as i64 + 1),
            grouped(trace.events.len() as i64)
        );
        let mut parts = Vec::new();
        if let Some(task) = task {
            let class = format!("who t{}", palette::of_task(task));
            parts.push(
                tag("span")
                    .set("class", class)
                    .push(trace.name(task).to_owned())
                    .html(),
            );
            parts.push(text(" "));
        }
        // The lines are those of the Rust file.
        let words = match state.panel {
            Panel::Rust => words,
            _ => without_line(words),
        };
        parts.push(text(words));
        parts.push(text(" "));
        parts.push(tag("span").class("counts").push(number).html());
        (at.time_ns, tag("span").class("happened").push(parts).html())
    })
}

fn steps(
    ask: usize,
    word: &'static str,
    labels: [&'static str; 2],
    keys: [&'static str; 2],
) -> Html {
    let class = "quiet square";
    tag("div")
        .set("class", format!("steps {word}-steps"))
        .push(button(ask, class, labels[0], keys[0], "M10 3.5 5 8l5 4.5"))
        .push(tag("span").set("aria-hidden", "true").push(word))
        .push(button(
            ask + 1,
            class,
            labels[1],
            keys[1],
            "m6 3.5 5 4.5-5 4.5",
        ))
        .html()
}

fn button(
    ask: usize,
    class: &'static str,
    label: &'static str,
    key: &'static str,
    path: &'static str,
) -> Html {
    let path = tag("path").set("d", path).html();
    let picture = tag("svg")
        .class("glyph")
        .set("viewBox", "0 0 16 16")
        .set("aria-hidden", "true")
        .push(path)
        .html();
    tag("button")
        .set("type", "button")
        .set("class", class)
        .set("id", format!("time-{ask}"))
        .set("data-ask", ask.to_string())
        .set("aria-label", label)
        .set("title", format!("{label} ({key})"))
        .push(picture)
        .html()
}

/// The field of a form.
fn field_of(event: &SubmitEvent) -> Option<HtmlInputElement> {
    let form = event.target()?.dyn_into::<Element>().ok()?;
    form.query_selector("input").ok()??.dyn_into().ok()
}
