"""Which pages only lead to others."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from scraper.hub import is_hub
from scraper.record import Article, Link, Provenance, RecipeRef
from tests.unit.samples import article

FRONT = "https://news.example/"
TITLES = [f"The story of the harbour, part {n}" for n in range(12)]
WHEN = datetime(2026, 5, 4, tzinfo=UTC)


def leading(count: int = 12, text: str = "", **more: Any) -> Article:
    """A page of so many links, with more text beside them."""
    links = tuple(Link(url=f"{FRONT}{n}", text=title) for n, title in enumerate(TITLES[:count]))
    said = " ".join([*TITLES[:count], text])
    return article(1).model_copy(
        update={"links": links, "text": said, "published": None, "authors": (), **more}
    )


def test_a_page_of_links() -> None:
    assert is_hub(leading())
    assert is_hub(leading(published=WHEN, authors=("Maud Ellery",), final_url=FRONT))


@pytest.mark.parametrize(
    "more",
    [
        {"count": 9},
        {"text": "The harbour was quiet. " * 40},
        {"published": WHEN},
        {"authors": ("Maud Ellery",)},
        {"provenance": {"kind": Provenance(candidate="meta:og:type")}, "kind": "article"},
        {"recipe": RecipeRef(id="gazette", revision=1, version="v1", hash="0" * 16)},
    ],
)
def test_what_may_be_an_article_is_one(more: dict[str, Any]) -> None:
    assert not is_hub(leading(**more))
