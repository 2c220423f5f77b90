"""Every spelling of a forbidden address by every route: nothing is contacted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile.cases import Render
from tests.hostile.crawl import HOST, crawl, wrong
from tests.hostile.routes import (
    MOVES,
    OUR_MOVES,
    PARTS,
    STOPPED,
    move_pages,
    part_pages,
    redirecting,
    robots_pages,
    scheme_pages,
)
from tests.hostile.spellings import SCHEMES, SPELLINGS
from tests.site import Answer, Seen, TestSite
from tests.site.hostile_wire import kept
from tests.site.wire import Handler

NAMES = [name for name in SPELLINGS.values() if name.endswith(".test") and "@" not in name]
"""What may stand in a seed.  An address written out there is the user's own word."""
REFUSED = "address.private"


def no_robots(_: Seen) -> Answer:
    """And a new connection for what comes next, so that names can rebind."""
    return Answer("", 404, (("Connection", "close"),), end="close")


def pages(canary: TestSite) -> dict[str, Answer | Handler]:
    port = canary.http_port
    return {
        "/robots.txt": no_robots,
        "/to": redirecting,
        **part_pages(port),
        **move_pages(port),
        **robots_pages(port),
    }


def moving(routes: tuple[str, ...]) -> list[str]:
    """Addresses of the pages that move, or cannot be asked for at all."""
    pairs = [(route, n) for route in routes for n in range(len(SPELLINGS))]
    moves = [
        f"http://r{n}.robots.test/" if route == "robots" else f"http://{HOST}/move/{route}/{n}"
        for route, n in pairs
    ]
    return [*moves, *(f"http://{name.format(route='seed')}/" for name in NAMES)]


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("render", "moves", "parts"),
    [("browser", MOVES, PARTS), ("http", OUR_MOVES, ("record", "record-redirected"))],
)
def test_no_pair_reaches_the_canary(
    tmp_path: Path, render: Render, moves: tuple[str, ...], parts: tuple[str, ...]
) -> None:
    staying = [f"http://{HOST}/part/{route}" for route in parts]
    moved = moving(moves)
    addresses = [*staying, *moved]
    crawled = crawl(tmp_path, addresses, "--render", render, pages=pages, every=10, seconds=500)
    assert list(wrong(crawled)) == []
    assert {address: crawled.came_to(address) for address in staying} == dict.fromkeys(
        staying, "record"
    )
    came = {address: crawled.came_to(address) for address in moved}
    # A page is read when it is complete, maybe before it is refreshed.
    came = {address: what for address, what in came.items() if "/refresh" not in address}
    if "robots" in moves:  # this name is looked up once, and has a public address then
        rebinding = list(SPELLINGS).index("rebinding name")
        assert came.pop(f"http://r{rebinding}.robots.test/") == "record"
    assert came == dict.fromkeys(came, REFUSED)
    for route in ("record", "record-redirected"):
        record = crawled.outcome(f"http://{HOST}/part/{route}")
        failed = {image["url"]: image["media_failure"] for image in record["images"]}
        assert {failure and failure["code"] for failure in failed.values()} == {REFUSED}
    print(f"\n{(len(moves) + len(parts)) * len(SPELLINGS)} pairs {render}")


@pytest.mark.parametrize(("render", "moves"), [("browser", MOVES), ("http", ("redirect",))])
def test_no_other_scheme_is_read(
    tmp_path_factory: pytest.TempPathFactory, render: Render, moves: tuple[str, ...]
) -> None:
    planted = tmp_path_factory.mktemp("planted") / "planted.html"
    words = "words that were planted"
    planted.write_text(kept(f"<p>{words}"))
    addresses = [address.format(planted=planted) for address in SCHEMES.values()]
    parts = [f"http://{HOST}/part/{name}" for name in ("frame", "record")]
    moved = [f"http://{HOST}/move/{route}/{n}" for route in moves for n in range(len(SCHEMES))]
    crawled = crawl(
        tmp_path_factory.mktemp("schemes"),
        [*parts, *addresses, *moved],
        *("--render", render),
        pages=lambda _: scheme_pages(addresses),
        every=10,
    )
    assert list(wrong(crawled)) == []
    assert words.encode() not in crawled.written()
    assert [crawled.came_to(address) for address in parts] == ["record", "record"]
    refused = [*addresses, *(address for address in moved if "/redirect/" in address)]
    assert {crawled.came_to(address) for address in refused} <= {"url.scheme", "url.invalid"}
    stayed = {crawled.came_to(address) for address in moved} - {"url.scheme", "url.invalid"}
    assert stayed <= {"record", "verdict.empty", "http.404"}  # a base that is none is the page's


def test_the_routes_are_live(tmp_path: Path) -> None:
    """With addresses allowed each route comes to the canary, but for those that something else
    stops; else the pairs above would prove nothing."""
    routes = [*(f"part/{route}" for route in PARTS), *(f"move/{route}/0" for route in MOVES)]
    crawled = crawl(
        tmp_path,
        [f"http://{HOST}/{route}" for route in routes],
        pages=lambda canary: {
            **pages(canary),
            **part_pages(canary.http_port, ["plain"]),
        },
        without=("addresses are checked",),
        every=10,
    )
    reached = {path.split("/")[1] for path in crawled.canary if path} - {"robots.txt"}
    assert sorted({*PARTS, *MOVES} - reached) == sorted(STOPPED)


def test_the_spellings_are_live(tmp_path: Path) -> None:
    crawled = crawl(
        tmp_path,
        [f"http://{HOST}/move/redirect/{n}" for n in range(len(SPELLINGS))],
        *("--render", "http"),
        pages=pages,
        without=("addresses are checked",),
        every=10,
    )
    reached = {path.split("/")[-1] for path in crawled.canary}
    assert reached >= {spelling.replace(" ", "-") for spelling in SPELLINGS}
