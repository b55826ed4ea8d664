//! The tabs beside, or in place of, the run.

use crate::demo::{Counterpart, Demo};

/// What a tab shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    /// The run; in the compact layout only, where it is a tab among the others.
    Run,
    /// The Rust source.
    Rust,
    /// The same program in another language.
    Counterpart,
    /// The teaching text.
    Notes,
}

impl Panel {
    /// Those that there are in a layout.
    pub fn all(compact: bool) -> &'static [Panel] {
        const ALL: [Panel; 4] = [Panel::Run, Panel::Rust, Panel::Counterpart, Panel::Notes];
        if compact { &ALL } else { &ALL[1..] }
    }

    /// What a layout shows when this was chosen last: only the compact one has a tab for the run,
    /// elsewhere it is always on screen.
    #[must_use]
    pub fn shown(self, compact: bool) -> Self {
        match self {
            Panel::Run if !compact => Panel::Rust,
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

    /// The words on its tab.
    pub fn label(self, demo: &Demo) -> &'static str {
        match (self, &demo.counterpart) {
            (Panel::Run, _) => "Run",
            (Panel::Rust, _) => "Rust",
            (Panel::Counterpart, Counterpart::Python(_)) => "Python",
            (Panel::Counterpart, Counterpart::JavaScript(_)) => "JavaScript",
            (Panel::Notes, _) => "What to look at",
        }
    }

    /// The id of its tab.
    pub fn tab_id(self) -> &'static str {
        match self {
            Panel::Run => "tab-run",
            Panel::Rust => "tab-rust",
            Panel::Counterpart => "tab-counterpart",
            Panel::Notes => "tab-notes",
        }
    }

    /// The id of what the tab shows.
    pub fn panel_id(self) -> &'static str {
        match self {
            Panel::Run => "panel-run",
            Panel::Rust => "panel-rust",
            Panel::Counterpart => "panel-counterpart",
            Panel::Notes => "panel-notes",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_go_round_among_the_tabs_that_there_are() {
        let go = |panel: Panel, key, compact| panel.after_key(key, compact);
        assert_eq!(go(Panel::Notes, "ArrowRight", true), Some(Panel::Run));
        assert_eq!(go(Panel::Notes, "ArrowRight", false), Some(Panel::Rust));
        // Where the run has no tab, the first tab is shown.
        assert_eq!(go(Panel::Run, "ArrowLeft", false), Some(Panel::Notes));
        assert_eq!(go(Panel::Run, "ArrowLeft", true), Some(Panel::Notes));
        assert_eq!(go(Panel::Counterpart, "Home", false), Some(Panel::Rust));
        assert_eq!(go(Panel::Rust, "End", true), Some(Panel::Notes));
        assert_eq!(go(Panel::Rust, "x", true), None);
    }
}
