//! Has runs made: the preview of whatever is on screen, and the run that the reader asked for.

use crate::app::browser::{self, now_ms};
use crate::app::engine_client::{Client, Report};
use crate::app::state::action::Action;
use crate::app::state::mode_label;
use crate::app::state::run::Purpose;
use crate::app::state::sentences::no_preview_sentence;
use crate::app::state::store::Store;
use crate::demo::Demo;
use crate::derived::run_ref::RunRef;
use crate::link::Scenario;
use crate::trace::{ClockKind, EndReason, wire};
use gloo_render::{AnimationFrame, request_animation_frame};
use gloo_timers::callback::Timeout;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen_futures::spawn_local;

/// How long a preview may keep a newer one waiting, in milliseconds.
const PATIENCE_MS: u32 = 500;

/// How many batches of a preview arrive before its unfinished picture is shown. An instant run
/// sends one every 50 ms; one that takes longer is worth watching.
const BATCHES_BEFORE_SHOWN: u32 = 3;

/// The workers of one slot on the page. Dropping it ends them.
pub(crate) struct Runner {
    this: Weak<Runner>,
    slot: usize,
    store: Store,
    /// The engine of the demo that is on screen.
    engine: Cell<&'static str>,
    preview: RefCell<Preview>,
    asked: RefCell<Asked>,
    /// The run of which the page hears in the next frame.
    update: RefCell<Option<(RunRef, AnimationFrame)>>,
}

#[derive(Default)]
struct Preview {
    client: Option<Client>,
    /// Asked for while another one was under way; the latest wins.
    next: Option<(Scenario, u32)>,
    /// Fires when the one under way has used up its time; `None` after that.
    patience: Option<Timeout>,
}

#[derive(Default)]
struct Asked {
    client: Option<Client>,
    /// Started in advance, so that a run after Stop begins at once.
    spare: Option<Client>,
    run: Option<AskedRun>,
}

/// A run that the reader asked for.
struct AskedRun {
    run: RunRef,
    /// When, by the page's own clock.
    at_ms: f64,
    /// How many times as fast as real time its clock goes.
    speed: u32,
    /// The edition of the state that it was made for.
    edition: u32,
}

impl Runner {
    /// A runner for a slot that reports to the state.
    pub(crate) fn new(slot: usize, store: Store) -> Rc<Self> {
        Rc::new_cyclic(|this| Runner {
            this: this.clone(),
            slot,
            store,
            engine: Cell::default(),
            preview: RefCell::default(),
            asked: RefCell::default(),
            update: RefCell::default(),
        })
    }

    /// Shows what the instant clock makes of a scenario, as soon as it can.
    pub(crate) fn preview(&self, scenario: Scenario, edition: u32) {
        let mut preview = self.preview.borrow_mut();
        let busy = preview.client.as_ref().is_some_and(Client::is_busy);
        preview.next = Some((scenario, edition));
        if busy && preview.patience.is_none() {
            preview.client = None;
        }
        drop(preview);
        if !busy || self.preview.borrow().client.is_none() {
            self.begin_preview();
        }
    }

    /// Shows the run of a demo that was recorded when this page was made, where nothing can be previewed.
    pub(crate) fn recall(&self, demo: &'static Demo, edition: u32) {
        self.cancel_preview();
        self.engine.set(demo.engine);
        let (slot, store) = (self.slot, self.store.clone());
        spawn_local(async move {
            let Some(bytes) = browser::fetch_bytes(&demo.recorded_path()).await else {
                store.dispatch(Action::Notify(no_preview_sentence(demo)));
                return;
            };
            let run = RunRef::new(ClockKind::Live);
            let read = |batch| run.borrow_mut().append(batch);
            if wire::kept_batches(&bytes).try_for_each(read).is_ok() {
                store.dispatch(Action::Show {
                    slot,
                    label: "",
                    run,
                    purpose: Purpose::Recorded,
                    edition,
                });
            }
        });
    }

    /// Previews nothing; a preview that is being made is given up.
    pub(crate) fn cancel_preview(&self) {
        let mut preview = self.preview.borrow_mut();
        preview.next = None;
        if preview.client.as_ref().is_some_and(Client::is_busy) {
            preview.client = None;
            preview.patience = None;
        }
    }

    /// Ends all workers of a slot that shows nothing.
    pub(crate) fn rest(&self) {
        *self.preview.borrow_mut() = Preview::default();
        *self.asked.borrow_mut() = Asked::default();
        self.update.take();
    }

    fn begin_preview(&self) {
        let mut preview = self.preview.borrow_mut();
        let Some((scenario, edition)) = preview.next.take() else {
            return;
        };
        let engine = scenario.demo.engine;
        self.engine.set(engine);
        if !preview
            .client
            .as_ref()
            .is_some_and(|client| can_run(client, engine))
        {
            preview.client = match Client::start(engine) {
                Ok(client) => Some(client),
                Err(problem) => {
                    drop(preview);
                    self.store.dispatch(Action::Notify(problem));
                    return;
                }
            };
        }
        let this = self.this.clone();
        preview.patience = Some(Timeout::new(PATIENCE_MS, move || {
            if let Some(this) = this.upgrade() {
                this.lose_patience();
            }
        }));
        let Some(client) = &preview.client else {
            return;
        };
        let run = RunRef::new(ClockKind::Instant);
        let label = mode_label(&scenario);
        let this = self.this.clone();
        let batches = Cell::new(0);
        client.run(&scenario, ClockKind::Instant, 1, move |report| {
            let Some(this) = this.upgrade() else { return };
            let over = take_in(&run, report);
            batches.set(batches.get() + 1);
            let shown = batches.get() > BATCHES_BEFORE_SHOWN;
            if shown {
                this.update(&run, over);
            } else if over || batches.get() == BATCHES_BEFORE_SHOWN {
                this.store.dispatch(Action::Show {
                    slot: this.slot,
                    label,
                    run: run.clone(),
                    purpose: Purpose::Preview,
                    edition,
                });
                // So that the end of a preview that goes on is not taken for its first sight.
                batches.set(BATCHES_BEFORE_SHOWN);
            }
            if over {
                this.begin_preview();
                this.prepare();
            }
        });
    }

    fn lose_patience(&self) {
        let mut preview = self.preview.borrow_mut();
        preview.patience = None;
        let late = preview.next.is_some() && preview.client.as_ref().is_some_and(Client::is_busy);
        if late {
            preview.client = None;
            drop(preview);
            self.begin_preview();
        }
    }

    /// Runs a scenario because the reader wants to see it.
    pub(crate) fn run(&self, scenario: &Scenario, clock: ClockKind, speed: u32, edition: u32) {
        self.abandon();
        let run = RunRef::new(clock);
        let at_ms = now_ms();
        self.store.dispatch(Action::Show {
            slot: self.slot,
            label: mode_label(scenario),
            run: run.clone(),
            purpose: Purpose::Asked { at_ms, speed },
            edition,
        });
        let engine = scenario.demo.engine;
        self.engine.set(engine);
        let is_free = |client: &Client| can_run(client, engine) && !client.is_busy();
        let mut asked = self.asked.borrow_mut();
        asked.run = Some(AskedRun {
            run: run.clone(),
            at_ms,
            speed,
            edition,
        });
        if !asked.client.as_ref().is_some_and(is_free) {
            asked.client = asked.spare.take().filter(is_free);
        }
        if asked.client.is_none() {
            match Client::start(engine) {
                Ok(client) => asked.client = Some(client),
                Err(problem) => {
                    asked.run = None;
                    drop(asked);
                    run.borrow_mut().end(0, EndReason::Died, &problem);
                    self.store.dispatch(Action::Grown(run));
                    return;
                }
            }
        }
        let Some(client) = &asked.client else { return };
        let this = self.this.clone();
        client.run(scenario, clock, speed, move |report| {
            let Some(this) = this.upgrade() else { return };
            let over = take_in(&run, report);
            this.update(&run, over);
            if over {
                this.prepare();
            }
        });
    }

    /// Tells the page what has come to a run: of its end at once, else at most once in a frame.
    fn update(&self, run: &RunRef, over: bool) {
        let mut update = self.update.borrow_mut();
        if over {
            *update = None;
            drop(update);
            self.store.dispatch(Action::Grown(run.clone()));
            return;
        }
        if update
            .as_ref()
            .is_some_and(|(told, _)| told.is_same_run(run))
        {
            return;
        }
        let this = self.this.clone();
        let frame = request_animation_frame(move |_| {
            let Some(this) = this.upgrade() else { return };
            if let Some((run, frame)) = this.update.take() {
                this.store.dispatch(Action::Grown(run));
                drop(frame);
            }
        });
        *update = Some((run.clone(), frame));
    }

    /// Ends the run that goes on, at once, and keeps what it did.
    pub(crate) fn stop(&self) {
        if let Some(AskedRun {
            run, at_ms, speed, ..
        }) = self.abandon()
        {
            let elapsed_ns = ((now_ms() - at_ms) * 1e6 * f64::from(speed)) as u64;
            run.borrow_mut().end(elapsed_ns, EndReason::Stopped, "");
            self.store.dispatch(Action::Grown(run));
            self.prepare();
        }
    }

    /// Ends the run that goes on, where it was made for an earlier edition of the state, and tells
    /// nobody: the page shows something else by now.
    pub(crate) fn abandon_before(&self, edition: u32) {
        let is_before = |run: &AskedRun| run.edition < edition;
        let is_old = self.asked.borrow().run.as_ref().is_some_and(is_before);
        if is_old {
            self.abandon();
        }
    }

    fn abandon(&self) -> Option<AskedRun> {
        let mut asked = self.asked.borrow_mut();
        let run = asked.run.take()?;
        let goes_on = run.run.borrow().trace().end.is_none();
        if goes_on {
            // Terminates the worker, in whatever loop it is.
            asked.client = None;
        }
        goes_on.then_some(run)
    }

    /// Has a worker ready for the next run, and another for the run after a Stop.
    fn prepare(&self) {
        let mut asked = self.asked.borrow_mut();
        let asked = &mut *asked;
        let engine = self.engine.get();
        let is_ready = |client: &Option<Client>| {
            client
                .as_ref()
                .is_some_and(|client| can_run(client, engine))
        };
        if !is_ready(&asked.client) {
            asked.client = asked.spare.take();
        }
        for client in [&mut asked.client, &mut asked.spare] {
            if !is_ready(client) {
                // Whoever runs next tries again and says what is wrong.
                *client = Client::start(engine).ok();
            }
        }
    }
}

fn can_run(client: &Client, engine: &str) -> bool {
    client.engine() == engine && !client.is_dead()
}

/// Adds what a worker reports to a recording; `true` when the run is over.
fn take_in(run: &RunRef, report: Report) -> bool {
    let mut recording = run.borrow_mut();
    let problem = match report {
        Report::Batch(batch) => recording.append(&batch).err(),
        Report::Died(reason) => Some(reason),
    };
    if let Some(problem) = problem {
        recording.end(0, EndReason::Died, &problem);
    }
    recording.trace().end.is_some()
}
