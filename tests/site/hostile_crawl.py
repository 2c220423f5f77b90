"""What a crawl is led into by robots files and addresses.  By path or host; the faults' names come
first."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator

from tests.site.hostile_wire import kept
from tests.site.wire import Answer, Handler, Seen

_FORBIDDING = "User-agent: *\nDisallow: /\n"


def crawl_pages() -> dict[str, Answer | Handler]:
    """Faults 40 to 42."""
    robots: dict[str, Answer | Handler] = {
        f"{name}.robots.test/robots.txt": answer for name, answer in _ROBOTS.items()
    }
    return {
        **robots,
        "/robots/page": Answer(kept()),
        "/robots/to another": Answer(
            "", 302, (("Location", "http://disallow.robots.test/robots/page"),)
        ),
        "/trap/deeper*": _deeper,
        "/trap/calendar": Answer(
            kept("".join(f"<a href='/trap/calendar?day={n}'>{n}</a>" for n in range(2000)))
        ),
        "/trap/tracked": Answer(kept()),
        "/forms/*": Answer(kept()),
    }


def _text(body: str | bytes, status: int = 200) -> Answer:
    return Answer(body, status, type="text/plain")


async def _endless() -> AsyncIterator[bytes]:
    for _ in itertools.count():
        yield b"Allow: /" + b"x" * 10_000 + b"\n"


_ROBOTS = {
    "disallow": _text(_FORBIDDING),
    "mark": _text(b"\xef\xbb\xbf" + _FORBIDDING.encode()),
    "endings": _text(_FORBIDDING.replace("\n", "\r")),
    "error": _text("", 500),
    "busy": _text("", 429),
    "gone": _text("", 404),
    "refused": _text("", 403),
    "moved": Answer("", 301, (("Location", "http://disallow.robots.test/robots.txt"),)),
    "loop": Answer("", 302, (("Location", "/robots.txt"),)),
    "private": Answer("", 302, (("Location", "http://private.test/robots.txt"),)),
    "file": Answer("", 302, (("Location", "file:///etc/passwd"),)),
    "long": _text("#" * 600_000 + "\n" + _FORBIDDING),
    "endless": Answer("", pieces=_endless, type="text/plain"),
    "page": Answer("<!DOCTYPE html><p>Disallow: /"),
    "binary": _text(bytes(range(256)) * 100),
    "slow-patterns": _text("User-agent: *\nDisallow: /" + "*a" * 2000 + "$\n" + _FORBIDDING[:14]),
    "delay": _text("User-agent: *\nCrawl-delay: 1e99\n"),
}


def _deeper(seen: Seen) -> Answer:
    location = f"{seen.path}/deeper?session={len(seen.path)}"
    return Answer("", 302, (("Location", location),))
