//! Stands in for the picture until it is there.

use crate::app::run_ref::RunRef;
use crate::trace::TaskId;
use yew::prelude::*;

/// Properties of [`Picture`].
#[derive(Properties, PartialEq)]
pub struct PictureProps {
    /// The run.
    pub run: RunRef,
    /// Whether it goes on.
    pub live: bool,
    /// The moment shown.
    pub cursor_ns: Option<u64>,
    /// The reader moves the moment.
    pub on_cursor: Callback<Option<u64>>,
    /// The task picked out.
    pub selected: Option<TaskId>,
    /// The reader picks out a task.
    pub on_select: Callback<Option<TaskId>>,
    /// In words.
    pub label: AttrValue,
}

/// A grey box.
#[component]
pub fn Picture(props: &PictureProps) -> Html {
    html! { <div class="picture-placeholder" aria-label={props.label.clone()} /> }
}
