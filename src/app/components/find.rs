//! The dialog that finds a demo by title, text or the words that people search for.

use crate::app::browser;
use crate::app::components::dialog::Dialog;
use crate::app::components::icon;
use crate::app::components::prose;
use crate::app::state::search::search;
use crate::demo::Demo;
use crate::demos::DEMOS;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub(crate) struct FindProps {
    pub open: bool,
    pub on_close: Callback<()>,
}

#[component]
pub(crate) fn Find(props: &FindProps) -> Html {
    html! {
        <Dialog open={props.open} on_close={props.on_close.clone()} title="Find a demo" class="find">
            <Finder on_close={props.on_close.clone()} />
        </Dialog>
    }
}

#[derive(Properties, PartialEq)]
struct FinderProps {
    on_close: Callback<()>,
}

/// Where a demo is, as a fragment.
pub(crate) fn href(demo: &Demo) -> String {
    format!("#1/{}", demo.slug)
}

fn option_id(index: usize) -> String {
    format!("found-{index}")
}

/// The field and what it finds, as a combobox with a list: the focus stays in the field, and the
/// arrow keys move the choice.
#[component]
fn Finder(props: &FinderProps) -> Html {
    let query = use_state_eq(String::new);
    let chosen = use_state_eq(|| 0_usize);
    {
        let chosen = *chosen;
        use_effect_with(chosen, |chosen| {
            let option = browser::document().and_then(|d| d.get_element_by_id(&option_id(*chosen)));
            if let Some(option) = option {
                scroll_into_view(&option);
            }
        });
    }
    // Not in the first load: fetched when somebody looks for something, and found once it is there.
    let texts = use_state(String::new);
    {
        let texts = texts.clone();
        use_effect_with((), move |()| {
            spawn_local(async move {
                if let Ok(text) = browser::fetch_text("data/teaches.txt").await {
                    texts.set(text.to_ascii_lowercase());
                }
            });
        });
    }
    let found = search(DEMOS, &query, &texts);
    let on_input = {
        let (query, chosen) = (query.clone(), chosen.clone());
        Callback::from(move |event: InputEvent| {
            let field: HtmlInputElement = event.target_unchecked_into();
            query.set(field.value());
            chosen.set(0);
        })
    };
    let on_key = {
        let (chosen, query, texts) = (chosen.clone(), query.clone(), texts.clone());
        let on_close = props.on_close.clone();
        Callback::from(move |event: KeyboardEvent| {
            // Of what is in the field now, which may not have been rendered yet.
            let found = search(DEMOS, &query, &texts);
            let count = found.len().max(1);
            match event.key().as_str() {
                "ArrowDown" => chosen.set((*chosen + 1) % count),
                "ArrowUp" => chosen.set((*chosen + count - 1) % count),
                "Enter" => {
                    if let Some(demo) = found.get(*chosen) {
                        browser::go_to(&href(demo));
                        on_close.emit(());
                    }
                }
                // A search field keeps this key to itself in WebKit, and the dialog would stay.
                "Escape" => on_close.emit(()),
                _ => return,
            }
            event.prevent_default();
        })
    };
    let on_pick = |demo: &'static Demo| {
        props
            .on_close
            .reform(move |_: MouseEvent| browser::go_to(&href(demo)))
    };
    let active = (!found.is_empty()).then(|| option_id(*chosen));
    html! {
        <>
            <div class="find-field">
                { icon::MAGNIFIER.html() }
                <input autofocus=true type="search" role="combobox" aria-label="Search the demos" aria-expanded="true"
                    aria-controls="found" aria-autocomplete="list" aria-activedescendant={active}
                    autocomplete="off" spellcheck="false" placeholder="A title, or a word such as gather, lock or timeout"
                    value={(*query).clone()} oninput={on_input} onkeydown={on_key} />
            </div>
            <ul id="found" role="listbox" aria-label="Demos found">
                { for found.iter().enumerate().map(|(index, demo)| html! {
                    <li key={demo.slug} id={option_id(index)} role="option" aria-selected={(index == *chosen).to_string()}
                        onclick={on_pick(demo)}>
                        <span class="found-title">{ demo.title }</span>
                        <span class="found-group">{ demo.group.title() }</span>
                        <span class="found-lede">{ prose::inline(demo.summary) }</span>
                    </li>
                }) }
            </ul>
            if found.is_empty() {
                <p class="find-none">{ "No demo has all of these words. Try fewer, or one of them alone." }</p>
            }
            <p class="visually-hidden" role="status">
                { match found.len() { 1 => "1 demo".to_owned(), count => format!("{count} demos") } }
            </p>
        </>
    }
}

fn scroll_into_view(element: &Element) {
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}
