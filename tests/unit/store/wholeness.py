"""What must be true of every collection after a proper end, whatever happened before."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

from scraper.protocols import Tally
from scraper.record import Article, Failure
from scraper.snapshot import Snapshot
from scraper.store.collection import LocalCollection
from tests.unit.store.opening import all_lines, files, opened


def check_whole(path: Path, page_of: Callable[[Article], Snapshot]) -> dict[str, Tally]:
    """Nothing lost, doubled, torn or left over; the tally of each run.  `page_of` tells the page a
    record was made from."""
    assert (path / "state.lock").read_bytes() == b""
    with opened(path, writable=False) as collection:
        assert collection.unfinished() is None
        articles = list(collection.articles())
        runs = sorted(report.stem for report in (path / "runs").glob("*.json"))
        failures = [failure for run in runs for failure in collection.failures(run)]
        _check_lines(path, articles, failures)
        _check_archive(path, collection, articles, page_of)
        _check_files(path, articles)
        return {run: collection.tally(run) for run in runs}


def _check_lines(path: Path, articles: list[Article], failures: list[Failure]) -> None:
    records = all_lines(path, "records")
    assert not records or records.endswith(b"\n")
    assert [Article.model_validate_json(line) for line in records.splitlines()] == articles
    revisions: Counter[str] = Counter()
    for article in articles:
        revisions[article.id] += 1
        assert article.revision == revisions[article.id]
    lines = all_lines(path, "failures").splitlines()
    found = sorted((f.run or "", f.url, f.code) for f in map(Failure.model_validate_json, lines))
    assert found == sorted((f.run or "", f.url, f.code) for f in failures)


def _check_archive(
    path: Path,
    collection: LocalCollection,
    articles: list[Article],
    page_of: Callable[[Article], Snapshot],
) -> None:
    kinds: Counter[str] = Counter()
    for file in (path / "archive").iterdir():
        with file.open("rb") as stream:
            for record in ArchiveIterator(stream, check_digests="raise"):
                record.content_stream().read()
                kinds[record.rec_type] += 1
    assert kinds["metadata"] == len(articles), "one page for each record and no other"
    for article in articles:
        assert collection.snapshot(article) == page_of(article)


def _check_files(path: Path, articles: list[Article]) -> None:
    found = files(path)
    pictures = {name for name in found if name.startswith("media/")}
    assert pictures == {i.media.path for record in articles for i in record.images if i.media}
    for name in pictures:
        assert hashlib.sha256((path / name).read_bytes()).hexdigest() == Path(name).stem
    assert not [name for name in found if ".tmp-" in name]
    others = {re.sub(r"-\d{5}\.jsonl$", ".jsonl", n.partition("/")[0]) for n in found - pictures}
    known = {"records.jsonl", "failures.jsonl", "state.sqlite", "state.lock", "runs", "archive"}
    assert others <= known, others - known
