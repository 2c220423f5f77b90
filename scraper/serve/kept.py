"""The origin of what came from the web: kept pages, their parts, pictures.  Every answer is
sandboxed by its own policy, wherever it is opened."""

from __future__ import annotations

import os

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from scraper.errors import EmptyPage, NotAPage
from scraper.serve.guard import COMMON, Guard, policy
from scraper.serve.harmless import Address, harmless_css, harmless_page
from scraper.serve.library import Library
from scraper.snapshot import Exchange, Snapshot, header
from scraper.store.disk import opened
from scraper.store.signature import PICTURES, mime_type

_PAGES = ("text/html", "application/xhtml+xml")
_AS_SAID = ("font/", "audio/", "video/", "application/font-", "application/vnd.ms-fontobject")
_SANDBOX = policy(sandbox="", style_src="'unsafe-inline'", img_src="data:")


def kept_app(library: Library) -> ASGIApp:
    """Addresses hold a secret, so that whoever knows one was shown it."""

    def page(request: Request) -> Response:
        key = request.path_params["key"]
        kept = library.kept(key)
        part = request.query_params.get("part")
        if kept is None:
            return _nothing()
        headers = {"Content-Security-Policy": _policy(library, key)}
        if part is None:
            if kept.problem:
                return PlainTextResponse(f"{kept.problem}\n", 404)
            return _html(kept.html, headers)
        found = kept.answers.find("GET", part)
        if found is None:
            return _nothing()
        return _part(found, kept.address, headers)

    def media(request: Request) -> Response:
        path = library.media_path(request.path_params["mark"], request.path_params["path"])
        if path is None:
            return _nothing()
        try:
            with opened(path, os.O_RDONLY) as fd, open(fd, "rb", closefd=False) as file:
                body = file.read()
        except FileNotFoundError:
            return _nothing()
        return _picture(body, {"Cache-Control": "private, max-age=3600, immutable"})

    routes = [Route("/page/{key}", page), Route("/{mark}/{path:path}", media)]
    headers = COMMON | {
        "Content-Security-Policy": _SANDBOX,
        # A sandboxed page is of no origin; its own parts must reach it all the same.
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    del headers["X-Frame-Options"]  # frame-ancestors says it of pages
    return Guard(Starlette(routes=routes), {library.kept_host}, headers)


def _policy(library: Library, key: str) -> str:
    """The page may load its own parts, and nothing else."""
    own = library.page_address(key)
    ancestors = " ".join(f"http://{host}" for host in (*sorted(library.hosts), library.kept_host))
    return policy(
        sandbox="",
        img_src=f"{own} data:",
        media_src=own,
        font_src=f"{own} data:",
        style_src=f"{own} 'unsafe-inline'",
        frame_src=own,
        form_action="'none'",
        frame_ancestors=ancestors,
    )


def _part(found: Exchange, address: Address, headers: dict[str, str]) -> Response:
    kind = (header(found.headers, "Content-Type") or "").partition(";")[0].strip().lower()
    sniffed = mime_type(found.body)
    if sniffed in PICTURES:
        return _picture(found.body, headers)
    if kind == "text/css":
        css = harmless_css(found.body.decode("utf-8", "replace"), found.url, address)
        return Response(css, media_type="text/css", headers=headers)
    if kind in _PAGES:
        try:
            return _html(harmless_page(_snapshot(found), address)[0], headers)
        except (EmptyPage, NotAPage):
            return _nothing()
    said = kind if kind.startswith(_AS_SAID) else "application/octet-stream"
    # Fonts are given to no origin unless to all.
    headers = headers | {"Access-Control-Allow-Origin": "*"}
    return Response(found.body, media_type=said, headers=headers)


def _snapshot(found: Exchange) -> Snapshot:
    return Snapshot(
        request_url=found.url,
        url=found.url,
        status=found.status,
        headers=found.headers,
        document=found.body,
        dom=None,
        fetched_at=found.started_at,
        rendered_with="file",
    )


def _html(text: str, headers: dict[str, str]) -> Response:
    body = text.encode("utf-8", "replace")
    return Response(body, media_type="text/html", headers=headers)


def _picture(body: bytes, headers: dict[str, str]) -> Response:
    """Of the type that its first bytes say."""
    return Response(body, media_type=mime_type(body), headers=headers)


def _nothing() -> Response:
    return PlainTextResponse("There is nothing at this address.\n", 404)
