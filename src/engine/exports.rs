//! The engine for exports: texts, pictures and files of what is on screen. A worker, since a large run takes a while.
//!
//! www/parts/share.js asks it; the messages are in [`crate::protocol`].

use crate::derived::moment::Moment;
use crate::derived::recording::Recording;
use crate::derived::run_ref::RunRef;
use crate::export::{self, Heading, Version};
use crate::link::{self, Link};
use crate::picture::interaction::{Input, Options, Shared};
use crate::picture::svg::Theme;
use crate::picture::view::Frame;
use crate::protocol::{ExportRequest, ExportRun, Subject};
use crate::recording::write;
use crate::trace::{ClockKind, EndReason, TaskId, Trace};
use js_sys::{Array, Uint8Array};
use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write as _;
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// The worker's entry point: says that it is ready, and makes what it is asked for.
pub fn start() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let on_message = {
        let scope = scope.clone();
        Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let Some(request) = ExportRequest::from_js(&event.data()) else {
                return;
            };
            let id = request.id.into();
            let message = match made(&request) {
                Ok(made) => Array::of3(&id, &true.into(), &made),
                Err(sentence) => Array::of3(&id, &false.into(), &sentence.into()),
            };
            // A page that is gone has nobody to tell.
            let _ = scope.post_message(&message);
        })
    };
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget(); // it lives as long as the worker
    let (ready, _) = crate::protocol::Answer::Ready.to_js();
    let _ = scope.post_message(&ready);
}

fn made(request: &ExportRequest) -> Result<JsValue, String> {
    if request.kind == "qr" {
        return Ok(qr_code(&request.text)?.into());
    }
    let subject = request.subject.as_ref().ok_or("it was not said of what")?;
    let (link, _) = link::decode(&subject.fragment);
    let link = (!subject.fragment.is_empty()).then_some(link);
    let runs: Vec<(String, RunRef)> = subject
        .runs
        .iter()
        .map(|run| Ok((run.label.clone(), RunRef::from_recording(read(run)?))))
        .collect::<Result<_, String>>()?;
    let recordings: Vec<_> = runs.iter().map(|(_, run)| run.borrow()).collect();
    let versions: Vec<Version> = runs
        .iter()
        .zip(&recordings)
        .map(|((label, _), recording)| Version { label, recording })
        .collect();
    let heading = Heading {
        title: &subject.title,
        verdict: &subject.verdict,
        link: &subject.address,
    };
    let first = versions.first().ok_or("there is no run")?;
    let trace = first.recording.trace();
    Ok(match &*request.kind {
        "svg" => {
            drop(recordings);
            picture(subject, heading, link.as_ref(), &runs).into()
        }
        "chrome-trace" => export::chrome_trace::text(&subject.title, &versions).into(),
        "csv" => export::csv::text(trace).into(),
        "output" => crate::derived::output::text(trace).into(),
        "markdown" => {
            let parameters = link.as_ref().map(parameters).unwrap_or_default();
            let parameters: Vec<(&str, &str)> = parameters
                .iter()
                .map(|(label, value)| (*label, &**value))
                .collect();
            export::markdown::text(&heading, &parameters, &versions).into()
        }
        "recording" => file(subject, link.as_ref(), trace)?.into(),
        kind => return Err(format!("{kind} is nothing that can be made")),
    })
}

/// A run as the page has it, with the end that the page may have given it.
fn read(run: &ExportRun) -> Result<Recording, String> {
    let mut recording = Recording::new(match run.is_live {
        true => ClockKind::Live,
        false => ClockKind::Instant,
    });
    for batch in &run.batches {
        recording.append(batch)?;
    }
    if let Some((time_ns, reason, message)) = &run.end {
        recording.end(*time_ns, end_reason(*reason), message);
    }
    Ok(recording)
}

fn end_reason(number: u32) -> EndReason {
    const REASONS: [EndReason; 6] = [
        EndReason::Finished,
        EndReason::Failed,
        EndReason::Deadlock,
        EndReason::Limit,
        EndReason::Stopped,
        EndReason::Died,
    ];
    let found = REASONS.into_iter().find(|reason| *reason as u32 == number);
    found.unwrap_or(EndReason::Died)
}

/// What differs from how the demo opens, and what does not.
fn parameters(link: &Link) -> Vec<(&'static str, String)> {
    let values = link.scenario.values.iter();
    values
        .map(|(param, value)| (param.label, value.text()))
        .collect()
}

/// What a link says of the pictures, in these runs.
fn shared(link: &Link, traces: &[&Trace]) -> Shared {
    let view = &link.view;
    let task = |name: &String| {
        let tasks = &traces.first()?.tasks;
        let at = tasks.iter().position(|task| *task.name == **name)?;
        Some(TaskId(at as u32))
    };
    Shared {
        cursor: view.at.and_then(|at| at.moment(traces).ok()).flatten(),
        selected: view.task.as_ref().and_then(task),
        span: view.zoom,
        axis: view.axis.unwrap_or_default(),
    }
}

fn picture(
    subject: &Subject,
    heading: Heading,
    link: Option<&Link>,
    runs: &[(String, RunRef)],
) -> String {
    let recordings: Vec<_> = runs.iter().map(|(_, run)| run.borrow()).collect();
    let traces: Vec<&Trace> = recordings.iter().map(|run| run.trace()).collect();
    let mut shared = link.map(|link| shared(link, &traces)).unwrap_or_default();
    let longest_ns = traces.iter().map(|trace| trace.duration_ns()).max();
    if let Some(part) = subject.cursor {
        let time_ns = part * longest_ns.unwrap_or(0) as f64;
        shared.cursor = Some(Moment::at(time_ns as u64));
    }
    let last = runs.len().saturating_sub(1);
    let shown: Vec<export::picture::Shown> = runs
        .iter()
        .enumerate()
        .map(|(slot, (label, run))| export::picture::Shown {
            label: label.clone(),
            input: Input {
                run: run.clone(),
                live: false,
                slot,
                // Runs side by side share an axis.
                extent_ns: longest_ns.filter(|_| last > 0),
                outline: None,
                frame: Frame {
                    has_axis: slot == last,
                    ..Frame::default()
                },
            },
            options: Options::default(),
            rows: None,
        })
        .collect();
    drop(traces);
    drop(recordings);
    let look = export::picture::Look {
        heading,
        shared,
        width_px: subject.width_px,
        theme: match subject.is_dark {
            true => Theme::Dark,
            false => Theme::Light,
        },
    };
    export::picture::svg(&look, &shown)
}

/// The head of a recording's file, and its blocks, which the page packs.
fn file(subject: &Subject, link: Option<&Link>, trace: &Trace) -> Result<Array, String> {
    let slot = subject.slots.first().copied().unwrap_or(0);
    let view = link
        .map(|link| fragment_of_version(link, slot))
        .unwrap_or_default();
    let sources = subject.sources.iter();
    let sources: Vec<(&str, &str)> = sources.map(|(path, text)| (&**path, &**text)).collect();
    let about = write::About {
        program: &subject.title,
        view: &view,
        sources: &sources,
        started_s: subject.now_s,
        recorder: concat!("Interleave's page ", env!("CARGO_PKG_VERSION")),
        runtime: "Interleave's engine",
        platform: "a browser",
    };
    let blocks = write::blocks(trace, &about)?;
    let pieces = std::iter::once(&write::START[..]).chain(blocks.iter().map(|block| &**block));
    Ok(pieces.map(Uint8Array::from).collect())
}

/// The fragment of a link that shows the version of a slot alone.
fn fragment_of_version(link: &Link, slot: usize) -> String {
    let runs = link.scenario.runs();
    let run = runs.get(slot).unwrap_or(&link.scenario);
    link::encode_with(run, &link.view)
}

/// A text as a QR code: an SVG with a square for each dark module, and the quiet zone of four that the standard asks for.
///
/// # Errors
/// When the text is too long for one.
fn qr_code(text: &str) -> Result<String, String> {
    const QUIET: i32 = 4;
    let code = QrCode::encode_text(text, QrCodeEcc::Medium)
        .or_else(|_| QrCode::encode_text(text, QrCodeEcc::Low))
        .map_err(|_| "the link is too long for a QR code".to_owned())?;
    let size = code.size();
    let side = size + 2 * QUIET;
    let mut path = String::new();
    for y in 0..size {
        for x in (0..size).filter(|x| code.get_module(*x, y)) {
            let _ = write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    Ok(format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{side}v{side}h-{side}z"/><path d="{path}"/></svg>"##
    ))
}
