"""Posts of a blog come back as records: ours whole, others as far as they say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from scraper.errors import UsageError
from scraper.extraction import extract
from scraper.offline import import_posts
from scraper.opening import open_collection
from scraper.record import Article
from scraper.selection import Selection
from tests.unit.export.exported import collect, exported, picture_record, stored
from tests.unit.samples import HandClock, article

OLD = """
---
title: '灯塔 {colon}: “海雾”'
categories: 
 - 新媒体
 - 灯 塔
headimg: 'https://img.example/a.png'
author: 青橙
comments: false
date: Fri, 26 Aug 2022 05:01:45 GMT
thumbnail: 'https://img.example/a.png'
---

<div>   
<p data-vmark="a1b2">第一段。</p><p><strong>小标题</strong></p><p style="text-align: center;"><img src="https://img.example/a.png" w="10" alt="图" width="10" height="5" referrerpolicy="no-referrer"></p>
<pre>a

b</pre>
          
</div>
            """  # noqa: E501, W291, W293 - as such archives are


def blog(path: Path, **posts: str) -> Path:
    folder = path / "blog" / "source" / "_posts"
    folder.mkdir(parents=True)
    for name, text in posts.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return path / "blog"


def brought(folder: Path, collection: Path) -> list[Article]:
    told = list(import_posts(folder, collection))
    assert [problem for _, _, problem in told if problem] == []
    with open_collection(collection) as opened:
        return list(opened.articles(latest=True))


def one(tmp_path: Path, text: str) -> Article:
    (found,) = brought(blog(tmp_path, post=text), tmp_path / "c")
    return found


def test_what_we_exported_comes_back_as_it_was(tmp_path: Path) -> None:
    page = """<html lang="en"><title>x</title><article><h1>Tides: "high" & {low}</h1><p>It rose for
      eleven days and nobody on the island had a word for it at all.</p><p><b>Why</b></p><ul>
      <li>one</li><li>two</li></ul><blockquote><p>Said Ada.</p></blockquote><pre>a

      b</pre><table><tr><th>a</th></tr><tr><td>1</td></tr></table><p>The end of the story of the
      tide gauge that the children of the school have built.</p></article>"""
    first = extract(page, "https://gazette.example/tides.html")
    at = datetime(2026, 3, 14, 17, 26, tzinfo=timezone(timedelta(hours=8)))
    rich = first.model_copy(
        update={"id": "gazette:7", "site": "gazette", "published": at, "tags": ("sea", "a: b")}
        | {"authors": ("Maud", "Tomas"), "categories": ("News", "Sea"), "source": "The Post"}
    )
    media = stored(tmp_path / "c")
    collect(tmp_path / "c", [rich, picture_record("kept", media), article(3)])
    profile = {"author": "Another", "root": "/deep/blog/"}
    exported(tmp_path / "c", "hexo", tmp_path / "blog", profile=profile)
    back = {found.id: found for found in brought(tmp_path / "blog", tmp_path / "back")}
    with open_collection(tmp_path / "c") as opened:
        before = {found.id: found for found in opened.articles(latest=True)}
    assert back.keys() == before.keys()
    same = "id url site title published authors editors source categories tags language".split()
    for id, was in before.items():
        for name in (*same, "blocks", "paragraphs", "text", "images", "fetched_at"):
            assert getattr(back[id], name) == getattr(was, name), name
    assert back["gazette:7"].published_zone == "page"
    assert (tmp_path / "back" / media.path).read_bytes() == (
        tmp_path / "c" / media.path
    ).read_bytes()


def test_again_it_adds_nothing(tmp_path: Path) -> None:
    folder = blog(tmp_path, a=OLD, b=OLD.replace("第一段", "另一段"))
    for expected in (["record", "record"], ["unchanged", "unchanged"]):
        assert [kind for _, kind, _ in import_posts(folder, tmp_path / "c")] == expected


def test_a_post_of_an_older_generator(tmp_path: Path) -> None:
    found = one(tmp_path, OLD.format(colon="&#123;x&#125;"))
    assert found.title == "灯塔 {x}: “海雾”"
    assert found.published == datetime(2022, 8, 26, 5, 1, 45, tzinfo=UTC)
    assert found.categories == ("新媒体", "灯 塔")
    assert (found.source, found.authors) == ("青橙", ())
    assert found.paragraphs == ("第一段。", "小标题")
    assert [block.type for block in found.blocks] == ["paragraph", "heading", "image", "code"]
    assert found.lead_image
    assert found.lead_image.url == found.images[0].url == "https://img.example/a.png"
    assert "referrerpolicy" not in found.html
    assert found.warnings == ("url.unknown",)


@pytest.mark.parametrize(
    ("front", "title"),
    [
        ("---\ntitle: 'It's \"so\"'\n---\n", 'It\'s "so"'),
        ("\ufeff---\r\ntitle: Rain\r\n---\r\n", "Rain"),
        ('"title": "Rain",\n"tags": ["a"]\n;;;\n', "Rain"),
        (';;;\n"title": "Rain"\n;;;\n', "Rain"),
        ("---\ntitle: 2022\n---\n", "2022"),
    ],
)
def test_front_matter_as_it_is_found(tmp_path: Path, front: str, title: str) -> None:
    assert one(tmp_path, f"{front}<div><p>Text.</p></div>").title == title


def test_markdown_is_read_too(tmp_path: Path) -> None:
    text = "---\ntitle: T\nlink: https://gazette.example/7\n---\n## Head\n\nOne *two*.\n\n- a"
    found = one(tmp_path, text)
    assert [block.type for block in found.blocks] == ["heading", "paragraph", "list"]
    assert found.paragraphs == ("One two.", "a")
    assert found.canonical_url == "https://gazette.example/7"
    assert found.warnings == ()


def test_markup_of_a_post_is_not_trusted(tmp_path: Path) -> None:
    text = "---\ntitle: T\nlink: javascript:x()\n---\n<p onclick=x()>Text<script>x()</script></p>"
    found = one(tmp_path, text)
    assert found.html == "<p>Text</p>"
    assert found.url.startswith("http://unknown.invalid/")


def test_no_picture_comes_from_outside_the_blog(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(b"\x89PNG secret")
    front = (
        '---\ntitle: T\nrecord:\n  pictures:\n    "/../../secret.png": "https://img.example/a.png"\n'
        "---\n"
    )
    found = one(tmp_path, f'{front}<p>Text <img src="/../../secret.png"></p>')
    assert [image.media for image in found.images] == [None]


def test_a_bad_post_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    folder = blog(tmp_path, bad="no front matter", empty="---\ntitle:\n---\n", good=OLD)
    told = {
        path.stem: (kind, problem) for path, kind, problem in import_posts(folder, tmp_path / "c")
    }
    assert told["good"] == ("record", None)
    assert told["bad"] == ("failed", "bad.md: no front matter")
    assert told["empty"][0] == "failed"


def test_of_every_revision_the_last_is_read(tmp_path: Path) -> None:
    clock = HandClock()
    collect(tmp_path / "c", [article(1)], clock)
    clock.at += timedelta(days=1)
    collect(tmp_path / "c", [article(1, "New.", content_hash="1" * 64)], clock)
    exported(tmp_path / "c", "hexo", tmp_path / "blog", chosen=Selection(revisions="all"))
    assert [found.text for found in brought(tmp_path / "blog", tmp_path / "back")] == ["New."]


def test_where_no_post_is(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no posts in"):
        list(import_posts(tmp_path, tmp_path / "c"))
    assert not (tmp_path / "c").exists()
