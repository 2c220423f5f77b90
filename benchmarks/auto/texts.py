"""Pages whose text, or a part of it, comes by script."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

from benchmarks.auto.frames import Frame
from benchmarks.auto.served import (
    HTML,
    JSON,
    PAPER,
    Served,
    blocks,
    both,
    inline,
    number,
    page,
    script,
    time,
)
from benchmarks.auto.stories import Story


def _holder(inside: str = "") -> str:
    return f"<div id='story'>{inside}</div>"


def fetched(one: Story, frame: Frame, waiting: str = "") -> Served:
    text = "".join(blocks(one))
    code = (
        "fetch('/api' + location.pathname + '.json').then(r => r.json()).then(d => { "
        "document.title = d.title; document.querySelector('h1').textContent = d.title; "
        f"{PAPER}.innerHTML = d.html }})"
    )
    before = page(
        one,
        headline="",
        title="Evening Lantern",
        date="",
        body=_holder(waiting),
        scripts=script(code),
    )
    dated = f"<p>{time(one)}</p>{text}"
    after = replace(before, headline=one.headline, title=one.headline, body=_holder(dated))
    answer = json.dumps({"title": one.headline, "html": dated})
    return Served(frame(before), frame(after), {f"/api/{one.id}.json": (JSON, answer)})


def skeleton(one: Story, frame: Frame) -> Served:
    return fetched(one, frame, "<div class='skeleton-line'></div>" * 6)


def from_data(one: Story, frame: Frame) -> Served:
    """The text is in the page's data only."""
    data = script(
        inline({"props": {"body": list(one.paragraphs)}}), "id='data' type='application/json'"
    )
    code = (
        "for (const t of JSON.parse(document.querySelector('#data').textContent).props.body) { "
        f"const p = document.createElement('p'); p.textContent = t; {PAPER}.append(p) }}"
    )
    before = page(one, body=_holder(), scripts=data + script(code))
    text = "".join(f"<p>{one}</p>" for one in one.paragraphs)
    return both(frame, before, replace(before, body=_holder(text)))


def from_variable(one: Story, frame: Frame) -> Served:
    data = script(f"window.__STORY__ = {inline({'content': ''.join(blocks(one))})}")
    code = script(f"{PAPER}.innerHTML = window.__STORY__.content")
    notice = "<noscript><p>This site needs JavaScript to show its articles.</p></noscript>"
    before = page(one, body=_holder() + notice, scripts=data + code)
    return both(frame, before, replace(before, body=_holder("".join(blocks(one))) + notice))


def rest_in_data(one: Story, frame: Frame, shown: int = 3) -> Served:
    """The text begins in the page; the rest is in its data."""
    text = blocks(one)
    data = script(f"var rest = {inline(''.join(text[shown:]))}")
    code = script(f"{PAPER}.insertAdjacentHTML('beforeend', rest)")
    before = page(one, body=_holder("".join(text[:shown])), scripts=data + code)
    return both(frame, before, replace(before, body=_holder("".join(text))))


def rest_fetched(one: Story, frame: Frame, shown: int = 3) -> Served:
    text = blocks(one)
    rest = "".join(text[shown:])
    code = (
        "fetch('/rest' + location.pathname + '.html').then(r => r.text())"
        f".then(t => {PAPER}.insertAdjacentHTML('beforeend', t))"
    )
    before = page(one, body=_holder("".join(text[:shown])), scripts=script(code))
    after = replace(before, body=_holder("".join(text)))
    return Served(frame(before), frame(after), {f"/rest/{one.id}.html": (HTML, rest)})


def read_more(one: Story, frame: Frame) -> Served:
    """A teaser; the script presses its button by itself."""
    text = blocks(one)
    button = "<button id='more'>Continue reading</button>"
    code = (
        "fetch('/rest' + location.pathname + '.html').then(r => r.text())"
        f".then(t => {{ {PAPER}.innerHTML += t; document.querySelector('#more').remove() }})"
    )
    before = page(one, body=_holder("".join(text[:2])) + button, scripts=script(code))
    after = replace(before, body=_holder("".join(text)))
    rest = (HTML, "".join(text[2:]))
    return Served(frame(before), frame(after), {f"/rest/{one.id}.html": rest})


def long_ones_cut(one: Story, frame: Frame) -> Served:
    """Only long articles get their rest by script; no part of the page tells which."""
    text = blocks(one)
    shown = 6 if len(one.paragraphs) > 8 else len(text)
    rest = "".join(text[shown:])
    code = (
        "fetch('/rest' + location.pathname + '.html').then(r => r.text())"
        ".then(t => { document.querySelector('#rest').innerHTML = t })"
    )
    before = page(one, body=f"{''.join(text[:shown])}<div id='rest'></div>", scripts=script(code))
    after = replace(before, body=f"{''.join(text[:shown])}<div id='rest'>{rest}</div>")
    return Served(frame(before), frame(after), {f"/rest/{one.id}.html": (HTML, rest)})


def unlocked(one: Story, frame: Frame) -> Served:
    """A wall before the text, which is hidden; the script takes both away."""
    wall = "<div id='wall'><p>Subscribers read on.</p></div>"
    first, text = blocks(one)[0], "".join(blocks(one)[1:])
    code = f"document.querySelector('#wall').remove(); {PAPER}.style.display = ''"
    hidden = f"<div id='story' style='display: none'>{text}</div>"
    before = page(one, body=first + wall + hidden, scripts=script(code))
    return both(
        frame, before, replace(before, body=f"{first}<div id='story' style=''>{text}</div>")
    )


def custom(one: Story, frame: Frame) -> Served:
    """An element of the site's own fetches its text."""
    text = "".join(blocks(one))
    code = (
        "customElements.define('story-text', class extends HTMLElement { "
        "async connectedCallback() { "
        "this.innerHTML = await (await fetch(this.getAttribute('src'))).text() } })"
    )
    tag = f"<story-text src='/text/{one.id}.html'>%s</story-text>"
    before = page(one, body=tag % "", scripts=script(code))
    files = {f"/text/{one.id}.html": (HTML, text)}
    return Served(frame(before), frame(replace(before, body=tag % text)), files)


def cloned(one: Story, frame: Frame) -> Served:
    text = "".join(blocks(one))
    template = f"<template id='t'>{text}</template>"
    code = f"{PAPER}.append(document.querySelector('#t').content.cloneNode(true))"
    before = page(one, body=_holder() + template, scripts=script(code))
    return both(frame, before, replace(before, body=_holder(text) + template))


def encoded(one: Story, frame: Frame) -> Served:
    """The text is in an attribute that no reader could read."""
    text = "".join(blocks(one))
    packed = base64.b64encode(text.encode()).decode()
    code = (
        f"{PAPER}.innerHTML = new TextDecoder().decode(Uint8Array.from(atob({PAPER}.dataset.text),"
        " c => c.charCodeAt(0)))"
    )
    holder = f"<div id='story' data-text='{packed}'>%s</div>"
    before = page(one, body=holder % "", scripts=script(code))
    return both(frame, before, replace(before, body=holder % text))


def replaced(one: Story, frame: Frame) -> Served:
    """The server sends a summary, the script puts the article in its place."""
    summary = f"<p>{one.paragraphs[0]}</p><p>{one.paragraphs[-1]}</p>"
    text = "".join(blocks(one))
    code = (
        "fetch('/full' + location.pathname).then(r => r.text())"
        f".then(t => {{ {PAPER}.innerHTML = t }})"
    )
    before = page(one, body=_holder(summary), scripts=script(code))
    files = {f"/full/{one.id}": (HTML, text)}
    return Served(frame(before), frame(replace(before, body=_holder(text))), files)


def live(one: Story, frame: Frame) -> Served:
    """Few pages are followed live, and say so."""
    update = (
        "<p>Update: the repairs have begun this morning, and the road is closed until noon.</p>"
    )
    followed = number(one) % 9 == 0
    box = "<div class='live' data-live='1'>%s</div>" if followed else "%s"
    code = (
        "document.querySelectorAll('.live').forEach(async box => "
        "{ box.innerHTML = await (await fetch('/live.html')).text() })"
    )
    before = page(one, body=box % "" + "".join(blocks(one)), scripts=script(code))
    added = update if followed else ""
    after = replace(before, body=box % added + "".join(blocks(one)))
    return both(frame, before, after, live__html=(HTML, update))


def corrected(one: Story, frame: Frame) -> Served:
    """One article in twenty-five gets a note at its end, from a list that the script fetches; the
    page itself tells nothing."""
    note = "<p>Correction: an earlier version named the wrong bridge, and the wrong year.</p>"
    code = (
        "fetch('/notes' + location.pathname + '.html').then(r => r.text())"
        ".then(t => { document.querySelector('.notes').innerHTML = t })"
    )
    text = note if number(one) % 25 == 0 else ""
    holder = "<div class='notes'>%s</div>"
    before = page(one, body="".join(blocks(one)) + holder % "", scripts=script(code))
    after = replace(before, body="".join(blocks(one)) + holder % text)
    return Served(frame(before), frame(after), {f"/notes/{one.id}.html": (HTML, text)})
