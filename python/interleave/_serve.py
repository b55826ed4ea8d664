"""`--open`: hands one recording to the page, once, over a loopback address."""

from __future__ import annotations

import http.server
import os
import secrets
import urllib.parse
import webbrowser

from interleave._session import warn

# How long the page has to fetch the recording.
PATIENCE_S = 300.0


def origin_of(page: str) -> str | None:
    """The origin of the page's address, as a browser sends it; `None` when it is no web address."""
    parts = urllib.parse.urlsplit(page)
    try:
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    default = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, default) else "")


class Server:
    """Serves one file at one address that nobody can guess, to one origin, until it was fetched once."""

    def __init__(self, page: str, path: str) -> None:
        found = origin_of(page)
        if found is None:
            raise ValueError(f"{page!r} is not the address of a page: it has to begin with http:// or https://")
        origin: str = found
        secret = f"/{secrets.token_urlsafe(16)}/{urllib.parse.quote(os.path.basename(path))}"
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_OPTIONS(self) -> None:
                if self._refused():
                    return
                self.send_response(204)
                self._allow()
                self.send_header("Access-Control-Allow-Methods", "GET")
                # A page from the network that asks for a loopback address asks for this first.
                self.send_header("Access-Control-Allow-Private-Network", "true")
                self.end_headers()

            def do_GET(self) -> None:
                if self._refused():
                    return
                try:
                    with open(path, "rb") as file:
                        data = file.read()
                except OSError:
                    self.send_error(404)
                    return
                self.send_response(200)
                self._allow()
                self.send_header("Content-Type", "application/octet-stream")
                self.send_header("Content-Length", str(len(data)))
                self.send_header("Cache-Control", "no-store")
                self.end_headers()
                self.wfile.write(data)
                server.fetched = True

            def _refused(self) -> bool:
                # The name in Host guards against a foreign name that is made to point here.
                host = self.headers.get("Host", "")
                if self.path != secret or host != f"127.0.0.1:{server.port}" or self.headers.get("Origin") != origin:
                    self.send_error(404)
                    return True
                return False

            def _allow(self) -> None:
                self.send_header("Access-Control-Allow-Origin", origin)
                self.send_header("Vary", "Origin")

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        self.fetched = False
        self._server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self.address = f"http://127.0.0.1:{self.port}{secret}"
        self.link = f"{page.split('#')[0]}#recording={urllib.parse.quote(self.address, safe='')}"

    def serve(self, patience_s: float = PATIENCE_S) -> bool:
        """Answers until the file was fetched; `False` when nobody came in time."""
        import time

        until = time.monotonic() + patience_s
        while not self.fetched and time.monotonic() < until:
            self._server.timeout = min(1.0, max(0.01, until - time.monotonic()))
            self._server.handle_request()
        self._server.server_close()
        return self.fetched


def open_page(page: str, path: str) -> None:
    """Opens the page with a recording; says on standard error what happens."""
    try:
        server = Server(page, path)
    except (OSError, ValueError) as error:
        warn(f"cannot open {path}: {error}")
        return
    warn(f"opening {server.link}")
    if not webbrowser.open(server.link):
        warn("no browser could be started: open the link above")
    try:
        if not server.serve():
            warn(f"nobody fetched the recording; it is in {path}")
    except KeyboardInterrupt:
        pass
