"""Whatever happens to the daemon and to the clock: no run is lost, and none is made twice."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.schedule.world import NOON, World, a_schedule

HOUR = timedelta(hours=1)

passing = st.tuples(st.just("pass"), st.integers(1, 4 * 3600))
endings = st.tuples(st.just("end"), st.sampled_from([0, 1]))
kills = st.tuples(st.just("kill"), st.integers(0, 6))
nudges = st.tuples(st.just("set"), st.integers(-3600, 3600))
events = st.lists(passing | endings | kills, max_size=30)


def live(world: World, happening: list[tuple[str, int]]) -> None:
    for what, number in happening:
        if what == "pass":
            world.at(world.wall + timedelta(seconds=number))
        elif what == "end":
            for crawl in world.going_on():
                crawl.end(number)
            world.turn()
        elif what == "set":
            world.wall += timedelta(seconds=number)
            world.turn()
        elif number == 0:
            world.kill()
        else:
            world.kill_at = number  # at a step that is still to come
    world.kill_at = 0
    world.end_all()
    world.turn()
    world.end_all()


@settings(max_examples=60)
@given(events)
def test_every_time_is_run_exactly_once(happening: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        schedule = a_schedule(catch_up="all", overlap="queue")
        world = World(Path(directory) / "book", schedule)
        live(world, happening)
        expected = list(schedule.times.between(NOON, world.wall))
        assert world.dues("news") == expected[-200:]
        assert len(world.crawled) == len(set(world.crawled)) == len(expected)
        world.book.close()


@settings(max_examples=60)
@given(
    st.lists(passing | endings | kills | nudges, max_size=30),
    st.sampled_from(["one", "none", "all"]),
    st.sampled_from(["skip", "queue"]),
    st.integers(0, 900),
)
def test_no_time_comes_twice_and_the_next_one_is_always_to_come(
    happening: list[tuple[str, int]], catch_up: str, overlap: str, jitter: int
) -> None:
    """Clocks that are set by less than an hour included."""
    with tempfile.TemporaryDirectory() as directory:
        schedule = a_schedule(catch_up=catch_up, overlap=overlap, jitter=jitter)
        world = World(Path(directory) / "book", schedule)
        live(world, happening)
        dues = world.dues("news") + world.dues("news", "skipped")
        assert len(dues) == len(set(dues))
        assert len(world.crawled) == len(set(world.crawled)) == len(world.dues("news"))
        assert world.book.schedule("news").next_start > world.wall
        world.book.close()
