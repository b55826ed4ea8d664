//! The values of parameters, and how they read as text.

use crate::param::Param;
use crate::text::duration::{duration_text, seconds};
use crate::text::words::{did_you_mean, quoted};
use std::fmt::Write as _;
use std::time::Duration;

/// A parameter's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Of [`Item::Int`](crate::param::Item::Int).
    Int(i64),
    /// Of [`Item::Duration`](crate::param::Item::Duration).
    Duration(Duration),
    /// Of [`Kind::Choice`](crate::param::Kind::Choice): the key.
    Choice(&'static str),
    /// Of [`Kind::Switch`](crate::param::Kind::Switch).
    Switch(bool),
    /// Of [`Item::Text`](crate::param::Item::Text).
    Text(String),
    /// Of [`Kind::List`](crate::param::Kind::List): values of one sort.
    List(Vec<Value>),
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

impl Value {
    /// As a field shows it, and [`Param::parse`] reads it.
    pub fn text(&self) -> String {
        match self {
            Value::Int(value) => value.to_string(),
            Value::Duration(value) => duration_text(*value),
            Value::Choice(key) => (*key).to_owned(),
            Value::Switch(value) => if *value { "yes" } else { "no" }.to_owned(),
            Value::Text(text) => text.clone(),
            Value::List(values) => join(values, Value::text),
        }
    }

    /// As [`Self::text`] but without the spaces that nobody misses: "1.5s" reads like "1.5 s", and
    /// in a text the spaces are the reader's own.
    pub fn compact_text(&self) -> String {
        match self {
            Value::Text(text) => text.clone(),
            Value::List(values) => {
                let entries: Vec<String> = values.iter().map(Value::compact_text).collect();
                entries.join(",")
            }
            _ => self.text().replace(' ', ""),
        }
    }

    /// As a literal of the Python program; durations are seconds.
    pub fn python(&self) -> String {
        match self {
            Value::Int(value) => value.to_string(),
            Value::Duration(value) => seconds(*value),
            Value::Choice(key) => python_string(key),
            Value::Switch(value) => if *value { "True" } else { "False" }.to_owned(),
            Value::Text(text) => python_string(text),
            Value::List(values) => format!("[{}]", join(values, Value::python)),
        }
    }

    fn as_int(&self) -> Option<i64> {
        match self {
            Value::Int(value) => Some(*value),
            _ => None,
        }
    }

    fn as_duration(&self) -> Option<Duration> {
        match self {
            Value::Duration(value) => Some(*value),
            _ => None,
        }
    }

    fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
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

    /// The version of the program that is chosen; nothing where there is only one.
    pub fn mode(&self) -> Option<&'static str> {
        let param = self.params.iter().find(|param| param.is_mode)?;
        Some(self.choice(param.key))
    }

    /// Chooses a version of the program.
    ///
    /// # Errors
    /// When there is no such version; as [`Self::set`].
    pub fn set_mode(&mut self, mode: &str) -> Result<(), String> {
        let param = self.params.iter().find(|param| param.is_mode);
        let param = param.ok_or("there is one version only")?;
        self.set(param.key, mode)
    }

    fn index(&self, key: &str) -> Option<usize> {
        self.params.iter().position(|param| param.key == key)
    }

    /// A value that `pick` finds to be of the kind it asks for.
    fn typed<'a, T>(&'a self, key: &str, pick: impl Fn(&'a Value) -> Option<T>) -> T {
        // A wrong key is a slip in a demo's own file, which its first test run shows.
        self.value(key)
            .and_then(pick)
            .unwrap_or_else(|| panic!("the demo has no parameter {key} of that kind"))
    }

    /// A whole number.
    pub fn int(&self, key: &str) -> i64 {
        self.typed(key, Value::as_int)
    }

    /// A length of time.
    pub fn duration(&self, key: &str) -> Duration {
        self.typed(key, Value::as_duration)
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
        self.typed(key, Value::as_text)
    }

    /// Several whole numbers.
    pub fn ints(&self, key: &str) -> Vec<i64> {
        self.list(key, Value::as_int)
    }

    /// Several lengths of time.
    pub fn durations(&self, key: &str) -> Vec<Duration> {
        self.list(key, Value::as_duration)
    }

    /// Several short texts.
    pub fn texts(&self, key: &str) -> Vec<&str> {
        self.list(key, Value::as_text)
    }

    fn list<'a, T>(&'a self, key: &str, pick: impl Fn(&'a Value) -> Option<T>) -> Vec<T> {
        self.typed(key, |value| match value {
            Value::List(values) => values.iter().map(&pick).collect(),
            _ => None,
        })
    }
}

fn join(values: &[Value], text: impl Fn(&Value) -> String) -> String {
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
