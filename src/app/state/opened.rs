//! A recording that the reader opened: what the page shows of it beside its picture.

use crate::app::state::PageState;
use crate::app::state::run::{Purpose, Run};
use crate::derived::run_ref::RunRef;

/// What a recording says of its program.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    /// The program's name.
    pub name: String,
    /// How it was recorded, a sentence each.
    pub about: Vec<String>,
    /// Path and content of the files whose source was recorded.
    pub sources: Vec<(String, String)>,
    /// Which of them is shown.
    pub shown: usize,
}

impl Opened {
    /// The path of the file that is shown; nothing where no source was recorded.
    pub fn path(&self) -> Option<&str> {
        let (path, _) = self.sources.get(self.shown)?;
        Some(path)
    }

    /// What a tab calls a file.
    pub fn file_name(path: &str) -> &str {
        path.rsplit(['/', '\\']).next().unwrap_or(path)
    }
}

impl PageState {
    /// Shows a recording in place of a demo's runs. The demo stays behind it.
    pub(super) fn open_recording(&mut self, opened: Opened, run: RunRef) {
        let panel = self.panel;
        let edition = self.edition + 1;
        *self = PageState {
            edition,
            panel,
            opened: Some(opened.into()),
            runs: vec![Run {
                slot: 0,
                label: String::new(),
                purpose: Purpose::Recorded,
                recording: run,
                edition,
            }],
            ..PageState::new(self.scenario.clone(), Vec::new())
        };
    }

    /// Shows another file of the recording.
    pub(super) fn show_file(&mut self, at: usize) {
        if let Some(opened) = &mut self.opened {
            std::rc::Rc::make_mut(opened).shown = at;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::state::action::Action;
    use crate::demos::DEMOS;
    use crate::derived::recording::Recording;
    use crate::link::Scenario;
    use std::rc::Rc;

    #[test]
    fn a_recording_takes_the_place_of_runs_until_a_demo_is_opened() {
        let demo = DEMOS[0];
        let scenario = Scenario::defaults_of(demo);
        let trace = demo.run_instantly(scenario.values.clone());
        let state = Rc::new(PageState::new(scenario, Vec::new()));
        let opened = Opened {
            name: "crawler.py".to_owned(),
            about: Vec::new(),
            sources: vec![("/a/crawler.py".to_owned(), String::new())],
            shown: 0,
        };
        assert_eq!(Opened::file_name("/a/crawler.py"), "crawler.py");
        let run = RunRef::from_recording(Recording::from_trace(trace));
        let shown = Rc::clone(&state).after(Action::OpenRecording { opened, run });
        assert!(!shown.is_previewed(), "nothing is run while it is shown");
        assert_eq!(shown.runs.len(), 1);
        assert!(shown.under_way().is_none());
        assert_eq!(
            shown.opened.as_ref().and_then(|it| it.path()),
            Some("/a/crawler.py")
        );
        let scenario = shown.scenario.clone();
        let notices = Vec::new();
        let closed = shown.after(Action::Open { scenario, notices });
        assert!(closed.opened.is_none() && closed.is_previewed());
    }
}
