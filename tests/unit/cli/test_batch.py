"""Many saved pages at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orjson
import pytest

from scraper.cli.batch import extract_batch
from scraper.errors import UsageError

PAGE = """<html lang="en"><head><title>Story {0}</title></head><body><article><h1>Story {0}</h1>
<p>The first paragraph of story {0} is long enough to be taken for the text of an article.</p>
<p>So is the second one, which says nothing new but says it in quite a few words, all the same.</p>
<img src="/p{0}.png" width="600" height="400" alt="a picture">
</article></body></html>"""


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    folder.mkdir()
    return folder


def write(pages: Path, *contents: str | None) -> Path:
    manifest = pages.parent / "manifest.jsonl"
    with manifest.open("wb") as lines:
        for number, content in enumerate(contents):
            path = pages / f"{number}.html"
            if content is not None:
                path.write_text(content)
            task = {
                "id": str(number), "url": f"https://a.example/{number}", "html_path": path.name,
            }  # fmt: skip
            lines.write(orjson.dumps(task) + b"\n")
    return manifest


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_each_page_is_a_line_in_the_manifests_order(pages: Path, tmp_path: Path) -> None:
    manifest = write(pages, *(PAGE.format(n) if n != 9 else None for n in range(20)))
    out = tmp_path / "out.jsonl"
    assert extract_batch(pages, manifest, out, jobs=2) == (20, 1)
    written = lines(out)
    assert [line["id"] for line in written] == [str(n) for n in range(20)]
    assert written[3]["title"] == "Story 3"
    assert "first paragraph of story 3" in written[3]["text"]
    assert written[3]["images"] == ["https://a.example/p3.png"]
    fields = {"id", "title", "published", "authors", "text", "paragraphs", "images", "lead_image"}
    assert set(written[3]) == fields
    assert "FileNotFoundError" in written[9]["error"]
    assert (set(written[9]), written[9]["text"]) == (fields | {"error"}, "")


@pytest.mark.parametrize("line", ["no json", "[]", '{"id": 1}'])
def test_a_wrong_manifest_names_the_line(pages: Path, tmp_path: Path, line: str) -> None:
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_text(f"\n{line}\n")
    with pytest.raises(UsageError, match=r"manifest\.jsonl:2: .*id, url and html_path"):
        extract_batch(pages, manifest, tmp_path / "out.jsonl", jobs=1)


def test_files_that_cannot_be_opened_are_named(pages: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot read .*none\.jsonl"):
        extract_batch(pages, tmp_path / "none.jsonl", tmp_path / "out.jsonl")
    assert not (tmp_path / "out.jsonl").exists()
    with pytest.raises(UsageError, match=r"cannot write .*out\.jsonl"):
        extract_batch(pages, write(pages, PAGE.format(0)), tmp_path / "none" / "out.jsonl")
