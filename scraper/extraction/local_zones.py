"""The time a site's readers live by, where its address or language leaves no doubt.

Many pages give their dates in UTC though their day is the local one.  The moment stays what it is;
only its day is told the way the page tells it.
"""

from __future__ import annotations

from datetime import tzinfo
from typing import Final

from scraper.errors import ScraperError
from scraper.extraction.dates import zone_of
from scraper.url import host

# Countries with one time zone (or nearly all people in one), by top-level domain.
_COUNTRIES: Final = {
    "Europe/Berlin": "de", "Europe/Vienna": "at", "Europe/Zurich": "ch", "Europe/Paris": "fr",
    "Europe/Rome": "it", "Europe/Amsterdam": "nl", "Europe/Brussels": "be", "Europe/London": "uk",
    "Europe/Dublin": "ie", "Europe/Copenhagen": "dk", "Europe/Oslo": "no", "Europe/Stockholm": "se",
    "Europe/Helsinki": "fi", "Europe/Warsaw": "pl", "Europe/Prague": "cz",
    "Europe/Bratislava": "sk",
    "Europe/Budapest": "hu", "Europe/Bucharest": "ro", "Europe/Sofia": "bg", "Europe/Athens": "gr",
    "Europe/Zagreb": "hr", "Europe/Ljubljana": "si", "Europe/Belgrade": "rs", "Europe/Kyiv": "ua",
    "Europe/Vilnius": "lt", "Europe/Riga": "lv", "Europe/Tallinn": "ee", "Europe/Luxembourg": "lu",
    "Europe/Istanbul": "tr", "Europe/Madrid": "es", "Atlantic/Reykjavik": "is",
    "Asia/Jerusalem": "il", "Asia/Tehran": "ir", "Asia/Kolkata": "in", "Asia/Karachi": "pk",
    "Asia/Dhaka": "bd", "Asia/Bangkok": "th", "Asia/Ho_Chi_Minh": "vn", "Asia/Singapore": "sg",
    "Asia/Kuala_Lumpur": "my", "Asia/Manila": "ph", "Asia/Hong_Kong": "hk", "Asia/Taipei": "tw",
    "Asia/Shanghai": "cn", "Asia/Tokyo": "jp", "Asia/Seoul": "kr", "Asia/Colombo": "lk",
    "Asia/Dubai": "ae", "Asia/Riyadh": "sa", "Asia/Jakarta": "id", "Pacific/Auckland": "nz",
    "Africa/Cairo": "eg", "Africa/Johannesburg": "za", "Africa/Nairobi": "ke", "Africa/Lagos": "ng",
    "America/Bogota": "co", "America/Lima": "pe", "America/Argentina/Buenos_Aires": "ar",
    "America/Caracas": "ve", "America/Montevideo": "uy", "America/Sao_Paulo": "br",
}  # fmt: skip
_LANGUAGES: Final = {
    "Europe/Berlin": "de", "Europe/Rome": "it", "Europe/Warsaw": "pl", "Europe/Prague": "cs",
    "Europe/Bratislava": "sk", "Europe/Budapest": "hu", "Europe/Copenhagen": "da",
    "Europe/Oslo": "nb", "Europe/Stockholm": "sv", "Europe/Helsinki": "fi", "Asia/Tokyo": "ja",
    "Asia/Seoul": "ko", "Asia/Bangkok": "th", "Asia/Ho_Chi_Minh": "vi", "Europe/Istanbul": "tr",
    "Asia/Jerusalem": "he", "Asia/Tehran": "fa", "Europe/Athens": "el", "Europe/Sofia": "bg",
    "Europe/Kyiv": "uk", "Asia/Jakarta": "id",
}  # fmt: skip
_BY_DOMAIN: Final = {domain: zone for zone, domain in _COUNTRIES.items()}
_BY_LANGUAGE: Final = {language: zone for zone, language in _LANGUAGES.items()}
# Sold to everybody, whatever country they are of.
_ANYBODYS: Final = frozenset({"co", "in", "is"})


def local_zone(url: str, language: str | None) -> tzinfo | None:
    """By the country of the address, else by a language that one country speaks."""
    try:
        domain = host(url).partition(":")[0].rpartition(".")[2]
    except ScraperError:
        domain = ""
    if domain in _BY_DOMAIN and domain not in _ANYBODYS:
        return zone_of(_BY_DOMAIN[domain])
    return zone_of(_BY_LANGUAGE.get((language or "").partition("-")[0]))
