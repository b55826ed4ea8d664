//! The card of a run: how long it took, what was remarkable, and its picture.

use crate::app::browser::{self, now_ms};
use crate::app::components::dom::{all, is_open, named, tag, text};
use crate::app::components::ideal::ideal;
use crate::app::components::picture::Picture;
use crate::app::hooks::frames::Frames;
use crate::app::state::action::Action;
use crate::app::state::run::{Purpose, Run};
use crate::app::state::sentences::{counted, ending_heading, offers_reload};
use crate::app::state::store::Store;
use crate::derived::ending;
use crate::derived::headline;
use crate::derived::run_ref::RunRef;
use crate::derived::summary;
use crate::picture::interaction::Shared;
use crate::picture::legend::{LegendEntry, Sign, legend};
use crate::picture::view::Rows;
use crate::text::number::{fixed, grouped};
use crate::trace::{ClockKind, EndReason};
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

/// What a card shows.
pub(crate) struct RunCard<'a> {
    pub shown: &'a Run,
    /// What its version is called.
    pub name: String,
    /// How long it should take, where that is known; nanoseconds.
    pub expected_ns: Option<u64>,
    /// The length of the axis, where runs side by side share one; nanoseconds.
    pub extent_ns: Option<u64>,
    /// What it should become, as far as a preview has said.
    pub outline: Option<RunRef>,
    pub slot: usize,
    /// How low the rows of its picture are.
    pub rows: Rows,
    /// Whether it is one of several.
    pub several: bool,
    /// Whether it is the lowest of them.
    pub last: bool,
    pub shared: Shared,
    pub compares: bool,
    pub store: &'a Store,
    /// What one would say of it.
    pub sentence: &'a str,
    /// What is wrong with it.
    pub findings: Html,
}

pub(crate) fn run_card(card: RunCard) -> Html {
    let shown = card.shown;
    let live = shown.goes_on() && shown.asked_for();
    let recording = shown.recording.borrow();
    let trace = recording.trace();
    let duration_ns = trace.duration_ns();
    let events = trace.events.len();
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

    let ontoggle = {
        let store = card.store.clone();
        Callback::from(move |event: Event| store.dispatch(Action::Compares(is_open(&event))))
    };
    let label = named("Timeline", &shown.label);
    tag("section")
        .key(shown.slot)
        .class("run")
        .set("aria-label", label.clone())
        .push(
            tag("header")
                .class("run-head")
                .push(if !shown.label.is_empty() {
                    tag("h2").push(card.name).html()
                } else {
                    tag("h2").class("visually-hidden").push("Timeline").html()
                })
                .push(tag("p").class("elapsed").push(
                    if let (true, Purpose::Asked { at_ms, speed }) = (live, shown.purpose) {
                        html! {
                            <Elapsed
                                at_ms={at_ms}
                                speed={speed}
                                expected_ns={expected_ns(shown, card.expected_ns)}
                            />
                        }
                    } else {
                        text(summary::time_text(duration_ns))
                    },
                ))
                .push(if let Some((heading, sentence)) = ending {
                    tag("div")
                        .set(
                            "class",
                            match stopped {
                                true => "ending mild",
                                false => "ending",
                            },
                        )
                        .set("role", "alert")
                        .set("title", sentence.clone())
                        .push(tag("b").push(heading))
                        .push(tag("span").push(sentence))
                        .push(if offers_reload {
                            tag("button")
                                .set("type", "button")
                                .on_click(Callback::from(|_: MouseEvent| browser::reload()))
                                .push("Reload the page")
                                .html()
                        } else {
                            Html::default()
                        })
                        .html()
                } else {
                    Html::default()
                })
                .push(tag("p").class("run-summary").push(if live {
                    text(format!("running, {}", counted(events, "event")))
                } else if card.several {
                    text(card.sentence.to_owned())
                } else {
                    Html::default()
                }))
                .push(card.findings)
                .push(badge(shown)),
        )
        .push(html! {
            <Picture
                run={shown.recording.clone()}
                live={live}
                rows={card.rows}
                last={card.last}
                extent_ns={card.extent_ns}
                outline={card.outline}
                slot={card.slot}
                shared={card.shared}
                store={card.store.clone()}
                label={label}
            />
        })
        .push(
            tag("details")
                .class("ideal")
                .set("open", card.compares)
                .listen(ListenerKind::ontoggle, ontoggle)
                .push(tag("summary").push("Ideal against actual"))
                .push(if card.compares {
                    ideal(&shown.recording, card.store)
                } else {
                    Html::default()
                }),
        )
        .html()
}

/// What is remarkable about a run; nothing while it goes on.
pub(crate) fn sentence_of(run: &RunRef) -> String {
    let recording = run.borrow();
    // While it goes on there is a batch in every frame, and nobody reads that fast.
    match recording.trace().end {
        None => String::new(),
        Some(_) => {
            let (trace, timeline) = (recording.trace(), recording.timeline());
            headline::remark(trace, timeline, &recording.findings()).unwrap_or_default()
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
            "preview",
            "What the instant clock says will happen. Run shows what really does.",
        ),
        (true, ClockKind::Instant) => (
            "instant",
            "instant clock",
            "In virtual time, which jumps to the next deadline.",
        ),
        (true, ClockKind::Live) => ("live", "live", "In real time, on the browser's event loop."),
    };
    let faster = match shown.purpose {
        Purpose::Asked { speed: 2.., .. } if class == "live" => speed_words(shown.purpose),
        _ => String::new(),
    };
    tag("span")
        .set("class", ["badge ", class].concat())
        .set("title", hint)
        .push(words)
        .push(faster)
        .html()
}

/// ", 60 times as fast".
fn speed_words(purpose: Purpose) -> String {
    match purpose {
        Purpose::Asked { speed, .. } => format!(", {} times as fast", grouped(i64::from(speed))),
        Purpose::Preview | Purpose::Recorded => String::new(),
    }
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
    /// How many times as fast as real time the run's clock goes.
    speed: u32,
    expected_ns: Option<u64>,
}

/// A running stop-watch, with a bar along the card that is exact where it is known how long the
/// run takes, and only busy where it is not.
#[component]
fn Elapsed(props: &ElapsedProps) -> Html {
    let elapsed_ms = use_elapsed_ms(props.at_ms) * f64::from(props.speed);
    // Seconds from the start: a unit that changes makes the text jump.
    let text = match elapsed_ms {
        ..1_000.0 => fixed(elapsed_ms / 1e3, 2) + " s",
        _ => summary::time_text((elapsed_ms * 1e6) as u64),
    };
    let expected_ms = props
        .expected_ns
        .map(|expected_ns| expected_ns as f64 / 1e6);
    all(vec![
        if let Some(expected_ms) = expected_ms {
            tag("progress")
                .class("run-progress")
                .set("aria-label", "How much of the expected time is over")
                .set("max", fixed(expected_ms, 0))
                .set("value", fixed(elapsed_ms.min(expected_ms), 0))
                .html()
        } else {
            tag("progress")
                .class("run-progress")
                .set("aria-label", "The run goes on")
                .html()
        },
        tag("span").set("aria-hidden", "true").push(text).html(),
    ])
}

/// What the signs of the picture mean, those that occur in it, and how many tasks there are.
pub(crate) fn legend_html(run: &RunRef) -> Html {
    let recording = run.borrow();
    let tasks = counted(recording.trace().tasks.len(), "task");
    let swatch = |entry: LegendEntry| {
        let (class, top, bottom, dashes) = match entry.sign {
            Sign::Running => ("sign-running", 1, 11, String::new()),
            Sign::Blocking => ("sign-blocking", 1, 11, String::new()),
            Sign::Ready => ("sign-ready", 3, 9, "2 2".to_owned()),
            Sign::Waiting(style) => {
                let dashes = style.dashes_px().iter();
                let dashes: Vec<String> = dashes.map(|px| fixed(f64::from(*px), 0)).collect();
                ("sign-waiting", 5, 7, dashes.join(" "))
            }
        };
        let line = tag("line")
            .set("class", class)
            .set("x1", "0")
            .set(
                "x2",
                if entry.sign == Sign::Running {
                    "4"
                } else {
                    "16"
                },
            )
            .set("y1", "6")
            .set("y2", "6")
            .set("stroke-width", (bottom - top).to_string())
            .set("stroke-dasharray", dashes)
            .html();
        let picture = tag("svg")
            .set("width", "16")
            .set("height", "12")
            .set("aria-hidden", "true")
            .push(line)
            .html();
        tag("li").push(picture).push(entry.words).html()
    };
    let entries = legend(recording.timeline()).into_iter().map(swatch);
    let entries = entries.chain([tag("li").class("counts").push(tasks).html()]);
    tag("ul")
        .class("legend")
        .set("aria-label", "Legend")
        .extend(entries)
        .html()
}
