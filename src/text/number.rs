//! Numbers in decimal digits; each function is one rule.

/// Rounded to that many digits after the point, at most six: 12.50.
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

/// `value` / 10^`places` with all its digits, and without trailing zeros: 1.5.
pub fn exact(value: u128, places: usize) -> String {
    let scale = 10_u128.pow(places as u32);
    let (whole, part) = (value / scale, value % scale);
    if part == 0 {
        return whole.to_string();
    }
    let digits = format!("{part:0places$}");
    format!("{whole}.{}", digits.trim_end_matches('0'))
}

/// `value` in units of `unit` (at most 10^9) with so many digits after the point, cut off: what the
/// text says has passed has passed.
pub fn cut_off(value: u64, unit: u64, digits: usize) -> String {
    let whole = value / unit;
    if digits == 0 {
        return whole.to_string();
    }
    let part = value % unit * 10_u64.pow(digits as u32) / unit;
    format!("{whole}.{part:0digits$}")
}

/// With its thousands set apart: 10,000.
pub fn grouped(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::from(if value < 0 { "-" } else { "" });
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
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
    fn each_rule_has_its_own_last_digits() {
        assert_eq!(fixed(1.999, 2), "2.00");
        assert_eq!(exact(1_999_000, 6), "1.999");
        assert_eq!(exact(2_000_000, 6), "2");
        assert_eq!(cut_off(1_999_000, 1_000_000, 2), "1.99");
        assert_eq!(cut_off(1_999_000, 1_000_000, 0), "1");
        assert_eq!(grouped(-1_234_567), "-1,234,567");
    }

    #[test]
    fn small_numbers_keep_their_digits() {
        assert_eq!(fixed(0.0, 2), "0.00");
        assert_eq!(fixed(-0.001, 2), "0.00");
        assert_eq!(fixed(12.0, 0), "12");
        assert_eq!(fixed(f64::NAN, 1), "0.0");
    }
}
