"""What a page costs, beside the peers: the same job for every contestant, taking turns.

Compared are the CPU time of the contestant's processes for a page (the site left out), pages a
second, the largest PSS, and how often each picture of an article was asked for; every record and
every byte of a picture is checked against what the site knows to be true.  Each contestant tries
three settings of its concurrency; the one with the least CPU time counts.  Peers live in an
environment of their own (see the README); those that are not installed there are left out.
"""

from __future__ import annotations

import argparse
import compileall
import hashlib
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType

from benchmarks import processes
from benchmarks.crawl import median, site
from benchmarks.crawl.task import Task
from scraper.fetch.find_browser import find_browser

_HERE = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Work:
    """`made_by` makes the site; `site` is what kind of pages it has, `latency` seconds before each
    of its answers."""

    site: str
    contestants: dict[str, tuple[str, ...]]
    media: bool = True
    latency: float = 0.0
    made_by: ModuleType = site
    concurrencies: tuple[int, ...] = (2, 4, 8)


_BROWSERS: dict[str, tuple[str, ...]] = {
    name: (name,)
    for name in (
        "playwright_loop",
        "crawlee_playwright",
        "scrapy_playwright",
        "scrapling_tabs",
        "crawl4ai_crawler",
    )
}
WORKS = {
    "rendered": Work("mixed", {"ours": ("ours", "browser", "page")} | _BROWSERS),
    "mixed": Work(
        "mixed",
        {"ours": ("ours", "auto", "page")}
        | _BROWSERS
        | {"crawlee_adaptive": ("crawlee_adaptive",)},
    ),
    "static": Work(
        "static",
        {
            "ours": ("ours", "http", "page"),
            "aiohttp_loop": ("aiohttp_loop",),
            "scrapy_spider": ("scrapy_spider",),
            "crawlee_http": ("crawlee_http",),
        },
        media=False,
        concurrencies=(4, 8, 16),
    ),
    "latency": Work(
        "mixed",
        {"ours": ("ours", "browser", "page"), "ours_auto": ("ours", "auto", "page")}
        | _BROWSERS
        | {"crawlee_adaptive": ("crawlee_adaptive",)},
        latency=0.1,
        concurrencies=(4, 8, 16),
    ),
}
WORKS |= {f"median-{name}": replace(WORKS[name], made_by=median) for name in ("rendered", "mixed")}


@dataclass
class Standing:
    """Of one contestant at one setting: a list entry for each round."""

    cpu: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    pictures: list[float] = field(default_factory=list)
    kinds: list[dict[str, float]] = field(default_factory=list)
    wrong: int = 0


@contextmanager
def running(work: Work) -> Iterator[tuple[str, list[str], Connection]]:
    """The address of the pages, the hosts of the trackers, and the line to the site's process."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(
        target=work.made_by.serve, args=(work.site, work.latency, theirs), daemon=True
    )
    process.start()
    theirs.close()
    try:
        pages, *others = ours.recv()
        trackers = [f"127.0.0.1:{one}" if isinstance(one, int) else one for one in others]
        yield f"http://127.0.0.1:{pages}/a/", trackers, ours
    finally:
        process.terminate()
        process.join()


def mistakes(task: Task, first: int, story: Callable[[int], site.Story]) -> int:
    """Articles that are missing, doubled, or differ from the truth."""
    output = Path(task.output)
    collection = output / "collection"
    lines = [json.loads(one) for one in _lines(collection if collection.exists() else output)]
    right = set()
    for line in lines:
        number = int(line["url"].rpartition("/")[2])
        truth = story(number)
        texts = [block["text"] for block in line["blocks"] if block["type"] == "paragraph"]
        said = line["title"], line["published"], tuple(texts)
        fine = said == (truth.title, truth.published, truth.paragraphs)
        if task.media:
            fine &= _pictures(line, output) == list(truth.pictures)
        if fine:
            right.add(number)
    asked = set(range(first, first + len(task.urls)))
    return len(asked - right) + len(lines) - len(right)


def _lines(folder: Path) -> list[bytes]:
    path = folder / "records.jsonl"
    return path.read_bytes().splitlines() if path.exists() else []


def _pictures(line: dict[str, object], output: Path) -> list[str]:
    """The hashes of the files as they lie on the disk."""
    if "hashes" in line:
        paths = [output / f"{digest}.png" for digest in line["hashes"]]
    else:
        media = [image["media"] or {"path": "none"} for image in line["images"]]
        paths = [output / "collection" / one["path"] for one in media]
    return [hashlib.sha256(one.read_bytes()).hexdigest() for one in paths if one.is_file()]


def contest(
    work: Work, names: list[str], asked: argparse.Namespace
) -> dict[str, dict[int, Standing]]:
    """All rounds of one work."""
    standings: dict[str, dict[int, Standing]] = {name: {} for name in names}
    environment = {**os.environ, "PYTHONPATH": str(_HERE)}
    with running(work) as (address, trackers, line):
        first = 1000
        for number in range(asked.rounds):
            for name in names if number % 2 else reversed(names):
                for concurrency in asked.concurrency or work.concurrencies:
                    with tempfile.TemporaryDirectory() as folder:
                        urls = tuple(f"{address}{first + n}" for n in range(asked.pages))
                        task = Task(urls, folder, concurrency, work.media, asked.browser)
                        module, *more = work.contestants[name]
                        python = sys.executable if module == "ours" else str(asked.peers)
                        if module == "ours":
                            for tracker in trackers:
                                more += ["--allow-private", tracker]
                        module = f"benchmarks.crawl.contestants.{module}"
                        command = [python, "-m", module, task.command_line(), *more]
                        line.send("what was asked for before?")
                        line.recv()
                        cost = processes.run(
                            command,
                            cwd=_HERE,
                            env=environment,
                            stdout=subprocess.DEVNULL,
                            stderr=None if asked.verbose else subprocess.DEVNULL,
                        )
                        line.send("what was asked for?")
                        seen = line.recv()
                        one = standings[name].setdefault(concurrency, Standing())
                        one.cpu.append(cost.total / asked.pages)
                        one.seconds.append(cost.seconds)
                        one.memory.append(cost.memory)
                        one.kinds.append({k: v / asked.pages for k, v in cost.cpu.items()})
                        paths = work.made_by.picture_paths
                        own = {one for n in range(asked.pages) for one in paths(first + n)}
                        times = sum(count for path, count in seen.items() if path in own)
                        one.pictures.append(times / len(own))
                        one.wrong += mistakes(task, first, work.made_by.story)
                first += asked.pages
    return standings


def show(name: str, standings: dict[str, dict[int, Standing]], pages: int) -> None:
    """The table of one work."""
    print(f"\n{name}: load {os.getloadavg()[0]:.1f}, CPU ms a page of which ")
    print(
        f"{'':20} at   ms/page  pages/s  {'browser':>8}{'renderer':>9}{'node':>6}{'python':>7}"
        "  MiB  pictures  wrong"
    )
    for contestant, settings in standings.items():
        at = min(settings, key=lambda at: statistics.median(settings[at].cpu))
        quick = max(pages / statistics.median(one.seconds) for one in settings.values())
        one = settings[at]
        kinds = [
            1000 * statistics.median(k.get(kind, 0.0) for k in one.kinds)
            for kind in ("browser", "renderer", "node", "python")
        ]
        print(
            f"{contestant:20} {at:2} {1000 * statistics.median(one.cpu):9.1f} {quick:8.2f}  "
            f"{kinds[0]:8.0f}{kinds[1]:9.0f}{kinds[2]:6.0f}{kinds[3]:7.0f}"
            f"{statistics.median(one.memory) / 2**20:6.0f}  {statistics.median(one.pictures):7.2f} "
            f"{sum(s.wrong for s in settings.values()):6}"
        )


def installed(python: Path, names: list[str]) -> list[str]:
    """Ourselves, and those contestants whose package is there."""
    needed = {
        "crawlee_playwright": "crawlee",
        "crawlee_http": "crawlee",
        "crawlee_adaptive": "crawlee",
        "scrapy_playwright": "scrapy_playwright",
        "scrapy_spider": "scrapy",
        "scrapling_tabs": "scrapling",
        "crawl4ai_crawler": "crawl4ai",
        "playwright_loop": "playwright",
        "aiohttp_loop": "aiohttp",
    }
    find = "import importlib.util as u, sys; sys.exit(u.find_spec(sys.argv[1]) is None)"
    return [
        name
        for name in names
        if name not in needed
        or subprocess.run([python, "-c", find, needed[name]], check=False).returncode == 0
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks crawl", description=__doc__)
    parser.add_argument("works", nargs="*", choices=[*WORKS, []], default=[])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pages", type=int, default=40, help="of each round")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these contestants")
    parser.add_argument("--concurrency", nargs="+", type=int, help="instead of the usual three")
    parser.add_argument("--peers", type=Path, default=Path(sys.executable), help="their Python")
    parser.add_argument("--browser", default=str(find_browser().path))
    parser.add_argument("--verbose", action="store_true", help="show what contestants say")
    asked = parser.parse_args()
    for package in ("scraper", "benchmarks"):  # as an installation does
        compileall.compile_dir(_HERE / package, quiet=1)
    for name in asked.works or ["rendered", "static", "latency"]:
        work = WORKS[name]
        names = [one for one in work.contestants if not asked.only or one in asked.only]
        show(name, contest(work, installed(asked.peers, names), asked), asked.pages)


if __name__ == "__main__":
    main()
