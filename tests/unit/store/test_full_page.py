"""A page kept with its parts: each exchange once, with its request, no secret written down."""

import io
import json
from dataclasses import replace
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

from scraper.job import Job
from scraper.protocols import Captured
from scraper.record import Archive
from scraper.snapshot import Exchange, Snapshot
from scraper.store.page import read_page, write_page
from scraper.store.redaction import Redaction
from scraper.store.warc import LONGEST_SENT, Payload
from tests.unit.samples import MOMENT, nothing, outcome, png, seeds, snapshot
from tests.unit.store.opening import opened

SECRET = "k33p-this-to-yourself"
SENT = (
    ("User-Agent", "scraper"),
    ("Cookie", f"session={SECRET}"),
    ("Authorization", f"Bearer {SECRET}"),
    ("X-Api-Key", SECRET),
)
PICTURE = Exchange(
    "https://img.example/a.png?w=3&h=2",
    200,
    (("Content-Type", "image/png"), ("Set-Cookie", f"seen={SECRET}")),
    png(),
    MOMENT,
    reason="OK",
    request_headers=SENT,
)
STYLE = replace(PICTURE, url="https://a.example/style", headers=(), body=b"p { color: red }")
GONE = replace(PICTURE, url="https://a.example/gone.js", status=404, body=b"")


class Known(dict[str, Payload]):
    def find(self, digest: str) -> Payload | None:
        return self.get(digest)

    def add(self, payload: Payload) -> None:
        assert payload.entry.digest not in self
        self[payload.entry.digest] = payload


def full(*parts: Exchange, number: int | str = 1) -> Snapshot:
    return replace(snapshot(number), parts=parts, missed=(("https://a.example/ws", "a socket"),))


def stored(page: Snapshot, known: Known | None = None) -> tuple[bytes, Archive]:
    redaction = Redaction(["x-api-KEY"])
    return write_page(page, "archive/x.warc.gz", 0, {}, MOMENT, known or Known(), redaction)


def kinds(data: bytes) -> list[tuple[str, str]]:
    return [
        (record.rec_type, record.rec_headers.get_header("WARC-Target-URI"))
        for record in ArchiveIterator(io.BytesIO(data), check_digests="raise")
        if record.content_stream().read() is not None
    ]


def without_secrets(exchange: Exchange) -> Exchange:
    headers = tuple((n, "***" if n == "Set-Cookie" else v) for n, v in exchange.headers)
    return replace(exchange, headers=headers, request_headers=())


def test_it_comes_back_with_its_parts() -> None:
    page = full(PICTURE, STYLE, GONE)
    data, archive = stored(page)
    again = read_page(archive, lambda _file, offset, length: data[offset : offset + length])
    assert again.parts == tuple(map(without_secrets, (PICTURE, STYLE, GONE)))
    assert replace(again, parts=page.parts) == page


def test_each_exchange_has_its_request() -> None:
    data, _ = stored(full(PICTURE, STYLE))
    page = snapshot(1)
    urls = [*(exchange.url for exchange in page.exchanges), PICTURE.url, STYLE.url]
    assert kinds(data) == [
        *((kind, url) for url in urls for kind in ("response", "request")),
        ("resource", f"urn:dom:{page.url}"),
        ("metadata", f"urn:metadata:{page.url}"),
    ]
    records = list(ArchiveIterator(io.BytesIO(data)))
    answers = {
        r.rec_headers.get_header("WARC-Record-ID") for r in records if r.rec_type == "response"
    }
    for record in ArchiveIterator(io.BytesIO(data)):
        if record.rec_type == "request":
            assert record.rec_headers.get_header("WARC-Concurrent-To") in answers
        url = record.rec_headers.get_header("WARC-Target-URI")
        if (record.rec_type, url) == ("request", PICTURE.url):
            assert record.http_headers.protocol == "GET"
            assert record.http_headers.statusline == "/a.png?w=3&h=2 HTTP/1.1"
            assert record.http_headers.get_header("Host") == "img.example"


def test_what_was_posted_is_kept() -> None:
    large = replace(STYLE, method="PUT", request_body=b"x" * (LONGEST_SENT + 1))
    posted = replace(STYLE, url="https://a.example/to", method="POST", request_body=b"a=1&b=2")
    data, archive = stored(full(posted, large))
    again = read_page(archive, lambda _file, offset, length: data[offset : offset + length])
    assert [part.request_body for part in again.parts or ()] == [b"a=1&b=2", b"x" * LONGEST_SENT]
    requests = [
        (
            record.http_headers.protocol,
            record.http_headers.get_header("Content-Length"),
            record.rec_headers.get_header("WARC-Truncated"),
            len(record.content_stream().read()),
        )
        for record in ArchiveIterator(io.BytesIO(data), check_digests="raise")
        if record.rec_type == "request"
    ]
    assert requests[-2:] == [
        ("POST", "7", None, 7),
        ("PUT", str(LONGEST_SENT), "length", LONGEST_SENT),
    ]


def test_no_secret_is_written_down() -> None:
    data, _ = stored(full(PICTURE))
    plain = b""
    for record in ArchiveIterator(io.BytesIO(data)):
        plain += str(record.rec_headers).encode() + str(record.http_headers).encode()
        plain += record.content_stream().read()
    assert SECRET.encode() not in plain
    assert plain.count(b"***") == 5  # three request headers, the answer's, and in the metadata


def test_the_same_bytes_are_written_once() -> None:
    known = Known()
    other = replace(PICTURE, url="https://img.example/copy.png")
    data, archive = stored(full(PICTURE, other), known)
    assert ("revisit", other.url) in kinds(data)
    again = read_page(archive, lambda _file, offset, length: data[offset : offset + length])
    assert again.parts
    assert [part.body for part in again.parts] == [PICTURE.body] * 2
    (revisit,) = (r for r in ArchiveIterator(io.BytesIO(data)) if r.rec_type == "revisit")
    headers = revisit.rec_headers
    assert headers.get_header("WARC-Refers-To-Target-URI") == PICTURE.url
    assert headers.get_header("WARC-Profile").endswith("identical-payload-digest")
    assert revisit.http_headers.get_statuscode() == "200"


def test_across_pages_and_runs(tmp_path: Path) -> None:
    requests = seeds(2)
    for request in requests:
        with opened(tmp_path / "c") as collection:
            run = collection.begin(Job(urls=(request.url,)), [request])
            number = int(request.url.rpartition("/")[2])
            page = full(PICTURE, number=number)
            collection.store(run).commit([outcome(request, snapshot=page)], nothing)
            collection.frontier(run).finish(request)
            collection.end(run, "finished", {})
    with opened(tmp_path / "c", writable=False) as collection:
        first, second = (
            (tmp_path / "c" / article.archive.metadata.file).read_bytes()
            for article in collection.articles()
            if article.archive and article.archive.metadata
        )
        assert ("response", PICTURE.url) in kinds(first)
        assert ("revisit", PICTURE.url) in kinds(second)
        for article in collection.articles():
            kept = collection.snapshot(article)
            assert kept
            assert kept.parts == (without_secrets(PICTURE),)


def test_the_answers_of_a_run_are_counted(tmp_path: Path) -> None:
    """In whatever invocations; what was never answered is no answer."""
    requests = seeds(2)
    missed = (("https://a.example/1", "stream: it has no end"), ("https://b.example/", "dns: none"))
    for request in requests:
        with opened(tmp_path / "c") as collection:
            job = Job(urls=tuple(one.url for one in requests), archive="full")
            run = collection.unfinished() or collection.begin(job, requests)
            page = replace(full(PICTURE, GONE, number=request.url[-1]), missed=missed)
            collection.store(run).commit([outcome(request, snapshot=page)], nothing)
            collection.frontier(run).finish(request)
            collection.end(run, "finished", {})
    with opened(tmp_path / "c", writable=False) as collection:
        captured = collection.captured(run.id)
    assert captured == Captured(exact=8, missed={"stream": 2}, unanswered=2)
    report = json.loads((tmp_path / "c" / "runs" / f"{run.id}.json").read_text())
    assert report["answers"] == captured.facts()
    assert captured.facts() == {"seen": 10, "exact": 8, "missed": {"stream": 2}, "unanswered": 2}
