"""Slots are handed on in order, and none is lost."""

import asyncio

import pytest

from scraper.fetch.slots import HostSlots, Lease


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_first_come_first_served() -> None:
    slots, order = HostSlots(2), []

    async def user(number: int) -> None:
        await slots.take("a")
        order.append(number)

    users = [asyncio.ensure_future(user(number)) for number in range(5)]
    await settle()
    assert order == [0, 1]
    slots.free("a")
    await settle()
    assert order == [0, 1, 2]
    assert slots.in_use("a") == 2
    for _ in range(5):
        slots.free("a")
        await settle()
    assert order == [0, 1, 2, 3, 4]
    await asyncio.gather(*users)


async def test_hosts_are_apart() -> None:
    slots = HostSlots(1)
    await slots.take("a")
    await slots.take("b")
    assert (slots.in_use("a"), slots.in_use("b")) == (1, 1)


async def test_a_limit_may_change() -> None:
    slots = HostSlots(1)
    await slots.take("a")
    second = asyncio.ensure_future(slots.take("a"))
    await settle()
    assert not second.done()
    slots.limit("a", 2)
    await settle()
    assert second.done()


@pytest.mark.parametrize("handed", [False, True])
async def test_a_waiter_that_gives_up_keeps_no_slot(handed: bool) -> None:
    slots = HostSlots(1)
    await slots.take("a")
    waiter = asyncio.ensure_future(slots.take("a"))
    await settle()
    if handed:
        slots.free("a")  # the slot is the waiter's now, but it has not run yet
    waiter.cancel()
    await asyncio.gather(waiter, return_exceptions=True)
    if not handed:
        slots.free("a")
    assert slots.in_use("a") == 0
    await slots.take("a")


async def test_a_lease_takes_one_slot() -> None:
    slots = HostSlots(1)
    lease = Lease(slots, "a")
    async with lease:
        await lease.take()
        assert slots.in_use("a") == 1
    lease.free()
    assert slots.in_use("a") == 0
