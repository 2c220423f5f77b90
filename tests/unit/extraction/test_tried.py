"""Which candidates of a recipe find something."""

from __future__ import annotations

from scraper.extraction.tried import Tried, over_pages, tried
from tests.unit.extraction.test_public import GAZETTE, fetched, story
from tests.unit.recipe.samples import changed, recipe


def test_each_candidate_with_its_matches() -> None:
    text = changed("{css: .author}", "{css: .nobody}, {css: .author}, {css: p}")
    found = tried(fetched(story(), GAZETTE), recipe(text))
    assert [one for one in found if one.field == "authors"] == [
        Tried("authors", "css:.nobody", 0, 0),
        Tried("authors", "css:.author", 1, 1),
        Tried("authors", "css:p", 4, 0),
    ]
    assert found[-1] == Tried("body", "css:#story", 1, 1)


def test_a_page_that_is_no_article_is_looked_at_too() -> None:
    found = tried(fetched("<form class=login></form><h1>Sign in</h1>", GAZETTE), recipe())
    assert Tried("title", "css:h1", 1, 1) in found
    assert Tried("body", "css:#story", 0, 0) in found


def test_over_pages_counts_pages() -> None:
    pages = [[Tried("title", "css:h1", 3, 1)], [Tried("title", "css:h1", 0, 0)]]
    assert over_pages(pages) == [Tried("title", "css:h1", 1, 1)]
