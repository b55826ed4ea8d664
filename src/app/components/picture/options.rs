//! What of a run the picture shows: a filter by name and state, resources, wakes, the axis.

use crate::picture::interaction::Options;
use crate::picture::layout::{ResourceRows, TaskState};
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// A change of the options, whatever they are by then.
pub(super) type OptionsChange = Box<dyn Fn(&mut Options)>;

/// What the fields show, and who is told.
pub(super) struct OptionsProps {
    pub(super) options: Options,
    pub(super) on_change: Callback<OptionsChange>,
    /// How many tasks pass the filter, of how many.
    pub(super) matches: (usize, usize),
    /// The field for the name.
    pub(super) name_field: NodeRef,
}

pub(super) fn options(props: &OptionsProps) -> Html {
    let choice = &props.options.choice;
    // Each gets the field's new text.
    let on = |change: fn(&mut Options, &str)| {
        props
            .on_change
            .reform(move |event: Event| -> OptionsChange {
                let text = text_of(&event);
                Box::new(move |options| change(options, &text))
            })
    };
    let on_name = on(|options, text| text.clone_into(&mut options.choice.name));
    let oninput = on_name.reform(|event: InputEvent| event.into());
    let on_state = on(|options, text| {
        let mut states = TaskState::ALL.into_iter();
        options.choice.state = states.find(|state| state.words() == text);
    });
    let on_resources = on(|options, text| {
        options.choice.resources = match text {
            "all" => ResourceRows::All,
            "none" => ResourceRows::None,
            _ => ResourceRows::Few,
        };
    });
    let on_axis = on(|options, text| options.by_order = text == "order");
    let on_wakes = on(|options, _| options.all_wakes = !options.all_wakes);
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
                    <option value="time" selected={!props.options.by_order}>{ "time" }</option>
                    <option value="order" selected={props.options.by_order}>{ "order of events" }</option>
                </select>
            </label>
            <label class="picture-check">
                <input type="checkbox" checked={props.options.all_wakes} onchange={on_wakes} />
                <span>{ "all wakes" }</span>
            </label>
            if choice.filters() {
                <span class="counts" role="status">{ format!("{matches} of {tasks} tasks") }</span>
            }
        </div>
    }
}

/// What is written or chosen in the field of an event.
fn text_of(event: &Event) -> String {
    let Some(target) = event.target() else {
        return String::new();
    };
    match target.dyn_into::<HtmlSelectElement>() {
        Ok(list) => list.value(),
        Err(field) => field.unchecked_into::<HtmlInputElement>().value(),
    }
}
