//! Which part of a picture is in view, and moving in it.

/// Height of a row, in CSS pixels like all lengths here.
pub const ROW_PX: f64 = 26.0;

/// Space below the lanes where there is no axis.
pub const BOTTOM_PX: f64 = 4.0;

/// Space above the first row; the cursor's handle is in it.
pub const TOP_PX: f64 = 14.0;

/// Space between the lanes and the axis, with the minimap that shows the whole run.
pub const MINIMAP_PX: f64 = 14.0;

/// The axis with its labels.
pub const AXIS_PX: f64 = 26.0;

/// Space to the right of the run's end, for the marks of how tasks ended.
pub const RIGHT_PX: f64 = 26.0;

/// The shortest time that a picture can show, in nanoseconds.
pub const MIN_SPAN_NS: u64 = 100;

/// How low the rows of a picture are: several pictures, or a low window, have room for low ones only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// As high as is good for the eye.
    Roomy,
    /// For two pictures, one below the other.
    Low,
    /// For two of them in a window that is low itself.
    Lowest,
}

/// How a picture is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// How low its rows are.
    pub rows: Rows,
    /// With axis and minimap. Of several pictures on one axis the last has them for all.
    pub has_axis: bool,
}

impl Default for Frame {
    fn default() -> Self {
        Frame {
            rows: Rows::Roomy,
            has_axis: true,
        }
    }
}

impl Frame {
    /// How high a picture is that shows so many rows.
    pub fn height_for(self, rows: usize) -> f64 {
        TOP_PX + rows as f64 * self.row_px() + self.minimap_px() + self.axis_px()
    }

    /// The height of a row.
    pub fn row_px(self) -> f64 {
        match self.rows {
            Rows::Roomy => ROW_PX,
            Rows::Low => 20.0,
            Rows::Lowest => 16.0,
        }
    }

    /// The height of a full bar.
    pub fn bar_px(self) -> f64 {
        match self.rows {
            Rows::Roomy => 16.0,
            Rows::Low => 12.0,
            Rows::Lowest => 10.0,
        }
    }

    /// The space between the lanes and the axis.
    pub fn minimap_px(self) -> f64 {
        if self.has_axis { MINIMAP_PX } else { BOTTOM_PX }
    }

    /// The axis with its labels.
    pub fn axis_px(self) -> f64 {
        if self.has_axis { AXIS_PX } else { 0.0 }
    }
}

/// A window on a run: from when to when, and from which row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// At the left edge of the lanes.
    pub from_ns: u64,
    /// At the right edge of the lanes; later than `from_ns`.
    pub to_ns: u64,
    /// Of the whole picture, labels included.
    pub width_px: f64,
    /// Of the whole picture, axis included.
    pub height_px: f64,
    /// Of the labels at the left.
    pub gutter_px: f64,
    /// By how much the rows are scrolled up.
    pub scroll_px: f64,
    /// How the picture is built.
    pub frame: Frame,
}

impl View {
    /// The whole of a run.
    pub fn fit(extent_ns: u64, width_px: f64, height_px: f64, gutter_px: f64) -> Self {
        View {
            from_ns: 0,
            to_ns: extent_ns.max(MIN_SPAN_NS),
            width_px,
            height_px,
            gutter_px,
            scroll_px: 0.0,
            frame: Frame::default(),
        }
    }

    /// How high a picture with axis and rows of the usual height is that shows so many of them.
    pub fn height_for(rows: usize) -> f64 {
        Frame::default().height_for(rows)
    }

    /// The height of a row.
    pub fn row_px(&self) -> f64 {
        self.frame.row_px()
    }

    /// How long the time in view is.
    pub fn span_ns(&self) -> u64 {
        (self.to_ns - self.from_ns).max(1)
    }

    /// The right edge of the lanes.
    pub fn right_px(&self) -> f64 {
        (self.width_px - RIGHT_PX).max(self.gutter_px + 1.0)
    }

    /// The width of the lanes.
    pub fn lanes_px(&self) -> f64 {
        self.right_px() - self.gutter_px
    }

    /// The bottom edge of the rows.
    pub fn bottom_px(&self) -> f64 {
        (self.height_px - self.frame.axis_px() - self.frame.minimap_px()).max(TOP_PX)
    }

    /// The height of the rows in view.
    pub fn rows_px(&self) -> f64 {
        self.bottom_px() - TOP_PX
    }

    /// Pixels for a nanosecond.
    pub fn px_per_ns(&self) -> f64 {
        self.lanes_px() / self.span_ns() as f64
    }

    /// How much time so many pixels show, at least 1 ns.
    pub fn ns_of_px(&self, px: f64) -> u64 {
        ((px / self.px_per_ns()).round() as u64).max(1)
    }

    /// Where a time is; it may be far outside.
    pub fn x_of(&self, time_ns: u64) -> f64 {
        let after = if time_ns >= self.from_ns {
            (time_ns - self.from_ns) as f64
        } else {
            -((self.from_ns - time_ns) as f64)
        };
        self.gutter_px + after * self.px_per_ns()
    }

    /// Whether something at this distance from the left edge is among the lanes in view.
    pub fn shows(&self, x_px: f64) -> bool {
        (self.gutter_px..=self.right_px()).contains(&x_px)
    }

    /// The time at a point; never less than 0.
    pub fn time_at(&self, x_px: f64) -> u64 {
        let after = (x_px - self.gutter_px) / self.px_per_ns();
        if after >= 0.0 {
            self.from_ns.saturating_add(after.round() as u64)
        } else {
            self.from_ns.saturating_sub((-after).round() as u64)
        }
    }

    /// The top of a row.
    pub fn y_of(&self, row: usize) -> f64 {
        TOP_PX + row as f64 * self.row_px() - self.scroll_px
    }

    /// The row at a point, if it is between the first row and the axis.
    pub fn row_at(&self, y_px: f64) -> Option<usize> {
        (TOP_PX..self.bottom_px())
            .contains(&y_px)
            .then(|| ((y_px - TOP_PX + self.scroll_px) / self.row_px()) as usize)
    }

    /// The rows that are in view, of so many.
    pub fn rows_in_view(&self, rows: usize) -> std::ops::Range<usize> {
        let first = (self.scroll_px / self.row_px()) as usize;
        let end = ((self.scroll_px + self.rows_px()) / self.row_px()).ceil() as usize;
        first.min(rows)..end.min(rows)
    }

    /// Multiplies the time in view (below 1 zooms in) and keeps the time at `x_px` in its place,
    /// unless an end of the run is reached.
    #[must_use]
    pub fn zoomed(&self, factor: f64, x_px: f64, extent_ns: u64) -> Self {
        let extent_ns = extent_ns.max(MIN_SPAN_NS);
        let span = (self.span_ns() as f64 * factor).round() as u64;
        let span = span.clamp(MIN_SPAN_NS, extent_ns);
        let part = clamp((x_px - self.gutter_px) / self.lanes_px(), 0.0, 1.0);
        let fixed = self.from_ns as f64 + part * self.span_ns() as f64;
        let from_ns = (fixed - part * span as f64).round().max(0.0) as u64;
        self.showing(from_ns, from_ns.saturating_add(span), extent_ns)
    }

    /// Moves the window to the right by so many pixels of it.
    #[must_use]
    pub fn panned(&self, px: f64, extent_ns: u64) -> Self {
        let by = px / self.px_per_ns();
        let from_ns = if by >= 0.0 {
            self.from_ns.saturating_add(by.round() as u64)
        } else {
            self.from_ns.saturating_sub((-by).round() as u64)
        };
        self.showing(from_ns, from_ns.saturating_add(self.span_ns()), extent_ns)
    }

    /// Shows a range, moved and cut so that it lies within the run.
    #[must_use]
    pub fn showing(&self, from_ns: u64, to_ns: u64, extent_ns: u64) -> Self {
        let extent_ns = extent_ns.max(MIN_SPAN_NS);
        let (from_ns, to_ns) = (from_ns.min(to_ns), from_ns.max(to_ns));
        let span = (to_ns - from_ns).clamp(MIN_SPAN_NS, extent_ns);
        let from_ns = from_ns.min(extent_ns - span);
        View {
            from_ns,
            to_ns: from_ns + span,
            ..*self
        }
    }

    /// Shows a range with some room around it.
    #[must_use]
    pub fn zoomed_to(&self, from_ns: u64, to_ns: u64, extent_ns: u64) -> Self {
        let room = (to_ns.saturating_sub(from_ns) / 16).max(MIN_SPAN_NS / 2);
        self.showing(
            from_ns.saturating_sub(room),
            to_ns.saturating_add(room),
            extent_ns,
        )
    }

    /// Scrolls the rows down by so many pixels, no further than to the last of so many.
    #[must_use]
    pub fn scrolled(&self, px: f64, rows: usize) -> Self {
        let max_px = (rows as f64 * self.row_px() - self.rows_px()).max(0.0);
        View {
            scroll_px: clamp(self.scroll_px + px, 0.0, max_px),
            ..*self
        }
    }

    /// Scrolls no more than needed to bring a row into view.
    #[must_use]
    pub fn revealing(&self, row: usize, rows: usize) -> Self {
        let top = row as f64 * self.row_px();
        let least = top + self.row_px() - self.rows_px();
        let by = if self.scroll_px > top {
            top - self.scroll_px
        } else {
            (least - self.scroll_px).max(0.0)
        };
        self.scrolled(by, rows)
    }

    /// Whether the whole run is in view.
    pub fn is_fit(&self, extent_ns: u64) -> bool {
        self.from_ns == 0 && self.to_ns >= extent_ns
    }
}

/// A number, or the limit that it is beyond; the lower one where the limits have changed places.
///
/// Unlike `f64::clamp` this never panics, which would need all code that writes such numbers.
pub fn clamp(value: f64, low: f64, high: f64) -> f64 {
    value.min(high).max(low)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOUR_NS: u64 = 3_600_000_000_000;

    proptest! {
        #[test]
        fn zoom_keeps_the_time_under_the_pointer(
            extent_ns in 1_000_000..HOUR_NS,
            window in (0.0..1.0, 0.0..1.0),
            factor in 0.1..10.0,
            part in 0.0..1.0,
        ) {
            let fit = View::fit(extent_ns, 1_000.0, 300.0, 100.0);
            let at = |part: f64| (part * extent_ns as f64) as u64;
            let view = fit.showing(at(window.0), at(window.1), extent_ns);
            let x_px = view.gutter_px + part * view.lanes_px();
            let before_ns = view.time_at(x_px);
            let zoomed = view.zoomed(factor, x_px, extent_ns);
            prop_assert!(zoomed.to_ns <= extent_ns.max(MIN_SPAN_NS));
            let at_an_end = zoomed.from_ns == 0 || zoomed.to_ns == extent_ns;
            let moved_px = (zoomed.x_of(before_ns) - x_px).abs();
            // Whole nanoseconds: half of one at either end.
            let rounding_px = 2.0 * zoomed.px_per_ns().max(view.px_per_ns());
            prop_assert!(at_an_end || moved_px <= rounding_px + 1e-6, "moved by {moved_px} px");
        }

        #[test]
        fn a_place_and_its_time_agree(from_ns in 0..HOUR_NS, span in 1_000..HOUR_NS, x_px in 100.0..900.0) {
            let view = View::fit(2 * HOUR_NS, 1_000.0, 300.0, 100.0)
                .showing(from_ns, from_ns + span, 2 * HOUR_NS);
            let off_px = (view.x_of(view.time_at(x_px)) - x_px).abs();
            prop_assert!(off_px <= view.px_per_ns());
        }
    }

    #[test]
    fn panning_stops_at_both_ends_and_keeps_the_span() {
        let view = View::fit(1_000_000, 126.0, 100.0, 0.0).showing(400_000, 600_000, 1_000_000);
        assert_eq!(view.panned(-1e9, 1_000_000).from_ns, 0);
        let right = view.panned(1e9, 1_000_000);
        assert_eq!((right.from_ns, right.to_ns), (800_000, 1_000_000));
        assert_eq!(view.panned(50.0, 1_000_000).from_ns, 500_000);
    }

    #[test]
    fn a_row_is_revealed_with_the_least_scrolling() {
        let view = View {
            scroll_px: 5.0 * ROW_PX,
            ..View::fit(1, 100.0, View::height_for(4), 0.0)
        };
        assert_eq!(view.revealing(6, 20), view);
        assert_eq!(view.revealing(2, 20).scroll_px, 2.0 * ROW_PX);
        assert_eq!(view.revealing(19, 20).scroll_px, 16.0 * ROW_PX);
    }
}
