from __future__ import annotations

import pytest

from scraper.extraction.language import guess, tag
from scraper.extraction.metadata import read_metadata
from tests.unit.extraction.pages import page

ENGLISH = "The bridge over the harbour was opened on Monday and is not to be closed for years. " * 3
GERMAN = "Die Brücke über den Hafen ist am Montag eröffnet worden und sie ist für alle da. " * 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [("de_at", "de-AT"), ("zh-hans-cn", "zh-Hans-CN"), ("EN", "en"), ("en_US.UTF-8", "en-US"),
     ("es-419", "es-419"), ("in-ID", "id-ID"), ("english", None), ("", None), ("<x>", None)],
)  # fmt: skip
def test_tags(text: str, expected: str | None) -> None:
    assert tag(text) == expected


def language(html: str) -> tuple[str, str] | None:
    found = read_metadata(page(html)).language
    return (found.value, found.candidate) if found else None


def test_a_declaration_that_fits_the_text() -> None:
    assert language(f"<html lang=en-GB><p>{ENGLISH}</p>") == ("en-GB", "html:lang")
    assert language("<html lang=xx><p>Text</p>") == ("xx", "html:lang")


def test_a_declaration_the_text_contradicts() -> None:
    html = f'<html lang=en><meta property="og:locale" content="de_CH"><p>{GERMAN}</p>'
    assert language(html) == ("de-CH", "meta:og:locale")
    assert language(f"<html lang=en><p>{GERMAN}</p>") == ("de", "visible:text")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("港の橋が月曜日に開通した。" * 8, "ja"),
        ("港口大桥星期一通车。" * 8, "zh"),
        ("항구의 다리가 월요일에 개통되었다. " * 8, "ko"),
        ("Мост через гавань открыли в понедельник, и это было большое событие. " * 3, "ru"),
        (
            "Міст через гавань відкрили в понеділок, і це була велика подія для її мешканців. " * 3,
            "uk",
        ),
        ("افتتح الجسر فوق الميناء يوم الاثنين " * 4, "ar"),
        ("สะพานข้ามอ่าวเปิดในวันจันทร์" * 4, "th"),
        ("short", None),
    ],
)
def test_guesses(text: str, expected: str | None) -> None:
    assert guess(text) == expected
