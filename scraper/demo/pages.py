"""Turns the demo site's articles into pages."""

from __future__ import annotations

import re
from datetime import datetime
from html import escape

from scraper.demo.stories import PICTURES, STORIES, Story, address

NAME = {"en": "The Lantern Post", "zh-CN": "灯笼邮报"}
WORDS = {
    "en": {"home": "Home", "by": "By", "edited": "Edited by", "more": "More from the Lantern"},
    "zh-CN": {"home": "首页", "by": "记者：", "edited": "责编：", "more": "更多报道"},
}

ROBOTS = "User-agent: *\nDisallow: /drafts/\n"

STYLE = """
:root { color-scheme: light; --ink: #23201c; --soft: #7b7266; --paper: #fbf8f2; --glow: #b4532a; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 18px/1.65 Georgia, "Noto Serif CJK SC", "Songti SC", serif; }
a { color: inherit; }
.masthead { text-align: center; padding: 28px 16px 18px; border-bottom: 3px double #d9d0c1; }
.masthead a { font-size: 34px; letter-spacing: .04em; text-decoration: none; }
.masthead p { margin: 4px 0 0; color: var(--soft); font-size: 14px; }
main { max-width: 720px; margin: 0 auto; padding: 24px 16px 56px; }
.trail, .byline, figcaption, .tags, footer { color: var(--soft); font-size: 15px; }
h1 { line-height: 1.25; font-size: 36px; margin: 8px 0 12px; }
h2 { margin-top: 36px; font-size: 23px; }
figure { margin: 28px 0; }
img { display: block; width: 100%; height: auto; border-radius: 6px; background: #e2ded6; }
figcaption { margin-top: 8px; }
blockquote { margin: 24px 0; padding-left: 20px; border-left: 4px solid var(--glow); }
table { border-collapse: collapse; width: 100%; font-size: 16px; }
caption { text-align: left; color: var(--soft); padding-bottom: 6px; }
th, td { text-align: left; padding: 6px 10px; border-bottom: 1px solid #ddd4c6; }
.advert { background: #f1e7d3; padding: 10px 14px; font-size: 15px; }
.tags { list-style: none; padding: 0; display: flex; gap: 8px; flex-wrap: wrap; }
.tags li { border: 1px solid #d9d0c1; border-radius: 12px; padding: 0 10px; }
.related { border-top: 1px solid #d9d0c1; margin-top: 40px; }
ul.list { list-style: none; padding: 0; }
.teaser { border-bottom: 1px solid #e6dece; padding: 14px 0; }
.teaser h2 { margin: 0; font-size: 22px; } .teaser p { margin: 4px 0 0; color: var(--soft); }
footer { text-align: center; padding: 24px; border-top: 1px solid #d9d0c1; }
"""

# Pictures load when they come near the window, as on many news sites.
SCRIPT = """
'use strict';
const near = new IntersectionObserver(seen => {
  for (const {isIntersecting, target} of seen) {
    if (!isIntersecting) continue;
    target.src = target.dataset.original;
    near.unobserve(target);
  }
}, {rootMargin: '200px'});
const watch = () => document.querySelectorAll('img.lazy').forEach(image => near.observe(image));
const late = document.querySelector('article[data-story]');
if (late) {
  fetch(`/api/story/${late.dataset.story}.json`)
    .then(answer => answer.json())
    .then(story => { late.innerHTML = story.html; document.title = story.title; watch(); });
} else {
  watch();
}
"""


def front_page() -> str:
    """The list of all articles, newest first."""
    newest = sorted(STORIES, key=lambda story: datetime.fromisoformat(story.published))[::-1]
    teasers = "\n".join(
        f'<li class="teaser" lang="{story.language}">'
        f'<h2><a href="/story/{story.id}.html">{escape(story.title)}</a></h2>'
        f"<p>{escape(story.summary)} {_time(story)}</p></li>"
        for story in newest
    )
    return _page("en", NAME["en"], f'<ul class="list">\n{teasers}\n</ul>')


def missing_page() -> str:
    """What an unknown address gets, with status 404."""
    return _page("en", "Not found", "<h1>Not found</h1><p>This page does not exist.</p>")


def story_page(story: Story) -> str:
    """The article's page; a scripted one is an empty shell."""
    name, words = NAME[story.language], WORDS[story.language]
    if story.scripted:
        article = f'<article class="story" data-story="{story.id}"></article>'
        head, title = "", name
    else:
        article = f'<article class="story">{story_html(story)}</article>'
        head = f'<meta name="description" content="{escape(story.summary)}">\n'
        title = document_title(story)
    others = [other for other in STORIES if other.language == story.language and other != story]
    related = "".join(
        f'<li><a href="/story/{other.id}.html">{escape(other.title)}</a></li>' for other in others
    )
    aside = f'<aside class="related"><h2>{words["more"]}</h2><ul>{related}</ul></aside>'
    head += f'<link rel="canonical" href="{address(story)}">\n'
    return _page(story.language, title, article + aside, head)


def document_title(story: Story) -> str:
    """The headline with the paper's name, as it stands in the window's title."""
    return f"{story.title} – {NAME[story.language]}"


def story_html(story: Story) -> str:
    """What stands inside <article class="story">."""
    words = WORDS[story.language]
    authors = ", ".join(f'<span class="author">{escape(name)}</span>' for name in story.authors)
    tags = "".join(f"<li>{escape(tag)}</li>" for tag in story.tags)
    body = re.sub(r"\{picture:([a-z-]+)\}", lambda match: _figure(match[1]), story.body)
    return (
        f'\n<p class="trail"><a href="/">{words["home"]}</a> › '
        f'<span class="section">{escape(story.section)}</span></p>\n'
        f"<h1>{escape(story.title)}</h1>\n"
        f'<p class="byline">{words["by"]} {authors} · {words["edited"]} '
        f'<span class="editor">{escape(story.editor)}</span> · {_time(story)}</p>\n'
        f'<div class="body">{body}</div>\n<ul class="tags">{tags}</ul>\n'
    )


def _figure(name: str) -> str:
    picture = PICTURES[name]
    return (
        f'<figure><img class="lazy" src="/pictures/blank.png" data-original="/pictures/{name}.png"'
        f' width="{picture.width}" height="{picture.height}" alt="{escape(picture.alt)}">'
        f"<figcaption>{escape(picture.caption)}</figcaption></figure>"
    )


def _time(story: Story) -> str:
    moment = datetime.fromisoformat(story.published)
    shown = (
        f"{moment:%Y年%-m月%-d日 %H:%M}"
        if story.language == "zh-CN"
        else f"{moment:%-d %B %Y, %H:%M}"
    )
    return f'<time class="published" datetime="{story.published}">{shown}</time>'


def _page(language: str, title: str, main: str, head: str = "") -> str:
    return f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
{head}<link rel="stylesheet" href="/style.css">
</head>
<body>
<header class="masthead"><a href="/">{NAME[language]}</a>
<p>Invented news from places that do not exist · 不存在的地方，编出来的新闻</p></header>
<main>{main}</main>
<footer>A demo site; every word in it is invented. 演示网站，内容均为虚构。</footer>
<script src="/lantern.js"></script>
</body>
</html>
"""
