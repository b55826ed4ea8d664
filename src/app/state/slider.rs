//! The stops of a slider: the values that are worth dragging to.
//!
//! Limits are wide (a pause may be an hour), and what people want is near the lower end, so the
//! stops are close together there and far apart at the upper end.

use crate::param::{Item, Kind, Param, Value};
use std::time::Duration;

/// A whole number with more room than this is an identity (a seed), and dragging means nothing.
const MAX_SLIDER_SPAN: i64 = 20_000;

/// The values of a parameter's slider in rising order, as fields show them; `None` when it has
/// none.
pub fn stops(param: &Param) -> Option<Vec<Value>> {
    let stops: Vec<Value> = match param.kind {
        Kind::One(Item::Int { min, max }) if max - min <= MAX_SLIDER_SPAN => spread(
            min,
            max,
            &[
                (20, 1),
                (50, 5),
                (100, 10),
                (500, 50),
                (1_000, 100),
                (5_000, 500),
            ],
        )
        .into_iter()
        .map(Value::Int)
        .collect(),
        Kind::One(Item::Duration { min_ms, max_ms }) => spread(
            i64::try_from(min_ms).ok()?,
            i64::try_from(max_ms).ok()?,
            &[
                (100, 10),
                (1_000, 50),
                (3_000, 100),
                (10_000, 500),
                (30_000, 1_000),
                (60_000, 5_000),
                (600_000, 60_000),
                (3_600_000, 300_000),
            ],
        )
        .into_iter()
        .map(|ms| Value::Duration(Duration::from_millis(ms as u64)))
        .collect(),
        _ => return None,
    };
    (stops.len() > 2).then_some(stops)
}

/// The stop nearest to a value.
pub fn nearest(stops: &[Value], value: &Value) -> usize {
    let wanted = size(value);
    let distance = |stop: &Value| size(stop).abs_diff(wanted);
    (0..stops.len())
        .min_by_key(|index| distance(&stops[*index]))
        .unwrap_or(0)
}

/// From least to most: up to each bound in steps of its own; beyond the last bound in its step
/// times ten. Both ends are stops.
fn spread(min: i64, max: i64, steps: &[(i64, i64)]) -> Vec<i64> {
    let mut values = vec![min];
    let mut at = min;
    while at < max {
        let step = steps.iter().find(|(bound, _)| at < *bound);
        let step = step.or(steps.last()).map_or(1, |(_, step)| *step);
        // On round numbers, wherever the lower limit is.
        at = ((at.div_euclid(step) + 1) * step).min(max);
        values.push(at);
    }
    values
}

fn size(value: &Value) -> i128 {
    match value {
        Value::Int(value) => i128::from(*value),
        Value::Duration(value) => i128::try_from(value.as_nanos()).unwrap_or(i128::MAX),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::DEMOS;

    #[test]
    fn every_slider_of_every_demo_has_allowed_stops_and_its_default_among_them() {
        for demo in DEMOS {
            for param in demo.params {
                let Some(stops) = stops(param) else { continue };
                assert!(stops.len() <= 200, "{}: {} stops", param.key, stops.len());
                for stop in &stops {
                    assert_eq!(param.parse(&stop.text()).as_ref(), Ok(stop));
                }
                let default = param.default_value();
                assert_eq!(
                    stops[nearest(&stops, &default)],
                    default,
                    "{} {}",
                    demo.slug,
                    param.key
                );
            }
        }
    }

    #[test]
    fn stops_are_round_and_reach_both_limits() {
        assert_eq!(spread(1, 7, &[(20, 1)]), [1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(
            spread(3, 40, &[(4, 1), (20, 5)]),
            [3, 4, 5, 10, 15, 20, 25, 30, 35, 40]
        );
    }
}
