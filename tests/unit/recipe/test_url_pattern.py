"""Addresses with placeholders."""

from __future__ import annotations

import pytest

from scraper.recipe.url_pattern import fill, template_names, url_pattern


@pytest.mark.parametrize(
    ("pattern", "url", "values"),
    [
        ("https://a.example/{x}", "https://a.example/some-slug", {"x": "some-slug"}),
        ("https://a.example/{x}", "http://a.example/s?q=1", {"x": "s"}),
        ("https://a.example/{x}", "https://a.example/a/b", None),
        ("https://a.example/{n:int}", "https://a.example/12a", None),
        ("https://a.example/{n:03}", "https://a.example/12", None),
        ("https://a.example/{n:03}", "https://a.example/0012", {"n": "0012"}),
        ("https://{c}.a.example/", "https://news.a.example/", {"c": "news"}),
        ("https://{c}.a.example/", "https://evil.example/x.a.example/", None),
        ("http://127.0.0.1:{p:int}/{n:int}", "http://127.0.0.1:8080/3", {"p": "8080", "n": "3"}),
        ("https://a.example/p.html", "https://a.example/pxhtml", None),
        ("https://a.example/{n:int}", f"https://a.example/{'9' * 400}", None),
    ],
)
def test_match(pattern: str, url: str, values: dict[str, str] | None) -> None:
    assert url_pattern(pattern).match(url) == values


def test_fill() -> None:
    assert fill("/{a}/{a:int}/{a:05}/", {"a": "0042"}) == "/0042/42/00042/"
    assert template_names("/{a}/{b:03}") == {"a", "b"}
