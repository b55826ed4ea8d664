//! The tabs: the program's two sources and, where there is one column, what is below the picture.

use crate::demo::{Counterpart, Demo};

/// What a tab shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    /// The output; in the compact layout only, elsewhere it is always on screen.
    Output,
    /// The loop, likewise.
    Loop,
    /// The Rust source.
    Rust,
    /// The same program in another language.
    Counterpart,
}

impl Panel {
    /// Those that there are in a layout.
    pub fn all(compact: bool) -> &'static [Panel] {
        const ALL: [Panel; 4] = [Panel::Output, Panel::Loop, Panel::Counterpart, Panel::Rust];
        if compact { &ALL } else { &ALL[2..] }
    }

    /// What a layout shows when this was chosen last: only the compact one has tabs for output
    /// and loop.
    #[must_use]
    pub fn shown(self, compact: bool) -> Self {
        match self {
            Panel::Output | Panel::Loop if !compact => Panel::Counterpart,
            panel => panel,
        }
    }

    /// The tab that a key goes to from this one; `key` as the browser names it.
    pub fn after_key(self, key: &str, compact: bool) -> Option<Self> {
        let all = Panel::all(compact);
        let shown = self.shown(compact);
        let at = all.iter().position(|panel| *panel == shown)?;
        let next = match key {
            "ArrowRight" => (at + 1) % all.len(),
            "ArrowLeft" => (at + all.len() - 1) % all.len(),
            "Home" => 0,
            "End" => all.len() - 1,
            _ => return None,
        };
        Some(all[next])
    }

    /// The side of the program that was kept from an earlier visit.
    pub fn from_kept(kept: &str) -> Option<Self> {
        let sides = [Panel::Counterpart, Panel::Rust];
        sides.into_iter().find(|side| side.tab_id() == kept)
    }

    /// The words on its tab.
    pub fn label(self, demo: &Demo) -> &'static str {
        match (self, &demo.counterpart) {
            (Panel::Output, _) => "Output",
            (Panel::Loop, _) => "Loop",
            (Panel::Rust, _) => "Rust",
            (Panel::Counterpart, Counterpart::Python(_)) => "Python",
            (Panel::Counterpart, Counterpart::JavaScript(_)) => "JavaScript",
        }
    }

    /// The id of its tab.
    pub fn tab_id(self) -> &'static str {
        match self {
            Panel::Output => "tab-output",
            Panel::Loop => "tab-loop",
            Panel::Rust => "tab-rust",
            Panel::Counterpart => "tab-counterpart",
        }
    }

    /// The id of what the tab shows.
    pub fn panel_id(self) -> &'static str {
        match self {
            Panel::Output => "panel-output",
            Panel::Loop => "panel-loop",
            Panel::Rust => "panel-rust",
            Panel::Counterpart => "panel-counterpart",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_go_round_among_the_tabs_that_there_are() {
        let go = |panel: Panel, key, compact| panel.after_key(key, compact);
        assert_eq!(go(Panel::Rust, "ArrowRight", true), Some(Panel::Output));
        assert_eq!(
            go(Panel::Rust, "ArrowRight", false),
            Some(Panel::Counterpart)
        );
        assert_eq!(go(Panel::Output, "ArrowRight", true), Some(Panel::Loop));
        // Where the output has no tab, the first tab is shown.
        assert_eq!(go(Panel::Output, "ArrowLeft", false), Some(Panel::Rust));
        assert_eq!(go(Panel::Output, "ArrowLeft", true), Some(Panel::Rust));
        assert_eq!(go(Panel::Rust, "Home", false), Some(Panel::Counterpart));
        assert_eq!(go(Panel::Counterpart, "End", true), Some(Panel::Rust));
        assert_eq!(go(Panel::Rust, "x", true), None);
    }
}
