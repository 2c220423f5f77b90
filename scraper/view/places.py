"""Which row stands in which shard: a row stays where it was, new ones come last, so that a changed
record touches the shard it left and the last one, and no other."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence

_KEY, _SHARD = 8, 4
"""Bytes of what is remembered of a row."""


def places(keys: Sequence[str], remembered: bytes, size: int) -> list[int]:
    """The shard of each row, growing.  `remembered` is what `memory` gave the last time; where the
    rows have another order since, or half of the room is empty, all are laid out anew."""
    anew = [place // size for place in range(len(keys))]
    before = _read(remembered)
    known = [before.get(_digest(key)) for key in keys]
    old = [shard for shard in known if shard is not None]
    if known[: len(old)] != old or old != sorted(old) or not old:
        return anew
    last, room = old[-1], size - old.count(old[-1])
    new = [last + (place + size - room) // size for place in range(len(keys) - len(old))]
    rows = Counter([*old, *new])
    shards = max(rows) + 1
    if len(rows) < shards or max(rows.values()) > size or len(keys) * 2 < shards * size:
        return anew
    return [*old, *new]


def memory(keys: Sequence[str], shards: Sequence[int]) -> bytes:
    """What is to be remembered of the rows."""
    pairs = zip(keys, shards, strict=True)
    return b"".join(_digest(key) + shard.to_bytes(_SHARD) for key, shard in pairs)


def _read(remembered: bytes) -> dict[bytes, int]:
    starts = range(0, len(remembered), _KEY + _SHARD)
    rows = (remembered[start : start + _KEY + _SHARD] for start in starts)
    return {row[:_KEY]: int.from_bytes(row[_KEY:]) for row in rows}


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()[:_KEY]
