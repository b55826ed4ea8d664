//! The picture of a run: lanes, what happens in them, and who causes what, as plain data.
//!
//! [`draw::draw`] makes a list of shapes from a trace, its timeline, an index and a view. The
//! page paints the list on a canvas; exports write it as SVG. [`hit::hit`] answers what is under
//! a point of the same picture, and [`words`] says in words what the picture shows. What a reader
//! does with a picture is in [`interaction`].
//!
//! Nothing here depends on how long a run is, but on how much of it is in view: [`lod`] sums up
//! what is too narrow to be drawn one by one.

pub mod axis;
pub mod draw;
pub mod hit;
pub mod interaction;
pub mod keys;
pub mod layout;
pub mod legend;
pub mod levels;
pub mod lod;
pub mod overview;
pub mod palette;
pub mod sample;
pub mod shape;
pub mod step;
pub mod svg;
pub mod text;
pub mod view;
pub mod words;

use crate::derived::critical_path::Step;
use crate::derived::run_ref::RunRef;
use crate::derived::timeline::{Scale, Timeline};
use crate::picture::draw::flag::Flag;
use crate::picture::layout::Layout;
use crate::picture::lod::Index;
use crate::picture::view::View;
use crate::trace::{TaskId, Trace};
use std::rc::Rc;

/// Everything that a picture is made of.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// What happened.
    pub trace: &'a Trace,
    /// Who was in which state when.
    pub timeline: &'a Timeline,
    /// Sums over the timeline.
    pub index: &'a Index,
    /// Which rows there are.
    pub layout: &'a Layout,
    /// Which part of it is in view.
    pub view: &'a View,
    /// What is pointed at, chosen and measured.
    pub marks: &'a Marks,
}

/// What is pointed at, chosen and measured in a picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Marks {
    /// Where open segments end: the present of a live run. At least the end of the trace.
    pub now_ns: u64,
    /// The moment that the page shows.
    pub cursor_ns: Option<u64>,
    /// The row under the pointer.
    pub hovered_row: Option<usize>,
    /// The row of the keyboard's cursor, while the picture has the focus.
    pub focused_row: Option<usize>,
    /// The task whose card is pinned.
    pub selected: Option<TaskId>,
    /// How much of an axis is shown when everything is shown; 0 means as long as the run.
    pub extent_ns: u64,
    /// A measured range.
    pub range_ns: Option<(u64, u64)>,
    /// Positions of the wakes of the task that is pointed at or chosen, in order.
    pub wakes: Vec<u32>,
    /// Draw every wake that is in view, not only those of one task.
    pub all_wakes: bool,
    /// What is wrong with the run, in the order of time.
    pub flags: Vec<Flag>,
    /// What the run should become, which stands behind what it has become.
    pub outline: Option<RunRef>,
    /// The critical path, where it is to be shown.
    pub path: Rc<[Step]>,
}

impl Scene<'_> {
    /// What the picture is laid out along.
    pub fn scale(&self) -> Scale {
        self.timeline.scale()
    }

    /// Where open segments end.
    pub fn now_ns(&self) -> u64 {
        self.marks.now_ns.max(self.scale().end(self.trace))
    }

    /// Where the axis ends when everything is in view.
    pub fn extent_ns(&self) -> u64 {
        self.marks.extent_ns.max(self.now_ns())
    }

    /// The positions of the events from one time until another, both included.
    pub fn events_between(&self, from_ns: u64, to_ns: u64) -> std::ops::Range<usize> {
        let first = match from_ns.checked_sub(1) {
            Some(before) => self.scale().events_until(self.trace, before),
            None => 0,
        };
        let end = self.scale().events_until(self.trace, to_ns);
        first.min(end)..end
    }
}

#[cfg(test)]
mod tests;

#[cfg(test)]
pub(crate) use testing::Whole;

/// What the tests of what is drawn share.
#[cfg(test)]
mod testing {
    use super::*;
    use crate::picture::layout::Choice;

    /// What the scene of a whole run is made of.
    pub(crate) struct Whole<'a> {
        trace: &'a Trace,
        pub timeline: Timeline,
        pub index: Index,
        pub layout: Layout,
        pub view: View,
        marks: Marks,
    }

    impl<'a> Whole<'a> {
        /// All rows of a run, along this scale, with so much room; CSS pixels.
        pub(crate) fn of(trace: &'a Trace, scale: Scale, width_px: f64, gutter_px: f64) -> Self {
            let timeline = Timeline::along(scale, trace);
            let index = Index::from_trace(trace, &timeline);
            let layout = Layout::new(trace, &timeline, &index, &Choice::default(), None);
            let height_px = View::height_for(layout.rows.len());
            Whole {
                trace,
                view: View::fit(scale.end(trace), width_px, height_px, gutter_px),
                timeline,
                index,
                layout,
                marks: Marks::default(),
            }
        }

        pub(crate) fn scene(&self) -> Scene<'_> {
            Scene {
                trace: self.trace,
                timeline: &self.timeline,
                index: &self.index,
                layout: &self.layout,
                view: &self.view,
                marks: &self.marks,
            }
        }
    }
}
