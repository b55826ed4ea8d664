//! The keys of the page, and the dialog that lists them.

use crate::app::dialog::Dialog;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

/// What a key asks for, anywhere on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Run the demo.
    Run,
    /// Stop the run.
    Stop,
    /// Find a demo.
    Find,
    /// List the keys.
    Keys,
    /// The next theme.
    Theme,
}

/// Each command's keys in words, and what it does.
const KEYS: &[(&[&str], &str)] = &[
    (&["R"], "run the demo"),
    (&["Ctrl", "Enter"], "run, also from a field"),
    (&["S"], "stop the run"),
    (&["Esc"], "stop the run, also from a field; close a dialog"),
    (&["Ctrl", "K"], "find a demo"),
    (&["T"], "switch the theme"),
    (&["?"], "show these keys"),
    (&["←", "→"], "move between tabs or choices, move a slider"),
];

/// The command of a key press. Letters mean nothing while somebody types.
pub fn command(event: &KeyboardEvent) -> Option<Command> {
    if event.default_prevented() || event.alt_key() || event.is_composing() {
        return None;
    }
    let key = event.key();
    if event.ctrl_key() || event.meta_key() {
        return match key.as_str() {
            "k" | "K" => Some(Command::Find),
            "Enter" => Some(Command::Run),
            _ => None,
        };
    }
    if key == "Escape" {
        return Some(Command::Stop);
    }
    if types_text(event) {
        return None;
    }
    match key.as_str() {
        "r" | "R" => Some(Command::Run),
        "s" | "S" => Some(Command::Stop),
        "t" | "T" => Some(Command::Theme),
        "/" => Some(Command::Find),
        "?" => Some(Command::Keys),
        _ => None,
    }
}

fn types_text(event: &KeyboardEvent) -> bool {
    let Some(target) = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
    else {
        return false;
    };
    match target.dyn_ref::<HtmlInputElement>() {
        Some(input) => !matches!(input.type_().as_str(), "range" | "radio" | "checkbox"),
        None => target.tag_name().eq_ignore_ascii_case("textarea"),
    }
}

/// Properties of [`Keys`].
#[derive(Properties, PartialEq)]
pub struct KeysProps {
    /// Whether it is shown.
    pub open: bool,
    /// The reader closes it.
    pub on_close: Callback<()>,
}

/// The dialog.
#[component]
pub fn Keys(props: &KeysProps) -> Html {
    html! {
        <Dialog open={props.open} on_close={props.on_close.clone()} title="Keys" class="keys">
            <dl>
                { for KEYS.iter().map(|(keys, does)| html! {
                    <div>
                        <dt>{ for keys.iter().map(|key| html! { <kbd>{ *key }</kbd> }) }</dt>
                        <dd>{ *does }</dd>
                    </div>
                }) }
            </dl>
        </Dialog>
    }
}
