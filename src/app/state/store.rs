//! The page's state as it is now.
//!
//! A handler that acted on the state of the rendering in which it was made would be wrong whenever
//! two things happen between two renderings: two keys pressed at once, or a machine that is busy. So
//! handlers ask here, where each action is done at once, and rendering follows.

use crate::app::state::PageState;
use crate::app::state::action::Action;
use std::cell::RefCell;
use std::rc::Rc;

/// The present state, shared by all that show or change it.
#[derive(Clone)]
pub struct Store(Rc<Shared>);

struct Shared {
    state: RefCell<Rc<PageState>>,
    on_change: Box<dyn Fn()>,
}

impl Store {
    /// Holds a state; `on_change` is called after each change.
    pub fn new(state: PageState, on_change: impl Fn() + 'static) -> Self {
        Store(Rc::new(Shared {
            state: RefCell::new(Rc::new(state)),
            on_change: Box::new(on_change),
        }))
    }

    /// The present state. Whoever keeps it keeps all that was recorded until then.
    pub fn state(&self) -> Rc<PageState> {
        Rc::clone(&self.0.state.borrow())
    }

    /// Does an action at once.
    pub fn dispatch(&self, action: impl Into<Action>) {
        self.apply(action.into());
    }

    fn apply(&self, action: Action) {
        let before = self.state();
        let after = Rc::clone(&before).after(action);
        if !Rc::ptr_eq(&before, &after) {
            *self.0.state.borrow_mut() = after;
            (self.0.on_change)();
        }
    }
}

impl PartialEq for Store {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::state::Dialog;
    use crate::app::state::playback::PlaybackAction;
    use crate::app::state::run::Purpose;
    use crate::demos;
    use crate::derived::moment::{Moment, StepUnit};
    use crate::derived::recording::Recording;
    use crate::derived::run_ref::RunRef;
    use crate::link::Scenario;
    use std::cell::Cell;

    /// A store with a preview on screen, and how many changes it told of since.
    fn previewed() -> (Store, Rc<Cell<u32>>) {
        let demo = demos::find("factorial").expect("the demo exists");
        let scenario = Scenario::defaults_of(demo);
        let trace = demo.run_instantly(scenario.values.clone());
        let changes = Rc::new(Cell::new(0));
        let store = {
            let changes = Rc::clone(&changes);
            Store::new(PageState::new(scenario, Vec::new()), move || {
                changes.set(changes.get() + 1);
            })
        };
        store.dispatch(Action::Show {
            slot: 0,
            label: "async",
            run: RunRef::from_recording(Recording::from_trace(trace)),
            purpose: Purpose::Preview,
            edition: 0,
        });
        changes.set(0);
        (store, changes)
    }

    #[test]
    fn an_action_acts_on_what_the_one_before_it_left() {
        let (store, changes) = previewed();
        let step = || PlaybackAction::Step(StepUnit::Event, true);
        store.dispatch(PlaybackAction::ToEnd(false));
        store.dispatch(step());
        store.dispatch(step());
        let cursor = store.state().cursor.expect("it is not at the end");
        let run = store.state().runs[0].recording.clone();
        assert_eq!(cursor, Moment::after(run.borrow().trace(), 0, 2));
        assert_eq!(changes.get(), 3);
    }

    #[test]
    fn a_switch_that_is_used_twice_is_where_it_was() {
        let (store, _) = previewed();
        for presents in [true, false, true] {
            store.dispatch(Action::TogglePresenting);
            assert_eq!(store.state().presents, presents);
        }
        store.dispatch(Action::OpenDialog(Dialog::Find));
        store.dispatch(Action::OpenDialog(Dialog::Keys));
        assert_eq!(store.state().dialog, Some(Dialog::Keys));
        store.dispatch(Action::CloseDialog);
        assert_eq!(store.state().dialog, None);
    }

    #[test]
    fn the_second_of_two_modes_is_one_that_is_not_chosen_by_then() {
        let (store, _) = previewed();
        let text = "blocking".to_owned();
        store.dispatch(Action::Edit { key: "mode", text });
        store.dispatch(Action::CompareAny);
        assert_eq!(store.state().scenario.compare, Some("async"));
    }

    #[test]
    fn what_changes_nothing_is_not_told() {
        let (store, changes) = previewed();
        store.dispatch(Action::Reset);
        store.dispatch(PlaybackAction::Passed(1));
        assert_eq!(changes.get(), 0);
    }
}
