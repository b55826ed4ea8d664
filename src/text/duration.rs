//! Lengths of time as people write them.

use crate::text::number::exact;
use std::time::Duration;

/// A length of time as people write it, exact to the nanosecond: "500 ms", "1.5 s", "2 min".
pub fn duration_text(duration: Duration) -> String {
    const UNITS: [(&str, u128); 3] = [
        ("h", 3_600_000_000_000),
        ("min", 60_000_000_000),
        ("s", 1_000_000_000),
    ];
    let ns = duration.as_nanos();
    if ns == 0 {
        return "0 s".to_owned();
    }
    // Whole hours, minutes or seconds, else seconds from one second on, else milliseconds.
    for (unit, size) in UNITS {
        if ns.is_multiple_of(size) && ns >= size {
            return format!("{} {unit}", ns / size);
        }
    }
    if ns >= 1_000_000_000 {
        format!("{} s", seconds(duration))
    } else {
        format!("{} ms", exact(ns, 6))
    }
}

/// Seconds as a decimal number, exact to the nanosecond: "1.5".
pub fn seconds(duration: Duration) -> String {
    exact(duration.as_nanos(), 9)
}

/// Reads "2 s", "500ms", "1.5 min", "1 h", "250 us"; a bare number is seconds.
pub fn parse_duration(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut total_ns: u64 = 0;
    // A second number begins where a digit follows a letter, with or without a space.
    loop {
        let unit = rest.find(char::is_alphabetic).unwrap_or(rest.len());
        let next = rest[unit..].find(|c: char| c.is_ascii_digit());
        let (part, after) = rest.split_at(next.map_or(rest.len(), |next| unit + next));
        total_ns = total_ns.checked_add(parse_part(part.trim())?)?;
        if after.is_empty() {
            return Some(Duration::from_nanos(total_ns));
        }
        rest = after;
    }
}

/// One number with its unit, or a bare number of seconds; in nanoseconds.
fn parse_part(text: &str) -> Option<u64> {
    let split = text
        .find(|c: char| !(c.is_ascii_digit() || c == '.'))
        .unwrap_or(text.len());
    let (number, unit) = (&text[..split], text[split..].trim());
    let unit_ns: u128 = match unit {
        "" | "s" | "sec" | "second" | "seconds" => 1_000_000_000,
        "ms" => 1_000_000,
        "us" | "µs" | "μs" => 1_000,
        "min" | "m" | "minute" | "minutes" => 60_000_000_000,
        "h" | "hour" | "hours" => 3_600_000_000_000,
        _ => return None,
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() || whole.len() > 12 || fraction.len() > 9 {
        return None;
    }
    let part = |digits: &str| match digits {
        "" => Some(0),
        digits => digits.parse::<u128>().ok(),
    };
    let ns = part(whole)? * unit_ns + part(fraction)? * unit_ns / 10u128.pow(fraction.len() as u32);
    u64::try_from(ns).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn units_are_those_that_people_use() {
        for (ms, text) in [
            (0, "0 s"),
            (500, "500 ms"),
            (999, "999 ms"),
            (1_500, "1.5 s"),
            (90_000, "90 s"),
            (120_000, "2 min"),
            (3_600_000, "1 h"),
        ] {
            assert_eq!(duration_text(Duration::from_millis(ms)), text);
        }
    }

    #[test]
    fn several_units_add_up() {
        for (ms, text) in [
            (90_000, "1m30s"),
            (90_000, "1 min 30 s"),
            (3_723_500, "1h 2 min 3.5 s"),
        ] {
            assert_eq!(parse_duration(text), Some(Duration::from_millis(ms)));
        }
        for text in ["1m30x", "1m s", "1 30 s", "m30s"] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_a_duration_shows_is_read_back_as_the_same(ns in 0u64..4_000_000_000_000) {
            let duration = Duration::from_nanos(ns);
            prop_assert_eq!(parse_duration(&duration_text(duration)), Some(duration));
        }
    }
}
