//! Finding a demo by words: those of its title and text, and those for what somebody sees go wrong.

use crate::demo::Demo;

/// A demo that a search found.
pub struct Found {
    /// The demo.
    pub demo: &'static Demo,
    /// The sentence of its lesson that has what was looked for, where the title does not; else what
    /// the demo is about.
    pub sentence: String,
}

/// Words that are in every text and tell none from another.
const STOP_WORDS: &[&str] = &[
    "a", "all", "am", "an", "and", "are", "at", "be", "but", "by", "can", "do", "does", "for",
    "from", "get", "gets", "how", "i", "in", "is", "it", "its", "me", "my", "of", "on", "or", "so",
    "that", "the", "then", "this", "to", "too", "very", "what", "when", "why", "with",
];

/// The demos that a search finds, best first: those that explain a symptom in it, then those in
/// which every other word occurs somewhere, where one in the title counts most. `texts` is what is fetched for a
/// search, each text after a line with `=== ` and its file's name: `symptoms.txt`, and what the demos teach.
pub fn search(demos: &[&'static Demo], query: &str, texts: &str) -> Vec<Found> {
    let query = query.trim().to_ascii_lowercase();
    let explains = explaining(&query, texts);
    let all = || query.split_whitespace();
    let mut words: Vec<&str> = all().filter(|word| !STOP_WORDS.contains(word)).collect();
    if words.is_empty() {
        words = all().collect();
    }
    let mut found: Vec<(usize, Found)> = demos
        .iter()
        .filter_map(|demo| {
            let about = About::of(demo, texts);
            let found = |words: &[&str]| Found {
                demo,
                sentence: sentence_with(about.lesson, words).unwrap_or(about.summary.to_owned()),
            };
            if let Some(at) = explains.split(' ').position(|slug| slug == demo.slug) {
                return Some((at, found(&words)));
            }
            let (rank, only_in_text) = rank(demo, &about, &words)?;
            // Behind those that explain it: a slug has more letters than one.
            Some((explains.len() + rank, found(&only_in_text)))
        })
        .collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, found)| found).collect()
}

/// The text of a file among those that are fetched for a search.
fn text_of<'a>(texts: &'a str, file: &str) -> &'a str {
    let heading = format!("=== {file}\n");
    let text = texts.split_once(&heading).map_or("", |(_, rest)| rest);
    text.split("\n=== ").next().unwrap_or_default()
}

/// The slugs of the demos that explain what somebody sees, best first, with blanks between them. Each line says what
/// that is, or where somebody comes from, and after a colon and a blank which demos explain it.
fn explaining<'a>(query: &str, texts: &'a str) -> &'a str {
    let lines = text_of(texts, "symptoms.txt").lines();
    let symptoms = lines.filter_map(|line| line.split_once(": "));
    let seen = symptoms.filter(|(words, _)| query.contains(words));
    // "out of order" is also "wrong order", not both: the longest says most.
    let longest = seen.max_by_key(|(words, _)| words.len());
    longest.map_or("", |(_, slugs)| slugs)
}

/// What is said of a demo beside its title.
struct About<'a> {
    summary: &'a str,
    keywords: &'a str,
    lesson: &'a str,
}

impl<'a> About<'a> {
    /// A demo's file begins with its summary and its keywords, a line each, where the demo itself does
    /// not say them.
    fn of(demo: &Demo, texts: &'a str) -> Self {
        let text = text_of(texts, demo.lesson.name);
        if !demo.summary.is_empty() {
            let (summary, keywords) = (demo.summary, demo.keywords);
            return About {
                summary,
                keywords,
                lesson: text,
            };
        }
        let (summary, text) = text.split_once('\n').unwrap_or_default();
        let (keywords, lesson) = text.split_once('\n').unwrap_or_default();
        About {
            summary,
            keywords,
            lesson,
        }
    }
}

/// How far down a demo stands that has all words, and which of them only its lesson has; nothing
/// when it does not have them all.
fn rank<'a>(demo: &Demo, about: &About, words: &[&'a str]) -> Option<(usize, Vec<&'a str>)> {
    let fields = [
        demo.title.to_ascii_lowercase(),
        about.keywords.to_ascii_lowercase() + " " + demo.slug,
        about.summary.to_ascii_lowercase() + " " + &demo.group.title().to_ascii_lowercase(),
        about.lesson.to_ascii_lowercase(),
    ];
    let mut rank = 0;
    let mut only_in_text = Vec::new();
    for word in words {
        let field = fields.iter().position(|field| field.contains(word))?;
        // The beginning of the title is what people type.
        let begins = field == 0 && fields[0].starts_with(word);
        rank += if begins { 0 } else { field + 1 };
        if field == 3 {
            only_in_text.push(*word);
        }
    }
    Some((rank, only_in_text))
}

/// The first sentence with one of the words, as it is read: without numbers of steps and without
/// what its links do.
fn sentence_with(teaches: &str, words: &[&str]) -> Option<String> {
    let lines = teaches.lines().map(|line| {
        let line = line.trim_start_matches(|c: char| c.is_ascii_digit());
        let mut text = String::new();
        for (index, piece) in line.trim_start_matches(". ").split("](").enumerate() {
            let piece = match index {
                0 => piece,
                _ => piece.split_once(')').map_or("", |(_, after)| after),
            };
            text += &piece.replace('[', "");
        }
        text
    });
    let has = |sentence: &str| {
        let sentence = sentence.to_ascii_lowercase();
        words.iter().any(|word| sentence.contains(word))
    };
    let mut found = lines.filter_map(|line| {
        let found = line.split_inclusive(". ").find(|sentence| has(sentence));
        found.map(|sentence| sentence.trim().to_owned())
    });
    found.next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::{self, DEMOS};

    const TEXTS: &str = concat!(
        "=== symptoms.txt\n",
        include_str!("../../demos/symptoms.txt"),
        "\n=== chess.md\n1. Watch [the clock](?at=2s). It is over.\n=== factorial.md\n1. See the order of lines.\n",
    );

    fn slugs(query: &str) -> Vec<&'static str> {
        let found = search(DEMOS, query, TEXTS);
        found.iter().map(|found| found.demo.slug).collect()
    }

    #[test]
    fn search_finds_by_title_first_and_needs_every_word() {
        assert_eq!(slugs("watch clock grandmaster"), ["chess"]);
        assert_eq!(slugs("factorials order of lines"), ["factorial"]);
        assert_eq!(slugs("").len(), DEMOS.len());
        assert_eq!(slugs("two fact"), ["factorial"]);
        assert_eq!(slugs("Queue")[0], "queue-workers");
        assert!(slugs("gather").contains(&"factorial"));
        assert!(slugs("gather no-such-thing").is_empty());
    }

    #[test]
    fn search_finds_what_explains_a_symptom_and_ignores_stop_words() {
        for (query, first) in [
            ("slow", "blocking-call"),
            ("why is it so slow", "blocking-call"),
            ("my program is stuck", "deadlock"),
            ("out of order", "factorial"),
            ("tokio", "coroutine-object"),
            ("time.sleep", "blocking-call"),
            ("the factorials", "factorial"),
        ] {
            assert_eq!(slugs(query)[0], first, "{query}");
        }
    }

    #[test]
    fn what_explains_a_symptom_is_in_the_gallery() {
        for line in text_of(TEXTS, "symptoms.txt").lines() {
            let (words, slugs) = line.split_once(": ").expect(line);
            assert_eq!(explaining(words, TEXTS), slugs, "{words} is found");
            for slug in slugs.split(' ') {
                assert!(demos::find(slug).is_some(), "{words}: {slug}");
            }
        }
    }

    #[test]
    fn the_sentence_is_shown_that_has_what_the_title_does_not() {
        let found = search(DEMOS, "clock grandmaster", TEXTS);
        assert_eq!(found[0].sentence, "Watch the clock.");
        let found = search(DEMOS, "grandmaster", TEXTS);
        assert_eq!(found[0].sentence, found[0].demo.summary);
    }
}
