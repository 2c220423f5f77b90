"""A recipe's own sources: `scraper crawl <recipe>` goes from lists and feeds to records."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import orjson
import pytest

from tests.e2e.command import damage, failures, records, scraper
from tests.site import Answer, TestSite
from tests.site.ithome import ARTICLE, FEED_DATE, FEED_TITLE, TITLE
from tests.site.pages import article
from tests.site.versioned import Versioned
from tests.site.wire import Seen

CHANNELS = ("it", "soft", "win10", "win11", "iphone", "ipad", "android", "digi", "next")


@pytest.fixture
def site() -> Iterator[TestSite]:
    with TestSite() as site:
        yield site


def crawl(site: TestSite, *arguments: str) -> tuple[int, dict[str, Any], str]:
    """The exit code, the summary and what was said."""
    reach = ("--connect-to", f"*:443:127.0.0.1:{site.https_port}", "--insecure")
    code, out, err = scraper("crawl", *arguments, *reach, "--json", "--retries", "0")
    assert out, err
    return code, orjson.loads(out), err


def also(record: dict[str, Any], field: str) -> list[tuple[str, str]]:
    return [(one["candidate"], one["raw"]) for one in record["provenance"][field]["also"]]


def test_lists_and_feed_lead_to_the_article_and_stand_in_its_provenance(
    site: TestSite, tmp_path: Path
) -> None:
    for channel in CHANNELS[1:]:
        for path in ("/", "/category/domainpage"):
            site.pages[f"{channel}.ithome.com{path}"] = site.pages[f"it.ithome.com{path}"]
    options = ("-o", str(tmp_path), "--delay", "0", "--render", "http", "--no-media")
    code, summary, _ = crawl(site, "ithome", "--since", "2024-03", *options)
    assert code == 1, "an article of the lists is gone"
    assert [one["code"] for one in failures(tmp_path)] == ["verdict.unknown"]
    assert summary["tally"]["listing"] == 2 * len(CHANNELS) + 1, "each is asked for more"
    (record,) = records(tmp_path)
    assert (record["id"], record["title"]) == ("ithome:999123", TITLE)
    assert record["published"] == ARTICLE["published"]
    assert ("feed:title", FEED_TITLE) in also(record, "title")
    assert ("feed:published", FEED_DATE) in also(record, "published")
    assert list(damage(tmp_path)) == []


def test_a_list_page_alone_is_a_seed(site: TestSite, tmp_path: Path) -> None:
    options = ("--render", "http", "--no-media", "--since", "2024-03", "-o", str(tmp_path))
    crawl(site, "https://it.ithome.com/", *options)
    (record,) = records(tmp_path)
    assert also(record, "title") == [("list:title", TITLE)]
    assert also(record, "published") == [("list:published", "2024-03-05T09:07:03.123456+08:00")]


def test_mobile_and_old_addresses_are_one_article_fetched_once(
    site: TestSite, tmp_path: Path
) -> None:
    mobile, old = (
        "https://m.ithome.com/html/999123.htm",
        "https://www.ithome.com/html/it/999123.htm",
    )
    options = ("--render", "http", "--no-media", "-o", str(tmp_path))
    code, _, _ = crawl(site, mobile, str(ARTICLE["url"]), old, *options)
    (record,) = records(tmp_path)
    assert (code, record["id"], record["canonical_url"]) == (0, "ithome:999123", ARTICLE["url"])
    assert site.paths() == ["/0/999/123.htm"]


RECIPE = """
recipe: 1
site: {id: gazette, name: The Gazette, home: "https://gazette.example/", timezone: Europe/Lisbon}
revision: 1
match:
  - {url: "https://gazette.example/story/{n:int}", id: {join: [n]}}
fetch: {render: http, rate: {delay: 0}}
versions:
  - id: v1
    fields: {title: {required: true, from: [{css: h1}]}}
    body: {root: [{css: article}]}
discover:
  - list: "https://gazette.example/{section}/"
    params: {section: [harbour]}
    item: "ul.list > li"
    link: {css: "a.story", attr: href}
    title: {css: ".name"}
    time: {css: time, parse: {datetime: ["%d.%m.%Y %H:%M"]}}
    categories: {css: ".topic"}
    skip: {url: ["*/advert/*"], title_any: [Sponsored]}
    next: FOLLOWING
"""


def gazette(tmp_path: Path, following: str) -> str:
    folder = tmp_path / "recipes" / "gazette"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "recipe.yaml").write_text(RECIPE.replace("FOLLOWING", following))
    return str(tmp_path / "recipes")


def entries(*numbers: int, end: str = "") -> str:
    """Story n is of minute n, the newest first."""
    items = "".join(
        f'<li><a class="story" href="/story/{n}"><i class="name">Story {n}</i></a>'
        f'<time>04.05.2026 12:{n:02}</time><b class="topic">Sea</b></li>'
        for n in numbers
    )
    advert = '<li><a class="story" href="/advert/1"><i class="name">Buy</i></a></li>'
    return f'<ul class="list">{advert}{items}</ul>{end}'


def listed(site: TestSite, collection: Path, recipes: str, *more: str) -> list[int]:
    """The stories that were fetched, by number."""
    site.requests.clear()
    options = ("--recipes", recipes, "-o", str(collection), *more)
    code, _, err = crawl(site, "gazette", *options)
    assert code == 0, err
    asked = [path for path in site.paths() if path.startswith("/story/")]
    assert len(asked) == len(set(asked))
    return sorted(int(path.rpartition("/")[2]) for path in asked)


def test_lists_go_on_by_links_until_nothing_there_is_new(site: TestSite, tmp_path: Path) -> None:
    recipes = gazette(tmp_path, '{link: {css: "a.next", attr: href}, max_pages: 3, known: 2}')
    for n in range(60):
        site.pages[f"gazette.example/story/{n}"] = Answer(article(f"Story {n}"))
    pages = [(n, n - 1, n - 2) for n in range(29, 0, -3)]

    def publish() -> None:
        for at, numbers in enumerate(pages):
            path = "/harbour/" if at == 0 else f"/harbour/older/{at}"
            link = f'<a class="next" href="/harbour/older/{at + 1}">older</a>'
            site.pages["gazette.example" + path] = Answer(entries(*numbers, end=link))

    publish()
    out = tmp_path / "out"
    assert listed(site, out, recipes) == [*range(21, 30)], "three pages and no more"
    (first, *_) = records(out)
    assert first["categories"] == ["Sea"]
    assert also(first, "title")[0][0] == "list:title"
    pages[0:0] = [(35, 34, 33), (32, 31, 30)]
    publish()
    assert listed(site, out, recipes) == [*range(30, 36)]
    assert site.paths().count("/harbour/older/2") == 1, "there, two in a row were known"
    assert "/harbour/older/3" not in site.paths()
    newer = ("--since", "2026-05-04T11:33Z", "--again")  # 12:33 in Lisbon
    assert listed(site, tmp_path / "since", recipes, *newer) == [33, 34, 35]
    assert "/harbour/older/2" not in site.paths(), "the one before ended with older ones"


def test_lists_go_on_by_posting_what_the_last_entry_says(site: TestSite, tmp_path: Path) -> None:
    recipes = gazette(
        tmp_path,
        '{post: "/more?section={section}", form: {before: "{last_time_ms}", page: "{page}"}, '
        "html_at: data.html}",
    )
    forms = []

    def more(seen: Seen) -> Answer:
        form = dict(parse_qsl(seen.body.decode()))
        assert seen.query == {"section": "harbour"}
        assert (seen.method, seen.headers["referer"]) == (
            "POST",
            "https://gazette.example/harbour/",
        )
        forms.append(form)
        found = entries(7, 6) if form["page"] == "2" else ""
        return Answer(json.dumps({"data": {"html": found}}), type="application/json")

    for n in (6, 7, 8, 9):
        site.pages[f"gazette.example/story/{n}"] = Answer(article(f"Story {n}"))
    site.pages["gazette.example/harbour/"] = Answer(entries(9, 8))
    site.pages["gazette.example/more"] = more
    assert listed(site, tmp_path / "out", recipes) == [6, 7, 8, 9]
    assert [form["page"] for form in forms] == ["2", "3"], "an empty answer is the end"
    assert forms[0]["before"] == "1777892880000", "12:08 in Lisbon"


def test_a_list_page_that_has_not_changed_is_not_sent_again(site: TestSite, tmp_path: Path) -> None:
    recipes = gazette(tmp_path, '{link: {css: "a.next", attr: href}}')
    news = Versioned(Answer(entries(2, 1)))
    site.pages["gazette.example/harbour/"] = news
    for n in (1, 2, 3):
        site.pages[f"gazette.example/story/{n}"] = Answer(article(f"Story {n}"))
    out = tmp_path / "out"
    assert listed(site, out, recipes) == [1, 2]
    assert listed(site, out, recipes) == []
    news.answer = Answer(entries(3, 2, 1))
    assert listed(site, out, recipes) == [3]
    assert news.sent == [200, 304, 200]


def test_a_list_without_entries_is_a_failure(site: TestSite, tmp_path: Path) -> None:
    recipes = gazette(tmp_path, "{link: {css: a.next, attr: href}}")
    site.pages["gazette.example/harbour/"] = Answer("<p>Please enable cookies.</p>")
    code, _, _ = crawl(site, "gazette", "--recipes", recipes, "-o", str(tmp_path / "out"))
    assert (code, [one["code"] for one in failures(tmp_path / "out")]) == (1, ["list.empty"])


def test_words_that_are_no_recipe_and_recipes_without_sources(tmp_path: Path) -> None:
    code, _, err = scraper("crawl", "gazettte", "-o", str(tmp_path))
    assert (code, "neither an address nor a recipe" in err) == (2, True)
    code, _, err = scraper("crawl", "demo", "-o", str(tmp_path))
    assert (code, "does not say where its articles are found" in err) == (2, True)
