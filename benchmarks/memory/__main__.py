"""Whether a long crawl grows: the memory of its whole process tree, every 50 pages.

An ordinary `scraper crawl` over pages of several hosts, some static, some made by scripts, with
pictures.  What is added up is PSS, in which a page shared by processes counts once; the site runs
outside the tree.  Between two moments it swings with what is being collected, so that the figure of
a page is the median of those around it.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.processes import proportional, tree
from tests.site import Answer, TestSite
from tests.site.pages import LONG, page
from tests.site.wire import Seen

MOST = 1.15
HOSTS = 5
STEP = 50
AROUND = 50
"""Pages before and after, whose figures are one."""

_MADE = """<script>
fetch('/data/%s').then(got => got.json()).then(all => {
  document.querySelector('article').append(...all.map(text => {
    const one = document.createElement('p')
    one.textContent = text
    return one
  }))
})
</script>"""


def story(seen: Seen) -> Answer:
    """No two are alike; every second is made by a script."""
    number = int(seen.path.rpartition("/")[2])
    texts = [f"<p>{number}.{n} {LONG}</p>" for n in range(20)]
    body = f"<h1>Story {number} of {seen.host}</h1><img src=/pictures/{number}.png>"
    made = _MADE % number if number % 2 else "".join(texts)
    rows = "".join(f"<li><a href=/story/{n}>Story {n}</a>" for n in range(100))
    return Answer(page(f"Story {number}", f"<nav><ul>{rows}</ul></nav><article>{body}{made}"))


def data(seen: Seen) -> Answer:
    """The paragraphs of one that is made by a script."""
    number = seen.path.rpartition("/")[2]
    texts = ",".join(f'"{number}.{n} {LONG}"' for n in range(20))
    return Answer(f"[{texts}]", type="application/json")


def measured(crawl: subprocess.Popen[bytes], records: Path) -> dict[int, int]:
    """PSS of the tree by pages recorded, until the crawl ends."""
    sizes: dict[int, int] = {}
    told = 0
    while crawl.poll() is None:
        time.sleep(0.5)
        with contextlib.suppress(OSError):
            done = records.read_bytes().count(b"\n")
            sizes[done] = sum(proportional(one.pid) for one in tree(crawl.pid))
            if done // STEP > told:
                told = done // STEP
                print(f"{done:5} pages  {sizes[done] / 2**20:6.0f} MiB", flush=True)
    return sizes


def at(sizes: dict[int, int], page: int) -> float:
    """The median around a page."""
    return statistics.median(
        size for done, size in sizes.items() if page - AROUND <= done <= page + AROUND
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks memory", description=__doc__)
    parser.add_argument("--pages", type=int, default=1100)
    parser.add_argument("--concurrency", type=int, default=4)
    asked = parser.parse_args()
    pages = {"/story/*": story, "/data/*": data}
    with TestSite(pages) as site, tempfile.TemporaryDirectory() as folder:
        seeds = Path(folder, "seeds.txt")
        addresses = (f"http://h{n % HOSTS}.test/story/{n}\n" for n in range(asked.pages))
        seeds.write_text("".join(addresses))
        output = Path(folder, "output")
        command = [sys.executable, "-m", "scraper", "crawl", "--from", seeds, "-o", output]
        command += ["--quiet", "--delay", "0", "--concurrency", str(asked.concurrency)]
        command += ["--render", "browser"]
        command += ["--allow-private", f"127.0.0.1:{site.http_port}"]
        command += [part for way in site.connect_to for part in ("--connect-to", way)]
        crawl = subprocess.Popen(command)
        try:
            sizes = measured(crawl, output / "records.jsonl")
        finally:
            crawl.kill()
            crawl.wait()
    late = asked.pages - 2 * AROUND  # not the last ones, when tabs have nothing to do any more
    first, last = at(sizes, 200), at(sizes, late)
    print(
        f"page 200: {first / 2**20:.0f} MiB, page {late}: {last / 2**20:.0f} MiB, "
        f"ratio {last / first:.3f} (at most {MOST})"
    )
    raise SystemExit(last > MOST * first)


if __name__ == "__main__":
    main()
