//! The chain of awaits: which coroutines, generators, callbacks and named blocks a task was in when.

use crate::trace::{EventKind, TaskId, Trace};

/// Deeper ones are counted and not kept.
const MAX_LEVELS: usize = 256;

/// One of them, from its beginning to its end, as positions of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The event that entered it, which says its name and place.
    pub enter: u32,
    /// The event that left it; [`Frame::OPEN`] while nothing has.
    pub exit: u32,
}

impl Frame {
    /// In place of the event that leaves one.
    pub const OPEN: u32 = u32::MAX;

    /// What it is called.
    pub fn name(self, trace: &Trace) -> &str {
        match trace
            .events
            .get(self.enter as usize)
            .map(|event| event.kind)
        {
            Some(EventKind::FrameEnter { name, .. }) => trace.text(name),
            _ => "",
        }
    }
}

/// Those of one task.
#[derive(Clone, Debug, PartialEq, Eq)]
struct TaskFrames {
    task: TaskId,
    /// How many are open.
    depth: usize,
    /// The outermost first; those of one level follow each other.
    levels: Vec<Vec<Frame>>,
}

/// Those of all tasks that have some.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frames {
    /// By task.
    tasks: Vec<TaskFrames>,
}

impl Frames {
    pub(super) fn enter(&mut self, task: TaskId, position: usize) {
        let at = match self.find(task) {
            Ok(at) => at,
            Err(at) => {
                let (depth, levels) = (0, Vec::new());
                self.tasks.insert(
                    at,
                    TaskFrames {
                        task,
                        depth,
                        levels,
                    },
                );
                at
            }
        };
        let frames = &mut self.tasks[at];
        if frames.depth < MAX_LEVELS {
            if frames.levels.len() == frames.depth {
                frames.levels.push(Vec::new());
            }
            frames.levels[frames.depth].push(Frame {
                enter: position as u32,
                exit: Frame::OPEN,
            });
        }
        frames.depth += 1;
    }

    pub(super) fn exit(&mut self, task: TaskId, position: usize) {
        let Ok(at) = self.find(task) else { return };
        let frames = &mut self.tasks[at];
        // A damaged file may leave more than it entered.
        frames.depth = frames.depth.saturating_sub(1);
        let level = frames.levels.get_mut(frames.depth);
        if let Some(frame) = level.and_then(|level| level.last_mut())
            && frame.exit == Frame::OPEN
        {
            frame.exit = position as u32;
        }
    }

    fn find(&self, task: TaskId) -> Result<usize, usize> {
        self.tasks.binary_search_by_key(&task, |frames| frames.task)
    }

    /// Those of a task: the outermost first, those of one level in order.
    pub fn levels(&self, task: TaskId) -> &[Vec<Frame>] {
        match self.find(task) {
            Ok(at) => &self.tasks[at].levels,
            Err(_) => &[],
        }
    }

    /// Where each task that is in some is after the first `count` events, the outermost first.
    pub fn chains(&self, count: usize) -> Vec<(TaskId, Vec<Frame>)> {
        let is_in = |level: &Vec<Frame>| {
            let entered = level.partition_point(|frame| (frame.enter as usize) < count);
            let last = *level.get(entered.checked_sub(1)?)?;
            (last.exit as usize >= count).then_some(last)
        };
        let chain = |frames: &TaskFrames| frames.levels.iter().map_while(is_in).collect();
        let chains = self.tasks.iter().map(|frames| (frames.task, chain(frames)));
        chains
            .filter(|(_, chain): &(_, Vec<_>)| !chain.is_empty())
            .collect()
    }
}

/// A chain in words: "fetch › read", with what is between left out where it is long.
pub fn chain_in_words(trace: &Trace, chain: &[Frame]) -> String {
    const MAX_NAMES: usize = 4;
    let mut words = String::new();
    let left_out = match chain.len() {
        ..=MAX_NAMES => 0,
        more => more - MAX_NAMES,
    };
    for (at, frame) in chain.iter().enumerate() {
        // The two outermost stay, and the two innermost.
        if (2..2 + left_out).contains(&at) {
            if at == 2 {
                words += &format!(" › {left_out} more");
            }
            continue;
        }
        if at > 0 {
            words.push_str(" › ");
        }
        words.push_str(frame.name(trace));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::run_with;
    use crate::derived::timeline::Timeline;

    fn trace(slug: &str, setting: &str) -> Trace {
        run_with(slug, setting)
    }

    /// The chains at a time, and whether all were left at the end.
    #[track_caller]
    fn check(slug: &str, setting: &str, time_ns: u64, expected: &[(&str, &str)]) {
        let trace = trace(slug, setting);
        let timeline = Timeline::from_trace(&trace);
        let chains = timeline.frames().chains(trace.events_until(time_ns));
        let words: Vec<(&str, String)> = chains
            .iter()
            .map(|(task, chain)| (trace.name(*task), chain_in_words(&trace, chain)))
            .collect();
        let words: Vec<(&str, &str)> = words
            .iter()
            .map(|(task, words)| (*task, &**words))
            .collect();
        assert_eq!(words, expected);
        assert_eq!(timeline.frames().chains(trace.events.len()), []);
    }

    const MS: u64 = 1_000_000;

    #[test]
    fn a_task_that_waits_is_in_all_that_it_awaits() {
        check(
            "nested-await",
            "",
            500 * MS,
            &[("main", "level › level › level")],
        );
        check(
            "nested-await",
            "depth=200",
            500 * MS,
            &[("main", "level › level › 196 more › level › level")],
        );
        check(
            "async-generators",
            "",
            250 * MS,
            &[("consumer", "measurements")],
        );
        check("async-with", "", 250 * MS, &[("main", "async with › open")]);
        check(
            "async-with",
            "",
            750 * MS,
            &[("main", "async with › request")],
        );
        check(
            "async-with",
            "fail=yes",
            1_250 * MS,
            &[("main", "async with › close")],
        );
        check("coroutine-object", "", 500 * MS, &[]);
    }

    #[test]
    fn generators_and_callbacks_are_entered_once_for_each_call() {
        for (slug, task, name, count) in [
            ("generators", 0, "generate", 5),
            ("callbacks", 0, "on_result", 6),
            ("async-generators", 1, "measurements", 4),
        ] {
            let trace = trace(slug, "");
            let timeline = Timeline::from_trace(&trace);
            let levels = timeline.frames().levels(TaskId(task));
            assert_eq!(levels.len(), 1, "{slug}");
            assert_eq!(levels[0].len(), count, "{slug}");
            assert!(levels[0].iter().all(|frame| frame.name(&trace) == name));
            assert!(levels[0].iter().all(|frame| frame.exit > frame.enter));
        }
    }

    #[test]
    fn more_ends_than_beginnings_are_nothing() {
        let mut frames = Frames::default();
        frames.exit(TaskId(1), 0);
        frames.enter(TaskId(1), 1);
        frames.exit(TaskId(1), 2);
        frames.exit(TaskId(1), 3);
        frames.enter(TaskId(1), 4);
        let [level] = frames.levels(TaskId(1)) else {
            panic!("{frames:?} is of one level");
        };
        let (enter, exit) = (4, Frame::OPEN);
        assert_eq!(
            level[..],
            [Frame { enter: 1, exit: 2 }, Frame { enter, exit }]
        );
    }
}
