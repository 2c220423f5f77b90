"""Stored cases: written once, read back the same."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper.errors import RecipeError, UsageError
from scraper.recipe.cases import read_case, read_cases, write_case
from scraper.snapshot import Snapshot
from tests.unit.recipe.samples import recipes

URL = "https://gazette.example/2026/42.html"
PAGE = Snapshot(
    URL, URL, 200, (("Content-Type", "text/html; charset=gbk"),), "<h1>题</h1>".encode("gbk"), None,
    datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC), "http",
)  # fmt: skip
EXPECTED = {"title": "题"}


def test_document_and_dom_come_back(tmp_path: Path) -> None:
    (loaded,) = recipes(tmp_path)
    assert list(read_cases(loaded)) == []
    write_case(loaded, "b", PAGE, EXPECTED)
    rendered = dataclasses.replace(PAGE, dom="<h1>题</h1>", rendered_with="browser")
    write_case(loaded, "a", rendered, {"failure": "verdict.gone"})
    first, second = read_cases(loaded)
    assert (first.name, first.snapshot.dom, first.snapshot.rendered_with) == (
        "a", "<h1>题</h1>", "browser",
    )  # fmt: skip
    assert first.expected == {"failure": "verdict.gone"}
    assert second.snapshot == dataclasses.replace(
        PAGE, headers=(("content-type", "text/html; charset=gbk"),)
    )
    assert second.expected == EXPECTED


def test_the_further_pages_of_an_article_come_back(tmp_path: Path) -> None:
    (loaded,) = recipes(tmp_path)
    further = tuple(
        dataclasses.replace(PAGE, request_url=url, url=url, document=url.encode())
        for url in (f"{URL}?p=2", f"{URL}?p=3")
    )
    write_case(loaded, "a", dataclasses.replace(PAGE, further=further), EXPECTED)
    (case,) = read_cases(loaded)
    assert [(one.url, one.document) for one in case.snapshot.further] == [
        (one.url, one.document) for one in further
    ]


def test_the_same_page_gives_the_same_file(tmp_path: Path) -> None:
    (loaded,) = recipes(tmp_path)
    one, two = (write_case(loaded, name, PAGE, EXPECTED) for name in ("a", "b"))
    assert (one / "page.html.gz").read_bytes() == (two / "page.html.gz").read_bytes()


def test_a_case_is_never_overwritten(tmp_path: Path) -> None:
    (loaded,) = recipes(tmp_path)
    write_case(loaded, "a", PAGE, EXPECTED)
    with pytest.raises(UsageError, match="remove it"):
        write_case(loaded, "a", PAGE, EXPECTED)


@pytest.mark.parametrize("file", ["page.html.gz", "page.json", "record.json"])
def test_a_broken_case_is_named(tmp_path: Path, file: str) -> None:
    (loaded,) = recipes(tmp_path)
    folder = write_case(loaded, "a", PAGE, EXPECTED)
    (folder / file).write_bytes(b"{")
    with pytest.raises(RecipeError) as caught:
        read_case(folder)
    assert caught.value.path == str(folder)
