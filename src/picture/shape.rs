//! Shapes in plain data: what a picture is drawn with, on a canvas as well as in SVG.
//!
//! All lengths are CSS pixels from the picture's upper left corner.

use crate::picture::palette;

/// A colour by its meaning; themes say which it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Paint {
    /// Running.
    Run,
    /// Blocking the loop.
    Block,
    /// Ready, not served.
    Ready,
    /// Waiting.
    Wait,
    /// Text.
    Ink,
    /// Less important text.
    Soft,
    /// Unimportant text.
    Faint,
    /// Lines of the page.
    Line,
    /// The page's own colour for what can be moved.
    Accent,
    /// Behind the picture.
    Panel,
    /// A task's colour, by its number in the list of colours.
    Task(u8),
}

impl Paint {
    /// The colour of a task.
    pub fn of_task(task: crate::trace::TaskId) -> Self {
        Paint::Task(palette::of_task(task) as u8)
    }
}

/// How an area is filled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fill {
    /// With a colour.
    Solid(Paint),
    /// With so much of a colour, 0 to 1.
    Tint(Paint, f32),
    /// With slanted stripes on a tint of the same colour.
    Hatch(Paint),
}

/// Where text stands relative to its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// It begins there.
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
}

/// A rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// Left edge.
    pub x: f32,
    /// Upper edge.
    pub y: f32,
    /// Width.
    pub w: f32,
    /// Height.
    pub h: f32,
}

/// How a line is broken, so that lines are told apart without their colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LineStyle {
    /// Not at all.
    Solid,
    /// Dots.
    Dotted,
    /// Dashes.
    Dashed,
    /// A dash, a dot, and so on.
    DashDot,
    /// Long dashes.
    LongDashed,
    /// Two thin lines.
    Double,
}

impl LineStyle {
    /// The lengths of what is drawn and of what is left out, by turns; nothing for a line that is
    /// not broken.
    pub fn dashes_px(self) -> &'static [f32] {
        match self {
            LineStyle::Solid | LineStyle::Double => &[],
            LineStyle::Dotted => &[2.0, 4.0],
            LineStyle::Dashed => &[6.0, 4.0],
            LineStyle::DashDot => &[8.0, 3.0, 2.0, 3.0],
            LineStyle::LongDashed => &[16.0, 5.0],
        }
    }
}

/// Something to draw. Later ones lie above earlier ones.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A rectangle with rounded corners: their radius at the left and at the right.
    Rect(Area, Fill, [f32; 2]),
    /// A straight line: from where to where, its colour and how thick it is.
    Line((f32, f32), (f32, f32), Paint, f32),
    /// A level line from one distance from the left edge to another, at a height: broken as its
    /// style says, beginning with a dash, with so much of a colour, 0 to 1, and how thick it is.
    Dashes {
        /// Where it begins and ends.
        x: (f32, f32),
        /// Its middle.
        y: f32,
        /// Its colour.
        paint: Paint,
        /// How strong that is.
        part: f32,
        /// How thick it is.
        width: f32,
        /// How it is broken.
        style: LineStyle,
    },
    /// A closed area.
    Poly(Vec<(f32, f32)>, Fill),
    /// An open line through several points.
    Path(Vec<(f32, f32)>, Paint, f32),
    /// A disc: its centre and radius.
    Disc((f32, f32), f32, Paint),
    /// A line of text; `y` is its middle.
    Text {
        /// Where it stands.
        at: (f32, f32),
        /// Which part of it stands there.
        anchor: Anchor,
        /// The height of its type.
        size: f32,
        /// Its colour.
        paint: Paint,
        /// Whether all its letters are equally wide.
        mono: bool,
        /// Whether what lies behind it is covered with the panel's colour.
        plate: bool,
        /// What it says.
        text: String,
    },
    /// What follows is drawn only within this area, until the next of these; `None` is everywhere.
    Clip(Option<Area>),
    /// What follows is drawn this strongly, 0 to 1, until the next of these.
    Fade(f32),
}

impl Shape {
    /// A line of text whose letters are equally wide.
    pub fn text(at: (f32, f32), anchor: Anchor, size: f32, paint: Paint, text: String) -> Self {
        Shape::Text {
            at,
            anchor,
            size,
            paint,
            mono: true,
            plate: false,
            text,
        }
    }
}

impl Area {
    /// An area from its edges.
    pub fn new(x: f64, y: f64, w: f64, h: f64) -> Self {
        Area {
            x: x as f32,
            y: y as f32,
            w: w as f32,
            h: h as f32,
        }
    }

    /// Whether a point lies in it.
    pub fn contains(&self, x: f64, y: f64) -> bool {
        let (x, y) = (x as f32, y as f32);
        (self.x..=self.x + self.w).contains(&x) && (self.y..=self.y + self.h).contains(&y)
    }

    /// Its edges on whole pixels of a screen that has so many for each of the picture's; nothing that is drawn vanishes.
    pub fn edges(&self, ratio: f64) -> (f64, f64, f64, f64) {
        let edge = |at: f32| (f64::from(at) * ratio).round();
        let (x0, y0) = (edge(self.x), edge(self.y));
        let x1 = edge(self.x + self.w).max(x0 + 1.0);
        let y1 = edge(self.y + self.h).max(y0 + 1.0);
        (x0, y0, x1, y1)
    }
}

/// How much of its colour lies below stripes.
pub const HATCH_TINT: f32 = 0.28;

/// Corners that are less round than this are drawn as if they were not, in a screen's pixels.
const SQUARE_PX: f64 = 0.75;

/// How round the corners of a rectangle are at its left and its right, in a screen's pixels, of which it is so wide and
/// high; nothing where they are not.
pub fn roundness(radii: [f32; 2], ratio: f64, w: f64, h: f64) -> Option<(f64, f64)> {
    let max_radius = (w / 2.0).min(h / 2.0);
    let [left, right] = radii.map(|radius| f64::from(radius) * ratio);
    // One rounded side may take the whole width.
    let (left, right) = match left == 0.0 {
        true => (0.0, right.min(w).min(h / 2.0)),
        false => (left.min(max_radius), right.min(max_radius)),
    };
    (left >= SQUARE_PX || right >= SQUARE_PX).then_some((left, right))
}
