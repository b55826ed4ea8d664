//! Finding a demo by words.

use crate::demo::Demo;

/// The demos that a search finds, best first: every word of the query has to occur somewhere, and
/// a word in the title counts most. `texts` is what the demos teach, in small letters, each after a
/// line with `=== ` and its file's name.
pub fn search(demos: &[&'static Demo], query: &str, texts: &str) -> Vec<&'static Demo> {
    let words: Vec<String> = query
        .split_whitespace()
        .map(str::to_ascii_lowercase)
        .collect();
    let mut found: Vec<(usize, &'static Demo)> = demos
        .iter()
        .filter_map(|demo| {
            let heading = format!("=== {}\n", demo.lesson.name);
            let teaches = texts.split_once(&heading).map_or("", |(_, rest)| rest);
            let teaches = teaches.split("\n=== ").next().unwrap_or_default();
            let fields = [
                demo.title.to_ascii_lowercase(),
                demo.keywords.to_ascii_lowercase() + " " + demo.slug,
                demo.summary.to_ascii_lowercase() + " " + &demo.group.title().to_ascii_lowercase(),
                teaches.to_owned(),
            ];
            let mut rank = 0;
            for word in &words {
                let field = fields.iter().position(|field| field.contains(word))?;
                // The beginning of the title is what people type.
                let begins = field == 0 && fields[0].starts_with(word.as_str());
                rank += if begins { 0 } else { field + 1 };
            }
            Some((rank, *demo))
        })
        .collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, demo)| demo).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::DEMOS;

    #[test]
    fn search_finds_by_title_first_and_needs_every_word() {
        let texts = "=== chess.md\nwatch the clock\n=== factorial.md\nthe order of lines\n";
        let slugs = |query| -> Vec<_> {
            let found = search(DEMOS, query, texts);
            found.iter().map(|demo| demo.slug).collect()
        };
        assert_eq!(slugs("watch clock grandmaster"), ["chess"]);
        assert_eq!(slugs("factorials order of lines"), ["factorial"]);
        assert_eq!(slugs("").len(), DEMOS.len());
        assert_eq!(slugs("two fact"), ["factorial"]);
        assert_eq!(slugs("Queue")[0], "queue-workers");
        assert!(slugs("gather").contains(&"factorial"));
        assert!(slugs("gather no-such-thing").is_empty());
    }
}
