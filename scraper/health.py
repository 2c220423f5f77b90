"""Whether recipes still fit their sites: what they found of late, against what they found before.

Counts go in, findings come out; nothing here reads a page.  A recipe whose file changed is another
one: it is judged against what it did itself.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from scraper.record import Article, Failure

SPANS = (10, 20, 40, 80, 160, 320)
"""Pages that are looked at: those of the last run, and of runs before it until there are so many.
The longer spans tell what has been so for some runs already, or came bit by bit."""
BASELINE = 500
"""Pages before those, as far as they are known, that they are compared with."""

_CHANCE = 0.0001
"""How probable what happened may be by chance and still be called a change."""
_LEAST = 0.1
"""A share that fell by less is none."""
_TOLD_BY = ("expect.", "layout_surprise", "ready_missing", "body.empty")
"""How warnings begin that tell of the recipe, not of the page."""
_WARNING = "warning"
_ARTICLE = "article"


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a recipe made of one part of one page, or of `pages` of them: which candidate `found` a
    `field`, empty for none.  The field is empty for the page as a whole, which `found` to be an
    article, or the code of its failure; of a `warning`, it is the code."""

    run: int
    recipe: str
    hash: str
    version: str
    field: str
    found: str
    pages: int = 1


@dataclass(frozen=True, slots=True)
class Share:
    """How many of so many pages, of late and before; `latest` is the share of the last pages alone,
    where more are looked at."""

    pages: int
    of: int
    pages_before: int
    of_before: int
    latest: float | None = None

    @property
    def now(self) -> float:
        return self.pages / self.of if self.of else 0.0

    @property
    def before(self) -> float:
        return self.pages_before / self.of_before if self.of_before else 0.0

    @property
    def fell(self) -> bool:
        """Further than by chance (Fisher's exact test, one-sided), and it has not come back."""
        now = self.now if self.latest is None else max(self.now, self.latest)
        if self.before - now < _LEAST:
            return False
        return _at_most(self.pages, self.of, self.pages_before, self.of_before) < _CHANCE

    def lacks(self, expected: float) -> bool:
        """Less than expected, further than by chance (binomial), and it has not come back."""
        now = self.now if self.latest is None else max(self.now, self.latest)
        if expected - now < _LEAST or not self.of:
            return False
        return _at_most_of(self.pages, self.of, expected) < _CHANCE

    @property
    def rose(self) -> bool:
        """The others fell."""
        return Share(
            self.of - self.pages,
            self.of,
            self.of_before - self.pages_before,
            self.of_before,
            None if self.latest is None else 1 - self.latest,
        ).fell

    def __str__(self) -> str:
        return f"{self.pages} of {self.of} pages, before {self.pages_before} of {self.of_before}"


@dataclass(frozen=True, slots=True)
class Alarm:
    """A recipe does not fit its site any more: a `field` is not found, one of its candidates (in
    `what`) is not, or pages and warnings that tell of it became many.  `text` says it in a
    sentence.  A `new` one was none yet before the last run."""

    recipe: str
    version: str
    field: str
    what: str
    text: str
    new: bool = False


@dataclass(frozen=True, slots=True)
class Watched:
    """One field of a version of a recipe, with its coverage, the share of each candidate, and the
    coverage that the recipe expects.  The field is empty for the pages as a whole (version empty)
    and `warning` for warnings; the `candidates` are then what the pages were found to be, and the
    warnings."""

    recipe: str
    version: str
    field: str
    coverage: Share
    candidates: dict[str, Share]
    expected: float | None = None

    @property
    def alarms(self) -> list[Alarm]:
        """What is to be looked at."""
        if not self.field or self.field == _WARNING:
            word = "warning " if self.field else ""
            return [
                self._alarm(code, f"{word}{code} on {share}")
                for code, share in self.candidates.items()
                if code != _ARTICLE and share.rose
            ]
        if self.coverage.fell:
            return [self._alarm("", f"{self.field} found on {self.coverage}")]
        if self.expected is not None and self.coverage.lacks(self.expected):
            share = f"{self.coverage.pages} of {self.coverage.of} pages"
            wanted = f"{share}, where the recipe expects {self.expected:.0%}"
            return [self._alarm("expected", f"{self.field} found on {wanted}")]
        risen = [name for name, share in self.candidates.items() if share.rose]
        instead = f"; now {risen[0]}" if risen else ""
        return [
            self._alarm(name, f"{self.field} found by {name} on {share}{instead}")
            for name, share in self.candidates.items()
            if share.fell
        ]

    def _alarm(self, what: str, problem: str) -> Alarm:
        where = f"recipe {self.recipe}" + (f", version {self.version}" if self.version else "")
        return Alarm(self.recipe, self.version, self.field, what, f"{where}: {problem}")


def sightings(run: int, of: Article | Failure) -> Iterator[Sighting]:
    """What a recipe made of a page; nothing where none did.  Of a page that gave no record, only
    why."""
    if of.recipe is None:
        return
    made = (run, of.recipe.id, of.recipe.hash)
    if isinstance(of, Failure):
        yield Sighting(*made, "", "", of.code)
        if of.field:
            yield Sighting(*made, of.recipe.version, of.field, "")
        return
    yield Sighting(*made, "", "", _ARTICLE)
    version = of.recipe.version
    yield Sighting(*made, version, "", _ARTICLE)
    for name, where in of.provenance.items():
        if where.index is not None:  # the others are no candidates of the recipe's
            yield Sighting(*made, version, name, f"{where.index}: {where.candidate}")
    if of.images:
        yield Sighting(*made, version, "images", "body")
    for code in of.warnings:
        if code.startswith(_TOLD_BY):
            yield Sighting(*made, version, _WARNING, code)


Expected = Mapping[tuple[str, str, str, str], float]
"""Shares by recipe, hash of its file, version and field."""


def watch(seen: Iterable[Sighting], expected: Expected = MappingProxyType({})) -> list[Watched]:
    """Every field of every recipe as its file was last seen.  The order of runs is that of their
    numbers."""
    by_recipe: defaultdict[str, list[Sighting]] = defaultdict(list)
    for one in seen:
        by_recipe[one.recipe].append(one)
    return [watched for _, ones in sorted(by_recipe.items()) for watched in _watch(ones, expected)]


def alarms(
    seen: Sequence[Sighting], expected: Expected = MappingProxyType({})
) -> tuple[Alarm, ...]:
    """After the last run of those that were seen."""
    last = max((one.run for one in seen), default=0)
    earlier = (one for one in seen if one.run != last)
    before = {_about(alarm) for alarm in _alarms(earlier, expected)}
    return tuple(replace(one, new=_about(one) not in before) for one in _alarms(seen, expected))


def _alarms(seen: Iterable[Sighting], expected: Expected) -> Iterator[Alarm]:
    return (alarm for one in watch(seen, expected) for alarm in one.alarms)


def _about(alarm: Alarm) -> tuple[str, str, str, str]:
    return alarm.recipe, alarm.version, alarm.field, alarm.what


def _watch(seen: Sequence[Sighting], expected: Expected) -> Iterator[Watched]:
    """Those of one recipe: over the shortest span, unless only a longer one tells of a change."""
    last = max(one.run for one in seen)
    current = [one.hash for one in seen if one.run == last][-1]
    seen = [one for one in seen if one.hash == current]
    wanted = {
        key[2:]: share for key, share in expected.items() if key[:2] == (seen[0].recipe, current)
    }
    shortest = {(one.version, one.field): one for one in _compared(seen, SPANS[0], {}, wanted)}
    shown = dict(shortest)
    for span in SPANS[1:]:
        for one in _compared(seen, span, shortest, wanted):
            key = one.version, one.field
            if key in shown and one.alarms and not shown[key].alarms:
                shown[key] = one
    yield from shown.values()


def _compared(
    seen: Sequence[Sighting],
    span: int,
    shortest: Mapping[tuple[str, str], Watched],
    wanted: Mapping[tuple[str, str], float],
) -> Iterator[Watched]:
    now, before = (_tally(seen, runs) for runs in _windows(seen, span))
    never = {key for key in wanted if (key[0], "") in now}  # perhaps never found
    for version, name in sorted(now.keys() | before.keys() | never):
        if version and not name:
            continue
        found, found_before = now[version, name], before[version, name]
        if name:
            # A required field that is missing makes its page no article.
            of = now[version, ""].total() + found.pop("", 0)
            of_before = before[version, ""].total() + found_before.pop("", 0)
        else:
            of, of_before = found.total(), found_before.total()
        last = shortest.get((version, name))
        shares = {}
        for one in sorted({**found, **found_before}):
            known = last.candidates.get(one) if last else None
            latest = (known.now if known else 0.0) if last and last.coverage.of else None
            shares[one] = Share(found[one], of, found_before[one], of_before, latest)
        covering = [share for one, share in shares.items() if name or one == _ARTICLE]
        coverage = Share(
            sum(share.pages for share in covering),
            of,
            sum(share.pages_before for share in covering),
            of_before,
            last.coverage.now if last and last.coverage.of else None,
        )
        expected = wanted.get((version, name))
        yield Watched(seen[0].recipe, version, name, coverage, shares, expected)


def _tally(seen: Iterable[Sighting], runs: set[int]) -> defaultdict[tuple[str, str], Counter[str]]:
    """By version and field, how many pages each candidate was found on."""
    tally: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for one in seen:
        if one.run in runs:
            tally[one.version, one.field][one.found] += one.pages
    return tally


def _windows(seen: Iterable[Sighting], span: int) -> tuple[set[int], set[int]]:
    """The runs of late, and those before."""
    pages = Counter[int]()
    for one in seen:
        if not one.version and not one.field:
            pages[one.run] += one.pages
    recent: set[int] = set()
    before: set[int] = set()
    for run in sorted(pages, reverse=True):
        if sum(pages[one] for one in recent) < span:
            recent.add(run)
        elif sum(pages[one] for one in before) < BASELINE:
            before.add(run)
    return recent, before


def _at_most(pages: int, of: int, pages_before: int, of_before: int) -> float:
    """The probability of so few `pages`, were both draws from the same (hypergeometric)."""
    hits, all_ = pages + pages_before, of + of_before
    whole = _log_choose(all_, of)
    total = 0.0
    for count in range(pages, max(0, of - (all_ - hits)) - 1, -1):
        term = math.exp(_log_choose(hits, count) + _log_choose(all_ - hits, of - count) - whole)
        total += term
        if term < total * 1e-9:  # the rest is smaller still
            break
    return total


def _at_most_of(pages: int, of: int, share: float) -> float:
    """The probability of so few `pages` where each has the field with that probability."""
    if share >= 1:
        return 0.0 if pages < of else 1.0
    logs = math.log(share), math.log1p(-share)
    terms = (
        _log_choose(of, count) + count * logs[0] + (of - count) * logs[1]
        for count in range(pages + 1)
    )
    return math.fsum(map(math.exp, terms))


def _log_choose(of: int, some: int) -> float:
    return math.lgamma(of + 1) - math.lgamma(some + 1) - math.lgamma(of - some + 1)
