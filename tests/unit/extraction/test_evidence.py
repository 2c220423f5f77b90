"""What a page tells of itself before it is rendered."""

from __future__ import annotations

import pytest

from scraper.errors import EmptyPage, PageError
from scraper.extraction import examine
from scraper.recipe import Recipes
from scraper.rendering import DOUBTS, Evidence
from scraper.snapshot import Snapshot

TEXT = "<p>The ferry was late again, and nobody on the quay seemed to mind it very much.</p>" * 3
DATE = '<time datetime="2026-03-02T08:00:00Z">2 March 2026</time>'
WHOLE = f"<h1>The ferry</h1>{DATE}<div id=text>{TEXT}</div>"
CODE = "<script>window.ready = true</script>"
LONG = "It is said that the bell of the old chapel can be heard on the other island. " * 8


def evidence(body: str, head: str = "") -> Evidence:
    return seen(f"<title>The ferry</title>{head}<body><article>{body}</article>")[1]


def seen(html: str, headers: tuple[tuple[str, str], ...] = ()) -> tuple[object, Evidence]:
    address = "https://quay.example/1"
    page = Snapshot(address, address, 200, headers, html.encode(), None, None, "http")
    return examine(page, Recipes([]))


def test_a_page_without_doubt() -> None:
    found = evidence(WHOLE + CODE)
    assert (found.doubts, found.scripted) == ((), True)


@pytest.mark.parametrize(
    ("part", "scripted"),
    [
        ("", False),
        ("<link rel=stylesheet href=/s.css>", False),
        ("<script src=/a.js></script>", True),
        ("<img src=/a.png onerror='load()'>", True),
        ('<script type="application/ld+json">{"@type": "Thing"}</script>', False),
    ],
)
def test_what_could_change_a_page(part: str, scripted: bool) -> None:
    assert evidence(WHOLE + part).scripted == scripted


DOUBTFUL = {
    "refresh": ("<meta http-equiv=refresh content='0; url=/2'>", WHOLE),
    "no_body": ("", f"<h1>The ferry</h1>{DATE}<p>Late.</p>{CODE}"),
    "undated": ("", f"<h1>The ferry</h1>{TEXT}{CODE}"),
    "shorter": (
        '<script type="application/ld+json">{"@type": "Article", '
        f'"articleBody": "{LONG}"}}</script>',
        WHOLE + CODE,
    ),
    "more": ("", f"{WHOLE}<button>Continue reading</button>{CODE}"),
    "loading": ("", f"{WHOLE}<div class=text-skeleton></div>{CODE}"),
    "empty_parts": ("", f"{WHOLE}<rest-of-text src=/2></rest-of-text>{CODE}"),
    "templates": ("", f"{WHOLE}<template><p>More</p></template>{CODE}"),
    "hidden_text": ("", f"{WHOLE}<div hidden>{TEXT}</div>{CODE}"),
    "data": ("", f'{WHOLE}<script>var rest = {{"text": "{LONG}"}}</script>'),
    "pictures": ("", WHOLE.replace("</div>", "<img alt=Boat data-key=7></div>") + CODE),
    "noscript": ("", f"{WHOLE}<noscript>Please enable scripts to read this.</noscript>{CODE}"),
    "unseen_body": (
        "",
        f'<h1>The ferry</h1>{DATE}<div id=app></div><script>var page = {{"a": "{LONG}"}}</script>',
    ),
}


@pytest.mark.parametrize("doubt", DOUBTFUL)
def test_a_doubt(doubt: str) -> None:
    head, body = DOUBTFUL[doubt]
    found = evidence(body, head)
    assert doubt in found.doubts
    assert set(found.doubts) <= set(DOUBTS)


def test_scripts_are_what_make_doubts() -> None:
    assert evidence(f"{WHOLE}<button>Continue reading</button>").doubts == ()


def test_the_word_loading_is_a_doubt_in_any_language_it_is_known_in() -> None:
    assert "loading" in evidence(f"{WHOLE}<p>加载中…</p>{CODE}").doubts
    assert "more" in evidence(f"{WHOLE}<a href=#>阅读全文</a>{CODE}").doubts


def test_text_that_is_shown_and_in_the_data_is_no_doubt() -> None:
    data = f'<script type="application/json">{{"text": "{LONG}", "more": "{"x" * 200}"}}</script>'
    assert "data" not in evidence(f"<h1>The bell</h1>{DATE}<p>{LONG}</p>{data}{CODE}").doubts


def test_a_page_that_gives_no_record() -> None:
    got, found = seen("<div id=app></div><script src=/app.js></script>")
    assert isinstance(got, PageError)
    assert found.doubts == ("failed",)
    got, found = seen("")
    assert isinstance(got, EmptyPage)
    assert found.doubts == ("failed",)


def test_a_refresh_by_header() -> None:
    _, found = seen(f"<title>The ferry</title>{WHOLE}", (("Refresh", "0; url=/2"),))
    assert found.doubts == ("refresh",)


def test_pages_of_one_template_are_alike() -> None:
    one = evidence(
        f"<div id=post-17 class='post-17 body'>{WHOLE}{TEXT}</div><script>var id = 17</script>"
    )
    two = evidence(
        f"<div id=post-8 class='post-8 body'>{WHOLE}{TEXT * 2}</div><script>var id = 'x8'</script>"
    )
    assert (one.layout, one.marks) == (two.layout, two.marks)


@pytest.mark.parametrize(
    "part",
    [
        "<script src=/b.js></script>",
        "<script>document.title = other()</script>",
        "<link rel=stylesheet href=/b.css>",
        "<div class=gallery>Pictures</div>",
        "<span data-gallery=1>Pictures</span>",
        "<p id=pictures>Pictures</p>",
        "<x-gallery>Pictures</x-gallery>",
    ],
)
def test_a_new_part_is_a_new_mark(part: str) -> None:
    assert evidence(WHOLE + CODE).marks < evidence(WHOLE + CODE + part).marks


def test_another_version_of_an_own_script_is_another_script() -> None:
    def marks(address: str) -> frozenset[int]:
        return evidence(f"{WHOLE}<script src='{address}'></script>").marks

    assert marks("/app.js?v=1") != marks("/app.js?v=2")
    assert marks("https://ads.example/7/a.js?t=1") == marks("https://ads.example/8/a.js?t=2")


def test_the_place_of_the_body_makes_the_layout() -> None:
    plain = evidence(WHOLE + CODE)
    doubtful = evidence(f"{WHOLE}<button>Read more</button>{CODE}")
    assert doubtful.layout == plain.layout
    assert doubtful.all_marks > plain.all_marks
    assert evidence(f"<section>{WHOLE}</section>{CODE}").layout != plain.layout
