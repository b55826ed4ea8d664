//! The dialog that lists the keys.

use crate::app::components::dialog::dialog;
use crate::app::components::dom::tag;
use crate::app::state::keys::{KEYS, PLAYBACK_KEYS};
use crate::picture::keys as picture;
use yew::prelude::*;

pub(crate) fn keys(open: bool, on_close: &Callback<()>) -> Html {
    // The page is rendered in each frame while a run plays.
    let lists = || {
        let lists = [
            list("The page", KEYS),
            list("Time", PLAYBACK_KEYS),
            list("In the picture", picture::KEYS),
        ];
        tag("div").class("keys-lists").push(lists.concat()).html()
    };
    dialog("keys", "Keys", open.then(lists), on_close)
}

fn list(title: &'static str, keys: &[(&'static str, &'static str)]) -> Vec<Html> {
    let row = |(keys, does): &(&'static str, &'static str)| {
        let keys = keys.split(' ').map(|key| tag("kbd").push(key).html());
        let does = tag("dd").push(*does).html();
        tag("div").push(tag("dt").extend(keys)).push(does).html()
    };
    vec![
        tag("h3").push(title).html(),
        tag("dl").extend(keys.iter().map(row)).html(),
    ]
}
