"""What keeping pages costs: the same crawl with `--archive none`, `page` and `full`, taking turns.

Compared are the CPU time of the command's processes for a page, the site left out, and the bytes on
disk.  With `full` the browser also loads and draws pictures and fonts; without, each picture of a
record is fetched once all the same.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks import processes

MOST = 1.30
WAYS = ("none", "page", "full")
_TEXT = "The harbour was quiet and the boats lay still. " * 8


def serve(ports: Connection) -> None:
    """The site, in a process of its own: articles with two pictures, two styles, two scripts, a
    font and a call."""
    import gzip  # noqa: PLC0415 - in the child only

    from tests.site import Answer, Seen, TestSite  # noqa: PLC0415
    from tests.site.pictures import png  # noqa: PLC0415

    coded = (("Content-Encoding", "gzip"),)

    def article(seen: Seen) -> Answer:
        number = seen.path.rpartition("/")[2]
        pictures = "".join(f"<img src=/p/{number}-{n}.png>" for n in range(2))
        html = (
            "<!doctype html><meta charset=utf-8><title>Story</title>"
            "<link rel=stylesheet href=/s/1.css><link rel=stylesheet href=/s/2.css>"
            f"<article><h1>Story {number}</h1>{f'<p>{_TEXT}' * 6}{pictures}</article>"
            "<script src=/j/1.js></script><script src=/j/2.js></script>"
        )
        return Answer(gzip.compress(html.encode()), headers=coded)

    def picture(seen: Seen) -> Answer:
        return Answer(png(300, 200, hash(seen.path) % 256), type="image/png")

    style = gzip.compress(b"@font-face{font-family:f;src:url(/f.woff2)} p{font-family:f}" * 200)
    script = gzip.compress(b"fetch('/call.json').then(r => r.json())\n" + b"// filler\n" * 2000)
    with TestSite(
        {
            "/a/*": article,
            "/p/*": picture,
            "/s/*": Answer(style, headers=coded, type="text/css"),
            "/j/*": Answer(script, headers=coded, type="text/javascript"),
            "/f.woff2": Answer(b"x" * 20_000, type="font/woff2"),
            "/call.json": Answer('{"text": "%s"}' % ("x" * 5000), type="application/json"),
        }
    ) as site:
        ports.send(site.url("/a/"))
        ports.recv()


def crawl(address: str, pages: int, way: str) -> tuple[float, int]:
    """CPU seconds, and bytes in the collection."""
    with tempfile.TemporaryDirectory() as directory:
        collection = Path(directory) / "c"
        urls = [f"{address}{number}" for number in range(pages)]
        options = ["--archive", way, "--render", "browser", "--delay", "0", "--per-host", "8"]
        options += ["--quiet"]
        command = [sys.executable, "-m", "scraper", "crawl", *urls, "-o", str(collection)]
        cost = processes.run([*command, *options], stdout=subprocess.DEVNULL)
        size = sum(one.stat().st_size for one in (collection / "archive").glob("*"))
    return cost.total, size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pages", type=int, default=60)
    asked = parser.parse_args()
    forking = multiprocessing.get_context("fork")
    ours, theirs = forking.Pipe()
    site = forking.Process(target=serve, args=(theirs,), daemon=True)
    site.start()
    address = ours.recv()
    costs: dict[str, list[float]] = {way: [] for way in WAYS}
    sizes: dict[str, int] = {}
    try:
        for number in range(asked.rounds):
            for way in WAYS if number % 2 else reversed(WAYS):
                seconds, sizes[way] = crawl(address, asked.pages, way)
                costs[way].append(seconds)
    finally:
        ours.send(None)
        site.join()
    usual = sum(costs["none"])
    print("archive  ms a page  ratio  bytes a page")
    for way in WAYS:
        page = 1000 * statistics.median(costs[way]) / asked.pages
        ratio, size = sum(costs[way]) / usual, sizes[way] / asked.pages
        print(f"{way:7}  {page:9.1f}  {ratio:5.2f}  {size:12,.0f}")
    load = os.getloadavg()[0]
    print(f"{asked.rounds} rounds of {asked.pages} pages, load {load:.1f}; full may be {MOST}")
    sys.exit(sum(costs["full"]) / usual > MOST)


if __name__ == "__main__":
    main()
