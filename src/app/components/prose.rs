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
