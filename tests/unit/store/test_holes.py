"""What is cut out of a WARC file leaves a file that every reader takes, as long as before."""

from __future__ import annotations

import gzip
import hashlib
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from scraper.snapshot import Exchange
from scraper.store.archive_file import ArchiveFile
from scraper.store.archives import captures
from scraper.store.holes import Hole, cut_out
from scraper.store.page import write_page
from scraper.store.warc import warcinfo
from scraper.store.warc_reader import members
from tests.unit.samples import MOMENT, png
from tests.unit.store.removing import page_of
from tests.unit.store.test_full_page import Known, full

NAME = "archive/x.warc.gz"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Two pages; the second refers to payloads of the first."""
    path, known = tmp_path / "x.warc.gz", Known()
    data = warcinfo(path.name, {"software": "scraper/1"})
    for name in ("one", "two"):
        data += write_page(page_of(name), NAME, len(data), {}, MOMENT, known)[0]
    path.write_bytes(data)
    return path


def stretches(path: Path) -> list[tuple[int, int]]:
    """Start and length of each record."""
    with path.open("rb") as file:
        starts = [one[0] for one in members("", file) if isinstance(one, tuple)]
    ends = [*starts[1:], path.stat().st_size]
    return [(start, end - start) for start, end in zip(starts, ends, strict=True)]


def records(path: Path) -> list[tuple[str, str | None]]:
    with path.open("rb") as file:
        return [
            (record.rec_type, record.rec_headers.get_header("WARC-Target-URI"))
            for record in ArchiveIterator(file, check_digests="raise")
            if record.content_stream().read() is not None
        ]


@pytest.mark.parametrize("number", range(1, 12))
def test_the_others_stay_where_they_were(path: Path, number: int) -> None:
    before, kinds = path.read_bytes(), records(path)
    start, length = stretches(path)[number]
    cut_out(path, [Hole(start, length)], MOMENT)
    after = path.read_bytes()
    assert after[:start] == before[:start]
    assert after[start + length :] == before[start + length :]
    assert records(path) == [*kinds[:number], ("metadata", None), *kinds[number + 1 :]]
    assert b"note: removed" in gzip.decompress(after[start : start + length])
    subprocess.run(["gzip", "-t", path], check=True)


def test_a_large_one_takes_no_room(tmp_path: Path) -> None:
    path, noise = tmp_path / "x.warc.gz", os.urandom(3 * 2**20)
    film = Exchange("https://a.example/film", 200, (), noise, MOMENT)
    page, _ = write_page(full(film), NAME, 0, {}, MOMENT, Known())
    path.write_bytes(page)
    ((start, length),) = [one for one in stretches(path) if one[1] > 2**20]
    cut_out(path, [Hole(start, length)], MOMENT)
    assert path.stat().st_size == len(page)
    assert noise[:1000] not in path.read_bytes()
    assert records(path).count(("metadata", None)) == -(-length // 60_000)
    assert path.stat().st_blocks * 512 < len(page) / 2


@pytest.mark.parametrize("longer", [False, True], ids=["fits", "does not fit"])
def test_what_stays_is_the_answer_to_another_address(path: Path, longer: bool) -> None:
    """Where there is no room for that, it has none."""
    beacon = "https://count.example/?page=https://news.example/story/one"
    other = f"{beacon.removesuffix('one')}two"
    kinds, places = records(path), stretches(path)
    answer, revisit = kinds.index(("response", beacon)), kinds.index(("revisit", other))
    noise = "".join(hashlib.sha256(bytes([number])).hexdigest() for number in range(40))
    address = other + noise if longer else other
    holes = [Hole(*places[answer], address), Hole(*places[revisit], address)]
    for _ in range(2):
        cut_out(path, holes, MOMENT)
        found = records(path)
        kept = ("response", other) if not longer else ("resource", found[answer][1])
        assert found == [*kinds[:answer], kept, *kinds[answer + 1 :]]
        assert str(found[answer][1]).startswith("urn:uuid:" if longer else "https:")
    with path.open("rb") as file:
        (reference,) = (
            record.rec_headers
            for record in ArchiveIterator(file)
            if record.rec_headers.get_header("WARC-Target-URI") == other
            and record.rec_type == "revisit"
        )
    assert reference.get_header("WARC-Refers-To-Target-URI") == (None if longer else other)
    if not longer:
        with ArchiveFile(path) as archive:
            again = archive.find("GET", other)
        assert again
        assert again.body == b"GIF89a, all but nothing"


def test_a_page_that_is_cut_out_is_no_page_any_more(path: Path) -> None:
    places, kinds = stretches(path), records(path)
    last = kinds.index(("metadata", "urn:metadata:https://news.example/story/one"))
    end = sum(places[last])
    cut_out(path, [Hole(places[1][0], end - places[1][0])], MOMENT)
    read: list[Any] = list(captures(path))
    assert [one.url for one in read] == ["https://news.example/story/two"]


def test_of_a_damaged_record_nothing_stays(path: Path) -> None:
    start, length = stretches(path)[3]
    data = bytearray(path.read_bytes())
    data[start : start + length] = png(salt=b"x" * length)[:length]
    path.write_bytes(data)
    cut_out(path, [Hole(start, length, "https://a.example/")], MOMENT)
    assert records(path)[3] == ("metadata", None)


def test_a_file_that_lost_its_end_loses_what_goes(path: Path) -> None:
    places = stretches(path)
    start, length = places[-2]
    path.write_bytes(path.read_bytes()[: start + length // 2])
    cut_out(path, [Hole(start, length)], MOMENT)
    assert path.stat().st_size == start
    assert len(records(path)) == len(places) - 2


def test_a_reader_keeps_the_file_it_has_open(path: Path) -> None:
    before = path.read_bytes()
    with path.open("rb") as reader:
        cut_out(path, [Hole(*stretches(path)[1])], MOMENT)
        assert reader.read() == before
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    assert path.stat().st_size == len(before)
