//! The page's end: one dedicated worker.

use crate::app::browser;
use crate::app::state::sentences::{VANISHED, not_loaded_sentence, stopped_sentence};
use crate::link::{self, Scenario};
use crate::protocol::{Answer, Request};
use crate::trace::ClockKind;
use crate::web::{in_words, module_worker};
use gloo_timers::callback::Timeout;
use js_sys::{Array, Object, Promise, Reflect};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, MessageEvent, Url, Worker};

/// What a worker says of a run.
pub(crate) enum Report {
    /// The next events, for [`crate::derived::recording::Recording::append`]. The run's end is in its
    /// last batch.
    Batch(Vec<u8>),
    /// The worker is gone without having said how the run ended; the sentence says why. This
    /// client is of no more use.
    Died(String),
}

/// How long the last batch of a dying worker may take after the news of its death, in
/// milliseconds: the two come by different ways.
const LAST_WORDS_MS: u32 = 100;

/// One dedicated worker. Dropping it terminates it, whatever it is doing.
pub(crate) struct Client {
    engine: &'static str,
    worker: Worker,
    shared: Rc<Connection>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(Event)>,
}

type Listener = Rc<dyn Fn(Report)>;

#[derive(Default)]
struct Connection {
    ready: Cell<bool>,
    dead: Cell<bool>,
    busy: Cell<bool>,
    /// The name of the lock that the worker holds as long as it lives.
    life: RefCell<String>,
    run: Cell<f64>,
    /// A request made before the worker was ready.
    waiting: RefCell<Option<Request>>,
    listener: RefCell<Option<Listener>>,
    last_words: RefCell<Option<Timeout>>,
}

impl Connection {
    fn report(&self, report: Report) {
        // Cloned out, since the listener may start another run.
        let listener = self.listener.borrow().clone();
        if let Some(listener) = listener {
            listener(report);
        }
    }
}

impl Client {
    /// Starts a worker with the engine of that name; it gets ready by itself.
    ///
    /// # Errors
    /// A sentence, when the browser refuses.
    pub(crate) fn start(engine: &'static str) -> Result<Self, String> {
        let script = start_script().ok_or("the page does not say where its files are")?;
        let worker = module_worker(&script)
            .map_err(|error| format!("the browser starts no worker: {}", in_words(&error)))?;
        let shared = Rc::new(Connection::default());

        let on_message = {
            let (shared, worker) = (Rc::clone(&shared), worker.clone());
            Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
                take_message(&shared, &worker, &event.data());
            })
        };
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));

        let on_error = {
            let shared = Rc::clone(&shared);
            Closure::<dyn FnMut(Event)>::new(move |event: Event| {
                event.prevent_default();
                // A worker whose file cannot be loaded sends a plain event without a message.
                let message = Reflect::get(&event, &"message".into()).unwrap_or_default();
                let message = message.as_string().unwrap_or_default();
                let is_loaded = shared.ready.get() || !message.is_empty();
                take_death(
                    &shared,
                    match is_loaded {
                        true => stopped_sentence(&message),
                        false => not_loaded_sentence("", browser::is_online()),
                    },
                );
            })
        };
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));

        {
            let (shared, worker) = (Rc::downgrade(&shared), worker.clone());
            wasm_bindgen_futures::spawn_local(async move {
                let files = JsFuture::from(engine_files(engine)).await;
                let life = life_name();
                match (&files, shared.upgrade()) {
                    // What a page has compiled can be sent to its workers.
                    (Ok(files), Some(shared)) => {
                        *shared.life.borrow_mut() = life.clone();
                        let message = Object::assign(&Object::new(), files.unchecked_ref());
                        let _ = Reflect::set(&message, &"life".into(), &life.into());
                        let _ = worker.post_message(&message);
                    }
                    (Err(error), Some(shared)) => {
                        let sentence = not_loaded_sentence(&in_words(error), browser::is_online());
                        take_death(&shared, sentence);
                    }
                    // Nobody needs it any more.
                    (_, None) => {}
                }
            });
        }
        Ok(Client {
            engine,
            worker,
            shared,
            _on_message: on_message,
            _on_error: on_error,
        })
    }

    /// Starts a run, by a live clock that is `speed` times as fast as real time, and reports it. An earlier run of this worker is not reported any more.
    pub(crate) fn run(
        &self,
        scenario: &Scenario,
        clock: ClockKind,
        speed: u32,
        report: impl Fn(Report) + 'static,
    ) {
        let shared = &self.shared;
        *shared.listener.borrow_mut() = Some(Rc::new(report));
        if shared.dead.get() {
            shared.report(Report::Died("the worker had died before".to_owned()));
            return;
        }
        shared.run.set(shared.run.get() + 1.0);
        shared.busy.set(true);
        let request = Request {
            run: shared.run.get(),
            fragment: link::encode(scenario),
            speed: match clock {
                ClockKind::Live => speed.into(),
                ClockKind::Instant => 0.0,
            },
        };
        if shared.ready.get() {
            send(&self.worker, &request);
        } else {
            *shared.waiting.borrow_mut() = Some(request);
        }
    }

    /// The name of its engine.
    pub(crate) fn engine(&self) -> &'static str {
        self.engine
    }

    /// Whether a run was requested whose end has not arrived.
    pub(crate) fn is_busy(&self) -> bool {
        self.shared.busy.get()
    }

    /// Whether the worker died; it takes no more runs then.
    pub(crate) fn is_dead(&self) -> bool {
        self.shared.dead.get()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.shared.last_words.take();
        self.worker.terminate();
    }
}

fn send(worker: &Worker, request: &Request) {
    // A number, a string and a boolean can always be sent.
    let _ = worker.post_message(&request.to_js());
}

fn take_message(shared: &Rc<Connection>, worker: &Worker, data: &JsValue) {
    match Answer::from_js(data) {
        Some(Answer::Ready) => {
            shared.ready.set(true);
            watch(shared);
            if let Some(request) = shared.waiting.take() {
                send(worker, &request);
            }
        }
        Some(Answer::Batch { run, bytes, over }) if run == shared.run.get() => {
            if over {
                shared.busy.set(false);
            }
            shared.report(Report::Batch(bytes));
        }
        // Of a run that nobody looks at any more.
        _ => {}
    }
}

/// Hears of a worker that ends without an error: by itself, or because the browser wants its memory.
fn watch(shared: &Rc<Connection>) {
    let ended = end_of_life(&shared.life.borrow());
    let shared = Rc::downgrade(shared);
    wasm_bindgen_futures::spawn_local(async move {
        // Where there are no locks this ends in an error, or never.
        if JsFuture::from(ended).await.is_ok()
            && let Some(shared) = shared.upgrade()
            && !shared.dead.get()
        {
            take_death(&shared, VANISHED.to_owned());
        }
    });
}

fn take_death(shared: &Rc<Connection>, sentence: String) {
    shared.dead.set(true);
    let later = Rc::clone(shared);
    let timeout = Timeout::new(LAST_WORDS_MS, move || {
        if later.busy.replace(false) {
            later.report(Report::Died(sentence));
        }
    });
    *shared.last_words.borrow_mut() = Some(timeout);
}

/// A name that no other worker of this site has, in whatever tab.
fn life_name() -> String {
    let digits = || js_sys::Math::random().to_bits();
    format!("interleave {:x}{:x}", digits(), digits())
}

/// Where the worker's script is: it is the page's own, whose hashed name Trunk writes into the page.
pub(crate) fn start_script() -> Option<String> {
    let document = web_sys::window()?.document()?;
    let base = document.base_uri().ok()??;
    let element = document.query_selector("script[type=module][src]").ok()??;
    let path = element.get_attribute("src")?;
    Some(Url::new_with_base(&path, &base).ok()?.href())
}

#[wasm_bindgen]
extern "C" {
    /// What a worker is told first, once the engine is fetched and compiled: see www/start.js.
    #[wasm_bindgen(js_name = engineFiles)]
    pub(crate) fn engine_files(engine: &str) -> Promise;

    /// Fetches a part of the page that few readers need, and opens it: see www/start.js.
    #[wasm_bindgen(js_name = openPart)]
    pub(crate) fn open_part(name: &str, details: &Array) -> Promise;

    /// Resolves when the holder of a lock is gone: see www/start.js.
    #[wasm_bindgen(js_name = endOfLife)]
    fn end_of_life(life: &str) -> Promise;
}
