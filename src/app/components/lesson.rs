//! What to look at: the steps of the demo's lesson, with links that move the page.

use crate::app::browser;
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
    let text = use_source(demo.lesson.name);
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
        return html! { <section class="lesson" aria-label="What to look at"><h2>{ "What to look at" }</h2></section> };
    };
    let marked = state.marked_step();
    let count = lesson.steps.len();
    let place = marked.map(|marked| format!("{} of {count}", marked + 1));
    let go = |forward: bool, label: &'static str, sign: &'static str| {
        let store = store.clone();
        html! {
            <button type="button" class="quiet square" aria-label={label} title={label}
                onclick={move |_: MouseEvent| store.dispatch(Action::Step(forward))}>{ sign }</button>
        }
    };
    html! {
        <section class="lesson" aria-label="What to look at">
            <header>
                <h2>{ "What to look at" }</h2>
                <span class="counts">{ place }</span>
                { go(false, "Previous step ([)", "‹") }
                { go(true, "Next step (])", "›") }
            </header>
            <ol>
                { for lesson.steps.iter().enumerate().map(|(index, step)| {
                    let current = (marked == Some(index)).then_some("step");
                    // On a phone there is room for one of them.
                    let shown = marked.unwrap_or(0) == index;
                    html! {
                        <li key={index} class={classes!("step", current.map(|_| "on"), shown.then_some("shown"))} aria-current={current}>
                            <span>{ parts(index, step, state, store) }</span>
                        </li>
                    }
                }) }
            </ol>
        </section>
    }
}

fn parts(index: usize, step: &Step, state: &PageState, store: &Store) -> Html {
    let part = |part: &Part| match part {
        Part::Text(text) => html! { { text.clone() } },
        Part::Code(code) => html! { <code>{ code.clone() }</code> },
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
            html! { <a {href} {onclick}>{ super::prose::inline(words) }</a> }
        }
    };
    html! { <>{ for step.parts.iter().map(part) }</> }
}
