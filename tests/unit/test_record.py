from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import orjson
import pytest
from pydantic import ValidationError

from scraper.record import (
    Article,
    Code,
    Embed,
    Failure,
    Heading,
    Image,
    ImageBlock,
    ListBlock,
    ListItem,
    Media,
    MediaFailure,
    Paragraph,
    Quote,
    Table,
    content_hash,
    to_json_line,
)
from tests.unit.samples import MOMENT, article

BLOCKS = (
    Heading(level=2, text="Harbour"),
    Paragraph(text="A quiet one."),
    ListBlock(ordered=True, items=(ListItem(text="boats"), ListItem(text="nets", depth=1))),
    Quote(paragraphs=("It was quiet.",)),
    Code(text="boat()\n", language="python"),
    Table(rows=(("boat", "net"), ("1", "2")), header=True),
    ImageBlock(image=0),
    Embed(kind="video", url="https://a.example/v"),
)


def picture(name: str = "x") -> Image:
    return Image(url=f"https://a.example/{name}.png")


def stored() -> Media:
    return Media(path="media/00/x.png", sha256="0" * 64, bytes=5, mime="image/png")


def test_a_record_comes_back_from_its_line() -> None:
    made = article(1, blocks=BLOCKS, images=(picture(),), published=MOMENT, extra={"n": [1, None]})
    assert Article.model_validate_json(to_json_line(made)) == made


def test_a_line_is_one_line_for_every_reader() -> None:
    made = article(1, "one\ntwo\r\u2028three\u2029four\x85five\x00six\x0b\x0c\x1c")
    line = to_json_line(made)
    assert line.endswith(b"\n")
    assert len(line.decode().splitlines()) == 1
    assert orjson.loads(line)["text"] == made.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"unknown": 1},
        {"status": "200"},
        {"published": datetime(2026, 5, 4)},  # noqa: DTZ001 - a time without a zone is the point
        {"content_hash": "xyz"},
        {"revision": 0},
        {"rendered_with": "magic"},
        {"blocks": ({"type": "poem", "text": "x"},)},
    ],
)
def test_a_record_is_strict(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        article(1, **wrong)


def test_a_record_is_frozen() -> None:
    with pytest.raises(ValidationError):
        setattr(article(1), "title", "another")  # noqa: B010 - the type checker knows it is frozen


def test_the_hash_is_of_the_content_alone() -> None:
    def of(**other: Any) -> str:
        given: dict[str, Any] = {
            "title": "Harbour",
            "published": MOMENT,
            "authors": ["Jane"],
            "blocks": BLOCKS,
            "picture_urls": ["https://a.example/x.png"],
        }
        return content_hash(**{**given, **other})

    same_moment = MOMENT.astimezone(timezone(timedelta(hours=8)))
    assert of() == of(published=same_moment)
    others = [
        of(title="Harbor"),
        of(title=None),
        of(published=MOMENT + timedelta(seconds=1)),
        of(published=None),
        of(authors=["Jane", "Joe"]),
        of(blocks=BLOCKS[1:]),
        of(picture_urls=[]),
    ]
    assert len({of(), *others}) == len(others) + 1


def test_pictures_are_listed_once_in_reading_order() -> None:
    made = article(1, images=(picture("b"), picture("a"), picture("b")), lead_image=picture("c"))
    assert made.picture_urls() == [f"https://a.example/{name}.png" for name in "bac"]


def test_what_became_of_the_pictures_is_put_in_their_places() -> None:
    made = article(1, images=(picture("a"), picture("b")), lead_image=picture("a"))
    failed = MediaFailure(code="http.404", message="the server answered 404")
    done = made.with_media({picture("a").url: stored(), picture("b").url: failed})
    assert done.lead_image is not None
    assert done.images[0].media == done.lead_image.media == stored()
    assert (done.images[1].media, done.images[1].media_failure) == (None, failed)
    again = done.with_media({picture("b").url: stored()})
    assert again.images[0].media == stored(), "others are left alone"
    assert (again.images[1].media, again.images[1].media_failure) == (stored(), None)


def test_a_failure_comes_back_from_its_line() -> None:
    failure = Failure(
        url="https://a.example/", code="dns", message="no address", attempts=3, at=datetime.now(UTC)
    )
    assert Failure.model_validate_json(to_json_line(failure)) == failure
