//! What a picture on the page knows beside its run: where it is zoomed to, what is pointed at,
//! and how pointers and keys change that.
//!
//! It draws at most once in a frame, whatever happens in between.

use crate::app::browser::now_ms;
use crate::app::picture::paint::{Theme, paint};
use crate::app::run_ref::RunRef;
use crate::derived::moment::Moment;
use crate::derived::recording::Recording;
use crate::derived::timeline::{EVENT_STEP, Scale, Timeline};
use crate::picture::draw::flag;
use crate::picture::draw::{self, minimap_area};
use crate::picture::hit::{Hit, hit, segment_at};
use crate::picture::keys::Command;
use crate::picture::layout::{Choice, Layout};
use crate::picture::lod::Index;
use crate::picture::view::within;
use crate::picture::view::{TOP_PX, View};
use crate::picture::{Marks, Scene, step, words};
use crate::text::number::fixed;
use crate::trace::{ClockKind, TaskId};
use gloo_render::{AnimationFrame, request_animation_frame};
use std::cell::RefCell;
use std::rc::{Rc, Weak};
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlElement};
use yew::Callback;

/// A pointer may move so far and still click.
const CLICK_PX: f64 = 4.0;

/// Whether a pointer has moved too far for a click.
fn moved_far((x0, y0): (f64, f64), (x1, y1): (f64, f64)) -> bool {
    let (x, y) = (x1 - x0, y1 - y0);
    x * x + y * y > CLICK_PX * CLICK_PX
}

/// Between two drawings of a live run in which nothing new has come, milliseconds.
const LIVE_PAUSE_MS: f64 = 30.0;

/// How large a picture is that is presented.
const PRESENTED_ZOOM: f64 = 1.4;

/// The most rows that are shown without scrolling.
const MOST_ROWS: usize = 16;

/// What the page wants to see.
#[derive(Clone, PartialEq)]
pub struct Wanted {
    /// The run.
    pub run: RunRef,
    /// It goes on.
    pub live: bool,
    /// The moment that is shown.
    pub cursor: Option<Moment>,
    /// The run's place among those on screen.
    pub place: usize,
    /// The chosen task.
    pub selected: Option<TaskId>,
    /// Which rows.
    pub choice: Choice,
    /// How much of the axis to show when everything is shown, if the page says so.
    pub extent_ns: Option<u64>,
    /// What part of the axis to show, where pictures show the same; else all of it.
    pub span: Option<(u64, u64)>,
    /// Along the order of events rather than time.
    pub by_order: bool,
    /// All wakes rather than those of one task.
    pub all_wakes: bool,
    /// With the critical path.
    pub path: bool,
}

/// What the reader did that is the page's business.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Deed {
    /// Moved the cursor, or took it away.
    Cursor(Option<Moment>),
    /// Chose a task, or gave the choice up.
    Select(Option<TaskId>),
    /// Wants to see a task at a moment.
    Point(TaskId, u64),
    /// Moved the window on the axis; nothing is the whole of it.
    Span(Option<(u64, u64)>),
    /// Folded or unfolded a task's children.
    Fold(TaskId),
    /// Asked for the field that filters.
    Filter,
    /// Asked for all wakes or no longer.
    AllWakes,
    /// Asked for the critical path or no longer.
    Path,
    /// Asked for the other axis.
    Order,
}

/// What the pointer does while it is down.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Drag {
    /// Perhaps only a click.
    Press,
    Pan,
    Cursor,
    Measure {
        from_ns: u64,
    },
    Minimap,
    Pinch,
}

/// A pointer that is down.
#[derive(Clone, Copy, Debug)]
struct Pointer {
    id: i32,
    x: f64,
    y: f64,
    start: (f64, f64),
}

/// The elements that a picture is shown in.
pub struct Stage {
    /// What is drawn on.
    pub canvas: HtmlCanvasElement,
    /// What the pointer points at, in words.
    pub tip: HtmlElement,
    /// What screen readers say after a key.
    pub says: HtmlElement,
}

/// A picture on the page.
pub struct Engine {
    me: Weak<RefCell<Engine>>,
    stage: Stage,
    context: CanvasRenderingContext2d,
    theme: Option<Theme>,
    wanted: Wanted,
    /// The timeline along the order of events, when that is the axis.
    order: Option<Timeline>,
    index: Index,
    layout: Layout,
    /// What index and layout were made from.
    derived: Option<Derived>,
    view: View,
    /// The whole run is to be shown, also when it grows.
    fits: bool,
    /// How many of the page's pixels are one of the picture's.
    zoom: f64,
    /// Where to move the window, because another picture was moved.
    goes_to: Option<(u64, u64)>,
    /// The page moved the cursor: where it went has to be seen.
    follows: bool,
    marks: Marks,
    focused: bool,
    pointers: Vec<Pointer>,
    drag: Drag,
    hover: Option<(f64, f64)>,
    wakes_of: Option<(TaskId, usize)>,
    /// When the latest revision came, by the page's clock.
    revised_ms: f64,
    frame: Option<AnimationFrame>,
    drawn_ms: f64,
    deeds: Vec<Deed>,
    on_matches: Callback<(usize, usize)>,
    /// What the last drawing took, for measurements.
    pub last_draw_ms: f64,
}

#[derive(Clone, PartialEq)]
struct Derived {
    run: RunRef,
    choice: Choice,
    scale: Scale,
    cursor: Option<Moment>,
}

impl Engine {
    /// A picture on a canvas; `None` where the browser cannot draw on one.
    ///
    /// `on_matches` is told after each drawing how many tasks pass the filter, of how many.
    pub fn new(
        stage: Stage,
        wanted: Wanted,
        on_matches: Callback<(usize, usize)>,
    ) -> Option<Rc<RefCell<Engine>>> {
        let context = stage.canvas.get_context("2d").ok()??;
        let context: CanvasRenderingContext2d = context.dyn_into().ok()?;
        let engine = Rc::new_cyclic(|me| {
            RefCell::new(Engine {
                me: Weak::clone(me),
                stage,
                context,
                theme: None,
                wanted,
                order: None,
                index: Index::default(),
                layout: Layout::default(),
                derived: None,
                view: View::fit(0, 1.0, 1.0, 0.0),
                fits: true,
                zoom: 1.0,
                goes_to: None,
                follows: false,
                marks: Marks::default(),
                focused: false,
                pointers: Vec::new(),
                drag: Drag::Press,
                hover: None,
                wakes_of: None,
                revised_ms: now_ms(),
                frame: None,
                drawn_ms: 0.0,
                deeds: Vec::new(),
                on_matches,
                last_draw_ms: 0.0,
            })
        });
        engine.borrow_mut().schedule();
        Some(engine)
    }

    /// Shows something else from now on.
    pub fn want(&mut self, wanted: Wanted) {
        let same_run = Rc::ptr_eq(&self.wanted.run.recording, &wanted.run.recording);
        if !same_run || self.wanted.run != wanted.run {
            self.revised_ms = now_ms();
        }
        if !same_run || self.wanted.by_order != wanted.by_order {
            self.fits = true;
            self.marks.range_ns = None;
        }
        // Another picture was moved: this one goes there, and is then moved on its own again.
        if self.wanted.span != wanted.span {
            self.fits = wanted.span.is_none();
            self.goes_to = wanted.span;
        }
        // A cursor that is dragged is under the pointer already.
        self.follows |= self.wanted.cursor != wanted.cursor && self.pointers.is_empty();
        self.wanted = wanted;
        self.schedule();
    }

    /// Reads the colours, and how large all is, again at the next drawing.
    pub fn forget_theme(&mut self) {
        self.theme = None;
        let presents = self.stage.canvas.closest("[data-presents=yes]");
        self.zoom = match presents {
            Ok(Some(_)) => PRESENTED_ZOOM,
            _ => 1.0,
        };
        self.schedule();
    }

    /// Has the picture drawn in the next frame.
    pub fn schedule(&mut self) {
        if self.frame.is_some() {
            return;
        }
        let me = Weak::clone(&self.me);
        self.frame = Some(request_animation_frame(move |_| {
            let Some(engine) = me.upgrade() else { return };
            let mut borrowed = engine.borrow_mut();
            borrowed.frame = None;
            borrowed.draw();
            if borrowed.wanted.live {
                borrowed.schedule();
            }
            let matches = borrowed.matches();
            let on_matches = borrowed.on_matches.clone();
            // Whoever is told may ask for another picture at once.
            drop(borrowed);
            on_matches.emit(matches);
        }));
    }

    /// A place on the canvas, in the picture's pixels.
    pub fn place(&self, x: i32, y: i32) -> (f64, f64) {
        (f64::from(x) / self.zoom, f64::from(y) / self.zoom)
    }

    /// What the reader did since the last call.
    pub fn take_deeds(&mut self) -> Vec<Deed> {
        std::mem::take(&mut self.deeds)
    }

    // --- drawing ------------------------------------------------------------------------

    fn draw(&mut self) {
        let started_ms = now_ms();
        let recording = Rc::clone(&self.wanted.run.recording);
        let recording = recording.borrow();
        let changed = self.derive(&recording);
        // Between batches only the open segments grow, which need not be smooth to the frame.
        let idle = self.wanted.live && !changed && self.pointers.is_empty();
        if idle && started_ms - self.drawn_ms < LIVE_PAUSE_MS && self.hover.is_none() {
            return;
        }
        self.drawn_ms = started_ms;
        self.fit_canvas();
        let ratio = web_sys::window().map_or(1.0, |window| window.device_pixel_ratio()) * self.zoom;
        let canvas = &self.stage.canvas;
        let (width, height) = (
            (self.view.width_px * ratio).round() as u32,
            (self.view.height_px * ratio).round() as u32,
        );
        if canvas.width() != width || canvas.height() != height {
            canvas.set_width(width);
            canvas.set_height(height);
        }
        let mut theme = self.theme.take().unwrap_or_else(|| Theme::of(canvas));
        let shapes = draw::draw(&self.scene(&recording));
        paint(&self.context, &mut theme, ratio, &shapes);
        self.theme = Some(theme);
        self.show_tip(&recording);
        self.last_draw_ms = now_ms() - started_ms;
    }

    fn scale(&self, recording: &Recording) -> Scale {
        let trace = recording.trace();
        // A run that takes no time has nothing to show but its order.
        let instant = trace.end.is_some() && trace.duration_ns() == 0 && !trace.events.is_empty();
        if self.wanted.by_order || instant {
            Scale::Order
        } else {
            Scale::Time
        }
    }

    /// Brings index, layout and window up to date; whether anything changed.
    fn derive(&mut self, recording: &Recording) -> bool {
        let trace = recording.trace();
        let scale = self.scale(recording);
        // The cursor matters to the rows only when it decides what passes the filter.
        let filter_at = self.wanted.choice.state.and(self.wanted.cursor);
        let derived = Derived {
            run: self.wanted.run.clone(),
            choice: self.wanted.choice.clone(),
            scale,
            cursor: filter_at,
        };
        let changed = self.derived.as_ref() != Some(&derived);
        if changed {
            let grows = self.derived.as_ref().is_some_and(|before| {
                Rc::ptr_eq(&before.run.recording, &derived.run.recording) && before.scale == scale
            });
            if !grows {
                self.index = Index::default();
                self.order = None;
                self.wakes_of = None;
                self.marks.wakes.clear();
                self.marks.range_ns = None;
                self.hover = None;
            }
            if scale == Scale::Order {
                match &mut self.order {
                    Some(order) => order.extend(trace),
                    None => self.order = Some(Timeline::along(scale, trace)),
                }
            } else {
                self.order = None;
            }
            let timeline = self.order.as_ref().unwrap_or(recording.timeline());
            self.index.extend(trace, timeline);
            self.marks.flags = flag::flags(trace, scale, &recording.findings());
            let at = filter_at.map(|cursor| self.place_of(recording, scale, cursor));
            self.layout = Layout::new(trace, timeline, &self.index, &self.wanted.choice, at);
            self.derived = Some(derived);
        }
        self.marks.now_ns = self.now(recording, scale);
        self.marks.extent_ns = self.extent(recording, scale);
        self.marks.cursor_ns = self
            .wanted
            .cursor
            .map(|cursor| self.place_of(recording, scale, cursor));
        self.marks.selected = self.wanted.selected;
        self.marks.all_wakes = self.wanted.all_wakes;
        self.marks.path = match self.wanted.path {
            true => recording.critical_path(),
            false => Rc::default(),
        };
        if !self.focused {
            self.marks.focused_row = None;
        }
        self.find_wakes(recording);
        let rows = self.layout.rows.len();
        let width_px = f64::from(self.stage.canvas.client_width().max(120)) / self.zoom;
        let shown = rows.clamp(1, MOST_ROWS);
        let gutter_px = self.layout.gutter_px(trace, width_px);
        let height_px = View::height_for(shown);
        self.view = View {
            width_px,
            height_px,
            gutter_px,
            ..self.view
        };
        let extent_ns = self.marks.extent_ns;
        self.view = match self.goes_to.take() {
            Some((from_ns, to_ns)) if scale == Scale::Time => {
                self.view.showing(from_ns, to_ns, extent_ns)
            }
            _ if self.fits => self.view.showing(0, extent_ns, extent_ns),
            _ => self
                .view
                .showing(self.view.from_ns, self.view.to_ns, extent_ns),
        };
        self.view = self.view.scrolled(0.0, rows);
        if std::mem::take(&mut self.follows)
            && let Some(cursor_ns) = self.marks.cursor_ns
        {
            self.view = self.view_of(cursor_ns);
        }
        changed
    }

    /// The window, moved when a place would be out of sight.
    fn view_of(&self, place: u64) -> View {
        let view = self.view;
        let x = view.x_of(place);
        if (view.gutter_px..=view.right_px()).contains(&x) {
            return view;
        }
        let by_px = x - (view.gutter_px + view.lanes_px() / 2.0);
        view.panned(by_px, self.marks.extent_ns)
    }

    /// Where open segments end.
    fn now(&self, recording: &Recording, scale: Scale) -> u64 {
        let trace = recording.trace();
        let latest = scale.end(trace);
        let is_real = trace.clock == ClockKind::Live && scale == Scale::Time;
        if self.wanted.live && is_real && trace.end.is_none() && !trace.events.is_empty() {
            latest + ((now_ms() - self.revised_ms).max(0.0) * 1e6) as u64
        } else {
            latest
        }
    }

    /// How much of the axis is the whole.
    fn extent(&self, recording: &Recording, scale: Scale) -> u64 {
        let now_ns = self.marks.now_ns;
        let asked_ns = match scale {
            Scale::Time => self.wanted.extent_ns.unwrap_or(0),
            Scale::Order => 0,
        };
        let ended = recording.trace().end.is_some() || !self.wanted.live;
        if ended || asked_ns >= now_ns {
            return now_ns.max(asked_ns).max(1);
        }
        // An axis that grows in steps can be read while the run goes on.
        let mut extent_ns: u64 = 1_000_000_000;
        while extent_ns < now_ns {
            extent_ns += (extent_ns / 4).max(1);
        }
        extent_ns
    }

    /// Finds the wakes of the task that is pointed at, else of the chosen one.
    fn find_wakes(&mut self, recording: &Recording) {
        let hovered = self.marks.hovered_row.and_then(|row| self.layout.task(row));
        let Some(task) = hovered.or(self.wanted.selected) else {
            self.wakes_of = None;
            self.marks.wakes.clear();
            return;
        };
        let trace = recording.trace();
        let from = match self.wakes_of {
            Some((same, seen)) if same == task => seen,
            _ => {
                self.marks.wakes.clear();
                0
            }
        };
        self.marks.wakes.extend(words::wakes_of(trace, task, from));
        self.wakes_of = Some((task, trace.events.len()));
    }

    /// Makes the canvas as high as its rows.
    fn fit_canvas(&self) {
        let height = format!("{}px", fixed(self.view.height_px * self.zoom, 2));
        let style = HtmlElement::style(&self.stage.canvas);
        if style.get_property_value("height").ok().as_deref() != Some(&height) {
            let _ = style.set_property("height", &height);
        }
        let scrolls = self.layout.rows.len() > MOST_ROWS;
        let _ = self
            .stage
            .canvas
            .toggle_attribute_with_force("data-scrolls", scrolls);
    }

    fn scene<'a>(&'a self, recording: &'a Recording) -> Scene<'a> {
        Scene {
            trace: recording.trace(),
            timeline: self.order.as_ref().unwrap_or(recording.timeline()),
            index: &self.index,
            layout: &self.layout,
            view: &self.view,
            marks: &self.marks,
        }
    }

    fn matches(&self) -> (usize, usize) {
        let recording = self.wanted.run.recording.borrow();
        (self.layout.matches, recording.timeline().lanes.len())
    }

    fn hit_at(&self, x: f64, y: f64) -> Hit {
        let recording = self.wanted.run.recording.borrow();
        hit(&self.scene(&recording), x, y)
    }

    fn show_tip(&self, recording: &Recording) {
        let tip = &self.stage.tip;
        let told = self
            .hover
            .filter(|_| self.pointers.is_empty())
            .and_then(|(x, y)| {
                let scene = self.scene(recording);
                words::hit_words(&scene, hit(&scene, x, y)).map(|told| (x, y, told))
            });
        let Some((x, y, (title, lines))) = told else {
            tip.set_hidden(true);
            return;
        };
        // A line each; the style sheet makes the first the title.
        let text = std::iter::once(title)
            .chain(lines)
            .collect::<Vec<_>>()
            .join("\n");
        if tip.text_content().as_deref() != Some(&text) {
            tip.set_text_content(Some(&text));
        }
        tip.set_hidden(false);
        let (wide, high) = (
            f64::from(tip.offset_width()),
            f64::from(tip.offset_height()),
        );
        let (x, y) = (x * self.zoom, y * self.zoom);
        let left = (x + 14.0)
            .min(self.view.width_px * self.zoom - wide - 4.0)
            .max(4.0);
        let below = y + 18.0;
        let top = if below + high > self.view.height_px * self.zoom + 40.0 {
            y - high - 10.0
        } else {
            below
        };
        let _ = tip.style().set_property(
            "transform",
            &format!("translate({}px, {}px)", left as i32, top as i32),
        );
    }

    // --- moving -------------------------------------------------------------------------

    fn show(&mut self, view: View) {
        let extent_ns = self.marks.extent_ns;
        let moved = (view.from_ns, view.to_ns) != (self.view.from_ns, self.view.to_ns);
        self.view = view;
        self.fits = view.is_fit(extent_ns);
        // One that shares its axis with another takes that one along.
        if moved && self.order.is_none() && self.wanted.extent_ns.is_some() {
            let span = (view.from_ns, view.to_ns);
            self.deeds.push(Deed::Span((!self.fits).then_some(span)));
        }
        self.schedule();
    }

    fn set_cursor(&mut self, place: u64) {
        let place = place.min(self.marks.now_ns);
        let moment = match &self.order {
            Some(_) => {
                let recording = self.wanted.run.recording.borrow();
                // Between two events, after the nearer number of them.
                let count = (place + EVENT_STEP / 2) / EVENT_STEP;
                Moment::after(recording.trace(), self.wanted.place, count as usize)
            }
            None => Moment::at(place),
        };
        self.deeds.push(Deed::Cursor(Some(moment)));
    }

    /// Where a moment is on a scale: after all that has happened until then.
    fn place_of(&self, recording: &Recording, scale: Scale, moment: Moment) -> u64 {
        match scale {
            Scale::Time => moment.time_ns,
            Scale::Order => moment.count(recording.trace(), self.wanted.place) as u64 * EVENT_STEP,
        }
    }

    /// Does what a key or a button asks for; `false` when there was nothing to do, so that the
    /// key may mean something to the page.
    pub fn obey(&mut self, command: Command) -> bool {
        let extent_ns = self.marks.extent_ns;
        let view = self.view;
        let centre = match self.marks.cursor_ns.map(|cursor_ns| view.x_of(cursor_ns)) {
            // Around the cursor while it can be seen.
            Some(x) if (view.gutter_px..=view.right_px()).contains(&x) => x,
            _ => view.gutter_px + view.lanes_px() / 2.0,
        };
        match command {
            Command::Zoom(factor) => self.show(view.zoomed(factor, centre, extent_ns)),
            Command::Pan(part) => self.show(view.panned(part * view.lanes_px(), extent_ns)),
            Command::Fit => self.show(view.showing(0, extent_ns, extent_ns)),
            Command::ZoomToSelection => {
                if let Some((from_ns, to_ns)) = self.selection_ns() {
                    self.show(view.zoomed_to(from_ns, to_ns, extent_ns));
                }
            }
            Command::Step(by) => self.step(by, false),
            Command::StepTurn(by) => self.step(by, true),
            Command::ToEnd(end) => {
                self.set_cursor(if end { self.marks.now_ns } else { 0 });
            }
            Command::Row(by) => {
                let rows = self.layout.rows.len();
                let Some(last) = rows.checked_sub(1) else {
                    return true;
                };
                let row = match self.marks.focused_row {
                    Some(row) => row.saturating_add_signed(by as isize).min(last),
                    None => 0,
                };
                self.marks.focused_row = Some(row);
                self.view = self.view.revealing(row, rows);
                self.say();
                self.schedule();
            }
            Command::Select => {
                let row = self.marks.focused_row;
                if let Some(task) = row.and_then(|row| self.layout.task(row)) {
                    self.select(task);
                }
            }
            Command::Fold => {
                let row = self.marks.focused_row;
                if let Some(task) = row.and_then(|row| self.layout.task(row)) {
                    self.deeds.push(Deed::Fold(task));
                }
            }
            Command::Measure => {
                if let Some(cursor_ns) = self.marks.cursor_ns {
                    self.measure_to(cursor_ns);
                }
            }
            Command::AllWakes => self.deeds.push(Deed::AllWakes),
            Command::Path => self.deeds.push(Deed::Path),
            Command::Order => self.deeds.push(Deed::Order),
            Command::Filter => self.deeds.push(Deed::Filter),
            Command::Escape => {
                self.schedule();
                if self.marks.range_ns.take().is_some() {
                    return true;
                }
                if self.wanted.selected.is_none() {
                    return false;
                }
                self.deeds.push(Deed::Select(None));
            }
        }
        true
    }

    /// The measured range, else the life of the chosen task or of that of the keyboard's row.
    fn selection_ns(&self) -> Option<(u64, u64)> {
        if let Some(range) = self.marks.range_ns
            && range.0 != range.1
        {
            return Some((range.0.min(range.1), range.0.max(range.1)));
        }
        let row = self.marks.focused_row;
        let focused = row.and_then(|row| self.layout.task(row));
        let task = self.wanted.selected.or(focused)?;
        let recording = self.wanted.run.recording.borrow();
        let timeline = self.order.as_ref().unwrap_or(recording.timeline());
        let lane = timeline.lanes.get(task.index())?;
        let end_ns = lane.done.map_or(self.marks.now_ns, |(done_ns, _)| done_ns);
        Some((lane.spawned_ns, end_ns))
    }

    fn step(&mut self, by: i32, turns: bool) {
        let recording = Rc::clone(&self.wanted.run.recording);
        let recording = recording.borrow();
        let (trace, forward) = (recording.trace(), by > 0);
        let timeline = self.order.as_ref().unwrap_or(recording.timeline());
        let mut at = self.marks.cursor_ns;
        for _ in 0..by.unsigned_abs() {
            // Without a cursor the first step goes to the first or last moment of all.
            let Some(from_ns) = at else {
                at = Some(if forward { 0 } else { self.marks.now_ns });
                continue;
            };
            let next = if turns {
                step::turn(trace, timeline, from_ns, forward)
            } else {
                step::event(trace, timeline.scale(), from_ns, forward)
            };
            at = next.or(at);
        }
        let Some(at) = at else { return };
        drop(recording);
        self.set_cursor(at);
        self.marks.cursor_ns = Some(at);
        self.say();
        let view = self.view_of(at);
        if view != self.view {
            self.show(view);
        }
    }

    /// Has screen readers say where the keyboard's row and the cursor are.
    fn say(&self) {
        let recording = self.wanted.run.recording.borrow();
        let scene = self.scene(&recording);
        let mut said = Vec::new();
        let row = self.marks.focused_row;
        if let Some(row) = row.and_then(|row| self.layout.rows.get(row)) {
            said.push(crate::picture::layout::label(recording.trace(), row));
        }
        if let Some(cursor_ns) = self.marks.cursor_ns {
            let task = row.and_then(|row| self.layout.task(row));
            let lane = task.and_then(|task| scene.timeline.lanes.get(task.index()));
            if let Some(segment) = lane.and_then(|lane| segment_at(&scene, lane, cursor_ns)) {
                said.push(segment.state.words().to_owned());
            }
            said.push(crate::picture::axis::moment_words(
                cursor_ns,
                &self.view,
                scene.scale(),
            ));
        }
        self.stage.says.set_text_content(Some(&said.join(", ")));
    }

    fn select(&mut self, task: TaskId) {
        let next = (self.wanted.selected != Some(task)).then_some(task);
        self.deeds.push(Deed::Select(next));
    }

    fn measure_to(&mut self, place: u64) {
        self.marks.range_ns = match self.marks.range_ns {
            // A range of no length is one that was begun.
            Some((from_ns, to_ns)) if from_ns == to_ns => Some((from_ns, place)),
            _ => Some((place, place)),
        };
        self.schedule();
    }

    // --- pointers -----------------------------------------------------------------------

    /// The picture got the focus, or lost it.
    pub fn focus(&mut self, focused: bool, by_key: bool) {
        self.focused = focused;
        if focused && by_key && self.marks.focused_row.is_none() && !self.layout.rows.is_empty() {
            let row = self
                .wanted
                .selected
                .and_then(|task| self.layout.row_of(task));
            self.marks.focused_row = Some(row.unwrap_or(0));
        }
        self.schedule();
    }

    /// The wheel was turned, or two fingers moved on a pad; whether that is used up.
    pub fn wheel(&mut self, x: f64, dx: f64, dy: f64, zooms: bool, sideways: bool) -> bool {
        let extent_ns = self.marks.extent_ns;
        if zooms {
            // As far in for a turn one way as out for the same the other way.
            let part = 1.0 + within(dy.abs() * 0.0045, 0.0, 1.0);
            let factor = if dy < 0.0 { 1.0 / part } else { part };
            let view = self.view.zoomed(factor, x, extent_ns);
            self.show(view);
            return true;
        }
        let across = if sideways && dx == 0.0 { dy } else { dx };
        if across.abs() > dy.abs() || sideways {
            if self.view.is_fit(extent_ns) {
                return false;
            }
            self.show(self.view.panned(across, extent_ns));
            return true;
        }
        let scrolled = self.view.scrolled(dy, self.layout.rows.len());
        if scrolled.scroll_px == self.view.scroll_px {
            return false;
        }
        self.view = scrolled;
        self.schedule();
        true
    }

    /// A pointer goes down; whether to follow it outside of the canvas.
    pub fn pointer_down(&mut self, id: i32, x: f64, y: f64, shift: bool) {
        let pointer = Pointer {
            id,
            x,
            y,
            start: (x, y),
        };
        self.pointers.retain(|other| other.id != id);
        self.pointers.push(pointer);
        if self.pointers.len() == 2 {
            self.drag = Drag::Pinch;
            return;
        }
        self.drag = match self.hit_at(x, y) {
            _ if shift => Drag::Measure {
                from_ns: self.view.time_at(x),
            },
            Hit::Cursor => Drag::Cursor,
            Hit::Minimap => {
                self.centre_on_minimap(x);
                Drag::Minimap
            }
            Hit::Axis => {
                self.set_cursor(self.view.time_at(x));
                Drag::Cursor
            }
            Hit::Nothing if y <= TOP_PX && x >= self.view.gutter_px => {
                self.set_cursor(self.view.time_at(x));
                Drag::Cursor
            }
            _ => Drag::Press,
        };
    }

    /// A pointer moves, down or not.
    pub fn pointer_move(&mut self, id: i32, x: f64, y: f64) {
        let before = self.pointers.clone();
        let Some(pointer) = self.pointers.iter_mut().find(|pointer| pointer.id == id) else {
            self.hover(x, y);
            return;
        };
        let (dx, dy) = (x - pointer.x, y - pointer.y);
        let far = moved_far(pointer.start, (x, y));
        (pointer.x, pointer.y) = (x, y);
        let extent_ns = self.marks.extent_ns;
        match self.drag {
            Drag::Press if far => {
                let can_pan = !self.view.is_fit(extent_ns) || self.layout.rows.len() > MOST_ROWS;
                // Where there is nowhere to go, a drag moves the cursor.
                self.drag = if can_pan { Drag::Pan } else { Drag::Cursor };
                if self.drag == Drag::Cursor {
                    self.set_cursor(self.view.time_at(x));
                }
            }
            Drag::Press => {}
            Drag::Pan => {
                let view = self.view.panned(-dx, extent_ns);
                self.show(view.scrolled(-dy, self.layout.rows.len()));
            }
            Drag::Cursor => self.set_cursor(self.view.time_at(x)),
            Drag::Measure { from_ns } => {
                if far {
                    self.marks.range_ns = Some((from_ns, self.view.time_at(x)));
                    self.schedule();
                }
            }
            Drag::Minimap => self.centre_on_minimap(x),
            Drag::Pinch => self.pinch(&before),
        }
    }

    /// Two fingers: the times under them stay under them.
    fn pinch(&mut self, before: &[Pointer]) {
        let (&[a0, b0, ..], &[a1, b1, ..]) = (before, &self.pointers[..]) else {
            return;
        };
        let apart = |a: Pointer, b: Pointer| (a.x - b.x).abs().max(24.0);
        let factor = apart(a0, b0) / apart(a1, b1);
        let (middle0, middle1) = ((a0.x + b0.x) / 2.0, (a1.x + b1.x) / 2.0);
        let extent_ns = self.marks.extent_ns;
        let view = self.view.zoomed(factor, middle0, extent_ns);
        self.show(view.panned(middle0 - middle1, extent_ns));
    }

    /// A pointer goes up.
    pub fn pointer_up(&mut self, id: i32, x: f64, y: f64, shift: bool) {
        let Some(at) = self.pointers.iter().position(|pointer| pointer.id == id) else {
            return;
        };
        let pointer = self.pointers.remove(at);
        let far = moved_far(pointer.start, (x, y));
        match self.drag {
            Drag::Pinch => {
                // The finger that stays goes on as a pan.
                self.drag = Drag::Pan;
            }
            Drag::Press if !far && !shift => self.click(x, y),
            Drag::Measure { .. } if !far => self.measure_to(self.view.time_at(x)),
            _ => {}
        }
        self.schedule();
    }

    /// A pointer is taken away by the browser.
    pub fn pointer_cancel(&mut self, id: i32) {
        self.pointers.retain(|pointer| pointer.id != id);
        self.drag = Drag::Press;
    }

    fn click(&mut self, x: f64, y: f64) {
        match self.hit_at(x, y) {
            Hit::Fold(task) => self.deeds.push(Deed::Fold(task)),
            Hit::Flag(flag) => {
                let flag = &self.marks.flags[flag];
                self.deeds.push(Deed::Point(flag.task, flag.time_ns));
            }
            Hit::Segment(task, _) | Hit::End(task) | Hit::Empty(task) => self.select(task),
            Hit::Label(row) => {
                if let Some(task) = self.layout.task(row) {
                    self.select(task);
                }
            }
            Hit::Wake(position) => {
                let recording = self.wanted.run.recording.borrow();
                let (task, _) =
                    words::event_words(recording.trace(), &recording.trace().events[position]);
                drop(recording);
                if let Some(task) = task {
                    self.select(task);
                }
            }
            Hit::Nothing if self.wanted.selected.is_some() => self.deeds.push(Deed::Select(None)),
            _ => {}
        }
        if let Some(row) = self
            .view
            .row_at(y)
            .filter(|row| *row < self.layout.rows.len())
        {
            self.marks.focused_row = Some(row);
        }
    }

    /// Two clicks: zooms to what is under them, or shows everything.
    pub fn double_click(&mut self, x: f64, y: f64) {
        let extent_ns = self.marks.extent_ns;
        let view = match self.hit_at(x, y) {
            Hit::Segment(_, segment) if segment.end_ns > segment.start_ns => {
                self.view
                    .zoomed_to(segment.start_ns, segment.end_ns, extent_ns)
            }
            _ => self.view.showing(0, extent_ns, extent_ns),
        };
        self.show(view);
    }

    fn centre_on_minimap(&mut self, x: f64) {
        let recording = self.wanted.run.recording.borrow();
        let area = minimap_area(&self.scene(&recording));
        drop(recording);
        let extent_ns = self.marks.extent_ns;
        let part = within((x - f64::from(area.x)) / f64::from(area.w), 0.0, 1.0);
        let middle_ns = (part * extent_ns as f64) as u64;
        let span_ns = self.view.span_ns();
        let from_ns = middle_ns.saturating_sub(span_ns / 2);
        self.show(
            self.view
                .showing(from_ns, from_ns.saturating_add(span_ns), extent_ns),
        );
    }

    fn hover(&mut self, x: f64, y: f64) {
        self.hover = Some((x, y));
        let row = self
            .view
            .row_at(y)
            .filter(|row| *row < self.layout.rows.len());
        self.marks.hovered_row = row;
        let shape = match self.hit_at(x, y) {
            Hit::Cursor | Hit::Axis => "ew-resize",
            Hit::Minimap => "grab",
            Hit::Nothing => "default",
            Hit::Fold(_) | Hit::Label(_) | Hit::Flag(_) => "pointer",
            _ => "default",
        };
        let _ = HtmlElement::style(&self.stage.canvas).set_property("cursor", shape);
        self.schedule();
    }

    /// The pointer left the canvas.
    pub fn leave(&mut self) {
        self.hover = None;
        self.marks.hovered_row = None;
        self.schedule();
    }
}
