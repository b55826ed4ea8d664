//! Has runs made: the preview of whatever is on screen, and the run that the reader asked for.

use crate::app::browser::now_ms;
use crate::app::engine_client::{Client, Report};
use crate::app::run_ref::RunRef;
use crate::app::state::{Action, Purpose, mode_label};
use crate::link::Scenario;
use crate::trace::{ClockKind, EndReason};
use gloo_timers::callback::Timeout;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use yew::Callback;

/// How long a preview may keep a newer one waiting, in milliseconds.
const PATIENCE_MS: u32 = 500;

/// How many batches of a preview arrive before its unfinished picture is shown. An instant run
/// sends one every 50 ms; one that takes longer is worth watching.
const BATCHES_BEFORE_SHOWN: u32 = 3;

/// The workers of one place on the page. Dropping it ends them.
pub struct Runner {
    this: Weak<Runner>,
    place: usize,
    on_action: Callback<Action>,
    preview: RefCell<Preview>,
    asked: RefCell<Asked>,
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
    run: Option<(RunRef, f64)>,
}

impl Runner {
    /// A runner for a place that reports through actions.
    pub fn new(place: usize, on_action: Callback<Action>) -> Rc<Self> {
        Rc::new_cyclic(|this| Runner {
            this: this.clone(),
            place,
            on_action,
            preview: RefCell::default(),
            asked: RefCell::default(),
        })
    }

    /// Shows what the instant clock makes of a scenario, as soon as it can.
    pub fn preview(&self, scenario: Scenario, edition: u32) {
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

    /// Previews nothing.
    pub fn cancel_preview(&self) {
        self.preview.borrow_mut().next = None;
    }

    fn begin_preview(&self) {
        let mut preview = self.preview.borrow_mut();
        let Some((scenario, edition)) = preview.next.take() else {
            return;
        };
        if preview.client.as_ref().is_none_or(Client::is_dead) {
            preview.client = match Client::start() {
                Ok(client) => Some(client),
                Err(problem) => {
                    drop(preview);
                    self.on_action.emit(Action::Notify(problem));
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
        client.run(&scenario, ClockKind::Instant, move |report| {
            let Some(this) = this.upgrade() else { return };
            let over = take_in(&run, report);
            batches.set(batches.get() + 1);
            let shown = batches.get() > BATCHES_BEFORE_SHOWN;
            if shown {
                this.on_action.emit(Action::Grown(run.clone()));
            } else if over || batches.get() == BATCHES_BEFORE_SHOWN {
                this.on_action.emit(Action::Show {
                    place: this.place,
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
    pub fn run(&self, scenario: &Scenario, clock: ClockKind, edition: u32) {
        self.abandon();
        let run = RunRef::new(clock);
        let at_ms = now_ms();
        self.on_action.emit(Action::Show {
            place: self.place,
            label: mode_label(scenario),
            run: run.clone(),
            purpose: Purpose::Asked { at_ms },
            edition,
        });
        let mut asked = self.asked.borrow_mut();
        asked.run = Some((run.clone(), at_ms));
        if !asked.client.as_ref().is_some_and(is_free) {
            asked.client = asked.spare.take().filter(is_free);
        }
        if asked.client.is_none() {
            match Client::start() {
                Ok(client) => asked.client = Some(client),
                Err(problem) => {
                    asked.run = None;
                    drop(asked);
                    run.recording.borrow_mut().end(0, EndReason::Died, &problem);
                    self.on_action.emit(Action::Grown(run));
                    return;
                }
            }
        }
        let Some(client) = &asked.client else { return };
        let this = self.this.clone();
        client.run(scenario, clock, move |report| {
            let Some(this) = this.upgrade() else { return };
            let over = take_in(&run, report);
            this.on_action.emit(Action::Grown(run.clone()));
            if over {
                this.prepare();
            }
        });
    }

    /// Ends the run that goes on, at once, and keeps what it did.
    pub fn stop(&self) {
        let stopped = self.abandon();
        if let Some((run, at_ms)) = stopped {
            let elapsed_ns = ((now_ms() - at_ms) * 1e6) as u64;
            let mut recording = run.recording.borrow_mut();
            recording.end(elapsed_ns, EndReason::Stopped, "");
            drop(recording);
            self.on_action.emit(Action::Grown(run));
            self.prepare();
        }
    }

    /// Ends the run that goes on and tells nobody: the page shows something else by now.
    pub fn abandon(&self) -> Option<(RunRef, f64)> {
        let mut asked = self.asked.borrow_mut();
        let run = asked.run.take()?;
        let goes_on = run.0.recording.borrow().trace().end.is_none();
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
        if asked.client.as_ref().is_none_or(Client::is_dead) {
            asked.client = asked.spare.take();
        }
        for place in [&mut asked.client, &mut asked.spare] {
            if place.as_ref().is_none_or(Client::is_dead) {
                // Whoever runs next tries again and says what is wrong.
                *place = Client::start().ok();
            }
        }
    }
}

fn is_free(client: &Client) -> bool {
    !client.is_busy() && !client.is_dead()
}

/// Adds what a worker reports to a recording; `true` when the run is over.
fn take_in(run: &RunRef, report: Report) -> bool {
    let mut recording = run.recording.borrow_mut();
    let problem = match report {
        Report::Batch(batch) => recording.append(&batch).err(),
        Report::Died(reason) => Some(reason),
    };
    if let Some(problem) = problem {
        recording.end(0, EndReason::Died, &problem);
    }
    recording.trace().end.is_some()
}
