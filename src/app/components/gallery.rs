//! The list of demos.

use crate::app::components::find::href;
use crate::app::components::icon;
use crate::demo::Group;
use crate::demos::{self, DEMOS};
use web_sys::HtmlDetailsElement;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub(crate) struct GalleryProps {
    /// The slug of the demo on screen.
    pub current: &'static str,
    /// Whether it has to fold away.
    pub narrow: bool,
    pub on_choose: Callback<&'static str>,
}

/// The list, at the side or behind a button.
#[component]
pub(crate) fn Gallery(props: &GalleryProps) -> Html {
    let details = use_node_ref();
    {
        let details = details.clone();
        use_effect_with(props.current, move |_| {
            if let Some(details) = details.cast::<HtmlDetailsElement>() {
                details.set_open(false);
            }
        });
    }
    let list = list(props.current, &props.on_choose);
    if !props.narrow {
        return html! { <nav class="gallery" aria-label="Demos">{ list }</nav> };
    }
    let title = demos::find(props.current).map_or("", |demo| demo.title);
    html! {
        <details ref={details} class="gallery-menu">
            <summary>{ icon::LIST.html() }<span>{ "Demos" }</span><b>{ title }</b></summary>
            <nav class="gallery" aria-label="Demos">{ list }</nav>
        </details>
    }
}

fn list(current: &'static str, on_choose: &Callback<&'static str>) -> Html {
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
                            </a>
                        </li>
                    }) }
                </ul>
            </section>
        })
    };
    html! { <>{ for Group::ALL.into_iter().filter_map(group) }</> }
}
