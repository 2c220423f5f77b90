from __future__ import annotations

import hashlib
import io
import json
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from scraper.errors import ArchiveDamaged
from scraper.record import Archive
from scraper.snapshot import Exchange, Snapshot
from scraper.store.page import read_page, write_page
from scraper.store.warc import warcinfo
from tests.unit.samples import MOMENT, address, snapshot

FILE = "archive/20260504T120000Z-0000-00001.warc.gz"


def stored(page: Snapshot, offset: int = 0) -> tuple[bytes, Archive]:
    return write_page(page, FILE, offset, {"scraper": "1.2"}, MOMENT)


def read(data: bytes, archive: Archive) -> Snapshot:
    return read_page(archive, lambda _file, offset, length: data[offset : offset + length])


def records(data: bytes) -> list[Any]:
    """As another program reads them, digests checked."""
    found = []
    for record in ArchiveIterator(io.BytesIO(data), check_digests="raise"):
        record.body = record.content_stream().read()
        found.append(record)
    return found


def headers(record: Any) -> dict[str, str]:
    return dict(record.rec_headers.headers)


def test_a_page_comes_back_as_it_was() -> None:
    page = snapshot()
    assert read(*stored(page)) == page


def test_other_programs_read_it() -> None:
    data, archive = stored(snapshot())
    hop, document, dom, metadata = records(
        warcinfo("x.warc.gz", {"software": "scraper/1.2"}) + data
    )[1:]
    kinds = [record.rec_type for record in (hop, document, dom, metadata)]
    assert kinds == ["response", "response", "resource", "metadata"]
    assert all(record.rec_headers.protocol == "WARC/1.1" for record in (hop, document))
    assert hop.http_headers.get_statuscode() == "301"
    assert hop.rec_headers.get_header("WARC-Target-URI") == address(1) + "?old"
    assert document.rec_headers.get_header("WARC-Target-URI") == address(1)
    assert document.rec_headers.get_header("WARC-Date") == "2026-05-04T12:00:00.123456Z"
    assert document.body == snapshot().document
    assert document.http_headers.get_header("Content-Encoding") is None
    assert document.http_headers.get_header("X-Archive-Orig-Content-Encoding") == "gzip"
    assert document.http_headers.get_header("Content-Length") == str(len(document.body))
    assert dom.rec_headers.get_header("WARC-Target-URI") == f"urn:dom:{address(1)}"
    assert dom.rec_headers.get_header("Content-Type") == "text/html; charset=utf-8"
    assert dom.body.decode() == snapshot().dom
    assert archive.document is not None
    digest = document.rec_headers.get_header("WARC-Payload-Digest")
    assert digest == archive.document.digest
    assert digest == f"sha256:{hashlib.sha256(document.body).hexdigest()}"


def test_the_records_refer_to_each_other() -> None:
    hop, document, dom, metadata = records(stored(snapshot())[0])
    assert headers(document)["WARC-Concurrent-To"] == headers(hop)["WARC-Record-ID"]
    assert headers(dom)["WARC-Concurrent-To"] == headers(document)["WARC-Record-ID"]
    assert headers(metadata)["WARC-Refers-To"] == headers(document)["WARC-Record-ID"]
    facts = json.loads(metadata.body)
    assert facts["request_url"] == address(1) + "?old"
    assert facts["warnings"] == ["load_timeout"]
    assert facts["fetched_at"] == "2026-05-04T12:00:00.123456+00:00"
    assert facts["programs"] == {"scraper": "1.2"}


def test_each_record_is_one_gzip_member() -> None:
    data, archive = stored(snapshot(), offset=0)
    members = 0
    while data:
        unpacker = zlib.decompressobj(zlib.MAX_WBITS + 16)
        assert unpacker.decompress(data).startswith(b"WARC/1.1\r\n")
        data = unpacker.unused_data
        members += 1
    assert members == 4
    assert archive.dom is not None
    assert archive.metadata is not None
    assert archive.dom.offset + archive.dom.length == archive.metadata.offset


def test_offsets_count_from_the_start_of_the_file() -> None:
    before = warcinfo("x.warc.gz", {"software": "s"})
    data, archive = stored(snapshot(), offset=len(before))
    assert read(before + data, archive) == snapshot()


PAGE = snapshot()
LATIN = (("Server", "Zürich/1"), ("X-Odd", "港; a=b"), ("X-Twice", "a=1"), ("X-Twice", "b=2"))


@pytest.mark.parametrize(
    "page",
    [
        replace(PAGE, dom=None, rendered_with="http"),
        replace(PAGE, dom=""),
        replace(PAGE, document=None),
        replace(PAGE, document=None, exchanges=()),
        replace(PAGE, exchanges=()),
        replace(PAGE, exchanges=(), dom=None),
        replace(PAGE, document=b""),
        replace(PAGE, document=b"\xff\xfe\x00binary\r\n\r\nHTTP/1.1 200 OK\r\n", exchanges=()),
        replace(PAGE, document=b"not what the exchange holds"),
        replace(PAGE, headers=LATIN, exchanges=(replace(PAGE.exchanges[1], headers=LATIN),)),
        replace(
            PAGE, headers=(("bad name:", "x"), ("", ""), ("ok", "a\r\nInjected: 1")), exchanges=()
        ),
        replace(PAGE, headers=(("Transfer-Encoding", "chunked"), ("Content-Length", "5"))),
        replace(PAGE, status=404, warnings=(), fetched_at=datetime(2026, 1, 1, tzinfo=UTC)),
        replace(PAGE, url="file:///home/x/page.html", status=0, exchanges=(), fetched_at=None),
        replace(
            PAGE, url="file:///home/x/a b.html", dom="x", document=None, exchanges=(), status=0
        ),
        replace(PAGE, dom="nul \x00 and \r\n and 港 \u2028 🌊"),
        replace(PAGE, exchanges=(replace(PAGE.exchanges[1], reason="Très Bien\r\nX: 1"),)),
    ],
)
def test_odd_pages_come_back_as_they_were(page: Snapshot) -> None:
    data, archive = stored(page)
    assert read(data, archive) == page
    for record in records(data):
        if record.http_headers:
            names = [name.lower() for name, _ in record.http_headers.headers]
            assert "injected" not in names
            assert "x" not in names
            assert names.count("content-length") == 1


def test_half_a_pair_in_the_dom_becomes_readable() -> None:
    page = replace(PAGE, dom="a \ud800 b", warnings=("odd \udfff",))
    kept = read(*stored(page))
    assert kept == replace(page, dom="a \ufffd b")


def test_request_headers_stay_out_of_the_archive() -> None:
    exchange = replace(PAGE.exchanges[1], request_headers=(("Authorization", "Basic c2VjcmV0"),))
    data, archive = stored(replace(PAGE, exchanges=(exchange,)))
    assert not any(b"Basic" in record.body for record in records(data))
    assert read(data, archive).exchanges == (PAGE.exchanges[1],)


@pytest.mark.parametrize("entry", ["document", "dom", "metadata"])
@pytest.mark.parametrize("harm", ["flip", "cut", "zero", "empty"])
def test_damage_is_noticed(entry: str, harm: str) -> None:
    data, archive = stored(snapshot(1, "<p>" + "harbour " * 300))
    place = getattr(archive, entry)
    middle = place.offset + place.length // 2
    harmed = {
        "flip": data[:middle] + bytes([data[middle] ^ 0xFF]) + data[middle + 1 :],
        "cut": data[:middle],
        "zero": data[: place.offset] + b"\0" * (len(data) - place.offset),
        "empty": data[: place.offset],
    }[harm]
    with pytest.raises(ArchiveDamaged, match="archive/"):
        read(harmed, archive)


def test_another_record_in_its_place_is_noticed() -> None:
    data, archive = stored(snapshot())
    assert archive.document is not None
    assert archive.dom is not None
    place = {"offset": archive.dom.offset, "length": archive.dom.length}
    elsewhere = archive.model_copy(update={"document": archive.document.model_copy(update=place)})
    with pytest.raises(ArchiveDamaged, match="digest"):
        read(data, elsewhere)
    with pytest.raises(ArchiveDamaged):
        read(data, archive.model_copy(update={"metadata": archive.dom}))
    with pytest.raises(ArchiveDamaged):
        read(data, archive.model_copy(update={"metadata": None}))


def test_many_redirects_keep_their_order() -> None:
    hops = tuple(
        Exchange(address(n), 302, (("Location", address(n + 1)),), b"", MOMENT) for n in range(9)
    )
    page = replace(PAGE, exchanges=(*hops, PAGE.exchanges[1]))
    assert read(*stored(page)).exchanges == page.exchanges


def test_the_checker_of_the_library_is_content(tmp_path: Any) -> None:
    file = tmp_path / "x.warc.gz"
    file.write_bytes(warcinfo("x.warc.gz", {"software": "s"}) + stored(snapshot())[0])

    class Arguments:
        inputs = (str(file),)
        verbose = False

    checker = Checker(Arguments())
    checker.process_all()
    assert checker.exit_value == 0
