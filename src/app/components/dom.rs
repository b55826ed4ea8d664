//! Elements made by functions. What the `html!` macro writes out for each element is large, and
//! for views of many small ones that adds up to more than the page's budget has room for.

use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;
use yew::virtual_dom::{AttributeOrProperty, Attributes, VTag, VText};

/// An element with a class.
#[inline(never)]
pub(crate) fn el(tag: &'static str, class: impl Into<AttrValue>, children: Vec<Html>) -> Html {
    el_with(tag, &["class"], vec![class.into()], children)
}

/// An element with attributes: their names, and as many values.
#[inline(never)]
pub(crate) fn el_with(
    tag: &'static str,
    keys: &'static [&'static str],
    values: Vec<AttrValue>,
    children: Vec<Html>,
) -> Html {
    let mut element = VTag::new(tag);
    let values = values.into_iter();
    let values = values.map(|value| Some(AttributeOrProperty::Attribute(value)));
    element.set_attributes(Attributes::Dynamic {
        keys,
        values: values.collect(),
    });
    element.add_children(children);
    Html::from(element)
}

/// An option of a menu. Once the reader has chosen one, the attribute that says which is chosen
/// means nothing any more: the property does.
pub(crate) fn option(
    value: impl Into<AttrValue>,
    words: impl Into<AttrValue>,
    chosen: bool,
    off: bool,
) -> Html {
    let mut element = VTag::new("option");
    element.set_attributes(Attributes::Dynamic {
        keys: &["value", "selected", "disabled"],
        values: Box::new([
            Some(AttributeOrProperty::Attribute(value.into())),
            Some(AttributeOrProperty::Property(chosen.into())),
            Some(AttributeOrProperty::Property(off.into())),
        ]),
    });
    element.add_children([text(words)]);
    Html::from(element)
}

/// What a part of the page is called, where each of the runs side by side has one of its kind.
pub(crate) fn named(what: &str, run: &str) -> String {
    match run {
        "" => what.to_owned(),
        run => [what, run].join(", "),
    }
}

/// Keeps whether a `<details>` is open.
pub(crate) fn on_toggle(open: &UseStateHandle<bool>) -> Callback<Event> {
    let open = open.clone();
    Callback::from(move |event: Event| {
        open.set(is_open(&event));
    })
}

/// Whether the `<details>` of an event is open.
pub(crate) fn is_open(event: &Event) -> bool {
    let details = event.target_dyn_into::<web_sys::HtmlDetailsElement>();
    details.is_some_and(|details| details.open())
}

#[inline(never)]
pub(crate) fn text(words: impl Into<AttrValue>) -> Html {
    Html::from(VText::new(words.into()))
}

/// The number in an attribute of what was clicked, or of what that is in.
pub(crate) fn number_at(event: &MouseEvent, attribute: &str) -> Option<usize> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    let holder = target.closest(&format!("[{attribute}]")).ok()??;
    holder.get_attribute(attribute)?.parse().ok()
}
