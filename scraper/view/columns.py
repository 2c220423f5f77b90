"""A record as a row of typed columns, nested as in the model: made from the model itself, so that
no field is forgotten.  Importing this needs the library `pyarrow` (the extra `datasets`).

Blocks of all kinds are one struct with the fields of all, null where a kind has none.  Mappings by
name are lists with a `name`; `extra`, whose fields belong to a recipe, is JSON.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import orjson
import pyarrow as pa
from pydantic import AwareDatetime, BaseModel

from scraper.errors import UsageError
from scraper.record import Article
from scraper.selection import FieldPath

_PLAIN = {str: pa.string(), int: pa.int64(), bool: pa.bool_(), float: pa.float64()}
_MOMENT = pa.timestamp("us", tz="UTC")


def column_names(fields: Sequence[FieldPath], usual: Iterable[str]) -> list[str]:
    """Raises UsageError for a part of a field."""
    for field in fields:
        if len(field.parts) > 1:
            raise UsageError(
                f"--fields: columns are whole fields: {field.parts[0]}, not {field.name}"
            )
    return [field.name for field in fields] or list(usual)


def schema(names: Sequence[str], more: Sequence[pa.Field] = ()) -> pa.Schema:
    """Of these fields of a record, in this order; what the model says of each is its comment."""
    columns = []
    for name in names:
        info = Article.model_fields[name]
        comment = {"description": info.description} if info.description else None
        columns.append(pa.field(name, _type(info.annotation), metadata=comment))
    return pa.schema([*columns, *more])


def row_key(article: Article) -> str:
    """What tells a row from every other."""
    return f"{article.revision} {article.id}"


def row(article: Article, names: Sequence[str]) -> dict[str, Any]:
    """Values for these columns."""
    return {name: _value(getattr(article, name)) for name in names}


def _type(annotation: Any) -> pa.DataType:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _type(arguments[0])
    if annotation in (datetime, AwareDatetime):
        return _MOMENT
    if origin is Literal:
        return _PLAIN[type(arguments[0])]
    if origin is tuple:
        return pa.list_(_type(arguments[0]))
    if origin is dict:
        if isinstance(arguments[1], type) and issubclass(arguments[1], BaseModel):
            named = [pa.field("name", pa.string()), *_struct([arguments[1]])]
            return pa.list_(pa.struct(named))
        return pa.string()
    if origin in (Union, types.UnionType):
        kinds = [one for one in arguments if one is not type(None)]
        if len(kinds) == 1 or not all(_is_model(one) for one in kinds):
            return _type(kinds[0])
        return pa.struct(_struct(kinds))
    if _is_model(annotation):
        return pa.struct(_struct([annotation]))
    return _PLAIN.get(annotation, pa.string())


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _struct(models: Iterable[type[BaseModel]]) -> list[pa.Field]:
    found: dict[str, pa.DataType] = {}
    for model in models:
        for name, info in model.model_fields.items():
            found.setdefault(name, _type(info.annotation))
    return [pa.field(name, kind) for name, kind in found.items()]


def _value(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return {name: _value(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, tuple | list):
        return [_value(one) for one in value]
    if isinstance(value, dict):
        if value and all(isinstance(one, BaseModel) for one in value.values()):
            return [{"name": name} | _value(one) for name, one in value.items()]
        return orjson.dumps(value).decode() if value else None
    return value
