from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from scraper.extraction.dates import parse_date, zone_of

NOW = datetime(2024, 5, 10, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-01T10:20:30.1234567+08:00", "2024-05-01T10:20:30.123456+08:00"),
        ("2024-05-01 10:20:30 +0200", "2024-05-01T10:20:30+02:00"),
        ("20240501T102030Z", "2024-05-01T10:20:30+00:00"),
        ("1714550400", "2024-05-01T08:00:00+00:00"),
        ("1714550400000", "2024-05-01T08:00:00+00:00"),
        ("2026/6/24 21:04:28", "2026-06-24T21:04:28+00:00"),
        ("Wed, 01 May 2024 10:00:00 GMT", "2024-05-01T10:00:00+00:00"),
        ("Wed May 01 10:00:00 +0000 2024", "2024-05-01T10:00:00+00:00"),
        ("May 1st, 2024 at 5:03 p.m. ET", "2024-05-01T17:03:00-04:00"),
        ("January 5, 2024 12:10 a.m. EST", "2024-01-05T00:10:00-05:00"),
        ("Mon 3 Feb 2020 06.00 GMT", "2020-02-03T06:00:00+00:00"),
        ("1. Mai 2024, 10.30 Uhr", "2024-05-01T10:30:00+00:00"),
        ("1er mai 2024 à 10h30", "2024-05-01T10:30:00+00:00"),
        ("5 de mayo del 2024, 10:30 hs", "2024-05-05T10:30:00+00:00"),
        ("5 мая 2024 г., 10:30 (МСК)", "2024-05-05T10:30:00+03:00"),
        ("12. marraskuuta 2020 klo 10.30", "2020-11-12T10:30:00+00:00"),
        ("2024. május 1. 10:30", "2024-05-01T10:30:00+00:00"),
        ("Kl. 10.30 12. januar 2024", "2024-01-12T10:30:00+00:00"),
        ("5/12/2020, 10:00 (GMT+7)", "2020-05-12T10:00:00+07:00"),
        ("2024年5月1日 10:20", "2024-05-01T10:20:00+00:00"),
        ("2024年5月1日（水）午後3時05分", "2024-05-01T15:05:00+00:00"),
        ("2024. 5. 1. 오후 3:02", "2024-05-01T15:02:00+00:00"),
        ("2024년 5월 1일 15시 20분", "2024-05-01T15:20:00+00:00"),
        ("오전 10:20 2024.05.01", "2024-05-01T10:20:00+00:00"),
        ("12 พ.ค. 2567 10.30 น.", "2024-05-12T10:30:00+00:00"),
        ("١ مايو ٢٠٢٤ - 10:30", "2024-05-01T10:30:00+00:00"),
        ("۱۲ اردیبهشت ۱۴۰۳ - ۱۰:۳۰", "2024-05-01T10:30:00+00:00"),
        ("10:30 AM EDT, Wed May 1, 2024", "2024-05-01T10:30:00-04:00"),
    ],
)
def test_moments(text: str, expected: str) -> None:
    found = parse_date(text)
    assert found is not None
    assert found.at.isoformat() == expected
    assert found.precision != "day"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20240501", "2024-05-01"),
        ("12-May-24", "2024-05-12"),
        ("Posted on Sept. 5, 2016 in News", "2016-09-05"),
        ("1 de agosto de 2021", "2021-08-01"),
        ("1 listopada 2023", "2023-11-01"),
        ("16 Νοεμβρίου 2023", "2023-11-16"),
        ("2024 m. gegužės 1 d.", "2024-05-01"),
        ("ngày 1 tháng 5 năm 2024", "2024-05-01"),
        ("1 تشرين الثاني 2023", "2023-11-01"),
        ("令和6年5月1日", "2024-05-01"),
        ("民國113年5月1日", "2024-05-01"),
        ("二〇二四年十二月三十一日", "2024-12-31"),
        ("25/12/2023", "2023-12-25"),
        ("12/25/2023", "2023-12-25"),
        ("10.2.2024", "2024-02-10"),
    ],
)
def test_days(text: str, expected: str) -> None:
    found = parse_date(text)
    assert found is not None
    assert found.at.date().isoformat() == expected
    assert found.precision == "day"
    assert found.zone == "assumed"


@pytest.mark.parametrize(
    "text",
    ["", "May 2024", "1.2.3", "192.168.1.20", "2010 to 2012", "2020-13-45", "31 June 2020",
     "3 hours ago", "version 10.2", "call 555-1234"],
)  # fmt: skip
def test_no_date(text: str) -> None:
    assert parse_date(text) is None


def test_order_of_day_and_month() -> None:
    def day(**hints: object) -> str:
        found = parse_date("03/04/2024", **hints)  # type: ignore[arg-type]
        assert found is not None
        return found.at.date().isoformat()

    assert day() == "2024-03-04"
    assert day(language="en-GB") == "2024-04-03"
    assert day(language="es") == "2024-04-03"
    assert day(day_first=True) == "2024-04-03"
    assert day(language="es", day_first=False) == "2024-03-04"
    chinese, german = parse_date("24-5-13", language="zh"), parse_date("24-5-13", language="de")
    assert chinese is not None
    assert chinese.at.date().isoformat() == "2024-05-13"
    assert german is not None
    assert german.at.date().isoformat() == "2013-05-24"


def test_a_month_name_two_languages_share() -> None:
    croatian, polish = (
        parse_date("1. listopada 2023.", language="hr"),
        parse_date("1 listopada 2023"),
    )
    assert croatian is not None
    assert croatian.at.month == 10
    assert polish is not None
    assert polish.at.month == 11


def test_zone_given_by_the_caller() -> None:
    found = parse_date("2026/6/24 21:04:28", timezone="Asia/Shanghai")
    assert found is not None
    assert found.at.utcoffset() == timedelta(hours=8)
    assert (found.zone, found.precision) == ("recipe", "second")
    of_page = parse_date("2026-06-24T21:04:28Z", timezone="Asia/Shanghai")
    assert of_page is not None
    assert of_page.zone == "page"
    assert of_page.at.utcoffset() == timedelta(0)


def test_formats_must_fit_the_whole_text() -> None:
    formats = ["%Y/%m/%d %H:%M:%S", "iso"]
    assert parse_date("2026/6/4 1:04:28", formats=formats) is not None
    iso = parse_date("2024-05-01T10:20:30.1234567+08:00", formats=formats)
    assert iso is not None
    assert iso.precision == "second"
    assert parse_date("on 2026/6/4 1:04:28", formats=formats) is None
    assert parse_date("2026/6/4", formats=["%Q"]) is None


def test_formats_know_months_of_other_languages() -> None:
    found = parse_date("5. März 2024 7:05", formats=["%d. %B %Y %H:%M"], language="de")
    assert found is not None
    assert found.at == datetime(2024, 3, 5, 7, 5, tzinfo=UTC)
    assert found.precision == "minute"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3 hours ago", NOW - timedelta(hours=3)),
        ("vor 2 Tagen", NOW - timedelta(days=2)),
        ("il y a 5 minutes", NOW - timedelta(minutes=5)),
        ("3小时前", NOW - timedelta(hours=3)),
        ("昨天", NOW - timedelta(days=1)),
        ("gestern", NOW - timedelta(days=1)),
    ],
)
def test_relative_dates_count_from_the_fetch(text: str, expected: datetime) -> None:
    found = parse_date(text, fetched_at=NOW)
    assert found is not None
    assert found.at == expected
    assert parse_date(text) is None


def test_zones() -> None:
    assert zone_of("+08:00") == timezone(timedelta(hours=8))
    assert zone_of("UTC-3") == timezone(timedelta(hours=-3))
    assert zone_of("+99:00") is None
    assert zone_of("Nowhere/City") is None
    assert zone_of("../etc/passwd") is None
    assert zone_of(None) is None
