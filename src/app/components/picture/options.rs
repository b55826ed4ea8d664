//! What of a run the picture shows: a filter by name and state, resources, wakes, the axis.

use crate::app::components::dom::tag;
use crate::derived::timeline::Scale;
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
    /// What all pictures are laid out along, as the reader chose.
    pub(super) axis: Scale,
    pub(super) on_axis: Callback<Scale>,
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
    let on_axis = props
        .on_axis
        .reform(|event: Event| match &*text_of(&event) {
            "turns" => Scale::Order,
            _ => Scale::Time,
        });
    let by_turns = props.axis == Scale::Order;
    let on_wakes = on(|options, _| options.all_wakes = !options.all_wakes);
    let (matches, tasks) = props.matches;
    tag("div")
        .class("picture-options")
        .push(
            tag("label").push(tag("span").push("task")).push(
                tag("input")
                    .node(props.name_field.clone())
                    .set("type", "search")
                    .set("placeholder", "name")
                    .value(choice.name.clone())
                    .on_input(oninput),
            ),
        )
        .push(
            tag("label").push(tag("span").push("state")).push(
                tag("select")
                    .on_change(on_state)
                    .push(
                        tag("option")
                            .set("value", "")
                            .set("selected", choice.state.is_none())
                            .push("any"),
                    )
                    .extend(TaskState::ALL.into_iter().map(|state| {
                        tag("option")
                            .set("value", state.words())
                            .set("selected", choice.state == Some(state))
                            .push(state.words())
                            .html()
                    })),
            ),
        )
        .push(
            tag("label").push(tag("span").push("resources")).push(
                tag("select")
                    .on_change(on_resources)
                    .push(
                        tag("option")
                            .set("value", "few")
                            .set("selected", choice.resources == ResourceRows::Few)
                            .push("the main ones"),
                    )
                    .push(
                        tag("option")
                            .set("value", "all")
                            .set("selected", choice.resources == ResourceRows::All)
                            .push("all"),
                    )
                    .push(
                        tag("option")
                            .set("value", "none")
                            .set("selected", choice.resources == ResourceRows::None)
                            .push("none"),
                    ),
            ),
        )
        .push(
            tag("label").push(tag("span").push("along")).push(
                tag("select")
                    .on_change(on_axis)
                    .push(
                        tag("option")
                            .set("value", "time")
                            .set("selected", !by_turns)
                            .push("time"),
                    )
                    .push(
                        tag("option")
                            .set("value", "turns")
                            .set("selected", by_turns)
                            .push("turns"),
                    ),
            ),
        )
        .push(
            tag("label")
                .class("picture-check")
                .push(
                    tag("input")
                        .set("type", "checkbox")
                        .checked(props.options.all_wakes)
                        .on_change(on_wakes),
                )
                .push(tag("span").push("all wakes")),
        )
        .push(if choice.filters() {
            tag("span")
                .class("counts")
                .set("role", "status")
                .push(format!("{matches} of {tasks} tasks"))
                .html()
        } else {
            Html::default()
        })
        .html()
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
