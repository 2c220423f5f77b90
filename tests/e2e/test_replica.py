"""An IT之家 article from the wire to the record, and back from the archive with the server gone."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from lxml import html
from lxml.html import HtmlElement

from tests.e2e.command import damage, failures, records, scraper
from tests.site import TestSite
from tests.site.ithome import ARTICLE, LINKED, PARAGRAPHS, PICTURE_SIZE
from tests.unit.export.exported import post, posts


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


def test_the_post_for_hexo(crawled: tuple[Path, list[tuple[str, str]]], tmp_path: Path) -> None:
    """What the page says, what the profile adds, and the article's HTML element by element."""
    collection, _ = crawled
    profile = tmp_path / "profile.yaml"
    profile.write_text("categories: [资讯, 灯]\nauthor: 青橙\ncomments: false\n")
    asked = ("--to", "hexo", "--profile", str(profile), "--media", "remote")
    code, _, err = scraper("export", str(collection), *asked, "-o", str(tmp_path / "blog"))
    assert (code, err) == (0, "")
    (path,) = posts(tmp_path / "blog").values()
    assert path.stem == "ithome_999123"
    front, body = post(path)
    expected = {
        "title": ARTICLE["title"],
        "categories": ["资讯", "灯"],
        "author": "青橙",
        "comments": False,
        "headimg": ARTICLE["picture"],
        "thumbnail": ARTICLE["picture"],
    }
    assert {key: front[key] for key in expected} == expected
    date = front["date"]
    assert date.replace(tzinfo=date.tzinfo or UTC) == datetime.fromisoformat(
        str(ARTICLE["published"])
    )
    linked = LINKED.replace('href="/', 'href="https://www.ithome.com/')
    assert shape(body) == shape(
        html.fragment_fromstring(_POST.format(p=PARAGRAPHS, linked=linked, **ARTICLE))
    )


def shape(body: HtmlElement) -> list[tuple[str, dict[str, str], str, str]]:
    """Elements, attributes and texts, white space aside."""

    def words(text: str | None) -> str:
        return " ".join((text or "").split())

    return [(n.tag, dict(n.attrib), words(n.text), words(n.tail)) for n in body.iter()]


_POST = """<div><p data-vmark="a1b2">{p[0]}</p><p data-vmark="b2c3"><strong>{p[1]}</strong></p>
<p data-vmark="c3d4">{linked}</p><p data-vmark="d4e5" style="text-align: center;"><img
 src="{picture}" alt="海雾台灯" w="1280" h="720" title="{title}" width="640" height="360"
 srcset="{picture} 2x" referrerpolicy="no-referrer"></p><p data-vmark="e5f6">{p[3]}</p>
<p data-vmark="f6a7">{p[4]}</p><ul class="list-paddingleft-2"><li><p data-vmark="a7b8">{p[5]}</p>
</li><li><p data-vmark="b8c9">{p[6]}</p></li></ul><p data-vmark="c9d0">{p[7]}</p></div>"""
