"""What stands in a collection's directory, and what must not."""

from __future__ import annotations

from pathlib import Path

from scraper.errors import UsageError

OUTBOXES = ("records", "failures")
INDEX = "index.sqlite"
"""A view for searching, which may be deleted."""

_DATABASE = ("state.sqlite", "state.sqlite-wal", "state.sqlite-shm", "state.sqlite-journal")
_DERIVED = (*(f"{outbox}.jsonl" for outbox in OUTBOXES), "archive", "media")
_INDEX = (INDEX, f"{INDEX}-wal", f"{INDEX}-shm")
_NAMES = (*_DERIVED, "wacz", "runs", "state.lock", *_DATABASE, *_INDEX)


def refuse_foreign(path: Path) -> None:
    """A folder whose records no database knows would be overwritten."""
    if path.exists() and not path.is_dir():
        raise UsageError(f"{path} is a file: choose a directory with -o")
    database = path / "state.sqlite"
    if not database.exists() or not database.stat().st_size:
        for name in _DERIVED:
            if (path / name).exists():
                raise UsageError(
                    f"{path} holds {name}, but its state.sqlite is missing or empty: "
                    "put that file back from a copy, or choose another directory with -o"
                )


def refuse_links(path: Path) -> None:
    """The collection itself may be reached by a link; inside of it, one would lead our writes to
    files of somebody else."""
    for name in _NAMES:
        if (path / name).is_symlink():
            raise UsageError(
                f"{path / name} is a symbolic link, and none is followed inside a collection: "
                "replace it by what it leads to, or choose another directory with -o"
            )
