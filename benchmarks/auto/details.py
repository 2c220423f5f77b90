"""Pages whose title, date or pictures a script makes."""

from __future__ import annotations

import html
from dataclasses import replace

from benchmarks.auto.frames import Frame
from benchmarks.auto.served import (
    HTML,
    SCRIPT,
    Served,
    blocks,
    both,
    figure,
    inline,
    number,
    page,
    script,
)
from benchmarks.auto.stories import Story


def retitled(one: Story, frame: Frame) -> Served:
    """Another headline is tried on all readers."""
    other = html.escape(one.other_headline)
    code = (
        "const h = document.querySelector('h1'); h.textContent = h2; document.title = h2"
    ).replace("h2", inline(one.other_headline))
    before = page(one, scripts=script(code))
    return both(frame, before, replace(before, headline=other, title=other))


def dated_by_script(one: Story, frame: Frame) -> Served:
    seconds = int(one.published.timestamp())
    code = (
        "document.querySelectorAll('[data-ts]').forEach(s => { "
        "const d = new Date(s.dataset.ts * 1000); "
        "s.textContent = d.toLocaleDateString('en-GB', "
        "{day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC'}) })"
    )
    tag = f"<span class='date' data-ts='{seconds}'>%s</span>"
    before = page(one, date=tag % "", scripts=script(code))
    return both(frame, before, replace(before, date=tag % one.day))


def date_fetched(one: Story, frame: Frame) -> Served:
    code = (
        "fetch('/when' + location.pathname + '.txt').then(r => r.text())"
        ".then(t => { document.querySelector('#when').textContent = t })"
    )
    before = page(one, date="<span id='when'></span>", scripts=script(code))
    after = replace(before, date=f"<span id='when'>{one.day}</span>")
    return Served(frame(before), frame(after), {f"/when/{one.id}.txt": ("text/plain", one.day)})


def pictures_placed(one: Story, frame: Frame) -> Served:
    """Only the script knows where the pictures are."""
    text, places, files = [], [], {}
    pictures = list(one.pictures)
    for index, paragraph in enumerate(one.paragraphs):
        text.append(f"<p>{paragraph}</p>")
        if index % 2 == 0 and pictures:
            text.append(f"<div class='photo' data-photo='{len(places)}'>%s</div>")
            places.append(figure(*pictures.pop(0)))
    whole = "".join(text)
    code = (
        "document.querySelectorAll('.photo').forEach(async box => { box.innerHTML = "
        "await (await fetch('/photo' + location.pathname + '-' + box.dataset.photo)).text() })"
    )
    for index, made in enumerate(places):
        files[f"/photo/{one.id}-{index}"] = (HTML, made)
    before = page(one, body=whole % (("",) * len(places)), scripts=script(code))
    after = replace(before, body=whole % tuple(places))
    return Served(frame(before), frame(after), files)


def pictures_addressed(one: Story, frame: Frame) -> Served:
    """The addresses are put together by the script."""
    waiting = 'class="pic" data-path="{}"'
    shown = 'class="pic" data-path="{0}" src="https://cdn.example/w800{0}"'
    code = (
        "document.querySelectorAll('.pic').forEach(i => { "
        "i.src = 'https://cdn.example/w800' + i.dataset.path })"
    )
    before = page(one, body="".join(blocks(one, waiting)), scripts=script(code))
    return both(frame, before, replace(before, body="".join(blocks(one, shown))))


def pictures_sized(one: Story, frame: Frame) -> Served:
    """A placeholder in the address is filled in by the script."""
    waiting = 'class="fit" data-src="/fit/WIDTH{}"'
    shown = 'class="fit" data-src="/fit/WIDTH{0}" src="/fit/800{0}"'
    code = (
        "document.querySelectorAll('.fit').forEach(i => { "
        "i.src = i.dataset.src.replace('WIDTH', 800); })"
    )
    before = page(one, body="".join(blocks(one, waiting)), scripts=script(code))
    return both(frame, before, replace(before, body="".join(blocks(one, shown))))


def gallery(one: Story, frame: Frame) -> Served:
    """One page in six has a gallery, made by a script that all pages have."""
    has = number(one) % 6 == 0
    shots = "".join(figure(f"/photos/{one.id}/g{n}.jpg", "From the gallery") for n in range(3))
    tag = f"<div class='gallery' data-set='{one.id}'>%s</div>" if has else "%s"
    code = (
        "document.querySelectorAll('.gallery').forEach(async box => { box.innerHTML = "
        "await (await fetch('/sets/' + box.dataset.set)).text() })"
    )
    before = page(one, body="".join(blocks(one)) + tag % "", scripts=script(code))
    after = replace(before, body="".join(blocks(one)) + tag % (shots if has else ""))
    return Served(frame(before), frame(after), {f"/sets/{one.id}": (HTML, shots)})


def headed(one: Story, frame: Frame, *, changes: bool = False, version: str = "1") -> Served:
    """A script that some day begins to change the headlines."""
    other = html.escape(one.other_headline)
    code = (
        "document.title = document.body.dataset.other; "
        "document.querySelector('h1').textContent = document.title"
    )
    tag = script(f"document.body.dataset.other = {inline(one.other_headline)}")
    before = page(one, scripts=f"{tag}<script src='/js/site-{version}.js'></script>")
    after = replace(before, headline=other, title=other) if changes else before
    files = {f"/js/site-{version}.js": (SCRIPT, code if changes else "window.site = 1")}
    return Served(frame(before), frame(after), files)
