//! Messages as the sentences that a reader sees.

use crate::demo::Demo;
use crate::text::number::grouped;
use crate::text::words::quoted;
use crate::trace::EndReason;

/// "1 task", "10,000 tasks".
pub fn counted(count: usize, what: &str) -> String {
    let number = grouped(count as i64);
    match count {
        1 => format!("{number} {what}"),
        _ => format!("{number} {what}s"),
    }
}

/// A heading for a run's end; nothing when the program just finished.
pub fn ending_heading(reason: EndReason) -> Option<&'static str> {
    match reason {
        EndReason::Finished => None,
        EndReason::Failed => Some("The program failed"),
        EndReason::Deadlock => Some("Deadlock"),
        EndReason::Limit => Some("Stopped at a limit"),
        EndReason::Stopped => Some("Stopped"),
        EndReason::Died => Some("The run broke off"),
    }
}

/// A message in lower case without a full stop, as a sentence with both. A message that begins with
/// the name of a parameter ("a: …") leaves that as it is spelt.
pub fn as_sentence(message: &str) -> String {
    let mut chars = message.chars();
    let Some(first) = chars.next() else {
        return String::new();
    };
    let names = message
        .split(' ')
        .next()
        .is_some_and(|word| word.ends_with(':'));
    let mut sentence: String = match names {
        true => first.to_string(),
        false => first.to_ascii_uppercase().to_string(),
    };
    sentence.push_str(chars.as_str());
    if !sentence.ends_with(['.', '?', '!']) {
        sentence.push('.');
    }
    sentence
}

/// A sentence for a setting that cannot be previewed.
pub fn no_preview_sentence(demo: &Demo) -> String {
    format!(
        "With this setting {} uses the browser itself, so there is no preview: press Run to see what happens.",
        quoted(demo.title)
    )
}

/// Words without the number of a line, where they end with one.
pub fn without_line(mut words: String) -> String {
    let line = words.rsplit_once(" at line ");
    let number = line.filter(|(_, number)| number.bytes().all(|byte| byte.is_ascii_digit()));
    if let Some((before, _)) = number {
        words.truncate(before.len());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn messages_become_sentences_and_names_stay_as_they_are() {
        assert_eq!(as_sentence("there is no demo"), "There is no demo.");
        assert_eq!(as_sentence("did you mean b?"), "Did you mean b?");
        assert_eq!(as_sentence("b: out of range"), "b: out of range.");
        assert_eq!(as_sentence(""), "");
    }

    #[test]
    fn the_number_of_a_line_is_left_out_at_the_end_only() {
        for (words, without) in [
            ("blocks the loop at line 6", "blocks the loop"),
            ("prints “at line b”", "prints “at line b”"),
            ("prints “x at line 6”", "prints “x at line 6”"),
            ("runs", "runs"),
        ] {
            assert_eq!(without_line(words.to_owned()), without);
        }
    }
}
