"""Content encodings, piece by piece and bounded."""

import gzip
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from scraper.decoding import BodyDecoder
from scraper.errors import BodyIncomplete, BodyTooLarge, BodyUndecodable


def raw_deflate(data: bytes) -> bytes:
    return zlib.compress(data)[2:-4]


ENCODERS = {
    "": bytes,
    "identity": bytes,
    "gzip": gzip.compress,
    "X-GZIP": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
}


def decoded(encoding: str | None, data: bytes, limit: int = 2**20, size: int = 7) -> bytes:
    decoder = BodyDecoder(encoding, limit)
    for start in range(0, len(data), size):
        decoder.feed(data[start : start + size])
    return decoder.finish()


@given(
    data=st.binary(max_size=3000), name=st.sampled_from(sorted(ENCODERS)), size=st.integers(1, 999)
)
def test_what_was_encoded_is_decoded(data: bytes, name: str, size: int) -> None:
    assert decoded(name, ENCODERS[name](data), size=size) == data


def test_encodings_are_undone_from_the_last() -> None:
    assert decoded("br, gzip", gzip.compress(brotli.compress(b"text"))) == b"text"
    assert decoded(None, b"text") == b"text"


def test_deflate_without_its_wrapping() -> None:
    assert decoded("deflate", raw_deflate(b"text" * 99)) == b"text" * 99


def test_an_empty_body_needs_no_encoding() -> None:
    assert decoded("gzip", b"") == b""


def test_what_follows_the_end_is_ignored() -> None:
    for name in ("gzip", "zstd"):
        assert decoded(name, ENCODERS[name](b"text") + b"trailing", size=999) == b"text"


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd"])
def test_a_cut_encoding_is_incomplete(name: str) -> None:
    data = ENCODERS[name](b"some text that is long enough" * 20)
    for cut in (1, 5, len(data) // 2):
        with pytest.raises(BodyIncomplete):
            decoded(name, data[:-cut])


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd"])
def test_what_is_not_encoded_at_all(name: str) -> None:
    with pytest.raises(BodyUndecodable, match=name):
        decoded(name, b"<!doctype html><p>plain text, and more of it than a header has")


@pytest.mark.parametrize("name", ["compress", "gzip, nonsense", ", ".join(["gzip"] * 5)])
def test_unknown_and_stacked_encodings(name: str) -> None:
    with pytest.raises(BodyUndecodable):
        BodyDecoder(name, 100)


@pytest.mark.parametrize("names", ["gzip", "deflate", "br", "zstd", "br, gzip", "gzip, zstd"])
def test_the_limit_counts_decoded_bytes(names: str) -> None:
    bomb = bytes(2**23)
    for name in names.split(", "):
        bomb = ENCODERS[name](bomb)
    decoder = BodyDecoder(names, 2**20)
    with pytest.raises(BodyTooLarge):
        decoder.feed(bomb)
    assert sum(map(len, decoder._pieces)) <= 2**20


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd"])
def test_a_small_answer_that_grows_a_lot_is_whole(name: str) -> None:
    page = bytes(2**20)
    assert decoded(name, ENCODERS[name](page), limit=2**20, size=2**16) == page


def test_the_limit_itself_is_allowed() -> None:
    assert decoded("gzip", gzip.compress(bytes(1000)), limit=1000) == bytes(1000)
    with pytest.raises(BodyTooLarge):
        decoded("gzip", gzip.compress(bytes(1001)), limit=1000)
