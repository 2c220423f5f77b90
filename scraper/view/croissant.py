"""Croissant 1.0, the description of a data set for machines:
<https://docs.mlcommons.org/croissant/docs/croissant-spec.html>.  Importing this needs the library
`pyarrow` (the extra `datasets`)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import orjson
import pyarrow as pa

from scraper.view.card import Facts, Profile

_CONTEXT: Final = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_TYPES: Final = (
    (pa.types.is_boolean, "sc:Boolean"),
    (pa.types.is_integer, "sc:Integer"),
    (pa.types.is_floating, "sc:Float"),
    (pa.types.is_timestamp, "sc:DateTime"),
)


def croissant(profile: Profile, facts: Facts, files: Mapping[str, str]) -> bytes:
    """`files` are the Parquet files with their SHA-256."""
    described: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": profile.title or profile.name,
        "description": profile.description or "Articles of the web, one a row.",
        "license": profile.licence,
        "version": f"1.0.0+{_version(files)}",
        "distribution": [_file(path, sha) for path, sha in files.items()],
        "recordSet": [_records(facts.columns, path) for path in files],
    }
    if profile.homepage:
        described["url"] = profile.homepage
    if facts.fetched:
        described["datePublished"] = facts.fetched[1].date().isoformat()
    return orjson.dumps(described, option=orjson.OPT_INDENT_2) + b"\n"


def _version(files: Mapping[str, str]) -> str:
    """The same for the same content."""
    return hashlib.sha256("".join(files.values()).encode()).hexdigest()[:12]


def _file(path: str, sha: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": path,
        "name": path,
        "contentUrl": path,
        "encodingFormat": "application/x-parquet",
        "sha256": sha,
    }


def _records(columns: pa.Schema, path: str) -> dict[str, Any]:
    name = path.removeprefix("data/").removesuffix(".parquet")
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": f"The rows of {path}.",
        "key": {"@id": f"{name}/id"},
        "field": [_field(one, name, path) for one in columns if _is_flat(one.type)],
    }


def _is_flat(kind: pa.DataType) -> bool:
    """Croissant has no word for lists of structs: those columns are in the files all the same."""
    inner = kind.value_type if pa.types.is_list(kind) else kind
    return not pa.types.is_nested(inner)


def _field(column: pa.Field, records: str, path: str) -> dict[str, Any]:
    inner = column.type.value_type if pa.types.is_list(column.type) else column.type
    kind = next((name for is_, name in _TYPES if is_(inner)), "sc:Text")
    said = (column.metadata or {}).get(b"description", b"").decode()
    described: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": f"{records}/{column.name}",
        "name": column.name,
        "dataType": kind,
        "source": {"fileObject": {"@id": path}, "extract": {"column": column.name}},
    }
    if said:
        described["description"] = said
    if pa.types.is_list(column.type):
        described["repeated"] = True
    return described
