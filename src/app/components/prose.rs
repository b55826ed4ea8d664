//! Text in which backquotes set code apart.

use crate::app::components::dom::{self, all, tag};
use yew::prelude::*;

/// One paragraph's text.
pub(crate) fn inline(text: &str) -> Html {
    let pieces = text.split('`').enumerate();
    let pieces = pieces.map(|(index, piece)| match index % 2 {
        0 => dom::text(piece.to_owned()),
        _ => tag("code").push(piece.to_owned()).html(),
    });
    all(pieces.collect())
}
