//! The list of demos.

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
        return html! { <nav class="gallery" aria-label="Demos">{ list }</nav> };
    }
    let title = demos::find(current).map_or("", |demo| demo.title);
    html! {
        <details class="gallery-menu">
            <summary>{ icon::LIST.html() }<span>{ "Demos" }</span><b>{ title }</b></summary>
            <nav class="gallery" aria-label="Demos">{ list }</nav>
        </details>
    }
}

fn list(current: &'static str, seen: &str, on_choose: &Callback<&'static str>) -> Html {
    let group = |group: Group| {
        let mut demos = DEMOS.iter().filter(|demo| demo.group == group).peekable();
        demos.peek()?;
        Some(html! {
            <section key={group.title()}>
                <h2>{ group.title() }</h2>
                <ul>
                    { for demos.map(|demo| html! {
                        <li key={demo.slug}>
                            <a href={href(demo)} aria-current={(demo.slug == current).then_some("page")}
                                onclick={ let slug = demo.slug; on_choose.reform(move |_| slug) }>
                                { demo.title }
                                if seen.split(' ').any(|slug| slug == demo.slug) {
                                    <span class="seen" title="All steps seen">{ icon::CHECK.html() }
                                        <span class="visually-hidden">{ ", all steps seen" }</span></span>
                                }
                            </a>
                        </li>
                    }) }
                </ul>
            </section>
        })
    };
    html! { <>{ for Group::ALL.into_iter().filter_map(group) }</> }
}
