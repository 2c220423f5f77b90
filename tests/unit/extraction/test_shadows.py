"""Shadow roots are read as they are shown."""

from lxml import etree

from tests.unit.extraction.pages import page


def flat(html: str) -> str:
    body = page(f"<html><body>{html}</body></html>").tree.find("body")
    assert body is not None
    text: str = etree.tostring(body, encoding="unicode", method="html")
    return text.removeprefix("<body>").removesuffix("</body>").replace(' shadowrootmode="open"', "")


def test_the_shadow_is_shown_and_what_has_no_slot_is_not() -> None:
    shadow = "<template shadowrootmode=open><p>in</p></template>"
    assert flat(f"<x-a>{shadow}<p>gone</p></x-a><p>after</p>") == (
        "<x-a><div><p>in</p></div></x-a><p>after</p>"
    )


def test_slots_are_filled() -> None:
    shadow = (
        "<template shadowrootmode=open><slot>old<b>old</b></slot><slot name=b>old</slot>"
        "<slot name=c>stays</slot></template>"
    )
    assert flat(f"<x-a>{shadow}one <b>two</b> three<i slot=b>four</i> five</x-a>") == (
        "<x-a><div><slot>one <b>two</b> three five</slot>"
        '<slot name="b"><i slot="b">four</i></slot><slot name="c">stays</slot></div></x-a>'
    )


def test_a_shadow_in_a_shadow() -> None:
    inner = "<template shadowrootmode=open><p>in</p><slot></slot></template><slot></slot>"
    outer = f"<template shadowrootmode=open><x-b>{inner}</x-b></template>"
    assert flat(f"<x-a>{outer}<p>light</p></x-a>") == (
        "<x-a><div><x-b><div><p>in</p><slot><slot><p>light</p></slot></slot></div></x-b></div></x-a>"
    )


def test_other_templates_stay() -> None:
    assert flat("<template><p>no</p></template>") == "<template><p>no</p></template>"
