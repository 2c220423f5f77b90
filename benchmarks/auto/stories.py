"""Invented articles, the same for the same seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_WHO = (
    "The harbour master", "A retired clockmaker", "The village council", "Her younger brother",
    "The ferry company", "A group of gardeners", "The night librarian", "One of the bakers",
    "The new headmistress", "A travelling surveyor", "The choir of the old mill",
    "A beekeeper from the hills", "The committee for bridges", "The last lamplighter",
)  # fmt: skip
_DID = (
    "has decided to repair", "wrote a long letter about", "spent three winters studying",
    "refused to give up", "was surprised by", "keeps a careful record of", "wants to reopen",
    "has painted a picture of", "never quite understood", "raised money for", "is proud of",
    "took apart and rebuilt", "asked the neighbours about", "found a simple answer to",
)  # fmt: skip
_WHAT = (
    "the wooden footbridge behind the station", "a map that nobody had opened for decades",
    "the tide tables of the eastern quay", "an orchard with forty kinds of pears",
    "the bell that rings an hour too early", "the cable car above the reservoir",
    "a workshop full of unfinished boats", "the lighthouse on the smaller island",
    "the market hall and its glass roof", "a telescope made of drain pipes",
    "the path along the salt marshes", "the archive of lost umbrellas",
)  # fmt: skip
_WHY = (
    "although most people had long forgotten it", "because the winter was unusually mild",
    "and the first visitors are expected in spring", "while the rest of the town was asleep",
    "without asking anybody for permission", "so that the children can walk to school again",
    "after a storm had torn away the old roof", "since nobody else was willing to do it",
    "which costs less than a new parking lot", "and the mayor has promised to come",
)  # fmt: skip
_SAID = (
    "There is no hurry, as everyone agrees.", "What remains is a question of patience.",
    "The neighbours bring coffee and good advice.", "It takes about four hours on a dry day.",
    "A second attempt is planned for the autumn.", "The tools are older than the workers.",
    "Only the cat seems to be against it.", "Some of it will be shown in the town hall.",
)  # fmt: skip


@dataclass(frozen=True)
class Story:
    """`pictures` are paths on its host, with their captions."""

    id: str
    headline: str
    other_headline: str
    published: datetime
    author: str
    paragraphs: tuple[str, ...]
    pictures: tuple[tuple[str, str], ...]

    @property
    def day(self) -> str:
        return f"{self.published.day} {self.published:%B %Y}"


def story(seed: str) -> Story:
    """Its id does not tell anything about it."""
    dice = random.Random(seed)

    def sentence() -> str:
        return f"{dice.choice(_WHO)} {dice.choice(_DID)} {dice.choice(_WHAT)}, {dice.choice(_WHY)}."

    def paragraph() -> str:
        said = [sentence() for _ in range(dice.randint(2, 4))]
        return " ".join([*said, dice.choice(_SAID)])

    id = f"{dice.getrandbits(40):010x}"
    pictures = tuple(
        (f"/photos/{id}/{number}.jpg", sentence()) for number in range(dice.choice((0, 1, 1, 2, 3)))
    )
    return Story(
        id=id,
        headline=f"{dice.choice(_WHO)} and {dice.choice(_WHAT)}",
        other_headline=f"Why {dice.choice(_WHO).lower()} cares about {dice.choice(_WHAT)}",
        published=datetime(2025, 1, 6, 7, 30, tzinfo=UTC)
        + timedelta(minutes=dice.randint(0, 500_000)),
        author=dice.choice(("Ada Merrow", "Bruno Lind", "Clara Quist", "Dov Ansel", "Edda Voss")),
        paragraphs=tuple(paragraph() for _ in range(dice.randint(5, 12))),
        pictures=pictures,
    )
