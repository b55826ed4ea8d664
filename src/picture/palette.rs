//! Which colour a task has, the same in the timeline, the output and the source.
//!
//! Only the number is decided here; the theme says what it looks like.

use crate::trace::TaskId;

/// How many colours there are. More than about seven hues cannot be told apart by everybody, so
/// they repeat, and no view relies on colour alone.
pub const COLOURS: usize = 8;

/// The number of a task's colour, below [`COLOURS`]. The last one is neutral and belongs to the
/// main task, which is mostly there to wait for the others.
pub fn of_task(task: TaskId) -> usize {
    match task.index().checked_sub(1) {
        None => COLOURS - 1,
        Some(nth) => nth % (COLOURS - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_differ_and_main_shares_its_colour_with_nobody() {
        for id in 1..100 {
            assert_ne!(of_task(TaskId(id)), of_task(TaskId(id + 1)));
            assert_ne!(of_task(TaskId(id)), of_task(TaskId::MAIN));
        }
    }
}
