//! A demo's page as it opens, written natively by the page's own components: it can be read before any program is
//! there, and without one.
//!
//! What is shown differs with the window, so a static page has the page once for each [`Window`]; the style sheet
//! shows the one that fits. Its pictures are drawn for that window too.

use crate::app::browser::{PICTURE_PX, WIDTH_PX};
use crate::app::components::page::{self, PageProps};
use crate::app::components::source::{Source, SourceProps};
use crate::app::state::action::Action;
use crate::app::state::panel::Panel;
use crate::app::state::run::{Purpose, Run};
use crate::app::state::store::Store;
use crate::app::state::{PageState, mode_label};
use crate::demo::Demo;
use crate::derived::recording::Recording;
use crate::derived::run_ref::RunRef;
use crate::lesson::Lesson;
use crate::link::Scenario;
use crate::picture::interaction::Input;
use crate::picture::svg::{self, Svg, Theme};
use crate::picture::view::{Frame, Rows};
use crate::trace::{ClockKind, Trace, wire};
use std::fs;
use std::path::Path;
use std::rc::Rc;

/// A window that the page is written for.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// The class of what is written for it; www/static.css shows it where it fits.
    pub class: &'static str,
    /// How wide it is, in CSS pixels.
    pub width_px: u32,
    /// How wide pictures are in it, in CSS pixels.
    pub picture_px: f64,
}

/// The windows, from the widest. One picture does for all but phones: a page is the smaller for it.
pub const WINDOWS: [Window; 4] = [
    Window {
        class: "in-large",
        width_px: 1440,
        picture_px: DESK_PX,
    },
    Window {
        class: "in-wide",
        width_px: 1280,
        picture_px: DESK_PX,
    },
    Window {
        class: "in-compact",
        width_px: 1024,
        picture_px: DESK_PX,
    },
    Window {
        class: "in-narrow",
        width_px: 390,
        picture_px: 348.0,
    },
];

/// How wide pictures are in a window of 1024 px, and nearly so in wider ones; CSS pixels.
const DESK_PX: f64 = 762.0;

/// The state in which a demo opens, with its previews and its lesson.
pub fn opened(demo: &'static Demo) -> PageState {
    let scenario = Scenario::defaults_of(demo);
    let store = Store::new(PageState::new(scenario, Vec::new()), || {});
    store.dispatch(Action::Lesson {
        slug: demo.slug,
        lesson: Rc::new(Lesson::parse(demo.lesson.text)),
    });
    let state = store.state();
    for (slot, run) in state.scenario.runs().iter().enumerate() {
        let (trace, label, purpose) = match state.is_previewed() {
            true => {
                let trace = run.demo.run_instantly(run.values.clone());
                (Some(trace), mode_label(run), Purpose::Preview)
            }
            false => (recorded(run.demo), "", Purpose::Recorded),
        };
        if let Some(trace) = trace {
            store.dispatch(Action::Show {
                slot,
                label,
                run: RunRef::from_recording(Recording::from_trace(trace)),
                purpose,
                edition: state.edition,
            });
        }
    }
    PageState::clone(&store.state())
}

/// The recorded run of a demo that cannot be previewed, which lies beside its program.
fn recorded(demo: &Demo) -> Option<Trace> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let bytes = fs::read(sources.join(demo.recorded_path())).ok()?;
    let mut trace = Trace::new(ClockKind::Live);
    let mut batches = wire::kept_batches(&bytes);
    batches
        .try_for_each(|batch| wire::append(&mut trace, batch))
        .ok()?;
    Some(trace)
}

/// A demo's page as it opens in one window or several, as HTML.
pub struct Page {
    /// The classes of the windows.
    pub classes: String,
    /// The page.
    pub html: String,
}

/// The page of a demo as it opens in each window; one for those that show the same.
pub async fn pages(demo: &'static Demo) -> Vec<Page> {
    let mut pages: Vec<Page> = Vec::new();
    for window in WINDOWS {
        let html = in_window(demo, window).await;
        match pages.last_mut().filter(|before| before.html == html) {
            Some(before) => before.classes += &format!(" {}", window.class),
            None => pages.push(Page {
                classes: window.class.to_owned(),
                html,
            }),
        }
    }
    for page in &mut pages {
        let class = page.classes.rsplit(' ').next().unwrap_or_default();
        page.html = with_own_names(&page.html, class);
    }
    pages
}

async fn in_window(demo: &'static Demo, window: Window) -> String {
    WIDTH_PX.set(window.width_px);
    PICTURE_PX.set(window.picture_px);
    let opened = Rc::new(opened(demo));
    let renderer = yew::LocalServerRenderer::<page::Page>::with_props(PageProps { opened });
    let html = renderer.hydratable(false).render().await;
    let place = r#"<div class="notices" role="status">"#;
    assert_eq!(html.matches(place).count(), 1, "one place for notices");
    let sentence = format!(r#"<noscript><p class="notice">{WITHOUT_SCRIPT}</p></noscript>"#);
    html.replace(place, &(place.to_owned() + &sentence))
}

/// What a page says where no script runs.
const WITHOUT_SCRIPT: &str = "This is what the demo does by default. To change its parameters and to run it, \
    please allow JavaScript and WebAssembly for this site: the program runs in the page.";

/// Both programs of a demo, for readers whose browser has no tabs to show the other one with; as HTML.
pub async fn sources(demo: &'static Demo) -> String {
    let mut text = String::new();
    for panel in [Panel::Rust, Panel::Counterpart] {
        let renderer = yew::LocalServerRenderer::<Source>::with_props(SourceProps {
            scenario: Scenario::defaults_of(demo),
            panel,
            marks: Vec::new(),
            problems: Vec::new(),
        });
        let mut html = renderer.hydratable(false).render().await;
        // No tab is there that it could belong to.
        for attribute in ["role=\"tabpanel\"", "id=", "aria-labelledby="] {
            html = without_first(&html, attribute);
        }
        text += &format!("<section><h2>{}</h2>{html}</section>", panel.label(demo));
    }
    text
}

/// How much larger pictures are where few lanes leave room for it.
const MAX_SCALE: f64 = 1.6;

/// The pictures with which a demo opens, each as SVG that stands alone. As wide as this room, in CSS pixels, they fill
/// it; those with more lanes than it has room for are higher.
pub fn pictures(demo: &'static Demo, (width_px, height_px): (f64, f64)) -> Vec<String> {
    let state = opened(demo);
    let picture = |run: &Run, width_px: f64| {
        let input = Input {
            run: run.recording.clone(),
            live: false,
            slot: run.slot,
            extent_ns: state.extent_ns(),
            outline: None,
            frame: Frame {
                rows: match state.runs.len() {
                    0 | 1 => Rows::Roomy,
                    _ => Rows::Low,
                },
                has_axis: run.slot + 1 == state.runs.len(),
            },
        };
        let svg = Svg {
            id: &format!("stripes-{}", run.slot),
            class: "",
            label: &run.label,
            size_px: (0.0, 0.0),
            theme: Theme::Light,
        };
        svg::picture(input, state.shared(), width_px, svg)
    };
    // How high they are does not depend on their width.
    let heights = state.runs.iter().map(|run| picture(run, width_px).1);
    let scale = (height_px / heights.sum::<f64>()).clamp(1.0, MAX_SCALE);
    let pictures = state.runs.iter().map(|run| picture(run, width_px / scale));
    pictures.map(|(svg, _)| svg).collect()
}

/// HTML without the first attribute that begins so.
fn without_first(html: &str, attribute: &str) -> String {
    let Some((before, rest)) = html.split_once(&format!(" {attribute}")) else {
        return html.to_owned();
    };
    let rest = match attribute.ends_with('"') {
        true => rest,
        false => rest.splitn(3, '"').nth(2).unwrap_or_default(),
    };
    format!("{before}{rest}")
}

/// What the names in a page are written in: those of several windows stand in one document.
const NAMING: [&str; 7] = [
    "id",
    "for",
    "name",
    "list",
    "aria-labelledby",
    "aria-describedby",
    "aria-controls",
];

/// The page with a class at the end of each of its names.
fn with_own_names(html: &str, class: &str) -> String {
    let mut named = html.to_owned();
    for attribute in NAMING {
        let begin = format!(" {attribute}=\"");
        let mut pieces = named.split(&begin);
        let mut text = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let (names, rest) = piece.split_once('"').unwrap_or((piece, ""));
            let names: Vec<String> = names
                .split(' ')
                .map(|name| format!("{name}-{class}"))
                .collect();
            text += &format!("{begin}{}\"{rest}", names.join(" "));
        }
        named = text;
    }
    // What shapes are filled with is known by its name too.
    let mut pieces = named.split("url(#");
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once(')').unwrap_or((piece, ""));
        text += &format!("url(#{name}-{class}){rest}");
    }
    text.replace(" href=\"#work\"", &format!(" href=\"#work-{class}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_what_refers_to_them_change_together() {
        let html = r##"<a href="#work"></a><label for="a"></label><input id="a" aria-describedby="b c"><rect fill="url(#d)"/>"##;
        assert_eq!(
            with_own_names(html, "in-wide"),
            r##"<a href="#work-in-wide"></a><label for="a-in-wide"></label><input id="a-in-wide" aria-describedby="b-in-wide c-in-wide"><rect fill="url(#d-in-wide)"/>"##
        );
    }
}
