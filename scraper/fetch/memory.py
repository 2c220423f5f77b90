"""How much memory a browser's processes use, and how much a page may.  Only Linux tells."""

from __future__ import annotations

import contextlib
import os
import resource
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_GIB = 2**30


@dataclass(frozen=True, slots=True)
class Use:
    """Bytes of a driver and its browser without the renderers, and of the largest renderer."""

    base: int
    largest: int


def ceiling() -> int:
    """Bytes of data that a renderer may have: a quarter of the machine's, 1 to 2 GiB.  An ordinary
    page needs 0.7 GiB, most of it reserved and never touched."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min(max(machine // 4, _GIB), 2 * _GIB)


def limit_renderers(roots: Collection[int]) -> None:
    """Those that the zygotes below `roots` are going to start get no more than `ceiling`.  A page
    that wants more gets errors or loses its renderer; the machine does not notice."""
    parents = _parents()
    for pid in parents:
        if _is(b"zygote", pid) and _descends(pid, set(roots), parents):
            with contextlib.suppress(OSError):
                resource.prlimit(pid, resource.RLIMIT_DATA, (ceiling(), ceiling()))


def use(roots: Iterable[int]) -> Use:
    """Of the processes below `roots`, themselves included; nothing where it cannot be told."""
    base = largest = 0
    for pid in _below(roots):
        size = _anonymous(pid)
        if _is(b"renderer", pid):
            largest = max(largest, size)
        else:
            base += size
    return Use(base, largest)


def _parents() -> dict[int, int]:
    """Of every process.  What a process says of its children (see `_below`) may leave one out while
    another ends, and one zygote that is left out has all renderers."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            fields = (entry / "stat").read_bytes().rpartition(b")")[2].split()
            found[int(entry.name)] = int(fields[1])
    return found


def _descends(pid: int, roots: set[int], parents: dict[int, int]) -> bool:
    while pid in parents:
        if pid in roots:
            return True
        pid = parents[pid]
    return False


def _below(roots: Iterable[int]) -> Iterator[int]:
    waiting = list(roots)
    while waiting:
        pid = waiting.pop()
        yield pid
        with contextlib.suppress(OSError):
            waiting += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_bytes().split())


def _is(kind: bytes, pid: int) -> bool:
    with contextlib.suppress(OSError):
        return b"--type=" + kind in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def _anonymous(pid: int) -> int:
    """What a process has for itself, shared memory included."""
    size = 0
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_bytes().splitlines():
            if line.startswith((b"RssAnon:", b"RssShmem:")):
                size += int(line.split()[1]) * 1024
    return size
