//! Moving the cursor from one thing that happened to the next.

use crate::derived::timeline::{Scale, Timeline};
use crate::trace::Trace;

/// The next moment after a point of the axis, or the last before it, at which an event stands.
pub fn event(trace: &Trace, scale: Scale, from_ns: u64, forward: bool) -> Option<u64> {
    let position = if forward {
        scale.events_until(trace, from_ns)
    } else {
        before(trace, scale, from_ns)?
    };
    (position < trace.events.len()).then(|| scale.place(trace, position))
}

/// The position of the last event before a point of the axis.
fn before(trace: &Trace, scale: Scale, from_ns: u64) -> Option<usize> {
    let until = from_ns.checked_sub(1)?;
    scale.events_until(trace, until).checked_sub(1)
}

/// The next moment after a point of the axis, or the last before it, at which a turn of the loop begins.
pub fn turn(trace: &Trace, timeline: &Timeline, from_ns: u64, forward: bool) -> Option<u64> {
    let scale = timeline.scale();
    let turns = &timeline.turns;
    let until = if forward {
        scale.events_until(trace, from_ns)
    } else {
        before(trace, scale, from_ns)? + 1
    };
    let passed = turns.partition_point(|position| (*position as usize) < until);
    let at = if forward {
        passed
    } else {
        passed.checked_sub(1)?
    };
    let position = *turns.get(at)?;
    Some(scale.place(trace, position as usize))
}
