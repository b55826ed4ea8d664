//! The pictures of a few runs as one SVG that stands alone: with title, verdict, legend and a line that says where
//! the same can be seen.
//!
//! It refers to nothing outside, has no script and no `style`, and names no letters that a machine has to have: it
//! can be opened, printed, and put into other documents.

use crate::derived::run_ref::RunRef;
use crate::export::Heading;
use crate::picture::draw;
use crate::picture::interaction::{Input, Interaction, Options, Shared};
use crate::picture::layout::text_px;
use crate::picture::legend::{LegendEntry, Sign, legend};
use crate::picture::shape::{Anchor, Area, Fill, LineStyle, Paint, Shape};
use crate::picture::svg::{Svg, Theme, colour, escaped};
use crate::picture::{Scene, words};
use std::fmt::Write as _;
use std::ops::Range;

/// Room around everything, in CSS pixels as all lengths here.
const MARGIN_PX: f64 = 16.0;

const TITLE_PX: f64 = 18.0;
const TEXT_PX: f64 = 13.0;
const SMALL_PX: f64 = 11.0;

/// The height of a line of text, by that of its type.
const LINE: f64 = 1.5;

/// The sign of an entry of the legend.
const SIGN_PX: (f64, f64) = (28.0, 12.0);

/// Most rows of a picture: a file with more would be too large to be opened.
const MAX_ROWS: usize = 1_000;

/// A run as it is shown.
#[derive(Clone, PartialEq)]
pub struct Shown {
    /// The name of its version; empty where there is only one.
    pub label: String,
    /// The run, and how its picture is built.
    pub input: Input,
    /// What of it is shown.
    pub options: Options,
    /// Which rows; as many as a page shows at once where nothing is said.
    pub rows: Option<Range<usize>>,
}

/// All that the pictures have in common.
#[derive(Clone, Copy)]
pub struct Look<'a> {
    /// What is written around them.
    pub heading: Heading<'a>,
    /// Cursor, chosen task, axis, and from when to when if not the whole: as on the page.
    pub shared: Shared,
    /// How wide the file is, margins included.
    pub width_px: f64,
    /// Its colours; those of a page are not there where it stands alone, so that they become light ones.
    pub theme: Theme,
}

/// The runs as one SVG, the first on top.
pub fn svg(look: &Look, runs: &[Shown]) -> String {
    let theme = match look.theme {
        Theme::Dark => Theme::Dark,
        Theme::Light | Theme::Page => Theme::Light,
    };
    // Narrower, not even the names of tasks have room.
    let width_px = look.width_px.max(240.0);
    let inner_px = width_px - 2.0 * MARGIN_PX;
    let mut page = Page {
        shapes: Vec::new(),
        pictures: String::new(),
        inner_px,
        y: MARGIN_PX,
    };
    page.words(look.heading.title, TITLE_PX, Paint::Ink, false);
    page.words(look.heading.verdict, TEXT_PX, Paint::Soft, false);
    page.y += 6.0;
    for (at, run) in runs.iter().enumerate() {
        page.words(&run.label, TEXT_PX, Paint::Ink, false);
        page.picture(at, run, look.shared, theme);
        page.y += 6.0;
    }
    page.legend(&entries(runs.iter().map(|run| &run.input.run)));
    page.y += 4.0;
    page.words(look.heading.link, SMALL_PX, Paint::Faint, true);
    let height_px = (page.y + MARGIN_PX - 6.0).ceil();
    let around = Svg {
        id: "stripes",
        class: "",
        label: look.heading.title,
        size_px: (width_px, height_px),
        theme,
    };
    let words = around.element(&page.shapes);
    let mut text = String::new();
    let label = match look.heading.verdict {
        "" => look.heading.title.to_owned(),
        verdict => format!("{}: {verdict}", look.heading.title),
    };
    let _ = write!(
        text,
        r#"<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width_px}" height="{height_px}" viewBox="0 0 {width_px} {height_px}"><title>{}</title><rect width="{width_px}" height="{height_px}" fill="{}"/>{words}{}</svg>"#,
        escaped(&label),
        colour(theme, Paint::Panel),
        page.pictures,
    );
    text.push('\n');
    text
}

/// What is put below one another.
struct Page {
    /// Words and signs.
    shapes: Vec<Shape>,
    /// The pictures, as elements.
    pictures: String,
    /// The width between the margins.
    inner_px: f64,
    /// Where the next thing begins.
    y: f64,
}

impl Page {
    /// A paragraph; nothing where there are no words.
    fn words(&mut self, words: &str, size: f64, paint: Paint, mono: bool) {
        for text in wrapped(words, self.inner_px, size, mono) {
            self.line(
                (MARGIN_PX, self.y + size * LINE / 2.0),
                size,
                paint,
                mono,
                text,
            );
            self.y += size * LINE;
        }
    }

    /// A line whose middle is at that height.
    fn line(&mut self, at: (f64, f64), size: f64, paint: Paint, mono: bool, text: String) {
        self.shapes.push(Shape::Text {
            at: (at.0 as f32, at.1 as f32),
            anchor: Anchor::Start,
            size: size as f32,
            paint,
            mono,
            plate: false,
            text,
        });
    }

    fn picture(&mut self, at: usize, run: &Shown, shared: Shared, theme: Theme) {
        let mut picture = Interaction::new(run.input.clone());
        let options = &run.options;
        picture.set_options(&|own: &mut Options| *own = options.clone());
        picture.share(shared);
        picture.set_frame(0.0, self.inner_px);
        picture.update();
        let recording = run.input.run.borrow();
        let scene = picture.scene(&recording);
        let mut view = *scene.view;
        if let Some(rows) = &run.rows {
            let count = scene.layout.rows.len();
            let end = rows.end.clamp(1, count.max(1));
            let first = rows.start.min(end - 1);
            view.height_px = view.frame.height_for((end - first).min(MAX_ROWS));
            view = view.scrolled(first as f64 * view.row_px() - view.scroll_px, count);
        }
        let scene = Scene {
            view: &view,
            ..scene
        };
        let label = match run.label.as_str() {
            "" => words::summary(scene.trace, scene.timeline),
            label => format!("{label}: {}", words::summary(scene.trace, scene.timeline)),
        };
        let svg = Svg {
            id: &format!("stripes-{at}"),
            class: "",
            label: &label,
            size_px: (view.width_px, view.height_px),
            theme,
        };
        let element = svg.element(&draw::draw(&scene));
        let y = self.y.round();
        let _ = write!(
            self.pictures,
            r#"<g transform="translate({MARGIN_PX} {y})">{element}</g>"#
        );
        self.y = y + view.height_px;
    }

    fn legend(&mut self, entries: &[LegendEntry]) {
        const GAP_PX: f64 = 18.0;
        let height_px = SMALL_PX * 1.8;
        let mut x = MARGIN_PX;
        for entry in entries {
            let words_px = text_px(&entry.words, SMALL_PX, false);
            let entry_px = SIGN_PX.0 + 6.0 + words_px;
            if x > MARGIN_PX && x + entry_px > MARGIN_PX + self.inner_px {
                x = MARGIN_PX;
                self.y += height_px;
            }
            let middle = self.y + height_px / 2.0;
            push_sign(&mut self.shapes, entry.sign, x, middle);
            let at = (x + SIGN_PX.0 + 6.0, middle);
            self.line(at, SMALL_PX, Paint::Soft, false, entry.words.clone());
            x += entry_px + GAP_PX;
        }
        if !entries.is_empty() {
            self.y += height_px;
        }
    }
}

/// The signs of all runs, each with all that it means in any of them.
fn entries<'a>(runs: impl Iterator<Item = &'a RunRef>) -> Vec<LegendEntry> {
    let mut entries: Vec<LegendEntry> = Vec::new();
    for run in runs {
        for entry in legend(run.borrow().timeline()) {
            let Some(own) = entries.iter_mut().find(|own| own.sign == entry.sign) else {
                entries.push(entry);
                continue;
            };
            for word in entry.words.split(", ") {
                if own.words.split(", ").all(|other| other != word) {
                    own.words += &format!(", {word}");
                }
            }
        }
    }
    // As in the legend of one run: what waits comes last.
    entries.sort_by_key(|entry| match entry.sign {
        Sign::Running => 0,
        Sign::Blocking => 1,
        Sign::Ready => 2,
        Sign::Waiting(_) => 3,
    });
    entries
}

/// A sign as lanes have it, from its left edge.
fn push_sign(shapes: &mut Vec<Shape>, sign: Sign, x: f64, middle: f64) {
    let (width, height) = SIGN_PX;
    let bar = |x: f64, width: f64, height: f64| Area::new(x, middle - height / 2.0, width, height);
    match sign {
        Sign::Running => {
            let fill = Fill::Solid(Paint::Run);
            shapes.push(Shape::Rect(bar(x, width, height), fill, [3.0, 3.0]));
        }
        Sign::Blocking => {
            let fill = Fill::Solid(Paint::Block);
            shapes.push(Shape::Rect(bar(x, width, height), fill, [2.0, 2.0]));
            for x in [x, x + width - 2.0] {
                shapes.push(Shape::Rect(bar(x, 2.0, height + 4.0), fill, [1.0, 1.0]));
            }
        }
        Sign::Ready => {
            let fill = Fill::Hatch(Paint::Ready);
            shapes.push(Shape::Rect(bar(x, width, height - 4.0), fill, [2.0, 2.0]));
        }
        Sign::Waiting(LineStyle::Solid) => {
            let fill = Fill::Solid(Paint::Wait);
            shapes.push(Shape::Rect(bar(x, width, 2.0), fill, [0.0, 0.0]));
        }
        Sign::Waiting(style) => shapes.push(Shape::Dashes {
            x: (x as f32, (x + width) as f32),
            y: middle as f32,
            paint: Paint::Wait,
            part: 1.0,
            width: 2.0,
            style,
        }),
    }
}

/// A text in lines of that width; words that are longer are broken.
fn wrapped(text: &str, width_px: f64, size: f64, mono: bool) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let fits = |line: &str| text_px(line, size, mono) <= width_px;
    for word in text.split_whitespace() {
        let begun = line.len();
        if begun > 0 {
            line.push(' ');
        }
        line.push_str(word);
        if fits(&line) {
            continue;
        }
        line.truncate(begun);
        if begun > 0 {
            lines.push(std::mem::take(&mut line));
        }
        for letter in word.chars() {
            line.push(letter);
            if !fits(&line) && line.chars().count() > 1 {
                line.pop();
                lines.push(std::mem::replace(&mut line, letter.to_string()));
            }
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::DEMOS;
    use crate::derived::headline;
    use crate::derived::recording::Recording;
    use crate::param::Values;
    use crate::picture::view::Frame;
    use crate::trace::Trace;

    fn shown(label: &str, trace: Trace) -> Shown {
        Shown {
            label: label.to_owned(),
            input: Input {
                run: RunRef::from_recording(Recording::from_trace(trace)),
                live: false,
                slot: 0,
                extent_ns: None,
                outline: None,
                frame: Frame::default(),
            },
            options: Options::default(),
            rows: None,
        }
    }

    fn look<'a>(title: &'a str, verdict: &'a str) -> Look<'a> {
        Look {
            heading: Heading {
                title,
                verdict,
                link: "https://example.org/interleave/#a-very-long-fragment?with=many&parameters=in&it=so&that=it&does=not&fit=into&one=line",
            },
            shared: Shared::default(),
            width_px: 640.0,
            theme: Theme::Light,
        }
    }

    /// Checks that the file stands alone, and returns the texts in it and its height.
    #[track_caller]
    fn check(svg: &str) -> (Vec<String>, f64) {
        let document = roxmltree::Document::parse(svg).expect("it is well-formed");
        let mut names = Vec::new();
        for node in document.descendants().filter(roxmltree::Node::is_element) {
            assert_ne!(node.tag_name().name(), "script");
            for attribute in node.attributes() {
                assert_ne!(attribute.name(), "style");
                assert_ne!(attribute.name(), "href");
                if attribute.name() == "id" {
                    names.push(attribute.value().to_owned());
                }
            }
        }
        let unique = names.iter().collect::<std::collections::BTreeSet<_>>();
        assert_eq!(unique.len(), names.len(), "{names:?}");
        for part in svg.split("url(").skip(1) {
            let name = part
                .split(')')
                .next()
                .and_then(|name| name.strip_prefix('#'));
            let name = name.expect("it refers to itself").to_owned();
            assert!(names.contains(&name), "{name} is not there");
        }
        assert!(!svg.contains("var("), "a page's properties are not there");
        let texts = document
            .descendants()
            .filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "text")));
        let texts = texts.filter_map(|node| node.text().map(str::to_owned));
        let height = document.root_element().attribute("height");
        let height = height.and_then(|height| height.parse().ok());
        (texts.collect(), height.expect("it has a height"))
    }

    #[test]
    fn every_demo_has_a_picture_that_stands_alone() {
        for demo in DEMOS {
            let values = Values::defaults(demo.params);
            if !demo.runs_instantly(&values) {
                continue;
            }
            let run = shown("", demo.run_instantly(values));
            let recording = run.input.run.borrow().clone();
            let (trace, timeline) = (recording.trace(), recording.timeline());
            let verdict = headline::alone(trace, timeline, &recording.findings());
            for theme in [Theme::Light, Theme::Dark, Theme::Page] {
                let look = Look {
                    theme,
                    ..look(demo.title, &verdict)
                };
                let svg = svg(&look, std::slice::from_ref(&run));
                let (texts, _) = check(&svg);
                let all = texts.join(" ");
                assert!(all.contains(demo.title), "{}: {all}", demo.slug);
                assert!(all.contains(trace.name(crate::trace::TaskId::MAIN)));
                let link: String = texts.concat();
                assert!(link.contains("&fit=into&one=line"), "{}: {link}", demo.slug);
                for entry in legend(timeline) {
                    assert!(texts.contains(&entry.words), "{}: {all}", demo.slug);
                }
            }
        }
    }

    #[test]
    fn two_versions_stand_below_one_another_with_one_legend() {
        let run = |mode: &str| crate::demos::run_with("factorial", &format!("mode={mode}"));
        let one = shown("blocking", run("blocking"));
        let other = shown("async", run("async"));
        let look = look("A <b>title</b> & \"more\"", "");
        let (_, low_px) = check(&svg(&look, std::slice::from_ref(&one)));
        let (texts, high_px) = check(&svg(&look, &[one, other]));
        assert!(high_px > low_px + 50.0);
        for word in ["blocking", "async", "A <b>title</b> & \"more\""] {
            assert!(texts.iter().any(|text| text == word), "{texts:?}");
        }
        assert_eq!(texts.iter().filter(|text| *text == "running").count(), 1);
        assert!(texts.iter().any(|text| text == "ready"));
    }

    #[test]
    fn it_shows_what_the_page_shows() {
        let trace = || crate::demos::run_with("hello-blocking-async", "tasks=30");
        let mut run = shown("", trace());
        let count = |texts: &[String]| {
            texts
                .iter()
                .filter(|text| text.starts_with("task "))
                .count()
        };
        let (texts, low_px) = check(&svg(&look("t", ""), std::slice::from_ref(&run)));
        assert_eq!(count(&texts), 15, "{texts:?}");
        run.rows = Some(0..31);
        let (texts, high_px) = check(&svg(&look("t", ""), std::slice::from_ref(&run)));
        assert_eq!(count(&texts), 30, "{texts:?}");
        assert!(high_px > low_px);
        run.rows = Some(10..usize::MAX);
        let (texts, _) = check(&svg(&look("t", ""), std::slice::from_ref(&run)));
        assert_eq!(count(&texts), 21, "{texts:?}");
        assert!(!texts.iter().any(|text| text == "task 9"));
        // A part of the axis.
        let mut look = look("t", "");
        look.shared.span = Some((500_000_000, 600_000_000));
        let (texts, _) = check(&svg(&look, &[run]));
        assert!(texts.iter().any(|text| text == "560 ms"), "{texts:?}");
    }

    #[test]
    fn long_words_are_broken_and_none_is_lost() {
        let text = "one two threeeeeeeeeeeeeeeeeeeeeeeeeeeeee four";
        let lines = wrapped(text, 80.0, 10.0, true);
        assert!(lines.len() > 2);
        for line in &lines {
            assert!(text_px(line, 10.0, true) <= 80.0, "{line}");
        }
        let without_spaces = |text: &str| text.replace(' ', "");
        assert_eq!(without_spaces(&lines.concat()), without_spaces(text));
        assert_eq!(wrapped("", 80.0, 10.0, true), Vec::<String>::new());
    }
}
