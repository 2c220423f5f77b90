"""The comparison language of `--where`: parsed by hand into a function of a record; nothing of it
is ever run or handed on as text.  docs/selecting.md describes it.

    either     = both {"or" both}
    both       = denied {"and" denied}
    denied     = "not" denied | "(" either ")" | comparison
    comparison = what [operator value | "in" "(" value {"," value} ")"]
    what       = field | "count" "(" field ")"
    operator   = "=" "!=" "<" "<=" ">" ">=" "contains" "matches"
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from operator import eq, ge, gt, le, lt
from typing import Any, Final

from scraper.errors import WhereRefused
from scraper.moments import Period, parse_period
from scraper.recipe.selectors import regex
from scraper.record import Article
from scraper.selection.fields import FieldPath, UnknownField, field_path

Where = Callable[[Article], bool]
Test = Callable[[Any], bool]

DEEPEST: Final = 50
LONGEST: Final = 10_000

_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
        |(?P<sign>!=|<=|>=|[=<>(),])
        |(?P<word>[^\s"'=<>!(),]+))""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_ORDER: Final = {"<": lt, "<=": le, ">": gt, ">=": ge}
_OPERATORS: Final = frozenset({"=", "!=", *_ORDER, "contains", "matches", "in"})
_RESERVED: Final = frozenset({"and", "or", "not", *_OPERATORS})
_TRUTHS: Final = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class _Token:
    """`text` without quotes; `at` counts characters from 0."""

    kind: str
    text: str
    at: int

    def is_(self, *words: str) -> bool:
        return self.kind != "text" and self.text.lower() in words


def parse_where(text: str) -> Where:
    """Whether a record is wanted.  Raises WhereRefused, which tells the place."""
    return _Parser(text).parsed()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        if len(text) > LONGEST:
            raise WhereRefused(text[:40], LONGEST, f"longer than {LONGEST} characters")
        self._tokens = self._read()
        self._next = self._depth = 0

    def parsed(self) -> Where:
        where = self._either()
        if self._token.kind != "end":
            raise self._refused("expected and, or, or the end")
        return where

    # Tokens ---------------------------------------------------------------------

    def _read(self) -> list[_Token]:
        tokens, at = [], 0
        end = len(self._text.rstrip())
        while at < end:
            match = _TOKEN.match(self._text, at)
            if match is None:
                at += len(self._text[at:]) - len(self._text[at:].lstrip())
                closed = (
                    "this quotation does not end" if self._text[at] in "\"'" else "not understood"
                )
                raise WhereRefused(self._text, at, closed)
            kind = str(match.lastgroup)
            text = match[kind]
            if kind == "text":
                text = _ESCAPE.sub(r"\1", text[1:-1])
            tokens.append(_Token(kind, text, match.start(kind)))
            at = match.end()
        return [*tokens, _Token("end", "", end)]

    @property
    def _token(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._token
        if token.kind != "end":
            self._next += 1
        return token

    def _took(self, *words: str) -> bool:
        found = self._token.is_(*words)
        self._next += found
        return found

    def _expect(self, sign: str) -> None:
        if not self._took(sign):
            raise self._refused(f"expected {sign}")

    def _refused(self, problem: str, token: _Token | None = None) -> WhereRefused:
        return WhereRefused(self._text, (token or self._token).at, problem)

    # Expressions ----------------------------------------------------------------

    def _either(self) -> Where:
        parts = [self._both()]
        while self._took("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else lambda article: any(p(article) for p in parts)

    def _both(self) -> Where:
        parts = [self._denied()]
        while self._took("and"):
            parts.append(self._denied())
        return parts[0] if len(parts) == 1 else lambda article: all(p(article) for p in parts)

    def _denied(self) -> Where:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._refused(f"nested more than {DEEPEST} deep")
        try:
            if self._took("not"):
                inner = self._denied()
                return lambda article: not inner(article)
            if self._took("("):
                inner = self._either()
                self._expect(")")
                return inner
            return self._comparison()
        finally:
            self._depth -= 1

    def _comparison(self) -> Where:
        counted = self._token.is_("count") and self._tokens[self._next + 1].is_("(")
        if counted:
            self._next += 2
        path = self._field()
        if counted:
            self._expect(")")
        token = self._token
        operator = token.text.lower()
        if token.kind in ("text", "end") or operator not in _OPERATORS:
            if counted:
                raise self._refused("expected a comparison, such as count(images) > 2")
            if token.kind in ("text", "word") and not token.is_("and", "or"):
                raise self._refused("expected = != < <= > >= contains matches or in")
            return lambda article: any(map(bool, path.values(article)))
        self._next += 1
        if counted:
            return self._of_count(path, operator, token)
        if operator == "in":
            return self._among(path, token)
        value = self._value()
        if value.kind == "word" and value.text.lower() == "null":
            return self._of_null(path, operator, token)
        if operator == "!=":
            test = self._test(path, "=", value, token)
            return lambda article: not any(map(test, path.values(article)))
        test = self._test(path, operator, value, token)
        return lambda article: any(map(test, path.values(article)))

    def _field(self) -> FieldPath:
        token = self._take()
        if token.kind != "word" or token.text.lower() in _RESERVED:
            raise self._refused("expected the name of a field", token)
        try:
            return field_path(token.text)
        except UnknownField as error:
            raise self._refused(str(error), token) from error

    def _value(self) -> _Token:
        token = self._take()
        if token.kind not in ("word", "text") or (token.kind == "word" and token.is_(*_RESERVED)):
            raise self._refused('expected a value: a word, a number, a date or "a text"', token)
        return token

    def _among(self, path: FieldPath, operator: _Token) -> Where:
        self._expect("(")
        tests = [self._test(path, "=", self._value(), operator)]
        while self._took(","):
            tests.append(self._test(path, "=", self._value(), operator))
        self._expect(")")
        return lambda article: any(any(t(v) for t in tests) for v in path.values(article))

    def _of_null(self, path: FieldPath, operator: str, token: _Token) -> Where:
        if operator not in ("=", "!="):
            raise self._refused("null is compared with = or !=", token)
        wanted = operator == "!="
        return lambda article: (next(path.values(article), None) is not None) is wanted

    def _of_count(self, path: FieldPath, operator: str, token: _Token) -> Where:
        if operator in ("contains", "matches", "in"):
            raise self._refused("a count is compared with = != < <= > >=", token)
        test = self._number("=" if operator == "!=" else operator, self._value())
        wanted = operator != "!="
        return lambda article: test(path.size(article)) is wanted

    # One value against another --------------------------------------------------

    def _test(self, path: FieldPath, operator: str, value: _Token, token: _Token) -> Test:
        if path.kind == "part":
            raise self._refused(
                f"{path.name} has fields of its own: compare one of them, or count({path.name})",
                token,
            )
        if operator in ("contains", "matches"):
            if path.kind not in ("text", "any"):
                raise self._refused(
                    f"{operator} is for texts, and {path.name} is a {path.kind}", token
                )
            return self._text_test(operator, value)
        if path.kind == "any":
            return self._any(operator, value)
        if path.kind == "text":
            if operator in _ORDER:
                raise self._refused("a text is compared with = != contains matches in", token)
            wanted = value.text
            return lambda found: found == wanted
        if path.kind == "truth":
            if operator != "=" or value.text.lower() not in _TRUTHS:
                raise self._refused(f"{path.name} is = true or = false", value)
            truth = _TRUTHS[value.text.lower()]
            return lambda found: found is truth
        return (
            self._number(operator, value)
            if path.kind == "number"
            else self._moment(operator, value)
        )

    def _text_test(self, operator: str, value: _Token) -> Test:
        if operator == "contains":
            part = value.text.casefold()
            return lambda found: isinstance(found, str) and part in found.casefold()
        try:
            pattern = regex(value.text)
        except ValueError as error:
            raise self._refused(str(error), value) from error
        return lambda found: isinstance(found, str) and pattern.search(found) is not None

    def _number(self, operator: str, value: _Token) -> Test:
        number = _as_number(value.text)
        if number is None:
            raise self._refused("expected a number", value)
        compare = _ORDER.get(operator, eq)
        return lambda found: compare(found, number)

    def _moment(self, operator: str, value: _Token) -> Test:
        try:
            period = parse_period(value.text)
        except ValueError as error:
            raise self._refused(str(error), value) from error
        return lambda found: _in_order(found, operator, period)

    def _any(self, operator: str, value: _Token) -> Test:
        """For fields of a recipe's own: numbers with numbers, dates with dates, else texts."""
        number = _as_number(value.text) if value.kind == "word" else None
        truth = _TRUTHS.get(value.text.lower()) if value.kind == "word" else None
        try:
            period = parse_period(value.text)
        except ValueError:
            period = None

        def test(found: Any) -> bool:
            if isinstance(found, bool):
                return operator == "=" and found is truth
            if isinstance(found, int | float):
                return number is not None and bool(_ORDER.get(operator, eq)(found, number))
            if operator == "=":
                return bool(found == value.text) or (
                    period is not None and _told(found, operator, period)
                )
            return period is not None and _told(found, operator, period)

        return test


def _told(found: Any, operator: str, period: Period) -> bool:
    """Whether a text tells a moment, and the right one."""
    try:
        return isinstance(found, str) and _in_order(parse_period(found).start, operator, period)
    except ValueError:
        return False


def _in_order(found: datetime, operator: str, period: Period) -> bool:
    """A day, say, is one value: `<=` holds until it ends, `>` holds when it has ended."""
    if operator == "=":
        return period.start <= found < period.end
    if operator in ("<", ">="):
        return bool(_ORDER[operator](found, period.start))
    return found < period.end if operator == "<=" else found >= period.end


def _as_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
