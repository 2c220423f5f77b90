"""A newspaper whose thirty days are known beforehand: what it publishes, changes, moves and takes
away, and so what a faithful archive of it must hold.

Everything happens at half past some hour, and is a function of the time alone: whoever asks, in
whatever process, is told the same.
"""

from __future__ import annotations

import json
import os
import random
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from scraper.protocols import Admit, Clock, Judge
from scraper.recipe import FetchRule
from scraper.request import Request
from scraper.revisits import Validators
from scraper.snapshot import Exchange, Headers, Snapshot

SITE = "https://paper.example"
FEED, ROBOTS, FORBIDDEN = "/feed.xml", "/robots.txt", "/private/1"
BEGIN = datetime(2026, 5, 4, tzinfo=UTC)
HOURS = 30 * 24
RESERVATIONS = "/.well-known/tdmrep.json"
HTML = (("Content-Type", "text/html; charset=utf-8"),)
NOT_THERE = b"<title>Page not found - Paper</title><p>Nothing is here.</p>"
_LISTED = 8
"""Entries of the feed."""

RECIPE = f"""\
recipe: 1
site: {{id: paper, name: Paper, home: "{SITE}/"}}
revision: 1
match:
  - {{url: "{SITE}/story/{{number}}", kind: article, id: {{join: [number]}}}}
  - {{url: "{SITE}/moved/{{number}}", kind: article, id: {{join: [number]}}}}
fetch: {{render: http}}
versions:
  - id: v1
    fields:
      title: {{from: [{{css: h1}}]}}
      published: {{from: [{{css: time, attr: datetime}}]}}
    body: {{root: [{{css: main}}]}}
"""


@dataclass(frozen=True)
class Story:
    """Hours since the beginning.  `edits` are (when, its text from then on, whether the feed says
    so).  It is `absent` from an hour to another one, `softly` when its server says so with status
    200 only, and `shut` (403) from one on.  `moved` is when
    it got another address, `forwards` whether the first one leads there."""

    number: int
    published: int
    edits: tuple[tuple[int, str, bool], ...] = ()
    absent: tuple[int, int] | None = None
    softly: bool = False
    moved: int | None = None
    forwards: bool = False
    told: bool = True
    shut: int | None = None

    def text(self, hour: float) -> str:
        texts = [text for when, text, _ in self.edits if when + 0.5 <= hour]
        return f"Story {self.number}: {texts[-1] if texts else 'as it was told at first'}."

    def is_there(self, hour: float) -> bool:
        away = self.absent
        return self.published + 0.5 <= hour and not (away and away[0] + 0.5 <= hour < away[1] + 0.5)

    def has_moved(self, hour: float) -> bool:
        return self.moved is not None and self.moved + 0.5 <= hour

    def updated(self, hour: float) -> float:
        """What the feed says."""
        moves = [self.moved] if self.moved is not None and self.told else []
        said = [*moves, *(when for when, _, told in self.edits if told)]
        return max([self.published, *said], key=lambda when: when if when + 0.5 <= hour else -1)

    def path(self, hour: float) -> str:
        return f"/{'moved' if self.has_moved(hour) else 'story'}/{self.number}"

    def history(self) -> list[tuple[str, bool]]:
        """Its revisions: the text, and whether it was gone."""
        changes = [(self.published, False), *((when, False) for when, _, _ in self.edits)]
        if self.absent and self.absent[1] - self.absent[0] > 96:
            changes += [(self.absent[0], True)]
            changes += [(self.absent[1], False)] if self.absent[1] < HOURS else []
        return [(self.text(when + 0.5), gone) for when, gone in sorted(changes)]


def stories(dice: random.Random) -> list[Story]:
    """Of each kind some.  What nobody is told of comes two days or more after what was before it,
    and five before the end."""
    made: list[Story] = []

    def add(**life: Any) -> None:
        published = life.pop("published", None)
        when = dice.randrange(24, 120) if published is None else published
        made.append(Story(len(made) + 1, when, **life))

    def some(first: int = 200, last: int = 560) -> int:
        return dice.randrange(first, last)

    for number in range(5):
        add(published=number)  # they never change
    for _ in range(3):
        hours = [some(130, 250), some(280, 400), some(430, 560)]
        add(edits=tuple((hour, f"mended {hour}", True) for hour in hours))
    for _ in range(3):
        hours = [some(170, 260), some(330, 400), some(480, 560)]
        add(edits=tuple((hour, f"quietly mended {hour}", False) for hour in hours))
    hour = some(200, 260)
    back = "as it was told at first"
    add(edits=((hour, "taken back", False), (hour + 100, back, False)))
    for softly in (False, True):
        add(absent=(some(), HOURS), softly=softly)
    hour = some(200, 300)
    add(absent=(hour, hour + 6))  # nobody lost anything
    add(absent=(hour, hour + 150), softly=True)
    hour = some(180, 220)
    add(edits=((hour, "mended before it went", True),), absent=(hour + 60, HOURS))
    add(moved=some(), forwards=True)
    add(moved=some(), forwards=True, told=False)
    add(moved=some(), forwards=False)
    hour = some(200, 300)
    add(moved=hour, forwards=True, edits=((hour + 150, "mended where it is now", False),))
    add(moved=hour, forwards=True, absent=(hour + 100, HOURS))
    add(shut=some())
    for _ in range(4):
        add(published=dice.randrange(130, HOURS - 30))
    return made


@dataclass(frozen=True)
class Asked:
    """One request, in the order in which they came; 404 is also what only says so."""

    crawl: int
    at: float
    path: str
    status: int
    version: str | None
    conditional: bool


class DailyPaper:
    """The network, as one crawl after the other sees it.  What is asked is kept in a file: it
    outlives the process."""

    def __init__(self, log: Path, dice: random.Random) -> None:
        self.stories = {story.number: story for story in stories(dice)}
        self._log = os.open(log, os.O_CREAT | os.O_APPEND | os.O_RDWR)
        self._path = log
        self.clock: Clock
        self.crawl = 0
        self.received = 0
        self.browser: str | None = None

    def asked(self) -> list[Asked]:
        lines = self._path.read_text().splitlines()
        return [Asked(**json.loads(line)) for line in lines]

    # -- as a Fetcher

    async def fetch(
        self,
        request: Request,
        rule: FetchRule,
        admit: Admit,
        at_hand: Sequence[Exchange] = (),
        unless: Validators | None = None,
        judge: Judge | None = None,
    ) -> Snapshot:
        await admit(request.url)
        exchanges = [self._exchange(request.url, unless)]
        while location := dict(exchanges[-1].headers).get("Location"):
            await admit(location)
            exchanges.append(self._exchange(location, unless))
        last = exchanges[-1]
        return Snapshot(
            request_url=request.url,
            url=last.url,
            status=last.status,
            headers=last.headers,
            document=last.body,
            dom=None,
            fetched_at=last.started_at,
            rendered_with="http",
            exchanges=tuple(exchanges),
        )

    async def get(
        self,
        url: str,
        *,
        admit: Admit,
        page: str | None = None,
        referer: str | None = None,
        accept: str = "*/*",
    ) -> Exchange:
        await admit(url)
        return self._exchange(url, None)

    async def close(self) -> None:
        pass

    # -- inside

    def _exchange(self, url: str, unless: Validators | None) -> Exchange:
        now, path = self.clock.now(), url.removeprefix(SITE)
        status, headers, body = self._answer(path, (now - BEGIN) / timedelta(hours=1))
        version = dict(headers).get("ETag")
        if status == 200 and unless and version and unless.etag == version:
            status, body = 304, b""
        asked = {
            "crawl": self.crawl,
            "at": now.timestamp(),
            "path": path,
            "status": 404 if body == NOT_THERE else status,
            "version": version,
            "conditional": unless is not None,
        }
        os.write(self._log, json.dumps(asked).encode() + b"\n")
        return Exchange(url=url, status=status, headers=headers, body=body, started_at=now)

    def _answer(self, path: str, hour: float) -> tuple[int, Headers, bytes]:
        if path == ROBOTS:
            return 200, (), b"User-agent: *\nDisallow: /private/\n"
        if path == RESERVATIONS:
            return 404, (), b""
        if path == FEED:
            feed = self._feed(hour).encode()
            type_ = ("Content-Type", "application/atom+xml")
            return 200, (type_, ("ETag", f'"{zlib.crc32(feed)}"')), feed
        _, kind, number = path.split("/")
        story = self.stories.get(int(number))
        if kind not in ("story", "moved") or story is None:
            return 404, (), b"<p>Nothing is here.</p>"
        if not story.is_there(hour):
            return (200, HTML, NOT_THERE) if story.softly else (404, (), NOT_THERE)
        if path != story.path(hour):
            if story.forwards and kind == "story":
                return 301, (("Location", SITE + story.path(hour)),), b""
            return 404, (), b"<p>Nothing is here.</p>"
        if story.shut is not None and story.shut + 0.5 <= hour:
            return 403, (), b"<p>For subscribers.</p>"
        text = story.text(hour)
        etag = f'"{story.number}-{sum(when + 0.5 <= hour for when, _, _ in story.edits)}"'
        return 200, (*HTML, ("ETag", etag)), _page(story, text).encode()

    def _feed(self, hour: float) -> str:
        there = [story for story in self.stories.values() if story.is_there(hour)]
        newest = sorted(there, key=lambda story: (story.updated(hour), story.number))[-_LISTED:]
        entries = [
            f"<entry><title>Story {story.number}</title><link href='{SITE}{story.path(hour)}'/>"
            f"<updated>{moment(story.updated(hour))}</updated></entry>"
            for story in reversed(newest)
        ]
        forbidden = f"<entry><title>No</title><link href='{SITE}{FORBIDDEN}'/></entry>"
        return (
            "<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'><title>Paper</title>"
            f"{''.join(entries)}{forbidden}</feed>"
        )


def moment(hour: float) -> str:
    """Half past that hour."""
    return (BEGIN + timedelta(hours=hour + 0.5)).isoformat()


def _page(story: Story, text: str) -> str:
    return (
        f"<!doctype html><html lang=en><title>Story {story.number}</title><body>"
        f"<h1>Story {story.number}</h1><time datetime='{moment(story.published)}'></time>"
        f"<main><p>{escape(text)}</p><p>The harbour was quiet, and so was the town, and whoever "
        "walked along the water that evening had much to tell afterwards.</p></main></body></html>"
    )
