//! Light or dark: the reader's choice, else the system's.

use crate::app::browser;
use crate::app::hooks::media::use_media_query;
use yew::prelude::*;

/// Under this name the choice is kept for later visits.
const KEPT_AS: &str = "interleave-theme";

/// What the reader chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Theme {
    /// What the system says.
    Auto,
    Light,
    Dark,
}

impl Theme {
    /// Its name, on the page and where it is kept.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Theme::Auto => "auto",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    fn after(self) -> Self {
        match self {
            Theme::Auto => Theme::Light,
            Theme::Light => Theme::Dark,
            Theme::Dark => Theme::Auto,
        }
    }

    fn kept() -> Self {
        // In the frame of another page that page decides: see www/theme.js.
        let kept = browser::root_attribute("data-asks-theme").or_else(|| browser::kept(KEPT_AS));
        let themes = [Theme::Light, Theme::Dark];
        let kept = themes
            .into_iter()
            .find(|theme| kept.as_deref() == Some(theme.word()));
        kept.unwrap_or(Theme::Auto)
    }
}

/// The theme, and a callback that goes on to the next.
#[hook]
pub(crate) fn use_theme() -> (Theme, Callback<()>) {
    let theme = use_state_eq(Theme::kept);
    let system_is_dark = use_media_query("(prefers-color-scheme: dark)");
    let dark = match *theme {
        Theme::Auto => system_is_dark,
        theme => theme == Theme::Dark,
    };
    use_effect_with(dark, |dark| {
        browser::set_root_attribute("data-theme", if *dark { "dark" } else { "light" });
    });
    let on_next = use_callback(theme.clone(), |(), theme| {
        // What a handle points to is the present value, also between two renderings.
        let next = theme.after();
        browser::keep(KEPT_AS, next.word());
        theme.set(next);
    });
    (*theme, on_next)
}
