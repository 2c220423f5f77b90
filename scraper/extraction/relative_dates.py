"""Dates counted from the moment of fetching: "3 hours ago", "gestern", "3小时前"."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

_UNITS: Final = {
    "second": "second seconds sec secs sekunde sekunden seconde secondes segundo segundos secondo "
    "secondi секунд секунды секунду 秒 초 วินาที giây ثانية saniye",
    "minute": "minute minutes min mins minuten minuto minutos minuti minuut минут минуты минуту "
    "分钟 分鐘 分 분 นาที phút دقيقة دقائق دقیقه dakika minut minuty minutter minuter",
    "hour": "hour hours hr hrs h std stunde stunden heure heures hora horas ora ore uur часов часа "
    "час 小时 小時 時間 시간 ชั่วโมง giờ ساعة ساعات ساعت saat godzin godziny timer timmar",
    "day": "day days d tag tage tagen jour jours día días dia dias giorno giorni dag dagen dager "
    "dagar дней дня день 天 日 일 วัน ngày يوم أيام روز gün dni dzień",
    "week": "week weeks woche wochen semaine semaines semana semanas settimana settimane weken "
    "недель недели неделю 周 週間 주 สัปดาห์ tuần أسبوع هفته hafta",
    "month": "month months monat monate monaten mois mes meses mese mesi maand maanden месяцев "
    "месяца месяц 个月 個月 か月 ヶ月 개월 เดือน tháng شهر ماه ay",
    "year": "year years jahr jahre jahren an ans año años ano anos anno anni jaar лет года год 年 "
    "년 ปี năm سنة سال yıl",
}
_LENGTHS: Final = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
    "month": timedelta(days=30),
    "year": timedelta(days=365),
}
_LENGTH_OF: Final = {
    word: _LENGTHS[unit] for unit, words in _UNITS.items() for word in words.split()
}
_AGO: Final = re.compile(
    r"\bago\b|\bvor\b|il y a|\bhace\b|\bhá\b|\bfa\b|\bgeleden\b|назад|тому|前|전|ที่แล้ว|trước|منذ|قبل"
    r"|پیش|önce|\btemu\b|\bsiden\b|\bsedan\b"
)
_AMOUNT: Final = re.compile(r"(\d{1,3})\s?([^\W\d_][^\s\d,.()]{0,12})")
_TODAY: Final = "today heute aujourd’hui hoy oggi hoje vandaag сегодня 今天 今日 오늘 bugün"
_YESTERDAY: Final = "yesterday gestern hier ayer ieri ontem gisteren вчера 昨天 昨日 어제 dün"
_DAYS: Final = dict.fromkeys(_TODAY.split(), 0) | dict.fromkeys(_YESTERDAY.split(), 1)


def read_relative(text: str, now: datetime) -> tuple[datetime, bool] | None:
    """The moment and whether it is good to the minute; None when the text counts from nothing."""
    text = text.lower()
    amount = _AMOUNT.search(text)
    if amount and _AGO.search(text):
        length = _LENGTH_OF.get(amount[2]) or _LENGTH_OF.get(amount[2].rstrip("前전"))
        if length:
            try:
                return now - int(amount[1]) * length, length < timedelta(days=1)
            except OverflowError:
                return None
    for word in text.replace(",", " ").split():
        if word in _DAYS:
            return now - timedelta(days=_DAYS[word]), False
    return None
