//! What the wheel does, or two fingers on a pad.

use crate::picture::interaction::Interaction;
use crate::picture::view::clamp;

/// How far the wheel was turned, and what was held meanwhile.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Wheel {
    /// Where the pointer is, from the left edge of the picture.
    pub x: f64,
    /// To the right, in pixels.
    pub dx: f64,
    /// Down, in pixels.
    pub dy: f64,
    /// Ctrl: it zooms.
    pub zooms: bool,
    /// Shift: down is to the right.
    pub sideways: bool,
}

/// How much a pixel of the wheel zooms.
const ZOOM_PER_PX: f64 = 0.0045;

impl Interaction {
    /// The wheel was turned; whether that is used up.
    pub fn wheel(&mut self, wheel: Wheel) -> bool {
        self.update();
        let extent_ns = self.marks.extent_ns;
        let Wheel { x, dx, dy, .. } = wheel;
        if wheel.zooms {
            // As far in for a turn one way as out for the same the other way.
            let part = 1.0 + clamp(dy.abs() * ZOOM_PER_PX, 0.0, 1.0);
            let factor = if dy < 0.0 { 1.0 / part } else { part };
            self.move_to(self.view.zoomed(factor, x, extent_ns));
            return true;
        }
        let across = if wheel.sideways && dx == 0.0 { dy } else { dx };
        if across.abs() > dy.abs() || wheel.sideways {
            if self.view.is_fit(extent_ns) {
                return false;
            }
            self.move_to(self.view.panned(across, extent_ns));
            return true;
        }
        let scrolled = self.view.scrolled(dy, self.layout.rows.len());
        let moves = scrolled.scroll_px != self.view.scroll_px;
        self.view = scrolled;
        moves
    }
}
