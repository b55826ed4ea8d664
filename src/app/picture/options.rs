//! What of a run the picture shows: a filter by name and state, resources, wakes, the axis.

use crate::picture::layout::{Choice, ResourceRows, TaskState};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// What the fields show, and who is told.
pub struct Options {
    /// What is shown.
    pub choice: Choice,
    /// The reader wants to see something else.
    pub on_choice: Callback<Choice>,
    /// How many tasks pass the filter, of how many.
    pub matches: (usize, usize),
    /// Whether all wakes are drawn.
    pub all_wakes: bool,
    /// The reader wants all wakes, or no longer.
    pub on_all_wakes: Callback<()>,
    /// Whether the axis is the order of events.
    pub by_order: bool,
    /// The reader wants the other axis.
    pub on_order: Callback<()>,
    /// The field for the name.
    pub name_field: NodeRef,
}

/// The fields.
pub fn options(props: &Options) -> Html {
    let choice = &props.choice;
    let changed = |change: fn(&mut Choice, String)| {
        let (choice, on_choice) = (choice.clone(), props.on_choice.clone());
        move |value: String| {
            let mut next = choice.clone();
            change(&mut next, value);
            on_choice.emit(next);
        }
    };
    let oninput = {
        let set = changed(|choice, value| choice.name = value);
        Callback::from(move |event: InputEvent| {
            set(event.target_unchecked_into::<HtmlInputElement>().value());
        })
    };
    let on_state = {
        let set = changed(|choice, value| {
            choice.state = TaskState::ALL
                .into_iter()
                .find(|state| state.words() == value);
        });
        Callback::from(move |event: Event| {
            set(event.target_unchecked_into::<HtmlSelectElement>().value());
        })
    };
    let on_resources = {
        let set = changed(|choice, value| {
            choice.resources = match value.as_str() {
                "all" => ResourceRows::All,
                "none" => ResourceRows::None,
                _ => ResourceRows::Few,
            };
        });
        Callback::from(move |event: Event| {
            set(event.target_unchecked_into::<HtmlSelectElement>().value());
        })
    };
    let on_axis = props.on_order.reform(|_: Event| ());
    let on_wakes = props.on_all_wakes.reform(|_: Event| ());
    let (matches, tasks) = props.matches;
    html! {
        <div class="picture-options">
            <label>
                <span>{ "task" }</span>
                <input ref={props.name_field.clone()} type="search" placeholder="name" value={choice.name.clone()} {oninput} />
            </label>
            <label>
                <span>{ "state" }</span>
                <select onchange={on_state}>
                    <option value="" selected={choice.state.is_none()}>{ "any" }</option>
                    { for TaskState::ALL.into_iter().map(|state| html! {
                        <option value={state.words()} selected={choice.state == Some(state)}>{ state.words() }</option>
                    }) }
                </select>
            </label>
            <label>
                <span>{ "resources" }</span>
                <select onchange={on_resources}>
                    <option value="few" selected={choice.resources == ResourceRows::Few}>{ "the main ones" }</option>
                    <option value="all" selected={choice.resources == ResourceRows::All}>{ "all" }</option>
                    <option value="none" selected={choice.resources == ResourceRows::None}>{ "none" }</option>
                </select>
            </label>
            <label>
                <span>{ "along" }</span>
                <select onchange={on_axis}>
                    <option selected={!props.by_order}>{ "time" }</option>
                    <option selected={props.by_order}>{ "order of events" }</option>
                </select>
            </label>
            <label class="picture-check">
                <input type="checkbox" checked={props.all_wakes} onchange={on_wakes} />
                <span>{ "all wakes" }</span>
            </label>
            if choice.filters() {
                <span class="counts" role="status">{ format!("{matches} of {tasks} tasks") }</span>
            }
        </div>
    }
}
