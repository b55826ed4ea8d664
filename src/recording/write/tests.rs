use super::*;
use crate::demos::DEMOS;
use crate::param::Values;
use crate::picture::sample;
use crate::recording::File;
use crate::trace::{
    End, Event as Happened, Location, ResourceId, ResourceInfo, TaskInfo, TextId, TimerId,
};
use miniz_oxide::deflate::compress_to_vec_zlib;
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

/// A file of a run, packed as the browser does it.
fn file(trace: &Trace, about: &About) -> Result<Vec<u8>, String> {
    let mut bytes = START.to_vec();
    for block in blocks(trace, about)? {
        assert!((1..=MAX_BLOCK_BYTES).contains(&block.len()));
        bytes.extend(framed(&compress_to_vec_zlib(&block, 6), block.len()));
    }
    Ok(bytes)
}

/// Writes a run and reads it again; how many bytes that took.
#[track_caller]
fn check(name: &str, trace: &Trace) -> usize {
    let bytes = file(trace, &About::default()).unwrap_or_else(|why| panic!("{name}: {why}"));
    let read = File::read(&bytes).unwrap_or_else(|why| panic!("{name}: {why}"));
    assert_eq!(read.broken_off, "", "{name}");
    assert!(read.into_trace() == *trace, "{name}: it is another trace");
    bytes.len()
}

#[test]
fn the_run_of_every_demo_comes_back_as_it_was() {
    let (mut instant, mut recorded) = (0, 0);
    let (mut events, mut bytes_of_all) = (0, 0);
    for demo in DEMOS {
        let values = Values::defaults(demo.params);
        if demo.runs_instantly(&values) {
            let trace = demo.run_instantly(values);
            events += trace.events.len();
            bytes_of_all += check(demo.slug, &trace);
            instant += 1;
            continue;
        }
        let path = demo.recorded_path().replace("demos/", "src/demos/");
        let bytes = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect(demo.slug);
        let mut trace = Trace::new(ClockKind::Live);
        for (at, batch) in wire::kept_batches(&bytes).enumerate() {
            if at == 0 {
                trace = wire::decode(batch).expect(demo.slug);
            } else {
                wire::append(&mut trace, batch).expect(demo.slug);
            }
        }
        events += trace.events.len();
        bytes_of_all += check(demo.slug, &trace);
        recorded += 1;
    }
    println!(
        "{instant} instant runs, {recorded} recorded ones: {events} events in {bytes_of_all} bytes"
    );
    assert!(instant > 40 && recorded > 4, "{instant}, {recorded}");
}

/// A large run, in which no timer is named before it was set.
fn large(tasks: usize, events: usize) -> Trace {
    let mut trace = sample::trace(tasks, events, 7);
    let first_set = trace
        .events
        .iter()
        .position(|event| matches!(event.kind, EventKind::TimerSet { .. }))
        .unwrap_or(trace.events.len());
    for event in &mut trace.events[..first_set] {
        event.kind = match event.kind {
            EventKind::TimerFired { .. } => EventKind::LoopTurn,
            EventKind::Wake {
                target,
                by: Cause::Timer(_),
                merged,
            } => EventKind::Wake {
                target,
                by: Cause::External,
                merged,
            },
            kind => kind,
        };
    }
    trace
}

#[test]
fn a_large_run_comes_back_in_several_blocks() {
    let trace = large(1_000, 300_000);
    let bytes = check("a large run", &trace);
    let events = trace.events.len();
    let each = bytes as f64 / events as f64;
    println!("{events} events in {bytes} bytes, {each:.2} bytes each");
    assert!(each < 6.0, "{each:.2} bytes an event");
    assert!(
        blocks(&trace, &About::default())
            .expect("it is sound")
            .len()
            > 4
    );
}

#[test]
fn a_recording_of_a_program_can_be_saved_as_the_page_shows_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/tests/recordings");
    for name in ["whole", "in-blocks", "killed"] {
        let path = folder.join(format!("good-{name}.interleave"));
        let bytes = fs::read(path).expect("it is there");
        check(name, &File::read(&bytes).expect("it is good").into_trace());
    }
}

/// One event of every kind, with the numbers that are hardest to keep.
fn every_kind() -> Trace {
    let mut trace = Trace::new(ClockKind::Live);
    let unknown = LocationId::UNKNOWN;
    for (file, line) in [("a.rs", 1), ("a.rs", 1), ("", 0), ("b/ä.rs", u32::MAX)] {
        let file = file.into();
        trace.locations.push(Location { file, line });
    }
    for text in ["", "name", "name", "Grüße 🎉", "nobody names this"] {
        trace.texts.push(text.into());
    }
    trace.texts.push("long ".repeat(10_000).into());
    for (name, parent, location, thread) in [
        ("main", None, unknown, 0),
        ("", Some(TaskId(0)), LocationId(3), 0),
        ("name", Some(TaskId(1)), LocationId(4), 7),
    ] {
        trace.tasks.push(TaskInfo {
            name: name.into(),
            parent,
            location,
            thread,
        });
    }
    use ResourceKind::*;
    for kind in [
        Queue, Lock, Semaphore, Event, Condition, Future, Group, Channel, Http, Socket, Thread,
    ] {
        let name = kind.word().into();
        trace.resources.push(ResourceInfo { kind, name });
    }
    let (task, other, location, text) = (TaskId(1), TaskId(2), LocationId(4), TextId(4));
    let (name, resource) = (TextId(6), ResourceId(10));
    let causes = [
        Cause::Task(other),
        Cause::Timer(TimerId(1)),
        Cause::External,
    ];
    let mut kinds = vec![EventKind::LoopTurn, EventKind::Spawn { task }];
    // A number that needs no record more, and the others.
    let edges = [0, NEVER - 1, NEVER, NEVER + 1, MAX_TIME_NS, u64::MAX];
    for (timer, deadline_ns) in (0..).map(TimerId).zip(edges) {
        kinds.push(EventKind::TimerSet { timer, deadline_ns });
    }
    let timer = TimerId(5);
    kinds.extend([
        EventKind::TimerFired { timer },
        EventKind::TimerDropped { timer },
        EventKind::ResourceMade { resource },
        EventKind::PollStart { task },
    ]);
    use PollOutcome::{Panicked, Pending, Ready};
    kinds.extend(
        [Ready, Pending, Panicked].map(|outcome| EventKind::PollEnd {
            task,
            outcome,
            location,
        }),
    );
    for (by, merged) in causes.into_iter().zip([true, false, true]) {
        let target = task;
        kinds.push(EventKind::Wake { target, by, merged });
        kinds.push(EventKind::Cancel { target, by });
    }
    let waits = [
        WaitFor::Resource(resource),
        WaitFor::Task(other),
        WaitFor::Timer(timer),
    ];
    kinds.extend(waits.map(|on| EventKind::Wait { task, on }));
    for level in [0, (1 << LEVEL_BITS) - 1, 1 << LEVEL_BITS, u32::MAX] {
        kinds.push(EventKind::Acquire {
            task,
            resource,
            level,
            location,
        });
        kinds.push(EventKind::Release {
            task,
            resource,
            level,
        });
    }
    kinds.extend([
        EventKind::Output {
            task,
            text,
            location,
        },
        EventKind::Note { task, text },
        EventKind::FrameEnter {
            task,
            name,
            location,
        },
        EventKind::FrameExit { task },
        EventKind::NeverAwaited {
            task,
            name,
            location,
        },
        EventKind::Retrieved { task },
        EventKind::Blocks { task, location },
    ]);
    use Ending::{Cancelled, Failed, Returned};
    let endings = [Returned, Failed, Cancelled, Ending::Panicked];
    kinds.extend(endings.map(|ending| EventKind::Done { task, ending, text }));
    for value in [i32::MIN, -1, 0, i32::MAX] {
        kinds.push(EventKind::Value { task, name, value });
    }
    use BrowserQueue::{Messages, Microtasks, Timers};
    for queue in [Microtasks, Timers, Messages] {
        let queued = kinds.len() as u32;
        kinds.push(EventKind::BrowserQueued { task, queue });
        kinds.push(EventKind::BrowserCall { queued });
        kinds.push(EventKind::BrowserReturn { queued });
    }
    for (time_ns, kind) in (0..).map(|at| 3 * at).zip(kinds) {
        trace.events.push(Happened { time_ns, kind });
    }
    for at_ns in [0, NEVER, NEVER + 1, MAX_TIME_NS] {
        for kind in [
            EventKind::ThreadStart { task: other, at_ns },
            EventKind::ThreadEnd { task: other, at_ns },
            EventKind::Blocked {
                task,
                location,
                from_ns: at_ns,
            },
        ] {
            let time_ns = MAX_TIME_NS;
            trace.events.push(Happened { time_ns, kind });
        }
    }
    trace.end = Some(End {
        time_ns: MAX_TIME_NS,
        reason: EndReason::Limit,
        message: "that is enough".into(),
    });
    trace
}

const SAID: About = About {
    program: "Factorial / async",
    view: "1/factorial?b=5&at=1.5s",
    sources: &[("a.rs", "fn main() {}\n"), ("a.py", "pass\n")],
    started_s: 1_767_225_600,
    recorder: "Interleave's page 0.1.0",
    runtime: "Firefox 145.0",
    platform: "Linux x86_64",
};

#[test]
fn what_is_said_beside_the_trace_comes_back_too() {
    let bytes = file(&every_kind(), &SAID).expect("it is sound");
    let read = File::read(&bytes).expect("it is good");
    assert_eq!(read.view, SAID.view);
    assert_eq!(read.started_s, SAID.started_s);
    let sources = read.sources.iter();
    let sources = sources.map(|(row, text)| (&*read.files[*row as usize].0, &**text));
    assert!(sources.eq(SAID.sources.iter().copied()));
    let expected = [
        "Factorial / async",
        "A run in the page, real time",
        "Firefox 145.0 on Linux x86_64",
        "recorded by Interleave's page 0.1.0",
    ];
    assert_eq!(read.about(), expected);
}

fn kept(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/tests/recordings");
    folder.join(format!("good-page-{name}.interleave"))
}

/// These files are for good: a later version reads them too. UPDATE=1 writes those that are not there.
#[test]
fn the_runs_of_the_page_that_are_kept_are_read_as_they_were() {
    let quiet = About::default();
    let mut nothing = Trace::new(ClockKind::Instant);
    nothing.end = Some(End {
        time_ns: 0,
        reason: EndReason::Finished,
        message: "".into(),
    });
    for (name, trace, about) in [
        ("every-kind", every_kind(), SAID),
        ("nothing", nothing, quiet),
    ] {
        let path = kept(name);
        if std::env::var_os("UPDATE").is_some() && !path.exists() {
            let bytes = file(&trace, &about).expect("it is sound");
            fs::write(&path, bytes).expect("it can be written");
        }
        let bytes = fs::read(&path).expect("it is there: UPDATE=1 writes it");
        let read = File::read(&bytes).expect("it is good");
        assert_eq!(read.view, about.view);
        assert_eq!(read.into_trace(), trace, "{name}");
    }
}

#[test]
fn what_no_file_takes_is_refused_with_a_sentence() {
    #[track_caller]
    fn check(change: impl Fn(&mut Trace), expected: &str) {
        let mut trace = every_kind();
        change(&mut trace);
        let said = blocks(&trace, &SAID).expect_err("it is refused");
        assert!(said.contains(expected), "{said}");
    }
    let event = |trace: &mut Trace, kind| {
        let time_ns = trace.duration_ns();
        trace.events.push(Happened { time_ns, kind });
    };
    check(|trace| trace.end = None, "the run goes on");
    check(
        |trace| trace.end.as_mut().expect("it ended").time_ns = 5,
        "ends before its last event",
    );
    check(
        |trace| trace.texts.push("x".repeat(2_000_000).into()),
        "a text has 2000000 bytes, and a file takes 1048576",
    );
    check(|trace| trace.tasks[2].thread = 60_000, "60001 threads");
    check(
        |trace| trace.tasks[1].parent = Some(TaskId(1)),
        "task 1 points to what is not there",
    );
    check(|trace| trace.texts.clear(), "the empty text");
    let timer = TimerId(8);
    for kind in [
        EventKind::TimerSet {
            timer,
            deadline_ns: 0,
        },
        EventKind::TimerFired { timer },
        EventKind::BrowserCall { queued: 0 },
        EventKind::Spawn { task: TaskId(3) },
    ] {
        check(|trace| event(trace, kind), "what no run of the page does");
    }
    let twice = About {
        sources: &[("a.rs", ""), ("a.rs", "")],
        ..SAID
    };
    let said = blocks(&every_kind(), &twice).expect_err("it is refused");
    assert_eq!(said, "a.rs has two sources");
}

/// An event of some kind; numbers of rows are any.
fn any_event(kind: u8, a: u32, b: u32, number: u64) -> EventKind {
    let (task, location, text) = (TaskId(a), LocationId(b as u16), TextId(b));
    let (timer, resource) = (TimerId(b), ResourceId(b));
    let by = [Cause::Task(TaskId(b)), Cause::Timer(timer), Cause::External][number as usize % 3];
    let level = number as u32;
    match kind % 24 {
        0 => EventKind::LoopTurn,
        1 => EventKind::Spawn { task },
        2 => EventKind::PollStart { task },
        3 => EventKind::PollEnd {
            task,
            outcome: [
                PollOutcome::Ready,
                PollOutcome::Pending,
                PollOutcome::Panicked,
            ][number as usize % 3],
            location,
        },
        4 => EventKind::Wake {
            target: task,
            by,
            merged: number.is_multiple_of(2),
        },
        5 => EventKind::Cancel { target: task, by },
        6 => EventKind::TimerSet {
            timer,
            deadline_ns: number,
        },
        7 => EventKind::TimerFired { timer },
        8 => EventKind::TimerDropped { timer },
        9 => EventKind::ResourceMade { resource },
        10 => EventKind::Wait {
            task,
            on: [
                WaitFor::Resource(resource),
                WaitFor::Task(TaskId(b)),
                WaitFor::Timer(timer),
            ][number as usize % 3],
        },
        11 => EventKind::Acquire {
            task,
            resource,
            level,
            location: LocationId(0),
        },
        12 => EventKind::Release {
            task,
            resource,
            level,
        },
        13 => EventKind::Output {
            task,
            text,
            location: LocationId(0),
        },
        14 => EventKind::Note { task, text },
        15 => EventKind::FrameEnter {
            task,
            name: text,
            location: LocationId(0),
        },
        16 => EventKind::Done {
            task,
            ending: [Ending::Returned, Ending::Failed, Ending::Panicked][number as usize % 3],
            text,
        },
        17 => EventKind::Blocks { task, location },
        18 => EventKind::Blocked {
            task,
            location,
            from_ns: number,
        },
        19 => EventKind::ThreadStart {
            task,
            at_ns: number,
        },
        20 => EventKind::ThreadEnd {
            task,
            at_ns: number,
        },
        21 => EventKind::Value {
            task,
            name: text,
            value: number as i32,
        },
        22 => EventKind::BrowserQueued {
            task,
            queue: [
                BrowserQueue::Microtasks,
                BrowserQueue::Timers,
                BrowserQueue::Messages,
            ][number as usize % 3],
        },
        _ => EventKind::BrowserCall { queued: b },
    }
}

fn any_number() -> impl Strategy<Value = u64> {
    let edges = [
        0,
        1,
        NEVER - 1,
        NEVER,
        NEVER + 1,
        MAX_TIME_NS,
        MAX_TIME_NS + 1,
        u64::MAX,
    ];
    prop_oneof![
        proptest::sample::select(edges.to_vec()),
        any::<u64>(),
        0..1_000_u64
    ]
}

/// Events as they come: when, of which kind, and with what numbers.
type Facts = Vec<(u64, u8, u32, u32, u64)>;

fn any_facts() -> impl Strategy<Value = Facts> {
    let after_ns = prop_oneof![Just(0), 0..5_000_u64, 0..1_u64 << 56];
    let fact = (after_ns, any::<u8>(), 0..6_u32, 0..6_u32, any_number());
    proptest::collection::vec(fact, 0..60)
}

/// A trace of these facts; with `soundly`, without those that no file takes.
fn trace_of(facts: &Facts, soundly: bool) -> Trace {
    let mut trace = every_kind();
    trace.events.clear();
    let mut maker = Maker::default();
    let mut now_ns = 0_u64;
    for (after_ns, kind, a, b, number) in facts {
        now_ns = (now_ns + after_ns).min(MAX_TIME_NS);
        let at = trace.events.len();
        let mut kind = any_event(*kind, *a, *b, *number);
        if let (EventKind::TimerSet { timer, .. }, true) = (&mut kind, soundly) {
            timer.0 = maker.timers;
        }
        let event = Happened {
            time_ns: now_ns,
            kind,
        };
        let is_sound = wire::is_sound(&trace, &event, at);
        if !soundly || (is_sound && maker.event(now_ns, event.kind, at).is_some()) {
            trace.events.push(event);
        }
    }
    trace.end.as_mut().expect("it ended").time_ns = MAX_TIME_NS;
    trace
}

proptest! {
    #[test]
    fn any_run_comes_back_as_it_was(facts in any_facts()) {
        check("any run", &trace_of(&facts, true));
    }

    #[test]
    fn any_trace_at_all_is_refused_or_comes_back(facts in any_facts()) {
        let trace = trace_of(&facts, false);
        if let Ok(bytes) = file(&trace, &About::default()) {
            let read = File::read(&bytes).map_err(TestCaseError::fail)?;
            prop_assert_eq!(read.into_trace(), trace);
        }
    }

    #[test]
    fn runs_of_any_size_come_back(tasks in 1_usize..40, events in 300_usize..3_000) {
        check("a run", &large(tasks, events));
    }
}
