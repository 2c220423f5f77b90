"""Run a benchmark: `python -m benchmarks NAME …`, where NAME is a package here.

Its own `--help` tells its options.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path


def main() -> None:
    here = Path(__file__).parent
    names = sorted(one.parent.name for one in here.glob("*/__main__.py"))
    if len(sys.argv) < 2 or sys.argv[1] not in names:
        raise SystemExit(f"Say which benchmark to run: {', '.join(names)}.")
    name = sys.argv.pop(1)
    runpy.run_module(f"benchmarks.{name}", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
