//! The recorded runs that are shown of demos which cannot be previewed are of the demos as they are now.

use interleave::demo::{Demo, visible_rust};
use interleave::demos::DEMOS;
use interleave::derived::output;
use interleave::marks::marks;
use interleave::param::Values;
use interleave::trace::{EndReason, EventKind, Trace, wire};

/// What is recorded of a demo.
fn recorded(demo: &Demo) -> Trace {
    let name = demo.recorded_path().replace("demos/", "src/demos/");
    let path = format!("{}/{name}", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(&path).unwrap_or_else(|error| {
        panic!("{name}: {error}: `cargo xtask record` records what the page shows of it")
    });
    let mut batches = wire::kept_batches(&bytes);
    let first = batches.next().expect("there is a batch");
    let mut trace = wire::decode(first).expect("it can be read");
    for batch in batches {
        wire::append(&mut trace, batch).expect("it can be read");
    }
    trace
}

#[test]
fn what_is_recorded_is_what_the_demo_does() {
    let mut checked = 0;
    for demo in DEMOS {
        if demo.runs_instantly(&Values::defaults(demo.params)) {
            continue;
        }
        let slug = demo.slug;
        let trace = recorded(demo);
        let end = trace.end.as_ref().expect("the run ended");
        assert_eq!(end.reason, EndReason::Finished, "{slug}");
        assert!(output::lines(&trace).count() > 2, "{slug}");
        // A file that was changed since has its marks at other lines.
        let marked = marks(visible_rust(demo.rust.text));
        let own = format!("/{}", demo.rust.name);
        for event in &trace.events {
            let EventKind::Output { location, .. } = event.kind else {
                continue;
            };
            let location = trace.location(location);
            if location.file.ends_with(&own) {
                let is_marked = marked.iter().any(|(line, _)| *line == location.line);
                assert!(
                    is_marked,
                    "{slug}: line {} has no mark: `cargo xtask record`",
                    location.line
                );
            }
        }
        checked += 1;
    }
    assert!(checked > 4, "{checked} demos");
}

#[test]
fn what_is_cut_off_is_left_out() {
    let kept = |bytes: &[u8]| {
        wire::kept_batches(bytes)
            .map(<[u8]>::to_vec)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        kept(&[2, 0, 0, 0, 7, 8, 1, 0, 0, 0, 9]),
        [vec![7, 8], vec![9]]
    );
    assert_eq!(kept(&[2, 0, 0, 0, 7]), Vec::<Vec<u8>>::new());
    assert_eq!(kept(&[0xff, 0xff, 0xff, 0xff, 7]), Vec::<Vec<u8>>::new());
    assert_eq!(kept(&[1, 0, 0]), Vec::<Vec<u8>>::new());
}
