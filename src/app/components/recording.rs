//! A recording of a real program: how it is opened, and what stands beside its picture.

use crate::app::browser;
use crate::app::components::dom::{all, tag};
use crate::app::components::share::share;
use crate::app::components::source::{Code, Mark, mark_lines};
use crate::app::recording_client;
use crate::app::state::action::Action;
use crate::app::state::opened::Opened;
use crate::app::state::store::Store;
use crate::derived::recording::Recording;
use crate::derived::run_ref::RunRef;
use crate::highlight::Language;
use crate::link;
use crate::trace::ClockKind;
use gloo_events::{EventListener, EventListenerOptions};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DragEvent, File, HtmlElement, HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// The field behind the button.
const FIELD_ID: &str = "recording";

/// The button that has the reader choose a file.
pub(crate) fn open_button(store: &Store) -> Html {
    let store = store.clone();
    let onchange = move |event: Event| {
        let Some(input) = event.target_dyn_into::<HtmlInputElement>() else {
            return;
        };
        if let Some(file) = input.files().and_then(|files| files.item(0)) {
            open(file, &store);
        }
        // The same file may be chosen again.
        input.set_value("");
    };
    tag("label")
        .class("quiet open-button")
        .set(
            "title",
            "Open a recording of your own program; a file can also be dropped anywhere",
        )
        .push(
            tag("input")
                .set("id", FIELD_ID)
                .class("visually-hidden")
                .set("type", "file")
                .set("accept", ".interleave")
                .on_change(onchange),
        )
        .push(tag("span").push("Open a recording"))
        .html()
}

/// Opens what is dropped on the page.
#[hook]
pub(crate) fn use_drop(store: &Store) {
    use_effect_with(store.clone(), |store| {
        let store = store.clone();
        let options = EventListenerOptions::enable_prevent_default();
        let listen = |kind: &'static str, store: Store| {
            let window = browser::window()?;
            Some(EventListener::new_with_options(
                &window,
                kind,
                options,
                move |event| {
                    let Some(data) = event
                        .dyn_ref::<DragEvent>()
                        .and_then(DragEvent::data_transfer)
                    else {
                        return;
                    };
                    // Text that is dragged into a field is not ours.
                    if !data.types().includes(&"Files".into(), 0) {
                        return;
                    }
                    event.prevent_default();
                    if let Some(file) = data.files().and_then(|files| files.item(0)) {
                        open(file, &store);
                    }
                },
            ))
        };
        let listeners = [listen("dragover", store.clone()), listen("drop", store)];
        move || drop(listeners)
    });
}

fn open(file: File, store: &Store) {
    let store = store.clone();
    spawn_local(async move {
        store.dispatch(match read(&file).await {
            Ok(action) => action,
            Err(sentence) => Action::Notify(format!("{}: {sentence}", file.name())),
        });
    });
}

/// What opens a file.
async fn read(file: &File) -> Result<Action, String> {
    let read = recording_client::read(file).await?;
    let mut recording = Recording::new(match read.instant {
        true => ClockKind::Instant,
        false => ClockKind::Live,
    });
    recording.append(&read.bytes)?;
    let run = RunRef::from_recording(recording);
    // What this page does not understand is shown as any other program's recording.
    if let (link, notices) = link::decode(&read.view)
        && notices.is_empty()
        && !read.view.is_empty()
    {
        return Ok(Action::OpenSaved { link, run });
    }
    let mut about = read.about.into_iter();
    let opened = Opened {
        name: about.next().unwrap_or_default(),
        about: about.collect(),
        sources: read.sources,
        shown: 0,
    };
    Ok(Action::OpenRecording { opened, run })
}

/// The head of the page: the program's name, and the way back to the demo.
pub(crate) fn title(opened: &Opened, store: &Store, on_close: Callback<MouseEvent>) -> Html {
    let about = opened.about.join("; ");
    tag("header")
        .class("title")
        .push(tag("h1").push(&opened.name))
        .push(
            tag("p")
                .class("lede")
                .set("title", about.clone())
                .push(about),
        )
        .push(
            tag("button")
                .set("type", "button")
                .on_click(on_close)
                .push("Back to the demo"),
        )
        .push(share(store))
        .html()
}

#[derive(Properties, PartialEq)]
pub(crate) struct FilesProps {
    pub opened: Rc<Opened>,
    /// Where tasks stand in the file that is shown.
    pub marks: Vec<Mark>,
    /// What is wrong at which of its lines, counted from 1.
    pub problems: Vec<(u32, String)>,
    pub store: Store,
}

/// The program's files.
#[component]
pub(crate) fn Files(props: &FilesProps) -> Html {
    let panel = use_node_ref();
    let marked = use_mut_ref(Vec::new);
    {
        let panel = panel.clone();
        use_effect_with(
            (props.marks.clone(), props.opened.shown),
            move |(marks, _)| {
                if let Some(panel) = panel.cast::<HtmlElement>() {
                    mark_lines(&panel, marks, &mut marked.borrow_mut());
                }
            },
        );
    }
    let shown = props.opened.shown;
    let onchange = {
        let store = props.store.clone();
        move |event: Event| {
            if let Some(select) = event.target_dyn_into::<HtmlSelectElement>() {
                store.dispatch(Action::ShowFile(select.selected_index().max(0) as usize));
            }
        }
    };
    let Some((_, source)) = props.opened.sources.get(shown) else {
        return tag("p")
            .class("no-source")
            .push("The recording holds no source.")
            .html();
    };
    all(vec![
        tag("select")
            .class("files")
            .set("aria-label", "File")
            .on_change(onchange)
            .extend(
                props
                    .opened
                    .sources
                    .iter()
                    .enumerate()
                    .map(|(at, (path, _))| {
                        tag("option")
                            .key(at)
                            .set("selected", at == shown)
                            .set("title", path.clone())
                            .push(Opened::file_name(path).to_owned())
                            .html()
                    }),
            )
            .html(),
        tag("div")
            .node(panel)
            .class("source-panel")
            .push(html! {
                <Code
                    language={Language::Python}
                    source={source.clone()}
                    problems={props.problems.clone()}
                />
            })
            .html(),
    ])
}
