"""The body's HTML can be shown anywhere."""

from __future__ import annotations

import pytest

from scraper.extraction.blocks import blocks
from scraper.extraction.clean import clean_html
from tests.unit.extraction.pages import body, page


def clean(html: str) -> str:
    of = page(f"<html><body><div id=body>{html}</div></body></html>")
    where = body(of)
    found = blocks(where, of)
    return clean_html(where, of, found.addresses, found.removed)


def test_attributes_are_kept_and_addresses_absolute() -> None:
    assert clean(
        '<p class="a" data-x="1 &amp; 2" style="color:red"><a href="/x?a=1&b=2">t</a></p>'
    ) == (
        '<p class="a" data-x="1 &amp; 2" style="color:red">'
        '<a href="https://news.example/x?a=1&amp;b=2">t</a></p>'
    )
    assert clean('<a href="#top">t</a>') == '<a href="#top">t</a>'
    assert clean('<a href="mailto:a@b.example">t</a>') == '<a href="mailto:a@b.example">t</a>'


def test_lazy_markup_becomes_a_plain_picture() -> None:
    html = (
        '<img class="lazy wide" src="/placeholder.png" data-original="/a.jpg" loading="lazy" '
        'w="10" width="100" alt="A">'
    )
    assert clean(html) == (
        '<img src="https://news.example/a.jpg" class="wide" w="10" width="100" alt="A">'
    )
    assert clean('<img class=lazy data-src="/a.jpg" data-srcset="/b.jpg 2x">') == (
        '<img src="https://news.example/b.jpg">'
    )


def test_a_real_srcset_is_made_absolute() -> None:
    assert clean('<img src="/a.jpg" srcset="/a.jpg 1x, /b.jpg 2x">') == (
        '<img src="https://news.example/b.jpg" '
        'srcset="https://news.example/a.jpg 1x, https://news.example/b.jpg 2x">'
    )


def test_the_noscript_picture_is_kept_when_it_is_the_one() -> None:
    html = "<img src=data:,><noscript><img src=/a.jpg></noscript>"
    assert clean(html) == '<img src="https://news.example/a.jpg">'


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<p onclick='x()' onmouseover=x()>a</p>",
        "<a href='javascript:x()'>a</a>",
        "<a href=' java\nscript:x()'>a</a>",
        "<a href='&#1;javascript:x()'>a</a>",
        "<a href='vbscript:x'>a</a>",
        "<a href='data:text/html,<script>x</script>'>a</a>",
        "<iframe srcdoc='<script>x</script>' src=/f></iframe>",
        "<form action='javascript:x'><button formaction='javascript:x'>b</button></form>",
        "<svg><a xlink:href='javascript:x'><text>t</text></a><script>x</script></svg>",
        "<svg><animate attributeName=href values='javascript:x'></animate></svg>",
        "<svg><style><img src=x onerror=x()></style></svg>",
        "<math><mtext><xmp><img src=x onerror=x()></xmp></mtext></math>",
        "<noembed><img src=x onerror=x()></noembed>",
        "<object data='javascript:x'></object>",
        "<img src=x onerror=x() src='javascript:x'>",
        '<p "onclick=x()" x"y=z>a</p>',
        "<meta http-equiv=refresh content='0;url=javascript:x'><base href='javascript:x'>",
        "<video src=/v.mp4 poster='javascript:x'></video>",
        "<textarea><img src=x onerror=x()></textarea>",
        "<xmp><script>alert(1)</script></xmp>",
        "<template><script>x</script></template>",
        "<p style=x title='</p><script>x</script>'>a</p>",
    ],
)
def test_nothing_runs(html: str) -> None:
    found = clean(f"<p>before</p>{html}")
    again = page(f"<div>{found}</div>").tree
    assert not again.xpath("//script | //style | //template | //base | //meta")
    for node in again.iter():
        for name, value in node.items():
            assert not name.lower().startswith("on"), found
            assert "script:" not in value.replace("\n", "").lower(), found
            assert name != "srcdoc"
            assert not value.strip().lower().startswith("data:text")


def test_a_sites_own_picture_elements_become_plain_ones() -> None:
    html = "<p><lazy-image data-src=/a.jpg><b>x</b></lazy-image>after</p>"
    assert clean(html) == '<p><img src="https://news.example/a.jpg">after</p>'


def test_a_picture_in_a_button_that_enlarges_it_is_kept() -> None:
    assert clean("<button>+<img src=/a.jpg></button>") == '<img src="https://news.example/a.jpg">'


def test_what_was_left_out_of_the_blocks_is_left_out_here() -> None:
    assert clean("<p>a<span hidden>b</span>c</p><button>d</button>") == "<p>ac</p>"


def test_office_tags_are_unwrapped() -> None:
    assert clean("<p>a <o:p>b</o:p> c</p>") == "<p>a b c</p>"


def test_text_is_escaped() -> None:
    assert clean("<p>1 &lt; 2 &amp; 3</p>") == "<p>1 &lt; 2 &amp; 3</p>"


def test_a_single_paragraph_as_root_keeps_its_tag() -> None:
    of = page("<p id=body>a</p>")
    where = body(of)
    assert clean_html(where, of, {}, set()) == '<p id="body">a</p>'
