"""Whatever a crash left of the files, the next start makes them what they were."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from shutil import copytree

from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.errors import NotAPicture
from scraper.job import Job
from scraper.snapshot import Snapshot
from scraper.store.disk import ignore
from scraper.store.media import MediaFolder
from scraper.store.page import read_page, write_page
from scraper.store.signature import PICTURES, mime_type
from tests.unit.samples import MOMENT, failed, nothing, outcome, seeds, snapshot
from tests.unit.store.opening import leave_open, opened


@cache
def killed() -> tuple[Path, dict[str, bytes], dict[str, int]]:
    """A collection as a killed process left it, its files as they must be, and how much of them was
    noted as durable."""
    path = Path(tempfile.mkdtemp()) / "collection"
    collection = opened(path)
    run = collection.begin(Job())
    for number, request in enumerate(seeds(6)):
        done = failed(request) if number == 4 else outcome(request, snapshot=snapshot(number))
        collection.store(run).commit([done], nothing)
    certain = dict(collection._db.execute("SELECT name, length FROM files").fetchall())
    leave_open(collection)
    names = ("records.jsonl", "failures.jsonl", f"archive/{run.id}-00001.warc.gz")
    return path, {name: (path / name).read_bytes() for name in names}, certain


@settings(max_examples=40)
@given(st.data())
def test_files_are_cut_and_completed(data: st.DataObject) -> None:
    source, whole, certain = killed()
    with tempfile.TemporaryDirectory() as directory:
        path = copytree(source, Path(directory) / "c")
        for name, content in whole.items():
            kept = data.draw(st.integers(certain[name], len(content)), label=name)
            torn = data.draw(st.binary(max_size=200) | st.just(b"\0" * 200), label="torn")
            if name.endswith(".jsonl") and data.draw(st.booleans(), label="shortened by hand"):
                kept, torn = data.draw(st.integers(0, len(content))), b""
            (path / name).write_bytes(content[:kept] + torn)
        opened(path).close()
        assert {name: (path / name).read_bytes() for name in whole} == whole


headers = st.lists(st.tuples(st.text(max_size=12), st.text(max_size=20)), max_size=5).map(tuple)
snapshots = st.builds(
    Snapshot,
    request_url=st.just("https://news.example/old"),
    url=st.sampled_from(["https://news.example/x", "file:///x y"]),
    status=st.integers(0, 999),
    headers=headers,
    document=st.none() | st.binary(max_size=80),
    dom=st.none() | st.text(max_size=80),
    fetched_at=st.none() | st.just(MOMENT),
    rendered_with=st.sampled_from(["browser", "http", "file"]),
    warnings=st.lists(st.text(max_size=9), max_size=2).map(tuple),
)


@given(snapshots)
def test_any_page_comes_back_as_it_was(page: Snapshot) -> None:
    data, archive = write_page(page, "archive/x", 0, {}, MOMENT)
    kept = read_page(archive, lambda _file, offset, length: data[offset : offset + length])
    assert kept == page


@given(st.binary(max_size=200) | st.sampled_from([b"<svg", b"<!--", b"<?", b"<!doctype"]))
def test_sniffing_never_raises(body: bytes) -> None:
    assert "/" in mime_type(body)
    assert mime_type(b"\x89PNG\r\n\x1a\n" + body) in PICTURES


SIGNATURES = (
    *(b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"BM", b"\0\0\1\0", b"II*\0", b"MM\0*"),
    *(
        b"RIFF\x10\0\0\0WEBPVP8 ",
        b"RIFF\x10\0\0\0WEBPVP8L",
        b"\xff\x0a",
        b"<svg ",
        b"<?xml ?><svg ",
    ),
    *(b"\0\0\0\x18ftypavif", b"\0\0\0\x20ftypmif1\0\0\0\0avifheic", b"\0\0\0\x0cJXL \r\n\x87\n"),
)


@given(st.sampled_from(SIGNATURES), st.binary(max_size=200))
def test_any_picture_is_stored_with_a_size_or_without(head: bytes, rest: bytes) -> None:
    with tempfile.TemporaryDirectory() as directory, suppress(NotAPicture):
        media = MediaFolder(Path(directory), ignore).put(head + rest)
        assert (media.width is None) == (media.height is None)
        assert 0 < (media.width or 1) < 2**31
        assert (Path(directory) / media.path).read_bytes() == head + rest
