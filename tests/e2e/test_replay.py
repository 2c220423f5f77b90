"""Kept pages are shown again from the archive alone: nothing is asked of the network."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.command import damage, records, scraper
from tests.site import Answer, TestSite
from tests.site.pages import LONG, page
from tests.site.pictures import png
from tests.site.wire import Handler

MADE = f"""
const ask = which => fetch('/ask', {{method: 'POST', body: which}}).then(answer => answer.text())
fetch('/story.json?at=' + Date.now()).then(answer => answer.json()).then(async story => {{
  story = [await ask('second'), ...story, await ask('last')]
  const body = document.querySelector('article')
  for (const text of story) {{
    const line = document.createElement('p')
    line.textContent = text + ' {LONG}'
    body.append(line)
  }}
}})
"""
STORY = (
    '<article><h1>The harbour</h1><p>{LONG}</p><img src="/boat.png" alt="A boat">'
    '</article><script src="/made.js"></script>'
)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A page in full, and its address; the site is gone."""
    collection = tmp_path_factory.mktemp("replay") / "collection"
    pages: dict[str, Answer | Handler] = {
        "/story": Answer(page("The harbour", STORY.replace("{LONG}", LONG))),
        "/made.js": Answer(MADE, type="text/javascript"),
        "/story.json*": Answer(json.dumps(["First.", "Second."]), type="application/json"),
        "/ask": lambda seen: Answer(f"Asked {seen.body.decode()}.", type="text/plain"),
        "/boat.png": Answer(png(640, 480), type="image/png"),
    }
    with TestSite(pages) as site:
        address = site.url("/story")
        code, _, err = scraper(
            "crawl", address, "-o", str(collection), "--archive", "full", "--quiet", "--delay", "0"
        )
        assert code == 0, err
        asked = [path for path in site.paths() if path != "/favicon.ico"]
        assert sorted(p.partition("?")[0] for p in asked) == sorted(
            ["/story", "/made.js", "/story.json", "/ask", "/ask", "/boat.png"]
        )
    return collection, address


def test_the_record_is_whole(crawled: tuple[Path, str]) -> None:
    (record,) = records(crawled[0])
    words = [p.partition(LONG.strip())[0].strip() for p in record["paragraphs"][-4:]]
    assert words == ["Asked second.", "First.", "Second.", "Asked last."]
    assert record["images"][0]["media"]["width"] == 640
    assert list(damage(crawled[0])) == []


def test_its_page_gives_all_of_it_again(crawled: tuple[Path, str]) -> None:
    code, out, err = scraper("verify", str(crawled[0]), "--replay", "--json")
    (score,) = json.loads(out)["replay"]
    assert (code, score["text"], score["pictures"]) == (0, 1.0, 1.0), err


def test_its_warc_file_gives_the_same_record(crawled: tuple[Path, str]) -> None:
    (warc,) = (crawled[0] / "archive").iterdir()
    code, out, err = scraper("extract", str(warc))
    (record,) = records(crawled[0])
    assert (code, json.loads(out)["paragraphs"]) == (0, record["paragraphs"]), err


@pytest.mark.parametrize("kind", ["id", "address", "wacz"])
def test_it_is_drawn(crawled: tuple[Path, str], tmp_path: Path, kind: str) -> None:
    collection, address = crawled
    (record,) = records(collection)
    source = collection
    if kind == "wacz":
        scraper("pack", str(collection))
        (source,) = (collection / "wacz").iterdir()
    page_ = record["id"] if kind == "id" else address
    drawn = tmp_path / "page.png"
    code, out, err = scraper("replay", str(source), page_, "--screenshot", str(drawn))
    assert code == 0, err
    assert drawn.read_bytes().startswith(b"\x89PNG")
    assert "6 answers from the archive, 0 that it lacks" in out


def test_pages_are_listed(crawled: tuple[Path, str]) -> None:
    code, out, _ = scraper("replay", str(crawled[0]))
    assert (code, out) == (0, f"{crawled[1]}\tThe harbour\n")
    code, _, err = scraper("replay", str(crawled[0]), "nothing:1", "--screenshot", "x.png")
    assert (code, "keeps no page" in err) == (2, True)


def test_nothing_reaches_the_network(tmp_path: Path) -> None:
    """What the archive lacks is asked of nobody, by whatever way the page asks for it."""
    collection = tmp_path / "collection"
    with TestSite({"/here*": Answer("1")}) as canary:
        ways = f"""
        const there = '{canary.url("/here")}', when = Date.now()
        fetch(there + '/fetch' + when).catch(() => 0)
        new Image().src = there + '/image' + when
        navigator.sendBeacon(there + '/beacon' + when)
        new WebSocket(there.replace('http', 'ws') + '/socket' + when)
        new EventSource(there + '/events' + when)
        try {{ new Worker(URL.createObjectURL(new Blob([`fetch('${{there}}/worker${{when}}')`]))) }}
        catch {{ }}
        """
        body = f"<article><p>{LONG}</p></article><script>{ways}</script>"
        with TestSite({"/page": Answer(page("Ways", body))}) as site:
            code, _, err = scraper(
                "crawl", site.url("/page"), "-o", str(collection), "--archive", "full",
                "--allow-private", f"127.0.0.1:{canary.http_port}", "--timeout", "8", "--quiet",
            )  # fmt: skip
            assert code == 0, err
            address = site.url("/page")
        assert canary.requests
        canary.reset()
        drawn = tmp_path / "page.png"
        code, _, err = scraper(
            "replay", str(collection), address, "--screenshot", str(drawn), "--timeout", "8"
        )
        assert (code, drawn.exists()) == (0, True), err
        assert (canary.requests, canary.connections) == ([], 0)


def test_a_page_without_its_parts_is_shown_as_it_was_rendered(tmp_path: Path) -> None:
    collection = tmp_path / "collection"
    body = (
        f"<article><h1>Still</h1><p>{LONG}</p></article><script>document.body.id = 'late'</script>"
    )
    with TestSite({"/still": Answer(page("Still", body))}) as site:
        assert scraper("crawl", site.url("/still"), "-o", str(collection), "--quiet")[0] == 0
    code, out, err = scraper("verify", str(collection), "--replay", "--json")
    (score,) = json.loads(out)["replay"]
    assert (code, score["text"]) == (0, 1.0), err
