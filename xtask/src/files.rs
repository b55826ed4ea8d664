//! The files of a folder.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow};

/// The names of all files below a folder, with `/` between their parts, sorted.
pub fn names(folder: &Path) -> Result<Vec<String>> {
    names_except(folder, &[])
}

/// The same without some entries of the folder itself.
pub fn names_except(folder: &Path, left_out: &[&str]) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in read(folder)? {
        if !left_out.contains(&entry.0.as_str()) {
            collect(folder, entry, &mut names)?;
        }
    }
    names.sort();
    Ok(names)
}

fn collect(
    root: &Path,
    (name, kind): (String, fs::FileType),
    names: &mut Vec<String>,
) -> Result<()> {
    if kind.is_dir() {
        for (part, kind) in read(&root.join(&name))? {
            collect(root, (format!("{name}/{part}"), kind), names)?;
        }
    } else if kind.is_file() {
        names.push(name);
    }
    // What is left are links: they may lead out of the folder.
    Ok(())
}

/// A folder's entries.
fn read(folder: &Path) -> Result<Vec<(String, fs::FileType)>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("could not read {}", folder.display()))?;
    let entry = |entry: std::io::Result<fs::DirEntry>| {
        let entry = entry?;
        let name = entry.file_name().into_string();
        let name = name.map_err(|_| anyhow!("{} is no UTF-8 name", entry.path().display()))?;
        Ok((name, entry.file_type()?))
    };
    entries.map(entry).collect()
}
