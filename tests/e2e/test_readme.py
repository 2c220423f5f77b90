"""What the README promises, tried."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from scraper.cli.app import app
from scraper.cli.errors import EXIT_CODES

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"(<!-- tour -->\n)?```sh\n(.*?)```", README, re.DOTALL)


def test_the_tour_runs_as_it_stands(tmp_path: Path) -> None:
    ((_, tour),) = [block for block in BLOCKS if block[0]]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", tour],
        check=False,
        cwd=tmp_path,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "again.jsonl").read_bytes() == (tmp_path / "tour/records.jsonl").read_bytes()


def commands() -> list[str]:
    """Every scraper command in the README's blocks, comments and pipes cut off."""
    lines = [line for _, block in BLOCKS for line in block.splitlines()]
    return [line for line in lines if line.startswith("scraper ")]


@pytest.mark.parametrize("line", commands())
def test_every_command_exists_with_its_options(line: str) -> None:
    words = shlex.split(line, comments=True)
    words = words[1 : next((at for at, word in enumerate(words) if word in "|>"), None)]
    command = typer.main.get_command(app)
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    command.make_context("scraper", words)


def test_the_exit_codes_are_the_programs() -> None:
    rows = dict(re.findall(r"^\| (\d+) \| (.+) \|$", README, re.MULTILINE))
    assert {int(code): text for code, text in rows.items()} == EXIT_CODES
