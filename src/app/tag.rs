//! Elements made by functions. What the `html!` macro writes out for each element is large, and
//! for views of many small ones that adds up to more than the page's budget has room for.

use yew::prelude::*;
use yew::virtual_dom::{VTag, VText};

/// An element with a class.
pub fn el(tag: &'static str, class: impl Into<AttrValue>, children: Vec<Html>) -> Html {
    el_with(tag, vec![("class", class.into())], children)
}

/// An element with attributes.
#[inline(never)]
pub fn el_with(
    tag: &'static str,
    attributes: Vec<(&'static str, AttrValue)>,
    children: Vec<Html>,
) -> Html {
    let mut element = VTag::new(tag);
    for (name, value) in attributes {
        element.add_attribute(name, value);
    }
    element.add_children(children);
    Html::from(element)
}

/// A text.
#[inline(never)]
pub fn text(words: impl Into<AttrValue>) -> Html {
    Html::from(VText::new(words.into()))
}
