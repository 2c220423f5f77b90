"""Articles listed, searched and counted on the terminal."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper.cli.ls import ls, search
from scraper.cli.stats import stats
from scraper.errors import UsageError
from scraper.job import Job
from tests.unit.samples import article, failed, nothing, outcome, png, seeds
from tests.unit.store.opening import opened


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ls") / "c"
    one, two, gone = seeds(3)
    with opened(path) as made:
        run = made.begin(Job(), [one, two, gone])
        picture = made.store(run).put_media(png())
        tide = article(
            0, "The tide\x1b[2J is high.", [picture], title="Tides", language="en",
            published=datetime(2026, 3, 1, 23, tzinfo=UTC),
        )  # fmt: skip
        ferry = article(
            1, "渡船老板改行开起了面馆。", title="桥\x1b[2J", language="zh",
            published=datetime(2026, 3, 2, tzinfo=UTC),
        )  # fmt: skip
        outcomes = [outcome(one, tide), outcome(two, ferry), failed(gone)]
        made.store(run).commit(outcomes, nothing)
        made.end(run, "finished", {})
    return path


def lines(capsys: pytest.CaptureFixture[str]) -> list[list[str]]:
    out = capsys.readouterr().out
    assert "\x1b" not in out
    return [line.split("\t") for line in out.splitlines()]


def test_the_newest_first(collection: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ls(collection)
    listed = lines(capsys)
    assert listed[1] == ["2026-03-01", "news.example", "Tides", "1/1", "news.example:0"]
    assert [row[-1] for row in listed] == ["news.example:1", "news.example:0"]
    ls(collection, oldest=True, limit=1)
    assert [row[-1] for row in lines(capsys)] == ["news.example:0"]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"language": "en"}, 1),
        ({"site": "none.example"}, 0),
        ({"until": datetime(2026, 3, 1, tzinfo=UTC)}, 1),
        ({"since": datetime(2026, 3, 2, tzinfo=UTC)}, 1),
        ({"where": "title = Tides"}, 1),
        ({"where": "title = Tides", "language": "zh"}, 0),
        ({"changed": True}, 0),
        ({"failing": True}, 0),
    ],
)
def test_some_of_them(
    collection: Path, capsys: pytest.CaptureFixture[str], options: dict[str, object], found: int
) -> None:
    ls(collection, **options)  # type: ignore[arg-type]
    assert len(lines(capsys)) == found


def test_search(collection: Path, capsys: pytest.CaptureFixture[str]) -> None:
    search(collection, ["面馆"])
    ((day, title, text, id),) = lines(capsys)
    assert (day, title, id) == ("2026-03-02", "桥\\x1b[2J", "news.example:1")
    assert text == "渡船老板改行开起了面馆。"
    search(collection, ["tide", "-渡船"], json=True)
    assert json.loads(capsys.readouterr().out)["id"] == "news.example:0"
    search(collection, ["is high"])
    assert len(lines(capsys)) == 1
    search(collection, ["high is"])
    assert lines(capsys) == []
    with pytest.raises(UsageError, match="no word"):
        search(collection, ["?!"])


def test_stats(collection: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stats(collection, json=True)
    told = json.loads(capsys.readouterr().out)
    counts = ("articles", "revisions", "changed", "failing", "pictures", "runs")
    assert [told[name] for name in counts] == [2, 2, 0, 0, 1, 1]
    assert told["failures"] == {"http.404": 1}
    assert told["languages"] == {"en": 1, "zh": 1}
    assert told["bytes"]["pictures"] == told["picture_bytes"] == len(png())
    assert {"records", "failures", "database", "index"} < set(told["bytes"])
    stats(collection)
    shown = lines(capsys)
    assert ["articles", "2"] in shown
    assert ["sites", "news.example", "2"] in shown
