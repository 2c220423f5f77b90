"""What a page is made of: the document that its server sends, what the server has besides, and the
page that a browser has when its scripts have run."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from benchmarks.auto.frames import Frame, Page
from benchmarks.auto.stories import Story


@dataclass(frozen=True)
class Served:
    """`files` by path, with their content types."""

    document: str
    rendered: str
    files: Mapping[str, tuple[str, str]] = field(default_factory=dict)


Kind = Callable[[Story, Frame], Served]

SCRIPT, JSON, HTML = "text/javascript", "application/json", "text/html"
PAPER = "document.querySelector('#story')"


def number(one: Story) -> int:
    return int(one.id, 16)


def time(one: Story) -> str:
    return f'<time datetime="{one.published.isoformat()}">{one.day}</time>'


def figure(path: str, caption: str, source: str = 'src="{}"') -> str:
    image = f'<img {source.format(path)} alt="A photograph" width="640" height="400">'
    return f"<figure>{image}<figcaption>{caption}</figcaption></figure>"


def blocks(one: Story, source: str = 'src="{}"') -> list[str]:
    """Paragraphs, a picture after every second one as far as there are."""
    made = []
    pictures = list(one.pictures)
    for index, text in enumerate(one.paragraphs):
        made.append(f"<p>{text}</p>")
        if index % 2 == 0 and pictures:
            made.append(figure(*pictures.pop(0), source))
    return made


def page(one: Story, **other: str) -> Page:
    whole = Page(one, one.headline, time(one), "".join(blocks(one)))
    return replace(whole, **other)


def script(code: str, kind: str = "") -> str:
    return f"<script{f' {kind}' if kind else ''}>{code}</script>"


def both(frame: Frame, before: Page, after: Page, **files: tuple[str, str]) -> Served:
    paths = {f"/{name.replace('__', '.').replace('_', '/')}": made for name, made in files.items()}
    return Served(frame(before), frame(after), paths)


def inline(text: object) -> str:
    return json.dumps(text).replace("</", "<\\/")
