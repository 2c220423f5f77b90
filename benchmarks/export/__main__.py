"""How many records a second each form of export writes, how soon it notices that nothing changed,
and how much memory it takes, over a collection of invented articles."""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.invented import fill, words
from scraper.view.exporter import names


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks export", description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--collection", type=Path, help="made when missing, and kept")
    parser.add_argument("--to", choices=names(), action="append", help="(default: all)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-export-") as directory:
        collection = asked.collection or Path(directory) / "collection"
        if not collection.exists():
            fill(collection, asked.records, words(random.Random(2)))
        print(f"{asked.records:,} records\n")
        print(
            f"{'form':<10}{'first':>9}{'records/s':>12}{'CPU':>9}{'again':>9}{'memory':>9}{'size':>10}"
        )
        for form in asked.to or names():
            output = Path(directory) / form
            first, cpu, memory = export(collection, form, output)
            again, _, _ = export(collection, form, output)
            size = sum(one.stat().st_size for one in output.rglob("*") if one.is_file())
            print(
                f"{form:<10}{first:>7.1f} s{asked.records / first:>12,.0f}{cpu:>7.1f} s"
                f"{again:>7.1f} s{memory:>6.0f} MB{size / 1e6:>7.0f} MB",
                flush=True,
            )


def export(collection: Path, form: str, output: Path) -> tuple[float, float, float]:
    """Seconds, CPU seconds, and most megabytes of memory."""
    command = [sys.executable, "-m", "scraper", "export", collection, "--to", form, "-o", output]
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"the export to {form} failed")
    took = time.perf_counter() - started
    return took, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


if __name__ == "__main__":
    main()
