"""Kill the whole tree, or only our own process, in the middle of a crawl: nothing is lost, nothing
doubled, nobody is left.  SCRAPER_KILLS sets how often (see `make soak`)."""

import os
import random
import threading
from collections import Counter
from pathlib import Path

import orjson
import pytest

from tests.e2e.command import Command, damage, failures, records
from tests.site import Answer, Seen, TestSite
from tests.site.pages import LONG, article
from tests.site.pictures import png

KILLS = int(os.environ.get("SCRAPER_KILLS", "12"))
PAGES = 12
REQUESTS = 22
"""Of a whole crawl: pages, and the pictures of those that are there."""


class Trap:
    """Lets the n-th request of the site go off."""

    def __init__(self) -> None:
        self.left = 0
        self.sprung = threading.Event()

    def step(self) -> None:
        self.left -= 1
        if self.left == 0:
            self.sprung.set()


def serve(trap: Trap) -> TestSite:
    def page(seen: Seen) -> Answer:
        trap.step()
        number = int(seen.path.rpartition("/")[2])
        if number % 6 == 5:
            return Answer("gone", 404)
        pictures = f'<p><img src="/shot/{number}.png"><img src="/shot/{number % 3}.png"></p>'
        return Answer(article(f"Story {number}", f"<p>{LONG}</p>{pictures}<p>{LONG}</p>"))

    def picture(seen: Seen) -> Answer:
        trap.step()
        return Answer(png(64, 48, 10 * int(seen.path[6:-4])), type="image/png")

    return TestSite({"/story/*": page, "/shot/*": picture})


@pytest.mark.timeout(60 + 40 * KILLS)
def test_every_kill_is_survived(tmp_path: Path) -> None:
    chance = random.Random(20260504)
    trap = Trap()
    with serve(trap) as site:
        urls = tmp_path / "urls.txt"
        urls.write_text("".join(site.url(f"/story/{n}\n") for n in range(PAGES)))
        kills = rounds = 0
        while kills < KILLS:
            collection = tmp_path / f"round-{rounds}"
            rounds += 1
            archive = "full" if rounds % 2 else "page"
            options = ["--from", str(urls), "-o", str(collection), "--delay", "0", "--quiet"]
            options += ["--archive", archive, "--render", "browser"]
            while True:
                trap.left = chance.randint(1, REQUESTS)
                trap.sprung.clear()
                command = Command("crawl", *options)
                watcher = threading.Thread(target=command.process.wait)
                watcher.start()
                while watcher.is_alive() and not trap.sprung.wait(0.05):
                    pass
                if command.process.poll() is not None:
                    break
                kills += 1
                if kills % 2:
                    command.kill_python()
                else:
                    command.kill_everything()
                watcher.join()
                assert command.wait_until_nothing_is_left() == []
            code, _, err = command.finish()
            assert code == 1, err  # two pages are 404
            assert command.wait_until_nothing_is_left() == []
            check(collection, site)
    print(f"\n{kills} kills in {rounds} crawls of {PAGES} pages: nothing lost, doubled or left")


def check(collection: Path, site: TestSite) -> None:
    wanted = {site.url(f"/story/{n}") for n in range(PAGES)}
    missing = {site.url(f"/story/{n}") for n in range(PAGES) if n % 6 == 5}
    assert Counter(r["url"] for r in records(collection)) == Counter(wanted - missing)
    assert Counter(f["url"] for f in failures(collection)) == Counter(missing)
    for record in records(collection):
        assert record["images"]
        assert all(picture["media"] for picture in record["images"])
    assert list(damage(collection)) == []
    (run,) = (collection / "runs").glob("*.json")
    counts = orjson.loads(run.read_bytes())["counts"]
    assert counts["record"] == len(wanted - missing)
    assert counts["failed"] == len(missing)
