//! The list of demos.

use crate::app::components::dom::{all, tag};
use crate::app::components::find::href;
use crate::app::components::icon;
use crate::demo::Group;
use crate::demos::{self, DEMOS};
use yew::prelude::*;

/// What opens, where the list has to fold away.
pub(crate) const MENU: &str = "details.gallery-menu";

/// The list, at the side or, where that is narrow, behind a button. `current` is the slug of the
/// demo on screen, `seen` those of the demos whose steps were all seen.
pub(crate) fn gallery(
    current: &'static str,
    narrow: bool,
    seen: &str,
    on_choose: &Callback<&'static str>,
) -> Html {
    let list = list(current, seen, on_choose);
    if !narrow {
        return tag("nav")
            .class("gallery")
            .set("aria-label", "Demos")
            .push(list)
            .html();
    }
    let title = demos::find(current).map_or("", |demo| demo.title);
    tag("details")
        .class("gallery-menu")
        .push(
            tag("summary")
                .push(icon::LIST.html())
                .push(tag("span").push("Demos"))
                .push(tag("b").push(title)),
        )
        .push(
            tag("nav")
                .class("gallery")
                .set("aria-label", "Demos")
                .push(list),
        )
        .html()
}

fn list(current: &'static str, seen: &str, on_choose: &Callback<&'static str>) -> Html {
    let group = |group: Group| {
        let mut demos = DEMOS.iter().filter(|demo| demo.group == group).peekable();
        demos.peek()?;
        Some(
            tag("section")
                .key(group.title())
                .push(tag("h2").push(group.title()))
                .push(tag("ul").extend(demos.map(|demo| {
                    tag("li")
                        .key(demo.slug)
                        .push(
                            tag("a")
                                .set("href", href(demo))
                                .set("aria-current", (demo.slug == current).then_some("page"))
                                .on_click({
                                    let slug = demo.slug;
                                    on_choose.reform(move |_| slug)
                                })
                                .push(demo.title)
                                .push(if seen.split(' ').any(|slug| slug == demo.slug) {
                                    tag("span")
                                        .class("seen")
                                        .set("title", "All steps seen")
                                        .push(icon::CHECK.html())
                                        .push(
                                            tag("span")
                                                .class("visually-hidden")
                                                .push(", all steps seen"),
                                        )
                                        .html()
                                } else {
                                    Html::default()
                                }),
                        )
                        .html()
                })))
                .html(),
        )
    };
    all(Group::ALL.into_iter().filter_map(group).collect())
}
