"""Bytes to text by the WHATWG rules."""

from __future__ import annotations

import pytest

from scraper.extraction.encoding import decode

CHINESE = "青瓦湖的风机昨天并网了，站长点起了煤油灯。"
HTML = "text/html"


def test_the_byte_order_mark_is_above_the_header() -> None:
    assert decode(b"\xef\xbb\xbf" + "é".encode(), "text/html; charset=gbk") == "é"
    assert decode(b"\xff\xfe" + "é中".encode("utf-16-le"), HTML) == "é中"
    assert decode(b"\xfe\xff" + "é中".encode("utf-16-be"), HTML) == "é中"


def test_the_header_is_above_the_meta() -> None:
    body = b"<meta charset=shift_jis>" + CHINESE.encode()
    assert decode(body, 'text/html; Charset="UTF-8"').endswith(CHINESE)


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("gb2312", "gb18030", "镕㐀€" + CHINESE),  # outside GB 2312, as pages in fact have it
        ("GBK", "gbk", CHINESE),
        ("big5", "big5hkscs", "這是繁體中文，嘅"),
        ("shift_jis", "cp932", "①これはテスト"),
        ("euc-jp", "euc_jp", "これはテスト"),
        ("euc-kr", "cp949", "똠방각하 한국어"),
        ("latin1", "cp1252", "“déjà vu” – €"),
        ("iso-8859-1", "cp1252", "“déjà vu”"),
        ("windows-1251", "cp1251", "Русский текст"),
        ("koi8-r", "koi8-r", "Русский текст"),
        ("utf8", "utf-8", CHINESE),
    ],
)
def test_labels_of_the_standard(label: str, codec: str, text: str) -> None:
    body = f'<meta charset="{label}">'.encode() + text.encode(codec)
    assert decode(body, HTML).endswith(text)


@pytest.mark.parametrize(
    "meta",
    [
        b'<meta http-equiv="Content-Type" content="text/html; charset=gbk">',
        b"<META charset=gbk />",
        b"<meta name=x content='1'><meta charset = 'gbk'>",
        b'<?xml version="1.0" encoding="gbk"?><html>',
        b"<!-- <meta charset=utf-8> --><meta charset=gbk>",
        b"<head><title>" + b"x" * 3000 + b"</title><meta charset=gbk></head>",
    ],
)
def test_where_a_meta_may_stand(meta: bytes) -> None:
    assert decode(meta + CHINESE.encode("gbk"), HTML).endswith(CHINESE)


def test_a_meta_cannot_say_utf_16_or_anything_unknown() -> None:
    assert decode(b"<meta charset=utf-16>" + "é".encode(), HTML).endswith("é")
    assert decode(b"<meta charset=x-user-defined>\xe9", HTML).endswith("é")
    assert decode(b"<meta charset=nonsense>" + "é".encode(), HTML).endswith("é")


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("gbk", CHINESE),
        ("big5", "這是繁體中文的網頁內容測試，沒有說明編碼。"),
        ("shift_jis", "これはテストです。文字コードの判定をします。"),
        ("euc_jp", "これはテストです。文字コードの判定をします。"),
        ("euc_kr", "한국어 문서입니다. 인코딩을 추측합니다."),
        ("cp1251", "Это русский текст без указания кодировки."),
        ("cp1252", "Le café était déjà fermé."),
        ("utf-8", CHINESE),
    ],
)
def test_nothing_declared_is_guessed(codec: str, text: str) -> None:
    assert decode(b"<p>" + text.encode(codec), HTML) == "<p>" + text


def test_the_language_helps_to_guess() -> None:
    body = '<html lang="pl"><p>zażółć gęślą jaźń'.encode("iso-8859-2")
    assert decode(body, HTML).endswith("zażółć gęślą jaźń")


def test_a_file_that_is_utf_8_is_read_as_such_whatever_its_meta_says() -> None:
    body = b"<meta charset=gb2312>" + CHINESE.encode()
    assert decode(body, None).endswith(CHINESE)
    assert not decode(body, HTML).endswith(CHINESE)


def test_a_lying_charset_is_obeyed_and_never_raises() -> None:
    assert "\ufffd" in decode(CHINESE.encode("gbk"), "text/html; charset=utf-8")
    assert decode(b"\x81\x8d\xff<p>", "text/html; charset=windows-1252") == "\x81\x8dÿ<p>"
    assert "<p>" in decode(b"\x81<p>", "text/html; charset=gbk")
