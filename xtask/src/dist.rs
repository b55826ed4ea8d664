//! What a static host needs beside Trunk's output: the content security policy, cache rules, compressed
//! files; and the check that the page stays small.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::build;
use crate::files;
use crate::no_arguments;
use crate::process::say;

/// The most that everything fetched until the first run may weigh, in bytes after brotli, with the
/// whole gallery.
const FIRST_LOAD_BUDGET: usize = 300_000;

/// The host's settings in the format of Netlify and Cloudflare Pages. `serve` reads it too.
pub const HEADERS_FILE: &str = "_headers";

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
const POLICY_IN_HEADER_ONLY: &str = "frame-ancestors 'self'";

/// `cargo xtask dist`.
pub fn command(arguments: &[String]) -> Result<()> {
    no_arguments("dist", arguments)?;
    let dist = build::page()?;
    let sizes = Sizes::read(&dist)?;
    println!("{}", sizes.table());
    sizes.check()?;
    say(format!("{} is ready for any static host", dist.display()));
    Ok(())
}

/// Makes a folder that Trunk wrote ready for a static host.
///
/// # Errors
/// When the page holds a script or a style that the policy forbids, or a file cannot be read or written.
pub fn finish(folder: &Path) -> Result<()> {
    let index = folder.join("index.html");
    let html = fs::read_to_string(&index).context("Trunk wrote no index.html")?;
    if let Some(inline) = inline_code(&html) {
        bail!(
            "index.html has {inline}, which the content security policy forbids: put it into a file in www/"
        );
    }
    fs::write(&index, with_policy(&html)?)?;

    let names = files::names(folder)?;
    fs::create_dir_all(folder.join("data"))?;
    fs::write(folder.join(TEXTS), teaching_texts(folder, &names)?)?;
    let names = files::names(folder)?;
    fs::write(folder.join(HEADERS_FILE), headers(&names))?;
    for name in &names {
        if !compresses(name) {
            continue;
        }
        let content = fs::read(folder.join(name))?;
        for (ending, compressed) in [("br", brotli(&content)), ("gz", gzip(&content)?)] {
            if compressed.len() < content.len() {
                fs::write(folder.join(format!("{name}.{ending}")), compressed)?;
            }
        }
    }
    Ok(())
}

/// The file in which the page's search looks.
const TEXTS: &str = "data/teaches.txt";

/// What all demos teach: each text after a line with `=== ` and its file's name.
fn teaching_texts(folder: &Path, names: &[String]) -> Result<String> {
    let mut texts = String::new();
    for name in names {
        if let Some(file) = name.strip_prefix(SOURCES)
            && file.ends_with(".md")
        {
            let text = fs::read_to_string(folder.join(name))?;
            texts += &format!("=== {file}\n{text}\n");
        }
    }
    Ok(texts)
}

/// Whether a file of the folder is asked for by its name: not the host's settings, not a compressed twin.
pub fn is_page_file(name: &str) -> bool {
    name != HEADERS_FILE && !name.ends_with(".br") && !name.ends_with(".gz")
}

/// Puts the policy into the page, before anything that it could apply to.
fn with_policy(html: &str) -> Result<String> {
    let charset = html
        .find("<meta charset")
        .context("index.html has no <meta charset>")?;
    let end = charset
        + html[charset..]
            .find('>')
            .context("<meta charset> is not closed")?
        + 1;
    let policy = POLICY.join("; ");
    Ok(format!(
        "{}\n    <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\" />{}",
        &html[..end],
        &html[end..]
    ))
}

/// The first script or style in a page that does not come from a file.
fn inline_code(html: &str) -> Option<String> {
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let end = tag_end(rest);
        let tag = &rest[..end];
        rest = &rest[end..];
        let name: String = tag
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect();
        let name = name.to_ascii_lowercase();
        let content = rest
            .strip_prefix('>')
            .unwrap_or(rest)
            .split('<')
            .next()
            .unwrap_or_default();
        if name == "style" || (name == "script" && !content.trim().is_empty()) {
            return Some(format!("an inline <{name}>"));
        }
        for attribute in attribute_names(tag) {
            if attribute == "style" || attribute.starts_with("on") {
                return Some(format!("an attribute `{attribute}` in <{name}>"));
            }
        }
        if tag.to_ascii_lowercase().contains("javascript:") {
            return Some(format!("a `javascript:` address in <{name}>"));
        }
    }
    None
}

/// Where the tag at the start of the text is closed, counting no `>` in quotes.
fn tag_end(text: &str) -> usize {
    let mut quote = None;
    for (index, character) in text.char_indices() {
        match (quote, character) {
            (None, '>') => return index,
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
    }
    text.len()
}

/// The names of a tag's attributes, in lower case.
fn attribute_names(tag: &str) -> Vec<String> {
    // With the quoted values gone, a space separates attributes and `=` ends a name.
    let mut bare = String::new();
    let mut quote = None;
    for character in tag.chars() {
        match (quote, character) {
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), close) if open == close => quote = None,
            (None, other) => bare.push(other),
            (Some(_), _) => {}
        }
    }
    let words = bare.split_whitespace().skip(1);
    words
        .map(|word| {
            word.split('=')
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase()
        })
        .collect()
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
    let mut folders = BTreeSet::new();
    for name in names {
        match name.split_once('/') {
            // Trunk hashes no names in folders, and Cloudflare takes at most a hundred rules.
            Some((folder, _)) => {
                folders.insert(folder);
            }
            None if is_hashed(name) => rule(name, "public, max-age=31536000, immutable"),
            None => rule(name, "no-cache"),
        }
    }
    for folder in folders {
        rule(&format!("{folder}/*"), "no-cache");
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
    let endings = [
        ".html",
        ".css",
        ".js",
        ".wasm",
        ".svg",
        ".json",
        ".txt",
        ".webmanifest",
        ".rs",
        ".py",
        ".md",
    ];
    endings.iter().any(|ending| name.ends_with(ending))
}

fn brotli(content: &[u8]) -> Vec<u8> {
    let mut compressed = Vec::new();
    let settings = brotli::enc::BrotliEncoderParams {
        quality: 11,
        size_hint: content.len(),
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &content[..], &mut compressed, &settings)
        .expect("memory takes every byte");
    compressed
}

fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

/// The folder with the demos' sources; the page fetches those of the demo that is shown.
const SOURCES: &str = "demos/";

/// What the files of `dist/` weigh.
pub struct Sizes {
    files: Vec<Size>,
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
        Ok(Self { files })
    }

    /// The files of the first load and their sum as text.
    pub fn table(&self) -> String {
        let row = |name: &str, raw: &str, gzip: &str, brotli: &str| {
            format!("{name:<44}{raw:>10}{gzip:>10}{brotli:>10}\n")
        };
        let mut table = row("bytes", "raw", "gzip", "brotli");
        for Size {
            name,
            raw,
            gzip,
            brotli,
        } in self.in_first_load()
        {
            table += &row(
                name,
                &raw.to_string(),
                &gzip.to_string(),
                &brotli.to_string(),
            );
        }
        let sum =
            |part: fn(&Size) -> usize| self.in_first_load().map(part).sum::<usize>().to_string();
        table += &row(
            "first load",
            &sum(|size| size.raw),
            &sum(|size| size.gzip),
            &sum(|size| size.brotli),
        );
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
        if self.first_load() > FIRST_LOAD_BUDGET {
            bail!("the page is too large: {}", self.line());
        }
        Ok(())
    }

    /// The files of the page itself, and the largest demo's source. What else is in folders is
    /// fetched when a reader asks for it.
    fn first_load(&self) -> usize {
        self.in_first_load().map(|size| size.brotli).sum()
    }

    fn in_first_load(&self) -> impl Iterator<Item = &Size> {
        let largest = self
            .files
            .iter()
            .filter(|size| size.name.starts_with(SOURCES))
            .max_by_key(|size| size.brotli);
        let page = self.files.iter().filter(|size| !size.name.contains('/'));
        page.chain(largest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
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
    fn the_policy_stands_before_what_it_applies_to() -> Result<()> {
        let html = with_policy(PAGE)?;
        let policy = html
            .find("Content-Security-Policy")
            .expect("the policy is in the page");
        assert!(html.find("charset").expect("kept") < policy);
        assert!(
            policy < html.find("<link").expect("kept")
                && policy < html.find("<script").expect("kept")
        );
        assert!(
            !html.contains("frame-ancestors"),
            "browsers ignore it in a page, with a warning"
        );
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
             /demos/*\n  Cache-Control: no-cache\n"
        );
    }

    #[test]
    fn a_finished_folder_has_what_a_host_needs() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let folder = folder.path();
        let script = "console.log('as long as it takes to be worth compressing');".repeat(20);
        fs::write(folder.join("index.html"), PAGE)?;
        fs::write(folder.join("app-db9b6d9444095ed8.js"), &script)?;
        fs::write(folder.join("picture-db9b6d9444095ed8.png"), [7; 100])?;
        fs::create_dir(folder.join("demos"))?;
        fs::write(folder.join("demos/ping.md"), "Who is first?")?;
        finish(folder)?;
        assert_eq!(
            fs::read_to_string(folder.join(TEXTS))?,
            "=== ping.md\nWho is first?\n"
        );

        assert_eq!(
            files::names(folder)?,
            [
                "_headers",
                "app-db9b6d9444095ed8.js",
                "app-db9b6d9444095ed8.js.br",
                "app-db9b6d9444095ed8.js.gz",
                "data/teaches.txt",
                "demos/ping.md",
                "index.html",
                "index.html.br",
                "index.html.gz",
                "picture-db9b6d9444095ed8.png",
            ]
        );
        let mut unpacked = Vec::new();
        let packed = fs::read(folder.join("app-db9b6d9444095ed8.js.br"))?;
        brotli::BrotliDecompress(&mut &packed[..], &mut unpacked)?;
        assert_eq!(unpacked, script.as_bytes());

        let sizes = Sizes::read(folder)?;
        let names: Vec<&str> = sizes.files.iter().map(|size| size.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "app-db9b6d9444095ed8.js",
                "data/teaches.txt",
                "demos/ping.md",
                "index.html",
                "picture-db9b6d9444095ed8.png"
            ]
        );
        assert!(
            sizes.files[0].brotli < sizes.files[0].gzip && sizes.files[0].gzip < sizes.files[0].raw
        );
        assert_eq!(sizes.files[4].brotli, 100);
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
        };
        let error = sizes.check().expect_err("over the budget").to_string();
        assert_eq!(
            error,
            "the page is too large: first load: 300001 of at most 300000 bytes after brotli"
        );
    }
}
