"""What all contestants share: the extraction, and the record they leave behind."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from benchmarks.crawl.task import RECIPES, Task
from scraper import extract
from scraper.recipe import Recipes
from scraper.record import Article


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
