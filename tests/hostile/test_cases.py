"""Every case of the table: it comes to what it must, and harms nothing else."""

from __future__ import annotations

import pytest

from tests.e2e.command import OnTerminal
from tests.hostile.cases import CASES, SETTINGS, Case, Render, Setting
from tests.hostile.checks import Result
from tests.hostile.crawl import Crawl, crawl, steering, wrong
from tests.site.hostile import hostile_pages

GROUPS = [
    (setting, render)
    for setting in SETTINGS
    for render in ("browser", "http")
    if any(case.setting == setting and render in case.renders for case in CASES)
]


class Crawls:
    """One of each group, made when it is first asked for."""

    def __init__(self, directories: pytest.TempPathFactory) -> None:
        self._directories = directories
        self._made: dict[tuple[Setting, Render], Crawl | None] = {}

    def of(self, setting: Setting, render: Render) -> Crawl:
        if (setting, render) not in self._made:
            self._made[setting, render] = None  # not again, should it break
            cases = [c for c in CASES if c.setting == setting and render in c.renders]
            self._made[setting, render] = crawl(
                self._directories.mktemp(f"{setting}-{render}"),
                [case.url for case in cases],
                *("--render", render, *SETTINGS[setting]),
                pages=lambda _: hostile_pages(),
            )
        made = self._made[setting, render]
        assert made, "the crawl of this group broke"
        return made


@pytest.fixture(scope="module")
def crawls(tmp_path_factory: pytest.TempPathFactory) -> Crawls:
    return Crawls(tmp_path_factory)


@pytest.mark.parametrize(("setting", "render"), GROUPS)
def test_nothing_is_lost_left_or_wrong(crawls: Crawls, setting: Setting, render: Render) -> None:
    assert list(wrong(crawls.of(setting, render))) == []


@pytest.mark.parametrize(
    ("case", "render"),
    [
        pytest.param(case, render, id=f"{case.fault}-{case.address[:60]}-{render}")
        for case in CASES
        for render in case.renders
    ],
)
def test_it_comes_to_what_it_must(crawls: Crawls, case: Case, render: Render) -> None:
    crawled = crawls.of(case.setting, render)
    assert crawled.came_to(case.url) in case.must.split(" | "), crawled.outcome(case.url)
    case.check(Result(crawled, case.url, case.path))


def test_what_was_recorded_can_be_listed(crawls: Crawls) -> None:
    crawled = crawls.of("usual", "http")
    code, shown = OnTerminal("records", str(crawled.collection)).sent()
    assert code == 0
    assert b"Harmless" in shown
    assert steering(shown) == []
