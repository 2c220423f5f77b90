"""Packs the web archives of a run into one WACZ file: <https://specs.webrecorder.net/wacz/1.1.1/>.

Importing this needs the library `cdxj_indexer` (the extra `wacz`).
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from cdxj_indexer.main import CDXJIndexer

from scraper.errors import UsageError
from scraper.record import Article
from scraper.store.disk import TEMPORARY, make_directory, opened, refusals, sync_directory
from scraper.store.wacz import DIGEST, PACKAGE, PAGES

VERSION = "1.1.1"

_INDEX = "indexes/index.cdx.gz"
_BLOCK = 2**20
_OLDEST = datetime(1980, 1, 1, tzinfo=UTC)  # that ZIP can tell


def pack(
    target: Path,
    archives: Sequence[Path],
    articles: Iterable[Article],
    *,
    title: str,
    software: str,
    now: datetime,
) -> int:
    """Write `target`, whole or not at all; how many pages it lists.  The articles are those whose
    pages stand in the archives.  Raises StorageError, and UsageError while another process packs
    the same."""
    temporary = target.parent / f"{TEMPORARY}{target.name}"
    with refusals(target):
        make_directory(target.parent)
        with opened(temporary, os.O_RDWR | os.O_CREAT) as fd:
            if not _is_ours(fd, temporary):
                raise UsageError(f"another process is packing {target.name}")
            os.ftruncate(fd, 0)  # what a killed one left
            with open(fd, "r+b", closefd=False) as file:
                count = _write(file, archives, articles, title, software, now)
            os.fsync(fd)
            temporary.replace(target)
        sync_directory(target.parent)
    return count


def _is_ours(fd: int, path: Path) -> bool:
    """Nobody else holds the file, and nobody renamed it before we held it."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return path.stat().st_ino == os.fstat(fd).st_ino
    except (BlockingIOError, FileNotFoundError):
        return False


def _write(
    file: IO[bytes],
    archives: Sequence[Path],
    articles: Iterable[Article],
    title: str,
    software: str,
    now: datetime,
) -> int:
    with zipfile.ZipFile(file, "w") as archive:
        package = _Package(archive, now)
        for path in archives:
            with path.open("rb") as source, package.file(f"archive/{path.name}") as copy:
                while block := source.read(_BLOCK):
                    copy.write(block)
        outline = io.StringIO()
        with package.file(_INDEX) as lines:
            index = _Indexer(outline, [str(path) for path in archives], lines)
            index.process_all()
        with package.file("indexes/index.idx", packed=True) as lines:
            lines.write(outline.getvalue().encode())
        count = 0
        with package.file(PAGES[0], packed=True) as lines:
            for line in _pages(articles, index.moments):
                lines.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
                count += 1
        package.end(title, software)
    return count - 1


class _Indexer(CDXJIndexer):  # type: ignore[misc]
    """Writes the sorted, compressed index; `moments` are the times in it, by file name and
    offset."""

    def __init__(self, outline: IO[str], archives: Sequence[str], lines: IO[bytes]) -> None:
        super().__init__(
            outline,
            list(archives),
            sort=True,
            compress=lines,
            data_out_name=Path(_INDEX).name,
            post_append=True,
            fields="referrer",
            records="response,revisit,resource",
        )
        self.moments: dict[tuple[str, int], str] = {}

    def _do_write(self, urlkey: str, ts: str, index: dict[str, Any], out: Any) -> None:
        self.moments[index["filename"], int(index["offset"])] = ts
        super()._do_write(urlkey, ts, index, out)


def _pages(
    articles: Iterable[Article], moments: dict[tuple[str, int], str]
) -> Iterator[dict[str, Any]]:
    """The head, then each page, with the time its document has in the index."""
    yield {"format": "json-pages-1.0", "id": "pages", "title": "All pages"}
    for article in articles:
        document = article.archive.document if article.archive else None
        if document is None:
            continue
        moment = moments.get((Path(document.file).name, document.offset))
        if moment is None:
            continue
        yield {
            "id": f"{article.id}/{article.revision}",
            "url": article.final_url,
            "ts": datetime.strptime(moment, "%Y%m%d%H%M%S").replace(tzinfo=UTC).isoformat(),
            "title": article.title or "",
        }


@dataclass
class _Sum:
    """Writes through, and knows what was written."""

    stream: IO[bytes]

    def __post_init__(self) -> None:
        self.size, self.sha256 = 0, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.size += len(data)
        self.sha256.update(data)
        return self.stream.write(data)

    def flush(self) -> None:
        self.stream.flush()


class _Package:
    """Files of the ZIP, with the list of them that ends it."""

    def __init__(self, archive: zipfile.ZipFile, now: datetime) -> None:
        self._zip, self._now = archive, now
        self._resources: list[dict[str, Any]] = []

    @contextmanager
    def file(self, name: str, *, packed: bool = False) -> Iterator[Any]:
        """To write one file of it; what is packed already is stored as it is."""
        with self._zip.open(self._info(name, packed=packed), "w", force_zip64=True) as stream:
            total = _Sum(stream)
            yield total
        self._resources.append(
            {
                "name": Path(name).name.lower(),
                "path": name,
                "hash": f"sha256:{total.sha256.hexdigest()}",
                "bytes": total.size,
            }
        )

    def end(self, title: str, software: str) -> None:
        facts = {
            "profile": "data-package",
            "resources": self._resources,
            "title": title,
            "created": self._now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "wacz_version": VERSION,
            "software": software,
        }
        package = json.dumps(facts, indent=2, ensure_ascii=False).encode()
        self._zip.writestr(self._info(PACKAGE, packed=True), package)
        digest = {"path": PACKAGE, "hash": f"sha256:{hashlib.sha256(package).hexdigest()}"}
        self._zip.writestr(self._info(DIGEST, packed=True), json.dumps(digest))

    def _info(self, name: str, *, packed: bool) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, max(self._now, _OLDEST).timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info.external_attr = 0o644 << 16
        return info
