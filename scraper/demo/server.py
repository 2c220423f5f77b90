"""Serves the demo site on loopback, in threads of this process."""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from scraper.demo import pages, pictures
from scraper.demo.stories import HOST, PICTURES, STORIES

LOOPBACK = "127.0.0.1"
USUAL_PORT = 8017
HTML = "text/html; charset=utf-8"

_STORIES = {story.id: story for story in STORIES}

Answer = tuple[int, str, bytes]


def answer(path: str, host: str, referer: str | None) -> Answer:
    """Status, MIME type and body for a path.  Pictures refuse a Referer that is not `host`."""
    if match := re.fullmatch(r"/story/(\d{1,6})\.html", path):
        if story := _STORIES.get(int(match[1])):
            return 200, HTML, pages.story_page(story).encode()
    elif match := re.fullmatch(r"/api/story/(\d{1,6})\.json", path):
        if story := _STORIES.get(int(match[1])):
            value = {"title": pages.document_title(story), "html": pages.story_html(story)}
            return 200, "application/json", json.dumps(value).encode()
    elif match := re.fullmatch(r"/pictures/([a-z-]{1,40})\.png", path):
        return _picture(match[1], host, referer)
    elif path == "/":
        return 200, HTML, pages.front_page().encode()
    elif path == "/style.css":
        return 200, "text/css; charset=utf-8", pages.STYLE.encode()
    elif path == "/lantern.js":
        return 200, "text/javascript; charset=utf-8", pages.SCRIPT.encode()
    elif path == "/robots.txt":
        return 200, "text/plain; charset=utf-8", pages.ROBOTS.encode()
    return 404, HTML, pages.missing_page().encode()


def _picture(name: str, host: str, referer: str | None) -> Answer:
    if name == "blank":
        return 200, "image/png", pictures.placeholder()
    if name not in PICTURES:
        return 404, HTML, pages.missing_page().encode()
    if not (referer or "").startswith(f"http://{host}/"):
        return 403, "text/plain", b"pictures are only shown on our own pages\n"
    drawn = PICTURES[name]
    return 200, "image/png", pictures.draw(name, drawn.mood, drawn.width, drawn.height)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Lantern"
    sys_version = ""
    timeout = 30

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        status, mime, body = answer(path, self.headers.get("Host", ""), self.headers.get("Referer"))
        self.send_response(status)
        self.send_header("Content-Type", mime)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the terminal belongs to the crawl."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news."""


class DemoSite:
    """The running site; a context manager.  Port 0 means any free one."""

    def __init__(self, port: int = 0) -> None:
        self._server = _Server((LOOPBACK, port), _Handler)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    @classmethod
    def usual(cls) -> Self:
        """On the usual port, or any other when that is taken."""
        try:
            return cls(USUAL_PORT)
        except OSError:
            return cls()

    @property
    def local_address(self) -> str:
        """Where a person finds it."""
        return f"http://{LOOPBACK}:{self.port}/"

    @property
    def connect_to(self) -> str:
        """The mapping that leads a crawl of the site's own name to this server."""
        return f"{HOST}:80:{LOOPBACK}:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
