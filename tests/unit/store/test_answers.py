"""What archives answer, by address."""

import base64
import gzip
import hashlib
import io
from dataclasses import replace
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from scraper.errors import ArchiveRefused
from scraper.replay import _answers
from scraper.snapshot import Exchange
from scraper.store.answers import Answers
from scraper.store.archive_file import ArchiveFile
from tests.unit.samples import MOMENT

A = "https://a.test/data?at=1"


def exchange(url: str, body: bytes = b"", method: str = "GET") -> Exchange:
    return Exchange(url, 200, (), body, MOMENT, method=method)


def body(found: Exchange | None) -> bytes | None:
    return found.body if found else None


def test_the_very_address_comes_first() -> None:
    answers = Answers([exchange(A, b"1"), exchange("https://a.test/data?at=2", b"2")])
    assert body(answers.find("GET", A)) == b"1"
    assert body(answers.find("GET", "HTTPS://A.test/data?at=2#part")) == b"2"
    assert answers.find("GET", "https://a.test/data?at=3") is None
    assert answers.find("POST", A) is None
    assert answers.find("GET", "https://b.test/data?at=1") is None


def test_another_query_will_do_where_there_is_one() -> None:
    answers = Answers([exchange(A, b"1")])
    found = answers.find("GET", "https://a.test/data?at=9")
    assert (body(found), found and found.url) == (b"1", "https://a.test/data?at=9")


def test_stored_pictures_stand_in() -> None:
    pictures = {"https://a.test/p.png": b"png"}
    answers = Answers([exchange(A)], pictures.get)
    assert body(answers.find("GET", "https://a.test/p.png")) == b"png"
    assert answers.find("GET", "https://a.test/q.png") is None


def posted(body: bytes, answer: bytes) -> Exchange:
    return replace(exchange(A, answer, "POST"), request_body=body)


def test_what_was_posted_decides_between_answers() -> None:
    answers = Answers([posted(b"a=1", b"1"), posted(b"a=2", b"2")])
    assert body(answers.find("POST", A, b"a=2")) == b"2"
    assert body(answers.find("POST", A, b"a=1")) == b"1"
    assert body(answers.find("POST", A, b"a=3")) == b"1", "the first, where none fits"
    assert answers.find("GET", A) is None


# -- files


@pytest.fixture
def file(tmp_path: Path) -> tuple[Path, WARCWriter, io.BytesIO]:
    out = io.BytesIO()
    return tmp_path / "some.warc.gz", WARCWriter(out, gzip=True, warc_version="WARC/1.1"), out


File = tuple[Path, WARCWriter, io.BytesIO]


def add(file: File, url: str, data: bytes, at: str, *more: tuple[str, str]) -> None:
    http = StatusAndHeaders("200 OK", list(more), protocol="HTTP/1.1")
    headers = {"WARC-Date": at}
    record = file[1].create_warc_record(
        url, "response", io.BytesIO(data), http_headers=http, warc_headers_dict=headers
    )
    file[1].write_record(record)


def opened(file: File) -> ArchiveFile:
    file[0].write_bytes(file[2].getvalue())
    return ArchiveFile(file[0])


def test_a_file_answers(file: File) -> None:
    html = ("Content-Type", "text/html")
    add(file, "https://a.test/", b"<p>a", "2024-01-01T00:00:00Z", html)
    packed = gzip.compress(b"body {}")
    add(file, "https://a.test/s.css", packed, "2024-01-01T00:00:00Z", ("Content-Encoding", "gzip"))
    with opened(file) as archive:
        assert archive.pages() == ["https://a.test/"]
        assert body(archive.find("GET", "https://a.test/")) == b"<p>a"
        assert body(archive.find("GET", "https://a.test/s.css?v=2")) == b"body {}"
        assert archive.find("GET", "https://a.test/none") is None


def test_a_revisit_has_the_bytes_of_the_first(file: File) -> None:
    add(file, "https://a.test/one", b"same", "2024-01-01T00:00:00Z")
    http = StatusAndHeaders("200 OK", [("X-Own", "1")], protocol="HTTP/1.1")
    digest = f"sha1:{base64.b32encode(hashlib.sha1(b'same').digest()).decode()}"
    file[1].write_record(
        file[1].create_revisit_record(
            "https://a.test/two", digest, "https://a.test/one", "2024-01-01T00:00:00Z", http
        )
    )
    with opened(file) as archive:
        found = archive.find("GET", "https://a.test/two")
        assert found
        assert (found.body, found.headers, found.status) == (b"same", (("X-Own", "1"),), 200)


@pytest.mark.parametrize("answer_first", [True, False])
def test_a_file_is_asked_by_method_and_body(file: File, answer_first: bool) -> None:
    """Tools differ in which of the two records comes first and names the other."""
    writer, at = file[1], {"WARC-Date": "2024-01-01T00:00:00Z"}
    add(file, A, b"got", at["WARC-Date"])
    for number in (b"1", b"2"):
        http = StatusAndHeaders("200 OK", [], protocol="HTTP/1.1")
        answer = writer.create_warc_record(
            A, "response", io.BytesIO(b"posted " + number), http_headers=http, warc_headers_dict=at
        )
        sent = StatusAndHeaders("POST /data?at=1 HTTP/1.1", [], is_http_request=True)
        request = writer.create_warc_record(
            A, "request", io.BytesIO(b"a=" + number), http_headers=sent, warc_headers_dict=at
        )
        pair = [answer, request] if answer_first else [request, answer]
        id = pair[0].rec_headers.get_header("WARC-Record-ID")
        pair[1].rec_headers.add_header("WARC-Concurrent-To", id)
        for record in pair:
            writer.write_record(record)
    with opened(file) as archive:
        assert body(archive.find("POST", A, b"a=2")) == b"posted 2"
        assert body(archive.find("POST", A, b"a=1")) == b"posted 1"
        assert body(archive.find("POST", A, b"a=3")) == b"posted 1"
        assert body(archive.find("GET", A)) == b"got"
        assert archive.find("PUT", "https://b.test/") is None


def test_the_nearest_in_time(file: File) -> None:
    add(file, "https://a.test/", b"old", "2024-01-01T00:00:00Z")
    add(file, "https://a.test/", b"new", "2026-05-04T00:00:00Z")
    with opened(file) as archive:
        archive.moment = MOMENT
        assert body(archive.find("GET", "https://a.test/")) == b"new"


def test_a_file_is_shown_as_it_was_when_its_page_was_kept(file: File) -> None:
    add(file, "https://a.test/s.css", b"old", "2024-01-01T00:00:00Z")
    add(file, "https://a.test/page", b"<p>a", "2026-05-04T00:00:00Z")
    add(file, "https://a.test/s.css", b"new", "2026-05-04T00:00:01Z")
    file[0].write_bytes(file[2].getvalue())
    with _answers(file[0], "https://a.test/page") as (_, answers):
        assert body(answers.find("GET", "https://a.test/s.css")) == b"new"


def test_what_is_no_archive(tmp_path: Path) -> None:
    (tmp_path / "a.warc").write_bytes(b"# Notes")
    with pytest.raises(ArchiveRefused):
        ArchiveFile(tmp_path / "a.warc")
