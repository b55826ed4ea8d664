//! What the gallery says of a demo. Its program is elsewhere, in [`crate::program`].

use crate::derived::findings::FindingKind;
use crate::param::{Kind, Param, Values};

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

/// A program in the gallery, as far as the page has to know it.
#[derive(Clone, Copy)]
pub struct Demo {
    /// Its name in links: lower case, words joined by `-`.
    pub slug: &'static str,
    /// Its name.
    pub title: &'static str,
    /// Where it stands in the gallery.
    pub group: Group,
    /// The name of the engine that runs it, as in the names of its files.
    pub engine: &'static str,
    /// One or two sentences under the title. Natively only: the page fetches it with the lesson, in
    /// whose file `cargo xtask dist` writes it and the keywords.
    pub summary: &'static str,
    /// What to look at, in steps: see [`Lesson`](crate::lesson::Lesson).
    pub lesson: SourceFile,
    /// Words that a reader may search for and that title and text do not have. Natively only.
    pub keywords: &'static str,
    /// The parameters, in the order of the form.
    pub params: &'static [Param],
    /// The source file; what readers see ends before the line `demo!(Demo {`.
    pub rust: SourceFile,
    /// The same program in another language, at the default parameters.
    pub counterpart: Counterpart,
    /// Further settings whose output is compared with CPython's, as in a link, separated by
    /// spaces: `tasks=0&delay=0s mode=blocking`. The page has no use for them and holds none.
    pub goldens: &'static str,
    /// Where it can run.
    pub needs: Needs,
    /// What makes its findings go away.
    pub remedies: &'static [Remedy],
}

/// What the list of demos says of one of them: the rest is said in the demo's own file.
#[derive(Clone, Copy)]
pub struct Listing {
    /// From the file's name.
    pub slug: &'static str,
    /// From its place in the list.
    pub engine: &'static str,
    /// From its place in the list.
    pub group: Group,
    /// From the file's name.
    pub lesson: SourceFile,
    /// From the file's name.
    pub rust: SourceFile,
    /// From the file's name, and the language that the list says.
    pub counterpart: Counterpart,
}

/// The setting with which a demo no longer shows a finding.
#[derive(Clone, Copy)]
pub struct Remedy {
    /// What it is a remedy for.
    pub kind: FindingKind,
    /// The key of a parameter.
    pub key: &'static str,
    /// The value that helps, as in a link.
    pub value: &'static str,
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

/// A file of a demo.
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

impl Remedy {
    /// A remedy for that sort of finding: the parameter of that key gets that value.
    pub const fn new(kind: FindingKind, key: &'static str, value: &'static str) -> Self {
        Remedy { kind, key, value }
    }
}

impl Demo {
    /// A demo of which nothing is said but where it stands.
    pub const fn listed(listing: Listing) -> Self {
        Demo {
            slug: listing.slug,
            title: "",
            group: listing.group,
            engine: listing.engine,
            summary: "",
            lesson: listing.lesson,
            keywords: "",
            params: &[],
            rust: listing.rust,
            counterpart: listing.counterpart,
            goldens: "",
            needs: Needs::Nothing,
            remedies: &[],
        }
    }

    /// Whether it can run under the instant clock, without a browser.
    pub fn runs_instantly(&self, values: &Values) -> bool {
        match self.needs {
            Needs::Nothing => true,
            Needs::BrowserWhen(needs) | Needs::StacksWhen(needs) => !needs(values),
        }
    }

    /// Where the page has a recorded run of it as it is at first, for those that are not
    /// [`Self::runs_instantly`] then. `cargo xtask record` makes it.
    pub fn recorded_path(&self) -> String {
        [
            "demos/",
            &self.rust.name[..self.rust.name.len() - 2],
            "trace",
        ]
        .concat()
    }

    /// Whether its live runs have to be where stacks can be switched.
    pub fn switches_stacks(&self) -> bool {
        matches!(self.needs, Needs::StacksWhen(_))
    }

    /// The parameter that chooses between versions of the program, if the demo has one.
    pub fn mode(&self) -> Option<&'static Param> {
        self.params.iter().find(|param| param.is_mode)
    }

    /// The versions of the program, key and label of each; empty when there is only one.
    pub fn modes(&self) -> &'static [(&'static str, &'static str)] {
        match self.mode().map(|param| &param.kind) {
            Some(Kind::Choice { options }) => options,
            _ => &[],
        }
    }

    /// The remedy for that sort of finding, if the demo has one.
    pub fn remedy(&self, kind: FindingKind) -> Option<&'static Remedy> {
        self.remedies.iter().find(|remedy| remedy.kind == kind)
    }

    /// The settings whose output is compared with CPython's; the first, empty one is the defaults.
    pub fn golden_settings(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once("").chain(self.goldens.split_ascii_whitespace())
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
}

/// The part of a demo's Rust file that readers see; it begins at line 1.
pub fn visible_rust(text: &str) -> &str {
    let end = text.find("\ndemo!(").unwrap_or(text.len());
    text[..end].trim_end()
}

/// A counterpart with the parameters' values in its constants: `TASKS = 3` at the start of a line
/// gets the present value of the parameter `tasks`.
pub fn with_constants(source: &str, values: &Values) -> String {
    let mut text = String::with_capacity(source.len());
    for line in source.lines() {
        let replaced = values.iter().find_map(|(param, value)| {
            if param.page_only {
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
