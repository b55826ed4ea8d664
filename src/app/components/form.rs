//! The parameters of a demo as a form, with the clock and the button that runs it.

use crate::app::browser;
use crate::app::components::dom::{all, option, tag};
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
use yew::virtual_dom::ListenerKind;

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
            return tag("div")
                .key(key)
                .set("class", breadth(param))
                .push(field)
                .html();
        }
        // On a phone a row of chips, each of which opens its field.
        tag("details")
            .key(key)
            .set("name", "param")
            .class("param chip-field")
            .push(
                tag("summary")
                    .set("class", shown.error.is_some().then_some("wrong"))
                    .push(param.label)
                    .push(" ")
                    .push(tag("b").push(chip_text(param, shown))),
            )
            .push(tag("div").class("chip-body").push(field))
            .html()
    };
    // The version stays beside the button that runs it.
    let in_bar = |index: &usize| props.room == Room::Chips && props.demo.params[*index].is_mode;
    let all = 0..props.demo.params.len();
    tag("form")
        .class("params card")
        .set("aria-label", "Parameters")
        .set("novalidate", true)
        .set("autocomplete", "off")
        .listen(ListenerKind::onsubmit, on_submit)
        .push(
            tag("div")
                .class("params-row")
                .extend(all.clone().filter(|index| !in_bar(index)).map(one)),
        )
        .push(
            tag("div")
                .class("run-bar")
                .extend(all.filter(in_bar).map(one))
                .push(
                    tag("button")
                        .set("type", "button")
                        .class("quiet reset")
                        .set("hidden", !props.can_reset)
                        .set("title", "Reset")
                        .on_click(props.on_action.reform(|_| Action::Reset))
                        .push(icon::BACK.html())
                        .push(tag("span").push("Reset")),
                )
                .push(run_button(props))
                .push(clock_choice(props)),
        )
        .html()
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
    tag("button")
        .set("type", "submit")
        .set("id", RUN_ID)
        .set(
            "class",
            match props.running {
                true => "run-button stops",
                false => "run-button",
            },
        )
        .set("title", hint)
        .on_click(on_click)
        .push(picture)
        .push(tag("span").push(label))
        .push(if let Some(takes) = takes {
            tag("span").class("takes").push(format!("· {takes}")).html()
        } else {
            Html::default()
        })
        .html()
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
    tag("select")
        .class("clock")
        .set("aria-label", "Clock")
        .set("title", "With which clock it runs")
        .on_change(on_change)
        .extend(props.speeds.iter().map(live))
        .push(option(
            "instant",
            "instant: virtual time, which jumps to the next deadline",
            instant,
            off,
        ))
        .html()
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
    all(vec![
        tag("div")
            .class("param-head")
            .push(
                tag("label")
                    .set("for", id.clone())
                    .set("title", param.label)
                    .push(param.label),
            )
            .push(
                tag("span")
                    .set("id", range_id)
                    .class("range")
                    .push(param.range()),
            )
            .html(),
        tag("div")
            .class("param-row")
            .push(
                tag("input")
                    .set("id", id)
                    .set("type", "text")
                    .set("inputmode", input_mode)
                    .set("spellcheck", "false")
                    .set("autocapitalize", "off")
                    .value(shown.text.clone())
                    .on_input(on_input)
                    .set("aria-invalid", shown.error.is_some().then_some("true"))
                    .set("aria-describedby", described_by),
            )
            .push(if let Some(stops) = stops {
                html! {
                    <Slider
                        label={param.label}
                        stops={Rc::<[Value]>::from(stops)}
                        value={value.clone()}
                        on_text={on_text.clone()}
                    />
                }
            } else {
                Html::default()
            })
            .html(),
        error(error_id, shown),
    ])
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
    tag("input")
        .node(node)
        .set("type", "range")
        .set("aria-label", format!("{}, slider", props.label))
        .set("aria-valuetext", props.value.text())
        .set("min", "0")
        .set("max", last.to_string())
        .set("step", "1")
        .value(at.to_string())
        .on_input(on_input)
        .html()
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
    tag("fieldset")
        .set("id", id)
        .set("tabindex", "-1")
        .push(tag("legend").push(param.label))
        .push(
            tag("div")
                .class("segments")
                .extend(options.iter().map(|(key, label)| {
                    tag("label")
                        .key(*key)
                        .push(
                            tag("input")
                                .set("type", "radio")
                                .set("name", param.key)
                                .value(*key)
                                .checked(shown.text == *key && compared.is_none())
                                .on_change(on_text.reform(|_: Event| (*key).to_owned())),
                        )
                        .push(tag("span").push(*label))
                        .html()
                }))
                .push(if is_mode && options.len() > 1 {
                    side_by_side(props, param.key)
                } else {
                    Html::default()
                }),
        )
        .push(compare_with(props, options, shown, compared))
        .html()
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
    tag("label")
        .class("compare-with")
        .push("with ")
        .push(
            tag("select").on_change(on_compare(props, options)).extend(
                options
                    .iter()
                    .filter(|(key, _)| shown.text != *key)
                    .map(|(key, label)| option(*key, *label, second == *key, false)),
            ),
        )
        .html()
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
    all(vec![
        tag("label")
            .set("for", id.clone())
            .set("title", param.label)
            .push(param.label)
            .html(),
        tag("div")
            .class("param-row")
            .push(
                tag("select")
                    .set("id", id)
                    .set("name", param.key)
                    .on_change(on_change)
                    .extend(options.iter().map(|(key, label)| {
                        option(
                            *key,
                            *label,
                            shown.text == *key && compared.is_none(),
                            false,
                        )
                    }))
                    .push(if param.is_mode && options.len() > 1 {
                        option(BOTH, both_label(props), compared.is_some(), false)
                    } else {
                        Html::default()
                    }),
            )
            .push(compare_with(props, options, shown, compared))
            .html(),
    ])
}

/// One more choice beside the modes: two of them at once.
fn side_by_side(props: &ParamForm, name: &'static str) -> Html {
    tag("label")
        .push(
            tag("input")
                .set("type", "radio")
                .set("name", name)
                .value(BOTH)
                .checked(props.compare.is_some())
                .on_change(props.on_action.reform(|_: Event| Action::CompareAny)),
        )
        .push(tag("span").push(both_label(props)))
        .html()
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
    tag("label")
        .class("switch")
        .push(
            tag("input")
                .set("id", id)
                .set("type", "checkbox")
                .checked(shown.text == "yes")
                .on_change(on_change),
        )
        .push(tag("span").push(param.label))
        .html()
}

fn error(id: String, shown: &Field) -> Html {
    match &shown.error {
        Some(error) => tag("p")
            .set("id", id)
            .class("field-error")
            .set("role", "alert")
            .push(error)
            .html(),
        None => Html::default(),
    }
}
