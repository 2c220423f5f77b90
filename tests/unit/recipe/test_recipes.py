"""Which recipe speaks for an address, and what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

import scraper
from scraper.errors import RecipeError
from scraper.recipe import LoadedRecipe, Recipes
from tests.unit.recipe.samples import TEXT, changed, recipe, recipes


def test_match(tmp_path: Path) -> None:
    known = recipes(tmp_path)
    found = known.match("http://GAZETTE.example/2026/42.html?utm_source=x#top")
    assert found is not None
    assert found.recipe.id == "gazette"
    assert (found.kind, found.id) == ("article", "202600042")
    assert found.canonical == "https://gazette.example/2026/00042.html"
    assert known.match(found.canonical) == found


@pytest.mark.parametrize(
    "url",
    [
        "https://gazette.example/2026/x.html",
        "https://gazette.example/2026/42.html/more",
        "https://gazette.example.evil.example/2026/42.html",
        "https://other.example/2026/42.html",
        "https://gazette.example/2026/42xhtml",
        "not an address",
        "javascript:0",
    ],
)
def test_no_match(tmp_path: Path, url: str) -> None:
    assert recipes(tmp_path).match(url) is None


def test_the_rule_is_the_recipes_and_its_manners_hold_for_the_whole_site(tmp_path: Path) -> None:
    known = recipes(tmp_path)
    article = known.rule("https://gazette.example/2026/42.html")
    assert (article.ready, article.rate.delay) == ("#story", 3)
    other = known.rule("https://www.gazette.example/about")
    assert (other.ready, other.rate.delay) == (None, 3)
    assert known.rule("https://other.example/").rate.delay is None
    assert known.rule("nonsense").ready is None


def test_priority_then_order(tmp_path: Path) -> None:
    text = changed(
        "match:\n",
        'match:\n  - {url: "https://gazette.example/{a}/{b}.html", kind: first}\n'
        '  - {url: "https://gazette.example/{a}/live.html", kind: live, priority: 5}\n',
    )
    known = recipes(tmp_path, text)
    kinds = [
        match.kind
        for path in ("2026/42.html", "2026/live.html", "x/y.html")
        if (match := known.match(f"https://gazette.example/{path}"))
    ]
    assert kinds == ["first", "live", "first"]


def test_a_pattern_with_a_query_looks_at_it(tmp_path: Path) -> None:
    known = recipes(
        tmp_path,
        changed(
            "match:\n",
            'match:\n  - {url: "https://gazette.example/read?id={n:int}", id: {join: [n]}}\n',
        ),
    )
    found = known.match("https://gazette.example/read?id=7")
    assert found is not None
    assert (found.id, found.canonical) == ("7", None)
    assert known.match("https://gazette.example/read?id=x") is None
    assert known.match("https://gazette.example/read") is None


def test_the_users_recipe_is_before_the_packaged_one_of_its_name(tmp_path: Path) -> None:
    own = changed("id: gazette", "id: ithome")
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "recipe.yaml").write_text(own, encoding="utf-8")
    known = Recipes.load([tmp_path])
    found = known.get("ithome")
    assert found is not None
    assert found.recipe.site.name == "The Gazette"
    assert known.get("demo") is not None
    assert known.match("https://www.ithome.com/0/630/872.htm") is None


def test_a_directory_may_be_a_recipe_itself(tmp_path: Path) -> None:
    (tmp_path / "recipe.yaml").write_text(TEXT, encoding="utf-8")
    assert [loaded.id for loaded in Recipes.load([tmp_path], packaged=False)] == ["gazette"]


def test_directories_without_recipes_and_doubles_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"no <site>/recipe\.yaml"):
        Recipes.load([tmp_path])
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "recipe.yaml").write_text(TEXT, encoding="utf-8")
    with pytest.raises(RecipeError, match="too"):
        Recipes.load([tmp_path])


@pytest.mark.parametrize(
    ("url", "id", "path"),
    [
        ("https://www.ithome.com/0/630/872.htm", "630872", "/0/630/872.htm"),
        ("http://www.ithome.com/0/000/072.htm", "72", "/0/000/072.htm"),
        ("https://m.ithome.com/html/630872.htm", "630872", "/0/630/872.htm"),
        ("https://m.ithome.com/html/1000123.htm?from=app", "1000123", "/1/000/123.htm"),
        ("https://www.ithome.com/1/000/123.htm", "1000123", "/1/000/123.htm"),
        ("https://www.ithome.com/html/digi/540017.htm", "540017", "/0/540/017.htm"),
    ],
)
def test_all_addresses_of_an_ithome_article_are_one(url: str, id: str, path: str) -> None:
    found = Recipes.load().match(url)
    assert found is not None
    assert (found.id, found.canonical) == (id, f"https://www.ithome.com{path}")
    assert found.kind == "article"
    fetched = Recipes.load().address(url)
    assert fetched == (found.canonical if "html" in url else url), "mobile and old ones elsewhere"


def test_other_ithome_pages_are_no_articles_but_are_fetched_with_its_manners() -> None:
    known = Recipes.load()
    assert known.match("https://it.ithome.com/") is None
    assert known.address("https://it.ithome.com/") == "https://it.ithome.com/"
    assert known.address("not an address") == "not an address"
    assert known.rule("https://it.ithome.com/").rate.delay == 2


def test_what_came_with_an_installed_program_is_known(tmp_path: Path) -> None:
    inside = Path(scraper.__file__).parent / "schemas" / "recipes" / "gazette" / "recipe.yaml"
    assert LoadedRecipe(recipe(), "0" * 16, inside).is_installed
    assert not any(loaded.is_installed for loaded in recipes(tmp_path))
