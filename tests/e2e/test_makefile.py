"""`make crawl`, with a program in place of ours that says what it was given."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

MAKEFILE = Path(__file__).parents[2] / "Makefile"

OUTER_MAKE = {"MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKEOVERRIDES", "URLS", "ARGS", "TESTS"}
"""What a make that runs the tests hands down to its children."""

pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    program = tmp_path / "bin" / "scraper"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nprintf '%s\\n' \"$@\"\n")
    program.chmod(0o755)
    return program


def given(program: Path, *variables: str, **environment: str) -> list[str]:
    """The arguments of the program."""
    done = subprocess.run(
        ["make", "-f", MAKEFILE, "-o", "install", "crawl", f"BIN={program.parent}", *variables],
        check=True,
        cwd=program.parent,
        env={k: v for k, v in os.environ.items() if k not in OUTER_MAKE} | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.stdout.splitlines()


ADDRESSES = (
    "https://a.example/?a=1&b=2;c",
    "https://a.example/it's_(really)_so*?[s]",
    'https://a.example/"$HOME`id`$(HOME)#top',
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_is_taken_as_it_stands(program: Path, address: str) -> None:
    (program.parent / "https:").mkdir()
    assert given(program, f"URLS={address}") == ["crawl", address]
    assert given(program, URLS=address) == ["crawl", address]


def test_several_addresses_and_options(program: Path) -> None:
    both = "  ".join(ADDRESSES[:2])
    assert given(program, f"URLS={both}", "ARGS=-o 'a dir'") == [
        "crawl",
        *ADDRESSES[:2],
        "-o",
        "a dir",
    ]


def test_without_addresses_it_is_the_demo(program: Path) -> None:
    assert given(program) == ["crawl", "--demo"]
    assert given(program, "URLS= ") == ["crawl", "--demo"]


def test_nothing_in_an_address_is_run(program: Path) -> None:
    pwned = program.parent / "pwned"
    for address in (f"$(shell touch {pwned})", f"https://a/;touch {pwned}", f"$(touch {pwned})"):
        given(program, f"URLS={address}")
    assert not pwned.exists()
