//! The parameters of a demo as a form, with the clock and the button that runs it.

use crate::app::browser;
use crate::app::components::dom::option;
use crate::app::components::icon;
use crate::app::state::Field;
use crate::app::state::action::Action;
use crate::app::state::form::{Room, chip_text, menus};
use crate::app::state::slider;
use crate::app::state::store::Store;
use crate::demo::Demo;
use crate::derived::summary::time_text;
use crate::param::{Item, Kind, Param, Value};
use crate::text::number::{fixed, grouped};
use crate::trace::ClockKind;
use std::rc::Rc;
use web_sys::{HtmlElement, HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// What the form shows, and who is told.
pub struct ParamForm {
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
    /// How long a run will take, where that is known and not nothing; nanoseconds.
    pub takes_ns: Option<u64>,
    /// The speeds at which it may run live, in times of real time.
    pub speeds: &'static [u32],
    /// The one at which it runs.
    pub speed: u32,
    /// How much room there is.
    pub room: Room,
    /// The page's state.
    pub store: Store,
    /// The reader changed something.
    pub on_action: Callback<Action>,
    /// The reader wants a run.
    pub on_run: Callback<()>,
    /// The reader wants the run to end.
    pub on_stop: Callback<()>,
}

impl ParamForm {
    /// What the form shows of a state.
    pub fn new(
        store: &Store,
        on_action: Callback<Action>,
        on_run: Callback<()>,
        on_stop: Callback<()>,
        room: Room,
    ) -> Self {
        let state = store.state();
        ParamForm {
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
            takes_ns: state.takes_ns(),
            speeds: state.speeds(),
            speed: state.speed(),
            room,
            on_action,
            on_run,
            on_stop,
        }
    }
}

/// What a choice of versions is set to that shows two of them.
const BOTH: &str = "side-by-side";

/// The id of the button that runs the demo.
const RUN_ID: &str = "run";

/// The id of a parameter's field.
pub fn field_id(key: &str) -> String {
    format!("param-{key}")
}

/// Gives a parameter's field the focus, which may be in a chip that has to open first.
pub fn focus_field(key: &str) {
    let id = field_id(key);
    let chip = browser::find(&format!("details:has(#{id})"));
    if let Some(chip) = chip {
        let _ = chip.set_attribute("open", "");
    }
    browser::focus(&id);
}

/// The form.
pub fn param_form(props: &ParamForm) -> Html {
    let on_submit = {
        let on_run = props.on_run.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            on_run.emit(());
        })
    };
    let menus = menus(props.demo.params, props.room);
    let one = |index: usize| {
        let (param, shown) = (&props.demo.params[index], &props.fields[index]);
        let key = format!("{} {}", props.demo.slug, param.key);
        let field = field(props, param, shown, &props.values[index], menus[index]);
        let is_switch = matches!(param.kind, Kind::Switch);
        if props.room != Room::Chips || is_switch || param.is_mode {
            return html! { <div {key} class={classes!("param", breadth(param))}>{ field }</div> };
        }
        // On a phone a row of chips, each of which opens its field.
        html! {
            <details {key} name="param" class="param chip-field">
                <summary class={shown.error.is_some().then_some("wrong")}>
                    { param.label }{ " " }<b>{ chip_text(param, shown) }</b>
                </summary>
                <div class="chip-body">{ field }</div>
            </details>
        }
    };
    // The version stays beside the button that runs it.
    let in_bar = |index: &usize| props.room == Room::Chips && props.demo.params[*index].is_mode;
    let all = 0..props.demo.params.len();
    html! {
        <form class="params card" aria-label="Parameters" novalidate={true} autocomplete="off" onsubmit={on_submit}>
            <div class="params-row">{ for all.clone().filter(|index| !in_bar(index)).map(one) }</div>
            <div class="run-bar">
                { for all.filter(in_bar).map(one) }
                // Its place is reserved, so that nothing moves when it appears.
                <button type="button" class="quiet reset" hidden={!props.can_reset} title="Reset"
                    onclick={props.on_action.reform(|_| Action::Reset)}>
                    { icon::BACK.html() }<span>{ "Reset" }</span>
                </button>
                { run_button(props) }
                { clock_choice(props) }
            </div>
        </form>
    }
}

/// One button that changes what it does, so that it keeps the focus.
fn run_button(props: &ParamForm) -> Html {
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
    // How long it will take, where a preview said it.
    let takes = match (props.running, props.clock, props.takes_ns) {
        (false, ClockKind::Instant, _) => Some("instant".to_owned()),
        (false, _, Some(takes_ns)) => Some(takes_words(takes_ns, props.speed)),
        _ => None,
    };
    html! {
        <button type="submit" id={RUN_ID} class={classes!("run-button", props.running.then_some("stops"))} title={hint}
            onclick={on_click}>
            { picture }<span>{ label }</span>
            if let Some(takes) = takes {
                <span class="takes">{ format!("· {takes}") }</span>
            }
        </button>
    }
}

/// How long a run takes at a speed: "3.00 s", "18.0 s at 1,000×".
fn takes_words(takes_ns: u64, speed: u32) -> String {
    let takes = time_text(takes_ns / u64::from(speed));
    match speed {
        1 => takes,
        speed => format!("{takes} at {}×", grouped(i64::from(speed))),
    }
}

/// The clock, as a menu at the button that uses it.
fn clock_choice(props: &ParamForm) -> Html {
    let on_change = props.on_action.reform(|event: Event| {
        let menu: HtmlSelectElement = event.target_unchecked_into();
        Action::UseSpeed(match menu.value().as_str() {
            "instant" => return Action::UseClock(ClockKind::Instant),
            speed => speed.parse().unwrap_or(1),
        })
    });
    let live = |speed: &u32| {
        let words = match (props.takes_ns, props.speeds.len()) {
            (Some(takes_ns), 2..) => format!("live: {}", takes_words(takes_ns, *speed)),
            _ => "live: real time, on the browser's event loop".to_owned(),
        };
        let chosen = props.clock == ClockKind::Live && props.speed == *speed;
        option(speed.to_string(), words, chosen, false)
    };
    let instant = props.clock == ClockKind::Instant;
    let off = !props.clock_is_free && !instant;
    html! {
        <select class="clock" aria-label="Clock" title="With which clock it runs" onchange={on_change}>
            { for props.speeds.iter().map(live) }
            { option("instant", "instant: virtual time, which jumps to the next deadline", instant, off) }
        </select>
    }
}

fn breadth(param: &Param) -> Option<&'static str> {
    match param.kind {
        Kind::List { .. } | Kind::One(Item::Text { .. }) => Some("broad"),
        Kind::Choice { .. } | Kind::Switch => Some("fitting"),
        _ => None,
    }
}

fn field(
    props: &ParamForm,
    param: &'static Param,
    shown: &Field,
    value: &Value,
    as_menu: bool,
) -> Html {
    let key = param.key;
    let on_text = props
        .on_action
        .reform(move |text: String| Action::Edit { key, text });
    match param.kind {
        Kind::Choice { options } if as_menu => menu_field(props, param, options, shown),
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
                <label for={id.clone()} title={param.label}>{ param.label }</label>
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
    props: &ParamForm,
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
            { compare_with(props, options, shown, compared) }
        </fieldset>
    }
}

/// The second of the versions side by side, where there is a choice.
fn compare_with(
    props: &ParamForm,
    options: &'static [(&'static str, &'static str)],
    shown: &Field,
    compared: Option<&'static str>,
) -> Html {
    let Some(second) = compared.filter(|_| options.len() > 2) else {
        return Html::default();
    };
    html! {
        <label class="compare-with">
            { "with " }
            <select onchange={on_compare(props, options)}>
                { for options.iter().filter(|(key, _)| shown.text != *key).map(|(key, label)| option(*key, *label, second == *key, false)) }
            </select>
        </label>
    }
}

/// A choice as a menu, which shows long names whole once it is open.
fn menu_field(
    props: &ParamForm,
    param: &'static Param,
    options: &'static [(&'static str, &'static str)],
    shown: &Field,
) -> Html {
    let id = field_id(param.key);
    let compared = props.compare.filter(|_| param.is_mode);
    let on_change = {
        let (on_action, key) = (props.on_action.clone(), param.key);
        Callback::from(move |event: Event| {
            let menu: HtmlSelectElement = event.target_unchecked_into();
            on_action.emit(match menu.value() {
                both if both == BOTH => Action::CompareAny,
                text => Action::Edit { key, text },
            });
        })
    };
    html! {
        <>
            <label for={id.clone()} title={param.label}>{ param.label }</label>
            <div class="param-row">
                <select {id} name={param.key} onchange={on_change}>
                    { for options.iter().map(|(key, label)| option(*key, *label, shown.text == *key && compared.is_none(), false)) }
                    if param.is_mode && options.len() > 1 {
                        { option(BOTH, both_label(props), compared.is_some(), false) }
                    }
                </select>
                { compare_with(props, options, shown, compared) }
            </div>
        </>
    }
}

/// One more choice beside the modes: two of them at once.
fn side_by_side(props: &ParamForm, name: &'static str) -> Html {
    html! {
        <label>
            <input type="radio" {name} value={BOTH} checked={props.compare.is_some()}
                onchange={props.on_action.reform(|_: Event| Action::CompareAny)} />
            <span>{ both_label(props) }</span>
        </label>
    }
}

fn both_label(props: &ParamForm) -> &'static str {
    match props.demo.modes().len() {
        2 => "both",
        _ => "side by side",
    }
}

fn on_compare(
    props: &ParamForm,
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
