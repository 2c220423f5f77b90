"""A browser that cannot be kept alive ends the crawl; what was not tried stays queued."""

import shutil
from pathlib import Path

import pytest

from scraper.fetch.find_browser import find_browser
from tests.e2e.command import Command, failures
from tests.site import TestSite

SHORT_LIVED = """#!/bin/sh
[ "$1" = --version ] && exec {browser} --version
exec timeout -s KILL 2 {browser} "$@"
"""


@pytest.mark.skipif(not shutil.which("timeout"), reason="it ends the browser here")
def test_a_browser_that_dies_on_every_page(tmp_path: Path) -> None:
    browser = tmp_path / "chromium"
    browser.write_text(SHORT_LIVED.format(browser=find_browser().path))
    browser.chmod(0o755)
    with TestSite() as site:
        pages = [site.url(f"/hang/fetch?{n}") for n in range(5)]
        options = ("--delay", "0", "--render", "browser", "--browser", str(browser), "-o", "out")
        crawl = Command("crawl", *pages, *options, cwd=tmp_path)
        code, _, err = crawl.finish()
    assert code == 4
    assert "the browser died 4 times in a row" in err
    assert "Traceback" not in err
    assert {one["code"] for one in failures(tmp_path / "out")} == {"browser.crashed"}
    assert not crawl.wait_until_nothing_is_left()
