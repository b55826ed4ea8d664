//! Reading a value as a person writes it, and saying what is allowed.

use crate::param::{Item, Kind, Param, Value};
use crate::text::duration::{duration_text, parse_duration};
use crate::text::number::grouped;
use crate::text::words::{did_you_mean, quoted};
use std::time::Duration;

impl Param {
    /// What is allowed, in words: "1 to 100".
    pub fn range(&self) -> String {
        match &self.kind {
            Kind::One(item) => item.range(),
            Kind::List { item, max_len } => {
                let each = match item {
                    Item::Int { .. } => "numbers, each",
                    Item::Duration { .. } => "durations, each",
                    Item::Text { .. } => "names, each of",
                };
                format!("1 to {max_len} {each} {}", item.range())
            }
            Kind::Choice { options } => {
                let keys: Vec<&str> = options.iter().map(|(key, _)| *key).collect();
                keys.join(", ")
            }
            Kind::Switch => "yes, no".to_owned(),
        }
    }

    /// Reads a value as a person writes it.
    ///
    /// # Errors
    /// Says what is wrong with the text and what is allowed.
    pub fn parse(&self, text: &str) -> Result<Value, String> {
        let text = text.trim();
        let range = || self.range();
        match &self.kind {
            Kind::One(item) => item.parse(text, "text", &range),
            Kind::List { item, max_len } => {
                if text.is_empty() {
                    return Err(format!("the list is empty: {}", range()));
                }
                let count = text.split(',').count();
                if count > *max_len {
                    return Err(format!("{count} entries are too many: {}", range()));
                }
                let entry = |entry: &str| match (entry.trim(), item) {
                    ("", Item::Text { .. }) => Err(format!("an entry is empty: {}", range())),
                    (entry, _) => item.parse(entry, "name", &range),
                };
                let values = text.split(',').map(entry).collect::<Result<_, _>>()?;
                Ok(Value::List(values))
            }
            Kind::Choice { options } => {
                let keys = || options.iter().map(|(key, _)| *key);
                keys()
                    .find(|key| *key == text)
                    .map(Value::Choice)
                    .ok_or_else(|| {
                        let near = did_you_mean(text, keys());
                        format!("{} is not one of {}{near}", quoted(text), range())
                    })
            }
            Kind::Switch => match text {
                "yes" | "true" | "on" | "1" => Ok(Value::Switch(true)),
                "no" | "false" | "off" | "0" => Ok(Value::Switch(false)),
                _ => Err(format!("{} is neither yes nor no", quoted(text))),
            },
        }
    }
}

impl Item {
    fn range(&self) -> String {
        let from_to = |min: String, max: String| format!("{min} to {max}");
        let duration = |ms: u64| duration_text(Duration::from_millis(ms));
        match *self {
            Item::Int { min, max } => from_to(grouped(min), grouped(max)),
            Item::Duration { min_ms, max_ms } => from_to(duration(min_ms), duration(max_ms)),
            Item::Text { max_chars } => format!("up to {max_chars} characters"),
        }
    }

    /// `noun` is what a text is called, and `range` what the parameter allows.
    fn parse(&self, text: &str, noun: &str, range: &dyn Fn() -> String) -> Result<Value, String> {
        let out_of_range = |what: &str| format!("{what} is out of range: {}", range());
        let is_text = matches!(self, Item::Text { .. });
        if text.is_empty() && !is_text {
            return Err(format!("the field is empty: {}", range()));
        }
        match *self {
            Item::Int { min, max } => {
                let digits = digits(text).ok_or_else(|| {
                    format!("{} is not a whole number: {}", quoted(text), range())
                })?;
                let value = digits.parse().ok();
                value
                    .filter(|value| (min..=max).contains(value))
                    .map(Value::Int)
                    .ok_or_else(|| out_of_range(&quoted(text)))
            }
            Item::Duration { min_ms, max_ms } => {
                let value = parse_duration(text).ok_or_else(|| {
                    format!(
                        "{} is not a duration such as 500 ms, 2 s or 1.5 min: {}",
                        quoted(text),
                        range()
                    )
                })?;
                let limits = Duration::from_millis(min_ms)..=Duration::from_millis(max_ms);
                match limits.contains(&value) {
                    true => Ok(Value::Duration(value)),
                    false => Err(out_of_range(&quoted(text))),
                }
            }
            Item::Text { max_chars } => {
                let chars = text.chars().count();
                if chars > max_chars {
                    return Err(out_of_range(&format!("a {noun} of {chars} characters")));
                }
                if text.chars().any(char::is_control) {
                    return Err("a name has to be one line without control characters".to_owned());
                }
                Ok(Value::Text(text.to_owned()))
            }
        }
    }
}

/// The digits of a whole number with its sign, or nothing.
fn digits(text: &str) -> Option<String> {
    // People write 10,000 and 10_000; a list has its commas taken away already.
    let written: String = text
        .chars()
        .filter(|c| !matches!(c, '_' | ',' | ' ' | '\u{a0}'))
        .collect();
    let digits = written.strip_prefix(['-', '+']).unwrap_or(&written);
    let is_whole = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    is_whole.then_some(written)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TASKS: Param = Param::int("tasks", 3, 1..=10_000);
    const DELAY: Param = Param::duration_ms("delay", 2_000, 0..=3_600_000);
    const NAMES: Param = Param::texts("names", "a", 5, 3);
    const MODE: Param = Param::mode("async", &[("blocking", "blocking"), ("async", "async")]);

    #[track_caller]
    fn refused(param: &Param, text: &str, message: &str) {
        assert_eq!(param.parse(text), Err(message.to_owned()));
    }

    #[test]
    fn whole_numbers_say_what_is_wrong_and_what_is_allowed() {
        assert_eq!(TASKS.parse(" 10,000 "), Ok(Value::Int(10_000)));
        refused(
            &TASKS,
            "three",
            "“three” is not a whole number: 1 to 10,000",
        );
        refused(&TASKS, "", "the field is empty: 1 to 10,000");
        refused(&TASKS, "2.5", "“2.5” is not a whole number: 1 to 10,000");
        refused(&TASKS, "0", "“0” is out of range: 1 to 10,000");
        refused(
            &TASKS,
            "99999999999999999999",
            "“99999999999999999999” is out of range: 1 to 10,000",
        );
    }

    #[test]
    fn durations_take_units_and_a_bare_number_is_seconds() {
        for (text, ms) in [
            ("2 s", 2_000),
            ("500ms", 500),
            ("1.5", 1_500),
            ("2 min", 120_000),
        ] {
            assert_eq!(
                DELAY.parse(text),
                Ok(Value::Duration(Duration::from_millis(ms)))
            );
        }
        refused(&DELAY, "2 h", "“2 h” is out of range: 0 s to 1 h");
        refused(
            &DELAY,
            "soon",
            "“soon” is not a duration such as 500 ms, 2 s or 1.5 min: 0 s to 1 h",
        );
        refused(
            &DELAY,
            "-1 s",
            "“-1 s” is not a duration such as 500 ms, 2 s or 1.5 min: 0 s to 1 h",
        );
        refused(
            &DELAY,
            ".",
            "“.” is not a duration such as 500 ms, 2 s or 1.5 min: 0 s to 1 h",
        );
    }

    #[test]
    fn lists_may_not_be_empty_or_long() {
        refused(
            &NAMES,
            "",
            "the list is empty: 1 to 3 names, each of up to 5 characters",
        );
        refused(
            &NAMES,
            "a,,b",
            "an entry is empty: 1 to 3 names, each of up to 5 characters",
        );
        refused(
            &NAMES,
            "a,b,c,d",
            "4 entries are too many: 1 to 3 names, each of up to 5 characters",
        );
        assert_eq!(NAMES.parse("é🎉, \"").unwrap().python(), r#"["é🎉", "\""]"#);
    }

    #[test]
    fn what_is_exceptional_is_said_and_the_rest_follows() {
        assert_eq!(
            (TASKS.label, TASKS.is_mode, TASKS.page_only),
            ("tasks", false, false)
        );
        assert_eq!(
            (MODE.key, MODE.label, MODE.is_mode),
            ("mode", "version", true)
        );
        const REAL: Param = Param::switch("real", true).label("real ones").page_only();
        assert_eq!((REAL.label, REAL.page_only), ("real ones", true));
        let ints = Param::ints("fails", "2, 1,000", 0..=999, 2);
        refused(
            &ints,
            "7, 1000",
            "“1000” is out of range: 1 to 2 numbers, each 0 to 999",
        );
        assert_eq!(
            NAMES.default_value(),
            Value::List(vec![Value::Text("a".to_owned())])
        );
    }

    #[test]
    fn a_misspelt_choice_is_answered_with_the_nearest() {
        refused(
            &MODE,
            "asinc",
            "“asinc” is not one of blocking, async, did you mean async?",
        );
        refused(
            &MODE,
            "zzzzzzzzz",
            "“zzzzzzzzz” is not one of blocking, async",
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_a_parser_panic(text in "\\PC{0,60}") {
            for param in [&TASKS, &DELAY, &NAMES, &MODE] {
                let _ = param.parse(&text);
            }
        }
    }
}
