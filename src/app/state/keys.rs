//! The keys of the page, wherever the focus is.

use crate::app::state::playback::PlaybackAction;
use crate::derived::moment::StepUnit;

/// What a key asks for, anywhere on the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageCommand {
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
    Playback(PlaybackAction),
    /// Write the moment to jump to.
    GoTo,
}

/// Keys with a space between, and what they do.
pub const KEYS: &[(&str, &str)] = &[
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
pub const PLAYBACK_KEYS: &[(&str, &str)] = &[
    ("P", "play, pause"),
    ("< >", "play slower, faster"),
    (", .", "previous, next event"),
    ("J L", "previous, next turn of the loop"),
    ("B N", "previous, next line of output"),
    ("Shift J", "to the beginning"),
    ("Shift L", "to the end"),
    ("G", "go to a time or a turn"),
];

/// What a key means, `key` as the browser names it. With `ctrl` (or the command key of a Mac), and
/// while the reader `types`, letters mean nothing.
pub fn command(key: &str, ctrl: bool, shift: bool, types: bool) -> Option<PageCommand> {
    let action = match key {
        "k" | "K" if ctrl => return Some(PageCommand::Find),
        "Enter" if ctrl => return Some(PageCommand::Run),
        _ if ctrl => return None,
        "Escape" => return Some(PageCommand::Escape),
        _ if types => return None,
        "r" | "R" => return Some(PageCommand::Run),
        "s" | "S" => return Some(PageCommand::Stop),
        "v" | "V" => return Some(PageCommand::Present),
        "t" | "T" => return Some(PageCommand::Theme),
        "/" => return Some(PageCommand::Find),
        "?" => return Some(PageCommand::Keys),
        "g" | "G" => return Some(PageCommand::GoTo),
        "p" | "P" => PlaybackAction::Play,
        "<" => PlaybackAction::Faster(false),
        ">" => PlaybackAction::Faster(true),
        "," => PlaybackAction::Step(StepUnit::Event, false),
        "." => PlaybackAction::Step(StepUnit::Event, true),
        "j" | "J" if shift => PlaybackAction::ToEnd(false),
        "l" | "L" if shift => PlaybackAction::ToEnd(true),
        "j" | "J" => PlaybackAction::Step(StepUnit::Turn, false),
        "l" | "L" => PlaybackAction::Step(StepUnit::Turn, true),
        "b" | "B" => PlaybackAction::Step(StepUnit::Line, false),
        "n" | "N" => PlaybackAction::Step(StepUnit::Line, true),
        _ => return None,
    };
    Some(PageCommand::Playback(action))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the page's list calls a key, as the browser names it.
    fn browsers_name(key: &str) -> &str {
        match key {
            "Esc" => "Escape",
            key => key,
        }
    }

    #[test]
    fn every_key_of_the_lists_means_something_there() {
        for (keys, does) in KEYS.iter().chain(PLAYBACK_KEYS) {
            let (ctrl, shift) = (keys.starts_with("Ctrl "), keys.starts_with("Shift "));
            let names = keys
                .split(' ')
                .filter(|key| !["Ctrl", "Shift"].contains(key));
            for key in names.filter(|key| !["←", "→"].contains(key)) {
                let command = command(browsers_name(key), ctrl, shift, false);
                assert!(command.is_some(), "{key}: {does}");
            }
        }
    }

    #[test]
    fn letters_mean_nothing_while_somebody_types() {
        for key in ["r", "R", "s", "/", "?", ",", "p"] {
            assert_eq!(command(key, false, false, true), None, "{key}");
        }
        assert_eq!(
            command("Enter", true, false, true),
            Some(PageCommand::Run),
            "but with Ctrl some do"
        );
        assert_eq!(
            command("Escape", false, false, true),
            Some(PageCommand::Escape)
        );
        assert_eq!(command("r", true, false, false), None);
    }
}
