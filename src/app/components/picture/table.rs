//! The events of a run as a table, a page at a time: the picture for those who do not see it.

use crate::app::components::dom::on_toggle;
use crate::app::state::store::Store;
use crate::derived::run_ref::RunRef;
use crate::picture::axis::duration_words;
use crate::picture::words::{EventRow, event_rows};
use crate::text::number::grouped;
use yew::prelude::*;

/// Rows on one page.
const ROWS: usize = 100;

/// What the table shows.
pub(super) struct EventTable<'a> {
    pub(super) run: &'a RunRef,
    pub(super) slot: usize,
    /// The position of the last event that has happened at the moment shown.
    pub(super) at_cursor: Option<usize>,
    pub(super) store: &'a Store,
    pub(super) open: UseStateHandle<bool>,
    /// The page of the table that is shown, from 0.
    pub(super) page: UseStateHandle<usize>,
}

/// The table, closed at first; closed it costs nothing.
pub(super) fn event_table(table: EventTable) -> Html {
    let EventTable { open, page, .. } = table;
    let ontoggle = on_toggle(&open);
    let recording = table.run.borrow();
    let trace = recording.trace();
    let count = trace.events.len();
    let last = count.saturating_sub(1) / ROWS;
    let shown = (*page).min(last);
    let turn = |by: isize| {
        let page = page.clone();
        Callback::from(move |_: MouseEvent| page.set((*page).min(last).saturating_add_signed(by)))
    };
    let to_cursor = {
        let (page, store) = (page.clone(), table.store.clone());
        let (run, slot) = (table.run.clone(), table.slot);
        Callback::from(move |_: MouseEvent| {
            if let Some(cursor) = store.state().cursor {
                let count = cursor.count(run.borrow().trace(), slot);
                page.set(count.saturating_sub(1) / ROWS);
            }
        })
    };
    let at_cursor = table.at_cursor;
    // Numbered from 1, as the transport numbers them.
    let row = |row: EventRow| {
        html! {
            <tr key={row.position} aria-current={(at_cursor == Some(row.position)).then_some("true")}>
                <td>{ grouped(row.position as i64 + 1) }</td>
                <td>{ duration_words(row.time_ns) }</td>
                <td>{ row.task.map(|task| trace.name(task).to_owned()) }</td>
                <td>{ row.words }</td>
            </tr>
        }
    };
    html! {
        <details class="picture-table" {ontoggle}>
            <summary>{ "Events as a table" }</summary>
            if *open {
                <div class="picture-pages">
                    <button type="button" disabled={shown == 0} onclick={turn(-1)}>{ "Earlier" }</button>
                    <span>{ format!("{} to {} of {}",
                        grouped((shown * ROWS + 1).min(count) as i64),
                        grouped(((shown + 1) * ROWS).min(count) as i64),
                        grouped(count as i64)) }</span>
                    <button type="button" disabled={shown >= last} onclick={turn(1)}>{ "Later" }</button>
                    if at_cursor.is_some() {
                        <button type="button" onclick={to_cursor}>{ "At the cursor" }</button>
                    }
                </div>
                <div class="picture-scroll" tabindex="0" role="region" aria-label="Events">
                    <table>
                        <thead>
                            <tr><th scope="col">{ "event" }</th><th scope="col">{ "time" }</th><th scope="col">{ "task" }</th><th scope="col">{ "what happened" }</th></tr>
                        </thead>
                        <tbody>
                            { for event_rows(trace, shown * ROWS..(shown + 1) * ROWS).into_iter().map(row) }
                        </tbody>
                    </table>
                </div>
            }
        </details>
    }
}
