//! The parameters of a demo as a form, with the clock and the button that runs it.

use crate::app::components::icon;
use crate::app::state::Field;
use crate::app::state::action::Action;
use crate::app::state::slider;
use crate::app::state::store::Store;
use crate::demo::Demo;
use crate::param::{Item, Kind, Param, Value};
use crate::text::number::fixed;
use crate::trace::ClockKind;
use std::rc::Rc;
use web_sys::{HtmlElement, HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// Properties of [`ParamForm`].
#[derive(Properties)]
pub struct ParamFormProps {
    /// The demo.
    pub demo: &'static Demo,
    /// What its fields show.
    pub fields: Vec<Field>,
    /// The values in force, for the sliders.
    pub values: Vec<Value>,
    /// The second mode beside the chosen one.
    pub compare: Option<&'static str>,
    /// The clock with which Run runs.
    pub clock: ClockKind,
    /// Whether the other clock is possible with these values.
    pub clock_is_free: bool,
    /// Whether Reset would change something.
    pub can_reset: bool,
    /// Whether a run that was asked for goes on.
    pub running: bool,
    /// Whether the reader has run this already.
    pub ran: bool,
    /// The page's state.
    pub store: Store,
    /// The reader changed something.
    pub on_action: Callback<Action>,
    /// The reader wants a run.
    pub on_run: Callback<()>,
    /// The reader wants the run to end.
    pub on_stop: Callback<()>,
}

impl PartialEq for ParamFormProps {
    fn eq(&self, other: &Self) -> bool {
        self.demo.slug == other.demo.slug
            && self.fields == other.fields
            && self.values == other.values
            && self.compare == other.compare
            && (self.clock, self.clock_is_free) == (other.clock, other.clock_is_free)
            && (self.can_reset, self.running, self.ran)
                == (other.can_reset, other.running, other.ran)
            && self.store == other.store
            && self.on_action == other.on_action
            && self.on_run == other.on_run
            && self.on_stop == other.on_stop
    }
}

impl ParamFormProps {
    /// What the form shows of a state.
    pub fn new(
        store: &Store,
        on_action: Callback<Action>,
        on_run: Callback<()>,
        on_stop: Callback<()>,
    ) -> Self {
        let state = store.state();
        ParamFormProps {
            store: store.clone(),
            demo: state.scenario.demo,
            fields: state.fields.clone(),
            values: state
                .scenario
                .values
                .iter()
                .map(|(_, value)| value.clone())
                .collect(),
            compare: state.scenario.compare,
            clock: state.clock(),
            clock_is_free: state.is_previewed(),
            can_reset: state.differs_from_defaults(),
            running: state.under_way().is_some(),
            ran: state.runs.iter().any(|run| run.asked_for()),
            on_action,
            on_run,
            on_stop,
        }
    }
}

/// The id of a parameter's field.
pub fn field_id(key: &str) -> String {
    format!("param-{key}")
}

/// The form.
#[component]
pub fn ParamForm(props: &ParamFormProps) -> Html {
    let on_submit = {
        let on_run = props.on_run.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            on_run.emit(());
        })
    };
    // The ways to do the same, and yes or no, are small and stand where a reader goes to run it.
    let in_bar = |param: &Param| param.is_mode || matches!(param.kind, Kind::Switch);
    let fields = || {
        props
            .demo
            .params
            .iter()
            .zip(&props.fields)
            .zip(&props.values)
    };
    let one = |((param, shown), value): ((&'static Param, &Field), &Value)| {
        html! {
            <div key={format!("{} {}", props.demo.slug, param.key)} class={classes!("param", breadth(param))}>
                { field(props, param, shown, value) }
            </div>
        }
    };
    html! {
        <form class="params card" aria-label="Parameters" novalidate={true} autocomplete="off" onsubmit={on_submit}>
            if !props.demo.params.iter().all(in_bar) {
                <div class="params-grid">
                    { for fields().filter(|((param, _), _)| !in_bar(param)).map(one) }
                </div>
            }
            <div class="run-bar">
                { for fields().filter(|((param, _), _)| in_bar(param)).map(one) }
                { clock_choice(props) }
                if props.can_reset {
                    <button type="button" class="quiet reset" onclick={props.on_action.reform(|_| Action::Reset)}>
                        { icon::BACK.html() }<span>{ "Reset" }</span>
                    </button>
                }
                { run_button(props) }
            </div>
        </form>
    }
}

/// One button that changes what it does, so that it keeps the focus.
fn run_button(props: &ParamFormProps) -> Html {
    let on_click = {
        let (store, on_stop) = (props.store.clone(), props.on_stop.clone());
        Callback::from(move |event: MouseEvent| {
            if store.state().under_way().is_some() {
                // By the time the browser acts on the click this is the Run button again.
                event.prevent_default();
                on_stop.emit(());
            }
        })
    };
    let (picture, label, hint) = match (props.running, props.ran) {
        (true, _) => (icon::STOP.html(), "Stop", "Stop the run (S)"),
        (false, true) => (icon::PLAY.html(), "Run again", "Run the demo (R)"),
        (false, false) => (icon::PLAY.html(), "Run", "Run the demo (R)"),
    };
    html! {
        <button type="submit" class={classes!("run-button", props.running.then_some("stops"))} title={hint}
            onclick={on_click}>
            { picture }<span>{ label }</span>
        </button>
    }
}

fn clock_choice(props: &ParamFormProps) -> Html {
    let choice = |clock: ClockKind, label: &'static str, hint: &'static str| {
        html! {
            <label title={hint}>
                <input type="radio" name="clock" checked={props.clock == clock}
                    disabled={!props.clock_is_free && props.clock != clock}
                    onchange={props.on_action.reform(move |_| Action::UseClock(clock))} />
                <span>{ label }</span>
            </label>
        }
    };
    html! {
        <fieldset class="clock">
            <legend>{ "clock" }</legend>
            <div class="segments">
                { choice(ClockKind::Live, "live", "real time, on the browser's event loop") }
                { choice(ClockKind::Instant, "instant", "virtual time, which jumps to the next deadline") }
            </div>
        </fieldset>
    }
}

fn breadth(param: &Param) -> Option<&'static str> {
    match param.kind {
        Kind::List { .. } | Kind::One(Item::Text { .. }) => Some("broad"),
        Kind::Choice { .. } => Some("fitting"),
        _ => None,
    }
}

fn field(props: &ParamFormProps, param: &'static Param, shown: &Field, value: &Value) -> Html {
    let key = param.key;
    let on_text = props
        .on_action
        .reform(move |text: String| Action::Edit { key, text });
    match param.kind {
        Kind::Choice { options } => choice_field(props, param, options, shown, &on_text),
        Kind::Switch => switch_field(param, shown, &on_text),
        _ => text_field(param, shown, value, &on_text),
    }
}

fn text_field(
    param: &'static Param,
    shown: &Field,
    value: &Value,
    on_text: &Callback<String>,
) -> Html {
    let id = field_id(param.key);
    let (range_id, error_id) = (format!("{id}-range"), format!("{id}-error"));
    let described_by = match shown.error {
        Some(_) => format!("{range_id} {error_id}"),
        None => range_id.clone(),
    };
    let input_mode = match param.kind {
        Kind::One(Item::Int { min: 0.., .. }) => "numeric",
        _ => "text",
    };
    let on_input = on_text.reform(|event: InputEvent| {
        let field: HtmlInputElement = event.target_unchecked_into();
        field.value()
    });
    let stops = slider::stops(param);
    html! {
        <>
            <div class="param-head">
                <label for={id.clone()}>{ param.label }</label>
                <span id={range_id} class="range">{ param.range() }</span>
            </div>
            <div class="param-row">
                <input {id} type="text" inputmode={input_mode} spellcheck="false" autocapitalize="off"
                    value={shown.text.clone()} oninput={on_input}
                    aria-invalid={shown.error.is_some().then_some("true")} aria-describedby={described_by} />
                if let Some(stops) = stops {
                    <Slider label={param.label} stops={Rc::<[Value]>::from(stops)} value={value.clone()} on_text={on_text.clone()} />
                }
            </div>
            { error(error_id, shown) }
        </>
    }
}

/// Properties of [`Slider`].
#[derive(Properties, PartialEq)]
struct SliderProps {
    label: AttrValue,
    stops: Rc<[Value]>,
    value: Value,
    on_text: Callback<String>,
}

/// A slider over a parameter's stops, filled up to where it stands.
#[component]
fn Slider(props: &SliderProps) -> Html {
    let node = use_node_ref();
    let at = slider::nearest(&props.stops, &props.value);
    let last = props.stops.len() - 1;
    {
        let node = node.clone();
        use_effect_with((at, last), move |(at, last)| {
            if let Some(slider) = node.cast::<HtmlInputElement>() {
                let filled = fixed(*at as f64 / *last as f64 * 100.0, 2) + "%";
                let _ = HtmlElement::style(&slider).set_property("--filled", &filled);
            }
        });
    }
    let on_input = {
        let (stops, on_text) = (Rc::clone(&props.stops), props.on_text.clone());
        Callback::from(move |event: InputEvent| {
            let slider: HtmlInputElement = event.target_unchecked_into();
            let index = slider.value().parse::<usize>().unwrap_or(0).min(last);
            on_text.emit(stops[index].text());
        })
    };
    html! {
        <input ref={node} type="range" aria-label={format!("{}, slider", props.label)} aria-valuetext={props.value.text()}
            min="0" max={last.to_string()} step="1" value={at.to_string()} oninput={on_input} />
    }
}

fn choice_field(
    props: &ParamFormProps,
    param: &'static Param,
    options: &'static [(&'static str, &'static str)],
    shown: &Field,
    on_text: &Callback<String>,
) -> Html {
    let id = field_id(param.key);
    let is_mode = param.is_mode;
    let compared = if is_mode { props.compare } else { None };
    html! {
        <fieldset {id} tabindex="-1">
            <legend>{ param.label }</legend>
            <div class="segments">
                { for options.iter().map(|(key, label)| html! {
                    <label key={*key}>
                        <input type="radio" name={param.key} value={*key} checked={shown.text == *key && compared.is_none()}
                            onchange={on_text.reform(|_: Event| (*key).to_owned())} />
                        <span>{ *label }</span>
                    </label>
                }) }
                if is_mode && options.len() > 1 {
                    { side_by_side(props, param.key) }
                }
            </div>
            if let (Some(second), true) = (compared, options.len() > 2) {
                <label class="compare-with">
                    { "with " }
                    <select onchange={on_compare(props, options)}>
                        { for options.iter().filter(|(key, _)| shown.text != *key).map(|(key, label)| html! {
                            <option key={*key} value={*key} selected={second == *key}>{ *label }</option>
                        }) }
                    </select>
                </label>
            }
        </fieldset>
    }
}

/// One more choice beside the modes: two of them at once.
fn side_by_side(props: &ParamFormProps, name: &'static str) -> Html {
    html! {
        <label>
            <input type="radio" {name} value="side-by-side" checked={props.compare.is_some()}
                onchange={props.on_action.reform(|_: Event| Action::CompareAny)} />
            <span>{ "side by side" }</span>
        </label>
    }
}

fn on_compare(
    props: &ParamFormProps,
    options: &'static [(&'static str, &'static str)],
) -> Callback<Event> {
    let on_action = props.on_action.clone();
    Callback::from(move |event: Event| {
        let chosen: HtmlSelectElement = event.target_unchecked_into();
        let value = chosen.value();
        if let Some((key, _)) = options.iter().find(|(key, _)| *key == value) {
            on_action.emit(Action::Compare(key));
        }
    })
}

fn switch_field(param: &'static Param, shown: &Field, on_text: &Callback<String>) -> Html {
    let id = field_id(param.key);
    let on_change = on_text.reform(|event: Event| {
        let field: HtmlInputElement = event.target_unchecked_into();
        if field.checked() { "yes" } else { "no" }.to_owned()
    });
    html! {
        <label class="switch">
            <input {id} type="checkbox" checked={shown.text == "yes"} onchange={on_change} />
            <span>{ param.label }</span>
        </label>
    }
}

fn error(id: String, shown: &Field) -> Html {
    match &shown.error {
        Some(error) => html! { <p {id} class="field-error" role="alert">{ error }</p> },
        None => Html::default(),
    }
}
