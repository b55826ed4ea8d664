//! What the page and an engine say to each other. The page knows engines only by this.
//!
//! An engine is a dedicated worker that runs www/start.js. The page's first message to it is
//! `{glue: string, module: WebAssembly.Module}`: the address of the engine's glue, an ES module
//! whose `initSync({module})` starts the engine, and its compiled wasm. Where both are, the page
//! has in a tag `<meta name="engine-NAME" data-glue data-wasm>`.
//!
//! When an engine can take requests it says [`Answer::Ready`]. The page then sends a [`Request`]
//! for each run; a new one ends the run before. The engine answers with the run's trace in
//! batches ([`crate::trace::wire`]), each with the run's number, at most one a frame; the last one
//! holds the run's end. Stop is not a message, since a blocked worker hears none: the page
//! terminates the worker and starts another.
//!
//! | message | as sent |
//! | --- | --- |
//! | a request | `[run: number, scenario: string, speed: number]`, the scenario as a link's fragment |
//! | ready | `"ready"` |
//! | a batch | `[run: number, batch: ArrayBuffer, over: boolean]`; the buffer changes hands |
//!
//! The engine that reads files is asked once, with a file's bytes (`ArrayBuffer`), and answers once: with
//! `[about: string[], sources: string[], batch: ArrayBuffer, isInstant: boolean, view: string]` ([`Opened`]), or with a sentence (`string`)
//! that says why the file cannot be read.
//!
//! The engine for exports answers as many questions as it gets, with
//! `[id: number, isMade: boolean, result]`: a string, or the pieces of a file (`Uint8Array[]`), or the sentence that says
//! why there is nothing ([`ExportRequest`]).

use js_sys::{Array, ArrayBuffer, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

const READY: &str = "ready";

/// What the page asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Comes back with every answer. A whole number.
    pub run: f64,
    /// The scenario as in a link, without `#`.
    pub fragment: String,
    /// How fast time passes: 1 is real time, 60 a minute of the run in a second, and 0 the instant
    /// clock, which waits for nothing. Not negative.
    pub speed: f64,
}

impl Request {
    /// As it is posted.
    pub fn to_js(&self) -> JsValue {
        Array::of3(
            &self.run.into(),
            &(*self.fragment).into(),
            &self.speed.into(),
        )
        .into()
    }

    /// `None` for what is no request.
    pub fn from_js(message: &JsValue) -> Option<Self> {
        let message: &Array = message.dyn_ref()?;
        Some(Request {
            run: message.get(0).as_f64().filter(|run| run.is_finite())?,
            fragment: message.get(1).as_string()?,
            speed: message.get(2).as_f64().filter(|speed| *speed >= 0.0)?,
        })
    }
}

/// What an engine says.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// It takes requests now.
    Ready,
    /// What comes next in a run's trace.
    Batch {
        /// The request's number.
        run: f64,
        /// For [`crate::derived::recording::Recording::append`].
        bytes: Vec<u8>,
        /// Whether it is the last.
        over: bool,
    },
}

impl Answer {
    /// As it is posted, and what changes hands with it.
    pub fn to_js(&self) -> (JsValue, Array) {
        match self {
            Answer::Ready => (READY.into(), Array::new()),
            Answer::Batch { run, bytes, over } => {
                let buffer = Uint8Array::from(bytes.as_slice()).buffer();
                let message = Array::of3(&(*run).into(), &buffer, &(*over).into());
                (message.into(), Array::of1(&buffer))
            }
        }
    }

    /// `None` for what is no answer.
    pub fn from_js(message: &JsValue) -> Option<Self> {
        if message.as_string().as_deref() == Some(READY) {
            return Some(Answer::Ready);
        }
        let message: &Array = message.dyn_ref()?;
        let buffer: ArrayBuffer = message.get(1).dyn_into().ok()?;
        Some(Answer::Batch {
            run: message.get(0).as_f64().filter(|run| run.is_finite())?,
            bytes: Uint8Array::new(&buffer).to_vec(),
            over: message.get(2).as_bool()?,
        })
    }
}

/// What the engine for exports is asked for: `[id, kind, subject, slots, runs, sources or cursor]`, or `[id, "qr", text]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExportRequest {
    /// Comes back with the answer.
    pub id: f64,
    /// What is to be made.
    pub kind: String,
    /// What a QR code is to say.
    pub text: String,
    /// Of what it is to be made.
    pub subject: Option<Subject>,
}

/// What is on screen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Subject {
    /// The program's name.
    pub title: String,
    /// What is said of its runs.
    pub verdict: String,
    /// The address that shows the same; may be empty.
    pub address: String,
    /// Its fragment, with the view; may be empty.
    pub fragment: String,
    /// How wide pictures are, in CSS pixels.
    pub width_px: f64,
    /// Whether pictures are dark.
    pub is_dark: bool,
    /// Seconds since 1970 UTC.
    pub now_s: u64,
    /// The runs that are asked for.
    pub runs: Vec<ExportRun>,
    /// Their slots on screen.
    pub slots: Vec<usize>,
    /// Path and content of each source.
    pub sources: Vec<(String, String)>,
    /// Where pictures have their cursor, as a part of the longest run; where the fragment says, if nothing is said.
    pub cursor: Option<f64>,
}

/// A run: `[label, isLive, endNs, endReason, endMessage, ...batches]`, the end `undefined` while it goes on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExportRun {
    /// The name of its version.
    pub label: String,
    /// Whether its times are real.
    pub is_live: bool,
    /// Nanoseconds since it began, the reason's number, and a sentence.
    pub end: Option<(u64, u32, String)>,
    /// For [`crate::derived::recording::Recording::append`].
    pub batches: Vec<Vec<u8>>,
}

impl ExportRequest {
    /// `None` for what is no such question.
    pub fn from_js(message: &JsValue) -> Option<Self> {
        let message: &Array = message.dyn_ref()?;
        let id = message.get(0).as_f64()?;
        let kind = message.get(1).as_string()?;
        if let Some(text) = message.get(2).as_string() {
            return Some(ExportRequest {
                id,
                kind,
                text,
                subject: None,
            });
        }
        let about: Array = message.get(2).dyn_into().ok()?;
        let text = |at| about.get(at).as_string();
        let slots: Array = message.get(3).dyn_into().ok()?;
        let slots: Vec<u32> = slots
            .iter()
            .map(|slot| Some(slot.as_f64()? as u32))
            .collect::<Option<_>>()?;
        let runs: Array = message.get(4).dyn_into().ok()?;
        let cursor = message.get(5).as_f64().map(|part| part.clamp(0.0, 1.0));
        let sources: Array = message.get(5).dyn_into().unwrap_or_default();
        let sources: Vec<String> = sources.iter().filter_map(|text| text.as_string()).collect();
        let subject = Subject {
            title: text(0)?,
            verdict: text(1)?,
            address: text(2)?,
            fragment: text(3)?,
            width_px: about.get(4).as_f64().filter(|px| px.is_finite())?,
            is_dark: about.get(5).as_bool()?,
            now_s: about.get(6).as_f64().filter(|s| *s >= 0.0)? as u64,
            runs: slots
                .iter()
                .map(|slot| ExportRun::from_js(&runs.get(*slot)))
                .collect::<Option<_>>()?,
            slots: slots.iter().map(|slot| *slot as usize).collect(),
            sources: sources
                .chunks_exact(2)
                .map(|pair| (pair[0].clone(), pair[1].clone()))
                .collect(),
            cursor,
        };
        Some(ExportRequest {
            id,
            kind,
            text: String::new(),
            subject: Some(subject),
        })
    }
}

impl ExportRun {
    fn from_js(run: &JsValue) -> Option<Self> {
        let run: &Array = run.dyn_ref()?;
        let end = || {
            Some((
                run.get(2).as_f64()? as u64,
                run.get(3).as_f64()? as u32,
                run.get(4).as_string()?,
            ))
        };
        Some(ExportRun {
            label: run.get(0).as_string()?,
            is_live: run.get(1).as_bool()?,
            end: end(),
            batches: run
                .iter()
                .skip(5)
                .map(|batch| Some(batch.dyn_into::<Uint8Array>().ok()?.to_vec()))
                .collect::<Option<_>>()?,
        })
    }
}

/// What the engine that reads files says of one.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    /// The program's name, and then what there is to know of how it was recorded, a sentence each.
    pub about: Vec<String>,
    /// Path and content of each file whose source was recorded, the program's own first.
    pub sources: Vec<(String, String)>,
    /// The whole trace, for [`crate::derived::recording::Recording::append`].
    pub bytes: Vec<u8>,
    /// Whether its times are those of a virtual clock.
    pub instant: bool,
    /// For a run of the page, the fragment with which the page showed it; else empty.
    pub view: String,
}

impl Opened {
    /// As it is posted, and what changes hands with it.
    pub fn to_js(&self) -> (JsValue, Array) {
        let buffer = Uint8Array::from(self.bytes.as_slice()).buffer();
        let strings = |texts: &mut dyn Iterator<Item = &String>| -> Array {
            texts.map(|text| JsValue::from_str(text)).collect()
        };
        let pairs = self.sources.iter();
        let mut sources = pairs.flat_map(|(path, text)| [path, text]);
        let message = Array::of5(
            &strings(&mut self.about.iter()),
            &strings(&mut sources),
            &buffer,
            &self.instant.into(),
            &(*self.view).into(),
        );
        (message.into(), Array::of1(&buffer))
    }

    /// # Errors
    /// The engine's sentence, or that it said something else.
    pub fn from_js(message: &JsValue) -> Result<Self, String> {
        if let Some(sentence) = message.as_string() {
            return Err(sentence);
        }
        let opened = || {
            let message: &Array = message.dyn_ref()?;
            let strings = |at| -> Option<Vec<String>> {
                let array: Array = message.get(at).dyn_into().ok()?;
                array.iter().map(|text| text.as_string()).collect()
            };
            let sources = strings(1)?;
            let pairs = sources.chunks_exact(2);
            let buffer: ArrayBuffer = message.get(2).dyn_into().ok()?;
            Some(Opened {
                about: strings(0)?,
                sources: pairs
                    .map(|pair| (pair[0].clone(), pair[1].clone()))
                    .collect(),
                bytes: Uint8Array::new(&buffer).to_vec(),
                instant: message.get(3).as_bool()?,
                view: message.get(4).as_string()?,
            })
        };
        opened().ok_or_else(|| "the reader of recordings said something unknown".to_owned())
    }
}
