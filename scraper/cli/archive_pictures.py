"""The pictures of records that were made from a web archive, out of the same archive."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urljoin

from scraper.cli.printable import json_line
from scraper.errors import HttpStatus, PageError
from scraper.pictures import MOST_REDIRECTS
from scraper.record import Article, Media, MediaFailure
from scraper.snapshot import Exchange, header
from scraper.store.archive_file import ArchiveFile
from scraper.store.disk import ignore
from scraper.store.media import MediaFolder

MISSING = MediaFailure(code="media.missing", message="the archive does not have it")


class ArchivePictures:
    """Stores them below `folder` as a collection does: `media/ab/<sha256>.<ext>`."""

    def __init__(self, archive: ArchiveFile, folder: Path) -> None:
        self._archive, self._media = archive, MediaFolder(folder, ignore)

    def completed(self, line: str) -> str:
        """The record of a line with its pictures stored, or with the reason why not.  Raises
        StorageError."""
        article = Article.model_validate_json(line)
        self._archive.moment = article.fetched_at
        return json_line(
            article.with_media({one: self._stored(one) for one in article.picture_urls()})
        )

    def _stored(self, address: str) -> Media | MediaFailure:
        found = self._found(address)
        if found is None:
            return MISSING
        try:
            if found.status != 200:
                raise HttpStatus(found.status)
            return self._media.put(found.body)
        except PageError as error:
            return MediaFailure(code=error.code, message=str(error))

    def _found(self, address: str) -> Exchange | None:
        """At the end of its redirects."""
        found = self._archive.find("GET", address)
        for _ in range(MOST_REDIRECTS):
            location = header(found.headers, "Location") if found else None
            if found is None or not (location and 300 <= found.status < 400):
                break
            found = self._archive.find("GET", urljoin(found.url, location))
        return found
