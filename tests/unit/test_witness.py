"""Of which failures a picture is wanted: the first of each kind that stay failures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scraper.errors import EmptyPage, HttpStatus, PageError
from scraper.record import Article
from scraper.snapshot import Snapshot
from scraper.witness import Showing, Witness
from tests.unit.samples import article, seeds, snapshot


@pytest.fixture
def witness() -> Witness:
    return Witness(retries=1)


def test_the_first_of_each_kind(witness: Witness) -> None:
    one, two = seeds(2)
    told = [witness.wants(one, error) for error in (HttpStatus(404), EmptyPage(), HttpStatus(404))]
    assert told == [True, True, False]
    assert not witness.wants(two, EmptyPage())


def test_not_of_what_is_tried_again(witness: Witness) -> None:
    (request,) = seeds(1)
    assert not witness.wants(request, HttpStatus(503))
    assert witness.wants(replace(request, attempts=1), HttpStatus(503))


async def test_a_page_is_read_once_while_it_is_shown(witness: Witness) -> None:
    (request,) = seeds(1)
    answers: list[Article | PageError] = [article(1), EmptyPage()]
    seen: list[Snapshot] = []

    async def read(page: Snapshot) -> Article | PageError:
        seen.append(page)
        return answers[len(seen) - 1]

    good, bad = (Showing(witness, request, read) for _ in range(2))
    assert await good.judge(snapshot()) is None
    assert good.got is answers[0]
    assert await bad.judge(snapshot()) is bad.got is answers[1]
    assert await bad.judge(error := HttpStatus(403)) is error
    assert bad.got is answers[1]
    assert len(seen) == 2
