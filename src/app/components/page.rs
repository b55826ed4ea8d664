//! The whole page: holds the state, has runs made, and lays out the components.

use crate::app::browser::{self, matches_media};
use crate::app::components::dialog;
use crate::app::components::dom::{all, tag};
use crate::app::components::find::{WAS_FOUND, find, href};
use crate::app::components::findings::findings;
use crate::app::components::form::{ParamForm, focus_field, param_form};
use crate::app::components::gallery::{self, gallery};
use crate::app::components::header::header;
use crate::app::components::icon;
use crate::app::components::keys::keys;
use crate::app::components::lesson::{lesson, use_lesson};
use crate::app::components::loop_card::LoopCard;
use crate::app::components::output::Output;
use crate::app::components::prose;
use crate::app::components::recording::{self, Files, use_drop};
use crate::app::components::run_card::{RunCard, legend_html, run_card, sentence_of};
use crate::app::components::share::{share, use_recent};
use crate::app::components::side::side_handle;
use crate::app::components::source::{Mark, Source, tabs};
use crate::app::components::transport::transport;
use crate::app::hooks::keys::{KeyHandlers, use_keys};
use crate::app::hooks::links::{read_address, use_address, use_links};
use crate::app::hooks::media::use_media_query;
use crate::app::hooks::playing::use_playing;
use crate::app::hooks::runner::Runner;
use crate::app::hooks::store::use_store;
use crate::app::hooks::theme::use_theme;
use crate::app::hooks::visits::{use_first_visit, use_seen};
use crate::app::state::action::Action;
use crate::app::state::form::Room;
use crate::app::state::panel::Panel;
use crate::app::state::run::{MAX_RUNS, Run};
use crate::app::state::sentences::{as_sentence, counted, no_preview_sentence, no_stacks_sentence};
use crate::app::state::store::Store;
use crate::app::state::{Dialog, PageState};
use crate::demos;
use crate::derived::moment::Moment;
use crate::derived::summary;
use crate::link::view::View;
use crate::link::{Link, Scenario};
use crate::picture::palette;
use crate::picture::view::Rows;
use crate::trace::EndReason;
use std::rc::Rc;
use yew::prelude::*;

/// From here down the source has no column of its own and becomes tabs.
const COMPACT: &str = "(max-width: 1180px)";

/// From here down the gallery folds away.
const NARROW: &str = "(max-width: 900px)";

/// A window in which two pictures have room for the lowest rows only.
const SHORT: &str = "(min-width: 1181px) and (max-height: 760px)";

/// Where two more letters fit into each field of the form.
const WIDE: &str = "(min-width: 1400px)";

/// Under this name the side of the program is kept that the reader chose last.
const SIDE_KEPT_AS: &str = "interleave-side";

/// More findings are not worth a sign at their line: a reader sees the first ones.
const MAX_PROBLEM_SIGNS: usize = 50;

/// Shows the page, in the element that www/start.js has made for it: it takes the static page's place once there is
/// something to see.
#[cfg(target_arch = "wasm32")]
pub fn start() {
    let Some(root) = browser::find("#live") else {
        return;
    };
    let (link, notices) = read_address();
    let kept = browser::kept(SIDE_KEPT_AS);
    let panel = kept.as_deref().and_then(Panel::from_kept);
    let opened = PageState {
        panel: panel.unwrap_or(Panel::Output),
        presents: browser::is_embedded(),
        ..PageState::opened(link, notices)
    };
    let opened = Rc::new(opened);
    yew::Renderer::<Page>::with_root_and_props(root, PageProps { opened }).render();
}

#[derive(Properties, PartialEq)]
pub(crate) struct PageProps {
    /// The state in which it is opened.
    pub(crate) opened: Rc<PageState>,
}

/// One for each slot on the page.
type Runners = [Rc<Runner>; MAX_RUNS];

#[component]
pub(crate) fn Page(props: &PageProps) -> Html {
    let store = use_store(|| PageState::clone(&props.opened));
    let state = store.state();
    let on_action = use_callback(store.clone(), |action: Action, store| {
        store.dispatch(action)
    });
    let runners: Rc<Runners> = use_memo(store.clone(), |store| {
        std::array::from_fn::<_, MAX_RUNS, _>(|slot| Runner::new(slot, store.clone()))
    });
    let compact = use_media_query(COMPACT);
    let narrow = use_media_query(NARROW);
    let wide = use_media_query(WIDE);
    let rows = match (state.runs.len() > 1, use_media_query(SHORT)) {
        (false, _) => Rows::Roomy,
        (true, false) => Rows::Low,
        (true, true) => Rows::Lowest,
    };
    let (theme, on_theme) = use_theme();

    use_links(&store);
    use_drop(&store);
    use_address(&store);
    use_lesson(&store);
    use_playing(&store);
    use_first_visit(&store);
    let seen = use_seen(&state);
    use_effect_with(state.panel, |panel| {
        if Panel::all(false).contains(panel) {
            browser::keep(SIDE_KEPT_AS, panel.tab_id());
        }
    });
    let said_of_runs = {
        let state = Rc::clone(&state);
        use_memo(state.runs.clone(), move |runs| {
            let each = runs.iter().map(|run| sentence_of(&run.recording));
            (state.verdict(), each.collect::<Vec<_>>())
        })
    };
    let title = match &state.opened {
        None => state.scenario.demo.title.to_owned(),
        Some(opened) => opened.name.clone(),
    };
    let is_first = use_mut_ref(|| true);
    use_effect_with(title, move |title| {
        browser::set_title(&format!("{title} · Interleave"));
        // The demo that the reader came for stays where the reader has scrolled its static page to.
        if std::mem::take(&mut *is_first.borrow_mut()) {
            return;
        }
        // Another demo is shown from its top.
        browser::show("work");
        if let Some(menu) = browser::find(gallery::MENU) {
            let _ = menu.remove_attribute("open");
        }
        // Where the reader looked for it the focus would be on the demo before.
        if WAS_FOUND.take() {
            browser::focus("work");
        }
    });
    let dialog_open = |dialog| state.dialog == Some(dialog);
    let dialogs = (dialog_open(Dialog::Find), dialog_open(Dialog::Keys));
    use_effect_with(dialogs, |(finds, keys)| {
        dialog::show([("find", *finds), ("keys", *keys)])
    });
    use_recent(&state, &store);
    // The style sheet does the rest.
    use_effect_with(state.presents, |presents| {
        // In a frame there is no room for large letters.
        let is_large = *presents && !browser::is_embedded();
        browser::set_root_attribute("data-presents", if is_large { "yes" } else { "no" });
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
            let (scenario, view) = (Scenario::defaults_of(demo), View::default());
            on_action.emit(Action::Open {
                link: Link { scenario, view },
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
    let room = match (narrow, wide) {
        (true, _) => Room::Chips,
        (false, true) => Room::Row(780),
        (false, false) => Room::Row(710),
    };
    let form = ParamForm::new(&store, on_action.clone(), on_run, on_stop, room);
    let scenario = state.scenario.clone();
    let source = || match &state.opened {
        Some(opened) => {
            html! {
                <Files
                    opened={Rc::clone(opened)}
                    marks={marks(&state)}
                    problems={problems(&state)}
                    store={store.clone()}
                />
            }
        }
        None => {
            html! {
                <Source
                    scenario={scenario.clone()}
                    panel={shown_panel}
                    marks={marks(&state)}
                    problems={problems(&state)}
                />
            }
        }
    };
    let slug = scenario.demo.slug;
    let (next, previous) = (demos::next(slug), demos::previous(slug));
    let steps = match state.opened {
        None => lesson(&state, &store),
        Some(_) => Html::default(),
    };
    let title = match &state.opened {
        None => tag("header")
            .class("title")
            .push(tag("h1").push(scenario.demo.title))
            .push(
                tag("p")
                    .class("lede")
                    .set("title", state.summary().to_owned())
                    .push(prose::inline(state.summary())),
            )
            .push(
                tag("div")
                    .class("neighbours")
                    .set("role", "group")
                    .set("aria-label", "Demos before and after")
                    .push(
                        tag("a")
                            .set("href", href(previous))
                            .set("aria-label", format!("Previous: {}", previous.title))
                            .push("‹"),
                    )
                    .push(
                        tag("a")
                            .set("href", href(next))
                            .set("aria-label", format!("Next: {}", next.title))
                            .push("›"),
                    ),
            )
            .push(share(&store))
            .html(),
        Some(opened) => {
            let closing = store.clone();
            recording::title(
                opened,
                &store,
                Callback::from(move |_| {
                    let (link, notices) = read_address();
                    closing.dispatch(Action::Open { link, notices });
                }),
            )
        }
    };
    all(vec![
        tag("a")
            .class("skip")
            .set("href", "#work")
            .on_click(skip_to_work())
            .push("Skip to the demo")
            .html(),
        header(theme, &on_theme, &store),
        tag("div")
            .class("columns")
            .push(gallery(slug, narrow, &seen, &on_choose))
            .push(
                tag("main")
                    .set("id", "work")
                    .class("work")
                    .set("tabindex", "-1")
                    .push(title)
                    .push(notices(&state, &on_action))
                    .push(if state.opened.is_none() {
                        param_form(&form)
                    } else {
                        Html::default()
                    })
                    .push(stage(&state, &said_of_runs, rows, &store, &on_action))
                    .push(if compact {
                        all(vec![
                            steps.clone(),
                            if state.presents {
                                below(&state, &store, None, &on_action)
                            } else {
                                tag("div")
                                    .class("tabbed card")
                                    .push(tabs(&store, compact))
                                    .push(match shown_panel {
                                        Panel::Output | Panel::Loop => {
                                            below(&state, &store, Some(shown_panel), &on_action)
                                        }
                                        _ => source(),
                                    })
                                    .html()
                            },
                        ])
                    } else {
                        below(&state, &store, None, &on_action)
                    }),
            )
            .push(if !compact {
                tag("aside")
                    .class("side")
                    .set("aria-label", "Lesson and source")
                    .push(side_handle())
                    .push(steps)
                    .push(tabs(&store, compact))
                    .push(source())
                    .html()
            } else {
                Html::default()
            })
            .html(),
        tag("p")
            .class("visually-hidden")
            .set("role", "status")
            .push(said(&state))
            .html(),
        find(dialogs.0, &on_close),
        keys(dialogs.1, &on_close),
    ])
}

/// The card of what happens: the verdict, a picture for each version, and time.
fn stage(
    state: &PageState,
    (verdict, sentences): &(String, Vec<String>),
    rows: Rows,
    store: &Store,
    on_action: &Callback<Action>,
) -> Html {
    let lacks_stacks = !state.is_previewed() && !browser::switches_stacks();
    let no_stacks = (lacks_stacks && state.scenario.demo.switches_stacks())
        .then(|| no_stacks_sentence(state.scenario.demo));
    if state.runs.is_empty() && !state.is_previewed() {
        let demo = state.scenario.demo;
        // A recorded run is on its way.
        if state.is_recorded() {
            return Html::default();
        }
        let sentence = no_stacks.unwrap_or_else(|| no_preview_sentence(demo));
        return tag("p").class("no-preview card").push(sentence).html();
    }
    let several = state.runs.len() > 1;
    let now = match verdict.as_str() {
        "" => "Running …",
        words => words,
    };
    let found = |run: &Run| findings(state, run, on_action);
    tag("section")
        .set(
            "class",
            match state.tools {
                true => "stage card with-tools",
                false => "stage card",
            },
        )
        .set("aria-label", "What happens")
        .push(
            tag("header")
                .class("verdict")
                .push(
                    tag("p")
                        .set("role", "status")
                        .push(now.to_owned())
                        .push(no_stacks.map(|words| tag("small").class("no-stacks").push(words)))
                        .push(
                            (state.before_remedy.as_ref())
                                .map(|before| tag("small").push("Before: ").push(before)),
                        ),
                )
                .push(if let [run] = state.runs.as_slice() {
                    found(run)
                } else {
                    Html::default()
                }),
        )
        .extend(state.runs.iter().enumerate().map(|(slot, run)| {
            run_card(RunCard {
                shown: run,
                name: state.version_name(run),
                expected_ns: state.expected_ns[run.slot],
                extent_ns: state.extent_ns(),
                outline: state.previews[run.slot].clone(),
                slot,
                rows,
                several,
                last: slot + 1 == state.runs.len(),
                shared: state.shared(),
                compares: state.compares,
                store,
                sentence: &sentences[slot],
                findings: if several { found(run) } else { Html::default() },
            })
        }))
        .push(if let Some(last) = state.runs.last() {
            transport(state, store, legend_html(&last.recording))
        } else {
            Html::default()
        })
        .html()
}

/// Output and loop, or the one of them that is chosen.
fn below(
    state: &PageState,
    store: &Store,
    chosen: Option<Panel>,
    on_action: &Callback<Action>,
) -> Html {
    let focus = state.runs.get(state.focus).map_or(0, |_| state.focus);
    let (role, id, labelled_by) = match chosen {
        Some(panel) => (
            Some("tabpanel"),
            Some(panel.panel_id()),
            Some(panel.tab_id()),
        ),
        None => (None, None, None),
    };
    let below = tag("div")
        .class("below")
        .set("role", role)
        .set("id", id)
        .set("aria-labelledby", labelled_by);
    let Some(run) = state.runs.get(focus) else {
        // A tab belongs to something also before the first run.
        let words = tag("p").class("no-source").set("role", "status");
        return match chosen {
            Some(_) => below.push(words.push("Nothing has run yet.")).html(),
            None => Html::default(),
        };
    };
    let several = state.runs.len() > 1;
    below
        .push(if chosen != Some(Panel::Loop) {
            html! {
                <Output
                    run={run.recording.clone()}
                    label={run.label.clone()}
                    live={run.asked_for() && run.goes_on()}
                    slot={focus}
                    printed={printed(run, focus, state.cursor)}
                    on_action={on_action.clone()}
                >
                { if several { focus_choice(state, store) } else { Html::default() } }</Output>
            }
        } else {
            Html::default()
        })
        .push(if chosen != Some(Panel::Output) {
            html! {
                <LoopCard
                    shown={run.clone()}
                    slot={focus}
                    cursor={state.cursor}
                    selected={state.selected}
                    on_action={on_action.clone()}
                />
            }
        } else {
            Html::default()
        })
        .html()
}

/// Whose output and loop are shown, where there are two runs.
fn focus_choice(state: &PageState, store: &Store) -> Html {
    tag("div")
        .class("segments focus")
        .set("role", "group")
        .set("aria-label", "Whose output and loop")
        .extend(state.runs.iter().enumerate().map(|(slot, run)| {
            let store = store.clone();
            tag("label")
                .key(slot)
                .push(
                    tag("input")
                        .set("type", "radio")
                        .set("name", "focus")
                        .checked(state.focus == slot)
                        .on_change(Callback::from(move |_: Event| {
                            store.dispatch(Action::Focus(slot))
                        })),
                )
                .push(tag("span").push(run.label.clone()))
                .html()
        }))
        .html()
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

/// The lines of the source file where the tasks of all runs on screen stand.
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

/// What is wrong at which lines of the source file.
fn problems(state: &PageState) -> Vec<(u32, String)> {
    let Some(file) = source_file(state) else {
        return Vec::new();
    };
    let mut problems = Vec::new();
    for run in &state.runs {
        let recording = run.recording.borrow();
        for finding in state.mistakes(run).iter().take(MAX_PROBLEM_SIGNS) {
            let location = recording.trace().location(finding.location);
            if location.file.ends_with(file) {
                problems.push((location.line, finding.full_sentence(recording.trace())));
            }
        }
    }
    problems
}

fn notices(state: &PageState, on_action: &Callback<Action>) -> Html {
    tag("div")
        .class("notices")
        .set("role", "status")
        .extend(state.notices.iter().map(|notice| {
            tag("div")
                .key(notice.clone())
                .class("notice")
                .push(tag("p").push(as_sentence(notice)))
                .push(
                    tag("button")
                        .set("type", "button")
                        .class("quiet square")
                        .set("aria-label", "Dismiss")
                        .on_click({
                            let notice = notice.clone();
                            on_action.reform(move |_| Action::Dismiss(notice.clone()))
                        })
                        .push(icon::CROSS.html()),
                )
                .html()
        }))
        .html()
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
        return focus_field(key);
    }
    if state.under_way().is_some() || state.opened.is_some() {
        return;
    }
    for (runner, run) in runners.iter().zip(&state.scenario.runs()) {
        runner.run(run, state.clock(), state.speed(), state.edition);
    }
    if matches_media(COMPACT) {
        // What happens is at the top.
        browser::show("work");
    }
}

/// Has each new edition of the state previewed, and run where that was asked for.
#[hook]
fn use_previews(state: &PageState, runners: &Rc<Runners>, on_run: &Callback<()>) {
    let runs = match state.is_previewed() {
        true => state.scenario.runs(),
        false => Vec::new(),
    };
    let recorded = state.is_recorded().then_some(state.scenario.demo);
    let (runners, on_run) = (Rc::clone(runners), on_run.clone());
    let to_run = state.to_run;
    let slots = state.scenario.runs().len();
    use_effect_with(state.edition, move |edition| {
        let mut runs = runs.into_iter();
        for (slot, runner) in runners.iter().enumerate() {
            runner.abandon_before(*edition);
            match runs.next() {
                Some(run) => runner.preview(run, *edition),
                None if slot == 0
                    && let Some(demo) = recorded =>
                {
                    runner.recall(demo, *edition)
                }
                None if slot >= slots => runner.rest(),
                None => runner.cancel_preview(),
            }
        }
        if to_run == Some(*edition) {
            on_run.emit(());
        }
    });
}
