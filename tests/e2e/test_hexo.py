"""A real Hexo builds an exported blog, whatever stands in the posts.  Needs npm and its registry;
without, it is skipped."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from lxml import html

from tests.e2e.command import scraper
from tests.unit.export.exported import collect, picture_record, stored
from tests.unit.export.test_hexo import TITLES
from tests.unit.samples import article

PACKAGES = {"hexo": "^8.0.0", "hexo-renderer-marked": "^7.0.0"}
QUICKLY = "--ignore-scripts --no-audit --no-fund --prefer-offline --fetch-retries=1".split()
LAYOUT = (
    "<meta charset=utf-8><h1>{{ page.title | escape }}</h1><main>{{ page.content | safe }}</main>"
)
TEXT = "{{ 7 * 7 }} {% if %} {# x #} ``` *a* _b_ `c` # d\n\n\n1. e <!-- more --> &lt; $f$"


@pytest.fixture(scope="module")
def blog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty one, with Hexo in it."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    path = tmp_path_factory.mktemp("blog")
    package = {"name": "blog", "private": True, "dependencies": PACKAGES, "hexo": {"version": ""}}
    (path / "package.json").write_text(json.dumps(package))
    (path / "_config.yml").write_text("theme: plain\n")
    layouts = path / "themes" / "plain" / "layout"
    layouts.mkdir(parents=True)
    (layouts / "post.njk").write_text(LAYOUT)
    try:
        done = subprocess.run(
            ["npm", "install", *QUICKLY],
            cwd=path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    except subprocess.TimeoutExpired:
        pytest.skip("npm install took too long")
    if done.returncode:
        pytest.skip(f"npm install failed: {done.stderr[-300:]}")
    return path


def test_it_builds_what_was_exported(blog: Path, tmp_path: Path) -> None:
    odd = [
        article(number, TEXT, title=title, html=f"<p>{html_of(TEXT)}</p><pre>a\n\n```\nb</pre>")
        for number, title in enumerate(TITLES)
    ]
    media = stored(tmp_path / "c")
    collect(tmp_path / "c", [*odd, picture_record("kept", media)])
    code, _, err = scraper("export", str(tmp_path / "c"), "--to", "hexo", "-o", str(blog))
    assert (code, err) == (0, "")
    env = {name: value for name, value in os.environ.items() if not name.startswith("npm_")}
    done = subprocess.run(
        [str(blog / "node_modules" / ".bin" / "hexo"), "generate"],
        cwd=blog,
        env=env,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ERROR" not in done.stdout
    for number, title in enumerate(TITLES):
        page = html.parse(blog / "public" / f"news.example_{number}" / "index.html").getroot()
        assert " ".join(str(page.findtext(".//h1")).split()) == " ".join(title.split())
        (paragraph, pre) = page.findall(".//main/div/*")
        assert " ".join(paragraph.text_content().split()) == " ".join(TEXT.split())
        assert (pre.tag, pre.text) == ("pre", "a\n\n```\nb")
    page = html.parse(blog / "public" / "news.example_kept" / "index.html").getroot()
    (picture,) = page.iter("img")
    assert (blog / "public" / picture.get("src", "").lstrip("/")).is_file()


def html_of(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
