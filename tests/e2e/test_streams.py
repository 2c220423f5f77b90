"""Standard streams that are closed, full, or not read to the end."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.command import records
from tests.site import Answer, TestSite
from tests.site.pages import article

QUICK = ("--delay", "0", "--render", "http")
FULL = "cannot write the output: No space left on device"


@pytest.fixture
def site() -> Iterator[TestSite]:
    with TestSite({"/gone": Answer("gone", 404)}) as site:
        yield site


def in_a_shell(redirections: str, *arguments: str, cwd: Path) -> tuple[int, str, str]:
    script = f'"$@" {redirections}'
    program = sys.executable, "-m", "scraper"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", script, "bash", *program, *arguments],
        check=False,
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("redirections", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_crawl_does_its_work_with_closed_streams(
    redirections: str, site: TestSite, tmp_path: Path
) -> None:
    urls = site.url("/article/plain"), site.url("/gone")
    code, _, err = in_a_shell(redirections, "crawl", *urls, "-o", "c", *QUICK, cwd=tmp_path)
    assert code == 1, "some URL failed"
    assert "internal error" not in err
    assert len(records(tmp_path / "c")) == 1


@pytest.mark.parametrize("redirections", [">&-", "<&- >&- 2>&-", "| true", "| head -n 1"])
def test_records_that_nobody_reads_are_no_error(
    redirections: str, site: TestSite, tmp_path: Path
) -> None:
    site.pages["/n/*"] = lambda seen: Answer(article(f"At {seen.path}"))
    urls = [site.url(f"/n/{n}") for n in range(4)]
    code, _, err = in_a_shell(
        redirections, "crawl", *urls, "-o", "-", "--quiet", *QUICK, cwd=tmp_path
    )
    assert (code, err) == (0, "")


@pytest.mark.parametrize("output", [["-o", "-"], ["-o", "c"], ["-o", "c", "--json"]], ids=" ".join)
def test_a_full_disk_behind_the_output_is_said(
    output: list[str], site: TestSite, tmp_path: Path
) -> None:
    url = site.url("/article/plain")
    code, _, err = in_a_shell(">/dev/full", "crawl", url, *output, *QUICK, cwd=tmp_path)
    assert code == 3
    assert err.splitlines()[-1] == f"scraper: {FULL}"
    assert "Traceback" not in err


@pytest.mark.parametrize("output", ["-", "c"])
def test_where_nothing_can_be_said_the_exit_code_does(
    output: str, site: TestSite, tmp_path: Path
) -> None:
    url = site.url("/article/plain")
    both = ">/dev/full 2>/dev/full"
    assert in_a_shell(both, "crawl", url, "-o", output, *QUICK, cwd=tmp_path)[0] == 3
    assert in_a_shell("2>/dev/full", "records", "nowhere", cwd=tmp_path)[0] == 2
