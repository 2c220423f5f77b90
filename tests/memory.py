"""Directories in memory, where there is a place for them."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def in_memory() -> Iterator[Path]:
    """A temporary directory for tests that write much: a killed process loses no page cache, so
    fsync proves nothing there and only takes time."""
    memory = "/dev/shm"
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as name:
        yield Path(name)
