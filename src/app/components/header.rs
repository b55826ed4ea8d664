//! The bar at the top.

use crate::app::components::icon;
use crate::app::components::recording::open_button;
use crate::app::hooks::theme::Theme;
use crate::app::state::Dialog;
use crate::app::state::action::Action;
use crate::app::state::store::Store;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub(crate) struct HeaderProps {
    pub theme: Theme,
    pub on_theme: Callback<()>,
    pub store: Store,
}

#[component]
pub(crate) fn Header(props: &HeaderProps) -> Html {
    let picture = match props.theme {
        Theme::Auto => icon::HALF.html(),
        Theme::Light => icon::SUN.html(),
        Theme::Dark => icon::MOON.html(),
    };
    let open = |dialog| {
        let store = props.store.clone();
        move |_: MouseEvent| store.dispatch(Action::OpenDialog(dialog))
    };
    let theme_label = format!("Theme: {}", props.theme.word());
    html! {
        <header class="top">
            <a class="logo" href="#" aria-label="Interleave, first demo">{ icon::logo() }<span>{ "Interleave" }</span></a>
            <p class="tagline">{ "see how coroutines take turns" }</p>
            <button type="button" class="find-button" aria-keyshortcuts="Control+K"
                onclick={open(Dialog::Find)}>
                { icon::MAGNIFIER.html() }<span>{ "Find a demo" }</span><kbd>{ "Ctrl K" }</kbd>
            </button>
            { open_button(&props.store) }
            <button type="button" class="quiet theme-button" aria-label={theme_label.clone()} title={theme_label}
                onclick={props.on_theme.reform(|_| ())}>
                { picture }<span>{ "Theme" }</span>
            </button>
            <button type="button" class="quiet keys-button" onclick={open(Dialog::Keys)}>
                <span>{ "Keys" }</span><kbd>{ "?" }</kbd>
            </button>
        </header>
    }
}
