"""What a crawl says at its end: a table for people, one JSON object for programs."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from scraper.amounts import size
from scraper.backoff import may_pass
from scraper.cli.printable import printable
from scraper.cli.table import table_of
from scraper.protocols import Captured
from scraper.record import Article, Failure
from scraper.summary import Summary

_ROOMY = 65
"""Columns of a terminal beside the ids: a title of some length, the hour and the pictures."""


_LIMITS = {
    "max_pages_per_host": "so many were followed to their host already (--max-pages-per-host)",
    "known": "what a list names is here already (--again fetches it)",
    "trap.length": "such long addresses are made by a fault of the site",
    "trap.path": "the path repeats itself, or grows without end",
    "trap.query": "the same page is there with ever other parameters",
    "trap.calendar": "a calendar has no end",
}


def as_json(summary: Summary) -> dict[str, Any]:
    """The summary as plain values; `records` are the ids of the last ones committed."""
    return {
        "run": summary.run,
        "collection": str(summary.collection),
        "outcome": summary.outcome,
        "exit_code": summary.exit_code,
        "tally": asdict(summary.tally),
        "left": summary.left,
        "seconds": round(summary.seconds, 3),
        "bytes": summary.bytes,
        "records": [article.id for article in summary.articles],
        "limits": dict(summary.limits),
        "manners": dict(summary.manners),
        "answers": summary.captured.facts(),
        "wacz": [str(path) for path in summary.packed],
        "alarms": [asdict(alarm) for alarm in summary.alarms],
        "error": summary.error,
    }


def show(
    console: Console, summary: Summary, examples: Mapping[str, Failure], *, tour: bool = False
) -> None:
    """Tables of records and failures, the counts, where things are, what to try next.  `tour` is
    for a newcomer, who has seen the demo site only."""
    if summary.articles:
        console.print(_records(summary.articles, console.width))
        console.print()
    if summary.tally.failures:
        console.print(_failures(summary.tally.failures, examples))
        console.print()
    console.print(_counts(summary))
    for name, count in summary.limits.items():
        addresses = "address was" if count == 1 else "addresses were"
        console.print(Text(f"{count:,} {addresses} not followed: {_LIMITS[name]}", "yellow"))
    console.print()
    for label, text in [*_places(summary), *_next(summary), *(_tour() if tour else [])]:
        line = Text(f"{label:<22}", style="dim").append(printable(text), style="default")
        console.print(line, soft_wrap=True)


def _records(articles: tuple[Article, ...], width: int) -> Table:
    """A narrow terminal has no room for pictures and hours beside the ids, which stay whole."""
    rows = [_row(article) for article in articles]
    longest = max(row[-1].cell_len for row in rows)
    if width >= longest + _ROOMY:
        return table_of(("Title", "Published", "Pictures", "Id"), rows, cut="Title", width=width)
    short = [[title, published[:10], id] for title, published, _, id in rows]
    return table_of(("Title", "Published", "Id"), short, cut="Title", width=width)


def _row(article: Article) -> list[Text]:
    stored = sum(image.media is not None for image in article.images)
    return [
        Text(printable(article.title or "–")),
        Text(f"{article.published:%Y-%m-%d %H:%M}" if article.published else "–"),
        Text(f"{stored}/{len(article.images)}" if article.images else "–"),
        Text(printable(article.id)),
    ]


def _failures(by_code: Mapping[str, int], examples: Mapping[str, Failure]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    table.add_column("Failed", justify="right")
    table.add_column("Code", no_wrap=True)
    table.add_column("For example", overflow="fold", ratio=1)
    for code, count in sorted(by_code.items(), key=lambda item: (-item[1], item[0])):
        example = examples.get(code)
        text = f"{example.url} – {example.message}" if example else ""
        table.add_row(Text(str(count)), Text(printable(code), "red"), Text(printable(text)))
    return table


def _counts(summary: Summary) -> Text:
    tally = summary.tally
    parts = [
        (tally.record, "record" if tally.record == 1 else "records", "bold green"),
        (tally.unchanged, "unchanged", ""),
        (tally.duplicate, "duplicate", ""),
        (tally.failed, "failed", "bold red"),
        (tally.listing, "list" if tally.listing == 1 else "lists", ""),
        (summary.left, "left to do", "yellow"),
    ]
    shown = [Text(f"{count} {word}", style) for count, word, style in parts if count]
    shown = shown or [Text("nothing to do")]
    minutes, seconds = divmod(summary.seconds, 60)
    took = f"{minutes:.0f} min {seconds:.0f} s" if minutes else f"{seconds:.1f} s"
    return Text(", ").join(shown).append(f" · {size(summary.bytes)} in {took}")


def _places(summary: Summary) -> list[tuple[str, str]]:
    where = summary.collection
    lines = [("collection", f"{where}/"), ("records", f"{where}/records.jsonl")]
    if any(image.media for article in summary.articles for image in article.images):
        lines.append(("pictures", f"{where}/media/"))
    if summary.captured.seen:
        lines.append(("kept exactly", _captured(summary.captured)))
    lines += [("packed", str(path)) for path in summary.packed]
    if summary.tally.failed:
        lines.append(("failed pages", f"{where}/failures.jsonl"))
    lines.append(("report of the run", f"{where}/runs/{summary.run}.html"))
    return lines


def _captured(captured: Captured) -> str:
    text = f"{captured.exact} of {captured.seen} answers"
    if captured.missed:
        missed = (f"{count} {reason}" for reason, count in captured.missed.items())
        text += f"; missed {', '.join(missed)}"
    return text


def _next(summary: Summary) -> list[tuple[str, str]]:
    command, where = _command(), shlex.quote(str(summary.collection))
    lines = []
    if summary.left:
        lines.append(("go on", "the same command again"))
    if any(map(may_pass, summary.tally.failures)):
        lines.append(("try failures again", f"{command} retry {where}"))
    if summary.alarms:
        lines.append(("look at the recipes", f"{command} health {where}"))
    if summary.articles:
        lines.append(("list the records", f"{command} records {where}"))
        lines.append(("open them", f"{command} serve {where} --open"))
        lines.append(("derive them offline", f"{command} extract {where}"))
    return lines


def _tour() -> list[tuple[str, str]]:
    command = _command()
    return [
        ("look at the site", f"{command} demo"),
        ("crawl your own pages", f"{command} crawl https://… -o DIR"),
        ("all options", f"{command} crawl --help"),
    ]


def _command() -> str:
    """How this program is called here: its name alone only where the shell finds it."""
    called = Path(sys.argv[0])
    if called.name != "scraper":
        return "python -m scraper"
    found = shutil.which("scraper")
    if found and called.exists() and Path(found).samefile(called):
        return "scraper"
    return os.path.relpath(called)
