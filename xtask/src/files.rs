//! The files of a folder.

use std::hash::{DefaultHasher, Hasher};
use std::path::{MAIN_SEPARATOR_STR, Path, PathBuf};

use anyhow::{Context, Result};
use walkdir::WalkDir;

/// The checkout: the folder above this crate's.
pub fn root() -> PathBuf {
    // Cargo sets the variable at run time too, which stays right where a checkout was moved.
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let xtask = manifest.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf());
    let root = xtask
        .parent()
        .expect("the crate is a folder of the checkout");
    root.to_path_buf()
}

/// The names of all files below a folder, with `/` between their parts, sorted. Links are left out: they may
/// lead out of the folder.
pub fn names(folder: &Path) -> Result<Vec<String>> {
    names_except(folder, &[])
}

/// The same without some entries of the folder itself.
pub fn names_except(folder: &Path, left_out: &[&str]) -> Result<Vec<String>> {
    let mut names = Vec::new();
    let entries = WalkDir::new(folder).min_depth(1).into_iter();
    for entry in entries.filter_entry(|entry| {
        entry.depth() > 1 || !left_out.iter().any(|name| entry.file_name() == *name)
    }) {
        let entry = entry?;
        if entry.file_type().is_file() {
            let name = entry.path().strip_prefix(folder)?.to_str();
            let name = name.with_context(|| format!("{:?} is no UTF-8 name", entry.path()))?;
            names.push(name.replace(MAIN_SEPARATOR_STR, "/"));
        }
    }
    names.sort();
    Ok(names)
}

/// A hash for names and comparisons; nothing that has to withstand malice.
pub fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}
