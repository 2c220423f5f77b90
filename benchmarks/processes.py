"""What processes cost, as Linux tells: the CPU time and the memory of a tree of them."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_STEP = 0.02
_MEMORY_STEP = 0.5


@dataclass(frozen=True, slots=True)
class Process:
    """`seconds` of CPU are its own, `waited` those of its children that ended."""

    pid: int
    parent: int
    seconds: float
    waited: float


def processes() -> dict[int, Process]:
    """All of the machine, by pid."""
    found = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                words = Path(entry, "stat").read_text().rpartition(")")[2].split()
                user, system, waited_user, waited_system = map(int, words[11:15])
                found[int(entry.name)] = Process(
                    int(entry.name),
                    int(words[1]),
                    (user + system) / _TICKS,
                    (waited_user + waited_system) / _TICKS,
                )
    return found


def tree(root: int, without: int = 0) -> list[Process]:
    """A process and its descendants, except one of them with its own."""
    known = processes()
    children: dict[int, list[Process]] = {}
    for one in known.values():
        if one.pid != without:
            children.setdefault(one.parent, []).append(one)
    found = [known[root]] if root in known else []
    for one in found:
        found += children.get(one.pid, [])
    return found


def cpu_seconds(without: int) -> float:
    """Of this process and its descendants, those that ended included; not of one child."""
    return sum(one.seconds + one.waited for one in tree(os.getpid(), without))


def proportional(pid: int) -> int:
    """PSS in bytes, in which a page of memory shared by processes counts once in all."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


@dataclass(frozen=True, slots=True)
class Cost:
    """Of a command: CPU seconds by kind of process, the time it took, its largest PSS."""

    cpu: dict[str, float]
    seconds: float
    memory: int

    @property
    def total(self) -> float:
        return sum(self.cpu.values())


def run(command: list[str], **options: object) -> Cost:
    """Run a command to its end and see what it and all its descendants cost.  Raises SystemExit
    when it fails."""
    began = time.monotonic()
    watch = _Watch()
    with subprocess.Popen(command, **options) as process:  # type: ignore[call-overload]
        watching = threading.Thread(target=watch.follow, args=(process.pid,))
        watching.start()
        process.wait()
        seconds = time.monotonic() - began
        watch.over.set()
        watching.join()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    cpu: Counter[str] = Counter()
    for pid, used in watch.seconds.items():
        cpu[watch.kinds[pid]] += used
    return Cost(dict(cpu), seconds, watch.largest)


class _Watch:
    """Looks at a tree again and again; what a process did since the last look is missed."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.seconds: dict[int, float] = {}
        self.kinds: dict[int, str] = {}
        self.largest = 0

    def follow(self, root: int) -> None:
        next_memory = 0.0
        ours = {root}
        while not self.over.wait(_STEP):
            for one in processes().values():
                if one.parent in ours or one.pid in ours:  # also when its parent is gone
                    ours.add(one.pid)
                    self.seconds[one.pid] = one.seconds
                    # It may have begun as a copy of another.
                    self.kinds[one.pid] = _kind(one.pid) or self.kinds.get(one.pid, "other")
            if time.monotonic() >= next_memory:
                self.largest = max(self.largest, sum(map(proportional, ours)))
                next_memory = time.monotonic() + _MEMORY_STEP


def _kind(pid: int) -> str:
    """Empty when it has ended or is none of those."""
    with contextlib.suppress(OSError):
        line = Path(f"/proc/{pid}/cmdline").read_bytes()
        program = line.partition(b"\0")[0].rpartition(b"/")[2]
        if b"--type=renderer" in line:
            return "renderer"
        if b"chrom" in program or b"headless" in program:
            return "browser"
        for kind in ("node", "python"):
            if kind.encode() in program:
                return kind
    return ""
