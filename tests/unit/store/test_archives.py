"""Archives that other programs wrote, and damaged ones: every good record is read."""

import gzip
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from scraper.errors import ArchiveRefused
from scraper.store.archives import Capture, captures
from scraper.store.page import write_page
from scraper.store.warc import warcinfo
from scraper.store.warc_reader import Damage
from tests.unit.samples import MOMENT, snapshot


def member(n: int, *, gzipped: bool = True, kind: str = "response") -> bytes:
    """One record about page `n`."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=gzipped)
    http = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
    body = io.BytesIO(f"<p>page {n}".encode() * 50)
    url = f"https://a.test/{n}"
    if kind == "response":
        record = writer.create_warc_record(url, kind, body, http_headers=http)
    else:
        record = writer.create_warc_record(url, kind, body, warc_content_type="text/html")
    writer.write_record(record)
    return out.getvalue()


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., list[Capture | Damage]]:
    def _read(*parts: bytes, name: str = "some.warc.gz") -> list[Capture | Damage]:
        path = tmp_path / name
        path.write_bytes(b"".join(parts))
        return list(captures(path))

    return _read


Read = Callable[..., list[Capture | Damage]]


def pages(items: list[Capture | Damage]) -> list[str]:
    return [item.url[-1] for item in items if isinstance(item, Capture)]


def damage(items: list[Capture | Damage]) -> Iterator[tuple[int, str]]:
    return ((item.offset, item.problem) for item in items if isinstance(item, Damage))


@pytest.mark.parametrize("gzipped", [True, False])
def test_a_whole_file(read: Read, gzipped: bool) -> None:
    first, second = member(1, gzipped=gzipped), member(2, gzipped=gzipped)
    items = read(first, second)
    assert pages(items) == ["1", "2"]
    one, two = items
    assert isinstance(one, Capture)
    assert isinstance(two, Capture)
    assert (one.offset, two.offset) == (0, len(first))
    assert (one.status, one.body) == (200, b"<p>page 1" * 50)
    assert one.headers == (("Content-Type", "text/html"),)
    assert one.at is not None


def test_one_gzip_member_around_the_whole_file(read: Read) -> None:
    plain = member(1, gzipped=False) + member(2, gzipped=False)
    assert pages(read(gzip.compress(plain))) == ["1", "2"]


def test_a_resource_has_no_status(read: Read) -> None:
    (item,) = read(member(1, kind="resource"))
    assert isinstance(item, Capture)
    assert (item.status, item.headers) == (0, (("Content-Type", "text/html"),))


def test_arc(read: Read) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>old"
    about = b"1 0 Some\nURL IP-address Archive-date Content-type Archive-length\n"
    items = read(
        b"filedesc://some.arc 0.0.0.0 20040101000000 text/plain %d\n%b\n" % (len(about), about),
        b"http://a.test/1 127.0.0.1 20040102030405 text/html %d\n" % len(answer),
        answer + b"\n",
        name="some.arc",
    )
    assert pages(items) == ["1"]
    (item,) = (item for item in items if isinstance(item, Capture))
    assert (item.body, item.at and item.at.year) == (b"<p>old", 2004)


def test_chunks_are_joined(read: Read) -> None:
    http = StatusAndHeaders("200 OK", [("Transfer-Encoding", "chunked")], protocol="HTTP/1.1")
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True)
    body = io.BytesIO(b"3\r\n<p>\r\n4\r\ntext\r\n0\r\n\r\n")
    writer.write_record(
        writer.create_warc_record("https://a.test/1", "response", body, http_headers=http)
    )
    (item,) = read(out.getvalue())
    assert isinstance(item, Capture)
    assert item.body == b"<p>text"


@pytest.mark.parametrize("gzipped", [True, False])
def test_a_flipped_byte_costs_one_record(read: Read, gzipped: bool) -> None:
    parts = [member(n, gzipped=gzipped) for n in range(1, 4)]
    for at in range(0, len(parts[1]), 5):
        broken = bytearray(parts[1])
        broken[at] ^= 0xFF
        items = read(parts[0], bytes(broken), parts[2])
        first, *changed, last = pages(items)
        assert (first, last) == ("1", "3"), at
        assert len(changed) == 1 or list(damage(items)), at


@pytest.mark.parametrize("gzipped", [True, False])
def test_a_cut_file(read: Read, gzipped: bool) -> None:
    first, second = member(1, gzipped=gzipped), member(2, gzipped=gzipped)
    for length in range(1, len(second) - 4, 5):
        items = read(first, second[:length])
        assert pages(items) == ["1"], length
        assert [offset for offset, _ in damage(items)] == [len(first)], length


def test_bytes_that_look_like_a_beginning_are_one_damage(read: Read) -> None:
    items = read(member(1), b"\x1f\x8b\x08 no gzip" * 50, member(2))
    assert pages(items) == ["1", "2"]
    assert len(list(damage(items))) == 1


def test_what_is_no_archive_is_refused(read: Read) -> None:
    with pytest.raises(ArchiveRefused, match="no web archive"):
        read(b"# Notes\n")


def test_our_own_pages_are_put_together_again(read: Read) -> None:
    page = snapshot()
    info = warcinfo("x.warc.gz", {"software": "scraper/1.2"})
    data, archive = write_page(page, "x.warc.gz", len(info), {"scraper": "1.2"}, MOMENT)
    (item,) = read(info, data)
    assert isinstance(item, Capture)
    assert (item.url, item.body, item.dom) == (page.url, page.document, page.dom)
    assert item.facts["request_url"] == page.request_url
    # The record about the page is lost: its answers are what there is.
    assert archive.metadata
    items = read(info, data[: archive.metadata.offset - len(info)] + b"\0" * 100, member(2))
    assert [item.dom for item in items if isinstance(item, Capture) and item.url == page.url] == [
        page.dom
    ]
    assert list(damage(items))
