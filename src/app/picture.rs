//! The picture of a run on the page: a canvas with lanes, and next to it the same in words.

mod card;
mod engine;
mod options;
mod paint;
mod table;

use crate::app::picture::card::TaskCard;
use crate::app::picture::engine::{Deed, Engine, Stage, Wanted};
use crate::app::picture::options::{Options, options};
use crate::app::picture::table::EventTable;
use crate::app::run_ref::RunRef;
use crate::app::state::Action;
use crate::derived::moment::Moment;
use crate::picture::keys::{Command, command};
use crate::picture::layout::Choice;
use crate::picture::words;
use crate::trace::TaskId;
use gloo_events::{EventListener, EventListenerOptions};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{
    Event, HtmlCanvasElement, HtmlElement, KeyboardEvent, MouseEvent, MutationObserver,
    MutationObserverInit, PointerEvent, ResizeObserver, WheelEvent,
};
use yew::prelude::*;

/// Properties of [`Picture`].
#[derive(Properties, PartialEq)]
pub struct PictureProps {
    /// The run.
    pub run: RunRef,
    /// Whether it goes on.
    pub live: bool,
    /// The moment shown.
    pub cursor: Option<Moment>,
    /// The run's place among those on screen.
    pub place: usize,
    /// The reader moves the moment, picks out a task, or zooms where pictures share an axis.
    pub on_action: Callback<Action>,
    /// The task picked out.
    pub selected: Option<TaskId>,
    /// What the picture is called, for those who do not see it.
    pub label: AttrValue,
    /// The part of the axis that pictures show that share one; else the picture decides.
    #[prop_or_default]
    pub span: Option<(u64, u64)>,
    /// How long the axis is when everything is shown, if longer than the run.
    #[prop_or_default]
    pub extent_ns: Option<u64>,
}

type Shared = Rc<RefCell<Option<Rc<RefCell<Engine>>>>>;

/// The picture.
#[component]
pub fn Picture(props: &PictureProps) -> Html {
    let canvas = use_node_ref();
    let tip = use_node_ref();
    let says = use_node_ref();
    let engine: Shared = use_mut_ref(|| None);
    let choice = use_state_eq(Choice::default);
    let by_order = use_state_eq(|| false);
    let all_wakes = use_state_eq(|| false);
    let path = use_state_eq(|| false);
    let no_canvas = use_state_eq(|| false);
    let options_open = use_state_eq(|| false);
    let matches = use_state_eq(|| (0, 0));
    let name_field = use_node_ref();

    let wanted = Wanted {
        run: props.run.clone(),
        live: props.live,
        cursor: props.cursor,
        place: props.place,
        selected: props.selected,
        choice: (*choice).clone(),
        extent_ns: props.extent_ns,
        span: props.span,
        by_order: *by_order,
        all_wakes: *all_wakes,
        path: *path,
    };

    // What the engine reports goes to whoever is responsible. The listeners live longer than one
    // rendering, so they find the latest of these in a cell.
    let on_deed: Rc<RefCell<Callback<Deed>>> = use_mut_ref(Callback::noop);
    *on_deed.borrow_mut() = {
        let on_action = props.on_action.clone();
        let (choice, by_order) = (choice.clone(), by_order.clone());
        let (all_wakes, path) = (all_wakes.clone(), path.clone());
        let options_open = options_open.clone();
        Callback::from(move |deed| match deed {
            Deed::Cursor(cursor) => on_action.emit(Action::MoveCursor(cursor)),
            Deed::Select(task) => on_action.emit(Action::Select(task)),
            Deed::Point(task, time_ns) => on_action.emit(Action::Point { task, time_ns }),
            Deed::Span(span) => on_action.emit(Action::Zoom(span)),
            Deed::Fold(task) => {
                let mut next = (*choice).clone();
                next.fold_or_unfold(task);
                choice.set(next);
            }
            Deed::AllWakes => all_wakes.set(!*all_wakes),
            Deed::Path => path.set(!*path),
            Deed::Order => by_order.set(!*by_order),
            Deed::Filter => options_open.set(true),
        })
    };

    // The engine lives as long as the canvas.
    {
        let (canvas, tip, says) = (canvas.clone(), tip.clone(), says.clone());
        let (engine, on_deed) = (Rc::clone(&engine), Rc::clone(&on_deed));
        let (wanted, no_canvas) = (wanted.clone(), no_canvas.clone());
        let matches = matches.clone();
        use_effect_with((), move |()| {
            let stage = canvas
                .cast::<HtmlCanvasElement>()
                .zip(tip.cast::<HtmlElement>())
                .zip(says.cast::<HtmlElement>())
                .map(|((canvas, tip), says)| Stage { canvas, tip, says });
            let made = stage.and_then(|stage| {
                let canvas = stage.canvas.clone();
                let on_matches = Callback::from(move |count| matches.set(count));
                Engine::new(stage, wanted, on_matches).map(|made| (canvas, made))
            });
            let kept = match made {
                Some((canvas, made)) => {
                    *engine.borrow_mut() = Some(Rc::clone(&made));
                    Some((listen(&canvas, &made, &on_deed), watch(&canvas, &made)))
                }
                None => {
                    no_canvas.set(true);
                    None
                }
            };
            move || {
                drop(kept);
                engine.borrow_mut().take();
            }
        });
    }
    {
        let engine = Rc::clone(&engine);
        use_effect_with(wanted, move |wanted| {
            if let Some(engine) = &*engine.borrow() {
                engine.borrow_mut().want(wanted.clone());
            }
        });
    }

    let at_cursor = props.cursor.and_then(|cursor| {
        let recording = props.run.recording.borrow();
        cursor.count(recording.trace(), props.place).checked_sub(1)
    });
    let summary = {
        let recording = props.run.recording.borrow();
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
        use_effect_with(*options_open, move |open| {
            if *open && let Some(field) = name_field.cast::<HtmlElement>() {
                let _ = field.focus();
            }
        });
    }
    let obey = |command: Command| {
        let (engine, on_deed) = (Rc::clone(&engine), Rc::clone(&on_deed));
        Callback::from(move |_: MouseEvent| {
            let engine = engine.borrow().clone();
            if let Some(engine) = engine {
                engine.borrow_mut().obey(command);
                report(&engine, &on_deed);
            }
        })
    };
    let on_options = {
        let options_open = options_open.clone();
        Callback::from(move |_: MouseEvent| options_open.set(!*options_open))
    };
    let on_choice = {
        let choice = choice.clone();
        Callback::from(move |next| choice.set(next))
    };
    let toggle = |state: &UseStateHandle<bool>| {
        let state = state.clone();
        Callback::from(move |()| state.set(!*state))
    };
    html! {
        <div class="picture">
            if *no_canvas {
                <p class="picture-sentence">
                    { "This browser cannot draw the picture. " }{ &summary }
                </p>
            }
            <div class="picture-stage" hidden={*no_canvas}>
                <canvas ref={canvas} class="picture-canvas" tabindex="0" role="img"
                    aria-label={format!("{}. {summary}", props.label)}>
                </canvas>
                <div ref={tip} class="picture-tip" hidden=true />
                <div ref={says} class="visually-hidden" aria-live="polite" />
            </div>
            if let Some(task) = props.selected {
                <TaskCard run={props.run.clone()} {task} on_action={props.on_action.clone()} />
            }
            if *options_open {
                { options(&Options {
                    choice: (*choice).clone(),
                    on_choice,
                    matches: *matches,
                    all_wakes: *all_wakes,
                    on_all_wakes: toggle(&all_wakes),
                    by_order: *by_order,
                    on_order: toggle(&by_order),
                    name_field,
                }) }
            }
            <div class="picture-tools">
                <p class="picture-hint">
                    <span class="with-mouse">{ "Ctrl + wheel zooms, drag moves, Shift + drag measures" }</span>
                    <span class="with-touch">{ "two fingers zoom, tap a lane for its task" }</span>
                </p>
                <button type="button" class="quiet" onclick={obey(Command::Path)} title="What decided when it ended (C)"
                    aria-pressed={path.to_string()}>{ "Critical path" }</button>
                <button type="button" class="quiet" onclick={on_options}
                    aria-expanded={options_open.to_string()}>{ "Options" }</button>
                <button type="button" class="quiet square" onclick={obey(Command::Zoom(1.5))}
                    aria-label="Zoom out" title="Zoom out (S)">{ "−" }</button>
                <button type="button" class="quiet square" onclick={obey(Command::Zoom(1.0 / 1.5))}
                    aria-label="Zoom in" title="Zoom in (W)">{ "+" }</button>
                <button type="button" class="quiet" onclick={obey(Command::Fit)}
                    title="Show everything (F)">{ "Fit" }</button>
            </div>
            <EventTable run={props.run.clone()} live={props.live} {at_cursor} />
        </div>
    }
}

/// Hands on what the reader did, while the engine is not borrowed.
fn report(engine: &Rc<RefCell<Engine>>, on_deed: &Rc<RefCell<Callback<Deed>>>) {
    let deeds = engine.borrow_mut().take_deeds();
    for deed in deeds {
        let callback = on_deed.borrow().clone();
        callback.emit(deed);
    }
}

/// Listens to what happens on the canvas, until the listeners are dropped.
fn listen(
    canvas: &HtmlCanvasElement,
    engine: &Rc<RefCell<Engine>>,
    on_deed: &Rc<RefCell<Callback<Deed>>>,
) -> Vec<EventListener> {
    let on = |name: &'static str, act: fn(&HtmlCanvasElement, &mut Engine, &Event)| {
        let (engine, on_deed) = (Rc::clone(engine), Rc::clone(on_deed));
        let target = canvas.clone();
        // The wheel and keys are used up, which a passive listener could not say.
        let options = EventListenerOptions::enable_prevent_default();
        EventListener::new_with_options(canvas, name, options, move |event| {
            act(&target, &mut engine.borrow_mut(), event);
            report(&engine, &on_deed);
        })
    };
    vec![
        on("pointerdown", |canvas, engine, event| {
            let Some(event) = event.dyn_ref::<PointerEvent>() else {
                return;
            };
            if event.button() == 0 {
                let _ = canvas.set_pointer_capture(event.pointer_id());
                let (x, y) = engine.place(event.offset_x(), event.offset_y());
                engine.pointer_down(event.pointer_id(), x, y, event.shift_key());
            }
        }),
        on("pointermove", |_, engine, event| {
            let Some(event) = event.dyn_ref::<PointerEvent>() else {
                return;
            };
            let (x, y) = engine.place(event.offset_x(), event.offset_y());
            engine.pointer_move(event.pointer_id(), x, y);
        }),
        on("pointerup", |_, engine, event| {
            let Some(event) = event.dyn_ref::<PointerEvent>() else {
                return;
            };
            let (x, y) = engine.place(event.offset_x(), event.offset_y());
            engine.pointer_up(event.pointer_id(), x, y, event.shift_key());
        }),
        on("pointercancel", |_, engine, event| {
            if let Some(event) = event.dyn_ref::<PointerEvent>() {
                engine.pointer_cancel(event.pointer_id());
            }
        }),
        on("pointerleave", |_, engine, _| engine.leave()),
        on("dblclick", |_, engine, event| {
            if let Some(event) = event.dyn_ref::<MouseEvent>() {
                let (x, y) = engine.place(event.offset_x(), event.offset_y());
                engine.double_click(x, y);
            }
        }),
        on("wheel", |_, engine, event| {
            let Some(event) = event.dyn_ref::<WheelEvent>() else {
                return;
            };
            // Lines and pages, where the wheel counts in those.
            let unit = [1.0, 26.0, 200.0][(event.delta_mode() as usize).min(2)];
            let (x, _) = engine.place(event.offset_x(), 0);
            let used = engine.wheel(
                x,
                event.delta_x() * unit,
                event.delta_y() * unit,
                event.ctrl_key() || event.meta_key(),
                event.shift_key(),
            );
            if used {
                event.prevent_default();
            }
        }),
        on("keydown", |_, engine, event| {
            let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
                return;
            };
            if event.ctrl_key() || event.meta_key() || event.alt_key() {
                return;
            }
            if let Some(command) = command(&event.key(), event.shift_key()) {
                engine.focus(true, true);
                if engine.obey(command) {
                    event.prevent_default();
                    event.stop_propagation();
                }
            }
        }),
        on("focus", |canvas, engine, _| {
            let by_key = canvas.matches(":focus-visible").unwrap_or(false);
            engine.focus(true, by_key);
        }),
        on("blur", |_, engine, _| engine.focus(false, false)),
    ]
}

/// Observers that stop when they are dropped.
struct Watch {
    sizes: Option<ResizeObserver>,
    themes: Option<MutationObserver>,
    _on_change: [Closure<dyn FnMut()>; 2],
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(sizes) = &self.sizes {
            sizes.disconnect();
        }
        if let Some(themes) = &self.themes {
            themes.disconnect();
        }
    }
}

/// Draws anew when the canvas gets another size or the page another theme.
fn watch(canvas: &HtmlCanvasElement, engine: &Rc<RefCell<Engine>>) -> Watch {
    let on_size = {
        let engine = Rc::downgrade(engine);
        Closure::<dyn FnMut()>::new(move || {
            if let Some(engine) = engine.upgrade() {
                engine.borrow_mut().schedule();
            }
        })
    };
    let on_theme = {
        let engine = Rc::downgrade(engine);
        Closure::<dyn FnMut()>::new(move || {
            if let Some(engine) = engine.upgrade() {
                engine.borrow_mut().forget_theme();
            }
        })
    };
    let sizes = ResizeObserver::new(on_size.as_ref().unchecked_ref()).ok();
    if let Some(sizes) = &sizes {
        sizes.observe(canvas);
    }
    let themes = MutationObserver::new(on_theme.as_ref().unchecked_ref()).ok();
    let document = web_sys::window().and_then(|window| window.document());
    let root = document.and_then(|document| document.document_element());
    if let (Some(themes), Some(root)) = (&themes, root) {
        let options = MutationObserverInit::new();
        options.set_attributes(true);
        let _ = themes.observe_with_options(&root, &options);
    }
    Watch {
        sizes,
        themes,
        _on_change: [on_size, on_theme],
    }
}
