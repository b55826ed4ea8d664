//! The card with a run's output.

use crate::app::components::dom::{self, named, number_at, tag};
use crate::app::components::source::CopyButton;
use crate::app::state::action::Action;
use crate::app::state::sentences::counted;
use crate::derived::moment::Moment;
use crate::derived::output;
use crate::derived::run_ref::RunRef;
use crate::derived::summary::moment_text;
use crate::picture::palette;
use crate::text::number::grouped;
use crate::trace::{EventKind, Trace};
use std::cmp::Ordering;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

/// How many lines are shown at first: a browser lays out each line it is given whether it is in view
/// or not.
const LINES_AT_FIRST: usize = 200;

/// How many lines come with each wish for more.
const MORE_LINES: usize = 2_000;

/// The list counts as scrolled to its end when less than this is below, in pixels.
const NEAR_THE_END_PX: i32 = 24;

/// How many lines are shown at first while a run goes on: there may be hundreds of new ones in each frame, and all
/// that are shown are laid out anew then. More than the list shows at once in most windows.
const LINES_LIVE: usize = 30;

/// How many lines are shown around the line of a moment.
const LINES_AROUND: usize = 150;

/// By how many lines those move on: while it plays there may be another line in each frame.
const LINES_ON: usize = 50;

#[derive(Properties, PartialEq)]
pub(crate) struct OutputProps {
    pub run: RunRef,
    pub label: AttrValue,
    /// Whether it goes on because the reader asked for it: new lines are announced then.
    pub live: bool,
    pub slot: usize,
    /// How many lines were printed at the moment shown; `None` at the end, or for now.
    pub printed: Option<usize>,
    /// The reader goes to the moment of a line.
    pub on_action: Callback<Action>,
    /// The choice of another run's output.
    #[prop_or_default]
    pub children: Html,
}

#[component]
pub(crate) fn Output(props: &OutputProps) -> Html {
    let shown_lines = use_state_eq(|| LINES_AT_FIRST);
    let list = use_node_ref();
    let at_end = use_mut_ref(|| true);
    let last_top = use_mut_ref(|| 0);
    // Whether the list goes with a run to its end, as long as the reader does not scroll up.
    let follows = use_mut_ref(|| false);
    let to_the_end = {
        let (list, at_end, follows) = (list.clone(), at_end.clone(), follows.clone());
        move || {
            if let (true, true, Some(list)) =
                (*follows.borrow(), *at_end.borrow(), list.cast::<Element>())
            {
                list.set_scroll_top(list.scroll_height());
            }
        }
    };
    {
        let to_the_end = to_the_end.clone();
        let was_live = use_mut_ref(|| false);
        use_effect_with((props.run.clone(), props.live), move |(_, live)| {
            // The last lines come with the news that it is over.
            *follows.borrow_mut() = was_live.replace(*live) || *live;
            to_the_end();
        });
    }
    {
        // The picture above it takes more room when a run has ended.
        let list = list.clone();
        use_effect_with((), move |()| {
            let list = list.cast::<Element>();
            let observed = list.and_then(|list| dom::on_resize(&list, to_the_end));
            move || drop(observed)
        });
    }
    {
        let list = list.clone();
        use_effect_with((props.run.clone(), props.printed), move |(_, printed)| {
            if let (Some(_), Some(list)) = (printed, list.cast::<HtmlElement>()) {
                show_current(&list);
            }
        });
    }
    let on_scroll = {
        let list = list.clone();
        Callback::from(move |_: Event| {
            if let Some(list) = list.cast::<Element>() {
                let top = list.scroll_top();
                let below = list.scroll_height() - list.client_height() - top;
                // Lines that came since the list was scrolled to its end are below too: it is the
                // reader who goes up.
                let goes_up = top < last_top.replace(top);
                let mut at_end = at_end.borrow_mut();
                *at_end = below < NEAR_THE_END_PX || (*at_end && !goes_up);
            }
        })
    };
    let on_more = {
        let shown_lines = shown_lines.clone();
        Callback::from(move |_: MouseEvent| shown_lines.set(*shown_lines + MORE_LINES))
    };
    let recording = props.run.borrow();
    let (trace, events) = (recording.trace(), recording.lines());
    let (last, count) = match props.printed {
        Some(printed) => ((printed / LINES_ON + 2) * LINES_ON, LINES_AROUND),
        None if props.live && *shown_lines == LINES_AT_FIRST => (events.len(), LINES_LIVE),
        None => (events.len(), *shown_lines),
    };
    let last = last.max(count).min(events.len());
    let hidden = last.saturating_sub(count);
    // A list of their own: all in it have keys, so that those that stay are known by them.
    let lines = events[hidden..last].iter().enumerate();
    let lines: Vec<Html> = lines
        .map(|(index, event)| {
            let phase = match props.printed {
                None => LinePhase::Past,
                Some(printed) => match (hidden + index + 1).cmp(&printed) {
                    Ordering::Less => LinePhase::Past,
                    Ordering::Equal => LinePhase::Current,
                    Ordering::Greater => LinePhase::Ahead,
                },
            };
            line(trace, *event, phase)
        })
        .collect();
    let on_click = {
        let (run, slot, on_action) = (props.run.clone(), props.slot, props.on_action.clone());
        Callback::from(move |event: MouseEvent| {
            if let Some(position) = number_at(&event, "data-event") {
                let moment = {
                    let recording = run.borrow();
                    Moment::after(recording.trace(), slot, position + 1)
                };
                on_action.emit(Action::MoveCursor(Some(moment)));
            }
        })
    };
    let text = {
        let run = props.run.clone();
        Callback::from(move |()| output::text(run.borrow().trace()))
    };
    tag("section")
        .class("output card")
        .set("aria-label", named("Output", &props.label))
        .push(
            tag("header")
                .class("card-head")
                .push(tag("h2").push("Output"))
                .push(if props.children == Html::default() {
                    tag("span").class("soft").push(props.label.clone()).html()
                } else {
                    props.children.clone()
                })
                .push(tag("span").class("counts").push(match props.printed {
                    Some(printed) => format!(
                        "{} of {}",
                        grouped(printed as i64),
                        counted(events.len(), "line")
                    ),
                    None => counted(events.len(), "line"),
                }))
                .push(html! { <CopyButton text={text} label="Copy the output" /> }),
        )
        .push(
            tag("div")
                .node(list)
                .class("lines")
                .set("role", "log")
                .set("aria-live", if props.live { "polite" } else { "off" })
                .set("aria-label", "Lines")
                .set("tabindex", "0")
                .listen(ListenerKind::onscroll, on_scroll)
                .on_click(on_click)
                .push(if hidden > 0 {
                    tag("p")
                        .class("earlier")
                        .push(format!(
                            "… {} earlier lines are not shown ",
                            grouped(hidden as i64)
                        ))
                        .push(if props.printed.is_none() {
                            tag("button")
                                .set("type", "button")
                                .class("quiet")
                                .on_click(on_more)
                                .push(format!(
                                    "Show {} more",
                                    grouped(hidden.min(MORE_LINES) as i64)
                                ))
                                .html()
                        } else {
                            Html::default()
                        })
                        .html()
                } else {
                    Html::default()
                })
                .push(if events.is_empty() {
                    tag("p")
                        .class("nothing")
                        .push(if trace.end.is_some() {
                            "It printed nothing."
                        } else {
                            "Nothing printed yet."
                        })
                        .html()
                } else {
                    Html::default()
                })
                .push(lines)
                .push(if last < events.len() {
                    tag("p")
                        .class("earlier")
                        .push(format!(
                            "… {} later lines are not shown",
                            grouped((events.len() - last) as i64)
                        ))
                        .html()
                } else {
                    Html::default()
                }),
        )
        .html()
}

/// Where a line is, seen from the moment shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LinePhase {
    Past,
    /// The last one printed.
    Current,
    /// Not printed yet.
    Ahead,
}

/// Scrolls the list, and nothing else, so that its current line can be seen.
fn show_current(list: &HtmlElement) {
    let current = list.query_selector("[aria-current]").ok().flatten();
    let Some(current) = current.and_then(|line| line.dyn_into::<HtmlElement>().ok()) else {
        list.set_scroll_top(0);
        return;
    };
    // Two lines of what comes before and after stay in view.
    // The list is what its lines are positioned in.
    let (top, height) = (current.offset_top(), current.offset_height());
    // In a list with little room the line stands in the middle.
    let around = (2 * height).min((list.client_height() - height) / 2);
    let (above, below) = (top - around, top + height + around);
    if above < list.scroll_top() {
        list.set_scroll_top(above);
    } else if below > list.scroll_top() + list.client_height() {
        list.set_scroll_top(below - list.client_height());
    }
}

fn line(trace: &Trace, position: u32, phase: LinePhase) -> Html {
    let Some(event) = trace.events.get(position as usize) else {
        return Html::default();
    };
    let (task, text, note) = match event.kind {
        EventKind::Output { task, text, .. } => (task, trace.text(text), false),
        EventKind::Note { task, text } => (task, trace.text(text), true),
        _ => return Html::default(),
    };
    let name = trace.name(task);
    let colour = format!("dot t{}", palette::of_task(task));
    let class = match (note, phase) {
        (false, LinePhase::Ahead) => "line ahead",
        (false, _) => "line",
        (true, LinePhase::Ahead) => "line note ahead",
        (true, _) => "line note",
    };
    tag("div")
        .key(position)
        .set("class", class)
        .set("data-event", position.to_string())
        .set(
            "aria-current",
            (phase == LinePhase::Current).then_some("true"),
        )
        .push(tag("time").push(moment_text(event.time_ns)))
        .push(
            tag("span")
                .set("class", colour)
                .set("title", name.to_owned())
                .push(
                    tag("span")
                        .class("visually-hidden")
                        .push(format!("{name}:")),
                ),
        )
        .push(tag("span").class("line-text").push(text.to_owned()))
        .html()
}
