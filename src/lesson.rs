//! What a demo has to say: a few steps, each with links that move the page to what they speak of.
//!
//! A lesson is a Markdown file with one ordered list and a line for each step:
//!
//! ```text
//! 1. At first [both tasks read 0](?at=line2): nothing stands between a read and an `await`.
//! 2. [Set the pause to 0](?pause=0s&at=end): does it help?
//! ```
//!
//! Of Markdown's inline forms it knows two: code in backquotes, and links. A link's address is
//! `?` and the part of a scenario link after its question mark, applied to what is on screen.

/// The steps of a lesson, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lesson {
    /// What the demo is about, in a sentence or two: the first line of the file, where that is no
    /// step. In the built page it is.
    pub summary: String,
    /// What the reader is led through.
    pub steps: Vec<Step>,
}

/// A sentence or two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it consists of, in order; none is empty.
    pub parts: Vec<Part>,
}

/// A stretch of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Plain words.
    Text(String),
    /// Code, without its backquotes.
    Code(String),
    /// Words that act when they are chosen.
    Link {
        /// What the reader sees; code in it stands in backquotes.
        words: String,
        /// What it does: `pause=0s&at=end`, without the question mark.
        query: String,
    },
}

impl Lesson {
    /// Reads the Markdown of a lesson. Lines that are not items of a list are no steps, and a form
    /// that is not complete is plain text: what is wrong with a lesson shows, and stops nothing.
    pub fn parse(text: &str) -> Self {
        let steps = text
            .lines()
            .filter_map(item)
            .map(|item| Step { parts: parts(item) });
        let first = text.lines().next().unwrap_or_default();
        Lesson {
            summary: match item(first) {
                None => first.trim().to_owned(),
                Some(_) => String::new(),
            },
            steps: steps.collect(),
        }
    }
}

impl Step {
    /// The queries of its links, in order.
    pub fn queries(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Link { query, .. } => Some(query.as_str()),
            _ => None,
        })
    }
}

/// The text of an item of an ordered list: `1. text`.
fn item(line: &str) -> Option<&str> {
    let (number, text) = line.split_once(". ")?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.trim())
}

fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(['`', '[']) {
        let (before, from) = rest.split_at(start);
        plain.push_str(before);
        if let Some((part, after)) = code(from).or_else(|| link(from)) {
            flush(&mut plain, &mut parts);
            parts.push(part);
            rest = after;
        } else {
            // Both signs are one byte long.
            plain.push_str(&from[..1]);
            rest = &from[1..];
        }
    }
    plain.push_str(rest);
    flush(&mut plain, &mut parts);
    parts
}

fn flush(plain: &mut String, parts: &mut Vec<Part>) {
    if !plain.is_empty() {
        parts.push(Part::Text(std::mem::take(plain)));
    }
}

/// The code at the start of a text, and what follows it.
fn code(text: &str) -> Option<(Part, &str)> {
    let (code, after) = text.strip_prefix('`')?.split_once('`')?;
    (!code.is_empty()).then(|| (Part::Code(code.to_owned()), after))
}

/// The link at the start of a text, and what follows it.
fn link(text: &str) -> Option<(Part, &str)> {
    let (words, rest) = text.strip_prefix('[')?.split_once("](?")?;
    let (query, after) = rest.split_once(')')?;
    let complete = !words.is_empty() && !query.is_empty() && !words.contains('[');
    complete.then(|| {
        let link = Part::Link {
            words: words.to_owned(),
            query: query.to_owned(),
        };
        (link, after)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(text: &str) -> Part {
        Part::Text(text.to_owned())
    }

    fn code(code: &str) -> Part {
        Part::Code(code.to_owned())
    }

    fn link(words: &str, query: &str) -> Part {
        Part::Link {
            words: words.to_owned(),
            query: query.to_owned(),
        }
    }

    #[track_caller]
    fn check(markdown: &str, steps: &[&[Part]]) {
        let found = Lesson::parse(markdown);
        let found: Vec<&[Part]> = found.steps.iter().map(|step| &*step.parts).collect();
        assert_eq!(found, steps);
    }

    #[test]
    fn a_step_is_text_code_and_links() {
        check(
            "1. At an `await` [both `write` 1](?at=0.5s&task=task%201).\n2. [Try](?pause=0s)\n",
            &[
                &[
                    text("At an "),
                    code("await"),
                    text(" "),
                    link("both `write` 1", "at=0.5s&task=task%201"),
                    text("."),
                ],
                &[link("Try", "pause=0s")],
            ],
        );
    }

    #[test]
    fn lines_that_are_no_items_are_no_steps() {
        check("", &[]);
        check("A heading\n\n1. One.\n", &[&[text("One.")]]);
        check("Version 1. 5 is not one.\n- nor is this\n. nor this\n", &[]);
    }

    #[test]
    fn what_is_not_complete_is_plain_text() {
        for left in [
            "an open `backquote",
            "`` is no code",
            "[no address]",
            "[elsewhere](https://example.org)",
            "[no query](?)",
            "[](?at=end)",
            "[open](?at=end",
        ] {
            check(&format!("1. {left}"), &[&[text(left)]]);
        }
        check(
            "1. a[0] and [then](?at=end)",
            &[&[text("a[0] and "), link("then", "at=end")]],
        );
    }

    #[test]
    fn a_step_knows_what_its_links_do() {
        let lesson = Lesson::parse("1. [a](?at=1s) and [b](?at=end), `c`");
        let queries: Vec<&str> = lesson.steps[0].queries().collect();
        assert_eq!(queries, ["at=1s", "at=end"]);
    }

    proptest! {
        #[test]
        fn nothing_of_a_step_is_lost(step in "[a-z`\\[\\]()?=é ]{0,60}") {
            let shown: String = Lesson::parse(&format!("1. {step}"))
                .steps
                .into_iter()
                .flat_map(|step| step.parts)
                .map(|part| match part {
                    Part::Text(text) => text,
                    Part::Code(code) => format!("`{code}`"),
                    Part::Link { words, query } => format!("[{words}](?{query})"),
                })
                .collect();
            prop_assert_eq!(shown, step.trim());
        }
    }
}
