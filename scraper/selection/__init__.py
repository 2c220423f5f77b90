"""Which records a reading command is about: the comparison language of `--where`, the moments of
`--since` and `--as-of`, the names of `--fields`."""

from scraper.moments import parse_moment
from scraper.selection.fields import FieldPath, UnknownField, field_path
from scraper.selection.records import EVERY_RECORD, EVERY_REVISION, Selection
from scraper.selection.where import parse_where

__all__ = [
    "EVERY_RECORD",
    "EVERY_REVISION",
    "FieldPath",
    "Selection",
    "UnknownField",
    "field_path",
    "parse_moment",
    "parse_where",
]
