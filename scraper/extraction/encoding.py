"""Bytes to text as the WHATWG standards have it: byte order mark, HTTP, meta, then evidence."""

from __future__ import annotations

import re
from typing import Final

import webencodings

_PRESCAN: Final = 1024
_HEAD: Final = 64 * 1024
_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))

_CHARSET: Final = re.compile(
    rb"charset\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s;\"'>]+))", re.IGNORECASE
)
_META: Final = re.compile(rb"<!--.*?(?:-->|\Z)|<meta[\s/]([^>]*)", re.IGNORECASE | re.DOTALL)
_XML: Final = re.compile(rb"\A<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']+)[\"']", re.IGNORECASE)
_HTTP_EQUIV: Final = re.compile(rb"http-equiv\s*=\s*[\"']?content-type", re.IGNORECASE)
_BARE: Final = re.compile(rb"(?:\A|[\s\"'/])charset\s*=", re.IGNORECASE)


def decode(body: bytes, content_type: str | None) -> str:
    """The document's text.  `content_type` is the HTTP header.  Without one (a file) valid UTF-8 is
    taken for UTF-8 whatever a meta says: saved pages are often converted, their meta is not."""
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace")
    codec = _of_header(content_type) or ""
    if codec:
        return _decode(body, codec)
    if content_type is None and _is_utf8(body):
        return body.decode("utf-8", "replace")
    return _decode(body, _of_meta(body) or _guess(body))


def _codec(label: bytes | str) -> str | None:
    """Python's codec for a label of the standard; None for an unknown one."""
    text = label.decode("ascii", "replace") if isinstance(label, bytes) else label
    encoding = webencodings.lookup(text)
    if encoding is None or encoding.name == "replacement":
        return None
    # The standard decodes gbk as gb18030.
    return "gb18030" if encoding.name == "gbk" else str(encoding.name)


def _decode(body: bytes, name: str) -> str:
    if name == "gb18030":
        return body.decode("gb18030", "replace")
    text = webencodings.decode(body, name, "replace")[0]
    if name == "windows-1252" and "\ufffd" in text:
        # Python leaves five bytes undefined; the standard maps them to C1 controls.
        return "".join(map(_WINDOWS_1252.__getitem__, body))
    return text


def _windows_1252() -> tuple[str, ...]:
    undefined = (0x81, 0x8D, 0x8F, 0x90, 0x9D)
    return tuple(chr(b) if b in undefined else bytes([b]).decode("cp1252") for b in range(256))


_WINDOWS_1252: Final = _windows_1252()


def _of_header(content_type: str | None) -> str | None:
    found = _CHARSET.search((content_type or "").encode("utf-8", "replace"))
    return _codec(found[1] or found[2] or found[3] or b"") if found else None


def _of_meta(body: bytes) -> str | None:
    """The first charset a meta element names.  The standard looks at 1024 bytes; browsers go on to
    the end of the head, and so do we."""
    start = body[:_HEAD]
    head_end = start.lower().find(b"</head")
    scanned = start[: max(head_end, _PRESCAN)] if head_end >= 0 else start
    for meta in _META.finditer(scanned):
        attributes = meta[1]
        if attributes is None:
            continue
        if not _BARE.search(attributes) and not _HTTP_EQUIV.search(attributes):
            continue
        charset = _CHARSET.search(attributes)
        codec = _codec(charset[1] or charset[2] or charset[3] or b"") if charset else None
        if codec:
            # A meta that can be read as ASCII does not stand in UTF-16.
            return {"utf-16le": "utf-8", "utf-16be": "utf-8", "x-user-defined": "windows-1252"}.get(
                codec, codec
            )
    declared = _XML.search(scanned)
    return _codec(declared[1]) if declared else None


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        # A document cut in the middle of a character is still UTF-8.
        return error.end == len(body) and "unexpected end" in error.reason
    return True


_RUNS: Final = {
    # What a legacy encoding's own common letters look like in it.
    "shift_jis": re.compile(rb"(?:\x82[\x9f-\xf1]|\x83[\x40-\x96])"),
    "euc-jp": re.compile(rb"[\xa4\xa5][\xa1-\xf6]"),
    "euc-kr": re.compile(rb"[\xb0-\xc8][\xa1-\xfe]"),
    "gb18030": re.compile(rb"[\xb0-\xd7][\xa1-\xfe]"),
    "big5": re.compile(rb"[\xa4-\xc6][\x40-\x7e\xa1-\xfe]"),
    "windows-1251": re.compile(rb"[\xc0-\xff]{3}"),
}
_LANGUAGES: Final = {
    b"zh-tw": "big5", b"zh-hk": "big5", b"zh": "gb18030", b"ja": "shift_jis", b"ko": "euc-kr",
    b"ru": "windows-1251", b"uk": "windows-1251", b"bg": "windows-1251", b"pl": "iso-8859-2",
    b"cs": "windows-1250", b"hu": "iso-8859-2", b"tr": "windows-1254", b"el": "iso-8859-7",
    b"he": "windows-1255", b"ar": "windows-1256", b"th": "windows-874", b"vi": "windows-1258",
}  # fmt: skip
_LANG: Final = re.compile(rb"<html[^>]*?\slang\s*=\s*[\"']?([a-z-]+)", re.IGNORECASE)


def _guess(body: bytes) -> str:
    """Nothing was declared: UTF-8 when valid, else by the page's language, else by the letters."""
    if _is_utf8(body):
        return "utf-8"
    language = _LANG.search(body[:4096])
    if language:
        tag = language[1].lower()
        known = _LANGUAGES.get(tag) or _LANGUAGES.get(tag.partition(b"-")[0])
        if known and _fits(body, known):
            return known
    sample = bytes(body[:_HEAD])
    high = sum(map(len, re.findall(rb"[\x80-\xff]+", sample))) or 1
    kana = {name: 2 * len(_RUNS[name].findall(sample)) / high for name in ("shift_jis", "euc-jp")}
    best = max(kana, key=kana.__getitem__)
    if kana[best] > 0.3 and _fits(body, best):
        return best
    for name in ("euc-kr", "gb18030", "big5"):
        share = 2 * len(_RUNS[name].findall(sample)) / high
        if share > (0.9 if name == "euc-kr" else 0.6) and _fits(body, name):
            return name
    words = 3 * len(_RUNS["windows-1251"].findall(sample)) / high
    return "windows-1251" if words > 0.5 else "windows-1252"


def _fits(body: bytes, name: str) -> bool:
    """Nearly all of it decodes."""
    text = _decode(body[:_HEAD], name)
    return text.count("\ufffd") <= 1 + len(text) // 1000
