"""`scraper extract FILE.warc.gz`: records from anybody's web archive, on all cores."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from scraper.cli.archive_pictures import ArchivePictures
from scraper.cli.errors import fail, say
from scraper.cli.printable import json_line
from scraper.cli.screen import PlainConsole
from scraper.decoding import decoded
from scraper.errors import UsageError
from scraper.extraction import extract_snapshot
from scraper.fetch.content import other_type
from scraper.recipe import Recipes
from scraper.snapshot import Snapshot
from scraper.store.archive_file import ArchiveFile
from scraper.store.archives import Capture, captures
from scraper.store.warc_reader import Damage
from scraper.workers import Workers


class Line(NamedTuple):
    """What one capture came to: a record, an error, or neither when it is no page."""

    record: str | None = None
    error: str | None = None


def extract_archive(
    path: Path, recipes: Sequence[Path], jobs: int | None, media: Path | None
) -> int:
    """Records to stdout, one a line, in the archive's order; what could not be read or made into a
    record to stderr.  Their pictures are stored below `media`, if given.  The exit code."""
    reading = _Reading(path)
    seen: Counter[str] = Counter()
    try:
        with ExitStack() as stack:
            pictures = None
            if media:
                pictures = ArchivePictures(stack.enter_context(ArchiveFile(path)), media)
            stack.enter_context(reading)
            for line in Workers(_record, _failed, recipes=recipes, jobs=jobs).lines(
                reading.pages()
            ):
                if line.error:
                    say(line.error)
                elif line.record:
                    record = pictures.completed(line.record) if pictures else line.record
                    sys.stdout.write(record)
                seen["failed" if line.error else "records" if line.record else "other"] += 1
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from error
    say(
        f"records: {seen['records']}, pages without one: {seen['failed']}, "
        f"answers that are no pages: {seen['other']}"
    )
    if reading.damaged:
        return fail(f"{path} is damaged in {reading.damaged} places", 8)
    return 1 if seen["failed"] else 0


class _Reading:
    """Shows, on a terminal, how far the file was read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.damaged = 0
        columns = BarColumn(), TextColumn("{task.completed} pages"), TimeElapsedColumn()
        console = PlainConsole(stderr=True)
        # Records that go to a file are not to be drawn above the bar instead, as rich would do.
        self._progress = Progress(
            *columns,
            console=console,
            disable=not console.is_terminal,
            redirect_stdout=sys.stdout.isatty(),
        )
        self._task = TaskID(0)

    def __enter__(self) -> None:
        self._progress.start()
        self._task = self._progress.add_task("", total=None)

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def pages(self) -> Iterator[Capture]:
        for item in captures(self._path):
            if isinstance(item, Damage):
                self.damaged += 1
                say(f"{item.file} at byte {item.offset}: {item.problem}")
            else:
                self._progress.advance(self._task)
                yield item


def _record(capture: Capture, recipes: Recipes) -> Line:
    if capture.status and not (200 <= capture.status < 300 or capture.facts):
        return Line()
    body = decoded(capture.headers, capture.body)
    if other_type(capture.headers, body) or not (body or capture.dom):
        return Line()
    return Line(json_line(extract_snapshot(_snapshot(capture, body), recipes)))


def _failed(capture: Capture, error: str) -> Line:
    return Line(error=f"{capture.url} ({capture.file} at byte {capture.offset}): {error}")


def _snapshot(capture: Capture, body: bytes) -> Snapshot:
    facts = capture.facts
    return Snapshot(
        request_url=facts.get("request_url", capture.url),
        url=capture.url,
        status=capture.status,
        headers=capture.headers,
        document=body,
        dom="" if facts.get("empty_dom") else capture.dom,
        fetched_at=datetime.fromisoformat(facts["fetched_at"])
        if facts.get("fetched_at")
        else capture.at,
        rendered_with=facts.get("rendered_with", "file"),
        warnings=tuple(facts.get("warnings", ())),
        redacted=tuple(facts.get("redacted", ())),
    )
