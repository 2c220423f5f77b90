"""Finding written dates in a text: day, time of day and zone, as far as the text says them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta, tzinfo
from datetime import timezone as fixed_zone
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from scraper.extraction import date_words
from scraper.extraction.date_words import month

MAX_TEXT: Final = 500
"""Characters of a text that are looked at; every pattern here is bounded besides."""

_WORD = r"(?P<m>[^\W\d_][^\s\d,;:/()|\[\]<>_-]{1,24})"
_DAY = r"(?<![\d.,:/-])(?P<d>\d{1,2})"
_ORDINAL = r"(?:st|nd|rd|th|er|ère|ème|ος|η|-?го|º|ª|°)?"
_GLUE = r"[\s.,/-]{0,3}"
_OF = r"(?:(?:de|del|of|di|d|d['’]|ta['’])\s{1,2}|d['’])?"
_PATTERNS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        # 2024-05-01, 2024/5/1, 2024. 5. 1., 2024年5月1日, 2024년 5월 1일
        r"(?<![\d.,])(?P<y>\d{4})\s?(?P<s>[-/.]|年|년)\s?(?P<m>\d{1,2})\s?(?:(?P=s)|月|월)\s?(?P<d>\d{1,2})(?!\d)",
        # 1.5.2024, 01/05/24, 5-1-2024
        r"(?<![\d.,/:-])(?P<a>\d{1,2})\s?(?P<s>[./-])\s?(?P<b>\d{1,2})\s?(?P=s)\s?(?P<y>\d{4}|\d{2})(?!\d|[./:%-]\d)",
        # 1 May 2024, 1st of May, 2024, 1er mai 2024, 5 de mayo de 2024, 1-May-24
        rf"{_DAY}{_ORDINAL}{_GLUE}{_OF}{_WORD}{_GLUE}{_OF}(?P<y>\d{{4}}|(?<=[-’'])\d\d)(?!\d)",
        # May 1, 2024; Wed May 01 10:00:00 +0000 2024
        rf"(?<![^\W\d_]){_WORD}{_GLUE}(?P<d>\d{{1,2}})(?:st|nd|rd|th|º)?"
        r"(?:[\s.,/-]{1,3}|\s\d\d:\d\d:\d\d\s(?:[A-Z0-9+-]{1,6}\s)?)(?P<y>\d{4})(?!\d|:)",
        # 2024. május 1., 2024 May 1, 2024 m. gegužės 1 d., 2024-May-01
        rf"(?<!\d)(?P<y>\d{{4}})(?:\s?m\.)?[\s.,/-]{{1,2}}{_WORD}{_GLUE}(?P<d>\d{{1,2}})(?![\d:])",
        # ngày 1 tháng 5 năm 2024
        r"(?<!\d)(?P<d>\d{1,2})\s{1,2}[Tt]háng\s{1,2}(?P<m>\d{1,2}),?\s{1,2}(?:năm\s{1,2})?(?P<y>\d{4})",
    )
)
_CLOCK: Final = re.compile(
    r"(?<![\d:.,/-])(?P<h>\d{1,2})\s?(?::|[hH]|[點点时時시]|uur\s)\s?(?P<m>\d{2})(?!\d)"
    r"(?:\s?(?:[:.]|m|[分분])\s?(?P<s>\d{1,2})(?!\d)(?:[.,]\d{1,12})?)?\s?[초秒分분]?"
    r"|(?P<kl>\b(?i:kl|klo|alle|ore|um|às|as|a las)\.?\s)?(?<![\d:.,/-])(?P<hd>\d{1,2})\."
    r"(?P<md>\d{2})(?![\d.])(?P<uhr>\s?(?:Uhr|น\.)|(?=\s?(?:WIB|WITA|GMT|UTC|BST|CES?T)\b))?"
    r"|(?<![\d:.,/-])(?P<ho>\d{1,2})\s?(?=[aApP]\.?\s?[mM]\b)"
)
_HALF_AFTER: Final = re.compile(r"\s?([^\W\d_]\.?\s?[^\W\d_]\.?|[^\W\d_]{2,6})(?![^\W\d_])")
_HALF_BEFORE: Final = re.compile(r"([^\W\d_]{2})\s?\Z")
_ZONE: Final = re.compile(
    r"\s?\(?(?:(?:UTC|GMT)\s?)?(?P<sign>[+-])(?P<h>\d{1,2})(?::?(?P<m>\d{2}))?(?![\d/.-])"
    r"|\s?[(/|,]?\s?(?P<name>[A-Za-zМСКмск]{1,5})(?![^\W_])"
)
_THAI_MONTH: Final = re.compile(r"([ก-ฮ]{1,2}ิ?)\.\s?([คพยก])\.")
_ERA: Final = re.compile(r"(令和|平成|昭和|民國|民国)\s?(\d{1,3}|元)\s?年")
_ERAS: Final = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
_CHINESE_DATE: Final = re.compile(
    r"([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日"
)
_LEVANT: Final = re.compile("(تشرين|كانون) (الأول|الاول|الثاني)")
_LEVANT_MONTHS: Final = {
    ("تشرين", False): "أكتوبر",
    ("تشرين", True): "نوفمبر",
    ("كانون", False): "ديسمبر",
    ("كانون", True): "يناير",
}


@dataclass(frozen=True, slots=True)
class Written:
    """A date as the text has it, from `start` to `end` of the plain text (the time of day not
    counted).  `clock` is None when only the day is named, `zone` when the text names none;
    `seconds`: the clock shows them."""

    start: int
    end: int
    day: date
    clock: time | None = None
    seconds: bool = False
    zone: tzinfo | None = None


def plain(text: str) -> str:
    """White space collapsed, digits and signs of every script as ASCII, cut at MAX_TEXT."""
    text = " ".join(text[:MAX_TEXT].translate(date_words.PLAIN).split())
    if text.isascii():
        return text
    text = _THAI_MONTH.sub(r"\1.\2 ", text)
    text = _LEVANT.sub(lambda m: _LEVANT_MONTHS[m[1], m[2] == "الثاني"], text)
    text = _ERA.sub(lambda m: f"{_ERAS[m[1]] + (1 if m[2] == '元' else int(m[2]))}年", text)
    return _CHINESE_DATE.sub(_from_chinese, text)


def find_written(
    text: str, *, language: str | None = None, day_first: bool | None = None
) -> Iterator[Written]:
    """The dates of a `plain` text in its order, none overlapping another."""
    if not any(char.isdigit() for char in text):
        return
    spans: list[tuple[int, int, date]] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            taken = any(start < match.end() and match.start() < end for start, end, _ in spans)
            day = None if taken else _day(match.groupdict(), language, day_first)
            if day:
                spans.append((match.start(), match.end(), day))
    spans.sort()
    for index, (start, end, day) in enumerate(spans):
        before = spans[index - 1][1] if index else 0
        after = spans[index + 1][0] if index + 1 < len(spans) else len(text)
        yield _with_clock(text, Written(start, end, day), before, after)


_YEAR_FIRST: Final = frozenset({"zh", "ja", "ko", "hu", "lt", "mn"})
"""Languages that write 24-5-13 for 13 May 2024."""


def _day(found: dict[str, str | None], language: str | None, day_first: bool | None) -> date | None:
    year, named, number = int(found["y"] or 0), found.get("m"), found.get("d")
    if len(found["y"] or "") == 2:
        year += 2000 if year < 70 else 1900
    if found.get("a"):
        first, second = int(found["a"] or 0), int(found["b"] or 0)
        if len(found["y"] or "") == 2 and (language or "").lower()[:2] in _YEAR_FIRST:
            return _date(2000 + first, second, int(found["y"] or 0))
        in_order = _day_comes_first(found["s"] or "", language, day_first)
        for day_number, month_number in ((first, second), (second, first))[
            :: 1 if in_order else -1
        ]:
            day = _date(year, month_number, day_number)
            if day:
                return day
        return None
    if not named or not number:
        return None
    if named.isdigit():
        return _date(year, int(named), int(number))
    persian = date_words.PERSIAN_MONTHS.get(named)
    if persian and year < 1500:
        return _date(year, persian, int(number))
    return _date(year, month(named, language) or 0, int(number))


def _day_comes_first(separator: str, language: str | None, day_first: bool | None) -> bool:
    if separator == ".":
        return True
    if day_first is not None:
        return day_first
    return (language or "en-us").lower() not in ("en", "en-us", "en_us", "en-ph", "fil")


def _date(year: int, month_: int, day: int) -> date | None:
    """None when there is no such day, or none that a page of the web could be speaking of."""
    try:
        if 1300 <= year < 1500:
            return date_words.from_persian(year, month_, day)
        if 2443 <= year < 2643:  # the Buddhist era
            year -= 543
        return date(year, month_, day) if 1900 <= year < 2100 else None
    except ValueError:
        return None


def _with_clock(text: str, written: Written, before: int, after: int) -> Written:
    """The time of day nearest to a date.  One between two dates belongs to the first."""
    start, end = written.start, written.end
    found = [*_CLOCK.finditer(text, start, min(after, end + 40))]
    if not before:
        found += _CLOCK.finditer(text, max(0, start - 30), start)
    found.sort(
        key=lambda match: start - match.end() if match.start() < start else match.start() - end
    )
    for match in found:
        clock = _clock(text, match)
        if clock:
            tail = text[match.end() : match.end() + 24]
            half = _HALF_AFTER.match(tail)
            if half and _is_half(half[1]):
                tail = tail[half.end() :]
            return Written(start, end, written.day, clock, bool(match["s"]), zone_after(tail))
    return written


def _clock(text: str, match: re.Match[str]) -> time | None:
    if match["hd"] and match["kl"] is None and match["uhr"] is None:
        return None  # 10.30 alone is a number
    hour = int(match["h"] or match["hd"] or match["ho"])
    minute, second = int(match["m"] or match["md"] or 0), int(match["s"] or 0)
    after = _HALF_AFTER.match(text, match.end(), match.end() + 8)
    before = _HALF_BEFORE.search(text, max(0, match.start() - 4), match.start())
    words = {_half_word(found[1]) for found in (after, before) if found}
    if words & date_words.AFTERNOON and hour < 12:
        hour += 12
    elif words & date_words.MORNING and hour == 12:
        hour = 0
    try:
        return time(hour, minute, min(second, 59))
    except ValueError:
        return None


def _half_word(word: str) -> str:
    return word.lower().replace(" ", "").rstrip(".").replace("a.m", "am").replace("p.m", "pm")


def _is_half(word: str) -> bool:
    return _half_word(word) in date_words.MORNING | date_words.AFTERNOON


def zone_after(text: str) -> tzinfo | None:
    """The zone a text begins with: Z, +08:00, GMT+8, CEST, ET."""
    match = _ZONE.match(text)
    if not match:
        return None
    if match["sign"]:
        return offset_zone(match["sign"], match["h"], match["m"])
    name = match["name"].lower()
    if name in date_words.REGIONS and match["name"].isupper():
        try:
            return ZoneInfo(date_words.REGIONS[name])
        except (ZoneInfoNotFoundError, OSError):
            return None
    minutes = date_words.OFFSETS.get(name) if match["name"].isupper() else None
    return None if minutes is None else fixed_zone(timedelta(minutes=minutes))


def offset_zone(sign: str, hours: str, minutes: str | None) -> tzinfo | None:
    """None beyond the offsets that exist anywhere."""
    total = int(hours) * 60 + int(minutes or 0)
    if total > 14 * 60:
        return None
    return fixed_zone(timedelta(minutes=-total if sign == "-" else total))


def _from_chinese(match: re.Match[str]) -> str:
    digits = "〇一二三四五六七八九"
    year = "".join(str(digits.index(char)) if char in digits else "0" for char in match[1])
    return f"{year}年{_chinese_number(match[2])}月{_chinese_number(match[3])}日"


def _chinese_number(text: str) -> int:
    tens, ten, ones = text.rpartition("十")
    value = (
        "一二三四五六七八九".index(tens[0]) + 1 if tens[:1] in "一二三四五六七八九" and tens else 1
    ) * 10
    last = "一二三四五六七八九".find(ones[:1]) + 1 if ones else 0
    return (value if ten else 0) + last
