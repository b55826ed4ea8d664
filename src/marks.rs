//! Marks at lines of a demo's sources, by which its Rust and its counterpart are matched.
//!
//! A trace says at which line of the Rust file a task stands. The same name at that line and at
//! one of the counterpart says where it stands there: ` //@ pause` ends a line of Rust or
//! JavaScript, `  #@ pause` one of Python. Where rustfmt would move a comment at the end of a line
//! that opens a block, the mark stands inside it: `match /*@ pause */ stage.sleep(pause).await {`.
//! The name [`NONE`] is a line's to which the counterpart has none. Readers see no marks.

/// The name at lines of Rust that have no line in the counterpart.
pub const NONE: &str = "-";

/// How a mark begins and ends, the first in whatever language.
const FORMS: [(&str, &str); 3] = [("/*@ ", " */"), ("//@ ", ""), ("#@ ", "")];

/// A text without its marks; lines keep their numbers.
pub fn without_marks(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        match find(line) {
            None => clean.push_str(line),
            Some(mark) if mark.at_end => {
                clean.push_str(mark.before.trim_end());
                clean.push_str(&line[line.trim_end_matches(['\r', '\n']).len()..]);
            }
            Some(mark) => {
                clean.push_str(mark.before);
                // `= /*@ next */ queue.get()` has a space on either side.
                clean.push_str(mark.after.strip_prefix(' ').unwrap_or(mark.after));
            }
        }
    }
    clean
}

/// The marks of a text: lines counted from 1, and names. A line has at most one.
pub fn marks(text: &str) -> Vec<(u32, &str)> {
    let found = (1..).zip(text.lines()).filter_map(|(line, text)| {
        let mark = find(text)?;
        Some((line, mark.name))
    });
    found.collect()
}

/// The lines of a Rust file that have one in the counterpart, each with that one; counted from 1.
pub fn matching(rust: &str, counterpart: &str) -> Vec<(u32, u32)> {
    let there = marks(counterpart);
    let matched = marks(rust).into_iter().filter_map(|(line, name)| {
        let (other, _) = there.iter().find(|(_, other)| *other == name)?;
        Some((line, *other))
    });
    matched.collect()
}

/// A mark in a line, with what stands around it.
struct Mark<'a> {
    before: &'a str,
    name: &'a str,
    after: &'a str,
    at_end: bool,
}

fn find(line: &str) -> Option<Mark<'_>> {
    FORMS.iter().find_map(|(open, close)| {
        let (before, rest) = line.split_once(open)?;
        let (name, after) = match *close {
            "" => (rest.trim_end(), ""),
            close => rest.split_once(close)?,
        };
        Some(Mark {
            before,
            name,
            after,
            at_end: close.is_empty(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, clean: &str, names: &[(u32, &str)]) {
        assert_eq!(without_marks(text), clean);
        assert_eq!(marks(text), names);
        assert_eq!(clean.lines().count(), text.lines().count());
    }

    #[test]
    fn a_mark_ends_a_line() {
        check(
            "fn f() {\n    g().await; //@ pause\n    \"task\" => h(),   //@ has-it\n}\n",
            "fn f() {\n    g().await;\n    \"task\" => h(),\n}\n",
            &[(2, "pause"), (3, "has-it")],
        );
        check(
            "await g()  #@ pause\r\nTICK = 1  # a comment  #@ tick",
            "await g()\r\nTICK = 1  # a comment",
            &[(1, "pause"), (2, "tick")],
        );
    }

    #[test]
    fn a_mark_inside_a_line_leaves_the_line_as_one_writes_it() {
        check(
            "while let Some(x) = /*@ get */ queue.get().await {\n",
            "while let Some(x) = queue.get().await {\n",
            &[(1, "get")],
        );
        check(
            "if let Some(x) = numbers.next_now(/*@ got */) {\n",
            "if let Some(x) = numbers.next_now() {\n",
            &[(1, "got")],
        );
    }

    #[test]
    fn other_comments_and_other_signs_stay() {
        for text in [
            "// a remark\nx //  @ y\n",
            "a @ b # c\n/* open @ */\n",
            "@decorator\n",
            "",
        ] {
            check(text, text, &[]);
        }
    }
}
