//! The dialog that lists the keys.

use crate::app::components::dialog::Dialog;
use crate::app::components::dom::{el, text};
use crate::app::state::keys::{KEYS, PLAYBACK_KEYS};
use crate::picture::keys as picture;
use yew::prelude::*;

pub(crate) fn keys(open: bool, on_close: &Callback<()>) -> Html {
    // It is asked for in each frame while a run plays.
    let lists = match open {
        true => el(
            "div",
            "keys-lists",
            [
                list("The page", KEYS),
                list("Time", PLAYBACK_KEYS),
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
