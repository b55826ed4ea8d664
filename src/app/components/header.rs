//! The bar at the top.

use crate::app::components::dom::tag;
use crate::app::components::icon;
use crate::app::components::recording::open_button;
use crate::app::hooks::theme::Theme;
use crate::app::state::Dialog;
use crate::app::state::action::Action;
use crate::app::state::store::Store;
use yew::prelude::*;

pub(crate) fn header(theme: Theme, on_theme: &Callback<()>, store: &Store) -> Html {
    let picture = match theme {
        Theme::Auto => icon::HALF.html(),
        Theme::Light => icon::SUN.html(),
        Theme::Dark => icon::MOON.html(),
    };
    let open = |dialog| {
        let store = store.clone();
        move |_: MouseEvent| store.dispatch(Action::OpenDialog(dialog))
    };
    let theme_label = format!("Theme: {}", theme.word());
    tag("header")
        .class("top")
        .push(
            tag("a")
                .class("logo")
                .set("href", "#")
                .set("aria-label", "Interleave, first demo")
                .push(icon::logo())
                .push(tag("span").push("Interleave")),
        )
        .push(
            tag("p")
                .class("tagline")
                .push("see how coroutines take turns"),
        )
        .push(
            tag("button")
                .set("type", "button")
                .class("find-button")
                .set("aria-keyshortcuts", "Control+K")
                .on_click(open(Dialog::Find))
                .push(icon::MAGNIFIER.html())
                .push(tag("span").push("Find a demo or a symptom"))
                .push(tag("kbd").push("Ctrl K")),
        )
        .push(open_button(store))
        .push(
            tag("button")
                .set("type", "button")
                .class("quiet theme-button")
                .set("aria-label", theme_label.clone())
                .set("title", theme_label)
                .on_click(on_theme.reform(|_| ()))
                .push(picture)
                .push(tag("span").push("Theme")),
        )
        .push(
            tag("button")
                .set("type", "button")
                .class("quiet keys-button")
                .on_click(open(Dialog::Keys))
                .push(tag("span").push("Keys"))
                .push(tag("kbd").push("?")),
        )
        .html()
}
