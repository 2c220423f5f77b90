from __future__ import annotations

from typing import Any

import orjson
import pytest

from scraper.record import Article
from scraper.store.lines import encode, pack, to_line, unpack
from tests.unit.samples import article


def test_an_ordinary_record_is_said_as_it_is() -> None:
    made = article(1, "港 \u2028 \x00 \x85 end")
    said, line = to_line(made)
    assert said is made
    assert Article.model_validate_json(line) == made
    assert line.count(b"\n") == 1
    assert line.decode().splitlines() == [line.decode().rstrip("\n")]


@pytest.mark.parametrize(
    ("extra", "kept"),
    [
        ({"half": "a \ud800 pair"}, {"half": "a \ufffd pair"}),
        ({"ke\udfffy": ["x\udc00", ("y",)]}, {"ke\ufffdy": ["x\ufffd", ["y"]]}),
        ({"big": 2**70, "ok": -5}, {"big": str(2**70), "ok": -5}),
        ({"nested": {"big": [2**64]}}, {"nested": {"big": [str(2**64)]}}),
    ],
)
def test_what_has_no_form_in_json_never_stops_a_record(
    extra: dict[str, Any], kept: dict[str, Any]
) -> None:
    said, line = to_line(article(1, extra=extra))
    assert orjson.loads(line)["extra"] == kept
    assert Article.model_validate_json(line).model_dump_json() == said.model_dump_json()


def test_a_title_with_half_a_pair_is_kept_readable() -> None:
    said, line = to_line(article(1, title="A \ud83d title", text="\udc00"))
    assert said.title == "A \ufffd title"
    assert Article.model_validate_json(line) == said


def test_whole_pairs_stay() -> None:
    assert encode("🌊 港") == "🌊 港".encode()


def test_packing_is_exact_and_small() -> None:
    line = article(1, "the same words " * 500).model_dump_json().encode()
    assert unpack(pack(line)) == line
    assert len(pack(line)) < len(line) / 10
