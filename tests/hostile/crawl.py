"""One crawl in the small internet, watched on a terminal: what came of each address, and what is
wrong with what it left."""

from __future__ import annotations

import os
import re
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from scraper.cli.printable import printable
from scraper.fetch.find_browser import find_browser
from scraper.frontier.seeds import make_request
from scraper.settings import BROWSER_VARIABLE
from tests.e2e.command import OnTerminal, damage, failures, lines, records
from tests.hostile.child import Setup
from tests.site import Answer, Seen, TestSite
from tests.site.pages import LONG, page
from tests.site.pictures import png
from tests.site.wire import Handler

HOST = "hostile.test"
MOST_MEMORY = 600 * 2**10
"""KiB of our own process: far below what any bomb of the table would come to."""

_OURS = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")
_STEERING = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)
_OUTCOMES = ("record", "unchanged", "duplicate", "failed")


@dataclass
class Crawl:
    """What one crawl of `addresses` came to."""

    directory: Path
    addresses: Sequence[str]
    every: int
    code: int
    shown: bytes
    left: Sequence[int]
    asked: Sequence[Seen]
    canary: Sequence[str]
    """What the canary was asked for; empty texts for connections that asked for nothing."""
    records: dict[str, dict[str, Any]] = field(init=False)
    failures: dict[str, dict[str, Any]] = field(init=False)
    events: list[dict[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        self.records = {one["url"]: one for one in records(self.collection)}
        self.failures = {one["url"]: one for one in failures(self.collection)}
        self.events = lines(self.directory / "log.jsonl")

    @property
    def collection(self) -> Path:
        return self.directory / "c"

    def outcome(self, address: str) -> dict[str, Any]:
        """The record or the failure of a seed; the event where it has neither line."""
        url = _requested([*self.addresses, address])[make_request(address).key]
        found = self.records.get(url) or self.failures.get(url)
        return found or next(
            one for one in self.events if one["event"] in _OUTCOMES and one["url"] == url
        )

    def came_to(self, address: str) -> str:
        """`record`, `duplicate`, or the code of a failure."""
        outcome = self.outcome(address)
        return str(outcome.get("code") or outcome.get("event") or "record")

    def paths(self) -> list[str]:
        """What the site was asked for, robots.txt left out."""
        return [seen.path for seen in self.asked if seen.path != "/robots.txt"]

    def written(self) -> bytes:
        """All bytes of all files but the list of seeds, and what the terminal got."""
        seeds = self.directory / "urls.txt"
        files = [path for path in self.directory.rglob("*") if path.is_file() and path != seeds]
        return b"\0".join([*(path.read_bytes() for path in files), self.shown])


def harmless(number: int) -> str:
    """The address of a page with a picture, one after each hostile one."""
    return f"http://{HOST}/harmless/{number}"


def _harmless(seen: Seen) -> Answer:
    title = f"Harmless {seen.path.rpartition('/')[2]}"
    body = f'<p>{LONG}</p><p>{LONG}</p><img src="/harmless.png" alt="h">'
    return Answer(page(title, f"<article><h1>{title}</h1>{body}</article>"))


def crawl(
    directory: Path,
    addresses: Sequence[str],
    *options: str,
    pages: Callable[[TestSite], Mapping[str, Answer | Handler]],
    without: tuple[str, ...] = (),
    every: int = 1,
    seconds: float = 200,
) -> Crawl:
    """Crawl the addresses and a harmless page after each, or after `every` so many.  `pages` makes
    the site's and is told the canary; `without` names defences to take away."""
    with TestSite() as site, TestSite() as canary:
        site.pages |= {"/harmless/*": _harmless, "/harmless.png": Answer(png(), type="image/png")}
        site.pages |= pages(canary)
        for name in ("home", "tmp"):
            (directory / name).mkdir()
        seeds = list(_with_harmless(addresses, every))
        (directory / "urls.txt").write_bytes(b"\n".join(map(os.fsencode, seeds)) + b"\n")
        setup = Setup(
            site.http_port,
            site.https_port,
            canary.http_port,
            str(directory / "peak"),
            without,
        )
        command = OnTerminal(
            *("crawl", "--from", "urls.txt", "-o", "c", "--log", "log.jsonl"),
            *("--delay", "0", "--retries", "0", "--render", "browser", *options),
            cwd=directory,
            program=("-m", "tests.hostile.child", setup.to_json()),
            env={
                "HOME": str(directory / "home"),
                "TMPDIR": str(directory / "tmp"),
                "PYTHONPATH": str(Path(__file__).parents[2]),
                BROWSER_VARIABLE: _browser(),
            },
        )
        code, shown = command.sent(seconds)
        left = command.wait_until_nothing_is_left()
        met = [seen.path for seen in canary.requests]
        met += [""] * (canary.connections - len(met))
        return Crawl(directory, addresses, every, code, shown, left, list(site.requests), met)


def wrong(crawl: Crawl) -> Iterator[str]:
    """What no crawl may leave behind: nothing, it should be."""
    if crawl.code not in (0, 1):
        yield f"it ended with {crawl.code}: {crawl.shown[-500:]!r}"
        return
    yield from (f"the canary was asked for {path!r}" for path in sorted(set(crawl.canary)))
    yield from (f"process {pid} was left" for pid in crawl.left)
    peak = int((crawl.directory / "peak").read_text())
    if peak > MOST_MEMORY:
        yield f"it used {peak} KiB"
    yield from _outcomes_wrong(crawl)
    yield from _harmless_wrong(crawl)
    yield from damage(crawl.collection)
    yield from _files_wrong(crawl.directory)
    yield from _texts_wrong(crawl)


def steering(shown: bytes) -> list[str]:
    """What steers a terminal, breaks a line or reorders text in it, and is none of ours."""
    text = _OURS.sub(b"", shown).decode(errors="surrogateescape")
    return sorted(set(_STEERING.findall(text)))


def _outcomes_wrong(crawl: Crawl) -> Iterator[str]:
    seeds = {
        key: printable(url)
        for key, url in _requested(_with_harmless(crawl.addresses, crawl.every)).items()
    }
    settled = [one for one in crawl.events if one["event"] in _OUTCOMES]
    for url, times in (Counter(seeds.values()) - Counter(one["url"] for one in settled)).items():
        yield f"{url} has {times} outcomes too few"
    for url, times in (Counter(one["url"] for one in settled) - Counter(seeds.values())).items():
        yield f"{url} has {times} outcomes too many"
    kinds = Counter(one["event"] for one in settled)
    (run,) = (crawl.collection / "runs").glob("*.json")
    counts = orjson.loads(run.read_bytes())["counts"]
    found = len(records(crawl.collection)), len(failures(crawl.collection))
    if found != (kinds["record"], kinds["failed"]):
        yield f"{found} lines for {dict(kinds)}"
    if any(counts[kind] != kinds[kind] for kind in _OUTCOMES):
        yield f"the run counts {counts}, the log {dict(kinds)}"


def _harmless_wrong(crawl: Crawl) -> Iterator[str]:
    for number in range(0, len(crawl.addresses), crawl.every):
        record = crawl.records.get(harmless(number))
        if record is None:
            yield f"harmless {number} is lost: {crawl.outcome(harmless(number))}"
            continue
        if (record["title"], record["paragraphs"]) != (f"Harmless {number}", [LONG.strip()] * 2):
            yield f"harmless {number} says {record['title']!r}, {record['paragraphs']}"
        if [image["alt"] for image in record["images"] if image["media"]] != ["h"]:
            yield f"harmless {number} has the pictures {record['images']}"


def _files_wrong(directory: Path) -> Iterator[str]:
    known = {"c", "home", "tmp", "urls.txt", "log.jsonl", "peak"}
    for path in directory.rglob("*"):
        relative = path.relative_to(directory)
        if relative.parts[0] not in known or (
            relative.parts[0] in ("home", "tmp") and relative.parts[1:]
        ):
            yield f"{relative} is out of place"
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            yield f"{relative} is a link"
        if stat.S_ISREG(mode) and mode & 0o111:
            yield f"{relative} can be executed"


def _texts_wrong(crawl: Crawl) -> Iterator[str]:
    for char in steering(crawl.shown):
        yield f"the terminal got {char!r}"
    for char in steering((crawl.directory / "log.jsonl").read_bytes()):
        yield f"the log got {char!r}"
    for name in ("records.jsonl", "failures.jsonl"):
        path = crawl.collection / name
        text = path.read_bytes().decode() if path.exists() else ""
        if len(text.splitlines()) != text.count("\n"):
            yield f"{name} has lines that others split"


def _requested(addresses: Iterable[str]) -> dict[str, str]:
    """By canonical address the one that is asked for: of equal seeds the first."""
    found: dict[str, str] = {}
    for request in map(make_request, addresses):
        found.setdefault(request.key, request.url)
    return found


def _with_harmless(addresses: Iterable[str], every: int) -> Iterator[str]:
    for number, address in enumerate(addresses):
        yield address
        if number % every == 0:
            yield harmless(number)


@cache
def _browser() -> str:
    return str(find_browser(None).path)
