"""A small sound recipe, and the same with something changed."""

from __future__ import annotations

from pathlib import Path

from scraper.recipe import Recipe, Recipes, parse_recipe

TEXT = """\
recipe: 1
site:
  id: gazette
  name: The Gazette
  home: "https://gazette.example/"
  language: en
  timezone: Europe/Oslo
revision: 3
match:
  - url: "https://gazette.example/{year:int}/{n:int}.html"
    id: {join: [year, n], pad: [0, 5]}
    canonical: "https://gazette.example/{year}/{n:05}.html"
fetch:
  ready: "#story"
  rate: {delay: 3}
verdicts:
  - {is: gone, status: [404, 410]}
  - {is: login, has: ["form.login"]}
  - {is: article, has: ["#story"]}
versions:
  - id: new
    valid_from: "2024-01-01"
    when: {has: "h1.new"}
    fields:
      title:
        required: true
        from: [{css: h1}]
      published:
        from: [{css: time, attr: datetime}, {css: time}]
        parse: {datetime: [iso, "%d.%m.%Y %H:%M"]}
      authors:
        from: [{css: .author}]
    body:
      root: [{css: "#story"}]
      strip: [.advert]
"""


def changed(before: str, after: str) -> str:
    """The text with one thing changed, which must be there."""
    assert TEXT.count(before) >= 1, before
    return TEXT.replace(before, after, 1)


def recipe(text: str = TEXT) -> Recipe:
    return parse_recipe(text, "recipe.yaml")


def recipes(directory: Path, text: str = TEXT) -> Recipes:
    """Loaded from a file below the directory, without the packaged ones."""
    folder = directory / "gazette"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "recipe.yaml").write_text(text, encoding="utf-8")
    return Recipes.load([directory], packaged=False)
