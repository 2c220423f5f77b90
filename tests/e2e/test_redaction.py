"""Values of parameters that `--redact` names are planted wherever addresses go; then everything
that was written is searched for them."""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard

from tests.e2e.command import failures, records, scraper
from tests.site import Answer, Seen, TestSite
from tests.site.pages import LONG, page
from tests.site.pictures import png
from tests.site.wire import Handler

SEED, PART, LATE = "planted-seed-1", "planted-part-2", "planted-late-3"
# No body has a planted word in one piece: it is the page's scripts that put them together.
SCRIPT = f"""
const own = location.href, word = 'planted-' + 'part-2', late = 'planted-' + 'late-3'
const article = document.querySelector('article')
article.insertAdjacentHTML('beforeend', `<p>You are at ${{own}} {LONG}</p>
  <p><a href="/next?sig=${{late}}&x=1">next</a> <a href="#here">here</a></p>
  <img src="/boat.png?sig=${{word}}&amp;w=2" alt="A boat" width="640" height="480">`)
fetch('/told.json?of=' + encodeURIComponent(own) + '&Sig=' + word)
fetch('/posted?sig=' + word, {{method: 'POST', body: 'sig=' + word + '&at=' + own}})
"""


def told(seen: Seen) -> Answer:
    headers = (("X-Asked", seen.path), ("Set-Cookie", "id=planted-cook-4"))
    return Answer("{}", headers=headers, type="application/json")


def document(seen: Seen) -> Answer:
    token = seen.query.get("token")
    if token != SEED:
        return Answer("who are you?", 403)
    body = f"<article><h1>Signed</h1><p>{LONG}</p></article><script src=/app.js></script>"
    return Answer(page("Signed", body), headers=(("Link", f"<{seen.path}>; rel=self"),))


def picture(seen: Seen) -> Answer:
    return Answer(png(640, 480), 200 if seen.query.get("sig") == PART else 403, type="image/png")


def moved(seen: Seen) -> Answer:
    return Answer("", 302, (("Location", f"/story?token={seen.query['token']}&moved=1"),))


def test_links_are_followed_by_their_true_addresses(tmp_path: Path) -> None:
    def linked(seen: Seen) -> Answer:
        if seen.query.get("token") != SEED:
            return Answer("who are you?", 403)
        more = f"<a href='/linked?token={SEED}&amp;next=1#more'>More</a>"
        return Answer(page("Linked", f"<article><h1>Linked</h1><p>{LONG}</p>{more}</article>"))

    pages: dict[str, Answer | Handler] = {"/linked*": linked}
    with TestSite(pages) as site:
        code, out, err = scraper(
            "crawl", site.url(f"/linked?token={SEED}"), "-o", str(tmp_path / "c"), "--json",
            "--redact", "token", "--scope", "host", "--depth", "1", "--render", "http",
            "--delay", "0",
        )  # fmt: skip
    assert (code, json.loads(out)["tally"]["record"]) == (0, 2), out + err
    urls = {record["url"] for record in records(tmp_path / "c")}
    assert urls == {site.url("/linked?token=***"), site.url("/linked?token=***&next=1")}
    state = b"".join(path.read_bytes() for path in (tmp_path / "c").glob("state*"))
    assert SEED.encode() not in state


@pytest.fixture(scope="module", params=["page", "full"])
def crawled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, TestSite, list[str]]]:
    """Begun, gone on with, and failures tried again."""
    folder = tmp_path_factory.mktemp("redaction")
    pages: dict[str, Answer | Handler] = {
        "/story*": document, "/moved*": moved, "/told.json*": told, "/posted*": told,
        "/boat.png*": picture, "/app.js": Answer(SCRIPT, type="text/javascript"),
    }  # fmt: skip
    with TestSite(pages) as site:
        paths = ("/story?a=1&token=", "/moved?token=", "/missing?token=", "/story?b=2&TOKEN=")
        command = [
            "crawl", *(site.url(path) + SEED for path in paths), f"ftp://x.test/?token={SEED}",
            "-o", str(folder / "collection"), "--redact", "token", "--redact", "sig",
            "--archive", request.param, "--header", "X-Reader: planted-head-5", "--json",
            "--delay", "0", "--retries", "0", "--log", str(folder / "log.jsonl"),
        ]  # fmt: skip
        shown = []
        code, out, err = scraper(*command, "--max-pages", "4")
        assert code == 5, err
        run = json.loads(out)["run"]
        shown += [out, err]
        code, out, err = scraper(*command)
        assert (code, json.loads(out)["run"]) == (1, run), err
        again = "retry", str(folder / "collection"), "--header", "X-Reader: planted-head-5"
        code, out_again, err_again = scraper(*again, "--json")
        assert json.loads(out_again)["tally"]["failures"].get("url.withheld") == 2, (
            out_again + err_again
        )
        shown += [out, err, out_again, err_again]
        yield folder, site, shown


def written(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file, packed ones unpacked, and what the database packs."""
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            yield path.name, gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
    database = sqlite3.connect(folder / "collection" / "state.sqlite")
    for table in ("records", "failures"):
        for (line,) in database.execute(f"SELECT line FROM {table}"):
            yield table, zstandard.ZstdDecompressor().decompress(line)
    database.close()


Crawled = tuple[Path, TestSite, list[str]]


def test_the_pages_were_had(crawled: Crawled) -> None:
    folder, site, _ = crawled
    found = {record["url"]: record for record in records(folder / "collection")}
    assert set(found) == {
        site.url("/story?a=1&token=***"),
        site.url("/moved?token=***"),
    }
    record = found[site.url("/moved?token=***")]
    assert record["final_url"] == site.url("/story?token=***&moved=1")
    (boat,) = record["images"]
    assert boat["url"] == site.url("/boat.png?sig=***&w=2")
    assert boat["media"]["width"] == 640
    assert "?sig=***&amp;x=1" in record["html"]
    assert f"You are at {site.url('/story?token=***')}" in record["text"]
    codes = {one["url"]: one["code"] for one in failures(folder / "collection")}
    assert codes[site.url("/missing?token=***")] == "url.withheld"  # when tried again
    assert codes["ftp://x.test/?token=***"] == "url.scheme"


def test_servers_were_told_the_values(crawled: Crawled) -> None:
    asked = [seen.path for seen in crawled[1].requests]
    assert f"/boat.png?sig={PART}&w=2" in asked
    assert not any("***" in path for path in asked)


def test_nothing_that_was_written_holds_a_value(crawled: Crawled) -> None:
    folder, _, shown = crawled
    found = {name for name, data in written(folder) if b"planted-" in data}
    # The script's own text is a body; it says the beginning of the words, and no whole one.
    whole = [word.encode() for word in (SEED, PART, LATE, "planted-cook-4", "planted-head-5")]
    data = b"".join(data for _, data in written(folder))
    assert [word for word in whole if word in data] == [], found
    assert "planted-" not in "".join(shown)
    assert b"parameters token, sig in addresses are replaced" in data
    assert b"sig=***" in data


def test_its_archive_gives_all_again(crawled: Crawled) -> None:
    collection = str(crawled[0] / "collection")
    code, out, err = scraper("reextract", collection, "--json")
    assert code == 0, err
    assert "would change" not in out + err or '"changed": 0' in out
    code, out, err = scraper("verify", collection, "--replay", "--json")
    scores = json.loads(out)["replay"]
    assert [(one["text"], one["pictures"]) for one in scores] == [(1.0, 1.0)] * 2, err
    address = crawled[1].url(f"/moved?token={SEED}")
    assert scraper("show", collection, address)[0] == 0
