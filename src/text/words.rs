//! Words that a reader gave, in answers to them.

/// ", did you mean async?" with the nearest of the names, if one is near.
pub fn did_you_mean<'a>(text: &str, names: impl Iterator<Item = &'a str>) -> String {
    // The distance costs time in proportion to both lengths, and no name is that long.
    if text.len() > 100 {
        return String::new();
    }
    names
        .map(|name| (strsim::osa_distance(text, name), name))
        .min()
        .filter(|(distance, name)| *distance <= name.len() / 2)
        .map(|(_, name)| format!(", did you mean {name}?"))
        .unwrap_or_default()
}

/// A text in quotation marks, cut where it is long.
pub fn quoted(text: &str) -> String {
    const MOST: usize = 40;
    if text.chars().count() > MOST {
        let head: String = text.chars().take(MOST).collect();
        format!("\u{201c}{head}\u{2026}\u{201d}")
    } else {
        format!("\u{201c}{text}\u{201d}")
    }
}
