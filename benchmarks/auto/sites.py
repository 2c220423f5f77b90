"""Fifty sites.  No address tells what its page needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

from benchmarks.auto import details, frames, texts, unchanged
from benchmarks.auto.served import Kind, Served, number
from benchmarks.auto.stories import Story, story

PAGES = 66
"""Of a site."""

Choice = Callable[[int, Story], Kind]


@dataclass(frozen=True)
class Site:
    """`choose` gives the kind of a page, by its place in the crawl and its story."""

    name: str
    host: str
    frame: frames.Frame
    choose: Choice

    @cache  # noqa: B019 - they live as long as the benchmark
    def story(self, index: int) -> Story:
        return story(f"{self.name} {index}")

    def url(self, index: int) -> str:
        return f"http://{self.host}/{self.story(index).id}"

    def page(self, index: int) -> Served:
        one = self.story(index)
        return self.choose(index, one)(one, self.frame)


def _always(kind: Kind) -> Choice:
    return lambda *_: kind


def _mixed(*kinds: Kind) -> Choice:
    return lambda _, one: kinds[number(one) // 7 % len(kinds)]


def _changing(before: Kind, after: Kind) -> Choice:
    return lambda index, _: before if index < PAGES // 2 else after


_SAME: tuple[Kind, ...] = (
    unchanged.plain, unchanged.measured, unchanged.advertised, unchanged.commented,
    unchanged.recommended, unchanged.lazy, unchanged.hydrated, unchanged.consent_added,
    unchanged.consent_removed, unchanged.shared, unchanged.noticed, unchanged.varied,
    unchanged.hidden_by_style, unchanged.tagged,
)  # fmt: skip
_TEXTS: tuple[Kind, ...] = (
    texts.fetched, texts.skeleton, texts.from_data, texts.from_variable, texts.rest_in_data,
    texts.rest_fetched, texts.read_more, texts.long_ones_cut, texts.unlocked, texts.custom,
    texts.cloned, texts.encoded, texts.replaced, texts.live, texts.corrected,
)  # fmt: skip
_DETAILS: tuple[Kind, ...] = (
    details.retitled, details.dated_by_script, details.date_fetched, details.pictures_placed,
    details.pictures_addressed, details.pictures_sized, details.gallery,
)  # fmt: skip
_MIXED: dict[str, Choice] = {
    "static or fetched": _mixed(unchanged.measured, texts.fetched),
    "static or from data": _mixed(unchanged.hydrated, texts.from_data),
    "whole or cut": _mixed(unchanged.commented, texts.rest_fetched),
    "lazy, or found by script": _mixed(unchanged.lazy, details.pictures_addressed),
    "turns to scripts": _changing(unchanged.plain, texts.fetched),
    "turns to the rest by script": _changing(unchanged.commented, texts.rest_fetched),
    "turns static": _changing(texts.fetched, unchanged.plain),
    "turns to pictures by script": _changing(unchanged.lazy, details.pictures_addressed),
    "turns to a new script": _changing(
        details.headed, partial(details.headed, changes=True, version="2")
    ),
    "its script turns": _changing(details.headed, partial(details.headed, changes=True)),
}


def _sites() -> list[Site]:
    named: list[tuple[str, Choice]] = [
        (kind.__name__, _always(kind)) for kind in (*_SAME, *_TEXTS, *_DETAILS)
    ]
    named += _MIXED.items()
    named += [(f"{kind.__name__} again", _always(kind)) for kind in (*_SAME[1:4], texts.live)]
    made = [
        Site(name, f"s{index:02}.example", frames.FRAMES[index % 5], choose)
        for index, (name, choose) in enumerate(named, 1)
    ]
    return [Site("bare", "s00.example", frames.bare, _always(unchanged.plain)), *made]


SITES = _sites()
