//! `dist/` over HTTP on this machine, the way a static host would: with the headers of its `_headers` file
//! and its compressed files.

use std::collections::HashMap;
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use oxhttp::model::{Body, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use oxhttp::{ListeningServer, Server};

use crate::dist::{HEADERS_FILE, is_page_file};
use crate::files;

/// A header's name and value.
type Header = (HeaderName, HeaderValue);

/// Finds a port of this machine that is free; 0 asks for any.
///
/// # Errors
/// When the port is taken.
pub fn free_port(port: u16) -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| {
        let other = if port < u16::MAX { port + 1 } else { 8080 };
        anyhow!("could not listen on port {port} ({error}): try --port {other}")
    })?;
    Ok(listener.local_addr()?.port())
}

/// A server that answers until the program ends. Each connection has its thread, whatever a browser opens
/// and leaves open: a pool of threads would let a page's first file wait for a connection that stays open.
pub struct Listening {
    port: u16,
    server: ListeningServer,
}

impl Listening {
    /// Serves a finished folder as it is now on a port that is free; a later build does not change what is
    /// served.
    ///
    /// # Errors
    /// When the folder cannot be read, or the port is taken.
    pub fn start(port: u16, folder: &Path) -> Result<Self> {
        let site = Site::read(folder)?;
        let port = free_port(port)?;
        let server = Server::new(move |request| site.answer(request));
        let server = server.bind((Ipv4Addr::LOCALHOST, port)).spawn()?;
        Ok(Self { port, server })
    }

    /// The address of the page.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// Returns when nothing is served any more.
    ///
    /// # Errors
    /// When the server failed.
    pub fn wait(self) -> Result<()> {
        Ok(self.server.join()?)
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
    /// The compressed versions first, each with its name in HTTP.
    versions: Vec<(Option<&'static str>, Vec<u8>)>,
    headers: Vec<Header>,
}

impl Site {
    fn read(folder: &Path) -> Result<Self> {
        let rules = Rules::parse(&fs::read_to_string(folder.join(HEADERS_FILE))?)?;
        let mut files = HashMap::new();
        for name in files::names(folder)?
            .iter()
            .filter(|name| is_page_file(name))
        {
            let mut headers = rules.matching(&format!("/{name}"));
            headers.push(header("Content-Type", media_type(name))?);
            let mut versions = Vec::new();
            for (encoding, ending) in [(Some("br"), ".br"), (Some("gzip"), ".gz"), (None, "")] {
                if let Ok(content) = fs::read(folder.join(format!("{name}{ending}"))) {
                    versions.push((encoding, content));
                }
            }
            if versions.len() > 1 {
                headers.push(header("Vary", "Accept-Encoding")?);
            }
            files.insert(format!("/{name}"), Page { versions, headers });
        }
        Ok(Self { files, rules })
    }

    fn answer(&self, request: &Request<Body>) -> Response<Body> {
        let path = match request.uri().path() {
            "/" => "/index.html",
            path => path,
        };
        let accepted = request.headers().get("Accept-Encoding");
        let accepted = accepted
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let accepts = |encoding: &str| {
            accepted
                .split(',')
                .any(|word| word.split(';').next().unwrap_or("").trim() == encoding)
        };
        let (status, mut headers, mut content) = match self.files.get(path) {
            _ if ![Method::GET, Method::HEAD].contains(request.method()) => (
                StatusCode::METHOD_NOT_ALLOWED,
                Vec::new(),
                "only GET and HEAD\n".into(),
            ),
            None => (
                StatusCode::NOT_FOUND,
                self.rules.matching(path),
                "no such file\n".into(),
            ),
            Some(Page { versions, headers }) => {
                let is_accepted = |(encoding, _): &&(Option<&str>, _)| encoding.is_none_or(accepts);
                let version = versions
                    .iter()
                    .find(is_accepted)
                    .expect("the plain file is last");
                let mut headers = headers.clone();
                headers.extend(version.0.map(|encoding| {
                    (
                        HeaderName::from_static("content-encoding"),
                        HeaderValue::from_static(encoding),
                    )
                }));
                (StatusCode::OK, headers, version.1.clone())
            }
        };
        if request.method() == Method::HEAD {
            content.clear();
        }
        let mut response = Response::new(Body::from(content));
        *response.status_mut() = status;
        response.headers_mut().extend(headers.drain(..));
        response
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
            headers.push(header(name.trim(), value.trim())?);
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

fn header(name: &str, value: &str) -> Result<Header> {
    Ok((name.parse()?, value.parse()?))
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
    use std::io::{Read, Write};
    use std::net::TcpStream;

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
        let html = "<!DOCTYPE html><html><head><meta content=\"{policy}\"></head><body>hello</body></html>";
        fs::write(folder.path().join("index.html"), html)?;
        fs::write(folder.path().join("app-db9b6d9444095ed8.wasm"), [0; 500])?;
        fs::write(folder.path().join("sw.js"), "\"{files}\" + \"{version}\"")?;
        dist::finish(folder.path(), |_| Ok(()))?;
        Listening::start(0, folder.path())
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
        assert!(head.contains("frame-ancestors *"), "{head}");
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
        assert!(body.len() < 100, "{} bytes", body.len());

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
        let error = free_port(site.port).err().context("should be refused")?;
        let start = format!("could not listen on port {}", site.port);
        assert!(error.to_string().starts_with(&start), "{error}");
        Ok(())
    }
}
