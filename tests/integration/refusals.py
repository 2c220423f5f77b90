"""Crawls in processes whose calls to the system fail: SQLite's own calls too.

`refusals.c` stands before the C library in a server process, which forks a child for each crawl, so
that hundreds of them take a minute.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_SOURCE = Path(__file__).with_suffix(".c")
_LONGEST = 60
"""Seconds; a crawl that takes longer hangs."""


@dataclass(frozen=True, slots=True)
class Fault:
    """The nth call of one kind below the collection fails; with `lasting`, all after it too.
    `halved`: the first write that is refused takes half of its bytes before."""

    call: str = ""
    problem: int = 0
    nth: int = 1
    lasting: bool = False
    halved: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """How the command ended; what it said on stderr; its calls below the collection as `<kind>
    <path>`, with ` !` behind one that failed."""

    code: int
    said: str
    calls: tuple[str, ...]

    @property
    def refused(self) -> bool:
        return any(call.endswith(" !") for call in self.calls)


class Refusals:
    """The server's client."""

    def __init__(self, process: subprocess.Popen[str], directory: Path) -> None:
        self._process, self._directory = process, directory

    def crawl(
        self, path: Path, fault: Fault | None = None, *arguments: str, second: bool = False
    ) -> Ended:
        """The command of `offline`, in a process of its own."""
        log, said = self._directory / "calls", self._directory / "said"
        order = {
            "path": str(path),
            "fault": asdict(fault or Fault()),
            "arguments": arguments,
            "second": second,
            "log": str(log),
            "said": str(said),
        }
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        return Ended(code, said.read_text(), tuple(log.read_text().splitlines()))


@contextlib.contextmanager
def serving(directory: Path) -> Iterator[Refusals | None]:
    """None where there is no C compiler, or no Linux."""
    compiler = shutil.which("cc")
    if not compiler or not sys.platform.startswith("linux"):
        yield None
        return
    library = directory / "refusals.so"
    options = ["-shared", "-fPIC", "-O1", "-o", str(library), str(_SOURCE), "-ldl"]
    subprocess.run([compiler, *options], check=True)
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.refusals"],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"LD_PRELOAD": str(library)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Refusals(server, directory)
    finally:
        server.communicate()


def _serve() -> None:
    import scraper.cli.running  # noqa: PLC0415, F401 - once, not in each child
    from tests.integration.offline import command  # noqa: PLC0415 - only the server crawls

    library = ctypes.CDLL(None)
    for line in sys.stdin:
        order: dict[str, Any] = json.loads(line)
        child = os.fork()
        if not child:
            _become(order, library)
            code = 70
            try:
                code = command(Path(order["path"]), *order["arguments"], second=order["second"])
                sys.stdout.flush()
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _become(order: dict[str, Any], library: ctypes.CDLL) -> None:
    """The crawling child."""
    signal.alarm(_LONGEST)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    said, log = os.open(order["said"], flags), os.open(order["log"], flags)
    os.dup2(said, 1)
    os.dup2(said, 2)
    fault = Fault(**order["fault"])
    library.refuse_after(
        order["path"].encode(),
        fault.call.encode(),
        fault.nth,
        fault.problem,
        fault.lasting,
        fault.halved,
        log,
    )


if __name__ == "__main__":
    _serve()
