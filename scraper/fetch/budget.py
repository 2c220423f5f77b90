"""How much one page may load: a page that never stops asking ends all the same."""

from __future__ import annotations

MOST_REQUESTS = 3000
"""Of one page, whoever makes them: the browser's are counted where they leave the machine, those
of an encrypted connection by its turns."""
MOST_ANSWERS = 4
"""What a page sends and loads may be so many times larger than one answer may be."""


class Budget:
    """Of one page."""

    def __init__(self, max_bytes: int) -> None:
        self._requests = MOST_REQUESTS
        self._bytes = MOST_ANSWERS * max_bytes

    @property
    def spent(self) -> bool:
        return self._requests < 0 or self._bytes < 0

    def request(self) -> bool:
        """One more; whether it may be made."""
        self._requests -= 1
        return not self.spent

    def passed(self, size: int) -> bool:
        """So many bytes more; whether that was not too much."""
        self._bytes -= size
        return not self.spent
