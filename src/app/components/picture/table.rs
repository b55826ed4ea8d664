//! The events of a run as a table, a page at a time: the picture for those who do not see it.

use crate::app::components::dom::{all, on_toggle, tag};
use crate::app::state::store::Store;
use crate::derived::run_ref::RunRef;
use crate::picture::axis::duration_words;
use crate::picture::words::{EventRow, event_rows};
use crate::text::number::grouped;
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

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
        tag("tr")
            .key(row.position)
            .set(
                "aria-current",
                (at_cursor == Some(row.position)).then_some("true"),
            )
            .push(tag("td").push(grouped(row.position as i64 + 1)))
            .push(tag("td").push(duration_words(row.time_ns)))
            .push(tag("td").push(row.task.map(|task| trace.name(task).to_owned())))
            .push(tag("td").push(row.words))
            .html()
    };
    tag("details")
        .class("picture-table")
        .listen(ListenerKind::ontoggle, ontoggle)
        .push(tag("summary").push("Events as a table"))
        .push(if *open {
            all(vec![
                tag("div")
                    .class("picture-pages")
                    .push(
                        tag("button")
                            .set("type", "button")
                            .set("disabled", shown == 0)
                            .on_click(turn(-1))
                            .push("Earlier"),
                    )
                    .push(tag("span").push(format!(
                        "{} to {} of {}",
                        grouped((shown * ROWS + 1).min(count) as i64),
                        grouped(((shown + 1) * ROWS).min(count) as i64),
                        grouped(count as i64)
                    )))
                    .push(
                        tag("button")
                            .set("type", "button")
                            .set("disabled", shown >= last)
                            .on_click(turn(1))
                            .push("Later"),
                    )
                    .push(if at_cursor.is_some() {
                        tag("button")
                            .set("type", "button")
                            .on_click(to_cursor)
                            .push("At the cursor")
                            .html()
                    } else {
                        Html::default()
                    })
                    .html(),
                tag("div")
                    .class("picture-scroll")
                    .set("tabindex", "0")
                    .set("role", "region")
                    .set("aria-label", "Events")
                    .push(
                        tag("table")
                            .push(
                                tag("thead").push(
                                    tag("tr")
                                        .push(tag("th").set("scope", "col").push("event"))
                                        .push(tag("th").set("scope", "col").push("time"))
                                        .push(tag("th").set("scope", "col").push("task"))
                                        .push(tag("th").set("scope", "col").push("what happened")),
                                ),
                            )
                            .push(
                                tag("tbody").extend(
                                    event_rows(trace, shown * ROWS..(shown + 1) * ROWS)
                                        .into_iter()
                                        .map(row),
                                ),
                            ),
                    )
                    .html(),
            ])
        } else {
            Html::default()
        })
        .html()
}
