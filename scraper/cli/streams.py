"""The standard streams as this process was given them: closed ones, and ones that refuse."""

from __future__ import annotations

import os
import sys
from typing import TextIO


def open_closed() -> None:
    """Put something in the place of streams that were closed (`>&-`), before a file of ours gets
    their number.  Standard output is then a pipe that nobody reads, so that no work is done only
    to be thrown away; the others are empty."""
    # Python says None where it found a stream closed; a file opened next takes the lowest number.
    streams: dict[str, TextIO | None] = vars(sys)
    if streams["stdin"] is None:
        sys.stdin = os.fdopen(os.open(os.devnull, os.O_RDONLY), encoding="utf-8")
    if streams["stdout"] is None:
        reading, writing = os.pipe()
        os.dup2(writing, reading)
        os.close(writing)
        sys.stdout = os.fdopen(reading, "w", encoding="utf-8")
    if streams["stderr"] is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")


def drop(stream: TextIO) -> None:
    """What is still buffered goes nowhere; else Python would try again at its end, and complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
