//! The page's state in a component.

use crate::app::state::PageState;
use crate::app::state::store::Store;
use yew::prelude::*;

/// A state that lives as long as the component, which is rendered anew after each change of it.
#[hook]
pub fn use_store(init: impl FnOnce() -> PageState) -> Store {
    let rendering = use_force_update();
    let store = use_memo((), |()| {
        Store::new(init(), move || rendering.force_update())
    });
    (*store).clone()
}
