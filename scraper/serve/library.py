"""What the reader shows: the collection, its kept pages made harmless, and under which addresses
what came from the web is found."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import shlex
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from scraper.errors import ArchiveDamaged, EmptyPage, NotAPage, StorageError
from scraper.opening import open_collection
from scraper.record import Article
from scraper.serve.harmless import Address, harmless_page
from scraper.store.answers import Answers, stored_pictures
from scraper.store.finding import Choices
from scraper.store.index import Index

LOOPBACK: Final = "127.0.0.1"

_REMEMBERED: Final = 4
"""Kept pages in memory: a page and its parts are asked for one after the other."""
_PICTURE: Final = re.compile(r"media/[0-9a-f]{2}/[0-9a-f]{64}\.[a-z]{3,4}")


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page as it may be shown, and `answers` for its parts.  `fragments` lead to the nodes that
    gave a record's fields, `address` tells where a part of it is found.  Without a page, `problem`
    says why; without what it loaded, it is not `styled`."""

    html: str
    fragments: dict[str, str]
    answers: Answers
    address: Address
    problem: str | None = None
    styled: bool = True


class Library:
    """Of one collection, served at a `host` as it stands in addresses.  Those of what came from the
    web hold a secret of this process: a page that is shown cannot name another record's, nor can
    any other page."""

    def __init__(self, path: Path, port: int, kept_port: int, host: str = LOOPBACK) -> None:
        self.path = path
        self.name = path.resolve().name
        self.hosts = {f"{host}:{port}"} | ({f"localhost:{port}"} if host == LOOPBACK else set())
        self.kept_host = f"{host}:{kept_port}"
        self.up_to_date = threading.Event()
        """Set whenever the search index has all that the collection had a moment ago."""
        self._choices: tuple[object, Choices] | None = None
        self._secret = secrets.token_bytes(32)
        self._kept: OrderedDict[str, KeptPage] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def kept_origin(self) -> str:
        """Where what came from the web is shown."""
        return f"http://{self.kept_host}"

    def choices(self, index: Index) -> Choices:
        """What there is to choose from, counted again when the index has changed."""
        state = index.state()
        if self._choices is None or self._choices[0] != state:
            self._choices = state, index.choices()
        return self._choices[1]

    # -- addresses

    @property
    def media_base(self) -> str:
        """Where pictures are: a path below the collection follows."""
        return f"{self.kept_origin}/{self._mark('media')}/"

    def media_path(self, mark: str, path: str) -> Path | None:
        """The picture at such an address; None for any other."""
        if not hmac.compare_digest(
            mark.encode(), self._mark("media").encode()
        ) or not _PICTURE.fullmatch(path):
            return None
        return self.path / path

    def page_key(self, article: Article) -> str:
        """What names its kept page in an address."""
        text = f"{article.revision}:{article.id}"
        encoded = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
        return f"{self._mark(text)}.{encoded}"

    def page_address(self, key: str, part: str | None = None) -> str:
        """Of a kept page, or of what it loads from `part`."""
        query = f"?part={quote(part, safe='')}" if part is not None else ""
        return f"{self.kept_origin}/page/{key}{query}"

    def _mark(self, text: str) -> str:
        return hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()[:32]

    # -- kept pages

    def replay(self, article: Article) -> str:
        """The command that shows a record's kept page, for a shell."""
        return shlex.join(["scraper", "replay", str(self.path), article.id])

    def article(self, id: str, revision: int | None = None) -> tuple[Article, list[Article]] | None:
        """One revision, the latest unless it is said which, and all of them."""
        with open_collection(self.path) as opened:
            revisions = opened.revisions(id)
        wanted = [one for one in revisions if revision in (None, one.revision)]
        return (wanted[-1], revisions) if wanted else None

    def kept(self, key: str) -> KeptPage | None:
        """The page that a key names; None when it names none.  Raises StorageError."""
        mark, _, encoded = key.partition(".")
        try:
            text = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
        except (binascii.Error, ValueError):
            return None
        if not hmac.compare_digest(mark.encode(), self._mark(text).encode()):
            return None
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        revision, _, id = text.partition(":")
        found = self.article(id, int(revision))
        made = self._made(found[0]) if found else None
        if made:
            self.remember(key, made)
        return made

    def remember(self, key: str, page: KeptPage) -> None:
        """What `kept` gives for a key, for a while."""
        with self._lock:
            self._kept[key] = page
            self._kept.move_to_end(key)
            while len(self._kept) > _REMEMBERED:
                self._kept.popitem(last=False)

    def _made(self, article: Article) -> KeptPage:
        try:
            with open_collection(self.path) as opened:
                page = opened.snapshot(article)
        except ArchiveDamaged as error:
            return _missing(str(error))
        except StorageError as error:
            return _missing(f"{error.path} cannot be read: {error.problem}")
        if page is None:
            return _missing("The page was not kept.")
        exchanges = [*page.exchanges, *(page.parts or ())]
        answers = Answers(exchanges, stored_pictures(self.path, article))
        key = self.page_key(article)

        def address(part: str) -> str | None:
            return self.page_address(key, part) if answers.find("GET", part) else None

        places = {name: one.xpath for name, one in article.provenance.items() if one.xpath}
        try:
            html, fragments = harmless_page(page, address, places)
        except (EmptyPage, NotAPage) as error:
            return _missing(str(error))
        return KeptPage(html, fragments, answers, address, styled=page.parts is not None)


def _missing(problem: str) -> KeptPage:
    return KeptPage("", {}, Answers(()), lambda _: None, problem)
