//! Every demo's static page: what `examples/static_pages.rs` writes of it, in the template that index.html is.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use xshell::cmd;

use crate::dist::{ENGINE_TAG, ENGINES, part_of};
use crate::files::{self, hash};
use crate::process::{own_cargo_path, say, shell};
use crate::tools;

/// What the files weigh that a demo cannot start without, in bytes: as they are, and compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    /// As they are.
    pub bytes: usize,
    /// Compressed.
    pub packed: usize,
}

/// Where the template has the page.
const PAGE: &str = "{page}";

/// Where the site will be.
#[derive(Clone, Debug)]
pub struct Site(String);

impl Site {
    /// A folder's address, with or without a slash at its end.
    ///
    /// # Errors
    /// A sentence, when it is not a whole address.
    pub fn new(address: &str) -> Result<Self, String> {
        let is_whole = ["https://", "http://"].iter().any(|scheme| {
            address
                .strip_prefix(scheme)
                .is_some_and(|rest| !rest.is_empty())
        });
        let is_plain =
            !address.contains(|letter: char| "\"<>?#& ".contains(letter) || letter.is_control());
        match is_whole && is_plain {
            true => Ok(Site(format!("{}/", address.trim_end_matches('/')))),
            false => Err(
                "an address begins with https:// or http:// and has no query and no fragment"
                    .to_owned(),
            ),
        }
    }

    /// The address of a file.
    fn file(&self, name: &str) -> String {
        format!("{}{name}", self.0)
    }
}

/// The folder with the pictures of link previews.
const PREVIEWS: &str = "preview";

/// Writes a page for every demo beside index.html, which becomes the first demo's. `weight` says what a demo's engine
/// and the page's own program weigh together.
///
/// # Errors
/// When the pages cannot be rendered, or the template has no place for something.
pub fn write(folder: &Path, site: Option<&Site>, weight: impl Fn(&str) -> Weight) -> Result<()> {
    say("writing every demo's static page: some seconds, about 2 minutes the first time");
    let sh = shell()?;
    let cargo = own_cargo_path();
    let lines = cmd!(
        sh,
        "{cargo} run --quiet --package interleave --example static_pages"
    )
    .read()?;
    let index = folder.join("index.html");
    let template = with_own_engine(folder, &fs::read_to_string(&index)?)?;
    let mut is_first = true;
    let mut addresses = Vec::new();
    for line in lines.lines() {
        let demo: Value = serde_json::from_str(line).context("a static page is no JSON")?;
        let weight = weight(text(&demo, "engine")?);
        let name = format!("{}.html", text(&demo, "slug")?);
        let html = filled(&template, &demo, site, weight)?;
        if std::mem::take(&mut is_first) {
            fs::write(&index, &html)?;
        }
        fs::write(folder.join(&name), html)?;
        addresses.extend(site.map(|site| site.file(&name)));
    }
    ensure!(!is_first, "no static page was written");
    if site.is_some() {
        fs::write(folder.join("sitemap.xml"), site_map(&addresses))?;
        say("pictures of link previews, with the browser of the tests: half a minute");
        let previews = folder.join(PREVIEWS);
        let script = cmd!(sh, "node xtask/previews.js {previews}");
        tools::with_browser(script, "")?.stdin(lines).run()?;
    }
    Ok(())
}

/// Where the template has the tag of a demo's own engine.
const OWN_ENGINE: &str = "{own engine}";

/// The template without the tags of all engines: a page has that of its own engine, and the name of a file that says
/// where the others are, and the page's parts, which few readers need.
fn with_own_engine(folder: &Path, template: &str) -> Result<Template> {
    let mut html = without_preloads(without_comments(template));
    let mut tags = BTreeMap::new();
    let mut engines = serde_json::Map::new();
    while let Some(from) = html.find(&format!("<meta name=\"{ENGINE_TAG}")) {
        let length = html[from..].find('>').context("a tag has no end")? + 1;
        let tag: String = html.drain(from..from + length).collect();
        if engines.is_empty() {
            html.insert_str(from, OWN_ENGINE);
        }
        let missing = || format!("not all that an engine needs is in {tag}");
        let [name, glue, wasm] =
            ["name", "data-glue", "data-wasm"].map(|name| attribute(&tag, name));
        let name = name.with_context(missing)?;
        let name = name.trim_start_matches(ENGINE_TAG).to_owned();
        let files =
            json!({ "glue": glue.with_context(missing)?, "wasm": wasm.with_context(missing)? });
        engines.insert(name.clone(), files);
        tags.insert(name, tag);
    }
    for file in files::names(folder)? {
        if let Some(part) = part_of(&file) {
            engines.insert(part, json!(format!("./{file}")));
        }
    }
    let engines = Value::Object(engines).to_string();
    let file = format!("{ENGINES}list-{:016x}.json", hash(engines.as_bytes()));
    fs::write(folder.join(&file), engines)?;
    let tag = format!("<meta name=\"engines\" data-list=\"./{file}\" />");
    html = html.replace("</head>", &format!("{tag}</head>"));
    Ok(Template { html, tags })
}

/// HTML without what is said to those who work on it.
fn without_comments(html: &str) -> String {
    let mut pieces = html.split("<!--");
    let first = pieces.next().unwrap_or_default().trim_end().to_owned();
    pieces.fold(first, |text, piece| {
        text + piece
            .split_once("-->")
            .map_or("", |(_, rest)| rest)
            .trim_end()
    })
}

/// HTML without the tags that have the program fetched before it is asked for: what is painted first comes first.
/// www/start.js asks for all of it as soon as it is there.
fn without_preloads(mut html: String) -> String {
    for rel in ["modulepreload", "preload"] {
        while let Some(from) = html.find(&format!("<link rel=\"{rel}\"")) {
            let end = html[from..]
                .find('>')
                .map_or(html.len(), |end| from + end + 1);
            html.replace_range(from..end, "");
        }
    }
    html
}

/// What all pages have in common.
struct Template {
    html: String,
    /// Of each engine, the tag that says where its files are.
    tags: BTreeMap<String, String>,
}

/// A text of what is written for a demo.
fn text<'a>(demo: &'a Value, name: &str) -> Result<&'a str> {
    let text = demo[name].as_str();
    text.with_context(|| format!("a static page does not say its {name}"))
}

/// The template with a demo's page in it.
fn filled(
    template: &Template,
    demo: &Value,
    site: Option<&Site>,
    weight: Weight,
) -> Result<String> {
    let [slug, title, summary, engine, sources] =
        ["slug", "title", "summary", "engine", "sources"].map(|name| text(demo, name));
    let (slug, engine) = (slug?, engine?);
    // What takes over is laid out behind it; what is said of another demo stands for itself.
    let mut page = String::from("<div id=\"static\">");
    for window in demo["pages"].as_array().into_iter().flatten() {
        let (class, html) = (text(window, "class")?, text(window, "html")?);
        page += &format!("<div class=\"{class}\">{html}</div>");
    }
    page += &format!(
        "<div class=\"without-script\">{}</div></div>\
         <div id=\"elsewhere\"><p role=\"status\"></p></div>",
        sources?
    );
    let missing = || format!("index.html does not say where the files of {slug} are");
    let own_engine = template.tags.get(engine).with_context(missing)?;
    let (title, summary) = (title?, summary?.replace('`', ""));
    let about = site.map_or(String::new(), |site| about(site, slug, title, &summary));
    let head = format!("{about}</head>");
    let mut html = template.html.clone();
    for (place, text) in [
        ("{title}", &*format!("{} · Interleave", escaped(title))),
        ("{description}", &escaped(&summary)),
        ("{slug}", slug),
        ("{engine}", engine),
        ("{bytes}", &weight.bytes.to_string()),
        ("{packed}", &weight.packed.to_string()),
        (OWN_ENGINE, own_engine),
        ("</head>", &head),
        (PAGE, &page),
    ] {
        ensure!(
            html.matches(place).count() == 1,
            "index.html has not one place for {place}"
        );
        html = html.replace(place, text);
    }
    Ok(html)
}

/// The slug of a static page's demo, and its engine.
pub fn demo_of(html: &str) -> Option<[String; 2]> {
    let (_, rest) = html.split_once("<meta name=\"interleave-demo\"")?;
    let (tag, _) = rest.split_once('>')?;
    Some([attribute(tag, "content")?, attribute(tag, "data-engine")?])
}

/// The value of the first attribute of that name in a tag, or in what begins with one.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(rest.split_once('"')?.0.to_owned())
}

/// What search engines and link previews read of a page.
fn about(site: &Site, slug: &str, title: &str, summary: &str) -> String {
    let (address, picture) = (
        site.file(&format!("{slug}.html")),
        site.file(&format!("{PREVIEWS}/{slug}.png")),
    );
    let data = json!({
        "@context": "https://schema.org",
        "@type": "LearningResource",
        "name": title,
        "description": summary,
        "url": address,
        "image": picture,
        "inLanguage": "en",
        "isAccessibleForFree": true,
        "learningResourceType": "interactive example",
        "teaches": "asynchronous programming with coroutines",
        "isPartOf": { "@type": "WebSite", "name": "Interleave", "url": site.0 },
    });
    // A data block ends with the first of these, wherever it stands.
    let data = data.to_string().replace('<', "\\u003c");
    let (title, summary) = (escaped(title), escaped(summary));
    format!(
        "<link rel=\"canonical\" href=\"{address}\">\
         <meta property=\"og:type\" content=\"article\"><meta property=\"og:site_name\" content=\"Interleave\">\
         <meta property=\"og:title\" content=\"{title}\"><meta property=\"og:description\" content=\"{summary}\">\
         <meta property=\"og:url\" content=\"{address}\"><meta property=\"og:image\" content=\"{picture}\">\
         <meta property=\"og:image:width\" content=\"1200\"><meta property=\"og:image:height\" content=\"630\">\
         <meta property=\"og:image:alt\" content=\"When each task ran and waited: {title}\">\
         <meta name=\"twitter:card\" content=\"summary_large_image\">\
         <script type=\"application/ld+json\">{data}</script>"
    )
}

/// The list of all pages for search engines.
fn site_map(addresses: &[String]) -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    for address in addresses {
        text += &format!("  <url><loc>{address}</loc></url>\n");
    }
    text + "</urlset>\n"
}

/// Text as it stands in HTML, also within quotation marks.
fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "<html lang=\"en\"><head><title>{title}</title>\
        <link rel=\"modulepreload\" href=\"./a.js\"><link rel=\"preload\" href=\"./a.wasm\" as=\"fetch\">\
        <meta name=\"description\" content=\"{description}\" />\
        <meta name=\"interleave-demo\" content=\"{slug}\" data-engine=\"{engine}\" data-bytes=\"{bytes}\" data-packed=\"{packed}\" />\
        <meta name=\"interleave-files\" data-glue=\"./a.js\" data-wasm=\"./a.wasm\">\
        <meta name=\"engine-parts\" data-glue=\"./e.js\" data-wasm=\"./e.wasm\" /></head><body>{page}</body></html>";

    fn demo() -> Value {
        json!({
            "slug": "ping", "title": "Ping & pong", "summary": "Who is \"first\"? `main`.", "engine": "parts",
            "pages": [{ "class": "in-wide", "html": "<h1>Ping</h1>" }], "sources": "<pre>ping()</pre>",
        })
    }

    /// What is common to the pages of this template, and the list of its engines.
    fn template(html: &str) -> Result<(Template, String)> {
        let folder = tempfile::tempdir()?;
        fs::create_dir(folder.path().join(ENGINES))?;
        let template = with_own_engine(folder.path(), html)?;
        let mut files = fs::read_dir(folder.path().join(ENGINES))?;
        let list = files.next().context("there is no list")??;
        Ok((template, fs::read_to_string(list.path())?))
    }

    fn page(site: Option<&str>) -> Result<String> {
        let site = site.map(|address| Site::new(address).expect("a whole address"));
        let weight = Weight {
            bytes: 900,
            packed: 300,
        };
        let (template, _) = template(TEMPLATE)?;
        filled(&template, &demo(), site.as_ref(), weight)
    }

    #[test]
    fn a_page_has_its_demo_and_fetches_nothing_before_it_is_painted() -> Result<()> {
        let html = page(None)?;
        for part in [
            "<title>Ping &amp; pong · Interleave</title>",
            "content=\"Who is &quot;first&quot;? main.\"",
            "content=\"ping\" data-engine=\"parts\" data-bytes=\"900\" data-packed=\"300\"",
            "data-glue=\"./a.js\" data-wasm=\"./a.wasm\"",
            "data-glue=\"./e.js\" data-wasm=\"./e.wasm\"",
            "<div id=\"static\"><div class=\"in-wide\"><h1>Ping</h1></div>",
        ] {
            assert!(html.contains(part), "{part} is in\n{html}");
        }
        assert_eq!(demo_of(&html), Some(["ping".into(), "parts".into()]));
        assert!(!html.contains("preload"), "{html}");
        assert!(!html.contains("og:") && !html.contains("canonical") && !html.contains('{'));
        Ok(())
    }

    #[test]
    fn where_the_site_is_known_others_are_told_of_the_page() -> Result<()> {
        let html = page(Some("https://example.org/a"))?;
        for part in [
            "<link rel=\"canonical\" href=\"https://example.org/a/ping.html\">",
            "content=\"https://example.org/a/preview/ping.png\"",
            "<script type=\"application/ld+json\">{\"@context\":\"https://schema.org\"",
        ] {
            assert!(html.contains(part), "{part} is in\n{html}");
        }
        assert!(
            site_map(&["https://example.org/ping.html".into()])
                .contains("<loc>https://example.org/ping.html</loc>")
        );
        Ok(())
    }

    #[test]
    fn an_address_is_whole() {
        for address in [
            "example.org",
            "https://",
            "https://example.org/?a=b",
            "ftp://example.org",
        ] {
            assert!(Site::new(address).is_err(), "{address}");
        }
    }

    #[test]
    fn a_template_without_a_place_is_refused() -> Result<()> {
        let (template, _) = template(&TEMPLATE.replace("{page}", ""))?;
        let error = filled(&template, &demo(), None, Weight::default()).expect_err("no place");
        assert_eq!(error.to_string(), "index.html has not one place for {page}");
        Ok(())
    }

    #[test]
    fn a_page_names_its_own_engine_and_a_list_of_all() -> Result<()> {
        let other =
            "<meta name=\"engine-more\" data-glue=\"./m.js\" data-wasm=\"./m.wasm\" /><!-- a -->";
        let (template, list) = template(&TEMPLATE.replace("</head>", &format!("{other}</head>")))?;
        let html = filled(&template, &demo(), None, Weight::default())?;
        assert!(html.contains("<meta name=\"engine-parts\" data-glue=\"./e.js\""));
        assert!(!html.contains("m.wasm") && !html.contains("<!--"), "{html}");
        assert!(html.contains("<meta name=\"engines\" data-list=\"./engines/list-"));
        assert_eq!(
            list,
            r#"{"more":{"glue":"./m.js","wasm":"./m.wasm"},"parts":{"glue":"./e.js","wasm":"./e.wasm"}}"#
        );
        Ok(())
    }
}
