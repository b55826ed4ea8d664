//! A timeline as text of letters that are equally wide: for tests, and for where nothing can be
//! drawn.

use crate::derived::frames::Frame;
use crate::derived::summary::time_text;
use crate::derived::timeline::{Lane, Scale, Timeline};
use crate::derived::values::Series;
use crate::picture::layout::{Choice, Layout, ResourceRows, RowKind, label};
use crate::picture::lod::{Index, Shares};
use crate::trace::{Ending, ResourceId, Trace};
use std::fmt::Write as _;

/// Draws a whole run with so many columns for its time.
///
/// A column is `█` where the task had the thread, if only for a moment, `▓` where it blocked the
/// loop for most of it, `░` where it was ready and `·` where it waited for most of it. After its
/// end a task has `)` when it is done, `×` when it was cancelled and `!` when it failed.
/// A level of a task's frames has `[` where one begins and `=` where it goes on.
/// Values show what they are at the end of each column, resources their highest level in it.
pub fn render(trace: &Trace, scale: Scale, columns: usize) -> String {
    let timeline = Timeline::along(scale, trace);
    let index = Index::from_trace(trace, &timeline);
    let choice = Choice {
        resources: ResourceRows::Few,
        ..Choice::default()
    };
    let layout = Layout::new(trace, &timeline, &index, &choice, None);
    let end_ns = scale.end(trace);
    // A last column for what happens at the very end.
    let column_ns = end_ns.div_ceil(columns.max(1) as u64).max(1);
    let count = (end_ns / column_ns + 1) as usize;
    let mut text = String::new();
    let names: Vec<String> = layout
        .rows
        .iter()
        .map(|row| " ".repeat(usize::from(row.depth)) + &label(trace, &index, row))
        .collect();
    let width = names.iter().map(|name| name.chars().count()).max();
    let width = width.unwrap_or(0);
    for (row, name) in layout.rows.iter().zip(names) {
        let _ = write!(text, "{name:width$} ");
        match row.kind {
            RowKind::Task(task) => {
                let lane = &timeline.lanes[task.index()];
                let cells = lane_cells(&index, lane, end_ns, column_ns, count);
                text.push_str(cells.trim_end());
            }
            RowKind::Resource(resource) => {
                let cells = level_cells(trace, scale, &index, resource, column_ns, count);
                text.push_str(cells.trim_end());
            }
            RowKind::Value(at) => {
                let series = &index.values().series()[at];
                let cells = value_cells(trace, scale, series, column_ns, count);
                text.push_str(cells.trim_end());
            }
            RowKind::Frames(task, level) => {
                let frames = &timeline.frames().levels(task)[level as usize];
                let cells = frame_cells(trace, scale, frames, column_ns, count);
                text.push_str(cells.trim_end());
            }
            RowKind::Thread(_) | RowKind::Browser(_) => {}
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    let _ = match scale {
        Scale::Time => writeln!(text, "{:width$} 0 to {}", "", time_text(end_ns)),
        Scale::Order => writeln!(text, "{:width$} {} events", "", trace.events.len()),
    };
    text
}

fn lane_cells(index: &Index, lane: &Lane, end_ns: u64, column_ns: u64, count: usize) -> String {
    let mut cells = String::new();
    let mut walk = index.walk(lane, 0, end_ns);
    let done = lane.done.map(|(done_ns, ending)| {
        let mark = match ending {
            Ending::Returned => ')',
            Ending::Cancelled => '×',
            Ending::Failed | Ending::Panicked => '!',
        };
        ((done_ns / column_ns) as usize, mark)
    });
    for column in 0..count {
        let shares = walk.advance((column as u64 + 1) * column_ns);
        cells.push(cell(&shares));
        if let Some((at, mark)) = done
            && at == column
        {
            cells.push(mark);
            break;
        }
    }
    cells
}

fn cell(shares: &Shares) -> char {
    let total = shares.total_ns();
    if shares.blocking_ns > 0 && 2 * shares.blocking_ns >= total {
        '▓'
    } else if shares.had_thread() {
        '█'
    } else if total == 0 {
        ' '
    } else if shares.ready_ns > shares.waiting_ns {
        '░'
    } else {
        '·'
    }
}

fn level_cells(
    trace: &Trace,
    scale: Scale,
    index: &Index,
    resource: ResourceId,
    column_ns: u64,
    count: usize,
) -> String {
    let levels = index.levels(resource);
    let mut at = 0;
    let mut level = 0;
    (0..count)
        .map(|column| {
            let last_ns = (column as u64 + 1) * column_ns - 1;
            let next = levels.changes_until(scale.events_until(trace, last_ns));
            let highest = levels
                .span(at..next)
                .map_or(level, |(_, high)| high.max(level));
            level = levels.after(next);
            at = next;
            match highest {
                0 => '·',
                1..10 => char::from(b'0' + highest as u8),
                _ => '+',
            }
        })
        .collect()
}

/// `[` where one of them begins, `=` where it goes on.
fn frame_cells(
    trace: &Trace,
    scale: Scale,
    frames: &[Frame],
    column_ns: u64,
    count: usize,
) -> String {
    let place = |position: u32| match position {
        Frame::OPEN => u64::MAX,
        position => scale.place(trace, position as usize),
    };
    let cell = |column: usize| {
        let (from_ns, to_ns) = (column as u64 * column_ns, (column as u64 + 1) * column_ns);
        let begun = frames.partition_point(|frame| place(frame.enter) < to_ns);
        let last = begun.checked_sub(1).map(|last| frames[last]);
        match last.map(|last| (place(last.enter), place(last.exit))) {
            Some((enter, _)) if enter >= from_ns => '[',
            Some((_, exit)) if exit > from_ns => '=',
            _ => ' ',
        }
    };
    (0..count).map(cell).collect()
}

fn value_cells(
    trace: &Trace,
    scale: Scale,
    series: &Series,
    column_ns: u64,
    count: usize,
) -> String {
    let cell = |column: usize| {
        let last_ns = (column as u64 + 1) * column_ns - 1;
        let changes = series.changes_until(scale.events_until(trace, last_ns));
        match series.after(trace, changes) {
            None => ' ',
            Some((value @ 0..10, _)) => char::from(b'0' + value as u8),
            Some((value, _)) if value < 0 => '-',
            Some(_) => '+',
        }
    };
    (0..count).map(cell).collect()
}
