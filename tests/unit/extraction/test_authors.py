from __future__ import annotations

from scraper.extraction.metadata import read_metadata
from tests.unit.extraction.pages import page

URL = "https://www.morningpost.example/bridge"


def authors(html: str) -> tuple[str, ...]:
    found = read_metadata(page(f"<html lang=en><body>{html}", URL)).authors
    return found.value if found else ()


def ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


def test_jsonld_by_name_list_and_reference() -> None:
    one = ld('{"@type": "NewsArticle", "author": [{"name": "Ada Byron"}, "Carl Gauß"]}')
    assert authors(one) == ("Ada Byron", "Carl Gauß")
    other = ld(
        '{"@graph": [{"@type": "Article", "author": {"@id": "#p"}},'
        ' {"@type": "Person", "@id": "#p", "name": "Ada Byron"}]}'
    )
    assert authors(other) == ("Ada Byron",)


def test_a_person_in_sight_before_the_site_as_author() -> None:
    html = ld('{"@type": "NewsArticle", "author": {"name": "Morning Post"}}')
    html += '<meta property="og:site_name" content="Morning Post">'
    assert authors(html) == ("Morning Post",)
    html += '<h1>Bridge</h1><div class="byline">By Ada Byron, reporter</div>'
    assert authors(html) == ("Ada Byron",)


def test_the_sites_name_is_taken_out_of_a_list() -> None:
    html = '<meta property="og:site_name" content="Morning Post">'
    html += "<h1>Bridge</h1><p class=author>By Ada Byron, Morning Post</p>"
    assert authors(html) == ("Ada Byron",)


def test_links_to_authors_pages() -> None:
    html = '<h1>Bridge</h1><div>By <a href="/author/ada">Ada Byron</a> | Review Desk</div>'
    assert authors(html) == ("Ada Byron",)
    html = '<h1>Bridge</h1><p class=author><a href="/a">Ada Byron</a><a href="/f">Follow</a></p>'
    assert authors(html) == ("Ada Byron",)


def test_one_word_is_a_name_where_the_markup_calls_it_one() -> None:
    html = (
        '<h1>Bridge</h1><span class="author vcard"><a class="fn n" href="/u/ada">ada99</a></span>'
    )
    assert authors(html) == ("ada99",)


def test_a_line_that_begins_with_by() -> None:
    assert authors("<h1>Bridge</h1><p>Some text.</p><p><em>Von Ada Byron</em></p>") == (
        "Ada Byron",
    )
    assert authors("<h1>Bridge</h1><p>3 May 2024</p><p class=info>03.05.2024 - Ada Byron</p>") == (
        "Ada Byron",
    )


def test_commenters_and_photographers_are_not_authors() -> None:
    html = """<h1>Bridge</h1><figure><span class="author credit">Carl Gauß</span></figure>
        <p>Text.</p><div class=comments><span class=author>Some Body</span></div>"""
    assert authors(html) == ()
    image = ld('{"@type": "ImageObject", "creator": {"name": "Carl Gauß"}}')
    assert authors(image) == ()


def test_a_line_after_a_break() -> None:
    html = "<h1>Bridge</h1><div>Photo: Somebody<br>Text: <b>Ada</b> Byron<br>All rights</div>"
    assert authors(html) == ("Ada Byron",)


def test_a_layout_with_a_sidebar_is_no_aside() -> None:
    html = "<div class=content-has-sidebar><p>Some text.</p><p>Written by Ada Byron</p></div>"
    assert authors("<h1>Bridge</h1>" + html) == ("Ada Byron",)
    assert authors("<h1>Bridge</h1>" + html.replace("content-has-", "")) == ()


def test_words_beside_a_date_are_names_only_if_they_look_like_it() -> None:
    assert authors("<h1>大桥通车</h1><p class=date>2024-05-03 来自上海</p>") == ()
    assert authors("<h1>大桥通车</h1><p class=date>2024-05-03 张三</p>") == ("张三",)


def test_only_a_date_makes_a_dateline() -> None:
    html = "<title>Bridges</title><h1>Bridges</h1><p>25 Easy &amp; Small Wooden Bridges</p>"
    assert authors(html) == ()
    assert authors(html.replace("25 Easy &amp;", "1 May 2024 -")) == ("Small Wooden Bridges",)


def test_a_list_whose_names_stand_singly_elsewhere() -> None:
    html = '<meta name="author" content="Ada Byron, Carl Gauß"><h1>Bridge</h1>'
    html += '<a class=author href="/author/1">Ada Byron</a>, '
    html += '<a class=author href="/author/2">Carl Gauß</a>'
    assert authors(html) == ("Ada Byron", "Carl Gauß")


def test_a_full_name_after_by_before_a_login_name() -> None:
    html = ld('{"@type": "NewsArticle", "author": {"name": "ada"}}')
    html += "<h1>Bridge</h1><p>Written by Ada Byron</p>"
    assert authors(html) == ("Ada Byron",)


def test_pages_below_a_home_directory_are_not_authors() -> None:
    html = '<h1>Bridge</h1><a href="/~ada/bridges/wood">Wooden Bridges</a>'
    assert authors(html) == ()
    assert authors(html + '<a href="/~ada/">Ada Byron</a>') == ("Ada Byron",)
