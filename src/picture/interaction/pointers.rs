//! What pointers do: a mouse, a pen, or fingers.

use crate::picture::draw::minimap_area;
use crate::picture::hit::Hit;
use crate::picture::interaction::Interaction;
use crate::picture::view::TOP_PX;
use crate::picture::view::clamp;
use crate::picture::words;

/// A pointer may move so far and still click.
const CLICK_PX: f64 = 4.0;

/// Fingers count as this far apart at least, so that crossing them does not zoom without limit.
const MIN_PINCH_PX: f64 = 24.0;

/// What the pointer does while it is down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Drag {
    /// Perhaps only a click.
    Press,
    Pan,
    Cursor,
    /// From where on the axis.
    Measure(u64),
    Minimap,
    Pinch,
}

/// A pointer that is down.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pointer {
    id: i32,
    x: f64,
    y: f64,
    /// Where it went down.
    start: (f64, f64),
}

impl Pointer {
    /// Whether it has moved too far for a click.
    fn is_far(&self) -> bool {
        let (x, y) = (self.x - self.start.0, self.y - self.start.1);
        x * x + y * y > CLICK_PX * CLICK_PX
    }
}

impl Interaction {
    /// The picture got the focus, or lost it.
    pub fn focus(&mut self, focused: bool, by_key: bool) {
        self.update();
        self.focused = focused;
        if focused && by_key && self.marks.focused_row.is_none() && !self.layout.rows.is_empty() {
            let selected = self.shared.selected;
            let row = selected.and_then(|task| self.layout.row_of(task));
            self.marks.focused_row = Some(row.unwrap_or(0));
        }
    }

    /// A pointer goes down.
    pub fn pointer_down(&mut self, id: i32, x: f64, y: f64, shift: bool) {
        self.update();
        let start = (x, y);
        self.pointers.retain(|other| other.id != id);
        self.pointers.push(Pointer { id, x, y, start });
        if self.pointers.len() == 2 {
            self.drag = Drag::Pinch;
            return;
        }
        self.drag = match self.hit_at(x, y) {
            _ if shift => Drag::Measure(self.view.time_at(x)),
            Hit::Cursor => Drag::Cursor,
            Hit::Minimap => {
                self.centre_on_minimap(x);
                Drag::Minimap
            }
            hit if hit == Hit::Axis || self.is_above_lanes(hit, x, y) => {
                self.set_cursor(self.view.time_at(x));
                Drag::Cursor
            }
            _ => Drag::Press,
        };
    }

    /// The space above the lanes, in which the cursor has its handle.
    fn is_above_lanes(&self, hit: Hit, x: f64, y: f64) -> bool {
        hit == Hit::Nothing && y <= TOP_PX && x >= self.view.gutter_px
    }

    /// A pointer moves, down or not.
    pub fn pointer_move(&mut self, id: i32, x: f64, y: f64) {
        self.update();
        let before = self.pointers.clone();
        let Some(at) = before.iter().position(|pointer| pointer.id == id) else {
            return self.hover(x, y);
        };
        self.pointers[at].x = x;
        self.pointers[at].y = y;
        let (was, is_far) = (before[at], self.pointers[at].is_far());
        match self.drag {
            Drag::Press if is_far => {
                let can_pan = !self.view.is_fit(self.marks.extent_ns) || self.scrolls();
                // Where there is nowhere to go, a drag moves the cursor.
                if can_pan {
                    self.drag = Drag::Pan;
                    // All of the way counts, also what might have been a click.
                    self.pan(was.start, (x, y));
                } else {
                    self.drag = Drag::Cursor;
                    self.set_cursor(self.view.time_at(x));
                }
            }
            Drag::Press => {}
            Drag::Pan => self.pan((was.x, was.y), (x, y)),
            Drag::Cursor => self.set_cursor(self.view.time_at(x)),
            Drag::Measure(from) => {
                if is_far {
                    self.marks.range_ns = Some((from, self.view.time_at(x)));
                }
            }
            Drag::Minimap => self.centre_on_minimap(x),
            Drag::Pinch => self.pinch(&before),
        }
    }

    /// A pointer goes up.
    pub fn pointer_up(&mut self, id: i32, x: f64, y: f64, shift: bool) {
        self.update();
        let Some(at) = self.pointers.iter().position(|pointer| pointer.id == id) else {
            return;
        };
        let is_far = Pointer {
            x,
            y,
            ..self.pointers.remove(at)
        }
        .is_far();
        match self.drag {
            // The finger that stays goes on as a pan.
            Drag::Pinch => self.drag = Drag::Pan,
            Drag::Press if !is_far && !shift => self.click(x, y),
            Drag::Measure(_) if !is_far => self.measure_to(self.view.time_at(x)),
            Drag::Measure(_) => self.say_range(),
            _ => {}
        }
    }

    /// A pointer is taken away by the browser.
    pub fn pointer_cancel(&mut self, id: i32) {
        self.pointers.retain(|pointer| pointer.id != id);
        self.drag = Drag::Press;
    }

    /// The pointer left the picture.
    pub fn leave(&mut self) {
        self.hover = None;
        self.marks.hovered_row = None;
    }

    /// Two clicks: zooms to what is under them, or shows everything.
    pub fn double_click(&mut self, x: f64, y: f64) {
        self.update();
        let (view, extent_ns) = (self.view, self.marks.extent_ns);
        self.move_to(match self.hit_at(x, y) {
            Hit::Segment(_, segment) if segment.end_ns > segment.start_ns => {
                view.zoomed_to(segment.start_ns, segment.end_ns, extent_ns)
            }
            _ => view.showing(0, extent_ns, extent_ns),
        });
    }

    fn click(&mut self, x: f64, y: f64) {
        match self.hit_at(x, y) {
            Hit::Fold(task) => self.fold(task),
            Hit::Flag(flag) => {
                let flag = &self.marks.flags[flag];
                let event = super::PictureEvent::Point(flag.task, flag.time_ns);
                self.events.push(event);
            }
            Hit::Segment(task, _) | Hit::Frame(task, _) | Hit::End(task) | Hit::Empty(task) => {
                self.select(task)
            }
            Hit::Label(row) => {
                if let Some(task) = self.layout.task(row) {
                    self.select(task);
                }
            }
            Hit::Wake(position) => {
                let run = self.input.run.clone();
                let recording = run.borrow();
                let trace = recording.trace();
                if let (Some(task), _) = words::event_words(trace, &trace.events[position]) {
                    self.select(task);
                }
            }
            Hit::Nothing if self.shared.selected.is_some() => self.set_selected(None),
            _ => {}
        }
        if let Some(row) = self.row_at(y) {
            self.marks.focused_row = Some(row);
        }
    }

    fn hover(&mut self, x: f64, y: f64) {
        self.hover = Some((x, y));
        self.marks.hovered_row = self.row_at(y);
    }

    fn row_at(&self, y: f64) -> Option<usize> {
        let row = self.view.row_at(y);
        row.filter(|row| *row < self.layout.rows.len())
    }

    fn pan(&mut self, from: (f64, f64), to: (f64, f64)) {
        let view = self.view.panned(from.0 - to.0, self.marks.extent_ns);
        self.move_to(view.scrolled(from.1 - to.1, self.layout.rows.len()));
    }

    /// Two fingers: the times under them stay under them.
    fn pinch(&mut self, before: &[Pointer]) {
        let (&[a0, b0, ..], &[a1, b1, ..]) = (before, &self.pointers[..]) else {
            return;
        };
        let apart = |a: Pointer, b: Pointer| (a.x - b.x).abs().max(MIN_PINCH_PX);
        let factor = apart(a0, b0) / apart(a1, b1);
        let (middle0, middle1) = ((a0.x + b0.x) / 2.0, (a1.x + b1.x) / 2.0);
        let extent_ns = self.marks.extent_ns;
        let view = self.view.zoomed(factor, middle0, extent_ns);
        self.move_to(view.panned(middle0 - middle1, extent_ns));
    }

    fn centre_on_minimap(&mut self, x: f64) {
        let area = minimap_area(&self.view);
        let extent_ns = self.marks.extent_ns;
        let part = clamp((x - f64::from(area.x)) / f64::from(area.w), 0.0, 1.0);
        let middle_ns = (part * extent_ns as f64) as u64;
        let span_ns = self.view.span_ns();
        let from_ns = middle_ns.saturating_sub(span_ns / 2);
        let to_ns = from_ns.saturating_add(span_ns);
        self.move_to(self.view.showing(from_ns, to_ns, extent_ns));
    }
}
