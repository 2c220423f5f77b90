from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from scraper.extraction.metadata import read_metadata
from scraper.extraction.parse import parse_text
from tests.unit.extraction.pages import page, snapshot

URL = "https://news.example/story"


def published(html: str, url: str = URL) -> str | None:
    found = read_metadata(page(f"<html lang=en><body>{html}", url)).published
    return found.value.at.isoformat() if found else None


def day(html: str, url: str = URL) -> str | None:
    found = published(html, url)
    return found[:10] if found else None


def ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


def test_jsonld_is_believed_first() -> None:
    html = ld('{"@type": "NewsArticle", "datePublished": "2024-05-01T10:20:00+02:00"}')
    html += '<meta property="article:modified_time" content="2024-06-01T00:00:00Z">'
    assert published(html) == "2024-05-01T10:20:00+02:00"
    modified = read_metadata(page(html)).modified
    assert modified is not None
    assert modified.value.at == datetime(2024, 6, 1, tzinfo=UTC)
    assert modified.candidate == "meta:article:modified_time"


def test_address_and_sight_together_outvote_one_statement() -> None:
    html = ld('{"@type": "NewsArticle", "datePublished": "2024-08-07T12:00:00Z"}')
    html += "<h1>Bridge opens</h1><p class=published>Published <time>December 30, 2013</time></p>"
    assert day(html) == "2024-08-07"
    assert day(html, "https://news.example/2013/12/30/bridge") == "2013-12-30"


def test_address() -> None:
    assert day("<h1>Bridge</h1>", "https://news.example/2024/may/03/bridge") == "2024-05-03"
    assert day("<h1>Bridge</h1>", "https://news.example/20240503/bridge") == "2024-05-03"
    assert day("<h1>Bridge</h1>", "https://news.example/id/99999999/bridge") is None


def test_time_near_the_headline_before_times_of_others() -> None:
    html = """<div class=latest><time datetime="2024-09-09">today</time></div>
        <h1>Bridge opens</h1><div class=byline><time datetime="2024-05-03T08:00Z">3 May</time></div>
        <p>Text.</p><div class=related><time datetime="2024-07-01">1 July</time></div>"""
    assert published(html) == "2024-05-03T08:00:00+00:00"


def test_updated_gives_way_to_published() -> None:
    html = """<h1>Bridge opens</h1><p class=meta>Updated: <span class=date>May 9, 2024</span></p>
        <p class=meta>Published: <span class=date>May 3, 2024</span></p>"""
    assert day(html) == "2024-05-03"


def test_a_date_in_plain_sight() -> None:
    assert day("<h1>Bridge opens</h1><div>3 May 2024, by the desk</div><p>Text.") == "2024-05-03"


def test_a_date_in_the_headline_is_its_subject() -> None:
    html = "<h1>What happened on 1 April 1999</h1><div class=date>3 May 2024</div>"
    assert day(html) == "2024-05-03"


def test_the_time_of_day_comes_from_the_place_that_has_one() -> None:
    html = '<meta name="date" content="2024-05-03">'
    html += '<h1>Bridge</h1><time datetime="2024-05-03T08:15:00+02:00">3 May</time>'
    assert published(html) == "2024-05-03T08:15:00+02:00"


def test_comments_do_not_vote() -> None:
    html = """<h1>Bridge</h1><p>Text.</p>
        <div class="comments"><time datetime="2024-05-03">3 May</time></div>"""
    assert day(html) is None


def test_implausible_dates_are_passed_over() -> None:
    html = '<meta name="date" content="1066-10-14"><meta name="pubdate" content="2024-05-03">'
    assert day(html) == "2024-05-03"


def test_the_pages_other_dates_tell_the_order_of_day_and_month() -> None:
    html = "<h1>Bridge</h1><div class=date>12/03/2026</div><ul class=latest><li><span class=date>"
    assert day(html + "11/02/2026</span></ul>") == "2026-12-03"
    assert day(html + "25/02/2026</span></ul>") == "2026-03-12"
    assert day(html + "11/02/2026</span></ul>", "https://news.example.fr/bridge") == "2026-03-12"


def test_a_moment_in_utc_is_told_in_the_places_own_time() -> None:
    html = '<meta property="article:published_time" content="2024-05-03T22:30:00Z"><h1>Brücke</h1>'
    assert published(html, "https://zeitung.example.de/bruecke") == "2024-05-04T00:30:00+02:00"
    assert published(html) == "2024-05-03T22:30:00+00:00"
    html += "<p class=date>May 3, 2024, 18:30</p>"
    assert published(html) == "2024-05-03T18:30:00-04:00"


def test_the_title_and_scripts_are_the_last_resort() -> None:
    title = "<title>3 May 2024: Bridge opens</title><h1>Bridge opens</h1>"
    assert day(title) == "2024-05-03"
    assert day(title + "<p class=date>5 May 2024</p>") == "2024-05-05"
    assert (
        day('<script>var page = {"publishedAt": "2024-05-03T10:00:00Z"}</script>') == "2024-05-03"
    )
    assert day("<td><script>showDate('2024/05/03 10:00')</script></td>") == "2024-05-03"
    assert day("<script>setLimit('2024/05/03 10:00')</script>") is None


def test_hours_ago_count_from_the_fetch_and_mean_nothing_without_one() -> None:
    html = "<h1>Bridge</h1><span class=date>3 hours ago</span>"
    assert published(html) is None
    fetched = replace(snapshot(url=URL), fetched_at=datetime(2024, 5, 3, 12, 0, tzinfo=UTC))
    found = read_metadata(parse_text(html, fetched)).published
    assert found is not None
    assert found.value.at == datetime(2024, 5, 3, 9, 0, tzinfo=UTC)


def test_a_date_after_the_fetch_is_passed_over() -> None:
    html = '<meta name="date" content="2024-08-07"><h1>Bridge</h1><p class=date>1 May 2024</p>'
    fetched = replace(snapshot(url=URL), fetched_at=datetime(2024, 5, 3, 12, 0, tzinfo=UTC))
    found = read_metadata(parse_text(html, fetched)).published
    assert found is not None
    assert found.value.at == datetime(2024, 5, 1, tzinfo=UTC)
