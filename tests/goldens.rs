//! CPython is the oracle: every demo prints the lines that its Python counterpart prints there, in
//! the same order and at the same nanosecond. `cargo xtask oracle` makes the files of
//! `tests/golden`.

use interleave::demo::Counterpart;
use interleave::demos::DEMOS;
use interleave::derived::output;
use interleave::link;
use interleave::param::Values;
use interleave::text::number::exact;
use interleave::trace::Trace;
use std::iter;
use std::path::Path;

/// What was printed, each line after its time in seconds, and when all was over.
fn with_times(trace: &Trace) -> String {
    let end_ns = trace.end.as_ref().expect("the run ended").time_ns;
    let lines = output::lines(trace).filter(|line| !line.note);
    let times = lines
        .flat_map(|line| line.text.split('\n').map(move |_| line.time_ns))
        .chain(iter::repeat(end_ns));
    output::text(trace)
        .split_terminator('\n')
        .chain(["end"])
        .zip(times)
        .map(|(line, time_ns)| format!("{} {line}\n", exact(time_ns.into(), 9)))
        .collect()
}

#[test]
fn demos_print_what_cpython_prints_when_it_prints_it() {
    let mut compared = 0;
    let mut differences = Vec::new();
    for demo in DEMOS {
        if !matches!(demo.counterpart, Counterpart::Python(_)) {
            assert_eq!(demo.goldens, "", "{}: only CPython is asked", demo.slug);
            continue;
        }
        for setting in demo.golden_settings() {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(demo.golden_path(setting));
            let expected = std::fs::read_to_string(&path).unwrap_or_else(|_| {
                panic!("{} is missing: run cargo xtask oracle", path.display())
            });
            let mut values = Values::defaults(demo.params);
            link::apply_query(&mut values, setting).expect("a golden setting is valid");
            let printed = with_times(&demo.run_instantly(values));
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
