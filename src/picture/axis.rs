//! The ticks of the axis, and times and durations in few words.

use crate::derived::summary::time_text;
use crate::derived::timeline::{EVENT_STEP, Scale};
use crate::picture::view::View;
use crate::text::number::cut_off;

const US: u64 = 1_000;
const MS: u64 = 1_000_000;
const S: u64 = 1_000_000_000;
const MIN: u64 = 60 * S;
const HOUR: u64 = 60 * MIN;
const DAY: u64 = 24 * HOUR;

/// Distances between ticks above a second; below it they are 1, 2 and 5 of a power of ten.
const STEPS: [u64; 22] = [
    S,
    2 * S,
    5 * S,
    10 * S,
    15 * S,
    30 * S,
    MIN,
    2 * MIN,
    5 * MIN,
    10 * MIN,
    15 * MIN,
    30 * MIN,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    5 * DAY,
    10 * DAY,
    50 * DAY,
];

/// A mark on the axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tick {
    /// Where.
    pub at_ns: u64,
    /// What stands there.
    pub label: String,
}

/// The ticks in view, sparse enough that labels do not touch.
///
/// Where labels would need too many digits, the first says the time and the others the
/// distance from it.
pub fn ticks(view: &View, scale: Scale) -> Vec<Tick> {
    // The longest labels, such as "+999 µs" or "0:12:30 h", take about this much.
    let least_px = if view.lanes_px() < 360.0 { 64.0 } else { 84.0 };
    let least_ns = view.ns_of_px(least_px);
    let (from_ns, to_ns) = (view.from_ns, view.to_ns);
    if scale == Scale::Order {
        let step = round_step(least_ns.div_ceil(EVENT_STEP)) * EVENT_STEP;
        let label = |at: u64| format!("#{}", at / EVENT_STEP);
        return marks(from_ns, to_ns, step)
            .map(|at_ns| Tick {
                at_ns,
                label: label(at_ns),
            })
            .collect();
    }
    let step_ns = step(least_ns);
    let unit = unit_for(to_ns);
    let needs_distance = decimals(step_ns, unit) > 3;
    let mut base_ns = None;
    marks(from_ns, to_ns, step_ns)
        .map(|at_ns| {
            let label = match base_ns {
                _ if !needs_distance => label(at_ns, step_ns, to_ns),
                None => {
                    base_ns = Some(at_ns);
                    label(at_ns, step_ns, to_ns)
                }
                Some(base_ns) => {
                    let distance = at_ns - base_ns;
                    let longest = to_ns - base_ns;
                    format!("+{}", label(distance, step_ns, longest))
                }
            };
            Tick { at_ns, label }
        })
        .collect()
}

fn marks(from_ns: u64, to_ns: u64, step_ns: u64) -> impl Iterator<Item = u64> {
    let first = from_ns.div_ceil(step_ns);
    (first..=to_ns / step_ns).map(move |count| count * step_ns)
}

/// The next of 1, 2, 5, 10, 20, …
fn round_step(least: u64) -> u64 {
    let mut power: u64 = 1;
    loop {
        for digit in [1, 2, 5] {
            if digit * power >= least {
                return digit * power;
            }
        }
        match power.checked_mul(10) {
            Some(next) if next <= u64::MAX / 10 => power = next,
            _ => return least,
        }
    }
}

fn step(least_ns: u64) -> u64 {
    if least_ns <= S / 2 {
        return round_step(least_ns);
    }
    let found = STEPS.iter().copied().find(|step| *step >= least_ns);
    found.unwrap_or_else(|| round_step(least_ns.div_ceil(DAY)).saturating_mul(DAY))
}

/// The unit in which a time is told, and its length.
fn unit_for(longest_ns: u64) -> (&'static str, u64) {
    match longest_ns {
        0..US => ("ns", 1),
        US..MS => ("µs", US),
        MS..S => ("ms", MS),
        _ => ("s", S),
    }
}

/// How many digits after the point a multiple of a step needs in a unit.
fn decimals(step_ns: u64, unit: (&str, u64)) -> usize {
    let mut decimals = 0;
    let mut size = unit.1;
    while size > 1 && !step_ns.is_multiple_of(size) {
        size /= 10;
        decimals += 1;
    }
    decimals
}

fn label(at_ns: u64, step_ns: u64, longest_ns: u64) -> String {
    if at_ns == 0 {
        return "0".to_owned();
    }
    if step_ns.is_multiple_of(DAY) {
        return format!("{} d", at_ns / DAY);
    }
    // From here on 90 s reads worse than 1:30 min.
    if longest_ns >= 2 * MIN && step_ns.is_multiple_of(S) {
        let (h, min, s) = (at_ns / HOUR, at_ns / MIN % 60, at_ns / S % 60);
        let whole_minutes = step_ns.is_multiple_of(MIN);
        return match (longest_ns >= HOUR, whole_minutes) {
            (true, true) if step_ns.is_multiple_of(HOUR) => format!("{h} h"),
            (true, true) => format!("{h}:{min:02} h"),
            (true, false) => format!("{h}:{min:02}:{s:02} h"),
            (false, true) => format!("{min} min"),
            (false, false) => format!("{min}:{s:02} min"),
        };
    }
    let unit = unit_for(longest_ns);
    format!(
        "{} {}",
        cut_off(at_ns, unit.1, decimals(step_ns, unit)),
        unit.0
    )
}

/// A duration to three digits or so, also where [`time_text`] has none left: `1.54 s`, `12.3 µs`.
pub fn duration_words(ns: u64) -> String {
    match ns {
        0 | MS.. => time_text(ns),
        US..MS => cut_off((ns + 50) / 100 * 100, US, 1) + " µs",
        _ => format!("{ns} ns"),
    }
}

/// A moment, with as many digits as a pixel of the view is worth.
pub fn moment_words(time_ns: u64, view: &View, scale: Scale) -> String {
    if scale == Scale::Order {
        return format!("event #{}", time_ns / EVENT_STEP);
    }
    let px_ns = view.ns_of_px(1.0);
    if time_ns >= 2 * MIN && px_ns >= S / 100 {
        return time_text(time_ns);
    }
    let mut step_ns = 1;
    while step_ns < px_ns && step_ns < S / 100 {
        step_ns *= 10;
    }
    let unit = unit_for(time_ns.max(view.to_ns));
    format!(
        "{} {}",
        cut_off(time_ns, unit.1, decimals(step_ns, unit)),
        unit.0
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(from_ns: u64, to_ns: u64, expected: &str) {
        let view = View::fit(u64::MAX / 4, 626.0, 200.0, 0.0).showing(from_ns, to_ns, u64::MAX / 4);
        let labels: Vec<String> = ticks(&view, Scale::Time)
            .into_iter()
            .map(|tick| tick.label)
            .collect();
        assert_eq!(labels.join(" | "), expected);
    }

    #[test]
    fn ticks_are_round_in_the_units_people_use() {
        check(
            0,
            3 * S,
            "0 | 0.5 s | 1.0 s | 1.5 s | 2.0 s | 2.5 s | 3.0 s",
        );
        check(0, 6 * S, "0 | 1 s | 2 s | 3 s | 4 s | 5 s | 6 s");
        check(0, 500, "0 | 100 ns | 200 ns | 300 ns | 400 ns | 500 ns");
        check(0, 40 * S, "0 | 10 s | 20 s | 30 s | 40 s");
        check(0, 5 * HOUR, "0 | 1 h | 2 h | 3 h | 4 h | 5 h");
        check(
            30 * MIN,
            33 * MIN,
            "30:00 min | 30:30 min | 31:00 min | 31:30 min | 32:00 min | 32:30 min | 33:00 min",
        );
        check(0, 100 * DAY, "0 | 50 d | 100 d");
    }

    #[test]
    fn deep_in_a_run_ticks_count_from_the_first() {
        check(
            1_234_567_800,
            1_234_568_400,
            "1.2345678 s | +100 ns | +200 ns | +300 ns | +400 ns | +500 ns | +600 ns",
        );
    }

    #[test]
    fn short_durations_keep_their_digits() {
        let words = [0, 999, 12_340, 1_234_000, 1_540_000_000].map(duration_words);
        assert_eq!(
            words.join(" | "),
            "0 s | 999 ns | 12.3 µs | 1.23 ms | 1.54 s"
        );
    }
}
