//! The page's few pictures, drawn in the colour of the text around them. Each is beside words or in
//! a button with a label, so they are hidden from screen readers.

use crate::app::components::dom::tag;
use yew::prelude::*;

/// A picture of 16 by 16: the path of its lines, and that of what is filled.
#[derive(Clone, Copy)]
pub(crate) struct Icon(&'static str, &'static str);

pub(crate) const PLAY: Icon = Icon("", "M4.5 3.2v9.6L12.5 8z");
pub(crate) const STOP: Icon = Icon("", "M4.5 4.5h7v7h-7z");
pub(crate) const MAGNIFIER: Icon = Icon("M10.25 10.25l3.25 3.25M2.75 7a4.25 4.25 0 1 1 0 .01", "");
pub(crate) const LINK: Icon = Icon(
    "M6.5 9.5a2.6 2.6 0 0 0 3.7 0l2.3-2.3a2.6 2.6 0 0 0-3.7-3.7L8 4.3M9.5 6.5a2.6 2.6 0 0 0-3.7 0L3.5 8.8a2.6 2.6 0 0 0 3.7 3.7l.8-.8",
    "",
);
pub(crate) const COPY: Icon = Icon(
    "M7 5.5h4.5q1.5 0 1.5 1.5v5q0 1.5-1.5 1.5H7q-1.5 0-1.5-1.5V7q0-1.5 1.5-1.5zM3.5 10.5h-.2A1.3 1.3 0 0 1 2 9.2V3.8A1.3 1.3 0 0 1 3.3 2.5h5.4A1.3 1.3 0 0 1 10 3.8",
    "",
);
pub(crate) const CHECK: Icon = Icon("m3.5 8.5 3 3 6-7", "");
pub(crate) const CROSS: Icon = Icon("m4 4 8 8M12 4l-8 8", "");
pub(crate) const BACK: Icon = Icon("M3 3.5v3h3M3.3 6.5A5 5 0 1 1 3 8.8", "");
pub(crate) const LIST: Icon = Icon("M2.5 4.5h11M2.5 8h11M2.5 11.5h7", "");
pub(crate) const SUN: Icon = Icon(
    "M5.25 8a2.75 2.75 0 1 1 0 .01M8 1.5v1.25M8 13.25v1.25M1.5 8h1.25M13.25 8h1.25M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9",
    "",
);
pub(crate) const MOON: Icon = Icon("M13 9.7A5.5 5.5 0 0 1 6.3 3a5.5 5.5 0 1 0 6.7 6.7z", "");
/// The theme of the system.
pub(crate) const HALF: Icon = Icon("M2.5 8a5.5 5.5 0 1 1 0 .01", "M8 2.5a5.5 5.5 0 0 1 0 11z");

impl Icon {
    pub(crate) fn html(self) -> Html {
        let path = |d: &'static str, fill: &'static str| tag("path").set("d", d).set("fill", fill);
        tag("svg")
            .class("icon")
            .set("width", "16")
            .set("height", "16")
            .set("viewBox", "0 0 16 16")
            .set("stroke", "currentColor")
            .set("stroke-width", "1.5")
            .set("stroke-linecap", "round")
            .set("stroke-linejoin", "round")
            .set("aria-hidden", "true")
            .push(path(self.0, "none"))
            .push(path(self.1, "currentColor"))
            .html()
    }
}

/// Two threads that change places.
pub(crate) fn logo() -> Html {
    tag("svg")
        .class("logo-mark")
        .set("width", "26")
        .set("height", "18")
        .set("viewBox", "0 0 26 18")
        .set("fill", "none")
        .set("stroke", "currentColor")
        .set("stroke-width", "2.4")
        .set("stroke-linecap", "round")
        .set("aria-hidden", "true")
        .push(tag("path").set("d", "M1 4h8l6 10h10M1 14h8l6-10h10"))
        .html()
}
