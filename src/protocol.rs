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
//! | a request | `[run: number, scenario: string, live: boolean]`, the scenario as a link's fragment |
//! | ready | `"ready"` |
//! | a batch | `[run: number, batch: ArrayBuffer, over: boolean]`; the buffer changes hands |
//!
//! The engine that reads files is asked once, with a file's bytes (`ArrayBuffer`), and answers once: with
//! `[about: string[], sources: string[], batch: ArrayBuffer]` ([`Opened`]), or with a sentence (`string`)
//! that says why the file cannot be read.

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
    /// By the live clock, else by the instant one.
    pub live: bool,
}

impl Request {
    /// As it is posted.
    pub fn to_js(&self) -> JsValue {
        Array::of3(
            &self.run.into(),
            &(*self.fragment).into(),
            &self.live.into(),
        )
        .into()
    }

    /// `None` for what is no request.
    pub fn from_js(message: &JsValue) -> Option<Self> {
        let message: &Array = message.dyn_ref()?;
        Some(Request {
            run: message.get(0).as_f64().filter(|run| run.is_finite())?,
            fragment: message.get(1).as_string()?,
            live: message.get(2).as_bool()?,
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
        let message = Array::of4(
            &strings(&mut self.about.iter()),
            &strings(&mut sources),
            &buffer,
            &self.instant.into(),
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
            })
        };
        opened().ok_or_else(|| "the reader of recordings said something unknown".to_owned())
    }
}
