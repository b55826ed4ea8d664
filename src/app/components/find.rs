//! The dialog that finds a demo by title, text or the words that people search for.

use crate::app::browser;
use crate::app::components::dialog::dialog;
use crate::app::components::dom::{all, tag};
use crate::app::components::icon;
use crate::app::components::prose;
use crate::app::state::search::{Found, search};
use crate::demo::Demo;
use crate::demos::DEMOS;
use std::cell::Cell;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

thread_local! {
    /// Whether the demo that opens next was found here: the focus goes to it then.
    pub(crate) static WAS_FOUND: Cell<bool> = const { Cell::new(false) };
}

/// Goes to a demo that was found.
fn pick(demo: &Demo) {
    WAS_FOUND.set(true);
    browser::go_to(&href(demo));
}

pub(crate) fn find(open: bool, on_close: &Callback<()>) -> Html {
    let finder = || html! { <Finder on_close={on_close.clone()} /> };
    dialog("find", "Find a demo", open.then(finder), on_close)
}

#[derive(Properties, PartialEq)]
struct FinderProps {
    on_close: Callback<()>,
}

/// Where a demo is, as a fragment.
pub(crate) fn href(demo: &Demo) -> String {
    match cfg!(target_arch = "wasm32") {
        true => format!("#1/{}", demo.slug),
        // A static page leads to static pages.
        false => format!("{}.html", demo.slug),
    }
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
                    texts.set(text);
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
                        pick(demo.demo);
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
    let on_pick = |demo: &'static Demo| props.on_close.reform(move |_: MouseEvent| pick(demo));
    let active = (!found.is_empty()).then(|| option_id(*chosen));
    all(vec![
        tag("div")
            .class("find-field")
            .push(icon::MAGNIFIER.html())
            .push(
                tag("input")
                    .set("autofocus", true)
                    .set("type", "search")
                    .set("role", "combobox")
                    .set("aria-label", "Search the demos")
                    .set("aria-expanded", "true")
                    .set("aria-controls", "found")
                    .set("aria-autocomplete", "list")
                    .set("aria-activedescendant", active)
                    .set("autocomplete", "off")
                    .set("spellcheck", "false")
                    .set(
                        "placeholder",
                        "A title, or what you see: slow, stuck, out of order",
                    )
                    .value((*query).clone())
                    .on_input(on_input)
                    .listen(ListenerKind::onkeydown, on_key),
            )
            .html(),
        tag("ul")
            .set("id", "found")
            .set("role", "listbox")
            .set("aria-label", "Demos found")
            .extend(
                found
                    .iter()
                    .enumerate()
                    .map(|(index, Found { demo, sentence })| {
                        tag("li")
                            .key(demo.slug)
                            .set("id", option_id(index))
                            .set("role", "option")
                            .set("aria-selected", (index == *chosen).to_string())
                            .on_click(on_pick(demo))
                            .push(tag("span").class("found-title").push(demo.title))
                            .push(tag("span").class("found-group").push(demo.group.title()))
                            .push(
                                tag("span")
                                    .class("found-lede")
                                    .push(prose::inline(sentence)),
                            )
                            .html()
                    }),
            )
            .html(),
        if found.is_empty() {
            tag("p")
                .class("find-none")
                .push("No demo has all of these words. Try fewer, or one of them alone.")
                .html()
        } else {
            Html::default()
        },
        tag("p")
            .class("visually-hidden")
            .set("role", "status")
            .push(match found.len() {
                1 => "1 demo".to_owned(),
                count => format!("{count} demos"),
            })
            .html(),
    ])
}

fn scroll_into_view(element: &Element) {
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}
