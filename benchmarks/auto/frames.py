"""What stands around the articles: six designs of pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.auto.stories import Story, story


@dataclass(frozen=True)
class Page:
    """The parts of a page, as HTML.  `body` are the blocks of the article."""

    story: Story
    headline: str
    date: str
    body: str
    title: str = ""
    head: str = ""
    above: str = ""
    below: str = ""
    aside: str = ""
    scripts: str = ""
    classes: str = ""


Frame = Callable[[Page], str]

_TEASERS = [story(f"teaser {number}") for number in range(8)]
_LIST = "".join(f'<li><a href="/{one.id}">{one.headline}</a></li>' for one in _TEASERS[:6])
_CARDS = "".join(
    f'<div class="card"><a href="/{one.id}"><h4>{one.headline}</h4></a>'
    f"<p>{one.paragraphs[0][:90]}…</p></div>"
    for one in _TEASERS[4:]
)
_MENU = "".join(f'<a href="/{name.lower()}">{name}</a> ' for name in "Home Town Sea Work".split())
_STYLE = '<link rel="stylesheet" href="/style.css">'


def _head(page: Page, style: str = _STYLE) -> str:
    title = page.title or page.story.headline
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{title}</title>{style}{page.head}</head>"
    )


def bare(page: Page) -> str:
    return (
        f"{_head(page, '')}<body>{page.above}<h1>{page.headline}</h1><p>{page.date}</p>"
        f"<div>{page.body}</div>{page.below}<hr><p>{_MENU}</p>{page.scripts}</body></html>"
    )


def semantic(page: Page) -> str:
    return (
        f"{_head(page)}<body>{page.above}<header><nav>{_MENU}</nav></header><main><article>"
        f"<header><h1>{page.headline}</h1><p class='by'>By {page.story.author} {page.date}</p>"
        "</header>"
        f"<div class='text'>{page.body}</div>{page.below}</article></main>"
        f"<aside>{page.aside}<ul>{_LIST}</ul></aside><footer><p>© The Evening Lantern</p></footer>"
        f"{page.scripts}</body></html>"
    )


def boxes(page: Page) -> str:
    return (
        f"{_head(page)}<body>{page.above}<div id='top'>{_MENU}</div><div id='wrap'><div id='left'>"
        f"<h1 class='hl'>{page.headline}</h1><div class='info'><span>{page.story.author}</span> "
        f"{page.date}</div><div id='content'>{page.body}</div>{page.below}"
        f"<div class='more-news'>{_CARDS}</div></div><div id='right'>{page.aside}"
        f"<ul>{_LIST}</ul></div></div><div id='foot'>Imprint</div>{page.scripts}</body></html>"
    )


def blog(page: Page) -> str:
    number = int(page.story.id, 16) % 90_000
    return (
        f"{_head(page)}<body class='single postid-{number} {page.classes}'>{page.above}"
        f"<div id='page' class='site'><div class='site-header'>{_MENU}</div>"
        f"<div class='content-area'><article id='post-{number}' class='post-{number} post hentry'>"
        f"<h1 class='entry-title'>{page.headline}</h1><div class='entry-meta'>{page.date} by "
        f"<a class='author' href='/team'>{page.story.author}</a></div>"
        f"<div class='entry-content'>{page.body}</div>{page.below}</article></div>"
        f"<div class='widget-area'>{page.aside}<ul>{_LIST}</ul></div></div>"
        f"{page.scripts}</body></html>"
    )


def described(page: Page) -> str:
    """With all that a head can say."""
    one = page.story
    head = (
        f'<meta name="description" content="{one.paragraphs[0][:120]}">'
        f'<meta property="og:title" content="{one.headline}">'
        '<meta property="og:type" content="article"><script type="application/ld+json">'
        '{"@context":"https://schema.org","@type":"NewsArticle",'
        f'"headline":"{one.headline}","author":{{"@type":"Person","name":"{one.author}"}}}}</script>'
    )
    return (
        f"{_head(page, _STYLE + head)}<body>{page.above}<div class='masthead'>{_MENU}</div>"
        "<main id='main'><div class='grid'><div class='col-a'>"
        f"<h1 class='title'>{page.headline}</h1>"
        f"<div class='meta'>{page.date}</div><section class='story'>{page.body}</section>"
        f"{page.below}</div><div class='col-b'>{page.aside}{_CARDS}</div></div></main>"
        f"<footer><ul>{_LIST}</ul></footer>{page.scripts}</body></html>"
    )


def old(page: Page) -> str:
    return (
        f"{_head(page)}<body>{page.above}<table width='100%'><tr><td class='menu'>{_MENU}</td></tr>"
        f"<tr><td class='story'><h1>{page.headline}</h1><p><i>{page.date}</i></p>{page.body}"
        f"{page.below}</td><td class='side'>{page.aside}</td></tr></table>"
        f"{page.scripts}</body></html>"
    )


FRAMES: tuple[Frame, ...] = (semantic, boxes, blog, described, old)
