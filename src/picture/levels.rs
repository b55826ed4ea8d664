//! How full, held or busy a resource was, at any time and within any window.

use crate::trace::{EventKind, TaskId, Trace};
use std::ops::Range;

/// Changes from one block to the next.
const EVERY: usize = 64;

/// The changes of a resource's level, as positions in the trace.
#[derive(Clone, Debug, Default)]
pub struct Levels {
    positions: Vec<u32>,
    /// After each change. Events have it too, but they are too far apart for a quick look.
    levels: Vec<u32>,
    /// For each full block of changes: the lowest and the highest level.
    blocks: Vec<(u32, u32)>,
    /// Of the block that is not full.
    block: Option<(u32, u32)>,
    highest: u32,
}

impl Levels {
    /// A resource that was never used.
    pub const NONE: Levels = Levels {
        positions: Vec::new(),
        levels: Vec::new(),
        blocks: Vec::new(),
        block: None,
        highest: 0,
    };

    pub(super) fn push(&mut self, position: u32, level: u32) {
        self.positions.push(position);
        self.levels.push(level);
        self.highest = self.highest.max(level);
        let (low, high) = self.block.unwrap_or((level, level));
        let block = (low.min(level), high.max(level));
        if self.positions.len().is_multiple_of(EVERY) {
            self.blocks.push(block);
            self.block = None;
        } else {
            self.block = Some(block);
        }
    }

    pub(super) fn shrink_to_fit(&mut self) {
        self.positions.shrink_to_fit();
        self.levels.shrink_to_fit();
        self.blocks.shrink_to_fit();
    }

    /// The positions of the events that changed the level, in order.
    pub fn positions(&self) -> &[u32] {
        &self.positions
    }

    /// The level after so many changes; 0 before the first.
    pub fn after(&self, changes: usize) -> u32 {
        changes.checked_sub(1).map_or(0, |last| self.levels[last])
    }

    /// The highest level of all.
    pub fn highest(&self) -> u32 {
        self.highest
    }

    /// The changes among the first events of a trace: how many there are.
    pub fn changes_until(&self, events: usize) -> usize {
        self.positions
            .partition_point(|position| (*position as usize) < events)
    }

    /// The lowest and highest level after any of these changes.
    pub fn span(&self, changes: Range<usize>) -> Option<(u32, u32)> {
        let mut span = None;
        let mut include = |low: u32, high: u32| {
            let (lowest, highest) = span.unwrap_or((low, high));
            span = Some((lowest.min(low), highest.max(high)));
        };
        let mut at = changes.start;
        while at < changes.end {
            if at.is_multiple_of(EVERY)
                && at + EVERY <= changes.end
                && let Some((low, high)) = self.blocks.get(at / EVERY)
            {
                include(*low, *high);
                at += EVERY;
            } else {
                include(self.levels[at], self.levels[at]);
                at += 1;
            }
        }
        span
    }
}

/// Who changed a level.
pub fn changed_by(trace: &Trace, position: u32) -> Option<TaskId> {
    match trace.events[position as usize].kind {
        EventKind::Acquire { task, .. } | EventKind::Release { task, .. } => Some(task),
        _ => None,
    }
}

/// Who got the resource by that event, if somebody did.
pub fn holder(trace: &Trace, position: u32) -> Option<TaskId> {
    match trace.events[position as usize].kind {
        EventKind::Acquire { task, level, .. } if level > 0 => Some(task),
        _ => None,
    }
}
