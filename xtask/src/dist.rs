//! What a static host needs beside Trunk's output: the content security policy, cache rules, compressed
//! files; and the check that the page stays small.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use html5gum::{Token, Tokenizer};
use xshell::cmd;

use crate::files::{self, hash};
use crate::pages::{self, Weight};
use crate::process::shell;

/// The most that everything fetched until the first run may weigh, in bytes after brotli, with the
/// whole gallery.
const FIRST_LOAD_BUDGET: usize = 300_000;

/// The host's settings in the format of Netlify and Cloudflare Pages. `serve` reads it too.
pub const HEADERS_FILE: &str = "_headers";

/// How many rules it may have (Cloudflare Pages, "Headers").
const MAX_RULES: usize = 100;

/// What the page may do. The same text goes into a header and into the page itself, for hosts without headers.
const POLICY: &[&str] = &[
    "default-src 'none'",
    // WebAssembly needs its own permission; nothing inline, nothing evaluated.
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    // Demos may fetch from, and open sockets to, any address that the reader enters; the star stands for no
    // file that a demo makes itself.
    "connect-src * blob: data:",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
];

/// The part of the policy that browsers only take from a header.
const POLICY_IN_HEADER_ONLY: &str = "frame-ancestors *";

/// Where the policy goes in index.html.
const POLICY_PLACE: &str = "{policy}";

/// What others wrote of the page, and their licences.
pub const LICENSES: &str = "licenses.txt";

/// Makes a folder that Trunk wrote ready for a static host.
///
/// `write_pages` makes the static pages; it is told what everything else weighs.
///
/// # Errors
/// When the page holds a script or a style that the policy forbids, or a file cannot be read or written.
pub fn finish(folder: &Path, write_pages: impl FnOnce(&Sizes) -> Result<()>) -> Result<()> {
    let index = folder.join("index.html");
    let html = fs::read_to_string(&index).context("Trunk wrote no index.html")?;
    check_scripts(folder)?;
    let html = with_hashed_engines(folder, &with_policy(&html)?)?;
    fs::write(&index, html)?;
    hash_parts(folder)?;

    let names = files::names(folder)?;
    fs::create_dir_all(folder.join("data"))?;
    fs::write(folder.join(TEXTS), teaching_texts(folder, &names)?)?;
    compress(folder, |name| !name.ends_with(".html"))?;
    write_pages(&Sizes::read(folder)?)?;
    for name in files::names(folder)? {
        if name.ends_with(".html")
            && let Some(inline) = inline_code(&fs::read_to_string(folder.join(&name))?)
        {
            bail!(
                "{name} has {inline}, which the content security policy forbids: put it into a file in www/"
            );
        }
    }
    compress(folder, |name| name.ends_with(".html"))?;
    let names = files::names(folder)?;
    let names: Vec<String> = names
        .into_iter()
        .filter(|name| is_page_file(name))
        .collect();
    let headers = headers(&names);
    let rules = headers.lines().filter(|line| line.starts_with('/')).count();
    ensure!(
        rules <= MAX_RULES,
        "{HEADERS_FILE} has {rules} rules: Cloudflare takes {MAX_RULES}"
    );
    fs::write(folder.join(HEADERS_FILE), headers)?;
    write_service_worker(folder, &names)?;
    compress(folder, |name| name == SERVICE_WORKER)
}

/// What keeps the site in the browser, www/sw.js, and is fetched when the page has long been there, as is what a browser
/// reads of an app.
const SERVICE_WORKER: &str = "sw.js";
const MANIFEST: &str = "site.webmanifest";

/// Files beside the page that are no part of the first load.
const NOT_AT_FIRST: [&str; 5] = [LICENSES, SERVICE_WORKER, MANIFEST, "icon.svg", "embed.css"];

/// Writes into the service worker which files the site has, and what tells them from those of any other version.
fn write_service_worker(folder: &Path, names: &[String]) -> Result<()> {
    let names: Vec<&str> = names
        .iter()
        .map(String::as_str)
        .filter(|name| ![SERVICE_WORKER, LICENSES].contains(name))
        .collect();
    let mut contents = Vec::new();
    for name in &names {
        contents.extend(hash(&fs::read(folder.join(name))?).to_le_bytes());
    }
    let path = folder.join(SERVICE_WORKER);
    let mut script = fs::read_to_string(&path).context("Trunk copied no sw.js")?;
    for (place, text) in [
        ("{files}", names.join(" ")),
        ("{version}", format!("{:016x}", hash(&contents))),
    ] {
        ensure!(
            script.matches(place).count() == 1,
            "www/sw.js has not one place for {place}"
        );
        script = script.replace(place, &text);
    }
    fs::write(path, script)?;
    Ok(())
}

/// Writes a compressed twin of each file that becomes smaller so, of those that are asked for.
fn compress(folder: &Path, is_asked_for: impl Fn(&str) -> bool) -> Result<()> {
    let names = files::names(folder)?;
    let sh = shell()?;
    let script = sh.current_dir().join("xtask/compress.js");
    sh.change_dir(folder);
    let names = names
        .iter()
        .filter(|name| compresses(name) && is_asked_for(name));
    cmd!(sh, "node {script} {names...}").quiet().run()?;
    Ok(())
}

/// The file in which the page's search looks.
const TEXTS: &str = "data/teaches.txt";

/// What readers see go wrong and which demos explain it, beside the demos; it is searched first.
const SYMPTOMS: &str = "symptoms.txt";

/// The text that a demo's file gives a field, `field: "text"`, or nothing.
fn text_of(program: &str, field: &str) -> String {
    let start = format!("\n    {field}: \"");
    let Some((_, rest)) = program.split_once(&start) else {
        return String::new();
    };
    let mut text = String::new();
    let mut chars = rest.chars();
    while let Some(char) = chars.next() {
        match char {
            '"' => break,
            '\\' => text.extend(chars.next()),
            char => text.push(char),
        }
    }
    text
}

/// What all demos teach: each text after a line with `=== ` and its file's name. A lesson's file gets the
/// demo's summary and keywords as its first lines: all demos' would be a part of the first load otherwise.
fn teaching_texts(folder: &Path, names: &[String]) -> Result<String> {
    let mut texts = String::new();
    if let Ok(symptoms) = fs::read_to_string(folder.join(SOURCES).join(SYMPTOMS)) {
        texts += &format!("=== {SYMPTOMS}\n{symptoms}\n");
    }
    for name in names {
        if let Some(file) = name.strip_prefix(SOURCES)
            && file.ends_with(".md")
        {
            let program = folder.join(name).with_extension("rs");
            let program = fs::read_to_string(program).unwrap_or_default();
            let [summary, keywords] = ["summary", "keywords"].map(|field| text_of(&program, field));
            let steps = fs::read_to_string(folder.join(name))?;
            let text = format!("{summary}\n{keywords}\n\n{steps}");
            fs::write(folder.join(name), &text)?;
            texts += &format!("=== {file}\n{text}\n");
        }
    }
    Ok(texts)
}

/// What a script calls that makes code of a string. A worker takes a policy from a header only, so where a host
/// sends none nothing else would hold it back.
const EVALUATES: [&str; 4] = ["eval(", "new Function(", "Function(\"", "importScripts("];

/// The first call in a script that makes code of a string.
fn evaluation(script: &str) -> Option<&'static str> {
    // Where a name goes on to the left it is another one, such as `retrieval(`.
    let is_call = |call: &&&str| {
        script.match_indices(**call).any(|(at, _)| {
            let before = script[..at].chars().next_back();
            !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '.'))
        })
    };
    EVALUATES.iter().find(is_call).copied()
}

/// # Errors
/// When a script of the page or of a worker makes code of strings.
fn check_scripts(folder: &Path) -> Result<()> {
    for name in files::names(folder)? {
        // In the other folders are the demos' sources, which are shown and not run.
        let is_ours = !name.contains('/') || name.starts_with(PARTS);
        if !name.ends_with(".js") || !is_ours {
            continue;
        }
        if let Some(call) = evaluation(&fs::read_to_string(folder.join(&name))?) {
            bail!(
                "{name} has `{call}`: a worker on a host without headers has no policy that forbids it"
            );
        }
    }
    Ok(())
}

/// Whether a file of the folder is asked for by its name: not the host's settings, not a compressed twin.
pub fn is_page_file(name: &str) -> bool {
    name != HEADERS_FILE && !name.ends_with(".br") && !name.ends_with(".gz")
}

/// Puts the policy into the page, where index.html has a place for it.
fn with_policy(html: &str) -> Result<String> {
    let places = html.matches(POLICY_PLACE).count();
    ensure!(
        places == 1,
        "index.html has `{POLICY_PLACE}` {places} times, not once"
    );
    Ok(html.replace(POLICY_PLACE, &POLICY.join("; ")))
}

/// What the names of the tags begin with in which the page says where each engine's files are.
pub const ENGINE_TAG: &str = "engine-";

/// The folder with the engines' files. Every name in it is hashed.
pub const ENGINES: &str = "engines/";

/// Renames the engines' files by what is in them, as Trunk does with the page's, and says so in the page: a
/// host's answers may then be kept for ever, and no page meets the engine of another version.
fn with_hashed_engines(folder: &Path, html: &str) -> Result<String> {
    fs::create_dir_all(folder.join(ENGINES))?;
    let mut hashed_html = html.to_owned();
    for engine in engines(html) {
        for end in [".js", "_bg.wasm"] {
            let name = format!("{engine}{end}");
            let content = fs::read(folder.join(&name)).with_context(|| {
                format!("index.html has the engine {engine}, but Trunk wrote no {name}")
            })?;
            let hashed = format!("{ENGINES}{engine}-{:016x}{end}", hash(&content));
            let (old, new) = (format!("\"./{name}\""), format!("\"./{hashed}\""));
            ensure!(
                html.contains(&old),
                "index.html does not say that an engine has the file {name}"
            );
            hashed_html = hashed_html.replace(&old, &new);
            fs::rename(folder.join(&name), folder.join(&hashed))?;
        }
    }
    Ok(hashed_html)
}

/// The folder with what few readers need of the page, and is fetched when they do. Every name in it is hashed.
pub const PARTS: &str = "parts/";

/// Renames the page's parts by what is in them.
fn hash_parts(folder: &Path) -> Result<()> {
    for name in files::names(folder)? {
        let Some((stem, ending)) = name.rsplit_once('.').filter(|_| name.starts_with(PARTS)) else {
            continue;
        };
        let content = fs::read(folder.join(&name))?;
        let hashed = format!("{stem}-{:016x}.{ending}", hash(&content));
        fs::rename(folder.join(&name), folder.join(hashed))?;
    }
    Ok(())
}

/// What a part is called in the page, from the name of its file.
pub fn part_of(name: &str) -> Option<String> {
    let (stem, ending) = name.strip_prefix(PARTS)?.rsplit_once('.')?;
    let (part, _) = stem.rsplit_once('-')?;
    Some(format!("{part}.{ending}"))
}

/// The engines that a page names.
fn engines(html: &str) -> Vec<String> {
    let mut engines = Vec::new();
    for token in Tokenizer::new(html).flatten() {
        if let Token::StartTag(tag) = token
            && let Some(name) = tag.attributes.get(b"name".as_slice())
            && let Some(engine) = String::from_utf8_lossy(name).strip_prefix(ENGINE_TAG)
        {
            engines.push(engine.to_owned());
        }
    }
    engines
}

/// The first script or style in a page that does not come from a file.
fn inline_code(html: &str) -> Option<String> {
    let mut tokens = Tokenizer::new(html).flatten().peekable();
    while let Some(token) = tokens.next() {
        let Token::StartTag(tag) = token else {
            continue;
        };
        let name = String::from_utf8_lossy(&tag.name);
        let has_text =
            matches!(tokens.peek(), Some(Token::String(text)) if !text.trim_ascii().is_empty());
        // What is not run is data: search engines read it.
        let is_data = tag
            .attributes
            .get(b"type".as_slice())
            .is_some_and(|kind| kind.as_slice() == b"application/ld+json");
        if *name == *"style" || (*name == *"script" && has_text && !is_data) {
            return Some(format!("an inline <{name}>"));
        }
        for (attribute, value) in &tag.attributes {
            let attribute = String::from_utf8_lossy(attribute);
            if *attribute == *"style" || attribute.starts_with("on") {
                return Some(format!("an attribute `{attribute}` in <{name}>"));
            }
            if value
                .trim_ascii()
                .to_ascii_lowercase()
                .starts_with(b"javascript:")
            {
                return Some(format!("a `javascript:` address in <{name}>"));
            }
        }
    }
    None
}

/// The text of the `_headers` file.
fn headers(names: &[String]) -> String {
    // Hosts add up the rules that match a file, so a header must not be set by two of them.
    let mut text = format!(
        "/*\n  Content-Security-Policy: {}; {POLICY_IN_HEADER_ONLY}\n  \
         X-Content-Type-Options: nosniff\n  Referrer-Policy: no-referrer\n",
        POLICY.join("; ")
    );
    let mut rule =
        |path: &str, cache: &str| text += &format!("/{path}\n  Cache-Control: {cache}\n");
    rule("", "no-cache");
    const FOR_EVER: &str = "public, max-age=31536000, immutable";
    let mut folders = BTreeSet::new();
    for name in names {
        match name.split_once('/') {
            // What is alike has one rule: there may be only so many.
            Some((folder, _)) => {
                folders.insert(folder);
            }
            None if is_hashed(name) => rule(name, FOR_EVER),
            None => rule(name, "no-cache"),
        }
    }
    for folder in folders {
        let is_kept = [ENGINES, PARTS].contains(&&*format!("{folder}/"));
        rule(
            &format!("{folder}/*"),
            if is_kept { FOR_EVER } else { "no-cache" },
        );
    }
    text
}

/// Whether a name changes with its content: Trunk writes a hexadecimal hash before the ending.
fn is_hashed(name: &str) -> bool {
    name.split('-').skip(1).any(|part| {
        let digits = part.bytes().take_while(u8::is_ascii_hexdigit).count();
        // A number of 64 bits without leading zeros.
        (10..=16).contains(&digits) && part[digits..].starts_with(['.', '_'])
    })
}

/// Whether compressing a file makes it smaller to send: text, and wasm.
fn compresses(name: &str) -> bool {
    const ENDINGS: &str = "html css js wasm svg json txt webmanifest rs py md trace";
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    ending.is_some_and(|ending| ENDINGS.split(' ').any(|known| known == ending))
}

/// The folder with the demos' sources; the page fetches those of the demo that is shown.
const SOURCES: &str = "demos/";

/// Whose file it is, if it is an engine's.
fn engine_of(name: &str) -> Option<&str> {
    let name = name.strip_prefix(ENGINES)?;
    Some(name.rsplit_once('-')?.0)
}

/// Whether it is a page: the first load has one of them.
fn is_static_page(name: &str) -> bool {
    name.ends_with(".html")
}

/// What the files of `dist/` weigh.
pub struct Sizes {
    files: Vec<Size>,
    pages: Vec<StaticPage>,
}

/// A demo's static page, and what the live page fetches for it.
struct StaticPage {
    file: String,
    slug: String,
    engine: String,
}

impl StaticPage {
    /// Whether a reader who opens it gets this file before a live run can start.
    fn needs(&self, name: &str) -> bool {
        // The program in both languages, its lesson, and a recorded run where the demo opens with one.
        let own = format!("{SOURCES}{}.", self.slug.replace('-', "_"));
        match engine_of(name) {
            Some(engine) => engine == self.engine,
            None if is_static_page(name) => name == self.file,
            None if name.contains('/') => name.starts_with(&own),
            None => !NOT_AT_FIRST.contains(&name),
        }
    }
}

/// One file's weight in bytes. What is not compressed weighs the same three times.
struct Size {
    name: String,
    raw: usize,
    gzip: usize,
    brotli: usize,
}

impl Sizes {
    /// Weighs all files of a finished folder.
    pub fn read(folder: &Path) -> Result<Self> {
        let names = files::names(folder)?;
        let length = |name: &str| fs::metadata(folder.join(name)).map(|data| data.len() as usize);
        let mut files = Vec::new();
        for name in names.iter().filter(|name| is_page_file(name)) {
            let raw = length(name)?;
            let gzip = length(&format!("{name}.gz")).unwrap_or(raw);
            let brotli = length(&format!("{name}.br")).unwrap_or(raw);
            files.push(Size {
                name: name.clone(),
                raw,
                gzip,
                brotli,
            });
        }
        let mut pages = Vec::new();
        for file in names.iter().filter(|name| is_static_page(name)) {
            let html = fs::read_to_string(folder.join(file))?;
            if let Some([slug, engine]) = pages::demo_of(&html) {
                pages.push(StaticPage {
                    file: file.clone(),
                    slug,
                    engine,
                });
            }
        }
        Ok(Self { files, pages })
    }

    /// The files of the largest first load and their sum as text.
    pub fn table(&self) -> String {
        let mut table = format!(
            "{:<44}{:>10}{:>10}{:>10}\n",
            "bytes", "raw", "gzip", "brotli"
        );
        let mut row = |name: &str, sizes: [usize; 3]| {
            let [raw, gzip, brotli] = sizes;
            table += &format!("{name:<44}{raw:>10}{gzip:>10}{brotli:>10}\n");
        };
        let mut sum = [0; 3];
        for Size {
            name,
            raw,
            gzip,
            brotli,
        } in self.in_first_load()
        {
            row(name, [*raw, *gzip, *brotli]);
            sum = [sum[0] + raw, sum[1] + gzip, sum[2] + brotli];
        }
        row("first load", sum);
        table
    }

    /// The sum in a line.
    pub fn line(&self) -> String {
        format!(
            "first load: {} of at most {FIRST_LOAD_BUDGET} bytes after brotli",
            self.first_load()
        )
    }

    /// # Errors
    /// When the first load is over its budget.
    pub fn check(&self) -> Result<()> {
        ensure!(!self.pages.is_empty(), "no page of a demo is there");
        if self.first_load() > FIRST_LOAD_BUDGET {
            bail!("the page is too large: {}", self.line());
        }
        Ok(())
    }

    /// What everything weighs that is fetched until a live run can start, of the demo where that is most.
    fn first_load(&self) -> usize {
        self.in_first_load().map(|size| size.brotli).sum()
    }

    /// What the page's own program and an engine weigh.
    pub fn program(&self, engine: &str) -> Weight {
        let is_wasm = |size: &&Size| size.name.ends_with(".wasm");
        let files = self.files.iter().filter(is_wasm);
        let files = files.filter(|size| {
            engine_of(&size.name).is_none_or(|engine_of_file| engine_of_file == engine)
        });
        files.fold(Weight::default(), |sum, size| Weight {
            bytes: sum.bytes + size.raw,
            packed: sum.packed + size.brotli,
        })
    }

    fn in_first_load(&self) -> impl Iterator<Item = &Size> {
        let heaviest = self.pages.iter().max_by_key(|page| {
            let files = self.files.iter().filter(|size| page.needs(&size.name));
            files.map(|size| size.brotli).sum::<usize>()
        });
        let files = self.files.iter();
        files.filter(move |size| heaviest.is_some_and(|page| page.needs(&size.name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="{policy}" />
    <meta name="interleave-demo" content="ping" data-engine="all" />
    <title>a > b</title>
    <!-- <style> in a comment is none -->
    <link rel="stylesheet" href="./style-1.css"/>
    <script src="./start-1.js" type="module"></script>
  </head>
  <body><noscript>No script: on, style="x"</noscript></body>
</html>"#;

    #[test]
    fn inline_code_is_found() {
        #[track_caller]
        fn check(html: &str, expected: Option<&str>) {
            assert_eq!(inline_code(html).as_deref(), expected, "in {html}");
        }
        check(PAGE, None);
        check("<script>start()</script>", Some("an inline <script>"));
        check(
            "<SCRIPT type=\"module\">\nimport './a.js';</SCRIPT>",
            Some("an inline <script>"),
        );
        check(
            "<script type=\"application/ld+json\">{\"name\":\"a\"}</script>",
            None,
        );
        check(
            "<script type=\"application/json\">{}</script>",
            Some("an inline <script>"),
        );
        check("<style>p { color: red }</style>", Some("an inline <style>"));
        check(
            "<p class=\"a\" style=\"color: red\">",
            Some("an attribute `style` in <p>"),
        );
        check(
            "<button disabled onclick='start()'>",
            Some("an attribute `onclick` in <button>"),
        );
        check(
            "<a href=\"javascript:start()\">",
            Some("a `javascript:` address in <a>"),
        );
        check("<p title=\"style=1 onclick=2\">", None);
    }

    #[test]
    fn code_from_strings_is_found() {
        for (script, expected) in [
            ("new Function('return this')()", Some("new Function(")),
            ("x = eval(text)", Some("eval(")),
            ("const retrieval = (a) => a; retrieval(1)", None),
            ("wasm.__wbindgen_eval(1)", None),
            ("isFunction(x)", None),
        ] {
            assert_eq!(evaluation(script), expected, "{script}");
        }
    }

    #[test]
    fn the_table_in_security_md_is_the_policy() -> Result<()> {
        let text = fs::read_to_string(files::root().join("SECURITY.md"))?;
        let (_, table) = text
            .split_once("| directive | why |\n| --- | --- |\n")
            .context("no table")?;
        let (rows, _) = table.split_once("\n\n").context("the table does not end")?;
        let mut directives = Vec::new();
        for row in rows.lines() {
            let (directive, reason) = row
                .strip_prefix("| `")
                .and_then(|row| row.strip_suffix(" |"))
                .and_then(|row| row.split_once("` | "))
                .with_context(|| format!("no row: {row}"))?;
            assert!(!reason.is_empty(), "{directive} has no reason");
            directives.push(directive);
        }
        let policy: Vec<&str> = POLICY
            .iter()
            .copied()
            .chain([POLICY_IN_HEADER_ONLY])
            .collect();
        assert_eq!(directives, policy);
        Ok(())
    }

    #[test]
    fn the_page_says_of_referrers_what_the_header_says() -> Result<()> {
        let html = fs::read_to_string(files::root().join("index.html"))?;
        assert!(html.contains("<meta name=\"referrer\" content=\"no-referrer\" />"));
        assert!(headers(&[]).contains("Referrer-Policy: no-referrer\n"));
        Ok(())
    }

    #[test]
    fn the_policy_is_in_the_page() -> Result<()> {
        let html = with_policy(PAGE)?;
        assert!(html.contains("Policy\" content=\"default-src 'none'; script-src 'self'"));
        assert!(
            !html.contains("frame-ancestors"),
            "browsers ignore it in a page, with a warning"
        );
        let error = with_policy("<head></head>")
            .expect_err("no place for it")
            .to_string();
        assert_eq!(error, "index.html has `{policy}` 0 times, not once");
        Ok(())
    }

    #[test]
    fn hashed_names_are_known() {
        assert!(is_hashed("interleave-db9b6d9444095ed8_bg.wasm"));
        assert!(is_hashed("start-78234e284a4d88b.js"));
        assert!(!is_hashed("index.html"));
        assert!(!is_hashed("well-known.txt"));
    }

    #[test]
    fn each_file_has_one_cache_rule() {
        let names = [
            "app-db9b6d9444095ed8.js",
            "demos/chess.py",
            "demos/chess.rs",
            "engines/all-db9b6d9444095ed8.js",
            "index.html",
        ];
        let headers = headers(&names.map(str::to_owned));
        let (_, cache_rules) = headers
            .split_once("no-referrer\n")
            .expect("the rule for all files comes first");
        assert_eq!(
            cache_rules,
            "/\n  Cache-Control: no-cache\n\
             /app-db9b6d9444095ed8.js\n  Cache-Control: public, max-age=31536000, immutable\n\
             /index.html\n  Cache-Control: no-cache\n\
             /demos/*\n  Cache-Control: no-cache\n\
             /engines/*\n  Cache-Control: public, max-age=31536000, immutable\n"
        );
    }

    #[test]
    fn a_finished_folder_has_what_a_host_needs() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let folder = folder.path();
        let script = "console.log('as long as it takes to be worth compressing');".repeat(20);
        let page = PAGE.replace(
            "<title>",
            "<meta name=\"engine-all\" data-glue=\"./all.js\" data-wasm=\"./all_bg.wasm\"><title>",
        );
        fs::write(folder.join("index.html"), page)?;
        fs::write(folder.join("all.js"), "glue")?;
        fs::write(folder.join("all_bg.wasm"), "wasm")?;
        fs::write(folder.join("app-db9b6d9444095ed8.js"), &script)?;
        fs::write(folder.join("picture-db9b6d9444095ed8.png"), [7; 100])?;
        fs::create_dir(folder.join("demos"))?;
        fs::write(folder.join("demos/ping.md"), "1. Who is first?")?;
        let program =
            "demo!(Demo {\n    summary: \"A \\\"ping\\\".\",\n    keywords: \"net\",\n});";
        fs::write(folder.join("demos/ping.rs"), program)?;
        fs::write(folder.join("demos/symptoms.txt"), "slow: ping\n")?;
        fs::write(folder.join(LICENSES), "MIT")?;
        fs::create_dir(folder.join(PARTS))?;
        fs::write(folder.join("parts/share.js"), "share()")?;
        let worker = "const FILES = \"{files}\".split(\" \"), CACHE = \"{version}\";";
        fs::write(folder.join(SERVICE_WORKER), worker)?;
        finish(folder, |_| Ok(()))?;
        assert_eq!(
            fs::read_to_string(folder.join(TEXTS))?,
            "=== symptoms.txt\nslow: ping\n\n=== ping.md\nA \"ping\".\nnet\n\n1. Who is first?\n"
        );

        let glue = format!("engines/all-{:016x}.js", hash(b"glue"));
        let wasm = format!("engines/all-{:016x}_bg.wasm", hash(b"wasm"));
        let html = fs::read_to_string(folder.join("index.html"))?;
        assert!(html.contains(&glue) && html.contains(&wasm), "{html}");
        fs::remove_file(folder.join(glue))?;
        fs::remove_file(folder.join(wasm))?;

        let part = format!("parts/share-{:016x}.js", hash(b"share()"));
        assert_eq!(part_of(&part).as_deref(), Some("share.js"));
        fs::remove_file(folder.join(&part))?;
        let worker = fs::read_to_string(folder.join(SERVICE_WORKER))?;
        let (_, kept) = worker.split_once('"').context("no list")?;
        let (kept, rest) = kept.split_once('"').context("no end")?;
        let kept: Vec<&str> = kept.split(' ').collect();
        assert!(
            kept.contains(&"index.html") && kept.contains(&&*part),
            "{kept:?}"
        );
        assert!(!kept.contains(&SERVICE_WORKER) && !kept.contains(&LICENSES));
        assert!(!rest.contains("{version}"), "{rest}");
        for twin in ["", ".br", ".gz"] {
            fs::remove_file(folder.join(format!("{SERVICE_WORKER}{twin}")))?;
        }
        assert_eq!(
            files::names(folder)?,
            [
                "_headers",
                "app-db9b6d9444095ed8.js",
                "app-db9b6d9444095ed8.js.br",
                "app-db9b6d9444095ed8.js.gz",
                "data/teaches.txt",
                "data/teaches.txt.br",
                "demos/ping.md",
                "demos/ping.rs",
                "demos/symptoms.txt",
                "index.html",
                "index.html.br",
                "index.html.gz",
                "licenses.txt",
                "picture-db9b6d9444095ed8.png",
            ]
        );
        let unpacks =
            "process.stdout.write(require('zlib').brotliDecompressSync(fs.readFileSync(0)))";
        let packed = fs::read(folder.join("app-db9b6d9444095ed8.js.br"))?;
        let sh = shell()?;
        let unpacked = cmd!(sh, "node --eval {unpacks}").stdin(packed).read()?;
        assert_eq!(unpacked, script);

        let sizes = Sizes::read(folder)?;
        let names: Vec<&str> = sizes.files.iter().map(|size| size.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "app-db9b6d9444095ed8.js",
                "data/teaches.txt",
                "demos/ping.md",
                "demos/ping.rs",
                "demos/symptoms.txt",
                "index.html",
                "licenses.txt",
                "picture-db9b6d9444095ed8.png"
            ]
        );
        assert!(
            sizes.files[0].brotli < sizes.files[0].gzip && sizes.files[0].gzip < sizes.files[0].raw
        );
        assert_eq!(sizes.files[7].brotli, 100);
        let first: Vec<&str> = sizes.in_first_load().map(|size| &*size.name).collect();
        assert_eq!(
            first,
            [
                "app-db9b6d9444095ed8.js",
                "demos/ping.md",
                "demos/ping.rs",
                "index.html",
                "picture-db9b6d9444095ed8.png"
            ],
            "nobody needs the licences to start"
        );
        assert!(sizes.check().is_ok());
        Ok(())
    }

    #[test]
    fn a_page_over_its_budget_is_refused() {
        let brotli = FIRST_LOAD_BUDGET + 1;
        let sizes = Sizes {
            files: vec![Size {
                name: "a".into(),
                raw: brotli,
                gzip: brotli,
                brotli,
            }],
            pages: vec![StaticPage {
                file: "ping.html".into(),
                slug: "ping".into(),
                engine: "all".into(),
            }],
        };
        let error = sizes.check().expect_err("over the budget").to_string();
        assert_eq!(
            error,
            "the page is too large: first load: 300001 of at most 300000 bytes after brotli"
        );
    }
}
