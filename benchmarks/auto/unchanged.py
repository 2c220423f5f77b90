"""Pages whose scripts leave the article as it is."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.auto.frames import Frame
from benchmarks.auto.served import HTML, SCRIPT, Served, blocks, both, inline, number, page, script
from benchmarks.auto.stories import Story

_AD = "<div class='ad'><p>Advertisement: boots for any weather, now at half the price.</p></div>"
_COOKIES = "<p>We and our partners use cookies to show you what you like.</p><button>Fine</button>"
_COMMENT = (
    "<div class='comment'><b>Reader</b><p>I remember the old one well, it was blue.</p></div>"
)


def plain(one: Story, frame: Frame) -> Served:
    return both(frame, page(one), page(one))


def measured(one: Story, frame: Frame) -> Served:
    """Analytics, and a class on the root."""
    code = f"document.documentElement.className += ' js'; window.dataLayer = [{{page: '{one.id}'}}]"
    before = page(one, scripts=script(code) + "<script src='/js/count.js' async></script>")
    return both(frame, before, before, js_count__js=(SCRIPT, "window.counted = true"))


def advertised(one: Story, frame: Frame) -> Served:
    """Advertisements beside and inside the text come by script."""
    slot = "<div class='slot' id='slot-1'></div>"
    text = blocks(one)
    code = f"document.querySelectorAll('.slot').forEach(s => s.innerHTML = {inline(_AD)})"
    before = page(
        one,
        body="".join([*text[:3], slot, *text[3:]]),
        aside=slot,
        scripts="<script src='/js/ads.js'></script>",
    )
    full = slot.replace("></", f">{_AD}</")
    after = replace(before, body=before.body.replace(slot, full), aside=full)
    return both(frame, before, after, js_ads__js=(SCRIPT, code))


def commented(one: Story, frame: Frame) -> Served:
    """Comments are fetched."""
    code = (
        "fetch('/talk/' + document.querySelector('#talk').dataset.story + '.html')"
        ".then(r => r.text()).then(t => { document.querySelector('#talk').innerHTML = t })"
    )
    box = f"<section id='talk' data-story='{one.id}'>%s</section>"
    said = _COMMENT * (number(one) % 4 + 1)
    before = page(one, below=box % "Loading comments…", scripts=script(code))
    after = replace(before, below=box % said)
    return Served(frame(before), frame(after), {f"/talk/{one.id}.html": (HTML, said)})


def recommended(one: Story, frame: Frame) -> Served:
    """A list of other articles is made by a script."""
    rows = "".join(
        f"<li><a href='/x{n}'>Another story of the week, number {n}</a></li>" for n in range(5)
    )
    code = f"document.querySelector('#also').innerHTML = {inline(rows)}"
    before = page(one, aside="<ul id='also'></ul>", scripts=script(code))
    return both(frame, before, replace(before, aside=f"<ul id='also'>{rows}</ul>"))


def lazy(one: Story, frame: Frame) -> Served:
    """Pictures' addresses wait in an attribute."""
    waiting = 'class="lazy" src="/img/placeholder.gif" data-src="{}"'
    shown = 'class="lazy" src="{0}" data-src="{0}"'
    code = "document.querySelectorAll('img.lazy').forEach(i => { i.src = i.dataset.src })"
    before = page(one, body="".join(blocks(one, waiting)), scripts=script(code))
    return both(frame, before, replace(before, body="".join(blocks(one, shown))))


def hydrated(one: Story, frame: Frame) -> Served:
    """The text is in the page and once more in its data."""
    data = script(
        inline({"story": {"title": one.headline, "text": one.paragraphs}}),
        "id='state' type='application/json'",
    )
    code = "window.state = JSON.parse(document.querySelector('#state').textContent)"
    before = page(one, scripts=data + script(code))
    return both(frame, before, before)


def consent_added(one: Story, frame: Frame) -> Served:
    wall = f"<div class='consent' style='position:fixed;bottom:0'>{_COOKIES}</div>"
    code = f"document.body.insertAdjacentHTML('afterbegin', {inline(wall)})"
    before = page(one, scripts=script(code))
    return both(frame, before, replace(before, above=wall))


def consent_removed(one: Story, frame: Frame) -> Served:
    wall = f"<div id='consent'>{_COOKIES}</div>"
    before = page(one, above=wall, scripts=script("document.querySelector('#consent').remove()"))
    return both(frame, before, replace(before, above=""))


def shared(one: Story, frame: Frame) -> Served:
    """Buttons for sharing follow the article."""
    bar = "<div class='share'><a href='#'>Mail</a> <a href='#'>Copy</a></div>"
    code = f"document.querySelector('#share').innerHTML = {inline(bar)}"
    before = page(one, below="<div id='share'></div>", scripts=script(code))
    return both(frame, before, replace(before, below=f"<div id='share'>{bar}</div>"))


def noticed(one: Story, frame: Frame) -> Served:
    """A needless notice for readers without scripts."""
    notice = "<noscript><p>Please switch on JavaScript to enjoy all of this site.</p></noscript>"
    before = page(one, above=notice, scripts=script("window.ready = true"))
    return both(frame, before, before)


def varied(one: Story, frame: Frame) -> Served:
    """Some pages have a quotation, some a table, some a list."""
    which = number(one) % 5
    extra = {
        0: "<blockquote class='pull'><p>Nobody has ever seen it from this side before.</p>"
        "</blockquote>",
        1: "<table class='facts'><tr><th>Year</th><th>Boats</th></tr>"
        "<tr><td>1998</td><td>12</td></tr><tr><td>2008</td><td>31</td></tr></table>",
        2: "<h2 id='history'>A short history of the place</h2>",
        3: "<ul class='points'><li>The bridge opens at six</li>"
        "<li>The ferry waits for nobody</li></ul>",
    }.get(which, "")
    text = blocks(one)
    before = page(one, body="".join([*text[:4], extra, *text[4:]]), scripts=script("window.x = 1"))
    return both(frame, before, before)


def hidden_by_style(one: Story, frame: Frame) -> Served:
    """A style sheet hides what only print shall show."""
    note = (
        "<p class='print'{}>This article was printed from the pages of the Evening Lantern, where "
        "it stands with more photographs, maps and letters of readers.</p>"
    )
    style = "<style>.print { display: none }</style>"
    text = blocks(one)
    before = page(one, head=style, body="".join([*text, note.format("")]))
    mark = " data-scraper-unseen='display'"
    return both(frame, before, replace(before, body="".join([*text, note.format(mark)])))


def tagged(one: Story, frame: Frame) -> Served:
    """Classes that differ from page to page, as blogs have them."""
    names = f"tag-{'abcdefgh'[number(one) % 8]} category-{'xyz'[number(one) % 3]}"
    before = page(one, classes=names, scripts="<script src='/js/blog.js?ver=6.2'></script>")
    return both(frame, before, before, js_blog__js=(SCRIPT, "window.blog = 1"))
