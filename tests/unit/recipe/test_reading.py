"""Every fault of a recipe is found when it is loaded, with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from scraper.errors import RecipeError
from scraper.recipe import Recipe, parse_recipe, read_recipe
from tests.unit.recipe.samples import TEXT, changed, recipe


def fault(text: str) -> RecipeError:
    with pytest.raises(RecipeError) as caught:
        parse_recipe(text, "recipe.yaml")
    return caught.value


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_a_sound_recipe() -> None:
    found = recipe()
    assert (found.site.id, found.revision, found.versions[0].id) == ("gazette", 3, "new")
    assert found.fetch.ready == "#story"
    assert found.fetch.rate.delay == 3


@pytest.mark.parametrize(
    ("before", "after", "at", "says"),
    [
        ("title:", "titel:", "titel:", "did you mean 'title'"),
        ("fetch:", "fetsch:", "fetsch:", "did you mean 'fetch'"),
        ("strip: [.advert]", "stirp: [.advert]", "stirp", "did you mean 'strip'"),
        ("revision: 3", "revision: 3\nrevision: 4", "revision: 4", "given in line"),
        ("revision: 3", 'revision: "3"', "revision", "valid integer"),
        ("revision: 3", "revision: 0", "revision", "greater than or equal to 1"),
        ("recipe: 1", "recipe: 2", "recipe: 2", "Input should be 1"),
        ("  id: gazette\n", "", "site:", "'id' is missing"),
        ("id: gazette", "id: The Gazette", "id: The", "pattern"),
        ("Europe/Oslo", "Europe/Olso", "timezone", "no time zone"),
        ('"2024-01-01"', "2024-01-01", "valid_from", "quotes"),
        ('"2024-01-01"', '"2024-13-01"', "- id: new", "month must be in 1..12"),
        ("{css: h1}", '{css: "h1["}', "from: [{css: \"h1", "not a CSS selector"),
        ("{css: h1}", '{css: "h1::first-line"}', "from: [{css: \"h1", "pseudo-element"),
        ("{css: h1}", '{css: "svg|h1"}', "from: [{css: \"svg", "not a CSS selector"),
        ("{css: h1}", '{xpath: "//h1["}', "from: [{xpath", "not an XPath"),
        ("{css: h1}", "{xpath: \"document('x')\"}", "from: [{xpath", "document()"),
        ("{css: h1}", "{xpath: \"//p[re:test(., 'x')]\"}", "from: [{xpath", "re:test()"),
        ("{css: h1}", '{regex: "(?=a)"}', "from: [{regex", "RE2"),
        ("{css: h1}", '{regex: "(a"}', "from: [{regex", "RE2"),
        ("{css: h1}", '{css: h1, meta: "og:title"}', "from: [{css: h1", "exactly one of"),
        ("{css: h1}", '{attr: href, meta: "x"}', "from: [{attr", "attr belongs"),
        ("{css: h1}", "{css: h1, then: [upper]}", "from: [{css: h1", "Transform"),
        ("{css: h1}", "{css: h1, then: [{lower: true, join: x}]}", "from: [{css: h1", "one of"),
        ("{css: h1}", "{css: h1, parse: {datetime: [iso]}}", "title:", "only dates are parsed"),
        ("from: [{css: h1}]", "from: []", "from: []", "at least 1 item"),
        ("%d.%m.%Y", "%d.%q.%Y", "parse:", "not a date pattern"),
        ("{n:int}.html", "{n:float}.html", "- url", "placeholder"),
        ("{n:int}.html", "{n:int.html", "- url", "brace"),
        ("{n:int}.html", "{year:int}.html", "- url", "twice"),
        ('"https://gazette.example/{year:int}', '"gazette.example/{year:int}', "- url", "https://"),
        ("join: [year, n]", "join: [year, m]", "- url", "{m} is no placeholder"),
        ("{year}/{n:05}", "{year}/{m:05}", "- url", "{m} is no placeholder"),
        ("pad: [0, 5]", "pad: [5]", "id: {join", "one width for each"),
        ("delay: 3", "delay: -1", "rate:", "greater than or equal to 0"),
        ("delay: 3", "delay: yes", "rate:", "valid number"),
        ("is: gone", "is: Gone", "is: Gone", "pattern"),
        ("[.advert]", "&x [.advert]", "&x", "anchors"),
        ("revision: 3", "revision: !!python/name:os.system 3", "!!python", "tag"),
        ("revision: 3", "? [a]\n: 3", "? [a]", "plain words"),
        ("[.advert]", "[.advert", "strip", "expected"),
        ("valid_from", "extends: old\n    valid_from", "extends", "no version 'old'"),
        ("valid_from", "extends: new\n    valid_from", "extends", "circle"),
    ],
)  # fmt: skip
def test_a_fault_has_its_line(before: str, after: str, at: str, says: str) -> None:
    text = changed(before, after)
    error = fault(text)
    assert says in error.problem
    wanted = line_of(text, at)
    # YAML notices a bracket that is never closed at the end.
    assert error.line == wanted or (error.line >= wanted and "expected" in says)
    assert str(error).startswith("recipe.yaml:")
    assert "\n" not in str(error)


def test_two_versions_of_one_name() -> None:
    error = fault(TEXT + "  - id: new\n")
    assert error.line == TEXT.count("\n") + 1
    assert "second version" in error.problem


@pytest.mark.parametrize("text", ["", "- a\n", "words", "a: 1\n---\nb: 2\n", "[" * 1000, "\t"])
def test_no_mapping(text: str) -> None:
    assert fault(text).path == "recipe.yaml"


def test_files(tmp_path: Path) -> None:
    file = tmp_path / "recipe.yaml"
    with pytest.raises(RecipeError, match="cannot be read"):
        read_recipe(file)
    file.write_bytes(b"recipe: 1\nsite: \xff\n")
    with pytest.raises(RecipeError) as caught:
        read_recipe(file)
    assert caught.value.line == 2
    file.write_bytes(b"#" * (2 << 20))
    with pytest.raises(RecipeError, match="larger than"):
        read_recipe(file)


def test_the_hash_is_of_the_files_bytes(tmp_path: Path) -> None:
    file = tmp_path / "recipe.yaml"
    file.write_text(TEXT, encoding="utf-8")
    _, first = read_recipe(file)
    file.write_text(TEXT + "# comment\n", encoding="utf-8")
    found, second = read_recipe(file)
    assert isinstance(found, Recipe)
    assert first != second
    assert len(first) == 16


LATER = """\
discover:
  - feed: "https://gazette.example/rss/"
  - list: "https://{channel}.gazette.example/"
    params: {channel: [a, b]}
    item: "ul > li"
    link: {css: "h2 > a", attr: href}
    time: {css: div.c, attr: data-ot, parse: {datetime: [iso]}}
    skip: {url: ["*ads*"], title_any: [sale]}
    next: {post: "/page", form: {domain: "{channel}"}, html_at: "content.html"}
actions:
  - {click: "button.more"}
  - {wait: 0.5}
  - {scroll: 3}
  - {fill: "input#q", env: WORDS}
pages: {next: {css: "a.next", attr: href}}
"""


def test_parts_beside_the_fields_are_checked() -> None:
    recipe(TEXT + LATER)
    for before, after in [
        ("feed:", "fed:"),
        ('item: "ul > li"', 'item: "ul >"'),
        ("click:", "clik:"),
        (", env: WORDS", ""),
        ("- feed:", '- list: "x"\n    feed:'),
    ]:
        assert before in LATER
        assert fault(TEXT + LATER.replace(before, after, 1)).line > TEXT.count("\n")
