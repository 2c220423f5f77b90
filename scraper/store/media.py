"""Pictures as files named by their own hash: the same bytes are stored once, nothing is
overwritten."""

from __future__ import annotations

import hashlib
import io
import os
import re
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import imagesize

from scraper.errors import NotAPicture
from scraper.record import Media
from scraper.store.disk import make_directory, opened, refusals, replace, sweep_temporary
from scraper.store.signature import PICTURES, mime_type

_MEASURED = 2**20
"""Bytes that the reading of a picture's size may look at; a TIFF's directory may stand last."""
_NAME = re.compile(r"([0-9a-f]{64})\.[a-z]{3,4}\Z")


class MediaFolder:
    """`media/ab/<sha256>.<ext>` below a collection.  Raises StorageError."""

    def __init__(self, collection: Path, on_step: Callable[[str], None]) -> None:
        self._root = collection / "media"
        self._on_step = on_step
        self._unclaimed: dict[str, Path] = {}

    def put(self, body: bytes) -> Media:
        """Store a picture.  Raises NotAPicture."""
        mime = mime_type(body)
        if mime not in PICTURES:
            raise NotAPicture(mime if body else "an empty answer")
        digest = hashlib.sha256(body).hexdigest()
        name = f"{digest}.{PICTURES[mime]}"
        path = self._root / digest[:2] / name
        with refusals(path):
            if self._write(path, body):
                self._unclaimed[digest] = path
        width, height = _size(body, mime)
        return Media(
            path=f"media/{digest[:2]}/{name}",
            sha256=digest,
            bytes=len(body),
            mime=mime,
            width=width,
            height=height,
        )

    def claim(self, digests: set[str]) -> None:
        """A committed record refers to them."""
        for digest in digests:
            self._unclaimed.pop(digest, None)

    def drop_unclaimed(self, is_known: Callable[[str], bool]) -> None:
        """Remove what was stored since the start and no record refers to."""
        for digest, path in self._unclaimed.items():
            if not is_known(digest):
                with refusals(path):
                    path.unlink(missing_ok=True)
        self._unclaimed.clear()

    def sweep(self, is_known: Callable[[str], bool]) -> None:
        """After a crash: remove unfinished files and those whose hash `is_known` denies.  Files
        with other names are not ours."""
        with refusals(self._root):
            for directory in sorted(self._root.glob("[0-9a-f][0-9a-f]")):
                if directory.is_symlink():
                    continue
                sweep_temporary(directory)
                for path in directory.iterdir():
                    match = _NAME.match(path.name)
                    if match and not is_known(match[1]):
                        path.unlink()

    def _write(self, path: Path, body: bytes) -> bool:
        """False when it is there already."""
        make_directory(path.parent)
        if _holds(path, body):
            return False
        replace(path, body, lambda step: self._on_step(f"media.{step}"))
        return True


def _holds(path: Path, body: bytes) -> bool:
    """Whether this very file is there: neither a link nor what a broken disk left of it."""
    with suppress(FileNotFoundError):
        status = path.lstat()
        if stat.S_ISREG(status.st_mode) and status.st_size == len(body):
            with opened(path, os.O_RDONLY) as fd, open(fd, "rb", closefd=False) as file:
                return file.read() == body
    return False


def _size(body: bytes, mime: str) -> tuple[int | None, int | None]:
    """In pixels; nothing is decoded."""
    looked_at = body if mime == "image/tiff" else body[:_MEASURED]
    try:
        width, height = imagesize.get(io.BytesIO(looked_at))
        size = round(width), round(height)
    except (ValueError, OverflowError):
        return None, None
    return size if min(size) > 0 and max(size) < 2**31 else (None, None)
