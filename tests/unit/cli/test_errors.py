"""One line and an exit code, whatever went wrong."""

from __future__ import annotations

import errno

import pytest
import typer

from scraper.cli.errors import EXIT_CODES, ended
from scraper.errors import CollectionBusy, EmptyPage, ScraperError, StorageError, UsageError


def said(capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert "Traceback" not in captured.err
    return captured.err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("no\nsuch \x1b[31mthing"), 2),
        (StorageError("records.jsonl", "disk full"), 3),
        (CollectionBusy("out", "process 7"), 6),
        (EmptyPage(), 1),
        (typer.BadParameter("wrong"), 2),
        (OSError(errno.ENOSPC, "No space left on device", "records.jsonl"), 3),
        (OSError(errno.ENAMETOOLONG, "File name too long", "x" * 300), 2),
        (PermissionError(errno.EACCES, "Permission denied", "locked/page.html"), 2),
        (OSError(errno.EMFILE, "Too many open files"), 3),
        (OSError(errno.ENOENT, "No usable temporary directory found in ['/tmp']"), 3),
        (OSError(errno.ECHILD, "No child processes"), 70),
        (KeyError("surprise"), 70),
        (KeyboardInterrupt(), 130),
    ],
    ids=repr,
)
def test_every_error_is_one_line_and_its_code(
    error: BaseException, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    def command() -> int:
        raise error

    assert ended(command) == code
    line = said(capsys)
    assert line.startswith("scraper: ")
    assert "\x1b" not in line


def test_the_value_a_command_returns_is_the_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(lambda: 5) == 5
    assert ended(lambda: None) == 0
    assert capsys.readouterr().err == ""


def test_an_internal_error_names_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    def command() -> int:
        raise ValueError("odd")

    ended(command)
    assert "ValueError: odd (test_errors.py:" in said(capsys)


def every_error(base: type[ScraperError]) -> list[type[ScraperError]]:
    return [base, *(cls for sub in base.__subclasses__() for cls in every_error(sub))]


def test_every_exit_code_of_an_error_is_documented() -> None:
    assert {cls.exit_code for cls in every_error(ScraperError)} <= EXIT_CODES.keys()
