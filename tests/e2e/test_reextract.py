"""Records are derived again from the kept pages, with other rules, and only written on demand."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from scraper.demo import STORIES
from scraper.offline import renew
from tests.e2e.command import damage, failures, records, scraper
from tests.site import Answer, TestSite
from tests.site.pages import page

RECIPES = Path(__file__).parents[2] / "schemas" / "recipes"


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    collection = tmp_path_factory.mktemp("reextract") / "collection"
    code, _, err = scraper("crawl", "--demo", "-o", str(collection), "--quiet")
    assert code == 0, err
    return collection


@pytest.fixture
def collection(crawled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(crawled, tmp_path / "collection"))


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """The demo's recipe without editors."""
    folder = tmp_path / "recipes"
    shutil.copytree(RECIPES / "demo", folder / "demo")
    recipe = folder / "demo" / "recipe.yaml"
    lines = recipe.read_text().splitlines()
    kept = [line for line in lines if not line.strip().startswith("editors:")]
    assert len(kept) == len(lines) - 1
    recipe.write_text("\n".join(kept))
    return folder


def edited(collection: Path) -> list[str]:
    return [record["id"] for record in records(collection) if record["editors"]]


def told(*arguments: str) -> tuple[int, dict[str, Any]]:
    code, out, err = scraper("reextract", *arguments, "--json")
    assert out, err
    return code, json.loads(out)


def test_with_the_same_rules_nothing_changes(collection: Path) -> None:
    code, result = told(str(collection))
    assert (code, result["changed"], result["failed"]) == (0, 0, 0)
    assert result["records"] == len(STORIES)


def test_what_would_change_is_told_and_not_done(collection: Path, rules: Path) -> None:
    before = (collection / "records.jsonl").read_bytes()
    code, out, _ = scraper("reextract", str(collection), "--recipes", str(rules), "--diff")
    rows = [line.split("\t") for line in out.splitlines()]
    assert code == 8
    assert ["editors", str(len(edited(collection))), edited(collection)[0]] in rows
    assert '    - "Ines Barrow"' in out
    assert (collection / "records.jsonl").read_bytes() == before


def test_applied(collection: Path, rules: Path) -> None:
    ids, before = edited(collection), {record["id"]: record for record in records(collection)}
    code, result = told(str(collection), "--recipes", str(rules), "--apply")
    assert (code, result["changed"], result["fields"]) == (0, len(ids), {"editors": len(ids)})
    new = records(collection)[len(STORIES) :]
    assert sorted(record["id"] for record in new) == sorted(ids)
    for record in new:
        old = before[record["id"]]
        assert (record["revision"], record["derived_from"], record["editors"]) == (2, 1, [])
        assert record["archive"] == old["archive"]
        assert record["images"] == old["images"]
    assert list(damage(collection)) == []
    assert told(str(collection), "--recipes", str(rules))[0] == 0
    code, out, err = scraper(
        "crawl", "--demo", "-o", str(collection), "--recipes", str(rules), "--json"
    )
    assert code == 0, err
    assert json.loads(out)["tally"]["unchanged"] == len(STORIES)


def test_an_interrupted_one_is_finished_by_the_next(collection: Path, rules: Path) -> None:
    ids = edited(collection)
    some = renew(collection, apply=True, recipes=[rules])
    next(one for one in some if one.changed)
    some.close()
    assert told(str(collection), "--recipes", str(rules), "--apply")[0] == 0
    new = records(collection)[len(STORIES) :]
    assert sorted(record["id"] for record in new) == sorted(ids)


def test_a_page_that_gives_no_record_any_more_keeps_its_old_one(
    collection: Path, rules: Path
) -> None:
    recipe = rules / "demo" / "recipe.yaml"
    recipe.write_text(recipe.read_text().replace("article.story > h1", "article.story > h6"))
    code, result = told(str(collection), "--recipes", str(rules), "--apply")
    assert (code, result["failed"], result["changed"]) == (8, len(STORIES), 0)
    assert len(records(collection)) == len(STORIES)


def test_while_a_crawl_is_unfinished_nothing_is_written(tmp_path: Path, rules: Path) -> None:
    collection = tmp_path / "unfinished"
    assert scraper("crawl", "--demo", "-o", str(collection), "--max-pages", "1", "--quiet")[0] == 5
    code, _, err = scraper("reextract", str(collection), "--recipes", str(rules), "--apply")
    assert (code, "unfinished" in err) == (2, True)


OLD = """\
recipe: 1
site: {id: gazette, name: Gazette, home: "SITE/"}
revision: 1
match: [{url: "SITE/story/{n:int}", id: {join: [n]}}]
fetch: {render: http, rate: {delay: 0}}
verdicts: [{is: article, has: ["div.old"]}, {is: unknown}]
versions:
  - id: v1
    fields: {title: {required: true, from: [{css: "h2"}]}}
    body: {root: [{css: "div.old"}]}
"""


def test_refused_pages_become_records_when_the_recipe_is_mended(tmp_path: Path) -> None:
    """Offline, and once; what asked not to be kept was not."""
    collection, recipe = tmp_path / "c", tmp_path / "recipes" / "gazette" / "recipe.yaml"
    recipe.parent.mkdir(parents=True)
    text = "<p>" + "The harbour was quiet on Monday. " * 5 + "</p>"
    story = f"<h1>A story</h1><div class=new>{text}<img src=/a.png></div>"
    with TestSite() as site:
        site.pages["/story/1"] = Answer(page("A story", story))
        asking = "<meta name=robots content=noarchive>"
        site.pages["/story/2"] = Answer(page("Another", story).replace("<head>", f"<head>{asking}"))
        site.pages["/wall"] = Answer(page("Log in", "<p>Members.</p><input type=password>"))
        old = OLD.replace("SITE", site.url("").rstrip("/"))
        recipe.write_text(old)
        urls = [site.url(path) for path in ("/story/1", "/story/2", "/wall")]
        rules = ("--recipes", str(tmp_path / "recipes"))
        out = ("-o", str(collection), "--render", "http", "--delay", "0", "--quiet")
        assert scraper("crawl", *urls, *out, *rules)[0] == 1
        assert told(str(collection), *rules)[1]["gained"] == 0
        requests = len(site.requests)
        recipe.write_text(old.replace("div.old", "div.new").replace("h2", "h1"))
        code, result = told(str(collection), *rules)
        assert (code, result["refused"], result["gained"], result["records"]) == (8, 2, 1, 0)
        code, line, err = scraper("extract", str(collection), *rules)
        assert (code, json.loads(line)["title"]) == (0, "A story")
        assert "was verdict.unknown" in err
        assert records(collection) == []
        code, result = told(str(collection), *rules, "--apply")
        assert (code, result["gained"], len(site.requests)) == (0, 1, requests)
        (record,) = records(collection)
        assert (record["id"], record["revision"], record["derived_from"]) == ("gazette:1", 1, None)
        assert record["images"][0]["media_failure"]["code"] == "media.missing"
        refused = {one["url"]: one for one in failures(collection)}
        assert record["archive"] == refused[urls[0]]["archive"]
        assert refused[urls[1]]["archive"] is None
        assert refused[urls[2]]["code"] == "verdict.login"
        assert told(str(collection), *rules) == (0, result | {"gained": 0, "refused": 1} | SAME)
        assert scraper("verify", str(collection))[0] == 0
        code, out_, _ = scraper("crawl", urls[0], *out[:-1], "--no-media", "--json", *rules)
        assert json.loads(out_)["tally"]["unchanged"] == 1
        assert scraper("forget", str(collection), "gazette:1")[0] == 0
        assert list(damage(collection)) == []


SAME = {"records": 1, "changed": 0, "failed": 0, "applied": False, "fields": {}}
