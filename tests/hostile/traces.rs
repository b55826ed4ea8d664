//! Traces in batches: such whose events say what no run does, and such whose bytes were damaged on the way.

use crate::{Source, chrome_trace};
use interleave::derived::moment::{self, Moment, StepUnit};
use interleave::derived::recording::Recording;
use interleave::derived::run_ref::RunRef;
use interleave::derived::timeline::Scale;
use interleave::derived::{ending, headline, output};
use interleave::export::picture::{Look, Shown};
use interleave::export::{self, Heading, Version};
use interleave::picture::interaction::{Input, Interaction, Options, Shared};
use interleave::picture::layout::ResourceRows;
use interleave::picture::svg::Theme;
use interleave::picture::view::Frame;
use interleave::picture::{draw, sample, text, words};
use interleave::trace::wire::{self, Mark};
use interleave::trace::{
    BrowserQueue, Cause, ClockKind, End, EndReason, Ending, Event, EventKind, Location, LocationId,
    MAX_TIME_NS, PollOutcome, ResourceId, ResourceInfo, ResourceKind, TaskId, TaskInfo, TextId,
    TimerId, Trace, WaitFor,
};

/// A number for a row: mostly one that is there.
fn row(source: &mut Source, rows: usize) -> u32 {
    match source.below(40) {
        0 => source.number() as u32,
        1 => rows as u32,
        _ => source.below(rows) as u32,
    }
}

fn task(source: &mut Source, trace: &Trace) -> TaskId {
    TaskId(row(source, trace.tasks.len()))
}

fn timer(source: &mut Source, trace: &Trace) -> TimerId {
    TimerId(row(source, trace.events.len().min(4)))
}

fn location(source: &mut Source, trace: &Trace) -> LocationId {
    LocationId(row(source, trace.locations.len()) as u16)
}

fn text_id(source: &mut Source, trace: &Trace) -> TextId {
    TextId(row(source, trace.texts.len()))
}

fn resource(source: &mut Source, trace: &Trace) -> ResourceId {
    ResourceId(row(source, trace.resources.len()))
}

fn cause(source: &mut Source, trace: &Trace) -> Cause {
    match source.below(3) {
        0 => Cause::Task(task(source, trace)),
        1 => Cause::Timer(timer(source, trace)),
        _ => Cause::External,
    }
}

fn time_ns(source: &mut Source, near_ns: u64) -> u64 {
    match source.below(4) {
        0 => source.number(),
        1 => near_ns,
        2 => near_ns.saturating_sub(source.number() >> 40),
        _ => near_ns.saturating_add(source.number() >> 40),
    }
}

/// Any event, in no order that a run could have.
fn kind(source: &mut Source, trace: &Trace, now_ns: u64) -> EventKind {
    let own = task(source, trace);
    let location = location(source, trace);
    let text = text_id(source, trace);
    let level = source.number() as u32;
    match source.below(26) {
        0 => EventKind::LoopTurn,
        1 => EventKind::Spawn { task: own },
        2 | 3 => EventKind::PollStart { task: own },
        4 | 5 => EventKind::PollEnd {
            task: own,
            outcome: source.one_of(&[
                PollOutcome::Ready,
                PollOutcome::Pending,
                PollOutcome::Panicked,
            ]),
            location,
        },
        6 | 7 => EventKind::Wake {
            target: own,
            by: cause(source, trace),
            merged: source.once_in(4),
        },
        8 => EventKind::TimerSet {
            timer: timer(source, trace),
            deadline_ns: time_ns(source, now_ns),
        },
        9 => EventKind::TimerFired {
            timer: timer(source, trace),
        },
        10 => EventKind::TimerDropped {
            timer: timer(source, trace),
        },
        11 => EventKind::ResourceMade {
            resource: resource(source, trace),
        },
        12 => EventKind::Wait {
            task: own,
            on: match source.below(3) {
                0 => WaitFor::Resource(resource(source, trace)),
                1 => WaitFor::Task(task(source, trace)),
                _ => WaitFor::Timer(timer(source, trace)),
            },
        },
        13 => EventKind::Acquire {
            task: own,
            resource: resource(source, trace),
            level,
            location,
        },
        14 => EventKind::Release {
            task: own,
            resource: resource(source, trace),
            level,
        },
        15 => EventKind::Cancel {
            target: own,
            by: cause(source, trace),
        },
        16 => EventKind::Output {
            task: own,
            text,
            location,
        },
        17 => match source.below(3) {
            0 => EventKind::Note { task: own, text },
            1 => EventKind::FrameEnter {
                task: own,
                name: text,
                location,
            },
            _ => EventKind::FrameExit { task: own },
        },
        18 => EventKind::NeverAwaited {
            task: own,
            name: text,
            location,
        },
        19 => EventKind::Done {
            task: own,
            ending: source.one_of(&[
                Ending::Returned,
                Ending::Failed,
                Ending::Cancelled,
                Ending::Panicked,
            ]),
            text,
        },
        20 => EventKind::Retrieved { task: own },
        21 => match source.below(2) {
            0 => EventKind::Blocks {
                task: own,
                location,
            },
            _ => EventKind::Blocked {
                task: own,
                location,
                from_ns: time_ns(source, now_ns).min(now_ns),
            },
        },
        22 => match source.below(2) {
            0 => EventKind::ThreadStart {
                task: own,
                at_ns: time_ns(source, now_ns),
            },
            _ => EventKind::ThreadEnd {
                task: own,
                at_ns: time_ns(source, now_ns),
            },
        },
        23 => EventKind::BrowserQueued {
            task: own,
            queue: source.one_of(&[
                BrowserQueue::Microtasks,
                BrowserQueue::Timers,
                BrowserQueue::Messages,
            ]),
        },
        24 => {
            let queued = row(source, trace.events.len());
            match source.below(2) {
                0 => EventKind::BrowserCall { queued },
                _ => EventKind::BrowserReturn { queued },
            }
        }
        _ => EventKind::Value {
            task: own,
            name: text,
            value: source.number() as i32,
        },
    }
}

const KINDS: [ResourceKind; 11] = [
    ResourceKind::Queue,
    ResourceKind::Lock,
    ResourceKind::Semaphore,
    ResourceKind::Event,
    ResourceKind::Condition,
    ResourceKind::Future,
    ResourceKind::Group,
    ResourceKind::Channel,
    ResourceKind::Http,
    ResourceKind::Socket,
    ResourceKind::Thread,
];

/// A trace in batches; the tables grow from batch to batch.
pub fn events(source: &mut Source) -> Vec<Vec<u8>> {
    let mut trace = Trace::new(source.one_of(&[ClockKind::Live, ClockKind::Instant]));
    let mut batches = Vec::new();
    let mut now_ns = 0_u64;
    // Few numbers break the most; where every event breaks something, nothing gets as far as the views.
    let is_wild = source.once_in(4);
    for _ in 0..=source.below(3) {
        let mark = Mark::at_end_of(&trace);
        for _ in 0..=source.below(4) {
            let count = trace.tasks.len();
            let name = source
                .one_of(&["", "worker", "ß\u{202e}😀"])
                .repeat(source.one_of(&[1, 1, 1, 300]));
            let parent =
                (count > 0 && !source.once_in(4)).then(|| TaskId(source.below(count) as u32));
            let location = LocationId::UNKNOWN;
            let thread = source.one_of(&[0, 0, 0, 1, u16::MAX]);
            trace.tasks.push(TaskInfo {
                name: name.into(),
                parent,
                location,
                thread,
            });
            let kind = source.one_of(&KINDS);
            trace.resources.push(ResourceInfo {
                kind,
                name: "a".into(),
            });
            trace.texts.push(source.number().to_string().into());
            let line = source.number() as u32;
            trace.locations.push(Location {
                file: "src/demos/factorial.rs".into(),
                line,
            });
        }
        for _ in 0..source.one_of(&[3, 10, 40, 80]) {
            let pass_ns = match source.below(12) {
                0 if is_wild => source.number(),
                0 => source.number() >> 4,
                1..6 => 0,
                _ => source.number() >> 34,
            };
            now_ns = now_ns.saturating_add(pass_ns);
            if !is_wild {
                now_ns = now_ns.min(MAX_TIME_NS);
            }
            let before = trace.events.len();
            let mut event = Event {
                time_ns: now_ns,
                kind: kind(source, &trace, now_ns),
            };
            // What points to nothing is refused with its whole batch.
            while !is_wild && !wire::is_sound(&trace, &event, before) {
                event.kind = kind(source, &trace, now_ns);
            }
            trace.events.push(event);
        }
        batches.push(wire::encode_since(&trace, mark));
    }
    if !source.once_in(3) {
        let mark = Mark::at_end_of(&trace);
        trace.end = Some(End {
            time_ns: if is_wild {
                source.number()
            } else {
                time_ns(source, now_ns).clamp(now_ns, MAX_TIME_NS)
            },
            reason: source.one_of(&[
                EndReason::Finished,
                EndReason::Deadlock,
                EndReason::Stopped,
                EndReason::Died,
            ]),
            message: "".into(),
        });
        batches.push(wire::encode_since(&trace, mark));
    }
    batches
}

/// A sound trace in batches, some of whose bytes are others, are gone, or come twice.
pub fn damaged(source: &mut Source) -> Vec<Vec<u8>> {
    let tasks = source.one_of(&[1, 3, 8]);
    let trace = sample::trace(tasks, 40 + source.below(120), source.number() as u32);
    let mut bytes = wire::encode(&trace);
    for _ in 0..=source.below(4) {
        let at = source.below(bytes.len());
        match source.below(6) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, source.number() as u8),
            2 => drop(bytes.splice(at..at, [0xff, 0xff, 0xff, 0xff, 0x0f])),
            3 => {
                let end = (at + source.below(40)).min(bytes.len());
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            _ if bytes.is_empty() => bytes.push(0),
            _ => bytes[at] = source.number() as u8,
        }
    }
    vec![bytes]
}

/// Puts a recording together, and looks at it from all sides.
pub fn read(batches: &[Vec<u8>]) {
    let mut recording = Recording::new(ClockKind::Live);
    for (at, batch) in batches.iter().enumerate() {
        if recording.append(batch).is_err() {
            break;
        }
        // While the run goes on, the page looks too.
        if at == 0 {
            look(&mut recording);
        }
    }
    recording.end(u64::MAX >> 2, EndReason::Died, "the worker stopped");
    look(&mut recording);
    export_all(&recording);
    picture(recording);
}

fn export_all(recording: &Recording) {
    let label = "";
    let versions = [Version { label, recording }];
    chrome_trace::read(&export::chrome_trace::text("", &versions));
    export::csv::text(recording.trace());
    export::markdown::text(&Heading::default(), &[], &versions);
}

fn look(recording: &mut Recording) {
    let events = recording.trace().events.len();
    for count in [0, events / 2, events] {
        recording.loop_view(count);
        recording.stands(count, "factorial.rs");
    }
    let findings = recording.findings();
    recording.metrics();
    for step in recording.critical_path().iter() {
        assert!(step.from_ns <= step.to_ns, "{step:?}");
    }
    let trace = recording.trace();
    for finding in findings.iter() {
        finding.full_sentence(trace);
    }
    headline::sentence(trace, recording.timeline(), &findings);
    headline::difference(("a", trace), ("b", trace));
    ending::sentence(trace, &findings);
    output::text(trace);
    words::summary(trace, recording.timeline());
    words::event_rows(trace, 0..events);
    recording.values().at(trace, events);
    let traces = [trace];
    for unit in [StepUnit::Event, StepUnit::Turn, StepUnit::Line] {
        let middle = Moment::after(trace, 0, events / 2);
        moment::next(&traces, middle, unit);
        moment::previous(&traces, middle, unit);
    }
    for scale in [Scale::Time, Scale::Order] {
        text::render(trace, scale, 60);
    }
}

fn picture(recording: Recording) {
    let end_ns = recording.trace().duration_ns();
    let mut picture = Interaction::new(Input {
        run: RunRef::from_recording(recording),
        live: false,
        slot: 0,
        extent_ns: None,
        outline: None,
        frame: Frame::default(),
    });
    picture.set_options(&|options: &mut Options| {
        options.path = true;
        options.all_wakes = true;
        options.choice.resources = ResourceRows::All;
    });
    for (axis, span) in [
        (Scale::Time, None),
        (Scale::Time, Some((end_ns / 3, end_ns / 3 + 1))),
        (Scale::Order, None),
    ] {
        picture.share(Shared {
            cursor: Some(Moment::at(end_ns / 2)),
            selected: Some(TaskId(0)),
            span,
            axis,
        });
        picture.set_frame(1_000.0, 700.0);
        picture.update();
        let run = picture.input().run.clone();
        let recording = run.borrow();
        let scene = picture.scene(&recording);
        draw::draw(&scene);
        for y in [5.0, 40.0, 90.0] {
            let hit = picture.hit_at(200.0, y);
            words::hit_words(&scene, hit);
        }
    }
    let look = Look {
        heading: Heading::default(),
        shared: Shared::default(),
        width_px: 400.0,
        theme: Theme::Dark,
    };
    let shown = Shown {
        label: "a".to_owned(),
        input: picture.input().clone(),
        options: Options::default(),
        rows: Some(2..5),
    };
    let svg = export::picture::svg(&look, &[shown]);
    roxmltree::Document::parse(&svg).expect("it is well-formed");
}
