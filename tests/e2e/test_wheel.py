"""What we ship: the wheel, installed elsewhere, away from the sources."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from scraper.demo import STORIES

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT],
        check=True,
        capture_output=True,
    )
    (path,) = out.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `scraper` command of a fresh environment that borrows only our dependencies."""
    place = tmp_path_factory.mktemp("elsewhere") / "venv"
    venv.create(place, with_pip=True)
    site_packages = next(place.glob("lib/python*/site-packages"))
    # A plain path line: the .pth files there, our own editable install's, are not read.
    (site_packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    subprocess.run(
        [place / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-deps", "--no-index",
         wheel],
        check=True,
    )  # fmt: skip
    return place / "bin" / "scraper"


def run(command: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    return subprocess.run(
        [command, *arguments],
        check=False,
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
    )


def test_the_wheel_has_schemas_and_recipes_but_no_cases(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for name in ("article", "failure", "job", "recipe"):
        assert f"scraper/schemas/{name}.schema.json" in names
    assert "scraper/schemas/recipes/demo/recipe.yaml" in names
    assert "scraper/py.typed" in names
    assert not [name for name in names if "/cases/" in name]
    assert not [name for name in names if name.startswith("tests/")]


def test_the_installed_wheel_crawls_the_demo(installed: Path, tmp_path: Path) -> None:
    where = subprocess.run(
        [installed.parent / "python", "-c", "import scraper; print(scraper.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(where.stdout.strip()).is_relative_to(installed.parents[1])
    done = run(installed, "crawl", "--demo", "--json", "--quiet", "-o", "demo", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["tally"]["record"] == len(STORIES)
    lines = (tmp_path / "demo" / "records.jsonl").read_text().splitlines()
    assert {json.loads(line)["recipe"]["id"] for line in lines} == {"demo"}


def test_its_recipes_are_known(installed: Path, tmp_path: Path) -> None:
    done = run(installed, "recipe", "list", cwd=tmp_path)
    assert done.returncode == 0
    assert "ithome" in done.stdout
    assert "demo" in done.stdout
