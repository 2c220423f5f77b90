"""Pages for the commands that look at one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
import typer

from scraper.cli import fetching
from scraper.recipe import Recipes
from scraper.record import Failure
from scraper.snapshot import Snapshot
from tests.unit.cli.crawled import failure
from tests.unit.samples import snapshot

URL = "https://a.example/1"


@dataclass
class Ended:
    error: str | None = None
    outcome: str = "finished"
    exit_code: int = 0


def fetch(
    monkeypatch: pytest.MonkeyPatch, page: Snapshot | None, failed: Failure | None, ended: Any
) -> Snapshot:
    monkeypatch.setattr(fetching, "fetch_page", lambda *_: (page, failed, ended))
    return fetching.fetched(URL, Recipes())


@pytest.mark.parametrize("code", ["verdict.login", "field.missing", "verdict.empty"])
def test_a_page_that_fails_by_its_content_is_a_page(
    monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    page, failed = snapshot(), failure().model_copy(update={"code": code})
    assert fetch(monkeypatch, page, failed, Ended(exit_code=1)) == page


def test_an_answer_that_is_no_page_ends_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as ended:
        fetch(monkeypatch, snapshot(), failure(), Ended(exit_code=1))
    assert ended.value.exit_code == 1
    assert "http.404: https://a.example/1: the server answered 404" in capsys.readouterr().err


def test_what_ended_the_crawl_ends_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as ended:
        fetch(monkeypatch, None, None, Ended("no browser was found", "browser.unavailable", 4))
    assert ended.value.exit_code == 4
    assert "was not fetched: no browser was found" in capsys.readouterr().err
