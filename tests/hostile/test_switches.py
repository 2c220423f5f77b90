"""Without a defence its case fails: so the case proves the defence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile.cases import CASES, SETTINGS, Case
from tests.hostile.checks import Result
from tests.hostile.crawl import HOST, Crawl, crawl, wrong
from tests.hostile.routes import part_pages
from tests.hostile.switches import DEFENCES
from tests.site.hostile import hostile_pages


def case_at(address: str) -> Case:
    """Of the table; a page of a route must be a record, and the canary left alone."""
    return next((case for case in CASES if case.address == address), Case(address, 14, "record"))


def fails(case: Case, crawled: Crawl) -> bool:
    if crawled.came_to(case.url) not in case.must.split(" | ") or list(wrong(crawled)):
        return True
    try:
        case.check(Result(crawled, case.url, case.path))
    except AssertionError:
        return True
    return False


@pytest.mark.parametrize("name", DEFENCES)
def test_without_it_a_case_fails(tmp_path: Path, name: str) -> None:
    defence = DEFENCES[name]
    case = case_at(defence.address)
    crawled = crawl(
        tmp_path,
        [*(f"http://{HOST}{path}" for path in defence.before), case.url],
        *("--render", "browser" if defence.browser else "http", *SETTINGS[case.setting]),
        *("--timeout", "8"),
        pages=lambda canary: {**hostile_pages(), **part_pages(canary.http_port, ["plain"])},
        without=(name,),
    )
    assert fails(case, crawled)
