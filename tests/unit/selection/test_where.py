"""The comparison language: what holds, and where it says it does not understand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from scraper.errors import WhereRefused
from scraper.record import Article, Heading, Image, Media, Paragraph
from scraper.selection import parse_where
from tests.unit.samples import article as sample


def record(**more: Any) -> Article:
    picture = Media(path="media/ab/x.png", sha256="a" * 64, bytes=2048, mime="image/png")
    fields: dict[str, Any] = {
        "title": 'Rain in the "Blue" Valley',
        "site": "gazette.example",
        "published": datetime(2026, 3, 14, 9, 26, tzinfo=UTC),
        "authors": ("Maud Ellery", "Tomas Quill"),
        "language": "zh-CN",
        "blocks": (Heading(level=2, text="Sixteen years"), Paragraph(text="It rained.")),
        "images": (
            Image(url="https://gazette.example/1.png", media=picture, width=640),
            Image(url="https://gazette.example/2.png"),
        ),
        "extra": {"votes": 12, "open": True, "opens": "2026-05-01", "tags": ["a", "b"]},
        "text": "It rained.",
    }
    return sample(**{**fields, **more})


@pytest.mark.parametrize(
    "text",
    [
        "site = gazette.example",
        "site != other.example",
        "  title = 'Rain in the \"Blue\" Valley'  ",
        'title = "Rain in the \\"Blue\\" Valley"',
        "title contains RAIN",
        "title matches '^Rain.*Valley$'",
        "authors = 'Tomas Quill'",
        "authors contains quill",
        "authors != Nobody",
        "published = 2026-03-14",
        "published = 2026-03",
        "published = 2026",
        "published <= 2026-03-14",
        "published > 2026-03-13 and published < 2026-03-15",
        "published = 2026-03-14T17:26+08:00",
        "published >= 2026-03-14T09:26:00Z",
        "count(images) = 2",
        "count(images.media) = 1",
        "count(text) >= 10",
        "count(tags) = 0",
        "count(images) != 3",
        "images.width > 600",
        "images.media.bytes <= 2048",
        "images.media.mime in (image/webp, image/png)",
        "blocks.level = 2",
        "blocks.type = heading",
        "blocks.inferred = false",
        "modified = null",
        "lead_image = null and published != null",
        "authors",
        "not tags",
        "not (tags or editors)",
        "tags or authors and language = zh-CN",
        "extra.votes > 11 and extra.votes = 12",
        "extra.open = true",
        "extra.opens >= 2026-05 and extra.opens < 2026-06",
        "extra.tags = b",
        "NOT tags AND authors",
    ],
)
def test_what_holds(text: str) -> None:
    assert parse_where(text)(record())


@pytest.mark.parametrize(
    "text",
    [
        "site = Gazette.example",
        "authors != 'Maud Ellery'",
        "published > 2026-03-14",
        "published < 2026-03-14",
        "published = 2026-03-15",
        "modified < 2030-01-01",
        "images.width < 600",
        "count(images) > 2",
        "tags = a or tags contains a",
        "not authors",
        "title matches '^Valley'",
        "extra.votes > 12",
        "extra.open = false",
        "extra.missing = 1",
        "extra.tags > 3",
        "language in (en, de)",
        "tags and authors or editors",
    ],
)
def test_what_does_not_hold(text: str) -> None:
    assert not parse_where(text)(record())


@pytest.mark.parametrize(
    ("text", "at", "problem"),
    [
        ("", 0, "expected the name of a field"),
        ("titel = x", 0, "did you mean title?"),
        ("images.byte = 1", 0, "of 'images'"),
        ("title.size = 1", 0, "'title' has no fields of its own"),
        ("title < x", 6, "a text is compared with"),
        ("title =", 7, "expected a value"),
        ("title = and", 8, "expected a value"),
        ("title contians x", 6, "expected = !="),
        ("(title = x", 10, "expected )"),
        ("title = x)", 9, "expected and, or, or the end"),
        ("published > soon", 12, "'soon' is no date"),
        ("published = 2026-13", 12, "'2026-13' is no date"),
        ("published contains 2026", 10, "contains is for texts"),
        ("status = ok", 9, "expected a number"),
        ("blocks = 3", 7, "count(blocks)"),
        ("blocks.inferred = maybe", 18, "= true or = false"),
        ("count(images)", 13, "expected a comparison"),
        ("count(images) contains 3", 14, "a count is compared"),
        ("title > null", 6, "null is compared"),
        ("title matches '('", 14, "regular expression"),
        ("title = 'x", 8, "does not end"),
        ("title in x", 9, "expected ("),
        ("title ! x", 6, "not understood"),
        ("(" * 60, 50, "nested more than 50"),
        ("not " * 5000 + "title", 10_000, "longer than"),
    ],
)
def test_what_is_refused_and_where(text: str, at: int, problem: str) -> None:
    with pytest.raises(WhereRefused) as refused:
        parse_where(text)
    assert refused.value.at == at
    assert problem in str(refused.value)


def test_nothing_of_it_is_run() -> None:
    with pytest.raises(WhereRefused):
        parse_where("__import__('os').system('true')")
    assert not parse_where('title = "x\' OR 1=1 --"')(record())
