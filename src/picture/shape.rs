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

/// Something to draw. Later ones lie above earlier ones.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A rectangle with rounded corners: their radius at the left and at the right.
    Rect(Area, Fill, [f32; 2]),
    /// A straight line: from where to where, its colour and how thick it is.
    Line((f32, f32), (f32, f32), Paint, f32),
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
}
