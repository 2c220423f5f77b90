"""Why each part of a page was kept or dropped."""

from __future__ import annotations

import pytest
from lxml import html

from scraper.extraction.explain import explain
from scraper.recipe import Recipes
from scraper.snapshot import Snapshot

PAGE = """<html><head><title>T</title><base href="/deep/">
<meta http-equiv="refresh" content="0; url=http://bad.example/"></head><body onload="go()">
<nav><ul><li><a href="/a">News</a></li><li><a href="/b">Sport</a></li></ul></nav>
<article><h1>A bridge of paper</h1>
<p>The bridge over the mill stream is made of paper, and it has carried everybody who wished to
cross it since the beginning of the year, says the miller.</p>
<p>Nobody knows how long it will last, but nobody has looked for another way either, and the
children use it twice a day on their way to school.</p>
<script>steal()</script><iframe src="http://bad.example/"></iframe></article>
<footer><p><a href="/imprint">Imprint</a> <a href="/terms">Terms</a></p></footer>
</body></html>"""


def page(text: str, url: str = "https://a.example/x.html") -> Snapshot:
    return Snapshot(url, url, 200, (), text.encode(), None, None, "file")


def test_each_part_has_a_verdict_a_reason_and_a_place() -> None:
    parts = {part.xpath: part for part in explain(page(PAGE), Recipes()).parts}
    kept = parts["/html/body/article/p[1]"]
    assert kept.verdict in ("kept", "root")
    assert kept.reason
    assert kept.text.startswith("The bridge over the mill stream")
    assert parts["/html/body/nav"].verdict == "dropped"
    assert "root" in {part.verdict for part in parts.values()}


def test_the_overlay_marks_the_parts_and_runs_nothing() -> None:
    overlay = explain(page(PAGE), Recipes()).overlay
    tree = html.fromstring(overlay)
    marked = {node.get("data-body") for node in tree.iter() if node.get("data-body")}
    assert {"kept", "dropped", "root"} <= marked
    (policy,) = [meta for meta in tree.iter("meta") if meta.get("http-equiv")]
    assert policy.get("http-equiv") == "Content-Security-Policy"
    assert "default-src 'none'" in policy.get("content", "")
    assert [base.get("href") for base in tree.iter("base")] == ["https://a.example/deep/"]
    for active in ("<script", "<iframe", "onload", "bad.example"):
        assert active not in overlay


def test_with_a_recipe_its_root_and_strip_list_are_the_reasons() -> None:
    story = """<html><body><article class="story"><h1>T</h1>
    <p class="byline"><time class="published" datetime="2026-03-14T09:26:00+00:00"></time></p>
    <div class="body"><p>Enough words for a paragraph that stands in the body of a story.</p>
    <p class="advert">Buy!</p></div></article>"""
    shown = explain(page(story, "http://lantern.example/story/1.html"), Recipes.load()).parts
    reasons = {part.text: (part.verdict, part.reason) for part in shown}
    assert reasons["Buy!"] == ("dropped", "stripped by the recipe")
    assert ("root", "css:article.story > div.body") in reasons.values()


@pytest.mark.parametrize("text", ["<p></p>", "<html><body></body></html>"])
def test_a_page_without_a_body_has_no_parts(text: str) -> None:
    assert explain(page(text), Recipes()).parts == ()
