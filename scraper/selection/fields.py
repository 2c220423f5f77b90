"""Names of a record's fields, with dots between (`images.media.bytes`), checked against the
model."""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel

from scraper.record import Article

Kind = Literal["text", "number", "truth", "moment", "any", "part"]
"""What stands at the end of a path; `part` has fields of its own, `any` is told by each record."""


class UnknownField(ValueError):
    """No record has a field of this name; the message says which is near."""


@dataclass(frozen=True, slots=True)
class FieldPath:
    """A path that exists in the model of a record."""

    name: str
    kind: Kind
    parts: tuple[str, ...]

    def values(self, article: Article) -> Iterator[Any]:
        """What stands there, lists item by item; nothing where it is null or absent."""
        return _values(article, self.parts)

    def pick(self, dumped: Mapping[str, Any]) -> Any:
        """The same out of a record's plain form, with its lists; None where there is nothing."""
        return _pick(dumped, self.parts)

    def size(self, article: Article) -> int:
        """How many items there are; of a record's own text, how many characters."""
        found = getattr(article, self.parts[0]) if len(self.parts) == 1 else None
        return len(found) if isinstance(found, str) else sum(1 for _ in self.values(article))


def field_path(name: str) -> FieldPath:
    """Raises UnknownField."""
    parts = tuple(name.split("."))
    found: list[Any] = [Article]
    for number, part in enumerate(parts):
        below: list[Any] = []
        known: set[str] = set()
        for one in found:
            if one is Any:
                below.append(Any)
            elif get_origin(one) is dict:
                below += _leaves(get_args(one)[1])
            elif isinstance(one, type) and issubclass(one, BaseModel):
                known |= set(one.model_fields)
                if part in one.model_fields:
                    below += _leaves(_annotation(one, part))
        if not below:
            raise UnknownField(_unknown(".".join(parts[:number]), part, known))
        found = below
    return FieldPath(name, _kind(found), parts)


def _unknown(above: str, part: str, known: Iterable[str]) -> str:
    if not known:
        return f"{above!r} has no fields of its own"
    near = get_close_matches(part, known, 1)
    where = f" of {above!r}" if above else ""
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(known))}"
    return f"no field {part!r}{where}; {hint}"


def _annotation(model: type[BaseModel], name: str) -> Any:
    return model.model_fields[name].annotation


def _leaves(annotation: Any) -> list[Any]:
    """The types that may stand there: without null, lists as their items, unions each."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _leaves(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return [leaf for one in get_args(annotation) for leaf in _leaves(one)]
    if origin is tuple:
        return _leaves(get_args(annotation)[0])
    if origin is Literal:
        return [type(get_args(annotation)[0])]
    return [] if annotation is type(None) else [annotation]


def _kind(found: list[Any]) -> Kind:
    kinds = {_kind_of(one) for one in found}
    return kinds.pop() if len(kinds) == 1 else "any"


def _kind_of(one: Any) -> Kind:
    if one is str:
        return "text"
    if one is bool:
        return "truth"
    if one is int:
        return "number"
    if one in (datetime, AwareDatetime):
        return "moment"
    return "any" if one is Any or get_origin(one) is dict else "part"


def _values(value: Any, parts: tuple[str, ...]) -> Iterator[Any]:
    if value is None:
        return
    if isinstance(value, tuple | list):
        for item in value:
            yield from _values(item, parts)
    elif not parts:
        yield value
    elif isinstance(value, Mapping):
        yield from _values(value.get(parts[0]), parts[1:])
    else:
        yield from _values(getattr(value, parts[0], None), parts[1:])


def _pick(value: Any, parts: tuple[str, ...]) -> Any:
    if not parts or value is None:
        return value
    if isinstance(value, list):
        return [_pick(item, parts) for item in value]
    return _pick(value.get(parts[0]), parts[1:]) if isinstance(value, Mapping) else None
