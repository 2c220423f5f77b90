"""Markdown, as a reader of it takes it."""

from __future__ import annotations

from pathlib import Path

from lxml import html
from markdown_it import MarkdownIt

from scraper.record import (
    Block,
    Code,
    Embed,
    Heading,
    ImageBlock,
    ListBlock,
    ListItem,
    Paragraph,
    Quote,
    Table,
)
from tests.unit.export.exported import collect, exported, picture_record, stored
from tests.unit.samples import article

ODD = (
    "# no heading",
    "1. no list",
    "- no list",
    "+ no list",
    "> no quote",
    "*no* _emphasis_ `code` ~~gone~~",
    "<script>alert(1)</script> &lt; &amp;",
    "[no](https://link.example) ![x](y) https://plain.example",
    "a | b",
    "---",
    "===",
    "```",
    "    no code",
    "one\ntwo",
    "\\backslash\\",
)


def rendered(output: Path, name: str) -> html.HtmlElement:
    text = (output / name / "index.md").read_text(encoding="utf-8")
    body = text.split("\n---\n", 1)[1]
    page = MarkdownIt("gfm-like", {"linkify": False}).render(body)
    return html.fragment_fromstring(page, create_parent="article")


def test_text_means_nothing_but_itself(tmp_path: Path) -> None:
    blocks: tuple[Block, ...] = tuple(Paragraph(text=text) for text in ODD)
    collect(tmp_path / "c", [article(1, title="# <b>*x*", blocks=blocks)])
    exported(tmp_path / "c", "markdown", tmp_path / "out")
    title, *paragraphs = rendered(tmp_path / "out", "news.example_1")
    assert (title.tag, title.text_content()) == ("h1", "# <b>*x*")
    assert [one.tag for one in paragraphs] == ["p"] * len(ODD)
    told = [" ".join(one.text_content().split()) for one in paragraphs]
    assert told == [" ".join(text.split()) for text in ODD]
    assert all(node.tag in {"p", "br"} for one in paragraphs for node in one.iter())


def test_every_kind_of_block(tmp_path: Path) -> None:
    media = stored(tmp_path / "c")
    blocks: tuple[Block, ...] = (
        Heading(level=2, text="Tides"),
        ListBlock(items=(ListItem(text="a"), ListItem(text="b", depth=1))),
        ListBlock(ordered=True, items=(ListItem(text="first"), ListItem(text="second"))),
        Quote(paragraphs=("One.", "Two.")),
        Code(text="x = '```'\n\n  y", language="py<th>on"),
        Table(rows=(("a", "b|c"), ("1",)), header=True, caption="Levels"),
        ImageBlock(image=0),
        Embed(kind="video", url="https://video.example/a b)", title="Film"),
        Embed(kind="embed", url="javascript:alert(1)"),
    )
    collect(tmp_path / "c", [picture_record("kept", media, blocks=blocks)])
    exported(tmp_path / "c", "markdown", tmp_path / "out")
    page = rendered(tmp_path / "out", "news.example_kept")
    assert [one.tag for one in page] == "h1 h2 ul ol blockquote pre table p p p p".split()
    assert [item.text_content().split() for item in page.findall("ul/li")] == [["a", "b"]]
    assert [one.text for one in page.findall("blockquote/p")] == ["One.", "Two."]
    assert page.findtext("pre/code") == "x = '```'\n\n  y\n"
    assert [cell.text_content() for cell in page.iter("th", "td")] == ["a", "b|c", "1", ""]
    name = media.path.rpartition("/")[2]
    assert [one.get("src") for one in page.iter("img")] == [name]
    assert (tmp_path / "out" / "news.example_kept" / name).is_file()
    assert [one.get("href") for one in page.iter("a")] == ["https://video.example/a%20b%29", "#"]


def test_pictures_by_their_address(tmp_path: Path) -> None:
    blocks = (ImageBlock(image=0),)
    collect(tmp_path / "c", [picture_record("far", blocks=blocks)])
    exported(tmp_path / "c", "markdown", tmp_path / "out", pictures="remote")
    page = rendered(tmp_path / "out", "news.example_far")
    assert [one.get("src") for one in page.iter("img")] == ["https://img.example/far.png"]
