"""Runs a crawl and shows of it what was asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.cli.errors import fail, say
from scraper.cli.log import Log
from scraper.cli.pipe import RecordPipe
from scraper.cli.printable import json_line
from scraper.errors import ScraperError, StorageError, UsageError
from scraper.job import Job
from scraper.opening import open_collection
from scraper.protocols import Reporter
from scraper.record import Failure
from scraper.summary import Summary

if TYPE_CHECKING:
    from scraper.cli.screen import Lines


@dataclass(frozen=True, slots=True)
class Shown:
    """What goes to stdout is one of three: tables for people, the summary as `json`, or the
    records themselves (`pipe`).  Progress goes to stderr unless `quiet`; a `tour` ends with more to
    try."""

    quiet: bool = False
    json: bool = False
    pipe: bool = False
    log: str | None = None
    tour: bool = False

    @classmethod
    def by(cls, job: Job, *, tour: bool = False) -> Shown:
        """Raises UsageError."""
        pipe = job.output == "-"
        if pipe and job.json_summary:
            raise UsageError(
                "the records of -o - and the summary of --json both go to stdout: choose one"
            )
        return cls(job.quiet, job.json_summary, pipe, job.log, tour)


def run_shown(shown: Shown, start: Callable[[Sequence[Reporter]], Summary | None]) -> int:
    """Run what `start` does with the reporters it is given; the exit code.  Where it had nothing
    to do, the summary as JSON is null."""
    reporters: list[Reporter] = []
    pipe = log = None
    with ExitStack() as stack:
        if shown.pipe:
            pipe = stack.enter_context(RecordPipe(sys.stdout))
            reporters.append(pipe)
        if shown.log:
            log = stack.enter_context(Log(Path(shown.log)))
            reporters.append(log)
        if not shown.quiet:
            screen = _screen(shown)
            stack.callback(screen.close)
            reporters.append(screen)
        summary = start(reporters)
    if pipe and pipe.error:
        raise pipe.error
    if summary is None:
        if shown.json:
            sys.stdout.write(json_line(None))
        return 0
    interrupted = summary.outcome == "interrupted"
    try:
        _close(shown, summary)
    except OSError:
        if not interrupted:  # by the end of its terminal, maybe
            raise
    for alarm in summary.alarms:
        say(alarm.text)
    if summary.error:
        return fail(summary.error, summary.exit_code)
    if log and log.error:
        said = f"cannot write the log {shown.log}: {log.error.strerror}; the crawl went on without"
        return fail(said, summary.exit_code if interrupted else StorageError.exit_code)
    return summary.exit_code


def _screen(shown: Shown) -> Lines:
    from scraper.cli.screen import Lines, LiveScreen, PlainConsole

    console = PlainConsole(stderr=True)
    records_on_it = shown.pipe and sys.stdout.isatty()
    return LiveScreen(console) if console.is_terminal and not records_on_it else Lines(console)


def _close(shown: Shown, summary: Summary) -> None:
    if shown.json and not shown.pipe:
        from scraper.cli.summary import as_json

        sys.stdout.write(json_line(as_json(summary)))
    elif not shown.quiet and not shown.pipe:
        from scraper.cli.screen import PlainConsole
        from scraper.cli.summary import show

        show(PlainConsole(), summary, _examples(summary), tour=shown.tour)


def _examples(summary: Summary) -> dict[str, Failure]:
    """One failure for each code."""
    examples: dict[str, Failure] = {}
    if not summary.tally.failures:
        return examples
    try:
        with open_collection(summary.collection) as collection:
            for failure in collection.failures(summary.run):
                examples.setdefault(failure.code, failure)
                if examples.keys() >= summary.tally.failures.keys():
                    break
    except ScraperError:  # the counts are shown all the same
        return examples
    return examples
