"""Saved pages."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from scraper.cli.extract import _saved
from scraper.errors import UsageError
from scraper.job import Job

URL = "https://a.example/"


def test_a_packed_page_is_unpacked_up_to_what_a_crawl_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = 2000
    monkeypatch.setattr(Job.model_fields["max_bytes"], "default", most)
    saved = tmp_path / "page.gz"
    saved.write_bytes(gzip.compress(b"<p>one") + gzip.compress(b"<p>two"))
    assert _saved(str(saved), URL) == (b"<p>one<p>two", URL)
    saved.write_bytes(gzip.compress(bytes(most + 1)))
    with pytest.raises(UsageError, match=f"more than {most} bytes"):
        _saved(str(saved), URL)
