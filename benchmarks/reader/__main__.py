"""What a person waits for: the first page of the reader and a search, over many invented articles.

Half of them are English, half Chinese, with words as frequent as in language (the second half as
often as the first, the third a third as often).  Searches are for frequent and for rare words, of
two Chinese characters too.  Each answer is the whole page, over HTTP.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from urllib.parse import quote

from benchmarks.invented import fill, words
from scraper.opening import open_collection
from scraper.store.index import Index

FIRST_PAGE = 0.200
SEARCH = 0.100

_ASKED = 15


def asked(address: str) -> tuple[float, float, bytes]:
    """Median and worst of several answers in seconds, and the page."""
    took = []
    for _ in range(_ASKED):
        started = time.perf_counter()
        with urllib.request.urlopen(address) as answer:
            page = answer.read()
        took.append(time.perf_counter() - started)
    return statistics.median(took), max(took), page


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks reader", description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--keep", type=Path, help="make the collection here, or use what is there")
    given = parser.parse_args()
    vocabulary = words(random.Random(2))
    with tempfile.TemporaryDirectory() as directory:
        path = given.keep or Path(directory) / "collection"
        if not path.exists():
            started = time.perf_counter()
            fill(path, given.articles, vocabulary)
            print(f"{given.articles} articles recorded in {time.perf_counter() - started:.0f} s")
        started = time.perf_counter()
        with open_collection(path) as collection, Index.open(path) as index:
            if taken := index.update(collection):
                print(f"{taken} indexed in {time.perf_counter() - started:.0f} s")
            print(f"index: {index.path.stat().st_size / 1e6:.0f} MB")
        command = [sys.executable, "-u", "-m", "scraper", "serve", str(path), "--port", "0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as serving:
            assert serving.stdout
            address = serving.stdout.readline().split(" is at ")[1].split()[0]
            try:
                slow = measure(address, vocabulary)
            finally:
                serving.terminate()
    raise SystemExit(f"too slow: {', '.join(slow)}" if slow else 0)


def measure(address: str, vocabulary: tuple[list[str], list[str]]) -> list[str]:
    """Prints, and says what took longer than it may."""
    english, chinese = vocabulary
    pages = [
        ("first page", "", FIRST_PAGE),
        ("a site", "?site=site7.example", FIRST_PAGE),
        ("the last page", "?page=4000", FIRST_PAGE),
        *(
            (f"search: {name}", f"?q={quote(query, safe='&=')}", SEARCH)
            for name, query in (
                ("the most frequent English word", english[0]),
                ("a frequent one", english[30]),
                ("a rare one", english[-1]),
                ("the most frequent Chinese word", chinese[0]),
                ("a frequent one of two characters", chinese[30]),
                ("a rare one of two characters", chinese[-1]),
                ("one character", chinese[5][0]),
                ("four characters", chinese[0] + chinese[1]),
                ("two words", f"{english[3]} {english[40]}"),
                ("a phrase", f'"{english[0]} {english[1]}"'),
                ("a word and not another", f"{english[5]} -{english[6]}"),
                ("a word in a site", f"{chinese[2]}&site=site7.example"),
                ("a frequent word, newest first", f"{english[0]}&order=newest"),
                ("a rare word, newest first", f"{english[-1]}&order=newest"),
            )
        ),
    ]
    slow = []
    urllib.request.urlopen(address).close()
    print(f"{'':44}{'found':>9}{'median':>9}{'worst':>9}")
    for name, query, most in pages:
        median, worst, page = asked(address + query)
        found = page.decode().partition("<strong>")[2].partition("<")[0]
        print(f"{name:44}{found:>9}{median * 1000:>6.0f} ms{worst * 1000:>6.0f} ms")
        if median > most:
            slow.append(name)
    return slow


if __name__ == "__main__":
    main()
