//! The parameters of a demo: what they are ([`Param`]), how they are read, and their values.
//!
//! Everything that has to do with a parameter derives from its [`Param`]: the form field with
//! its limits, the key in a link, the constant in the Python program.

mod parse;
mod value;

pub use value::{Value, Values};

use std::ops::RangeInclusive;
use std::time::Duration;

/// A minute in milliseconds, the unit of limits of durations.
pub const MINUTE_MS: u64 = 60_000;

/// An hour in milliseconds.
pub const HOUR_MS: u64 = 60 * MINUTE_MS;

/// One parameter of a demo.
#[derive(Debug)]
pub struct Param {
    /// The name in links: lower case, words joined by `-`. The Python program has a constant of
    /// the same name in upper case, words joined by `_`.
    pub key: &'static str,
    /// The label of the field: the key, where nothing else is said.
    pub label: &'static str,
    /// What values it takes.
    pub kind: Kind,
    default: Literal,
    /// Whether it chooses between versions of the program, of which two can be compared.
    pub is_mode: bool,
    /// Whether the Python program knows nothing of it.
    pub page_only: bool,
}

/// What values a parameter takes; limits are inclusive.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// One value.
    One(Item),
    /// Several values, separated by commas; at least one.
    List {
        /// Each of them; texts may not be empty here.
        item: Item,
        /// Most values.
        max_len: usize,
    },
    /// One of several words.
    Choice {
        /// Key and label of each.
        options: &'static [(&'static str, &'static str)],
    },
    /// Yes or no.
    Switch,
}

/// What one value is, alone or in a list.
#[derive(Clone, Copy, Debug)]
pub enum Item {
    /// A whole number.
    Int {
        /// Least.
        min: i64,
        /// Most.
        max: i64,
    },
    /// A length of time, in milliseconds here.
    Duration {
        /// Least.
        min_ms: u64,
        /// Most.
        max_ms: u64,
    },
    /// A short text.
    Text {
        /// Most characters; it may be empty.
        max_chars: usize,
    },
}

/// A value as a constant can hold it.
#[derive(Clone, Copy, Debug)]
enum Literal {
    Int(i64),
    Ms(u64),
    Switch(bool),
    /// As a person writes it; the demos' tests hold that it is allowed.
    Text(&'static str),
}

impl Param {
    const fn new(key: &'static str, kind: Kind, default: Literal) -> Param {
        Param {
            key,
            label: key,
            kind,
            default,
            is_mode: false,
            page_only: false,
        }
    }

    /// A whole number.
    pub const fn int(key: &'static str, default: i64, limits: RangeInclusive<i64>) -> Param {
        Param::new(key, Kind::One(Item::int(&limits)), Literal::Int(default))
    }

    /// A length of time; default and limits in milliseconds.
    pub const fn duration_ms(
        key: &'static str,
        default_ms: u64,
        limits_ms: RangeInclusive<u64>,
    ) -> Param {
        let item = Item::duration(&limits_ms);
        Param::new(key, Kind::One(item), Literal::Ms(default_ms))
    }

    /// A short text.
    pub const fn text(key: &'static str, default: &'static str, max_chars: usize) -> Param {
        let item = Item::Text { max_chars };
        Param::new(key, Kind::One(item), Literal::Text(default))
    }

    /// One of several words: key and label of each; the default is a key.
    pub const fn choice(
        key: &'static str,
        default: &'static str,
        options: &'static [(&'static str, &'static str)],
    ) -> Param {
        Param::new(key, Kind::Choice { options }, Literal::Text(default))
    }

    /// A choice between versions of the program, called `mode` in links.
    pub const fn mode(
        default: &'static str,
        options: &'static [(&'static str, &'static str)],
    ) -> Param {
        Param {
            is_mode: true,
            ..Param::choice("mode", default, options).label("version")
        }
    }

    /// Yes or no.
    pub const fn switch(key: &'static str, default: bool) -> Param {
        Param::new(key, Kind::Switch, Literal::Switch(default))
    }

    /// Whole numbers; the default as a person writes it, such as `2, 3, 5`.
    pub const fn ints(
        key: &'static str,
        default: &'static str,
        limits: RangeInclusive<i64>,
        max_len: usize,
    ) -> Param {
        Param::list(key, default, Item::int(&limits), max_len)
    }

    /// Lengths of time; the default as a person writes it, such as `500 ms, 2 s`.
    pub const fn durations_ms(
        key: &'static str,
        default: &'static str,
        limits_ms: RangeInclusive<u64>,
        max_len: usize,
    ) -> Param {
        Param::list(key, default, Item::duration(&limits_ms), max_len)
    }

    /// Short texts; the default as a person writes it, such as `paris, toulouse`.
    pub const fn texts(
        key: &'static str,
        default: &'static str,
        max_chars: usize,
        max_len: usize,
    ) -> Param {
        Param::list(key, default, Item::Text { max_chars }, max_len)
    }

    const fn list(key: &'static str, default: &'static str, item: Item, max_len: usize) -> Param {
        Param::new(key, Kind::List { item, max_len }, Literal::Text(default))
    }

    /// With that label.
    pub const fn label(self, label: &'static str) -> Param {
        Param { label, ..self }
    }

    /// Unknown to the Python program.
    pub const fn page_only(self) -> Param {
        Param {
            page_only: true,
            ..self
        }
    }

    /// The value at first.
    pub fn default_value(&self) -> Value {
        match self.default {
            Literal::Int(value) => Value::Int(value),
            Literal::Ms(ms) => Value::Duration(Duration::from_millis(ms)),
            Literal::Switch(value) => Value::Switch(value),
            Literal::Text(text) => self
                .parse(text)
                .unwrap_or_else(|problem| panic!("the default of {}: {problem}", self.key)),
        }
    }

    /// The name of the constant in the Python program.
    pub fn python_name(&self) -> String {
        self.key.replace('-', "_").to_ascii_uppercase()
    }
}

impl Item {
    const fn int(limits: &RangeInclusive<i64>) -> Item {
        Item::Int {
            min: *limits.start(),
            max: *limits.end(),
        }
    }

    const fn duration(limits_ms: &RangeInclusive<u64>) -> Item {
        Item::Duration {
            min_ms: *limits_ms.start(),
            max_ms: *limits_ms.end(),
        }
    }
}
