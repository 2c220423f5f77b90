"""Names of fields, checked against the model of a record."""

from __future__ import annotations

import pytest

from scraper.record import Article, Image
from scraper.selection import UnknownField, field_path
from tests.unit.samples import article


def test_every_field_has_a_path() -> None:
    for name in Article.model_fields:
        assert field_path(name).name == name


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("title", "text"),
        ("kind", "text"),
        ("status", "number"),
        ("published", "moment"),
        ("published_precision", "text"),
        ("authors", "text"),
        ("images", "part"),
        ("images.media.width", "number"),
        ("blocks.text", "text"),
        ("blocks.ordered", "truth"),
        ("blocks.items.depth", "number"),
        ("provenance.title.candidate", "text"),
        ("extra.anything.below", "any"),
    ],
)
def test_the_kind(name: str, kind: str) -> None:
    assert field_path(name).kind == kind


def test_picking_keeps_the_lists() -> None:
    dumped = article(images=(Image(url="https://a.example/1"),)).model_dump(mode="json")
    assert field_path("images.url").pick(dumped) == ["https://a.example/1"]
    assert field_path("images.media.path").pick(dumped) == [None]
    assert field_path("recipe.id").pick(dumped) is None


def test_an_unknown_one_is_told_with_the_nearest() -> None:
    with pytest.raises(UnknownField, match="did you mean published"):
        field_path("publised")
