"""Values a crawl reports, for the tests of what shows them."""

from __future__ import annotations

from datetime import UTC, datetime

from scraper.job import Job
from scraper.protocols import Committed, Run
from scraper.record import Article, Failure
from scraper.request import Request

AT = datetime(2026, 3, 14, 9, 26, tzinfo=UTC)
RUN = Run("r1", Job(), "0" * 64, AT)


def request(url: str = "https://a.example/1") -> Request:
    return Request(url=url, key=url, host="a.example")


def article(title: str = "A title", id: str = "a.example:1") -> Article:
    return Article(
        id=id,
        url="https://a.example/1",
        final_url="https://a.example/1",
        canonical_url="https://a.example/1",
        site="a.example",
        title=title,
        published=AT,
        status=200,
        rendered_with="browser",
        content_hash="0" * 64,
    )


def record(title: str = "A title") -> Committed:
    made = article(title)
    return Committed(request(), "record", made.id, 1, article=made)


def failure(message: str = "the server answered 404") -> Failure:
    return Failure(
        url="https://a.example/2", code="http.404", message=message, status=404, attempts=1, at=AT
    )


def failed(message: str = "the server answered 404") -> Committed:
    return Committed(request("https://a.example/2"), "failed", None, None, failure=failure(message))
