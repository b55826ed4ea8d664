//! Every sort of finding has a demo that provokes it, a demo that must not, and, where the demo
//! has a remedy, a setting that makes it go away.

use interleave::demo::Remedy;
use interleave::demos::{self, DEMOS};
use interleave::derived::findings::{FindingKind, findings};
use interleave::link;
use interleave::param::Values;
use interleave::trace::Trace;

/// A sort of finding, a demo and a setting that provoke it, a demo and a setting that must not,
/// and what the first of the findings says.
const TABLE: &[(FindingKind, Setting, Setting, &str)] = &[
    (
        FindingKind::LoopBlocked,
        ("factorial", "mode=blocking"),
        ("factorial", ""),
        "A held the loop for 2.00 s, and nobody else could run",
    ),
    (
        FindingKind::Starved,
        ("hello-blocking-async", "mode=blocking"),
        ("hello-blocking-async", "tasks=500"),
        "task 2 could run 2.00 s before it got the thread: task 1 held it",
    ),
    (
        FindingKind::LoopBlocked,
        ("starvation", ""),
        ("starvation", "pause-every=1"),
        "work held the loop for 1.20 s, and nobody else could run",
    ),
    (
        FindingKind::Starved,
        ("starvation", ""),
        ("starvation", "pause-every=1"),
        "ticker could run 1.10 s before it got the thread: work held it",
    ),
    (
        FindingKind::NeverReleased,
        ("semaphore", "forget=yes&tasks=3"),
        ("semaphore", ""),
        "task 1 acquired the semaphore room and never gave it back",
    ),
    (
        FindingKind::Deadlock,
        ("semaphore", "forget=yes"),
        ("semaphore", "forget=yes&tasks=3"),
        "nothing can wake what is left: task 4, task 5, task 6 and 4 more wait for the semaphore room, which task 1, task 2 and task 3 never gave back; main waits for 10 tasks",
    ),
    (
        FindingKind::NeverAwaited,
        ("coroutine-object", "await-it=no"),
        ("coroutine-object", "await-it=yes"),
        "main made the coroutine greet and never awaited it, so that none of its code ran",
    ),
    (
        FindingKind::NeverRetrieved,
        ("gather-errors", "mode=nobody"),
        ("gather-errors", "mode=first&fails=2,3"),
        "task 2 failed with ValueError: of task 2, and nobody looked at its result",
    ),
    (
        FindingKind::Lost,
        ("gather-errors", "linger=0s"),
        ("gather-errors", "linger=0s&mode=group"),
        "task 3 was not finished when main ended, and the program does not wait for it: it was cancelled",
    ),
    (
        FindingKind::Lost,
        ("crawler", "wait-for-all=no"),
        ("crawler", ""),
        "page 1 was not finished when main ended, and the program does not wait for it: it was cancelled",
    ),
    (
        FindingKind::Deadlock,
        ("deadlock", ""),
        ("deadlock", "mode=same"),
        "A waits for the lock b, which B holds; B waits for the lock a, which A holds",
    ),
];

/// A demo and its parameters, as in a link.
type Setting = (&'static str, &'static str);

#[track_caller]
fn run((slug, setting): Setting) -> Trace {
    let demo = demos::find(slug).unwrap_or_else(|| panic!("there is no demo {slug}"));
    let mut values = Values::defaults(demo.params);
    link::apply_query(&mut values, setting).expect("the setting is valid");
    demo.run_instantly(values)
}

fn kinds(setting: Setting) -> Vec<FindingKind> {
    findings(&run(setting)).iter().map(|f| f.kind).collect()
}

#[test]
fn each_sort_of_finding_is_provoked_by_one_demo_and_not_by_another() {
    for (kind, bad, good, sentence) in TABLE {
        let trace = run(*bad);
        let found = findings(&trace);
        let first = found
            .iter()
            .find(|finding| finding.kind == *kind)
            .unwrap_or_else(|| panic!("{bad:?} does not provoke {kind:?}: {found:#?}"));
        assert_eq!(first.sentence, *sentence, "{bad:?}");
        assert!(first.time_ns <= trace.duration_ns());
        let file = &trace.location(first.location).file;
        assert!(file.ends_with(".rs"), "{kind:?} has a source line: {file}");
        assert!(
            !kinds(*good).contains(kind),
            "{good:?} provokes {kind:?} and must not"
        );
    }
}

#[test]
fn every_sort_of_finding_is_in_the_table() {
    for kind in FindingKind::ALL {
        assert!(
            TABLE.iter().any(|(in_table, ..)| *in_table == kind),
            "{kind:?}"
        );
        assert!(!kind.title().is_empty() && !kind.advice().is_empty());
    }
}

#[test]
fn remedies_remedy() {
    let mut tried = 0;
    for demo in DEMOS {
        for &Remedy { kind, key, value } in demo.remedies {
            let provoking = demo
                .golden_settings()
                .chain(
                    TABLE
                        .iter()
                        .map(|(_, bad, ..)| *bad)
                        .filter(|(slug, _)| *slug == demo.slug)
                        .map(|(_, setting)| setting),
                )
                .find(|setting| kinds((demo.slug, setting)).contains(&kind))
                .unwrap_or_else(|| panic!("{}: no golden setting provokes {kind:?}", demo.slug));
            let mut values = Values::defaults(demo.params);
            link::apply_query(&mut values, provoking).expect("the setting is valid");
            values
                .set(key, value)
                .expect("the remedy is a value of the parameter");
            let left = findings(&demo.run_instantly(values));
            assert!(
                left.iter().all(|finding| finding.kind != kind),
                "{} {provoking}: {key}={value} does not help: {left:#?}",
                demo.slug
            );
            tried += 1;
        }
    }
    assert!(tried > 0);
}

#[test]
fn a_run_can_be_looked_at_at_any_moment() {
    for demo in DEMOS {
        for setting in demo.golden_settings() {
            let mut values = Values::defaults(demo.params);
            link::apply_query(&mut values, setting).expect("the setting is valid");
            if !demo.runs_instantly(&values) {
                continue;
            }
            let whole = demo.run_instantly(values);
            let step = whole.events.len() / 20 + 1;
            for count in (0..whole.events.len()).step_by(step) {
                let mut trace = whole.clone();
                trace.events.truncate(count);
                trace.end = None;
                for finding in findings(&trace) {
                    let name = format!("{} {setting}, {count} events: {finding:?}", demo.slug);
                    assert!(finding.time_ns <= trace.duration_ns(), "{name}");
                    assert!(
                        finding.end_ns.is_none_or(|ns| ns >= finding.time_ns),
                        "{name}"
                    );
                    assert!(finding.count > 0 && !finding.sentence.is_empty(), "{name}");
                }
            }
        }
    }
}
