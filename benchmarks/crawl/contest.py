"""What all contestants share: the task, the extraction, the record they leave behind."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from scraper import extract
from scraper.recipe import Recipes
from scraper.record import Article

RECIPES = Path(__file__).parent / "recipes"
READY = "article h1"
"""There when a page can be read; every contestant knows it."""


@dataclass(frozen=True, slots=True)
class Task:
    """`output` is a directory, `media` asks for the pictures of the articles."""

    urls: tuple[str, ...]
    output: str
    concurrency: int
    media: bool
    browser: str

    @classmethod
    def given(cls) -> Task:
        """On the command line of a contestant."""
        return cls(**json.loads(sys.argv[1]))

    def command_line(self) -> str:
        return json.dumps(asdict(self))


@cache
def _recipes() -> Recipes:
    return Recipes.load([RECIPES])


def read(html: str | bytes, url: str) -> Article:
    """The record of a page, as the product makes it."""
    return extract(html, url, recipes=_recipes())


class Records:
    """Lines of JSON, and pictures under their hash."""

    def __init__(self, task: Task) -> None:
        self._folder = Path(task.output)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._lines = (self._folder / "records.jsonl").open("w", encoding="utf-8")

    def add(self, article: Article, pictures: Mapping[str, bytes]) -> None:
        """`pictures` by their addresses."""
        hashes = []
        for address in article.picture_urls() if pictures else ():
            digest = hashlib.sha256(pictures[address]).hexdigest()
            (self._folder / f"{digest}.png").write_bytes(pictures[address])
            hashes.append(digest)
        line = json.loads(article.model_dump_json())
        line["hashes"] = hashes
        self._lines.write(json.dumps(line) + "\n")
        self._lines.flush()
