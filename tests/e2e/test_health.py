"""A site that changes: the run says so, `scraper health` shows it, and the pages that were refused
are kept to mend the recipe with."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from scraper.opening import open_collection
from tests.e2e.command import damage, failures, records, scraper
from tests.site import Answer, TestSite
from tests.site.pages import LONG

PAGES = 12
RECIPE = """
recipe: 1
site: {{id: gazette, name: The Gazette, home: "{home}/"}}
revision: 1
match:
  - url: "{home}/{{n:int}}"
    id: {{join: [n]}}
verdicts:
  - {{is: login, has: ["form.login"]}}
  - {{is: article, has: [div.story]}}
versions:
  - id: v1
    fields:
      title: {{required: true, from: [{{css: h1.headline}}, {{css: h2}}]}}
      authors: {{from: [{{css: .byline}}]}}
    body: {{root: [{{css: div.story}}]}}
"""


def page(number: int, title: str = '<h1 class="headline">Story {}</h1>', text: str = "") -> Answer:
    head = title.format(number)
    by = '<p class="byline">Maud Ellery</p>'
    return Answer(f'<title>x</title>{head}{by}<div class="story"><p>{text}{LONG}</p></div>')


@pytest.fixture
def site() -> Iterator[TestSite]:
    with TestSite() as site:
        yield site


class Gazette:
    def __init__(self, site: TestSite, tmp_path: Path) -> None:
        self.site, self.path = site, tmp_path
        self.collection = tmp_path / "c"
        self.recipes = tmp_path / "recipes"
        (self.recipes / "gazette").mkdir(parents=True)
        recipe = self.recipes / "gazette" / "recipe.yaml"
        recipe.write_text(RECIPE.format(home=site.url("").rstrip("/")))

    def crawl(self, answers: Mapping[Any, Answer], *more: str) -> tuple[int, str, str]:
        for number, answer in answers.items():
            self.site.pages[f"/{number}"] = answer
        urls = [self.site.url(f"/{number}") for number in answers]
        how = ("--render", "http", "--delay", "0", "--ignore-robots", "--no-media")
        where = ("-o", str(self.collection), "--recipes", str(self.recipes))
        return scraper("crawl", *urls, *how, *where, *more)

    def health(self, *more: str) -> tuple[int, str, str]:
        return scraper("health", str(self.collection), *more)


@pytest.mark.timeout(600)
def test_a_selector_that_dies_is_told_by_the_run(site: TestSite, tmp_path: Path) -> None:
    gazette = Gazette(site, tmp_path)
    code, out, _ = gazette.crawl({n: page(n) for n in range(PAGES)}, "--json")
    assert (code, json.loads(out)["alarms"]) == (0, [])
    assert gazette.health()[0] == 0
    moved = "<h2>Story {}</h2>"
    more = range(100, 100 + PAGES)
    told = tmp_path / "told"
    keep = "import sys; open(sys.argv[1], 'a').write(sys.stdin.read())"
    notify = ("--notify", shlex.join([sys.executable, "-c", keep, str(told)]))
    code, out, err = gazette.crawl({n: page(n, moved) for n in more}, "--json", *notify)
    [alarm] = json.loads(out)["alarms"]
    assert code == 8
    assert (alarm["field"], alarm["what"]) == ("title", "0: css:h1.headline")
    assert f"found by 0: css:h1.headline on 0 of {PAGES} pages" in err
    assert len(records(gazette.collection)) == 2 * PAGES
    code, out, err = gazette.health()
    rows = [row.split("\t") for row in out.splitlines()]
    assert code == 8
    assert ["gazette", "v1", "title", "1: css:h2", f"{PAGES}/{PAGES}", f"0/{PAGES}"] in rows
    assert [
        "gazette",
        "v1",
        "authors",
        "0: css:.byline",
        f"{PAGES}/{PAGES}",
        f"{PAGES}/{PAGES}",
    ] in rows
    assert "recipe gazette, version v1: title" in err
    code, out, _ = gazette.health("--json")
    shown = {one["field"]: one for one in map(json.loads, out.splitlines())}
    assert code == 8
    assert shown["title"]["alarms"] == [alarm | {"new": False}]
    assert shown["title"]["coverage"]["now"] == shown["authors"]["coverage"]["now"] == 1.0
    [report] = [
        one
        for path in (gazette.collection / "runs").glob("*.json")
        if (one := json.loads(path.read_text()))["facts"]["alarms"]
    ]
    assert report["facts"]["alarms"] == [alarm["text"]]
    assert gazette.crawl({n: page(n, moved) for n in more}, *notify)[0] == 8
    [message] = map(json.loads, told.read_text().splitlines())
    assert (message["text"], message["run"]) == (alarm["text"], report["run"])


@pytest.mark.timeout(600)
def test_pages_that_are_refused_are_kept_to_mend_the_recipe(site: TestSite, tmp_path: Path) -> None:
    gazette = Gazette(site, tmp_path)
    assert gazette.crawl({n: page(n) for n in range(PAGES)})[0] == 0
    wall = Answer('<form class="login"><input name="password"></form>')
    bare = page(200, "<p>Story without a title</p>")
    answers: dict[Any, Answer] = dict.fromkeys(range(100, 100 + PAGES), wall)
    answers |= {200: bare, "gone": Answer("x", 404)}
    code, _, err = gazette.crawl(answers, "--quiet")
    assert code == 8
    assert f"recipe gazette: verdict.login on {PAGES} of" in err
    assert len(records(gazette.collection)) == PAGES
    by_code = {one["code"]: one for one in failures(gazette.collection)}
    assert by_code.keys() == {"verdict.login", "field.missing", "http.404"}
    assert by_code["http.404"]["archive"] is None
    assert by_code["http.404"]["recipe"] is None
    assert by_code["field.missing"]["field"] == "title"
    assert by_code["field.missing"]["recipe"]["version"] == "v1"
    with open_collection(gazette.collection) as opened:
        kept = {one.code: opened.snapshot(one) for one in opened.failures()}
    login, missing = kept["verdict.login"], kept["field.missing"]
    assert login is not None
    assert b'class="login"' in (login.document or b"")
    assert missing is not None
    assert b"Story without a title" in (missing.document or b"")
    assert list(damage(gazette.collection)) == []
    assert scraper("verify", str(gazette.collection))[0] == 0
    asked = len(site.requests)
    saving = ("--save", site.url("/200"), "--collection", str(gazette.collection))
    code, out, err = scraper("recipe", "check", *saving, "--recipes", str(gazette.recipes))
    assert (code, "a page that fails with field.missing" in out) == (0, True), err
    assert len(site.requests) == asked
    with (gazette.collection / by_code["verdict.login"]["archive"]["document"]["file"]).open(
        "r+b"
    ) as file:
        file.seek(by_code["verdict.login"]["archive"]["document"]["offset"] + 40)
        file.write(b"\xff\xff\xff")
    code, _, err = scraper("verify", str(gazette.collection))
    assert (code, "(verdict.login)" in err) == (8, True)


@pytest.mark.timeout(600)
def test_a_second_try_of_failures_is_no_change(site: TestSite, tmp_path: Path) -> None:
    gazette = Gazette(site, tmp_path)
    good = {n: page(n) for n in range(2 * PAGES)}
    odd = {n: page(n, "<p>no title</p>") for n in range(100, 104)}
    assert gazette.crawl(good | odd)[0] == 1
    assert scraper("retry", str(gazette.collection))[0] == 1
    assert gazette.health()[0] == 0


@pytest.mark.timeout(600)
def test_what_a_recipe_expects_counts_from_the_first_run_on(site: TestSite, tmp_path: Path) -> None:
    gazette = Gazette(site, tmp_path)
    recipe = gazette.recipes / "gazette" / "recipe.yaml"
    recipe.write_text(recipe.read_text() + "    expect: {coverage: {authors: 0.9}}\n")
    unsigned = {n: Answer(str(page(n).body).replace("byline", "line")) for n in range(PAGES)}
    code, out, _ = gazette.crawl(unsigned, "--json")
    [alarm] = json.loads(out)["alarms"]
    assert (code, alarm["field"], alarm["what"]) == (8, "authors", "expected")
    code, out, err = gazette.health("--json")
    shown = {one["field"]: one for one in map(json.loads, out.splitlines())}
    assert (code, shown["authors"]["expected"], shown["title"]["expected"]) == (8, 0.9, None)
    assert "authors found on 0 of 12 pages, where the recipe expects 90%" in err
    recipe.write_text(recipe.read_text().replace("authors: 0.9", "editors: 0.9"))
    code, _, err = gazette.crawl(unsigned)
    assert (code, "no rule for 'editors'" in err) == (2, True)
