"""What a page may ask of robots, and what a crawl does about it."""

from __future__ import annotations

from typing import Final

NO_RECORD: Final = frozenset({"noindex", "noai", "tdm-reservation"})
"""The page is left out of the data set: a failure, `opt_out.<directive>`."""
NO_COPY: Final = "noarchive"
"""The page is not kept in the archive."""
NO_LINKS: Final = "nofollow"
"""Its links are not followed."""
NO_PICTURES: Final = frozenset({"noimageindex", "noimageai"})
"""Its pictures are not fetched."""
KNOWN: Final = NO_RECORD | NO_PICTURES | {NO_COPY, NO_LINKS, "nosnippet", "notranslate"}
"""Those that a record tells of."""
