//! The parameters of a demo: their schema, their values, and how both read as text.
//!
//! Everything that has to do with a parameter derives from its [`Param`]: the form field with
//! its limits, the key in a link, the constant in the Python program.

use crate::text::duration::{duration_text, parse_duration, seconds};
use crate::text::number::grouped;
use crate::text::words::{did_you_mean, quoted};
use std::fmt::Write as _;
use std::time::Duration;

/// One parameter of a demo.
#[derive(Debug)]
pub struct Param {
    /// The name in links: lower case, words joined by `-`. The Python program has a constant of
    /// the same name in upper case, words joined by `_`.
    pub key: &'static str,
    /// The label of the field.
    pub label: &'static str,
    /// What values it takes.
    pub kind: Kind,
    /// When it does not change the Python program shown: P in the list of demos.
    pub not_in_python: bool,
}

/// What values a parameter takes; limits are inclusive.
#[derive(Debug)]
pub enum Kind {
    /// A whole number.
    Whole {
        /// At first.
        default: i64,
        /// Least.
        min: i64,
        /// Most.
        max: i64,
    },
    /// A length of time, in milliseconds here.
    Duration {
        /// At first.
        default_ms: u64,
        /// Least.
        min_ms: u64,
        /// Most.
        max_ms: u64,
    },
    /// One of several words.
    Choice {
        /// At first: one of the keys.
        default: &'static str,
        /// Key and label of each.
        options: &'static [(&'static str, &'static str)],
    },
    /// Yes or no.
    Switch {
        /// At first.
        default: bool,
    },
    /// A short text.
    Text {
        /// At first.
        default: &'static str,
        /// Most characters; it may be empty.
        max_chars: usize,
    },
    /// Several whole numbers.
    Wholes {
        /// At first.
        default: &'static [i64],
        /// Least of each.
        min: i64,
        /// Most of each.
        max: i64,
        /// Most numbers.
        most: usize,
    },
    /// Several lengths of time.
    Durations {
        /// At first, in milliseconds.
        default_ms: &'static [u64],
        /// Least of each.
        min_ms: u64,
        /// Most of each.
        max_ms: u64,
        /// Most entries.
        most: usize,
    },
    /// Several short texts.
    Texts {
        /// At first.
        default: &'static [&'static str],
        /// Most characters of each.
        max_chars: usize,
        /// Most texts.
        most: usize,
    },
}

/// A parameter's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Of [`Kind::Whole`].
    Whole(i64),
    /// Of [`Kind::Duration`].
    Duration(Duration),
    /// Of [`Kind::Choice`]: the key.
    Choice(&'static str),
    /// Of [`Kind::Switch`].
    Switch(bool),
    /// Of [`Kind::Text`].
    Text(String),
    /// Of [`Kind::Wholes`].
    Wholes(Vec<i64>),
    /// Of [`Kind::Durations`].
    Durations(Vec<Duration>),
    /// Of [`Kind::Texts`].
    Texts(Vec<String>),
}

/// A value for each parameter of a demo.
#[derive(Clone, Debug)]
pub struct Values {
    params: &'static [Param],
    values: Vec<Value>,
}

impl PartialEq for Values {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.params, other.params) && self.values == other.values
    }
}

impl Param {
    /// The value at first.
    pub fn default_value(&self) -> Value {
        match &self.kind {
            Kind::Whole { default, .. } => Value::Whole(*default),
            Kind::Duration { default_ms, .. } => {
                Value::Duration(Duration::from_millis(*default_ms))
            }
            Kind::Choice { default, .. } => Value::Choice(default),
            Kind::Switch { default } => Value::Switch(*default),
            Kind::Text { default, .. } => Value::Text((*default).to_owned()),
            Kind::Wholes { default, .. } => Value::Wholes(default.to_vec()),
            Kind::Durations { default_ms, .. } => Value::Durations(
                default_ms
                    .iter()
                    .map(|ms| Duration::from_millis(*ms))
                    .collect(),
            ),
            Kind::Texts { default, .. } => {
                Value::Texts(default.iter().map(|text| (*text).to_owned()).collect())
            }
        }
    }

    /// What is allowed, in words: "1 to 100".
    pub fn range(&self) -> String {
        match &self.kind {
            Kind::Whole { min, max, .. } => format!("{} to {}", grouped(*min), grouped(*max)),
            Kind::Duration { min_ms, max_ms, .. } => format!(
                "{} to {}",
                duration_text(Duration::from_millis(*min_ms)),
                duration_text(Duration::from_millis(*max_ms))
            ),
            Kind::Choice { options, .. } => options
                .iter()
                .map(|(key, _)| *key)
                .collect::<Vec<_>>()
                .join(", "),
            Kind::Switch { .. } => "yes, no".to_owned(),
            Kind::Text { max_chars, .. } => format!("up to {max_chars} characters"),
            Kind::Wholes { min, max, most, .. } => format!(
                "1 to {most} numbers, each {} to {}",
                grouped(*min),
                grouped(*max)
            ),
            Kind::Durations {
                min_ms,
                max_ms,
                most,
                ..
            } => format!(
                "1 to {most} durations, each {} to {}",
                duration_text(Duration::from_millis(*min_ms)),
                duration_text(Duration::from_millis(*max_ms))
            ),
            Kind::Texts {
                max_chars, most, ..
            } => format!("1 to {most} names, each of up to {max_chars} characters"),
        }
    }

    /// Reads a value as a person writes it.
    ///
    /// # Errors
    /// Says what is wrong with the text and what is allowed.
    pub fn parse(&self, text: &str) -> Result<Value, String> {
        let text = text.trim();
        let out_of_range = |what: &str| format!("{what} is out of range: {}", self.range());
        match &self.kind {
            Kind::Whole { min, max, .. } => Ok(Value::Whole(self.whole(text, *min, *max)?)),
            Kind::Duration { min_ms, max_ms, .. } => {
                Ok(Value::Duration(self.duration(text, *min_ms, *max_ms)?))
            }
            Kind::Choice { options, .. } => options
                .iter()
                .find(|(key, _)| *key == text)
                .map(|(key, _)| Value::Choice(key))
                .ok_or_else(|| {
                    format!(
                        "{} is not one of {}{}",
                        quoted(text),
                        self.range(),
                        did_you_mean(text, options.iter().map(|(key, _)| *key))
                    )
                }),
            Kind::Switch { .. } => match text {
                "yes" | "true" | "on" | "1" => Ok(Value::Switch(true)),
                "no" | "false" | "off" | "0" => Ok(Value::Switch(false)),
                _ => Err(format!("{} is neither yes nor no", quoted(text))),
            },
            Kind::Text { max_chars, .. } => {
                let chars = text.chars().count();
                if chars > *max_chars {
                    return Err(out_of_range(&format!("a text of {chars} characters")));
                }
                one_line(text)?;
                Ok(Value::Text(text.to_owned()))
            }
            Kind::Wholes { min, max, most, .. } => Ok(Value::Wholes(
                self.entries(text, *most)?
                    .map(|entry| self.whole(entry, *min, *max))
                    .collect::<Result<_, _>>()?,
            )),
            Kind::Durations {
                min_ms,
                max_ms,
                most,
                ..
            } => Ok(Value::Durations(
                self.entries(text, *most)?
                    .map(|entry| self.duration(entry, *min_ms, *max_ms))
                    .collect::<Result<_, _>>()?,
            )),
            Kind::Texts {
                max_chars, most, ..
            } => Ok(Value::Texts(
                self.entries(text, *most)?
                    .map(|entry| {
                        if entry.is_empty() {
                            return Err(format!("an entry is empty: {}", self.range()));
                        }
                        one_line(entry)?;
                        match entry.chars().count() {
                            chars if chars > *max_chars => {
                                Err(out_of_range(&format!("a name of {chars} characters")))
                            }
                            _ => Ok(entry.to_owned()),
                        }
                    })
                    .collect::<Result<_, _>>()?,
            )),
        }
    }

    fn entries<'a>(
        &self,
        text: &'a str,
        most: usize,
    ) -> Result<impl Iterator<Item = &'a str> + use<'a>, String> {
        if text.is_empty() {
            return Err(format!("the list is empty: {}", self.range()));
        }
        let count = text.split(',').count();
        if count > most {
            return Err(format!("{count} entries are too many: {}", self.range()));
        }
        Ok(text.split(',').map(str::trim))
    }

    fn whole(&self, text: &str, min: i64, max: i64) -> Result<i64, String> {
        // People write 10,000 and 10_000; a list has its commas taken away already.
        let digits: String = text
            .chars()
            .filter(|c| !matches!(c, '_' | ',' | ' ' | '\u{a0}'))
            .collect();
        let looks_whole = {
            let digits = digits.strip_prefix(['-', '+']).unwrap_or(&digits);
            !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
        };
        if !looks_whole {
            return Err(format!(
                "{} is not a whole number: {}",
                quoted(text),
                self.range()
            ));
        }
        digits
            .parse::<i64>()
            .ok()
            .filter(|value| (min..=max).contains(value))
            .ok_or_else(|| format!("{} is out of range: {}", quoted(text), self.range()))
    }

    fn duration(&self, text: &str, min_ms: u64, max_ms: u64) -> Result<Duration, String> {
        let value = parse_duration(text).ok_or_else(|| {
            format!(
                "{} is not a duration such as 500 ms, 2 s or 1.5 min: {}",
                quoted(text),
                self.range()
            )
        })?;
        if value < Duration::from_millis(min_ms) || value > Duration::from_millis(max_ms) {
            return Err(format!(
                "{} is out of range: {}",
                quoted(text),
                self.range()
            ));
        }
        Ok(value)
    }

    /// The name of the constant in the Python program.
    pub fn python_name(&self) -> String {
        self.key.replace('-', "_").to_ascii_uppercase()
    }
}

impl Value {
    /// As a field shows it, and [`Param::parse`] reads it.
    pub fn text(&self) -> String {
        match self {
            Value::Whole(value) => value.to_string(),
            Value::Duration(value) => duration_text(*value),
            Value::Choice(key) => (*key).to_owned(),
            Value::Switch(value) => if *value { "yes" } else { "no" }.to_owned(),
            Value::Text(text) => text.clone(),
            Value::Wholes(values) => join(values, |value| value.to_string()),
            Value::Durations(values) => join(values, |value| duration_text(*value)),
            Value::Texts(values) => join(values, Clone::clone),
        }
    }

    /// As a literal of the Python program; durations are seconds.
    pub fn python(&self) -> String {
        match self {
            Value::Whole(value) => value.to_string(),
            Value::Duration(value) => seconds(*value),
            Value::Choice(key) => python_string(key),
            Value::Switch(value) => if *value { "True" } else { "False" }.to_owned(),
            Value::Text(text) => python_string(text),
            Value::Wholes(values) => format!("[{}]", join(values, |value| value.to_string())),
            Value::Durations(values) => format!("[{}]", join(values, |value| seconds(*value))),
            Value::Texts(values) => format!("[{}]", join(values, |value| python_string(value))),
        }
    }
}

impl Values {
    /// The default of each parameter.
    pub fn defaults(params: &'static [Param]) -> Self {
        Values {
            params,
            values: params.iter().map(Param::default_value).collect(),
        }
    }

    /// Parameters and values, in the demo's order.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Param, &Value)> {
        self.params.iter().zip(&self.values)
    }

    /// Those that differ from their default: what a link has to hold.
    pub fn changed(&self) -> impl Iterator<Item = (&'static Param, &Value)> {
        self.iter()
            .filter(|(param, value)| **value != param.default_value())
    }

    /// The parameter of that key.
    pub fn param(&self, key: &str) -> Option<&'static Param> {
        self.params.iter().find(|param| param.key == key)
    }

    /// The value of that key.
    pub fn value(&self, key: &str) -> Option<&Value> {
        Some(&self.values[self.index(key)?])
    }

    /// Sets a value from text; on an error the value stays.
    ///
    /// # Errors
    /// As [`Param::parse`]; also when there is no such parameter.
    pub fn set(&mut self, key: &str, text: &str) -> Result<(), String> {
        let index = self.index(key).ok_or_else(|| {
            format!(
                "there is no parameter {}{}",
                quoted(key),
                did_you_mean(key, self.params.iter().map(|param| param.key))
            )
        })?;
        self.values[index] = self.params[index].parse(text)?;
        Ok(())
    }

    fn index(&self, key: &str) -> Option<usize> {
        self.params.iter().position(|param| param.key == key)
    }

    fn typed<'a, T>(&'a self, key: &str, pick: impl Fn(&'a Value) -> Option<T>) -> T {
        // A wrong key is a slip in a demo's own file, which its first test run shows.
        self.value(key)
            .and_then(pick)
            .unwrap_or_else(|| panic!("the demo has no parameter {key} of that kind"))
    }

    /// A whole number.
    pub fn whole(&self, key: &str) -> i64 {
        self.typed(key, |value| match value {
            Value::Whole(value) => Some(*value),
            _ => None,
        })
    }

    /// A length of time.
    pub fn duration(&self, key: &str) -> Duration {
        self.typed(key, |value| match value {
            Value::Duration(value) => Some(*value),
            _ => None,
        })
    }

    /// The key of a choice.
    pub fn choice(&self, key: &str) -> &'static str {
        self.typed(key, |value| match value {
            Value::Choice(key) => Some(*key),
            _ => None,
        })
    }

    /// Yes or no.
    pub fn switch(&self, key: &str) -> bool {
        self.typed(key, |value| match value {
            Value::Switch(value) => Some(*value),
            _ => None,
        })
    }

    /// A short text.
    pub fn text(&self, key: &str) -> &str {
        self.typed(key, |value| match value {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        })
    }

    /// Several whole numbers.
    pub fn wholes(&self, key: &str) -> &[i64] {
        self.typed(key, |value| match value {
            Value::Wholes(values) => Some(values.as_slice()),
            _ => None,
        })
    }

    /// Several lengths of time.
    pub fn durations(&self, key: &str) -> &[Duration] {
        self.typed(key, |value| match value {
            Value::Durations(values) => Some(values.as_slice()),
            _ => None,
        })
    }

    /// Several short texts.
    pub fn texts(&self, key: &str) -> &[String] {
        self.typed(key, |value| match value {
            Value::Texts(values) => Some(values.as_slice()),
            _ => None,
        })
    }
}

fn one_line(text: &str) -> Result<(), String> {
    match text.chars().find(|c| c.is_control()) {
        Some(_) => Err("a name has to be one line without control characters".to_owned()),
        None => Ok(()),
    }
}

fn join<T>(values: &[T], text: impl Fn(&T) -> String) -> String {
    values.iter().map(text).collect::<Vec<_>>().join(", ")
}

/// A string literal that Python reads as `text`.
fn python_string(text: &str) -> String {
    let mut literal = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                literal.push('\\');
                literal.push(c);
            }
            c if c.is_control() => {
                let _ = write!(literal, "\\U{:08x}", c as u32);
            }
            c => literal.push(c),
        }
    }
    literal.push('"');
    literal
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TASKS: Param = Param {
        key: "tasks",
        label: "tasks",
        kind: Kind::Whole {
            default: 3,
            min: 1,
            max: 10_000,
        },
        not_in_python: false,
    };
    const DELAY: Param = Param {
        key: "delay",
        label: "delay",
        kind: Kind::Duration {
            default_ms: 2_000,
            min_ms: 0,
            max_ms: 3_600_000,
        },
        not_in_python: false,
    };
    const NAMES: Param = Param {
        key: "names",
        label: "names",
        kind: Kind::Texts {
            default: &["a"],
            max_chars: 5,
            most: 3,
        },
        not_in_python: false,
    };
    const MODE: Param = Param {
        key: "mode",
        label: "mode",
        kind: Kind::Choice {
            default: "async",
            options: &[("blocking", "blocking"), ("async", "async")],
        },
        not_in_python: false,
    };

    #[track_caller]
    fn refused(param: &Param, text: &str, message: &str) {
        assert_eq!(param.parse(text), Err(message.to_owned()));
    }

    #[test]
    fn whole_numbers_say_what_is_wrong_and_what_is_allowed() {
        assert_eq!(TASKS.parse(" 10,000 "), Ok(Value::Whole(10_000)));
        refused(
            &TASKS,
            "three",
            "“three” is not a whole number: 1 to 10,000",
        );
        refused(&TASKS, "", "“” is not a whole number: 1 to 10,000");
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
