"""`scraper import` as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.e2e.command import records, scraper
from tests.unit.export.exported import collect
from tests.unit.samples import article


def test_there_and_back(tmp_path: Path) -> None:
    collect(tmp_path / "c", [article(1), article(2, "雨。")])
    blog, back = str(tmp_path / "blog"), str(tmp_path / "back")
    assert scraper("export", str(tmp_path / "c"), "--to", "hexo", "-o", blog)[0] == 0
    code, out, err = scraper("import", "--from", "hexo", blog, "-o", back, "--json")
    assert (code, err) == (0, "")
    assert json.loads(out) == {"record": 2, "unchanged": 0, "failed": 0}
    assert [one["id"] for one in records(tmp_path / "back")] == ["news.example:1", "news.example:2"]
    (tmp_path / "blog/source/_posts/bad.md").write_text("nothing")
    code, out, err = scraper("import", blog, "-o", back, "--json")
    assert (code, json.loads(out)) == (1, {"record": 0, "unchanged": 2, "failed": 1})
    assert "bad.md: no front matter" in err


def test_where_no_post_is(tmp_path: Path) -> None:
    code, _, err = scraper("import", "--from", "hexo", str(tmp_path), "-o", str(tmp_path / "c"))
    assert code == 2
    assert "no posts in" in err
