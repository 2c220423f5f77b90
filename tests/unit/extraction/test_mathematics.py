"""Formulas are TeX between dollar signs, once."""

from __future__ import annotations

import pytest

from scraper.record import Paragraph
from tests.unit.extraction.pages import read

MATH = "<mrow><msup><mi>x</mi><mn>2</mn></msup></mrow>"
NOTE = '<annotation encoding="application/x-tex">x^2</annotation>'


@pytest.mark.parametrize(
    "html",
    [
        f"<math><semantics>{MATH}{NOTE}</semantics></math>",
        f"<math alttext='x^2'>{MATH}</math>",
        f"<math alttext='{{\\displaystyle x^2}}'>{MATH}</math>",
        f"<span class=katex><span class=katex-mathml><math><semantics>{MATH}{NOTE}</semantics>"
        "</math></span><span class=katex-html aria-hidden=true>x2</span></span>",
        f"<span style='display: none'><math alttext='x^2'>{MATH}</math></span>"
        "<img class=mwe-math-fallback-image-inline alt='x^2' src=/m.svg>",
        "<span class=MathJax_Preview>x2</span><span class=MathJax>x2</span>"
        "<script type='math/tex'>x^2</script>",
        "<img class=latex alt='x^2' src=/m.png>",
    ],
)
def test_inline(html: str) -> None:
    assert read(f"<p>so {html} is</p>").blocks == [Paragraph(text="so $x^2$ is")]


def test_display() -> None:
    html = "<script type='math/tex; mode=display'>a+b</script>"
    assert read(f"<p>{html}</p>").blocks == [Paragraph(text="$$a+b$$")]


def test_without_tex_the_tokens_are_the_text() -> None:
    assert read(f"<p><math>{MATH}</math></p>").blocks == [Paragraph(text="x2")]
