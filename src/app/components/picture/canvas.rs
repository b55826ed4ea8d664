//! The canvas of a picture: hands what happens on it to the picture's [`Interaction`], and paints
//! what that shows, at most once in a frame, whatever happens in between.

use crate::app::browser::now_ms;
use crate::app::components::dom::on_resize;
use crate::app::components::picture::paint::{Colours, paint};
use crate::app::state::store::Store;
use crate::picture::draw;
use crate::picture::hit::Hit;
use crate::picture::interaction::wheel::Wheel;
use crate::picture::interaction::{Interaction, PictureEvent};
use crate::picture::keys::command;
use crate::text::number::fixed;
use gloo_events::{EventListener, EventListenerOptions};
use gloo_render::{AnimationFrame, request_animation_frame};
use std::cell::RefCell;
use std::rc::{Rc, Weak};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{
    CanvasRenderingContext2d, Event, HtmlCanvasElement, HtmlElement, KeyboardEvent, MouseEvent,
    MutationObserver, MutationObserverInit, PointerEvent, WheelEvent,
};
use yew::Callback;

/// Between two drawings of a live run in which nothing new has come, milliseconds.
const LIVE_PAUSE_MS: f64 = 30.0;

/// How large a picture is that is presented.
const PRESENTED_ZOOM: f64 = 1.4;

/// A pixel, a line and a page of a wheel, in pixels.
const WHEEL_UNITS_PX: [f64; 3] = [1.0, 26.0, 200.0];

/// The elements that a picture is shown in.
pub(super) struct Elements {
    pub(super) canvas: HtmlCanvasElement,
    /// What the pointer points at, in words.
    pub(super) tip: HtmlElement,
    /// What screen readers say after a key.
    pub(super) says: HtmlElement,
}

/// Who is told of what the reader does.
pub(super) struct Handlers {
    pub(super) store: Store,
    pub(super) on_event: Callback<PictureEvent>,
    /// How many tasks pass the filter, of how many; after each drawing.
    pub(super) on_matches: Callback<(usize, usize)>,
}

/// A picture on its canvas.
pub(super) struct Canvas {
    me: Weak<RefCell<Canvas>>,
    elements: Elements,
    context: CanvasRenderingContext2d,
    handlers: Handlers,
    colours: Option<Colours>,
    picture: Interaction,
    /// How wide the canvas is, in the page's pixels, until it gets another size: to ask has the browser lay the page out
    /// at once, which a live run cannot afford in each frame.
    width_px: Option<i32>,
    /// How many of the page's pixels are one of the picture's.
    zoom: f64,
    frame: Option<AnimationFrame>,
    drawn_ms: f64,
}

impl Canvas {
    /// A picture on a canvas; `None` where the browser cannot draw on one.
    pub(super) fn new(
        elements: Elements,
        picture: Interaction,
        handlers: Handlers,
    ) -> Option<Rc<RefCell<Self>>> {
        let context = elements.canvas.get_context("2d").ok()??;
        let context: CanvasRenderingContext2d = context.dyn_into().ok()?;
        let made = Rc::new_cyclic(|me| {
            RefCell::new(Canvas {
                me: Weak::clone(me),
                elements,
                context,
                handlers,
                colours: None,
                picture,
                width_px: None,
                zoom: 1.0,
                frame: None,
                drawn_ms: 0.0,
            })
        });
        made.borrow_mut().schedule();
        Some(made)
    }

    /// Does something with the picture as the page is now, and tells what came of it.
    pub(super) fn act<T>(this: &RefCell<Self>, act: impl FnOnce(&mut Interaction) -> T) -> T {
        let done = act(this.borrow_mut().present());
        Canvas::report(this);
        done
    }

    /// The picture as the page is now, which is to be drawn anew.
    fn present(&mut self) -> &mut Interaction {
        self.schedule();
        self.set_frame();
        let shared = self.handlers.store.state().shared();
        self.picture.share(shared);
        &mut self.picture
    }

    /// Tells what the reader did. Whoever is told may ask for another picture at once.
    fn report(this: &RefCell<Self>) {
        let events = this.borrow_mut().picture.take_events();
        for event in events {
            if let PictureEvent::Say(words) = &event {
                this.borrow().elements.says.set_text_content(Some(words));
            }
            let on_event = this.borrow().handlers.on_event.clone();
            on_event.emit(event);
        }
    }

    /// Has the picture drawn in the next frame.
    fn schedule(&mut self) {
        if self.frame.is_some() {
            return;
        }
        let me = Weak::clone(&self.me);
        self.frame = Some(request_animation_frame(move |_| {
            let Some(canvas) = me.upgrade() else { return };
            let mut borrowed = canvas.borrow_mut();
            borrowed.frame = None;
            borrowed.draw();
            if borrowed.picture.input().live {
                borrowed.schedule();
            }
            let matches = borrowed.picture.matches();
            let on_matches = borrowed.handlers.on_matches.clone();
            drop(borrowed);
            on_matches.emit(matches);
        }));
    }

    /// Reads the colours, and how large all is, again at the next drawing.
    fn forget_theme(&mut self) {
        self.colours = None;
        let presents = self.elements.canvas.closest("[data-presents=yes]");
        self.zoom = match presents {
            Ok(Some(_)) => PRESENTED_ZOOM,
            _ => 1.0,
        };
        self.schedule();
    }

    fn set_frame(&mut self) {
        let width_px = self.width_px;
        let width_px = width_px.unwrap_or_else(|| self.elements.canvas.client_width());
        self.width_px = Some(width_px);
        self.picture
            .set_frame(now_ms(), f64::from(width_px.max(120)) / self.zoom);
    }

    /// The canvas has another size.
    fn resized(&mut self) {
        self.width_px = None;
        self.schedule();
    }

    /// A point of the canvas, in the picture's pixels.
    fn point(&self, event: &MouseEvent) -> (f64, f64) {
        let px = |px: i32| f64::from(px) / self.zoom;
        (px(event.offset_x()), px(event.offset_y()))
    }

    fn draw(&mut self) {
        self.set_frame();
        self.picture.update();
        let has_news = self.picture.take_news();
        // Between batches only the open segments grow, which need not be smooth to the frame.
        let idle = self.picture.input().live && !has_news && !self.picture.is_pointed_at();
        let now_ms = now_ms();
        if idle && now_ms - self.drawn_ms < LIVE_PAUSE_MS {
            return;
        }
        self.drawn_ms = now_ms;
        self.fit_canvas();
        let ratio = web_sys::window().map_or(1.0, |window| window.device_pixel_ratio()) * self.zoom;
        let canvas = &self.elements.canvas;
        let view = self.picture.view();
        let (width, height) = (
            (view.width_px * ratio).round() as u32,
            (view.height_px * ratio).round() as u32,
        );
        if canvas.width() != width || canvas.height() != height {
            canvas.set_width(width);
            canvas.set_height(height);
        }
        let shapes = {
            let run = &self.picture.input().run;
            draw::draw(&self.picture.scene(&run.borrow()))
        };
        let colours = self.colours.get_or_insert_with(|| Colours::of(canvas));
        paint(&self.context, colours, ratio, &shapes);
        self.show_tip();
    }

    /// Makes the canvas as high as its rows.
    fn fit_canvas(&self) {
        let canvas = &self.elements.canvas;
        let height = format!("{}px", fixed(self.picture.view().height_px * self.zoom, 2));
        let style = HtmlElement::style(canvas);
        if style.get_property_value("height").ok().as_deref() != Some(&height) {
            let _ = style.set_property("height", &height);
        }
        let _ = canvas.toggle_attribute_with_force("data-scrolls", self.picture.scrolls());
    }

    fn show_tip(&self) {
        let tip = &self.elements.tip;
        // A line each; the style sheet makes the first the title.
        let Some((x, y, text)) = self.picture.tip() else {
            tip.set_hidden(true);
            return;
        };
        if tip.text_content().as_deref() != Some(&text) {
            tip.set_text_content(Some(&text));
        }
        tip.set_hidden(false);
        let (wide, high) = (
            f64::from(tip.offset_width()),
            f64::from(tip.offset_height()),
        );
        let (x, y) = (x * self.zoom, y * self.zoom);
        let view = self.picture.view();
        let left = (x + 14.0)
            .min(view.width_px * self.zoom - wide - 4.0)
            .max(4.0);
        let below = y + 18.0;
        let top = if below + high > view.height_px * self.zoom + 40.0 {
            y - high - 10.0
        } else {
            below
        };
        let _ = tip.style().set_property(
            "transform",
            &format!("translate({}px, {}px)", left as i32, top as i32),
        );
    }

    fn show_what_can_be_done(&self, (x, y): (f64, f64)) {
        let shape = match self.picture.hit_at(x, y) {
            Hit::Cursor | Hit::Axis => "ew-resize",
            Hit::Minimap => "grab",
            Hit::Fold(_) | Hit::Label(_) | Hit::Flag(_) => "pointer",
            _ => "default",
        };
        let _ = HtmlElement::style(&self.elements.canvas).set_property("cursor", shape);
    }
}

/// Listens to what happens on the canvas, until the listeners are dropped.
pub(super) fn listen(canvas: &Rc<RefCell<Canvas>>) -> Vec<EventListener> {
    const POINTERS: [&str; 4] = ["pointerdown", "pointermove", "pointerup", "pointercancel"];
    const OTHERS: [&str; 6] = [
        "pointerleave",
        "dblclick",
        "wheel",
        "keydown",
        "focus",
        "blur",
    ];
    let target = canvas.borrow().elements.canvas.clone();
    let on = |name: &'static str, act: fn(&RefCell<Canvas>, &Event)| {
        let canvas = Rc::clone(canvas);
        // The wheel and keys are used up, which a passive listener could not say.
        let options = EventListenerOptions::enable_prevent_default();
        EventListener::new_with_options(&target, name, options, move |event| act(&canvas, event))
    };
    let pointers = POINTERS.map(|name| on(name, on_pointer));
    let others = OTHERS.map(|name| on(name, on_other));
    pointers.into_iter().chain(others).collect()
}

fn on_pointer(canvas: &RefCell<Canvas>, event: &Event) {
    let Some(event) = event.dyn_ref::<PointerEvent>() else {
        return;
    };
    let (id, shift) = (event.pointer_id(), event.shift_key());
    let (x, y) = canvas.borrow().point(event);
    match event.type_().as_str() {
        "pointerdown" if event.button() == 0 => {
            let _ = canvas.borrow().elements.canvas.set_pointer_capture(id);
            Canvas::act(canvas, |picture| picture.pointer_down(id, x, y, shift));
        }
        "pointermove" => {
            Canvas::act(canvas, |picture| picture.pointer_move(id, x, y));
            canvas.borrow().show_what_can_be_done((x, y));
        }
        "pointerup" => Canvas::act(canvas, |picture| picture.pointer_up(id, x, y, shift)),
        "pointercancel" => Canvas::act(canvas, |picture| picture.pointer_cancel(id)),
        _ => {}
    }
}

fn on_other(canvas: &RefCell<Canvas>, event: &Event) {
    match event.type_().as_str() {
        "pointerleave" => Canvas::act(canvas, Interaction::leave),
        "focus" => {
            let by_key = canvas.borrow().elements.canvas.matches(":focus-visible");
            Canvas::act(canvas, |picture| {
                picture.focus(true, by_key.unwrap_or(false))
            });
        }
        "blur" => Canvas::act(canvas, |picture| picture.focus(false, false)),
        _ => {}
    }
    if let Some(event) = event.dyn_ref::<KeyboardEvent>() {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        if let Some(command) = command(&event.key(), event.shift_key()) {
            let used = Canvas::act(canvas, |picture| {
                picture.focus(true, true);
                picture.apply(command)
            });
            if used {
                event.prevent_default();
                event.stop_propagation();
            }
        }
    } else if let Some(event) = event.dyn_ref::<WheelEvent>() {
        let unit_px = WHEEL_UNITS_PX[(event.delta_mode() as usize).min(2)];
        let wheel = Wheel {
            x: canvas.borrow().point(event).0,
            dx: event.delta_x() * unit_px,
            dy: event.delta_y() * unit_px,
            zooms: event.ctrl_key() || event.meta_key(),
            sideways: event.shift_key(),
        };
        if Canvas::act(canvas, |picture| picture.wheel(wheel)) {
            event.prevent_default();
        }
    } else if let ("dblclick", Some(event)) = (&*event.type_(), event.dyn_ref::<MouseEvent>()) {
        let (x, y) = canvas.borrow().point(event);
        Canvas::act(canvas, |picture| picture.double_click(x, y));
    }
}

/// Draws anew when the canvas gets another size or the page another theme, until the function
/// that this returns is called.
pub(super) fn observe(canvas: &Rc<RefCell<Canvas>>) -> impl FnOnce() + use<> {
    let on = |act: fn(&mut Canvas)| {
        let canvas = Rc::downgrade(canvas);
        move || {
            if let Some(canvas) = canvas.upgrade() {
                act(&mut canvas.borrow_mut());
            }
        }
    };
    let sizes = on_resize(&canvas.borrow().elements.canvas, on(Canvas::resized));
    let on_theme = Closure::<dyn FnMut()>::new(on(Canvas::forget_theme));
    let themes = MutationObserver::new(on_theme.as_ref().unchecked_ref()).ok();
    let document = web_sys::window().and_then(|window| window.document());
    let root = document.and_then(|document| document.document_element());
    if let (Some(themes), Some(root)) = (&themes, root) {
        let options = MutationObserverInit::new();
        options.set_attributes(true);
        let _ = themes.observe_with_options(&root, &options);
    }
    move || {
        if let Some(themes) = themes {
            themes.disconnect();
        }
        drop((sizes, on_theme));
    }
}
