//! Writes a list of shapes as SVG: what the canvas shows, for where no program can draw.
//!
//! Edges are put on whole pixels, as the canvas's painter does. Nothing in it needs a `style` attribute, which the
//! page's policy forbids: colours are presentation attributes, and those of a page its custom properties.

use crate::picture::draw;
use crate::picture::interaction::{Input, Interaction, Shared};
use crate::picture::shape::{Anchor, Area, Fill, HATCH_TINT, Paint, Shape, roundness};
use std::fmt::Write as _;

/// What a picture is drawn with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// The custom properties of the page that it stands in, which follow light and dark.
    Page,
    /// Fixed colours, for a picture that stands alone on white.
    Light,
    /// Fixed colours, for a picture that stands alone on the panel of a dark page.
    Dark,
}

/// A picture as SVG.
pub struct Svg<'a> {
    /// A name that no other picture in the same document has, for what shapes refer to.
    pub id: &'a str,
    /// Its classes; empty where it stands alone.
    pub class: &'a str,
    /// What it shows, in words.
    pub label: &'a str,
    /// Its width and height, in CSS pixels.
    pub size_px: (f64, f64),
    /// What it is drawn with.
    pub theme: Theme,
}

impl Svg<'_> {
    /// The element with all shapes, the first at the back.
    pub fn element(&self, shapes: &[Shape]) -> String {
        let (width, height) = self.size_px;
        let (width, height) = (number(width), number(height));
        let mut writer = Writer {
            text: String::new(),
            id: self.id,
            theme: self.theme,
            fade: 1.0,
            clip: None,
            run: None,
        };
        // In a page lanes stay as high as they are, in whatever width; what stands alone keeps its form.
        let fit = match self.theme {
            Theme::Page => "none",
            Theme::Light | Theme::Dark => "xMinYMin",
        };
        let _ = write!(
            writer.text,
            r#"<svg xmlns="http://www.w3.org/2000/svg" class="{}" role="img" aria-label="{}" width="{width}" height="{height}" viewBox="0 0 {width} {height}" preserveAspectRatio="{fit}" font-family="{}" xml:space="preserve">"#,
            escaped(self.class),
            escaped(self.label),
            family(self.theme, true),
        );
        let is_hatched = |shape: &Shape| {
            matches!(
                shape,
                Shape::Rect(_, Fill::Hatch(_), _) | Shape::Poly(_, Fill::Hatch(_))
            )
        };
        if shapes.iter().any(is_hatched) {
            writer.hatch();
        }
        shapes.iter().for_each(|shape| writer.shape(shape));
        writer.clip(None);
        writer.text += "</svg>";
        writer.text
    }
}

/// The picture of a run as a page shows it at first, so wide, and its height; CSS pixels.
pub fn picture(input: Input, shared: Shared, width_px: f64, svg: Svg<'_>) -> (String, f64) {
    let run = input.run.clone();
    let mut picture = Interaction::new(input);
    picture.share(shared);
    picture.set_frame(0.0, width_px);
    picture.update();
    let view = picture.view();
    let size_px = (view.width_px, view.height_px);
    let shapes = draw::draw(&picture.scene(&run.borrow()));
    (Svg { size_px, ..svg }.element(&shapes), size_px.1)
}

/// The colour as an attribute's value. Those of pictures that stand alone are the style sheet's.
pub fn colour(theme: Theme, paint: Paint) -> String {
    let (property, light, dark) = match paint {
        Paint::Run => ("running", "#0b7a53", "#3fbf8b"),
        Paint::Block => ("blocking", "#c2362b", "#ff7a6b"),
        Paint::Ready => ("ready", "#b98300", "#f0c04a"),
        Paint::Wait => ("waiting", "#8a9299", "#6a757e"),
        Paint::Ink => ("text", "#1b2126", "#e7ebed"),
        Paint::Soft => ("text-soft", "#515c65", "#a9b4bb"),
        Paint::Faint => ("text-faint", "#616b74", "#8b969e"),
        Paint::Line => ("line", "#e4e2db", "#2a3238"),
        Paint::Accent => ("accent", "#0a6c6c", "#4fc4b8"),
        Paint::Panel => ("panel", "#ffffff", "#191f23"),
        Paint::Task(number) => {
            const LIGHT: [&str; 8] = [
                "#0072b2", "#d55e00", "#00805c", "#b0468a", "#2b83c6", "#9a6a00", "#6a5acd",
                "#5c6770",
            ];
            const DARK: [&str; 8] = [
                "#56b4e9", "#f39a57", "#35c79b", "#e59ac4", "#8fb0ff", "#e8d44d", "#b8a5ff",
                "#a7b1b8",
            ];
            let number = usize::from(number) % LIGHT.len();
            return match theme {
                Theme::Page => format!("var(--t{number})"),
                Theme::Light => LIGHT[number].to_owned(),
                Theme::Dark => DARK[number].to_owned(),
            };
        }
    };
    match theme {
        Theme::Page => format!("var(--{property})"),
        Theme::Light => light.to_owned(),
        Theme::Dark => dark.to_owned(),
    }
}

/// A length with at most one decimal, and none that says nothing.
fn number(value: impl Into<f64>) -> String {
    short(format!("{:.1}", value.into()))
}

/// A number's text without the decimals that say nothing.
fn short(text: String) -> String {
    let text = text.trim_end_matches('0').trim_end_matches('.');
    match text {
        "-0" | "" => "0".to_owned(),
        text => text.to_owned(),
    }
}

/// Text as it stands in XML, also within quotation marks; what XML cannot hold is left out.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// The letters of a picture.
fn family(theme: Theme, mono: bool) -> &'static str {
    match (theme, mono) {
        (Theme::Page, true) => "var(--mono)",
        (Theme::Page, false) => "var(--sans)",
        (Theme::Light | Theme::Dark, true) => "DejaVu Sans Mono, monospace",
        (Theme::Light | Theme::Dark, false) => "DejaVu Sans, sans-serif",
    }
}

struct Writer<'a> {
    text: String,
    id: &'a str,
    theme: Theme,
    fade: f32,
    clip: Option<Clip>,
    run: Option<PathRun>,
}

/// Where in the text an element that clips begins, and where what is in it.
struct Clip {
    from: usize,
    within: usize,
}

/// Outlines that look alike and follow one another: one element does for all of them, which makes pages with many
/// lanes a third smaller.
struct PathRun {
    /// How they look.
    attributes: String,
    data: String,
    /// Where each is: what one sees through must not lie above another in the same element.
    places: Vec<Area>,
}

impl Writer<'_> {
    /// Slanted stripes, as a tile that repeats without a seam.
    fn hatch(&mut self) {
        let stroke = colour(self.theme, Paint::Ready);
        let _ = write!(
            self.text,
            r#"<defs><pattern id="{}" width="7" height="7" patternUnits="userSpaceOnUse"><path d="M-8 8 1-1M-1 8 8-1M6 8 15-1" stroke="{stroke}" stroke-width="2"/></pattern></defs>"#,
            self.id,
        );
    }

    fn shape(&mut self, shape: &Shape) {
        match shape {
            Shape::Rect(area, fill, radii) => self.rect(area, *fill, *radii),
            Shape::Line(from, to, paint, width) => {
                let width = width.round().max(1.0);
                // A straight line of odd thickness is crisp between two pixels.
                let off = if width % 2.0 == 1.0 { 0.5 } else { 0.0 };
                let (mut from, mut to) = (*from, *to);
                if from.0 == to.0 {
                    from.0 = from.0.round() + off;
                    to.0 = from.0;
                }
                if from.1 == to.1 {
                    from.1 = from.1.round() + off;
                    to.1 = from.1;
                }
                let stroke = self.stroke(*paint, width, 1.0);
                self.outline(&stroke, &path(&[from, to]), between(from, to));
            }
            Shape::Dashes {
                x,
                y,
                paint,
                part,
                width,
                style,
            } => {
                let stroke = self.stroke(*paint, *width, *part);
                let dashes: Vec<String> = style.dashes_px().iter().map(|px| number(*px)).collect();
                let dashes = match dashes.is_empty() {
                    true => String::new(),
                    false => format!(r#" stroke-dasharray="{}""#, dashes.join(" ")),
                };
                let (from, to) = ((x.0, *y), (x.1, *y));
                let place = between(from, to);
                self.outline(&format!("{stroke}{dashes}"), &path(&[from, to]), place);
            }
            Shape::Poly(points, fill) => {
                let line = path(points);
                self.filled(*fill, |fill| format!(r#"<path d="{line}Z"{fill}/>"#));
            }
            Shape::Path(points, paint, width) => {
                let stroke = self.stroke(*paint, width.round().max(1.0), 1.0);
                let line = path(points);
                self.push(format_args!(
                    r#"<path d="{line}" fill="none" stroke-linejoin="round"{stroke}/>"#
                ));
            }
            Shape::Disc((x, y), radius, paint) => {
                let (x, y, radius) = (number(*x), number(*y), number(*radius));
                self.filled(Fill::Solid(*paint), |fill| {
                    format!(r#"<circle cx="{x}" cy="{y}" r="{radius}"{fill}/>"#)
                });
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
                let anchor = match anchor {
                    Anchor::Start => "",
                    Anchor::Middle => r#" text-anchor="middle""#,
                    Anchor::End => r#" text-anchor="end""#,
                };
                let family = match mono {
                    true => String::new(),
                    false => format!(r#" font-family="{}""#, family(self.theme, false)),
                };
                // Nobody measures letters here: a thick outline of the panel's colour does what the plate does.
                let plate = match plate {
                    true => format!(
                        r#" stroke="{}" stroke-width="8" stroke-linejoin="round" paint-order="stroke""#,
                        colour(self.theme, Paint::Panel)
                    ),
                    false => String::new(),
                };
                // The baseline of letters whose middle stands there, as a canvas has it.
                let (x, y) = (at.0.round(), (at.1 + 0.5).round() + 0.26 * size);
                let (x, y, size, text) = (number(x), number(y), number(*size), escaped(text));
                self.filled(Fill::Solid(*paint), |fill| {
                    format!(
                        r#"<text x="{x}" y="{y}" font-size="{size}"{family}{anchor}{plate}{fill}>{text}</text>"#
                    )
                });
            }
            Shape::Clip(area) => self.clip(area.as_ref()),
            Shape::Fade(strength) => self.fade = *strength,
        }
    }

    fn push(&mut self, element: std::fmt::Arguments<'_>) {
        self.end_run();
        let _ = self.text.write_fmt(element);
    }

    /// Adds an outline to those before it, if it looks as they do.
    fn outline(&mut self, attributes: &str, data: &str, place: Area) {
        let is_opaque = !attributes.contains("opacity") && !attributes.contains("url(");
        match &mut self.run {
            Some(run)
                if run.attributes == attributes
                    && (is_opaque || !run.places.iter().any(|other| overlap(other, &place))) =>
            {
                run.data += data;
                run.places.push(place);
            }
            _ => {
                self.end_run();
                self.run = Some(PathRun {
                    attributes: attributes.to_owned(),
                    data: data.to_owned(),
                    places: vec![place],
                });
            }
        }
    }

    fn end_run(&mut self) {
        if let Some(PathRun {
            attributes, data, ..
        }) = self.run.take()
        {
            let _ = write!(self.text, r#"<path d="{data}"{attributes}/>"#);
        }
    }

    /// An element of its own clips what is in it; its inner measures are those of the picture.
    fn clip(&mut self, area: Option<&Area>) {
        self.end_run();
        if let Some(Clip { from, within }) = self.clip.take() {
            match self.text.len() == within {
                true => self.text.truncate(from), // nothing is in it
                false => self.text += "</svg>",
            }
        }
        if let Some(area) = area {
            let (x0, y0, x1, y1) = area.edges(1.0);
            let [x, y, w, h] = [x0, y0, x1 - x0, y1 - y0].map(number);
            let from = self.text.len();
            self.push(format_args!(
                r#"<svg x="{x}" y="{y}" width="{w}" height="{h}" viewBox="{x} {y} {w} {h}">"#
            ));
            let within = self.text.len();
            self.clip = Some(Clip { from, within });
        }
    }

    fn rect(&mut self, area: &Area, fill: Fill, radii: [f32; 2]) {
        let (x0, y0, x1, y1) = area.edges(1.0);
        let (w, h) = (x1 - x0, y1 - y0);
        let round = roundness(radii, 1.0, w, h);
        let place = Area::new(x0, y0, w, h);
        let data = match round {
            None => {
                let [x, y, w, h] = [x0, y0, w, h].map(number);
                format!("M{x} {y}h{w}v{h}h-{w}z")
            }
            // Round at both ends: a thick line with round ends says the same in fewer letters.
            Some((left, right))
                if left == right
                    && (2.0 * left - w.min(h)).abs() < 0.01
                    && let Some((paint, part)) = tint(fill) =>
            {
                let stroke = self.stroke(paint, w.min(h) as f32, part);
                let middle = ((x0 + x1) / 2.0, (y0 + y1) / 2.0);
                let (from, to) = match w < h {
                    true => ((middle.0, y0 + left), (middle.0, y1 - left)),
                    false => ((x0 + left, middle.1), (x1 - left, middle.1)),
                };
                let attributes = format!(r#"{stroke} stroke-linecap="round""#);
                return self.outline(&attributes, &path(&[from, to]), place);
            }
            Some((left, right)) => {
                let corner = |radius: f64, x: f64, y: f64| match radius > 0.0 {
                    true => {
                        let [radius, x, y] = [radius, radius * x, radius * y].map(number);
                        format!("a{radius} {radius} 0 0 1 {x} {y}")
                    }
                    false => String::new(),
                };
                let [start, top, across] = [x0 + left, y0, w - left - right].map(number);
                let [down, back] = [h - 2.0 * right, -(w - left - right)].map(number);
                format!(
                    "M{start} {top}h{across}{}v{down}{}h{back}{}{}z",
                    corner(right, 1.0, 1.0),
                    corner(right, -1.0, 1.0),
                    corner(left, -1.0, -1.0),
                    match left > 0.0 {
                        true => format!("v{}{}", number(2.0 * left - h), corner(left, 1.0, -1.0)),
                        false => String::new(),
                    },
                )
            }
        };
        for attributes in self.fills(fill) {
            self.outline(&attributes, &data, place);
        }
    }

    /// The attributes of a fill: twice where stripes lie above a tint.
    fn fills(&self, fill: Fill) -> Vec<String> {
        let (paint, part) = match fill {
            Fill::Solid(paint) => (paint, 1.0),
            Fill::Tint(paint, part) => (paint, part),
            Fill::Hatch(paint) => (paint, HATCH_TINT),
        };
        let colour = colour(self.theme, paint);
        let strength = self.strength("fill-opacity", part);
        let mut fills = vec![format!(r#" fill="{colour}"{strength}"#)];
        if matches!(fill, Fill::Hatch(_)) {
            let strength = self.strength("fill-opacity", 1.0);
            fills.push(format!(r#" fill="url(#{})"{strength}"#, self.id));
        }
        fills
    }

    /// Writes an element with a fill, twice where stripes lie above a tint.
    fn filled(&mut self, fill: Fill, element: impl Fn(&str) -> String) {
        self.end_run();
        for attributes in self.fills(fill) {
            self.text += &element(&attributes);
        }
    }

    fn stroke(&self, paint: Paint, width: f32, part: f32) -> String {
        let (colour, width) = (colour(self.theme, paint), number(width));
        let strength = self.strength("stroke-opacity", part);
        format!(r#" stroke="{colour}" stroke-width="{width}"{strength}"#)
    }

    fn strength(&self, attribute: &str, part: f32) -> String {
        match part * self.fade {
            1.0.. => String::new(),
            // What is faint differs by less than a tenth.
            strength => format!(r#" {attribute}="{}""#, short(format!("{strength:.2}"))),
        }
    }
}

/// The colour of a fill without stripes, and how much of it.
fn tint(fill: Fill) -> Option<(Paint, f32)> {
    match fill {
        Fill::Solid(paint) => Some((paint, 1.0)),
        Fill::Tint(paint, part) => Some((paint, part)),
        Fill::Hatch(_) => None,
    }
}

/// What a line covers, taken to be as thick as any is.
fn between(from: (f32, f32), to: (f32, f32)) -> Area {
    const THICK_PX: f32 = 4.0;
    Area {
        x: from.0.min(to.0),
        y: from.1.min(to.1),
        w: (to.0 - from.0).abs().max(THICK_PX),
        h: (to.1 - from.1).abs().max(THICK_PX),
    }
}

/// Whether two places have more than an edge in common.
fn overlap(one: &Area, other: &Area) -> bool {
    let across = one.x < other.x + other.w && other.x < one.x + one.w;
    let down = one.y < other.y + other.h && other.y < one.y + one.h;
    across && down
}

/// The points as the data of a path.
fn path<T: Into<f64> + PartialEq + Copy>(points: &[(T, T)]) -> String {
    let mut data = String::new();
    let mut before: Option<(T, T)> = None;
    for (x, y) in points.iter().copied() {
        let _ = match before {
            None => write!(data, "M{} {}", number(x), number(y)),
            Some(point) if point.1 == y => write!(data, "H{}", number(x)),
            Some(point) if point.0 == x => write!(data, "V{}", number(y)),
            Some(_) => write!(data, "L{} {}", number(x), number(y)),
        };
        before = Some((x, y));
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::shape::LineStyle;
    use expect_test::{Expect, expect};

    fn svg(theme: Theme, shapes: &[Shape]) -> String {
        let svg = Svg {
            id: "hatch",
            class: "picture-canvas",
            label: "Two tasks: \"a\" & <b>",
            size_px: (100.0, 40.0),
            theme,
        };
        svg.element(shapes)
    }

    /// The elements within the picture, a line each.
    #[track_caller]
    fn check(shapes: &[Shape], expected: Expect) {
        let text = svg(Theme::Page, shapes);
        roxmltree::Document::parse(&text).expect("it is well-formed");
        let inside = text.split_once('>').expect("it begins with an element").1;
        let inside = inside.strip_suffix("</svg>").expect("it ends with its end");
        expected.assert_eq(&inside.replace("><", ">\n<"));
    }

    #[test]
    fn edges_stand_on_whole_pixels_and_nothing_vanishes() {
        check(
            &[
                Shape::Rect(
                    Area::new(1.4, 2.6, 0.2, 9.0),
                    Fill::Solid(Paint::Run),
                    [0.0, 0.0],
                ),
                Shape::Line((5.0, 0.0), (5.0, 40.0), Paint::Line, 1.0),
            ],
            expect![[r#"
                <path d="M1 3h1v9h-1z" fill="var(--running)"/>
                <path d="M5.5 0V40" stroke="var(--line)" stroke-width="1"/>"#]],
        );
    }

    #[test]
    fn corners_may_be_round_at_one_side() {
        check(
            &[
                Shape::Rect(
                    Area::new(0.0, 0.0, 20.0, 10.0),
                    Fill::Tint(Paint::Wait, 0.5),
                    [3.0, 3.0],
                ),
                Shape::Rect(
                    Area::new(0.0, 0.0, 20.0, 10.0),
                    Fill::Solid(Paint::Task(9)),
                    [0.0, 4.0],
                ),
            ],
            expect![[r#"
                <path d="M3 0h14a3 3 0 0 1 3 3v4a3 3 0 0 1 -3 3h-14a3 3 0 0 1 -3 -3v-4a3 3 0 0 1 3 -3z" fill="var(--waiting)" fill-opacity="0.5"/>
                <path d="M0 0h16a4 4 0 0 1 4 4v2a4 4 0 0 1 -4 4h-16z" fill="var(--t1)"/>"#]],
        );
    }

    #[test]
    fn what_follows_a_clip_is_in_it_and_what_follows_a_fade_is_faint() {
        check(
            &[
                Shape::Clip(Some(Area::new(10.0, 0.0, 50.0, 40.0))),
                Shape::Fade(0.4),
                Shape::Disc((20.0, 20.0), 4.5, Paint::Accent),
                Shape::Clip(None),
                Shape::Fade(1.0),
                Shape::Poly(
                    vec![(0.0, 0.0), (4.0, 0.0), (2.0, 3.0)],
                    Fill::Solid(Paint::Ink),
                ),
            ],
            expect![[r#"
                <svg x="10" y="0" width="50" height="40" viewBox="10 0 50 40">
                <circle cx="20" cy="20" r="4.5" fill="var(--accent)" fill-opacity="0.4"/>
                </svg>
                <path d="M0 0H4L2 3Z" fill="var(--text)"/>"#]],
        );
    }

    #[test]
    fn stripes_lie_above_a_tint_and_dashes_are_those_of_the_canvas() {
        check(
            &[
                Shape::Rect(
                    Area::new(0.0, 0.0, 20.0, 10.0),
                    Fill::Hatch(Paint::Ready),
                    [0.0, 0.0],
                ),
                Shape::Dashes {
                    x: (0.0, 90.0),
                    y: 12.25,
                    paint: Paint::Wait,
                    part: 0.5,
                    width: 2.0,
                    style: LineStyle::DashDot,
                },
            ],
            expect![[r#"
                <defs>
                <pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse">
                <path d="M-8 8 1-1M-1 8 8-1M6 8 15-1" stroke="var(--ready)" stroke-width="2"/>
                </pattern>
                </defs>
                <path d="M0 0h20v10h-20z" fill="var(--ready)" fill-opacity="0.28"/>
                <path d="M0 0h20v10h-20z" fill="url(#hatch)"/>
                <path d="M0 12.2H90" stroke="var(--waiting)" stroke-width="2" stroke-opacity="0.5" stroke-dasharray="8 3 2 3"/>"#]],
        );
    }

    #[test]
    fn outlines_that_look_alike_are_one_element_unless_one_shows_through_another() {
        let tint = |x, w| {
            let fill = Fill::Tint(Paint::Wait, 0.5);
            Shape::Rect(Area::new(x, 0.0, w, 4.0), fill, [0.0, 0.0])
        };
        let pill = |x| {
            let fill = Fill::Solid(Paint::Run);
            Shape::Rect(Area::new(x, 0.0, 3.0, 12.0), fill, [1.5, 1.5])
        };
        check(
            &[
                tint(0.0, 8.0),
                tint(8.0, 8.0),
                tint(12.0, 8.0),
                pill(1.0),
                pill(5.0),
                Shape::Clip(Some(Area::new(0.0, 0.0, 9.0, 9.0))),
                Shape::Clip(None),
                pill(9.0),
            ],
            expect![[r#"
                <path d="M0 0h8v4h-8zM8 0h8v4h-8z" fill="var(--waiting)" fill-opacity="0.5"/>
                <path d="M12 0h8v4h-8z" fill="var(--waiting)" fill-opacity="0.5"/>
                <path d="M2.5 1.5V10.5M6.5 1.5V10.5" stroke="var(--running)" stroke-width="3" stroke-linecap="round"/>
                <path d="M10.5 1.5V10.5" stroke="var(--running)" stroke-width="3" stroke-linecap="round"/>"#]],
        );
    }

    #[test]
    fn text_is_escaped_and_stands_where_the_canvas_puts_it() {
        let words = "a < b && \"c\"\u{1}".to_owned();
        let mut shape = Shape::text((10.2, 20.0), Anchor::End, 10.0, Paint::Soft, words);
        if let Shape::Text { plate, .. } = &mut shape {
            *plate = true;
        }
        check(
            &[shape],
            expect![[
                r#"<text x="10" y="23.6" font-size="10" text-anchor="end" stroke="var(--panel)" stroke-width="8" stroke-linejoin="round" paint-order="stroke" fill="var(--text-soft)">a &lt; b &amp;&amp; &quot;c&quot;</text>"#
            ]],
        );
    }

    #[test]
    fn a_picture_that_stands_alone_has_colours_of_its_own_and_says_what_it_shows() {
        let shapes = [Shape::Path(vec![(0.0, 0.0), (9.0, 9.0)], Paint::Block, 1.5)];
        let text = svg(Theme::Light, &shapes);
        let document = roxmltree::Document::parse(&text).expect("it is well-formed");
        let root = document.root_element();
        assert_eq!(root.attribute("aria-label"), Some("Two tasks: \"a\" & <b>"));
        assert_eq!(root.attribute("viewBox"), Some("0 0 100 40"));
        assert!(text.contains("stroke=\"#c2362b\" stroke-width=\"2\""));
        assert!(!text.contains("var(") && !text.contains("style="));
    }
}
