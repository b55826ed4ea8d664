//! The dialog that finds a demo by title, text or the words that people search for.

use crate::app::browser;
use crate::app::dialog::Dialog;
use crate::app::icon;
use crate::app::prose;
use crate::app::state::search;
use crate::demo::Demo;
use crate::demos::DEMOS;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

/// Properties of [`Find`].
#[derive(Properties, PartialEq)]
pub struct FindProps {
    /// Whether it is shown.
    pub open: bool,
    /// The reader closes it.
    pub on_close: Callback<()>,
}

/// The dialog.
#[component]
pub fn Find(props: &FindProps) -> Html {
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
pub fn href(demo: &Demo) -> String {
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
        let (chosen, on_close, count) = (chosen.clone(), props.on_close.clone(), found.len());
        let target = found.get(*chosen).map(|demo| href(demo));
        Callback::from(move |event: KeyboardEvent| {
            let last = count.saturating_sub(1);
            let next = match event.key().as_str() {
                "ArrowDown" => {
                    if *chosen >= last {
                        0
                    } else {
                        *chosen + 1
                    }
                }
                "ArrowUp" => {
                    if *chosen == 0 {
                        last
                    } else {
                        *chosen - 1
                    }
                }
                "Enter" => {
                    event.prevent_default();
                    if let Some(target) = &target {
                        browser::go_to(target);
                        on_close.emit(());
                    }
                    return;
                }
                _ => return,
            };
            event.prevent_default();
            chosen.set(next);
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
                { icon::magnifier() }
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
