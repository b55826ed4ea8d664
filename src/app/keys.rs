//! The keys of the page, and the dialog that lists them.

use crate::app::dialog::Dialog;
use crate::app::playback::Time;
use crate::app::tag::{el, text};
use crate::derived::moment::Stop;
use crate::picture::keys as picture;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

/// What a key asks for, anywhere on the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Run the demo.
    Run,
    /// Stop the run.
    Stop,
    /// Leave what is open, or stop the run.
    Escape,
    /// Show nothing but picture, output and time, or everything again.
    Present,
    /// Find a demo.
    Find,
    /// List the keys.
    Keys,
    /// The next theme.
    Theme,
    /// Play, step or jump.
    Time(Time),
    /// Write the moment to jump to.
    GoTo,
}

/// Keys with a space between, and what they do.
const KEYS: &[(&str, &str)] = &[
    ("R", "run the demo"),
    ("Ctrl Enter", "run, also from a field"),
    ("S", "stop the run"),
    ("Esc", "stop the run, also from a field; close a dialog"),
    ("Ctrl K", "find a demo"),
    (
        "V",
        "present: only picture, output and time; again or Esc: everything",
    ),
    ("T", "switch the theme"),
    ("?", "show these keys"),
    ("← →", "move between tabs or choices, move a slider"),
];

/// The same for what moves through time.
const TIME_KEYS: &[(&str, &str)] = &[
    ("P", "play, pause"),
    ("< >", "play slower, faster"),
    (", .", "previous, next event"),
    ("J L", "previous, next turn of the loop"),
    ("B N", "previous, next line of output"),
    ("Shift J", "to the beginning"),
    ("Shift L", "to the end"),
    ("G", "go to a time or a turn"),
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
        return Some(Command::Escape);
    }
    if types_text(event) {
        return None;
    }
    let time = match key.as_str() {
        "r" | "R" => return Some(Command::Run),
        "s" | "S" => return Some(Command::Stop),
        "v" | "V" => return Some(Command::Present),
        "t" | "T" => return Some(Command::Theme),
        "/" => return Some(Command::Find),
        "?" => return Some(Command::Keys),
        "g" | "G" => return Some(Command::GoTo),
        "p" | "P" => Time::Play,
        "<" => Time::Faster(false),
        ">" => Time::Faster(true),
        "," => Time::Step(Stop::Event, false),
        "." => Time::Step(Stop::Event, true),
        "j" | "J" if event.shift_key() => Time::ToEnd(false),
        "l" | "L" if event.shift_key() => Time::ToEnd(true),
        "j" | "J" => Time::Step(Stop::Turn, false),
        "l" | "L" => Time::Step(Stop::Turn, true),
        "b" | "B" => Time::Step(Stop::Line, false),
        "n" | "N" => Time::Step(Stop::Line, true),
        _ => return None,
    };
    Some(Command::Time(time))
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

/// The dialog.
pub fn keys(open: bool, on_close: &Callback<()>) -> Html {
    // It is asked for in each frame while a run plays.
    let lists = match open {
        true => el(
            "div",
            "keys-lists",
            [
                list("The page", KEYS),
                list("Time", TIME_KEYS),
                list("In the picture", picture::KEYS),
            ]
            .concat(),
        ),
        false => Html::default(),
    };
    html! {
        <Dialog {open} on_close={on_close.clone()} title="Keys" class="keys">{ lists }</Dialog>
    }
}

fn list(title: &'static str, keys: &[(&'static str, &'static str)]) -> Vec<Html> {
    let row = |(keys, does): &(&'static str, &'static str)| {
        let keys = keys.split(' ').map(|key| el("kbd", "", vec![text(key)]));
        let does = el("dd", "", vec![text(*does)]);
        el("div", "", vec![el("dt", "", keys.collect()), does])
    };
    vec![
        el("h3", "", vec![text(title)]),
        el("dl", "", keys.iter().map(row).collect()),
    ]
}
