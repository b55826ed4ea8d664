//! The page's few pictures, drawn in the colour of the text around them. Each is beside words or in
//! a button with a label, so they are hidden from screen readers.

use yew::prelude::*;

fn icon(shapes: Html) -> Html {
    html! {
        <svg class="icon" width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor"
            stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
            { shapes }
        </svg>
    }
}

/// Two threads that change places.
pub fn logo() -> Html {
    html! {
        <svg class="logo-mark" width="26" height="18" viewBox="0 0 26 18" fill="none" stroke="currentColor"
            stroke-width="2.4" stroke-linecap="round" aria-hidden="true">
            <path d="M1 4h8l6 10h10M1 14h8l6-10h10" />
        </svg>
    }
}

/// Run.
pub fn play() -> Html {
    icon(html! { <path d="M4.5 3.2v9.6L12.5 8z" fill="currentColor" /> })
}

/// Stop.
pub fn stop() -> Html {
    icon(html! { <rect x="4" y="4" width="8" height="8" rx="1" fill="currentColor" /> })
}

/// Find.
pub fn magnifier() -> Html {
    icon(html! { <><circle cx="7" cy="7" r="4.25" /><path d="m10.25 10.25 3.25 3.25" /></> })
}

/// Share.
pub fn link() -> Html {
    icon(html! {
        <>
            <path d="M6.5 9.5a2.6 2.6 0 0 0 3.7 0l2.3-2.3a2.6 2.6 0 0 0-3.7-3.7L8 4.3" />
            <path d="M9.5 6.5a2.6 2.6 0 0 0-3.7 0L3.5 8.8a2.6 2.6 0 0 0 3.7 3.7l.8-.8" />
        </>
    })
}

/// Copy.
pub fn copy() -> Html {
    icon(html! {
        <>
            <rect x="5.5" y="5.5" width="7.5" height="8" rx="1.5" />
            <path d="M3.5 10.5h-.2A1.3 1.3 0 0 1 2 9.2V3.8A1.3 1.3 0 0 1 3.3 2.5h5.4A1.3 1.3 0 0 1 10 3.8" />
        </>
    })
}

/// Done.
pub fn check() -> Html {
    icon(html! { <path d="m3.5 8.5 3 3 6-7" /> })
}

/// Close.
pub fn cross() -> Html {
    icon(html! { <path d="m4 4 8 8M12 4l-8 8" /> })
}

/// Back to the defaults.
pub fn back() -> Html {
    icon(html! { <path d="M3 3.5v3h3M3.3 6.5A5 5 0 1 1 3 8.8" /> })
}

/// The list of demos.
pub fn list() -> Html {
    icon(html! { <path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h7" /> })
}

/// The light theme.
pub fn sun() -> Html {
    icon(html! {
        <>
            <circle cx="8" cy="8" r="2.75" />
            <path d="M8 1.5v1.250M8 13.250v1.250M1.5 8h1.250M13.25 8h1.250M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9" />
        </>
    })
}

/// The dark theme.
pub fn moon() -> Html {
    icon(html! { <path d="M13 9.7A5.5 5.5 0 0 1 6.3 3a5.5 5.5 0 1 0 6.7 6.7z" /> })
}

/// The theme of the system.
pub fn half() -> Html {
    icon(
        html! { <><circle cx="8" cy="8" r="5.5" /><path d="M8 2.5a5.5 5.5 0 0 1 0 11z" fill="currentColor" /></> },
    )
}
