//! `dist/` over HTTP on this machine, the way a static host would: with the headers of its `_headers` file
//! and its compressed files.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};

use crate::dist::{HEADERS_FILE, Sizes, is_page_file};
use crate::process::{say, succeeds};
use crate::{build, files, unknown};

const OPTIONS: [&str; 2] = ["--port", "--open"];

/// The longest head of a request that is read, in bytes.
const LONGEST_HEAD: u64 = 16 * 1024;

/// A header's name and value.
type Header = (String, String);

/// `cargo xtask serve`.
pub fn command(arguments: &[String]) -> Result<()> {
    let mut port = 8080;
    let mut is_opened = false;
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (word.as_str(), None),
        };
        match name {
            "--port" => {
                let Some(text) = value.or_else(|| words.next().map(String::as_str)) else {
                    bail!("--port takes a number from 0 to 65535");
                };
                let Ok(number) = text.parse() else {
                    bail!("--port takes a number from 0 to 65535, not `{text}`");
                };
                port = number;
            }
            "--open" if value.is_none() => is_opened = true,
            _ => bail!(unknown("option", name, OPTIONS.into_iter())),
        }
    }

    // A port that is taken is better known before the build than after it.
    let server = bind(port)?;
    let dist = build::page()?;
    say(Sizes::read(&dist)?.line());
    let listening = Listening::start(server, &dist)?;
    let address = listening.address();
    say(format!("serving {address} (Ctrl+C ends it)"));
    if is_opened {
        open(&address);
    }
    listening.wait();
    Ok(())
}

/// Shows an address in the reader's browser.
fn open(address: &str) {
    let openers: [&[&str]; 3] = [&["xdg-open"], &["open"], &["cmd", "/C", "start"]];
    let opened = openers
        .iter()
        .any(|words| succeeds(Command::new(words[0]).args(&words[1..]).arg(address)));
    if !opened {
        say(format!(
            "no browser could be started: open {address} in one"
        ));
    }
}

/// Takes a port of this machine, 0 for any that is free.
///
/// # Errors
/// When the port is taken.
pub fn bind(port: u16) -> Result<TcpListener> {
    TcpListener::bind(("127.0.0.1", port)).map_err(|error| {
        let other = if port < u16::MAX { port + 1 } else { 8080 };
        anyhow!("could not listen on port {port} ({error}): try --port {other}")
    })
}

/// A server that answers until the program ends.
///
/// It is a few lines of its own: each connection has its thread, whatever a browser opens and
/// leaves open. A library that shares a pool of threads among them let a page's first file wait
/// for a connection that stayed open.
pub struct Listening {
    port: u16,
    thread: std::thread::JoinHandle<()>,
}

impl Listening {
    /// Serves a finished folder as it is now; a later build does not change what is served.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn start(listener: TcpListener, folder: &Path) -> Result<Self> {
        let site = Arc::new(Site::read(folder)?);
        let port = listener.local_addr()?.port();
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let site = Arc::clone(&site);
                // A browser that went away needs no answer.
                std::thread::spawn(move || site.converse(&stream));
            }
        });
        Ok(Self { port, thread })
    }

    /// The address of the page.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// Returns when nothing is served any more.
    fn wait(self) {
        let _ = self.thread.join();
    }
}

/// The files to serve, by their path in the address. As nothing else is looked up, an address cannot lead out
/// of the folder.
struct Site {
    files: HashMap<String, Page>,
    /// The headers of what is not there.
    rules: Rules,
}

struct Page {
    content: Vec<u8>,
    brotli: Option<Vec<u8>>,
    gzip: Option<Vec<u8>>,
    headers: Vec<Header>,
}

impl Site {
    fn read(folder: &Path) -> Result<Self> {
        let rules = Rules::parse(&fs::read_to_string(folder.join(HEADERS_FILE))?)?;
        let names = files::names(folder)?;
        let read = |name: &str| fs::read(folder.join(name)).ok();
        let mut files = HashMap::new();
        for name in names.iter().filter(|name| is_page_file(name)) {
            let content = read(name).with_context(|| format!("could not read {name}"))?;
            let mut headers = rules.matching(&format!("/{name}"));
            headers.push(header("Content-Type", media_type(name)));
            let brotli = read(&format!("{name}.br"));
            let gzip = read(&format!("{name}.gz"));
            if brotli.is_some() || gzip.is_some() {
                headers.push(header("Vary", "Accept-Encoding"));
            }
            files.insert(
                format!("/{name}"),
                Page {
                    content,
                    brotli,
                    gzip,
                    headers,
                },
            );
        }
        Ok(Self { files, rules })
    }

    /// Answers the requests of one connection, one after the other.
    fn converse(&self, stream: &TcpStream) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let mut reader = BufReader::new(stream);
        loop {
            let mut lines = Vec::new();
            let mut head = (&mut reader).take(LONGEST_HEAD);
            loop {
                let mut line = String::new();
                if head.read_line(&mut line)? == 0 {
                    return Ok(());
                }
                match line.trim_end() {
                    "" => break,
                    line => lines.push(line.to_owned()),
                }
            }
            self.answer(stream, &lines)?;
            let closes = |line: &String| line.eq_ignore_ascii_case("connection: close");
            if lines.iter().any(closes) {
                return Ok(());
            }
        }
    }

    /// Answers a request, given as the lines of its head.
    fn answer(&self, mut stream: &TcpStream, lines: &[String]) -> std::io::Result<()> {
        let mut words = lines.first().map_or("", String::as_str).split(' ');
        let method = words.next().unwrap_or_default();
        let path = words.next().unwrap_or_default();
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let path = if path == "/" { "/index.html" } else { path };
        let accepted = lines.iter().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("accept-encoding")
                .then_some(value)
        });
        let accepts = |name: &str| {
            accepted
                .unwrap_or_default()
                .split(',')
                .any(|word| word.split(';').next().unwrap_or("").trim() == name)
        };
        let (status, mut headers, content): (_, _, &[u8]) = match self.files.get(path) {
            _ if !matches!(method, "GET" | "HEAD") => {
                ("405 Method Not Allowed", Vec::new(), b"only GET and HEAD\n")
            }
            None => (
                "404 Not Found",
                self.rules.matching(path),
                b"no such file\n",
            ),
            Some(page) => {
                let (encoding, content) = match page {
                    Page {
                        brotli: Some(content),
                        ..
                    } if accepts("br") => (Some("br"), content),
                    Page {
                        gzip: Some(content),
                        ..
                    } if accepts("gzip") => (Some("gzip"), content),
                    _ => (None, &page.content),
                };
                let mut headers = page.headers.clone();
                headers.extend(encoding.map(|name| header("Content-Encoding", name)));
                ("200 OK", headers, content)
            }
        };
        // Said how long it is, a browser can show how far it got.
        headers.push(header("Content-Length", &content.len().to_string()));
        let mut answer = format!("HTTP/1.1 {status}\r\n").into_bytes();
        for (name, value) in headers {
            answer.extend(format!("{name}: {value}\r\n").bytes());
        }
        answer.extend(b"\r\n");
        if method != "HEAD" {
            answer.extend(content);
        }
        stream.write_all(&answer)
    }
}

/// The rules of a `_headers` file.
struct Rules {
    /// A path, which may end in `*`, and its headers.
    rules: Vec<(String, Vec<Header>)>,
}

impl Rules {
    fn parse(text: &str) -> Result<Self> {
        let mut rules: Vec<(String, Vec<Header>)> = Vec::new();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            if !line.starts_with(' ') {
                rules.push((line.to_owned(), Vec::new()));
                continue;
            }
            let (_, headers) = rules
                .last_mut()
                .context("_headers starts with a header, not with a path")?;
            let (name, value) = line
                .split_once(':')
                .with_context(|| format!("_headers has no colon in `{line}`"))?;
            headers.push(header(name.trim(), value.trim()));
        }
        Ok(Self { rules })
    }

    fn matching(&self, path: &str) -> Vec<Header> {
        let matches = |rule: &str| match rule.strip_suffix('*') {
            Some(start) => path.starts_with(start),
            None => path == rule,
        };
        let matching = self.rules.iter().filter(|(rule, _)| matches(rule));
        matching.flat_map(|(_, headers)| headers.clone()).collect()
    }
}

fn header(name: &str, value: &str) -> Header {
    (name.to_owned(), value.to_owned())
}

/// What a browser takes a file for. WebAssembly is compiled while it arrives only under its own type.
fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        "txt" | "rs" | "py" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist;

    /// What the server answers: the head in lower case, and the body.
    fn ask(port: u16, request: &str) -> Result<(String, Vec<u8>)> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        write!(
            stream,
            "{request}\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let end = answer
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .context("no end of the head")?;
        Ok((
            String::from_utf8(answer[..end].to_vec())?.to_lowercase(),
            answer[end + 4..].to_vec(),
        ))
    }

    fn serve_a_small_site() -> Result<Listening> {
        let folder = tempfile::tempdir()?;
        let html =
            "<!DOCTYPE html><html><head><meta charset=\"utf-8\"></head><body>hello</body></html>";
        fs::write(folder.path().join("index.html"), html)?;
        fs::write(folder.path().join("app-db9b6d9444095ed8.wasm"), [0; 500])?;
        dist::finish(folder.path())?;
        Listening::start(bind(0)?, folder.path())
    }

    #[test]
    fn files_come_with_their_type_policy_and_cache_rule() -> Result<()> {
        let site = serve_a_small_site()?;

        let (head, body) = ask(site.port, "GET /?demo=x HTTP/1.1")?;
        assert!(head.starts_with("http/1.1 200"), "{head}");
        assert!(
            head.contains("content-type: text/html; charset=utf-8"),
            "{head}"
        );
        assert!(
            head.contains("content-security-policy: default-src 'none'; script-src 'self'"),
            "{head}"
        );
        assert!(head.contains("frame-ancestors 'self'"), "{head}");
        assert!(head.contains("x-content-type-options: nosniff"), "{head}");
        assert!(head.contains("referrer-policy: no-referrer"), "{head}");
        assert_eq!(head.matches("cache-control: no-cache").count(), 1, "{head}");
        assert!(String::from_utf8(body)?.contains("hello"));

        let (head, body) = ask(site.port, "GET /app-db9b6d9444095ed8.wasm HTTP/1.1")?;
        assert!(head.contains("content-type: application/wasm"), "{head}");
        assert!(
            head.contains("cache-control: public, max-age=31536000, immutable"),
            "{head}"
        );
        assert_eq!(body, [0; 500]);
        Ok(())
    }

    #[test]
    fn compressed_files_go_to_those_who_accept_them() -> Result<()> {
        let site = serve_a_small_site()?;
        let wasm = "GET /app-db9b6d9444095ed8.wasm HTTP/1.1\r\nAccept-Encoding:";

        let (head, body) = ask(site.port, &format!("{wasm} gzip, deflate, br, zstd"))?;
        assert!(
            head.contains("content-encoding: br") && head.contains("vary: accept-encoding"),
            "{head}"
        );
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut &body[..], &mut unpacked)?;
        assert_eq!(unpacked, [0; 500]);

        let (head, _) = ask(site.port, &format!("{wasm} gzip;q=0.5"))?;
        assert!(head.contains("content-encoding: gzip"), "{head}");
        Ok(())
    }

    #[test]
    fn nothing_else_is_served() -> Result<()> {
        let site = serve_a_small_site()?;
        for path in [
            "/missing.js",
            "/_headers",
            "/../Cargo.toml",
            "/%2e%2e/Cargo.toml",
            "//etc/passwd",
        ] {
            let (head, _) = ask(site.port, &format!("GET {path} HTTP/1.1"))?;
            assert!(head.starts_with("http/1.1 404"), "{path}: {head}");
            assert!(head.contains("content-security-policy"), "{path}: {head}");
        }
        let (head, _) = ask(site.port, "POST / HTTP/1.1\r\nContent-Length: 0")?;
        assert!(head.starts_with("http/1.1 405"), "{head}");
        Ok(())
    }

    #[test]
    fn a_port_that_is_taken_is_named() -> Result<()> {
        let site = serve_a_small_site()?;
        let error = bind(site.port).err().context("should be refused")?;
        let start = format!("could not listen on port {}", site.port);
        assert!(error.to_string().starts_with(&start), "{error}");
        Ok(())
    }
}
