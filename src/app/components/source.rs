//! The program in Rust and in the language that the reader may know better, and what to look at.

use crate::app::browser;
use crate::app::components::dom::{self, El, tag};
use crate::app::components::icon;
use crate::app::state::action::Action;
use crate::app::state::panel::Panel;
use crate::app::state::store::Store;
use crate::demo::{self, Counterpart, Demo, SourceFile};
use crate::highlight::{self, Language, Token};
use crate::link::Scenario;
use crate::marks;
use crate::param::Values;
use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

/// How long a button says that it has copied, in milliseconds.
const COPIED_MS: u32 = 2_000;

/// The language of a program's counterpart.
fn language(demo: &Demo) -> Language {
    match demo.counterpart {
        Counterpart::Python(_) => Language::Python,
        Counterpart::JavaScript(_) => Language::JavaScript,
    }
}

/// The tabs: one of them can be reached with the Tab key, the arrow keys go on from there.
pub(crate) fn tabs(store: &Store, compact: bool) -> Html {
    let on_key = {
        let store = store.clone();
        Callback::from(move |event: KeyboardEvent| {
            let panel = store.state().panel;
            if let Some(next) = panel.after_key(&event.key(), compact) {
                event.prevent_default();
                store.dispatch(Action::ShowPanel(next));
                browser::focus(next.tab_id());
            }
        })
    };
    let state = store.state();
    let shown = state.panel.shown(compact);
    tag("div")
        .class("tabs")
        .set("role", "tablist")
        .set("aria-label", "Program and run")
        .listen(ListenerKind::onkeydown, on_key)
        .extend(Panel::all(compact).iter().map(|panel| {
            let (panel, selected, store) = (*panel, *panel == shown, store.clone());
            tag("button")
                .key(panel.tab_id())
                .set("type", "button")
                .set("role", "tab")
                .set("id", panel.tab_id())
                .set("aria-selected", selected.to_string())
                .set("aria-controls", selected.then(|| panel.panel_id()))
                .set("tabindex", if selected { "0" } else { "-1" })
                .on_click(Callback::from(move |_: MouseEvent| {
                    store.dispatch(Action::ShowPanel(panel))
                }))
                .push(panel.label(state.scenario.demo))
                .html()
        }))
        .html()
}

#[derive(Properties, PartialEq)]
pub(crate) struct SourceProps {
    /// The program and the values to fill in.
    pub scenario: Scenario,
    /// Which side of it.
    pub panel: Panel,
    /// Where tasks stand in the Rust file at the moment shown.
    pub marks: Vec<Mark>,
    /// What is wrong at which line of the Rust file, counted from 1.
    pub problems: Vec<(u32, String)>,
}

/// A line of source where tasks stand.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mark {
    /// Counted from 1.
    pub line: u32,
    /// The colours of the first of them.
    pub colours: Vec<usize>,
    /// Their names.
    pub who: String,
    /// One of them runs.
    pub running: bool,
}

/// What a tab other than Run shows.
#[component]
pub(crate) fn Source(props: &SourceProps) -> Html {
    let demo = props.scenario.demo;
    // Where tasks stand is known by the Rust file, whichever is shown.
    let rust = use_source(demo.rust);
    let counterpart = use_source(*demo.counterpart.file());
    let shows_rust = props.panel == Panel::Rust;
    let text = if shows_rust { &rust } else { &counterpart };
    let (shown_marks, problems) = match (shows_rust, &rust, &counterpart) {
        (true, ..) => (props.marks.clone(), props.problems.clone()),
        (false, Some(Ok(rust)), Some(Ok(other))) => {
            let lines = marks::matching(rust, other);
            (
                matched_marks(&props.marks, &lines),
                matched_problems(&props.problems, &lines),
            )
        }
        _ => Default::default(),
    };
    let panel = use_node_ref();
    let marked = use_mut_ref(Vec::new);
    {
        let panel = panel.clone();
        // Lines of another file may take the place of those that were marked.
        let shown = text.as_ref().is_some_and(|text| text.is_ok());
        let shown = shown.then_some((demo.slug, shows_rust));
        use_effect_with((shown_marks.clone(), shown), move |(marks, _)| {
            if let Some(panel) = panel.cast::<HtmlElement>() {
                mark_lines(&panel, marks, &mut marked.borrow_mut());
            }
        });
    }
    let marks = match cfg!(target_arch = "wasm32") {
        true => Vec::new(),
        false => shown_marks,
    };
    let content = match text {
        None => tag("p").class("no-source").push("On its way …").html(),
        Some(Err(problem)) => tag("p")
            .class("no-source")
            .set("role", "status")
            .push(problem)
            .html(),
        Some(Ok(text)) if shows_rust => {
            let source = marks::without_marks(demo::visible_rust(text));
            html! {
                <Code
                    language={Language::Rust}
                    source={source}
                    problems={problems}
                    marks={marks}
                />
            }
        }
        Some(Ok(text)) => {
            let text = marks::without_marks(text);
            let source = demo::with_constants(&text, &props.scenario.values);
            let defaults = demo::with_constants(&text, &Values::defaults(demo.params));
            html! {
                <Code
                    language={language(demo)}
                    source={source}
                    defaults={defaults}
                    problems={problems}
                    marks={marks}
                />
            }
        }
    };
    tag("div")
        .node(panel)
        .class("source-panel")
        .set("role", "tabpanel")
        .set("id", props.panel.panel_id())
        .set("aria-labelledby", props.panel.tab_id())
        .push(content)
        .html()
}

/// The same marks at the lines of the counterpart.
fn matched_marks(marks: &[Mark], lines: &[(u32, u32)]) -> Vec<Mark> {
    let mut matched: Vec<Mark> = Vec::new();
    for mark in marks {
        let Some((_, line)) = lines.iter().find(|(line, _)| *line == mark.line) else {
            continue;
        };
        match matched.iter_mut().find(|other| other.line == *line) {
            Some(other) => {
                other.who = format!("{}; {}", other.who, mark.who);
                other.colours.extend(&mark.colours);
                other.running |= mark.running;
            }
            None => matched.push(Mark {
                line: *line,
                ..mark.clone()
            }),
        }
    }
    matched
}

fn matched_problems(problems: &[(u32, String)], lines: &[(u32, u32)]) -> Vec<(u32, String)> {
    let matched = problems.iter().filter_map(|(line, sentence)| {
        let (_, there) = lines.iter().find(|(here, _)| here == line)?;
        Some((*there, sentence.clone()))
    });
    matched.collect()
}

/// The attributes that give a marked line its colours; the style sheet knows them.
const COLOURS: [&str; 3] = ["data-a", "data-b", "data-c"];

/// Marks a line that is being made: in a static page nobody does it later.
fn marked(mut line: El, marks: &[Mark], index: usize) -> El {
    if cfg!(target_arch = "wasm32") {
        return line;
    }
    let Some(mark) = marks.iter().find(|mark| mark.line as usize == index + 1) else {
        return line;
    };
    for (name, colour) in COLOURS.iter().zip(&mark.colours) {
        line = line.set(name, colour.to_string());
    }
    line.set("data-who", mark.who.clone())
        .set("data-running", mark.running)
}

/// Marks lines in place: a moment that moves with each frame must not build the source anew.
pub(crate) fn mark_lines(panel: &HtmlElement, marks: &[Mark], marked: &mut Vec<HtmlElement>) {
    for line in marked.drain(..) {
        let _ = line.remove_attribute("data-who");
        let _ = line.remove_attribute("data-running");
        for name in COLOURS {
            let _ = line.remove_attribute(name);
        }
    }
    for mark in marks {
        let selector = format!(".code-line:nth-child({})", mark.line);
        let line = panel.query_selector(&selector).ok().flatten();
        let Some(line) = line.and_then(|line| line.dyn_into::<HtmlElement>().ok()) else {
            continue;
        };
        let _ = line.set_attribute("data-who", &mark.who);
        for (name, colour) in COLOURS.iter().zip(&mark.colours) {
            let _ = line.set_attribute(name, &colour.to_string());
        }
        if mark.running {
            let _ = line.set_attribute("data-running", "");
            let (top, height) = (line.offset_top(), panel.client_height());
            let seen = panel.scroll_top()..panel.scroll_top() + height - 2 * line.offset_height();
            if !seen.contains(&top) {
                panel.set_scroll_top(top - height / 3);
            }
        }
        marked.push(line);
    }
}

pub(crate) type Fetched = Result<Rc<str>, String>;

/// The text of a file in `src/demos`, once it is here. A page keeps every text that it has.
#[hook]
pub(crate) fn use_source(file: SourceFile) -> Option<Fetched> {
    let name = file.name;
    thread_local! {
        static TEXTS: RefCell<Vec<(&'static str, Rc<str>)>> = const { RefCell::new(Vec::new()) };
    }
    #[cfg(target_arch = "wasm32")]
    let known = TEXTS.with_borrow(|texts| {
        let found = texts.iter().find(|(known, _)| *known == name);
        found.map(|(_, text)| Rc::clone(text))
    });
    #[cfg(not(target_arch = "wasm32"))]
    let known = Some(Rc::from(file.text));
    // With the name it belongs to: an answer may come after the reader has gone on.
    let fetched = use_state(|| (name, None::<Fetched>));
    {
        let (fetched, known) = (fetched.clone(), known.is_some());
        let connections = use_connections();
        use_effect_with((name, connections), move |(name, _)| {
            let name = *name;
            if !known {
                spawn_local(async move {
                    let answer = browser::fetch_text(&format!("demos/{name}"))
                        .await
                        .map(Rc::from);
                    if let Ok(text) = &answer {
                        TEXTS.with_borrow_mut(|texts| texts.push((name, Rc::clone(text))));
                    }
                    fetched.set((name, Some(answer)));
                });
            }
        });
    }
    match known {
        Some(text) => Some(Ok(text)),
        None if fetched.0 == name => fetched.1.clone(),
        None => None,
    }
}

/// How often the browser's network came back: what failed without it is tried again then.
#[hook]
fn use_connections() -> u32 {
    let count = use_state_eq(|| 0);
    {
        let count = count.clone();
        use_effect_with(*count, move |now| {
            let next = now + 1;
            let listener = browser::window()
                .map(|window| EventListener::once(&window, "online", move |_| count.set(next)));
            move || drop(listener)
        });
    }
    *count
}

#[derive(Properties, PartialEq)]
pub(crate) struct CodeProps {
    pub language: Language,
    pub source: AttrValue,
    /// What it looks like at first: lines that differ from it are marked.
    #[prop_or_default]
    pub defaults: Option<AttrValue>,
    #[prop_or_default]
    pub problems: Vec<(u32, String)>,
    /// Where tasks stand, in a static page; in the live one that changes with each frame, see [`mark_lines`].
    #[prop_or_default]
    pub marks: Vec<Mark>,
}

/// A program, line by line.
#[component]
pub(crate) fn Code(props: &CodeProps) -> Html {
    let text = {
        let source = props.source.clone();
        Callback::from(move |()| source.to_string())
    };
    let at_first: Vec<&str> = props
        .defaults
        .as_ref()
        .map_or(Vec::new(), |text| text.lines().collect());
    let lines = highlight::lines(props.language, &props.source);
    let changed = |index: usize| {
        let line = props.source.lines().nth(index);
        !at_first.is_empty() && at_first.get(index).copied() != line
    };
    tag("div")
        .class("code")
        .push(html! { <CopyButton text={text} label="Copy the source" /> })
        .push(tag("pre").set("tabindex", "0").push(tag("code").extend(
            lines.iter().enumerate().map(|(index, pieces)| {
                let line = tag("span").key(index).set(
                    "class",
                    match changed(index) {
                        true => "code-line changed",
                        false => "code-line",
                    },
                );
                marked(line, &props.marks, index)
                    .extend(
                        pieces
                            .iter()
                            .map(|(token, piece)| token_html(*token, piece)),
                    )
                    .push(problem(&props.problems, index))
                    .html()
            }),
        )))
        .html()
}

/// The sign at a line where something is wrong.
fn problem(problems: &[(u32, String)], index: usize) -> Option<Html> {
    let here = problems
        .iter()
        .filter(|(line, _)| *line as usize == index + 1);
    let sentences: Vec<&str> = here.map(|(_, sentence)| sentence.as_str()).collect();
    let words = AttrValue::from(sentences.join("\n"));
    (!words.is_empty()).then(|| {
        tag("span")
            .class("problem")
            .set("role", "img")
            .set("aria-label", words.clone())
            .set("title", words)
            .html()
    })
}

fn token_html(token: Token, piece: &str) -> Html {
    let class = match token {
        Token::Plain => return dom::text(piece.to_owned()),
        Token::Keyword => "keyword",
        Token::Text => "text",
        Token::Comment => "comment",
        Token::Number => "number",
        Token::Decorator => "decorator",
    };
    tag("span")
        .set("class", class)
        .push(piece.to_owned())
        .html()
}

#[derive(Properties, PartialEq)]
pub(crate) struct CopyButtonProps {
    /// Makes the text when it is asked for.
    pub text: Callback<(), String>,
    /// What it copies, in words.
    pub label: AttrValue,
}

/// A button that copies a text and says whether it could.
#[component]
pub(crate) fn CopyButton(props: &CopyButtonProps) -> Html {
    let copied = use_state_eq(|| None::<bool>);
    let timer = use_mut_ref(|| None::<Timeout>);
    let on_click = {
        let (copied, text) = (copied.clone(), props.text.clone());
        Callback::from(move |_: MouseEvent| {
            let (copied, timer, text) = (copied.clone(), Rc::clone(&timer), text.emit(()));
            spawn_local(async move {
                copied.set(Some(browser::copy(&text).await));
                let timeout = Timeout::new(COPIED_MS, move || copied.set(None));
                *timer.borrow_mut() = Some(timeout);
            });
        })
    };
    let words = match *copied {
        Some(true) => "Copied",
        Some(false) => "The browser does not allow copying here: select the text instead",
        None => "",
    };
    tag("span")
        .class("copy")
        .push(
            tag("span")
                .class("copy-words")
                .set("role", "status")
                .push(words),
        )
        .push(
            tag("button")
                .set("type", "button")
                .class("quiet square")
                .set("aria-label", props.label.clone())
                .set("title", props.label.clone())
                .on_click(on_click)
                .push(if *copied == Some(true) {
                    icon::CHECK.html()
                } else {
                    icon::COPY.html()
                }),
        )
        .html()
}
