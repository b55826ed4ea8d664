//! A drawing of the loop at a moment: who has the thread, who comes next, what wakes it again.

use crate::app::lines::number_at;
use crate::app::state::{Action, Run};
use crate::loop_state::{LoopView, TimerRow, WaitingRow, wait_in_words};
use crate::moment::Moment;
use crate::palette;
use crate::param::grouped;
use crate::picture::axis::duration_words;
use crate::summary::moment_text;
use crate::trace::{Ending, TaskId, Trace, WaitFor};
use yew::prelude::*;

/// So many tasks are drawn in a row; more are counted.
const MOST_CHIPS: usize = 24;

/// So many timers, and so many things that are waited for, are drawn in a line each.
const MOST_LINES: usize = 6;

/// The card.
pub fn loop_card(
    shown: &Run,
    place: usize,
    cursor: Option<Moment>,
    selected: Option<TaskId>,
    on_action: &Callback<Action>,
) -> Html {
    let mut recording = shown.run.recording.borrow_mut();
    let count = match cursor {
        Some(cursor) => cursor.count(recording.trace(), place),
        None => recording.trace().events.len(),
    };
    let view = recording.loop_view(count);
    let trace = recording.trace();
    let end_ns = trace.duration_ns();
    let now_ns = cursor.map_or(end_ns, |cursor| cursor.time_ns.min(end_ns));
    let over = trace.end.is_some() && count == trace.events.len();
    let draw = Drawing {
        trace,
        view: &view,
        now_ns,
        selected,
        over,
        begun: count > 0,
    };
    let onclick = on_action.clone();
    let onclick = Callback::from(move |event: MouseEvent| {
        if let Some(task) = number_at(&event, "data-task") {
            onclick.emit(Action::Select(Some(TaskId(task as u32))));
        }
    });
    html! {
        <section class="loop card" aria-label="The loop" {onclick}>
            <header class="card-head">
                <h2>{ "The loop at " }{ moment_text(now_ns) }{ " s" }</h2>
                <span class="soft">{ &shown.label }</span>
                <span class="counts">{ "turn " }{ grouped(view.turn as i64) }</span>
            </header>
            { draw.top() }
            <dl class="loop-rows">
                { row("timers", draw.timers()) }
                { row("waiting", draw.waiting()) }
                if !view.elsewhere.is_empty() {
                    { row("threads", draw.chips(&view.elsewhere)) }
                }
                { row("done", draw.done()) }
            </dl>
        </section>
    }
}

struct Drawing<'a> {
    trace: &'a Trace,
    view: &'a LoopView,
    now_ns: u64,
    selected: Option<TaskId>,
    over: bool,
    begun: bool,
}

impl Drawing<'_> {
    /// The ring, who has the thread, and the queue that leads into it.
    fn top(&self) -> Html {
        let view = self.view;
        let class = match view.running {
            Some(task) => format!("loop-top busy t{}", palette::of_task(task)),
            None if self.over || !self.begun => "loop-top over".to_owned(),
            None if view.ready.is_empty() => "loop-top asleep".to_owned(),
            None => "loop-top".to_owned(),
        };
        html! {
            <div {class}>
                <svg class="loop-ring" viewBox="0 0 64 64" aria-hidden="true">
                    <circle cx="32" cy="32" r="25" class="ring-track" />
                    <circle cx="32" cy="32" r="25" class="ring-part" pathLength="100"
                        stroke-dasharray={format!("{:.1} 100", self.part_of_turn())} />
                    <path d="m49 8 4.5 10.5-11-2.5z" class="ring-head" />
                    if view.running.is_some() {
                        <circle cx="32" cy="32" r="11" class="ring-task" />
                    }
                </svg>
                <div class="loop-now">
                    <p class="loop-running">
                        if let Some(task) = view.running {
                            { self.chip(task, "chip runs", "") }<span class="soft">{ "has the thread" }</span>
                        } else {
                            <span class="soft">{ self.idle_words() }</span>
                        }
                    </p>
                    <div class="loop-queue" aria-label="Ready" role="group">
                        <span class="queue-head" aria-hidden="true">{ "◂" }</span>
                        if view.ready.is_empty() {
                            <span class="faint">{ "nobody is ready" }</span>
                        } else {
                            { self.chips(&view.ready) }
                        }
                    </div>
                </div>
            </div>
        }
    }

    /// How much of its round the ring shows: all of it, or while the loop sleeps the part of the
    /// sleep that is over.
    fn part_of_turn(&self) -> f64 {
        let view = self.view;
        let Some(first) = view.timers.first() else {
            return if view.running.is_some() || !view.ready.is_empty() {
                88.0
            } else {
                0.0
            };
        };
        if view.running.is_some() || !view.ready.is_empty() {
            return 88.0;
        }
        let asleep_ns = first.deadline_ns.saturating_sub(first.set_ns).max(1);
        let slept_ns = self.now_ns.saturating_sub(first.set_ns);
        (slept_ns as f64 / asleep_ns as f64).min(1.0) * 88.0
    }

    fn idle_words(&self) -> String {
        let view = self.view;
        if !self.begun {
            "nothing has happened yet".to_owned()
        } else if let Some(next) = view.ready.first() {
            format!("about to serve {}", self.trace.name(*next))
        } else if let (Some(first), false) = (view.timers.first(), self.over) {
            match first.deadline_ns > self.now_ns {
                true => format!("asleep until {} s", moment_text(first.deadline_ns)),
                false => "about to serve a timer".to_owned(),
            }
        } else if !view.waiting.is_empty() {
            match self.over {
                true => "nothing will ever wake it".to_owned(),
                false => "asleep until something outside wakes it".to_owned(),
            }
        } else {
            match self.over {
                true => "the run is over".to_owned(),
                false => "between two handles".to_owned(),
            }
        }
    }

    fn chip(&self, task: TaskId, class: &str, mark: &'static str) -> Html {
        let picked = if self.selected == Some(task) {
            " picked"
        } else {
            ""
        };
        let class = format!("{class}{picked} t{}", palette::of_task(task));
        html! {
            <button type="button" {class} data-task={task.0.to_string()}>{ mark }{ self.trace.name(task) }</button>
        }
    }

    fn chips(&self, tasks: &[TaskId]) -> Html {
        html! {
            <>
                { for tasks.iter().take(MOST_CHIPS).map(|task| self.chip(*task, "chip", "")) }
                { more(tasks.len(), MOST_CHIPS) }
            </>
        }
    }

    fn timers(&self) -> Html {
        let rows = &self.view.timers;
        let whole = |row: &TimerRow| row.deadline_ns.saturating_sub(row.set_ns);
        // One scale for all, so that a longer bar is a later deadline.
        let scale_ns = rows.iter().take(MOST_LINES).map(whole).max().unwrap_or(0);
        let line = |row: &TimerRow| {
            let left_ns = row.deadline_ns.saturating_sub(self.now_ns);
            let part = left_ns as f64 / scale_ns.max(1) as f64 * 100.0;
            let colour = row.task.map_or(7, palette::of_task);
            html! {
                <div class={format!("timer t{colour}")}>
                    if let Some(task) = row.task {
                        { self.chip(task, "chip", "") }
                    } else {
                        <span class="soft">{ "a timer" }</span>
                    }
                    <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                        <rect width="100" height="4" class="timer-track" />
                        <rect width={format!("{:.2}", part.min(100.0))} height="4" class="timer-left" />
                    </svg>
                    <span class="left">
                        { if left_ns == 0 { "due".to_owned() } else { duration_words(left_ns) } }
                    </span>
                </div>
            }
        };
        if rows.is_empty() {
            return nobody();
        }
        html! {
            <>
                { for rows.iter().take(MOST_LINES).map(line) }
                { more(rows.len(), MOST_LINES) }
            </>
        }
    }

    /// What is waited for, with those who wait; who sleeps is among the timers.
    fn waiting(&self) -> Html {
        let mut groups: Vec<(Option<WaitFor>, Vec<TaskId>, usize)> = Vec::new();
        let mut others = 0;
        let sleeps = |row: &WaitingRow| matches!(row.on, Some(WaitFor::Timer(_)));
        for row in self.view.waiting.iter().filter(|row| !sleeps(row)) {
            let room = groups.len() < MOST_LINES;
            match groups.iter_mut().find(|(on, ..)| *on == row.on) {
                Some((_, tasks, _)) if tasks.len() < MOST_CHIPS => tasks.push(row.task),
                Some((_, _, more)) => *more += 1,
                None if room => groups.push((row.on, vec![row.task], 0)),
                None => others += 1,
            }
        }
        if groups.is_empty() {
            return nobody();
        }
        html! {
            <>
                { for groups.iter().map(|(on, tasks, more)| html! {
                    <div class="waits">
                        { self.chips(tasks) }
                        { and_more(*more) }
                        <span class="soft">{ "▸ " }{ match on {
                            Some(on) => wait_in_words(self.trace, *on),
                            None => "something outside".to_owned(),
                        } }</span>
                    </div>
                }) }
                { and_more(others) }
            </>
        }
    }

    /// The last ones to end.
    fn done(&self) -> Html {
        let done = &self.view.done;
        if done.is_empty() {
            return nobody();
        }
        let first = done.len().saturating_sub(MOST_CHIPS);
        html! {
            <>
                { for done[first..].iter().map(|(task, ending)| {
                    let (class, mark) = match ending {
                        Ending::Returned => ("chip ended", "✓ "),
                        Ending::Cancelled => ("chip ended", "⊘ "),
                        Ending::Failed | Ending::Panicked => ("chip failed", "✕ "),
                    };
                    self.chip(*task, class, mark)
                }) }
                { more(done.len(), MOST_CHIPS) }
            </>
        }
    }
}

fn row(label: &'static str, content: Html) -> Html {
    html! { <div class="loop-row"><dt>{ label }</dt><dd>{ content }</dd></div> }
}

fn nobody() -> Html {
    html! { <span class="faint">{ "none" }</span> }
}

fn more(all: usize, shown: usize) -> Html {
    and_more(all.saturating_sub(shown))
}

fn and_more(count: usize) -> Html {
    match count {
        0 => Html::default(),
        count => html! { <span class="soft">{ "and " }{ grouped(count as i64) }{ " more" }</span> },
    }
}
