"""Markdown: a folder for each record, `index.md` with front matter, its pictures beside it."""

from __future__ import annotations

import re
from pathlib import Path

from scraper.record import Article, Block, Image
from scraper.view.exporter import Source, Wish
from scraper.view.folder import View
from scraper.view.front_matter import front_matter
from scraper.view.names import file_name
from scraper.view.plain import address, lines, plain

_FRONT = (
    "id url canonical_url site title published modified authors editors source language categories "
    "tags description revision fetched_at content_hash"
).split()
_TICKS = re.compile(r"`+")


def export(source: Source, view: View, wish: Wish) -> None:
    """A profile holds front matter for every record, over what the record says."""
    for article in source.articles():
        page = _Page(article, source, wish)
        stamp = wish.stamp_of(article, sorted(page.pictures))
        if view.has(page.name, stamp):
            continue
        files: dict[str, bytes | Path] = {
            f"{page.name}/{name}": path for name, path in page.pictures.items()
        }
        files[f"{page.name}/index.md"] = page.text().encode("utf-8", "replace")
        view.put(page.name, stamp, files)


class _Page:
    """`pictures` are the files beside it."""

    def __init__(self, article: Article, source: Source, wish: Wish) -> None:
        self._article, self._wish = article, wish
        self.name = file_name(article, every_revision=wish.every_revision)
        self.pictures: dict[str, Path] = {}
        if wish.pictures == "local":
            for image in article.images:
                if image.media and (path := source.picture(image.media)):
                    self.pictures[_name(image)] = path

    def text(self) -> str:
        article = self._article
        dumped = article.model_dump(mode="json")
        named = self._wish.fields
        front = (
            {field.name: field.pick(dumped) for field in named}
            if named
            else {name: dumped[name] for name in _FRONT if dumped[name] not in (None, [], "")}
        )
        parts = [f"# {plain(article.title)}"] if article.title else []
        parts += filter(None, map(self._block, article.blocks))
        return front_matter(front | dict(self._wish.profile)) + "\n" + "\n\n".join(parts) + "\n"

    def _block(self, block: Block) -> str:
        match block.type:
            case "heading":
                return f"{'#' * block.level} {plain(block.text)}"
            case "paragraph":
                return lines(block.text)
            case "list":
                return "\n".join(
                    f"{'    ' * item.depth}{'1.' if block.ordered else '-'} {plain(item.text)}"
                    for item in block.items
                )
            case "quote":
                return "\n>\n".join(f"> {plain(text)}" for text in block.paragraphs)
            case "code":
                return _code(block.text, block.language)
            case "table":
                return _table(block.rows, header=block.header, caption=block.caption)
            case "image":
                return self._image(block.image)
            case "embed":
                return f"[{plain(block.title or block.url)}]({address(block.url)})"

    def _image(self, number: int) -> str:
        images = self._article.images
        if number >= len(images) or self._wish.pictures == "none":
            return ""
        image = images[number]
        name = _name(image) if image.media else ""
        where = name if name in self.pictures else address(image.url)
        shown = f"![{plain(image.alt or '')}]({where})"
        return f"{shown}\n\n*{plain(image.caption)}*" if image.caption else shown


def _name(image: Image) -> str:
    assert image.media
    return image.media.path.rpartition("/")[2]


def _code(text: str, language: str | None) -> str:
    fence = "`" * (1 + max([2, *(len(ticks) for ticks in _TICKS.findall(text))]))
    word = re.sub(r"[^\w+#.-]", "", language or "", flags=re.ASCII)
    return f"{fence}{word}\n{text}\n{fence}"


def _table(rows: tuple[tuple[str, ...], ...], *, header: bool, caption: str | None) -> str:
    width = max(map(len, rows), default=0)
    if not width:
        return ""
    cells = [[plain(cell) for cell in row] + [""] * (width - len(row)) for row in rows]
    head, body = (cells[0], cells[1:]) if header else ([""] * width, cells)
    table = "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * width, *body])
    return f"{table}\n\n*{plain(caption)}*" if caption else table
