//! What a picture on a page knows beside its run: where it is zoomed to, what is pointed at and
//! chosen, and how pointers, the wheel and keys change that.
//!
//! Nothing here draws or knows a browser. Whoever shows the picture hands on what the reader does,
//! reads [`Interaction::scene`] to draw it, and passes on the [`PictureEvent`]s that are not the
//! picture's own business. What was done is in force at once, also before it is drawn.

mod commands;
mod pointers;
pub mod wheel;

use crate::derived::moment::Moment;
use crate::derived::recording::Recording;
use crate::derived::run_ref::RunRef;
use crate::derived::timeline::{EVENT_STEP, Scale, Timeline};
use crate::picture::draw::flag;
use crate::picture::hit::{Hit, hit, segment_at};
use crate::picture::layout::{self, Choice, Layout};
use crate::picture::lod::Index;
use crate::picture::view::View;
use crate::picture::{Marks, Scene, axis, words};
use crate::trace::{ClockKind, TaskId};
use pointers::{Drag, Pointer};
use std::rc::Rc;

/// How many rows are shown without scrolling.
const MAX_ROWS_IN_VIEW: usize = 16;

/// What the page wants to see.
#[derive(Clone, PartialEq)]
pub struct Input {
    /// The run.
    pub run: RunRef,
    /// It goes on.
    pub live: bool,
    /// The run's slot on screen.
    pub slot: usize,
    /// How much of the axis to show when everything is shown, if the page says so; nanoseconds.
    pub extent_ns: Option<u64>,
}

/// What the pictures on a page have in common.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Shared {
    /// The moment that is shown.
    pub cursor: Option<Moment>,
    /// The chosen task.
    pub selected: Option<TaskId>,
    /// What part of the axis to show, where pictures show the same; else all of it. Nanoseconds.
    pub span: Option<(u64, u64)>,
}

/// What of its run a picture shows, as the reader has chosen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// Which rows.
    pub choice: Choice,
    /// Along the order of events rather than time.
    pub by_order: bool,
    /// All wakes rather than those of one task.
    pub all_wakes: bool,
    /// With the critical path.
    pub path: bool,
    /// The fields for these options are open.
    pub open: bool,
}

/// What the reader did that is the page's business.
#[derive(Clone, Debug, PartialEq)]
pub enum PictureEvent {
    /// Moved the cursor.
    Cursor(Moment),
    /// Chose a task, or gave the choice up.
    Select(Option<TaskId>),
    /// Wants to see a task at a moment, in nanoseconds since the run began.
    Point(TaskId, u64),
    /// Moved the window on the axis; nothing is the whole of it. Nanoseconds.
    Span(Option<(u64, u64)>),
    /// Changed the options, which are in force already.
    Options(Options),
    /// Something to be said to those who hear the page.
    Say(String),
}

/// A picture as the reader left it.
pub struct Interaction {
    input: Input,
    shared: Shared,
    options: Options,
    /// The timeline along the order of events, when that is the axis.
    order: Option<Timeline>,
    index: Index,
    layout: Layout,
    /// What index and layout were made from.
    derived: Option<Derived>,
    view: View,
    width_px: f64,
    /// The present, by the page's clock.
    now_ms: f64,
    /// When the latest revision came, by the page's clock.
    revised_ms: f64,
    /// The whole run is to be shown, also when it grows.
    fits: bool,
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
    /// Something has come to the run or its rows since this was asked last.
    has_news: bool,
    events: Vec<PictureEvent>,
}

#[derive(Clone, PartialEq)]
struct Derived {
    run: RunRef,
    choice: Choice,
    scale: Scale,
    /// What the filter by state looks at.
    filter_at: Option<Moment>,
}

impl Interaction {
    /// A picture of which everything is in view.
    pub fn new(input: Input) -> Self {
        Interaction {
            input,
            shared: Shared::default(),
            options: Options::default(),
            order: None,
            index: Index::default(),
            layout: Layout::default(),
            derived: None,
            view: View::fit(0, 1.0, 1.0, 0.0),
            width_px: 1.0,
            now_ms: 0.0,
            revised_ms: 0.0,
            fits: true,
            goes_to: None,
            follows: false,
            marks: Marks::default(),
            focused: false,
            pointers: Vec::new(),
            drag: Drag::Press,
            hover: None,
            wakes_of: None,
            has_news: false,
            events: Vec::new(),
        }
    }

    /// Shows something else from now on.
    pub fn show(&mut self, input: Input) {
        let same_run = self.input.run.is_same_run(&input.run);
        if self.input.run != input.run {
            self.revised_ms = self.now_ms;
        }
        if !same_run {
            self.fit_anew();
        }
        self.input = input;
    }

    /// Takes in what the page's pictures have in common now.
    pub fn share(&mut self, shared: Shared) {
        let before = std::mem::replace(&mut self.shared, shared);
        // Another picture was moved: this one goes there, and is then moved on its own again.
        if before.span != shared.span {
            self.fits = shared.span.is_none();
            self.goes_to = shared.span;
        }
        // A cursor that is dragged is under the pointer already.
        self.follows |= before.cursor != shared.cursor && self.pointers.is_empty();
    }

    /// Takes in the time by the page's clock, in milliseconds, and the picture's width.
    pub fn set_frame(&mut self, now_ms: f64, width_px: f64) {
        self.now_ms = now_ms;
        self.width_px = width_px;
    }

    /// What the reader did since the last call.
    pub fn take_events(&mut self) -> Vec<PictureEvent> {
        std::mem::take(&mut self.events)
    }

    /// What the page wants to see.
    pub fn input(&self) -> &Input {
        &self.input
    }

    /// Changes what of the run is shown.
    pub fn set_options(&mut self, change: &dyn Fn(&mut Options)) {
        let by_order = self.options.by_order;
        change(&mut self.options);
        if self.options.by_order != by_order {
            self.fit_anew();
        }
        self.events
            .push(PictureEvent::Options(self.options.clone()));
    }

    /// The part of the picture that is in view.
    pub fn view(&self) -> &View {
        &self.view
    }

    /// Whether there are more rows than are in view.
    pub fn scrolls(&self) -> bool {
        self.layout.rows.len() > MAX_ROWS_IN_VIEW
    }

    /// Whether something is pointed at or dragged.
    pub fn is_pointed_at(&self) -> bool {
        self.hover.is_some() || !self.pointers.is_empty()
    }

    /// How many tasks pass the filter, of how many.
    pub fn matches(&self) -> (usize, usize) {
        let recording = self.input.run.borrow();
        (self.layout.matches, recording.timeline().lanes.len())
    }

    /// What is drawn, of the run's recording.
    pub fn scene<'a>(&'a self, recording: &'a Recording) -> Scene<'a> {
        Scene {
            trace: recording.trace(),
            timeline: self.order.as_ref().unwrap_or(recording.timeline()),
            index: &self.index,
            layout: &self.layout,
            view: &self.view,
            marks: &self.marks,
        }
    }

    /// What is under a point of the picture.
    pub fn hit_at(&self, x: f64, y: f64) -> Hit {
        let recording = self.input.run.borrow();
        hit(&self.scene(&recording), x, y)
    }

    /// What the pointer points at, in lines of words, and where the pointer is.
    pub fn tip(&self) -> Option<(f64, f64, String)> {
        let (x, y) = self.hover.filter(|_| self.pointers.is_empty())?;
        let recording = self.input.run.borrow();
        let scene = self.scene(&recording);
        let (title, lines) = words::hit_words(&scene, hit(&scene, x, y))?;
        Some((x, y, [vec![title], lines].concat().join("\n")))
    }

    /// Whether something has come to the run or its rows since the last call.
    pub fn take_news(&mut self) -> bool {
        std::mem::take(&mut self.has_news)
    }

    /// Brings index, layout and window up to date: before it is drawn, and before each thing that
    /// the reader does, which is about what came of the one before.
    pub fn update(&mut self) {
        let run = self.input.run.clone();
        let recording = &*run.borrow();
        let scale = self.scale(recording);
        let shared = self.shared;
        // The cursor matters to the rows only when it decides what passes the filter.
        let filter_at = self.options.choice.state.and(shared.cursor);
        let derived = Derived {
            run: run.clone(),
            choice: self.options.choice.clone(),
            scale,
            filter_at,
        };
        if self.derived.as_ref() != Some(&derived) {
            self.has_news = true;
            self.derive(recording, derived);
        }
        self.marks.now_ns = self.now(recording, scale);
        self.marks.extent_ns = self.extent(recording, scale);
        self.marks.cursor_ns = shared
            .cursor
            .map(|cursor| self.axis_at(recording, scale, cursor));
        self.marks.selected = shared.selected;
        self.marks.all_wakes = self.options.all_wakes;
        self.marks.path = match self.options.path {
            true => recording.critical_path(),
            false => Rc::default(),
        };
        if !self.focused {
            self.marks.focused_row = None;
        }
        self.find_wakes(recording);
        self.place_window(recording, scale);
    }

    /// Makes what the picture is drawn from.
    fn derive(&mut self, recording: &Recording, derived: Derived) {
        let (trace, scale) = (recording.trace(), derived.scale);
        let grows = self
            .derived
            .as_ref()
            .is_some_and(|before| before.run.is_same_run(&derived.run) && before.scale == scale);
        if !grows {
            self.index = Index::default();
            self.order = None;
            self.wakes_of = None;
            self.marks.wakes.clear();
            self.marks.range_ns = None;
            self.hover = None;
        }
        if scale == Scale::Order {
            let new = || Timeline::along(scale, trace);
            self.order.get_or_insert_with(new).extend(trace);
        }
        let timeline = self.order.as_ref().unwrap_or(recording.timeline());
        self.index.extend(trace, timeline);
        self.marks.flags = flag::flags(trace, scale, &recording.findings());
        let filter_at = derived.filter_at;
        let at = filter_at.map(|cursor| self.axis_at(recording, scale, cursor));
        self.layout = Layout::new(trace, timeline, &self.index, &self.options.choice, at);
        self.derived = Some(derived);
    }

    /// Moves the window to where it has to be by now.
    fn place_window(&mut self, recording: &Recording, scale: Scale) {
        let rows = self.layout.rows.len();
        self.view = View {
            width_px: self.width_px,
            height_px: View::height_for(rows.clamp(1, MAX_ROWS_IN_VIEW)),
            gutter_px: self.layout.gutter_px(recording.trace(), self.width_px),
            ..self.view
        };
        let extent_ns = self.marks.extent_ns;
        let (from_ns, to_ns) = match self.goes_to.take() {
            Some(span) if scale == Scale::Time => span,
            _ if self.fits => (0, extent_ns),
            _ => (self.view.from_ns, self.view.to_ns),
        };
        let view = self.view.showing(from_ns, to_ns, extent_ns);
        self.view = view.scrolled(0.0, rows);
        if std::mem::take(&mut self.follows)
            && let Some(cursor_ns) = self.marks.cursor_ns
        {
            self.view = self.view_of(cursor_ns);
        }
    }

    fn scale(&self, recording: &Recording) -> Scale {
        let trace = recording.trace();
        // A run that takes no time has nothing to show but its order.
        let instant = trace.end.is_some() && trace.duration_ns() == 0 && !trace.events.is_empty();
        match self.options.by_order || instant {
            true => Scale::Order,
            false => Scale::Time,
        }
    }

    /// Where open segments end.
    fn now(&self, recording: &Recording, scale: Scale) -> u64 {
        let trace = recording.trace();
        let latest = scale.end(trace);
        let is_real = trace.clock == ClockKind::Live && scale == Scale::Time;
        if self.input.live && is_real && trace.end.is_none() && !trace.events.is_empty() {
            latest.saturating_add(((self.now_ms - self.revised_ms).max(0.0) * 1e6) as u64)
        } else {
            latest
        }
    }

    /// How much of the axis is the whole.
    fn extent(&self, recording: &Recording, scale: Scale) -> u64 {
        let now_ns = self.marks.now_ns;
        let asked_ns = match scale {
            Scale::Time => self.input.extent_ns.unwrap_or(0),
            Scale::Order => 0,
        };
        let ended = recording.trace().end.is_some() || !self.input.live;
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
        let Some(task) = hovered.or(self.shared.selected) else {
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

    /// Where a moment is on the axis: after all that has happened until then.
    fn axis_at(&self, recording: &Recording, scale: Scale, moment: Moment) -> u64 {
        match scale {
            Scale::Time => moment.time_ns,
            Scale::Order => moment.count(recording.trace(), self.input.slot) as u64 * EVENT_STEP,
        }
    }

    fn fit_anew(&mut self) {
        self.fits = true;
        self.marks.range_ns = None;
    }

    /// The window, moved when a point of the axis would be out of sight.
    fn view_of(&self, at: u64) -> View {
        let view = self.view;
        let x = view.x_of(at);
        if view.shows(x) {
            return view;
        }
        let by_px = x - (view.gutter_px + view.lanes_px() / 2.0);
        view.panned(by_px, self.marks.extent_ns)
    }

    /// Moves the window because the reader did.
    fn move_to(&mut self, view: View) {
        let moved = (view.from_ns, view.to_ns) != (self.view.from_ns, self.view.to_ns);
        self.view = view;
        self.fits = view.is_fit(self.marks.extent_ns);
        // One that shares its axis with another takes that one along.
        if moved && self.order.is_none() && self.input.extent_ns.is_some() {
            let span = (!self.fits).then_some((view.from_ns, view.to_ns));
            self.shared.span = span;
            self.events.push(PictureEvent::Span(span));
        }
    }

    fn set_cursor(&mut self, at: u64) {
        let at = at.min(self.marks.now_ns);
        let moment = match &self.order {
            Some(_) => {
                // Between two events, after the nearer number of them.
                let count = (at + EVENT_STEP / 2) / EVENT_STEP;
                let recording = self.input.run.borrow();
                Moment::after(recording.trace(), self.input.slot, count as usize)
            }
            None => Moment::at(at),
        };
        self.shared.cursor = Some(moment);
        self.marks.cursor_ns = Some(at);
        self.events.push(PictureEvent::Cursor(moment));
    }

    /// Chooses a task, or gives the choice up where it is chosen.
    fn select(&mut self, task: TaskId) {
        let is_chosen = self.shared.selected == Some(task);
        self.set_selected((!is_chosen).then_some(task));
    }

    fn set_selected(&mut self, selected: Option<TaskId>) {
        self.shared.selected = selected;
        self.events.push(PictureEvent::Select(selected));
    }

    fn fold(&mut self, task: TaskId) {
        self.set_options(&|options| options.choice.fold_or_unfold(task));
    }

    /// Begins a measured range, or ends the one that was begun.
    fn measure_to(&mut self, at: u64) {
        self.marks.range_ns = match self.marks.range_ns {
            // A range of no length is one that was begun.
            Some((from_ns, to_ns)) if from_ns == to_ns => Some((from_ns, at)),
            _ => Some((at, at)),
        };
    }

    /// Has it said where the keyboard's row and the cursor are.
    fn say(&mut self) {
        let recording = self.input.run.borrow();
        let scene = self.scene(&recording);
        let row = self.marks.focused_row;
        let label = row.and_then(|row| self.layout.rows.get(row));
        let mut said: Vec<String> = label
            .map(|row| layout::label(recording.trace(), row))
            .into_iter()
            .collect();
        if let Some(cursor_ns) = self.marks.cursor_ns {
            let task = row.and_then(|row| self.layout.task(row));
            let lane = task.and_then(|task| scene.timeline.lanes.get(task.index()));
            if let Some(segment) = lane.and_then(|lane| segment_at(&scene, lane, cursor_ns)) {
                said.push(segment.state.words().to_owned());
            }
            said.push(axis::moment_words(cursor_ns, &self.view, scene.scale()));
        }
        let said = said.join(", ");
        drop(recording);
        self.events.push(PictureEvent::Say(said));
    }
}

#[cfg(test)]
mod tests;
