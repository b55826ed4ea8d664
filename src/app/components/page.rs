//! The whole page: holds the state, has runs made, and lays out the components.

use crate::app::browser::{self, matches_media};
use crate::app::components::find::Find;
use crate::app::components::findings::findings;
use crate::app::components::form::{ParamForm, ParamFormProps, field_id};
use crate::app::components::gallery::Gallery;
use crate::app::components::header::Header;
use crate::app::components::icon;
use crate::app::components::keys::keys;
use crate::app::components::loop_card::loop_card;
use crate::app::components::output::Output;
use crate::app::components::prose;
use crate::app::components::recording::{self, Files, use_drop};
use crate::app::components::run_card::RunCard;
use crate::app::components::share::Share;
use crate::app::components::source::{Mark, Source, tabs};
use crate::app::components::transport::transport;
use crate::app::hooks::keys::{KeyHandlers, use_keys};
use crate::app::hooks::links::{read_address, use_links};
use crate::app::hooks::media::use_media_query;
use crate::app::hooks::playing::use_playing;
use crate::app::hooks::runner::Runner;
use crate::app::hooks::store::use_store;
use crate::app::hooks::theme::use_theme;
use crate::app::state::action::Action;
use crate::app::state::panel::Panel;
use crate::app::state::run::{MAX_RUNS, Run};
use crate::app::state::sentences::{as_sentence, counted, no_preview_sentence};
use crate::app::state::store::Store;
use crate::app::state::{Dialog, PageState};
use crate::demos;
use crate::derived::headline;
use crate::derived::moment::Moment;
use crate::derived::summary;
use crate::link::Scenario;
use crate::picture::palette;
use crate::trace::EndReason;
use std::rc::Rc;
use yew::prelude::*;

/// From here down the source has no column of its own and becomes tabs.
const COMPACT: &str = "(max-width: 1180px)";

/// From here down the gallery folds away.
const NARROW: &str = "(max-width: 900px)";

/// More findings are not worth a sign at their line: a reader sees the first ones.
const MAX_PROBLEM_SIGNS: usize = 50;

/// Shows the page.
pub fn start() {
    if let Some(body) = browser::document().and_then(|document| document.body()) {
        yew::Renderer::<Page>::with_root(body.into()).render();
    }
}

/// One for each slot on the page.
type Runners = [Rc<Runner>; MAX_RUNS];

#[component]
fn Page() -> Html {
    let store = use_store(|| {
        let (scenario, notices) = read_address();
        PageState::new(scenario, notices)
    });
    let state = store.state();
    let on_action = use_callback(store.clone(), |action: Action, store| {
        store.dispatch(action)
    });
    let runners: Rc<Runners> = use_memo(store.clone(), |store| {
        std::array::from_fn::<_, MAX_RUNS, _>(|slot| Runner::new(slot, store.clone()))
    });
    let compact = use_media_query(COMPACT);
    let narrow = use_media_query(NARROW);
    let (theme, on_theme) = use_theme();

    use_links(&store);
    use_drop(&store);
    use_playing(&store);
    let difference = use_memo(state.runs.clone(), |runs| difference(runs));
    let title = match &state.opened {
        None => state.scenario.demo.title.to_owned(),
        Some(opened) => opened.name.clone(),
    };
    use_effect_with(title, |title| {
        browser::set_title(&format!("{title} · Interleave"));
    });
    // The style sheet does the rest.
    use_effect_with(state.presents, |presents| {
        browser::set_root_attribute("data-presents", if *presents { "yes" } else { "no" });
    });

    let on_run = {
        let runners = Rc::clone(&runners);
        use_callback(store.clone(), move |(), store| run_all(store, &runners))
    };
    use_previews(&state, &runners, &on_run);
    let on_stop = {
        let runners = Rc::clone(&runners);
        use_callback((), move |(), ()| {
            runners.iter().for_each(|runner| runner.stop())
        })
    };
    let on_close = use_callback(store.clone(), |(), store| {
        store.dispatch(Action::CloseDialog)
    });
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
    let handlers = KeyHandlers {
        on_run: on_run.clone(),
        on_stop: on_stop.clone(),
        on_theme: on_theme.clone(),
    };
    use_keys(&store, handlers);

    let shown_panel = state.panel.shown(compact);
    let form = ParamFormProps::new(&store, on_action.clone(), on_run, on_stop);
    let scenario = state.scenario.clone();
    let (marks, problems) = match shown_panel {
        _ if state.opened.is_some() => (marks(&state), problems(&state)),
        Panel::Rust => (marks(&state), problems(&state)),
        _ => Default::default(),
    };
    let runs_shown = !compact || state.presents || shown_panel == Panel::Run;
    let tabs = match state.opened.is_some() && !compact {
        // Its files have a list of their own.
        true => Html::default(),
        false => tabs(&store, compact),
    };
    let source = match &state.opened {
        Some(opened) => html! {
            <Files opened={Rc::clone(opened)} {marks} {problems} store={store.clone()} />
        },
        None => html! {
            <Source scenario={scenario.clone()} panel={shown_panel} {marks} {problems} />
        },
    };
    let title = match &state.opened {
        Some(opened) => {
            let store = store.clone();
            recording::title(
                opened,
                Callback::from(move |_| {
                    let (scenario, notices) = read_address();
                    store.dispatch(Action::Open { scenario, notices });
                }),
            )
        }
        None => html! {
            <header class="title">
                <div>
                    <h1>{ scenario.demo.title }</h1>
                    <p class="lede">{ prose::inline(scenario.demo.summary) }</p>
                </div>
                <Share scenario={scenario.clone()} store={store.clone()} />
            </header>
        },
    };
    html! {
        <>
            <a class="skip" href="#work" onclick={skip_to_work()}>{ "Skip to the demo" }</a>
            <Header {theme} {on_theme} store={store.clone()} />
            <div class="columns">
                <Gallery current={scenario.demo.slug} {narrow} {on_choose} />
                <main id="work" class="work" tabindex="-1">
                    { title }
                    { notices(&state, &on_action) }
                    if state.opened.is_none() {
                        <ParamForm ..form />
                    }
                    if compact {
                        { tabs.clone() }
                    }
                    if runs_shown && compact {
                        <div class="run-panel" role="tabpanel" id={Panel::Run.panel_id()} aria-labelledby={Panel::Run.tab_id()}>
                            { runs(&state, &difference, &store, &on_action) }
                        </div>
                    } else if runs_shown {
                        { runs(&state, &difference, &store, &on_action) }
                    } else {
                        { source.clone() }
                    }
                    { next_demo(scenario.demo.slug) }
                </main>
                if !compact {
                    <aside class="side" aria-label="Source">
                        { tabs }
                        { source }
                    </aside>
                }
            </div>
            <p class="visually-hidden" role="status">{ said(&state) }</p>
            <Find open={state.dialog == Some(Dialog::Find)} on_close={on_close.clone()} />
            { keys(state.dialog == Some(Dialog::Keys), &on_close) }
        </>
    }
}

fn runs(state: &PageState, difference: &str, store: &Store, on_action: &Callback<Action>) -> Html {
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
            .map(|run| run.recording.borrow().trace().duration_ns())
            .max(),
    };
    html! {
        <>
            if !difference.is_empty() {
                <p class="difference" role="status">{ difference.to_owned() }</p>
            }
            { for state.runs.iter().enumerate().map(|(slot, run)| html! {
                <RunCard key={run.slot} shown={run.clone()} {extent_ns} expected_ns={state.expected_ns[run.slot]}
                    {slot} shared={state.shared()} store={store.clone()} />
            }) }
            if !state.runs.is_empty() {
                { transport(state, store) }
            }
            <div class="below">
                { for state.runs.iter().enumerate().map(|(slot, run)| html! {
                    <Output run={run.recording.clone()} label={run.label.clone()} live={run.asked_for() && run.goes_on()}
                        {slot} printed={printed(run, slot, state.cursor)} on_action={on_action.clone()} />
                }) }
                { for state.runs.iter().enumerate().map(|(slot, run)| {
                    loop_card(run, slot, state.cursor, state.selected, on_action)
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
fn printed(run: &Run, slot: usize, cursor: Option<Moment>) -> Option<usize> {
    let recording = run.recording.borrow();
    let count = cursor?.count(recording.trace(), slot);
    let lines = recording.lines();
    Some(lines.partition_point(|position| (*position as usize) < count))
}

/// The file whose lines the run's events name: the demo's Rust file, or the recording's that is shown.
fn source_file(state: &PageState) -> Option<&str> {
    match &state.opened {
        None => Some(state.scenario.demo.rust.name),
        Some(opened) => opened.path(),
    }
}

/// The lines of the Rust file where the tasks of all runs on screen stand.
fn marks(state: &PageState) -> Vec<Mark> {
    let Some(file) = source_file(state) else {
        return Vec::new();
    };
    let mut marks: Vec<Mark> = Vec::new();
    for (slot, run) in state.runs.iter().enumerate() {
        let mut recording = run.recording.borrow_mut();
        let count = match state.cursor {
            Some(cursor) => cursor.count(recording.trace(), slot),
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
fn problems(state: &PageState) -> Vec<(u32, String)> {
    let Some(file) = source_file(state) else {
        return Vec::new();
    };
    let mut problems = Vec::new();
    for run in &state.runs {
        let recording = run.recording.borrow();
        for finding in recording.findings().iter().take(MAX_PROBLEM_SIGNS) {
            let location = recording.trace().location(finding.location);
            if location.file.ends_with(file) {
                problems.push((location.line, finding.full_sentence(recording.trace())));
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
    let (first, second) = (a.recording.borrow(), b.recording.borrow());
    let words = headline::difference((&a.label, first.trace()), (&b.label, second.trace()));
    as_sentence(&words)
}

fn notices(state: &PageState, on_action: &Callback<Action>) -> Html {
    html! {
        <div class="notices" role="status">
            { for state.notices.iter().map(|notice| html! {
                <div key={notice.clone()} class="notice">
                    <p>{ as_sentence(notice) }</p>
                    <button type="button" class="quiet square" aria-label="Dismiss"
                        onclick={{ let notice = notice.clone(); on_action.reform(move |_| Action::Dismiss(notice.clone())) }}>
                        { icon::CROSS.html() }
                    </button>
                </div>
            }) }
        </div>
    }
}

/// For those who hear the page: that a run began, and what came of it.
fn said(state: &PageState) -> String {
    let Some(run) = state.runs.iter().find(|run| run.asked_for()) else {
        return String::new();
    };
    let recording = run.recording.borrow();
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

/// Runs what the form says now, or shows what is wrong with it.
fn run_all(store: &Store, runners: &Runners) {
    let state = store.state();
    if let Some(key) = state.first_error() {
        return browser::focus(&field_id(key));
    }
    if state.under_way().is_some() || state.opened.is_some() {
        return;
    }
    for (runner, run) in runners.iter().zip(&state.scenario.runs()) {
        runner.run(run, state.clock(), state.edition);
    }
    if matches_media(COMPACT) {
        store.dispatch(Action::ShowPanel(Panel::Run));
    }
}

/// Has each new edition of the state previewed, and run where that was asked for.
#[hook]
fn use_previews(state: &PageState, runners: &Rc<Runners>, on_run: &Callback<()>) {
    let runs = match state.is_previewed() {
        true => state.scenario.runs(),
        false => Vec::new(),
    };
    let (runners, on_run) = (Rc::clone(runners), on_run.clone());
    let to_run = state.to_run;
    let slots = state.scenario.runs().len();
    use_effect_with(state.edition, move |edition| {
        let mut runs = runs.into_iter();
        for (slot, runner) in runners.iter().enumerate() {
            runner.abandon_before(*edition);
            match runs.next() {
                Some(run) => runner.preview(run, *edition),
                None if slot >= slots => runner.rest(),
                None => runner.cancel_preview(),
            }
        }
        if to_run == Some(*edition) {
            on_run.emit(());
        }
    });
}
