"""The command in the small internet, maybe without some of its defences:
`python -m tests.hostile.child SETUP ARGUMENT…`, SETUP being a `Setup` as JSON."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from scraper.cli import main
from scraper.fetch import gateway
from tests.hostile.internet import Internet
from tests.hostile.switches import DEFENCES


@dataclass(frozen=True)
class Setup:
    """`without` names defences to take away; `peak` is a file for the memory used, in KiB."""

    http: int
    https: int
    canary: int
    peak: str
    without: tuple[str, ...] = ()

    def to_json(self) -> str:
        return json.dumps(asdict(self))


def run(setup: Setup, arguments: list[str]) -> int:
    """The command's exit code."""
    Internet(setup.http, setup.https, setup.canary).install()
    gateway._RESOLVED_SECONDS = 0.0  # every look-up is a new one, so that names can rebind
    for name in setup.without:
        DEFENCES[name].remove()
    sys.argv[1:] = arguments
    try:
        return main()
    finally:
        Path(setup.peak).write_text(str(_peak()))


def _peak() -> int:
    """KiB.  Not `ru_maxrss`: that begins with what the process was that forked this one."""
    status = Path("/proc/self/status").read_text()
    (peak,) = re.findall(r"^VmHWM:\s*(\d+) kB$", status, re.MULTILINE)
    return int(peak)


if __name__ == "__main__":
    sys.exit(run(Setup(**json.loads(sys.argv[1])), sys.argv[2:]))
