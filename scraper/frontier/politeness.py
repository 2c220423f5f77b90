"""When a host may be asked again: the arithmetic alone.  Times are Unix seconds."""

from __future__ import annotations

import math
from dataclasses import dataclass

FAILURES_BEFORE_PARKING = 3
PARKED = 60.0
"""Seconds of the first parking; each further one doubles."""
PARKINGS = 3
ROBOTS_KEPT = 24 * 3600.0
"""Seconds a robots.txt answer is believed (RFC 9309, 2.4)."""
ROBOTS_TROUBLE_KEPT = 600.0
"""The same for an answer that tells nothing but trouble: 429, 5xx, none at all."""


@dataclass(slots=True)
class Pace:
    """One host's politeness.

    After some connection failures in a row the host is parked.  After a parking one request at a
    time goes out as a probe: an answer clears all, a failure parks the host again and longer.
    """

    delay: float = 0.0
    started: float = -math.inf
    held_until: float = 0.0
    parked_until: float = 0.0
    failures: int = 0
    parkings: int = 0
    given_up: bool = False

    @property
    def probing(self) -> bool:
        """Only one request at a time."""
        return self.parkings > 0 and not self.given_up

    def free_at(self) -> float:
        """The earliest start of the next document; inf while the pace is not known yet."""
        if self.given_up:
            return self.started
        after_last = self.started if self.started == -math.inf else self.started + self.delay
        return max(after_last, self.held_until, self.parked_until)

    def answered(self) -> None:
        """Forget the failures; a host that was given up stays so for this process."""
        if not self.given_up:
            self.failures = self.parkings = 0
            self.parked_until = 0.0

    def failed(self, now: float) -> None:
        """A connection failed.  One that began before the parking tells nothing new."""
        if self.given_up or now < self.parked_until:
            return
        self.failures += 1
        if self.failures < FAILURES_BEFORE_PARKING and not self.parkings:
            return
        if self.parkings == PARKINGS:
            self.given_up = True
            return
        self.parked_until = now + PARKED * 2**self.parkings
        self.parkings += 1


def robots_are_fresh(status: int, kept_at: float, now: float) -> bool:
    """Whether a cached robots.txt answer still counts; status 0 stands for no answer."""
    trouble = status == 429 or status >= 500 or status <= 0
    return 0 <= now - kept_at < (ROBOTS_TROUBLE_KEPT if trouble else ROBOTS_KEPT)
