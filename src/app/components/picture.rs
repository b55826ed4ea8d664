//! The picture of a run on the page: a canvas with lanes, and next to it the same in words.

mod canvas;
mod card;
mod options;
mod paint;
mod table;

use crate::app::components::dom::tag;
use crate::app::components::picture::canvas::{Canvas, Elements, Handlers, listen, observe};
use crate::app::components::picture::card::{card_of, task_card};
use crate::app::components::picture::options::{OptionsChange, OptionsProps, options};
use crate::app::components::picture::table::{EventTable, event_table};
use crate::app::state::action::Action;
use crate::app::state::store::Store;
use crate::derived::run_ref::RunRef;
use crate::derived::timeline::Scale;
use crate::picture::interaction::{Input, Interaction, Options, PictureEvent, Shared};
use crate::picture::keys::PictureCommand;
use crate::picture::view::{Frame, Rows};
use crate::picture::words;
use std::cell::RefCell;
use std::rc::Rc;
use web_sys::{HtmlCanvasElement, HtmlElement};
use yew::prelude::*;

/// Properties of [`Picture`].
#[derive(Properties, PartialEq)]
pub struct PictureProps {
    /// The run.
    pub run: RunRef,
    /// Whether it goes on.
    pub live: bool,
    /// The run's slot on screen.
    pub slot: usize,
    /// The page's state, which changes when the reader moves the moment, picks out a task, or zooms
    /// where pictures share an axis.
    pub store: Store,
    /// What it has in common with other pictures.
    pub shared: Shared,
    /// What the picture is called, for those who do not see it.
    pub label: AttrValue,
    /// How long the axis is when everything is shown, if longer than the run.
    #[prop_or_default]
    pub extent_ns: Option<u64>,
    /// What the run should become, as far as a preview has said.
    #[prop_or_default]
    pub outline: Option<RunRef>,
    /// How low its rows are.
    #[prop_or(Rows::Roomy)]
    pub rows: Rows,
    /// Whether it is the last of those that share an axis: the one that shows it.
    #[prop_or(true)]
    pub last: bool,
}

/// The picture.
#[component]
pub fn Picture(props: &PictureProps) -> Html {
    let nodes = [use_node_ref(), use_node_ref(), use_node_ref()];
    let shown = use_mut_ref(|| None::<Rc<RefCell<Canvas>>>);
    // As rendered: what is in force between two renderings, the interaction knows.
    let shown_options = use_state_eq(Options::default);
    let no_canvas = use_state_eq(|| false);
    let matches = use_state_eq(|| (0, 0));
    let name_field = use_node_ref();

    let input = input(props);
    // It lives as long as the canvas.
    {
        let (nodes, shown, input) = (nodes.clone(), Rc::clone(&shown), input.clone());
        let (store, shown_options) = (props.store.clone(), shown_options.clone());
        let (no_canvas, matches) = (no_canvas.clone(), matches.clone());
        use_effect_with((), move |()| {
            let handlers = Handlers {
                store: store.clone(),
                on_event: Callback::from(move |event| match event {
                    PictureEvent::Cursor(moment) => {
                        store.dispatch(Action::MoveCursor(Some(moment)));
                    }
                    PictureEvent::Select(task) => store.dispatch(Action::Select(task)),
                    PictureEvent::Point(task, time_ns) => {
                        store.dispatch(Action::Point { task, time_ns });
                    }
                    PictureEvent::Span(span) => store.dispatch(Action::Zoom(span)),
                    PictureEvent::Axis(axis) => store.dispatch(Action::UseAxis(axis)),
                    PictureEvent::Options(options) => shown_options.set(options),
                    PictureEvent::Say(_) => {}
                }),
                on_matches: Callback::from(move |count| matches.set(count)),
            };
            let made = elements(&nodes)
                .and_then(|elements| Canvas::new(elements, Interaction::new(input), handlers));
            no_canvas.set(made.is_none());
            let kept = made.as_ref().map(|made| (listen(made), observe(made)));
            *shown.borrow_mut() = made;
            move || {
                if let Some((listeners, stop_observing)) = kept {
                    drop(listeners);
                    stop_observing();
                }
                shown.borrow_mut().take();
            }
        });
    }
    let act = {
        let shown = Rc::clone(&shown);
        move |act: &dyn Fn(&mut Interaction)| {
            let canvas = shown.borrow().clone();
            if let Some(canvas) = canvas {
                Canvas::act(&canvas, act);
            }
        }
    };
    {
        let act = act.clone();
        // With what it has in common with others, which it takes from the state itself.
        use_effect_with((input, props.shared), move |(input, _)| {
            act(&|picture| picture.show(input.clone()))
        });
    }

    let card = use_memo(
        (props.run.clone(), props.shared.selected),
        |(run, selected)| selected.and_then(|task| card_of(run, task)),
    );
    let table = EventTable {
        run: &props.run,
        slot: props.slot,
        at_cursor: props.shared.cursor.and_then(|cursor| {
            let recording = props.run.borrow();
            cursor.count(recording.trace(), props.slot).checked_sub(1)
        }),
        store: &props.store,
        open: use_state_eq(|| false),
        page: use_state_eq(|| 0_usize),
    };
    let summary = {
        let recording = props.run.borrow();
        // While it goes on there is a batch in every frame, and nobody reads that fast.
        if props.live {
            "A run that goes on.".to_owned()
        } else {
            words::summary(recording.trace(), recording.timeline())
        }
    };
    // The field that was asked for exists only after the rendering in which it was asked for.
    {
        let name_field = name_field.clone();
        use_effect_with(shown_options.open, move |open| {
            if *open && let Some(field) = name_field.cast::<HtmlElement>() {
                let _ = field.focus();
            }
        });
    }
    let press = |command: PictureCommand| {
        let act = act.clone();
        Callback::from(move |_: MouseEvent| {
            act(&|picture| {
                picture.apply(command);
            });
        })
    };
    let on_change = {
        let act = act.clone();
        Callback::from(move |change: OptionsChange| {
            act(&|picture| picture.set_options(&*change));
        })
    };
    let on_axis = {
        let act = act.clone();
        Callback::from(move |axis: Scale| act(&|picture| picture.set_axis(axis)))
    };
    let [canvas, tip, says] = nodes;
    tag("div")
        .class("picture")
        .push(if *no_canvas {
            tag("p")
                .class("picture-sentence")
                .push("This browser cannot draw the picture. ")
                .push(&summary)
                .html()
        } else {
            Html::default()
        })
        .push(
            tag("div")
                .class("picture-stage")
                .set("hidden", *no_canvas)
                .push(drawing(
                    canvas,
                    props,
                    format!("{}. {summary}", props.label),
                ))
                .push(
                    tag("div")
                        .node(tip)
                        .class("picture-tip")
                        .set("hidden", true),
                )
                .push(
                    tag("div")
                        .node(says)
                        .class("visually-hidden")
                        .set("aria-live", "polite"),
                ),
        )
        .push(if let Some(card) = &*card {
            task_card(card, props.run.borrow().trace(), &props.store)
        } else {
            Html::default()
        })
        .push(if shown_options.open {
            options(&OptionsProps {
                options: (*shown_options).clone(),
                on_change,
                axis: props.shared.axis,
                on_axis,
                matches: *matches,
                name_field,
            })
        } else {
            Html::default()
        })
        .push(
            tag("div")
                .class("picture-tools")
                .push(
                    tag("p")
                        .class("picture-hint")
                        .push(
                            tag("span")
                                .class("with-mouse")
                                .push("Ctrl + wheel zooms, drag moves, Shift + drag measures"),
                        )
                        .push(
                            tag("span")
                                .class("with-touch")
                                .push("two fingers zoom, tap a lane for its task"),
                        ),
                )
                .push(
                    tag("button")
                        .set("type", "button")
                        .class("quiet")
                        .on_click(press(PictureCommand::Path))
                        .set("title", "What decided when it ended (C)")
                        .set("aria-pressed", shown_options.path.to_string())
                        .push("Critical path"),
                )
                .push(
                    tag("button")
                        .set("type", "button")
                        .class("quiet")
                        .on_click(press(PictureCommand::Options))
                        .set("aria-expanded", shown_options.open.to_string())
                        .push("Options"),
                )
                .push(
                    tag("button")
                        .set("type", "button")
                        .class("quiet square")
                        .on_click(press(PictureCommand::Zoom(1.5)))
                        .set("aria-label", "Zoom out")
                        .set("title", "Zoom out (S)")
                        .push("−"),
                )
                .push(
                    tag("button")
                        .set("type", "button")
                        .class("quiet square")
                        .on_click(press(PictureCommand::Zoom(1.0 / 1.5)))
                        .set("aria-label", "Zoom in")
                        .set("title", "Zoom in (W)")
                        .push("+"),
                )
                .push(
                    tag("button")
                        .set("type", "button")
                        .class("quiet")
                        .on_click(press(PictureCommand::Fit))
                        .set("title", "Show everything (F)")
                        .push("Fit"),
                ),
        )
        .push(event_table(table))
        .html()
}

/// What is drawn on.
#[cfg(target_arch = "wasm32")]
fn drawing(canvas: NodeRef, _props: &PictureProps, label: String) -> Html {
    tag("canvas")
        .node(canvas)
        .class("picture-canvas")
        .set("tabindex", "0")
        .set("role", "application")
        .set("aria-label", label)
        .html()
}

/// What a static page has in its place.
#[cfg(not(target_arch = "wasm32"))]
fn drawing(_canvas: NodeRef, props: &PictureProps, label: String) -> Html {
    use crate::app::browser::PICTURE_PX;
    use crate::picture::svg::{Svg, Theme, picture};
    let svg = Svg {
        id: &format!("stripes-{}", props.slot),
        class: "picture-canvas",
        label: &label,
        size_px: (0.0, 0.0),
        theme: Theme::Page,
    };
    let (element, _) = picture(input(props), props.shared, PICTURE_PX.get(), svg);
    Html::from_html_unchecked(element.into())
}

/// What the page wants to see.
fn input(props: &PictureProps) -> Input {
    Input {
        run: props.run.clone(),
        live: props.live,
        slot: props.slot,
        extent_ns: props.extent_ns,
        outline: props.outline.clone(),
        frame: Frame {
            rows: props.rows,
            has_axis: props.last,
        },
    }
}

/// What the picture is shown in, once that is in the page.
fn elements([canvas, tip, says]: &[NodeRef; 3]) -> Option<Elements> {
    Some(Elements {
        canvas: canvas.cast::<HtmlCanvasElement>()?,
        tip: tip.cast::<HtmlElement>()?,
        says: says.cast::<HtmlElement>()?,
    })
}
