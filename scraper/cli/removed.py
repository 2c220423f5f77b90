"""What was removed from a collection, in words."""

from __future__ import annotations

from rich import filesize

from scraper.store.erasure import Removal


def sentence(removal: Removal, *, dry_run: bool) -> str:
    """One line."""
    counts = {
        "revision": removal.revisions,
        "failure": removal.failures,
        "page": removal.pages,
        "picture": removal.pictures,
    }
    said = [f"{count} {what}{'' if count == 1 else 's'}" for what, count in counts.items() if count]
    verb = "would go" if dry_run else "removed"
    if not said and not removal.bytes:
        return "nothing to remove"
    return f"{', '.join(said) or 'files of no use'} {verb}, {filesize.decimal(removal.bytes)}"
