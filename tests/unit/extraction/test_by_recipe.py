"""A page read by its recipe."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from scraper.errors import FieldMissing, VerdictFailed
from scraper.extraction.by_recipe import choose_version, judge, read_by_recipe, read_field
from scraper.extraction.page import Found, Reading
from scraper.extraction.parse import parse_text
from scraper.recipe import Recipe
from scraper.recipe.fields import FieldRule
from tests.unit.extraction.pages import page, snapshot
from tests.unit.recipe.samples import TEXT, changed, recipe

HTML = """
<head><meta property="og:title" content=" Meta  title "><meta name=keywords content="a, b,c">
<script type="application/ld+json">{"@graph": [{"@type": "WebPage", "name": "no"},
{"@type": "NewsArticle", "headline": "LD title", "wordCount": 12,
 "author": [{"name": "Ada"}, {"name": "Bo"}]}]}</script></head>
<body><h1 class=new> Head<br>line </h1><time datetime="2024-05-06T07:08:09">6 May</time>
<p class=author>By Cy</p><p class=author>By Di</p><a id=l href="/x?y=1">go</a>
<i class=n>1,204 shares</i><i class=empty> </i>
<form class=later></form>
<div id=story><p>Body text.</p><p class=advert>Buy</p></div></body>
"""


def found(rule: dict[str, Any], kind: str = "text", html: str = HTML) -> Found[Any] | None:
    return read_field(page(html), FieldRule.model_validate(rule), kind, recipe())


def value(rule: dict[str, Any], kind: str = "text") -> Any:
    result = found(rule, kind)
    return result.value if result else None


def read(html: str = HTML, of: Recipe | None = None) -> Reading:
    return read_by_recipe(page(html), of or recipe())[0]


@pytest.mark.parametrize(
    ("candidate", "expected"),
    [
        ({"css": "h1"}, "Head line"),
        ({"css": "#l", "attr": "href"}, "/x?y=1"),
        ({"css": "#l", "attr": "title"}, None),
        ({"css": "h1.old"}, None),
        ({"css": "h1::text"}, "Head"),
        ({"css": "#l::attr(href)"}, "/x?y=1"),
        ({"css": ".empty"}, None),
        ({"xpath": "//h1"}, "Head line"),
        ({"xpath": "//a/@href"}, "/x?y=1"),
        ({"xpath": "//a", "attr": "id"}, "l"),
        ({"xpath": "count(//p)"}, "4"),
        ({"xpath": "//p[4]/text() | //h1/text()"}, "Head"),
        ({"meta": "OG:title"}, "Meta title"),
        ({"meta": "description"}, None),
        ({"jsonld": "headline"}, "LD title"),
        ({"jsonld": "NewsArticle:author.name"}, "Ada"),
        ({"jsonld": "WebPage:headline"}, None),
        ({"jsonld": "wordCount"}, "12"),
        ({"regex": "([0-9,]+) shares"}, "1,204"),
        ({"regex": "[0-9,]+ shares"}, "1,204 shares"),
        ({"regex": "nowhere"}, None),
    ],
)
def test_candidates(candidate: dict[str, Any], expected: str | None) -> None:
    assert value({"from": [candidate]}) == expected


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([{"strip_prefix": "By"}], ("Cy", "Di")),
        ([{"strip_suffix": "y"}], ("By C", "By Di")),
        ([{"regex": "By (C.)"}], ("Cy",)),
        ([{"regex": "^B."}], ("By",)),
        ([{"split": " "}], ("By", "Cy", "Di")),
        ([{"drop_first": 1}], ("By Di",)),
        ([{"join": " & "}], ("By Cy & By Di",)),
        (["lower"], ("by cy", "by di")),
        ([{"strip_prefix": "By"}, "absolute_url"], (
            "https://news.example/2026/Cy", "https://news.example/2026/Di")),
        ([{"drop_first": 2}], None),
    ],
)  # fmt: skip
def test_transforms(steps: list[Any], expected: tuple[str, ...] | None) -> None:
    assert value({"from": [{"css": ".author", "then": steps}]}, "list") == expected


def test_the_raw_value_of_a_list_keeps_its_texts_apart() -> None:
    for steps in ([], [{"split": " "}]):
        result = found({"from": [{"css": ".author", "then": steps}]}, "list")
        assert result is not None
        assert result.raw == "By Cy | By Di"
    whole = found({"from": [{"css": "body"}]}, "list")
    assert whole is not None
    assert "By Cy By Di" in (whole.raw or "")


def test_the_first_candidate_that_is_non_empty_after_its_transforms_wins() -> None:
    rule = {
        "from": [
            {"css": ".empty"},
            {"css": "h1", "then": [{"regex": "nothing like it"}]},
            {"css": ".author", "then": [{"strip_prefix": "By"}]},
        ],
        "then": ["lower"],
    }
    result = found(rule)
    assert result is not None
    assert (result.value, result.index, result.candidate) == ("cy", 2, "css:.author")
    assert result.raw == "By Cy"
    assert result.node is not None
    assert result.node.get("class") == "author"


@pytest.mark.parametrize(
    ("kind", "candidate", "expected"),
    [
        ("integer", {"css": ".n", "then": [{"regex": "[0-9,]+"}]}, 1204),
        ("number", {"css": ".n", "then": [{"regex": "[0-9,]+"}]}, 1204.0),
        ("integer", {"css": "h1"}, None),
        ("boolean", {"xpath": "boolean(//h1)"}, True),
        ("boolean", {"xpath": "boolean(//h7)"}, False),
        ("url", {"css": "#l", "attr": "href"}, "https://news.example/x?y=1"),
        ("list", {"meta": "keywords", "then": [{"split": ","}]}, ("a", "b", "c")),
    ],
)
def test_kinds(kind: str, candidate: dict[str, Any], expected: object) -> None:
    assert value({"from": [candidate]}, kind) == expected


def test_a_date_in_the_sites_zone_and_candidates_that_do_not_parse_are_passed_over() -> None:
    rule = {
        "from": [{"css": "h1"}, {"css": "time", "attr": "datetime"}],
        "parse": {"datetime": ["%d.%m.%Y", "iso"]},
    }
    result = found(rule, "datetime")
    assert result is not None
    assert result.index == 1
    assert result.value.at == datetime(2024, 5, 6, 7, 8, 9, tzinfo=timezone(timedelta(hours=2)))
    assert (result.value.zone, result.value.precision) == ("recipe", "second")


def test_a_date_with_a_zone_keeps_it_and_seven_digits_of_a_second_are_read() -> None:
    html = "<time>2026-06-24T21:04:28.1234567+08:00</time>"
    rule = {"from": [{"css": "time"}], "parse": {"datetime": ["iso"]}}
    result = found(rule, "datetime", html)
    assert result is not None
    assert result.value.at.astimezone(UTC).hour == 13
    assert result.value.zone == "page"


# Verdicts


def test_the_first_verdict_that_holds_wins() -> None:
    judge(page(HTML), recipe())
    for html, status, name in [
        (HTML, 404, "gone"),
        ("<form class=login></form><div id=story>", 200, "login"),
        ("<p>nothing known", 200, "unknown"),
    ]:
        with pytest.raises(VerdictFailed) as caught:
            judge(parse_text(html, snapshot(status=status)), recipe())
        assert caught.value.code == f"verdict.{name}"


def test_verdicts_by_address_and_by_what_is_missing() -> None:
    of = recipe(
        changed("  - {is: gone", '  - {is: live, url: ["*/2026/*"], lacks: [".x"]}\n  - {is: gone')
    )
    with pytest.raises(VerdictFailed) as caught:
        judge(page(HTML), of)
    assert caught.value.name == "live"
    judge(page(HTML + "<i class=x>"), of)
    judge(page(HTML, "https://news.example/2025/a.html"), of)


# Versions

VERSIONS = (
    TEXT
    + """\
  - id: old
    extends: new
    valid_until: "2024-01-01"
    when: {lacks: "h1.new"}
    fields:
      published: {from: [{css: .when}], parse: {datetime: ["%d.%m.%Y"]}}
"""
)


@pytest.mark.parametrize(
    ("html", "version", "surprised"),
    [
        ("<h1 class=new>x</h1><time>2024-01-01T00:00:00</time>", "new", False),
        ("<h1>x</h1><time>2023-12-31T23:59:59</time>", "old", False),
        # The date is read by whichever version can read it.
        ("<h1>x</h1><i class=when>31.12.2023</i>", "old", False),
        # Half past midnight in Oslo is still the year before in UTC.
        ("<h1 class=new>x</h1><time datetime='2023-12-31T23:30:00+00:00'></time>", "new", False),
        # The look of the other version: all probes are tried, the record says so.
        ("<h1>x</h1><time>2024-06-01T00:00:00</time>", "old", True),
        ("<h1 class=new>x</h1><time>2023-06-01T00:00:00</time>", "new", True),
        # Without a date the probes decide.
        ("<h1 class=new>x</h1>", "new", False),
        ("<h1>x</h1>", "old", False),
    ],
)  # fmt: skip
def test_the_version_by_window_and_probe(html: str, version: str, surprised: bool) -> None:
    chosen, flag = choose_version(page(html), recipe(VERSIONS))
    assert (chosen.id, flag) == (version, surprised)


def test_a_look_that_no_version_knows() -> None:
    of = recipe(changed('when: {has: "h1.new"}', 'when: {has: "h1.newest"}'))
    chosen, surprised = choose_version(page(HTML), of)
    assert (chosen.id, surprised) == ("new", True)
    assert read(of=of).warnings == ["layout_surprise"]


# The whole reading


def test_fields_and_body() -> None:
    reading = read()
    assert reading.fields["title"].value == "Head line"
    assert reading.fields["authors"].value == ("By Cy", "By Di")
    assert reading.body is not None
    assert reading.body.candidate == "css:#story"
    assert [node.get("class") for node in reading.body.dropped] == ["advert"]
    assert reading.warnings == []


def test_a_required_field_that_finds_nothing_is_a_failure_with_its_name() -> None:
    with pytest.raises(FieldMissing) as caught:
        read(HTML.replace("h1", "h2"))
    assert caught.value.field == "title"
    with pytest.raises(FieldMissing) as caught:
        read(HTML.replace("Body text.", "").replace("Buy", ""))
    assert caught.value.field == "body"


def test_fields_of_the_sites_own() -> None:
    extra = (
        "    extra:\n      shares: {type: integer, required: true, from: [{css: .n, "
        "then: [{regex: '[0-9,]+'}]}]}\n    body:"
    )
    of = recipe(changed("    body:", extra))
    assert read(of=of).extra["shares"].value == 1204
    with pytest.raises(FieldMissing) as caught:
        read(HTML.replace("1,204", ""), of)
    assert caught.value.field == "extra.shares"


@pytest.mark.parametrize(
    ("expect", "warnings"),
    [
        ("{min_length: 5}", []),
        ("{min_length: 50}", ["expect.title.min_length"]),
        ("{pattern: '^Head'}", []),
        ("{pattern: '^Foot'}", ["expect.title.pattern"]),
    ],
)
def test_expectations_of_a_field_are_warnings(expect: str, warnings: list[str]) -> None:
    of = recipe(changed("required: true", f"required: true\n        expect: {expect}"))
    assert read(of=of).warnings == warnings


def test_roots_do_not_stand_in_each_other() -> None:
    of = recipe(changed('{css: "#story"}]\n', '{css: "#story, #story p"}]\n'))
    body = read(of=of).body
    assert body is not None
    assert [root.get("id") for root in body.roots] == ["story"]
