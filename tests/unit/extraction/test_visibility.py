"""What the browser could not show is no part of the general extractor's body."""

import pytest

from scraper.extraction.public import extract
from scraper.snapshot import UNSEEN_MARK
from tests.unit.extraction.pages import URL, read

SENTENCES = [
    "The harbour opened before dawn and the first boats came in with the tide.",
    "By seven the crates stood in rows, and the buyers went from one to the next.",
    "Nobody spoke of the storm, which had kept the fleet at home for eleven days.",
    "The ice was late again; two men went to fetch it with a cart and a grey horse.",
]
SECRET = "Cheap watches and other wonders that no reader of this page was ever shown."


def texts(extra: str) -> tuple[str, ...]:
    kept = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    html = f"<title>Harbour</title><article><h1>Harbour</h1>{kept}{extra}</article>"
    return extract(html, URL).paragraphs


@pytest.mark.parametrize("why", ["display", "collapsed", "clip", "opacity", "place", "size"])
def test_what_the_browser_marked_is_left_out(why: str) -> None:
    assert SECRET not in texts(f"<p {UNSEEN_MARK}={why}>{SECRET}</p>")
    assert SECRET not in texts(f"<div {UNSEEN_MARK}={why}><div><p>{SECRET}</p></div></div>")
    assert SECRET in texts(f"<p>{SECRET}</p>")


@pytest.mark.parametrize(
    "part",
    [
        "<div class='accordion-body' {}><p>{}</p></div>",
        "<div role=tabpanel id=tab-panel-2 {}><p>{}</p></div>",
        "<div id=read-more {}><p>{}</p></div>",
        "<h3><button aria-expanded=false>Ice</button></h3><div {}><p>{}</p></div>",
    ],
)
def test_what_a_click_opens_stays(part: str) -> None:
    assert SECRET in texts(part.format(f"{UNSEEN_MARK}=display", SECRET))
    assert SECRET not in texts(part.format(f"{UNSEEN_MARK}=place", SECRET))


def test_an_article_that_is_hidden_as_a_whole_is_found() -> None:
    inner = "".join(f"<p>{one} {two}</p>" for one in SENTENCES for two in SENTENCES)
    html = f"<title>Harbour</title><p>We value it.</p><main {UNSEEN_MARK}=opacity>{inner}</main>"
    assert len(extract(html, URL).paragraphs) == 16


def test_who_names_the_place_gets_all_of_it() -> None:
    """A recipe's selector decides, not what was open at the moment."""
    found = read(f"<p>seen</p><p {UNSEEN_MARK}=display>not seen</p>")
    assert [block.text for block in found.blocks if block.type == "paragraph"] == [
        "seen",
        "not seen",
    ]


def test_the_mark_stays_out_of_the_record() -> None:
    sentence = SENTENCES[0]
    html = f"<title>H</title><article><p {UNSEEN_MARK}=x>a</p><p class=y>{sentence}</p>" * 2
    assert UNSEEN_MARK not in extract(html, URL).html
