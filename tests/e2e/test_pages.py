"""An article on several pages becomes one record, kept whole and derived again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.command import damage, failures, records, scraper
from tests.site import Answer, TestSite
from tests.site.pages import page

RECIPE = """
recipe: 1
site: {id: longread, name: Long read, home: "https://long.example/"}
revision: 1
match:
  - {url: "https://long.example/story/{n:int}/", id: {join: [n]}}
fetch: {render: http}
versions:
  - id: v1
    fields: {title: {required: true, from: [{css: h1}]}}
    body: {root: [{css: "div.text"}]}
pages: {next: {css: "a.next", attr: href}, max: 5}
"""


def part(number: int, following: str | None) -> Answer:
    link = f'<a class="next" href="{following}">on</a>' if following else ""
    text = (
        f'<div class="text"><p>Part {number}. <a href="note">note</a></p>'
        f'<img src="{number}.png" alt="{number}"></div>'
    )
    return Answer(page("Long", f"<h1>Long</h1>{text}{link}"))


@pytest.fixture
def site() -> Any:
    with TestSite() as site:
        site.pages["long.example/story/1/"] = part(1, "b/2")
        site.pages["long.example/story/1/b/2"] = part(2, "/story/1/3")
        site.pages["long.example/story/1/3"] = part(3, "/story/1/")
        yield site


def crawl(site: TestSite, tmp_path: Path) -> Path:
    folder = tmp_path / "recipes" / "longread"
    folder.mkdir(parents=True)
    (folder / "recipe.yaml").write_text(RECIPE)
    reach = ("--connect-to", f"*:443:127.0.0.1:{site.https_port}", "--insecure", "--delay", "0")
    options = (
        "--recipes",
        str(tmp_path / "recipes"),
        "--retries",
        "0",
        "-o",
        str(tmp_path / "out"),
    )
    scraper("crawl", "https://long.example/story/1/", *options, *reach)
    return tmp_path / "out"


def test_all_pages_are_one_record(site: TestSite, tmp_path: Path) -> None:
    out = crawl(site, tmp_path)
    assert failures(out) == []
    (record,) = records(out)
    assert record["id"] == "longread:1"
    assert record["paragraphs"] == ["Part 1. note", "Part 2. note", "Part 3. note"]
    assert [block["type"] for block in record["blocks"]] == ["paragraph", "image"] * 3
    base = "https://long.example/story/1/"
    pictures = [f"{base}1.png", f"{base}b/2.png", f"{base}3.png"]
    assert [image["url"] for image in record["images"]] == pictures
    assert [image["position"] for image in record["images"]] == [1, 3, 5]
    assert [b["image"] for b in record["blocks"] if b["type"] == "image"] == [0, 1, 2]
    assert [link["url"] for link in record["links"]] == [f"{base}note", f"{base}b/note"]
    assert all(url in record["html"] for url in pictures)
    assert list(damage(out)) == []
    site.pages.clear()
    code, told, err = scraper("reextract", str(out), "--json")
    assert code == 0, err
    assert "Part 3" in json.dumps(records(out)), told
    code, printed, _ = scraper("extract", str(out))
    (again,) = map(json.loads, printed.splitlines())
    assert again["paragraphs"] == record["paragraphs"]


def test_half_an_article_is_none(site: TestSite, tmp_path: Path) -> None:
    site.pages["long.example/story/1/3"] = Answer("gone", 410)
    out = crawl(site, tmp_path)
    assert records(out) == []
    assert [one["code"] for one in failures(out)] == ["http.410"]


def test_a_case_has_all_pages(site: TestSite, tmp_path: Path) -> None:
    out = crawl(site, tmp_path)
    rules = ("--recipes", str(tmp_path / "recipes"))
    reach = ("--connect-to", f"*:443:127.0.0.1:{site.https_port}", "--insecure")
    save = ("recipe", "check", *rules, "--save", "https://long.example/story/1/", "--name")
    assert scraper(*save, "fetched", *reach)[0] == 0
    assert scraper(*save, "kept", "--collection", str(out))[0] == 0
    for case in (tmp_path / "recipes" / "longread" / "cases").iterdir():
        expected = json.loads((case / "record.json").read_text())
        assert expected["paragraphs"] == ["Part 1. note", "Part 2. note", "Part 3. note"]
    code, said, _ = scraper("recipe", "check", "longread", *rules)
    assert (code, said.partition(",")[0]) == (0, "longread: 2 cases")
