"""The page of a run says how it went, whatever its records hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from scraper import invocation
from scraper.job import Job
from scraper.protocols import Outcome
from scraper.record import RecipeRef
from scraper.report.page import write_report
from scraper.reporters import Reporters
from scraper.store.collection import LocalCollection
from tests.unit.samples import article, failed, nothing, outcome, png, seeds
from tests.unit.store.opening import opened

EVIL = '"><script>evil()</script><img src=x onerror="evil()">'


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[LocalCollection]:
    with opened(tmp_path / "harbour") as collection:
        yield collection


def page_of(collection: LocalCollection, facts: dict[str, object], *outcomes: Outcome) -> str:
    run = collection.begin(Job(delay=3.0), [one.request for one in outcomes])
    collection.store(run).commit(outcomes, nothing)
    collection.end(run, "finished", facts)
    path = write_report(collection, run.id)
    assert path == collection.path / "runs" / f"{run.id}.html"
    return path.read_text(encoding="utf-8")


def text_of(page: str) -> str:
    """With a space between any two pieces."""
    return " ".join(" ".join(parsed(page).find("body").itertext()).split())


def parsed(page: str) -> Any:
    return html.fromstring(page)


def test_it_tells_what_happened(collection: LocalCollection) -> None:
    requests = seeds(6)
    picture = collection.store(collection.begin(Job(), requests)).put_media(png())
    recipe = RecipeRef(id="news", revision=1, version="v1", hash="0" * 16)
    page = page_of(
        collection,
        {
            "seconds": 75.0,
            "bytes": 2_500_000,
            "timeline": {"step": 2.0, "counts": {"record": [1, 0, 1], "failed": [0, 0, 3]}},
            "hosts": {"news.example": {"pages": 6, "failed": 4, "seconds": 1.5, "slowest": 4.0}},
            "manners": {
                "requests": 7,
                "hosts": 1,
                "smallest_gap": 3.01,
                "smallest_gap_host": "news.example",
                "retries": 2,
                "told_to_wait": 1,
            },
        },
        outcome(requests[0], article(0, pictures=[picture], recipe=recipe)),
        outcome(requests[1], article(1, recipe=recipe, title=None, warnings=("unsettled",))),
        *(failed(one) for one in requests[2:5]),
        failed(requests[5], "robots"),
    )
    text = text_of(page)
    for part in (
        "harbour", "2 new records", "4 failed", "2.5 MB fetched", "1 min 15 s",
        "4 pages a minute", "2.0 s a bar, 4 pages in the tallest",
        "http.404 3", requests[2].url, "it was not there", "robots 1",
        "news 2 records", "title 50 %", "text 100 %", "authors 0 %", "images 50 %",
        "1 kept", "news.example 6 1.5 s 4.0 s",
        "7 to 1 host", "3.01 s between two pages of news.example", "2, 1 because a server",
        "1 left alone", "unsettled 1 the page still changed", "delay 3.0",
    ):  # fmt: skip
        assert part in text, part
    assert page.count('<rect class="k0" x="') == 2
    assert page.count('<rect class="k2" x="') == 1
    assert 'src="data:image/png;base64,' in page
    assert requests[5].url in text


def test_it_shows_what_the_browser_showed(collection: LocalCollection) -> None:
    """Of the first failure of each code, whatever later invocations send."""
    requests = seeds(4)
    outcomes = [
        Outcome(one, failure=failed(one, code).failure, picture=picture)
        for one, code, picture in zip(
            requests,
            ("http.404", "http.404", "http.403", "dns"),
            (b"first", b"second", b"third", None),
            strict=True,
        )
    ]
    tree = parsed(page_of(collection, {}, *outcomes))
    shown = {node.get("src"): node.get("title") for node in tree.xpath("//img")}
    assert shown == {
        "data:image/webp;base64,Zmlyc3Q=": requests[0].url,
        "data:image/webp;base64,dGhpcmQ=": requests[2].url,
    }
    collection.remove(lambda plan: plan.failures([1, 2]))
    (run,) = collection.runs()
    assert [picture for _, picture in collection.failure_pictures(run.id)] == [b"third"]


def test_it_needs_nothing_and_runs_nothing(collection: LocalCollection) -> None:
    (one, two) = seeds(2)
    evil = article(0, EVIL, title=EVIL, warnings=(EVIL,), authors=(EVIL,))
    hostile = failed(two, EVIL)
    assert hostile.failure
    failure = hostile.failure.model_copy(update={"message": EVIL, "url": f"javascript:{EVIL}"})
    picture = collection.store(collection.begin(Job(), [one])).put_media(png(salt=b"evil"))
    image = article(1, pictures=[picture]).images[0].model_copy(update={"alt": EVIL})
    evil = evil.model_copy(update={"images": (image,)})
    page = page_of(
        collection,
        {"hosts": {EVIL: {"pages": 1, "failed": 0, "seconds": 1.0, "slowest": 1.0}}},
        outcome(one, evil),
        Outcome(two, failure=failure),
    )
    tree = parsed(page)
    assert tree.xpath("//script | //@onerror | //link | //iframe") == []
    assert {source[:11] for source in tree.xpath("//@src")} == {"data:image/"}
    assert tree.xpath("//a/@href") == ["#"]
    assert "evil()" in text_of(page)
    (policy,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'")


def test_an_empty_run_has_a_page_and_an_unknown_one_none(collection: LocalCollection) -> None:
    assert "0 new records" in text_of(page_of(collection, {}))
    assert write_report(collection, "20260101T000000Z-0000") is None


def test_a_run_goes_as_it_went_with_or_without_its_page(
    collection: LocalCollection, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[str] = []
    reporter = Log(noted)
    run = collection.begin(Job())
    invocation.leave_page(collection, run, reporter)
    assert (collection.path / "runs" / f"{run.id}.html").is_file()
    assert noted == []

    def broken(*_: object) -> None:
        raise ValueError("no letters left")

    monkeypatch.setattr(invocation, "write_report", broken)
    invocation.leave_page(collection, run, reporter)
    assert noted == [f"no report was made of run {run.id}: no letters left"]


class Log(Reporters):
    def __init__(self, noted: list[str]) -> None:
        super().__init__(())
        self._noted = noted

    def noted(self, message: str) -> None:
        self._noted.append(message)


def test_of_many_pictures_some_are_shown(collection: LocalCollection) -> None:
    requests = seeds(40)
    store = collection.store(collection.begin(Job(), requests))
    made = [
        outcome(one, article(number, pictures=[store.put_media(png(salt=b"%d" % number))]))
        for number, one in enumerate(requests)
    ]
    assert page_of(collection, {}, *made).count("<img ") == 18
