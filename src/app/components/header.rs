//! The bar at the top.

use crate::app::components::icon;
use crate::app::hooks::theme::Theme;
use yew::prelude::*;

/// Properties of [`Header`].
#[derive(Properties, PartialEq)]
pub struct HeaderProps {
    /// The theme that is chosen.
    pub theme: Theme,
    /// The reader wants the next theme.
    pub on_theme: Callback<()>,
    /// The reader wants to find a demo.
    pub on_find: Callback<()>,
    /// The reader wants to see the keys.
    pub on_keys: Callback<()>,
}

/// The bar.
#[component]
pub fn Header(props: &HeaderProps) -> Html {
    let picture = match props.theme {
        Theme::Auto => icon::half(),
        Theme::Light => icon::sun(),
        Theme::Dark => icon::moon(),
    };
    let theme_label = format!("Theme: {}", props.theme.word());
    html! {
        <header class="top">
            <a class="logo" href="#" aria-label="Interleave, first demo">{ icon::logo() }<span>{ "Interleave" }</span></a>
            <p class="tagline">{ "see how coroutines take turns" }</p>
            <button type="button" class="find-button" aria-keyshortcuts="Control+K"
                onclick={props.on_find.reform(|_| ())}>
                { icon::magnifier() }<span>{ "Find a demo" }</span><kbd>{ "Ctrl K" }</kbd>
            </button>
            <button type="button" class="quiet theme-button" aria-label={theme_label.clone()} title={theme_label}
                onclick={props.on_theme.reform(|_| ())}>
                { picture }<span>{ "Theme" }</span>
            </button>
            <button type="button" class="quiet keys-button" onclick={props.on_keys.reform(|_| ())}>
                <span>{ "Keys" }</span><kbd>{ "?" }</kbd>
            </button>
        </header>
    }
}
