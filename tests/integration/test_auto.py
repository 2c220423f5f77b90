"""`--render auto` with a real browser and a real collection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from scraper import Job, run
from scraper.opening import open_collection
from scraper.record import Article
from tests.site import Answer, Seen, TestSite

HOST = "http://quay.example"
TEXT = "The ferry was late again, and nobody on the quay seemed to mind it very much at all. "
DATE = "<time datetime=2026-03-02T08:00:00Z>2 March 2026</time>"
CALL = "fetch('/api' + location.pathname).then(r => r.text()).then(t => story.innerHTML = t)"


def story(number: str) -> str:
    return "".join(f"<p>Part {part} of story {number}. {TEXT * 2}</p>" for part in range(4))


def static(seen: Seen) -> Answer:
    number = seen.path.rpartition("/")[2]
    return _page(number, story(number), "window.counted = true")


def scripted(seen: Seen) -> Answer:
    return _page(seen.path.rpartition("/")[2], "", CALL)


def _page(number: str, text: str, code: str) -> Answer:
    return Answer(
        f"<!doctype html><title>Story {number}</title><article><h1>Story {number}</h1>{DATE}"
        f"<div id=story>{text}</div></article><script>{code}</script>"
    )


def crawl(site: TestSite, collection: Path, paths: list[str]) -> dict[str, Article]:
    """The records of this run, by path."""
    summary = run(
        Job(
            urls=tuple(HOST + path for path in paths),
            output=str(collection),
            render="auto",
            connect_to=site.connect_to,
            concurrency=1,
            delay=0.0,
            media=False,
            timeout=120.0,
        )
    )
    assert summary.exit_code == 0, summary
    with open_collection(collection) as opened:
        made = [one for one in opened.articles() if one.run == summary.run]
    return {one.url.removeprefix(HOST): one for one in made}


def ways(records: dict[str, Article]) -> Counter[tuple[str, str]]:
    return Counter(
        (one.rendered_with, one.rendering.reason if one.rendering else "none")
        for one in records.values()
    )


def test_a_site_is_learned_remembered_and_its_change_is_noticed(tmp_path: Path) -> None:
    """No address tells which pages need the browser."""
    first, second = ([f"/s/{n}" for n in range(start, start + 20)] for start in (0, 100))
    pages: dict[str, Answer | Callable[[Seen], Answer]] = {
        path: scripted if int(path[3:]) % 4 == 3 else static for path in first
    }
    third = [f"/s/{n}" for n in range(200, 206)]
    pages |= dict.fromkeys(second, static) | dict.fromkeys(third, scripted)
    texts = {f"/api{path}": Answer(story(path[3:])) for path in pages}
    with TestSite({**pages, **texts}) as site:
        records = crawl(site, tmp_path / "c", first)
        found = ways(records)
        assert found["browser", "doubts"] == 5
        assert found["browser", "learning"] == 3
        assert found["http", "agreed"] >= 8
        asked = Counter(path for path in site.paths() if path in pages)
        assert asked == Counter(first), "each document once, whoever shows it"
        again = crawl(site, tmp_path / "c", second)
        assert ("browser", "learning") not in ways(again)
        assert ways(again)["http", "agreed"] >= 14
        changed = crawl(site, tmp_path / "c", third)
        assert ways(changed) == {("browser", "doubts"): 6}
        assert Counter(path for path in site.paths() if path in pages) == Counter(pages.keys())
    for path, record in (records | again | changed).items():
        number = path[3:]
        assert record.title == f"Story {number}"
        assert len(record.paragraphs) == 4, (path, record.rendering)
        assert record.paragraphs[0].startswith(f"Part 0 of story {number}.")


def test_full_archives_are_always_rendered(tmp_path: Path) -> None:
    with TestSite({"/s/*": static}) as site:
        job = Job(
            urls=(f"{HOST}/s/1",),
            output=str(tmp_path / "c"),
            render="auto",
            archive="full",
            connect_to=site.connect_to,
            timeout=120.0,
        )
        assert run(job).exit_code == 0
        with open_collection(tmp_path / "c") as opened:
            (record,) = opened.articles()
    assert record.rendered_with == "browser"
    assert record.rendering
    assert record.rendering.reason == "asked"
