"""How often `--render auto` takes a page as it came that rendering would have changed.

Fifty-one invented sites, most of them like many in the wild and some that change in the middle of
the crawl, are crawled by the real conductor into a real collection.  The network is the generator:
it gives each page's document, and its rendered form to who renders it.  A page was chosen wrongly
when its record differs from the rendered one in title, date, body or pictures.

`--chromium N` checks the generator instead: N pages of each site are rendered by the real browser,
and must give the records that the generator's rendered form gives.  `--real` crawls everything with
real servers and the real browser.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from benchmarks.auto.crawls import by_chromium, simulated
from benchmarks.auto.sites import PAGES, SITES, Site
from scraper.extraction import extract_snapshot
from scraper.recipe import Recipes
from scraper.record import Article
from scraper.rendering import differing
from scraper.snapshot import Snapshot

MOST_WRONG = 0.005
MOST_TWICE = 0.05


def truth(site: Site, index: int) -> Article:
    """The record of the page when its scripts have run."""
    served, address = site.page(index), site.url(index)
    page = Snapshot(
        address, address, 200, (), served.document.encode(), served.rendered, None, "browser"
    )
    return extract_snapshot(page, Recipes([]))


def wrong(site: Site, index: int, record: Article | None) -> tuple[str, ...]:
    return ("record",) if record is None else differing(truth(site, index), record)


def told(places: Sequence[int], records: dict[str, Article]) -> int:
    """A line for each site; how many were wrong."""
    reasons: Counter[str] = Counter()
    total = 0
    print(f"{'site':30} {'browser':>7} {'http':>5} {'wrong':>5}")
    for site in SITES:
        ways: Counter[str] = Counter()
        faults: defaultdict[tuple[str, ...], int] = defaultdict(int)
        for index in places:
            record = records.get(site.url(index))
            ways[record.rendered_with if record else "none"] += 1
            if record and record.rendering:
                reasons[record.rendering.reason] += 1
            if parts := wrong(site, index, record):
                faults[parts] += 1
        bad = sum(faults.values())
        total += bad
        why = ", ".join(f"{'+'.join(parts)} {count}" for parts, count in faults.items())
        print(f"{site.name:30} {ways['browser']:7} {ways['http']:5} {bad:5}  {why}")
    print(", ".join(f"{reason} {count}" for reason, count in reasons.most_common()))
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=PAGES, help="of each site")
    parser.add_argument("--chromium", type=int, metavar="N", help="check the generator on N pages")
    parser.add_argument("--real", action="store_true", help="real servers and the real browser")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        collection = Path(directory) / "c"
        number = asked.chromium or asked.pages
        places = range(0, PAGES, PAGES // number) if asked.chromium else range(number)
        if asked.chromium or asked.real:
            records, requests = by_chromium(collection, places, "auto" if asked.real else "browser")
        else:
            records, requests = simulated(collection, places)
        bad = told(places, records)
    count = len(places) * len(SITES)
    again = sum(requests[site.url(index)] - 1 for site in SITES for index in places)
    rendered = sum(record.rendered_with == "browser" for record in records.values())
    print(
        f"{count} pages, {rendered / count:.1%} rendered, {bad} wrong ({bad / count:.2%}, may be "
        f"{MOST_WRONG:.1%}), {again} documents asked for again ({again / count:.2%}, may be "
        f"{MOST_TWICE:.0%})"
    )
    sys.exit(bad > (0 if asked.chromium else MOST_WRONG * count) or again > MOST_TWICE * count)


if __name__ == "__main__":
    main()
