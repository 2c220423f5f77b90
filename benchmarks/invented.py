"""A collection of invented articles, half of them English, half Chinese, with words as frequent as
in language."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scraper.frontier.seeds import make_request
from scraper.job import Job
from scraper.opening import open_for_writing
from scraper.protocols import Outcome
from scraper.record import Article, Paragraph, content_hash

_GROUP = 500
_HAN = [chr(0x4E00 + n) for n in range(0, 6000, 2)]
_LETTERS = "aeiou", "bcdfghklmnprstvw"


def words(random: random.Random) -> tuple[list[str], list[str]]:
    """Invented ones: English ones of syllables, Chinese ones of two characters."""

    def syllable() -> str:
        return random.choice(_LETTERS[1]) + random.choice(_LETTERS[0])

    english = {"".join(syllable() for _ in range(random.randint(1, 4))) for _ in range(30_000)}
    chinese = {"".join(random.sample(_HAN, 2)) for _ in range(20_000)}
    return sorted(english, key=lambda word: (len(word), word)), sorted(chinese)


def articles(count: int, vocabulary: tuple[list[str], list[str]]) -> Iterator[Article]:
    chance = random.Random(1)
    weights = [list(itertools.accumulate(1 / (n + 1) for n in range(len(v)))) for v in vocabulary]
    began = datetime(2020, 1, 1, tzinfo=UTC)
    for number in range(count):
        kind = number % 2
        between, language = ("", "zh") if kind else (" ", "en")
        drawn = chance.choices(vocabulary[kind], cum_weights=weights[kind], k=250)
        texts = [between.join(drawn[at : at + 50]) for at in range(0, 250, 50)]
        address = f"https://site{number % 40}.example/{number}"
        title = between.join(chance.choices(vocabulary[kind], k=6))
        blocks = tuple(Paragraph(text=text) for text in texts)
        yield Article(
            id=f"site{number % 40}.example:{number}",
            url=address,
            final_url=address,
            canonical_url=address,
            site=f"site{number % 40}.example",
            title=title,
            published=began + timedelta(minutes=31 * number),
            language=language,
            authors=(f"Author {number % 500}",),
            blocks=blocks,
            paragraphs=tuple(texts),
            text="\n\n".join(texts),
            html="".join(f"<p>{text}</p>" for text in texts),
            fetched_at=began + timedelta(minutes=31 * number + 5),
            status=200,
            rendered_with="http",
            content_hash=content_hash(title, None, (), blocks, ()),
        )


def fill(path: Path, count: int, vocabulary: tuple[list[str], list[str]]) -> None:
    with open_for_writing(path) as collection:
        run = collection.begin(Job(archive="none", media=False))
        store = collection.store(run)
        made = articles(count, vocabulary)
        while group := list(itertools.islice(made, _GROUP)):
            store.commit([Outcome(make_request(one.url), article=one) for one in group], _nothing)
        collection.end(run, "finished", {})


def _nothing(_: object) -> None:
    pass
