//! Traces made up for tests and benchmarks of the picture.

use crate::trace::{
    Cause, ClockKind, End, EndReason, Ending, Event, EventKind, Location, LocationId, PollOutcome,
    ResourceId, ResourceInfo, ResourceKind, TaskId, TaskInfo, TextId, TimerId, Trace, WaitFor,
};
use rand_mt::Mt;

/// A run of so many tasks and about so many events, ended as finished: tasks sleep, print, use a
/// queue, block, and are sometimes cancelled or fail. The same numbers give the same trace.
pub fn trace(tasks: usize, events: usize, seed: u32) -> Trace {
    let mut maker = Maker::new(tasks, seed);
    maker.spawn_all(tasks);
    // Each round of a task is about seven events; what is left over is for their ends.
    while maker.trace.events.len() + 3 * tasks + 8 < events {
        maker.turn();
    }
    maker.finish();
    maker.trace
}

struct Maker {
    trace: Trace,
    random: Mt,
    now_ns: u64,
    timers: u32,
    level: u32,
    alive: Vec<u32>,
}

impl Maker {
    fn new(tasks: usize, seed: u32) -> Self {
        let mut trace = Trace::new(ClockKind::Live);
        trace.locations.push(Location {
            file: "src/demos/sample.rs".into(),
            line: 7,
        });
        trace.texts.push("a line of output".into());
        trace.resources.push(ResourceInfo {
            kind: ResourceKind::Queue,
            name: "pages".into(),
        });
        trace.tasks.reserve(tasks);
        Maker {
            trace,
            random: Mt::new(seed),
            now_ns: 0,
            timers: 0,
            level: 0,
            alive: Vec::new(),
        }
    }

    fn below(&mut self, end: u32) -> u32 {
        self.random.next_u32() % end.max(1)
    }

    fn push(&mut self, kind: EventKind) {
        self.trace.events.push(Event {
            time_ns: self.now_ns,
            kind,
        });
    }

    fn pass(&mut self, most_ns: u32) {
        self.now_ns += u64::from(self.below(most_ns));
    }

    fn spawn_all(&mut self, tasks: usize) {
        self.push(EventKind::LoopTurn);
        for at in 0..tasks as u32 {
            // A tree: most are children of the main task, some of another.
            let parent = match at {
                0 => None,
                _ if self.below(4) > 0 => Some(TaskId(0)),
                _ => Some(TaskId(self.below(at))),
            };
            self.trace.tasks.push(TaskInfo {
                name: if at == 0 {
                    "main".into()
                } else {
                    format!("task {at}").into()
                },
                parent,
                location: LocationId(1),
                thread: 0,
            });
            self.push(EventKind::Spawn { task: TaskId(at) });
            self.alive.push(at);
            self.pass(3_000);
        }
    }

    /// A turn of the loop in which some tasks run.
    fn turn(&mut self) {
        self.push(EventKind::LoopTurn);
        let count = 1 + self.below(6);
        for _ in 0..count {
            let at = self.below(self.alive.len() as u32) as usize;
            let task = TaskId(self.alive[at]);
            self.round(task);
        }
        self.pass(200_000);
    }

    /// A task is woken, runs, and waits again.
    fn round(&mut self, task: TaskId) {
        let by = match self.below(3) {
            0 => Cause::Task(TaskId(self.alive[0])),
            1 => Cause::External,
            _ => {
                let timer = TimerId(self.timers.saturating_sub(1));
                self.push(EventKind::TimerFired { timer });
                Cause::Timer(timer)
            }
        };
        self.push(EventKind::Wake {
            target: task,
            by,
            merged: false,
        });
        self.pass(40_000);
        self.push(EventKind::PollStart { task });
        match self.below(24) {
            0..8 => {
                let timer = TimerId(self.timers);
                self.timers += 1;
                self.push(EventKind::TimerSet {
                    timer,
                    deadline_ns: self.now_ns + 1_000_000,
                });
                self.push(EventKind::Wait {
                    task,
                    on: WaitFor::Timer(timer),
                });
            }
            8..14 => {
                let resource = ResourceId(0);
                if self.level > 0 && self.below(2) == 0 {
                    self.level -= 1;
                    let level = self.level;
                    self.push(EventKind::Acquire {
                        task,
                        resource,
                        level,
                        location: LocationId(1),
                    });
                } else {
                    self.level += 1;
                    let level = self.level;
                    self.push(EventKind::Release {
                        task,
                        resource,
                        level,
                    });
                }
            }
            14 => {
                let from_ns = self.now_ns;
                self.pass(2_000_000);
                self.push(EventKind::Blocked {
                    task,
                    location: LocationId(1),
                    from_ns,
                });
            }
            15 => self.push(EventKind::Output {
                task,
                text: TextId(1),
                location: LocationId(1),
            }),
            _ => {}
        }
        self.pass(60_000);
        self.push(EventKind::PollEnd {
            task,
            outcome: PollOutcome::Pending,
            location: LocationId(1),
        });
    }

    fn finish(&mut self) {
        self.push(EventKind::LoopTurn);
        for task in std::mem::take(&mut self.alive)
            .into_iter()
            .rev()
            .map(TaskId)
        {
            let ending = match self.below(16) {
                0 => Ending::Cancelled,
                1 => Ending::Failed,
                // Some never end.
                2 if task != TaskId::MAIN => continue,
                _ => Ending::Returned,
            };
            self.pass(2_000);
            self.push(EventKind::PollStart { task });
            self.pass(2_000);
            self.push(EventKind::PollEnd {
                task,
                outcome: PollOutcome::Ready,
                location: LocationId(1),
            });
            self.push(EventKind::Done {
                task,
                ending,
                text: TextId::EMPTY,
            });
        }
        self.trace.end = Some(End {
            time_ns: self.now_ns,
            reason: EndReason::Finished,
            message: "".into(),
        });
    }
}
