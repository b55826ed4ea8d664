//! Text in which backquotes set code apart.

use yew::prelude::*;

/// One paragraph's text.
pub(crate) fn inline(text: &str) -> Html {
    let pieces = text
        .split('`')
        .enumerate()
        .map(|(index, piece)| match index % 2 {
            0 => html! { { piece } },
            _ => html! { <code>{ piece }</code> },
        });
    html! { <>{ for pieces }</> }
}

/// Paragraphs with a blank line between them.
pub(crate) fn paragraphs(text: &str) -> Html {
    html! { <div class="prose">{ for text.split("\n\n").map(|text| html! { <p>{ inline(text) }</p> }) }</div> }
}
