//! A scenario as the fragment of a link: `#1/factorial?a=5&mode=blocking&at=1.5s`.
//!
//! It holds a version, the demo, every parameter that differs from its default, and what of the
//! runs is shown ([`view`]), in words that a person can read and edit. Nothing in a link can fail
//! as a whole: what cannot be understood becomes a sentence, and the rest is kept.
//!
//! A demo with versions opens with two of them side by side. A link that names one version shows
//! that alone, as links did before there were two.

pub mod view;

use crate::demo::Demo;
use crate::demos::{self, DEMOS};
use crate::link::view::View;
use crate::param::{Value, Values};
use crate::text::number::grouped;
use crate::text::words::{did_you_mean, quoted};
use crate::trace::ClockKind;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// The version of the form of links.
const VERSION: &str = "1";

/// Most characters of a link's fragment.
pub const MAX_CHARS: usize = 8_000;

/// Most sentences about one link; the last says how many more there would be.
pub const MAX_COMPLAINTS: usize = 6;

/// How many times as fast as real time a long run may go. A browser's timers take whole
/// milliseconds, so that much faster pauses would be mostly their error.
pub const SPEEDS: [u32; 4] = [1, 10, 100, 1_000];

/// What a link points to.
#[derive(Clone)]
pub struct Scenario {
    /// The program.
    pub demo: &'static Demo,
    /// Its parameters.
    pub values: Values,
    /// The clock to run it with.
    pub clock: ClockKind,
    /// How many times as fast as real time a live run goes; `None` where nobody chose.
    pub speed: Option<u32>,
    /// A second mode to run beside the chosen one; never the chosen one itself.
    pub compare: Option<&'static str>,
}

impl PartialEq for Scenario {
    fn eq(&self, other: &Self) -> bool {
        self.demo.slug == other.demo.slug
            && self.values == other.values
            && self.clock == other.clock
            && self.speed == other.speed
            && self.compare == other.compare
    }
}

impl Scenario {
    /// A demo as the gallery opens it.
    pub fn defaults_of(demo: &'static Demo) -> Self {
        Scenario {
            demo,
            values: Values::defaults(demo.params),
            clock: ClockKind::Live,
            speed: None,
            compare: default_comparison(demo),
        }
    }

    /// The scenario of each run on screen: one, or one for each of two modes in the demo's order.
    pub fn runs(&self) -> Vec<Scenario> {
        let mut first = self.clone();
        let Some(second_mode) = first.compare.take() else {
            return vec![first];
        };
        let mut second = first.clone();
        // The key of a mode is a value of that parameter.
        let _ = second.values.set_mode(second_mode);
        let place = |scenario: &Scenario| {
            let mode = scenario.values.mode();
            scenario
                .demo
                .modes()
                .iter()
                .position(|(key, _)| Some(*key) == mode)
        };
        if place(&second) < place(&first) {
            std::mem::swap(&mut first, &mut second);
        }
        vec![first, second]
    }

    /// Whether a key is that of the parameter that chooses between the versions.
    fn is_version(&self, key: &str) -> bool {
        self.demo.mode().is_some_and(|param| param.key == key)
    }

    /// Whether it shows the versions with which its demo opens.
    fn has_default_versions(&self) -> bool {
        let default = default_comparison(self.demo);
        let version = self.demo.mode();
        self.compare == default
            && version
                .is_none_or(|param| self.values.value(param.key) == Some(&param.default_value()))
    }

    /// Asks for a comparison with another mode, or for none.
    ///
    /// # Errors
    /// When the demo has no such mode, or it is the one that is chosen.
    pub fn compare_with(&mut self, mode: Option<&str>) -> Result<(), String> {
        let Some(mode) = mode else {
            self.compare = None;
            return Ok(());
        };
        let modes = self.demo.modes();
        let Some((key, _)) = modes.iter().find(|(key, _)| *key == mode) else {
            return Err(match modes {
                [] => "this demo has no modes to compare".to_owned(),
                _ => format!(
                    "{} is not one of {}{}",
                    quoted(mode),
                    modes
                        .iter()
                        .map(|(key, _)| *key)
                        .collect::<Vec<_>>()
                        .join(", "),
                    did_you_mean(mode, modes.iter().map(|(key, _)| *key))
                ),
            });
        };
        if self.values.mode() == Some(*key) {
            return Err(format!("{} cannot be compared with itself", quoted(mode)));
        }
        self.compare = Some(key);
        Ok(())
    }
}

/// The version beside which a demo's default one is shown at first.
fn default_comparison(demo: &Demo) -> Option<&'static str> {
    let default = demo.mode()?.default_value();
    let keys = demo.modes().iter().map(|(key, _)| *key);
    keys.into_iter().find(|key| Value::Choice(key) != default)
}

/// What a link says: the scenario, and what of it is shown.
#[derive(Clone, PartialEq)]
pub struct Link {
    /// What is run.
    pub scenario: Scenario,
    /// What of it is shown.
    pub view: View,
}

impl Link {
    /// A link as a step of a lesson has it, which says only what changes: `pause=0s&at=0.5s`.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn followed(&self, query: &str) -> Result<Self, String> {
        let mut next = self.clone();
        next.view = View::default();
        let mut compare = None;
        for (key, value) in pairs(query) {
            let value = decoded(value).ok_or_else(|| format!("{} is broken", quoted(value)))?;
            if view::KEYS.contains(&key) {
                next.view.set(key, &value)?;
            } else if key == "compare" {
                compare = Some(value);
            } else {
                next.scenario.values.set(key, &value)?;
                if next.scenario.is_version(key) {
                    next.scenario.compare = None;
                }
            }
        }
        match compare {
            None => {}
            // Who is looking at that version alone gets the two that the demo opens with.
            Some(mode) if next.scenario.compare_with(Some(&mode)).is_err() => {
                if let Some(version) = next.scenario.demo.mode() {
                    let default = version.default_value().text();
                    next.scenario.values.set(version.key, &default)?;
                }
                next.scenario.compare_with(Some(&mode))?;
            }
            Some(_) => {}
        }
        Ok(next)
    }
}

/// Characters that need no escape in a value, so that links stay readable.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b',')
    .remove(b'_');

/// The fragment, without `#`, for what one worker runs or a reader opens as it comes.
pub fn encode(scenario: &Scenario) -> String {
    encode_with(scenario, &View::default())
}

/// The fragment, without `#`.
pub fn encode_with(scenario: &Scenario, view: &View) -> String {
    let mut fragment = format!("{VERSION}/{}", scenario.demo.slug);
    let mut separator = '?';
    let mut add = |key: &str, value: &str| {
        fragment.push(separator);
        fragment.push_str(key);
        fragment.push('=');
        fragment.extend(utf8_percent_encode(value, ESCAPED));
        separator = '&';
    };
    let opens_so = scenario.has_default_versions();
    for (param, value) in scenario.values.iter() {
        // One version alone is named even where it is the default.
        let alone = scenario.is_version(param.key) && scenario.compare.is_none() && !opens_so;
        if *value == param.default_value() && !alone {
            continue;
        }
        add(param.key, &value.compact_text());
    }
    if scenario.clock == ClockKind::Instant {
        add("clock", "instant");
    }
    if let Some(speed) = scenario.speed {
        add("speed", &speed.to_string());
    }
    if let (Some(mode), false) = (scenario.compare, opens_so) {
        add("compare", mode);
    }
    for (key, value) in view.pairs() {
        add(key, &value);
    }
    fragment
}

/// What is wrong with a link: equal sentences once, and past a few only how many there are.
#[derive(Default)]
struct Complaints {
    sentences: Vec<String>,
    more: usize,
}

impl Complaints {
    fn push(&mut self, sentence: String) {
        if self.sentences.contains(&sentence) {
            return;
        }
        if self.sentences.len() + 1 < MAX_COMPLAINTS {
            self.sentences.push(sentence);
        } else {
            self.more += 1;
        }
    }

    fn into_sentences(mut self) -> Vec<String> {
        match self.more {
            0 => {}
            1 => self
                .sentences
                .push("one more part of the link was not understood".to_owned()),
            more => self.sentences.push(format!(
                "{} more parts of the link were not understood",
                grouped(more as i64)
            )),
        }
        self.sentences
    }
}

/// Reads a fragment, without `#`. The sentences say what was not understood; they are at most
/// [`MAX_COMPLAINTS`].
pub fn decode(fragment: &str) -> (Link, Vec<String>) {
    let mut link = Link {
        scenario: Scenario::defaults_of(DEMOS[0]),
        view: View::default(),
    };
    let mut complaints = Complaints::default();
    decode_into(&mut link, fragment, &mut complaints);
    (link, complaints.into_sentences())
}

fn decode_into(link: &mut Link, fragment: &str, complaints: &mut Complaints) {
    let Link { scenario, view } = link;
    if fragment.is_empty() {
        return;
    }
    let chars = fragment.chars().count();
    if chars > MAX_CHARS {
        complaints.push(format!(
            "the link has {} characters, and at most {} are read: here is the first demo instead",
            grouped(chars as i64),
            grouped(MAX_CHARS as i64)
        ));
        return;
    }
    let rest = match fragment.split_once('/') {
        Some((VERSION, rest)) => rest,
        Some((version, rest)) if version.chars().all(|c| c.is_ascii_digit()) => {
            complaints.push(format!(
                "the link has version {}, and this page reads version {VERSION}: what both know is shown",
                quoted(version)
            ));
            rest
        }
        // People also type the demo's name alone.
        _ => fragment,
    };
    let (slug, query) = rest.split_once('?').unwrap_or((rest, ""));
    match decoded(slug).map(|slug| demos::find(&slug).ok_or(slug)) {
        Some(Ok(demo)) => *scenario = Scenario::defaults_of(demo),
        Some(Err(slug)) => {
            let near = did_you_mean(&slug, DEMOS.iter().map(|demo| demo.slug));
            complaints.push(format!(
                "there is no demo {}{near}{} here is the first one instead",
                quoted(&slug),
                // A question ends with its own mark.
                if near.is_empty() { ":" } else { "" }
            ));
            return;
        }
        None => {
            complaints.push(format!(
                "the demo's name {} is broken: here is the first demo instead",
                quoted(slug)
            ));
            return;
        }
    }
    let mut compare = None;
    let mut names_version = false;
    for (key, value) in pairs(query) {
        let (Some(key), Some(value)) = (decoded(key), decoded(value)) else {
            complaints.push(format!(
                "the part {} of the link is broken: its percent signs do not make text",
                quoted(&format!("{key}={value}"))
            ));
            continue;
        };
        let understood = match (&*key, &*value) {
            ("clock", "instant") => {
                scenario.clock = ClockKind::Instant;
                Ok(())
            }
            ("clock", "live") => Ok(()),
            ("clock", other) => Err(format!("{} is neither live nor instant", quoted(other))),
            ("speed", text) => match SPEEDS.iter().find(|speed| speed.to_string() == text) {
                Some(speed) => {
                    scenario.speed = Some(*speed);
                    Ok(())
                }
                None => Err(format!(
                    "{} is not one of 1, 10, 100 and 1000",
                    quoted(text)
                )),
            },
            // Only once the mode is known.
            ("compare", mode) => {
                compare = Some(mode.to_owned());
                Ok(())
            }
            (key, value) if view::KEYS.contains(&key) => view.set(key, value),
            (key, value) => {
                names_version |= scenario.is_version(key);
                scenario.values.set(key, value)
            }
        };
        if let Err(problem) = understood {
            let is_view = view::KEYS.contains(&&*key);
            complaints.push(
                if ["clock", "speed"].contains(&&*key) || scenario.values.param(&key).is_some() {
                    format!("{key}: {problem}; the default stays")
                } else if is_view {
                    format!("{key}: {problem}")
                } else {
                    problem
                },
            );
        }
    }
    if (compare.is_some() || names_version)
        && let Err(problem) = scenario.compare_with(compare.as_deref())
    {
        scenario.compare = None;
        complaints.push(format!("compare: {problem}"));
    }
}

/// What an engine needs of a link: the demo's slug, and its query for [`set_known`].
///
/// The page writes such a link by itself; what an engine does not know is left to the page.
pub fn parts(fragment: &str) -> (&str, &str) {
    let (_, rest) = fragment.split_once('/').unwrap_or(("", fragment));
    rest.split_once('?').unwrap_or((rest, ""))
}

/// Sets the parameters that a query names, as far as they are understood.
pub fn set_known(values: &mut Values, query: &str) {
    for (key, value) in pairs(query) {
        // What is wrong in a link is said by the page that opened it.
        let _ = set(values, key, value);
    }
}

/// Sets parameters from the part of a link after `?`.
///
/// # Errors
/// The first thing that is wrong.
pub fn apply_query(values: &mut Values, query: &str) -> Result<(), String> {
    pairs(query).try_for_each(|(key, value)| set(values, key, value))
}

/// Sets a parameter to a value as it stands in a link.
fn set(values: &mut Values, key: &str, value: &str) -> Result<(), String> {
    let value = decoded(value).ok_or_else(|| format!("{} is broken", quoted(value)))?;
    values.set(key, &value)
}

fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| part.split_once('=').unwrap_or((part, "")))
}

/// `None` when the escapes are not those of a text.
fn decoded(text: &str) -> Option<String> {
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let escape = byte == b'%';
        if escape && !(0..2).all(|_| rest.next().is_some_and(|b| b.is_ascii_hexdigit())) {
            return None;
        }
    }
    let bytes = percent_decode_str(text);
    Some(bytes.decode_utf8().ok()?.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(fragment: &str, kept: &str, complaints: &[&str]) {
        let (link, found) = decode(fragment);
        assert_eq!(encode_with(&link.scenario, &link.view), kept);
        assert_eq!(found, complaints);
    }

    #[test]
    fn a_link_holds_only_what_differs() {
        check("1/factorial", "1/factorial", &[]);
        check("1/factorial?a=3&b=5&delay=1s", "1/factorial?b=5", &[]);
        check(
            "1/factorial?delay=1.5%20s&clock=instant",
            "1/factorial?delay=1.5s&clock=instant",
            &[],
        );
        check("1/chess?speed=10", "1/chess?speed=10", &[]);
        check(
            "1/chess?speed=7",
            "1/chess",
            &["speed: “7” is not one of 1, 10, 100 and 1000; the default stays"],
        );
        check("factorial", "1/factorial", &[]);
        check("1/factorial?compare=blocking&a=5", "1/factorial?a=5", &[]);
        // One version alone is named, the default one too.
        check("1/factorial?mode=async", "1/factorial?mode=async", &[]);
        check(
            "1/cooking?compare=parallel&at=1.5%20s&task=sauce&axis=turns&zoom=1s..2s&lesson=2",
            "1/cooking?compare=parallel&at=1.5s&task=sauce&axis=turns&zoom=1s..2s&lesson=2",
            &[],
        );
        check("", "1/hello-blocking-async", &[]);
    }

    #[test]
    fn what_is_not_understood_is_named_and_the_rest_is_kept() {
        check(
            "1/factorail?a=5",
            "1/hello-blocking-async",
            &[
                "there is no demo “factorail”, did you mean factorial? here is the first one instead",
            ],
        );
        check(
            "1/factorial?a=99&b=5&dely=1&clock=slow",
            "1/factorial?b=5",
            &[
                "a: “99” is out of range: 0 to 30; the default stays",
                "there is no parameter “dely”, did you mean delay?",
                "clock: “slow” is neither live nor instant; the default stays",
            ],
        );
        check(
            "1/factorial?a=%E9&b=%&delay=2s",
            "1/factorial?delay=2s",
            &[
                "the part “a=%E9” of the link is broken: its percent signs do not make text",
                "the part “b=%” of the link is broken: its percent signs do not make text",
            ],
        );
        check(
            "1/deadlock?at=soon&zoom=2s..1s&pause=2s&axis=up&lesson=x&cities=paris",
            "1/deadlock?pause=2s",
            &[
                "at: “soon” is neither a time such as 1.5 s or 300 ms nor turn 4, event 12, line 3 or end",
                "zoom: “2s..1s” shows nothing: its end is not after its start",
                "axis: “up” is neither time nor turns",
                "lesson: “x” is not the number of a step",
                "there is no parameter “cities”",
            ],
        );
        check(
            "1/factorial?mode=blocking&compare=blocking",
            "1/factorial?mode=blocking",
            &["compare: “blocking” cannot be compared with itself"],
        );
        check(
            "1/queue-workers?compare=fast",
            "1/queue-workers",
            &["compare: this demo has no modes to compare"],
        );
        check(
            "7/factorial?b=5",
            "1/factorial?b=5",
            &["the link has version “7”, and this page reads version 1: what both know is shown"],
        );
        check(
            &"x".repeat(100_000),
            "1/hello-blocking-async",
            &[
                "the link has 100,000 characters, and at most 8,000 are read: here is the first demo instead",
            ],
        );
    }

    #[test]
    fn many_wrong_parts_make_few_sentences() {
        let (link, complaints) = decode(&format!("1/factorial?{}b=5", "x&".repeat(3_900)));
        assert_eq!(complaints, ["there is no parameter “x”"]);
        assert_eq!(encode(&link.scenario), "1/factorial?b=5");

        let parts: String = (0..500).map(|part| format!("x{part:03}=1&")).collect();
        let (_, complaints) = decode(&format!("1/factorial?{parts}"));
        assert_eq!(complaints.len(), MAX_COMPLAINTS);
        assert_eq!(complaints[0], "there is no parameter “x000”");
        assert_eq!(
            complaints.last().map(String::as_str),
            Some("495 more parts of the link were not understood")
        );
        let (_, complaints) = decode(&format!("1/factorial?{}", &parts[..42]));
        assert_eq!(
            complaints.last().map(String::as_str),
            Some("one more part of the link was not understood")
        );
    }

    proptest::proptest! {
        #[test]
        fn no_fragment_makes_it_panic(fragment in "\\PC{0,200}") {
            decode(&fragment);
            decode(&format!("1/queue-workers?{fragment}"));
        }
    }
}
