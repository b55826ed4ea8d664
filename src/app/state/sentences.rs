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

/// Before a run of a demo that this browser cannot run as it stands.
pub fn no_stacks_sentence(demo: &Demo) -> String {
    format!(
        "This browser cannot switch stacks, which {} takes: it lacks WebAssembly.promising, which Chromium has.",
        quoted(demo.title)
    )
}

/// Of a worker that the browser ended, or that ended by itself.
pub const VANISHED: &str =
    "the worker vanished without an error; a browser ends workers when it is short of memory";

/// With this ends what a new version of the page would mend.
const RELOADING_HELPS: &str = "if the page has a newer version, reloading it gets that";

/// Of a worker that ended with an error, or without a word.
pub fn stopped_sentence(message: &str) -> String {
    match message {
        "" => "the worker stopped without a reason".to_owned(),
        message => format!("the worker stopped: {message}"),
    }
}

/// Of a worker whose files did not arrive; `detail` is what the browser says of it, or empty.
pub fn not_loaded_sentence(detail: &str, is_online: bool) -> String {
    let detail = match detail {
        "" => String::new(),
        detail => format!(" ({detail})"),
    };
    match is_online {
        true => {
            format!("the engine could not be loaded{detail}: Run tries again; {RELOADING_HELPS}")
        }
        // What a reload would lose cannot be had again.
        false => format!(
            "the engine could not be loaded{detail}, as this browser is offline: when it is back, Run tries again"
        ),
    }
}

/// What is said when a part of the page that is fetched on demand does not come.
pub fn part_not_loaded_sentence(detail: &str, is_online: bool) -> String {
    let helps = match is_online {
        true => RELOADING_HELPS,
        false => "this browser is offline",
    };
    format!("That could not be loaded ({detail}): {helps}")
}

/// Whether a reader is offered to reload the page: it is never done for them.
pub fn offers_reload(message: &str) -> bool {
    message.ends_with(RELOADING_HELPS)
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

    #[test]
    fn reloading_is_offered_where_it_may_help_and_never_offline() {
        let gone = not_loaded_sentence("the server answers 404", true);
        assert_eq!(
            gone,
            "the engine could not be loaded (the server answers 404): Run tries again; if the page has a newer version, reloading it gets that"
        );
        assert!(offers_reload(&gone));
        assert!(!offers_reload(&not_loaded_sentence("", false)));
        assert!(!offers_reload(&stopped_sentence("out of memory")));
        assert!(!offers_reload(VANISHED));
    }
}
