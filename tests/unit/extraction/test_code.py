"""Listings keep their white space and lose their line numbers."""

from __future__ import annotations

import pytest

from scraper.record import Code
from tests.unit.extraction.pages import read


def test_white_space_is_kept() -> None:
    html = "<pre class='brush: python'>\ndef f():\n    return&nbsp;1  \n\n</pre>"
    assert read(html).blocks == [Code(text="def f():\n    return 1", language="python")]


@pytest.mark.parametrize(
    ("html", "language"),
    [
        ("<pre><code class='language-rust'>a</code></pre>", "rust"),
        ("<div class='highlight-source-c++'><pre>a</pre></div>", "c++"),
        ("<pre data-lang=Go>a</pre>", "go"),
        ("<pre class='language-none'>a</pre>", None),
        ("<pre>a</pre>", None),
    ],
)
def test_language(html: str, language: str | None) -> None:
    assert read(html).blocks == [Code(text="a", language=language)]


@pytest.mark.parametrize(
    "html",
    [
        "<pre><span class=lineno>1 </span>a\n<span class=lineno>2 </span>b</pre>",
        "<table><tr><td class=gutter><pre>1\n2</pre></td>"
        "<td class=code><pre>a\nb</pre></td></tr></table>",
        "<pre><table><tr><td data-line-number=1></td><td>a</td></tr>"
        "<tr><td data-line-number=2></td><td>b</td></tr></table></pre>",
        "<table><tr><td class=blob-num data-line-number=1></td><td>a</td></tr>"
        "<tr><td class=blob-num data-line-number=2></td><td>b</td></tr></table>",
        "<pre><div>a</div><div>b</div></pre>",
        "<pre>a<br>b<button>Copy</button></pre>",
        "<div class=hljs><code class=language-x>a\nb</code></div>",
    ],
)
def test_lines_without_their_numbers(html: str) -> None:
    (found,) = read(html).blocks
    assert isinstance(found, Code)
    assert found.text == "a\nb"


def test_code_inside_a_sentence_is_text() -> None:
    assert [b.type for b in read("<p>call <code>f()</code> now</p>").blocks] == ["paragraph"]


def test_numbers_that_do_not_count_are_code() -> None:
    assert read("<pre>10\n10\n7</pre>").blocks == [Code(text="10\n10\n7")]
