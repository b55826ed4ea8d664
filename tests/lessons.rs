//! What lessons say and what their links do: every link of every step is tried on the run that it
//! speaks of.

use interleave::demo::Demo;
use interleave::demos::DEMOS;
use interleave::derived::moment::{Moment, StepUnit};
use interleave::derived::output;
use interleave::lesson::{Lesson, Part};
use interleave::link;
use interleave::param::Values;
use interleave::text::duration::parse_duration;
use interleave::trace::Trace;
use percent_encoding::percent_decode_str;

/// Most words of a sentence.
const MAX_WORDS: usize = 32;

/// Most sentences of a step.
const MAX_SENTENCES: usize = 2;

/// What a page shows: a scenario, and in demos with versions one or two of them.
#[derive(Clone)]
struct Screen {
    demo: &'static Demo,
    values: Values,
    compare: Option<&'static str>,
}

impl Screen {
    /// As a demo opens: one with versions shows its default and the first of the others.
    fn opened(demo: &'static Demo) -> Self {
        let values = Values::defaults(demo.params);
        let mut screen = Screen {
            demo,
            values,
            compare: None,
        };
        screen.compare = screen.other_versions().next();
        screen
    }

    /// The key of the version in force.
    fn version(&self) -> Option<&'static str> {
        self.demo.mode().map(|mode| self.values.choice(mode.key))
    }

    /// The keys of those that are not in force.
    fn other_versions(&self) -> impl Iterator<Item = &'static str> + use<> {
        let version = self.version();
        let keys = self.demo.modes().iter().map(|(key, _)| *key);
        keys.filter(move |key| Some(*key) != version)
    }

    /// The runs, from the upper one on; `None` for one that needs a browser.
    fn runs(&self) -> Vec<Option<Trace>> {
        let Some(mode) = self.demo.mode() else {
            return vec![self.run(self.values.clone())];
        };
        let keys = self.demo.modes().iter().map(|(key, _)| *key);
        let on_screen = [self.version(), self.compare];
        let shown = keys.filter(|key| on_screen.contains(&Some(*key)));
        let runs = shown.map(|version| {
            let mut values = self.values.clone();
            values.set(mode.key, version).expect("it is a version");
            self.run(values)
        });
        runs.collect()
    }

    fn run(&self, values: Values) -> Option<Trace> {
        let instantly = self.demo.runs_instantly(&values);
        instantly.then(|| self.demo.run_instantly(values))
    }
}

/// Does what a link does. All that is checked about a link's keys is checked here.
///
/// # Errors
/// What is wrong with the link, in words.
fn follow(screen: &mut Screen, query: &str) -> Result<(), String> {
    let mut view = Vec::new();
    let mut compare = None;
    let mut version_named = false;
    for pair in query.split('&') {
        let (key, value) = pair
            .split_once('=')
            .ok_or_else(|| format!("{pair} is no key with a value"))?;
        match key {
            "at" | "task" | "axis" | "zoom" => view.push((key, value)),
            "compare" => compare = Some(value),
            _ => {
                version_named |= screen.demo.mode().is_some_and(|mode| mode.key == key);
                link::apply_query(&mut screen.values, pair)?;
            }
        }
    }
    if let Some(key) = compare {
        let known = screen.other_versions().find(|known| *known == key);
        screen.compare = Some(known.ok_or_else(|| format!("nothing to compare with {key}"))?);
    } else if version_named {
        screen.compare = None;
    }
    let runs = screen.runs();
    for (key, value) in view {
        let problem = || format!("{key}={value} is not there");
        let fits = match key {
            "at" => at(&runs, value),
            "task" => task(&runs, value),
            "axis" => ["time", "turns"].contains(&value),
            _ => zoom(&runs, value),
        };
        fits.then_some(()).ok_or_else(problem)?;
    }
    Ok(())
}

/// Whether the runs have such a moment. What needs a browser may be at any line.
fn at(runs: &[Option<Trace>], value: &str) -> bool {
    if value == "end" {
        return true;
    }
    let (value, slot) = match value.strip_suffix("-b") {
        Some(value) => (value, 1),
        None => (value, 0),
    };
    let Some(run) = runs.get(slot) else {
        return false;
    };
    let number = |word: &str| value.strip_prefix(word)?.parse::<usize>().ok();
    let within = |number: usize, count: &dyn Fn(&Trace) -> usize| {
        number > 0 && run.as_ref().is_none_or(|trace| number <= count(trace))
    };
    if let Some(line) = number("line") {
        return within(line, &|trace| output::lines(trace).count());
    }
    // Nobody knows the turns, events and times of a run that needs a browser.
    if run.is_none() {
        return false;
    }
    if let Some(turn) = number("turn") {
        return within(turn, &|trace: &Trace| Moment::counts(trace, StepUnit::Turn));
    }
    if let Some(event) = number("event") {
        return within(event, &|trace| trace.events.len());
    }
    time_ns(value).is_some_and(|time_ns| time_ns <= longest_ns(runs))
}

fn task(runs: &[Option<Trace>], value: &str) -> bool {
    let Ok(name) = percent_decode_str(value).decode_utf8() else {
        return false;
    };
    let mut traces = runs.iter().flatten();
    traces.any(|trace| trace.tasks.iter().any(|task| *task.name == *name))
}

fn zoom(runs: &[Option<Trace>], value: &str) -> bool {
    let ends = value.split_once("..");
    let ends = ends.and_then(|(from, to)| Some((time_ns(from)?, time_ns(to)?)));
    ends.is_some_and(|(from, to)| from < to && to <= longest_ns(runs))
}

fn longest_ns(runs: &[Option<Trace>]) -> u64 {
    let lengths = runs.iter().flatten().map(Trace::duration_ns);
    lengths.max().unwrap_or(0)
}

/// `0.5s`, in nanoseconds.
fn time_ns(text: &str) -> Option<u64> {
    let number = text.strip_suffix('s')?;
    let plain = number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let duration = plain.then(|| parse_duration(text)).flatten()?;
    u64::try_from(duration.as_nanos()).ok()
}

fn lesson(demo: &Demo) -> Lesson {
    Lesson::parse(demo.lesson.text)
}

/// What a reader reads of a step, with its code.
fn words(parts: &[Part]) -> String {
    let word = |part: &Part| match part {
        Part::Text(text) => text.clone(),
        Part::Code(code) => code.clone(),
        Part::Link { words, .. } => words.clone(),
    };
    parts.iter().map(word).collect()
}

#[test]
fn lessons_have_three_to_five_short_steps() {
    for demo in DEMOS {
        let name = demo.lesson.name;
        let lesson = lesson(demo);
        let count = lesson.steps.len();
        assert!((3..=5).contains(&count), "{name} has {count} steps");
        let lines: Vec<&str> = demo.lesson.text.lines().collect();
        assert_eq!(lines.len(), count, "{name}: a line for each step");
        for (number, (line, step)) in (1..).zip(lines.iter().zip(&lesson.steps)) {
            assert!(line.starts_with(&format!("{number}. ")), "{name}: {line}");
            assert!(step.queries().count() > 0, "{name} {number} has no link");
            for part in &step.parts {
                if let Part::Text(text) = part {
                    assert!(!text.contains(['`', '[', ']']), "{name} {number}: {text}");
                }
            }
            let text = words(&step.parts);
            assert!(text.ends_with(['.', '?']), "{name} {number}: {text}");
            let sentences = sentences(&text);
            assert!(sentences.len() <= MAX_SENTENCES, "{name} {number}: {text}");
            for sentence in sentences {
                let count = sentence.len();
                let sentence = sentence.join(" ");
                assert!(
                    count <= MAX_WORDS,
                    "{name} {number}, {count} words: {sentence}"
                );
            }
        }
    }
}

/// The words of each sentence.
fn sentences(text: &str) -> Vec<Vec<&str>> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let sentences = words.split_inclusive(|word| word.ends_with(['.', '?']));
    sentences.map(<[&str]>::to_vec).collect()
}

#[test]
fn a_lesson_opens_at_a_moment_and_at_the_defaults() {
    for demo in DEMOS {
        let name = demo.lesson.name;
        let lesson = lesson(demo);
        let first = lesson.steps[0].queries().next().expect("a step has a link");
        let keys: Vec<&str> = first
            .split('&')
            .filter_map(|pair| Some(pair.split_once('=')?.0))
            .collect();
        assert!(keys.contains(&"at"), "{name}: {first} says no moment");
        for key in keys {
            assert!(
                ["at", "task", "axis", "zoom"].contains(&key),
                "{name}: {key} in the first link"
            );
        }
        assert!(!first.contains("at=end"), "{name} opens at the end");
        assert!(!first.contains("at=0s"), "{name} opens before anything");
    }
}

#[test]
fn every_link_does_what_it_says_from_the_start_and_one_after_the_other() {
    let mut tried = 0;
    for demo in DEMOS {
        let mut one_after_the_other = Screen::opened(demo);
        for (number, step) in (1..).zip(&lesson(demo).steps) {
            for query in step.queries() {
                for screen in [&mut Screen::opened(demo), &mut one_after_the_other] {
                    if let Err(problem) = follow(screen, query) {
                        panic!("{} {number}: ?{query}: {problem}", demo.lesson.name);
                    }
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 2 * 3 * DEMOS.len(), "{tried} links");
}

#[test]
fn most_lessons_ask_the_reader_to_try() {
    let tries = |demo: &&&Demo| {
        let steps = lesson(demo).steps;
        let mut keys = steps
            .iter()
            .flat_map(|step| step.queries())
            .flat_map(|query| query.split('&'))
            .filter_map(|pair| Some(pair.split_once('=')?.0));
        keys.any(|key| demo.params.iter().any(|param| param.key == key))
    };
    let without: Vec<&str> = DEMOS
        .iter()
        .filter(|demo| !tries(demo))
        .map(|demo| demo.slug)
        .collect();
    assert!(without.len() <= DEMOS.len() / 10, "{without:?}");
}

#[test]
fn a_link_that_leads_nowhere_is_found() {
    let demo = |slug: &str| interleave::demos::find(slug).expect("the demo exists");
    let problem = |slug: &str, query: &str| {
        let mut screen = Screen::opened(demo(slug));
        follow(&mut screen, query).expect_err(query)
    };
    for query in [
        "at=9s",
        "at=0s5",
        "at=-1s",
        "at=1h",
        "at=line0",
        "at=line99",
        "at=turn99",
        "at=event999",
        "at=line8-c",
        "at=",
        "task=C",
        "task=%FF",
        "axis=space",
        "zoom=1s..1s",
        "zoom=1s..9s",
        "zoom=1s",
        "compare=async",
        "compare=fast",
    ] {
        problem("factorial", query);
    }
    assert!(problem("factorial", "a=99").contains("out of range"));
    assert!(problem("factorial", "dely=1s").contains("did you mean delay?"));
    assert!(problem("factorial", "mode=async&at=line1-b").contains("line1-b"));
    problem("timer-clamp", "at=1s");
    problem("event", "compare=async");

    let mut screen = Screen::opened(demo("factorial"));
    assert_eq!(screen.compare, Some("blocking"));
    for query in [
        "at=line8-b",
        "at=5s",
        "mode=async",
        "at=3s",
        "compare=blocking",
        "at=5s",
    ] {
        assert_eq!(follow(&mut screen, query), Ok(()), "{query}");
    }
}
