"""Which picture an img stands for."""

from __future__ import annotations

import pytest

from scraper.extraction.flow import BodyRule
from scraper.extraction.images import parse_srcset, widest
from scraper.recipe import MediaRule
from tests.unit.extraction.pages import read

BASE = "https://news.example"


def urls(html: str, rule: BodyRule | None = None) -> list[str]:
    return [image.url.removeprefix(BASE) for image in read(html, rule).images]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<img src=/a.jpg>", "/a.jpg"),
        ("<img src='//cdn.example/a.jpg#x'>", "https://cdn.example/a.jpg"),
        ("<img src=data:image/gif;base64,R0 data-src=/a.jpg>", "/a.jpg"),
        ("<img src=/images/placeholder.png data-original=/a.jpg>", "/a.jpg"),
        ("<img src=/loading.gif data-lazy-src=/a.jpg>", "/a.jpg"),
        ("<img src=/small.jpg data-src=/a.jpg>", "/a.jpg"),
        ("<img data-srcset='/s.jpg 320w, /a.jpg 1200w'>", "/a.jpg"),
        ("<img src=/s.jpg srcset='/s.jpg 1x, /a.jpg 2x'>", "/a.jpg"),
        ("<img src=/s.jpg srcset='/a.jpg 1800w, /xl.jpg 6000w'>", "/a.jpg"),
        ("<img src=/a.jpg srcset='data:image/gif;base64,R0 1w'>", "/a.jpg"),
        ("<img data-custom-thing=/a.jpg>", "/a.jpg"),
        ("<picture><source srcset='/a.webp 800w'><img src=data:,></picture>", "/a.webp"),
        ("<picture><source srcset=/x.webp><img src=/a.jpg></picture>", "/a.jpg"),
        ("<img src=data:,><noscript><img src=/a.jpg></noscript>", "/a.jpg"),
        ("<noscript><img src=/a.jpg></noscript>", "/a.jpg"),
        ("<amp-img src=/a.jpg></amp-img>", "/a.jpg"),
        ("<front-image src=/a.jpg></front-image>", "/a.jpg"),
        ("<front-image><figure><img src=/a.jpg></figure></front-image>", "/a.jpg"),
        ("<img src=/a.jpg data-full-src=/xl.jpg>", "/a.jpg"),
        ("<img src=/blank.gif data-full-src=/a.jpg>", "/a.jpg"),
        ("<img class=lazyload src=/s.jpg data-full-src=/a.jpg>", "/a.jpg"),
        ("<picture><source srcset=data:,><source srcset='/a.webp 9w'><img></picture>", "/a.webp"),
        ("<img data-some-library-srcset='/s.jpg 320w, /a.jpg 1200w'>", "/a.jpg"),
        ("<figure><button><img src=/a.jpg>Enlarge</button></figure>", "/a.jpg"),
    ],
)
def test_the_address(html: str, expected: str) -> None:
    assert urls(html) == [expected]


@pytest.mark.parametrize(
    "html",
    [
        "<img src=/a.jpg width=1 height=1>",
        "<img src=/a.gif style='width:1px;height:1px'>",
        "<img src='https://ad.doubleclick.net/x.gif'>",
        "<img src='https://www.facebook.com/tr?id=1'>",
        "<img src=/spacer.gif>",
        "<img src=data:image/png;base64,AAAA>",
        "<img src=''>",
        "<img src='javascript:0'>",
        "<img src='{{ picture.url }}'>",
    ],
)
def test_dots_trackers_and_placeholders_are_no_pictures(html: str) -> None:
    assert urls(html) == []


def test_a_lazy_picture_and_its_noscript_twin_are_one() -> None:
    html = "<img data-src=/a-600.jpg><noscript><img src=/a.jpg></noscript>"
    assert urls(html) == ["/a-600.jpg"]


def test_noscripts_in_a_row_are_different_pictures() -> None:
    html = "<noscript><img src=/a.jpg></noscript><noscript><img src=/b.jpg></noscript>"
    assert urls(html) == ["/a.jpg", "/b.jpg"]


def test_words_and_sizes() -> None:
    (image,) = read("<img src=/a.jpg alt=' A  b ' title='' width=800px height=600>").images
    assert (image.alt, image.title, image.width, image.height) == ("A b", None, 800, 600)


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ("w=1080 h=1765 width=1080 height=1340", (1080, 1340)),
        ("w=1640 h=1096", (1640, 1096)),
        ("width=100% height=auto", (None, None)),
        ("style='width: 320px; height:200.5px'", (320, 200)),
        ("width=9999999999999", (None, None)),
    ],
)
def test_both_notations_of_the_size(attributes: str, size: tuple[int | None, int | None]) -> None:
    (image,) = read(f"<img src=/a.jpg {attributes}>").images
    assert (image.width, image.height) == size


def test_a_recipes_attributes_and_placeholders() -> None:
    rule = BodyRule(
        media=MediaRule(attrs=("data-big", "srcset", "src"), placeholder=("*/v2/t.png",))
    )
    assert urls("<img src=//i.example/v2/t.png data-src=/no.jpg data-big=/a.jpg>", rule) == [
        "/a.jpg"
    ]
    assert urls("<img src=/s.jpg srcset='/a.jpg 2x'>", rule) == ["/a.jpg"]
    assert urls("<img src=//i.example/v2/t.png>", rule) == []


def test_srcset_as_the_standard_reads_it() -> None:
    assert parse_srcset("a,b.jpg 1x, c.jpg 2x,d.jpg") == [
        ("a,b.jpg", "1x"), ("c.jpg", "2x"), ("d.jpg", ""),
    ]  # fmt: skip
    assert parse_srcset("  , a.jpg, b.jpg 300w 200h ,") == [("a.jpg", ""), ("b.jpg", "300w 200h")]
    assert widest("w_10,h_10/a.jpg 640w, b.jpg nonsensew") == "w_10,h_10/a.jpg"
    assert widest("") is None
    assert len(parse_srcset(", ".join("a.jpg 1w" for _ in range(9999)))) == 100
