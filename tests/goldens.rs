//! CPython is the oracle: every demo prints the lines that its Python counterpart prints there,
//! in the same order. `cargo xtask oracle` makes the files under `tests/golden` anew.

use interleave::demo::Counterpart;
use interleave::demos::DEMOS;
use interleave::derived::output;
use interleave::link;
use interleave::param::Values;
use std::path::Path;

#[test]
fn demos_print_what_cpython_prints() {
    let mut compared = 0;
    let mut differences = Vec::new();
    for demo in DEMOS {
        if !matches!(demo.counterpart, Counterpart::Python(_)) {
            continue;
        }
        for setting in demo.golden_settings() {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(demo.golden_path(setting));
            let expected = std::fs::read_to_string(&path).unwrap_or_else(|_| {
                panic!("{} is missing: run cargo xtask oracle", path.display())
            });
            let mut values = Values::defaults(demo.params);
            link::apply_query(&mut values, setting).expect("a golden setting is valid");
            let printed = output::text(&demo.run_instantly(values));
            compared += 1;
            if printed != expected {
                differences.push(format!(
                    "--- {} {setting}\nCPython:\n{expected}\nhere:\n{printed}",
                    demo.slug
                ));
            }
        }
    }
    assert!(compared > 0, "there are goldens to compare with");
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
