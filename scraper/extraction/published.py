"""When a page was published and last changed: its many dates weighed against each other.

Each place that names a date votes for its day; several weak places may win over a strong one.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone, tzinfo

from scraper.extraction.clues import Clues, Spot
from scraper.extraction.date_votes import MOST_SEEN, DateVotes, Vote
from scraper.extraction.dates import ParsedDate
from scraper.extraction.local_zones import local_zone
from scraper.extraction.page import Found


def read_published(
    clues: Clues, language: str | None, headline: Spot | None
) -> Found[ParsedDate] | None:
    """The day most votes are for, as its best vote writes it."""
    reader = DateVotes(clues, language, headline)
    votes = [*reader.stated(), *reader.address()]
    if not _is_sure(votes):
        votes += reader.marked()
    strong = [vote for vote in votes if vote.weight >= 1]
    if not strong or not all(_same_day(vote.date, strong[0].date) for vote in strong):
        votes += reader.in_sight()
    best = _elect(votes) or _elect([*reader.in_title(), *reader.in_scripts()])
    if best is None:
        return None
    date = _in_local_time(best.date, votes, local_zone(clues.page.url, language))
    return Found(date, best.found.candidate, node=best.found.node, raw=best.found.raw)


def read_modified(clues: Clues, language: str | None) -> Found[ParsedDate] | None:
    """The first plausible statement of the last change."""
    reader = DateVotes(clues, language, None)
    for place, text, element in reader.modifications():
        date = reader.parse(text)
        if date:
            return Found(date, place, node=element, raw=text)
    return None


def _is_sure(votes: list[Vote]) -> bool:
    """Whether no date in sight could change the answer: all name one moment's day, strongly enough
    to outvote what is seen, and with the clock of its own place."""
    if not votes or not all(_same_day(vote.date, votes[0].date) for vote in votes):
        return False
    voices: dict[str, float] = {}
    for vote in votes:
        voices[vote.voice] = max(voices.get(vote.voice, 0), vote.weight)
    best = max(votes, key=lambda vote: vote.weight).date
    exact = best.precision != "day" and best.zone == "page" and bool(best.at.utcoffset())
    return exact and sum(voices.values()) > MOST_SEEN


def _elect(votes: list[Vote]) -> Vote | None:
    """Votes are together when they name the same day, there or in UTC."""
    best: tuple[float, Vote] | None = None
    for vote in votes:
        voices: dict[str, float] = {}
        for other in votes:
            if _same_day(vote.date, other.date):
                voices[other.voice] = max(voices.get(other.voice, 0), other.weight)
        rank = sum(voices.values()) + vote.weight / 100
        if best is None or rank > best[0] + 1e-9:
            best = (rank, vote)
    return _most_exact(best[1], votes) if best else None


def _most_exact(best: Vote, votes: list[Vote]) -> Vote:
    """The same day with its time, where the best place gives none; with its zone likewise."""
    together = [vote for vote in votes if vote.date.at.date() == best.date.at.date()]
    timed = [v for v in together if v.date.precision != "day" and v.voice != "modified"]
    if best.date.precision == "day" and timed:
        best = max(timed, key=lambda vote: vote.weight)
    if best.date.zone == "assumed" and best.date.precision != "day":
        wall = best.date.at.replace(tzinfo=None, second=0, microsecond=0)
        for vote in timed:
            at = vote.date.at.replace(tzinfo=None, second=0, microsecond=0)
            if vote.date.zone == "page" and at == wall:
                return vote
    return best


def _in_local_time(date: ParsedDate, votes: list[Vote], zone: tzinfo | None) -> ParsedDate:
    """A moment told in UTC as its own place tells it: by the clock of another place of the page
    that shows the same minute, else by the country's zone."""
    if date.zone != "page" or date.at.utcoffset() or date.precision == "day":
        return date
    wall = date.at.replace(tzinfo=None)
    for vote in votes:
        if vote.date.zone == "assumed" and vote.date.precision != "day":
            ahead = vote.date.at.replace(tzinfo=None) - wall
            minutes = round(ahead.total_seconds() / 60)
            if minutes and minutes % 60 == 0 and abs(minutes) <= 12 * 60:
                zone = timezone(timedelta(minutes=minutes))
                break
    try:
        return replace(date, at=date.at.astimezone(zone)) if zone else date
    except OverflowError:
        return date


def _same_day(one: ParsedDate, other: ParsedDate) -> bool:
    if one.at.date() == other.at.date():
        return True
    if one.precision == "day" or other.precision == "day":
        return False
    return abs(one.at - other.at) < timedelta(minutes=10)
