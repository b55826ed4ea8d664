//! Which rows a picture has, and in which order.

use crate::derived::browser_loop::BrowserLane;
use crate::derived::timeline::{LaneState, Timeline};
use crate::picture::lod::Index;
use crate::picture::view::clamp;
use crate::trace::{Ending, ResourceId, ResourceKind, TaskId, Trace};

/// What a row shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// A task.
    Task(TaskId),
    /// The heading of the tasks of another thread.
    Thread(u16),
    /// One level of what a task is in inside itself, from 0 for the outermost.
    Frames(TaskId, u8),
    /// A lane of the browser's own loop.
    Browser(BrowserLane),
    /// Something that the program watches: its position among the run's values.
    Value(usize),
    /// How full, held or busy a resource is.
    Resource(ResourceId),
}

/// One row of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it shows.
    pub kind: RowKind,
    /// How deep it is in the tree of parents and children.
    pub depth: u16,
    /// Whether it has children, shown or not.
    pub has_children: bool,
    /// How many rows below it are folded away.
    pub hidden: u32,
    /// It did not pass the filter and is here for the sake of its children.
    pub context: bool,
}

impl Row {
    /// A row without children that passed the filter.
    fn new(kind: RowKind, depth: u16) -> Self {
        Row {
            kind,
            depth,
            has_children: false,
            hidden: 0,
            context: false,
        }
    }
}

/// What a task is or was, for the filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskState {
    /// In a state that goes on.
    Alive(LaneState),
    /// Over.
    Ended(Ending),
}

impl TaskState {
    /// All of them.
    pub const ALL: [TaskState; 8] = [
        TaskState::Alive(LaneState::Running),
        TaskState::Alive(LaneState::Blocking),
        TaskState::Alive(LaneState::Ready),
        TaskState::Alive(LaneState::Waiting),
        TaskState::Ended(Ending::Returned),
        TaskState::Ended(Ending::Failed),
        TaskState::Ended(Ending::Cancelled),
        TaskState::Ended(Ending::Panicked),
    ];

    /// The word for it.
    pub fn words(self) -> &'static str {
        match self {
            TaskState::Alive(LaneState::Running) => "running",
            TaskState::Alive(LaneState::Blocking) => "blocking",
            TaskState::Alive(LaneState::Ready) => "ready",
            TaskState::Alive(LaneState::Waiting) => "waiting",
            TaskState::Ended(Ending::Returned) => "done",
            TaskState::Ended(Ending::Failed) => "failed",
            TaskState::Ended(Ending::Cancelled) => "cancelled",
            TaskState::Ended(Ending::Panicked) => "panicked",
        }
    }
}

/// Which resources get rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ResourceRows {
    /// None.
    None,
    /// The first few of those whose level says something to most readers.
    #[default]
    Few,
    /// All that were ever used.
    All,
}

/// What the reader has chosen to see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Only tasks with this in their names; upper and lower case are the same.
    pub name: String,
    /// Only tasks in this state: at the cursor, or at any time where there is no cursor.
    pub state: Option<TaskState>,
    /// Tasks whose children are not shown, sorted.
    pub folded: Vec<TaskId>,
    /// Which resources are shown.
    pub resources: ResourceRows,
}

impl Choice {
    /// Whether tasks are left out.
    pub fn filters(&self) -> bool {
        !self.name.is_empty() || self.state.is_some()
    }

    /// Whether a task's children are not shown.
    pub fn is_folded(&self, task: TaskId) -> bool {
        self.folded.binary_search(&task).is_ok()
    }

    /// Hides a task's children, or shows them again.
    pub fn fold_or_unfold(&mut self, task: TaskId) {
        match self.folded.binary_search(&task) {
            Ok(at) => drop(self.folded.remove(at)),
            Err(at) => self.folded.insert(at, task),
        }
    }
}

/// The most rows of [`ResourceRows::Few`].
const MAX_FEW_RESOURCES: usize = 6;

/// The most levels of a task's chain of awaits that have rows.
const MAX_FRAME_LEVELS: usize = 3;

/// The most rows of chains of awaits.
const MAX_FRAME_ROWS: usize = 9;

/// The most rows of values.
const MAX_VALUES: usize = 12;

const NO_ROW: u32 = u32::MAX;

/// The rows of a picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// From top to bottom.
    pub rows: Vec<Row>,
    /// By task: its row, or that of the folded task which it is in.
    row_of: Vec<u32>,
    /// How many rows show frames.
    frame_rows: usize,
    /// How many tasks passed the filter.
    pub matches: usize,
    /// Whether any row can be folded.
    pub is_tree: bool,
}

impl Layout {
    /// The rows of a run: parents before their children, children in the order in which they
    /// were spawned, other threads below, resources last.
    pub fn new(
        trace: &Trace,
        timeline: &Timeline,
        index: &Index,
        choice: &Choice,
        cursor_ns: Option<u64>,
    ) -> Self {
        let count = timeline.lanes.len().min(trace.tasks.len());
        let mut tree = Tree::from_trace(trace, count);
        for (at, levels) in tree.levels.iter_mut().enumerate() {
            let all = timeline.frames().levels(TaskId(at as u32)).len();
            *levels = all.min(MAX_FRAME_LEVELS) as u8;
        }
        let mut layout = Layout {
            rows: Vec::with_capacity(count),
            row_of: vec![NO_ROW; count],
            frame_rows: 0,
            matches: count,
            is_tree: false,
        };
        if choice.filters() {
            let name = choice.name.to_ascii_lowercase();
            layout.matches = 0;
            for at in 0..count {
                let passes = trace.tasks[at].name.to_ascii_lowercase().contains(&name)
                    && choice.state.is_none_or(|state| match cursor_ns {
                        Some(time_ns) => state_at(timeline, at, time_ns) == Some(state),
                        None => was_ever(timeline, index, at, state),
                    });
                if passes {
                    tree.passes[at] = true;
                    layout.matches += 1;
                    let mut above = tree.parent(trace, at);
                    while let Some(parent) = above
                        && !std::mem::replace(&mut tree.shown[parent], true)
                    {
                        above = tree.parent(trace, parent);
                    }
                    tree.shown[at] = true;
                }
            }
        } else {
            tree.passes.fill(true);
            tree.shown.fill(true);
        }
        for root in 0..count {
            if tree.parent(trace, root).is_none() && trace.tasks[root].thread == 0 {
                layout.add_tree(&tree, root, 0, choice);
            }
        }
        let threads = trace.tasks[..count].iter().map(|task| task.thread);
        let mut threads: Vec<u16> = threads.filter(|thread| *thread > 0).collect();
        threads.sort();
        threads.dedup();
        for thread in threads {
            let mut headed = false;
            for root in 0..count {
                let is_root = tree.parent(trace, root).is_none();
                if is_root && tree.shown[root] && trace.tasks[root].thread == thread {
                    if !std::mem::replace(&mut headed, true) {
                        layout.rows.push(Row::new(RowKind::Thread(thread), 0));
                    }
                    layout.add_tree(&tree, root, 1, choice);
                }
            }
        }
        layout.is_tree = layout.rows.iter().any(|row| row.has_children);
        let browser = timeline.browser().lanes();
        let rows = browser.map(|lane| Row::new(RowKind::Browser(lane), 0));
        layout.rows.extend(rows);
        let values = index.values().series().len();
        let rows = (0..values.min(MAX_VALUES)).map(|at| Row::new(RowKind::Value(at), 0));
        layout.rows.extend(rows);
        layout.add_resources(trace, index, choice.resources);
        layout
    }

    fn add_tree(&mut self, tree: &Tree, root: usize, depth: u16, choice: &Choice) {
        // Depth and, below a folded task, that task's row.
        let mut stack = vec![(root, depth, None::<u32>)];
        while let Some((at, depth, folded_in)) = stack.pop() {
            if !tree.shown[at] {
                continue;
            }
            let task = TaskId(at as u32);
            let below = match folded_in {
                Some(row) => {
                    self.row_of[at] = row;
                    self.rows[row as usize].hidden += 1;
                    Some(row)
                }
                None => {
                    let row = self.rows.len() as u32;
                    self.row_of[at] = row;
                    self.rows.push(Row {
                        has_children: tree.first_child[at] != NO_ROW,
                        context: !tree.passes[at],
                        ..Row::new(RowKind::Task(task), depth)
                    });
                    for level in 0..tree.levels[at] {
                        if self.frame_rows < MAX_FRAME_ROWS {
                            self.frame_rows += 1;
                            let kind = RowKind::Frames(task, level);
                            self.rows.push(Row::new(kind, depth + 1));
                        }
                    }
                    choice.is_folded(task).then_some(row)
                }
            };
            // Pushed in reverse, so that the first child is popped first.
            let first = stack.len();
            let mut child = tree.first_child[at];
            while child != NO_ROW {
                stack.push((child as usize, depth + 1, below));
                child = tree.next_sibling[child as usize];
            }
            stack[first..].reverse();
        }
    }

    fn add_resources(&mut self, trace: &Trace, index: &Index, which: ResourceRows) {
        let max = match which {
            ResourceRows::None => return,
            ResourceRows::Few => MAX_FEW_RESOURCES,
            ResourceRows::All => usize::MAX,
        };
        let rows = (0..trace.resources.len())
            .map(|at| ResourceId(at as u32))
            .filter(|id| !index.levels(*id).positions().is_empty())
            .filter(|id| {
                which == ResourceRows::All
                    || !matches!(
                        trace.resource(*id).kind,
                        ResourceKind::Event
                            | ResourceKind::Condition
                            | ResourceKind::Future
                            | ResourceKind::Group
                    )
            })
            .take(max)
            .map(|id| Row::new(RowKind::Resource(id), 0));
        self.rows.extend(rows);
    }

    /// The row of a task, or of the folded task which it is in.
    pub fn row_of(&self, task: TaskId) -> Option<usize> {
        match self.row_of.get(task.index()) {
            Some(&row) if row != NO_ROW => Some(row as usize),
            _ => None,
        }
    }

    /// The task of a row.
    pub fn task(&self, row: usize) -> Option<TaskId> {
        match self.rows.get(row)?.kind {
            RowKind::Task(task) => Some(task),
            _ => None,
        }
    }

    /// Whether labels are shortened, given how wide the whole picture is: there is no room for whole
    /// ones.
    pub fn is_narrow(&self, width_px: f64) -> bool {
        width_px < NARROW_PX && self.rows.len() > 2
    }

    /// What stands beside a row where labels are shortened: what its neighbours' names begin with
    /// as well is left out, so that "task 1" and "task 2" are "1" and "2".
    pub fn short_label(&self, trace: &Trace, index: &Index, at: usize) -> String {
        let row = &self.rows[at];
        let whole = label(trace, index, row);
        let Some(stem) = stem(&whole) else {
            return whole;
        };
        let is_like = |other: Option<usize>| {
            let other = other.and_then(|other| self.rows.get(other));
            other.is_some_and(|other| {
                let is_task = matches!(other.kind, RowKind::Task(_));
                is_task
                    && other.depth == row.depth
                    && label(trace, index, other).strip_prefix(stem).is_some()
            })
        };
        let is_task = matches!(row.kind, RowKind::Task(_));
        if is_task && (is_like(at.checked_sub(1)) || is_like(Some(at + 1))) {
            return whole[stem.len()..].to_owned();
        }
        whole
    }

    /// How wide the labels should be, given how wide the whole picture is.
    pub fn gutter_px(&self, trace: &Trace, index: &Index, width_px: f64) -> f64 {
        // Ten thousand names need not be measured: who has more has short ones.
        const MEASURED: usize = 400;
        let widest = self
            .rows
            .iter()
            .enumerate()
            .take(MEASURED)
            .map(|(at, row)| {
                let dot = if matches!(row.kind, RowKind::Task(_) | RowKind::Value(_)) {
                    DOT_PX
                } else {
                    0.0
                };
                let text = match self.is_narrow(width_px) {
                    true => self.short_label(trace, index, at),
                    false => label(trace, index, row),
                };
                label_indent(row, self) + dot + text_px(&text, LABEL_SIZE, true)
            })
            .fold(0.0, f64::max);
        let max_px = clamp(width_px * 0.26, 56.0, 190.0);
        clamp(widest + 14.0, 40.0_f64.min(max_px), max_px).round()
    }
}

/// Below this width of the picture labels are shortened.
const NARROW_PX: f64 = 480.0;

/// What a name begins with, when a short word follows that tells it from others: "task " of
/// "task 1".
fn stem(name: &str) -> Option<&str> {
    let end = name.rfind(' ')? + 1;
    let rest = name.len() - end;
    (1..=4).contains(&rest).then(|| &name[..end])
}

/// The height of a label's type.
pub const LABEL_SIZE: f64 = 12.0;

/// The width of the dot in a task's colour, with the space after it.
pub const DOT_PX: f64 = 13.0;

/// Where a label begins.
pub fn label_indent(row: &Row, layout: &Layout) -> f64 {
    let fold = if layout.is_tree { 14.0 } else { 0.0 };
    6.0 + fold + f64::from(row.depth.min(6)) * 10.0
}

/// What stands beside a row.
pub fn label(trace: &Trace, index: &Index, row: &Row) -> String {
    match row.kind {
        RowKind::Task(task) => trace.name(task).to_owned(),
        RowKind::Thread(thread) => format!("thread {thread}"),
        RowKind::Browser(lane) => lane.words().to_owned(),
        RowKind::Frames(_, 0) => "frames".to_owned(),
        RowKind::Frames(..) => String::new(),
        RowKind::Value(at) => match index.values().series().get(at) {
            Some(series) => trace.text(series.name).to_owned(),
            None => String::new(),
        },
        RowKind::Resource(resource) => {
            let resource = trace.resource(resource);
            match &*resource.name {
                "" => resource.kind.word().to_owned(),
                name => name.to_owned(),
            }
        }
    }
}

/// How wide text is, about: letters are not measured here.
pub fn text_px(text: &str, size: f64, mono: bool) -> f64 {
    let letter = if mono { 0.602 } else { 0.53 };
    text.chars().map(letters).sum::<f64>() * size * letter
}

fn letters(c: char) -> f64 {
    // East Asian letters and most symbols above them are two columns wide.
    if c as u32 >= 0x1100 { 2.0 } else { 1.0 }
}

/// As much of a text as fits, with a sign where something is missing.
pub fn fitted(text: &str, width_px: f64, size: f64, mono: bool) -> String {
    if text_px(text, size, mono) <= width_px {
        return text.to_owned();
    }
    let mut fitted = String::new();
    for c in text.chars() {
        fitted.push(c);
        if text_px(&fitted, size, mono) + size * 0.602 > width_px {
            fitted.pop();
            break;
        }
    }
    fitted.push('…');
    fitted
}

/// The state of a task at a time; `None` before it was spawned.
fn state_at(timeline: &Timeline, at: usize, time_ns: u64) -> Option<TaskState> {
    let lane = &timeline.lanes[at];
    if time_ns < lane.spawned_ns {
        return None;
    }
    if let Some((done_ns, ending)) = lane.done
        && done_ns <= time_ns
    {
        return Some(TaskState::Ended(ending));
    }
    let open = lane.open_until(time_ns);
    let state = match open {
        Some(open) if open.start_ns <= time_ns => open.state,
        _ => lane.state(lane.first_after(time_ns).checked_sub(1)?),
    };
    Some(TaskState::Alive(state))
}

fn was_ever(timeline: &Timeline, index: &Index, at: usize, state: TaskState) -> bool {
    let lane = &timeline.lanes[at];
    match state {
        TaskState::Ended(ending) => lane.done.is_some_and(|(_, other)| other == ending),
        TaskState::Alive(state) => {
            let sums = index.totals(lane);
            let open = lane.open_until(0).is_some_and(|open| open.state == state);
            open || sums.of(state) > 0 || (state == LaneState::Running && sums.starts > 0)
        }
    }
}

/// The tasks of a trace as parents and children of the same thread.
struct Tree {
    first_child: Vec<u32>,
    next_sibling: Vec<u32>,
    passes: Vec<bool>,
    shown: Vec<bool>,
    /// How many levels of its frames have rows.
    levels: Vec<u8>,
}

impl Tree {
    fn from_trace(trace: &Trace, count: usize) -> Self {
        let mut tree = Tree {
            first_child: vec![NO_ROW; count],
            next_sibling: vec![NO_ROW; count],
            passes: vec![false; count],
            shown: vec![false; count],
            levels: vec![0; count],
        };
        // From the last to the first, so that each list of children is in order.
        for at in (0..count).rev() {
            if let Some(parent) = tree.parent(trace, at) {
                tree.next_sibling[at] = tree.first_child[parent];
                tree.first_child[parent] = at as u32;
            }
        }
        tree
    }

    fn parent(&self, trace: &Trace, at: usize) -> Option<usize> {
        let info = &trace.tasks[at];
        let parent = info.parent?.index();
        // A parent is older than its child; work on another thread is at home there.
        (parent < at && trace.tasks[parent].thread == info.thread).then_some(parent)
    }
}
