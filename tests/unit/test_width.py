from __future__ import annotations

from scraper.settings import MOST_PAGES as MOST
from scraper.width import Load, Width, machine


class Machine:
    """Its processors are idle for a part of each second; `memory` is what is available."""

    def __init__(self, idle: float, memory: float = 0.8) -> None:
        self.idle, self.memory = idle, memory
        self.seconds = self.idled = 0.0

    def pass_second(self) -> None:
        self.seconds += 1.1
        self.idled += 1.1 * self.idle

    def look(self) -> Load:
        return Load(100 * self.seconds, 100 * self.idled, self.memory)


def after(seconds: int, machine: Machine, width: Width, taken: float = 1.0) -> int:
    for _ in range(seconds):
        for _ in range(5):
            width(int(width(MOST) * taken))
        machine.pass_second()
    return width(MOST)


def made(machine: Machine) -> Width:
    return Width(machine.look, cores=2, now=lambda: machine.seconds)


def test_a_machine_with_time_left_gets_more_pages_to_a_limit() -> None:
    machine = Machine(idle=0.6)
    width = made(machine)
    assert width(0) == 4
    assert 5 <= after(3, machine, width) <= 9
    assert after(60, machine, width) == MOST


def test_places_that_are_not_used_do_not_become_more() -> None:
    machine = Machine(idle=0.9)
    assert after(20, machine, made(machine), taken=0.5) == 4


def test_a_busy_machine_gets_no_more_and_what_was_added_goes() -> None:
    machine = Machine(idle=0.6)
    width = made(machine)
    high = after(10, machine, width)
    machine.idle = 0.1
    assert after(10, machine, width) == high
    machine.idle = 0.0
    assert after(60, machine, width) == 4


def test_memory_that_runs_short_halves_the_pages_down_to_one() -> None:
    machine = Machine(idle=0.6)
    width = made(machine)
    high = after(10, machine, width)
    machine.memory = 0.05
    assert after(1, machine, width) == high // 2
    assert after(20, machine, width) == 1
    machine.memory = 0.8
    assert after(60, machine, width) == MOST


def test_where_the_system_tells_nothing_the_width_stays() -> None:
    moment = [0.0]
    width = Width(lambda: None, cores=8, now=lambda: moment[0])
    for _ in range(10):
        moment[0] += 2
        assert width(MOST) == 16


def test_this_machine_tells_or_does_not() -> None:
    load = machine()
    assert load is None or (0 < load.memory <= 1 and 0 <= load.idle <= load.total)
