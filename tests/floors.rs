//! The floors of the design, as the table in ARCHITECTURE.md lists them: each module imports only
//! from its own row and the rows above, few know the browser, and no files import each other in a
//! circle.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Words that only a browser's part may use.
const BROWSER: &[&str] = &["web_sys", "js_sys", "wasm_bindgen", "gloo_", "yew"];

/// A row of the table.
struct Floor {
    modules: Vec<String>,
    /// Paths below `src` that may name the browser.
    browser: Vec<String>,
}

/// The rows of the table, from the top.
fn floors() -> Vec<Floor> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("ARCHITECTURE.md");
    let text = fs::read_to_string(path).expect("ARCHITECTURE.md can be read");
    let names = |cell: &str| -> Vec<String> {
        let quoted = cell.split('`').skip(1).step_by(2);
        quoted.map(str::to_owned).collect()
    };
    let mut floors = Vec::new();
    for row in text.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.split('|').collect();
        assert_eq!(cells.len(), 5, "three cells: {row}");
        floors.push(Floor {
            modules: names(cells[1]),
            browser: names(cells[3]),
        });
    }
    floors
}

/// A file's module path, `picture::draw::lane`, and its code without comments, and without tests
/// at its end, which may look at everything.
fn sources() -> BTreeMap<String, String> {
    fn collect(root: &Path, folder: &Path, found: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(folder).expect("src can be read") {
            let path = entry.expect("src can be read").path();
            if path.is_dir() {
                collect(root, &path, found);
            } else if path.file_name().is_some_and(|name| name == "tests.rs") {
                // Tests may look at everything.
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = fs::read_to_string(&path).expect("src can be read");
                let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
                let code: Vec<&str> = text
                    .lines()
                    .filter(|line| !line.trim_start().starts_with("//"))
                    .collect();
                let inside = path.strip_prefix(root).expect("it is in src");
                let parts: Vec<_> = inside
                    .with_extension("")
                    .iter()
                    .map(|part| part.to_string_lossy().into_owned())
                    .collect();
                let name = parts.join("::");
                let name = name.strip_suffix("::mod").unwrap_or(&name).to_owned();
                found.insert(name, code.join("\n"));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeMap::new();
    collect(&root, &root, &mut found);
    for roof in ["lib", "main"] {
        found.remove(roof);
    }
    found
}

fn first(module: &str) -> &str {
    module.split("::").next().unwrap_or(module)
}

/// The paths after `crate::` in a file, as far as they are written out.
fn imports(module: &str, code: &str) -> Vec<String> {
    let paths = code.split("crate::").skip(1).map(|rest| {
        let path: String = rest
            .chars()
            .take_while(|c| c.is_alphanumeric() || matches!(c, '_' | ':'))
            .collect();
        // `use crate::{a, b}` would hide names from this test.
        assert!(!path.is_empty(), "{module}: name each module after crate::");
        path.trim_end_matches(':').to_owned()
    });
    paths.collect()
}

#[test]
fn every_module_has_one_floor_and_every_floor_has_its_modules() {
    let listed: Vec<String> = floors().into_iter().flat_map(|f| f.modules).collect();
    let unique: BTreeSet<&String> = listed.iter().collect();
    assert_eq!(unique.len(), listed.len(), "a module is listed twice");
    let sources = sources();
    let present: BTreeSet<String> = sources.keys().map(|m| first(m).to_owned()).collect();
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), present);
}

#[test]
fn each_module_imports_only_from_the_floors_above() {
    let floors = floors();
    let floor = |module: &str| {
        let stands = |floor: &Floor| floor.modules.iter().any(|m| m == first(module));
        floors.iter().position(stands)
    };
    let mut looked_at = 0;
    for (module, code) in sources() {
        for used in imports(&module, &code) {
            // A macro's name stands at the top too.
            let Some(there) = floor(&used) else { continue };
            assert!(
                Some(there) <= floor(&module),
                "{module} uses {used}, which stands below it"
            );
            looked_at += 1;
        }
    }
    assert!(looked_at > 100, "the imports were found");
}

#[test]
fn only_what_the_table_says_knows_the_browser() {
    let allowed: Vec<String> = floors().into_iter().flat_map(|f| f.browser).collect();
    let mut users = BTreeSet::new();
    for (module, code) in sources() {
        let path = module.replace("::", "/");
        let room = allowed
            .iter()
            .find(|room| path == **room || path.starts_with(&format!("{room}/")));
        for word in BROWSER.iter().filter(|word| code.contains(**word)) {
            let room = room.unwrap_or_else(|| panic!("{module} names {word}"));
            users.insert(room.clone());
        }
    }
    assert_eq!(users, allowed.into_iter().collect(), "who may also does");
}

/// A parent's file lists its children and they use what it says: that is no circle.
fn is_family(a: &str, b: &str) -> bool {
    a.starts_with(&format!("{b}::")) || b.starts_with(&format!("{a}::"))
}

#[test]
fn no_two_files_import_each_other() {
    let sources = sources();
    let mut uses: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (module, code) in &sources {
        for used in imports(module, code) {
            // The longest part of the path that is a file.
            let mut path = used.as_str();
            let file = loop {
                if let Some((file, _)) = sources.get_key_value(path) {
                    break Some(file.as_str());
                }
                match path.rsplit_once("::") {
                    Some((parent, _)) => path = parent,
                    None => break None,
                }
            };
            if let Some(file) = file.filter(|file| *file != module && !is_family(file, module)) {
                uses.entry(module).or_default().insert(file);
            }
        }
    }
    for (module, used) in &uses {
        let mut seen = BTreeSet::new();
        let mut next: Vec<(&str, &str)> = used.iter().map(|file| (*module, *file)).collect();
        while let Some((user, file)) = next.pop() {
            assert_ne!(file, *module, "{module} is used by {user}, which it uses");
            if seen.insert(file) {
                let on = uses.get(file).into_iter().flatten();
                next.extend(on.map(|used| (file, *used)));
            }
        }
    }
}
