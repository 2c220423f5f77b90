"""File names for records: always the same for one record, never two alike, safe on any system."""

from __future__ import annotations

import hashlib
import re

from scraper.record import Article

_LONGEST = 80
_PLAIN = re.compile(r"[a-z0-9][a-z0-9.:-]*[a-z0-9]\Z")


def file_name(article: Article, *, every_revision: bool = False) -> str:
    """Without an extension.  An id that holds anything unusual is told by its hash too."""
    id = article.id
    if _PLAIN.match(id) and len(id) <= _LONGEST:
        name = id.replace(":", "_")
    else:
        words = re.sub(r"[^a-z0-9.-]+", "-", id.lower())[:_LONGEST].strip("-.")
        name = f"{words or 'record'}_{hashlib.sha256(id.encode()).hexdigest()[:16]}"
    return f"{name}_r{article.revision}" if every_revision else name
