"""What we pack: valid for the format's own program, readable at the places its index names."""

import fcntl
import gzip
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from scraper.errors import StorageError, UsageError
from scraper.job import Job
from scraper.record import Article
from scraper.store.archives import Capture, captures
from scraper.store.pack import pack
from tests.unit.samples import MOMENT, nothing, outcome, seeds, snapshot
from tests.unit.store.opening import opened


@pytest.fixture
def crawled(tmp_path: Path) -> Path:
    """Three pages of a finished run."""
    path = tmp_path / "collection"
    requests = seeds(3)
    with opened(path, versions={"scraper": "1.2"}) as collection:
        run = collection.begin(Job(urls=tuple(request.url for request in requests)), requests)
        store, frontier = collection.store(run), collection.frontier(run)
        for n, request in enumerate(requests):
            page = snapshot(n, f"<p>Page {n}: 港口")
            store.commit([outcome(request, snapshot=page)], nothing)
            frontier.finish(request)
        collection.end(run, "finished", {})
    return path


def packed(path: Path, target: Path) -> int:
    with opened(path, writable=False) as collection:
        (run,) = collection.finished_runs()
        return pack(
            target,
            collection.archives(run),
            collection.articles(run=run),
            title="Three pages",
            software="scraper/1.2",
            now=MOMENT,
        )


def test_it_is_valid(crawled: Path, tmp_path: Path) -> None:
    target = tmp_path / "new" / "run.wacz"
    assert packed(crawled, target) == 3
    validated = subprocess.run(
        [sys.executable, "-m", "wacz.main", "validate", "-f", str(target)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert validated.returncode == 0, validated.stdout + validated.stderr
    assert list(target.parent.iterdir()) == [target]


def test_pages_and_index_lead_to_the_documents(crawled: Path, tmp_path: Path) -> None:
    target = tmp_path / "run.wacz"
    packed(crawled, target)
    with zipfile.ZipFile(target) as archive:
        _, *pages = map(json.loads, archive.read("pages/pages.jsonl").splitlines())
        index = gzip.decompress(archive.read("indexes/index.cdx.gz")).decode().splitlines()
        (warc,) = (name for name in archive.namelist() if name.startswith("archive/"))
        data = archive.read(warc)
        assert archive.getinfo(warc).compress_type == zipfile.ZIP_STORED
    assert index == sorted(index)
    entries = [line.split(" ", 2) for line in index]
    assert not [key for key, _, _ in entries if "metadata" in key]
    for page in pages:
        (found,) = (
            (moment, fields)
            for _, moment, text in entries
            if (fields := json.loads(text))["url"] == page["url"] and fields["status"] == "200"
        )
        moment, fields = found
        assert moment == page["ts"][:19].translate(str.maketrans("", "", "-:T"))
        start = int(fields["offset"])
        record = next(
            iter(ArchiveIterator(io.BytesIO(data[start : start + int(fields["length"])])))
        )
        assert record.rec_headers.get_header("WARC-Target-URI") == page["url"]
        assert "港口" in record.content_stream().read().decode()
    assert [page["title"] for page in pages] == [a.title for a in articles(crawled)]


def articles(path: Path) -> list[Article]:
    with opened(path, writable=False) as collection:
        return list(collection.articles())


def test_we_read_it_ourselves(crawled: Path, tmp_path: Path) -> None:
    target = tmp_path / "run.wacz"
    packed(crawled, target)
    found = list(captures(target))
    assert all(isinstance(item, Capture) and item.facts for item in found)
    assert len(found) == 3


def test_what_a_killed_one_left_is_overwritten(crawled: Path, tmp_path: Path) -> None:
    target = tmp_path / "run.wacz"
    leftover = tmp_path / ".tmp-run.wacz"
    leftover.write_bytes(b"x" * 10**6)
    packed(crawled, target)
    assert not leftover.exists()
    assert zipfile.ZipFile(target).testzip() is None


def test_two_at_once(crawled: Path, tmp_path: Path) -> None:
    target = tmp_path / "run.wacz"
    with (tmp_path / ".tmp-run.wacz").open("wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(UsageError, match="another process"):
            packed(crawled, target)
    assert not target.exists()


def test_a_full_disk_leaves_no_half_file(
    crawled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StorageError, match="No space"):
        packed(crawled, tmp_path / "run.wacz")
    assert not (tmp_path / "run.wacz").exists()
