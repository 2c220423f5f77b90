"""Invented records, pages and pictures, and a clock that is moved by hand."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from scraper.frontier.seeds import make_request
from scraper.protocols import Committed, Outcome
from scraper.record import Article, Failure, Image, Media, Paragraph, content_hash
from scraper.request import Request
from scraper.snapshot import Exchange, Snapshot

MOMENT = datetime(2026, 5, 4, 12, 0, 0, 123456, tzinfo=UTC)


class HandClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = MOMENT

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def address(number: int | str, host: str = "news.example") -> str:
    return f"https://{host}/story/{number}"


def seeds(count: int, host: str = "news.example") -> list[Request]:
    return [make_request(address(number, host)) for number in range(count)]


def article(
    number: int | str = 1,
    body: str = "A quiet harbour.",
    pictures: Sequence[Media] = (),
    **more: Any,
) -> Article:
    blocks = (Paragraph(text=body),)
    images = tuple(Image(url=f"{address(number)}/{m.sha256}", media=m) for m in pictures)
    urls = [image.url for image in images]
    fields = {
        "id": f"news.example:{number}",
        "url": address(number),
        "final_url": address(number),
        "canonical_url": address(number),
        "site": "news.example",
        "title": f"Story {number}",
        "blocks": blocks,
        "paragraphs": (body,),
        "text": body,
        "html": f"<p>{body}</p>",
        "images": images,
        "fetched_at": MOMENT,
        "status": 200,
        "rendered_with": "browser",
        "content_hash": content_hash(f"Story {number}", None, (), blocks, urls),
    }
    return Article.model_validate({**fields, **more})


def failure(request: Request, code: str = "http.404") -> Failure:
    return Failure(url=request.url, code=code, message="it was not there", attempts=1, at=MOMENT)


def snapshot(number: int | str = 1, html: str = "<p>A quiet harbour.") -> Snapshot:
    """A redirect, the document, its rendered DOM."""
    url, headers = address(number), (("Content-Type", "text/html"), ("Content-Encoding", "gzip"))
    hop = Exchange(f"{url}?old", 301, (("Location", url),), b"", MOMENT, reason="Moved")
    page = Exchange(url, 200, headers, html.encode(), MOMENT, reason="OK")
    return Snapshot(
        request_url=f"{url}?old",
        url=url,
        status=200,
        headers=headers,
        document=html.encode(),
        dom=f"<html><body>{html}</p></body></html>",
        fetched_at=MOMENT,
        rendered_with="browser",
        exchanges=(hop, page),
        warnings=("load_timeout",),
    )


def outcome(request: Request, made: Article | None = None, **more: Any) -> Outcome:
    """A record of the request; its number is the last part of the address."""
    number = request.url.rpartition("/")[2]
    return Outcome(request, article=made or article(number), **more)


def failed(request: Request, code: str = "http.404") -> Outcome:
    return Outcome(request, failure=failure(request, code))


def nothing(_: Sequence[Committed]) -> None:
    """For `also`, when no frontier takes part."""


def png(width: int = 3, height: int = 2, salt: bytes = b"") -> bytes:
    """A whole picture; `salt` makes another one of the same size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x7f" * width) * height)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"tEXt", b"salt\0" + salt)
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")
