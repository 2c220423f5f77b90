"""Pages kept in full: exactly the server's bytes, said in figures, and readable by other programs'
readers of web archives."""

from __future__ import annotations

import gzip
import io
import json
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import brotli
import imagesize
import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from fastwarc.warc import WarcRecordType
from warcio.archiveiterator import ArchiveIterator

from scraper.store.signature import mime_type
from tests.e2e.command import damage, records, scraper
from tests.site import Answer, Seen, TestSite
from tests.site.pages import LONG, page
from tests.site.pictures import png
from tests.site.wire import FOR_ROBOTS, Handler

PAGES = 10
STYLE = b"@font-face { font-family: f; src: url(/f.woff2) } p { font-family: f }"
SCRIPT = b"""
const get = (where, how) => fetch(where, how).then(answer => answer.text()).catch(() => 0)
const own = location.pathname.slice(-1)
get('/json?of=' + own)
get('/part.bin', {headers: {Range: 'bytes=2-5'}})
get('/same.txt', {headers: {'If-None-Match': '"1"'}})
get('/posted', {method: 'POST', body: new URLSearchParams({page: own})})
get('/moved.txt')
get('/failing.txt')
"""
PLAIN = b"to the end of the connection"


async def pieces() -> AsyncIterator[bytes]:
    for piece in (b"i { color: ", b"red", b" }"):
        yield piece


def packed(body: bytes, coding: str, type: str) -> Answer:
    data = gzip.compress(body) if coding == "gzip" else brotli.compress(body)
    return Answer(data, headers=(("Content-Encoding", coding),), type=type)


def story(seen: Seen) -> Answer:
    body = (
        "<link rel=stylesheet href=/style.css><link rel=stylesheet href=/streamed.css>"
        "<link rel=stylesheet href=/plain.css>"
        f"<article><h1>Story</h1><p>{LONG}</p><p>{seen.path}</p>"
        "<img src=/boat.png alt=boat><img src=/gone.png></article>"
        "<iframe src=http://frames.test/frame></iframe><script src=/app.js></script>"
    )
    return packed(page(f"Story {seen.path}", body).encode(), "gzip", "text/html; charset=utf-8")


SITE: dict[str, Answer | Handler] = {
    "/story/*": story,
    "/style.css": packed(STYLE, "gzip", "text/css"),
    "/streamed.css": Answer(pieces=pieces, type="text/css"),
    "/plain.css": Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Type: text/css\r\n\r\n" + PLAIN),
    "/app.js": packed(SCRIPT, "br", "text/javascript"),
    "/f.woff2": packed(b"no font", "br", "font/woff2"),
    "/boat.png": Answer(png(640, 480), type="image/png"),
    "/json": lambda seen: packed(seen.path.encode(), "gzip", "application/json"),
    "/part.bin": Answer(
        b"2345", status=206, headers=(("Content-Range", "bytes 2-5/10"),), type="text/plain"
    ),
    "/same.txt": Answer(status=304, headers=(("ETag", '"1"'),), type="text/plain"),
    "/posted": lambda seen: packed(b"got " + seen.body, "br", "text/plain"),
    "/moved.txt": Answer(status=302, headers=(("Location", "/json?of=moved"),)),
    "/failing.txt": packed(b"no", "gzip", "text/plain"),
    "frames.test/frame": packed(page("Frame", "<img src=/in.png>").encode(), "br", "text/html"),
    "frames.test/in.png": Answer(png(7, 7), type="image/png"),
}


@dataclass
class Crawled:
    collection: Path
    summary: dict[str, object]
    asked: Counter[tuple[str, str]]
    site: TestSite

    @property
    def answers(self) -> dict[str, Any]:
        """The figures of its summary."""
        assert isinstance(self.summary["answers"], dict)
        return self.summary["answers"]

    @property
    def warcs(self) -> list[Path]:
        return sorted((self.collection / "archive").iterdir())


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    collection = tmp_path_factory.mktemp("full") / "collection"
    with TestSite(dict(SITE)) as site:
        urls = [f"http://paper.test/story/{number}" for number in range(PAGES)]
        code, out, err = scraper(
            "crawl", *urls, "-o", str(collection), "--archive", "full", "--wacz", "--json",
            "--screenshot", "--delay", "0", *(f"--connect-to={to}" for to in site.connect_to),
        )  # fmt: skip
        assert code == 0, err
        asked = Counter(
            (seen.method, f"http://{seen.host}{seen.path}")
            for seen in site.requests
            if seen.path not in (*FOR_ROBOTS, "/favicon.ico")
        )
        yield Crawled(collection, json.loads(out), asked, site)


def exact(crawled: Crawled, address: str) -> bytes:
    """What the server's answer was, decoded."""
    host, _, path = address.removeprefix("http://").partition("/")
    seen = Seen("GET", "http", host, f"/{path}", {})
    answer = crawled.site._find(seen)
    if answer.pieces:
        return b"i { color: red }"
    if answer.raw:
        return PLAIN
    coding = dict(answer.headers).get("Content-Encoding")
    data = b"" if answer.status == 304 else answer.content()
    body: bytes = {"gzip": gzip.decompress, "br": brotli.decompress}.get(coding or "", bytes)(data)
    return body


def is_valid(wacz: Path) -> bool:
    """As py-wacz says."""
    command = [sys.executable, "-m", "wacz.main", "validate", "-f", str(wacz)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def test_every_answer_is_kept_exactly_and_once(crawled: Crawled) -> None:
    """As a reader that is not ours sees the file."""
    kept: Counter[tuple[str, str]] = Counter()
    payloads: dict[str, bytes] = {}
    methods, wrong = [], []
    for path in crawled.warcs:
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream, check_digests="raise"):
                address = record.rec_headers.get_header("WARC-Target-URI")
                if record.rec_type == "request":
                    methods.append((record.http_headers.protocol, address))
                    continue
                if record.rec_type not in ("response", "revisit"):
                    continue
                digest = record.rec_headers.get_header("WARC-Payload-Digest")
                body = record.content_stream().read()
                if record.rec_type == "response":
                    assert digest not in payloads or not body, "each payload stands once"
                    payloads[digest] = body
                if "/posted" in address or address.endswith(("/robots.txt", "/favicon.ico")):
                    continue
                wanted = exact(crawled, address)
                wrong += [address] if payloads[digest] != wanted else []
    assert wrong == []
    kept = Counter(one for one in methods if not one[1].endswith("/favicon.ico"))
    late = (crawled.asked - kept).total()  # on a busy machine a page may be read before
    assert (kept - crawled.asked, late) == (Counter(), sum(crawled.answers["missed"].values()))
    posted = {body for body in payloads.values() if body.startswith(b"got page=")}
    assert len(posted) == kept["POST", "http://paper.test/posted"]
    assert posted <= {b"got page=%d" % number for number in range(PAGES)}
    assert len(payloads) < sum(kept.values()) * 2 / 3, "what is shared became revisits"


def test_a_picture_of_each_page_is_kept(crawled: Crawled, tmp_path: Path) -> None:
    for record in records(crawled.collection):
        file = tmp_path / "page.webp"
        code, _, err = scraper(
            "show", str(crawled.collection), record["id"], "--screenshot", str(file)
        )
        assert code == 0, err
        data = file.read_bytes()
        assert mime_type(data) == "image/webp"
        width, height = imagesize.get(file)
        assert (width > 1000, height > 500) == (True, True)
        assert record["archive"]["screenshot"]["digest"] == f"sha256:{sha256(data).hexdigest()}"
    code, out, _ = scraper("show", str(crawled.collection), record["id"])
    assert (code, "screenshot" in out) == (0, True)
    code, _, err = scraper("crawl", "http://a.test/", "--screenshot", "-o", str(tmp_path / "no"))
    assert (code, "--screenshot needs --archive full" in err) == (2, True)


def test_the_figures_are_told(crawled: Crawled) -> None:
    answers = crawled.answers
    assert (answers["missed"].keys() <= {"late"}, answers["unanswered"]) == (True, 0)
    assert answers["exact"] >= 0.99 * answers["seen"]
    assert answers["seen"] >= sum(crawled.asked.values())
    report = crawled.collection / "runs" / f"{crawled.summary['run']}.json"
    assert json.loads(report.read_text())["answers"] == answers


def test_other_readers_take_every_file(crawled: Crawled, tmp_path: Path) -> None:
    for path in crawled.warcs:
        subprocess.run(["gzip", "-t", path], check=True, capture_output=True)
        with path.open("rb") as stream:
            found = [record.rec_type for record in ArchiveIterator(stream, check_digests="raise")]
        fast = []
        for record in FastIterator(io.BytesIO(path.read_bytes()), parse_http=False):
            if record.record_type != WarcRecordType.warcinfo:
                assert record.verify_block_digest()
            fast.append(str(record.record_type))
        assert fast == found
    (wacz,) = (crawled.collection / "wacz").iterdir()
    assert is_valid(wacz)
    assert crawled.summary["wacz"] == [str(wacz)]
    with zipfile.ZipFile(wacz) as package:
        index = gzip.decompress(package.read("indexes/index.cdx.gz")).decode()
    assert re.search(r"/posted\?__wb_method=post&page=\d ", index), "as pywb looks for it"


def test_the_file_gives_records_and_pictures_again(crawled: Crawled, tmp_path: Path) -> None:
    (wacz,) = (crawled.collection / "wacz").iterdir()
    code, out, err = scraper("extract", str(wacz), "--media", str(tmp_path), "--jobs", "1")
    assert code == 0, err
    again = {record["url"]: record for record in map(json.loads, out.splitlines())}
    for record in records(crawled.collection):
        derived = again[record["url"]]
        same = ("title", "blocks", "content_hash")
        assert [derived[name] for name in same] == [record[name] for name in same]
        media = [[image["media"] for image in one["images"]] for one in (derived, record)]
        assert media[0] == media[1]
        (stored,) = filter(None, media[0])
        assert (tmp_path / stored["path"]).read_bytes() == png(640, 480)


def test_a_run_that_was_killed_before_it_packed_is_packed_by_the_next(crawled: Crawled) -> None:
    (wacz,) = (crawled.collection / "wacz").iterdir()
    whole = wacz.read_bytes()
    wacz.unlink()
    wacz.with_name(f".tmp-{wacz.name}").write_bytes(whole[:1000])
    code, out, err = scraper(
        "crawl", "http://paper.test/story/0", "-o", str(crawled.collection), "--archive", "full",
        "--wacz", "--json", "--delay", "0",
        *(f"--connect-to={to}" for to in crawled.site.connect_to),
    )  # fmt: skip
    assert code == 0, err
    assert str(wacz) in json.loads(out)["wacz"]
    assert is_valid(wacz)
    assert list(damage(crawled.collection)) == []
    assert len(records(crawled.collection)) == PAGES
