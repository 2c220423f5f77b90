"""What must hold of one case beyond its outcome."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.hostile.crawl import Crawl


@dataclass(frozen=True)
class Result:
    """One case, with or without a browser, in the crawl that it was part of."""

    crawl: Crawl
    address: str
    path: str

    @property
    def outcome(self) -> dict[str, Any]:
        """The record or the failure."""
        return self.crawl.outcome(self.address)

    def times(self, path: str) -> int:
        """How often the site was asked for it."""
        return Counter(self.crawl.paths())[path]


Check = Callable[[Result], None]


def nothing(_: Result) -> None:
    """The outcome says it all."""


def both(*checks: Check) -> Check:
    def check(result: Result) -> None:
        for one in checks:
            one(result)

    return check


def says(*texts: str) -> Check:
    """The record's text has them."""

    def check(result: Result) -> None:
        for text in texts:
            assert text in result.outcome["text"]

    return check


def conceals(text: str) -> Check:
    """The record has it nowhere."""

    def check(result: Result) -> None:
        assert text not in str({**result.outcome, "provenance": None})

    return check


def titled(title: str) -> Check:
    def check(result: Result) -> None:
        assert result.outcome["title"] == title

    return check


def warned(warning: str) -> Check:
    """In the browser."""

    def check(result: Result) -> None:
        if result.outcome["rendered_with"] == "browser":
            assert warning in result.outcome["warnings"]

    return check


def landed(address: str) -> Check:
    """Where it ended."""

    def check(result: Result) -> None:
        assert result.outcome["final_url"] == address

    return check


def told(*words: str) -> Check:
    """In the failure's sentence."""

    def check(result: Result) -> None:
        for word in words:
            assert word in result.outcome["message"]

    return check


def tried(times: int) -> Check:
    """The site was asked so often."""

    def check(result: Result) -> None:
        assert result.times(result.path) == times

    return check


def asked_at_most(times: int, stem: str) -> Check:
    """The site, for paths that begin so."""

    def check(result: Result) -> None:
        assert sum(path.startswith(stem) for path in result.crawl.paths()) <= times

    return check


def attempts(times: int) -> Check:
    """So often it was tried, by the failure's own account."""

    def check(result: Result) -> None:
        assert result.outcome["attempts"] == times

    return check


def never_asked(path: str) -> Check:
    def check(result: Result) -> None:
        assert not [asked for asked in result.crawl.paths() if asked.startswith(path)]

    return check


def never_written(secret: str) -> Check:
    """Nowhere: collection, log, terminal.  Archives are packed, so they are unpacked too."""

    def check(result: Result) -> None:
        archives = (result.crawl.collection / "archive").glob("*.warc.gz")
        unpacked = b"".join(gzip.decompress(path.read_bytes()) for path in archives)
        assert secret.encode() not in result.crawl.written() + unpacked

    return check


def pictures(*expected: str) -> Check:
    """For each picture of the record the code of its failure, or the type of what is stored."""

    def check(result: Result) -> None:
        found = [
            (image["media"] or {}).get("mime") or image["media_failure"]["code"]
            for image in result.outcome["images"]
        ]
        assert tuple(found) == expected

    return check


def stored_files(number: int) -> Check:
    """So many different files stand for the record's pictures."""

    def check(result: Result) -> None:
        assert len({image["media"]["path"] for image in result.outcome["images"]}) == number

    return check
