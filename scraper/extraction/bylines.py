"""Names out of the text of a byline: prefixes, job titles, addresses and dates taken away."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from scraper.extraction.date_search import find_written, plain

MAX_NAME: Final = 80
MAX_BYLINE: Final = 300

# Words that stand before a name; those of the second list only with a colon or slash.
_PREFIXES: Final = (
    "by von vom par por di da af av door od oleh бай bởi prepared 本报记者 记者 記者 通讯员",
    "text texte texto tekst testo author authors autor autora autores autorin autoren autore "
    "auteur auteure auteurs verfasser verfasserin writer reporter journalist redakteur redakteurin "
    "redaktion redacción interview protokoll автор автори авторы текст szerző yazan yazar penulis "
    "skribent forfatter kirjoittaja skrevet skriven بقلم كتب كتبت الكاتب نویسنده מאת 作者 文 撰文 "
    "记者 記者 编辑 編輯 责编 責編 责任编辑 选稿 撰稿 供稿 執筆 筆者 著者 取材 글 기자 작성자 "
    "ผู้เขียน",
)
_VERBS: Final = (
    "written posted published reported reviewed words story article report created submitted edited"
    " contributed compiled produced veröffentlicht geschrieben verfasst erstellt beitrag artikel"
    " analyse kommentar gastbeitrag kolumne essay text texte publié écrit rédigé proposé escrito"
    " publicado scritto pubblicato geschreven geplaatst skrevet skriven medically reviewed updated"
)
_BY: Final = re.compile(
    rf"\W{{0,4}}(?:(?:ein|eine|an|a|the|il|el)\s)?(?:(?:{'|'.join(_VERBS.split())})\s)?"
    rf"(?:{'|'.join(_PREFIXES[0].split())}|a cura di|tác giả)(?:\s?[:：]\s?|\s|$)"
    rf"|\W{{0,4}}(?:{'|'.join((_PREFIXES[1]).split())}|tác giả)\s?(?:[:：/|／]\s?|$)",
    re.IGNORECASE,
)
_FIRST: Final = frozenset(
    [*" ".join(_PREFIXES).split(), *_VERBS.split(), *"ein eine an a the il el tác".split()]
)
_SIGNS: Final = " \t-–—―,:：;|/／·•*&+<>\"“”„»«()[]…’'."
_PICTURE: Final = re.compile(
    r"\W{0,3}(?:fotos?|photos?|bild(?:er)?|images?|picture|credit|grafik|illustration|video|copyright|©"
    r"|symbolbild|archivbild|quelle|source|fonte|fuente|图片|摄影|来源|來源|出处|출처)\b",
    re.IGNORECASE,
)
_AND: Final = "and und et y e og och ja en és i и та ve with mit avec con com và dan และ och à"
_SPLIT: Final = re.compile(
    rf"\s?[;|/·•、，；\n]\s?|,\s?|\s(?:{'|'.join(_AND.split())}|[&+])\s"
    r"|(?<=[\u3400-\u9fff])\s(?=[\u3400-\u9fff])",
    re.IGNORECASE,
)
_JOBS: Final = (
    r"reporters? editors? correspondents? journalists? columnists? contributors? contributing staff"
    r" writers? producers? chief director manager ceo cto cfo founder co-founder professor lecturer"
    r" analysts? special freelance\w* intern photographers? guest senior associate deputy"
    r" specialist head president phd ph\.d md m\.d rd rn mba cpa esq redakteur\w* redaktor\w*"
    r" korrespondent\w* autorin autor volontär\w* journaliste rédact\w+ envoyé\w* correspondant\w*"
    r" redactor\w* corresponsal periodista redattore giornalista redacteur verslaggever experts?"
    r" author partner consultant engineer developer team marketing coordinator strategist"
    r" communications product content gastautor\w* mitarbeiter\w* abteilung rechtsanwalt"
    r" rechtsanwältin"
)
_JOB: Final = re.compile(rf"\b(?:{'|'.join(_JOBS.split())})\b", re.IGNORECASE)
_JOBS_BEFORE: Final = re.compile(rf"(?:{_JOB.pattern}\W{{0,3}})+", re.IGNORECASE)
_GROUP: Final = re.compile(
    r"\b(?:team|staff|editors|desk|newsroom|redaktion|editorial)\Z", re.IGNORECASE
)
_CHROME: Final = re.compile(
    r"\b(?:updated?|published?|publicado|veröffentlicht|aktualisiert|follow|folgen|contact|e-?mail"
    r"|share|comments?|views?|subscribe|facebook|twitter|linkedin|instagram|last|posted|profile|posts|articles"
    r"|lesezeit|minuten|uhr|stand|read|reading|more|archive|about|über|mins?|minutes?|contents|menu"
    r"|ago|hace|vor|badges?|im gespräch|alle|alles|all|edited|asked|answered|joined|cookies?|login"
    r"|sign|search|home|next|previous|tags?|categor\w+|photos?|foto|images?|video|kontakt"
    r"|illustration\w*|查看更多|返回\w*|点击\w*|schlagwörter|kommentare?|en vivo|written|reply"
    r"|mehr|beitrag|artikel)\b",
    re.IGNORECASE,
)
_NOBODY: Final = frozenset(
    "admin administrator root webmaster guest anonymous unknown user author authors editor staff"
    " none null undefined test web online superuser wordpress system by von and redaktor"
    " administrador via mon tue wed thu fri sat sun sponsored advertisement"
    " 管理员 管理者 匿名 name me print home login facebook twitter linkedin".split()
)
_CONTACT: Final = re.compile(
    r"\S{1,64}(?:@|\s?[\[(]at[\])]\s?)\S{1,100}|https?://\S{1,300}|\bwww\.\S{1,200}|\(@\w{1,30}\)"
)
_ROUND: Final = re.compile(r"\s?[(（\[【][^()（）\[\]【】]{0,80}[)）\]】]")
_ORGANISED: Final = frozenset(
    "news online magazine magazin media redaktion press presse agency agentur university"
    " universität institute institut foundation stiftung verlag gmbh ag inc llc ltd company group"
    " association verband verein society council ministry bureau network radio tv zeitung times"
    " post journal blog team staff editorial desk studio services solutions center centre"
    " zentrum deutsche".split()
)
_PARTICLES: Final = frozenset(
    "van von der den de del della di da dos das du la le el al bin ben ibn y e zu zur ten ter af av"
    " und i mc st".split()
)
_KANA: Final = re.compile(r"[\u3040-\u30ff]")
_CJK: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def names_of(text: str, *, stated: bool = False) -> list[str]:
    """The names in a byline or an author field.  `stated`: the markup calls it the author, so that
    a text without the look of a person's name may be one."""
    if _PICTURE.match(text):
        return []
    text, prefixed = strip_by(" ".join(_CONTACT.sub(" ", text[:MAX_BYLINE]).split()))
    text = _before_dates(text)
    single = _surname_first(text) or _with_given_names(text) if stated else None
    if single:
        return [single]
    bare = _ROUND.sub("", text)
    bare = re.split("[)）]", bare, maxsplit=1)[0] if bare.strip() else bare
    found: list[str] = []
    for part in _SPLIT.split(bare if bare.strip() else text.strip("()（）[]【】 ")):
        if _PICTURE.match(part):
            break
        name = clean_name(strip_by(part)[0])
        chrome = _CHROME.search(name)
        if chrome:
            name = clean_name(name[: chrome.start()])
            name = name if looks_like_person(name) else ""
        if not name or name.isdigit():
            if chrome and found:
                break
            continue
        job = _JOB.search(name)
        if job and not (stated and not found and (_GROUP.search(name) or len(name.split()) < 3)):
            if found:
                break  # what follows a job title speaks of the job
            name = clean_name(name[: job.start()] or _JOBS_BEFORE.sub("", name, count=1))
            if looks_like_person(name):
                found.append(name)
            continue
        if found and name[:1].islower() and looks_like_person(found[0]):
            continue  # "in Berlin"
        if looks_like_person(name) or ((stated or (prefixed and not found)) and _acceptable(name)):
            found.append(name)
        if chrome:
            break
    return list(dict.fromkeys(found))[:20]


def all_names(texts: Iterable[str]) -> list[str]:
    """Of several fields that are each an author."""
    return list(dict.fromkeys(name for text in texts for name in names_of(text, stated=True)))[:20]


def strip_by(text: str) -> tuple[str, bool]:
    """The text without "By", "Von", "作者：" and their like, and whether there was one."""
    prefixed = False
    first = text[:40].lstrip(_SIGNS).split(maxsplit=1)
    word = first[0].partition(":")[0].partition("/")[0].rstrip(_SIGNS) if first else ""
    if not word or (word.isascii() and word.casefold() not in _FIRST):
        return text, False  # which spares most texts the search
    for _ in range(2):
        match = _BY.match(text)
        if not match:
            break
        text, prefixed = text[match.end() :], True
    return text, prefixed


def clean_name(text: str) -> str:
    """White space collapsed, outer signs away."""
    text = " ".join(text.split())
    if text[:1] == "@":
        return text
    return text.strip(_SIGNS + "@™®").strip()


def looks_like_person(name: str) -> bool:
    """Two to six words that begin with capitals, or a short name in a script without them."""
    if not name or len(name) > MAX_NAME or any(char.isdigit() for char in name):
        return False
    if ":" in name or "：" in name:
        return False
    if _CJK.search(name):
        return 2 <= len(name.replace(" ", "")) <= (10 if _KANA.search(name) else 5)
    words = name.replace("-", " ").replace(" (", " ").replace(") ", " ").split()
    if not 2 <= len(words) <= 6 or name.casefold() in _NOBODY:
        return False
    if not _ORGANISED.isdisjoint(word.casefold().strip(".") for word in words):
        return False
    if not any(char.isupper() for char in name):
        return not name.isascii() and not any(char.islower() for char in name)
    return all(
        word[:1].isupper() or word.casefold() in _PARTICLES or word[:2] in ("d'", "d’", "o'")
        for word in words
    )


def _acceptable(name: str) -> bool:
    return 2 <= len(name) <= MAX_NAME and len(name.split()) <= 6 and name.casefold() not in _NOBODY


def _surname_first(text: str) -> str | None:
    """ "Smith, John" as a field of a catalogue has it: one comma, single words."""
    surname, comma, first = text.strip().partition(", ")
    if not comma or "," in first or len(surname.split()) != 1 or len(first.split()) > 2:
        return None
    whole = f"{first} {surname}"
    return whole if looks_like_person(whole) and not _JOB.search(whole) else None


def _with_given_names(text: str) -> str | None:
    """ "Ann (Mary Louise) Smith": what stands in brackets within a name is part of it."""
    first, opening, rest = text.strip().partition(" (")
    inner, closing, last = rest.partition(") ")
    whole = opening and closing and looks_like_person(f"{first} {inner} {last}")
    parts = (first.split(), last.split())
    return text.strip() if whole and all(1 <= len(part) <= 2 for part in parts) else None


def _before_dates(text: str) -> str:
    """Cut before the first date, or begin after it when nothing stands before."""
    if not any(char.isdigit() for char in text):
        return text
    flat = plain(text)
    for written in find_written(flat):
        before = _CLOCK.sub(" ", flat[: written.start])
        return before if sum(map(str.isalpha, before)) > 3 else _CLOCK.sub(" ", flat[written.end :])
    return text


_CLOCK: Final = re.compile(r"\b\d{1,2}[:.]\d\d(?::\d\d)?(?:\s?(?:uhr|am|pm|h)\b)?", re.IGNORECASE)
