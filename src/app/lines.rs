//! The card with a run's output.

use crate::app::line_index::LineIndex;
use crate::app::run_ref::RunRef;
use crate::app::source::CopyButton;
use crate::output;
use crate::palette;
use crate::param::grouped;
use crate::summary::moment_text;
use crate::trace::{Trace, What};
use web_sys::Element;
use yew::prelude::*;

/// So many lines are shown at first, and so many more at a time. A browser lays out each line it
/// is given whether it is in view or not.
const LINES_AT_FIRST: usize = 500;
const MORE_LINES: usize = 2_000;

/// The list counts as scrolled to its end when less than this is below, in pixels.
const NEAR_THE_END_PX: i32 = 24;

/// Properties of [`Output`].
#[derive(Properties, PartialEq)]
pub struct OutputProps {
    /// Whose output.
    pub run: RunRef,
    /// The mode it was run in.
    pub label: AttrValue,
    /// Whether it goes on because the reader asked for it: new lines are announced then.
    pub live: bool,
}

/// The card.
#[component]
pub fn Output(props: &OutputProps) -> Html {
    let index = use_mut_ref(LineIndex::default);
    let shown_lines = use_state_eq(|| LINES_AT_FIRST);
    let list = use_node_ref();
    let at_end = use_mut_ref(|| true);
    {
        let (list, at_end) = (list.clone(), at_end.clone());
        use_effect_with((props.run.clone(), props.live), move |(_, live)| {
            if let (true, true, Some(list)) = (*live, *at_end.borrow(), list.cast::<Element>()) {
                list.set_scroll_top(list.scroll_height());
            }
        });
    }
    let on_scroll = {
        let list = list.clone();
        Callback::from(move |_: Event| {
            if let Some(list) = list.cast::<Element>() {
                let below = list.scroll_height() - list.client_height() - list.scroll_top();
                *at_end.borrow_mut() = below < NEAR_THE_END_PX;
            }
        })
    };
    let on_more = {
        let shown_lines = shown_lines.clone();
        Callback::from(move |_: MouseEvent| shown_lines.set(*shown_lines + MORE_LINES))
    };
    let mut index = index.borrow_mut();
    let events = index.of(&props.run);
    let recording = props.run.recording.borrow();
    let trace = recording.trace();
    let hidden = events.len().saturating_sub(*shown_lines);
    let text = {
        let run = props.run.clone();
        Callback::from(move |()| output::text(run.recording.borrow().trace()))
    };
    html! {
        <section class="output card" aria-label="Output">
            <header class="card-head">
                <h2>{ "Output" }</h2>
                <span class="soft">{ &props.label }</span>
                <span class="counts">
                    { match events.len() { 1 => "1 line".to_owned(), count => format!("{} lines", grouped(count as i64)) } }
                </span>
                <CopyButton {text} label="Copy the output" />
            </header>
            <div ref={list} class="lines" role="log" aria-live={if props.live { "polite" } else { "off" }}
                aria-label="Lines" tabindex="0" onscroll={on_scroll}>
                if hidden > 0 {
                    <p class="earlier">
                        { format!("… {} earlier lines are not shown ", grouped(hidden as i64)) }
                        <button type="button" class="quiet" onclick={on_more}>
                            { format!("Show {} more", grouped(hidden.min(MORE_LINES) as i64)) }
                        </button>
                    </p>
                }
                if events.is_empty() {
                    <p class="nothing">{ if trace.end.is_some() { "It printed nothing." } else { "Nothing printed yet." } }</p>
                }
                { for events[hidden..].iter().map(|event| line(trace, *event)) }
            </div>
        </section>
    }
}

fn line(trace: &Trace, position: u32) -> Html {
    let Some(event) = trace.events.get(position as usize) else {
        return Html::default();
    };
    let (task, text, note) = match event.what {
        What::Output { task, text, .. } => (task, trace.text(text), false),
        What::Note { task, text } => (task, trace.text(text), true),
        _ => return Html::default(),
    };
    let name = trace.name(task);
    let colour = format!("t{}", palette::of_task(task));
    html! {
        <div key={position} class={classes!("line", note.then_some("note"))}>
            <time>{ moment_text(event.time_ns) }</time>
            <span class={classes!("dot", colour)} title={name.to_owned()}>
                <span class="visually-hidden">{ format!("{name}:") }</span>
            </span>
            <span class="line-text">{ text }</span>
        </div>
    }
}
