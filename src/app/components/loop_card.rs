//! A drawing of the loop at a moment: who has the thread, who comes next, what wakes it again.

use crate::app::browser::now_ms;
use crate::app::components::dom::{self, named, number_at, tag};
use crate::app::hooks::frames::Frames;
use crate::app::state::action::Action;
use crate::app::state::run::Run;
use crate::derived::browser_loop::{BrowserLane, BrowserLoop};
use crate::derived::frames::{Frame, chain_in_words};
use crate::derived::loop_state::{LoopView, wait_in_words};
use crate::derived::moment::Moment;
use crate::derived::summary::moment_text;
use crate::picture::axis::duration_words;
use crate::picture::palette;
use crate::text::number::fixed;
use crate::text::number::grouped;
use crate::trace::{ClockKind, Ending, TaskId, Trace, WaitFor};
use yew::prelude::*;

/// How many tasks are drawn in a row; more are counted.
const MAX_CHIPS: usize = 24;

/// How many timers, and how many things that are waited for, have a line each; more are counted.
const MAX_LINES: usize = 6;

/// How much of its round the ring shows when the loop is awake, in percent: the rest is the gap
/// in front of the arrow.
const ROUND: f64 = 90.0;

/// Properties of [`LoopCard`].
#[derive(Properties, PartialEq)]
pub(crate) struct LoopCardProps {
    /// The run.
    pub shown: Run,
    /// Its slot on screen.
    pub slot: usize,
    /// The moment; the end, or now, when nothing is said.
    pub cursor: Option<Moment>,
    /// The chosen task.
    pub selected: Option<TaskId>,
    /// Is told of a choice.
    pub on_action: Callback<Action>,
}

/// The drawing. While it follows a run in real time it goes with the clock, also where nothing happens.
#[component]
pub(crate) fn LoopCard(props: &LoopCardProps) -> Html {
    let LoopCardProps {
        shown,
        slot,
        cursor,
        selected,
        on_action,
    } = props;
    let (slot, cursor, selected) = (*slot, *cursor, *selected);
    let follows = cursor.is_none()
        && shown.asked_for()
        && shown.goes_on()
        && shown.clock() == ClockKind::Live;
    // When the latest revision of the run came here.
    let revised = use_mut_ref(|| (shown.recording.clone(), now_ms()));
    let mut revised = revised.borrow_mut();
    if revised.0 != shown.recording {
        *revised = (shown.recording.clone(), now_ms());
    }
    let redraw = use_force_update();
    use_effect_with(follows, move |follows| {
        let frames = follows.then(|| Frames::each(move || redraw.force_update()));
        move || drop(frames)
    });
    let mut recording = shown.recording.borrow_mut();
    let count = match cursor {
        Some(cursor) => cursor.count(recording.trace(), slot),
        None => recording.trace().events.len(),
    };
    let view = recording.loop_view(count);
    let trace = recording.trace();
    let passed_ms = match follows && count > 0 {
        true => now_ms() - revised.1,
        false => 0.0,
    };
    let end_ns = trace.duration_ns() + (passed_ms * 1e6) as u64;
    let drawing = Drawing {
        trace,
        view: &view,
        now_ns: cursor.map_or(end_ns, |cursor| cursor.time_ns.min(end_ns)),
        selected,
        over: trace.end.is_some() && count == trace.events.len(),
        begun: count > 0,
        values: recording.values().at(trace, count),
        browser: (recording.timeline().browser(), count),
        chains: recording.timeline().frames().chains(count),
    };
    let onclick = {
        let on_action = on_action.clone();
        Callback::from(move |event: MouseEvent| {
            if let Some(task) = number_at(&event, "data-task") {
                on_action.emit(Action::Select(Some(TaskId(task as u32))));
            }
        })
    };
    tag("section")
        .class("loop card")
        .set("tabindex", "0")
        .set("aria-label", named("The loop", &shown.label))
        .on_click(onclick)
        .push(drawing.head(&shown.label))
        .push(drawing.top())
        .push(drawing.rows())
        .html()
}

struct Drawing<'a> {
    trace: &'a Trace,
    view: &'a LoopView,
    now_ns: u64,
    selected: Option<TaskId>,
    over: bool,
    begun: bool,
    values: Vec<(&'a str, i32)>,
    chains: Vec<(TaskId, Vec<Frame>)>,
    /// The browser's own loop, and how many events have happened.
    browser: (&'a BrowserLoop, usize),
}

impl Drawing<'_> {
    fn head(&self, label: &str) -> Html {
        let title = format!("The loop at {} s", moment_text(self.now_ns));
        let turn = format!("turn {}", grouped(self.view.turn as i64));
        let title = tag("h2").push(title).html();
        let counts = tag("span").class("counts").push(turn).html();
        tag("header")
            .class("card-head")
            .push(title)
            .push(soft(label.to_owned()))
            .push(counts)
            .html()
    }

    /// The ring, who has the thread, and the queue that leads into it.
    fn top(&self) -> Html {
        let view = self.view;
        let awake = view.running.is_some() || !view.ready.is_empty();
        let class = match view.running {
            Some(task) => format!("loop-top busy t{}", palette::of_task(task)),
            None if self.over || !self.begun => "loop-top over".to_owned(),
            None if awake => "loop-top".to_owned(),
            None => "loop-top asleep".to_owned(),
        };
        let has = match view.blocks {
            true => "blocks the loop",
            false => "has the thread",
        };
        let running = match view.running {
            Some(task) => vec![self.chip(task, "chip runs", ""), soft(has)],
            None => vec![soft(self.idle_words())],
        };
        let queue = match view.ready.as_slice() {
            [] => vec![tag("span").class("faint").push("nobody is ready").html()],
            ready => self.chips(ready),
        };
        let head = tag("span")
            .class("queue-head")
            .set("aria-hidden", "true")
            .push("◂")
            .html();
        let queue = tag("div")
            .class("loop-queue")
            .set("role", "group")
            .set("aria-label", "Ready")
            .push([vec![head], queue].concat())
            .html();
        let running = tag("p").class("loop-running").push(running).html();
        let now = tag("div")
            .class("loop-now")
            .push(running)
            .push(queue)
            .html();
        tag("div")
            .set("class", class)
            .push(self.ring(awake))
            .push(now)
            .html()
    }

    /// The loop goes round while it is awake. While it sleeps, the ring fills as the time of the
    /// next timer comes near.
    fn ring(&self, awake: bool) -> Html {
        let part = match self.view.timers.first() {
            _ if awake => ROUND,
            Some(first) if !self.over => {
                let asleep_ns = first.deadline_ns.saturating_sub(first.set_ns).max(1);
                let slept_ns = self.now_ns.saturating_sub(first.set_ns);
                (slept_ns as f64 / asleep_ns as f64).min(1.0) * ROUND
            }
            _ => 0.0,
        };
        let circle = |class: &'static str, r: &'static str, dashes: String| {
            tag("circle")
                .set("class", class)
                .set("cx", "32")
                .set("cy", "32")
                .set("r", r)
                .set("pathLength", "100")
                .set("stroke-dasharray", dashes)
                .html()
        };
        let mut shapes = vec![circle("ring-track", "25", String::new())];
        if part > 0.0 {
            shapes.push(circle("ring-part", "25", fixed(part, 1) + " 100"));
            let turned = format!("rotate({} 32 32)", fixed(part * 3.6, 1));
            shapes.push(
                tag("path")
                    .class("ring-head")
                    .set("d", "M31 .5 41 7l-10 6.5z")
                    .set("transform", turned)
                    .html(),
            );
        }
        if self.view.running.is_some() {
            shapes.push(circle("ring-task", "11", String::new()));
        }
        tag("svg")
            .class("loop-ring")
            .set("viewBox", "0 0 64 64")
            .set("aria-hidden", "true")
            .push(shapes)
            .html()
    }

    /// Why nobody has the thread.
    fn idle_words(&self) -> AttrValue {
        let view = self.view;
        let words = match (view.ready.first(), view.timers.first()) {
            _ if !self.begun => "nothing has happened yet",
            (Some(next), _) => return format!("about to serve {}", self.trace.name(*next)).into(),
            (None, Some(first)) if !self.over => {
                if first.deadline_ns > self.now_ns {
                    return format!("asleep until {} s", moment_text(first.deadline_ns)).into();
                }
                "about to serve a timer"
            }
            _ if view.waiting.is_empty() && self.over => "the run is over",
            _ if view.waiting.is_empty() => "between two steps",
            _ if self.over => "nothing will ever wake it",
            _ => "asleep until something outside wakes it",
        };
        words.into()
    }

    fn chip(&self, task: TaskId, class: &str, mark: &str) -> Html {
        let picked = if self.selected == Some(task) {
            " picked"
        } else {
            ""
        };
        let class = format!("{class}{picked} t{}", palette::of_task(task));
        tag("button")
            .set("type", "button")
            .set("class", class)
            .set("data-task", task.0.to_string())
            .push(mark.to_owned() + self.trace.name(task))
            .html()
    }

    fn chips(&self, tasks: &[TaskId]) -> Vec<Html> {
        let shown = tasks.iter().take(MAX_CHIPS);
        let mut chips: Vec<Html> = shown.map(|task| self.chip(*task, "chip", "")).collect();
        chips.extend(and_more(tasks.len().saturating_sub(MAX_CHIPS)));
        chips
    }

    fn rows(&self) -> Html {
        let mut rows = vec![
            row("timers", self.timers()),
            row("waiting", self.waiting()),
            row("done", self.done()),
        ];
        if !self.values.is_empty() {
            let values = self.values.iter();
            let values = values.map(|(name, value)| format!("{name} = {value}"));
            let words = values.collect::<Vec<_>>().join(", ");
            rows.push(row(
                "values",
                vec![tag("span").class("left").push(words).html()],
            ));
        }
        if self.browser.0.lanes().next().is_some() {
            rows.push(row("browser", self.browser()));
        }
        if !self.chains.is_empty() {
            rows.insert(2, row("awaits", self.chains()));
        }
        if !self.view.elsewhere.is_empty() {
            rows.insert(2, row("threads", self.chips(&self.view.elsewhere)));
        }
        tag("dl").class("loop-rows").push(rows).html()
    }

    fn timers(&self) -> Vec<Html> {
        let rows = &self.view.timers;
        let shown = &rows[..rows.len().min(MAX_LINES)];
        // One scale for all, so that a longer bar is a later deadline.
        let longest = shown
            .iter()
            .map(|row| row.deadline_ns.saturating_sub(row.set_ns));
        let scale_ns = longest.max().unwrap_or(0).max(1);
        let bar = |class: &'static str, width: AttrValue| {
            tag("rect")
                .class(class)
                .set("width", width)
                .set("height", "4")
        };
        let mut lines = Vec::new();
        for row in shown {
            let left_ns = row.deadline_ns.saturating_sub(self.now_ns);
            let part = (left_ns as f64 / scale_ns as f64).min(1.0) * 100.0;
            let left = match left_ns {
                0 => "due".to_owned(),
                _ => duration_words(left_ns),
            };
            let bars = tag("svg")
                .set("viewBox", "0 0 100 4")
                .set("preserveAspectRatio", "none")
                .set("aria-hidden", "true")
                .push(bar("timer-track", "100".into()))
                .push(bar("timer-left", fixed(part, 2).into()))
                .html();
            let who = match row.task {
                Some(task) => self.chip(task, "chip", ""),
                None => soft("a timer"),
            };
            let colour = row.task.map_or(palette::COLOURS - 1, palette::of_task);
            let left = tag("span").class("left").push(left).html();
            lines.push(
                tag("div")
                    .set("class", format!("timer t{colour}"))
                    .push(who)
                    .push(bars)
                    .push(left)
                    .html(),
            );
        }
        lines.extend(and_more(rows.len() - shown.len()));
        lines
    }

    /// What is waited for, with those who wait; who sleeps is among the timers.
    fn waiting(&self) -> Vec<Html> {
        let mut groups: Vec<(Option<WaitFor>, Vec<TaskId>)> = Vec::new();
        let mut others = 0;
        for row in &self.view.waiting {
            if matches!(row.on, Some(WaitFor::Timer(_))) {
                continue;
            }
            match groups.iter().position(|(on, _)| *on == row.on) {
                Some(group) => groups[group].1.push(row.task),
                None if groups.len() < MAX_LINES => groups.push((row.on, vec![row.task])),
                None => others += 1,
            }
        }
        let mut lines = Vec::new();
        for (on, tasks) in groups {
            let on = match on {
                Some(on) => format!("▸ {}", wait_in_words(self.trace, on)),
                None => "▸ something outside".to_owned(),
            };
            let mut line = self.chips(&tasks);
            line.push(soft(on));
            lines.push(tag("div").class("waits").push(line).html());
        }
        lines.extend(and_more(others));
        lines
    }

    /// What the browser's own loop runs, and what is in its queues.
    fn browser(&self) -> Vec<Html> {
        let (browser, count) = self.browser;
        let runs = match browser.running(count) {
            Some((lane, true)) => format!("runs: {} (inferred)", lane.words()),
            Some((lane, false)) => format!("runs: {}", lane.words()),
            None => "runs nothing".to_owned(),
        };
        let queue = |lane: BrowserLane| format!("{} {}", lane.words(), browser.queued(lane, count));
        let queues = [
            BrowserLane::Microtasks,
            BrowserLane::Timers,
            BrowserLane::Messages,
        ];
        let queues = format!("queued: {}", queues.map(queue).join(", "));
        let lines = [runs, queues, "rendering: none on this thread".to_owned()];
        let line = |words: String| tag("div").class("waits").push(soft(words)).html();
        lines.map(line).into()
    }

    /// What tasks are in inside themselves: the outermost first.
    fn chains(&self) -> Vec<Html> {
        let shown = self.chains.iter().take(MAX_LINES);
        let line = |(task, chain): &(TaskId, Vec<Frame>)| {
            let words = soft(chain_in_words(self.trace, chain));
            tag("div")
                .class("waits")
                .push(self.chip(*task, "chip", ""))
                .push(words)
                .html()
        };
        let mut lines: Vec<Html> = shown.map(line).collect();
        lines.extend(and_more(self.chains.len().saturating_sub(MAX_LINES)));
        lines
    }

    /// The last ones to end.
    fn done(&self) -> Vec<Html> {
        let done = &self.view.done;
        let before = done.len().saturating_sub(MAX_CHIPS);
        let mut chips = Vec::new();
        for (task, ending) in &done[before..] {
            let (class, mark) = match ending {
                Ending::Returned => ("chip ended", "✓ "),
                Ending::Cancelled => ("chip ended", "⊘ "),
                Ending::Failed | Ending::Panicked => ("chip failed", "✕ "),
            };
            chips.push(self.chip(*task, class, mark));
        }
        chips.extend(and_more(before));
        chips
    }
}

/// A row that says so when there is nothing in it.
fn row(label: &'static str, mut content: Vec<Html>) -> Html {
    if content.is_empty() {
        content.push(tag("span").class("faint").push("none").html());
    }
    dom::row(label, content)
}

fn soft(words: impl Into<AttrValue>) -> Html {
    tag("span").class("soft").push(words.into()).html()
}

fn and_more(count: usize) -> Option<Html> {
    let words = || format!("and {} more", grouped(count as i64));
    (count > 0).then(|| soft(words()))
}
