"""Exports by the command: only what changed, whole after a kill, one sentence when refused."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.e2e.command import Command, scraper
from tests.unit.export.exported import collect, picture_record, stored, tree
from tests.unit.samples import article

FORMS = ("hexo", "markdown", "csv", "parquet", "dataset")


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "collection"
    media = stored(path)
    return collect(path, [article(1), article(2, "雨。"), picture_record("kept", media)])


def export(collection: Path, *options: str) -> tuple[int, dict[str, int], str]:
    code, out, err = scraper("export", str(collection), *options, "--json")
    return code, json.loads(out) if out else {}, err


@pytest.mark.parametrize("form", FORMS)
def test_the_second_time_writes_nothing(collection: Path, tmp_path: Path, form: str) -> None:
    options = ("--to", form, "-o", str(tmp_path / "out"))
    code, first, _ = export(collection, *options)
    assert (code, first["kept"], first["removed"]) == (0, 0, 0)
    assert first["written"] == len(tree(tmp_path / "out")) > 0
    code, again, _ = export(collection, *options)
    assert (code, again) == (0, {"written": 0, "kept": first["written"], "removed": 0})


def test_a_killed_export_is_made_whole(tmp_path: Path) -> None:
    collection = collect(tmp_path / "c", (article(number, "x" * 2000) for number in range(1500)))
    out = tmp_path / "out"
    for _ in range(2):
        command = Command("export", str(collection), "--to", "hexo", "-o", str(out))
        before = len(list(out.rglob("*.md")))
        while command.process.poll() is None and len(list(out.rglob("*.md"))) <= before:
            time.sleep(0.01)
        command.kill_everything()
    assert scraper("export", str(collection), "--to", "hexo", "-o", str(out))[0] == 0
    assert scraper("export", str(collection), "--to", "hexo", "-o", str(tmp_path / "two"))[0] == 0
    assert tree(out) == tree(tmp_path / "two")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--to", "word"), "--to word: no such form; there are csv, "),
        (("--to", "csv", "--profile", "missing.yaml"), "cannot read a profile missing.yaml"),
        (("--to", "csv", "--where", "titel = 1"), "did you mean title?"),
        (("--to", "hexo", "--fields", "title"), "hexo has fields of its own"),
        (("--to", "csv", "--media", "some"), "'some' is not one of"),
    ],
)
def test_what_is_refused(
    collection: Path, tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    code, _, err = export(collection, *options, "-o", str(tmp_path / "out"))
    assert code == 2
    assert said in err
    assert tree(tmp_path) == {}


def test_not_into_the_collection(collection: Path) -> None:
    code, _, err = export(collection, "--to", "csv", "-o", str(collection / "csv"))
    assert code == 2
    assert "is inside the collection" in err
