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

/// What the reader has to know of a run's end: a heading and a sentence. Nothing when the program
/// just finished.
pub fn ending_in_words(reason: EndReason, message: &str) -> Option<(&'static str, String)> {
    let heading = match reason {
        EndReason::Finished => return None,
        EndReason::Failed => "The program failed",
        EndReason::Deadlock => "Deadlock",
        EndReason::Limit => "Stopped at a limit",
        EndReason::Stopped => "Stopped",
        EndReason::Died => "The run broke off",
    };
    let message = message.strip_prefix("deadlock: ").unwrap_or(message);
    let message = match (reason, message) {
        (EndReason::Stopped, "") => "what happened until then is kept",
        (_, message) => message,
    };
    Some((heading, as_sentence(message)))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_are_sentences() {
        assert_eq!(ending_in_words(EndReason::Finished, ""), None);
        assert_eq!(
            ending_in_words(
                EndReason::Deadlock,
                "deadlock: nothing can wake what is left; A waits"
            ),
            Some((
                "Deadlock",
                "Nothing can wake what is left; A waits.".to_owned()
            ))
        );
        assert_eq!(
            ending_in_words(EndReason::Stopped, ""),
            Some(("Stopped", "What happened until then is kept.".to_owned()))
        );
    }

    #[test]
    fn messages_become_sentences_and_names_stay_as_they_are() {
        assert_eq!(as_sentence("there is no demo"), "There is no demo.");
        assert_eq!(as_sentence("did you mean b?"), "Did you mean b?");
        assert_eq!(as_sentence("b: out of range"), "b: out of range.");
        assert_eq!(as_sentence(""), "");
    }
}
