"""A WACZ file: web archives in a ZIP, with an index, a list of pages and the hashes of them all.

The format: <https://specs.webrecorder.net/wacz/1.1.1/>; older files name their hashes otherwise.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from scraper.errors import ArchiveRefused

try:
    from scraper.store import wacz_signature
except ImportError:  # the extra `signatures` is not installed
    wacz_signature = None  # type: ignore[assignment]

PACKAGE = "datapackage.json"
DIGEST = "datapackage-digest.json"
PAGES = ("pages/pages.jsonl", "pages/extraPages.jsonl")
_BLOCK = 2**20
_LONGEST_JSON = 2**26
_UNREADABLE = (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


class Wacz:
    """An opened file, a context manager.  Raises ArchiveRefused when it is no WACZ: no package
    list, a listed file missing, a list or a signature that is not right."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except _UNREADABLE as error:
            raise self._refused(f"it is no ZIP file ({error})") from error
        try:
            self._listed = self._resources()
        except BaseException:
            self._zip.close()
            raise
        self.archives = [
            name
            for name in self._zip.namelist()
            if name.startswith("archive/") and not name.endswith("/")
        ]
        """The names of the web archives within."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def open(self, name: str) -> io.BufferedReader:
        """A file within, whatever its checksum says."""
        stream = self._zip.open(name)
        # Else a wrong checksum would hide the last block; `damaged` checks the bytes.
        stream._expected_crc = None  # type: ignore[attr-defined]  # noqa: SLF001
        return io.BufferedReader(stream, _BLOCK)  # type: ignore[arg-type]

    def damaged(self) -> Iterator[tuple[str, str]]:
        """Files that are not as they were packed, and why: reads everything once."""
        for name, (algorithm, wanted) in self._listed.items():
            try:
                with self.open(name) as stream:
                    found = hashlib.file_digest(stream, algorithm).hexdigest()
            except _UNREADABLE as error:
                yield name, str(error)
                continue
            if found != wanted:
                yield name, "its hash is not the listed one"

    def pages(self) -> set[str]:
        """The addresses of the pages it lists; empty when it lists none.  Lines that are no pages
        are passed over."""
        found = set()
        for name in PAGES:
            if name not in self._zip.namelist():
                continue
            with self.open(name) as lines:
                for line in lines:
                    try:
                        address = json.loads(line).get("url")
                    except (ValueError, AttributeError):
                        continue
                    if isinstance(address, str):
                        found.add(address.partition("#")[0])
        return found

    def _resources(self) -> dict[str, tuple[str, str]]:
        """The listed files, with the algorithm and the value of their hashes."""
        package = self._read(PACKAGE)
        self._check_digest(package)
        try:
            listed = dict(map(_hash, json.loads(package)["resources"]))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise self._refused(f"its {PACKAGE} does not list files with hashes") from error
        names = set(self._zip.namelist())
        for name in listed:
            if name not in names:
                raise self._refused(f"it lists {name}, which is not in it")
        return listed

    def _check_digest(self, package: bytes) -> None:
        if DIGEST not in self._zip.namelist():
            return
        found = f"sha256:{hashlib.sha256(package).hexdigest()}"
        try:
            digest = json.loads(self._read(DIGEST))
            wanted, signed = digest["hash"], digest.get("signedData")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise self._refused(f"its {DIGEST} is not readable") from error
        if wanted != found:
            raise self._refused(f"its {PACKAGE} was changed after {DIGEST} was made")
        if signed and wacz_signature:
            problem = wacz_signature.check_signature(signed, found)
            if problem:
                raise self._refused(problem)

    def _read(self, name: str) -> bytes:
        try:
            if self._zip.getinfo(name).file_size > _LONGEST_JSON:
                raise self._refused(f"its {name} is larger than {_LONGEST_JSON} bytes")
            return self._zip.read(name)
        except KeyError as error:
            raise self._refused(f"it has no {name}") from error
        except _UNREADABLE as error:
            raise self._refused(f"its {name} cannot be read ({error})") from error

    def _refused(self, reason: str) -> ArchiveRefused:
        return ArchiveRefused(str(self._path), f"no usable WACZ: {reason}")


def _hash(resource: dict[str, Any]) -> tuple[str, tuple[str, str]]:
    """Of version 1.1 (`hash`: `sha256:…`) or 1.0 (`hashing` and `stats`)."""
    if "hash" in resource:
        algorithm, _, value = resource["hash"].partition(":")
    else:
        algorithm, value = resource["hashing"], resource["stats"]["hash"]
    if algorithm not in hashlib.algorithms_guaranteed or not isinstance(value, str):
        raise ValueError(algorithm)
    return resource["path"], (algorithm, value)
