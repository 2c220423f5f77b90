"""A data set ready to publish, as others read it."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from ruamel.yaml import YAML

from scraper.errors import UsageError
from scraper.record import Article
from tests.unit.export.exported import collect, exported, picture_record, stored, tree
from tests.unit.samples import article

LONG = "潮水每天两次漫过旧码头，孩子们轮流抄下刻度，老师把本子锁进铁盒。" * 4
PROFILE = {
    "title": "Tides <of> the coast",
    "description": "What the gauges said.",
    "licence": "CC-BY-4.0",
    "contact": "tides@gazette.example",
    "homepage": "https://gazette.example/tides",
    "splits": {"train": 0.8, "test": 0.2},
    "shard": 10,
}


def many() -> list[Article]:
    """Three texts that are nearly one, and forty of their own."""
    chances = random.Random(1)
    texts = ["".join(chr(chances.randrange(0x4E00, 0x6E00)) for _ in range(300)) for _ in range(40)]
    alike = [LONG, LONG[:-1] + "！", LONG]
    return [article(number, text) for number, text in enumerate([*alike, *texts])]


def asked(query: str) -> list[tuple[Any, ...]]:
    found = duckdb.sql(query)
    assert found
    return found.fetchall()


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dataset")
    media = stored(path / "c")
    shy = picture_record("kept", media, opt_out=("noimageai",))
    collect(path / "c", [*many(), shy])
    exported(path / "c", "dataset", path / "out", profile=PROFILE)
    return path / "out"


def test_near_duplicates_are_a_cluster_in_one_split(output: Path) -> None:
    rows = asked(
        f"select id, cluster, cluster_size, filename from "
        f"read_parquet('{output}/data/*.parquet', filename = true)"
    )
    alike = {id: rest for id, *rest in rows if id in {f"news.example:{n}" for n in range(3)}}
    assert len(alike) == 3
    assert {tuple(rest[:2]) for rest in alike.values()} == {("news.example:0", 3)}
    assert len({Path(rest[2]).name.partition("-")[0] for rest in alike.values()}) == 1
    assert all(size == 1 for id, _, size, _ in rows if id[-1].isdigit() and id not in alike)


def test_the_lines_hold_the_same_rows_as_the_tables(output: Path) -> None:
    lines = []
    for path in sorted((output / "jsonl").iterdir()):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            lines += [json.loads(line) for line in file]
    query = f"select id, text, len(blocks), cluster from '{output}/data/*.parquet' order by id"
    rows = asked(query)
    told = [(one["id"], one["text"], len(one["blocks"]), one["cluster"]) for one in lines]
    assert sorted(told) == rows
    assert len(rows) == 45
    same = asked(f"select count(*) from '{output}/jsonl/*.jsonl.gz'")
    assert same == [(45,)]


def test_shards_and_splits(output: Path) -> None:
    names = sorted(path.stem for path in (output / "data").iterdir())
    assert names[0] == "test-00000"
    assert {"train-00000", "train-00001", "train-00002"} <= set(names)


def test_the_card(output: Path) -> None:
    text = (output / "README.md").read_text(encoding="utf-8")
    _, front, body = text.split("---\n", 2)
    told = YAML(typ="safe", pure=True).load(front)
    assert told["license"] == "cc-by-4.0"
    files = told["configs"][0]["data_files"]
    assert {"split": "test", "path": "data/test-*.parquet"} in files
    assert r"# Tides \<of\> the coast" in body
    for said in ("| records | 45 |", "| without near-duplicates | 42 |", "| news.example | 45 |"):
        assert said in body
    assert "write to tides@gazette.example" in body
    assert "belong to their publishers" in body
    assert "| noimageai | 1 |" in body


def test_the_checksums_are_of_every_other_file(output: Path) -> None:
    files = tree(output)
    lines = files.pop("SHA256SUMS").decode().splitlines()
    sums = {path: sha for sha, path in (line.split("  ") for line in lines)}
    assert sums == {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}
    assert any(path.startswith("media/") for path in files)


def test_croissant_names_the_files(output: Path) -> None:
    told = json.loads((output / "croissant.json").read_text())
    for file in told["distribution"]:
        data = (output / file["contentUrl"]).read_bytes()
        assert file["sha256"] == hashlib.sha256(data).hexdigest()
    assert len(told["recordSet"]) == len(list((output / "data").iterdir()))


def test_others_load_it(output: Path, tmp_path: Path) -> None:
    """Hugging Face's library, and that of Croissant's makers; in a process that is offline."""
    program = """if True:
        import datasets, mlcroissant, sys
        parts = datasets.load_dataset(sys.argv[1])
        assert {name: len(part) for name, part in parts.items()} == {"train": 35, "test": 10}
        alike = [row for part in parts.values() for row in part if row["cluster_size"] == 3]
        assert [row["cluster"] for row in alike] == ["news.example:0"] * 3
        assert alike[0]["blocks"][0]["type"] == "paragraph"
        data = mlcroissant.Dataset(jsonld=sys.argv[1] + "/croissant.json")
        issues = data.metadata.ctx.issues
        assert not issues.errors, issues.report()
        rows = [one for part in data.metadata.record_sets for one in data.records(part.id)]
        assert len(rows) == 45
    """
    offline = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path), "HOME": str(tmp_path)}
    command = [sys.executable, "-c", program, str(output)]
    done = subprocess.run(
        command, env=os.environ | offline, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    collect(tmp_path / "c", many())
    profile = {"splits": {"train": 1}, "shard": 10}
    exported(tmp_path / "c", "dataset", tmp_path / "out", profile=profile)
    assert exported(tmp_path / "c", "dataset", tmp_path / "out", profile=profile).written == 0
    before = tree(tmp_path / "out")
    collect(tmp_path / "c", [article(99, "A new story.")])
    exported(tmp_path / "c", "dataset", tmp_path / "out", profile=profile)
    after = tree(tmp_path / "out")
    changed = {path for path in after if before.get(path) != after[path]}
    written = {"data/train-00004.parquet", "jsonl/train-00004.jsonl.gz"}
    assert changed == {*written, "README.md", "croissant.json", "SHA256SUMS"}
    exported(tmp_path / "c", "dataset", tmp_path / "again", profile=profile)
    assert tree(tmp_path / "again") == after


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        ({"titel": "x"}, "profile: titel"),
        ({"splits": {}}, "profile: splits"),
        ({"splits": {"../x": 1}}, "profile: splits"),
        ({"splits": {"train": 0}}, "profile: splits.train"),
        ({"shard": 0}, "profile: shard"),
    ],
)
def test_a_profile_that_is_none(tmp_path: Path, profile: dict[str, object], said: str) -> None:
    collect(tmp_path / "c", [article(1)])
    with pytest.raises(UsageError, match=said):
        exported(tmp_path / "c", "dataset", tmp_path / "out", profile=profile)


def test_an_empty_collection(tmp_path: Path) -> None:
    collect(tmp_path / "c", [])
    exported(tmp_path / "c", "dataset", tmp_path / "out")
    assert "| records | 0 |" in (tmp_path / "out" / "README.md").read_text()
