"""A time limit with pauses."""

import asyncio

import pytest

from scraper.errors import PageTimeout
from scraper.fetch.deadline import Deadline


async def test_it_ends_what_takes_too_long() -> None:
    with pytest.raises(PageTimeout, match=r"the page took longer than 0\.01 s"):
        async with Deadline("the page", 0.01):
            await asyncio.Event().wait()


async def test_pauses_do_not_count() -> None:
    deadline = Deadline("the page", 30)
    async with deadline:
        with deadline.paused():
            paused = deadline.left()
            await asyncio.sleep(0.02)
            with deadline.paused():
                assert deadline.left() == paused
            assert deadline.left() == paused
        assert deadline.left() <= paused


async def test_a_pause_does_not_end_the_block() -> None:
    deadline = Deadline("the page", 0.02)
    async with deadline:
        with deadline.paused():
            await asyncio.sleep(0.05)
    with deadline.paused():
        pass  # after the block it means nothing


async def test_more_time() -> None:
    deadline = Deadline("the page", 0.02)

    async def late() -> None:
        async with deadline:
            with deadline.extended(30):
                await asyncio.sleep(0.05)
                assert deadline.left() > 10
            await asyncio.Event().wait()

    with pytest.raises(PageTimeout, match=r"longer than 0\.02 s"):
        await late()


async def test_other_errors_pass() -> None:
    with pytest.raises(KeyError):
        async with Deadline("the page", 30):
            raise KeyError
    with pytest.raises(asyncio.CancelledError):
        async with Deadline("the page", 30):
            raise asyncio.CancelledError
