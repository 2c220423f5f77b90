"""A collection as it was, for those who go through its lines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from scraper.record import Article
from scraper.store.reading import Reader


class Past:
    """As if nothing had been recorded after the `moment`.  Which pages failed then, nobody knows:
    none does.  Every method may raise StorageError."""

    def __init__(self, collection: Reader, moment: datetime) -> None:
        self._whole, self._moment = collection, moment

    def count(self, *, after: int = 0) -> int:
        """Of revisions."""
        return sum(1 for _ in self.numbered(after=after))

    def numbered(self, *, after: int = 0) -> Iterator[tuple[int, bytes]]:
        """Lines of records.jsonl with the numbers of their revisions."""
        for no, line in self._whole.numbered(after=after):
            if Article.model_validate_json(line).is_known_at(self._moment):
                yield no, line

    def line(self, no: int) -> bytes | None:
        """Of the revision with a number."""
        return self._whole.line(no)

    def failing_ids(self) -> list[str]:
        """None."""
        return []

    def article(self, id: str) -> Article | None:
        """Its latest revision then."""
        then = [one for one in self._whole.revisions(id) if one.is_known_at(self._moment)]
        return then[-1] if then else None
