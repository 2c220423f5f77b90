"""Posts for Hexo.  The first eleven tests are faults that an older generator of such posts had."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from scraper.errors import UsageError
from scraper.record import Image
from scraper.selection import Selection, field_path
from tests.unit.export.exported import (
    collect,
    exported,
    picture_record,
    post,
    posts,
    stored,
    tree,
)
from tests.unit.samples import MOMENT, HandClock, article

TITLES = [
    "She said 'no' and he said \"yes\": a story",
    "12.13 million: what / who \\ why? * <b>bold</b> | [x] “curly”",
    "{{ braces }} {% raw %} {# hash #}",
    "--- not the end",
    "# 1. - > @ ` ! % & * ? | : ,",
    "null",
    "2026-03-14",
    "🎏🏮 风筝节 👩‍👩‍👧",
    "线" * 300,
    "a\u2028b\u0085c\td\x07e\ufefff\U000e0001g",
    " spaces around ",
]


def test_1_the_address_of_the_article_is_kept(tmp_path: Path) -> None:
    collect(tmp_path / "c", [article(1)])
    exported(tmp_path / "c", "hexo", tmp_path / "blog")
    front, _ = post(posts(tmp_path / "blog")["news.example_1"])
    assert front["copyright"]["ref"]["url"] == "https://news.example/story/1"
    assert front["record"]["id"] == "news.example:1"


@pytest.mark.parametrize("title", TITLES)
def test_2_and_3_the_title_is_the_articles_whatever_stands_in_it(
    tmp_path: Path, title: str
) -> None:
    collect(tmp_path / "c", [article(1, title=title)])
    exported(tmp_path / "c", "hexo", tmp_path / "blog")
    front, _ = post(posts(tmp_path / "blog")["news.example_1"])
    assert front["title"] == title


def test_4_braces_stay_braces_and_are_no_template(tmp_path: Path) -> None:
    text = "Write {{ name }} or {% if %} or {# no #}."
    collect(tmp_path / "c", [article(1, text, title="{x}")])
    exported(tmp_path / "c", "hexo", tmp_path / "blog")
    front, body = post(posts(tmp_path / "blog")["news.example_1"])
    assert (front["title"], front["disableNunjucks"]) == ("{x}", True)
    assert body.text_content() == text


def test_5_no_record_is_lost_to_its_name_or_to_what_it_lacks(tmp_path: Path) -> None:
    odd = [
        article(1, title="长" * 400),
        article(2, title=None, html="", text="", blocks=(), paragraphs=()),
        article(3, id="news.example:" + "x/../é" * 200),
        article(4, id="../../etc/passwd"),
        article(5, id="news.example:A"),
        article(6, id="news.example:a"),
    ]
    collect(tmp_path / "c", odd)
    exported(tmp_path / "c", "hexo", tmp_path / "blog")
    made = posts(tmp_path / "blog")
    assert len(made) == len(odd)
    assert all(len(name.encode()) < 120 for name in made)
    assert {post(path)[0]["record"]["id"] for path in made.values()} == {one.id for one in odd}
    assert len({name.lower() for name in made}) == len(odd)
    assert {path.name for path in tmp_path.iterdir()} == {"c", "blog"}


def test_6_without_a_date_the_post_has_that_of_the_fetch_and_every_export_is_the_same(
    tmp_path: Path,
) -> None:
    collect(tmp_path / "c", [article(1)])
    exported(tmp_path / "c", "hexo", tmp_path / "one")
    exported(tmp_path / "c", "hexo", tmp_path / "two")
    assert tree(tmp_path / "one") == tree(tmp_path / "two")
    front, _ = post(posts(tmp_path / "one")["news.example_1"])
    assert front["date"].replace(tzinfo=UTC) == MOMENT
    assert "published" not in front["record"]


def test_6_a_date_is_an_instant(tmp_path: Path) -> None:
    at = datetime(2026, 3, 14, 17, 26, tzinfo=timezone(timedelta(hours=8)))
    collect(tmp_path / "c", [article(1, published=at)])
    exported(tmp_path / "c", "hexo", tmp_path / "blog")
    text = posts(tmp_path / "blog")["news.example_1"].read_text()
    assert "\ndate: 2026-03-14T17:26:00+08:00\n" in text


def test_7_equal_titles_are_two_posts_and_a_new_title_is_the_same_post(tmp_path: Path) -> None:
    clock = HandClock()
    collect(tmp_path / "c", [article(1, title="Rain"), article(2, title="Rain")], clock)
    exported(tmp_path / "c", "hexo", tmp_path / "blog")
    names = set(posts(tmp_path / "blog"))
    assert len(names) == 2
    clock.at += timedelta(days=1)
    new = article(1, "Changed.", title="Sun", content_hash="1" * 64, fetched_at=clock.at)
    collect(tmp_path / "c", [new], clock)
    changes = exported(tmp_path / "c", "hexo", tmp_path / "blog")
    assert (changes.written, changes.kept, changes.removed) == (1, 1, 0)
    assert set(posts(tmp_path / "blog")) == names
    front, _ = post(posts(tmp_path / "blog")["news.example_1"])
    assert (front["title"], front["record"]["revision"]) == ("Sun", 2)
    assert front["updated"].replace(tzinfo=UTC) == clock.at


def test_8_no_picture_is_made_up_and_none_is_shown_that_is_not_there(tmp_path: Path) -> None:
    collect(tmp_path / "c", [article(1), picture_record("lost")])
    exported(tmp_path / "c", "hexo", tmp_path / "blog")
    for path in posts(tmp_path / "blog").values():
        front, _ = post(path)
        assert "headimg" not in front
        assert "thumbnail" not in front


def test_9_pictures_are_the_blogs_own(tmp_path: Path) -> None:
    media = stored(tmp_path / "c")
    collect(tmp_path / "c", [picture_record("kept", media)])
    exported(tmp_path / "c", "hexo", tmp_path / "blog")
    front, body = post(posts(tmp_path / "blog")["news.example_kept"])
    (picture,) = body.iter("img")
    assert picture.get("src") == front["headimg"] == front["thumbnail"]
    file = tmp_path / "blog" / "source" / picture.get("src", "").lstrip("/")
    assert file.read_bytes() == (tmp_path / "c" / media.path).read_bytes()
    assert front["record"]["pictures"] == {picture.get("src"): "https://img.example/kept.png"}


def test_10_what_was_exported_stays_until_its_record_is_gone(tmp_path: Path) -> None:
    collect(tmp_path / "c", [article(1), article(2)])
    exported(tmp_path / "c", "hexo", tmp_path / "blog")
    before = tree(tmp_path / "blog")
    with pytest.raises(UsageError):
        exported(tmp_path / "c", "hexo", tmp_path / "blog", profile={"root": "blog"})
    assert tree(tmp_path / "blog") == before
    only = Selection(id="news.example:1")
    changes = exported(tmp_path / "c", "hexo", tmp_path / "blog", chosen=only)
    assert (changes.kept, changes.removed) == (1, 1)
    assert set(posts(tmp_path / "blog")) == {"news.example_1"}


def test_11_names_do_not_depend_on_each_other(tmp_path: Path) -> None:
    many = [article(number) for number in range(60)]
    collect(tmp_path / "c", many)
    exported(tmp_path / "c", "hexo", tmp_path / "blog")
    exported(tmp_path / "c", "hexo", tmp_path / "one", chosen=Selection(id="news.example:7"))
    assert len(posts(tmp_path / "blog")) == 60
    assert tree(tmp_path / "one").items() <= tree(tmp_path / "blog").items()


def test_with_remote_pictures_the_html_is_the_records(tmp_path: Path) -> None:
    markup = (
        '<p style="text-align: center;" data-mark="1"><img src="https://img.example/a.png" w="10" '
        'alt="A" title="T" width="10"></p><pre>one\n\n  two</pre>\n\n<p>a &lt;b&gt; &amp; c</p>'
    )
    images = (Image(url="https://img.example/a.png"),)
    collect(tmp_path / "c", [article(1, html=markup, images=images)])
    exported(tmp_path / "c", "hexo", tmp_path / "blog", pictures="remote")
    front, body = post(posts(tmp_path / "blog")["news.example_1"])
    assert front["headimg"] == front["thumbnail"] == "https://img.example/a.png"
    first, pre, last = body
    assert dict(first.attrib) == {"style": "text-align: center;", "data-mark": "1"}
    assert dict(first[0].attrib) == {
        "src": "https://img.example/a.png",
        "w": "10",
        "alt": "A",
        "title": "T",
        "width": "10",
        "referrerpolicy": "no-referrer",
    }
    assert pre.text == "one\n\n  two"
    assert last.text == "a <b> & c"


def test_a_profile_is_front_matter_over_the_records(tmp_path: Path) -> None:
    collect(tmp_path / "c", [article(1, authors=("Maud Ellery",), categories=("Sea",))])
    profile = {
        "author": "The Post",
        "categories": ["News", "Sea"],
        "comments": False,
        "root": "/b/",
    }
    exported(tmp_path / "c", "hexo", tmp_path / "blog", profile=profile)
    front, _ = post(posts(tmp_path / "blog")["news.example_1"])
    assert {key: front[key] for key in profile if key != "root"} == {
        "author": "The Post",
        "categories": ["News", "Sea"],
        "comments": False,
    }
    assert front["record"]["authors"] == ["Maud Ellery"]
    data = (tmp_path / "blog" / "source" / "_data" / "author.yml").read_text()
    assert data == '"The Post":\n  name: "The Post"\n'


def test_a_blogs_own_list_of_authors_is_kept(tmp_path: Path) -> None:
    data = tmp_path / "blog" / "source" / "_data" / "author.yml"
    data.parent.mkdir(parents=True)
    data.write_text("mine: {}")
    collect(tmp_path / "c", [article(1, authors=("Maud",))])
    for _ in range(2):
        exported(tmp_path / "c", "hexo", tmp_path / "blog")
        assert data.read_text() == "mine: {}"


def test_a_picture_that_is_lost_later_is_remote_again(tmp_path: Path) -> None:
    media = stored(tmp_path / "c")
    collect(tmp_path / "c", [picture_record("kept", media)])
    exported(tmp_path / "c", "hexo", tmp_path / "blog")
    (tmp_path / "c" / media.path).unlink()
    exported(tmp_path / "c", "hexo", tmp_path / "blog")
    _, body = post(posts(tmp_path / "blog")["news.example_kept"])
    assert next(body.iter("img")).get("src") == "https://img.example/kept.png"


def test_addresses_cannot_leave_their_quotes(tmp_path: Path) -> None:
    images = (Image(url='https://img.example/a\'onerror="x"<b>.png'),)
    collect(tmp_path / "c", [article(1, images=images)])
    exported(tmp_path / "c", "hexo", tmp_path / "blog", pictures="remote")
    front, _ = post(posts(tmp_path / "blog")["news.example_1"])
    assert front["headimg"] == "https://img.example/a%27onerror=%22x%22%3Cb%3E.png"


def test_markup_of_a_record_is_not_trusted(tmp_path: Path) -> None:
    markup = (
        '<p onclick="x()">Text<script>alert(1)</script></p></div><a href="javascript:x()">link</a>'
        '<img src="https://img.example/a.png" onerror="x()"><iframe srcdoc="<b>"></iframe>'
        "<svg onload=x()><script>x()</script></svg><style>body{}</style>"
    )
    collect(tmp_path / "c", [article(1, html=markup)])
    exported(tmp_path / "c", "hexo", tmp_path / "blog", pictures="remote")
    _, body = post(posts(tmp_path / "blog")["news.example_1"])
    assert not list(body.iter("script", "style"))
    for node in body.iter():
        assert not any(name.startswith("on") or name == "srcdoc" for name in node.attrib)
        assert not node.get("href", "").startswith("javascript")


def test_every_revision_is_a_post(tmp_path: Path) -> None:
    clock = HandClock()
    collect(tmp_path / "c", [article(1)], clock)
    clock.at += timedelta(days=1)
    collect(tmp_path / "c", [article(1, "New.", content_hash="1" * 64)], clock)
    every = Selection(revisions="all")
    exported(tmp_path / "c", "hexo", tmp_path / "blog", chosen=every)
    assert set(posts(tmp_path / "blog")) == {"news.example_1_r1", "news.example_1_r2"}


def test_it_has_fields_of_its_own(tmp_path: Path) -> None:
    collect(tmp_path / "c", [article(1)])
    with pytest.raises(UsageError, match="--fields"):
        exported(tmp_path / "c", "hexo", tmp_path / "blog", fields=(field_path("title"),))
