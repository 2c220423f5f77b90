"""`runs/<id>.html`: one page that needs nothing else, for whoever wants to know how a run went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any, Final

import jinja2

from scraper import amounts
from scraper.job import Job
from scraper.protocols import PastRun
from scraper.record import WARNINGS
from scraper.report.found import FIELDS, MOST, found_in_run
from scraper.store.disk import make_directory, refusals, replace
from scraper.store.reading import Reader

_UNSAID: Final = ("urls", "from", "name", "quiet", "json", "log", "output")
_KINDS: Final = (("record", "records"), ("unchanged", "others that answered"), ("failed", "failed"))


@dataclass(frozen=True, slots=True)
class Bar:
    """One step of the line of time: its counts, in the order of the kinds, as shares of the tallest
    bar's."""

    shares: tuple[float, ...]
    title: str


@dataclass(frozen=True, slots=True)
class Bars:
    """The line of time: how many pages are in all of it, and in the tallest bar."""

    steps: tuple[Bar, ...]
    total: int
    tallest: int


def write_report(collection: Reader, run: str) -> Path | None:
    """The page of a run; None when there is no such run.  Raises StorageError."""
    past = collection.run(run)
    if past is None:
        return None
    path = collection.path / "runs" / f"{past.id}.html"
    data = report_html(collection, past).encode("utf-8", "replace")
    with refusals(path):
        make_directory(path.parent)
        replace(path, data)
    return path


def report_html(collection: Reader, run: PastRun) -> str:
    """As it stands now.  Raises StorageError."""
    facts = run.facts
    return _template().render(
        collection=collection.path.resolve().name,
        run=run,
        facts=facts,
        found=found_in_run(collection, run.id),
        fields=FIELDS,
        most=MOST,
        kinds=_KINDS,
        bars=_bars(facts.get("timeline")),
        meanings=WARNINGS,
        asked=_asked(run.job),
        look=(resources.files(__package__) / "look.css").read_text(encoding="utf-8"),
    )


def _bars(timeline: dict[str, Any] | None) -> Bars:
    """Pages that made no new record, whatever the reason, count together."""
    if not timeline or not timeline["counts"]:
        return Bars((), 0, 0)
    counts, step = timeline["counts"], timeline["step"]
    length = max(map(len, counts.values()))

    def line(*kinds: str) -> list[int]:
        lines = [counts.get(kind, [0] * length) for kind in kinds]
        return [sum(values) for values in zip(*lines, strict=True)]

    lines = line("record"), line("unchanged", "duplicate", "listing"), line("failed")
    steps = list(zip(*lines, strict=True))
    tallest = max(map(sum, steps))
    bars = [
        Bar(
            tuple(value / tallest for value in values),
            f"from {amounts.duration(at * step)}: {_said(values)}",
        )
        for at, values in enumerate(steps)
    ]
    return Bars(tuple(bars), sum(map(sum, steps)), tallest)


def _said(values: Sequence[int]) -> str:
    words = (f"{value} {name}" for value, (_, name) in zip(values, _KINDS, strict=True) if value)
    return ", ".join(words) or "nothing"


def _asked(job: dict[str, Any]) -> dict[str, Any]:
    """What the job says that is not usual, without what the rest of the page says."""
    usual = Job().model_dump(mode="json", by_alias=True)
    return {
        name: value
        for name, value in job.items()
        if name not in _UNSAID and value != usual.get(name) and value not in (None, [], "")
    }


def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(__package__, package_path=""),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": amounts.number,
        "counted": amounts.counted,
        "size": amounts.size,
        "duration": amounts.duration,
        "moment": _moment,
        "link": _link,
    }
    return environment.get_template("run.html")


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%-d %B %Y, %H:%M} UTC" if moment else "–"


def _link(address: str) -> str:
    """Where a person may be sent; else nowhere."""
    return address if address.startswith(("http://", "https://")) else "#"
