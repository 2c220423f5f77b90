"""What changed between two revisions of a record, as people read it: field by field, the body
paragraph by paragraph, and inside a paragraph word by word, by character where a script has no
spaces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from functools import partial
from typing import Final, Literal

import regex

from scraper import record
from scraper.record import Article, Block, Change, Embed, ImageBlock, ListBlock, Quote, Table

Kind = Literal["same", "gone", "new"]

_SEGMENT: Final = partial(regex.compile(r"\b", regex.WORD | regex.VERSION1).split)
"""Unicode's default word boundaries (UAX #29): a Han character is a word of its own."""
_ALIKE: Final = 0.4
"""Paragraphs that share less were not changed but replaced: a mark on every second word helps
nobody."""
_LONGEST: Final = 2_000
"""Segments of a passage that are compared one by one: the time grows with their square."""
_WORK: Final = 5_000_000
"""Pairs of segments or passages that one comparison looks at; what is left then was replaced."""
_FIELDS: Final = (
    "title", "published", "modified", "authors", "editors", "source", "language", "categories",
    "tags", "description", "kind", "canonical_url",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that stayed, went or came."""

    kind: Kind
    text: str


Passage = tuple[Piece, ...]
"""One paragraph of the old text, of the new one, or what of both belongs together."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """`pieces` is the old value turning into the new one."""

    field: str
    pieces: Passage


@dataclass(frozen=True, slots=True)
class Changes:
    """`body` has all passages, those that stayed too; `pictures` those that went or came."""

    fields: tuple[FieldChange, ...]
    body: tuple[Passage, ...]
    pictures: Passage

    @property
    def any(self) -> bool:
        return bool(self.fields or self.pictures) or any(map(_changed, self.body))


class Work:
    """How much may still be compared: hostile pages must not cost more."""

    def __init__(self) -> None:
        self._left = _WORK

    def allows(self, one: Sequence[str], other: Sequence[str]) -> bool:
        """Whether these may be, piece by piece; then that is taken off."""
        self._left -= len(one) * len(other)
        return self._left >= 0


def changes(before: Article, after: Article) -> Changes:
    """From one revision to another."""
    fields, work = [], Work()
    for name in _FIELDS:
        old, new = _shown(getattr(before, name)), _shown(getattr(after, name))
        if old != new:
            fields.append(FieldChange(name, compare(old, new, work)))
    return Changes(
        fields=tuple(fields),
        body=compare_passages(passages(before), passages(after), work),
        pictures=_pictures(before, after),
    )


def recorded(before: Article, after: Article) -> tuple[Change, ...]:
    """The same as a record says it of itself."""
    found = changes(before, after)
    said = [(one.field, one.pieces) for one in found.fields]
    said += [("text", passage) for passage in found.body if _changed(passage)]
    said += [("pictures", found.pictures)] if found.pictures else []
    return tuple(
        Change(
            field=name,
            pieces=tuple(record.Piece(kind=piece.kind, text=piece.text) for piece in pieces),
        )
        for name, pieces in said
    )


def passages(article: Article) -> list[str]:
    """The body as texts, one a block; of lists and tables one an item and a row."""
    return [text for block in article.blocks for text in _texts(block, article)]


def compare_passages(
    before: Sequence[str], after: Sequence[str], work: Work | None = None
) -> tuple[Passage, ...]:
    """All of both, in order."""
    found: list[Passage] = []
    work = work or Work()
    if not work.allows(before, after):
        return tuple(_replaced(before, after, work))
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind == "equal":
            found += [(Piece("same", text),) for text in after[j1:j2]]
        else:
            found += _replaced(before[i1:i2], after[j1:j2], work)
    return tuple(found)


def compare(before: str, after: str, work: Work | None = None) -> Passage:
    """One text with what went and came in it; the old and the new one where little is alike."""
    if before == after:
        return (Piece("same", after),) if after else ()
    old, new = _segments(before), _segments(after)
    if max(len(old), len(new)) <= _LONGEST and (work or Work()).allows(old, new):
        matcher = SequenceMatcher(None, old, new, autojunk=False)
        if matcher.ratio() >= _ALIKE:
            return tuple(_pieces(matcher, old, new))
    whole = (Piece("gone", before), Piece("new", after))
    return tuple(piece for piece in whole if piece.text)


def _replaced(before: Sequence[str], after: Sequence[str], work: Work) -> Iterator[Passage]:
    """Passages between two that stayed.  Each new one is compared with the old one in its place;
    what is left over went or came as a whole."""
    for old, new in zip(before, after, strict=False):
        compared = compare(old, new, work)
        if any(piece.kind == "same" for piece in compared):
            yield compared
        else:
            yield from ((piece,) for piece in compared)
    yield from ((Piece("gone", text),) for text in before[len(after) :])
    yield from ((Piece("new", text),) for text in after[len(before) :])


def _pieces(
    matcher: SequenceMatcher[str], old: Sequence[str], new: Sequence[str]
) -> Iterator[Piece]:
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(new[j1:j2]))
            continue
        if i1 < i2:
            yield Piece("gone", "".join(old[i1:i2]))
        if j1 < j2:
            yield Piece("new", "".join(new[j1:j2]))


def _segments(text: str) -> list[str]:
    return [segment for segment in _SEGMENT(text) if segment]


def _texts(block: Block, article: Article) -> Iterator[str]:
    if isinstance(block, ListBlock):
        yield from (f"• {item.text}" for item in block.items)
    elif isinstance(block, Quote):
        yield from block.paragraphs
    elif isinstance(block, Table):
        yield from (" | ".join(row) for row in block.rows)
    elif isinstance(block, ImageBlock):
        if block.image < len(article.images) and (caption := article.images[block.image].caption):
            yield caption
    elif isinstance(block, Embed):
        yield block.url
    else:
        yield block.text


def _shown(value: datetime | str | tuple[str, ...] | None) -> str:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return ", ".join(value) if isinstance(value, tuple) else value or ""


def _pictures(before: Article, after: Article) -> Passage:
    old, new = before.picture_urls(), after.picture_urls()
    gone = [Piece("gone", url) for url in old if url not in set(new)]
    return (*gone, *(Piece("new", url) for url in new if url not in set(old)))


def _changed(passage: Passage) -> bool:
    return any(piece.kind != "same" for piece in passage)
