//! Paints a list of shapes on a canvas.

use crate::app::browser::matches_media;
use crate::picture::shape::{Anchor, Area, Fill, HATCH_TINT, Paint, Shape, roundness};
use crate::text::number::fixed;
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasPattern, CanvasRenderingContext2d, HtmlCanvasElement};

/// The custom properties that hold the colours, in the order of [`number`].
const COLOURS: [&str; 18] = [
    "--running",
    "--blocking",
    "--ready",
    "--waiting",
    "--text",
    "--text-soft",
    "--text-faint",
    "--line",
    "--accent",
    "--panel",
    "--t0",
    "--t1",
    "--t2",
    "--t3",
    "--t4",
    "--t5",
    "--t6",
    "--t7",
];

/// The same where the reader has chosen the colours of all pages, which a canvas does not get by
/// itself. What then has the same colour is told apart by its form.
const FORCED: [&str; COLOURS.len()] = [
    "Highlight",
    "CanvasText",
    "CanvasText",
    "CanvasText",
    "CanvasText",
    "CanvasText",
    "CanvasText",
    "CanvasText",
    "LinkText",
    "Canvas",
    "CanvasText",
    "CanvasText",
    "CanvasText",
    "CanvasText",
    "CanvasText",
    "CanvasText",
    "CanvasText",
    "CanvasText",
];

fn number(paint: Paint) -> usize {
    match paint {
        Paint::Run => 0,
        Paint::Block => 1,
        Paint::Ready => 2,
        Paint::Wait => 3,
        Paint::Ink => 4,
        Paint::Soft => 5,
        Paint::Faint => 6,
        Paint::Line => 7,
        Paint::Accent => 8,
        Paint::Panel => 9,
        Paint::Task(number) => 10 + usize::from(number) % 8,
    }
}

/// The colours and letters of the present theme.
pub(super) struct Colours {
    paints: [JsValue; COLOURS.len()],
    mono: String,
    sans: String,
    hatch: Option<(f64, CanvasPattern)>,
}

impl Colours {
    /// Reads what the style sheet says about a canvas.
    pub(super) fn of(canvas: &HtmlCanvasElement) -> Self {
        let style = web_sys::window().and_then(|window| window.get_computed_style(canvas).ok());
        let style = style.flatten();
        let read = |name: &str| {
            let value = style
                .as_ref()
                .and_then(|style| style.get_property_value(name).ok());
            value
                .map(|value| value.trim().to_owned())
                .filter(|value| !value.is_empty())
        };
        let paints = match matches_media("(forced-colors: active)") {
            true => FORCED.map(JsValue::from),
            false => {
                COLOURS.map(|name| JsValue::from(read(name).unwrap_or_else(|| "gray".to_owned())))
            }
        };
        Colours {
            paints,
            mono: read("--mono").unwrap_or_else(|| "monospace".to_owned()),
            sans: read("--sans").unwrap_or_else(|| "sans-serif".to_owned()),
            hatch: None,
        }
    }
}

/// Paints shapes whose unit is a CSS pixel on a canvas with `ratio` device pixels for each.
///
/// Edges are put on whole device pixels, which is what makes them crisp.
pub(super) fn paint(
    context: &CanvasRenderingContext2d,
    colours: &mut Colours,
    ratio: f64,
    shapes: &[Shape],
) {
    let _ = context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0);
    context.set_global_alpha(1.0);
    if let Some(canvas) = context.canvas() {
        context.clear_rect(
            0.0,
            0.0,
            f64::from(canvas.width()),
            f64::from(canvas.height()),
        );
    }
    context.set_text_baseline("middle");
    context.set_line_join("round");
    if colours
        .hatch
        .as_ref()
        .is_none_or(|(made_for, _)| *made_for != ratio)
    {
        colours.hatch = hatch(colours, ratio).map(|pattern| (ratio, pattern));
    }
    let mut brush = Brush {
        context,
        colours,
        ratio,
        filled_with: None,
        fade: 1.0,
        clipped: false,
        font: None,
        anchor: None,
    };
    for shape in shapes {
        brush.shape(shape);
    }
    if brush.clipped {
        context.restore();
    }
}

struct Brush<'a> {
    context: &'a CanvasRenderingContext2d,
    colours: &'a Colours,
    ratio: f64,
    filled_with: Option<(Paint, f32)>,
    fade: f32,
    clipped: bool,
    font: Option<(u32, bool)>,
    anchor: Option<Anchor>,
}

impl Brush<'_> {
    fn shape(&mut self, shape: &Shape) {
        let context = self.context;
        match shape {
            Shape::Rect(area, fill, radii) => self.rect(area, *fill, *radii),
            Shape::Line(from, to, paint, width) => {
                let width = self.thickness(*width);
                // A straight line of odd thickness is crisp between two pixels.
                let off = if width % 2.0 == 1.0 { 0.5 } else { 0.0 };
                let (mut x0, mut y0) = self.point(*from);
                let (mut x1, mut y1) = self.point(*to);
                if x0 == x1 {
                    x0 = x0.round() + off;
                    x1 = x0;
                }
                if y0 == y1 {
                    y0 = y0.round() + off;
                    y1 = y0;
                }
                self.stroke(*paint, width);
                context.begin_path();
                context.move_to(x0, y0);
                context.line_to(x1, y1);
                context.stroke();
            }
            Shape::Dashes {
                x,
                y,
                paint,
                part,
                width,
                style,
            } => {
                self.stroke(*paint, f64::from(*width) * self.ratio);
                context.set_global_alpha(f64::from(part * self.fade));
                let px = |px: &f32| JsValue::from(f64::from(*px) * self.ratio);
                let dashes: Array = style.dashes_px().iter().map(px).collect();
                let _ = context.set_line_dash(&dashes);
                let y = f64::from(*y) * self.ratio;
                context.begin_path();
                context.move_to(f64::from(x.0) * self.ratio, y);
                context.line_to(f64::from(x.1) * self.ratio, y);
                context.stroke();
                let _ = context.set_line_dash(&Array::new());
            }
            Shape::Path(points, paint, width) => {
                let width = self.thickness(*width);
                self.stroke(*paint, width);
                self.trace(points);
                context.stroke();
            }
            Shape::Poly(points, fill) => {
                self.fill(*fill);
                self.trace(points);
                context.fill();
            }
            Shape::Disc(centre, radius, paint) => {
                self.fill(Fill::Solid(*paint));
                let (x, y) = self.point(*centre);
                context.begin_path();
                let _ = context.arc(
                    x,
                    y,
                    f64::from(*radius) * self.ratio,
                    0.0,
                    std::f64::consts::TAU,
                );
                context.fill();
            }
            Shape::Text {
                at,
                anchor,
                size,
                paint,
                mono,
                plate,
                text,
            } => {
                self.letters(*size, *mono, *anchor);
                let (x, y) = self.point(*at);
                if *plate && let Ok(measured) = context.measure_text(text) {
                    self.fill(Fill::Solid(Paint::Panel));
                    let room = 4.0 * self.ratio;
                    let high = f64::from(*size) * self.ratio;
                    let wide = measured.width() + 2.0 * room;
                    context.fill_rect(x.round() - room, (y - high / 2.0).round(), wide, high);
                }
                self.fill(Fill::Solid(*paint));
                // Letters stand a little high of their middle.
                let _ = context.fill_text(text, x.round(), (y + 0.5 * self.ratio).round());
            }
            Shape::Clip(area) => {
                if std::mem::take(&mut self.clipped) {
                    context.restore();
                }
                if let Some(area) = area {
                    context.save();
                    let (x0, y0, x1, y1) = area.edges(self.ratio);
                    context.begin_path();
                    context.rect(x0, y0, x1 - x0, y1 - y0);
                    context.clip();
                    self.clipped = true;
                }
                // What was set within a clip is forgotten with it.
                self.filled_with = None;
                self.font = None;
                self.anchor = None;
            }
            Shape::Fade(strength) => self.fade = *strength,
        }
    }

    fn point(&self, at: (f32, f32)) -> (f64, f64) {
        (f64::from(at.0) * self.ratio, f64::from(at.1) * self.ratio)
    }

    fn thickness(&self, width: f32) -> f64 {
        (f64::from(width) * self.ratio).round().max(1.0)
    }

    fn rect(&mut self, area: &Area, fill: Fill, radii: [f32; 2]) {
        let context = self.context;
        let (x0, y0, x1, y1) = area.edges(self.ratio);
        let (w, h) = (x1 - x0, y1 - y0);
        let round = roundness(radii, self.ratio, w, h);
        let path = |left, right| {
            context.begin_path();
            context.move_to(x0 + left, y0);
            let _ = context.arc_to(x1, y0, x1, y1, right);
            let _ = context.arc_to(x1, y1, x0, y1, right);
            let _ = context.arc_to(x0, y1, x0, y0, left);
            let _ = context.arc_to(x0, y0, x1, y0, left);
            context.close_path();
            context.fill();
        };
        let draw = || match round {
            None => context.fill_rect(x0, y0, w, h),
            Some((left, right)) => path(left, right),
        };
        if let Fill::Hatch(paint) = fill {
            self.fill(Fill::Tint(paint, HATCH_TINT));
            draw();
            if let Some((_, pattern)) = &self.colours.hatch {
                context.set_global_alpha(f64::from(self.fade));
                context.set_fill_style_canvas_pattern(pattern);
                self.filled_with = None;
                draw();
            }
        } else {
            self.fill(fill);
            draw();
        }
    }

    fn trace(&self, points: &[(f32, f32)]) {
        self.context.begin_path();
        for (at, point) in points.iter().enumerate() {
            let (x, y) = self.point(*point);
            if at == 0 {
                self.context.move_to(x, y);
            } else {
                self.context.line_to(x, y);
            }
        }
    }

    fn fill(&mut self, fill: Fill) {
        let (paint, part) = match fill {
            Fill::Solid(paint) | Fill::Hatch(paint) => (paint, 1.0),
            Fill::Tint(paint, part) => (paint, part),
        };
        let strength = part * self.fade;
        if self.filled_with == Some((paint, strength)) {
            return;
        }
        // The newer setter takes a Rust string, which would be copied over for each shape.
        #[allow(deprecated)]
        self.context
            .set_fill_style(&self.colours.paints[number(paint)]);
        self.context.set_global_alpha(f64::from(strength));
        self.filled_with = Some((paint, strength));
    }

    fn stroke(&mut self, paint: Paint, width: f64) {
        #[allow(deprecated)]
        self.context
            .set_stroke_style(&self.colours.paints[number(paint)]);
        self.context.set_line_width(width);
        self.context.set_global_alpha(f64::from(self.fade));
        self.filled_with = None;
    }

    fn letters(&mut self, size: f32, mono: bool, anchor: Anchor) {
        let key = (size.to_bits(), mono);
        if self.font != Some(key) {
            let family = if mono {
                &self.colours.mono
            } else {
                &self.colours.sans
            };
            let px = fixed(f64::from(size) * self.ratio, 2);
            self.context.set_font(&format!("{px}px {family}"));
            self.font = Some(key);
        }
        if self.anchor != Some(anchor) {
            self.context.set_text_align(match anchor {
                Anchor::Start => "left",
                Anchor::Middle => "center",
                Anchor::End => "right",
            });
            self.anchor = Some(anchor);
        }
    }
}

/// Slanted stripes, as a tile that repeats without a seam.
fn hatch(colours: &Colours, ratio: f64) -> Option<CanvasPattern> {
    let document = web_sys::window()?.document()?;
    let tile: HtmlCanvasElement = document.create_element("canvas").ok()?.dyn_into().ok()?;
    let side = (7.0 * ratio).round();
    tile.set_width(side as u32);
    tile.set_height(side as u32);
    let context: CanvasRenderingContext2d = tile.get_context("2d").ok()??.dyn_into().ok()?;
    #[allow(deprecated)]
    context.set_stroke_style(&colours.paints[number(Paint::Ready)]);
    context.set_line_width(2.0 * ratio);
    context.begin_path();
    for shift in [-side, 0.0, side] {
        context.move_to(shift - ratio, side + ratio);
        context.line_to(shift + side + ratio, -ratio);
    }
    context.stroke();
    context
        .create_pattern_with_html_canvas_element(&tile, "repeat")
        .ok()?
}
