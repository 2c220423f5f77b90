"""An article that changes between crawls, as its reader sees it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.command import OnTerminal, records, scraper
from tests.site import Answer, Seen, TestSite

FIRST = "The tide rose <b>two</b> metres in the night. Nobody was hurt."
PAGE = """<!doctype html><html lang="en"><head><title>{title}</title></head><body><article>
<h1>{title}</h1><p>{text}</p><p>The harbour stayed open, and the ferries ran as on every other day
of the week.</p><p>步行桥{word}开放，行人可以通过。</p></article></body></html>"""


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One article in three revisions."""
    path = tmp_path_factory.mktemp("history")
    states = [
        {"title": "The tide is high", "text": FIRST, "word": "已"},
        {"title": "The tide was high", "text": FIRST.replace("two", "three"), "word": "未"},
        {"title": "The tide was high", "text": FIRST.replace("two", "four"), "word": "未"},
    ]
    now: list[dict[str, str]] = []

    def page(_: Seen) -> Answer:
        return Answer(PAGE.format(**now[-1]))

    with TestSite({"/tide": page}) as site:
        for state in states:
            now.append(state)
            command = ("crawl", site.url("/tide"), "-o", str(path), "--render", "http")
            code, _, err = scraper(*command, "--delay", "0")
            assert code == 0, err
    return path


@pytest.fixture
def id(collection: Path) -> str:
    return str(records(collection)[0]["id"])


def test_each_line_tells_what_changed(collection: Path) -> None:
    first, second, third = records(collection)
    assert (first["previous"], first["changes"]) == (None, [])
    assert (second["previous"], third["previous"]) == (1, 2)
    assert [change["field"] for change in second["changes"]] == ["title", "text", "text"]
    title, text, chinese = (change["pieces"] for change in second["changes"])
    assert ["".join(p["text"] for p in title if p["kind"] != kind) for kind in ("new", "gone")] == [
        "The tide is high",
        "The tide was high",
    ]
    assert {"kind": "gone", "text": "two"} in text
    assert [piece for piece in chinese if piece["kind"] != "same"] == [
        {"kind": "gone", "text": "已"},
        {"kind": "new", "text": "未"},
    ]
    assert [change["field"] for change in third["changes"]] == ["text"]


def test_history(collection: Path, id: str) -> None:
    code, out, err = scraper("history", str(collection), id)
    assert code == 0, err
    rows = [line.split("\t") for line in out.splitlines()]
    assert [(row[0], row[3]) for row in rows] == [
        ("1", "first"),
        ("2", "title, text (2 passages)"),
        ("3", "text"),
    ]
    url = records(collection)[0]["url"]
    code, out, _ = scraper("history", str(collection), url, "--json")
    assert [json.loads(line)["revision"] for line in out.splitlines()] == [1, 2, 3]
    assert json.loads(out.splitlines()[1])["changes"] == records(collection)[1]["changes"]


def test_diff_of_the_last_two_and_of_any_two(collection: Path, id: str) -> None:
    code, out, err = scraper("diff", str(collection), id)
    assert code == 0, err
    assert "revision 2 → 3" in out
    assert "[-three-]{+four+}" in out
    assert "title" not in out
    assert "harbour" not in out, "what stayed is left out"
    _, out, _ = scraper("diff", str(collection), id, "1", "3")
    assert "The tide [-is-]{+was+} high" in out
    assert "步行桥[-已-]{+未+}开放" in out
    _, out, _ = scraper("diff", str(collection), id, "1", "--json")
    assert (json.loads(out)["before"], json.loads(out)["after"]) == (1, 3)


def test_on_a_terminal_it_is_coloured(collection: Path, id: str) -> None:
    code, sent = OnTerminal("diff", str(collection), id).sent()
    assert code == 0
    assert b"\x1b[" in sent


def test_a_page_that_shows_it(collection: Path, id: str, tmp_path: Path) -> None:
    file = tmp_path / "diff.html"
    code, _, err = scraper("diff", str(collection), id, "1", "2", "--html", str(file))
    assert code == 0, err
    page = file.read_text()
    assert "<del>two</del><ins>three</ins>" in page
    assert "The tide <del>is</del><ins>was</ins> high" in page


@pytest.mark.parametrize("wrong", [["nobody:1"], ["{id}", "7"], ["{id}", "1", "9"]])
def test_what_is_not_there_is_said(collection: Path, id: str, wrong: list[str]) -> None:
    words = [word.format(id=id) for word in wrong]
    code, out, err = scraper("diff", str(collection), *words)
    assert (code, out) == (2, "")
    assert "no record" in err or "1, 2, 3" in err


def test_before_it_was_known(collection: Path, id: str) -> None:
    code, _, err = scraper("history", str(collection), id, "--as-of", "2001-01-01")
    assert code == 2
    assert "not known then" in err
