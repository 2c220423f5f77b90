"""Whatever happens in whatever order, the frontier loses nothing and doubles nothing."""

from __future__ import annotations

import math
import sqlite3
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from scraper.frontier.queue import SqliteFrontier
from scraper.frontier.seeds import make_request
from scraper.protocols import Counts, Wait
from scraper.request import Request
from scraper.transaction import transaction

HOSTS = [f"{letter}.example" for letter in "abc"]
numbers = st.integers(0, 12)
hosts = st.sampled_from(HOSTS)


class Frontiers(RuleBasedStateMachine):
    """The real frontier beside what is known to be true of it."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = tempfile.TemporaryDirectory()
        self.path = Path(self.directory.name) / "queue.sqlite"
        self.now = 1_000_000.0
        self.waiting: dict[str, int] = {}
        self.leased: dict[str, Request] = {}
        self.done: set[str] = set()
        self.lost: set[str] = set()
        self.open()

    def open(self) -> None:
        self.db = sqlite3.connect(self.path, isolation_level=None)
        self.db.execute("PRAGMA synchronous = OFF")
        self.frontier = SqliteFrontier(self.db, "run")

    def teardown(self) -> None:
        self.db.close()
        self.directory.cleanup()

    @rule(host=hosts, chosen=st.lists(numbers, max_size=4))
    def add(self, host: str, chosen: list[int]) -> None:
        requests = [make_request(f"https://{host}/{number}") for number in chosen]
        known = self.waiting.keys() | self.leased.keys() | self.done
        new = {request.key for request in requests} - known
        assert self.frontier.add(requests) == len(new)
        self.waiting.update(dict.fromkeys(new, 0))

    @rule()
    def take(self) -> None:
        turn = self.frontier.take(self.now)
        if turn is None:
            assert not self.waiting
            assert not self.leased
        elif isinstance(turn, Wait):
            assert turn.seconds > 0
            assert self.waiting or self.leased
        else:
            assert turn.attempts == self.waiting.pop(turn.key), "it was queued, and only once"
            self.leased[turn.key] = turn

    @precondition(lambda self: self.leased)
    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.leased)))
        self.frontier.finish(self.leased.pop(key))
        self.done.add(key)

    @precondition(lambda self: self.leased)
    @rule(data=st.data(), seconds=st.floats(-5, 100))
    def retry(self, data: st.DataObject, seconds: float) -> None:
        request = self.leased.pop(data.draw(st.sampled_from(sorted(self.leased))))
        self.frontier.retry(request, self.now + seconds)
        self.waiting[request.key] = request.attempts + 1

    @precondition(lambda self: self.leased)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        request = self.leased.pop(data.draw(st.sampled_from(sorted(self.leased))))
        self.frontier.release(request)
        self.waiting[request.key] = request.attempts

    @rule(seconds=st.floats(0, 200))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule(host=hosts, delay=st.sampled_from([0.0, 1.5, 30.0, math.inf]))
    def pace(self, host: str, delay: float) -> None:
        self.frontier.pace(host, delay)

    @rule(host=hosts, seconds=st.floats(-10, 300))
    def hold(self, host: str, seconds: float) -> None:
        self.frontier.hold(host, self.now + seconds)

    @rule(host=hosts)
    def unreachable(self, host: str) -> None:
        self.frontier.unreachable(host, self.now)
        if self.frontier.given_up(host):
            self.lost.add(host)

    @rule(host=hosts)
    def reached(self, host: str) -> None:
        self.frontier.reached(host)
        assert self.frontier.given_up(host) == (host in self.lost)

    @rule()
    def crash(self) -> None:
        """Leases, paces and parkings are of the process."""
        self.db.close()
        self.waiting.update({key: leased.attempts for key, leased in self.leased.items()})
        self.leased.clear()
        self.lost.clear()
        self.open()

    @precondition(lambda self: self.leased)
    @rule(host=hosts, chosen=st.lists(numbers, max_size=3))
    def crash_inside_a_transaction(self, host: str, chosen: list[int]) -> None:
        """What was finished and found inside it never happened."""
        try:
            with transaction(self.db, str(self.path)):
                self.frontier.finish(next(iter(self.leased.values())))
                self.frontier.add(make_request(f"https://{host}/{number}") for number in chosen)
                raise KeyboardInterrupt
        except KeyboardInterrupt:
            self.crash()

    @invariant()
    def the_counts_are_right(self) -> None:
        expected = Counts(len(self.waiting), len(self.leased), len(self.done))
        assert self.frontier.counts() == expected

    @rule()
    def drain(self) -> None:
        """In the end every request is handed out, whatever stood in its way."""
        for host in HOSTS:
            self.frontier.pace(host, 0.0)
        seen: list[str] = []
        for request in self.leased.values():
            self.frontier.finish(request)
        self.done |= self.leased.keys()
        self.leased.clear()
        while (turn := self.frontier.take(self.now)) is not None:
            if isinstance(turn, Wait):
                assert turn.seconds < math.inf, "nothing is leased, so something must come"
                self.now += turn.seconds + 1e-3
            else:
                self.frontier.finish(turn)
                seen.append(turn.key)
        assert sorted(seen) == sorted(self.waiting)
        self.done |= self.waiting.keys()
        self.waiting.clear()


TestFrontiers = Frontiers.TestCase
TestFrontiers.settings = settings(max_examples=80, stateful_step_count=40)
