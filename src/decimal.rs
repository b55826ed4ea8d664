//! Numbers in decimal digits, and within limits.

/// A number with that many digits after the point, at most six.
///
/// `format!("{value:.2}")` gives the same text but for halves in the last digit, and brings four
/// kilobytes of code for the floating-point numbers that have no short form: a fiftieth of the page.
pub fn fixed(value: f64, digits: usize) -> String {
    let scale = 10_u64.pow(digits.min(6) as u32);
    let scaled = (value.abs() * scale as f64).round() as u64;
    let sign = if value < 0.0 && scaled > 0 { "-" } else { "" };
    let (whole, part) = (scaled / scale, scaled % scale);
    if digits == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{part:0digits$}")
    }
}

/// A number, or the limit that it is beyond; the lower one where the limits have changed places.
///
/// Unlike `f64::clamp` this never panics, which would need all code that writes such numbers.
pub fn clamp(value: f64, low: f64, high: f64) -> f64 {
    value.min(high).max(low)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_text_is_the_standard_librarys_but_for_halves(value in -1e9..1e9_f64, digits in 0..=6_usize) {
            let scaled = value.abs() * 10_f64.powi(digits as i32);
            prop_assume!((scaled.fract() - 0.5).abs() > 1e-6);
            let theirs = format!("{value:.digits$}");
            // Ours has no "-0.00".
            prop_assume!(!theirs.trim_start_matches(['-', '0', '.']).is_empty());
            prop_assert_eq!(fixed(value, digits), theirs);
        }
    }

    #[test]
    fn small_numbers_keep_their_digits() {
        assert_eq!(fixed(0.0, 2), "0.00");
        assert_eq!(fixed(-0.001, 2), "0.00");
        assert_eq!(fixed(12.0, 0), "12");
        assert_eq!(fixed(f64::NAN, 1), "0.0");
    }
}
