//! The browser's own loop under ours: which of its queues what ran came from.
//!
//! A program records the calls that it puts into those queues. The rest cannot be observed from
//! within, and is inferred from what woke our loop, by a rule of the HTML standard:
//! [`BrowserLane::rule`]. Only runs in real time that use what a browser offers have any of this.

use crate::trace::{
    BrowserQueue, Cause, ClockKind, EventKind, ResourceKind, TaskId, Trace, WaitFor,
};

/// A lane of the browser's loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BrowserLane {
    /// What is on the call stack.
    CallStack,
    /// Microtasks.
    Microtasks,
    /// Tasks of timers.
    Timers,
    /// Tasks of messages.
    Messages,
    /// Tasks of the network.
    Network,
    /// Updates of what is seen.
    Rendering,
}

impl BrowserLane {
    /// All of them, from top to bottom.
    pub const ALL: [BrowserLane; 6] = [
        BrowserLane::CallStack,
        BrowserLane::Microtasks,
        BrowserLane::Timers,
        BrowserLane::Messages,
        BrowserLane::Network,
        BrowserLane::Rendering,
    ];

    /// What it is called.
    pub fn words(self) -> &'static str {
        match self {
            BrowserLane::CallStack => "call stack",
            BrowserLane::Microtasks => "microtasks",
            BrowserLane::Timers => "timers",
            BrowserLane::Messages => "messages",
            BrowserLane::Network => "network",
            BrowserLane::Rendering => "rendering",
        }
    }

    /// From which rule of which standard what was not observed is inferred.
    pub fn rule(self) -> &'static str {
        match self {
            BrowserLane::CallStack => "observed: tasks of the run and calls that the browser makes",
            BrowserLane::Microtasks => {
                "microtasks run as soon as the call stack is empty, before the next task (HTML standard, “perform a microtask checkpoint”)"
            }
            BrowserLane::Timers => {
                "a timer that is due queues a task, and the loop runs one task at a time to its end (HTML standard, “timer initialization steps” and “event loop processing model”)"
            }
            BrowserLane::Messages => {
                "a message to a port or a worker is a task of its own (HTML standard, “port message queue”)"
            }
            BrowserLane::Network => {
                "what arrives from the network is a task of its own (HTML standard, “networking task source”)"
            }
            BrowserLane::Rendering => {
                "none on this thread: a worker's loop renders nothing unless the worker asks for animation frames (HTML standard, “event loop processing model”)"
            }
        }
    }

    fn of_queue(queue: BrowserQueue) -> Self {
        match queue {
            BrowserQueue::Microtasks => BrowserLane::Microtasks,
            BrowserQueue::Timers => BrowserLane::Timers,
            BrowserQueue::Messages => BrowserLane::Messages,
        }
    }
}

/// Something that the browser ran, as positions of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The event that put it into its queue; [`Span::NONE`] where that is not known, which is where
    /// it is inferred.
    pub queued: u32,
    /// The first event in it.
    pub from: u32,
    /// The last event in it; [`Span::NONE`] while it goes on.
    pub to: u32,
    /// It was not observed, but follows from a rule.
    pub inferred: bool,
}

impl Span {
    /// In place of an event.
    pub const NONE: u32 = u32::MAX;
}

/// The lanes of the browser's loop.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BrowserLoop {
    is_used: bool,
    /// By lane, but for the last, which has none; in order.
    lanes: [Vec<Span>; 5],
    /// What was put into a queue and has not been called, in order.
    pending: Vec<(u32, BrowserLane)>,
    /// What each task said last that it waits for.
    waits: Vec<Option<WaitFor>>,
    /// The lanes of the inferred task that goes on.
    open: Vec<BrowserLane>,
    /// How many tasks are ready.
    ready: usize,
    /// A poll or a call is on the stack.
    on_stack: bool,
}

/// Our loop keeps the thread while it waits for less than this, nanoseconds.
const KEPT_NS: u64 = 1_000_000;

impl BrowserLoop {
    /// Takes in an event. Costs nothing much until the run uses what a browser offers.
    pub(super) fn apply(&mut self, trace: &Trace, position: usize, waits_for: Option<WaitFor>) {
        if trace.clock != ClockKind::Live {
            return;
        }
        if self.is_used {
            return self.step(trace, position);
        }
        let kind = trace.events[position].kind;
        self.is_used = match kind {
            EventKind::BrowserQueued { .. } => true,
            EventKind::Wake {
                by: Cause::External,
                ..
            } => source(trace, waits_for).is_some(),
            _ => false,
        };
        if self.is_used {
            self.begin(BrowserLane::Messages, 0);
            for position in 0..=position {
                self.step(trace, position);
            }
        }
    }

    fn step(&mut self, trace: &Trace, position: usize) {
        let at = position as u32;
        match trace.events[position].kind {
            EventKind::Spawn { .. } => self.ready += 1,
            EventKind::PollStart { .. } => {
                self.ready = self.ready.saturating_sub(1);
                self.enter(at);
            }
            EventKind::PollEnd { .. } => self.leave(at),
            EventKind::Wait { task, on } => {
                if self.waits.len() <= task.index() {
                    self.waits.resize(task.index() + 1, None);
                }
                self.waits[task.index()] = Some(on);
            }
            EventKind::Wake {
                target, by, merged, ..
            } => {
                self.ready += usize::from(!merged);
                if by == Cause::External && !self.on_stack {
                    for lane in source(trace, self.wait_of(target)).into_iter().flatten() {
                        self.begin(*lane, at);
                    }
                }
            }
            EventKind::ThreadStart { .. } | EventKind::ThreadEnd { .. } if !self.on_stack => {
                self.begin(BrowserLane::Messages, at);
            }
            // With nothing ready and after a pause, a timer has our loop go on.
            EventKind::LoopTurn if self.ready == 0 && !self.on_stack => {
                let before = position
                    .checked_sub(1)
                    .map(|last| trace.events[last].time_ns);
                let pause_ns = trace.events[position].time_ns - before.unwrap_or(0);
                if pause_ns >= KEPT_NS {
                    self.begin(BrowserLane::Timers, at);
                }
            }
            EventKind::BrowserQueued { queue, .. } => {
                self.pending.push((at, BrowserLane::of_queue(queue)));
            }
            EventKind::BrowserCall { queued } => self.call(queued, at),
            EventKind::BrowserReturn { queued } => {
                self.leave(at);
                for lane in &mut self.lanes[1..] {
                    if let Some(last) = lane.last_mut()
                        && last.queued == queued
                    {
                        last.to = at;
                    }
                }
            }
            _ => {}
        }
        // An inferred task goes as far as what happened.
        for lane in &self.open {
            if let Some(last) = self.lanes[*lane as usize].last_mut() {
                last.to = at;
            }
        }
    }

    fn wait_of(&self, task: TaskId) -> Option<WaitFor> {
        *self.waits.get(task.index())?
    }

    /// Something is put on the stack.
    fn enter(&mut self, at: u32) {
        self.on_stack = true;
        self.lanes[BrowserLane::CallStack as usize].push(Span {
            queued: Span::NONE,
            from: at,
            to: Span::NONE,
            inferred: false,
        });
    }

    fn leave(&mut self, at: u32) {
        self.on_stack = false;
        if let Some(last) = self.lanes[BrowserLane::CallStack as usize].last_mut() {
            last.to = last.to.min(at);
        }
    }

    /// An inferred task begins, or what is inferred to belong to it.
    fn begin(&mut self, lane: BrowserLane, at: u32) {
        let is_more = |lane: &BrowserLane| {
            let last = self.lanes[*lane as usize].last();
            last.is_some_and(|last| last.from == at)
        };
        self.open.retain(is_more);
        self.lanes[lane as usize].push(Span {
            queued: Span::NONE,
            from: at,
            to: at,
            inferred: true,
        });
        self.open.push(lane);
    }

    fn call(&mut self, queued: u32, at: u32) {
        self.enter(at);
        let waiting = self.pending.iter().position(|(other, _)| *other == queued);
        // A damaged file may call what it never put into a queue.
        let Some(waiting) = waiting else { return };
        let (_, lane) = self.pending.remove(waiting);
        // Microtasks belong to the task before them; other calls are tasks themselves.
        if lane != BrowserLane::Microtasks {
            self.open.clear();
        }
        self.lanes[lane as usize].push(Span {
            queued,
            from: at,
            to: Span::NONE,
            inferred: false,
        });
    }

    /// The lanes that there are: none for a run that uses nothing of a browser.
    pub fn lanes(&self) -> impl Iterator<Item = BrowserLane> + '_ {
        let is_shown = |lane: &BrowserLane| {
            let always = matches!(
                lane,
                BrowserLane::CallStack | BrowserLane::Microtasks | BrowserLane::Rendering
            );
            self.is_used && (always || !self.spans(*lane).is_empty() || self.waits_in(*lane))
        };
        BrowserLane::ALL.into_iter().filter(is_shown)
    }

    fn waits_in(&self, lane: BrowserLane) -> bool {
        self.pending.iter().any(|(_, other)| *other == lane)
    }

    /// What ran from a queue, in order.
    pub fn spans(&self, lane: BrowserLane) -> &[Span] {
        self.lanes.get(lane as usize).map_or(&[], |spans| spans)
    }

    /// How many calls are in a queue after the first `count` events, as far as the program put them
    /// there.
    pub fn queued(&self, lane: BrowserLane, count: usize) -> usize {
        let is_before = |position: u32| (position as usize) < count;
        let spans = self.spans(lane);
        let called = spans.partition_point(|span| is_before(span.from));
        let later = spans[called..]
            .iter()
            .filter(|span| is_before(span.queued))
            .count();
        let pending = self.pending.iter();
        later
            + pending
                .filter(|(at, other)| *other == lane && is_before(*at))
                .count()
    }

    /// From which queue what runs after the first `count` events came, and whether that is
    /// inferred; nothing while the browser's loop is idle.
    pub fn running(&self, count: usize) -> Option<(BrowserLane, bool)> {
        let last = count.checked_sub(1)?;
        // An observed microtask tells more than the task that it belongs to.
        BrowserLane::ALL[1..5].iter().find_map(|lane| {
            let spans = self.spans(*lane);
            let begun = spans.partition_point(|span| (span.from as usize) <= last);
            let span = spans[begun.checked_sub(1)?];
            // After its last event it is over.
            ((span.to as usize) > last).then_some((*lane, span.inferred))
        })
    }
}

/// The lanes of the task in which something from outside wakes who waits for that, and of what runs
/// in it.
fn source(trace: &Trace, on: Option<WaitFor>) -> Option<&'static [BrowserLane]> {
    let Some(WaitFor::Resource(id)) = on else {
        return None;
    };
    let info = trace.resource(id);
    match info.kind {
        // An answer fulfils a promise, and what reacts to it is a microtask.
        ResourceKind::Http => Some(&[BrowserLane::Network, BrowserLane::Microtasks]),
        // The echo in the page is a port.
        ResourceKind::Socket if &*info.name == "echo" => Some(&[BrowserLane::Messages]),
        ResourceKind::Socket => Some(&[BrowserLane::Network]),
        ResourceKind::Thread => Some(&[BrowserLane::Messages]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::derived::timeline::Timeline;
    use crate::trace::{
        Event, LocationId, PollOutcome, ResourceId, ResourceInfo, TaskInfo, TextId, TimerId,
    };

    const MS: u64 = 1_000_000;
    const A: TaskId = TaskId::MAIN;

    fn poll_end(outcome: PollOutcome) -> EventKind {
        let location = LocationId::UNKNOWN;
        EventKind::PollEnd {
            task: A,
            outcome,
            location,
        }
    }

    fn wake(by: Cause) -> EventKind {
        EventKind::Wake {
            target: A,
            by,
            merged: false,
        }
    }

    fn trace(
        clock: ClockKind,
        kind: ResourceKind,
        name: &str,
        events: &[(u64, EventKind)],
    ) -> Trace {
        let mut trace = Trace::new(clock);
        trace.tasks.push(TaskInfo {
            name: "main".into(),
            parent: None,
            location: LocationId::UNKNOWN,
            thread: 0,
        });
        let name = name.into();
        trace.resources.push(ResourceInfo { kind, name });
        let event = |(ms, kind): &(u64, EventKind)| Event {
            time_ns: ms * MS,
            kind: *kind,
        };
        trace.events = events.iter().map(event).collect();
        trace
    }

    /// Each lane with its stretches: queued, from, to, with a `?` where that is inferred.
    fn told(trace: &Trace) -> Vec<String> {
        let timeline = Timeline::from_trace(trace);
        let browser = timeline.browser();
        let number = |at: u32| match at {
            Span::NONE => "-".to_owned(),
            at => at.to_string(),
        };
        let span = |span: &Span| {
            let mark = if span.inferred { "?" } else { "" };
            let [queued, from, to] = [span.queued, span.from, span.to].map(number);
            format!("{queued}:{from}..{to}{mark}")
        };
        let lane = |lane: BrowserLane| {
            let spans: Vec<String> = browser.spans(lane).iter().map(span).collect();
            format!("{} {}", lane.words(), spans.join(" "))
                .trim_end()
                .to_owned()
        };
        browser.lanes().map(lane).collect()
    }

    fn queued(queue: BrowserQueue) -> EventKind {
        EventKind::BrowserQueued { task: A, queue }
    }

    /// A timer and a microtask are asked for, in that order.
    fn calls() -> Trace {
        let (first, second) = (3, 4);
        let events = [
            (0, EventKind::Spawn { task: A }),
            (0, EventKind::LoopTurn),
            (0, EventKind::PollStart { task: A }),
            (0, queued(BrowserQueue::Timers)),
            (0, queued(BrowserQueue::Microtasks)),
            (0, poll_end(PollOutcome::Pending)),
            (0, EventKind::BrowserCall { queued: second }),
            (1, EventKind::BrowserReturn { queued: second }),
            (2, EventKind::BrowserCall { queued: first }),
            (2, wake(Cause::Task(A))),
            (2, EventKind::BrowserReturn { queued: first }),
            (2, EventKind::LoopTurn),
            (2, EventKind::PollStart { task: A }),
            (3, poll_end(PollOutcome::Ready)),
        ];
        trace(ClockKind::Live, ResourceKind::Queue, "calls", &events)
    }

    #[test]
    fn calls_are_told_by_the_queue_that_they_were_put_into() {
        assert_eq!(
            told(&calls()),
            [
                "call stack -:2..5 -:6..7 -:8..10 -:12..13",
                "microtasks 4:6..7",
                "timers 3:8..10",
                "messages -:0..7?",
                "rendering",
            ]
        );
    }

    #[test]
    fn the_queues_are_those_of_the_moment() {
        let timeline = Timeline::from_trace(&calls());
        let browser = timeline.browser();
        let queues = |count: usize| {
            let lanes = [BrowserLane::Microtasks, BrowserLane::Timers];
            (
                lanes.map(|lane| browser.queued(lane, count)),
                browser.running(count),
            )
        };
        let message = Some((BrowserLane::Messages, true));
        assert_eq!(queues(3), ([0, 0], message));
        assert_eq!(queues(4), ([0, 1], message));
        assert_eq!(queues(5), ([1, 1], message));
        assert_eq!(queues(7), ([0, 1], Some((BrowserLane::Microtasks, false))));
        assert_eq!(queues(8), ([0, 1], None));
        assert_eq!(queues(9), ([0, 0], Some((BrowserLane::Timers, false))));
        assert_eq!(queues(14), ([0, 0], None));
    }

    /// Something from outside wakes main after 5 ms, and a timer after 20 more.
    fn woken(clock: ClockKind, kind: ResourceKind, name: &str) -> Vec<String> {
        let timer = TimerId(0);
        let deadline_ns = 25 * MS;
        let wait = |on| EventKind::Wait { task: A, on };
        let events = [
            (0, EventKind::Spawn { task: A }),
            (0, EventKind::LoopTurn),
            (0, EventKind::PollStart { task: A }),
            (0, wait(WaitFor::Resource(ResourceId(0)))),
            (0, poll_end(PollOutcome::Pending)),
            (5, wake(Cause::External)),
            (5, EventKind::LoopTurn),
            (5, EventKind::PollStart { task: A }),
            (5, EventKind::TimerSet { timer, deadline_ns }),
            (5, wait(WaitFor::Timer(timer))),
            (6, poll_end(PollOutcome::Pending)),
            (25, EventKind::LoopTurn),
            (25, EventKind::TimerFired { timer }),
            (25, wake(Cause::Timer(timer))),
            (25, EventKind::LoopTurn),
            (25, EventKind::PollStart { task: A }),
            (25, poll_end(PollOutcome::Ready)),
            (
                25,
                EventKind::Done {
                    task: A,
                    ending: crate::trace::Ending::Returned,
                    text: TextId::EMPTY,
                },
            ),
        ];
        told(&trace(clock, kind, name, &events))
    }

    #[test]
    fn what_cannot_be_seen_is_inferred_from_what_woke_the_loop() {
        let stack = "call stack -:2..4 -:7..10 -:15..16";
        let timers = "timers -:11..17?";
        assert_eq!(
            woken(ClockKind::Live, ResourceKind::Http, "file"),
            [
                stack,
                "microtasks -:5..10?",
                timers,
                "messages -:0..4?",
                "network -:5..10?",
                "rendering"
            ]
        );
        let messages = "messages -:0..4? -:5..10?";
        for (kind, name) in [(ResourceKind::Socket, "echo"), (ResourceKind::Thread, "")] {
            assert_eq!(
                woken(ClockKind::Live, kind, name),
                [stack, "microtasks", timers, messages, "rendering"]
            );
        }
        let network = "network -:5..10?";
        assert_eq!(
            woken(ClockKind::Live, ResourceKind::Socket, "wss://example.org"),
            [
                stack,
                "microtasks",
                timers,
                "messages -:0..4?",
                network,
                "rendering"
            ]
        );
    }

    #[test]
    fn a_run_that_uses_nothing_of_a_browser_has_no_such_lanes() {
        assert!(woken(ClockKind::Instant, ResourceKind::Http, "file").is_empty());
        assert!(woken(ClockKind::Live, ResourceKind::Queue, "pages").is_empty());
    }
}
