"""A collection of invented records, exported, and posts read as Hexo reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lxml import html
from lxml.html import HtmlElement
from ruamel.yaml import YAML

from scraper.job import Job
from scraper.offline import export
from scraper.record import Article, Image, ImageBlock, Media, Paragraph
from scraper.selection import Selection
from scraper.view.exporter import Wish
from scraper.view.folder import Changes
from tests.unit.samples import HandClock, article, nothing, outcome, png, seeds
from tests.unit.store.opening import opened

# As hexo-front-matter does: anchored to the start of the file.
_FENCED = re.compile(r"---\n(.*?)\n---\n(.*)\Z", re.DOTALL)


def collect(path: Path, articles: Iterable[Article], clock: HandClock | None = None) -> Path:
    """One more run, which finds them."""
    with opened(path, clock=clock or HandClock()) as collection:
        run = collection.begin(Job(), [])
        found = list(articles)
        pairs = zip(seeds(len(found)), found, strict=True)
        outcomes = [outcome(request, one) for request, one in pairs]
        collection.store(run).commit(outcomes, nothing)
        collection.end(run, "finished", {})
    return path


def stored(path: Path, salt: bytes = b"") -> Media:
    """A picture in the collection."""
    with opened(path) as collection:
        run = collection.begin(Job(), [])
        media = collection.store(run).put_media(png(salt=salt))
        record = picture_record("keeper", media)
        collection.store(run).commit([outcome(seeds(1)[0], record)], nothing)
        collection.end(run, "finished", {})
    return media


def picture_record(name: str, media: Media | None = None, **more: Any) -> Article:
    """With one picture in its body; it has no bytes unless `media` is given."""
    url = f"https://img.example/{name}.png"
    fields: dict[str, Any] = {
        "images": (Image(url=url, media=media, alt="A harbour", position=1),),
        "blocks": (Paragraph(text="Before."), ImageBlock(image=0)),
        "paragraphs": ("Before.",),
        "text": "Before.",
        "html": f'<p>Before.</p><p><img src="{url}" alt="A harbour"></p>',
    }
    return article(name, **{**fields, **more})


def exported(collection: Path, to: str, output: Path, **wish: Any) -> Changes:
    chosen = wish.pop("chosen", Selection())
    return export(collection, output, to=to, chosen=chosen, wish=Wish(**wish))


def posts(output: Path) -> dict[str, Path]:
    return {path.stem: path for path in (output / "source" / "_posts").iterdir()}


def post(path: Path) -> tuple[dict[str, Any], HtmlElement]:
    """Front matter and body."""
    match = _FENCED.match(path.read_text(encoding="utf-8"))
    assert match, path.read_text(encoding="utf-8")
    body = match[2].strip("\n")
    assert "\n" not in body, "an empty line would end the HTML"
    return YAML(typ="safe", pure=True).load(match[1]), html.fragment_fromstring(body)


def tree(path: Path) -> dict[str, bytes]:
    """Every file of an export, without what it remembers."""
    files = (one for one in path.rglob("*") if one.is_file())
    return {
        str(one.relative_to(path)): one.read_bytes()
        for one in files
        if ".scraper-export" not in one.parts
    }
