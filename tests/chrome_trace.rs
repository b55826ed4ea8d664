//! Runs as Chrome trace events, read strictly: what viewers ask for holds, and the numbers are the trace's.

#[path = "common/chrome_trace.rs"]
mod chrome_trace;

use chrome_trace::{Flow, Read, Slice, read};
use interleave::demos::DEMOS;
use interleave::derived::output;
use interleave::derived::recording::Recording;
use interleave::derived::timeline::LaneState;
use interleave::export::{self, Version};
use interleave::param::Values;
use interleave::picture::sample;
use interleave::trace::{Cause, End, EndReason, EventKind, TaskId, Trace, wire};
use proptest::prelude::*;

fn steps_of(task: TaskId) -> (u64, u64) {
    (1, 2 + 2 * u64::from(task.0))
}

fn between_of(task: TaskId) -> (u64, u64) {
    (1, 3 + 2 * u64::from(task.0))
}

/// Those of the wakes that led to a step: their time, who woke, and the task with the time of that step.
fn wakes(trace: &Trace) -> Vec<(u64, Cause, TaskId, u64)> {
    let events = trace.events.iter().enumerate();
    let wakes = events.filter_map(|(at, event)| match event.kind {
        EventKind::Wake {
            target,
            by,
            merged: false,
        } => {
            let starts = |kind| matches!(kind, EventKind::PollStart { task } if task == target);
            let later = &trace.events[at..];
            let step = later.iter().find(|event| starts(event.kind))?;
            Some((event.time_ns, by, target, step.time_ns))
        }
        _ => None,
    });
    let mut wakes: Vec<_> = wakes.collect();
    wakes.sort_by_key(|(from_ns, _, target, to_ns)| (*from_ns, *target, *to_ns));
    wakes
}

/// The sum of what is in a file of a run equals what is in its trace.
#[track_caller]
fn check(name: &str, trace: Trace) -> Read {
    let recording = Recording::from_trace(trace);
    let label = "";
    let recording = &recording;
    let text = export::chrome_trace::text(name, &[Version { label, recording }]);
    let read = read(&text);
    let (trace, timeline) = (recording.trace(), recording.timeline());
    assert_eq!(read.processes.len(), 1);
    assert_eq!(read.threads.len(), 1 + 2 * trace.tasks.len());

    let now_ns = trace.duration_ns();
    let none = Vec::new();
    for lane in &timeline.lanes {
        let task = lane.task;
        let mut expected_ns = [0; 4];
        for segment in lane.segments_until(now_ns) {
            expected_ns[segment.state as usize] += segment.end_ns - segment.start_ns;
        }
        let slices = |thread| read.slices.get(&thread).unwrap_or(&none).iter();
        let sum_ns = |thread, category| {
            let own = slices(thread).filter(|slice: &&Slice| slice.category == category);
            own.map(|slice| slice.to_ns - slice.from_ns).sum::<u64>()
        };
        let blocking_ns = sum_ns(steps_of(task), "blocking");
        let found_ns = [
            sum_ns(steps_of(task), "running") - blocking_ns,
            blocking_ns,
            sum_ns(between_of(task), "ready"),
            sum_ns(between_of(task), "waiting"),
        ];
        let states = LaneState::ALL.map(|state| state as usize);
        assert_eq!(states, [0, 1, 2, 3]);
        assert_eq!(found_ns, expected_ns, "{name}: {}", trace.name(task));

        let is_step = |kind| matches!(kind, EventKind::PollStart { task: own } | EventKind::ThreadStart { task: own, .. } if own == task);
        let steps = trace.events.iter().filter(|event| is_step(event.kind));
        let running = slices(steps_of(task)).filter(|slice| slice.category == "running");
        assert_eq!(
            running.count(),
            steps.count(),
            "{name}: {}",
            trace.name(task)
        );
    }

    let mut flows: Vec<&Flow> = read.flows.iter().collect();
    flows.sort_by_key(|flow| (flow.from_ns, flow.to, flow.to_ns));
    let wakes = wakes(trace);
    assert_eq!(flows.len(), wakes.len(), "{name}: wakes that led to a step");
    for (flow, (from_ns, _, target, to_ns)) in flows.iter().zip(&wakes) {
        assert_eq!(
            (flow.from_ns, flow.to_ns),
            (*from_ns, *to_ns),
            "{name}: {flow:?}"
        );
        assert_eq!(flow.to, steps_of(*target), "{name}: {flow:?}");
    }
    let mut from: Vec<_> = flows.iter().map(|flow| flow.from).collect();
    let mut by: Vec<_> = wakes
        .iter()
        .map(|(_, by, ..)| match by {
            Cause::Task(task) => steps_of(*task),
            Cause::Timer(_) | Cause::External => (1, 1),
        })
        .collect();
    from.sort_unstable();
    by.sort_unstable();
    assert_eq!(from, by, "{name}: who woke");

    assert_eq!(read.instants.len(), output::lines(trace).count(), "{name}");
    for ((thread, category, text, time_ns), line) in read.instants.iter().zip(output::lines(trace))
    {
        let expected = if line.note { "note" } else { "output" };
        assert_eq!(
            (*thread, category.as_str()),
            (steps_of(line.task), expected)
        );
        assert_eq!((text.as_str(), *time_ns), (line.text, line.time_ns));
    }
    let values = trace.events.iter().filter_map(|event| match event.kind {
        EventKind::Value { name, value, .. } => {
            Some((trace.text(name).to_owned(), i64::from(value), event.time_ns))
        }
        _ => None,
    });
    assert_eq!(read.counters, values.collect::<Vec<_>>(), "{name}");
    let turns = read.slices.get(&(1, 1)).unwrap_or(&none).iter();
    let turns = turns.filter(|slice| slice.category == "turn");
    assert_eq!(turns.count(), timeline.turns.len(), "{name}");
    read
}

/// What a demo does as it opens: instantly, or as it was recorded.
fn trace_of(demo: &interleave::demo::Demo) -> Trace {
    let values = Values::defaults(demo.params);
    if demo.runs_instantly(&values) {
        return demo.run_instantly(values);
    }
    let name = demo.recorded_path().replace("demos/", "src/demos/");
    let bytes = std::fs::read(format!("{}/{name}", env!("CARGO_MANIFEST_DIR")));
    let bytes = bytes.expect("there is a recorded run");
    let mut batches = wire::kept_batches(&bytes);
    let first = batches.next().expect("there is a batch");
    let mut trace = wire::decode(first).expect("it can be read");
    for batch in batches {
        wire::append(&mut trace, batch).expect("it can be read");
    }
    trace
}

#[test]
fn every_demo() {
    let (mut flows, mut own, mut slices) = (0, 0, 0);
    for demo in DEMOS {
        let read = check(demo.slug, trace_of(demo));
        flows += read.flows.len();
        let is_step = |flow: &&Flow| flow.within.category == "running";
        own += read.flows.iter().filter(is_step).count();
        slices += read.slices.values().map(Vec::len).sum::<usize>();
    }
    println!(
        "{} demos, {slices} slices, {flows} wakes, {own} of them in steps",
        DEMOS.len()
    );
    assert!(flows > 500, "{flows} wakes");
}

#[test]
fn versions_are_processes_of_their_own_and_no_flow_leaves_one() {
    let run = |mode: &str| {
        let demo = interleave::demos::find("factorial").expect("the demo exists");
        let mut values = Values::defaults(demo.params);
        interleave::link::apply_query(&mut values, &format!("mode={mode}")).expect("it is valid");
        Recording::from_trace(demo.run_instantly(values))
    };
    let (first, second) = (run("blocking"), run("async"));
    let version = |label, recording| Version { label, recording };
    let text = |versions: &[Version]| export::chrome_trace::text("Factorial", versions);
    let both = [version("blocking", &first), version("async", &second)];
    let read_both = read(&text(&both));
    let names: Vec<&String> = read_both.processes.values().collect();
    assert_eq!(names, ["Factorial: blocking", "Factorial: async"]);
    let alone = both.map(|version| read(&text(&[version])).flows.len());
    assert_eq!(read_both.flows.len(), alone[0] + alone[1]);
    for flow in &read_both.flows {
        assert_eq!(flow.from.0, flow.to.0, "{flow:?}");
    }
    assert!(read_both.slices.keys().any(|(process, _)| *process == 2));
}

#[test]
fn a_run_that_goes_on_or_in_which_nothing_happened_is_one_too() {
    let trace = Trace::new(interleave::trace::ClockKind::Live);
    let read = check("nothing", trace);
    assert!(read.slices.is_empty());
    let demo = interleave::demos::find("cooking").expect("the demo exists");
    let mut trace = trace_of(demo);
    trace.end = None;
    check("cooking", trace);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn made_up_runs(tasks in 1_usize..12, events in 10_usize..900, seed: u32) {
        check("made up", sample::trace(tasks, events, seed));
    }

    #[test]
    fn runs_that_were_stopped_anywhere(demo in 0..DEMOS.len(), part in 0.0..1.0, later_ns in 0_u64..2_000_000_000) {
        let mut trace = trace_of(DEMOS[demo]);
        let count = (trace.events.len() as f64 * part) as usize;
        trace.events.truncate(count);
        let time_ns = trace.events.last().map_or(0, |event| event.time_ns) + later_ns;
        trace.end = Some(End {
            time_ns,
            reason: EndReason::Stopped,
            message: "".into(),
        });
        let read = check(DEMOS[demo].slug, trace);
        for slice in read.slices.values().flatten() {
            prop_assert!(slice.to_ns <= time_ns, "{slice:?} ends after the run");
        }
    }
}
