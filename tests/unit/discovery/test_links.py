"""The links of a page that may lead to other pages."""

from __future__ import annotations

from scraper.discovery.links import page_links
from scraper.extraction.parse import parse_text
from tests.unit.discovery.pages import page

HTML = """
<base href="/news/">
<nav><a href="1.html?utm_source=x#top">One</a> <a href="1.html">again</a></nav>
<map><area href="//other.example/2"></map>
<a href="#here">here</a> <a href="">this</a> <a name="x">no link</a>
<a href="mailto:a@b.example">mail</a> <a href="javascript:void(0)">script</a>
<a rel="external nofollow" href="/not-this">advert</a>
<a href="/photo.JPG">photo</a> <a href="/paper.pdf?x=1">paper</a> <a href="/tool" download>x</a>
<a href="/basket;jsessionid=AB12">basket</a> <a href="http://user:secret@news.example/3">three</a>
"""


def test_pages_are_found_in_order_and_once() -> None:
    snapshot = page("https://news.example/", HTML)
    assert page_links(parse_text(HTML, snapshot)) == [
        "https://news.example/news/1.html",
        "https://other.example/2",
        "https://news.example/basket",
        "http://news.example/3",
    ]
