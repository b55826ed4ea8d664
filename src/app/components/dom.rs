//! Elements made by functions. What the `html!` macro writes out for each element, with all that an
//! element can have, was two fifths of the page's program; a call for each thing that an element does
//! have is a tenth of it. The macro is left for components.

use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{Element, ResizeObserver};
use yew::prelude::*;
use yew::virtual_dom::{Key, Listener, ListenerKind, VList, VTag, VText};

/// An element that is being made. Its methods are not inlined, and take and give one word: a page has
/// hundreds of calls of them.
pub(crate) struct El(Box<VTag>);

/// Begins an element.
#[inline(never)]
pub(crate) fn tag(name: &'static str) -> El {
    El(Box::new(VTag::new(name)))
}

/// What may be in an element.
pub(crate) trait Child {
    /// Puts it behind what is in the element already.
    fn put(self, into: El) -> El;
}

impl Child for El {
    #[inline(never)]
    fn put(self, into: El) -> El {
        into.push(self.html())
    }
}

impl Child for Html {
    #[inline(never)]
    fn put(self, mut into: El) -> El {
        into.0.add_child(self);
        into
    }
}

impl Child for AttrValue {
    #[inline(never)]
    fn put(self, into: El) -> El {
        into.push(Html::from(VText::new(self)))
    }
}

impl Child for &'static str {
    #[inline(never)]
    fn put(self, into: El) -> El {
        into.push(AttrValue::Static(self))
    }
}

impl Child for String {
    #[inline(never)]
    fn put(self, into: El) -> El {
        into.push(AttrValue::from(self))
    }
}

impl Child for &String {
    #[inline(never)]
    fn put(self, into: El) -> El {
        into.push(self.clone())
    }
}

/// A list of its own.
impl Child for Vec<Html> {
    #[inline(never)]
    fn put(self, into: El) -> El {
        into.push(all(self))
    }
}

impl<C: Child> Child for Option<C> {
    fn put(self, into: El) -> El {
        match self {
            Some(child) => child.put(into),
            None => into.push(Html::default()),
        }
    }
}

/// What an attribute may be set to.
pub(crate) trait Value {
    /// Sets the attribute, or leaves it out.
    fn set(self, of: El, name: &'static str) -> El;
}

impl Value for AttrValue {
    #[inline(never)]
    fn set(self, mut of: El, name: &'static str) -> El {
        of.0.add_attribute(name, self);
        of
    }
}

impl Value for &'static str {
    #[inline(never)]
    fn set(self, of: El, name: &'static str) -> El {
        of.set(name, AttrValue::Static(self))
    }
}

impl Value for String {
    #[inline(never)]
    fn set(self, of: El, name: &'static str) -> El {
        of.set(name, AttrValue::from(self))
    }
}

/// Is there, or is not.
impl Value for bool {
    #[inline(never)]
    fn set(self, of: El, name: &'static str) -> El {
        match self {
            true => of.set(name, name),
            false => of,
        }
    }
}

impl<V: Value> Value for Option<V> {
    fn set(self, of: El, name: &'static str) -> El {
        match self {
            Some(value) => value.set(of, name),
            None => of,
        }
    }
}

impl El {
    /// Sets an attribute.
    pub(crate) fn set(self, name: &'static str, value: impl Value) -> El {
        value.set(self, name)
    }

    /// Sets the class.
    #[inline(never)]
    pub(crate) fn class(self, class: &'static str) -> El {
        self.set("class", class)
    }

    /// What tells it from its neighbours when they change.
    pub(crate) fn key(mut self, key: impl Into<Key>) -> El {
        self.0.key = Some(key.into());
        self
    }

    /// How the element in the page is reached.
    #[inline(never)]
    pub(crate) fn node(mut self, node: NodeRef) -> El {
        self.0.node_ref = node;
        self
    }

    /// What is in a field, which is not what its attribute says.
    pub(crate) fn value(mut self, value: impl Into<AttrValue>) -> El {
        self.0.set_value(Some(value.into()));
        self
    }

    /// Whether a field is checked, which is not what its attribute says.
    #[inline(never)]
    pub(crate) fn checked(mut self, checked: bool) -> El {
        self.0.set_checked(checked);
        self
    }

    /// Puts something in it, behind what is there.
    pub(crate) fn push(self, child: impl Child) -> El {
        child.put(self)
    }

    /// Puts several things in it, as a list of their own: with keys or without, whatever stands beside.
    pub(crate) fn extend(self, children: impl IntoIterator<Item = Html>) -> El {
        self.push(all(children.into_iter().collect()))
    }

    pub(crate) fn on_click(self, told: impl Into<Callback<MouseEvent>>) -> El {
        self.listen(ListenerKind::onclick, told)
    }

    pub(crate) fn on_change(self, told: impl Into<Callback<Event>>) -> El {
        self.listen(ListenerKind::onchange, told)
    }

    pub(crate) fn on_input(self, told: impl Into<Callback<InputEvent>>) -> El {
        self.listen(ListenerKind::oninput, told)
    }

    /// Tells of any kind of event.
    pub(crate) fn listen<E: JsCast + 'static>(
        self,
        kind: ListenerKind,
        told: impl Into<Callback<E>>,
    ) -> El {
        self.tell(kind, told.into())
    }

    #[inline(never)]
    fn tell<E: JsCast + 'static>(mut self, kind: ListenerKind, told: Callback<E>) -> El {
        self.0.add_listener(Rc::new(Told { kind, told }));
        self
    }

    /// The finished element.
    #[inline(never)]
    pub(crate) fn html(self) -> Html {
        Html::from(*self.0)
    }
}

/// One who is told of an element's events.
struct Told<E> {
    kind: ListenerKind,
    told: Callback<E>,
}

impl<E: JsCast + 'static> Listener for Told<E> {
    fn kind(&self) -> ListenerKind {
        self.kind.clone()
    }

    fn handle(&self, event: web_sys::Event) {
        self.told.emit(event.unchecked_into());
    }

    fn passive(&self) -> bool {
        false
    }
}

/// Several things side by side.
#[inline(never)]
pub(crate) fn all(children: Vec<Html>) -> Html {
    Html::from(VList::with_children(children, None))
}

/// An option of a menu. Once the reader has chosen one, the attribute that says which is chosen
/// means nothing any more: the property does.
pub(crate) fn option(
    value: impl Into<AttrValue>,
    words: impl Into<AttrValue>,
    chosen: bool,
    off: bool,
) -> Html {
    let mut option = tag("option").set("value", value.into()).push(words.into());
    // A static page has nothing but attributes.
    if cfg!(not(target_arch = "wasm32")) {
        return option.set("selected", chosen).set("disabled", off).html();
    }
    option.0.add_property("selected", chosen);
    option.0.add_property("disabled", off);
    option.html()
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

/// Sees that an element has another size, as long as this lives.
pub(crate) struct Resized {
    observer: ResizeObserver,
    _told: Closure<dyn FnMut()>,
}

impl Drop for Resized {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Tells of each other size of an element, and of its first.
pub(crate) fn on_resize(element: &Element, told: impl FnMut() + 'static) -> Option<Resized> {
    let told = Closure::<dyn FnMut()>::new(told);
    let observer = ResizeObserver::new(told.as_ref().unchecked_ref()).ok()?;
    observer.observe(element);
    Some(Resized {
        observer,
        _told: told,
    })
}

/// The number in an attribute of what was clicked, or of what that is in.
pub(crate) fn number_at(event: &MouseEvent, attribute: &str) -> Option<usize> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    let holder = target.closest(&format!("[{attribute}]")).ok()??;
    holder.get_attribute(attribute)?.parse().ok()
}

/// A row of a card: what it is about, and what there is to say of it.
pub(crate) fn row(label: &'static str, content: Vec<Html>) -> Html {
    let label = tag("dt").push(label).html();
    tag("div")
        .class("loop-row")
        .push(label)
        .push(tag("dd").push(content))
        .html()
}
