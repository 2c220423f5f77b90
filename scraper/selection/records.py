"""The records that a reading command was asked for, in the order of the collection."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from scraper.protocols import Collection
from scraper.record import Article
from scraper.selection.where import Where

Revisions = Literal["latest", "all"]


@dataclass(frozen=True, slots=True)
class Selection:
    """First the collection as it was at `as_of`, then of each record its latest revision or all,
    then those recorded `since`, then those that `where` wants.  `id` is one record's."""

    where: Where | None = None
    since: datetime | None = None
    as_of: datetime | None = None
    revisions: Revisions = "latest"
    id: str | None = None

    def of(self, collection: Collection) -> Iterator[Article]:
        """One by one, in the order of records.jsonl."""
        return filter(self._is_wanted, self._revisions(collection))

    def _revisions(self, collection: Collection) -> Iterator[Article]:
        if self.id is None:
            return collection.articles(latest=self.revisions == "latest", as_of=self.as_of)
        known = [one for one in collection.revisions(self.id) if self._is_known(one)]
        return iter(known[-1:] if self.revisions == "latest" else known)

    def _is_known(self, article: Article) -> bool:
        return self.as_of is None or article.is_known_at(self.as_of)

    def _is_wanted(self, article: Article) -> bool:
        if self.since is not None:
            at = article.recorded_at
            if at is None or at < self.since:
                return False
        return self.where is None or self.where(article)


EVERY_RECORD: Final = Selection()
EVERY_REVISION: Final = Selection(revisions="all")
