"""An IT之家 article from the wire to the record, and back from the archive with the server gone."""

from collections import Counter
from pathlib import Path

import orjson
import pytest

from tests.e2e.command import damage, failures, records, scraper
from tests.site import TestSite
from tests.site.ithome import ARTICLE, PARAGRAPHS, PICTURE_SIZE


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[str, str]]]:
    """The collection, and every address that was asked for."""
    collection = tmp_path_factory.mktemp("replica") / "collection"
    with TestSite() as site:
        code, out, err = scraper(
            "crawl",
            str(ARTICLE["url"]),
            "--connect-to",
            f"*:443:127.0.0.1:{site.https_port}",
            "--insecure",
            "-o",
            str(collection),
            "--json",
        )
        assert code == 0, err
        assert orjson.loads(out)["tally"]["record"] == 1
        asked = [(f"https://{seen.host}{seen.path}", seen.method) for seen in site.requests]
    return collection, asked


def test_the_record_field_by_field(crawled: tuple[Path, list[tuple[str, str]]]) -> None:
    collection, _ = crawled
    (record,) = records(collection)
    expected = {
        "id": "ithome:999123",
        "url": ARTICLE["url"],
        "canonical_url": ARTICLE["url"],
        "site": "ithome",
        "title": ARTICLE["title"],
        "published": ARTICLE["published"],
        "published_raw": ARTICLE["published_raw"],
        "published_precision": "second",
        "published_zone": "recipe",
        "source": ARTICLE["source"],
        "authors": ["海风"],  # the site says （实习）, an intern
        "editors": ARTICLE["editors"],
        "categories": ARTICLE["categories"],
        "paragraphs": list(PARAGRAPHS),
        "language": "zh-CN",
        "rendered_with": "browser",
        "status": 200,
        "revision": 1,
    }
    assert {name: record[name] for name in expected} == expected
    headings = [block for block in record["blocks"] if block["type"] == "heading"]
    assert [(h["text"], h["inferred"]) for h in headings] == [(PARAGRAPHS[1], True)]
    assert record["recipe"]["id"] == "ithome"
    assert "广告声明" not in record["text"]
    assert failures(collection) == []


def test_the_picture(crawled: tuple[Path, list[tuple[str, str]]]) -> None:
    collection, _ = crawled
    (image,) = records(collection)[0]["images"]
    assert image["url"] == ARTICLE["picture"]
    assert image["alt"] == ARTICLE["picture_alt"]
    assert (image["width"], image["height"]) == PICTURE_SIZE
    media = image["media"]
    assert (media["width"], media["height"], media["mime"]) == (*PICTURE_SIZE, "image/png")
    assert (collection / media["path"]).stat().st_size == media["bytes"]
    assert list(damage(collection)) == []


def test_nothing_is_asked_for_twice(crawled: tuple[Path, list[tuple[str, str]]]) -> None:
    _, asked = crawled
    assert {address: n for address, n in Counter(asked).items() if n > 1} == {}
    assert (ARTICLE["picture"], "GET") in asked


def test_the_archive_gives_the_same_record(crawled: tuple[Path, list[tuple[str, str]]]) -> None:
    collection, _ = crawled
    code, out, err = scraper("extract", str(collection))
    assert code == 0, err
    assert [orjson.loads(line) for line in out.splitlines()] == records(collection)
