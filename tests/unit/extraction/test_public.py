"""From a page to its record."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scraper.errors import (
    EmptyPage,
    FieldMissing,
    InvalidAddress,
    NotAPage,
    RecipeError,
    UsageError,
    VerdictFailed,
)
from scraper.extraction import extract, extract_snapshot
from scraper.recipe import Recipes
from scraper.record import content_hash
from scraper.snapshot import Snapshot
from tests.unit.recipe.samples import changed, recipes

PROSE = "This sentence is long enough to be taken for an article's text, and it has a comma. " * 6
GENERIC = (
    "<html lang=en><head><title>Tides</title><meta property=og:title content='Tides of Ransey'>"
    f"{{head}}</head><body><article><h1>Tides of Ransey</h1><p>{PROSE}</p><p>{PROSE}</p>"
    "<img src=/a.jpg width=640 height=480></article></body></html>"
)
NONE = Recipes()
GAZETTE = "https://gazette.example/2026/42.html"
STORY = (
    "<h1 class=new>Tides</h1><time datetime='2026-05-06T07:08:09'>x</time><p class=author>Cy</p>"
    "<div id=story><p>Body text.</p><p><b>Part</b></p><img src=/a.jpg>"
    "<p class=advert>Buy</p></div>{more}"
)


def generic(head: str = "") -> str:
    return GENERIC.replace("{head}", head)


def story(more: str = "") -> str:
    return STORY.replace("{more}", more)


def fetched(html: str, url: str, request_url: str | None = None) -> Snapshot:
    return Snapshot(
        request_url or url, url, 200, (("content-type", "text/html; charset=utf-8"),),
        html.encode(), None, datetime(2026, 5, 7, tzinfo=UTC), "http", warnings=("load_timeout",),
    )  # fmt: skip


# Without a recipe


def test_a_generic_record() -> None:
    url = "https://www.news.example/tides?utm_source=x#top"
    article = extract(generic(), url, recipes=NONE)
    assert article.title == "Tides of Ransey"
    assert article.url == url
    assert article.final_url == "https://www.news.example/tides?utm_source=x"
    assert article.canonical_url == "https://www.news.example/tides"
    assert article.site == "news.example"
    assert article.id.startswith("www.news.example:")
    assert len(article.id.partition(":")[2]) == 16
    assert PROSE.strip() in article.paragraphs
    assert article.recipe is None
    assert (article.status, article.rendered_with, article.fetched_at) == (0, "file", None)
    assert [image.url for image in article.images] == ["https://www.news.example/a.jpg"]
    assert article.lead_image == article.images[0]
    assert article.provenance["title"].candidate
    assert article.provenance["blocks"].xpath


def test_equal_pages_give_equal_records() -> None:
    assert extract(generic(), GAZETTE, recipes=NONE) == extract(generic(), GAZETTE, recipes=NONE)


@pytest.mark.parametrize(
    ("canonical", "expected"),
    [
        ("https://news.example/tides-of-ransey", "https://news.example/tides-of-ransey"),
        ("/tides-of-ransey?utm_medium=y", "https://www.news.example/tides-of-ransey"),
        ("https://evil.example/tides", "https://www.news.example/tides"),
        ("https://www.news.example/", "https://www.news.example/tides"),
        ("javascript:0", "https://www.news.example/tides"),
        ("", "https://www.news.example/tides"),
    ],
)
def test_the_pages_own_canonical_form_is_believed_within_its_site(
    canonical: str, expected: str
) -> None:
    head = f"<link rel=canonical href='{canonical}'>"
    article = extract(generic(head), "https://www.news.example/tides", recipes=NONE)
    assert article.canonical_url == expected


def test_what_is_known_about_the_fetch_is_in_the_record() -> None:
    snapshot = fetched(generic(), "https://news.example/tides", "https://news.example/t")
    article = extract_snapshot(snapshot, NONE)
    assert article.url == "https://news.example/t"
    assert article.final_url == "https://news.example/tides"
    assert (article.status, article.rendered_with) == (200, "http")
    assert article.fetched_at == snapshot.fetched_at
    assert "load_timeout" in article.warnings
    again = extract_snapshot(snapshot, NONE, requested_url="https://news.example/asked")
    assert again.url == "https://news.example/asked"
    assert extract(generic(), "ignored", snapshot=snapshot, recipes=NONE) == article


def test_bytes_are_decoded() -> None:
    html = generic().replace(PROSE, "青瓦湖的风机昨天并网了，站长点起了煤油灯。" * 9, 1)
    article = extract(f"<meta charset=gbk>{html}".encode("gbk"), GAZETTE, recipes=NONE)
    assert "青瓦湖的风机" in article.text


def test_the_hash_follows_the_content_only() -> None:
    article = extract(generic(), GAZETTE, recipes=NONE)
    other = extract(generic("<meta name=x content=y>"), GAZETTE + "?a=1", recipes=NONE)
    changed_text = extract(generic().replace("comma", "colon"), GAZETTE, recipes=NONE)
    assert article.content_hash == other.content_hash != changed_text.content_hash
    assert article.content_hash == content_hash(
        article.title, article.published, article.authors, article.blocks,
        [image.url for image in article.images],
    )  # fmt: skip


@pytest.mark.parametrize(
    "html", ["", " ", "<html></html>", "<title>t</title><div id=app></div>", "<script>x</script>"]
)
def test_nothing_is_an_empty_page(html: str) -> None:
    with pytest.raises(EmptyPage):
        extract(html, GAZETTE, recipes=NONE)


def test_other_things_than_pages() -> None:
    with pytest.raises(NotAPage):
        extract(b"%PDF-1.7", GAZETTE, recipes=NONE)


def test_addresses() -> None:
    with pytest.raises(InvalidAddress):
        extract(generic(), "no address", recipes=NONE)
    article = extract(generic(), "file:///home/me/page.html", recipes=NONE)
    assert article.url == "file:///home/me/page.html"
    assert "url.unknown" in article.warnings


def test_giant_fields_are_cut() -> None:
    head = f"<meta name=description content='{'d' * 1_000_000}'>"
    article = extract(generic(head), GAZETTE, recipes=NONE)
    assert len(article.description or "") <= 10_000
    assert all(len(place.raw or "") <= 500 for place in article.provenance.values())


# With a recipe


def test_a_recipes_record(tmp_path: Path) -> None:
    known = recipes(tmp_path)
    article = extract(story(), GAZETTE + "?from=app", recipes=known)
    assert article.id == "gazette:202600042"
    assert article.canonical_url == "https://gazette.example/2026/00042.html"
    assert (article.site, article.kind, article.language) == ("gazette", "article", "en")
    assert article.title == "Tides"
    assert article.published is not None
    assert article.published.isoformat() == "2026-05-06T07:08:09+02:00"
    assert (article.published_raw, article.published_zone) == ("2026-05-06T07:08:09", "recipe")
    assert article.paragraphs == ("Body text.", "Part")
    assert article.html == (
        '<p>Body text.</p><p><b>Part</b></p><img src="https://gazette.example/a.jpg">'
    )
    assert article.recipe is not None
    assert (article.recipe.id, article.recipe.revision, article.recipe.version) == (
        "gazette", 3, "new",
    )  # fmt: skip
    place = article.provenance["published"]
    assert (place.candidate, place.index) == ("css:time@datetime", 0)
    assert place.xpath == "/html/body/time"
    assert article.provenance["lead_image"].candidate == "body:first-image"
    assert article.provenance["language"].candidate == "recipe:site.language"


def test_fields_the_recipe_does_not_speak_of_come_from_the_metadata(tmp_path: Path) -> None:
    more = "<meta name=description content='About tides.'><meta name=author content='Not Asked'>"
    article = extract(story(more), GAZETTE, recipes=recipes(tmp_path))
    assert article.description == "About tides."
    assert article.provenance["description"].candidate.startswith("generic:")
    assert article.authors == ("Cy",)
    without = extract(story(more).replace("class=author", ""), GAZETTE, recipes=recipes(tmp_path))
    assert without.authors == ()


def test_failures_of_a_recipe(tmp_path: Path) -> None:
    known = recipes(tmp_path)
    with pytest.raises(VerdictFailed):
        extract("<p>nothing</p>", GAZETTE, recipes=known)
    with pytest.raises(FieldMissing):
        extract(story().replace("h1", "h2"), GAZETTE, recipes=known)
    lists = changed("match:\n", "match:\n  - {url: 'https://gazette.example/', kind: list}\n")
    with pytest.raises(VerdictFailed) as caught:
        extract(story(), "https://gazette.example/", recipes=recipes(tmp_path, lists))
    assert caught.value.code == "verdict.list"


def test_a_page_of_another_form_is_told_which_one_the_recipe_reads(tmp_path: Path) -> None:
    mobile = """\
  - url: "https://m.gazette.example/{n:int}"
    id: {join: [n]}
    canonical: "https://gazette.example/2026/{n:05}.html"
"""
    known = recipes(tmp_path, changed("fetch:\n", f"{mobile}fetch:\n"))
    with pytest.raises(VerdictFailed) as failed:
        extract("<h1>Tides</h1>", "https://m.gazette.example/42", recipes=known)
    assert str(failed.value).endswith(
        "; the recipe knows the page as https://gazette.example/2026/00042.html"
    )
    assert failed.value.code == "verdict.unknown"
    with pytest.raises(VerdictFailed) as failed:
        extract("<h1>Tides</h1>", GAZETTE, recipes=known)
    assert "knows the page" not in str(failed.value)


def test_a_page_that_was_led_elsewhere_is_judged_by_the_recipe_asked_for(tmp_path: Path) -> None:
    snapshot = fetched(generic(), "https://gazette.example/sorry", GAZETTE)
    with pytest.raises(VerdictFailed):
        extract_snapshot(snapshot, recipes(tmp_path))


def test_a_date_without_a_zone_is_assumed_with_a_warning(tmp_path: Path) -> None:
    known = recipes(tmp_path, changed("  timezone: Europe/Oslo\n", ""))
    article = extract(story(), GAZETTE, recipes=known)
    assert article.published_zone == "assumed"
    assert "published.zone_assumed" in article.warnings


def test_a_short_body_is_a_warning(tmp_path: Path) -> None:
    expecting = "strip: [.advert]\n    expect: {body_chars_min: 40}"
    known = recipes(tmp_path, changed("strip: [.advert]", expecting))
    assert "expect.body_chars_min" in extract(story(), GAZETTE, recipes=known).warnings
    long = story().replace("Body text.", PROSE)
    assert "expect.body_chars_min" not in extract(long, GAZETTE, recipes=known).warnings


def test_the_packaged_recipes_are_the_default() -> None:
    with pytest.raises(VerdictFailed):
        extract("<p>nothing</p>", "https://www.ithome.com/0/630/872.htm")


def test_directories_of_recipes_will_do(tmp_path: Path) -> None:
    known = recipes(tmp_path)
    expected = extract(story(), GAZETTE, recipes=known)
    assert extract(story(), GAZETTE, recipes=[tmp_path]) == expected
    assert extract(story(), GAZETTE, recipes=str(tmp_path)) == expected
    with pytest.raises(RecipeError, match="is here"):
        extract(story(), GAZETTE, recipes=[tmp_path / "none"])


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"html": None}, "as text or bytes, not NoneType"),
        ({"url": b"https://a.example/"}, "address as text, not bytes"),
        ({"recipes": 5}, "recipes are directories"),
        ({"recipes": [None]}, "recipes are directories"),
    ],
)
def test_arguments_of_another_type_are_named(given: dict[str, Any], problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        extract(**({"html": generic(), "url": "https://a.example/"} | given))


def test_the_rendered_page_is_read() -> None:
    raw = fetched("<div id=app></div>", "https://news.example/1")
    rendered = replace(raw, dom=generic(), rendered_with="browser")
    assert extract_snapshot(rendered, NONE).title == "Tides of Ransey"
