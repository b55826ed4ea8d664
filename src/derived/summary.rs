//! Lengths of time as the page shows them.

use crate::text::number::fixed;

/// A length of time at a glance, three digits or so: "5.00 s", "12.3 ms", "4 min 05 s".
pub fn time_text(ns: u64) -> String {
    const MINUTE_S: u64 = 60;
    const HOUR_S: u64 = 3_600;
    match ns {
        0 => "0 s".to_owned(),
        1..10_000_000 => fixed(ns as f64 / 1e6, 2) + " ms",
        10_000_000..100_000_000 => fixed(ns as f64 / 1e6, 1) + " ms",
        // Each up to what would round to the next one's first.
        100_000_000..9_995_000_000 => fixed(ns as f64 / 1e9, 2) + " s",
        9_995_000_000..59_950_000_000 => fixed(ns as f64 / 1e9, 1) + " s",
        _ => {
            let seconds = ns.saturating_add(500_000_000) / 1_000_000_000;
            if seconds < HOUR_S {
                format!("{} min {:02} s", seconds / MINUTE_S, seconds % MINUTE_S)
            } else {
                let minutes = (seconds + 30) / MINUTE_S;
                format!("{} h {:02} min", minutes / 60, minutes % 60)
            }
        }
    }
}

/// A moment of a run in seconds, as wide as its neighbours: "1.001".
pub fn moment_text(ns: u64) -> String {
    let ms = ns.saturating_add(500_000) / 1_000_000;
    format!("{}.{:03}", ms / 1_000, ms % 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_about_three_digits() {
        for (ns, text) in [
            (0, "0 s"),
            (1_234_000, "1.23 ms"),
            (12_340_000, "12.3 ms"),
            (123_400_000, "0.12 s"),
            (9_994_000_000, "9.99 s"),
            (9_996_000_000, "10.0 s"),
            (59_940_000_000, "59.9 s"),
            (59_960_000_000, "1 min 00 s"),
            (245_000_000_000, "4 min 05 s"),
            (3_599_600_000_000, "1 h 00 min"),
            (18_000_000_000_000, "5 h 00 min"),
        ] {
            assert_eq!(time_text(ns), text);
        }
        assert_eq!(moment_text(1_001_400_000), "1.001");
        assert_eq!(moment_text(12_000_000_000), "12.000");
    }
}
