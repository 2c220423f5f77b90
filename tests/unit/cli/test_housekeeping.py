"""`scraper forget`, `gc` and `migrate`, as somebody uses them."""

from __future__ import annotations

import json
import tarfile
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from scraper.cli.app import app
from tests.unit.samples import HandClock, address
from tests.unit.store.opening import files
from tests.unit.store.removing import fill, found, text_of

OLD = Path(__file__).parents[1] / "store" / "format-1.tar.xz"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    fill(tmp_path)
    return tmp_path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments], catch_exceptions=True)


def test_a_record_is_forgotten_by_its_id(path: Path) -> None:
    before = files(path)
    rehearsed = run("forget", path, "news.example:one", "--dry-run")
    assert "1 revision, 1 page, 1 picture would go" in rehearsed.output
    assert files(path) == before
    assert "1 revision, 1 page, 1 picture removed" in run("forget", path, "news.example:one").output
    assert found(path, text_of("one")) == []


def test_or_by_its_address(path: Path) -> None:
    done = json.loads(run("forget", path, address("two"), "--json").output)
    assert (done["id"], done["revisions"], done["dry_run"]) == ("news.example:two", 1, False)
    assert "records.jsonl" in done["files"]
    assert found(path, address("two")) == []


def test_an_unknown_one_is_said_to_be(path: Path) -> None:
    result = run("forget", path, "news.example:none")
    assert "has no record 'news.example:none'" in str(result.exception)
    assert "no collection" in str(run("forget", path / "nowhere", "x").exception)
    assert not (path / "nowhere").exists()


def test_garbage_is_listed(path: Path) -> None:
    (path / "wacz").mkdir()
    (path / "wacz" / ".tmp-1.wacz").write_bytes(b"x" * 5000)
    assert "files of no use would go, 5.0 kB" in run("gc", path, "--dry-run").output
    assert "wacz/.tmp-1.wacz" in run("gc", path).output
    assert run("gc", path).output == "nothing to remove\n"
    assert json.loads(run("gc", path, "--json").output)["bytes"] == 0


def test_of_a_record_whose_page_was_removed_everybody_knows(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = HandClock()
    later.at += timedelta(days=100)
    monkeypatch.setattr("scraper.opening.SystemClock", lambda: later)
    assert "6 pages removed" in run("gc", path, "--keep-pages", "90d").output
    assert not list((path / "archive").iterdir())
    shown = run("show", path, "news.example:one").output
    assert f"Its page was kept, and removed on {later.at:%Y-%m-%d}" in shown
    assert "0 pages: no problems" in run("verify", path).output
    assert "its page was removed on" in run("reextract", path).output


def test_an_age_is_checked(path: Path) -> None:
    assert "keep" in str(run("gc", path, "--keep-pages", "soon").exception)


def test_an_older_collection_is_migrated(tmp_path: Path) -> None:
    with tarfile.open(OLD) as archive:
        archive.extractall(tmp_path, filter="data")
    old = tmp_path / "ended"
    assert "scraper migrate" in str(run("records", old).exception)
    assert "had format 1 and has format 2 now" in run("migrate", old).output
    assert "nothing to do" in run("migrate", old).output
    assert "news.example:1" in run("records", old).output
    assert "1 revision" not in run("gc", old, "--dry-run").output
