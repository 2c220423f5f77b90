"""What crawls have learned of the sites' layouts, in the collection's database."""

from __future__ import annotations

import sqlite3
import struct

from scraper.rendering import Layout, Observation

_WAITING = struct.Struct(">IB")


def read_layout(db: sqlite3.Connection, site: str, layout: str) -> Layout:
    """An empty one where nothing is known."""
    row = db.execute(
        "SELECT agreed, differed, accepted, unchecked, waiting FROM layouts "
        "WHERE site = ? AND layout = ?",
        (site, layout),
    ).fetchone()
    if row is None:
        return Layout()
    agreed, differed, accepted, unchecked, waiting = row
    return Layout(agreed, differed, accepted, unchecked, dict(_WAITING.iter_unpack(waiting)))


def learn(db: sqlite3.Connection, seen: Observation) -> None:
    """Inside the transaction that commits the page."""
    before = read_layout(db, seen.site, seen.layout)
    after = before.after(seen)
    if after.waiting is before.waiting and before != Layout():
        db.execute(
            "UPDATE layouts SET agreed = ?, differed = ?, accepted = ?, unchecked = ? "
            "WHERE site = ? AND layout = ?",
            (*_counts(after), seen.site, seen.layout),
        )
        return
    waiting = b"".join(_WAITING.pack(mark, left) for mark, left in after.waiting.items())
    db.execute(
        "INSERT OR REPLACE INTO layouts VALUES (?, ?, ?, ?, ?, ?, ?)",
        (seen.site, seen.layout, *_counts(after), waiting),
    )


def _counts(layout: Layout) -> tuple[int, int, int, int]:
    return layout.agreed, layout.differed, layout.accepted, layout.unchecked
