//! Links and parameters as nobody would write them.

use crate::Source;
use interleave::demos::DEMOS;
use interleave::link;
use interleave::param::Values;

/// Pieces of links, and what is like them.
const PIECES: &[&str] = &[
    "&",
    "=",
    "?",
    "/",
    "#",
    "%",
    "%E9",
    "%00",
    "%F0%9F%8E%89",
    "..",
    ".",
    ",",
    "-",
    "+",
    " ",
    "e",
    "E9",
    "x",
    "0",
    "1",
    "9",
    "18446744073709551615",
    "18446744073709551616",
    "340282366920938463463374607431768211456",
    "-9223372036854775808",
    "0.000000001",
    "1e308",
    "1e-308",
    "NaN",
    "inf",
    "s",
    "ms",
    "ns",
    "µs",
    "h",
    "min",
    "at",
    "zoom",
    "task",
    "axis",
    "lesson",
    "compare",
    "clock",
    "mode",
    "live",
    "instant",
    "time",
    "turns",
    "end",
    "turn ",
    "event ",
    "line ",
    "…",
    "ß",
    "\u{0}",
    "\u{202e}",
    "\u{feff}",
    "😀",
    "İ",
];

fn word(source: &mut Source) -> String {
    match source.below(8) {
        0 => source.number().to_string(),
        1 => format!("{}.{}s", source.number(), source.number()),
        2 => format!(
            "{}{}",
            source.number(),
            source.one_of(&["ns", "ms", "s", "min", "h"])
        ),
        3 => char::from_u32(source.number() as u32 % 0x11_0000)
            .unwrap_or('?')
            .to_string(),
        4 => source
            .one_of(PIECES)
            .repeat(source.one_of(&[1, 2, 50, 1_000])),
        _ => (0..source.below(6))
            .map(|_| source.one_of(PIECES))
            .collect(),
    }
}

fn key(source: &mut Source, slug: &str) -> String {
    let demo = DEMOS.iter().find(|demo| demo.slug == slug);
    let params = demo.map_or(&[][..], |demo| demo.params);
    match source.below(3) {
        0 => word(source),
        1 => source.one_of(&["compare", "clock"]).to_owned(),
        _ if params.is_empty() => word(source),
        _ => params[source.below(params.len())].key.to_owned(),
    }
}

/// The fragment of a link.
pub fn fragment(source: &mut Source) -> String {
    if source.once_in(20) {
        return (0..source.below(60)).map(|_| word(source)).collect();
    }
    let slug = match source.below(10) {
        0 => word(source),
        _ => source.one_of(DEMOS).slug.to_owned(),
    };
    let version = match source.below(10) {
        0 => word(source),
        _ => "1".to_owned(),
    };
    let mut fragment = format!("{version}/{slug}?");
    let parts = source.one_of(&[0, 1, 2, 5, 20, 400, 3_990]);
    let repeats = source.once_in(2);
    let mut part = String::new();
    for at in 0..parts {
        if at == 0 || !repeats {
            let key = key(source, &slug);
            part = format!("{key}={}", word(source));
        }
        if fragment.len() > 20_000 {
            break;
        }
        fragment += &part;
        fragment.push('&');
    }
    fragment
}

/// Reads a link, writes what was understood of it, and reads that: it has to be the same.
pub fn read(fragment: &str) {
    let (link, complaints) = link::decode(fragment);
    assert!(
        complaints.len() <= link::MAX_COMPLAINTS,
        "{} complaints",
        complaints.len()
    );
    let text = link::encode(&link);
    let (again, complaints) = link::decode(&text);
    assert_eq!(complaints, [""; 0], "{text}");
    assert!(again == link, "{text}");
    link.runs();
    // What an engine reads of it.
    let (slug, query) = link::parts(fragment);
    if let Some(demo) = DEMOS.iter().find(|demo| demo.slug == slug) {
        link::set_known(&mut Values::defaults(demo.params), query);
    }
}

/// A demo, one of its keys or another, and what is typed into its field.
pub fn parameter(source: &mut Source) -> (&'static str, String, String) {
    let slug = source.one_of(DEMOS).slug;
    let key = key(source, slug);
    let text = (0..=source.below(3)).map(|_| word(source)).collect();
    (slug, key, text)
}

/// Sets a parameter; a value that is taken has to be in its range when it is written and read again.
pub fn set(slug: &str, key: &str, text: &str) {
    let demo = DEMOS
        .iter()
        .find(|demo| demo.slug == slug)
        .expect("it was taken from the list");
    let mut values = Values::defaults(demo.params);
    if values.set(key, text).is_err() {
        assert!(
            values == Values::defaults(demo.params),
            "a refused value changed something"
        );
        return;
    }
    for (param, value) in values.clone().iter() {
        let written = value.compact_text();
        let mut again = Values::defaults(demo.params);
        again
            .set(param.key, &written)
            .unwrap_or_else(|problem| panic!("{written}: {problem}"));
        assert_eq!(again.value(param.key), Some(value), "{written}");
    }
}
