//! Colours for source code: splits Rust, Python and JavaScript into the few kinds of token that
//! a reader's eye needs. It is no parser: what it does not know stays plain.

/// A language of the demos.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Rust.
    Rust,
    /// Python.
    Python,
    /// JavaScript.
    JavaScript,
}

/// The kinds of token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// Names, operators, white space.
    Plain,
    /// Words of the language.
    Keyword,
    /// Text in quotes, with them.
    Text,
    /// From its mark to the end of the line.
    Comment,
    /// A number.
    Number,
    /// A Python decorator, a Rust attribute, a lifetime.
    Decorator,
}

impl Language {
    fn keywords(self) -> &'static [&'static str] {
        match self {
            Language::Rust => &[
                "as", "async", "await", "break", "const", "continue", "crate", "else", "enum",
                "false", "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move",
                "mut", "pub", "ref", "return", "self", "Self", "static", "struct", "super",
                "trait", "true", "type", "unsafe", "use", "where", "while", "yield",
            ],
            Language::Python => &[
                "and", "as", "assert", "async", "await", "break", "case", "class", "continue",
                "def", "del", "elif", "else", "except", "False", "finally", "for", "from",
                "global", "if", "import", "in", "is", "lambda", "match", "None", "nonlocal", "not",
                "or", "pass", "raise", "return", "True", "try", "while", "with", "yield",
            ],
            Language::JavaScript => &[
                "async",
                "await",
                "break",
                "case",
                "catch",
                "class",
                "const",
                "continue",
                "default",
                "delete",
                "do",
                "else",
                "export",
                "extends",
                "false",
                "finally",
                "for",
                "function",
                "if",
                "import",
                "in",
                "instanceof",
                "let",
                "new",
                "null",
                "of",
                "return",
                "static",
                "super",
                "switch",
                "this",
                "throw",
                "true",
                "try",
                "typeof",
                "undefined",
                "var",
                "void",
                "while",
                "yield",
            ],
        }
    }

    fn comment_mark(self) -> &'static str {
        match self {
            Language::Python => "#",
            Language::Rust | Language::JavaScript => "//",
        }
    }

    fn quotes(self) -> &'static [char] {
        match self {
            Language::Rust => &['"'],
            Language::Python => &['"', '\''],
            Language::JavaScript => &['"', '\'', '`'],
        }
    }
}

/// The source line by line. The pieces of a line, put together, are the line; neighbours of one
/// kind are one piece. A text that goes over several lines (a docstring) is text in each.
pub fn lines(language: Language, source: &str) -> Vec<Vec<(Token, &str)>> {
    // The mark that ends the text which the line before left open.
    let mut open: Option<&'static str> = None;
    source
        .lines()
        .map(|line| {
            let mut pieces: Vec<(Token, &str)> = Vec::new();
            let mut at = 0;
            while at < line.len() {
                let (token, length) = next(language, line, at, &mut open);
                // Never zero, so that no source can make this go on for ever.
                let end = at + length.max(1);
                let end = (end..=line.len()).find(|end| line.is_char_boundary(*end));
                let end = end.unwrap_or(line.len());
                match pieces.last_mut() {
                    Some((last, piece)) if *last == token => {
                        *piece = &line[at - piece.len()..end];
                    }
                    _ => pieces.push((token, &line[at..end])),
                }
                at = end;
            }
            pieces
        })
        .collect()
}

/// The token at a place of a line, and its length in bytes.
fn next(
    language: Language,
    line: &str,
    at: usize,
    open: &mut Option<&'static str>,
) -> (Token, usize) {
    let rest = &line[at..];
    if let Some(mark) = *open {
        return match rest.find(mark) {
            Some(end) => {
                *open = None;
                (Token::Text, end + mark.len())
            }
            None => (Token::Text, rest.len()),
        };
    }
    if rest.starts_with(language.comment_mark()) {
        return (Token::Comment, rest.len());
    }
    if language == Language::Python {
        for mark in ["\"\"\"", "'''"] {
            if let Some(body) = rest.strip_prefix(mark) {
                return match body.find(mark) {
                    Some(end) => (Token::Text, end + 2 * mark.len()),
                    None => {
                        *open = Some(mark);
                        (Token::Text, rest.len())
                    }
                };
            }
        }
    }
    let first = rest.chars().next().unwrap_or(' ');
    if language.quotes().contains(&first) {
        return (Token::Text, quoted_length(rest, first));
    }
    if language == Language::Rust && first == '\'' {
        return rust_quote(rest);
    }
    if is_decorator(language, line, at, rest) {
        return (Token::Decorator, decorator_length(language, rest));
    }
    if first.is_ascii_digit() {
        let length = rest
            .char_indices()
            .find(|(place, c)| {
                let range =
                    *c == '.' && !rest[place + 1..].starts_with(|c: char| c.is_ascii_digit());
                range || !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))
            })
            .map_or(rest.len(), |(place, _)| place);
        return (Token::Number, length);
    }
    if is_word(first) {
        let length = word_length(rest);
        let word = &rest[..length];
        // Python writes a prefix before the quote: f"…", rb'…'.
        let prefixed = language == Language::Python
            && length <= 2
            && word.chars().all(|c| "fFrRbBuU".contains(c))
            && rest[length..].starts_with(['"', '\'']);
        if prefixed {
            return (Token::Text, length);
        }
        let token = match language.keywords().contains(&word) {
            true => Token::Keyword,
            false => Token::Plain,
        };
        return (token, length);
    }
    (Token::Plain, first.len_utf8())
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || !c.is_ascii() || c == '_'
}

fn word_length(text: &str) -> usize {
    text.find(|c: char| !is_word(c)).unwrap_or(text.len())
}

/// Up to the closing quote, or to the end of the line where there is none.
fn quoted_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (place, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return place + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

/// A character such as 'a' or '\n', or a lifetime such as 'static.
fn rust_quote(text: &str) -> (Token, usize) {
    let body = &text[1..];
    let mut chars = body.chars();
    match (chars.next(), chars.next()) {
        (Some('\\'), _) => (Token::Text, quoted_length(text, '\'')),
        (Some(c), Some('\'')) => (Token::Text, 2 + c.len_utf8()),
        (Some(c), _) if is_word(c) => (Token::Decorator, 1 + word_length(body)),
        _ => (Token::Plain, 1),
    }
}

fn is_decorator(language: Language, line: &str, at: usize, rest: &str) -> bool {
    match language {
        Language::Python => rest.starts_with('@') && line[..at].trim().is_empty(),
        Language::Rust => rest.starts_with("#[") || rest.starts_with("#!["),
        Language::JavaScript => false,
    }
}

fn decorator_length(language: Language, rest: &str) -> usize {
    match language {
        Language::Rust => rest.find(']').map_or(rest.len(), |end| end + 1),
        _ => rest
            .char_indices()
            .skip(1)
            .find(|(_, c)| !(is_word(*c) || *c == '.'))
            .map_or(rest.len(), |(place, _)| place),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::Counterpart;
    use crate::demos::DEMOS;
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    /// Each token between marks that say its kind; plain ones without.
    #[track_caller]
    fn check(language: Language, source: &str, expected: Expect) {
        let mut text = String::new();
        for line in lines(language, source) {
            for (token, piece) in line {
                let mark = match token {
                    Token::Plain => None,
                    Token::Keyword => Some('k'),
                    Token::Text => Some('t'),
                    Token::Comment => Some('c'),
                    Token::Number => Some('n'),
                    Token::Decorator => Some('d'),
                };
                match mark {
                    Some(mark) => text.push_str(&format!("{mark}‹{piece}›")),
                    None => text.push_str(piece),
                }
            }
            text.push('\n');
        }
        expected.assert_eq(&text);
    }

    #[test]
    fn rust() {
        check(
            Language::Rust,
            "async fn f(name: &'static str) { // hi \"x\"\n    for i in 2..=n { print!(\"a \\\" {i}\", 'x', 1.5); }\n#[test] awaited.await",
            expect![[r#"
                k‹async› k‹fn› f(name: &d‹'static› str) { c‹// hi "x"›
                    k‹for› i k‹in› n‹2›..=n { print!(t‹"a \" {i}"›, t‹'x'›, n‹1.5›); }
                d‹#[test]› awaited.k‹await›
            "#]],
        );
    }

    #[test]
    fn python() {
        check(
            Language::Python,
            "@property\nasync def f():  # why\n    \"\"\"Doc\n    string.\"\"\"\n    print(f\"{n}: it's\", 'a', 0.5) @ x",
            expect![[r#"
                d‹@property›
                k‹async› k‹def› f():  c‹# why›
                    t‹"""Doc›
                t‹    string."""›
                    print(t‹f"{n}: it's"›, t‹'a'›, n‹0.5›) @ x
            "#]],
        );
    }

    #[test]
    fn javascript() {
        check(
            Language::JavaScript,
            "const f = async () => `a ${b}`; // done",
            expect![[r#"
                k‹const› f = k‹async› () => t‹`a ${b}`›; c‹// done›
            "#]],
        );
    }

    #[test]
    fn no_demo_loses_a_character() {
        for demo in DEMOS {
            let (language, counterpart) = match demo.counterpart {
                Counterpart::Python(file) => (Language::Python, file.text),
                Counterpart::JavaScript(file) => (Language::JavaScript, file.text),
            };
            keeps_everything(Language::Rust, demo.rust.text);
            keeps_everything(language, counterpart);
        }
    }

    fn keeps_everything(language: Language, source: &str) {
        let joined: Vec<String> = lines(language, source)
            .into_iter()
            .map(|line| line.into_iter().map(|(_, piece)| piece).collect())
            .collect();
        assert_eq!(joined, source.lines().collect::<Vec<_>>());
    }

    proptest! {
        #[test]
        fn no_source_makes_it_panic(source in "[\"'`#/@a1.é\\\\\\n \\[]{0,60}") {
            for language in [Language::Rust, Language::Python, Language::JavaScript] {
                keeps_everything(language, &source);
            }
        }
    }
}
