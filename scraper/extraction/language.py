"""Which language a page is in: what its markup declares, held against its words and letters."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from lxml.html import HtmlElement

from scraper.extraction.clues import Clues
from scraper.extraction.page import Found
from scraper.extraction.structured import strings, types

SAMPLE: Final = 2000
"""Characters of text that are looked at."""

_TAG: Final = re.compile(
    r"([a-zA-Z]{2,3})(?:[-_]([a-zA-Z]{4}))?(?:[-_]([a-zA-Z]{2}|\d{3}))?(?![a-zA-Z])"
)
_RENAMED: Final = {"in": "id", "iw": "he", "ji": "yi"}
_RANGES: Final = (
    ("kana", 0x3040, 0x30FF), ("han", 0x3400, 0x9FFF), ("ko", 0xAC00, 0xD7AF), ("th", 0xE00, 0xE7F),
    ("arabic", 0x600, 0x6FF), ("he", 0x590, 0x5FF), ("cyrillic", 0x400, 0x4FF),
    ("el", 0x370, 0x3FF),
    ("devanagari", 0x900, 0x97F), ("bn", 0x980, 0x9FF), ("pa", 0xA00, 0xA7F), ("gu", 0xA80, 0xAFF),
    ("ta", 0xB80, 0xBFF), ("te", 0xC00, 0xC7F), ("kn", 0xC80, 0xCFF), ("ml", 0xD00, 0xD7F),
    ("si", 0xD80, 0xDFF), ("lo", 0xE80, 0xEFF), ("my", 0x1000, 0x109F), ("ka", 0x10A0, 0x10FF),
    ("am", 0x1200, 0x137F), ("km", 0x1780, 0x17FF), ("hy", 0x530, 0x58F),
)  # fmt: skip
_SCRIPTS: Final = {
    "kana": ("ja",), "han": ("zh", "ja", "yue"),
    "cyrillic": ("ru", "uk", "be", "bg", "sr", "mk", "kk", "ky", "mn", "tg"),
    "arabic": ("ar", "fa", "ur", "ps", "ckb", "ug", "sd"), "devanagari": ("hi", "mr", "ne"),
}  # fmt: skip
_LETTERS: Final = (
    ("uk", "їєґ"), ("be", "ў"), ("mk", "ќѓѕ"), ("sr", "ђћџљњ"), ("kk", "әғқұһ"), ("ru", "ыэё"),
    ("bg", "ъ"), ("ur", "ٹڈڑےں"), ("fa", "پچژگ"),
)  # fmt: skip
_WORDS: Final = {
    language: frozenset(words.split())
    for language, words in {
        "en": "the and of to in is that for with was are this have from not you be on",
        "de": "der die das und ist nicht mit von ein eine für auf den dem sich auch werden sind",
        "fr": "le la les des et est une dans pour que qui sur pas avec au du par cette sont",
        "es": "el la los las que y en un una por con para del se no es al como más",
        "it": "il di che e la un una per non con sono del della gli è nel alla anche più",
        "pt": "o a os as que e de do da em um uma para com não por mais se é dos ao",
        "nl": "de het een en van is dat niet op te voor met zijn die aan ook worden er",
        "sv": "och att det som en på är av för med den till inte ett har om jag var",
        "da": "og at det er en på af til for med den der ikke de som har et vi fra blev",
        "nb": "og det er en på av til for med den som ikke de har et vi fra ble også å",
        "fi": "ja on ei se että oli hän ovat mutta kun myös joka sekä niin kuin ole tai",
        "pl": "i w na z nie się do to że jest o jak po co przez dla od są być",
        "cs": "a v na se je že to do s z i o jako pro by jsou za ale podle které",
        "sk": "a v na sa je že to do s z aj o ako pre by sú za ale podľa ktoré",
        "hu": "a az és hogy nem is egy van volt meg csak de ha mint már még ez el",
        "ro": "și în de la a cu pe nu că este din pentru o mai care să un fi sunt",
        "hr": "i u je na se da su za od s koji kao što će nije bi a ali to iz",
        "tr": "ve bir bu da de için ile çok daha olarak gibi ne olan var en kadar sonra",
        "id": "dan yang di dengan untuk dari ini itu pada tidak dalam adalah akan juga ke oleh",
        "vi": "và của là có không được cho trong một với các người những đã để khi này từ",
        "ca": "el la els les de i que en un una per amb no és dels als més ha són",
        "et": "ja on ei see et oli kui ka mis aga oma ta veel siis mille ning või",
        "lv": "un ir ar no par ka uz kas bet arī lai pie tas pēc tiek kā",
        "lt": "ir yra kad su iš tai į kaip ne buvo bet dėl apie savo jau po kuris",
        "sl": "in je na se da so za v ki ne pa tudi kot bo z od po bi",
        "sq": "dhe të në një për me që është nga së nuk janë si ka do më",
        "tl": "ang ng sa na mga at ay ni para hindi ito si kung niya siya",
    }.items()
}
_LANGUAGES_OF: Final[dict[str, list[str]]] = {}
for _language, _common in _WORDS.items():
    for _word in _common:
        _LANGUAGES_OF.setdefault(_word, []).append(_language)


def read_language(clues: Clues) -> Found[str] | None:
    """BCP 47.  A declaration that the text contradicts is passed over."""
    declared = _declared(clues)
    text = _sample(clues.page.elements)
    seen = guess(text, declared[0].value if declared else None)
    if seen:
        for found in declared:
            if found.value.partition("-")[0] == seen:
                return found
        return Found(seen, "visible:text", raw=text[:60])
    return declared[0] if declared else None


def tag(text: str) -> str | None:
    """de_at, DE-AT, "German (de-AT)" as de-AT; None when it is no language tag."""
    match = _TAG.fullmatch(text.strip().partition(",")[0].partition(".")[0])
    if not match:
        return None
    parts = [_RENAMED.get(match[1].lower(), match[1].lower())]
    if match[2]:
        parts.append(match[2].title())
    if match[3]:
        parts.append(match[3].upper())
    return "-".join(parts)


def guess(text: str, declared: str | None = None) -> str | None:
    """The language a text is surely in, `declared` when the text fits it, None when it is too short
    to tell."""
    letters = {c: n for c, n in Counter(text[:SAMPLE]).items() if c.isalpha()}
    if sum(letters.values()) < 40:
        return None
    said = (declared or "").partition("-")[0]
    script, share = _script(letters)
    if script and share > 0.3:
        languages = _SCRIPTS.get(script, (script,))
        if said in languages:
            return said
        return _by_letters(text, languages) or languages[0]
    words = re.findall(r"[^\W\d_]+", text[:SAMPLE].casefold())
    if len(words) < 30:
        return None
    counts: Counter[str] = Counter()
    for word, number in Counter(words).items():
        for language in _LANGUAGES_OF.get(word, ()):
            counts[language] += number
    scores = {language: counts[language] / len(words) for language in _WORDS}
    best = max(scores, key=lambda language: scores[language])
    if said in scores and scores[said] > 0.7 * scores[best]:
        return said
    if said and said not in scores and scores[best] < 0.3:
        return None  # a language we have no words of
    return best if scores[best] > 0.12 else None


def _script(letters: dict[str, int]) -> tuple[str | None, float]:
    """The script most of the letters are of (None for Latin), and its share."""
    counts: Counter[str] = Counter()
    for char, number in letters.items():
        code = ord(char)
        if code < 0x370:
            continue
        for name, low, high in _RANGES:
            if low <= code <= high:
                counts[name] += number
                break
    total = sum(letters.values())
    if counts["kana"] > 0.1 * total:
        return "kana", (counts["kana"] + counts["han"]) / total
    if not counts:
        return None, 0.0
    name, number = counts.most_common(1)[0]
    return name, number / total


def _by_letters(text: str, languages: tuple[str, ...]) -> str | None:
    for language, letters in _LETTERS:
        if language in languages and sum(text.count(letter) for letter in letters) > 2:
            return language
    return None


def _declared(clues: Clues) -> list[Found[str]]:
    tree = clues.page.tree
    offers: list[tuple[str, str, HtmlElement | None]] = [
        (
            "html:lang",
            tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or "",
            tree,
        )
    ]
    for thing in clues.things[:20]:
        if "breadcrumblist" not in types(thing):
            offers += [
                ("jsonld:inLanguage", text, None) for text in strings(thing.get("inLanguage"))[:1]
            ]
    for meta in clues.meta(
        "og:locale", "content-language", "language", "dc.language", "dcterms.language"
    ):
        offers.append((f"meta:{meta.name}", meta.content, meta.element))
    found = []
    for place, text, element in offers:
        value = tag(text) if text else None
        if value:
            found.append(Found(value, place, node=element, raw=text))
    # A region said anywhere is worth more than the bare language.
    return sorted(
        found, key=lambda one: one.value.partition("-")[0] != found[0].value.partition("-")[0]
    )


_TEXT_TAGS: Final = frozenset({"p", "h1", "li", "td", "div", "span"})


def _sample(elements: list[HtmlElement]) -> str:
    parts: list[str] = []
    length = 0
    for element in elements:
        text = element.text if element.tag in _TEXT_TAGS else None
        if text and (len(text) > 40 or (len(text) > 15 and text[8] > "\u2e80")):
            parts.append(text)
            length += len(text)
            if length > SAMPLE:
                break
    return " ".join(parts)
