from __future__ import annotations

from scraper.extraction.structured import read_jsonld, strings, types


def test_graphs_arrays_and_nesting_are_opened() -> None:
    things = read_jsonld(
        ['{"@graph": [{"@type": "WebPage", "author": {"@type": "Person", "name": "Ada"}}]}',
         '[{"@type": ["NewsArticle", "http://schema.org/Report"], "headline": "One"}]']
    )  # fmt: skip
    assert [types(thing) for thing in things] == [
        ["webpage"],
        ["person"],
        ["newsarticle", "report"],
    ]


def test_common_faults_are_repaired() -> None:
    broken = [
        '<!-- {"@type": "Article", "headline": "a"} -->',
        '//<![CDATA[\n{"@type": "Article", "headline": "b"}\n//]]>',
        '{"@type": "Article", "headline": "c",}',
        '{"@type": "Article", "headline": "d\nd"};',
    ]
    assert [thing["headline"] for thing in read_jsonld(broken)] == ["a", "b", "c", "d\nd"]


def test_what_cannot_be_read_is_left_out() -> None:
    texts = ["{", "[" * 100_000, '"text"', "null", "{" * 5000, '{"@type": {"a": 1}, "name": 5}']
    things = read_jsonld(texts)
    assert [types(thing) for thing in things] == [[]]
    assert strings(things[0].get("name")) == []


def test_things_of_other_pages_are_not_read() -> None:
    text = """{"@type": "LiveBlogPosting", "headline": "x", "liveBlogUpdate":
              [{"@type": "BlogPosting", "headline": "y"}], "comment": {"@type": "Comment"}}"""
    assert [thing["headline"] for thing in read_jsonld([text])] == ["x"]
    faq = '{"@type": "FAQPage", "mainEntity": [{"@type": "Question", "name": "Why?"}]}'
    assert [types(thing) for thing in read_jsonld([faq])] == [["faqpage"]]


def test_strings_of_every_shape() -> None:
    assert strings(["a", {"name": "b"}, {"@value": "c"}, 3, None]) == ["a", "b", "c"]
    assert strings({"url": "/x"}, key="url") == ["/x"]
    assert strings("Tom &amp; Ann&#039;s") == ["Tom & Ann's"]
