//! What a demo is, and how one is run.

use crate::clock::{Clock, InstantClock};
use crate::executor::{EventLoop, Limits};
use crate::param::{Kind, Param, Values};
use crate::stage::task::TaskOutput;
use crate::stage::{Failure, Stage};
use crate::trace::Trace;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;

/// The headings of the gallery, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Why anybody wants this.
    WhyAsync,
    /// What the machinery is made of.
    TheParts,
    /// How code gives the thread back.
    WaysToSuspend,
    /// Patterns of several tasks.
    WorkingTogether,
    /// Mistakes, and what they look like.
    WhatGoesWrong,
    /// The browser itself.
    TheBrowsersLoop,
}

impl Group {
    /// All of them.
    pub const ALL: [Group; 6] = [
        Group::WhyAsync,
        Group::TheParts,
        Group::WaysToSuspend,
        Group::WorkingTogether,
        Group::WhatGoesWrong,
        Group::TheBrowsersLoop,
    ];

    /// The heading.
    pub fn title(self) -> &'static str {
        match self {
            Group::WhyAsync => "Why async",
            Group::TheParts => "The parts",
            Group::WaysToSuspend => "Ways to suspend",
            Group::WorkingTogether => "Working together",
            Group::WhatGoesWrong => "What goes wrong",
            Group::TheBrowsersLoop => "The browser's own loop",
        }
    }
}

/// A program in the gallery.
pub struct Demo {
    /// Its name in links: lower case, words joined by `-`.
    pub slug: &'static str,
    /// Its name.
    pub title: &'static str,
    /// Where it stands in the gallery.
    pub group: Group,
    /// One or two sentences under the title.
    pub lede: &'static str,
    /// What to look at: paragraphs separated by blank lines; code in backquotes.
    pub teaches: SourceFile,
    /// Words that a reader may search for and that title and text do not have.
    pub search: &'static str,
    /// The parameters, in the order of the form.
    pub params: &'static [Param],
    /// The source file; what readers see ends before the line `pub const DEMO`.
    pub rust: SourceFile,
    /// The same program in another language, at the default parameters.
    pub counterpart: Counterpart,
    /// Further settings whose output is compared with CPython's, as in a link: `tasks=0&delay=0s`.
    pub goldens: &'static [&'static str],
    /// Where it can run.
    pub needs: Needs,
    /// The program.
    pub run: fn(Stage, Values) -> Main,
}

/// The same program as a reader knows it.
#[derive(Clone, Copy)]
pub enum Counterpart {
    /// For CPython 3.11 or newer; runs as it stands.
    Python(SourceFile),
    /// Where the browser itself is the subject.
    JavaScript(SourceFile),
}

impl Counterpart {
    /// The file.
    pub fn file(&self) -> &SourceFile {
        match self {
            Counterpart::Python(file) | Counterpart::JavaScript(file) => file,
        }
    }
}

/// A file beside the demo's own, made by [`source!`](crate::source).
///
/// The page fetches the text when somebody looks at it: the sources of all demos would be a fifth
/// of the first load. They are the very files that were compiled, copied by the same build.
#[derive(Clone, Copy)]
pub struct SourceFile {
    /// The name of the file in `src/demos`, and in the folder `demos` of the built page.
    pub name: &'static str,
    /// What is in it; natively only.
    #[cfg(not(target_arch = "wasm32"))]
    pub text: &'static str,
}

/// The [`SourceFile`](crate::demo::SourceFile) of that name, in the folder of the file that says so.
#[macro_export]
macro_rules! source {
    ($name:literal) => {
        $crate::demo::SourceFile {
            name: $name,
            #[cfg(not(target_arch = "wasm32"))]
            text: include_str!($name),
        }
    };
}

/// The settings for [`Demo::goldens`]. The page has no use for them, and is smaller without.
#[macro_export]
macro_rules! goldens {
    ($($setting:literal),* $(,)?) => {
        if cfg!(target_arch = "wasm32") { &[] } else { &[$($setting),*] }
    };
}

/// What a demo needs beside a clock.
#[derive(Clone, Copy)]
pub enum Needs {
    /// Nothing: it runs live and instant, and is previewed.
    Nothing,
    /// A browser for some of its settings: those are not previewed.
    BrowserWhen(fn(&Values) -> bool),
    /// As [`Self::BrowserWhen`], a browser that can switch stacks.
    StacksWhen(fn(&Values) -> bool),
}

/// The future of a demo's program.
pub type Main = Pin<Box<dyn Future<Output = Result<(), Failure>>>>;

impl Demo {
    /// Whether it can run under the instant clock, without a browser.
    pub fn runs_instantly(&self, values: &Values) -> bool {
        match self.needs {
            Needs::Nothing => true,
            Needs::BrowserWhen(needs) | Needs::StacksWhen(needs) => !needs(values),
        }
    }

    /// Whether its live runs have to be where stacks can be switched.
    pub fn switches_stacks(&self) -> bool {
        matches!(self.needs, Needs::StacksWhen(_))
    }

    /// The parameter that chooses between ways to do the same, if the demo has one.
    pub fn mode(&self) -> Option<&'static Param> {
        self.params.iter().find(|param| param.key == "mode")
    }

    /// The ways to run it, key and label of each; empty when there is only one.
    pub fn modes(&self) -> &'static [(&'static str, &'static str)] {
        match self.mode().map(|param| &param.kind) {
            Some(Kind::Choice { options, .. }) => options,
            _ => &[],
        }
    }

    /// The settings whose output is compared with CPython's; the first, empty one is the defaults.
    pub fn golden_settings(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once("").chain(self.goldens.iter().copied())
    }

    /// Where CPython's output for a setting is kept, from the project's folder.
    pub fn golden_path(&self, setting: &str) -> String {
        let name = match setting {
            "" => "default",
            setting => setting,
        };
        // Percent signs of the setting would be taken for escapes by those who read the path.
        let name = name.replace('%', "~");
        format!("tests/golden/{}/{name}.txt", self.slug)
    }

    /// Starts the program on an event loop; the caller turns it.
    pub fn start(&self, event_loop: &EventLoop, values: Values) {
        self.start_on(Stage::new(event_loop.clone()), values);
    }

    /// [`Self::start`] on a stage that offers more than a clock.
    pub fn start_on(&self, stage: Stage, values: Values) {
        let event_loop = stage.event_loop().clone();
        let main = (self.run)(stage, values);
        event_loop.spawn(
            "main",
            Location::caller(),
            Box::pin(async move { main.await.end() }),
        );
    }

    /// Runs it to its end under the instant clock.
    pub fn run_instantly(&self, values: Values) -> Trace {
        let clock: Rc<dyn Clock> = Rc::new(InstantClock::default());
        let event_loop = EventLoop::new(clock, Limits::default());
        self.start(&event_loop, values);
        event_loop.run_instantly();
        event_loop.into_trace()
    }
}

/// The part of a demo's Rust file that readers see; it begins at line 1.
pub fn visible_rust(text: &str) -> &str {
    let end = text.find("\npub const DEMO").unwrap_or(text.len());
    text[..end].trim_end()
}

/// A counterpart with the parameters' values in its constants: `TASKS = 3` at the start of a line
/// gets the present value of the parameter `tasks`.
pub fn with_constants(source: &str, values: &Values) -> String {
    let mut text = String::with_capacity(source.len());
    for line in source.lines() {
        let replaced = values.iter().find_map(|(param, value)| {
            if param.not_in_python {
                return None;
            }
            let rest = line.strip_prefix("const ").unwrap_or(line);
            let rest = rest
                .strip_prefix(&param.python_name())?
                .strip_prefix(" = ")?;
            let comment = rest.find("  #").map_or("", |at| &rest[at..]);
            let head = &line[..line.len() - rest.len()];
            let end = if line.starts_with("const ") { ";" } else { "" };
            Some(format!("{head}{}{end}{comment}", value.python()))
        });
        text.push_str(replaced.as_deref().unwrap_or(line));
        text.push('\n');
    }
    text
}
