//! What to look at: the steps of the demo's lesson, with links that move the page.

use crate::app::browser;
use crate::app::components::dom::{all, tag, text};
use crate::app::components::source::use_source;
use crate::app::state::PageState;
use crate::app::state::action::Action;
use crate::app::state::store::Store;
use crate::lesson::{Lesson, Part, Step};
use std::rc::Rc;
use yew::prelude::*;

/// Has the lesson of the demo on screen fetched.
#[hook]
pub(crate) fn use_lesson(store: &Store) {
    let demo = store.state().scenario.demo;
    let text = use_source(demo.lesson);
    let text = text.and_then(Result::ok);
    let lesson = use_memo(text, |text| {
        text.as_ref().map(|text| Rc::new(Lesson::parse(text)))
    });
    let store = store.clone();
    use_effect_with((demo.slug, lesson), move |(slug, lesson)| {
        if let Some(lesson) = &**lesson {
            let lesson = Rc::clone(lesson);
            store.dispatch(Action::Lesson { slug, lesson });
        }
    });
}

/// The steps.
pub(crate) fn lesson(state: &PageState, store: &Store) -> Html {
    let Some(lesson) = &state.lesson else {
        return tag("section")
            .class("lesson")
            .set("aria-label", "What to look at")
            .push(tag("h2").push("What to look at"))
            .html();
    };
    let marked = state.marked_step();
    let count = lesson.steps.len();
    let place = marked.map(|marked| format!("{} of {count}", marked + 1));
    let go = |forward: bool, label: &'static str, sign: &'static str| {
        let store = store.clone();
        tag("button")
            .set("type", "button")
            .class("quiet square")
            .set("aria-label", label)
            .set("title", label)
            .on_click(Callback::from(move |_: MouseEvent| {
                store.dispatch(Action::Step(forward))
            }))
            .push(sign)
            .html()
    };
    tag("section")
        .class("lesson")
        .set("aria-label", "What to look at")
        .push(
            tag("header")
                .push(tag("h2").push("What to look at"))
                .push(tag("span").class("counts").push(place))
                .push(go(false, "Previous step ([)", "‹"))
                .push(go(true, "Next step (])", "›")),
        )
        .push(
            tag("ol").extend(lesson.steps.iter().enumerate().map(|(index, step)| {
                let current = (marked == Some(index)).then_some("step");
                // On a phone there is room for one of them.
                let shown = marked.unwrap_or(0) == index;
                tag("li")
                    .key(index)
                    .set(
                        "class",
                        match (current.is_some(), shown) {
                            (true, true) => "step on shown",
                            (true, false) => "step on",
                            (false, true) => "step shown",
                            (false, false) => "step",
                        },
                    )
                    .set("aria-current", current)
                    .push(tag("span").push(parts(index, step, state, store)))
                    .html()
            })),
        )
        .html()
}

fn parts(index: usize, step: &Step, state: &PageState, store: &Store) -> Html {
    let part = |part: &Part| match part {
        Part::Text(words) => text(words.clone()),
        Part::Code(code) => tag("code").push(code.clone()).html(),
        Part::Link { words, query } => {
            // A real link, so that it can be copied and opened elsewhere; here it moves the page.
            let href = format!("#1/{}?{query}", state.scenario.demo.slug);
            let onclick = {
                let (store, query) = (store.clone(), query.clone());
                Callback::from(move |event: MouseEvent| {
                    if event.ctrl_key() || event.meta_key() || event.shift_key() {
                        return;
                    }
                    event.prevent_default();
                    let query = query.clone();
                    store.dispatch(Action::Follow { step: index, query });
                    browser::show("work");
                })
            };
            tag("a")
                .set("href", href)
                .on_click(onclick)
                .push(super::prose::inline(words))
                .html()
        }
    };
    all(step.parts.iter().map(part).collect())
}
