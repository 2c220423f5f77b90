"""What a crawl says at its end."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from rich.console import Console

from scraper.cli.summary import as_json, show
from scraper.protocols import Tally
from scraper.record import Image, Media
from scraper.summary import Summary
from tests.unit.cli.crawled import article, failure

STORED = Media(path="media/aa/aa.png", sha256="a" * 64, bytes=9, mime="image/png")


def summary(**changes: object) -> Summary:
    pictures = (
        Image(url="https://a.example/1.png", media=STORED),
        Image(url="https://a.example/2.png"),
    )
    values = {
        "run": "r1",
        "collection": Path("out"),
        "outcome": "finished",
        "exit_code": 1,
        "tally": Tally(record=1, unchanged=2, failed=2, failures={"http.404": 2}),
        "left": 0,
        "seconds": 61.25,
        "bytes": 12_345,
        "articles": (article("茶农的账本\x9b[red]").model_copy(update={"images": pictures}),),
    }
    return Summary(**(values | changes))  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _called_as_a_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["somewhere/__main__.py"])


def shown(value: Summary, *, tour: bool = False) -> str:
    out = io.StringIO()
    console = Console(file=out, width=100, highlight=False, markup=False, emoji=False)
    show(console, value, {"http.404": failure("gone \x1b[31m")}, tour=tour)
    return out.getvalue()


def test_tables_counts_and_next_steps() -> None:
    text = shown(summary())
    for part in (
        r"茶农的账本\x9b[red]",
        "2026-03-14 09:26",
        "1/2",
        "a.example:1",
        "http.404",
        r"https://a.example/2 – gone \x1b[31m",
        "1 record, 2 unchanged, 2 failed · 12.3 kB in 1 min 1 s",
        "out/records.jsonl",
        "out/media/",
        "out/failures.jsonl",
        "out/runs/r1.html",
        "python -m scraper records out",
        "python -m scraper serve out --open",
    ):
        assert part in text


def test_trying_again_is_offered_where_it_may_help() -> None:
    text = "python -m scraper retry out"
    for codes in ({"http.404": 1, "robots": 1}, {"verdict.gone": 2}, {"opt_out.noindex": 1}):
        assert text not in shown(summary(tally=Tally(failed=2, failures=codes)))
    for codes in ({"http.404": 1, "http.503": 1}, {"timeout": 1}, {"verdict.blocked": 1}):
        assert text in shown(summary(tally=Tally(failed=2, failures=codes)))


def test_a_narrow_terminal_keeps_ids_whole() -> None:
    ids = ["news.harbour.example:0123456789abcdef", "a.example:1"]
    articles = tuple(article("A title that is a good deal longer than that", id) for id in ids)
    for width in (80, 120):
        out = io.StringIO()
        console = Console(file=out, width=width, highlight=False, markup=False, emoji=False)
        show(console, summary(articles=articles), {})
        lines = out.getvalue().splitlines()
        assert [line.split()[-1] for line in lines[2:4]] == ids
        assert ("Pictures" in lines[0]) == (width == 120)


def test_nothing_is_advised_that_makes_no_sense() -> None:
    text = shown(summary(tally=Tally(unchanged=3), articles=()))
    assert "retry" not in text
    assert "media" not in text
    assert "3 unchanged" in text


def test_an_unfinished_run_says_how_to_go_on() -> None:
    text = shown(summary(left=4, outcome="interrupted"))
    assert "4 left to do" in text
    assert "the same command again" in text


@pytest.mark.parametrize(
    ("called", "path", "command"),
    [
        (".venv/bin/scraper", "/usr/bin", ".venv/bin/scraper"),
        (".venv/bin/scraper", ".venv/bin", "scraper"),
        ("removed/meanwhile/scraper", ".venv/bin", "removed/meanwhile/scraper"),
        ("scraper/__main__.py", "/usr/bin", "python -m scraper"),
    ],
)
def test_next_steps_can_be_typed_as_they_stand(
    called: str, path: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    program = tmp_path / ".venv/bin/scraper"
    program.parent.mkdir(parents=True)
    program.touch(0o755)
    monkeypatch.setattr(sys, "argv", [str(tmp_path / called)])
    monkeypatch.setenv("PATH", str(tmp_path / path))
    assert f" {command} records 'my out'\n" in shown(summary(collection=Path("my out")))


def test_a_tour_ends_with_more_to_try() -> None:
    assert "crawl https://" not in shown(summary())
    assert "python -m scraper crawl https://… -o DIR" in shown(summary(), tour=True)


def test_an_empty_run() -> None:
    assert "nothing to do" in shown(summary(tally=Tally(), articles=()))


def test_the_json_summary_has_plain_values() -> None:
    assert as_json(summary()) == {
        "run": "r1",
        "collection": "out",
        "outcome": "finished",
        "exit_code": 1,
        "tally": {
            "record": 1, "unchanged": 2, "duplicate": 0, "failed": 2, "listing": 0,
            "failures": {"http.404": 2},
        },
        "left": 0,
        "seconds": 61.25,
        "bytes": 12345,
        "records": ["a.example:1"],
        "limits": {},
        "manners": {},
        "answers": None,
        "wacz": [],
        "alarms": [],
        "error": None,
    }  # fmt: skip
