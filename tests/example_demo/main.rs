//! The demo that docs/adding-a-demo.md adds, as the files that a reader who follows it would have.

use interleave::demo::with_constants;
use interleave::derived::output;
use interleave::param::Values;
use interleave::trace::EndReason;

/// What stands beside the demos in `src/demos.rs`.
mod prelude {
    pub use interleave::demos::prelude::*;
}

interleave::gallery! {
    ""
    WORKING_TOGETHER: WorkingTogether {
        ping_pong.py
    }
}

#[test]
fn the_guide_has_the_files_word_for_word() {
    let guide = include_str!("../../docs/adding-a-demo.md");
    let [demo] = DEMOS else {
        panic!("there is one example")
    };
    for (language, file) in [("python", demo.counterpart.file()), ("rust", &demo.rust)] {
        let block = format!("```{language}\n{}```\n", file.text);
        assert!(guide.contains(&block), "{} is in the guide", file.name);
        let name = format!("`{}`", file.name);
        assert!(guide.contains(&name), "the guide says {name}");
    }
    assert_eq!(guide.matches("```").count(), 4, "no other code");
    assert!(guide.contains(&format!("`tests/golden/{}`", demo.slug)));
    assert!(guide.lines().count() <= 62, "it fits on one screen");
}

#[test]
fn the_example_does_what_its_python_program_does() {
    let demo = DEMOS[0];
    let values = Values::defaults(demo.params);
    let python = demo.counterpart.file().text;
    assert_eq!(with_constants(python, &values), python);
    let trace = PARTS[0].programs[0].run_instantly(values);
    // What `cargo xtask oracle` writes for it.
    let printed: Vec<(u64, &str)> = output::lines(&trace)
        .map(|line| (line.time_ns, line.text))
        .collect();
    assert_eq!(
        printed,
        [
            (0, "ping"),
            (500_000_000, "pong"),
            (500_000_000, "ping"),
            (1_000_000_000, "pong"),
            (1_000_000_000, "ping"),
            (1_500_000_000, "pong"),
        ]
    );
    let end = trace.end.expect("it ended");
    assert_eq!(end.reason, EndReason::Finished);
    assert_eq!(end.time_ns, 1_500_000_000);
}
