//! The whole page: holds the state, has runs made, and lays out the components.

use crate::app::browser;
use crate::app::find::Find;
use crate::app::findings::findings;
use crate::app::form::{ParamForm, ParamFormProps, field_id};
use crate::app::gallery::Gallery;
use crate::app::header::Header;
use crate::app::icon;
use crate::app::keys::{self, Command};
use crate::app::lines::Output;
use crate::app::loop_card::loop_card;
use crate::app::prose;
use crate::app::run_card::RunCard;
use crate::app::runner::Runner;
use crate::app::share::Share;
use crate::app::source::{Mark, Panel, Source, tabs};
use crate::app::state::{Action, MOST_RUNS, Run, State, as_sentence, counted, no_preview_sentence};
use crate::app::theme::use_theme;
use crate::app::transport::{JUMP_ID, present, transport, use_playing};
use crate::demos;
use crate::derived::moment::Moment;
use crate::derived::summary;
use crate::link::{self, Scenario};
use crate::picture::palette;
use crate::trace::{ClockKind, EndReason};
use gloo_events::{EventListener, EventListenerOptions};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use yew::prelude::*;

/// From here down the source has no column of its own and becomes tabs.
const COMPACT: &str = "(max-width: 1180px)";

/// From here down the gallery folds away.
const NARROW: &str = "(max-width: 900px)";

/// More findings are not worth a sign at their line: a reader sees the first ones.
const MOST_PROBLEMS: usize = 50;

/// Shows the page.
pub fn start() {
    if let Some(body) = browser::document().and_then(|document| document.body()) {
        yew::Renderer::<Page>::with_root(body.into()).render();
    }
}

impl Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        self.after(action)
    }
}

/// One for each place on the page.
type Runners = [Rc<Runner>; MOST_RUNS];

/// Which dialog is open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Nothing,
    Find,
    Keys,
}

/// What Run would run. A callback that held on to the state itself would keep every trace it ever saw.
#[derive(Clone)]
struct Asked {
    scenario: Scenario,
    clock: ClockKind,
    edition: u32,
    first_error: Option<&'static str>,
    under_way: bool,
}

impl Asked {
    fn of(state: &State) -> Self {
        Asked {
            scenario: state.scenario.clone(),
            clock: state.clock(),
            edition: state.edition,
            first_error: state.first_error(),
            under_way: state.under_way().is_some(),
        }
    }
}

#[component]
fn Page() -> Html {
    let state = use_reducer(|| {
        let (scenario, notices) = link::decode(&browser::fragment());
        State::new(scenario, notices)
    });
    let on_action = {
        let dispatcher = state.dispatcher();
        use_callback((), move |action, ()| dispatcher.dispatch(action))
    };
    let runners: Rc<Runners> = {
        let on_action = on_action.clone();
        use_memo((), move |()| {
            std::array::from_fn::<_, MOST_RUNS, _>(|place| Runner::new(place, on_action.clone()))
        })
    };
    let open = use_state_eq(|| Open::Nothing);
    let panel = use_state_eq(|| Panel::Run);
    let presents = use_state_eq(|| false);
    let compact = browser::use_media_query(COMPACT);
    let narrow = browser::use_media_query(NARROW);
    let (theme, on_theme) = use_theme();

    use_links(&on_action);
    use_playing(state.playback.on, &on_action);
    let difference = use_memo(state.runs.clone(), |runs| difference(runs));
    use_effect_with(state.scenario.demo.title, |title| {
        browser::set_title(&format!("{title} · Interleave"));
    });

    let asked = use_mut_ref(|| Asked::of(&state));
    *asked.borrow_mut() = Asked::of(&state);
    let on_run = {
        let (runners, asked) = (runners.clone(), asked.clone());
        use_callback((compact, panel.clone()), move |(), (compact, panel)| {
            let asked = asked.borrow().clone();
            match asked.first_error {
                Some(key) => browser::focus(&field_id(key)),
                None if asked.under_way => {}
                None => {
                    for (runner, run) in runners.iter().zip(&asked.scenario.runs()) {
                        runner.run(run, asked.clock, asked.edition);
                    }
                    if *compact {
                        panel.set(Panel::Run);
                    }
                }
            }
        })
    };
    use_previews(&state, &runners, &on_run);
    let on_stop = {
        let runners = runners.clone();
        use_callback((), move |(), ()| {
            runners.iter().for_each(|runner| runner.stop())
        })
    };
    let on_find = use_callback(open.clone(), |(), open| open.set(Open::Find));
    let on_keys = use_callback(open.clone(), |(), open| open.set(Open::Keys));
    let on_close = use_callback(open.clone(), |(), open| open.set(Open::Nothing));
    let on_panel = use_callback(panel.clone(), |chosen, panel| panel.set(chosen));
    let on_choose = use_callback(on_action.clone(), |slug: &'static str, on_action| {
        // A link to where the address bar is already changes no address, so nobody would notice.
        if let Some(demo) = demos::find(slug)
            && browser::fragment() == format!("1/{slug}")
        {
            on_action.emit(Action::Open {
                scenario: Scenario::defaults_of(demo),
                notices: Vec::new(),
            });
        }
    });
    use_keys(
        *open,
        Commands {
            on_run: on_run.clone(),
            on_stop: on_stop.clone(),
            on_find: on_find.clone(),
            on_keys: on_keys.clone(),
            on_theme: on_theme.clone(),
            on_action: on_action.clone(),
            presents: presents.clone(),
        },
    );

    // Only the compact layout has a tab for the run: elsewhere it is always on screen.
    let shown_panel = match (*panel, compact) {
        (Panel::Run, false) => Panel::Rust,
        (panel, _) => panel,
    };
    let form = ParamFormProps::new(&state, on_action.clone(), on_run, on_stop);
    let scenario = state.scenario.clone();
    let (marks, problems) = match shown_panel {
        Panel::Rust => (marks(&state), problems(&state)),
        _ => Default::default(),
    };
    let runs_shown = !compact || *presents || shown_panel == Panel::Run;
    let tabs = tabs(scenario.demo, Panel::all(compact), shown_panel, &on_panel);
    html! {
        <>
            <a class="skip" href="#work" onclick={skip_to_work()}>{ "Skip to the demo" }</a>
            <Header {theme} on_theme={on_theme} {on_find} {on_keys} />
            <div class="columns">
                <Gallery current={scenario.demo.slug} {narrow} {on_choose} />
                <main id="work" class="work" tabindex="-1">
                    <header class="title">
                        <div>
                            <h1>{ scenario.demo.title }</h1>
                            <p class="lede">{ prose::inline(scenario.demo.summary) }</p>
                        </div>
                        <Share scenario={scenario.clone()} />
                    </header>
                    { notices(&state, &on_action) }
                    <ParamForm ..form />
                    if compact {
                        { tabs.clone() }
                    }
                    if runs_shown && compact {
                        <div class="run-panel" role="tabpanel" id={Panel::Run.panel_id()} aria-labelledby={Panel::Run.tab_id()}>
                            { runs(&state, &difference, &presents, &on_action) }
                        </div>
                    } else if runs_shown {
                        { runs(&state, &difference, &presents, &on_action) }
                    } else {
                        <Source scenario={scenario.clone()} panel={shown_panel} marks={marks.clone()} problems={problems.clone()} />
                    }
                    { next_demo(scenario.demo.slug) }
                </main>
                if !compact {
                    <aside class="side" aria-label="Source">
                        { tabs }
                        <Source {scenario} panel={shown_panel} {marks} {problems} />
                    </aside>
                }
            </div>
            <p class="visually-hidden" role="status">{ said(&state) }</p>
            <Find open={*open == Open::Find} on_close={on_close.clone()} />
            { keys::keys(*open == Open::Keys, &on_close) }
        </>
    }
}

fn runs(
    state: &State,
    difference: &str,
    presents: &UseStateHandle<bool>,
    on_action: &Callback<Action>,
) -> Html {
    if state.runs.is_empty() && !state.is_previewed() {
        return html! {
            <p class="no-preview card">{ no_preview_sentence(state.scenario.demo) }</p>
        };
    }
    // Side by side, the pictures share one axis of time.
    let extent_ns = match state.runs.len() {
        0 | 1 => None,
        _ => state
            .runs
            .iter()
            .map(|run| run.run.recording.borrow().trace().duration_ns())
            .max(),
    };
    html! {
        <>
            if !difference.is_empty() {
                <p class="difference" role="status">{ difference.to_owned() }</p>
            }
            { for state.runs.iter().enumerate().map(|(place, run)| html! {
                <RunCard key={run.place} shown={run.clone()} {extent_ns} span={state.span}
                    expected_ns={state.expected_ns[run.place]} cursor={state.cursor} {place}
                    selected={state.selected} on_action={on_action.clone()} />
            }) }
            if !state.runs.is_empty() {
                { transport(state, presents, on_action) }
            }
            <div class="below">
                { for state.runs.iter().enumerate().map(|(place, run)| html! {
                    <Output run={run.run.clone()} label={run.label.clone()} live={run.asked_for() && run.goes_on()}
                        {place} printed={printed(run, place, state.cursor)} on_action={on_action.clone()} />
                }) }
                { for state.runs.iter().enumerate().map(|(place, run)| {
                    loop_card(run, place, state.cursor, state.selected, on_action)
                }) }
            </div>
            { for state.runs.iter().map(|run| findings(state, run, on_action)) }
        </>
    }
}

/// Where to go on.
fn next_demo(slug: &str) -> Html {
    let next = demos::next(slug);
    html! {
        <p class="next-demo">
            { "Next: " }<a href={format!("#1/{}", next.slug)}>{ next.title }</a>
        </p>
    }
}

/// How many lines a run has printed at a moment.
fn printed(run: &Run, place: usize, cursor: Option<Moment>) -> Option<usize> {
    let recording = run.run.recording.borrow();
    let count = cursor?.count(recording.trace(), place);
    let lines = recording.lines();
    Some(lines.partition_point(|position| (*position as usize) < count))
}

/// The lines of the Rust file where the tasks of all runs on screen stand.
fn marks(state: &State) -> Vec<Mark> {
    let file = state.scenario.demo.rust.name;
    let mut marks: Vec<Mark> = Vec::new();
    for (place, run) in state.runs.iter().enumerate() {
        let mut recording = run.run.recording.borrow_mut();
        let count = match state.cursor {
            Some(cursor) => cursor.count(recording.trace(), place),
            None => recording.trace().events.len(),
        };
        for stand in recording.stands(count, file) {
            let trace = recording.trace();
            let names: Vec<&str> = stand.tasks.iter().map(|task| trace.name(*task)).collect();
            let mut who = match stand.more {
                0 => names.join(", "),
                more => counted(names.len() + more, "task"),
            };
            if state.runs.len() > 1 {
                who = format!("{}: {who}", run.label);
            }
            let colours = stand.tasks.iter().map(|task| palette::of_task(*task));
            match marks.iter_mut().find(|mark| mark.line == stand.line) {
                Some(mark) => {
                    mark.who += "; ";
                    mark.who += &who;
                    mark.colours.extend(colours);
                    mark.running |= stand.running;
                }
                None => marks.push(Mark {
                    line: stand.line,
                    colours: colours.collect(),
                    who,
                    running: stand.running,
                }),
            }
        }
    }
    marks
}

/// What is wrong at which lines of the Rust file.
fn problems(state: &State) -> Vec<(u32, String)> {
    let file = state.scenario.demo.rust.name;
    let mut problems = Vec::new();
    for run in &state.runs {
        let recording = run.run.recording.borrow();
        for finding in recording.findings().iter().take(MOST_PROBLEMS) {
            let location = recording.trace().location(finding.at);
            if location.file.ends_with(file) {
                problems.push((location.line, as_sentence(&finding.sentence)));
            }
        }
    }
    problems
}

/// What two runs side by side differ in, once both have ended.
fn difference(runs: &[Run]) -> String {
    let [a, b] = runs else {
        return String::new();
    };
    if a.goes_on() || b.goes_on() {
        return String::new();
    }
    let (first, second) = (a.run.recording.borrow(), b.run.recording.borrow());
    let words = summary::difference((&a.label, first.trace()), (&b.label, second.trace()));
    as_sentence(&words)
}

fn notices(state: &State, on_action: &Callback<Action>) -> Html {
    html! {
        <div class="notices" role="status">
            { for state.notices.iter().enumerate().map(|(index, notice)| html! {
                <div key={notice.clone()} class="notice">
                    <p>{ as_sentence(notice) }</p>
                    <button type="button" class="quiet square" aria-label="Dismiss"
                        onclick={on_action.reform(move |_| Action::Dismiss(index))}>
                        { icon::cross() }
                    </button>
                </div>
            }) }
        </div>
    }
}

/// For those who hear the page: that a run began, and what came of it.
fn said(state: &State) -> String {
    let Some(run) = state.runs.iter().find(|run| run.asked_for()) else {
        return String::new();
    };
    let recording = run.run.recording.borrow();
    match &recording.trace().end {
        None => "The run goes on.".to_owned(),
        Some(end) => {
            let how = match end.reason {
                EndReason::Finished => "The run finished",
                EndReason::Stopped => "The run was stopped",
                _ => "The run ended",
            };
            format!("{how} after {}.", summary::time_text(end.time_ns))
        }
    }
}

/// Moves the focus without touching the address, whose fragment is the scenario.
fn skip_to_work() -> Callback<MouseEvent> {
    Callback::from(|event: MouseEvent| {
        event.prevent_default();
        browser::focus("work");
    })
}

/// Opens the scenario of the address bar whenever somebody goes to another.
#[hook]
fn use_links(on_action: &Callback<Action>) {
    let on_action = on_action.clone();
    use_effect_with((), move |()| {
        let listener = browser::window().map(|window| {
            EventListener::new(&window, "hashchange", move |_| {
                let (scenario, notices) = link::decode(&browser::fragment());
                on_action.emit(Action::Open { scenario, notices });
            })
        });
        move || drop(listener)
    });
}

/// Has each new edition of the state previewed, and run where that was asked for.
#[hook]
fn use_previews(state: &UseReducerHandle<State>, runners: &Rc<Runners>, on_run: &Callback<()>) {
    let previewed = state.is_previewed();
    let runs = if previewed {
        state.scenario.runs()
    } else {
        Vec::new()
    };
    let (runners, on_run) = (Rc::clone(runners), on_run.clone());
    let to_run = state.to_run;
    use_effect_with(state.edition, move |edition| {
        let mut runs = runs.into_iter();
        for runner in runners.iter() {
            // What goes on was made for other values.
            runner.abandon();
            match runs.next() {
                Some(run) => runner.preview(run, *edition),
                None => runner.cancel_preview(),
            }
        }
        if to_run == Some(*edition) {
            on_run.emit(());
        }
    });
}

#[derive(Clone, PartialEq)]
struct Commands {
    on_run: Callback<()>,
    on_stop: Callback<()>,
    on_find: Callback<()>,
    on_keys: Callback<()>,
    on_theme: Callback<()>,
    on_action: Callback<Action>,
    presents: UseStateHandle<bool>,
}

/// Listens to the keys that mean the same everywhere on the page.
#[hook]
fn use_keys(open: Open, commands: Commands) {
    use_effect_with((open, commands), |(open, commands)| {
        let (open, commands) = (*open, commands.clone());
        let on_key = move |event: &Event| {
            let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
                return;
            };
            let Some(command) = keys::command(event) else {
                return;
            };
            // A dialog has keys of its own.
            if open != Open::Nothing {
                return;
            }
            if !matches!(command, Command::Stop | Command::Escape) {
                event.prevent_default();
            }
            match command {
                Command::Run => commands.on_run.emit(()),
                Command::Escape if *commands.presents => present(&commands.presents),
                Command::Stop | Command::Escape => commands.on_stop.emit(()),
                Command::Present => present(&commands.presents),
                Command::Find => commands.on_find.emit(()),
                Command::Keys => commands.on_keys.emit(()),
                Command::Theme => commands.on_theme.emit(()),
                Command::GoTo => browser::focus(JUMP_ID),
                Command::Time(time) => commands.on_action.emit(time.into()),
            }
        };
        let options = EventListenerOptions::enable_prevent_default();
        let listener = browser::window()
            .map(|window| EventListener::new_with_options(&window, "keydown", options, on_key));
        move || drop(listener)
    });
}
